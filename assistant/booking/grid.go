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

// maxDays is how many specialist's days are kept; 50 people for two years fit.
const maxDays = 40_000

// shared is what is computed once from the clinic file, or read once from the store,
// and used by many searches.
type shared struct {
	mu     sync.Mutex         // held for a look only, never while anything is waited for
	days   map[dayKey][]start // as the file has them
	blocks map[blockKey]block
	plan   *plan // with the exceptions last seen

	marks sync.Pool // of *marks
}

type dayKey struct {
	specialist string
	day        clinic.Date
}

// day returns the points of a day, laid out the first time that it is asked for.
func (s *shared) day(key dayKey, lay func() []start) []start {
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
		s.days = map[dayKey][]start{}
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
