package assistant

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"okoshko/assistant/nlu"
	"okoshko/prompts"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

// operatorPatience is how long an operator who has taken a conversation may be
// silent before a visitor who writes is waiting again.
const operatorPatience = 15 * time.Minute

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
	if d.h.unkept(in.Reading) { // whoever answers cannot read it
		d.say("data.health", prompts.Args{"phone": showPhone(d.h.clinic.Phone)})
		d.out.expects = ExpectOperator
		return d.finish()
	}
	asked := d.st.Asked == ExpectConsent && in.Seq > d.st.AskedAt
	agreed := in.Button == "yes/"+strconv.FormatUint(d.st.AskedAt, 10)
	for _, c := range in.Commands {
		switch {
		case c.Do == nlu.Affirm && asked:
			agreed = true
		case c.Value == "" || c.Field != "" && !asksFor(d.h.clinic, c.Field):
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
