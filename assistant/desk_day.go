package assistant

import (
	"context"
	"time"

	"okoshko/assistant/booking"
	"okoshko/storage"
)

// Exceptions lists what reception has noted for single days, at least partly in
// [from, to); a zero to does not restrict.
func (a *Assistant) Exceptions(_ context.Context, from, to time.Time) (all []booking.Exception, err error) {
	err = a.db.View(func(tx *storage.Tx) error {
		all, err = booking.Exceptions(tx, from, to)
		return err
	})
	return all, err
}

// AddException notes an absence, a closure, a block or extra hours, and returns the
// appointments that now stand where they cannot be, which stay until somebody
// settles them. Errors: [booking.ErrException], a [booking.Refusal].
func (a *Assistant) AddException(_ context.Context, op Operator, e booking.Exception) (noted booking.Exception, concerned []AppointmentCard, err error) {
	h := a.house.Load()
	err = a.db.Update(func(tx *storage.Tx) error {
		var some []booking.Appointment
		noted, some, err = h.calendar.AddException(tx, e, byStaff(op), a.now())
		if err != nil {
			return err
		}
		concerned, err = h.cards(tx, some)
		return err
	})
	a.settled(err)
	return noted, concerned, err
}

// RemoveException takes an exception back, and returns the appointments that stood
// in extra hours and are now outside all hours. Error: [storage.ErrNotFound].
func (a *Assistant) RemoveException(_ context.Context, op Operator, id string) (removed booking.Exception, concerned []AppointmentCard, err error) {
	h := a.house.Load()
	err = a.db.Update(func(tx *storage.Tx) error {
		var some []booking.Appointment
		removed, some, err = h.calendar.RemoveException(tx, id, byStaff(op), a.now())
		if err != nil {
			return err
		}
		concerned, err = h.cards(tx, some)
		return err
	})
	a.settled(err)
	return removed, concerned, err
}

// Concerned returns an exception with the appointments that stand in its time and
// cannot be there, as they are now. Error: [storage.ErrNotFound].
func (a *Assistant) Concerned(_ context.Context, id string) (e booking.Exception, concerned []AppointmentCard, err error) {
	h := a.house.Load()
	err = a.db.View(func(tx *storage.Tx) error {
		var some []booking.Appointment
		if e, some, err = h.calendar.Concerned(tx, id, a.now()); err != nil {
			return err
		}
		concerned, err = h.cards(tx, some)
		return err
	})
	return e, concerned, err
}

// settled tells the relay, and those who look at the day, of what was committed.
func (a *Assistant) settled(err error) {
	if err == nil {
		a.committed()
		a.feed.publish("")
	}
}

func byStaff(op Operator) booking.Change {
	return booking.Change{Author: staffAuthor + op.ID, Staff: true}
}

func (h *house) cards(tx *storage.Tx, some []booking.Appointment) (cards []AppointmentCard, err error) {
	for _, ap := range some {
		card, err := h.card(tx, ap)
		if err != nil {
			return nil, err
		}
		cards = append(cards, card)
	}
	return cards, nil
}

// Opening is when a specialist receives visitors on one day, breaks left out.
type Opening struct {
	Specialist string
	From, To   time.Time
}

// Openings lists when the specialists receive on the days of [from, to), by the
// clinic's file and by what reception has noted, in the file's order and in order of
// time.
func (a *Assistant) Openings(_ context.Context, from, to time.Time) (all []Opening, err error) {
	h := a.house.Load()
	err = a.db.View(func(tx *storage.Tx) error {
		all = nil
		for _, s := range h.clinic.Specialists {
			spans, err := h.calendar.Working(tx, s.ID, from, to)
			if err != nil {
				return err
			}
			for _, one := range spans {
				all = append(all, Opening{s.ID, one.From.In(h.clinic.Location), one.To.In(h.clinic.Location)})
			}
		}
		return nil
	})
	return all, err
}
