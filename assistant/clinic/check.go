package clinic

import (
	"slices"
	"strings"
	"time"
)

// performed warns of a service that cannot be booked. The house stays open: it may be
// looking for somebody, and visitors are simply not offered the service.
func (v value) performed(c *Clinic, s Service) {
	var performers []*Specialist
	for i := range c.Specialists {
		if c.Specialists[i].Performs(s.ID) {
			performers = append(performers, &c.Specialists[i])
		}
	}
	if len(performers) == 0 && s.ID != "" {
		v.warn("nobody performs %q: it cannot be booked until a specialist lists it", s.ID)
		return
	}
	fits := func(p *Specialist) bool { return longest(p.Hours) >= s.Duration }
	if s.ID != "" && !slices.ContainsFunc(performers, fits) {
		v.warn("%q lasts %s, longer than anybody who performs it works at a stretch", s.ID, FormatDuration(s.Duration))
	}
}

// longest is the longest stretch of work in the hours, nights joined to the morning after.
func longest(h Hours) time.Duration {
	most := 0
	for _, r := range h.rules {
		from, to := 0, 0
		for _, s := range r.spans {
			if s.From > to {
				from = s.From
			}
			to = s.To
			most = max(most, to-from)
		}
		if most >= 1440 {
			return 14 * day
		}
	}
	return time.Duration(most) * time.Minute
}

// within warns of working hours that the branch is not open for.
func (v value) within(c *Clinic, s *Specialist) {
	v.advise(func() {
		b, ok := c.Branch(s.Branch)
		if !ok {
			return
		}
		var outside []string
		for _, d := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
			if !covered(s.Hours.Weekly(d), around(b.Hours, d)) {
				outside = append(outside, d.String())
			}
		}
		if len(outside) > 0 {
			v.warn("%q works when %q is closed (%s): only the common hours are offered",
				s.ID, b.ID, strings.Join(outside, ", "))
		}
	})
}

// around lists a branch's spans as one weekday sees them, with the nights before and after.
func around(h Hours, d time.Weekday) []Span {
	var all []Span
	for _, shift := range []int{-1, 0, 1} {
		for _, s := range h.Weekly((d + time.Weekday(7+shift)) % 7) {
			all = append(all, Span{s.From + shift*1440, s.To + shift*1440})
		}
	}
	return join(all)
}

// join merges sorted spans that touch.
func join(spans []Span) []Span {
	var all []Span
	for _, s := range spans {
		if n := len(all); n > 0 && s.From <= all[n-1].To {
			all[n-1].To = max(all[n-1].To, s.To)
			continue
		}
		all = append(all, s)
	}
	return all
}

// covered reports whether each span lies within one of the joined whole.
func covered(spans, whole []Span) bool {
	for _, s := range spans {
		if !slices.ContainsFunc(whole, func(w Span) bool { return w.From <= s.From && s.To <= w.To }) {
			return false
		}
	}
	return true
}
