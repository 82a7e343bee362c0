package llm

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// queue lets a few requests through at once and a few more wait, in the order
// they came. Of one key at most one is through and one waits: the newest.
// Ollama has a queue of its own, but once a model is loaded it has no end.
type queue struct {
	mu      sync.Mutex
	places  int             // at the server
	free    int             // of them
	room    int             // places to wait
	through map[string]bool // keys at the server
	waiting []*ticket
}

// ticket is one who waits. settled is answered once: nil for a place at the
// server, or why there will be none.
type ticket struct {
	key     string
	settled chan error
}

func newQueue(parallel, room int) *queue {
	return &queue{places: parallel, free: parallel, room: room, through: map[string]bool{}}
}

// enter returns when it is key's turn; leave has to be called then. The error
// is ErrBusy, ErrReplaced or that of ctx.
func (q *queue) enter(ctx context.Context, key string) (leave func(), err error) {
	t, err := q.join(key)
	if err != nil {
		return nil, err
	}
	leave = func() { q.leave(key) }
	select {
	case err := <-t.settled:
		if err != nil {
			return nil, err
		}
		return leave, nil
	case <-ctx.Done():
		if !q.abandon(t) && <-t.settled == nil {
			leave() // its turn came in the same moment
		}
		return nil, fmt.Errorf("llm: %w", ctx.Err())
	}
}

func (q *queue) join(key string) (*ticket, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := &ticket{key, make(chan error, 1)}
	older := slices.IndexFunc(q.waiting, func(w *ticket) bool { return key != "" && w.key == key })
	switch {
	case older >= 0: // the conversation has waited so long already
		q.waiting[older].settled <- ErrReplaced
		q.waiting[older] = t
	case q.free > 0 && !q.through[key]: // whoever waits now, waits for its own key
		q.admit(t)
	case len(q.waiting) >= q.room:
		return nil, ErrBusy
	default:
		q.waiting = append(q.waiting, t)
	}
	return t, nil
}

func (q *queue) admit(t *ticket) {
	q.free--
	if t.key != "" {
		q.through[t.key] = true
	}
	t.settled <- nil
}

func (q *queue) leave(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.free++
	delete(q.through, key)
	next := slices.IndexFunc(q.waiting, func(w *ticket) bool { return !q.through[w.key] })
	if next < 0 {
		return
	}
	t := q.waiting[next]
	q.waiting = slices.Delete(q.waiting, next, next+1)
	q.admit(t)
}

// abandon takes a ticket out of the queue; false: it is settled.
func (q *queue) abandon(t *ticket) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, t)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// lengths are how many are at the server and how many wait.
func (q *queue) lengths() (through, waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.places - q.free, len(q.waiting)
}
