package booking

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// Request takes a slot: the visitor's hold, if there is one, gives way to an appointment,
// which is confirmed at once where the clinic confirms by rule or staff book, else
// requested. The slot's End and Branch may be left out. Errors: a [Refusal].
func (c *Calendar) Request(tx *storage.Tx, b Booking, now time.Time) (Appointment, error) {
	return c.request(tx, b, b.Conversation, now)
}

// request takes a slot that may be kept for keeper.
func (c *Calendar) request(tx *storage.Tx, b Booking, keeper string, now time.Time) (Appointment, error) {
	slot := c.complete(b.Slot)
	grace, err := c.grace(tx, keeper, slot, 2*c.clinic.Booking.Hold, now)
	if err != nil {
		return Appointment{}, err
	}
	who := ownersOf(b.Contact, b.Conversation, b.Visitor)
	all, err := c.fit(tx, wish{Slot: slot, who: who, hold: keeper, staff: b.Staff, grace: grace}, now)
	if err != nil {
		return Appointment{}, err
	}
	status, err := c.first(tx, b.Contact, b.Staff)
	if err != nil {
		return Appointment{}, err
	}
	if err := c.Release(tx, b.Conversation); err != nil {
		return Appointment{}, err
	}
	a := b.appointment(slot, all, status, now)
	return a, c.born(tx, &a, keeper, now)
}

// appointment is the booking as it is when it is made, but for its number.
func (b Booking) appointment(s Slot, all []Take, status Status, now time.Time) Appointment {
	return Appointment{
		Version: 1, Status: status, Slot: s, Takes: all,
		Contact: b.Contact, Conversation: b.Conversation, Visitor: b.Visitor, Source: b.Source,
		Created: instant(now), Changed: instant(now), Author: b.Author,
	}
}

// born gives an appointment its number, writes it and tells of it.
func (c *Calendar) born(tx *storage.Tx, a *Appointment, keeper string, now time.Time) error {
	number, err := tx.Sequence("booking.number")
	if err != nil {
		return fmt.Errorf("number of an appointment: %w", err)
	}
	a.Number, a.Names = fmt.Sprintf("A-%d", 1000+number), c.names(a.Slot)
	if a.Visit != "" {
		if err := owners.Put(tx, ownerKey(byVisit(a.Visit), a.Number), struct{}{}); err != nil {
			return err
		}
	}
	if err := errors.Join(a.place(tx), a.settle(tx, keeper, now)); err != nil {
		return err
	}
	return a.record(tx, string(a.Status), time.Time{}, now)
}

// names are what the slot's parts are called now.
func (c *Calendar) names(s Slot) Names {
	var n Names
	if service, ok := c.clinic.Service(s.Service); ok {
		n.Service = service.Name
	}
	if specialist, ok := c.clinic.Specialist(s.Specialist); ok {
		n.Specialist = specialist.Name
	}
	if branch, ok := c.clinic.Branch(s.Branch); ok {
		n.Branch = branch.Name
	}
	return n
}

// first is the status in which an appointment is born, or moved by a visitor.
func (c *Calendar) first(tx *storage.Tx, contact string, staff bool) (Status, error) {
	if staff {
		return Confirmed, nil
	}
	limit := c.clinic.Booking.NoShows
	if c.clinic.Booking.Confirm != clinic.ByRule {
		return Requested, nil
	}
	if limit == 0 {
		return Confirmed, nil
	}
	missed, err := NoShows(tx, contact)
	if missed >= limit {
		return Requested, err
	}
	return Confirmed, err
}

// NoShows counts the visits that a contact missed, as far back as appointments are kept;
// 0 for "".
func NoShows(tx *storage.Tx, contact string) (int, error) {
	if contact == "" {
		return 0, nil
	}
	own, err := OfContact(tx, contact)
	missed := 0
	for _, a := range own {
		if a.Status == NoShow {
			missed++
		}
	}
	return missed, err
}

// step is one way from status to status.
type step struct {
	to   Status
	from []Status
	when func(c *Calendar, a Appointment, now time.Time) bool // nil: always
}

// The steps of an appointment's life. Arrived and no-show may be taken for one another
// and put right; nobody arrives on an earlier day or fails to come before the time.
var (
	confirming = step{to: Confirmed, from: []Status{Requested}}
	declining  = step{to: Declined, from: []Status{Requested}}
	cancelling = step{to: Cancelled, from: []Status{Requested, Confirmed}}
	arriving   = step{
		to: Arrived, from: []Status{Requested, Confirmed, NoShow},
		when: func(c *Calendar, a Appointment, now time.Time) bool {
			return c.clinic.Date(a.Start).Compare(c.clinic.Date(now)) <= 0
		},
	}
	missing = step{
		to: NoShow, from: []Status{Requested, Confirmed, Arrived},
		when: func(_ *Calendar, a Appointment, now time.Time) bool { return !now.Before(a.Start) },
	}
)

// Confirm agrees to a requested appointment. Confirm and its sisters take the version
// that the change was made from, 0 for any. Taking a step twice has no second effect.
// Errors: [storage.ErrNotFound], a [Stale] with the present appointment, a [WrongStatus],
// ErrReason for a reason that is not on the clinic's list for such an author.
func (c *Calendar) Confirm(tx *storage.Tx, number string, version int, by Change, now time.Time) (Appointment, error) {
	return c.advance(tx, number, version, confirming, by, now)
}

// Decline refuses a requested appointment and frees its slot.
func (c *Calendar) Decline(tx *storage.Tx, number string, version int, by Change, now time.Time) (Appointment, error) {
	return c.advance(tx, number, version, declining, by, now)
}

// Cancel frees the slot of an appointment that is still to happen. Other than staff may
// not cancel one that has begun. Of a visit it cancels this one and leaves the others; see
// CancelVisit.
func (c *Calendar) Cancel(tx *storage.Tx, number string, version int, by Change, now time.Time) (Appointment, error) {
	s := cancelling
	if !by.Staff {
		s.when = notBegun
	}
	return c.advance(tx, number, version, s, by, now)
}

// Arrived notes that the visitor came, from the appointment's day on.
func (c *Calendar) Arrived(tx *storage.Tx, number string, version int, by Change, now time.Time) (Appointment, error) {
	return c.advance(tx, number, version, arriving, by, now)
}

// NoShow notes that the visitor did not come, from the appointment's start on.
func (c *Calendar) NoShow(tx *storage.Tx, number string, version int, by Change, now time.Time) (Appointment, error) {
	return c.advance(tx, number, version, missing, by, now)
}

func notBegun(_ *Calendar, a Appointment, now time.Time) bool { return now.Before(a.Start) }

func (c *Calendar) advance(tx *storage.Tx, number string, version int, s step, by Change, now time.Time) (Appointment, error) {
	a, err := at(tx, number, version)
	if err != nil || a.Status == s.to {
		return a, err
	}
	if err := c.given(by); err != nil {
		return Appointment{}, err
	}
	if !slices.Contains(s.from, a.Status) || s.when != nil && !s.when(c, a, now) {
		return Appointment{}, &WrongStatus{a}
	}
	if s.to == Declined || s.to == Cancelled {
		if err := errors.Join(vacate(tx, a.Takes, a.Number), freed(tx, a.Takes, instant(now))); err != nil {
			return Appointment{}, err
		}
	}
	a.Status = s.to
	a.touch(by, now)
	if err := a.put(tx); err != nil {
		return Appointment{}, err
	}
	return a, a.record(tx, string(a.Status), time.Time{}, now)
}

// Move puts an open appointment into another slot: it has the new one exactly when it
// gives the old one up. Where the clinic confirms by hand, a visitor's move asks anew: the
// appointment is requested again, because reception agreed to the old time and not to
// this one, and both the old slot and the wait for an answer are the visitor's choice.
// Moved by staff, its status stays. Of a visit it moves this one and leaves the others, of
// whose visit it remains. The slot may leave out what does not change, service, specialist
// and branch, and its End. Errors: as for Confirm, and a [Refusal].
func (c *Calendar) Move(tx *storage.Tx, number string, version int, to Slot, by Change, now time.Time) (Appointment, error) {
	a, err := at(tx, number, version)
	if err != nil {
		return Appointment{}, err
	}
	if !a.Status.Open() || !by.Staff && !now.Before(a.Start) {
		return Appointment{}, &WrongStatus{a}
	}
	if err := c.given(by); err != nil {
		return Appointment{}, err
	}
	to = c.complete(a.filling(to))
	if to == a.Slot {
		return a, nil
	}
	all, err := c.fit(tx, wish{Slot: to, hold: a.Conversation, ignore: []string{a.Number}, staff: by.Staff, grace: 2 * c.clinic.Booking.Hold}, now)
	if err != nil {
		return Appointment{}, err
	}
	if err := errors.Join(c.Release(tx, a.Conversation), a.displace(tx), freed(tx, a.Takes, instant(now))); err != nil {
		return Appointment{}, err
	}
	if err := c.moveTo(tx, &a, to, all, by, now); err != nil {
		return Appointment{}, err
	}
	return a, nil
}

// filling returns the slot with what it leaves out taken from the appointment.
func (a Appointment) filling(s Slot) Slot {
	if s.Service == "" {
		s.Service = a.Service
	}
	if s.Specialist == "" {
		s.Specialist = a.Specialist
		if s.Branch == "" {
			s.Branch = a.Branch
		}
	}
	return s
}

// at reads an appointment for a change made from a version.
func at(tx *storage.Tx, number string, version int) (Appointment, error) {
	a, err := Get(tx, number)
	if err == nil && version != 0 && version != a.Version {
		return Appointment{}, &Stale{a}
	}
	return a, err
}

func (a *Appointment) touch(by Change, now time.Time) {
	a.Version++
	a.Changed, a.Author, a.ReasonID, a.Reason = instant(now), by.Author, by.ReasonID, ""
	if by.Staff {
		a.Reason = by.Reason
	}
}

// given checks the reason of a change.
func (c *Calendar) given(by Change) error {
	giver := clinic.OfVisitor
	if by.Staff {
		giver = clinic.OfStaff
	}
	r, ok := c.clinic.Reason(by.ReasonID)
	if by.ReasonID == "" || ok && slices.Contains(r.By, giver) {
		return nil
	}
	return fmt.Errorf("%w: by %s", ErrReason, giver)
}
