package assistant

import (
	"fmt"
	"slices"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu"
	"okoshko/assistant/nlu/when"
)

// setTime takes the wanted times. What the words leave open is taken from what
// was wanted before: a clock time keeps the day, a day keeps the clock time.
func (t *turn) setTime(cmds []nlu.Command) {
	t.heard = true
	r := &t.st.Request
	var wanted []when.Constraint
	nearest, ask := false, false
	for _, c := range cmds {
		nearest = nearest || c.Nearest || c.Value == nlu.ValueAny
		ask = ask || c.Ask
	}
	for _, one := range joined(cmds) {
		if m := t.merge(one); (m.Dates != nil || m.Time != nil) && !slices.ContainsFunc(wanted, m.Equal) {
			wanted = append(wanted, m)
		}
	}
	if r.Slot != nil && len(wanted) == 1 && sameTime(wanted[0], *r.Slot, t.f.now.Location()) {
		return // said again what is chosen already
	}
	t.release()
	r.Never = slices.DeleteFunc(r.Never, func(not when.Constraint) bool {
		return slices.ContainsFunc(wanted, func(c when.Constraint) bool { return takesBack(c, not) })
	})
	r.When, r.Nearest, r.Want, r.Page, r.After = wanted, nearest, nil, 0, nil
	r.Unsure = ask && len(wanted) > 1
	t.st.Full = false
	t.changed = true
}

// unreal says of a day that is over, or in no calendar, that it is, and has the nearest
// free times offered.
func (t *turn) unreal(c nlu.Command) bool {
	id, ok := map[string]string{nlu.ValuePast: "time.over", nlu.ValueNever: "time.never"}[c.Value]
	if !ok {
		return false
	}
	t.heard, t.moved = true, true
	t.clearTime()
	t.st.Request.Nearest = true
	t.out.say(id, nil)
	return true
}

// joined are the times of one message. Days and clock times that were said apart
// («на субботу есть что-нибудь? ближе к обеду») belong together.
func joined(cmds []nlu.Command) (all []when.Constraint) {
	var days, clocks []when.Constraint
	for _, cmd := range cmds {
		for _, c := range append([]when.Constraint{cmd.Constraint}, cmd.Alternatives...) {
			all = append(all, c)
			switch {
			case c.Same || c.Nearest:
			case c.Dates != nil && c.Time == nil:
				days = append(days, c)
			case c.Dates == nil && c.Time != nil:
				clocks = append(clocks, c)
			}
		}
	}
	if len(days) == 0 || len(clocks) == 0 || len(days)+len(clocks) < len(all) {
		return all
	}
	all = nil
	for _, day := range days {
		for _, clock := range clocks {
			day.Time = clock.Time
			all = append(all, day)
		}
	}
	return all
}

func (t *turn) merge(c when.Constraint) when.Constraint {
	if c.Monthless {
		c = t.month(c)
	}
	base := t.base(c)
	if c.Same && c.Time == nil {
		c.Time = base.Time
	}
	if c.Shift != 0 {
		c = shifted(base, c)
	}
	if c.Dates == nil && c.Time != nil {
		c.Dates = base.Dates
	}
	if c.Time == nil && c.Dates != nil && !c.Nearest {
		c.Time = base.Time
	}
	c.Same, c.Nearest, c.Shift, c.Monthless = false, false, 0, false
	return c
}

// month moves a day that was said without its month («а четвёртого?») to the month
// that is being spoken of: of a time on offer, else of the time wanted before.
func (t *turn) month(c when.Constraint) when.Constraint {
	number := c.Dates[0].Day
	var spoken []when.Date
	for _, id := range t.st.Choices {
		if s, ok := slotOf(t.f.clinic, id); ok {
			if day := dateOf(s.Start.In(t.f.now.Location())); day.Day == number {
				spoken = append(spoken, day)
			}
		}
	}
	for _, w := range append(slices.Clone(t.st.Request.When), t.st.Request.Wished...) {
		if w.Dates != nil {
			spoken = append(spoken, w.Dates[1])
		}
	}
	for _, day := range spoken {
		day.Day = number
		start := time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, t.f.now.Location())
		if start.Day() == number && start.After(t.f.now) && start.Before(t.f.now.Add(t.f.clinic.Booking.Horizon)) {
			c.Dates = &[2]when.Date{day, day}
			break
		}
	}
	return c
}

// base is the time that an incomplete one adds to: of the slot on offer with
// that clock time, of the chosen slot, of the wish before, or of the
// appointment that is to be moved.
func (t *turn) base(c when.Constraint) when.Constraint {
	zone := t.f.now.Location()
	r := t.st.Request
	if c.Dates == nil && c.Time != nil && c.Time.Kind == "at" {
		for _, id := range t.st.Choices {
			if s, ok := slotOf(t.f.clinic, id); ok && s.Start.In(zone).Format("15:04") == c.Time.From {
				return at(s.Start.In(zone))
			}
			if v, ok := pickedVisit(t.f.clinic, id); ok && v.Start().In(zone).Format("15:04") == c.Time.From {
				return at(v.Start().In(zone))
			}
		}
	}
	if r.Slot != nil {
		return at(r.Slot.Start.In(zone))
	}
	if len(r.When) > 0 {
		return r.When[0]
	}
	for _, a := range t.f.own {
		if a.Number != t.st.Target {
			continue
		}
		if c.Same || c.Shift != 0 || c.Time != nil { // that day, at another hour
			return at(a.Slot.Start.In(zone))
		}
		return when.Constraint{Time: at(a.Slot.Start.In(zone)).Time}
	}
	return when.Constraint{}
}

// shifted is the base's clock time, later by the minutes of c («на час позже»).
func shifted(base, c when.Constraint) when.Constraint {
	if base.Time == nil || base.Time.Kind != when.At {
		return c
	}
	minute := minutes(base.Time.From) + c.Shift
	if minute < 0 || minute >= 24*60 {
		return c
	}
	c.Time = &when.Clock{Kind: when.At, From: fmt.Sprintf("%02d:%02d", minute/60, minute%60)}
	return c
}

// otherDays turns down what was offered: the days after it are next.
func (t *turn) otherDays() {
	r := &t.st.Request
	t.st.Full = false
	if len(r.When) == 0 {
		r.Page++
		r.Nearest = true
		return
	}
	var last *when.Date
	for _, c := range r.When {
		if c.Dates != nil && (last == nil || last.Before(c.Dates[1])) {
			day := c.Dates[1]
			last = &day
		}
	}
	r.Wished = r.When
	r.When, r.Nearest, r.Page, r.After, r.Unsure = nil, true, 0, last, false
}

// at is the constraint that one instant, in the clinic's zone, fulfils.
func at(start time.Time) when.Constraint {
	day := dateOf(start)
	return when.Constraint{
		Dates: &[2]when.Date{day, day},
		Time:  &when.Clock{Kind: "at", From: start.Format("15:04")},
	}
}

func sameTime(c when.Constraint, s booking.Slot, zone *time.Location) bool {
	start := s.Start.In(zone)
	return c.Dates != nil && c.Dates[0] == dateOf(start) && c.Dates[1] == c.Dates[0] &&
		c.Time != nil && c.Time.Kind == "at" && c.Time.From == start.Format("15:04")
}

func dateOf(t time.Time) when.Date {
	y, m, d := t.Date()
	return when.Date{Year: y, Month: m, Day: d}
}
