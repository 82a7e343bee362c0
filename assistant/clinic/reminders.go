package clinic

import (
	"slices"
	"time"
)

// Reminders say when and how people are reminded of their appointments.
type Reminders struct {
	Before   []time.Duration // before the start, the longest first; none: nobody is reminded
	Discreet bool            // names no service, specialist or speciality
	Quiet    Span            // of the wall clock, To not included, in which nothing is sent; zero: none
}

// maxReminders is how often one appointment is reminded of at most.
const maxReminders = 5

// IsQuiet reports whether t lies in the quiet hours.
func (c *Clinic) IsQuiet(t time.Time) bool {
	_, quiet := c.quiet(t)
	return quiet
}

// BeforeQuiet moves an instant out of the quiet hours to the minute before they begin:
// for what is of no use later. Other instants stay.
func (c *Clinic) BeforeQuiet(t time.Time) time.Time {
	if night, quiet := c.quiet(t); quiet {
		return night.from.Add(-time.Minute)
	}
	return t
}

// AfterQuiet moves an instant out of the quiet hours to their end: for what can wait.
// Other instants stay.
func (c *Clinic) AfterQuiet(t time.Time) time.Time {
	if night, quiet := c.quiet(t); quiet {
		return night.to
	}
	return t
}

// RemindAt lists when to remind of an appointment that starts then, the first first: each
// outside the quiet hours, no two at once. A reminder that would come at night comes the
// evening before.
func (c *Clinic) RemindAt(start time.Time) []time.Time {
	var all []time.Time
	for _, before := range c.Reminders.Before {
		all = append(all, c.BeforeQuiet(start.Add(-before)))
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}

type night struct{ from, to time.Time }

// quiet finds the quiet hours around t, which may have begun the day before.
func (c *Clinic) quiet(t time.Time) (night, bool) {
	if c.Reminders.Quiet == (Span{}) {
		return night{}, false
	}
	for _, back := range []int{-1, 0} {
		d := c.Date(t).AddDays(back)
		n := night{c.At(d, c.Reminders.Quiet.From), c.At(d, c.Reminders.Quiet.To)}
		if !t.Before(n.from) && t.Before(n.to) {
			return n, true
		}
	}
	return night{}, false
}

// reminders reads when people are reminded. What the file does not say of discretion
// follows from its profile: a clinic's reminders tell nothing of the visit.
func (v value) reminders(r *Reminders) {
	v.object(
		field{"before", false, func(v value) { r.Before = v.before() }},
		field{"discreet", false, func(v value) { r.Discreet = v.boolean() }},
		field{"quiet", false, func(v value) { r.Quiet = v.night() }},
	)
}

// before reads a list of durations; an empty one is none.
func (v value) before() []time.Duration {
	var all []time.Duration
	for _, item := range v.list("a list of durations such as [24h, 2h]") {
		said := len(v.r.problems)
		d := item.duration(15*time.Minute, 30*day, time.Minute)
		switch {
		case len(v.r.problems) > said:
		case slices.Contains(all, d):
			item.problem(false, v.key, FormatDuration(d)+" twice", "each once")
		default:
			all = append(all, d)
		}
	}
	if len(all) > maxReminders {
		v.problem(false, v.key, "more than 5", "at most 5")
	}
	slices.Sort(all)
	slices.Reverse(all)
	return all
}

// night reads the quiet hours, or "off".
func (v value) night() Span {
	const expected = `hours such as "21:00-09:00", or "off"`
	s, ok := v.text(maxName, expected)
	if !ok || s == "off" {
		return Span{}
	}
	span, err := parseSpan(s)
	if err != nil || span.To-span.From > 20*60 {
		v.refuse(expected + ", 20 hours at most")
		return Span{}
	}
	return span
}

// minute reads a time of the day in minutes, 24:00 included.
func (v value) minute() int {
	const expected = `a time such as "15:00"`
	s, ok := v.text(maxName, expected)
	if !ok {
		return 0
	}
	span, err := parseSpan("00:00-" + s)
	if s == "00:00" {
		return 0
	}
	if err != nil || span.To > 1440 {
		v.refuse(expected)
		return 0
	}
	return span.To
}
