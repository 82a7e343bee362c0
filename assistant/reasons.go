package assistant

import (
	"errors"
	"slices"
	"strings"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/prompts"
	"okoshko/storage"
)

// Why a visitor cancels is asked once it is cancelled: the slot is free at once,
// and nobody has to explain. The buttons name the appointments and one of the
// clinic's reasons, or none: reason/NUMBER,NUMBER/ID, reason/NUMBER/-.
const noReason = "-"

func reasonID(numbers, id string) string { return "reason/" + numbers + "/" + id }

// askReason asks why, by buttons that may be left alone.
func (d *deed) askReason(gone ...booking.Appointment) {
	all := d.h.clinic.Reasons(clinic.OfVisitor)
	if len(all) == 0 || len(gone) == 0 {
		return
	}
	var list []string
	for _, a := range gone {
		list = append(list, a.Number)
	}
	numbers := strings.Join(list, ",")
	d.say("cancel.why", nil)
	for _, r := range all {
		d.turn.Buttons = append(d.turn.Buttons, Button{reasonID(numbers, r.ID), r.Name.In(d.st.Lang)})
	}
	d.turn.Buttons = append(d.turn.Buttons, Button{reasonID(numbers, noReason), capitals(prompts.Say(d.st.Lang, "cancel.why.skip", nil))})
}

// pressReason takes the reason of what was cancelled.
func (t *turn) pressReason(button string) {
	t.moved = true
	t.out.effect(effectReason, button)
}

// explain notes the reason and thanks. A reason that the clinic no longer lists,
// or that was given before, is left.
func (d *deed) explain(button string) error {
	numbers, id, ok := strings.Cut(strings.TrimPrefix(button, "reason/"), "/")
	if !ok {
		return nil
	}
	mine, err := booking.OfConversation(d.tx, d.conversation)
	if err != nil {
		return err
	}
	d.say("cancel.thanks", nil)
	for _, number := range strings.Split(numbers, ",") {
		own := slices.ContainsFunc(mine, func(a booking.Appointment) bool { return a.Number == number })
		if !own || id == noReason {
			continue
		}
		_, err := d.h.calendar.Explain(d.tx, number, booking.Change{Author: "visitor", ReasonID: id}, d.now)
		_, wrong := errors.AsType[*booking.WrongStatus](err)
		if err != nil && !wrong && !errors.Is(err, booking.ErrReason) && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	return nil
}
