package booking

import (
	"math"
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
	s := search{c: c, q: q, service: service, lanes: make([]lane, len(performers))}
	for i, p := range performers {
		s.lanes[i].specialist = p
	}
	return s.run(tx, c.bounds(q, now), now)
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
	if !q.From.IsZero() {
		b.from = max(b.from, ceil(q.From))
	}
	if !q.To.IsZero() {
		b.to = min(b.to, ceil(q.To))
	}
	return b
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
	q       Query
	service *clinic.Service
	lanes   []lane
	found   []Slot
}

// lane is one specialist's part of a search: the points of the day that are still to be
// looked at, and what occupies the specialist from there on.
type lane struct {
	specialist *clinic.Specialist
	points     []start
	busy       []stretch
	at         int64 // the free point that comes next, never when there is none
}

const never = math.MaxInt64

// run searches window by window, so that the first slots are found without reading what
// lies weeks ahead.
func (s *search) run(tx *storage.Tx, all stretch, now time.Time) ([]Slot, error) {
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
	return s.found, nil
}

func (s *search) full() bool { return s.q.Limit > 0 && len(s.found) >= s.q.Limit }

// read gets what occupies the specialists in a window.
func (s *search) read(tx *storage.Tx, w stretch, now time.Time) (err error) {
	wide := s.takes(stretch{w.from, w.to + seconds(s.service.Duration)})
	for i := range s.lanes {
		l := &s.lanes[i]
		if l.busy, err = s.c.within(tx, specialistResource(l.specialist.ID), wide, s.q, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *search) window(w stretch) {
	first, last := s.c.clinic.Date(time.Unix(w.from, 0)), s.c.clinic.Date(time.Unix(w.to-1, 0))
	s.found = slices.Grow(s.found, s.most(first, last))
	for d := first; d.Compare(last) <= 0 && !s.full(); d = d.AddDays(1) {
		s.day(d, w)
	}
}

// most bounds how many slots can be found from first to last: room for all at once costs
// a fraction of making room again and again.
func (s *search) most(first, last clinic.Date) int {
	if s.q.Limit > 0 {
		return min(s.q.Limit-len(s.found), 1000)
	}
	n := 0
	for d := first; d.Compare(last) <= 0; d = d.AddDays(1) {
		for i := range s.lanes {
			n += len(s.c.grid(s.lanes[i].specialist, d))
		}
	}
	return n
}

// day merges the lanes: at each time, whoever is free then, in the file's order.
func (s *search) day(d clinic.Date, w stretch) {
	at := int64(never)
	for i := range s.lanes {
		l := &s.lanes[i]
		l.points = s.c.grid(l.specialist, d)
		s.advance(l, w)
		at = min(at, l.at)
	}
	for at != never {
		next := int64(never)
		for i := range s.lanes {
			l := &s.lanes[i]
			if l.at == at {
				s.found = append(s.found, s.slot(at, l.specialist))
				if s.full() {
					return
				}
				s.advance(l, w)
			}
			next = min(next, l.at)
		}
		at = next
	}
}

// advance looks for the lane's next free point in the window.
func (s *search) advance(l *lane, w stretch) {
	for len(l.points) > 0 {
		point := l.points[0]
		l.points = l.points[1:]
		visible := stretch{point.at, point.at + seconds(s.service.Duration)}
		if visible.from < w.from || visible.from >= w.to || visible.to > point.until || !s.wanted(point.at) {
			continue
		}
		taken := s.takes(visible)
		for len(l.busy) > 0 && l.busy[0].to <= taken.from { // points only go forward
			l.busy = l.busy[1:]
		}
		if len(l.busy) == 0 || l.busy[0].from >= taken.to {
			l.at = point.at
			return
		}
	}
	l.at = never
}

func (s *search) slot(at int64, p *clinic.Specialist) Slot {
	start := time.Unix(at, 0).UTC()
	return Slot{
		Service: s.service.ID, Specialist: p.ID, Branch: p.Branch,
		Start: start, End: start.Add(s.service.Duration),
	}
}

// takes is the visible stretch with the service's buffers.
func (s *search) takes(visible stretch) stretch {
	return stretch{visible.from - seconds(s.service.BufferBefore), visible.to + seconds(s.service.BufferAfter)}
}

// wanted reports whether the wall clock at the point is one that the query asks for.
func (s *search) wanted(at int64) bool {
	if len(s.q.Within) == 0 {
		return true
	}
	minute := s.c.clinic.Minute(time.Unix(at, 0))
	return slices.ContainsFunc(s.q.Within, func(w clinic.Span) bool { return w.From <= minute && minute < w.To })
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
