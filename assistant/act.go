package assistant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
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
	in, later := a.interpret(ctx, h, conversation, &st, turn) // slow: outside any transaction
	defer later.release()
	kept := a.recall(conversation)
	said, _ := a.words(conversation, turn.ID)
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
		if err := after.keepOwn(turn, said.tags, after.before); err != nil {
			return err
		}
		more = len(st.Pending) > 0
		return later.after(tx, conversation)
	})
	if err != nil {
		return false, fmt.Errorf("answer %s: %w", conversation, err)
	}
	later.follow()
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
	a.stir()
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
	before  person // what was known before this turn
	held    person // stays in memory: there is no consent yet
	erased  bool
	// question is true where the visitor asks something.
	question bool
	// pressed is true where the visitor pressed a button.
	pressed bool
	// moment is true where a further purpose may be asked about: the visit is booked.
	moment bool
	// next is the further purpose to be asked about in a turn after the reply.
	next string
	// over is true where the booking has ended by a rule of the house.
	over bool
	// released is true where the hold is to be let go with the reply.
	released bool
	own      []booking.Appointment
	waits    []booking.Waiting // own, on the waiting list
	offers   []booking.Offer   // live, to this conversation

	out  outcome
	text []string // what is said, in order
	turn Turn     // the reply
}

// reply applies the interpretation, does what it leads to and appends the reply.
func (d *deed) reply(in Interpretation) error {
	d.st.Request.prune(d.h.clinic)
	if err := d.learn(); err != nil {
		return err
	}
	if d.st.Owner.Kind != OwnerAssistant && isAside(in.Button) {
		return d.aside(in)
	}
	if d.st.Owner.Kind != OwnerAssistant && !d.back(in) {
		return d.stand(in)
	}
	d.question, d.pressed = in.Question, in.Button != ""
	d.out = apply(d.st, in, d.facts())
	if !d.out.missed {
		d.st.Misses = 0
	}
	if err := d.effects(); err != nil {
		return err
	}
	lead := slices.Clone(d.text)
	if !d.erased && !d.out.done {
		if err := d.proceed(); err != nil {
			return err
		}
	}
	if d.moment && d.out.expects == ExpectMore {
		if err := d.askNext(); err != nil {
			return err
		}
	}
	if err := d.repeated(in, lead); err != nil {
		return err
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
	d.own, d.before = upcoming(all, d.now), d.known
	return d.learnWaits()
}

func (d *deed) facts() facts {
	return facts{
		clinic: d.h.clinic, now: d.now.In(d.h.clinic.Location), own: d.own, known: d.known,
		until: d.h.until(d.now), topics: d.h.topics,
	}
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
		if e.value != "" {
			return d.withdrawPurposes(e.value)
		}
		d.st.Consent = ""
		return d.a.withdraw(d.tx, d.h, d.conversation, d.st.Contact)
	case effectName:
		d.known.Name = e.value
	case effectPhone:
		d.known.Phone = e.value
	case effectEmail:
		d.known.Email = e.value
	case effectAmended:
		return errors.Join(
			audit.Append(d.tx, audit.Entry{At: d.now, Actor: "visitor", Action: "contact.correct", Object: d.st.Contact, Reason: e.value}),
			d.a.metAtOnce(d.tx, d.h, privacy.Demand{Right: privacy.RightCorrect, Contact: d.st.Contact, Conversation: d.conversation}))
	case effectHandoff:
		return d.handoff(e.value)
	case effectKnow:
		return d.know()
	case effectShow:
		d.showOwn()
	case effectPass:
		return d.refuseOffer(e.value)
	case effectLeave:
		return d.leave(e.value)
	case effectGone:
		return d.tellChanged(e.value)
	case effectReason:
		return d.explain(e.value)
	case effectCome:
		return d.pressedCome(e.value)
	case effectPurpose:
		return d.answerPurpose(e.value, choose(d.pressed, "pressed", "said"))
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
	if err := keptAfterAll(d.tx, d.conversation, d.now); err != nil {
		return err
	}
	if d.st.Contact == "" {
		d.contact = privacy.NewContact(d.conversation, d.st.Lang, d.now)
		d.st.Contact = d.contact.ID
	}
	return privacy.Give(d.tx, d.conversation, d.st.Contact, privacy.Consent{
		Purpose: text.Purpose, Basis: text.Basis, Version: text.Version, Lang: text.Lang, At: d.now, Pressed: pressed,
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

// proceed takes the goal further: it finds times, asks what is missing, and
// does what was confirmed.
func (d *deed) proceed() error {
	if gone, err := d.targetGone(); gone || err != nil {
		return err
	}
	if err := d.offerGone(); err != nil {
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
	if d.st.Target == "" || d.st.Target == All && len(d.own) > 0 || d.st.Goal == GoalOffer || slices.ContainsFunc(d.own, func(a booking.Appointment) bool { return a.Number == d.st.Target }) {
		return false, nil
	}
	a, err := booking.Get(d.tx, d.st.Target)
	if err != nil {
		return false, err
	}
	return true, d.meanwhile(a)
}

// slotGone lets go of a chosen slot whose hold has run out, where it can no
// longer be had.
func (d *deed) slotGone() error {
	slot := d.st.Request.Slot
	if slot == nil || d.st.Goal == GoalOffer {
		return nil
	}
	_, err := d.h.calendar.Held(d.tx, d.conversation, d.now)
	if !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	if v := d.st.Request.chosen(); len(v.Slots) > 1 {
		return d.visitGone(v)
	}
	err = d.h.calendar.Check(d.tx, *slot, d.conversation, d.movedFrom(), d.now)
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		d.out.do = false
		return d.lost(*slot, r)
	}
	return err
}

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
