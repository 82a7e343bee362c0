package booking

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"okoshko/storage"
)

// Visit is several services, one after another, in one branch, by one specialist or by
// several. Each slot is one that could be had alone, and begins when the one before it
// ends or at most the clinic's ChainGap later. Buffers and rooms are kept between the
// slots of a visit as between those of strangers.
type Visit struct {
	Slots []Slot `json:"slots"` // in order of time
}

// Start is when the visit begins.
func (v Visit) Start() time.Time { return v.Slots[0].Start }

// End is when the visit ends.
func (v Visit) End() time.Time { return v.Slots[len(v.Slots)-1].End }

// maxVisit is how many services one visit may have. Each order of them may be searched.
const maxVisit = 5

// Visit is what the hold keeps, of one slot or of several.
func (h Hold) Visit() Visit { return Visit{append([]Slot{h.Slot}, h.Rest...)} }

// HoldVisit is Hold for a visit: all of its slots are kept, or none. Errors: a [Refusal],
// which leaves the earlier hold in place.
func (c *Calendar) HoldVisit(tx *storage.Tx, v Visit, conversation string, now time.Time) (Hold, error) {
	if conversation == "" {
		return Hold{}, errors.New("a hold is a conversation's: none was given")
	}
	w := wish{who: []string{byConversation(conversation)}, hold: conversation, grace: c.clinic.Booking.Hold}
	v, all, err := c.fitVisit(tx, v, w, now)
	if err != nil {
		return Hold{}, err
	}
	return c.keep(tx, Hold{Slot: v.Slots[0], Rest: v.Slots[1:], Conversation: conversation}, all, now)
}

// RequestVisit is Request for all slots of a visit: it takes all of them or none. The
// slot of b is not looked at. The appointments, one for each slot, share a Visit, count
// as one for the limit per visitor, and are confirmed, moved and cancelled each by itself
// from then on; CancelVisit cancels all. Errors: a [Refusal].
func (c *Calendar) RequestVisit(tx *storage.Tx, v Visit, b Booking, now time.Time) ([]Appointment, error) {
	w := wish{
		who: ownersOf(b.Contact, b.Conversation, b.Visitor), hold: b.Conversation,
		staff: b.Staff, grace: 2 * c.clinic.Booking.Hold,
	}
	v, all, err := c.fitVisit(tx, v, w, now)
	if err != nil {
		return nil, err
	}
	status, err := c.first(tx, b.Contact, b.Staff)
	if err != nil {
		return nil, err
	}
	if err := c.Release(tx, b.Conversation); err != nil {
		return nil, err
	}
	n, err := tx.Sequence("booking.visit")
	if err != nil {
		return nil, fmt.Errorf("number of a visit: %w", err)
	}
	var made []Appointment
	for i, s := range v.Slots {
		a := b.appointment(s, all[i], status, now)
		a.Visit = fmt.Sprintf("V-%d", n)
		if err := c.born(tx, &a, b.Conversation, now); err != nil {
			return nil, err
		}
		made = append(made, a)
	}
	return made, nil
}

// fitVisit is fit for all slots of a visit, each beside what those before it take. It
// completes them and says what each takes.
func (c *Calendar) fitVisit(tx *storage.Tx, v Visit, w wish, now time.Time) (Visit, [][]Take, error) {
	whole := Visit{make([]Slot, len(v.Slots))}
	for i, s := range v.Slots {
		whole.Slots[i] = c.complete(s)
	}
	if why, s := c.joined(whole); why != "" {
		return Visit{}, nil, &Refusal{Why: why, Slot: s}
	}
	var all [][]Take
	for i, s := range whole.Slots {
		w.Slot = s
		if i > 0 {
			w.who = nil // the visit counts once
		}
		takes, err := c.fit(tx, w, now)
		if refusal, refused := errors.AsType[*Refusal](err); refused {
			return Visit{}, nil, c.refuseVisit(tx, refusal, whole, w, now)
		}
		if err != nil {
			return Visit{}, nil, err
		}
		all = append(all, takes)
		w.beside = append(w.beside, takes...)
	}
	return whole, all, nil
}

// joined says what is wrong with slots that are no visit together, and with which.
func (c *Calendar) joined(v Visit) (Why, Slot) {
	switch {
	case len(v.Slots) == 0:
		return Unknown, Slot{}
	case len(v.Slots) > maxVisit:
		return Limit, v.Slots[maxVisit]
	}
	for i, s := range v.Slots[1:] {
		before := v.Slots[i]
		wait := s.Start.Sub(before.End)
		switch {
		case s.Branch != before.Branch:
			return Unknown, s
		case wait < 0 || wait > c.clinic.Booking.ChainGap:
			return Grid, s
		}
	}
	return "", Slot{}
}

// refuseVisit says what visits can be had that are nearest to a refused one.
func (c *Calendar) refuseVisit(tx *storage.Tx, r *Refusal, v Visit, w wish, now time.Time) error {
	r.Nearest = nil
	if r.Why == Limit || r.Why == Unknown {
		return r
	}
	const most = 3
	q := VisitQuery{Branch: v.Slots[0].Branch, Limit: 60, For: w.hold, Ignore: w.ignore}
	for _, s := range v.Slots {
		q.Services = append(q.Services, s.Service)
	}
	start := v.Start()
	q.From = c.clinic.At(c.clinic.Date(start), 0)
	if bound := now.Add(c.clinic.Booking.Horizon); start.After(bound) {
		q.From, q.Limit = bound.AddDate(0, 0, -14), 0
	}
	near, err := c.FreeVisits(tx, q, now)
	if err != nil {
		return err
	}
	slices.SortStableFunc(near, func(a, b Visit) int {
		return cmp.Compare(a.Start().Sub(start).Abs(), b.Start().Sub(start).Abs())
	})
	r.Visits = slices.Clone(near[:min(len(near), most)])
	slices.SortStableFunc(r.Visits, func(a, b Visit) int { return compareSlots(a.Slots[0], b.Slots[0]) })
	return r
}

// CancelVisit cancels all appointments of a visit that can be cancelled, wherever they
// were moved to; for others than staff those that have begun stay. It returns what it
// cancelled, by their start. Errors: [storage.ErrNotFound], ErrReason, a [WrongStatus]
// when there is nothing left to cancel.
func (c *Calendar) CancelVisit(tx *storage.Tx, visit string, by Change, now time.Time) ([]Appointment, error) {
	all, err := OfVisit(tx, visit)
	if err != nil {
		return nil, err
	}
	var cancelled []Appointment
	for _, a := range all {
		if !a.Status.Open() || !by.Staff && !now.Before(a.Start) {
			continue
		}
		if a, err = c.Cancel(tx, a.Number, 0, by, now); err != nil {
			return nil, err
		}
		cancelled = append(cancelled, a)
	}
	if len(cancelled) == 0 {
		return nil, &WrongStatus{all[0]}
	}
	return cancelled, nil
}

// OfVisit lists the appointments of a visit, by their start, whatever has become of them.
// Error: [storage.ErrNotFound].
func OfVisit(tx *storage.Tx, visit string) ([]Appointment, error) {
	all, err := ownedBy(tx, byVisit(visit))
	if err == nil && (visit == "" || len(all) == 0) {
		err = fmt.Errorf("visit %s: %w", visit, storage.ErrNotFound)
	}
	return all, err
}

func byVisit(id string) string { return "visit/" + id }
