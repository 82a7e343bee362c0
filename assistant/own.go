package assistant

import (
	"slices"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu"
	"okoshko/assistant/nlu/when"
)

// names reports whether the message names one of the visitor's appointments: by
// number, or by what tells it from others.
func (t *turn) names() bool {
	for _, c := range t.commands("cancel", "move") {
		if c.Value != "" {
			return true
		}
	}
	for _, c := range t.commands("set", "correct") {
		if c.Field == nlu.FieldService || c.Field == nlu.FieldSpecialist || c.Field == nlu.FieldTime {
			return len(t.open()) > 0
		}
	}
	return false
}

// change begins to move or cancel an appointment: the one that is named, or the
// only one.
func (t *turn) change(g Goal) {
	reminded := t.remindedOf()
	t.release()
	t.st.reset()
	t.st.Goal = g
	for _, c := range t.commands("cancel", "move") {
		for _, a := range t.open() {
			if a.Number == c.Value {
				t.aimed(a)
			}
		}
		if c.Value == nlu.ValueAll {
			t.aimAll()
		}
	}
	for _, a := range t.open() {
		if a.Number == reminded && t.st.Target == "" {
			t.aimed(a)
		}
	}
	switch all := t.open(); {
	case len(all) == 1:
		t.aimed(all[0])
	case t.st.Target == "" && oneVisit(all) && !t.namesPart(all):
		t.aimVisit(all[0])
	}
}

// aimed fixes the appointment that is to be changed. A move keeps its service.
func (t *turn) aimed(a booking.Appointment) {
	t.st.Target, t.st.Whole = a.Number, false
	if t.st.Goal == GoalMove {
		t.st.Request.want([]string{a.Slot.Service})
	}
}

// aimAll fixes all of the visitor's appointments, which can only be cancelled.
func (t *turn) aimAll() {
	if t.st.Goal == GoalCancel && len(t.open()) > 1 {
		t.st.Target = All
	}
}

// open lists the visitor's own appointments that can still be changed.
func (t *turn) open() []booking.Appointment { return t.f.own }

// fits reports whether an appointment is one that the constraint speaks of.
func fits(a booking.Appointment, c when.Constraint, zone *time.Location) bool {
	start := a.Slot.Start.In(zone)
	if c.Dates != nil {
		day := dateOf(start)
		if day.Before(c.Dates[0]) || c.Dates[1].Before(day) {
			return false
		}
	}
	if c.Time == nil {
		return c.Dates != nil
	}
	from, to := clockRange(c.Time)
	minute := start.Hour()*60 + start.Minute()
	if c.Time.Kind == "at" {
		return minute == from
	}
	return from <= minute && minute < to
}

// aimAt uses the fields that tell one of the visitor's own appointments from
// the others, and returns those that are left. In a move a time is the new one.
func (t *turn) aimAt(set []nlu.Command) (rest []nlu.Command) {
	left := t.open()
	narrow := func(keep func(booking.Appointment) bool) bool {
		var some []booking.Appointment
		for _, a := range left {
			if keep(a) {
				some = append(some, a)
			}
		}
		if len(some) > 0 {
			left = some
		}
		return len(some) > 0
	}
	for _, c := range set {
		ids := append([]string{c.Value}, c.Others...)
		used := false
		switch {
		case c.Field == nlu.FieldService:
			used = narrow(func(a booking.Appointment) bool { return slices.Contains(ids, a.Slot.Service) })
		case c.Field == nlu.FieldSpecialist:
			used = narrow(func(a booking.Appointment) bool { return slices.Contains(ids, a.Slot.Specialist) })
		case c.Field == nlu.FieldTime && t.st.Goal == GoalCancel:
			used = narrow(func(a booking.Appointment) bool { return fits(a, c.Constraint, t.f.now.Location()) })
		}
		if used {
			t.heard = true
			continue
		}
		rest = append(rest, c)
	}
	switch {
	case len(left) == 1:
		t.aimed(left[0])
		t.moved = true
	case oneVisit(left) && len(left) == len(t.ofVisit(left[0])):
		t.aimVisit(left[0])
		t.moved = true
	}
	return rest
}
