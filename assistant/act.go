package assistant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu/when"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

// answer reads the oldest unanswered turn, and commits the reply with everything
// that it causes. more is true where another turn waits.
func (a *Assistant) answer(ctx context.Context, conversation string) (more bool, err error) {
	h := a.house.Load()
	var st State
	err = a.db.View(func(tx *storage.Tx) (err error) { st, err = load(tx, conversation); return err })
	if err != nil || len(st.Pending) == 0 {
		return false, err
	}
	turn := st.Pending[0]
	if st.Owner.Kind != OwnerOperator {
		a.feed.typing(conversation, FromAssistant)
	}
	in := a.interpret(ctx, h, conversation, &st, turn) // slow: outside any transaction
	kept := a.recall(conversation)
	var after deed
	err = a.db.Update(func(tx *storage.Tx) error {
		st, err := load(tx, conversation) // an operator may have spoken meanwhile
		if err != nil {
			return err
		}
		if len(st.Pending) == 0 || st.Pending[0].Seq != turn.Seq {
			after, more = deed{}, len(st.Pending) > 0
			return nil
		}
		st.Pending = slices.Delete(slices.Clone(st.Pending), 0, 1)
		after = deed{a: a, h: h, tx: tx, conversation: conversation, st: &st, memory: kept, known: kept.person, now: a.now()}
		if err := after.reply(in); err != nil {
			return err
		}
		more = len(st.Pending) > 0
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("answer %s: %w", conversation, err)
	}
	a.remember(conversation, func(m *memory) {
		delete(m.said, turn.Seq)
		if after.tx != nil {
			m.person = after.held
			if after.erased {
				m.person, m.address = person{}, ""
				clear(m.said)
			}
		}
	})
	a.committed()
	a.feed.publish(conversation)
	return more, nil
}

// deed is one turn being acted upon in one transaction.
type deed struct {
	a            *Assistant
	h            *house
	tx           *storage.Tx
	conversation string
	st           *State
	memory       memory
	now          time.Time

	contact privacy.Contact // zero before consent
	known   person
	held    person // stays in memory: there is no consent yet
	erased  bool
	// released is true where the hold is to be let go with the reply.
	released bool
	own      []booking.Appointment

	out  outcome
	text []string // what is said, in order
	turn Turn     // the reply
}

// reply applies the interpretation, does what it leads to and appends the reply.
func (d *deed) reply(in Interpretation) error {
	if d.st.Owner.Kind == OwnerOperator {
		return save(d.tx, d.conversation, d.st) // the assistant is silent
	}
	if err := d.learn(); err != nil {
		return err
	}
	if d.st.Owner.Kind == OwnerWaiting && !d.back(in) {
		return d.wait(in)
	}
	d.out = apply(d.st, in, d.facts())
	if !d.out.missed {
		d.st.Misses = 0
	}
	if err := d.effects(); err != nil {
		return err
	}
	if !d.erased && !d.out.done {
		if err := d.proceed(); err != nil {
			return err
		}
	}
	return d.finish()
}

// learn reads who the visitor is and what they have booked.
func (d *deed) learn() error {
	if d.st.Contact != "" {
		c, err := privacy.Get(d.tx, d.st.Contact)
		if err != nil {
			return err
		}
		d.contact = c
		d.known = person{c.Name, c.Phone, c.Email}
	}
	all, err := booking.OfConversation(d.tx, d.conversation)
	if err != nil {
		return err
	}
	d.own = upcoming(all, d.now)
	return nil
}

func (d *deed) facts() facts {
	return facts{
		clinic: d.h.clinic, now: d.now.In(d.h.clinic.Location), own: d.own, known: d.known,
		until: d.h.until(d.now),
	}
}

// back reports whether a visitor who waits for a person wants the assistant
// again: by its button, or by a new danger.
func (d *deed) back(in Interpretation) bool {
	return in.Button == "do/resume" || in.Alarm != "" && d.st.Owner.Reason != "emergency"
}

// wait answers a visitor who waits for a person: once, then not again.
func (d *deed) wait(in Interpretation) error {
	lang := d.st.Lang
	d.st.Misses++
	if d.st.Misses > 1 && in.Button == "" {
		return save(d.tx, d.conversation, d.st)
	}
	d.say("human.still", nil)
	d.out.expects = ExpectOperator
	d.turn.Buttons = []Button{{"do/resume", prompts.Say(lang, "button.resume", nil)}}
	return d.finish()
}

// effects does what the policy decided, before the calendar is asked.
func (d *deed) effects() error {
	for _, p := range d.out.parts {
		d.say(p.id, p.args)
	}
	for _, e := range d.out.effects {
		if err := d.effect(e); err != nil {
			return err
		}
	}
	return d.saveContact()
}

func (d *deed) effect(e effect) error {
	switch e.kind {
	case effectRelease:
		return d.h.calendar.Release(d.tx, d.conversation)
	case effectConsent:
		return d.consent(e.value)
	case effectRefuse:
		d.known, d.held = person{}, person{}
	case effectName:
		d.known.Name = e.value
	case effectPhone:
		d.known.Phone = e.value
	case effectEmail:
		d.known.Email = e.value
	case effectHandoff:
		return d.handoff(e.value)
	case effectKnow:
		return d.know()
	case effectShow:
		d.showOwn()
	}
	return nil
}

// consent records the agreement and begins a contact.
func (d *deed) consent(pressed string) error {
	text := d.h.consent(d.st.Lang)
	d.st.Consent = text.Version
	if d.st.Contact == "" {
		d.contact = privacy.NewContact(d.conversation, d.st.Lang, d.now)
		d.st.Contact = d.contact.ID
	}
	return privacy.Give(d.tx, d.conversation, d.st.Contact, privacy.Consent{
		Purpose: text.Purpose, Version: text.Version, Lang: text.Lang, At: d.now, Pressed: pressed,
		Page: d.st.Page, Address: d.memory.address, Widget: d.st.Widget,
	})
}

// saveContact writes what is known of the person where there is consent, and
// leaves it in memory where there is none.
func (d *deed) saveContact() error {
	if d.st.Consent == "" {
		d.held = d.known
		return nil
	}
	c := d.contact
	c.Name, c.Phone, c.Email = d.known.Name, d.known.Phone, d.known.Email
	if c == d.contact && !c.Changed.IsZero() {
		return nil
	}
	d.contact = c
	return privacy.Save(d.tx, c, d.now)
}

func (d *deed) handoff(reason string) error {
	d.st.Owner = Owner{Kind: OwnerWaiting, Reason: reason, Since: d.now, Until: d.h.until(d.now)}
	d.turn.Buttons = []Button{{"do/resume", prompts.Say(d.st.Lang, "button.resume", nil)}}
	_, err := outbox.Append(d.tx, "conversation.handoff", d.conversation, d.now,
		map[string]string{"conversation": d.conversation, "reason": reason})
	if err != nil {
		return err
	}
	return audit.Append(d.tx, audit.Entry{At: d.now, Actor: "assistant", Action: "conversation.handoff", Object: d.conversation, Reason: reason})
}

// proceed takes the goal further: it finds times, asks what is missing, and
// does what was confirmed.
func (d *deed) proceed() error {
	if d.out.do {
		done, err := d.fulfil()
		if err != nil || done {
			return err
		}
	}
	for range len(plans[GoalBook]) {
		e := next(d.st, d.facts())
		if e != ExpectTime {
			d.ask(e)
			return nil
		}
		chosen, err := d.find()
		if err != nil {
			return err
		}
		if !chosen {
			d.out.expects = ExpectTime
			return nil
		}
	}
	return nil
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
		return true, d.join()
	case GoalErase:
		return true, d.erase()
	}
	return false, nil
}

func (d *deed) book() (done bool, err error) {
	if next(d.st, d.facts()) != ExpectConfirm {
		return false, nil
	}
	slot := *d.st.Request.Slot
	ap, err := d.h.calendar.Request(d.tx, booking.Booking{
		Slot: slot, Contact: d.st.Contact, Conversation: d.conversation, Author: "visitor", Source: d.st.Source,
	}, d.now)
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		return false, d.lost(slot, r)
	}
	if err != nil {
		return false, err
	}
	d.st.reset()
	d.own = append(d.own, ap)
	args := d.args(ap.Slot)
	args["number"] = ap.Number
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
	d.ask(ExpectMore)
	return true, nil
}

// lost tells that the slot went to somebody else, and lets the search go on.
func (d *deed) lost(slot booking.Slot, r *booking.Refusal) error {
	if r.Why == booking.Limit {
		d.limit()
		return d.h.calendar.Release(d.tx, d.conversation)
	}
	d.say("time.lost", prompts.Args{"when": d.when(slot.Start)})
	start := d.local(slot.Start)
	day := dateOf(start)
	d.st.Request.Slot = nil
	d.st.Request.When = []when.Constraint{{Dates: &[2]when.Date{day, day}}}
	return d.h.calendar.Release(d.tx, d.conversation)
}

func (d *deed) move() (done bool, err error) {
	slot := d.st.Request.Slot
	if slot == nil || d.st.Target == "" {
		return false, nil
	}
	ap, err := d.h.calendar.Move(d.tx, d.st.Target, 0, *slot, booking.Change{Author: "visitor"}, d.now)
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		return false, d.lost(*slot, r)
	}
	if err != nil {
		return false, err
	}
	if err := d.h.calendar.Release(d.tx, d.conversation); err != nil {
		return false, err
	}
	d.st.reset()
	args := d.args(ap.Slot)
	args["number"] = ap.Number
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

func (d *deed) cancel() error {
	ap, err := d.h.calendar.Cancel(d.tx, d.st.Target, 0, booking.Change{Author: "visitor"}, d.now)
	if err != nil {
		return err
	}
	d.st.reset()
	args := d.args(ap.Slot)
	args["number"] = ap.Number
	d.say("cancel.done", args)
	d.turn.Appointment = d.h.view(ap, d.st.Lang)
	d.refresh(ap)
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

func (d *deed) join() error {
	from, to := d.window()
	_, err := d.h.calendar.Join(d.tx, booking.Wish{
		Service: d.st.Request.Service, Specialist: specific(d.st.Request.Specialist), From: from, To: to,
		Contact: d.st.Contact, Conversation: d.conversation,
	}, d.now)
	if err != nil {
		return err
	}
	d.say("wait.done", prompts.Args{"service": d.service(d.st.Request.Service), "range": d.rangeText()})
	d.st.reset()
	d.ask(ExpectMore)
	return nil
}

// erase removes the person: contact, consents, appointments and all that was
// said. What remains is a conversation that knows nothing.
func (d *deed) erase() error {
	if d.st.Consent != "" {
		if err := privacy.Withdraw(d.tx, d.conversation, d.st.Contact, d.now); err != nil {
			return err
		}
	}
	if err := d.a.forget(d.tx, d.h, d.conversation, d.st.Contact, "visitor", d.now); err != nil {
		return err
	}
	lang, seq, recent := d.st.Lang, d.st.Seq, d.st.Recent
	*d.st = State{Lang: lang, Seq: seq, Recent: recent, Secret: d.st.Secret, Owner: Owner{Kind: OwnerAssistant, Since: d.now}, Created: d.now}
	d.erased, d.known, d.held = true, person{}, person{}
	d.own = nil
	d.say("erase.done", nil)
	d.out.expects = ExpectMore
	return nil
}

// forget removes all that the house holds about the visitor of a conversation.
func (a *Assistant) forget(tx *storage.Tx, h *house, conversation, contact, actor string, now time.Time) error {
	who := booking.Who{Contact: contact, Conversations: []string{conversation}}
	if _, err := h.calendar.Forget(tx, who, booking.Change{Author: actor, Reason: "erased"}, now); err != nil {
		return err
	}
	if err := privacy.Erase(tx, contact, conversation, actor, now); err != nil {
		return err
	}
	if err := entries.Forget(tx, conversation); err != nil {
		return err
	}
	subject := contact
	if subject == "" {
		subject = conversation
	}
	_, err := outbox.Append(tx, "contact.erased", subject, now, map[string]string{"contact": contact})
	return err
}

// know tells the visitor what is stored about them.
func (d *deed) know() error {
	if d.st.Contact == "" {
		d.say("know.nothing", nil)
		return nil
	}
	lang := d.st.Lang
	given, err := privacy.Consents(d.tx, d.conversation)
	if err != nil {
		return err
	}
	no := prompts.Say(lang, "know.no", nil)
	orNo := func(s string) string { return choose(s == "", no, s) }
	consent := ""
	for _, c := range given {
		if c.Withdrawn.IsZero() {
			consent = d.when(c.At)
		}
	}
	list := orNo(strings.Join(d.lines(d.own), "\n"))
	if len(d.own) > 0 {
		list = "\n" + list
	}
	d.say("know", prompts.Args{
		"name": ownOr(d.known.Name, "name", no), "number": ownOr(d.known.Phone, "phone", no), "consent": orNo(consent), "list": list,
		"days": days(lang, d.h.clinic.Privacy.Retention.Conversations),
	})
	d.turn.Buttons = append(d.turn.Buttons, Button{"do/erase", prompts.Say(lang, "button.erase", nil)})
	return nil
}

// ownOr is the tag for a field of the visitor's own contact, or a word for none.
func ownOr(value, field, none string) string { return choose(value == "", none, privacy.Own(field)) }

func specific(id string) string {
	if id == Any {
		return ""
	}
	return id
}

// Admit records that the visitor of a conversation has agreed and is known, as
// reception does for somebody who agreed at the desk.
func (a *Assistant) Admit(_ context.Context, op Operator, conversation, name, phone string) (contact string, err error) {
	h := a.house.Load()
	err = a.db.Update(func(tx *storage.Tx) error {
		st, err := load(tx, conversation)
		if err != nil {
			return err
		}
		d := deed{a: a, h: h, tx: tx, conversation: conversation, st: &st, now: a.now(), known: person{Name: name, Phone: phone}}
		if err := d.consent("desk:" + op.ID); err != nil {
			return err
		}
		if err := d.saveContact(); err != nil {
			return err
		}
		contact = st.Contact
		return save(tx, conversation, &st)
	})
	return contact, err
}
