// Package assistant conducts the conversation between a visitor and the house:
// it receives what is said, reads it, decides, acts in the calendar and replies,
// or hands the conversation to a person.
//
// The way of a message: [Assistant.Receive] stores the turn and returns. One
// goroutine per conversation at work then reads it (package nlu, the model where
// that is not enough), applies the policy (policy.go, fields.go: no I/O), and in
// one transaction does what follows in the calendar and appends the reply.
// Subscribers are told and read the new turns from the store.
//
// Before consent only masked text is durable; what was masked stays in memory
// and is written when consent is given, or dropped.
package assistant

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// Config is what an Assistant needs. All but Model and Committed must be set.
type Config struct {
	DB     *storage.DB
	Clinic *clinic.Clinic
	Model  Model // nil: rules alone; see UseModel
	// Patience is how long a visitor waits for the model before the rules'
	// answer is given; 0: two seconds.
	Patience time.Duration
	// Committed is called after a commit that may have filled the outbox. It
	// must return at once.
	Committed func()
	Now       func() time.Time
	Clock     *booking.Clock // by which slots are kept; nil: by Now
	Log       *slog.Logger
	// Heads is the folder into which the journal's signed heads are written; "":
	// none. It should not be on this machine.
	Heads string
	// Evidence copies what an incident's inquiry will need; nil: no copy is made.
	Evidence func(ctx context.Context, incident string) (privacy.Copy, error)
}

// Assistant answers visitors and lets operators act. It is safe for concurrent
// use.
type Assistant struct {
	db        *storage.DB
	model     atomic.Pointer[Model]
	patience  time.Duration
	help      help
	committed func()
	now       func() time.Time
	clock     *booking.Clock
	log       *slog.Logger
	house     atomic.Pointer[house]
	feed      *feed
	glances   glances
	heads     string
	evidence  func(ctx context.Context, incident string) (privacy.Copy, error)
	proofs    proofs

	started chan struct{} // closed by Run
	stirred chan struct{} // see stir

	retaining sync.Mutex // held by who destroys what is old

	mu       sync.Mutex
	ctx      context.Context // of Run, not of a socket: a closed tab does not stop an answer
	stopping bool
	working  map[string]*work
	memory   map[string]*memory
	// remindNext is when reminders are to be looked at again, as was found at
	// remindLooked.
	remindNext, remindLooked time.Time
	ticked                   time.Time // when the clock was last watched
	newestAlarm              string    // that open pages were told of
	wg                       sync.WaitGroup
}

// work is a conversation that is being answered.
type work struct {
	again bool // more was heard meanwhile
	done  chan struct{}
}

// New returns an Assistant that stores turns at once and answers them once Run
// has started.
func New(c Config) (*Assistant, error) {
	a := &Assistant{
		db: c.DB, patience: cmp.Or(c.Patience, modelPatience), committed: c.Committed, now: c.Now, clock: c.Clock, log: c.Log, feed: newFeed(),
		heads: c.Heads, evidence: c.Evidence,
		started: make(chan struct{}), stirred: make(chan struct{}, 1), working: make(map[string]*work), memory: make(map[string]*memory),
		proofs: proofs{wanted: make(chan struct{}, 1)},
	}
	if a.committed == nil {
		a.committed = func() {}
	}
	a.UseModel(c.Model)
	return a, a.Use(c.Clinic)
}

// Use makes another version of the clinic file the one in force, from the next
// turn on.
func (a *Assistant) Use(c *clinic.Clinic) error {
	h := newHouse(c, a.clock)
	if err := a.db.Update(func(tx *storage.Tx) error { return h.publish(tx, a.now()) }); err != nil {
		return fmt.Errorf("consent texts: %w", err)
	}
	a.house.Store(h)
	return nil
}

// Sweep clears away holds that have expired, which bind nobody meanwhile, and
// what visitors who did not go on have left in memory.
func (a *Assistant) Sweep(context.Context) error {
	a.forgetOld()
	h := a.house.Load()
	return a.db.Update(func(tx *storage.Tx) error {
		_, err := h.calendar.Sweep(tx, a.now())
		return errors.Join(err, sweepTickets(tx, a.now()))
	})
}

// Clinic is the version of the clinic file in force.
func (a *Assistant) Clinic() *clinic.Clinic { return a.house.Load().clinic }

// Run answers until ctx is done, then waits for answers in progress. What was
// heard before it started, or before the process was killed, is answered first.
func (a *Assistant) Run(ctx context.Context) error {
	var unanswered []string
	err := a.db.View(func(tx *storage.Tx) error {
		for id := range entries.Owners(tx) {
			st, err := load(tx, id)
			if err != nil { // one that is damaged must not keep the others waiting
				a.log.Error("a conversation cannot be read", "conversation", id, "err", err)
				continue
			}
			if len(st.Pending) > 0 {
				unanswered = append(unanswered, id)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.mu.Lock()
	a.ctx = ctx
	a.mu.Unlock()
	for _, id := range unanswered {
		a.wake(id)
	}
	close(a.started)
	a.wg.Go(func() { a.attendAlways(ctx) })
	a.wg.Go(func() { a.proveAlways(ctx) })
	<-ctx.Done()
	a.mu.Lock()
	a.stopping = true // nobody begins an answer while the last ones are waited for
	a.mu.Unlock()
	a.wg.Wait()
	return ctx.Err()
}

// Started is closed once [Assistant.Run] answers. Run may be called once.
func (a *Assistant) Started() <-chan struct{} { return a.started }

// wake starts answering a conversation, unless that is being done; then it goes
// on after the present answer.
func (a *Assistant) wake(conversation string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ctx == nil || a.stopping {
		return // stored; answered when Run starts
	}
	if w, busy := a.working[conversation]; busy {
		w.again = true
		return
	}
	w := &work{done: make(chan struct{})}
	a.working[conversation] = w
	ctx := a.ctx
	a.wg.Go(func() { a.converse(ctx, conversation, w) })
}

// Settle waits until nothing that the conversation said is without an answer.
func (a *Assistant) Settle(ctx context.Context, conversation string) error {
	a.mu.Lock()
	w, busy := a.working[conversation]
	a.mu.Unlock()
	if !busy {
		return nil
	}
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// converse answers until there is nothing left to answer. At most one runs per
// conversation.
func (a *Assistant) converse(ctx context.Context, conversation string, w *work) {
	for {
		more, err := a.try(ctx, conversation)
		a.mu.Lock()
		if err != nil || !more && !w.again {
			delete(a.working, conversation)
			close(w.done)
			a.mu.Unlock()
			return
		}
		w.again = false
		a.mu.Unlock()
	}
}

// try answers one turn. One that cannot be answered, for whatever fault of ours,
// goes to a person and out of the way of those behind it.
func (a *Assistant) try(ctx context.Context, conversation string) (more bool, err error) {
	more, err = a.answerSafely(ctx, conversation)
	if err == nil || ctx.Err() != nil || errors.Is(err, ErrExpired) || errors.Is(err, storage.ErrClosed) {
		return more, err
	}
	a.log.ErrorContext(ctx, "answer", "conversation", conversation, "err", err)
	if more, err = a.giveUp(conversation); err != nil {
		a.log.ErrorContext(ctx, "give up", "conversation", conversation, "err", err)
	}
	return more, err
}

// answerSafely turns a panic into an error: one visitor's words must not end the
// house for all.
func (a *Assistant) answerSafely(ctx context.Context, conversation string) (more bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("answer %s: panic: %v\n%s", conversation, r, debug.Stack())
		}
	}()
	return a.answer(ctx, conversation)
}
