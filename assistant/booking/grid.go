package booking

import (
	"slices"
	"sort"
	"sync"
	"time"

	"okoshko/assistant/clinic"
)

// stretch is a half-open piece of time in Unix seconds.
type stretch struct{ from, to int64 }

// start is a point of the grid, and until when its specialist works from there on
// without a break. Unix seconds.
type start struct{ at, until int64 }

// maxDays is how many specialist's days are kept; 50 people for two years fit.
const maxDays = 40_000

// shared is what is computed once from the clinic file, or read once from the store,
// and used by many searches.
type shared struct {
	mu     sync.Mutex // held for a look only, never while anything is waited for
	days   map[dayKey][]start
	blocks map[blockKey]block
}

type dayKey struct {
	specialist string
	day        clinic.Date
}

// grid lists the points of the grid in one calendar day of a specialist, in order.
// The grid is counted from the start of each working period, which is the specialist's
// hours within the branch's. The step is counted in time that passes, so a night with a
// change of the clock has an hour's starts more or less.
func (c *Calendar) grid(s *clinic.Specialist, d clinic.Date) []start {
	key := dayKey{s.ID, d}
	c.shared.mu.Lock()
	points, known := c.shared.days[key]
	c.shared.mu.Unlock()
	if known {
		return points
	}
	points = c.lay(s, d)
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	if c.shared.days == nil || len(c.shared.days) >= maxDays {
		c.shared.days = map[dayKey][]start{}
	}
	c.shared.days[key] = points
	return points
}

func (c *Calendar) lay(s *clinic.Specialist, d clinic.Date) []start {
	periods := c.periods(s, d)
	whole := join(slices.Clone(periods))
	day := stretch{c.clinic.At(d, 0).Unix(), c.clinic.At(d.AddDays(1), 0).Unix()}
	step := int64(c.clinic.Booking.Step / time.Second)
	var points []start
	for _, p := range periods {
		first := p.from
		if first < day.from {
			first += (day.from - first + step - 1) / step * step
		}
		for at := first; at < min(p.to, day.to); at += step {
			points = append(points, start{at, whole[index(whole, at)].to})
		}
	}
	slices.SortFunc(points, func(a, b start) int { return int(a.at - b.at) })
	return slices.Compact(points)
}

// index finds the stretch that holds the instant, or the next one after it.
func index(whole []stretch, at int64) int {
	return sort.Search(len(whole), func(i int) bool { return whole[i].to > at })
}

// periods lists when the specialist works on the days around d: far enough back for a
// night's shift and ahead for the longest service.
func (c *Calendar) periods(s *clinic.Specialist, d clinic.Date) []stretch {
	open := c.opening(s.Branch, d)
	var periods []stretch
	for shift := -2; shift <= 2; shift++ {
		on := d.AddDays(shift)
		for _, span := range s.Hours.On(on.Year, on.Month, on.Day) {
			work := c.stretch(on, span)
			for _, o := range open {
				if both := (stretch{max(work.from, o.from), min(work.to, o.to)}); both.from < both.to {
					periods = append(periods, both)
				}
			}
		}
	}
	slices.SortFunc(periods, byFrom)
	return periods
}

// opening lists when the branch is open on the days around d, joined.
func (c *Calendar) opening(branch string, d clinic.Date) []stretch {
	var open []stretch
	for shift := -4; shift <= 4; shift++ {
		on := d.AddDays(shift)
		for _, span := range c.clinic.Open(branch, on) {
			open = append(open, c.stretch(on, span))
		}
	}
	slices.SortFunc(open, byFrom)
	return join(open)
}

func (c *Calendar) stretch(d clinic.Date, s clinic.Span) stretch {
	return stretch{c.clinic.At(d, s.From).Unix(), c.clinic.At(d, s.To).Unix()}
}

func byFrom(a, b stretch) int { return int(a.from - b.from) }

// join merges sorted stretches that touch and drops empty ones, in place.
func join(sorted []stretch) []stretch {
	joined := sorted[:0]
	for _, s := range sorted {
		if n := len(joined); n > 0 && s.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, s.to)
		} else if s.from < s.to {
			joined = append(joined, s)
		}
	}
	return joined
}

// covers reports whether one of the joined stretches holds all of s.
func covers(joined []stretch, s stretch) bool {
	i := index(joined, s.from)
	return i < len(joined) && joined[i].from <= s.from && s.to <= joined[i].to
}
