package booking

import (
	"errors"
	"fmt"
	"time"

	"okoshko/storage"
)

// Hold keeps a slot for a conversation, for the clinic's time from now. What it held
// before is free again, also for others. Errors: a [Refusal], which leaves the earlier
// hold in place.
func (c *Calendar) Hold(tx *storage.Tx, s Slot, conversation string, now time.Time) (Hold, error) {
	if conversation == "" {
		return Hold{}, errors.New("a hold is a conversation's: none was given")
	}
	h := Hold{Slot: c.complete(s), Conversation: conversation}
	who := []string{byConversation(conversation)}
	grace, err := c.grace(tx, conversation, h.Slot, c.clinic.Booking.Hold, now)
	if err != nil {
		return Hold{}, err
	}
	all, err := c.fit(tx, wish{Slot: h.Slot, who: who, hold: conversation, grace: grace}, now)
	if err != nil {
		return Hold{}, err
	}
	return c.keep(tx, h, [][]Take{all}, now)
}

// HoldMove is Hold for an appointment that is about to be moved: its own slot does not
// block, and the limit of open appointments does not count.
func (c *Calendar) HoldMove(tx *storage.Tx, s Slot, conversation, number string, now time.Time) (Hold, error) {
	if conversation == "" {
		return Hold{}, errors.New("a hold is a conversation's: none was given")
	}
	h := Hold{Slot: c.complete(s), Conversation: conversation}
	all, err := c.fit(tx, wish{Slot: h.Slot, hold: conversation, ignore: []string{number}, grace: c.clinic.Booking.Hold}, now)
	if err != nil {
		return Hold{}, err
	}
	return c.keep(tx, h, [][]Take{all}, now)
}

// keep keeps what each slot of the hold takes.
func (c *Calendar) keep(tx *storage.Tx, h Hold, all [][]Take, now time.Time) (Hold, error) {
	if err := c.Release(tx, h.Conversation); err != nil {
		return Hold{}, err
	}
	h.Until = now.Add(c.clinic.Booking.Hold).Truncate(time.Second).UTC()
	h.Ends = c.ran(now).Add(c.clinic.Booking.Hold).Unix()
	for part, takes := range all {
		one := claim{Hold: h.Conversation, Until: h.Ends, Part: part}
		if err := occupy(tx, takes, holdRef(h.Conversation), one); err != nil {
			return Hold{}, err
		}
		h.Takes = append(h.Takes, takes...)
	}
	if err := errors.Join(c.clock.note(tx), holds.Put(tx, []byte(h.Conversation), h)); err != nil {
		return Hold{}, fmt.Errorf("hold of conversation %s: %w", h.Conversation, err)
	}
	return h, nil
}

// Held returns the live hold of a conversation, or [storage.ErrNotFound].
func (c *Calendar) Held(tx *storage.Tx, conversation string, now time.Time) (Hold, error) {
	if conversation == "" {
		return Hold{}, storage.ErrNotFound
	}
	h, err := holds.Get(tx, []byte(conversation))
	if err == nil && !live(h.Ends, c.clinic.Booking.Hold, c.ran(now)) {
		return Hold{}, storage.ErrNotFound
	}
	h.Until = c.lapses(h.Ends, h.Until, now)
	return h, err
}

// Release gives up what a conversation holds, if anything.
func (c *Calendar) Release(tx *storage.Tx, conversation string) error {
	if conversation == "" {
		return nil
	}
	h, err := holds.Get(tx, []byte(conversation))
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("hold of conversation %s: %w", conversation, err)
	}
	return errors.Join(
		vacate(tx, h.Takes, holdRef(conversation)),
		holds.Delete(tx, []byte(conversation)),
	)
}

// Sweep removes holds that have expired and says how many. They block nothing even
// before; swept, they take no room either.
func (c *Calendar) Sweep(tx *storage.Tx, now time.Time) (int, error) {
	var gone []string
	var err error
	for _, h := range holds.Range(tx, nil, nil, &err) {
		if !live(h.Ends, c.clinic.Booking.Hold, c.ran(now)) {
			gone = append(gone, h.Conversation)
		}
	}
	for _, conversation := range gone {
		err = errors.Join(err, c.Release(tx, conversation))
	}
	return len(gone), err
}

func holdRef(conversation string) string { return holdPrefix + conversation }
