package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// mostDeliveries is the most that one list has.
const mostDeliveries = 500

// Attempt is one try to deliver.
type Attempt struct {
	At     time.Time `json:"at"`
	Status int       `json:"status,omitempty"` // of HTTP
	Error  string    `json:"error,omitempty"`
}

// Delivery is an event on its way to one receiver.
type Delivery struct {
	ID       string     `json:"id"`
	Receiver string     `json:"receiver"`
	Type     string     `json:"type"`    // of the event
	Subject  string     `json:"subject"` // an appointment's number, or another id
	At       time.Time  `json:"at"`      // when it happened
	State    string     `json:"state"`
	Attempts []Attempt  `json:"attempts"`
	Next     *time.Time `json:"next,omitempty"` // attempt, while waiting
}

// Deliveries is a list of them, the newest events first.
type Deliveries struct {
	Deliveries []Delivery `json:"deliveries"`
}

// deliveries lists what is told to whom; ?receiver, ?state and ?limit choose.
func (a *API) deliveries(w http.ResponseWriter, r *http.Request, _ staff.Token) error {
	query := r.URL.Query()
	filter := outbox.Filter{Receiver: query.Get("receiver"), State: outbox.State(query.Get("state")), Limit: 100}
	if !slices.Contains([]outbox.State{"", outbox.Waiting, outbox.Done, outbox.GivenUp, outbox.Abandoned}, filter.State) {
		return badQuery("state")
	}
	if limit := query.Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 || n > mostDeliveries {
			return badQuery("limit")
		}
		filter.Limit = n
	}
	var found []outbox.Delivery
	err := a.DB.View(func(tx *storage.Tx) (err error) {
		found, err = outbox.Deliveries(tx, filter)
		return err
	})
	if err != nil {
		return fmt.Errorf("deliveries: %w", err)
	}
	list := Deliveries{Deliveries: []Delivery{}}
	for _, d := range found {
		list.Deliveries = append(list.Deliveries, a.delivery(d))
	}
	return answer(w, list)
}

func (a *API) delivery(d outbox.Delivery) Delivery {
	zone := a.Clinic().Location
	shown := Delivery{
		ID: d.ID, Receiver: d.Receiver, Type: d.Event.Type, Subject: d.Event.Subject, At: d.Event.At.In(zone), State: string(d.State), Attempts: []Attempt{},
	}
	for _, t := range d.Attempts {
		shown.Attempts = append(shown.Attempts, Attempt{At: t.At.In(zone), Status: t.Status, Error: t.Error})
	}
	if d.State == outbox.Waiting {
		next := d.Next.In(zone)
		shown.Next = &next
	}
	return shown
}

// resend makes a delivery due now.
func (a *API) resend(w http.ResponseWriter, r *http.Request, _ staff.Token) error {
	missing := kind(http.StatusNotFound, "not-found", "There is no such delivery", "")
	if a.Resend == nil {
		return missing
	}
	id := r.PathValue("id")
	err := a.Resend(r.Context(), id)
	if errors.Is(err, storage.ErrNotFound) {
		return missing.Because(err)
	}
	if err != nil {
		return fmt.Errorf("resend %s: %w", id, err)
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}
