package api

import (
	"fmt"
	"sync"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
)

// Tokens that are refused are in the journal, so that somebody who tries many raises
// an alarm. They are not each: a stranger must not be able to fill the disk.
const (
	refusalsNoted = 20
	refusalsIn    = 10 * time.Minute
)

// refusals counts those that were noted lately. After a restart it begins anew, which
// does no harm.
type refusals struct {
	mu    sync.Mutex
	since time.Time
	noted int
}

// due reports whether one more is to be noted, and counts it.
func (r *refusals) due(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if age := now.Sub(r.since); age < 0 || age >= refusalsIn {
		r.since, r.noted = now, 0
	}
	if r.noted == refusalsNoted {
		return false
	}
	r.noted++
	return true
}

// denied notes that a token was refused: nobody's, or that of one whose role does not
// allow what it asked for.
func (a *API) denied(who string) error {
	now := a.Now()
	if !a.refusals.due(now) {
		return nil
	}
	err := a.DB.Update(func(tx *storage.Tx) error {
		return audit.Append(tx, audit.Entry{At: now, Actor: who, Action: "token.refused"})
	})
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}
