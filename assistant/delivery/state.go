package delivery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// stopped is a receiver that answered 410: it wants no more.
type stopped struct {
	At      time.Time `json:"at"`
	Address []byte    `json:"address"` // keyed hash of the address that said so
}

var stops = storage.NewTable[stopped]("delivery.stopped") // by receiver

func addressOf(tx *storage.Tx, to clinic.Receiver) []byte {
	return tx.Index("delivery.address", to.URL)
}

func stop(tx *storage.Tx, to clinic.Receiver, now time.Time) error {
	return stops.Put(tx, []byte(to.Name), stopped{At: now, Address: addressOf(tx, to)})
}

func stopOf(tx *storage.Tx, to clinic.Receiver) (time.Time, error) {
	s, err := stops.Get(tx, []byte(to.Name))
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, fmt.Errorf("receiver %s: %w", to.Name, err)
	case !bytes.Equal(s.Address, addressOf(tx, to)):
		return time.Time{}, nil // it was another system
	}
	return s.At, nil
}

// Receiver is how a receiver stands.
type Receiver struct {
	clinic.Receiver
	Stopped time.Time // when it answered 410; zero: it is served
	Waiting int       // deliveries that wait
	Oldest  time.Time // when the oldest event among them happened
}

// Receivers returns how the configured receivers stand.
func (r *Relay) Receivers(ctx context.Context) (found []Receiver, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	configured := r.receivers
	r.mu.Unlock()
	err = r.conf.DB.View(func(tx *storage.Tx) error {
		queues, err := outbox.Queues(tx)
		if err != nil {
			return err
		}
		for _, to := range configured {
			one := Receiver{Receiver: to}
			if one.Stopped, err = stopOf(tx, to); err != nil {
				return err
			}
			for _, q := range queues {
				if q.Receiver == to.Name {
					one.Waiting, one.Oldest = q.Waiting, q.Oldest
				}
			}
			found = append(found, one)
		}
		return nil
	})
	return found, err
}

// Deliveries returns deliveries with their attempts, those of the newest events
// first.
func (r *Relay) Deliveries(ctx context.Context, f outbox.Filter) (found []outbox.Delivery, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = r.conf.DB.View(func(tx *storage.Tx) error {
		found, err = outbox.Deliveries(tx, f)
		return err
	})
	return found, err
}

// Resend makes a delivery due now, whatever became of it, and begins its
// schedule anew; a receiver that had stopped is served again. It answers
// [storage.ErrNotFound] when there is no delivery of this id.
func (r *Relay) Resend(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var receiver string
	err := r.conf.DB.Update(func(tx *storage.Tx) error {
		d, err := outbox.Get(tx, id)
		if err != nil {
			return err
		}
		receiver = d.Receiver
		return errors.Join(outbox.Resend(tx, id, r.conf.Now()), stops.Delete(tx, []byte(receiver)))
	})
	if err != nil {
		return err
	}
	r.hurry(receiver)
	return nil
}

// Resume serves a receiver again that had stopped, at once.
func (r *Relay) Resume(ctx context.Context, receiver string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := r.conf.DB.Update(func(tx *storage.Tx) error {
		if err := stops.Delete(tx, []byte(receiver)); err != nil {
			return err
		}
		return outbox.Hasten(tx, receiver, r.conf.Now(), 0, func(outbox.Attempt) bool { return true })
	})
	if err != nil {
		return err
	}
	r.hurry(receiver)
	return nil
}

// hurry has a receiver's queue looked at although it may be left in peace.
func (r *Relay) hurry(receiver string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if w := r.workers[receiver]; w != nil {
		w.urgent.Store(true)
		w.nudge()
	}
}
