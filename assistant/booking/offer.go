package booking

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// Offer is a slot that became free and is kept for one who waits, until a time, that
// instant not included. Searches and checks for its conversation do not see it as taken.
type Offer struct {
	ID string `json:"id"` // of the Waiting, which has one offer at a time
	Slot
	Contact      string    `json:"contact,omitempty"`
	Conversation string    `json:"conversation,omitempty"`
	Made         time.Time `json:"made"`
	Until        time.Time `json:"until"` // by the house's time
	Ends         int64     `json:"ends"`  // Unix seconds of running time; see Clock
	Takes        []Take    `json:"takes"`
}

// OfferData is the Data of waitlist.offered.
type OfferData struct {
	ID         string    `json:"id"`
	Service    string    `json:"service"`
	Specialist string    `json:"specialist"`
	Branch     string    `json:"branch"`
	Start      time.Time `json:"start"`
	End        time.Time `json:"end"`
	Until      time.Time `json:"until"`
	Contact    string    `json:"contact,omitempty"`
}

// ErrOffer is returned for an offer that is over, or was never made.
var ErrOffer = errors.New("offer is over")

// clerk is the author of what the calendar does by itself.
const clerk = "calendar"

var (
	offers = storage.NewTable[Offer]("booking.offers").Owned(func(_ []byte, o Offer) string { return o.Contact })
	places = storage.NewTable[place]("booking.freed")
)

// place is where something became free: time of a resource, "b/" and a branch for all
// that is in it. Who joined the list after At found it free already; zero: while nobody
// could see it.
type place struct {
	Take
	At time.Time `json:"at"`
}

// freed notes what became free, if anybody waits.
func freed(tx *storage.Tx, all []Take, at time.Time) error {
	var err error
	for range waiting.Range(tx, nil, nil, &err) {
		for _, t := range all {
			n, err := tx.Sequence("booking.freed")
			if err != nil {
				return err
			}
			if err := places.Put(tx, sequenceKey(n), place{t, at.UTC()}); err != nil {
				return err
			}
		}
		break
	}
	return err
}

// freed is what becomes free with extra hours, or when another exception is removed.
func (e Exception) freed() []Take {
	resource := e.resource()
	if e.Kind == Closure {
		resource = branchResource(e.Branch)
	}
	return []Take{{resource, e.From, e.To}}
}

func branchResource(id string) string { return "b/" + id }

// Offers ends offers and wishes whose time is over, and offers what became free since to
// those who wait: each place to the first who joined, wants it and has no other offer. It
// returns the new offers; each is an event as well. Call it every few seconds, and after
// changes that free something. It does nothing while the house is not sure of the time.
func (c *Calendar) Offers(tx *storage.Tx, now time.Time) ([]Offer, error) {
	if !c.clock.Sure() {
		return nil, nil
	}
	if err := c.expire(tx, now); err != nil {
		return nil, err
	}
	var err error
	all := map[string]place{}
	var order []string
	for key, p := range places.Range(tx, nil, nil, &err) {
		all[string(key)] = p
		order = append(order, string(key))
	}
	if err != nil || len(all) == 0 {
		return nil, err
	}
	list, err := WaitingList(tx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(order, func(a, b string) int { return all[a].From.Compare(all[b].From) })
	var made []Offer
	keep := map[string]bool{}
	for _, e := range list {
		o, err := c.serve(tx, e, order, all, keep, now)
		if err != nil {
			return nil, fmt.Errorf("offer to %s: %w", e.ID, err)
		}
		made = append(made, o...)
	}
	for _, key := range order {
		if !keep[key] || !now.Before(all[key].To) {
			err = errors.Join(err, places.Delete(tx, []byte(key)))
		}
	}
	return made, err
}

// serve makes an offer to one who waits, unless there is one already, and marks the
// places that are to be looked at again when it is settled.
func (c *Calendar) serve(tx *storage.Tx, e Waiting, order []string, all map[string]place, keep map[string]bool, now time.Time) (made []Offer, err error) {
	_, err = offers.Get(tx, e.key())
	busy := err == nil
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	for _, key := range order {
		s, takes, err := c.suits(tx, e, all[key], now)
		if err != nil {
			return nil, err
		}
		if takes != nil && !busy {
			o, err := c.offer(tx, e, s, takes, now)
			if err != nil {
				return nil, err
			}
			made, busy = append(made, o), true
			if _, takes, err = c.suits(tx, e, all[key], now); err != nil {
				return nil, err
			}
		}
		keep[key] = keep[key] || takes != nil
	}
	return made, nil
}

// suits finds the first slot in the place that one who waits can have, with what it
// takes; nothing when there is none.
func (c *Calendar) suits(tx *storage.Tx, e Waiting, p place, now time.Time) (Slot, []Take, error) {
	service, ok := c.clinic.Service(e.Service)
	if !ok || !p.At.IsZero() && e.Joined.After(p.At) {
		return Slot{}, nil, nil
	}
	q := Query{
		Service: e.Service, Specialist: e.Specialist,
		From: later(e.From, p.From.Add(-service.Duration-service.BufferAfter)),
		To:   earlier(e.To, p.To.Add(service.BufferBefore)),
	}
	if !c.narrow(&q, p.Resource) || !q.From.Before(q.To) || len(c.performers(q)) == 0 {
		return Slot{}, nil, nil
	}
	free, err := c.Free(tx, q, now)
	if err != nil {
		return Slot{}, nil, err
	}
	for _, s := range free {
		span := take(service, "", s)
		if !span.From.Before(p.To) || !p.From.Before(span.To) || slices.Contains(e.Passed, passed(s)) {
			continue
		}
		all, err := c.fit(tx, wish{Slot: s, who: ownersOf(e.Contact, e.Conversation, "")}, now)
		if _, refused := errors.AsType[*Refusal](err); refused {
			continue
		}
		return s, all, err
	}
	return Slot{}, nil, nil
}

// narrow restricts a query to those who may need the resource; false when nobody does.
func (c *Calendar) narrow(q *Query, resource string) bool {
	kind, id, _ := strings.Cut(resource, "/")
	switch kind {
	case "s":
		if q.Specialist != "" && q.Specialist != id {
			return false
		}
		q.Specialist = id
	case "b":
		q.Branch = id
	case "r":
		r, ok := c.clinic.Room(id)
		if !ok {
			return false
		}
		q.Branch = r.Branch
		return slices.ContainsFunc(c.clinic.Needs(q.Service, r.Branch), func(pool []*clinic.Room) bool {
			return slices.Contains(pool, r)
		})
	}
	return true
}

func (c *Calendar) offer(tx *storage.Tx, e Waiting, s Slot, all []Take, now time.Time) (Offer, error) {
	o := Offer{
		ID: e.ID, Slot: s, Contact: e.Contact, Conversation: e.Conversation, Made: instant(now),
		Until: earlier(now.Add(c.clinic.Booking.Offer), s.Start).Truncate(time.Second).UTC(), Takes: all,
	}
	o.Ends = c.ran(now).Add(o.Until.Sub(now)).Unix()
	data := OfferData{o.ID, s.Service, s.Specialist, s.Branch, s.Start, s.End, o.Until, o.Contact}
	return o, errors.Join(
		occupy(tx, all, o.ref(), claim{Hold: o.keeper(), Until: o.Ends}),
		c.clock.note(tx),
		offers.Put(tx, e.key(), o),
		note(tx, "waitlist.offered", o.ID, clerk, "", data, now),
	)
}

// OffersTo lists the live offers to a conversation, all for "", in the order in which
// people joined the list.
func (c *Calendar) OffersTo(tx *storage.Tx, conversation string, now time.Time) ([]Offer, error) {
	all, err := allOffers(tx)
	all = slices.DeleteFunc(all, func(o Offer) bool {
		return conversation != "" && o.Conversation != conversation || !c.stands(o, now)
	})
	for i := range all {
		all[i].Until = c.lapses(all[i].Ends, all[i].Until, now)
	}
	return all, err
}

// Accept makes the appointment that was offered to one who waits, who then waits no more.
// The booking's slot is the offer's, and its conversation too when it names none. Errors:
// ErrOffer when it is over, a [Refusal].
func (c *Calendar) Accept(tx *storage.Tx, id string, b Booking, now time.Time) (Appointment, error) {
	o, err := offerTo(tx, id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && !c.stands(o, now) {
		return Appointment{}, fmt.Errorf("%s: %w", id, ErrOffer)
	}
	if err != nil {
		return Appointment{}, err
	}
	b.Slot = o.Slot
	if b.Conversation == "" {
		b.Conversation = o.Conversation
	}
	return c.request(tx, b, o.keeper(), now)
}

// Pass declines the offer made to one who waits, who stays on the list for other slots.
// Error: ErrOffer.
func (c *Calendar) Pass(tx *storage.Tx, id string, by Change, now time.Time) error {
	o, err := offerTo(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("%s: %w", id, ErrOffer)
	}
	if err != nil {
		return err
	}
	return o.end(tx, "waitlist.passed", by.Author, now)
}

// stands reports whether the offer keeps its slot now.
func (c *Calendar) stands(o Offer, now time.Time) bool {
	return live(o.Ends, c.clinic.Booking.Offer, c.ran(now))
}

// OffersDue reports whether Offers has anything to do. It only reads, so a sweeper that
// asks it first writes nothing while nothing happens.
func (c *Calendar) OffersDue(tx *storage.Tx, now time.Time) (bool, error) {
	if !c.clock.Sure() {
		return false, nil
	}
	idle, wishes, err := c.over(tx, now)
	if err != nil || len(idle)+len(wishes) > 0 {
		return err == nil, err
	}
	due := false
	for range places.Range(tx, nil, nil, &err) {
		due = true
		break
	}
	return due, err
}

// over lists the offers past their time or put outside all hours by an exception, and the
// wishes whose time is past.
func (c *Calendar) over(tx *storage.Tx, now time.Time) (idle []Offer, wishes []Waiting, err error) {
	p, err := c.planned(tx, now)
	if err != nil {
		return nil, nil, err
	}
	for _, o := range offers.Range(tx, nil, nil, &err) {
		if !c.stands(o, now) || p.misplaced(o.Slot) {
			idle = append(idle, o)
		}
	}
	for _, e := range waiting.Range(tx, nil, nil, &err) {
		if !now.Before(e.To) {
			wishes = append(wishes, e)
		}
	}
	return idle, wishes, err
}

// expire ends what is over.
func (c *Calendar) expire(tx *storage.Tx, now time.Time) error {
	idle, wishes, err := c.over(tx, now)
	for _, o := range idle {
		err = errors.Join(err, o.end(tx, "waitlist.expired", clerk, now))
	}
	for _, e := range wishes {
		err = errors.Join(err, Leave(tx, e.ID), logged(tx, "waitlist.over", e.ID, clerk, now))
	}
	return err
}

// end takes back an offer that came to nothing, and passes its place on.
func (o Offer) end(tx *storage.Tx, action, author string, now time.Time) error {
	e, err := waitingEntry(tx, o.ID)
	if err != nil {
		return err
	}
	const most = 100
	e.Passed = append(e.Passed, passed(o.Slot))
	e.Passed = e.Passed[max(0, len(e.Passed)-most):]
	return errors.Join(
		waiting.Put(tx, e.key(), e),
		o.withdraw(tx),
		logged(tx, action, o.ID, author, now),
	)
}

func (o Offer) withdraw(tx *storage.Tx) error {
	n, _ := numbered("W", o.ID)
	return errors.Join(
		vacate(tx, o.Takes, o.ref()),
		offers.Delete(tx, sequenceKey(n)),
		freed(tx, o.Takes, time.Time{}),
	)
}

// settle ends the offers to a keeper that a new appointment has made idle: the one that
// it accepts, with its wish, and those that it overlaps.
func (a Appointment) settle(tx *storage.Tx, keeper string, now time.Time) error {
	all, err := allOffers(tx)
	for _, o := range all {
		switch {
		case err != nil || keeper == "" || o.keeper() != keeper:
		case o.Slot == a.Slot:
			err = errors.Join(Leave(tx, o.ID), logged(tx, "waitlist.accepted", o.ID, a.Author, now))
		case overlap(o.Takes, a.Takes):
			err = o.end(tx, "waitlist.passed", a.Author, now)
		}
	}
	return err
}

func overlap(a, b []Take) bool {
	return slices.ContainsFunc(a, func(s Take) bool {
		return slices.ContainsFunc(b, func(t Take) bool {
			return s.Resource == t.Resource && s.From.Before(t.To) && t.From.Before(s.To)
		})
	})
}

// grace is how long the notice is waived for a slot: the given time, or that of an offer
// where it was offered.
func (c *Calendar) grace(tx *storage.Tx, keeper string, s Slot, least time.Duration, now time.Time) (time.Duration, error) {
	all, err := allOffers(tx)
	for _, o := range all {
		if keeper != "" && o.keeper() == keeper && o.Slot == s && c.stands(o, now) {
			return max(least, c.clinic.Booking.Offer), err
		}
	}
	return least, err
}

func allOffers(tx *storage.Tx) ([]Offer, error) {
	var all []Offer
	var err error
	for _, o := range offers.Range(tx, nil, nil, &err) {
		all = append(all, o)
	}
	return all, err
}

func offerTo(tx *storage.Tx, id string) (Offer, error) {
	n, ok := numbered("W", id)
	if !ok {
		return Offer{}, storage.ErrNotFound
	}
	return offers.Get(tx, sequenceKey(n))
}

// keeper is for whom the slot is kept.
func (o Offer) keeper() string {
	if o.Conversation == "" {
		return o.ID
	}
	return o.Conversation
}

func (o Offer) ref() string { return offerPrefix + o.ID }

// passed names a slot that somebody let pass.
func passed(s Slot) string { return fmt.Sprintf("%s@%d", s.Specialist, s.Start.Unix()) }

// logged writes to the journal what is no event for others.
func logged(tx *storage.Tx, action, object, author string, now time.Time) error {
	return audit.Append(tx, audit.Entry{At: instant(now), Actor: author, Action: action, Object: object})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
