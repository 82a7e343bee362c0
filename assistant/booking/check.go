package booking

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// wish is a slot that somebody wants, and what to leave out of account.
type wish struct {
	Slot
	who    []string // owners whose open appointments count for the limit; none: no limit
	hold   string   // conversation whose own hold does not block
	ignore []string // numbers of the appointments that are being moved
	staff  bool     // not bound by notice, horizon, grid, limit
	beside []Take   // what the rest of the visit takes

	// grace is taken off the notice and the same day's cut-off: a time that was offered in time can still
	// be chosen, and one that was chosen can still be booked, for as long as a
	// hold lasts each.
	grace time.Duration
}

// Check says whether the slot can be had: nil, or a [Refusal] with the nearest that can.
// who is the conversation that asks, whose own hold does not block and whose open
// appointments count for the limit unless ignore, the number of an appointment that is
// being moved, is given. An End of zero is the service's.
func (c *Calendar) Check(tx *storage.Tx, s Slot, who, ignore string, now time.Time) error {
	w := wish{Slot: c.complete(s), hold: who}
	if ignore != "" {
		w.ignore = []string{ignore}
	}
	if who != "" && ignore == "" {
		w.who = []string{byConversation(who)}
	}
	_, err := c.fit(tx, w, now)
	return err
}

// fit is the one judge of slots: it completes the slot and says what it takes, or why
// it cannot be had.
func (c *Calendar) fit(tx *storage.Tx, w wish, now time.Time) ([]Take, error) {
	service, ok := c.known(w.Slot)
	if !ok {
		near, err := c.meant(tx, w, now)
		if err != nil {
			return nil, err
		}
		return nil, &Refusal{Why: Unknown, Slot: w.Slot, Nearest: near}
	}
	p, err := c.planned(tx, now)
	if err != nil {
		return nil, err
	}
	why := p.hours(w, service, now)
	if why == "" {
		all, err := c.vacant(stored(tx), w, service, now)
		if err != nil {
			return nil, err
		}
		if all != nil {
			return all, c.limit(tx, w, now)
		}
		why = Taken
	}
	nearest, err := c.nearest(tx, w, now)
	if err != nil {
		return nil, err
	}
	return nil, &Refusal{Why: why, Slot: w.Slot, Nearest: nearest}
}

func (c *Calendar) known(s Slot) (*clinic.Service, bool) {
	service, ok := c.clinic.Service(s.Service)
	if !ok {
		return nil, false
	}
	return service, slices.ContainsFunc(c.clinic.Performers(s.Service), func(p *clinic.Specialist) bool {
		return p.ID == s.Specialist && p.Branch == s.Branch
	})
}

// hours judges the slot by the clock, the clinic's file and the exceptions; "" is well.
func (p *plan) hours(w wish, service *clinic.Service, now time.Time) Why {
	c := p.c
	visible := stretch{w.Start.Unix(), w.End.Unix()}
	s, _ := c.clinic.Specialist(w.Specialist)
	d := c.clinic.Date(w.Start)
	switch {
	case w.Start.Before(now):
		return Past
	case !w.staff && w.Start.Before(now.Add(c.clinic.Booking.Notice-w.grace)):
		return Notice
	case !w.staff && w.Start.Before(c.reopens(now.Add(-w.grace))):
		return SameDay
	case !w.staff && w.Start.After(now.Add(c.clinic.Booking.Horizon)):
		return Horizon
	case !w.End.Equal(w.Start.Add(service.Duration)) || w.Start.Nanosecond() != 0:
		return Grid
	case !covers(p.open(s, d), visible):
		return Closed
	case !covers(p.working(s, d), visible):
		return Absent
	case !w.staff && !slices.ContainsFunc(p.grid(s, d), func(r row) bool { return r.has(visible.from) }):
		return Grid
	}
	return ""
}

// vacant says what the slot takes, the specialist first and then one unit of each room
// that it needs; nothing when one of them is not to be had.
func (c *Calendar) vacant(claimed look, w wish, service *clinic.Service, now time.Time) ([]Take, error) {
	var all []Take
	for _, pool := range c.pools(service.ID, w.Specialist, w.Branch) {
		i, err := c.spare(claimed, pool, w, service, now)
		if err != nil || i < 0 {
			return nil, err
		}
		all = append(all, take(service, pool[i].name, w.Slot))
	}
	return all, nil
}

// spare finds the first of the resources that has a unit to spare all the slot long, -1
// for none.
func (c *Calendar) spare(claimed look, pool []resource, w wish, service *clinic.Service, now time.Time) (int, error) {
	for i, r := range pool {
		t := take(service, r.name, w.Slot).stretch()
		busy, err := claimed(r.name, t)
		if err != nil {
			return -1, err
		}
		if more := beside(w.beside, r.name); len(more) > 0 {
			busy = slices.Concat(busy, more)
			slices.SortStableFunc(busy, func(a, b occupied) int { return byFrom(a.stretch, b.stretch) })
		}
		if clear(c.blocking(busy, r.count, w.hold, w.ignore, now), t) {
			return i, nil
		}
	}
	return -1, nil
}

// look reads the claims of a resource that may touch a stretch, in order of their
// beginning.
type look func(resource string, s stretch) ([]occupied, error)

// stored looks straight into the store: for one slot.
func stored(tx *storage.Tx) look {
	return func(resource string, s stretch) ([]occupied, error) { return around(tx, resource, s) }
}

// beside lists what takes occupy of a resource.
func beside(all []Take, resource string) []occupied {
	var some []occupied
	for _, t := range all {
		if t.Resource == resource {
			some = append(some, occupied{stretch: t.stretch()})
		}
	}
	return some
}

// limit refuses a visitor who has as many open appointments as one may have. Those of one
// visit count as one.
func (c *Calendar) limit(tx *storage.Tx, w wish, now time.Time) error {
	open := map[string]bool{}
	for _, owner := range w.who {
		own, err := ownedBy(tx, owner)
		if err != nil {
			return err
		}
		for _, a := range own {
			if a.Status.Open() && a.End.After(now) {
				open[cmp.Or(a.Visit, a.Number)] = true
			}
		}
	}
	if w.staff || len(open) < c.clinic.Booking.PerVisitor {
		return nil
	}
	return &Refusal{Why: Limit, Slot: w.Slot}
}

// nearest finds up to three free slots around the wanted start: of the same specialist,
// else of anybody who performs the service in the branch, else anywhere.
func (c *Calendar) nearest(tx *storage.Tx, w wish, now time.Time) ([]Slot, error) {
	q := Query{Service: w.Service, Specialist: w.Specialist, Branch: w.Branch, For: w.hold, Ignore: w.ignore}
	for _, q.Specialist = range []string{w.Specialist, ""} {
		near, err := c.closest(tx, q, w.Start, now)
		if err != nil || len(near) > 0 {
			return near, err
		}
	}
	q.Branch = ""
	return c.closest(tx, q, w.Start, now)
}

// meant finds the free slots closest to one that cannot be: of the specialist elsewhere, of
// others in the branch, of anybody; none for an unknown service.
func (c *Calendar) meant(tx *storage.Tx, w wish, now time.Time) ([]Slot, error) {
	for _, q := range []Query{{Specialist: w.Specialist}, {Branch: w.Branch}, {}} {
		q.Service, q.For, q.Ignore = w.Service, w.hold, w.ignore
		if len(c.performers(q)) == 0 {
			continue
		}
		if near, err := c.closest(tx, q, w.Start, now); err != nil || len(near) > 0 {
			return near, err
		}
	}
	return nil, nil
}

// closest finds the free slots closest to a time on its day and after; before its day
// only when there is nothing later.
func (c *Calendar) closest(tx *storage.Tx, q Query, to, now time.Time) ([]Slot, error) {
	const most = 3
	day := c.clinic.At(c.clinic.Date(to), 0)
	q.From, q.Limit = day, 60
	near, err := c.Free(tx, q, now)
	if err == nil && len(near) == 0 {
		q.From, q.To, q.Limit = day.AddDate(0, 0, -14), day, 0
		if bound := now.Add(c.clinic.Booking.Horizon); to.After(bound) {
			q.From, q.To = bound.AddDate(0, 0, -14), time.Time{}
		}
		near, err = c.Free(tx, q, now)
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(near, func(a, b Slot) int {
		return cmp.Compare(a.Start.Sub(to).Abs(), b.Start.Sub(to).Abs())
	})
	near = slices.Clone(near[:min(len(near), most)])
	slices.SortStableFunc(near, compareSlots)
	return near, nil
}

// complete fills in what a slot leaves to the file: its end, its branch, and UTC.
func (c *Calendar) complete(s Slot) Slot {
	if p, ok := c.clinic.Specialist(s.Specialist); ok && s.Branch == "" {
		s.Branch = p.Branch
	}
	if s.Start = s.Start.UTC(); !s.End.IsZero() {
		s.End = s.End.UTC()
	}
	if service, ok := c.clinic.Service(s.Service); ok && s.End.IsZero() {
		s.End = s.Start.Add(service.Duration)
	}
	return s
}

// Owners of appointments, as keys.
func byContact(id string) string      { return "contact/" + id }
func byConversation(id string) string { return "conversation/" + id }
func byVisitor(id string) string      { return "visitor/" + id }

// ownersOf lists whose appointment it is.
func ownersOf(contact, conversation, visitor string) []string {
	var all []string
	for _, o := range []string{byContact(contact), byConversation(conversation), byVisitor(visitor)} {
		if !strings.HasSuffix(o, "/") {
			all = append(all, o)
		}
	}
	return all
}

func ownedBy(tx *storage.Tx, owner string) ([]Appointment, error) {
	var numbers []string
	var err error
	prefix := append([]byte(owner), 0)
	from, to := storage.Prefix(prefix)
	for key := range owners.Range(tx, from, to, &err) {
		numbers = append(numbers, string(key[len(prefix):]))
	}
	var own []Appointment
	for _, n := range numbers {
		a, getErr := Get(tx, n)
		err = errors.Join(err, getErr)
		own = append(own, a)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(own, func(a, b Appointment) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Number, b.Number))
	})
	return own, nil
}
