package assistant

import (
	"errors"
	"slices"
	"strings"

	"okoshko/storage"
)

// announcement is what the house says unasked and waits for an answer to: an
// offer of the waiting list, a reminder.
type announcement struct {
	text    string
	buttons []Button
	// inside are the same buttons worded so that they can be told from those of
	// another question that is open.
	inside []Button
	goal   Goal // what a plain yes or no would answer
	target string
	offer  *Offered
	hold   *HoldView
	view   *AppointmentView
}

// announcer is a deed outside of any turn of the visitor. It is nil where there
// is no such conversation (any more).
func (a *Assistant) announcer(tx *storage.Tx, h *house, conversation string) (*deed, error) {
	if conversation == "" {
		return nil, nil
	}
	st, err := load(tx, conversation)
	if errors.Is(err, ErrExpired) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d := &deed{a: a, h: h, tx: tx, conversation: conversation, st: &st, now: a.now()}
	return d, d.learn()
}

// announce appends an announcement to the conversation and returns its number.
// Where nothing is being arranged it becomes the question that a plain yes or no
// answers; else the question before it stays open, with its buttons, and the
// announcement is answered by its own.
func (d *deed) announce(an announcement) (seq uint64, err error) {
	d.turn = Turn{At: d.now, From: FromAssistant, Text: capitals(an.text), Appointment: an.view, Hold: an.hold}
	same := d.st.Goal == an.goal && d.st.Target == an.target
	if d.st.Owner.Kind == OwnerAssistant && (d.st.Goal == GoalNone || same) {
		d.open(an)
	} else if err := d.join(an); err != nil {
		return 0, err
	}
	err = save(d.tx, d.conversation, d.st, d.turn)
	return d.st.Seq, err
}

// open makes the announcement the open question.
func (d *deed) open(an announcement) {
	st := d.st
	st.reset()
	if st.Asking != nil && d.now.Sub(st.Asking.At) < mayMean {
		st.Joined = st.Seq + 2 // a yes may be meant for what was asked before: see unsure
	}
	st.Asking = nil
	st.Goal, st.Target, st.Offer = an.goal, an.target, an.offer
	if an.offer != nil {
		slot := an.offer.Slot
		st.Request = Request{Service: slot.Service, Slot: &slot}
	}
	st.Asked, st.AskedAt, st.Same, st.Misses = ExpectConfirm, st.Seq+1, 0, 0
	d.turn.Expects, d.turn.Buttons = ExpectConfirm, an.buttons
	for _, b := range an.buttons {
		st.Choices = append(st.Choices, b.ID)
	}
}

// join puts the announcement beside the question that is open.
func (d *deed) join(an announcement) error {
	hold := d.turn.Hold
	if err := d.reopen(); err != nil {
		return err
	}
	if hold != nil {
		d.turn.Hold = hold
	}
	d.turn.Buttons = slices.Concat(d.turn.Buttons, an.inside)
	d.st.Joined = d.st.Seq + 1
	for _, b := range an.inside {
		if !slices.Contains(d.st.Choices, b.ID) {
			d.st.Choices = append(d.st.Choices, b.ID)
		}
	}
	return nil
}

// reopen puts the answers of the question that is open on a turn that is said in
// between: the page shows those of the newest turn alone.
func (d *deed) reopen() error {
	d.turn.Expects = d.st.Asked
	if d.st.AskedAt == 0 || d.st.Asked == ExpectNothing {
		return nil
	}
	open, err := turnAt(d.tx, d.conversation, *d.st, d.st.AskedAt)
	d.turn.Buttons, d.turn.Slots, d.turn.Consent, d.turn.Hold = open.Buttons, open.Slots, open.Consent, open.Hold
	return err
}

// turnAt is one turn of a conversation, or an empty one.
func turnAt(tx *storage.Tx, conversation string, st State, seq uint64) (found Turn, err error) {
	for _, e := range since(tx, conversation, st, seq-1, &err) {
		for _, t := range e.Turns {
			if t.Seq == seq {
				return t, err
			}
		}
	}
	return found, err
}

// unsure reports whether a plain yes or no may be meant for an announcement that
// came after the question: then neither is done, and both are asked again.
func (st *State) unsure() bool {
	return st.Joined > st.AskedAt && (st.Asked == ExpectConfirm || st.Asked == ExpectConsent)
}

// isAside reports whether a button belongs to an announcement. Those are done
// whoever answers the conversation.
func isAside(button string) bool {
	verb, _, _ := strings.Cut(button, "/")
	return slices.Contains([]string{"offer", "come", "reason", "agree", "decline"}, verb)
}

// fulfilAside does what was agreed to, where nothing more has to be asked for it.
func (d *deed) fulfilAside() error {
	if err := d.offerGone(); err != nil {
		return err
	}
	if d.out.do {
		done, err := d.fulfil()
		if err != nil {
			return err
		}
		if !done {
			d.say("human.still", nil)
		}
	}
	d.st.reset()
	return nil
}

// aside does what an announcement's button says while a person has the
// conversation, and goes back to being silent.
func (d *deed) aside(in Interpretation) error {
	d.out = apply(d.st, in, d.facts())
	if err := d.effects(); err != nil {
		return err
	}
	if d.out.do {
		if err := d.fulfilAside(); err != nil {
			return err
		}
	}
	if len(d.text) == 0 {
		return save(d.tx, d.conversation, d.st)
	}
	d.turn.Buttons, d.out.buttons, d.out.expects = nil, nil, ExpectOperator
	return d.finish()
}
