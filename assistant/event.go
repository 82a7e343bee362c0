package assistant

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// named is something of the clinic with its name in the clinic's first language.
type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// eventContact is who an event is about.
type eventContact struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
	Email string `json:"email,omitempty"`
}

type eventConsent struct {
	Purpose string    `json:"purpose"`
	Version string    `json:"version"`
	At      time.Time `json:"at"`
}

// appointmentEvent is the data of an appointment's events, as PROTOCOL shows it.
type appointmentEvent struct {
	Number     string            `json:"number"`
	Status     booking.Status    `json:"status"`
	Version    int               `json:"version"`
	Service    *named            `json:"service,omitempty"`    // not in a discreet reminder
	Specialist *named            `json:"specialist,omitempty"` // likewise
	Branch     named             `json:"branch"`
	Start      time.Time         `json:"start"`
	End        time.Time         `json:"end"`
	Was        *time.Time        `json:"was,omitempty"`
	Timezone   string            `json:"timezone"`
	Lang       string            `json:"lang,omitempty"` // of a reminder's text
	Text       string            `json:"text,omitempty"` // of a reminder: what a person may be sent as it is
	Contact    *eventContact     `json:"contact,omitempty"`
	Consent    *eventConsent     `json:"consent,omitempty"`
	Source     map[string]string `json:"source,omitempty"`
	KeepUntil  string            `json:"keep_until,omitempty"`
}

// EventBody writes what a receiver is told of an event: names of the clinic's
// things, and, for a receiver that may know it, the person's name and phone as
// they are now, so that an erased person is never sent. drop is true where
// there is nothing to tell this receiver.
func (a *Assistant) EventBody(e outbox.Event, contact bool) (body []byte, drop bool, err error) {
	h := a.house.Load()
	var data any
	err = a.db.View(func(tx *storage.Tx) error {
		switch {
		case strings.HasPrefix(e.Type, "appointment."):
			data, drop, err = h.appointmentData(tx, e, contact, a.now())
		default:
			data, drop, err = plainData(tx, e, contact)
		}
		return err
	})
	if err != nil || drop {
		return nil, drop, err
	}
	body, err = json.Marshal(struct {
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Data      any       `json:"data"`
	}{e.Type, e.At.In(h.clinic.Location).Truncate(time.Second), data})
	return body, false, err
}

// appointmentData is the data of an appointment's event. A reminder that has
// become wrong on its way, because the visit has begun or is another, is not sent.
func (h *house) appointmentData(tx *storage.Tx, e outbox.Event, contact bool, now time.Time) (data any, drop bool, err error) {
	var d reminderData
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return nil, false, fmt.Errorf("event %s: %w", e.ID, err)
	}
	ap, err := booking.Get(tx, d.Number)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, false, err
	}
	who, err := contactOf(tx, d.Contact)
	if err != nil {
		return nil, false, err
	}
	if e.Type == eventReminder {
		why, err := h.unreminded(tx, who)
		if err != nil || why != "" || ap.Status != booking.Confirmed || !ap.Start.Equal(d.Start) || !now.Before(d.Start) {
			return nil, err == nil, err
		}
	}
	zone := h.clinic.Location
	lang := h.clinic.Languages[0]
	service, specialist, branch := h.toldNames(booking.Slot{Service: d.Service, Specialist: d.Specialist, Branch: d.Branch}, ap, lang)
	out := appointmentEvent{
		Number: d.Number, Status: d.Status, Version: d.Version,
		Service:    &named{d.Service, service},
		Specialist: &named{d.Specialist, specialist},
		Branch:     named{d.Branch, branch},
		Start:      d.Start.In(zone), End: d.End.In(zone), Timezone: zone.String(), Source: d.Source,
	}
	if d.Was != nil {
		was := d.Was.In(zone)
		out.Was = &was
	}
	if keep := h.clinic.Privacy.Retention.Appointments; keep > 0 {
		out.KeepUntil = e.At.In(zone).Add(keep).Format(time.DateOnly)
	}
	if e.Type == eventReminder {
		slot := booking.Slot{Service: d.Service, Specialist: d.Specialist, Branch: d.Branch, Start: d.Start, End: d.End}
		out.Lang, out.Text = d.Lang, h.reminderWords(slot, d.Number, d.Lang, now)
		if h.clinic.Reminders.Discreet {
			out.Service, out.Specialist = nil, nil
		}
	}
	if who.ID == "" {
		return out, false, nil
	}
	if contact && who.Restricted.IsZero() {
		out.Contact = &eventContact{who.ID, who.Name, who.Phone, who.Email}
	}
	given, err := privacy.Consents(tx, who.Conversation)
	purpose := choose(e.Type == eventReminder && h.basis(privacy.PurposeReminders) == clinic.BasisConsent, privacy.PurposeReminders, privacy.PurposeBooking)
	if c, none := privacy.Latest(given, purpose); none == nil && c.Withdrawn.IsZero() {
		out.Consent = &eventConsent{purpose, c.Version, c.At.In(zone).Truncate(time.Second)}
	}
	return out, false, err
}

// toldNames words the slot that an event tells of. The names kept with the
// appointment are of its present slot, which may be another.
func (h *house) toldNames(told booking.Slot, ap booking.Appointment, lang string) (service, specialist, branch string) {
	names := ap.Names
	if ap.Slot.Service != told.Service {
		names.Service = nil
	}
	if ap.Slot.Specialist != told.Specialist {
		names.Specialist = nil
	}
	if ap.Slot.Branch != told.Branch {
		names.Branch = nil
	}
	return h.namesOf(booking.Appointment{Slot: told, Names: names}, lang)
}

// plainData is the data of events that are not an appointment's: ids, and the
// contact's only for a receiver that knows contacts.
func plainData(tx *storage.Tx, e outbox.Event, contact bool) (data map[string]any, drop bool, err error) {
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return nil, false, fmt.Errorf("event %s: %w", e.ID, err)
	}
	id, _ := data["contact"].(string)
	delete(data, "contact")
	if id == "" {
		return data, e.Type == "contact.erased", nil
	}
	if !contact {
		return data, e.Type == "contact.erased", nil
	}
	who, err := privacy.Get(tx, id)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, false, err
	}
	told := eventContact{ID: id}
	if who.Restricted.IsZero() {
		told.Name, told.Phone, told.Email = who.Name, who.Phone, who.Email
	}
	data["contact"] = told
	return data, false, nil
}
