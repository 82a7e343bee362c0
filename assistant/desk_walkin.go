package assistant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nyaruka/phonenumbers"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// WalkIn is a visit that reception books for somebody who phones or stands at the
// desk.
type WalkIn struct {
	Name  string
	Phone string // as people write it; a Russian number may lack its +7
	Slot  booking.Slot
	// Agreed is the version of the consent text that was read out and agreed to.
	// Without it nothing is kept.
	Agreed string
	// Reminders is the version of the text about reminders that was agreed to, "" where
	// they were not asked or said no: the visit stands all the same.
	Reminders string
}

// Errors of a [WalkIn].
var (
	ErrName      = errors.New("a name is needed, without figures")
	ErrPhone     = errors.New("a whole phone number is needed")
	ErrNotAgreed = errors.New("the visitor has not agreed to the text in force")
)

// saidToStaff is what a consent notes as pressed where it was given by word.
const saidToStaff = "said to reception"

// ConsentInForce is the consent text in the clinic's first language, for reception
// to read out.
func (a *Assistant) ConsentInForce() privacy.ConsentText {
	h := a.house.Load()
	return h.consent(h.clinic.Languages[0])
}

// RemindersInForce is the text about reminders by other systems, likewise; ok is false
// where nobody has to be asked about them.
func (a *Assistant) RemindersInForce() (text privacy.ConsentText, ok bool) {
	h := a.house.Load()
	return h.text(privacy.PurposeReminders, h.clinic.Languages[0]), h.basis(privacy.PurposeReminders) == clinic.BasisConsent
}

// Book makes an appointment, confirmed, for somebody who does not write: a contact
// of their own, and the record of what they agreed to and who heard it. It returns
// [ErrName], [ErrPhone], [ErrNotAgreed], or a [booking.Refusal].
func (a *Assistant) Book(_ context.Context, op Operator, w WalkIn) (card AppointmentCard, err error) {
	h, now := a.house.Load(), a.now()
	text := a.ConsentInForce()
	c, err := w.contact(h, now)
	if err != nil {
		return card, err
	}
	if w.Agreed != text.Version {
		return card, ErrNotAgreed
	}
	err = a.db.Update(func(tx *storage.Tx) error {
		ap, err := h.calendar.Request(tx, booking.Booking{
			Slot: w.Slot, Contact: c.ID, Author: staffAuthor + op.ID, Staff: true, Source: map[string]string{"label": "ресепшен"},
		}, now)
		if err != nil {
			return err
		}
		if err := errors.Join(privacy.Save(tx, c, now), agreedAtDesk(tx, c, text, op, now)); err != nil {
			return err
		}
		if more, ok := a.RemindersInForce(); ok && w.Reminders == more.Version {
			if err := agreedAtDesk(tx, c, more, op, now); err != nil {
				return err
			}
		}
		card, err = h.card(tx, ap)
		return err
	})
	a.settled(err)
	return card, err
}

// agreedAtDesk records what somebody agreed to by word, and who heard it.
func agreedAtDesk(tx *storage.Tx, c privacy.Contact, text privacy.ConsentText, op Operator, now time.Time) error {
	return privacy.Give(tx, c.Conversation, c.ID, privacy.Consent{
		Purpose: text.Purpose, Basis: text.Basis, Version: text.Version, Lang: text.Lang, At: now, Pressed: saidToStaff, By: op.ID,
	})
}

// contact reads who it is. A person who never wrote has no conversation: their own
// id stands for it where consents are kept.
func (w WalkIn) contact(h *house, now time.Time) (privacy.Contact, error) {
	c := privacy.NewContact("", h.clinic.Languages[0], now)
	c.Conversation = c.ID
	if amend(h, &c, nlu.FieldName, w.Name) != nil {
		return c, ErrName
	}
	if amend(h, &c, nlu.FieldPhone, w.Phone) != nil {
		return c, ErrPhone
	}
	return c, nil
}

// whole reports whether a number has all its figures.
func whole(phone string) bool {
	n, err := phonenumbers.Parse(phone, "RU")
	return err == nil && phonenumbers.IsValidNumber(n)
}

// FreeFor lists up to limit free slots of a query on one day of the clinic, as they
// would be offered to anybody.
func (a *Assistant) FreeFor(_ context.Context, q booking.Query, day time.Time, limit int) (slots []booking.Slot, err error) {
	h := a.house.Load()
	day = day.In(h.clinic.Location)
	q.From = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, day.Location())
	q.To, q.Limit = q.From.AddDate(0, 0, 1), limit
	err = a.db.View(func(tx *storage.Tx) error {
		slots, err = h.calendar.Free(tx, q, a.now())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("free slots: %w", err)
	}
	return slots, nil
}
