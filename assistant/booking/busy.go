package booking

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// claim is why a resource is occupied for the time in its key. A claim of a hold or an
// offer names its conversation and ends; one of an appointment or a block names nobody
// and stays.
type claim struct {
	Hold  string `json:"hold,omitempty"`
	Until int64  `json:"until,omitempty"` // Unix seconds of running time; see Clock
	Part  int    `json:"part,omitempty"`  // which of the slots of one visit it is for, from 0
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
	seen   stamp      // of all claims, when the stamp was last found unchanged
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

// resource is somebody or something that a slot takes, of which there are count alike.
type resource struct {
	name  string
	count int
}

func specialistResource(id string) string { return "s/" + id }

func roomResource(id string) string { return "r/" + id }

// pools lists what a slot takes: one unit of one resource of each pool.
func (c *Calendar) pools(service, specialist, branch string) [][]resource {
	all := [][]resource{{{specialistResource(specialist), 1}}}
	for _, rooms := range c.clinic.Needs(service, branch) {
		pool := make([]resource, len(rooms))
		for i, r := range rooms {
			pool[i] = resource{roomResource(r.ID), r.Count}
		}
		all = append(all, pool)
	}
	return all
}

// take is what the slot occupies of a resource. Buffers may reach beyond the working
// hours: cleaning up after the last visitor, or making ready for the first, is the
// staff's time and not the visitor's, and a house that wants it inside says so with its
// hours. They do keep two visits apart, in the room as well.
func take(s *clinic.Service, resource string, slot Slot) Take {
	return Take{
		Resource: resource,
		From:     slot.Start.Add(-s.BufferBefore),
		To:       slot.End.Add(s.BufferAfter),
	}
}

func (t Take) stretch() stretch { return stretch{t.From.Unix(), t.To.Unix()} }

// Room is the id of the room that is taken, false for a specialist.
func (t Take) Room() (string, bool) { return strings.CutPrefix(t.Resource, "r/") }

// What claims are for, in their keys, beside numbers of appointments and ids of blocks.
const (
	holdPrefix  = "h/" // and a conversation
	offerPrefix = "o/" // and an id on the waiting list
)

// occupy claims all resources for what ref names.
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

// restamp marks the claims of a block as changed, and with them all claims.
func restamp(tx *storage.Tx, t Take) error {
	return errors.Join(
		stamps.Put(tx, stampKey(t.Resource, t.From.Unix()>>blockBits), newStamp()),
		stamps.Put(tx, claimsStamp(), newStamp()),
	)
}

func claimsStamp() []byte { return stampKey("c", 0) }

func newStamp() stamp { return stamp(rand.Text()) }

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
// which only those that changed since they were last read are read again. seen is the
// stamp of all claims.
// The list is put behind what room holds, which is given back with it: a search for fifty
// people makes one list for all.
func (c *Calendar) within(tx *storage.Tx, r resource, s stretch, seen stamp, q Query, room []stretch, now time.Time) (list, longer []stretch, err error) {
	begin, booked := len(room), room
	var others []occupied
	for n := (s.from - longest) >> blockBits; n <= s.to>>blockBits; n++ {
		b, err := c.block(tx, blockKey{r.name, n}, seen)
		if err != nil {
			return nil, room, err
		}
		if len(q.Ignore) > 0 || r.count > 1 { // an appointment in the block may be the one, or all have to be counted
			others = append(others, b.claims...)
			continue
		}
		booked = append(booked, b.booked...)
		others = append(others, b.held...)
	}
	if others := c.blocking(others, r.count, q.For, q.Ignore, now); len(others) > 0 {
		booked = append(booked, others...)
		slices.SortFunc(booked[begin:], byFrom)
	}
	list = slices.Clip(join(booked[begin:]))
	return list, booked[:begin+len(list)], nil
}

// block reads a block of claims. While no claim at all has changed, which seen tells, not
// even its stamp is looked at.
func (c *Calendar) block(tx *storage.Tx, key blockKey, seen stamp) (block, error) {
	c.shared.mu.Lock()
	known, ok := c.shared.blocks[key]
	c.shared.mu.Unlock()
	if ok && seen != "" && known.seen == seen {
		return known, nil
	}
	now, err := stamps.Get(tx, stampKey(key.resource, key.number))
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return block{}, err
	}
	if now != known.stamp {
		read, err := between(tx, key.resource, key.number<<blockBits, (key.number+1)<<blockBits)
		if err != nil {
			return block{}, err
		}
		known = newBlock(now, read)
	}
	known.seen = seen
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

// blocking lists, joined, when all count units are taken by claims that stand in the way
// at now: not by what has expired, not by the visitor's own hold, not by the appointment
// that is being moved. Of what one conversation keeps, what overlaps counts once, but each
// part of a visit for itself.
func (c *Calendar) blocking(busy []occupied, count int, who string, ignore []string, now time.Time) []stretch {
	times := make([]stretch, 0, len(busy))
	kept := map[claim][]stretch{}
	for _, b := range busy {
		switch {
		case b.Hold == "" && slices.Contains(ignore, b.ref):
		case b.Hold != "" && (b.Hold == who || !c.live(b, now)):
		case b.Hold != "" && count > 1:
			key := claim{Hold: b.Hold, Part: b.Part}
			kept[key] = append(kept[key], b.stretch)
		default:
			times = append(times, b.stretch)
		}
	}
	if count == 1 {
		return join(times) // claims come in order of their beginning
	}
	for _, one := range kept {
		times = append(times, join(one)...)
	}
	slices.SortFunc(times, byFrom)
	return crowded(times, count)
}

// crowded lists, joined, when at least n of the stretches run at once. They come in order
// of their beginning.
func crowded(inOrder []stretch, n int) []stretch {
	ends := make([]int64, len(inOrder))
	for i, s := range inOrder {
		ends[i] = s.to
	}
	slices.Sort(ends)
	var all []stretch
	running := 0
	end := func() {
		if running == n {
			all[len(all)-1].to = ends[0]
		}
		running, ends = running-1, ends[1:]
	}
	for _, s := range inOrder {
		for ends[0] <= s.from {
			end()
		}
		if running++; running == n {
			all = append(all, stretch{from: s.from})
		}
	}
	for running > 0 {
		end()
	}
	return join(all)
}

// clear reports whether s touches none of the joined stretches.
func clear(joined []stretch, s stretch) bool {
	i := index(joined, s.from)
	return i == len(joined) || joined[i].from >= s.to
}

// live reports whether the claim of a hold or an offer keeps its slot now.
func (c *Calendar) live(b occupied, now time.Time) bool {
	if strings.HasPrefix(b.ref, offerPrefix) {
		return live(b.Until, c.clinic.Booking.Offer, c.ran(now))
	}
	return live(b.Until, c.clinic.Booking.Hold, c.ran(now))
}

// live reports whether what lasts until then, at most most, lasts now. One that would
// last longer than the house keeps any was made by another clock; it keeps nothing.
func live(until int64, most time.Duration, now time.Time) bool {
	left := time.Unix(until, 0).Sub(now)
	return left > 0 && left <= most+time.Minute
}
