package api

import (
	"fmt"
	"net/http"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/staff"
)

// Conversation is a line of the inbox. It holds none of what was said.
type Conversation struct {
	ID          string    `json:"id"`
	Lang        string    `json:"lang"`
	At          time.Time `json:"at"` // of the newest turn
	Seq         uint64    `json:"seq"`
	Owner       string    `json:"owner"`            // assistant, waiting, operator
	Author      string    `json:"author,omitempty"` // first name of the operator
	Unread      bool      `json:"unread"`
	Requested   int       `json:"requested"` // appointments that wait for confirmation
	Appointment string    `json:"appointment,omitempty"`
	Contact     string    `json:"contact,omitempty"`
}

// Conversations is a list of them, those that wait for a person first.
type Conversations struct {
	Conversations []Conversation `json:"conversations"`
}

// conversations lists the inbox; ?owner chooses by who answers.
func (a *API) conversations(w http.ResponseWriter, r *http.Request, _ staff.Token) error {
	owner := assistant.OwnerKind(r.URL.Query().Get("owner"))
	switch owner {
	case "", assistant.OwnerAssistant, assistant.OwnerWaiting, assistant.OwnerOperator:
	default:
		return badQuery("owner")
	}
	inbox, err := a.Desk.Inbox(r.Context())
	if err != nil {
		return fmt.Errorf("conversations: %w", err)
	}
	list := Conversations{Conversations: []Conversation{}}
	for _, s := range inbox {
		if owner != "" && s.Owner.Kind != owner {
			continue
		}
		list.Conversations = append(list.Conversations, Conversation{
			ID: s.Conversation, Lang: s.Lang, At: s.At.In(a.Clinic().Location), Seq: s.Seq, Owner: string(s.Owner.Kind), Author: s.Owner.Author,
			Unread: s.Seq > s.Seen, Requested: s.Requested, Appointment: s.Number, Contact: s.Contact,
		})
	}
	return answer(w, list)
}
