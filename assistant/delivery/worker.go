package delivery

import (
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// idle is how long a worker sleeps that has nothing to wait for: wakings are
// how it learns of events, this is for one that was forgotten.
const idle = time.Minute

// worker delivers to one receiver, one delivery at a time.
type worker struct {
	relay  *Relay
	wake   chan struct{}
	urgent atomic.Bool // a person asked: do not wait for the pause to end

	// Of the goroutine in run:
	random *rand.Rand
	pause  time.Time // the receiver is left in peace until then
	misses int       // attempts in a row that did not reach it
	back   bool      // it answered since the start or the last miss
}

func newWorker(r *Relay, receiver string) *worker {
	h := fnv.New64a()
	h.Write([]byte(receiver))
	return &worker{relay: r, wake: make(chan struct{}, 1), random: rand.New(rand.NewPCG(r.conf.Seed, h.Sum64()))}
}

func (w *worker) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run delivers until ctx ends or the receivers change.
func (w *worker) run(ctx context.Context, to clinic.Receiver, changed <-chan struct{}) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			return nil
		case <-w.wake:
		case <-timer.C:
		}
		wait, err := w.work(ctx, to, changed)
		if err != nil {
			return err
		}
		timer.Reset(wait)
	}
}

// work delivers all that is due and returns how long to sleep.
func (w *worker) work(ctx context.Context, to clinic.Receiver, changed <-chan struct{}) (time.Duration, error) {
	for {
		select {
		case <-ctx.Done():
			return idle, nil
		case <-changed:
			return idle, nil
		default:
		}
		if w.urgent.Swap(false) {
			w.pause = time.Time{}
		}
		now := w.relay.conf.Now()
		if rest := w.pause.Sub(now); rest > 0 {
			return rest, nil
		}
		d, wait, err := w.next(to, now)
		if err != nil || d == nil {
			return wait, err
		}
		if err := w.deliver(ctx, to, *d); err != nil {
			return 0, err
		}
	}
}

// next returns what is due, or how long to sleep. It costs a commit only when
// there are new events.
func (w *worker) next(to clinic.Receiver, now time.Time) (d *outbox.Delivery, wait time.Duration, err error) {
	var (
		due     time.Time
		planned bool
		halted  time.Time
		frozen  string
	)
	look := func(tx *storage.Tx) error {
		var stopErr, planErr, nextErr, frozenErr error
		frozen, frozenErr = privacy.Frozen(tx)
		halted, stopErr = stopOf(tx, to)
		planned, planErr = outbox.Planned(tx, to.Name)
		d, due, nextErr = outbox.Next(tx, to.Name, now)
		return errors.Join(stopErr, planErr, nextErr, frozenErr)
	}
	err = w.relay.conf.DB.View(look)
	if err == nil && !planned {
		err = w.relay.conf.DB.Update(func(tx *storage.Tx) error {
			if err := plan(tx, to); err != nil {
				return err
			}
			if !w.back { // news are a reason to see whether the receiver is there again
				if err := outbox.Hasten(tx, to.Name, now, 1, unreached); err != nil {
					return err
				}
			}
			return look(tx)
		})
	}
	switch {
	case err != nil:
		return nil, 0, err
	case !halted.IsZero() || frozen != "": // an incident: nothing leaves the house
		return nil, idle, nil
	case d != nil:
		return d, 0, nil
	case due.IsZero():
		return nil, idle, nil
	}
	return nil, min(due.Sub(now), idle), nil
}

// deliver makes one attempt: rendered, recorded, sent, recorded.
func (w *worker) deliver(ctx context.Context, to clinic.Receiver, d outbox.Delivery) error {
	db, log := w.relay.conf.DB, w.relay.conf.Log.With("receiver", to.Name, "event", d.Event.ID, "attempt", d.Round+1)
	post, drop, problem := w.relay.prepare(to, d.Event)
	if drop {
		log.Info("nothing to deliver")
		return db.Update(func(tx *storage.Tx) error { return outbox.Drop(tx, d.ID) })
	}
	var entry uint64
	began := w.relay.conf.Now()
	err := db.Update(func(tx *storage.Tx) (err error) {
		if post != nil {
			e := Egress{At: began, Receiver: to.Name, Host: post.target.host, Event: d.Event.ID, Bytes: len(post.body)}
			if entry, err = recordEgress(tx, e); err != nil {
				return err
			}
		}
		return outbox.Began(tx, d.ID, began, began.Add(w.delay(min(d.Round+1, lastRound))))
	})
	if err != nil {
		return err
	}
	reply := answer{problem: problem}
	if post != nil {
		reply = w.relay.send(ctx, post)
	}
	return w.record(ctx, log, to, d, began, entry, reply)
}

// record writes down how an attempt ended.
func (w *worker) record(ctx context.Context, log *slog.Logger, to clinic.Receiver, d outbox.Delivery, began time.Time, entry uint64, reply answer) error {
	now := w.relay.conf.Now()
	a := outbox.Attempt{At: began, Took: now.Sub(began), Status: reply.status, Error: reply.problem}
	cutOff := ctx.Err() != nil && reply.status == 0
	if cutOff {
		a.Error = Interrupted
	}
	next := w.retry(d.Round, reply, now)
	err := w.relay.conf.DB.Update(func(tx *storage.Tx) error {
		if err := answered(tx, entry, reply.status); err != nil {
			return err
		}
		switch {
		case reply.ok():
			if err := outbox.Delivered(tx, d.ID, a); err != nil || w.back {
				return err
			}
			return outbox.Hasten(tx, to.Name, now, 0, unreached)
		case cutOff:
			return outbox.Interrupted(tx, d.ID, a)
		case reply.status == statusGone:
			if err := stop(tx, to, now); err != nil {
				return err
			}
		}
		return outbox.Failed(tx, d.ID, a, next)
	})
	if err != nil {
		return err
	}
	w.note(a, reply, now)
	switch {
	case reply.ok():
		log.Info("delivered", "status", a.Status, "took", a.Took)
	case next.IsZero():
		log.Error("delivery given up", "status", a.Status, "problem", a.Error)
	default:
		log.Warn("delivery failed", "status", a.Status, "problem", a.Error, "next", next)
	}
	return nil
}
