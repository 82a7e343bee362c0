package booking

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"okoshko/storage"
)

// Clock is the house's clock. The clock of the machine may be set by an hour, or be years
// wrong when a computer without a battery starts; neither may give a kept slot to others,
// keep it for ever, sell the past or tell everybody everything at once.
//
// It has two readings. Running time says how long the house has been at work, over all
// its runs: it only goes forward, whatever the machine's clock does, and what is kept for
// a time, holds and offers, is kept by it. While the house stands still, so does running
// time: a restart shortens no hold. Each start counts as a minute, so that a house which
// starts again and again keeps nothing for ever either.
//
// The time of the house, which [Clock.Now] tells, is the machine's as long as that runs
// as time does. When it jumps, the house first goes on by running time, and follows when
// the machine's clock has said the same for ten minutes: a jump there and back is not
// seen at all. A machine whose clock stands, at the start, before the last run of the
// house is wrong, and the house goes on from where it was until the clock is put right;
// one whose clock stands more than five weeks after it may be wrong, and is not trusted
// for a day ([Clock.Sure]).
//
// It is safe for concurrent use. A nil Clock is none: what is kept is kept by the times
// that callers give.
type Clock struct {
	db      *storage.DB
	wall    func() time.Time
	running func() time.Duration // since the start

	mu    sync.Mutex // held for a look only
	run   time.Duration
	base  time.Time // the house's time at running() = 0
	last  time.Time // the latest that was told
	doubt doubt
	start trust
	mark  time.Time // the house's time when it was last noted, in this run or an earlier one
}

// doubt is a difference between the machine's clock and the house's, and since when it
// has been the same.
type doubt struct {
	by    time.Duration
	since time.Duration // running
	now   bool
}

// trust says how the machine's clock was found at the start.
type trust int

const (
	right  trust = iota
	behind       // before the last run
	ahead        // long after the last run
)

const (
	clockNear   = 2 * time.Minute     // a difference that is no jump
	clockSettle = 10 * time.Minute    // of running time until a jump is followed
	clockAhead  = 35 * 24 * time.Hour // after the last run, from which on the clock is not trusted
	clockTrust  = 24 * time.Hour      // of running time after which it is
	clockStart  = time.Minute         // of running time that a start counts
)

// clockMark is what is known of time from run to run.
type clockMark struct {
	House   time.Time     `json:"house"`
	Running time.Duration `json:"running"`
}

var clockMarks = storage.NewTable[clockMark]("booking.clock")

func clockKey() []byte { return []byte("mark") }

// OpenClock starts the clock of the house that the store is of.
func OpenClock(db *storage.DB) (*Clock, error) {
	return openClock(db, func() time.Time { return time.Now().Round(0) }, sinceNow())
}

func openClock(db *storage.DB, wall func() time.Time, running func() time.Duration) (*Clock, error) {
	c := &Clock{db: db, wall: wall, running: running}
	err := db.Update(func(tx *storage.Tx) error {
		m, err := clockMarks.Get(tx, clockKey())
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		c.begin(m)
		return c.note(tx)
	})
	if err != nil {
		return nil, fmt.Errorf("clock of the house: %w", err)
	}
	return c, nil
}

// begin sets the clock from what the run before noted.
func (c *Clock) begin(m clockMark) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall := c.wall()
	c.run, c.mark, c.start = m.Running+clockStart, m.House, right
	switch {
	case m.House.IsZero():
	case wall.Before(m.House.Add(-clockNear)):
		c.start, wall = behind, m.House
	case wall.After(m.House.Add(clockAhead)):
		c.start = ahead
	}
	c.base = wall.Add(-c.running())
}

// Now is the time of the house. It goes back only when the machine's clock was put back
// for good.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ran := c.running()
	wall, house := c.wall(), c.base.Add(ran)
	by := wall.Sub(house)
	switch {
	case by.Abs() <= clockNear:
		c.doubt = doubt{}
		if c.start == behind {
			c.start = right
		}
		c.base = c.base.Add(by)
	case c.start == behind && by > 0, c.start == ahead && by < 0 && !wall.Before(c.mark):
		c.follow(wall, by) // it was wrong and is put right
	case !c.doubt.now || (by-c.doubt.by).Abs() > clockNear:
		c.doubt = doubt{by, ran, true}
	case ran-c.doubt.since >= clockSettle:
		c.follow(wall, by)
	}
	if c.start == ahead && ran >= clockTrust {
		c.start = right
	}
	if told := c.base.Add(ran); told.After(c.last) {
		c.last = told
	}
	return c.last
}

// follow takes the machine's time for the house's.
func (c *Clock) follow(wall time.Time, by time.Duration) {
	c.base, c.last = c.base.Add(by), wall
	c.doubt, c.start = doubt{}, right
}

// Sure reports whether the time can be trusted with what cannot be taken back, such as
// destroying what is old. It cannot while the machine's clock stands before the last run
// of the house, nor on the first day after the house, by that clock, has stood still for
// more than five weeks.
func (c *Clock) Sure() bool {
	if c == nil {
		return true
	}
	c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.start == right
}

// Behind reports whether the machine's clock stands before the last run of the house.
func (c *Clock) Behind() bool {
	if c == nil {
		return false
	}
	c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.start == behind
}

// Keep notes the time for the next run. Call it every minute or so.
func (c *Clock) Keep() error {
	if err := c.db.Update(c.note); err != nil {
		return fmt.Errorf("clock of the house: %w", err)
	}
	return nil
}

// note writes the mark. A time that is not trusted is none to measure others by.
func (c *Clock) note(tx *storage.Tx) error {
	if c == nil {
		return nil
	}
	sure, now := c.Sure(), c.Now()
	c.mu.Lock()
	if sure || c.mark.IsZero() {
		c.mark = now
	}
	m := clockMark{c.mark, c.run + c.running()}
	c.mu.Unlock()
	return clockMarks.Put(tx, clockKey(), m)
}

// ran is the instant by which what is kept for a time is kept: running time, counted from
// 1970; without a clock the time that the caller has.
func (c *Calendar) ran(now time.Time) time.Time {
	if c.clock == nil {
		return now
	}
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	return time.Unix(0, 0).Add(c.clock.run + c.clock.running())
}

// lapses is when, by the house's time, what is kept until an instant of running time
// will be free, given what the record says.
func (c *Calendar) lapses(ends int64, said, now time.Time) time.Time {
	if c.clock == nil {
		return said
	}
	return now.Add(time.Unix(ends, 0).Sub(c.ran(now))).Truncate(time.Second).UTC()
}
