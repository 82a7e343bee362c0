package assistant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// Errors of what operators do.
var (
	// ErrNotOwner: another operator answers this conversation.
	ErrNotOwner = errors.New("conversation has another owner")
	// ErrVerb: a decision that does not exist.
	ErrVerb = errors.New("unknown decision")
)

// seen is the newest turn of each conversation that reception has opened, and
// readers that each operator has, by conversation/operator.
var (
	seen    = storage.NewTable[uint64]("assistant.seen")
	readers = storage.NewTable[uint64]("assistant.readers")
)

// forStaff words a text for reception: the phone is shown whole by
// [Assistant.Reveal] alone.
func forStaff(lang string, who privacy.Contact) teller {
	return teller{lang, person{who.Name, hidePhone(who.Phone), who.Email}}
}

func hidePhone(e164 string) string {
	if e164 == "" {
		return ""
	}
	return privacy.HidePhone(e164)
}

// Dialog returns a conversation as reception sees it, and writes to the journal
// that it was read.
func (a *Assistant) Dialog(_ context.Context, op Operator, conversation string) (d Dialog, err error) {
	h := a.house.Load()
	err = a.db.Update(func(tx *storage.Tx) error {
		st, err := load(tx, conversation)
		if err != nil {
			return err
		}
		d = Dialog{Page: st.Page, Source: st.Source}
		if d.Summary, err = h.summary(tx, glanceOf(conversation, 0, st)); err != nil {
			return err
		}
		who, err := contactOf(tx, st.Contact)
		if err != nil {
			return err
		}
		if d.Turns, err = shown(tx, conversation, st, 0, forStaff(st.Lang, who)); err != nil {
			return err
		}
		for i := range d.Turns {
			d.Turns[i].Me = "" // the link is the visitor's alone
		}
		all, err := booking.OfConversation(tx, conversation)
		if err != nil {
			return err
		}
		for _, ap := range all {
			card, err := h.card(tx, ap)
			if err != nil {
				return err
			}
			d.Appointments = append(d.Appointments, card)
		}
		read := []byte(conversation + "/" + op.ID)
		if last, err := readers.Get(tx, read); err == nil && last == st.Seq {
			return nil // read already by this operator: nothing new was shown
		}
		if err := errors.Join(seen.Put(tx, []byte(conversation), st.Seq), readers.Put(tx, read, st.Seq)); err != nil {
			return err
		}
		return audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "conversation.read", Object: conversation})
	})
	if err != nil {
		return Dialog{}, err // what is not in the journal was not read
	}
	return d, nil
}

// Take makes the operator the one who answers; the assistant is silent until
// [Assistant.Return]. It returns [ErrNotOwner] where a colleague answers.
func (a *Assistant) Take(_ context.Context, op Operator, conversation string) error {
	return a.change(conversation, func(tx *storage.Tx, st *State) ([]Turn, error) {
		if st.Owner.Kind == OwnerOperator && st.Owner.Operator != op.ID {
			return nil, ErrNotOwner
		}
		st.Owner = Owner{Kind: OwnerOperator, Operator: op.ID, Author: op.Name, Reason: st.Owner.Reason, Since: a.now()}
		return nil, audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "conversation.take", Object: conversation})
	})
}

// Return gives the conversation back to the assistant, which begins anew with
// what it can do. It returns [ErrNotOwner] where a colleague answers, and does
// nothing where the assistant does.
func (a *Assistant) Return(_ context.Context, op Operator, conversation string) error {
	h := a.house.Load()
	return a.change(conversation, func(tx *storage.Tx, st *State) ([]Turn, error) {
		if st.Owner.Kind == OwnerOperator && st.Owner.Operator != op.ID {
			return nil, ErrNotOwner
		}
		if st.Owner.Kind == OwnerAssistant {
			return nil, nil
		}
		st.Owner = Owner{Kind: OwnerAssistant, Since: a.now()}
		st.Misses = 0
		st.reset()
		own, err := booking.OfConversation(tx, conversation)
		if err != nil {
			return nil, err
		}
		t := Turn{
			At: a.now(), From: FromAssistant, Text: prompts.Say(st.Lang, "human.back", nil), Expects: ExpectMore,
			Buttons: menu(st.Lang, len(upcoming(own, a.now())) > 0),
		}
		st.Asked, st.AskedAt = ExpectMore, st.Seq+1
		for _, b := range t.Buttons {
			st.Choices = append(st.Choices, b.ID)
		}
		err = audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "conversation.return", Object: conversation})
		return []Turn{t}, errors.Join(err, h.calendar.Release(tx, conversation))
	})
}

// Reply says something to the visitor as the operator, who becomes the owner. It
// returns [ErrTooLong], [ErrNotOwner] or a [NotKept].
func (a *Assistant) Reply(_ context.Context, op Operator, conversation, text string) (seq uint64, err error) {
	if utf8.RuneCountInString(text) > MaxText {
		return 0, ErrTooLong
	}
	h := a.house.Load()
	err = a.change(conversation, func(tx *storage.Tx, st *State) ([]Turn, error) {
		if st.Owner.Kind == OwnerOperator && st.Owner.Operator != op.ID {
			return nil, ErrNotOwner
		}
		st.Owner = Owner{Kind: OwnerOperator, Operator: op.ID, Author: op.Name, Reason: st.Owner.Reason, Since: a.now()}
		if err := h.mayKeep(st.Lang, text); err != nil {
			return nil, err
		}
		st.Asked, st.Choices = ExpectOperator, nil
		seq = st.Seq + 1
		own, err := contactOf(tx, st.Contact)
		if err != nil {
			return nil, err
		}
		t := Turn{At: a.now(), From: FromOperator, Author: op.Name, Text: h.tagged(st.Lang, text, own), Expects: ExpectOperator}
		return []Turn{t}, audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "conversation.reply", Object: conversation})
	})
	return seq, err
}

// change alters a conversation in one commit and tells its subscribers.
func (a *Assistant) change(conversation string, fn func(*storage.Tx, *State) ([]Turn, error)) error {
	err := a.db.Update(func(tx *storage.Tx) error {
		st, err := load(tx, conversation)
		if err != nil {
			return err
		}
		turns, err := fn(tx, &st)
		if err != nil {
			return err
		}
		return save(tx, conversation, &st, turns...)
	})
	if err != nil {
		return err
	}
	a.committed()
	a.feed.publish(conversation)
	return nil
}

// Appointments lists the appointments that the filter chooses, by start.
func (a *Assistant) Appointments(_ context.Context, f Filter) (cards []AppointmentCard, err error) {
	h := a.house.Load()
	err = a.db.View(func(tx *storage.Tx) (err error) {
		for ap := range booking.Between(tx, f.From, f.To, &err) {
			if len(f.Statuses) > 0 && !slices.Contains(f.Statuses, string(ap.Status)) {
				continue
			}
			card, err := h.card(tx, ap)
			if err != nil {
				return err
			}
			cards = append(cards, card)
		}
		return err
	})
	return cards, err
}

// Appointment returns one appointment, or [storage.ErrNotFound].
func (a *Assistant) Appointment(_ context.Context, number string) (card AppointmentCard, err error) {
	h := a.house.Load()
	err = a.db.View(func(tx *storage.Tx) error {
		ap, err := booking.Get(tx, number)
		if err != nil {
			return err
		}
		card, err = h.card(tx, ap)
		return err
	})
	return card, err
}

// Free lists up to limit free slots on a day of the clinic for what an
// appointment needs, so that reception can move it there.
func (a *Assistant) Free(_ context.Context, number string, day time.Time, limit int) (slots []booking.Slot, err error) {
	h := a.house.Load()
	err = a.db.View(func(tx *storage.Tx) error {
		ap, err := booking.Get(tx, number)
		if err != nil {
			return err
		}
		day = day.In(h.clinic.Location)
		from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, day.Location())
		slots, err = h.calendar.Free(tx, booking.Query{
			Service: ap.Slot.Service, Specialist: ap.Slot.Specialist, From: from, To: from.AddDate(0, 0, 1), Limit: limit, Ignore: []string{number},
		}, a.now())
		return err
	})
	return slots, err
}

// Decide changes an appointment on an operator's word, and tells the visitor in
// the conversation. It returns [booking.ErrStale] where the appointment is not
// the version the operator saw, and a [booking.Refusal] where the time is taken.
func (a *Assistant) Decide(_ context.Context, op Operator, dec Decision) (card AppointmentCard, err error) {
	h := a.house.Load()
	var conversation string
	err = a.db.Update(func(tx *storage.Tx) error {
		before, err := booking.Get(tx, dec.Number)
		if err != nil {
			return err
		}
		dec.Reason = h.impersonal(h.clinic.Languages[0], dec.Reason)
		if err := dec.sound(h.clinic); err != nil {
			return err
		}
		if dec.Whole && before.Visit != "" && (dec.Verb == "move" || dec.Verb == "cancel") {
			conversation = before.Conversation
			card, err = a.decideVisit(tx, h, op, dec)
			return err
		}
		ap, err := a.carryOut(tx, h, op, dec)
		if err != nil {
			return err
		}
		conversation = ap.Conversation
		if ap.Version != before.Version { // else it was so already, and has been told
			if err := a.notify(tx, h, ap, dec); err != nil {
				return err
			}
		}
		card, err = h.card(tx, ap)
		return err
	})
	if err != nil {
		return card, err
	}
	a.committed()
	a.stir()
	if conversation != "" {
		a.feed.publish(conversation)
	}
	return card, nil
}

func (a *Assistant) carryOut(tx *storage.Tx, h *house, op Operator, dec Decision) (booking.Appointment, error) {
	by := dec.change(op)
	now := a.now()
	switch dec.Verb {
	case "confirm":
		return h.calendar.Confirm(tx, dec.Number, dec.Version, by, now)
	case "decline":
		return h.calendar.Decline(tx, dec.Number, dec.Version, by, now)
	case "cancel":
		return h.calendar.Cancel(tx, dec.Number, dec.Version, by, now)
	case "arrived":
		return h.calendar.Arrived(tx, dec.Number, dec.Version, by, now)
	case "no-show":
		return h.calendar.NoShow(tx, dec.Number, dec.Version, by, now)
	case "move":
		ap, err := booking.Get(tx, dec.Number)
		if err != nil {
			return ap, err
		}
		to := ap.Slot
		to.Start, to.End = dec.Start.UTC(), dec.Start.UTC().Add(ap.Slot.End.Sub(ap.Slot.Start))
		return h.calendar.Move(tx, dec.Number, dec.Version, to, by, now)
	}
	return booking.Appointment{}, fmt.Errorf("%q: %w", dec.Verb, ErrVerb)
}

// notices are what a visitor is told of a decision; of arrived and no-show no word is
// said, and only the appointment's card changes.
var notices = map[string]string{
	"confirm": "notice.confirmed", "decline": "notice.declined", "move": "notice.moved", "cancel": "notice.cancelled",
	"arrived": "", "no-show": "",
}

// notify appends the news to the visitor's conversation, where there still is one.
func (a *Assistant) notify(tx *storage.Tx, h *house, ap booking.Appointment, dec Decision) error {
	id, ok := notices[dec.Verb]
	if !ok || ap.Conversation == "" {
		return nil
	}
	st, err := load(tx, ap.Conversation)
	if errors.Is(err, ErrExpired) {
		return nil
	}
	if err != nil {
		return err
	}
	if id == "" {
		t := Turn{At: a.now(), From: FromAssistant, Notice: true, Appointment: h.view(ap, st.Lang), Expects: st.Asked}
		return save(tx, ap.Conversation, &st, t)
	}
	d := deed{h: h, tx: tx, conversation: ap.Conversation, st: &st, now: a.now()}
	args := d.argsOf(ap)
	args["number"], args["reason"] = ap.Number, dec.because(h, st.Lang)
	if args["reason"] == "" && (dec.Verb == "decline" || dec.Verb == "cancel") {
		args["reason"] = prompts.Say(st.Lang, "notice.again", nil)
	}
	d.say(id, args)
	if err := d.reopen(); err != nil { // what was asked before stays open
		return err
	}
	t := d.turn
	t.At, t.From, t.Text = a.now(), FromAssistant, capitals(strings.TrimSpace(d.text[0]))
	t.Notice, t.Appointment = true, h.view(ap, st.Lang)
	return save(tx, ap.Conversation, &st, t)
}

// Reveal returns a contact whole to an operator, who says why; the journal
// keeps that.
func (a *Assistant) Reveal(_ context.Context, op Operator, contact, reason string) (c privacy.Contact, err error) {
	err = a.db.Update(func(tx *storage.Tx) (err error) {
		c, err = privacy.Reveal(tx, contact, op.ID, reason, a.now())
		return err
	})
	a.alarmed()
	if err != nil {
		return privacy.Contact{}, err
	}
	return c, nil
}

// ConsentText returns a version of a consent text, or [storage.ErrNotFound].
func (a *Assistant) ConsentText(_ context.Context, version string) (t privacy.ConsentText, err error) {
	err = a.db.View(func(tx *storage.Tx) (err error) {
		t, err = privacy.Text(tx, version)
		return err
	})
	return t, err
}
