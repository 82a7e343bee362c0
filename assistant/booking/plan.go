package booking

import (
	"errors"
	"slices"
	"sync"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// plan is when everybody works: by the clinic's file, and by the exceptions that
// reception has noted. Extra hours open the door as well: who notes them means that the
// house is open for these visits, be it a Sunday or a holiday. A closure or an absence
// outweighs them, whichever was noted first.
type plan struct {
	c     *Calendar
	stamp stamp
	since int64                // exceptions that ended before are not in it
	extra map[string][]stretch // by specialist, sorted
	away  map[string][]stretch // by specialist, joined: absent, or the branch is closed
	shut  map[string][]stretch // by branch, joined

	mu   sync.Mutex // held for a look only
	days map[dayKey][]row
}

// memory is how long a plan keeps exceptions that are over, in seconds: longer than a
// night's shift and the longest service reach back.
const memory = 10 * 24 * 3600

// planned returns the plan as the transaction sees it.
func (c *Calendar) planned(tx *storage.Tx, now time.Time) (*plan, error) {
	s, err := stamps.Get(tx, exceptionsStamp())
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	c.shared.mu.Lock()
	known := c.shared.plan
	c.shared.mu.Unlock()
	if known != nil && known.stamp == s && known.since <= now.Unix()-memory/2 {
		return known, nil
	}
	p := c.blank()
	p.stamp = s
	if s != "" {
		p.since = now.Unix() - memory
		all, err := Exceptions(tx, time.Unix(p.since, 0), time.Time{})
		if err != nil {
			return nil, err
		}
		p.note(all)
	}
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	c.shared.plan = p
	return p, nil
}

// blank is the plan without exceptions.
func (c *Calendar) blank() *plan { return &plan{c: c} }

func (p *plan) note(all []Exception) {
	p.extra, p.away, p.shut = map[string][]stretch{}, map[string][]stretch{}, map[string][]stretch{}
	for _, e := range all {
		s := stretch{e.From.Unix(), e.To.Unix()}
		switch e.Kind {
		case Extra:
			p.extra[e.Specialist] = append(p.extra[e.Specialist], s)
		case Absence:
			p.away[e.Specialist] = append(p.away[e.Specialist], s)
		case Closure:
			for _, b := range p.c.clinic.Branches {
				if e.Branch == "" || e.Branch == b.ID {
					p.shut[b.ID] = append(p.shut[b.ID], s)
				}
			}
		}
	}
	for _, one := range p.c.clinic.Specialists {
		if away := append(p.away[one.ID], p.shut[one.Branch]...); len(away) > 0 {
			p.away[one.ID] = sorted(away)
		}
	}
	for id, shut := range p.shut {
		p.shut[id] = sorted(shut)
	}
}

// sorted sorts and joins stretches, in place.
func sorted(some []stretch) []stretch {
	slices.SortFunc(some, byFrom)
	return join(some)
}

// grid lists the points of the grid in one calendar day of a specialist, in order.
// The grid is counted from the start of each working period, which is the specialist's
// hours within the branch's, or extra hours; an absence takes points away and shifts
// none. The step is counted in time that passes, so a night with a change of the clock
// has an hour's starts more or less.
func (p *plan) grid(s *clinic.Specialist, d clinic.Date) []row {
	key := dayKey{s.ID, d}
	if !p.differs(s.ID, d) {
		return p.c.shared.day(key, func() []row { return rows(p.c.blank().lay(s, d)) })
	}
	p.mu.Lock()
	points, known := p.days[key]
	p.mu.Unlock()
	if known {
		return points
	}
	points = rows(p.lay(s, d))
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.days == nil || len(p.days) >= maxDays {
		p.days = map[dayKey][]row{}
	}
	p.days[key] = points
	return points
}

// differs reports whether the specialist's day may be other than the file has it.
func (p *plan) differs(specialist string, d clinic.Date) bool {
	extra, away := p.extra[specialist], p.away[specialist]
	if len(extra)+len(away) == 0 {
		return false
	}
	noon := int64(d.Number()) * 86400
	around := stretch{noon - 4*86400, noon + 5*86400}
	touches := func(s stretch) bool { return s.from < around.to && around.from < s.to }
	return slices.ContainsFunc(extra, touches) || slices.ContainsFunc(away, touches)
}

func (p *plan) lay(s *clinic.Specialist, d clinic.Date) []start {
	periods := p.periods(s, d)
	whole := without(join(slices.Clone(periods)), p.away[s.ID])
	day := stretch{p.c.clinic.At(d, 0).Unix(), p.c.clinic.At(d.AddDays(1), 0).Unix()}
	step := int64(p.c.clinic.Booking.Step / time.Second)
	var points []start
	for _, one := range periods {
		first := one.from
		if first < day.from {
			first += (day.from - first + step - 1) / step * step
		}
		for at := first; at < min(one.to, day.to); at += step {
			if i := index(whole, at); i < len(whole) && whole[i].from <= at {
				points = append(points, start{at, whole[i].to})
			}
		}
	}
	slices.SortFunc(points, func(a, b start) int { return int(a.at - b.at) })
	return slices.Compact(points)
}

// periods lists when the specialist would work on the days around d, were it not for
// absences and closures: far enough back for a night's shift and ahead for the longest
// service.
func (p *plan) periods(s *clinic.Specialist, d clinic.Date) []stretch {
	open := p.c.opening(s.Branch, d)
	periods := slices.Clone(p.extra[s.ID])
	for shift := -2; shift <= 2; shift++ {
		on := d.AddDays(shift)
		for _, span := range s.Hours.On(on.Year, on.Month, on.Day) {
			work := p.c.stretch(on, span)
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

// working lists when the specialist works on the days around d.
func (p *plan) working(s *clinic.Specialist, d clinic.Date) []stretch {
	return without(join(p.periods(s, d)), p.away[s.ID])
}

// open lists when the branch is open to the specialist's visitors on the days around d.
func (p *plan) open(s *clinic.Specialist, d clinic.Date) []stretch {
	open := append(p.c.opening(s.Branch, d), p.extra[s.ID]...)
	return without(sorted(open), p.shut[s.Branch])
}

// without returns joined stretches less others, which are joined too.
func without(joined, less []stretch) []stretch {
	if len(less) == 0 {
		return joined
	}
	var left []stretch
	for _, s := range joined {
		for i := index(less, s.from); i < len(less) && less[i].from < s.to; i++ {
			if s.from < less[i].from {
				left = append(left, stretch{s.from, less[i].from})
			}
			s.from = less[i].to
		}
		if s.from < s.to {
			left = append(left, s)
		}
	}
	return left
}
