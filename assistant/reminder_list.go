package assistant

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"okoshko/assistant/booking"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// Reminders lists the reminders of the appointments that start in [from, to), by
// when they are due: those to come, those sent and what became of them, and those
// that reached nobody.
func (a *Assistant) Reminders(_ context.Context, from, to time.Time) (all []Reminder, err error) {
	h, now := a.house.Load(), a.now()
	err = a.db.View(func(tx *storage.Tx) (err error) {
		for ap := range booking.Between(tx, from, to, &err) {
			own, err := h.remindersOf(tx, ap, now)
			if err != nil {
				return err
			}
			all = append(all, own...)
		}
		return err
	})
	slices.SortStableFunc(all, func(x, y Reminder) int { return x.Due.Compare(y.Due) })
	return all, err
}

// remindersOf lists the reminders of one appointment.
func (h *house) remindersOf(tx *storage.Tx, ap booking.Appointment, now time.Time) (all []Reminder, err error) {
	zone := h.clinic.Location
	first, last := storage.Prefix(append([]byte(ap.Number), 0))
	kept := make(map[int64]bool)
	for key, r := range reminders.Range(tx, first, last, &err) {
		start, due := timesOf(key)
		if err := h.undelivered(tx, ap, &r); err != nil {
			return nil, err
		}
		one := Reminder{Number: ap.Number, Start: start.In(zone), Due: due.In(zone), State: r.State, Answer: r.Answer, Why: r.Why, At: r.At.In(zone)}
		if r.Untold != unremindedOff && r.Untold != r.Why {
			one.Untold = r.Untold
		}
		if r.State == ReminderSent && !r.Receiver && !now.Before(start) && start.Equal(ap.Start) && ap.Status != booking.Cancelled {
			one.State, one.Why, one.At = ReminderMissed, missedUnseen, start.In(zone)
		}
		all = append(all, one)
		if start.Equal(ap.Start) {
			kept[due.Unix()] = true
		}
	}
	if err != nil {
		return nil, err
	}
	who, err := contactOf(tx, ap.Contact)
	if err != nil {
		return nil, err
	}
	untold, err := h.unreminded(tx, who)
	for _, due := range h.clinic.RemindAt(ap.Start) {
		one := Reminder{Number: ap.Number, Start: ap.Start.In(zone), Due: due.In(zone), State: ReminderPlanned}
		switch {
		case kept[due.Unix()], !ap.Changed.Before(due) && ap.Changed.Before(ap.Start), !ap.Created.Before(due):
			continue
		case !now.Before(ap.Start) && ap.Status != booking.Requested && ap.Status != booking.Cancelled && ap.Status != booking.Declined:
			one.State, one.Why, one.At = ReminderMissed, missedLate, ap.Start.In(zone)
		case ap.Status != booking.Confirmed || !now.Before(ap.Start):
			continue
		}
		if one.State == ReminderPlanned && untold != unremindedOff {
			one.Untold = untold
		}
		all = append(all, one)
	}
	return all, err
}

// undelivered corrects a reminder that was on its way to others and was stopped there,
// because the person did not want it any more.
func (h *house) undelivered(tx *storage.Tx, ap booking.Appointment, r *reminded) error {
	if r.Event == "" {
		return nil
	}
	stopped := false
	for _, to := range h.clinic.Reminding() {
		d, err := outbox.Get(tx, r.Event+"."+to.Name)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if d.State != outbox.Abandoned {
			return nil
		}
		stopped = true
	}
	if !stopped {
		return nil // nothing is known of it: the records of deliveries are kept for less long
	}
	r.Receiver = false
	who, err := contactOf(tx, ap.Contact)
	if err != nil {
		return err
	}
	if r.Untold, err = h.unreminded(tx, who); r.Seq == 0 && r.Untold != "" {
		r.State, r.Why = ReminderMissed, r.Untold
	}
	return err
}

func timesOf(key []byte) (start, due time.Time) {
	at := func(b []byte) time.Time { return time.Unix(int64(binary.BigEndian.Uint64(b)), 0) }
	return at(key[len(key)-16:]), at(key[len(key)-8:])
}

// forgetReminders removes what is kept of the reminders of a person.
func forgetReminders(tx *storage.Tx, who booking.Who) error {
	var numbers []string
	note := func(own []booking.Appointment, err error) error {
		for _, ap := range own {
			numbers = append(numbers, ap.Number)
		}
		return err
	}
	err := note(booking.OfContact(tx, who.Contact))
	for _, conversation := range who.Conversations {
		err = errors.Join(err, note(booking.OfConversation(tx, conversation)), empty(unseen, tx, conversation))
	}
	for _, number := range numbers {
		err = errors.Join(err, empty(reminders, tx, number))
	}
	return err
}

// empty removes the records whose keys begin with an id and a zero byte.
func empty[T any](table storage.Table[T], tx *storage.Tx, id string) (err error) {
	if id == "" {
		return nil
	}
	from, to := storage.Prefix(append([]byte(id), 0))
	var keys [][]byte
	for key := range table.Range(tx, from, to, &err) {
		keys = append(keys, key)
	}
	for _, key := range keys {
		err = errors.Join(err, table.Delete(tx, key))
	}
	return err
}

// pruneReminders removes what is kept of the reminders of visits before an
// instant.
func pruneReminders(tx *storage.Tx, before time.Time) (err error) {
	var keys [][]byte
	for key := range reminders.Range(tx, nil, nil, &err) {
		if start, _ := timesOf(key); start.Before(before) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		err = errors.Join(err, reminders.Delete(tx, key))
	}
	return err
}
