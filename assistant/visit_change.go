package assistant

import (
	"errors"
	"slices"
	"strings"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu"
	"okoshko/prompts"
)

// A visit of several services is moved and cancelled as one, unless the visitor names one
// part of it: State.Target is then its first appointment, State.Whole is true, and the
// request wants all of its services.

// partsOf lists those of the appointments that belong to the same visit as a.
func partsOf(all []booking.Appointment, a booking.Appointment) (parts []booking.Appointment) {
	for _, o := range all {
		if o.Number == a.Number || a.Visit != "" && o.Visit == a.Visit {
			parts = append(parts, o)
		}
	}
	return parts
}

func (t *turn) ofVisit(a booking.Appointment) []booking.Appointment { return partsOf(t.open(), a) }

// oneVisit reports whether several appointments are all of one visit.
func oneVisit(all []booking.Appointment) bool {
	return len(all) > 1 && len(partsOf(all, all[0])) == len(all)
}

// aimVisit fixes all of the appointment's visit as what is to be changed.
func (t *turn) aimVisit(a booking.Appointment) {
	all := t.ofVisit(a)
	if t.aimed(all[0]); len(all) < 2 {
		return
	}
	t.st.Whole = true
	if t.st.Goal == GoalMove {
		t.st.Request.want(servicesOf(all))
	}
}

func servicesOf(all []booking.Appointment) (ids []string) {
	for _, a := range all {
		ids = append(ids, a.Service)
	}
	return ids
}

// namesPart reports whether the message names some of the appointments, and not all.
func (t *turn) namesPart(all []booking.Appointment) bool {
	named := 0
	for _, a := range all {
		if slices.ContainsFunc(t.commands("set", "correct"), func(c nlu.Command) bool { return c.Field == nlu.FieldService && speaksOf(c, a) }) {
			named++
		}
	}
	return named > 0 && named < len(all)
}

func speaksOf(c nlu.Command, a booking.Appointment) bool {
	return c.Value == a.Service || slices.Contains(c.Others, a.Service)
}

// named takes out the services that only say which visit is meant.
func (t *turn) named(set []nlu.Command) (rest []nlu.Command) {
	for _, c := range set {
		if c.Field == nlu.FieldService && slices.ContainsFunc(t.open(), func(a booking.Appointment) bool { return speaksOf(c, a) }) {
			t.heard = true
			continue
		}
		rest = append(rest, c)
	}
	return rest
}

// sameServices compares without regard to order.
func sameServices(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// moving are the appointments of the visit that are to be moved.
func (d *deed) moving() (all []booking.Appointment) {
	wanted := d.st.Request.together()
	for _, a := range partsOf(d.own, d.target()) {
		if slices.Contains(wanted, a.Service) {
			all = append(all, a)
		}
	}
	return all
}

func numbersOf(all []booking.Appointment) (numbers []string) {
	for _, a := range all {
		numbers = append(numbers, a.Number)
	}
	return numbers
}

// movedFrom is the number of the appointment that is being moved, "" for none.
func (d *deed) movedFrom() string {
	if d.st.Goal != GoalMove {
		return ""
	}
	return d.st.Target
}

// partAlone aims at the one appointment of a visit whose service is left to be moved.
func (d *deed) partAlone() {
	if !d.st.Whole || d.st.Request.several() {
		return
	}
	d.st.Whole = false
	for _, a := range partsOf(d.own, d.target()) {
		if a.Service == d.st.Request.Service {
			d.st.Target = a.Number
			return
		}
	}
}

// keepPlace leaves branch and specialist of a visit that is moved as they are, where the
// visitor named no other.
func (d *deed) keepPlace(q *booking.VisitQuery) {
	all := d.moving()
	q.Ignore = numbersOf(all)
	if q.Branch == "" && q.Specialist == "" && len(all) > 0 {
		q.Branch = all[0].Branch
		if !slices.ContainsFunc(all, func(a booking.Appointment) bool { return a.Specialist != all[0].Specialist }) {
			q.Specialist = all[0].Specialist
		}
	}
}

// staysVisit reports whether a move would leave the visit where it is.
func (d *deed) staysVisit(v booking.Visit) bool {
	return d.st.Whole && v.Start().Equal(d.target().Start)
}

// keepVisit holds a visit that is to be booked, or to which one is to be moved.
func (d *deed) keepVisit(v booking.Visit) (booking.Hold, error) {
	if d.st.Whole {
		return d.h.calendar.HoldVisitMove(d.tx, v, d.conversation, numbersOf(d.moving()), d.now)
	}
	return d.h.calendar.HoldVisit(d.tx, v, d.conversation, d.now)
}

// askWholeChange asks for a yes to the change of a visit.
func (d *deed) askWholeChange() {
	if d.st.Goal == GoalCancel {
		d.say("visit.cancel.ask", prompts.Args{"list": strings.Join(d.lines(partsOf(d.own, d.target())), "\n")})
		d.yesNo("cancel.yes", "cancel.no")
		return
	}
	args := d.visitArgs(d.st.Request.chosen())
	args["old"] = d.when(d.target().Start)
	d.say("visit.move.ask", args)
	d.yesNo("move.yes", "move.no")
}

// moveVisit moves all that was chosen, or nothing.
func (d *deed) moveVisit() (done bool, err error) {
	v, target, before := d.st.Request.chosen(), d.target(), d.moving()
	if len(v.Slots) < 2 || target.Visit == "" {
		return false, nil
	}
	all, err := d.h.calendar.MoveVisit(d.tx, target.Visit, v, booking.Change{Author: "visitor"}, d.now)
	if w, wrong := errors.AsType[*booking.WrongStatus](err); wrong {
		return true, d.meanwhile(w.Current)
	}
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		return false, d.lostVisit(v, r)
	}
	if err != nil {
		return false, err
	}
	for _, a := range before {
		if err := answered(d.tx, a, AnswerMoved, d.now); err != nil {
			return false, err
		}
	}
	d.st.reset()
	args := d.visitArgs(v)
	args["numbers"] = strings.Join(numbersOf(all), ", ")
	id := "visit.moved"
	if all[0].Status == booking.Requested {
		id = "visit.moved.requested"
	}
	d.say(id, args)
	d.showVisit(all)
	d.ask(ExpectMore)
	return true, nil
}

// cancelVisit cancels all of a visit that is left.
func (d *deed) cancelVisit() error {
	target := d.target()
	before := partsOf(d.own, target)
	gone, err := d.h.calendar.CancelVisit(d.tx, target.Visit, booking.Change{Author: "visitor"}, d.now)
	if w, wrong := errors.AsType[*booking.WrongStatus](err); wrong {
		return d.meanwhile(w.Current)
	}
	if err != nil {
		return err
	}
	for _, a := range before {
		if err := answered(d.tx, a, AnswerCancelled, d.now); err != nil {
			return err
		}
	}
	d.st.reset()
	d.say("cancel.done.all", prompts.Args{"list": strings.Join(d.lines(gone), "\n")})
	d.showVisit(gone)
	d.askReason(gone...)
	d.ask(ExpectMore)
	return nil
}

// showVisit puts the changed appointments on the reply, a card each.
func (d *deed) showVisit(all []booking.Appointment) {
	for _, a := range all {
		d.turn.Appointments = append(d.turn.Appointments, *d.h.view(a, d.st.Lang))
		d.refresh(a)
	}
	d.turn.Appointment = &d.turn.Appointments[0]
}

// visitShown is the visit of which the reply shows several appointments, "" for none.
func (d *deed) visitShown() string {
	if len(d.turn.Appointments) < 2 {
		return ""
	}
	for _, a := range d.own {
		if a.Number == d.turn.Appointments[0].Number {
			return a.Visit
		}
	}
	return ""
}
