package storage

import (
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// A commit costs two disk flushes, and flushes are nearly all of its time. So
// one goroutine, the writer, collects the functions that wait, runs them one
// after the other in one bolt transaction, and flushes once for all of them.
//
// Each function runs in its caller's goroutine, to which the writer lends the
// transaction: a panic has the caller's stack, and a test that fails inside
// ends as it should.

// maxGroup is how many functions share a commit at most. A thousand small
// records are some milliseconds of work.
const maxGroup = 1024

// update is one function on its way through the writer.
type update struct {
	turn chan *Tx   // the writer lends the transaction; the caller answers on DB.ran
	done chan error // how it ended
}

// outcome is how one run of a function ended.
type outcome struct {
	err  error
	gone bool // it panicked or left its goroutine: nobody waits for an answer
}

// Update runs fn and returns when all it wrote is durable. When fn returns an
// error nothing of it is written and Update returns that error. Functions of
// one group see what those before them wrote; none is answered before the
// commit is durable, so an answer never rests on what may yet be lost. fn may
// run more than once, in the goroutine that called Update.
func (db *DB) Update(fn func(*Tx) error) error {
	u := &update{turn: make(chan *Tx), done: make(chan error, 1)}
	if err := db.enqueue(u); err != nil {
		return err
	}
	var hooks []func()
	for {
		select {
		case tx := <-u.turn:
			hooks = db.runTurn(fn, tx)
		case err := <-u.done:
			if err != nil {
				return err
			}
			for _, hook := range hooks {
				hook()
			}
			return nil
		}
	}
}

func (db *DB) enqueue(u *update) error {
	db.mu.RLock()
	defer db.mu.RUnlock()
	if db.closed {
		return ErrClosed
	}
	db.updates <- u
	return nil
}

// runTurn runs fn and gives the transaction back to the writer, whatever
// happens in fn.
func (db *DB) runTurn(fn func(*Tx) error, tx *Tx) (hooks []func()) {
	o := outcome{gone: true}
	defer func() {
		tx.end()
		db.ran <- o
	}()
	err := fn(tx)
	if err == nil {
		err = tx.testify()
	}
	o = outcome{err: err}
	return tx.hooks
}

// write is the writer.
func (db *DB) write() {
	defer close(db.stopped)
	for first := range db.updates {
		g := &group{db: db, waiting: []*update{first}}
		db.writing.Lock()
		err := g.run()
		db.writing.Unlock()
		g.finish(err)
	}
}

// group is functions that share a commit.
type group struct {
	db      *DB
	waiting []*update // that succeeded so far, or have not run yet
	failed  []failure

	// Of the present attempt:
	bolt   *bolt.Tx
	writes int // calls that changed something
	logs   map[string]*logChanges
	state  state         // what the file will say of itself
	taken  []vault.KeyID // keys given to new persons
	shreds bool          // some keys are doomed
}

type failure struct {
	update *update
	err    error
}

// run runs all functions and commits them.
func (g *group) run() error {
	for {
		tx, err := g.db.bolt.Begin(true)
		if err != nil {
			return fmt.Errorf("beginning a transaction: %w", err)
		}
		g.bolt, g.writes, g.logs, g.state, g.taken, g.shreds = tx, 0, nil, g.db.state, nil, false
		if g.attempt() {
			return g.commit()
		}
		g.db.keys.giveBack(g.taken)
		if err := tx.Rollback(); err != nil {
			return fmt.Errorf("rolling back: %w", err)
		}
	}
}

// attempt runs the functions, and those that come in the meantime. A function
// that fails without having written is only left out. One that fails after it
// wrote spoils the transaction: attempt returns false, and those that wait have
// to run again without it.
func (g *group) attempt() bool {
	for i := 0; i < len(g.waiting) || g.joined(); {
		u, before := g.waiting[i], g.writes
		u.turn <- &Tx{db: g.db, bolt: g.bolt, group: g}
		o := <-g.db.ran
		if o.err == nil && !o.gone {
			i++
			continue
		}
		g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
		if !o.gone {
			g.failed = append(g.failed, failure{u, o.err})
		}
		if g.writes > before {
			return false
		}
	}
	return true
}

// joined lets a function that has come by now into the group.
func (g *group) joined() bool {
	if len(g.waiting)+len(g.failed) >= maxGroup {
		return false
	}
	select {
	case u, open := <-g.db.updates:
		if open {
			g.waiting = append(g.waiting, u)
		}
		return open
	default:
		return false
	}
}

func (g *group) commit() error {
	if g.writes == 0 {
		return g.bolt.Rollback()
	}
	g.state.Commit++
	if err := g.state.write(g.bolt.Bucket(metaBucket), g.db.vault); err != nil {
		return errors.Join(fmt.Errorf("commit: %w", err), g.bolt.Rollback())
	}
	// Readers see the commit a moment before Commit returns, so the positions
	// are told them before; they pass over what is not in their view.
	g.db.logs.publish(g.logs)
	if err := g.bolt.Commit(); err != nil {
		g.db.logs.retract(g.logs)
		return fmt.Errorf("commit: %w", err)
	}
	g.db.logs.settle(g.logs)
	g.db.settle(g)
	return nil
}

// finish answers all. When the commit failed also those hear of it that failed
// before: their reason may lie in a write that never was.
func (g *group) finish(err error) {
	for _, u := range g.waiting {
		u.done <- err
	}
	for _, f := range g.failed {
		if err != nil {
			f.err = err
		}
		f.update.done <- f.err
	}
}
