package assistant

import (
	"errors"
	"time"

	"okoshko/storage"
)

// keeps is the slot that is kept for a conversation now, and until when; nil
// where none is.
func (h *house) keeps(tx *storage.Tx, conversation string, st *State, now time.Time) (*HoldView, error) {
	if st.Request.Slot == nil {
		return nil, nil
	}
	zone := h.clinic.Location
	if st.Offer != nil {
		if !now.Before(st.Offer.Until) {
			return nil, nil
		}
		return &HoldView{Start: st.Offer.Slot.Start.In(zone), Until: st.Offer.Until.In(zone)}, nil
	}
	held, err := h.calendar.Held(tx, conversation, now)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &HoldView{Start: held.Start.In(zone), Until: held.Until.In(zone)}, nil
}

// showHold puts on the reply until when the chosen slot is kept. A reply without
// it says that none is.
func (d *deed) showHold() (err error) {
	d.turn.Hold, err = d.h.keeps(d.tx, d.conversation, d.st, d.now)
	return err
}
