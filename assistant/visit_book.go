package assistant

import (
	"errors"
	"strings"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu/when"
	"okoshko/prompts"
)

// bookVisit requests all that was chosen, or nothing.
func (d *deed) bookVisit(v booking.Visit) (done bool, err error) {
	all, err := d.h.calendar.RequestVisit(d.tx, v, booking.Booking{
		Contact: d.st.Contact, Conversation: d.conversation, Author: "visitor", Source: d.st.Source,
	}, d.now)
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		return false, d.lostVisit(v, r)
	}
	if err != nil {
		return false, err
	}
	d.bookedVisit(all)
	return true, nil
}

// lostVisit tells that a part of the visit went to somebody else, and lets the
// search go on.
func (d *deed) lostVisit(v booking.Visit, r *booking.Refusal) error {
	if r.Why == booking.Limit {
		d.limit()
		return d.h.calendar.Release(d.tx, d.conversation)
	}
	d.say("time.lost", prompts.Args{"when": d.when(v.Start())})
	day := dateOf(d.local(v.Start()))
	d.st.Request.Slot, d.st.Request.Rest = nil, nil
	d.st.Request.When = []when.Constraint{{Dates: &[2]when.Date{day, day}}}
	return d.h.calendar.Release(d.tx, d.conversation)
}

// bookedVisit tells of the appointments of a new visit.
func (d *deed) bookedVisit(all []booking.Appointment) {
	v := booking.Visit{}
	numbers := make([]string, 0, len(all))
	for _, a := range all {
		v.Slots = append(v.Slots, a.Slot)
		numbers = append(numbers, a.Number)
	}
	args := d.visitArgs(v)
	args["numbers"] = strings.Join(numbers, ", ")
	id := "visit.requested"
	if all[0].Status == booking.Confirmed {
		id = "visit.confirmed"
	} else if until := d.h.until(d.now); !until.IsZero() {
		id = "visit.requested.closed"
		args["until"] = untilText(d.st.Lang, until, d.local(d.now))
	}
	d.say(id, args)
	for _, a := range all {
		if s, ok := d.h.clinic.Service(a.Service); ok && len(s.Prepare) > 0 {
			d.say("visit.prepare", prompts.Args{"service": s.Name.In(d.st.Lang), "text": s.Prepare.In(d.st.Lang)})
		}
		d.turn.Appointments = append(d.turn.Appointments, *d.h.view(a, d.st.Lang))
	}
	d.turn.Appointment = &d.turn.Appointments[0]
	later := d.st.Request.Later
	d.own = append(d.own, all...)
	d.st.reset()
	d.goOn(later)
}

// goOn goes on with the services that could not be had in the same visit, or ends
// the booking.
func (d *deed) goOn(later []string) {
	if len(later) == 0 {
		d.moment = true
		d.ask(ExpectMore)
		return
	}
	d.st.Goal, d.st.Request = GoalBook, Request{Service: later[0], Later: later[1:]}
	d.say("visit.next", prompts.Args{"service": d.service(later[0])})
}

// visitArgs are the words for a visit.
func (d *deed) visitArgs(v booking.Visit) prompts.Args {
	args := d.args(v.Slots[0])
	args["day"] = prompts.Day(d.st.Lang, d.local(v.Start()), d.local(d.now))
	args["list"] = d.parts(v, "\n")
	return args
}

// askVisit shows the summary of a visit of several services.
func (d *deed) askVisit(v booking.Visit) {
	d.say("visit.confirm", d.visitArgs(v))
	sum, from, known := 0, false, true
	for _, s := range v.Slots {
		service, ok := d.h.clinic.Service(s.Service)
		if !ok || !service.Price.Known {
			known = false
			break
		}
		sum, from = sum+service.Price.Amount, from || service.Price.From
	}
	if known {
		d.say("confirm.price", prompts.Args{"price": prompts.Money(d.st.Lang, sum, from)})
	}
	d.sayPerson()
	d.say("confirm.ask", nil)
	d.yesNo("confirm.yes", "confirm.edit")
}

// editVisit are the buttons by which the services of a visit are changed.
func (d *deed) editVisit() (buttons []Button) {
	r := &d.st.Request
	if r.several() {
		for _, id := range r.together() {
			buttons = append(buttons, Button{"without/" + id, prompts.Say(d.st.Lang, "visit.without", prompts.Args{"service": d.service(id)})})
		}
	}
	return append(buttons, d.addButton()...)
}

// addButton offers to add a service to the visit, where one can be added.
func (d *deed) addButton() []Button {
	if d.st.Goal != GoalBook || len(addable(d.h.clinic, &d.st.Request)) == 0 {
		return nil
	}
	return []Button{{"do/add", prompts.Say(d.st.Lang, "visit.add", nil)}}
}

// askPart asks which service is meant by a part of the visit, or is to be added.
func (d *deed) askPart() {
	r := &d.st.Request
	ids, id := addable(d.h.clinic, r), "visit.add.ask"
	if len(r.Unclear) > 0 {
		ids, id = r.Unclear[0], "ask.service.which"
	}
	d.say(id, nil)
	for _, id := range ids {
		d.turn.Buttons = append(d.turn.Buttons, Button{"service/" + id, d.service(id)})
	}
}

// visitRest says what remains of a visit one of whose appointments was cancelled.
func (d *deed) visitRest(gone booking.Appointment) {
	var rest []booking.Appointment
	for _, a := range d.own {
		if gone.Visit != "" && a.Visit == gone.Visit && a.Number != gone.Number {
			rest = append(rest, a)
		}
	}
	if len(rest) > 0 {
		d.say("visit.rest", prompts.Args{"list": strings.Join(d.lines(rest), "\n")})
	}
}

// servicesText names what is wanted.
func (d *deed) servicesText() string {
	var names []string
	for _, id := range d.st.Request.together() {
		names = append(names, d.service(id))
	}
	return strings.Join(names, ", ")
}

// visitGone keeps a chosen visit anew whose hold has run out, or tells that it can
// no longer be had.
func (d *deed) visitGone(v booking.Visit) error {
	_, err := d.keepVisit(v)
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		d.out.do = false
		return d.lostVisit(v, r)
	}
	return err
}
