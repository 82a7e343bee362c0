package assistant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu"
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
		if err := unanswered.Delete(tx, unansweredKey(conversation, turn.ID)); err != nil {
			return err
		}
		after = deed{patience: operatorPatience, a: a, h: h, tx: tx, conversation: conversation, st: &st, memory: kept, known: kept.person, now: a.now()}
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
		delete(m.said, turn.ID)
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
	patience     time.Duration // see operatorPatience
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
	// question is true where the visitor asks something.
	question bool
	// over is true where the booking has ended by a rule of the house.
	over bool
	// released is true where the hold is to be let go with the reply.
	released bool
	own      []booking.Appointment

	out  outcome
	text []string // what is said, in order
	turn Turn     // the reply
}

// operatorPatience is how long an operator who has taken a conversation may be
// silent before a visitor who writes is waiting again.
const operatorPatience = 15 * time.Minute

// reply applies the interpretation, does what it leads to and appends the reply.
func (d *deed) reply(in Interpretation) error {
	d.st.Request.prune(d.h.clinic)
	if err := d.learn(); err != nil {
		return err
	}
	if d.st.Owner.Kind != OwnerAssistant && !d.back(in) {
		return d.stand(in)
	}
	d.question = in.Question
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
		c, err := contactOf(d.tx, d.st.Contact)
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

// back reports whether the assistant speaks although a person was called: its
// button was pressed, or somebody is in danger.
func (d *deed) back(in Interpretation) bool {
	if d.st.Owner.Kind == OwnerOperator {
		return false
	}
	own := slices.ContainsFunc(in.Commands, func(c nlu.Command) bool { // their data is their own at any time
		return c.Do == nlu.Erase || c.Do == nlu.Withdraw || c.Do == nlu.Know
	})
	return own || in.Button == "do/resume" || d.st.Goal == GoalErase || in.Alarm == nlu.AlarmEmergency && d.st.Owner.Reason != "emergency"
}

// stand is the assistant's part while a person has the conversation: what the
// visitor says of themselves is kept, with their consent, so that reception can
// call them; and a visitor who waits is told so, once.
func (d *deed) stand(in Interpretation) error {
	if in.Alarm == nlu.AlarmEmergency { // whoever answers: this is said
		d.say("emergency", nil)
		d.out.expects = ExpectOperator
		return d.finish()
	}
	asked := d.st.Asked == ExpectConsent && in.Seq > d.st.AskedAt
	agreed := in.Button == "yes/"+strconv.FormatUint(d.st.AskedAt, 10)
	for _, c := range in.Commands {
		switch {
		case c.Do == nlu.Affirm && asked:
			agreed = true
		case c.Value == "":
		case c.Field == nlu.FieldName:
			d.known.Name = c.Value
		case c.Field == nlu.FieldPhone:
			d.known.Phone = c.Value
		case c.Field == nlu.FieldEmail:
			d.known.Email = c.Value
		}
	}
	if asked && agreed && d.st.Consent == "" {
		if err := d.consent("said"); err != nil {
			return err
		}
	}
	if err := d.saveContact(); err != nil {
		return err
	}
	if d.st.Consent == "" && d.held.Phone != d.memory.person.Phone {
		d.out.expects = ExpectConsent
		d.askConsent("data.ask")
		return d.finish()
	}
	if d.st.Owner.Kind == OwnerOperator && d.now.Sub(d.st.Owner.Since) > d.patience {
		d.st.Owner = Owner{Kind: OwnerWaiting, Reason: d.st.Owner.Reason, Since: d.now, Until: d.h.until(d.now)}
		d.st.Misses = 0
	}
	return d.wait(in)
}

// wait tells a visitor who waits for a person how long that may take: once, and
// again where they want to book meanwhile.
func (d *deed) wait(in Interpretation) error {
	if d.st.Owner.Kind == OwnerOperator {
		return save(d.tx, d.conversation, d.st) // the assistant is silent
	}
	wants := slices.ContainsFunc(in.Commands, func(c nlu.Command) bool { return c.Do == nlu.Book })
	d.st.Misses++
	if d.st.Misses > 1 && in.Button == "" && !wants {
		return save(d.tx, d.conversation, d.st)
	}
	if until := d.h.until(d.now); until.IsZero() {
		d.say("human.still", nil)
	} else {
		d.say("human.later", prompts.Args{"until": untilText(d.st.Lang, until, d.local(d.now)), "phone": showPhone(d.h.clinic.Phone)})
	}
	d.out.expects = ExpectOperator
	d.turn.Buttons = []Button{{"do/resume", prompts.Say(d.st.Lang, "button.resume", nil)}}
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
	case effectWithdraw:
		d.st.Consent = ""
		return privacy.Withdraw(d.tx, d.conversation, d.st.Contact, d.now)
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
	if d.st.Shown != "" && d.st.Shown != text.Version {
		d.say("consent.changed", nil) // the file changed meanwhile: the new text is asked for
		return nil
	}
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
		if d.st.Contact != "" { // withdrawn: what is stored stays as it was until it is erased
			d.held = person{}
		}
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
	if d.st.Consent == "" && d.known.Phone != "" && reason != "emergency" { // reception is to have it
		d.askConsent("data.ask")
		d.out.expects = ExpectConsent
	}
	d.turn.Buttons = append(d.turn.Buttons, Button{"do/resume", prompts.Say(d.st.Lang, "button.resume", nil)})
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
	if gone, err := d.targetGone(); gone || err != nil {
		return err
	}
	if err := d.slotGone(); err != nil {
		return err
	}
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
		if d.over {
			d.ask(ExpectMore)
			return d.h.calendar.Release(d.tx, d.conversation)
		}
		if !chosen {
			d.out.expects = ExpectTime
			return nil
		}
	}
	return nil
}

// targetGone ends a change of an appointment that reception has meanwhile ended.
func (d *deed) targetGone() (gone bool, err error) {
	if d.st.Target == "" || slices.ContainsFunc(d.own, func(a booking.Appointment) bool { return a.Number == d.st.Target }) {
		return false, nil
	}
	a, err := booking.Get(d.tx, d.st.Target)
	if err != nil {
		return false, err
	}
	return true, d.meanwhile(a)
}

// meanwhile tells that an appointment is no longer what the visitor saw.
func (d *deed) meanwhile(a booking.Appointment) error {
	args := d.args(a.Slot)
	args["number"], args["status"] = a.Number, prompts.Say(d.st.Lang, "status."+string(a.Status), nil)
	d.say("meanwhile", args)
	d.st.reset()
	d.ask(ExpectMore)
	return d.h.calendar.Release(d.tx, d.conversation)
}

// slotGone lets go of a chosen slot whose hold has run out, where it can no
// longer be had.
func (d *deed) slotGone() error {
	slot := d.st.Request.Slot
	if slot == nil {
		return nil
	}
	_, err := d.h.calendar.Held(d.tx, d.conversation, d.now)
	if !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	ignore := ""
	if d.st.Goal == GoalMove {
		ignore = d.st.Target
	}
	err = d.h.calendar.Check(d.tx, *slot, d.conversation, ignore, d.now)
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		d.out.do = false
		return d.lost(*slot, r)
	}
	return err
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
	switch r.Why {
	case booking.Limit:
		d.limit()
		return d.h.calendar.Release(d.tx, d.conversation)
	case booking.Taken:
		d.say("time.lost", prompts.Args{"when": d.when(slot.Start)})
	case booking.Past, booking.Notice:
		d.say("time.past", nil)
	default:
		d.say("time.absent", prompts.Args{"when": d.when(slot.Start)})
	}
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
	if w, wrong := errors.AsType[*booking.WrongStatus](err); wrong {
		return true, d.meanwhile(w.Current)
	}
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
	if w, wrong := errors.AsType[*booking.WrongStatus](err); wrong {
		return d.meanwhile(w.Current)
	}
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
	d.say("wait.done", prompts.Args{"service": d.service(d.st.Request.Service), "range": d.rangeText()})
	d.st.reset()
	d.ask(ExpectMore)
	return nil
}

// erase removes the person: contact, consents, appointments and all that was
// said. What remains is a conversation that knows nothing.
func (d *deed) erase() error {
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
	if err := errors.Join(entries.Forget(tx, conversation), seen.Delete(tx, []byte(conversation))); err != nil {
		return err
	}
	if err := forgetTokens(tx, conversation); err != nil {
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
	no := prompts.Say(lang, "know.no", nil)
	given, err := privacy.Consents(d.tx, d.conversation)
	if err != nil {
		return err
	}
	consent := no
	for _, c := range given {
		if c.Withdrawn.IsZero() {
			consent = d.when(c.At)
		}
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
	return nil
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
		d := deed{a: a, h: h, tx: tx, conversation: conversation, st: &st, now: a.now()}
		if err := d.learn(); err != nil {
			return err
		}
		d.known.Name, d.known.Phone = name, phone
		st.Shown = ""
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

// giveUp passes a conversation whose next turn cannot be answered to a person,
// and takes that turn out of the way.
func (a *Assistant) giveUp(conversation string) (more bool, err error) {
	h := a.house.Load()
	err = a.db.Update(func(tx *storage.Tx) error {
		st, err := load(tx, conversation)
		if err != nil || len(st.Pending) == 0 {
			return err
		}
		if err := unanswered.Delete(tx, unansweredKey(conversation, st.Pending[0].ID)); err != nil {
			return err
		}
		st.Pending = slices.Delete(slices.Clone(st.Pending), 0, 1)
		more = len(st.Pending) > 0
		st.reset()
		d := deed{a: a, h: h, tx: tx, conversation: conversation, st: &st, now: a.now()}
		d.say("error.internal", nil)
		d.out.expects = ExpectOperator
		if err := d.handoff("stuck"); err != nil {
			return err
		}
		return errors.Join(h.calendar.Release(tx, conversation), d.finish())
	})
	if err == nil {
		a.committed()
		a.feed.publish(conversation)
	}
	return more, err
}
