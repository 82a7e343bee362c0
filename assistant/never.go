package assistant

import (
	"slices"
	"time"

	"okoshko/assistant/nlu"
	"okoshko/assistant/nlu/when"
)

// Days and times that were turned down («только не в понедельник», «в любой день, кроме
// среды») are kept with the request and offered no more, until the visitor names one.

// mostNever bounds what is kept of them; the oldest goes.
const mostNever = 8

// except keeps what the command turns down. «Не в то же время» turns down nothing that
// the calendar could be asked for.
func (t *turn) except(c nlu.Command) {
	r := &t.st.Request
	for _, not := range append([]when.Constraint{c.Constraint}, c.Alternatives...) {
		if (not.Dates != nil || not.Time != nil) && !slices.ContainsFunc(r.Never, not.Equal) {
			r.Never = append(r.Never, not)
		}
	}
	r.Never = r.Never[max(0, len(r.Never)-mostNever):]
}

// narrowed reports whether days of what is wanted are left: «на следующей неделе», and
// now «только не во вторник». What was chosen or offered of them is open again.
func (t *turn) narrowed() bool {
	r := &t.st.Request
	left := slices.DeleteFunc(slices.Clone(r.When), func(wish when.Constraint) bool {
		return slices.ContainsFunc(r.Never, func(not when.Constraint) bool { return covers(not, wish) })
	})
	if r.Slot != nil || len(left) == 0 || !slices.ContainsFunc(left, func(c when.Constraint) bool { return c.Dates != nil && c.Dates[0] != c.Dates[1] }) {
		return false
	}
	r.When, r.Page, r.Unsure, t.st.Full = left, 0, false, false
	t.changed = true
	return true
}

// covers holds where all of the wish was turned down.
func covers(not, wish when.Constraint) bool {
	switch {
	case not.Dates != nil && (wish.Dates == nil || wish.Dates[0].Before(not.Dates[0]) || not.Dates[1].Before(wish.Dates[1])):
		return false
	case not.Time == nil:
		return true
	}
	return wish.Time != nil && within(wish.Time, not.Time)
}

// takesBack holds for a wish that names what was turned down: one day of it, or hours
// that lie in it. «На следующей неделе» leaves «кроме среды» as it is.
func takesBack(wish, not when.Constraint) bool {
	if wish.Dates != nil && not.Dates != nil {
		return wish.Dates[0] == wish.Dates[1] && covers(when.Constraint{Dates: not.Dates}, wish)
	}
	return covers(not, wish)
}

// within holds for hours that all lie in others.
func within(inner, outer *when.Clock) bool {
	from, to := clockRange(inner)
	first, last := clockRange(outer)
	return first <= from && to <= last
}

// never holds for a start that was turned down.
func (d *deed) never(start time.Time) bool {
	start = d.local(start)
	day := dateOf(start)
	return slices.ContainsFunc(d.st.Request.Never, func(not when.Constraint) bool {
		return (not.Dates == nil || !day.Before(not.Dates[0]) && !not.Dates[1].Before(day)) && (not.Time == nil || onClock(start, not.Time))
	})
}
