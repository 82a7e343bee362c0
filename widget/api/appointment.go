package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/widget/web"
)

const (
	// maxReason is the characters of a reason.
	maxReason = 300
	// longestList is how many days one list may span.
	longestList = 92
)

// Named is a thing of the clinic's file.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Contact is a visitor as programs see one: the phone is masked.
type Contact struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

// Appointment is what the API shows of one. Times are RFC 3339 with the clinic's offset.
type Appointment struct {
	Number       string            `json:"number"`
	Version      int               `json:"version"`
	Status       string            `json:"status"`
	Service      Named             `json:"service"`
	Specialist   Named             `json:"specialist"`
	Branch       Named             `json:"branch"`
	Start        time.Time         `json:"start"`
	End          time.Time         `json:"end"`
	Timezone     string            `json:"timezone"`
	Contact      *Contact          `json:"contact,omitempty"`
	Conversation string            `json:"conversation,omitempty"`
	Rooms        []Named           `json:"rooms,omitempty"`
	NoShows      int               `json:"no_shows,omitempty"` // visits missed before by people of this phone
	Author       string            `json:"author,omitempty"`   // of the last change: visitor, calendar, staff: and an id
	Reason       string            `json:"reason,omitempty"`
	Source       map[string]string `json:"source,omitempty"`
	Created      time.Time         `json:"created"`
	Changed      time.Time         `json:"changed"`
}

// Appointments is a list of them, by start.
type Appointments struct {
	Appointments []Appointment `json:"appointments"`
}

// Change is the body of a decision; all of it may be absent where the verb needs none.
type Change struct {
	Reason   string `json:"reason,omitempty"`
	ReasonID string `json:"reason_id,omitempty"` // one of the clinic's for staff
	Start    string `json:"start,omitempty"`     // RFC 3339, of a move
	Visit    bool   `json:"visit,omitempty"`     // move or cancel all of the appointment's visit
}

func (a *API) show(c assistant.AppointmentCard) Appointment {
	zone := a.Clinic().Location
	shown := Appointment{
		Number: c.Number, Version: c.Version, Status: c.Status,
		Service: Named{c.ServiceID, c.Service}, Specialist: Named{c.SpecialistID, c.Specialist}, Branch: Named{c.BranchID, c.Branch},
		Start: c.Start.In(zone), End: c.End.In(zone), Timezone: zone.String(),
		Conversation: c.Conversation, Author: c.Author, NoShows: c.NoShows, Reason: c.Reason, Source: c.Source, Created: c.Created.In(zone), Changed: c.Changed.In(zone),
	}
	for i, id := range c.RoomIDs {
		room := Named{ID: id}
		if i < len(c.Rooms) {
			room.Name = c.Rooms[i]
		}
		shown.Rooms = append(shown.Rooms, room)
	}
	if c.Contact != "" {
		shown.Contact = &Contact{ID: c.Contact, Name: c.Name, Phone: c.Phone}
	}
	return shown
}

// appointments lists those that start in [from, to), by default the seven days
// from today.
func (a *API) appointments(w http.ResponseWriter, r *http.Request, _ staff.Token) error {
	filter, err := a.filter(r)
	if err != nil {
		return err
	}
	cards, err := a.Desk.Appointments(r.Context(), filter)
	if err != nil {
		return fmt.Errorf("appointments: %w", err)
	}
	list := Appointments{Appointments: []Appointment{}}
	for _, c := range cards {
		list.Appointments = append(list.Appointments, a.show(c))
	}
	slices.SortStableFunc(list.Appointments, func(x, y Appointment) int { return x.Start.Compare(y.Start) })
	return answer(w, list)
}

func (a *API) filter(r *http.Request) (f assistant.Filter, err error) {
	zone := a.Clinic().Location
	today := a.Now().In(zone)
	f.From = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, zone)
	query := r.URL.Query()
	if f.From, err = instant(query.Get("from"), f.From); err != nil {
		return f, badQuery("from")
	}
	if f.To, err = instant(query.Get("to"), f.From.AddDate(0, 0, 7)); err != nil {
		return f, badQuery("to")
	}
	if f.To.Before(f.From) || f.To.After(f.From.AddDate(0, 0, longestList)) {
		return f, badQuery("to")
	}
	statuses := []booking.Status{booking.Requested, booking.Confirmed, booking.Declined, booking.Cancelled, booking.Arrived, booking.NoShow}
	for _, list := range query["status"] {
		for status := range strings.SplitSeq(list, ",") {
			if !slices.Contains(statuses, booking.Status(status)) {
				return f, badQuery("status")
			}
			f.Statuses = append(f.Statuses, status)
		}
	}
	return f, nil
}

// instant reads RFC 3339, or a day, which begins at midnight in the zone of other.
func instant(s string, other time.Time) (time.Time, error) {
	if s == "" {
		return other, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, other.Location()); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, s)
}

func badQuery(name string) error {
	return kind(http.StatusBadRequest, "bad-request", "A parameter is wrong", "See "+name+" in /api/v1/openapi.json.")
}

// appointment shows one, with its version as ETag.
func (a *API) appointment(w http.ResponseWriter, r *http.Request, _ staff.Token) error {
	c, err := a.find(r)
	if err != nil {
		return err
	}
	return a.answerCard(w, c)
}

func (a *API) find(r *http.Request) (assistant.AppointmentCard, error) {
	number := r.PathValue("number")
	c, err := a.Desk.Appointment(r.Context(), number)
	if errors.Is(err, storage.ErrNotFound) {
		return c, kind(http.StatusNotFound, "not-found", "There is no such appointment", "").Because(err)
	}
	if err != nil {
		return c, fmt.Errorf("appointment %s: %w", number, err)
	}
	return c, nil
}

func (a *API) answerCard(w http.ResponseWriter, c assistant.AppointmentCard) error {
	w.Header().Set("ETag", strconv.Quote(strconv.Itoa(c.Version)))
	return answer(w, a.show(c))
}

// decide changes an appointment from the version in If-Match.
func (a *API) decide(verb string) action {
	return func(w http.ResponseWriter, r *http.Request, who staff.Token) error {
		d := assistant.Decision{Number: r.PathValue("number"), Verb: verb}
		var err error
		if d.Version, err = ifMatch(r); err != nil {
			return err
		}
		change, start, err := readChange(r, verb)
		if err != nil {
			return err
		}
		d.Reason, d.ReasonID, d.Start, d.Whole = change.Reason, change.ReasonID, start, change.Visit
		card, err := a.Desk.Decide(r.Context(), assistant.Operator{ID: who.ID, Name: who.Name}, d)
		if err != nil {
			return a.refused(r, d, err)
		}
		return a.answerCard(w, card)
	}
}

// ifMatch is the version that the change was made from: "3" in quotes. "*" would
// mean any, which a change of somebody's visit must not.
func ifMatch(r *http.Request) (int, error) {
	tag := r.Header.Get("If-Match")
	if tag == "" {
		return 0, kind(http.StatusPreconditionRequired, "version-needed", "The change names no version", "Send If-Match with the ETag of the appointment.")
	}
	version, err := strconv.Atoi(strings.Trim(tag, `"`))
	if err != nil || version < 1 || len(tag) < 3 || tag[0] != '"' {
		return 0, kind(http.StatusBadRequest, "bad-request", "If-Match is not a version", `It looks like "3", in quotes.`)
	}
	return version, nil
}

func readChange(r *http.Request, verb string) (change Change, start time.Time, err error) {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err = dec.Decode(&change); err != nil && !errors.Is(err, io.EOF) {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return change, start, err
		}
		return change, start, kind(http.StatusBadRequest, "bad-request", "The body is not the JSON that this path takes", "See /api/v1/openapi.json.").Because(errors.New("body does not decode"))
	}
	if utf8.RuneCountInString(change.Reason) > maxReason {
		return change, start, kind(http.StatusBadRequest, "bad-request", "The reason is too long", fmt.Sprintf("At most %d characters.", maxReason))
	}
	if verb != "move" {
		return change, start, nil
	}
	if start, err = time.Parse(time.RFC3339, change.Start); err != nil {
		return change, start, kind(http.StatusBadRequest, "bad-request", "A move needs a start", "RFC 3339, with an offset.")
	}
	return change, start, nil
}

// refused words why a decision changed nothing.
func (a *API) refused(r *http.Request, d assistant.Decision, err error) error {
	var refusal *booking.Refusal
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return kind(http.StatusNotFound, "not-found", "There is no such appointment", "").Because(err)
	case errors.Is(err, assistant.ErrReason):
		return kind(http.StatusBadRequest, "bad-request", "The clinic has no such reason for staff", "See reason_id in /api/v1/openapi.json.").Because(err)
	case errors.Is(err, booking.ErrStale):
		return a.withPresent(r, kind(http.StatusPreconditionFailed, "stale", "The appointment was changed meanwhile", "Read it again and decide anew."), err)
	case errors.Is(err, booking.ErrStatus):
		return a.withPresent(r, kind(http.StatusConflict, "wrong-status", "The appointment is not in a state for that", ""), err)
	case errors.As(err, &refusal):
		return a.unavailable(refusal)
	}
	return fmt.Errorf("%s %s: %w", d.Verb, d.Number, err)
}

// withPresent adds the present state to a problem.
func (a *API) withPresent(r *http.Request, p *web.Problem, cause error) error {
	now, err := a.find(r)
	if err != nil {
		return err
	}
	p.More, p.Cause = map[string]any{"appointment": a.show(now)}, cause
	return p
}

func (a *API) unavailable(refusal *booking.Refusal) error {
	p := kind(http.StatusConflict, "slot-unavailable", "The time cannot be had", "The nearest free times are in nearest.")
	nearest := []string{}
	for _, s := range refusal.Nearest {
		nearest = append(nearest, s.Start.In(a.Clinic().Location).Format(time.RFC3339))
	}
	p.More = map[string]any{"why": string(refusal.Why), "nearest": nearest}
	return p
}
