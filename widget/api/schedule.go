package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/staff"
	"okoshko/storage"
)

// Exception is what reception has noted for single days: an absence, a closure, a
// block, extra hours. To is not included.
type Exception struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind"`
	Specialist string    `json:"specialist,omitempty"` // id
	Branch     string    `json:"branch,omitempty"`     // id
	Room       string    `json:"room,omitempty"`       // id
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
	Reason     string    `json:"reason,omitempty"` // a code
	Author     string    `json:"author"`
	Created    time.Time `json:"created"`
}

// Exceptions is a list of them, by their beginning.
type Exceptions struct {
	Exceptions []Exception `json:"exceptions"`
}

// NewException is the body of a new one.
type NewException struct {
	Kind       string    `json:"kind"`
	Specialist string    `json:"specialist,omitempty"`
	Branch     string    `json:"branch,omitempty"`
	Room       string    `json:"room,omitempty"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
	Reason     string    `json:"reason,omitempty"`
}

// Noted is an exception with the appointments that it puts in question, or, taken
// back, that it leaves outside all hours. They stay until somebody settles them.
type Noted struct {
	Exception    Exception     `json:"exception"`
	Appointments []Appointment `json:"appointments"`
}

// Waiting is somebody on the waiting list. Offered is the start of the slot that is
// kept for them until Until.
type Waiting struct {
	ID           string     `json:"id"`
	Service      Named      `json:"service"`
	Specialist   *Named     `json:"specialist,omitempty"` // absent: anybody
	From         time.Time  `json:"from"`
	To           time.Time  `json:"to"`
	Joined       time.Time  `json:"joined"`
	Contact      *Contact   `json:"contact,omitempty"`
	Conversation string     `json:"conversation,omitempty"`
	Offered      *time.Time `json:"offered,omitempty"`
	Until        *time.Time `json:"until,omitempty"`
}

// WaitingList is everybody who waits, the first to join first.
type WaitingList struct {
	Waiting []Waiting `json:"waiting"`
}

// Feed is a read-only calendar that programs subscribe to. Its address is never
// shown again.
type Feed struct {
	ID         string     `json:"id"`
	Specialist string     `json:"specialist,omitempty"` // id
	Branch     string     `json:"branch,omitempty"`     // id
	Details    bool       `json:"details"`
	Created    time.Time  `json:"created"`
	Used       *time.Time `json:"used,omitempty"`
}

// Feeds is a list of them, the oldest first.
type Feeds struct {
	Feeds []Feed `json:"feeds"`
}

// exceptions lists those that lie at least partly in [from, to).
func (a *API) exceptions(w http.ResponseWriter, r *http.Request, _ staff.Token) error {
	f, err := a.filter(r)
	if err != nil {
		return err
	}
	all, err := a.Desk.Exceptions(r.Context(), f.From, f.To)
	if err != nil {
		return fmt.Errorf("exceptions: %w", err)
	}
	list := Exceptions{Exceptions: []Exception{}}
	for _, e := range all {
		list.Exceptions = append(list.Exceptions, a.exception(e))
	}
	return answer(w, list)
}

func (a *API) exception(e booking.Exception) Exception {
	zone := a.Clinic().Location
	return Exception{
		ID: e.ID, Kind: string(e.Kind), Specialist: e.Specialist, Branch: e.Branch, Room: e.Room,
		From: e.From.In(zone), To: e.To.In(zone), Reason: e.Reason, Author: e.Author, Created: e.Created.In(zone),
	}
}

func (a *API) noted(w http.ResponseWriter, e booking.Exception, concerned []assistant.AppointmentCard) error {
	said := Noted{Exception: a.exception(e), Appointments: []Appointment{}}
	for _, c := range concerned {
		said.Appointments = append(said.Appointments, a.show(c))
	}
	return answer(w, said)
}

// addException notes one. The same is noted once.
func (a *API) addException(w http.ResponseWriter, r *http.Request, who staff.Token) error {
	var body NewException
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&body); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return err
		}
		return kind(http.StatusBadRequest, "bad-request", "The body is not the JSON that this path takes", "See /api/v1/openapi.json.").Because(errors.New("body does not decode"))
	}
	e, concerned, err := a.Desk.AddException(r.Context(), assistant.Operator{ID: who.ID, Name: who.Name}, booking.Exception{
		Kind: booking.Kind(body.Kind), Specialist: body.Specialist, Branch: body.Branch, Room: body.Room, From: body.From, To: body.To, Reason: body.Reason,
	})
	var refusal *booking.Refusal
	switch {
	case errors.Is(err, booking.ErrException):
		return kind(http.StatusBadRequest, "bad-request", "Such an exception cannot be noted", err.Error()).Because(err)
	case errors.As(err, &refusal):
		return a.unavailable(refusal)
	case err != nil:
		return fmt.Errorf("exception: %w", err)
	}
	return a.noted(w, e, concerned)
}

// removeException takes one back.
func (a *API) removeException(w http.ResponseWriter, r *http.Request, who staff.Token) error {
	e, concerned, err := a.Desk.RemoveException(r.Context(), assistant.Operator{ID: who.ID, Name: who.Name}, r.PathValue("id"))
	if errors.Is(err, storage.ErrNotFound) {
		return kind(http.StatusNotFound, "not-found", "There is no such exception", "").Because(err)
	}
	if err != nil {
		return fmt.Errorf("exception: %w", err)
	}
	return a.noted(w, e, concerned)
}

// waiting lists who waits.
func (a *API) waiting(w http.ResponseWriter, r *http.Request, _ staff.Token) error {
	all, err := a.Desk.WaitingList(r.Context())
	if err != nil {
		return fmt.Errorf("waiting list: %w", err)
	}
	zone := a.Clinic().Location
	list := WaitingList{Waiting: []Waiting{}}
	for _, c := range all {
		one := Waiting{
			ID: c.ID, Service: Named{c.ServiceID, c.Service}, From: c.From.In(zone), To: c.To.In(zone), Joined: c.Joined.In(zone), Conversation: c.Conversation,
		}
		if c.SpecialistID != "" {
			one.Specialist = &Named{c.SpecialistID, c.Specialist}
		}
		if c.Contact != "" {
			one.Contact = &Contact{ID: c.Contact, Name: c.Name, Phone: c.Phone}
		}
		if c.Offer != nil {
			start, until := c.Offer.Start.In(zone), c.Offer.Until.In(zone)
			one.Offered, one.Until = &start, &until
		}
		list.Waiting = append(list.Waiting, one)
	}
	return answer(w, list)
}

// removeWaiting takes somebody off the list.
func (a *API) removeWaiting(w http.ResponseWriter, r *http.Request, who staff.Token) error {
	err := a.Desk.RemoveWaiting(r.Context(), assistant.Operator{ID: who.ID, Name: who.Name}, r.PathValue("id"))
	if errors.Is(err, storage.ErrNotFound) {
		return kind(http.StatusNotFound, "not-found", "Nobody waits under this id", "").Because(err)
	}
	if err != nil {
		return fmt.Errorf("waiting list: %w", err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// feeds lists the calendars that programs subscribe to.
func (a *API) feeds(w http.ResponseWriter, r *http.Request, _ staff.Token) error {
	all, err := a.Desk.Feeds(r.Context())
	if err != nil {
		return fmt.Errorf("feeds: %w", err)
	}
	zone := a.Clinic().Location
	list := Feeds{Feeds: []Feed{}}
	for _, f := range all {
		one := Feed{ID: f.ID, Specialist: f.Specialist, Branch: f.Branch, Details: f.Details, Created: f.Created.In(zone)}
		if !f.Used.IsZero() {
			used := f.Used.In(zone)
			one.Used = &used
		}
		list.Feeds = append(list.Feeds, one)
	}
	return answer(w, list)
}
