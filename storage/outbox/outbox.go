// Package outbox keeps events that are to be told to other systems, written in
// the same commit as what they tell of, until every receiver has them.
//
// It does not know how they are delivered, nor to whom beyond a receiver's
// name. An event holds ids and values, never a name or a phone: those are read
// when it is sent, so that an erased person is never sent.
//
// For each receiver and event there is a [Delivery]. Deliveries of one receiver
// are in order per subject: a later event about an appointment waits until the
// earlier ones are delivered or given up. They are made by [Plan], not by
// [Append], so that writing an event costs the same however many receivers
// there are. A receiver that is new begins at the present end.
//
// Tables:
//
//	outbox.events      sequence number → Event
//	outbox.ids         event id → sequence number
//	outbox.receivers   receiver → how far planned
//	outbox.deliveries  sequence number | receiver → Delivery without its event
//	outbox.waiting     receiver | 0 | sequence number → when next
package outbox

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"okoshko/storage"
)

// Event is a fact to be told.
type Event struct {
	Seq     uint64          `json:"seq"`     // order of happening, beginning with 1
	ID      string          `json:"id"`      // 26 random letters and digits, the same for every receiver and attempt
	Type    string          `json:"type"`    // "appointment.requested"
	Subject string          `json:"subject"` // id of what it is about
	At      time.Time       `json:"at"`
	Data    json.RawMessage `json:"data,omitempty"` // ids and values, never a name or phone
}

// cursor is how far a receiver's deliveries are made.
type cursor struct {
	Planned uint64 `json:"planned"` // events up to this number
}

var (
	events     = storage.NewTable[Event]("outbox.events")
	ids        = storage.NewTable[uint64]("outbox.ids")
	receivers  = storage.NewTable[cursor]("outbox.receivers")
	deliveries = storage.NewTable[record]("outbox.deliveries")
	waiting    = storage.NewTable[wait]("outbox.waiting")
)

func eventKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

// Append writes an event about subject; data is marshalled as JSON.
func Append(tx *storage.Tx, typ, subject string, at time.Time, data any) (Event, error) {
	e := Event{ID: rand.Text(), Type: typ, Subject: subject, At: at}
	if err := e.write(tx, data); err != nil {
		return Event{}, fmt.Errorf("event %s: %w", typ, err)
	}
	return e, nil
}

func (e *Event) write(tx *storage.Tx, data any) (err error) {
	if e.Data, err = json.Marshal(data); err != nil {
		return err
	}
	if e.Seq, err = tx.Sequence("outbox"); err != nil {
		return err
	}
	if err := ids.Put(tx, []byte(e.ID), e.Seq); err != nil {
		return err
	}
	return events.Put(tx, eventKey(e.Seq), *e)
}

// Plan makes the deliveries of the events that were appended since the last
// Plan for this receiver, of those that wants says yes to; nil wants all. The
// first Plan only marks the present end: from then on the receiver gets
// everything. Receivers' names hold no zero byte.
func Plan(tx *storage.Tx, receiver string, wants func(Event) bool) error {
	if err := plan(tx, receiver, wants); err != nil {
		return fmt.Errorf("planning for receiver %s: %w", receiver, err)
	}
	return nil
}

func plan(tx *storage.Tx, receiver string, wants func(Event) bool) error {
	if receiver == "" || strings.Contains(receiver, "\x00") {
		return fmt.Errorf("%q cannot name a receiver", receiver)
	}
	end, err := end(tx)
	if err != nil {
		return err
	}
	c, err := receivers.Get(tx, []byte(receiver))
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return receivers.Put(tx, []byte(receiver), cursor{Planned: end})
	case err != nil:
		return err
	case c.Planned >= end:
		return nil
	}
	var rangeErr error
	for _, e := range events.Range(tx, eventKey(c.Planned+1), nil, &rangeErr) {
		if wants != nil && !wants(e) {
			continue
		}
		r := record{Seq: e.Seq, Receiver: receiver, State: Waiting, Next: e.At}
		if err := r.put(tx, e.Subject); err != nil {
			return err
		}
	}
	if rangeErr != nil {
		return rangeErr
	}
	return receivers.Put(tx, []byte(receiver), cursor{Planned: end})
}

// Planned reports whether [Plan] has nothing to do for the receiver, so that
// a look need not be a commit.
func Planned(tx *storage.Tx, receiver string) (bool, error) {
	c, err := receivers.Get(tx, []byte(receiver))
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	end, err := end(tx)
	return c.Planned >= end, err
}

// end is the number of the newest event there is.
func end(tx *storage.Tx) (uint64, error) {
	var err error
	for _, e := range events.Backward(tx, nil, nil, &err) {
		return e.Seq, nil
	}
	return 0, err
}

// Prune deletes the events that happened before the given time and that no
// receiver waits for, with their settled deliveries. It keeps an event that was
// given up for some receiver, until it is resent or the receiver is forgotten.
func Prune(tx *storage.Tx, before time.Time) (deleted int, err error) {
	planned, err := leastPlanned(tx)
	if err != nil {
		return 0, err
	}
	var rangeErr error
	for k, e := range events.Range(tx, nil, nil, &rangeErr) {
		if e.Seq > planned || !e.At.Before(before) {
			continue // events may be written with times out of order
		}
		done, err := settled(tx, e.Seq)
		if err != nil {
			return deleted, err
		}
		if !done {
			continue
		}
		if err := e.delete(tx, k); err != nil {
			return deleted, err
		}
		deleted++
	}
	return deleted, rangeErr
}

func leastPlanned(tx *storage.Tx) (uint64, error) {
	least := ^uint64(0)
	var err error
	for _, c := range receivers.Range(tx, nil, nil, &err) {
		least = min(least, c.Planned)
	}
	return least, err
}

func settled(tx *storage.Tx, seq uint64) (bool, error) {
	var err error
	from, to := storage.Prefix(eventKey(seq))
	for _, r := range deliveries.Range(tx, from, to, &err) {
		if r.State == Waiting || r.State == GivenUp {
			return false, nil
		}
	}
	return true, err
}

func (e Event) delete(tx *storage.Tx, key []byte) error {
	var err error
	from, to := storage.Prefix(eventKey(e.Seq))
	for k := range deliveries.Range(tx, from, to, &err) {
		if err := deliveries.Delete(tx, k); err != nil {
			return err
		}
	}
	return errors.Join(err, ids.Delete(tx, []byte(e.ID)), events.Delete(tx, key))
}

// Forget removes a receiver and all its deliveries, waiting or not. Should one
// of this name come again, it is new.
func Forget(tx *storage.Tx, receiver string) error {
	var err error
	for k, r := range deliveries.Range(tx, nil, nil, &err) {
		if r.Receiver != receiver {
			continue
		}
		if err := errors.Join(deliveries.Delete(tx, k), waiting.Delete(tx, waitingKey(receiver, r.Seq))); err != nil {
			return err
		}
	}
	return errors.Join(err, receivers.Delete(tx, []byte(receiver)))
}
