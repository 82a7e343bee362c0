package booking

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// Free lists free slots by their start, those that start together in the order in which
// the clinic's file names the specialists. An unknown service, or a specialist or branch
// that does not have it, is a [Refusal].
func (c *Calendar) Free(tx *storage.Tx, q Query, now time.Time) ([]Slot, error) {
	service, ok := c.clinic.Service(q.Service)
	if !ok {
		return nil, &Refusal{Why: Unknown}
	}
	performers := c.performers(q)
	if len(performers) == 0 && (q.Specialist != "" || q.Branch != "") {
		return nil, &Refusal{Why: Unknown}
	}
	p, err := c.planned(tx, now)
	if err != nil {
		return nil, err
	}
	return newSearch(c, p, q, service, performers).run(tx, c.bounds(q, now), now)
}

func newSearch(c *Calendar, p *plan, q Query, service *clinic.Service, performers []*clinic.Specialist) *search {
	s := &search{
		c: c, plan: p, q: q, service: service, lanes: make([]lane, len(performers)),
		visible: seconds(service.Duration), before: seconds(service.BufferBefore), after: seconds(service.BufferAfter),
	}
	for i, p := range performers {
		s.lanes[i].specialist = p
	}
	return s
}

func (c *Calendar) performers(q Query) []*clinic.Specialist {
	var some []*clinic.Specialist
	for _, p := range c.clinic.Performers(q.Service) {
		if (q.Specialist == "" || p.ID == q.Specialist) && (q.Branch == "" || p.Branch == q.Branch) {
			some = append(some, p)
		}
	}
	return some
}

// bounds are the starts that notice, horizon and the query allow.
func (c *Calendar) bounds(q Query, now time.Time) stretch {
	b := stretch{ceil(now.Add(c.clinic.Booking.Notice)), now.Add(c.clinic.Booking.Horizon).Unix() + 1}
	b.from = max(b.from, c.reopens(now).Unix())
	if !q.From.IsZero() {
		b.from = max(b.from, ceil(q.From))
	}
	if !q.To.IsZero() {
		b.to = min(b.to, ceil(q.To))
	}
	return b
}

// reopens is the first instant that the cut-off of the same day leaves to visitors: the
// coming midnight from the cut-off on, else now.
func (c *Calendar) reopens(now time.Time) time.Time {
	today := c.clinic.Date(now)
	if until := c.clinic.Booking.SameDayUntil; until >= 1440 || now.Before(c.clinic.At(today, until)) {
		return now
	}
	return c.clinic.At(today.AddDays(1), 0)
}

// ceil is the first whole second not before t.
func ceil(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// search is one run of Free.
type search struct {
	c       *Calendar
	plan    *plan
	q       Query
	service *clinic.Service
	lanes   []lane
	found   []mark
	spare   []mark    // for putting some in order
	room    []stretch // of what lanes and rooms are busy with

	visible, before, after int64 // seconds of the service and of its buffers
}

// mark is a slot that was found. A search for all finds very many; they are written as
// slots when it is known how many they are.
type mark struct {
	at   int64
	lane int
}

// marks are the lists of a search, kept from search to search.
type marks struct {
	found, spare []mark
	room         []stretch
}

// lane is one specialist's part of a search: what occupies the specialist from the point
// on that is looked at.
type lane struct {
	specialist *clinic.Specialist
	busy       []stretch     // the specialist, and rooms that have no substitute
	rooms      [][][]stretch // the rooms of each pool of several, of which one has to be free
}

// run searches window by window, so that the first slots are found without reading what
// lies weeks ahead.
func (s *search) run(tx *storage.Tx, all stretch, now time.Time) ([]Slot, error) {
	kept, ok := s.c.shared.marks.Get().(*marks)
	if !ok {
		kept = &marks{}
	}
	s.found, s.spare, s.room = kept.found[:0], kept.spare, kept.room
	defer func() {
		kept.found, kept.spare, kept.room = s.found, s.spare, s.room
		s.c.shared.marks.Put(kept)
	}()
	size := int64(7 * 24 * 3600)
	if s.q.Limit == 0 {
		size = all.to - all.from
	}
	for w := (stretch{all.from, all.from}); w.to < all.to && !s.full(); size *= 4 {
		w = stretch{w.to, min(w.to+size, all.to)}
		if err := s.read(tx, w, now); err != nil {
			return nil, err
		}
		s.window(w)
	}
	return s.slots(), nil
}

func (s *search) full() bool { return s.q.Limit > 0 && len(s.found) >= s.q.Limit }

// read gets what occupies the specialists and rooms in a window. Specialists of a branch
// have the rooms in common, which are read once.
func (s *search) read(tx *storage.Tx, w stretch, now time.Time) (err error) {
	wide := s.takes(stretch{w.from, w.to + s.visible})
	rooms := map[string][]stretch{}
	seen, err := stamps.Get(tx, claimsStamp())
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	s.room = s.room[:0] // what the window before was read into
	for i := range s.lanes {
		l := &s.lanes[i]
		pools := s.c.pools(s.service.ID, l.specialist.ID, l.specialist.Branch)
		if l.busy, s.room, err = s.c.within(tx, pools[0][0], wide, seen, s.q, s.room, now); err != nil {
			return err
		}
		l.rooms = nil
		for _, pool := range pools[1:] {
			several := make([][]stretch, len(pool))
			for i, r := range pool {
				if _, known := rooms[r.name]; !known {
					if rooms[r.name], s.room, err = s.c.within(tx, r, wide, seen, s.q, s.room, now); err != nil {
						return err
					}
				}
				several[i] = rooms[r.name]
			}
			if len(pool) == 1 {
				l.busy = sorted(append(l.busy, several[0]...))
			} else {
				l.rooms = append(l.rooms, several)
			}
		}
	}
	return nil
}

func (s *search) window(w stretch) {
	first, last := s.c.clinic.Date(time.Unix(w.from, 0)), s.c.clinic.Date(time.Unix(w.to-1, 0))
	for d := first; d.Compare(last) <= 0 && !s.full(); d = d.AddDays(1) {
		s.day(d, w)
	}
}

// day finds the slots of one calendar day: lane by lane, and then brought into the order
// of time, in which those of one time keep the order of the lanes.
func (s *search) day(d clinic.Date, w stretch) {
	first := len(s.found)
	for i := range s.lanes {
		s.walk(i, s.plan.grid(s.lanes[i].specialist, d), w)
	}
	s.arrange(s.found[first:])
	if s.full() {
		s.found = s.found[:s.q.Limit]
	}
}

// walk marks the lane's free points in the window.
func (s *search) walk(i int, rows []row, w stretch) {
	l := &s.lanes[i]
	busy, found := l.busy, s.found
	for _, r := range rows {
		last := min(r.at+(r.n-1)*r.step, r.until-s.visible, w.to-1)
		for at := r.at + stepping(w.from-r.at, r.step); at <= last; {
			taken := stretch{at - s.before, at + s.visible + s.after}
			for len(busy) > 0 && busy[0].to <= taken.from { // points only go forward
				busy = busy[1:]
			}
			if len(busy) > 0 && busy[0].from < taken.to {
				at += stepping(busy[0].to-taken.from, r.step)
				continue
			}
			if (l.rooms == nil || l.roomy(taken)) && (s.q.Within == nil || s.c.wanted(s.q.Within, at)) {
				found = append(found, mark{at, i})
			}
			at += r.step
		}
	}
	l.busy, s.found = busy, found
}

// stepping is the least number of seconds, in whole steps, that is not less than some.
func stepping(some, step int64) int64 { return max(0, (some+step-1)/step*step) }

// arrange sorts one day's marks by their time and leaves those of one time in their
// order. It counts how many there are at each minute, because there are very many marks
// and few minutes.
func (s *search) arrange(day []mark) {
	if len(s.lanes) == 1 || len(day) == 0 {
		return
	}
	from, to, whole := day[0].at, day[0].at, true
	for _, m := range day {
		from, to = min(from, m.at), max(to, m.at)
		whole = whole && (m.at-day[0].at)%60 == 0
	}
	if !whole { // only in zones that are seconds away from Greenwich
		slices.SortStableFunc(day, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
		return
	}
	after := make([]int, (to-from)/60+2) // by minute, how many marks are before it
	for _, m := range day {
		after[(m.at-from)/60+1]++
	}
	for i := 1; i < len(after); i++ {
		after[i] += after[i-1]
	}
	s.spare = append(s.spare[:0], day...)
	for _, m := range s.spare {
		i := (m.at - from) / 60
		day[after[i]] = m
		after[i]++
	}
}

// roomy reports whether each pool has a room that is free.
func (l *lane) roomy(taken stretch) bool {
	for _, pool := range l.rooms {
		if !slices.ContainsFunc(pool, func(busy []stretch) bool { return clear(busy, taken) }) {
			return false
		}
	}
	return true
}

// slots writes what was found.
func (s *search) slots() []Slot {
	all := make([]Slot, len(s.found))
	var start, end time.Time
	for i, m := range s.found {
		if i == 0 || s.found[i-1].at != m.at {
			start = time.Unix(m.at, 0).UTC()
			end = start.Add(s.service.Duration)
		}
		p := s.lanes[m.lane].specialist
		all[i] = Slot{Service: s.service.ID, Specialist: p.ID, Branch: p.Branch, Start: start, End: end}
	}
	return all
}

// takes is the visible stretch with the service's buffers.
func (s *search) takes(visible stretch) stretch {
	return stretch{visible.from - s.before, visible.to + s.after}
}

// slot writes one mark.
func (s *search) slot(m mark) Slot {
	p, start := s.lanes[m.lane].specialist, time.Unix(m.at, 0).UTC()
	return Slot{Service: s.service.ID, Specialist: p.ID, Branch: p.Branch, Start: start, End: start.Add(s.service.Duration)}
}

// wanted reports whether the wall clock at the point is one that a query asks for.
func (c *Calendar) wanted(within []clinic.Span, at int64) bool {
	if len(within) == 0 {
		return true
	}
	minute := c.clinic.Minute(time.Unix(at, 0))
	return slices.ContainsFunc(within, func(w clinic.Span) bool { return w.From <= minute && minute < w.To })
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
