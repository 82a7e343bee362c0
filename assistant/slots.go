package assistant

import (
	"errors"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu/when"
	"okoshko/prompts"
)

// exact reports whether every wish is one clock time of one day.
func exact(wishes []when.Constraint) bool {
	for _, c := range wishes {
		if c.Dates == nil || c.Dates[0] != c.Dates[1] || c.Time == nil || c.Time.Kind != when.At {
			return false
		}
	}
	return true
}

func sameStart(slots []booking.Slot) bool {
	for _, s := range slots {
		if !s.Start.Equal(slots[0].Start) {
			return false
		}
	}
	return true
}

// query is what the request leaves open to the calendar.
func (d *deed) query() booking.Query {
	r := d.st.Request
	q := booking.Query{Service: r.Service, Specialist: specific(r.Specialist), Branch: specific(r.Branch), For: d.conversation}
	if d.st.Goal != GoalMove {
		return q
	}
	q.Ignore = []string{d.st.Target}
	for _, a := range d.own {
		if a.Number == d.st.Target && r.Specialist == "" && q.Branch == "" && a.Slot.Service == q.Service {
			q.Specialist = a.Slot.Specialist
		}
	}
	return q
}

// free asks the calendar, without the specialists that were turned down and the time
// from which an appointment is to be moved.
func (d *deed) free(q booking.Query) ([]booking.Slot, error) {
	slots, err := d.h.calendar.Free(d.tx, q, d.now)
	if errors.Is(err, booking.ErrUnknown) { // no longer in the clinic's file
		if !d.over {
			d.say("service.gone", prompts.Args{"phone": showPhone(d.h.clinic.Phone)})
		}
		d.over = true
		d.st.reset()
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slots, func(s booking.Slot) bool {
		return slices.Contains(d.st.Request.Not, s.Specialist) || d.never(s.Start) || d.stays(s)
	}), nil
}

// matching lists the free slots that one of the wishes allows.
func (d *deed) matching(wishes []when.Constraint) (slots []booking.Slot, err error) {
	for _, c := range wishes {
		q := d.query()
		q.From, q.To = d.days(c)
		found, err := d.free(q)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			if c.Time == nil || onClock(d.local(s.Start), c.Time) {
				slots = append(slots, s)
			}
		}
	}
	slices.SortStableFunc(slots, func(a, b booking.Slot) int { return a.Start.Compare(b.Start) })
	return slices.CompactFunc(slots, func(a, b booking.Slot) bool {
		return a.Start.Equal(b.Start) && a.Specialist == b.Specialist
	}), nil
}

// days are the instants between which the constraint's days lie.
func (d *deed) days(c when.Constraint) (from, to time.Time) {
	if c.Dates == nil {
		return d.now, d.now.AddDate(0, 0, searchedDays)
	}
	return d.midnight(c.Dates[0]), d.midnight(c.Dates[1]).AddDate(0, 0, 1)
}

func (d *deed) midnight(day when.Date) time.Time {
	return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, d.h.clinic.Location)
}

// clockRange is a clock constraint in minutes, the end not included.
func clockRange(c *when.Clock) (from, to int) {
	from, to = 0, 24*60
	if c.From != "" {
		from = minutes(c.From)
	}
	switch {
	case c.Kind == when.At:
		to = from + 1
	case c.To != "":
		to = minutes(c.To)
	}
	return from, to
}

func minutes(clock string) int {
	h, m, _ := strings.Cut(clock, ":")
	return number(h)*60 + number(m)
}

func number(s string) (n int) {
	for _, r := range s {
		if r < '0' || r > '9' {
			break
		}
		n = n*10 + int(r-'0')
	}
	return n
}

func onClock(start time.Time, c *when.Clock) bool {
	from, to := clockRange(c)
	minute := start.Hour()*60 + start.Minute()
	return from <= minute && minute < to
}

// near lists the free slots of a day that are closest to an instant, by time.
func (d *deed) near(start time.Time) ([]booking.Slot, error) {
	q := d.query()
	y, m, day := start.Date()
	q.From = time.Date(y, m, day, 0, 0, 0, 0, start.Location())
	q.To = q.From.AddDate(0, 0, 1)
	slots, err := d.free(q)
	if err != nil {
		return nil, err
	}
	slots = oneEach(slots)
	slices.SortStableFunc(slots, func(a, b booking.Slot) int {
		return int(a.Start.Sub(start).Abs() - b.Start.Sub(start).Abs())
	})
	slots = slots[:min(len(slots), offeredNearest)]
	slices.SortFunc(slots, func(a, b booking.Slot) int { return a.Start.Compare(b.Start) })
	return slots, nil
}

// freeDays lists what is free from an instant on, a start once, by day.
func (d *deed) freeDays(from time.Time) ([][]booking.Slot, error) {
	q := d.query()
	q.From, q.To = from, d.now.Add(d.h.clinic.Booking.Horizon)
	if from.Before(d.now) {
		q.From = d.now
	}
	slots, err := d.free(q)
	return d.byDay(oneEach(slots)), err
}

func (d *deed) byDay(slots []booking.Slot) (days [][]booking.Slot) {
	for _, s := range slots {
		n := len(days)
		if n > 0 && dateOf(d.local(days[n-1][0].Start)) == dateOf(d.local(s.Start)) {
			days[n-1] = append(days[n-1], s)
			continue
		}
		days = append(days, []booking.Slot{s})
	}
	return days
}

// oneEach keeps one slot of each start and branch: whom it is with matters less
// than that a time is not shown twice.
func oneEach(slots []booking.Slot) []booking.Slot {
	type key struct {
		start  int64
		branch string
	}
	seen := make(map[key]bool)
	var kept []booking.Slot
	for _, s := range slots {
		k := key{s.Start.Unix(), s.Branch}
		if !seen[k] {
			seen[k] = true
			kept = append(kept, s)
		}
	}
	return kept
}

// thin keeps n slots of one day: the first, and then those at round times.
func thin(slots []booking.Slot, n int) []booking.Slot {
	if len(slots) <= n {
		return slots
	}
	rest := slices.Clone(slots[1:])
	slices.SortStableFunc(rest, func(a, b booking.Slot) int { return roundness(a.Start) - roundness(b.Start) })
	kept := append([]booking.Slot{slots[0]}, spread(rest, n-1)...)
	slices.SortFunc(kept, func(a, b booking.Slot) int { return a.Start.Compare(b.Start) })
	return kept
}

// spread takes n slots evenly from those that are roundest.
func spread(sorted []booking.Slot, n int) []booking.Slot {
	round := 0
	for round < len(sorted) && roundness(sorted[round].Start) == roundness(sorted[0].Start) {
		round++
	}
	if round < n {
		return sorted[:n]
	}
	var kept []booking.Slot
	for i := range n {
		kept = append(kept, sorted[i*round/n])
	}
	return kept
}

func roundness(t time.Time) int {
	switch t.Minute() {
	case 0:
		return 0
	case 30:
		return 1
	}
	return 2
}
