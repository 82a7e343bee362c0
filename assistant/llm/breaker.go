package llm

import (
	"context"
	"errors"
	"sync"
	"time"
)

// outcome is what a call tells of the server.
type outcome int

const (
	served  outcome = iota // it works
	failed                 // it does not
	unknown                // the asker left before one could know
)

// verdict says what an outcome tells of the server. One that answers what it was
// not asked for works: its model is the one to blame, and a rest would not help.
func verdict(err error) outcome {
	switch {
	case err == nil, errors.Is(err, ErrTruncated), errors.Is(err, ErrTooLong):
		return served
	case errors.Is(err, ErrInvalid) && !errors.Is(err, errTooLarge):
		return served
	case errors.Is(err, context.Canceled):
		return unknown
	}
	return failed
}

// Breaker is whether the server is asked.
type Breaker string

const (
	BreakerClosed Breaker = "closed"    // it is asked
	BreakerOpen   Breaker = "open"      // it rests after failures
	BreakerProbe  Breaker = "half-open" // it has rested; one request at a time tries it
)

// breaker lets a server rest after failures in a row. When the rest is over one
// request is let through: it closes the breaker or begins another rest.
type breaker struct {
	limit int
	rest  time.Duration
	now   func() time.Time
	// opened holds a signal from the beginning of a rest until somebody took it
	// or the server works again.
	opened chan struct{}

	mu       sync.Mutex
	failures int // in a row
	open     bool
	until    time.Time // end of the rest, where open
	probing  bool      // the one request is on its way
	failure  error     // the last
	at       time.Time // of it
}

func newBreaker(limit int, rest time.Duration, now func() time.Time) *breaker {
	return &breaker{limit: limit, rest: rest, now: now, opened: make(chan struct{}, 1)}
}

// resting is whether a request would be turned away now.
func (b *breaker) resting() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.turnsAway()
}

func (b *breaker) turnsAway() bool {
	return b.open && (b.probing || b.now().Before(b.until))
}

// begin lets one request through; report takes its error and returns whether the
// first of a row of rests begins with it. The error is ErrResting.
func (b *breaker) begin() (report func(error) bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.turnsAway() {
		return nil, ErrResting
	}
	probe := b.open
	b.probing = probe
	return func(err error) bool { return b.end(probe, err) }, nil
}

func (b *breaker) end(probe bool, err error) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if probe {
		b.probing = false
	}
	switch verdict(err) {
	case served:
		b.failures, b.open = 0, false
		select {
		case <-b.opened: // of a rest that is over
		default:
		}
	case failed:
		b.failures++
		b.failure, b.at = err, b.now()
		if b.failures >= b.limit && (probe || !b.open) {
			first := !b.open
			b.open, b.until = true, b.now().Add(b.rest)
			select {
			case b.opened <- struct{}{}:
			default:
			}
			return first
		}
	}
	return false
}

// last is when the last failure was, and what.
func (b *breaker) last() (time.Time, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at, b.failure
}

// left is what is left of the rest.
func (b *breaker) left() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return 0
	}
	return b.until.Sub(b.now())
}

func (b *breaker) state() Breaker {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.open:
		return BreakerClosed
	case b.now().Before(b.until):
		return BreakerOpen
	}
	return BreakerProbe
}
