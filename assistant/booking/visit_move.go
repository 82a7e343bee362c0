package booking

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"okoshko/storage"
)

// Current returns an appointment for a change made from a version, 0 for any. Errors:
// [storage.ErrNotFound], a [Stale].
func Current(tx *storage.Tx, number string, version int) (Appointment, error) {
	return at(tx, number, version)
}

// HoldVisitMove is HoldVisit for appointments that are about to be moved together: what
// they have does not block, and the limit of open appointments does not count.
func (c *Calendar) HoldVisitMove(tx *storage.Tx, v Visit, conversation string, numbers []string, now time.Time) (Hold, error) {
	if conversation == "" {
		return Hold{}, errors.New("a hold is a conversation's: none was given")
	}
	w := wish{hold: conversation, ignore: numbers, grace: c.clinic.Booking.Hold}
	v, all, err := c.fitVisit(tx, v, w, now)
	if err != nil {
		return Hold{}, err
	}
	return c.keep(tx, Hold{Slot: v.Slots[0], Rest: v.Slots[1:], Conversation: conversation}, all, now)
}

// MoveVisit is Move for the appointments of a visit whose services the slots name: all of
// them get their new slots in one commit, or none does. Others of the visit stay where
// they are. It returns what it moved, in the order of the slots. Errors:
// [storage.ErrNotFound], a [WrongStatus] where one of them can no longer be moved, ErrReason,
// a [Refusal], Unknown where a slot's service is none of the visit's.
func (c *Calendar) MoveVisit(tx *storage.Tx, visit string, to Visit, by Change, now time.Time) ([]Appointment, error) {
	all, err := OfVisit(tx, visit)
	if err != nil {
		return nil, err
	}
	if err := c.given(by); err != nil {
		return nil, err
	}
	moving, err := paired(all, to)
	if err != nil {
		return nil, err
	}
	var numbers []string
	for i, a := range moving {
		if !a.Status.Open() || !by.Staff && !now.Before(a.Start) {
			return nil, &WrongStatus{a}
		}
		to.Slots[i] = c.complete(a.filling(to.Slots[i]))
		numbers = append(numbers, a.Number)
	}
	first := moving[0]
	w := wish{hold: first.Conversation, ignore: numbers, staff: by.Staff, grace: 2 * c.clinic.Booking.Hold}
	to, takes, err := c.fitVisit(tx, to, w, now)
	if err != nil {
		return nil, err
	}
	if err := c.Release(tx, first.Conversation); err != nil {
		return nil, err
	}
	for _, a := range moving { // all old slots are given up before a new one is taken
		if err := errors.Join(a.displace(tx), freed(tx, a.Takes, instant(now))); err != nil {
			return nil, err
		}
	}
	for i := range moving {
		if err := c.moveTo(tx, &moving[i], to.Slots[i], takes[i], by, now); err != nil {
			return nil, fmt.Errorf("visit %s: %w", visit, err)
		}
	}
	return moving, nil
}

// paired gives for each slot the appointment of the visit that is for its service, those
// that are still open first. The slots of the visit are copied.
func paired(all []Appointment, to Visit) ([]Appointment, error) {
	var moving []Appointment
	left := slices.Clone(all)
	slices.SortStableFunc(left, func(a, b Appointment) int { return boolRank(b.Status.Open()) - boolRank(a.Status.Open()) })
	for _, s := range to.Slots {
		i := slices.IndexFunc(left, func(a Appointment) bool { return a.Service == s.Service })
		if i < 0 {
			return nil, &Refusal{Why: Unknown, Slot: s}
		}
		moving = append(moving, left[i])
		left = slices.Delete(left, i, i+1)
	}
	if len(moving) == 0 {
		return nil, &Refusal{Why: Unknown}
	}
	return moving, nil
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// moveTo puts an appointment that has given its slot up into another.
func (c *Calendar) moveTo(tx *storage.Tx, a *Appointment, to Slot, takes []Take, by Change, now time.Time) (err error) {
	was := a.Start
	a.Slot, a.Takes, a.Names = to, takes, c.names(to)
	if !by.Staff {
		if a.Status, err = c.first(tx, a.Contact, false); err != nil {
			return err
		}
	}
	a.touch(by, now)
	if err := errors.Join(a.place(tx), a.settle(tx, a.Conversation, now)); err != nil {
		return err
	}
	return a.record(tx, "moved", was, now)
}
