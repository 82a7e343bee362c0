package assistant

import (
	"context"
	"errors"
	"sync"
	"time"

	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// Of proving that erased people are gone.
const (
	// proofRest is how much longer than the last proof nothing is proved, and at
	// least: the file is made anew for each, and people who are erased close
	// together are proved together.
	proofRest    = 20
	shortestRest = 5 * time.Second

	// proofAgain is how long after one that could not be made it is tried again.
	proofAgain = 10 * time.Minute
)

// proofs says when erasures have to be proved.
type proofs struct {
	wanted chan struct{}

	mu   sync.Mutex
	next time.Time // not before; of the machine's clock, since it is about work
}

func (p *proofs) wake() {
	select {
	case p.wanted <- struct{}{}:
	default: // it is wanted already
	}
}

// rest is how long to wait before the next proof.
func (p *proofs) rest() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Until(p.next)
}

func (p *proofs) took(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = time.Now().Add(max(shortestRest, proofRest*d))
}

// proveAlways proves erasures as they come, and first those that a killed process
// left.
func (a *Assistant) proveAlways(ctx context.Context) {
	a.proofs.wake()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.proofs.wanted:
		}
		rest := a.proofs.rest()
		if rest <= 0 {
			rest = 0
			if err := a.prove(ctx); err != nil && ctx.Err() == nil {
				rest = proofAgain
			}
		}
		if rest == 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(rest):
			a.proofs.wake()
		}
	}
}

// prove proves the erasures that wait and enters them in the register. A proof that
// fails, and one that cannot be made, is an alarm.
func (a *Assistant) prove(ctx context.Context) error {
	start, failed := time.Now(), 0
	n, err := a.db.Settle(ctx, func(tx *storage.Tx, all []storage.Proof) (err error) {
		failed, err = privacy.Proved(tx, all, a.now())
		return err
	})
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, storage.ErrClosed):
		return err
	case err != nil:
		a.log.Error("erasures are not proved", "err", err)
		return errors.Join(err, a.stuck())
	case n == 0:
		return nil
	}
	a.proofs.took(time.Since(start))
	if failed > 0 {
		a.alarmed()
		a.log.Error("of what was erased something opens", "proofs", failed)
	}
	a.log.Info("erasures proved", "persons", n, "failed", failed)
	a.committed()
	return nil
}

// stuck raises the alarm that proofs cannot be made.
func (a *Assistant) stuck() error {
	err := a.db.Update(func(tx *storage.Tx) error { _, err := privacy.RaiseHouse(tx, privacy.RuleProof, a.now()); return err })
	a.alarmed()
	return err
}

// proveNow proves at once, unless that was done a moment ago: then it is left to
// its time. What comes of it stands in the register.
func (a *Assistant) proveNow(ctx context.Context) {
	if a.proofs.rest() <= 0 {
		_ = a.prove(ctx) // told by log and alarm
	}
}
