package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"okoshko/storage"
)

// State is how far a delivery is.
type State string

// The states of a delivery.
const (
	Waiting   State = "waiting"   // for its first or next attempt
	Done      State = "delivered" // the receiver has it
	GivenUp   State = "failed"    // no attempt is left; Resend begins anew
	Abandoned State = "dropped"   // there was nothing to send: the person is erased
)

// Attempt is one try to deliver. It holds no personal data.
type Attempt struct {
	At     time.Time     `json:"at"`
	Took   time.Duration `json:"took,omitempty"`
	Status int           `json:"status,omitempty"` // of HTTP; 0: no answer
	Error  string        `json:"error,omitempty"`  // "" and Status 0: under way, or cut off by a stop of the process
}

// Delivery is an event on its way to one receiver.
type Delivery struct {
	ID       string // event id, dot, receiver
	Receiver string
	Event    Event
	State    State
	Attempts []Attempt
	Round    int       // attempts since the first or since Resend: the place in the schedule
	Next     time.Time // of the next attempt while waiting
}

// record is a delivery as it is stored.
type record struct {
	Seq      uint64    `json:"seq"`
	Receiver string    `json:"receiver"`
	State    State     `json:"state"`
	Attempts []Attempt `json:"attempts,omitempty"`
	Round    int       `json:"round,omitempty"`
	Next     time.Time `json:"next,omitzero"`
}

// wait is what [Next] must know of a waiting delivery.
type wait struct {
	Subject string    `json:"subject"`
	Next    time.Time `json:"next"`
}

// maxAttempts kept of one delivery; of more the oldest are dropped. A schedule
// has ten, resending adds to them.
const maxAttempts = 50

func deliveryKey(seq uint64, receiver string) []byte { return append(eventKey(seq), receiver...) }

func waitingKey(receiver string, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(receiver), 0), seq)
}

// put stores the record and keeps the table of waiting ones in step.
func (r record) put(tx *storage.Tx, subject string) error {
	if extra := len(r.Attempts) - maxAttempts; extra > 0 {
		r.Attempts = r.Attempts[extra:]
	}
	if err := deliveries.Put(tx, deliveryKey(r.Seq, r.Receiver), r); err != nil {
		return err
	}
	key := waitingKey(r.Receiver, r.Seq)
	if r.State != Waiting {
		return waiting.Delete(tx, key)
	}
	return waiting.Put(tx, key, wait{Subject: subject, Next: r.Next})
}

func (r record) delivery(tx *storage.Tx) (Delivery, error) {
	e, err := events.Get(tx, eventKey(r.Seq))
	if err != nil {
		return Delivery{}, fmt.Errorf("event %d of a delivery: %w", r.Seq, err)
	}
	return Delivery{
		ID: e.ID + "." + r.Receiver, Receiver: r.Receiver, Event: e,
		State: r.State, Attempts: r.Attempts, Round: r.Round, Next: r.Next,
	}, nil
}

// Get returns the delivery with this id, or [storage.ErrNotFound].
func Get(tx *storage.Tx, id string) (Delivery, error) {
	r, err := find(tx, id)
	if err != nil {
		return Delivery{}, err
	}
	return r.delivery(tx)
}

func find(tx *storage.Tx, id string) (record, error) {
	event, receiver, _ := strings.Cut(id, ".")
	seq, err := ids.Get(tx, []byte(event))
	if err != nil {
		return record{}, err
	}
	return deliveries.Get(tx, deliveryKey(seq, receiver))
}

// Next returns the oldest delivery to the receiver that is due at now; when
// none is, nil and the time when one will be, zero when none waits. A delivery
// is not due while an earlier one of its subject waits.
func Next(tx *storage.Tx, receiver string, now time.Time) (d *Delivery, due time.Time, err error) {
	held := make(map[string]bool)
	from, to := storage.Prefix(append([]byte(receiver), 0))
	for k, w := range waiting.Range(tx, from, to, &err) {
		if held[w.Subject] {
			continue
		}
		held[w.Subject] = true
		if w.Next.After(now) {
			if due.IsZero() || w.Next.Before(due) {
				due = w.Next
			}
			continue
		}
		r, err := deliveries.Get(tx, deliveryKey(seqOf(k), receiver))
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("delivery of event %d to %s: %w", seqOf(k), receiver, err)
		}
		found, err := r.delivery(tx)
		return &found, now, err
	}
	return nil, due, err
}

func seqOf(waitingKey []byte) uint64 { return binary.BigEndian.Uint64(waitingKey[len(waitingKey)-8:]) }

// Began records that an attempt is being made, before it is: a process that
// dies in the middle makes the next one at retry, not at once and for ever.
func Began(tx *storage.Tx, id string, now, retry time.Time) error {
	return change(tx, id, func(r *record) {
		r.Attempts = append(r.Attempts, Attempt{At: now})
		r.Round++
		r.Next = retry
	})
}

// Delivered records that the attempt succeeded.
func Delivered(tx *storage.Tx, id string, a Attempt) error {
	return change(tx, id, func(r *record) {
		r.end(a)
		r.State = Done
	})
}

// Failed records that the attempt failed and when to make the next; the zero
// time gives the delivery up.
func Failed(tx *storage.Tx, id string, a Attempt, next time.Time) error {
	return change(tx, id, func(r *record) {
		r.end(a)
		r.Next = next
		if next.IsZero() {
			r.State = GivenUp
		}
	})
}

// Interrupted records that the attempt was cut off by the sender's own stop. It
// does not count, and the delivery is due again.
func Interrupted(tx *storage.Tx, id string, a Attempt) error {
	return change(tx, id, func(r *record) {
		r.end(a)
		r.Round = max(r.Round-1, 0)
		r.Next = a.At
	})
}

// Drop records that there is nothing to send.
func Drop(tx *storage.Tx, id string) error {
	return change(tx, id, func(r *record) { r.State = Abandoned })
}

// Resend makes a delivery due now, whatever became of it, and begins its
// schedule anew. It answers [storage.ErrNotFound] when there is none of this id.
func Resend(tx *storage.Tx, id string, now time.Time) error {
	return change(tx, id, func(r *record) { r.State, r.Next, r.Round = Waiting, now, 0 })
}

// end completes the attempt that began last.
func (r *record) end(a Attempt) {
	if n := len(r.Attempts); n > 0 {
		a.At = r.Attempts[n-1].At
		r.Attempts[n-1] = a
	}
}

func change(tx *storage.Tx, id string, fn func(*record)) error {
	r, err := find(tx, id)
	if err != nil {
		return fmt.Errorf("delivery %s: %w", id, err)
	}
	e, err := events.Get(tx, eventKey(r.Seq))
	if err != nil {
		return fmt.Errorf("delivery %s: %w", id, err)
	}
	fn(&r)
	return r.put(tx, e.Subject)
}

// Hasten makes due now what waits for a receiver that could not be reached and
// now perhaps can: the oldest limit deliveries (0: all) to whose last attempt
// down says yes. The attempt that follows does not use up a place in the
// schedule.
func Hasten(tx *storage.Tx, receiver string, now time.Time, limit int, down func(Attempt) bool) error {
	var err error
	from, to := storage.Prefix(append([]byte(receiver), 0))
	hastened := 0
	for k, w := range waiting.Range(tx, from, to, &err) {
		if !w.Next.After(now) {
			continue
		}
		r, err := deliveries.Get(tx, deliveryKey(seqOf(k), receiver))
		if err != nil {
			return fmt.Errorf("delivery of event %d to %s: %w", seqOf(k), receiver, err)
		}
		if n := len(r.Attempts); n == 0 || !down(r.Attempts[n-1]) {
			continue
		}
		r.Next, r.Round = now, max(r.Round-1, 0)
		if err := r.put(tx, w.Subject); err != nil {
			return err
		}
		if hastened++; hastened == limit {
			break
		}
	}
	return err
}

// Filter chooses deliveries; what is empty chooses all.
type Filter struct {
	Receiver string
	State    State
	Before   uint64 // events with a lower number, to page
	Limit    int    // at most so many; 0 means 100
}

// Deliveries returns deliveries, those of the newest events first.
func Deliveries(tx *storage.Tx, f Filter) (found []Delivery, err error) {
	var to []byte
	if f.Before > 0 {
		to = eventKey(f.Before)
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	for _, r := range deliveries.Backward(tx, nil, to, &err) {
		if f.Receiver != "" && r.Receiver != f.Receiver || f.State != "" && r.State != f.State {
			continue
		}
		d, err := r.delivery(tx)
		if err != nil {
			return nil, err
		}
		if found = append(found, d); len(found) == f.Limit {
			break
		}
	}
	return found, err
}

// Queue is how a receiver stands.
type Queue struct {
	Receiver string
	Waiting  int       // deliveries that wait
	Oldest   time.Time // when the oldest event among them happened
}

// Queues returns the receivers that were ever planned for.
func Queues(tx *storage.Tx) (queues []Queue, err error) {
	for name := range receivers.Range(tx, nil, nil, &err) {
		q := Queue{Receiver: string(name)}
		from, to := storage.Prefix(append(name, 0))
		var rangeErr error
		for k := range waiting.Range(tx, from, to, &rangeErr) {
			if q.Waiting++; q.Waiting > 1 {
				continue
			}
			e, err := events.Get(tx, eventKey(seqOf(k)))
			if err != nil && !errors.Is(err, storage.ErrNotFound) {
				return nil, err
			}
			q.Oldest = e.At
		}
		if rangeErr != nil {
			return nil, rangeErr
		}
		queues = append(queues, q)
	}
	return queues, err
}
