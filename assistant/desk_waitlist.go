package assistant

import (
	"context"
	"time"

	"okoshko/assistant/booking"
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

// RemoveWaiting takes somebody off the waiting list; what is offered to them goes to
// the next. Nobody is told: who removes it has spoken with them. Error:
// [storage.ErrNotFound].
func (a *Assistant) RemoveWaiting(_ context.Context, op Operator, id string) error {
	err := a.db.Update(func(tx *storage.Tx) error {
		if _, err := booking.WaitingEntry(tx, id); err != nil {
			return err
		}
		if err := booking.Leave(tx, id); err != nil {
			return err
		}
		return audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "waitlist.removed", Object: id})
	})
	a.settled(err)
	return err
}
