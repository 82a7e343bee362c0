package booking

import (
	"slices"
	"sort"
	"sync"

	"okoshko/assistant/clinic"
)

// stretch is a half-open piece of time in Unix seconds.
type stretch struct{ from, to int64 }

// start is a point of the grid, and until when its specialist works from there on
// without a break. Unix seconds.
type start struct{ at, until int64 }

// row is n points of the grid, step seconds apart, up to the same end of work. A day of
// 40 points is mostly two rows, which a search reads much faster.
type row struct{ at, step, until, n int64 }

// rows puts points, which come in order, into as few rows as they make.
func rows(points []start) []row {
	var all []row
	for _, p := range points {
		if k := len(all) - 1; k >= 0 && all[k].until == p.until {
			r := &all[k]
			if r.n == 1 {
				r.step = p.at - r.at
			}
			if r.at+r.n*r.step == p.at {
				r.n++
				continue
			}
		}
		all = append(all, row{at: p.at, step: 1, until: p.until, n: 1})
	}
	return slices.Clip(all)
}

// has reports whether the instant is a point of the row.
func (r row) has(at int64) bool {
	return r.at <= at && at < r.at+r.n*r.step && (at-r.at)%r.step == 0
}

// maxDays is how many specialist's days are kept; 50 people for two years fit.
const maxDays = 40_000

// shared is what is computed once from the clinic file, or read once from the store,
// and used by many searches.
type shared struct {
	mu     sync.Mutex       // held for a look only, never while anything is waited for
	days   map[dayKey][]row // as the file has them
	blocks map[blockKey]block
	plan   *plan // with the exceptions last seen

	marks sync.Pool // of *marks
}

type dayKey struct {
	specialist string
	day        clinic.Date
}

// day returns the points of a day, laid out the first time that it is asked for.
func (s *shared) day(key dayKey, lay func() []row) []row {
	s.mu.Lock()
	points, known := s.days[key]
	s.mu.Unlock()
	if known {
		return points
	}
	points = lay()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.days == nil || len(s.days) >= maxDays {
		s.days = map[dayKey][]row{}
	}
	s.days[key] = points
	return points
}

// index finds the stretch that holds the instant, or the next one after it.
func index(whole []stretch, at int64) int {
	return sort.Search(len(whole), func(i int) bool { return whole[i].to > at })
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
