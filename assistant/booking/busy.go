package booking

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// claim is why a resource is occupied for the time in its key. A claim of a hold names
// its conversation and ends; one of an appointment names nobody and stays.
type claim struct {
	Hold  string `json:"hold,omitempty"`
	Until int64  `json:"until,omitempty"` // Unix seconds
}

// stamp changes with every change among the claims of its block. It is random, not
// counted, so that what a transaction that came to nothing wrote is never mistaken for
// what a later one wrote.
type stamp string

var (
	claims = storage.NewTable[claim]("booking.busy")
	stamps = storage.NewTable[stamp]("booking.stamps")
)

const (
	// blockBits make blocks of 2^21 s, 24 days: a search reads few, a change spoils little.
	blockBits = 21

	// longest is the longest claim: a day's service with its buffers of half a day.
	longest = 48 * 3600

	// maxBlocks is how many blocks are kept: 50 specialists for five years.
	maxBlocks = 4_000
)

type blockKey struct {
	resource string
	number   int64
}

type block struct {
	stamp  stamp
	claims []occupied // all
	booked []stretch  // of appointments, joined
	held   []occupied // of holds
}

// occupied is a claim with its time, as searches use it.
type occupied struct {
	stretch
	claim
	ref string
}

// takes lists what a slot occupies. Buffers may reach beyond the working hours: cleaning
// up after the last visitor, or making ready for the first, is the staff's time and not
// the visitor's, and a house that wants it inside says so with its hours. They do keep
// two visits apart.
func takes(s *clinic.Service, slot Slot) []Take {
	return []Take{{
		Resource: specialistResource(slot.Specialist),
		From:     slot.Start.Add(-s.BufferBefore),
		To:       slot.End.Add(s.BufferAfter),
	}}
}

func specialistResource(id string) string { return "s/" + id }

// occupy claims all resources for an appointment number or "h/" and a conversation.
func occupy(tx *storage.Tx, all []Take, ref string, c claim) error {
	for _, t := range all {
		if err := claims.Put(tx, claimKey(t, ref), c); err != nil {
			return err
		}
		if err := restamp(tx, t); err != nil {
			return err
		}
	}
	return nil
}

// vacate takes claims back.
func vacate(tx *storage.Tx, all []Take, ref string) error {
	for _, t := range all {
		if err := claims.Delete(tx, claimKey(t, ref)); err != nil {
			return err
		}
		if err := restamp(tx, t); err != nil {
			return err
		}
	}
	return nil
}

func restamp(tx *storage.Tx, t Take) error {
	return stamps.Put(tx, stampKey(t.Resource, t.From.Unix()>>blockBits), stamp(rand.Text()))
}

func claimKey(t Take, ref string) []byte {
	key := timeKey(t.Resource, t.From.Unix())
	key = binary.BigEndian.AppendUint64(key, uint64(t.To.Unix()))
	return append(key, ref...)
}

func stampKey(resource string, block int64) []byte { return timeKey(resource, block) }

func timeKey(resource string, n int64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(resource), 0), uint64(max(n, 0)))
}

// around reads the claims that may touch s, straight from the store: for one slot.
func around(tx *storage.Tx, resource string, s stretch) ([]occupied, error) {
	return between(tx, resource, s.from-longest, s.to)
}

// within lists what is in the way of a query about s, joined. It reads by blocks, of
// which only those that changed since they were last read are read again.
func (c *Calendar) within(tx *storage.Tx, resource string, s stretch, q Query, now time.Time) ([]stretch, error) {
	var booked []stretch
	var others []occupied
	for n := (s.from - longest) >> blockBits; n <= s.to>>blockBits; n++ {
		b, err := c.block(tx, blockKey{resource, n})
		if err != nil {
			return nil, err
		}
		if q.Ignore != "" { // an appointment in the block may be the one
			others = append(others, b.claims...)
			continue
		}
		booked = append(booked, b.booked...)
		others = append(others, b.held...)
	}
	if others := c.blocking(others, q.For, q.Ignore, now); len(others) > 0 {
		booked = append(booked, others...)
		slices.SortFunc(booked, byFrom)
	}
	return join(booked), nil
}

func (c *Calendar) block(tx *storage.Tx, key blockKey) (block, error) {
	now, err := stamps.Get(tx, stampKey(key.resource, key.number))
	if errors.Is(err, storage.ErrNotFound) {
		return block{}, nil
	}
	if err != nil {
		return block{}, err
	}
	c.shared.mu.Lock()
	known, ok := c.shared.blocks[key]
	c.shared.mu.Unlock()
	if ok && known.stamp == now {
		return known, nil
	}
	read, err := between(tx, key.resource, key.number<<blockBits, (key.number+1)<<blockBits)
	if err != nil {
		return block{}, err
	}
	known = newBlock(now, read)
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	if c.shared.blocks == nil || len(c.shared.blocks) >= maxBlocks {
		c.shared.blocks = map[blockKey]block{}
	}
	c.shared.blocks[key] = known
	return known, nil
}

func newBlock(s stamp, all []occupied) block {
	b := block{stamp: s, claims: all}
	for _, o := range all {
		if o.Hold == "" {
			b.booked = append(b.booked, o.stretch)
		} else {
			b.held = append(b.held, o)
		}
	}
	b.booked = join(b.booked)
	return b
}

// between reads the claims that begin from from on and before to.
func between(tx *storage.Tx, resource string, from, to int64) ([]occupied, error) {
	var busy []occupied
	var err error
	for key, c := range claims.Range(tx, timeKey(resource, from), timeKey(resource, to), &err) {
		rest, ok := bytes.CutPrefix(key, append([]byte(resource), 0))
		if !ok || len(rest) < 16 {
			continue
		}
		busy = append(busy, occupied{
			stretch: stretch{int64(binary.BigEndian.Uint64(rest)), int64(binary.BigEndian.Uint64(rest[8:]))},
			claim:   c,
			ref:     string(rest[16:]),
		})
	}
	return busy, err
}

// blocking joins the claims that stand in the way at now: not what has expired, not the
// visitor's own hold, not the appointment that is being moved.
func (c *Calendar) blocking(busy []occupied, who, ignore string, now time.Time) []stretch {
	times := make([]stretch, 0, len(busy))
	for _, b := range busy {
		switch {
		case b.Hold == "" && b.ref == ignore && ignore != "":
		case b.Hold != "" && (b.Hold == who || !c.live(b.Until, now)):
		default:
			times = append(times, b.stretch)
		}
	}
	return join(times) // claims come in order of their beginning
}

// live reports whether a hold until then keeps its slot now. One that would last longer
// than the house keeps any was made by a clock that was ahead; it keeps nothing.
func (c *Calendar) live(until int64, now time.Time) bool {
	left := time.Unix(until, 0).Sub(now)
	return left > 0 && left <= c.clinic.Booking.Hold+time.Minute
}
