package assistant

import (
	"errors"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu/when"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
)

// meanwhile tells that an appointment is no longer what the visitor saw.
func (d *deed) meanwhile(a booking.Appointment) error {
	d.sayChanged(a)
	d.st.reset()
	d.ask(ExpectMore)
	return d.h.calendar.Release(d.tx, d.conversation)
}

// sayChanged tells what an appointment has become.
func (d *deed) sayChanged(a booking.Appointment) {
	args := d.argsOf(a)
	args["number"], args["status"] = a.Number, prompts.Say(d.st.Lang, "status."+string(a.Status), nil)
	d.say("meanwhile", args)
}

// fulfil does what the visitor agreed to. done is false where it could not be
// done and the talk goes on.
func (d *deed) fulfil() (done bool, err error) {
	switch d.st.Goal {
	case GoalBook:
		return d.book()
	case GoalMove:
		return d.move()
	case GoalCancel:
		return true, d.cancel()
	case GoalWait:
		return true, d.enlist()
	case GoalOffer:
		return d.accept()
	case GoalCome:
		number := d.st.Target
		d.st.reset()
		return false, d.come(number, time.Time{})
	case GoalErase:
		return true, d.erase()
	}
	return false, nil
}

func (d *deed) book() (done bool, err error) {
	if next(d.st, d.facts()) != ExpectConfirm {
		return false, nil
	}
	if v := d.st.Request.chosen(); len(v.Slots) > 1 {
		return d.bookVisit(v)
	}
	slot := *d.st.Request.Slot
	later := len(d.st.Request.Later) > 0
	ap, err := d.h.calendar.Request(d.tx, booking.Booking{
		Slot: slot, Contact: d.st.Contact, Conversation: d.conversation, Author: "visitor", Source: d.st.Source,
	}, d.now)
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		return false, d.lost(slot, r)
	}
	if err != nil {
		return false, err
	}
	d.booked(ap)
	return !later, nil
}

// booked tells of a new appointment, in the words that fit what it is.
func (d *deed) booked(ap booking.Appointment) {
	later := d.st.Request.Later
	d.st.reset()
	d.own = append(d.own, ap)
	args := d.argsOf(ap)
	id := "booked.requested"
	if ap.Status == booking.Confirmed {
		id = "booked.confirmed"
	} else if until := d.h.until(d.now); !until.IsZero() {
		id = "booked.requested.closed"
		args["until"] = untilText(d.st.Lang, until, d.local(d.now))
	}
	d.say(id, args)
	if s, ok := d.h.clinic.Service(ap.Slot.Service); ok && len(s.Prepare) > 0 {
		d.say("booked.prepare", prompts.Args{"text": s.Prepare.In(d.st.Lang)})
	}
	d.turn.Appointment = d.h.view(ap, d.st.Lang)
	d.goOn(later)
}

// lost tells that the slot went to somebody else, and lets the search go on.
func (d *deed) lost(slot booking.Slot, r *booking.Refusal) error {
	switch r.Why {
	case booking.Limit:
		d.limit()
		return d.h.calendar.Release(d.tx, d.conversation)
	case booking.Taken:
		d.say("time.lost", prompts.Args{"when": d.when(slot.Start)})
	case booking.Past, booking.Notice, booking.SameDay:
		d.say("time.past", nil)
	default:
		d.say("time.absent", prompts.Args{"when": d.when(slot.Start)})
	}
	start := d.local(slot.Start)
	day := dateOf(start)
	d.st.Request.Slot, d.st.Request.Rest = nil, nil
	d.st.Request.When = []when.Constraint{{Dates: &[2]when.Date{day, day}}}
	return d.h.calendar.Release(d.tx, d.conversation)
}

func (d *deed) move() (done bool, err error) {
	if d.st.Whole {
		return d.moveVisit()
	}
	slot := d.st.Request.Slot
	if slot == nil || d.st.Target == "" {
		return false, nil
	}
	before, err := booking.Get(d.tx, d.st.Target)
	if err != nil {
		return false, err
	}
	ap, err := d.h.calendar.Move(d.tx, d.st.Target, 0, *slot, booking.Change{Author: "visitor"}, d.now)
	if w, wrong := errors.AsType[*booking.WrongStatus](err); wrong {
		return true, d.meanwhile(w.Current)
	}
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		return false, d.lost(*slot, r)
	}
	if err != nil {
		return false, err
	}
	if err := errors.Join(d.h.calendar.Release(d.tx, d.conversation), answered(d.tx, before, AnswerMoved, d.now)); err != nil {
		return false, err
	}
	d.st.reset()
	args := d.argsOf(ap)
	id := "move.done"
	if ap.Status == booking.Requested {
		id = "move.requested"
	}
	d.say(id, args)
	d.turn.Appointment = d.h.view(ap, d.st.Lang)
	d.refresh(ap)
	d.ask(ExpectMore)
	return true, nil
}

// cancelAll cancels every appointment that the visitor still has.
func (d *deed) cancelAll() error {
	var gone []booking.Appointment
	for _, a := range d.own {
		ap, err := d.h.calendar.Cancel(d.tx, a.Number, 0, booking.Change{Author: "visitor"}, d.now)
		if _, wrong := errors.AsType[*booking.WrongStatus](err); wrong {
			continue // reception has ended it meanwhile
		}
		if err = errors.Join(err, answered(d.tx, a, AnswerCancelled, d.now)); err != nil {
			return err
		}
		gone = append(gone, ap)
	}
	d.st.reset()
	d.own = nil
	d.say("cancel.done.all", prompts.Args{"list": strings.Join(d.lines(gone), "\n")})
	d.askReason(gone...)
	d.ask(ExpectMore)
	return nil
}

func (d *deed) cancel() error {
	if d.st.Target == All {
		return d.cancelAll()
	}
	if d.st.Whole {
		return d.cancelVisit()
	}
	before, err := booking.Get(d.tx, d.st.Target)
	if err != nil {
		return err
	}
	ap, err := d.h.calendar.Cancel(d.tx, d.st.Target, 0, booking.Change{Author: "visitor"}, d.now)
	if w, wrong := errors.AsType[*booking.WrongStatus](err); wrong {
		return d.meanwhile(w.Current)
	}
	if err = errors.Join(err, answered(d.tx, before, AnswerCancelled, d.now)); err != nil {
		return err
	}
	d.st.reset()
	args := d.argsOf(ap)
	d.say("cancel.done", args)
	d.turn.Appointment = d.h.view(ap, d.st.Lang)
	d.refresh(ap)
	d.visitRest(ap)
	d.askReason(ap)
	d.ask(ExpectMore)
	return nil
}

// refresh puts the changed appointment among the visitor's own.
func (d *deed) refresh(ap booking.Appointment) {
	for i := range d.own {
		if d.own[i].Number == ap.Number {
			d.own[i] = ap
		}
	}
	d.own = upcoming(d.own, d.now)
}

// enlist puts the visitor on the waiting list.
func (d *deed) enlist() error {
	from, to := d.window()
	var err error
	for _, id := range d.st.Request.together() {
		_, one := d.h.calendar.Join(d.tx, booking.Wish{
			Service: id, Specialist: specific(d.st.Request.Specialist), From: from, To: to,
			Contact: d.st.Contact, Conversation: d.conversation,
		}, d.now)
		err = errors.Join(err, one)
	}
	if _, refused := errors.AsType[*booking.Refusal](err); refused {
		d.say("time.past", nil)
		d.st.reset()
		d.ask(ExpectMore)
		return nil
	}
	if err != nil {
		return err
	}
	if err := d.h.calendar.Release(d.tx, d.conversation); err != nil {
		return err
	}
	d.text = append(d.text, prompts.Say(d.st.Lang, "wait.done", prompts.Args{
		"service": d.servicesText(), "range": d.rangeText(), "span": prompts.Span(d.st.Lang, d.h.clinic.Booking.Offer),
	}))
	d.st.reset()
	d.ask(ExpectMore)
	return nil
}

// erase removes the person: contact, consents, appointments and all that was
// said. What remains is a conversation that knows nothing.
func (d *deed) erase() error {
	known, err := framesOf(d.tx, d.conversation) // the conversation goes on, and they still have no second effect
	if err != nil {
		return err
	}
	if err := d.a.forget(d.tx, d.h, d.conversation, d.st.Contact, "visitor", d.now); err != nil {
		return err
	}
	for key, seq := range known {
		if err := frames.Put(d.tx, []byte(key), seq); err != nil {
			return err
		}
	}
	lang, seq := d.st.Lang, d.st.Seq
	*d.st = State{Lang: lang, Seq: seq, Secret: d.st.Secret, Owner: Owner{Kind: OwnerAssistant, Since: d.now}, Created: d.now}
	d.erased, d.known, d.held = true, person{}, person{}
	d.own, d.waits, d.offers = nil, nil, nil
	d.say("erase.done", nil)
	d.out.expects = ExpectMore
	return nil
}

// know tells the visitor what is stored about them.
func (d *deed) know() error {
	if d.st.Contact == "" {
		d.say("know.nothing", nil)
		return nil
	}
	lang := d.st.Lang
	no := prompts.Say(lang, "know.no", nil)
	given, err := privacy.Consents(d.tx, d.conversation)
	if err != nil {
		return err
	}
	consent := no
	if c, none := privacy.Latest(given, privacy.PurposeBooking); none == nil && c.Withdrawn.IsZero() {
		consent = d.when(c.At)
	}
	waiting, err := d.waiting()
	if err != nil {
		return err
	}
	d.say("know", prompts.Args{
		"name": ownOr(d.known.Name, "name", no), "number": ownOr(d.known.Phone, "phone", no), "email": ownOr(d.known.Email, "email", no),
		"consent": consent, "list": list(d.lines(d.own), no), "waiting": list(waiting, no),
		"days": days(lang, d.h.clinic.Privacy.Retention.Conversations),
	})
	d.turn.Buttons = append(d.turn.Buttons, Button{"do/erase", prompts.Say(lang, "button.erase", nil)})
	if d.turn.Me, err = putTicket(d.tx, ticket{Conversation: d.conversation, Until: d.now.Add(ticketLife)}); err != nil {
		return err
	}
	return d.a.metAtOnce(d.tx, d.h, privacy.Demand{Right: privacy.RightAccess, Contact: d.st.Contact, Conversation: d.conversation})
}

// waiting lists what the visitor waits for, in words.
func (d *deed) waiting() (lines []string, err error) {
	all, err := booking.WaitingList(d.tx)
	for _, w := range all {
		if w.Conversation == d.conversation {
			lines = append(lines, d.service(w.Service)+", "+prompts.Day(d.st.Lang, d.local(w.From), d.local(d.now)))
		}
	}
	return lines, err
}

// list puts lines one under the other, or says that there are none.
func list(lines []string, none string) string {
	if len(lines) == 0 {
		return none
	}
	return "\n" + strings.Join(lines, "\n")
}

// ownOr is the tag for a field of the visitor's own contact, or a word for none.
func ownOr(value, field, none string) string { return choose(value == "", none, privacy.Own(field)) }
