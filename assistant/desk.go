package assistant

import (
	"time"
)

// Operator is a member of staff who acts in a conversation.
type Operator struct {
	ID   string // account id, for the journal
	Name string // first name, shown to visitors
}

// Summary is one line of the inbox.
type Summary struct {
	Conversation string
	Lang         string
	At           time.Time // of the newest turn
	Seq          uint64
	Owner        Owner
	Seen         uint64 // newest seq that reception has opened
	Preview      string // of the newest turn of the visitor, personal data as labels
	Requested    int    // appointments that wait for confirmation
	Number       string // of the newest appointment, or empty
	Contact      string // contact id, or empty
	Name         string // of the contact, or empty
}

// Dialog is a conversation as reception sees it.
type Dialog struct {
	Summary
	Page         string
	Source       map[string]string
	Turns        []Turn
	Appointments []AppointmentCard
}

// AppointmentCard is an appointment as reception sees it.
type AppointmentCard struct {
	AppointmentView
	ServiceID, SpecialistID, BranchID string
	Conversation                      string
	Contact                           string // contact id
	Name                              string // of the contact
	Phone                             string // masked: «+7 917 ···-··-78»; [Assistant.Reveal] gives it whole
	Author, Reason                    string // of the last change
	Created, Changed                  time.Time
	Source                            map[string]string
	NoShows                           int
	Coming                            bool // the visitor has answered a reminder that they will come
}

// Filter chooses appointments that start in [From, To), of any status where
// Statuses is empty.
type Filter struct {
	From, To time.Time
	Statuses []string
}

// Decision is a change that an operator makes to an appointment.
type Decision struct {
	Number  string
	Version int    // that the operator saw; 0 takes any
	Verb    string // confirm, decline, move, cancel, arrived, no-show
	Reason  string
	Start   time.Time // of a move
}
