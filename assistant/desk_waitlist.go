package assistant

import (
	"context"
	"errors"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu/when"
	"okoshko/prompts"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// WaitCard is somebody who waits for a slot, as reception sees it.
type WaitCard struct {
	ID                    string // W-1
	ServiceID, Service    string
	SpecialistID          string // "" for anybody
	Specialist            string
	From, To, Joined      time.Time // of the wanted start, To not included
	Contact, Conversation string
	Name, Phone           string // of the contact; the phone masked
	Offer                 *OfferCard
	Passed                int // offers that came to nothing
}

// OfferCard is a slot that is offered to one who waits.
type OfferCard struct {
	Specialist, Branch string
	Start, Until       time.Time
}

// WaitingList is everybody who waits, the first to join first.
func (a *Assistant) WaitingList(context.Context) (list []WaitCard, err error) {
	h, now := a.house.Load(), a.now()
	err = a.db.View(func(tx *storage.Tx) error {
		waiting, err := booking.WaitingList(tx)
		if err != nil {
			return err
		}
		offers, err := h.calendar.OffersTo(tx, "", now)
		if err != nil {
			return err
		}
		list = nil
		for _, w := range waiting {
			card, err := h.waitCard(tx, w, offers)
			if err != nil {
				return err
			}
			list = append(list, card)
		}
		return nil
	})
	return list, err
}

func (h *house) waitCard(tx *storage.Tx, w booking.Waiting, offers []booking.Offer) (WaitCard, error) {
	zone, lang := h.clinic.Location, h.clinic.Languages[0]
	c := WaitCard{
		ID: w.ID, ServiceID: w.Service, Service: w.Service, SpecialistID: w.Specialist, Specialist: w.Specialist,
		From: w.From.In(zone), To: w.To.In(zone), Joined: w.Joined.In(zone),
		Contact: w.Contact, Conversation: w.Conversation, Passed: len(w.Passed),
	}
	if s, ok := h.clinic.Service(w.Service); ok {
		c.Service = s.Name.In(lang)
	}
	if s, ok := h.clinic.Specialist(w.Specialist); ok {
		c.Specialist = s.Name.In(lang)
	}
	for _, o := range offers {
		if o.ID != w.ID {
			continue
		}
		view := h.view(booking.Appointment{Slot: o.Slot}, lang)
		c.Offer = &OfferCard{view.Specialist, view.Branch, view.Start, o.Until.In(zone)}
	}
	who, err := contactOf(tx, w.Contact)
	c.Name, c.Phone = who.Name, hidePhone(who.Phone)
	return c, err
}

// RemoveWaiting takes somebody off the waiting list, and tells them where they wrote;
// what is offered to them goes to the next. Error: [storage.ErrNotFound].
func (a *Assistant) RemoveWaiting(_ context.Context, op Operator, id string) error {
	h := a.house.Load()
	var talk string
	err := a.db.Update(func(tx *storage.Tx) error {
		w, err := booking.WaitingEntry(tx, id)
		if err != nil {
			return err
		}
		talk = w.Conversation
		return errors.Join(
			booking.Leave(tx, id), a.tellRemoved(tx, h, w),
			audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "waitlist.removed", Object: id}),
		)
	})
	a.settled(err)
	if err == nil && talk != "" {
		a.feed.publish(talk)
	}
	return err
}

// tellRemoved says in the conversation that the visitor does not wait any more. What
// was asked there stays open, unless it was about what they waited for.
func (a *Assistant) tellRemoved(tx *storage.Tx, h *house, w booking.Waiting) error {
	d, err := a.announcer(tx, h, w.Conversation)
	if err != nil || d == nil {
		return err
	}
	first, last := dateOf(d.local(w.From)), dateOf(d.local(w.To.Add(-time.Second)))
	d.say("wait.removed", prompts.Args{"service": d.service(w.Service), "range": d.rangeOf(when.Constraint{Dates: &[2]when.Date{first, last}})})
	if d.st.Goal == GoalOffer && d.st.Target == w.ID {
		d.st.reset()
		d.st.Asked, d.st.AskedAt = ExpectMore, d.st.Seq+1
	} else if err := d.reopen(); err != nil {
		return err
	}
	d.turn.At, d.turn.From, d.turn.Text, d.turn.Expects = d.now, FromAssistant, capitals(lines(d.text)), d.st.Asked
	return save(tx, d.conversation, d.st, d.turn)
}
