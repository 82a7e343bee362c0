package assistant

import (
	"errors"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
	"okoshko/storage"
)

// otherParts lists the other appointments of the same visit that are still to happen.
func (h *house) otherParts(tx *storage.Tx, ap booking.Appointment) (parts []booking.Appointment, err error) {
	if ap.Visit == "" || !ap.Status.Open() {
		return nil, nil
	}
	all, err := booking.OfVisit(tx, ap.Visit)
	for _, a := range all {
		if a.Number != ap.Number && a.Status.Open() {
			parts = append(parts, a)
		}
	}
	return parts, err
}

// shiftedVisit is where the appointments are when all are moved by as much.
func shiftedVisit(all []booking.Appointment, by time.Duration) (v booking.Visit) {
	for _, a := range all {
		to := a.Slot
		to.Start, to.End = to.Start.Add(by), to.End.Add(by)
		v.Slots = append(v.Slots, to)
	}
	slices.SortFunc(v.Slots, func(a, b booking.Slot) int { return a.Start.Compare(b.Start) })
	return v
}

// decideVisit moves or cancels a whole visit in one commit, from the version of the
// appointment that the operator saw, and tells the visitor once.
func (a *Assistant) decideVisit(tx *storage.Tx, h *house, op Operator, dec Decision) (card AppointmentCard, err error) {
	now := a.now()
	ap, err := booking.Current(tx, dec.Number, dec.Version)
	if err != nil {
		return card, err
	}
	var changed []booking.Appointment
	if dec.Verb == "cancel" {
		changed, err = h.calendar.CancelVisit(tx, ap.Visit, dec.change(op), now)
	} else {
		var parts []booking.Appointment
		if parts, err = h.otherParts(tx, ap); err != nil {
			return card, err
		}
		changed, err = h.calendar.MoveVisit(tx, ap.Visit, shiftedVisit(append(parts, ap), dec.Start.Sub(ap.Start)), dec.change(op), now)
	}
	if err != nil {
		return card, err
	}
	if err := a.notifyVisit(tx, h, changed, dec); err != nil {
		return card, err
	}
	if ap, err = booking.Get(tx, dec.Number); err != nil {
		return card, err
	}
	return h.card(tx, ap)
}

// notifyVisit tells of a changed visit in the visitor's conversation, where there still
// is one.
func (a *Assistant) notifyVisit(tx *storage.Tx, h *house, changed []booking.Appointment, dec Decision) error {
	conversation := changed[0].Conversation
	if conversation == "" {
		return nil
	}
	st, err := load(tx, conversation)
	if errors.Is(err, ErrExpired) {
		return nil
	}
	if err != nil {
		return err
	}
	d := deed{h: h, tx: tx, conversation: conversation, st: &st, now: a.now()}
	v := booking.Visit{}
	for _, one := range changed {
		v.Slots = append(v.Slots, one.Slot)
		d.turn.Appointments = append(d.turn.Appointments, *h.view(one, st.Lang))
	}
	args, id := d.visitArgs(v), "notice.visit.moved"
	args["reason"] = privacy.Strip(dec.because(h, st.Lang))
	if dec.Verb == "cancel" {
		id, args["list"] = "notice.visit.cancelled", strings.Join(d.lines(changed), "\n")
		if args["reason"] == "" {
			args["reason"] = prompts.Say(st.Lang, "notice.again", nil)
		}
	}
	d.say(id, args)
	if err := d.reopen(); err != nil { // what was asked before stays open
		return err
	}
	t := d.turn
	t.At, t.From, t.Text = a.now(), FromAssistant, capitals(strings.TrimSpace(d.text[0]))
	t.Notice, t.Appointment = true, &t.Appointments[0]
	return save(tx, conversation, &st, t)
}
