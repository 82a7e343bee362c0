package assistant

import (
	"context"
	"fmt"
	"time"

	"okoshko/storage"
)

// attendEvery is how often the house looks for what time alone has brought.
const attendEvery = 5 * time.Second

// Attend does what nobody asks for and time or others bring: it offers what
// became free to those who wait, and reminds of appointments. It may be called
// at any time and by several at once; [Assistant.Run] does so every few seconds
// and after what may have freed a slot. It writes nothing where nothing is due, and does
// nothing while the house is not sure of the time.
func (a *Assistant) Attend(ctx context.Context) error {
	if !a.clock.Sure() { // a wrong clock must not remind everybody of everything
		return nil
	}
	h, now := a.house.Load(), a.now()
	due := false
	err := a.db.View(func(tx *storage.Tx) (err error) {
		due, err = a.due(tx, h, now)
		return err
	})
	if err != nil || !due {
		return err
	}
	var told []string
	err = a.db.Update(func(tx *storage.Tx) (err error) {
		told, err = a.attend(ctx, tx, h, a.now())
		return err
	})
	if err != nil {
		return fmt.Errorf("offers and reminders: %w", err)
	}
	a.committed()
	for _, conversation := range told {
		a.feed.publish(conversation)
	}
	return nil
}

// due reports whether there is anything to attend to. It only reads.
func (a *Assistant) due(tx *storage.Tx, h *house, now time.Time) (bool, error) {
	due, err := h.calendar.OffersDue(tx, now)
	if err != nil || due {
		return due, err
	}
	return a.remindersDue(tx, h, now)
}

func (a *Assistant) attend(ctx context.Context, tx *storage.Tx, h *house, now time.Time) (told []string, err error) {
	made, err := h.calendar.Offers(tx, now)
	if err != nil {
		return nil, err
	}
	for _, o := range made {
		d, err := a.announcer(tx, h, o.Conversation)
		if err == nil && d != nil {
			_, err = d.announce(d.offerText(o))
			told = append(told, o.Conversation)
		}
		if err != nil { // one that is damaged must not keep the others waiting
			a.log.ErrorContext(ctx, "offer", "conversation", o.Conversation, "err", err)
		}
	}
	reminded, err := a.remind(ctx, tx, h, now)
	if len(reminded) == remindAtOnce {
		a.stir()
	}
	return append(told, reminded...), err
}

// stir has what became free looked at now and not seconds later.
func (a *Assistant) stir() {
	select {
	case a.stirred <- struct{}{}:
	default:
	}
}

// attendAlways attends until ctx is done. What goes wrong is told and tried
// again: it must not end the answers.
func (a *Assistant) attendAlways(ctx context.Context) {
	every := time.NewTicker(attendEvery)
	defer every.Stop()
	for {
		if err := a.Attend(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "attend", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		case <-a.stirred:
		}
	}
}
