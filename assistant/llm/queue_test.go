package llm

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// crowd drives a queue: each of its people stays at the server until let go.
type crowd struct {
	t     *testing.T
	queue *queue
	order []string // who came through
	goOn  map[string]chan struct{}
	said  map[string]error // to whom did not
}

func newCrowd(t *testing.T, parallel, room int) *crowd {
	return &crowd{t, newQueue(parallel, room), nil, map[string]chan struct{}{}, map[string]error{}}
}

// come has someone ask for a place and returns when the queue has settled.
func (c *crowd) come(ctx context.Context, name, key string) {
	done := make(chan struct{})
	c.goOn[name] = done
	go func() {
		leave, err := c.queue.enter(ctx, key)
		if err != nil {
			c.said[name] = err
			return
		}
		c.order = append(c.order, name)
		<-done
		leave()
	}()
	synctest.Wait()
}

func (c *crowd) letGo(name string) {
	close(c.goOn[name])
	synctest.Wait()
}

func (c *crowd) want(order ...string) {
	c.t.Helper()
	if diff := cmp.Diff(order, c.order); diff != "" {
		c.t.Errorf("came through:\n%s", diff)
	}
}

func TestQueueOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1, 3)
		for _, name := range []string{"a", "b", "c", "d"} {
			c.come(t.Context(), name, name)
		}
		c.come(t.Context(), "e", "e")
		if !errors.Is(c.said["e"], ErrBusy) || errors.Is(c.said["e"], ErrReplaced) {
			t.Errorf("the fifth was told %v, want ErrBusy", c.said["e"])
		}
		if through, waiting := c.queue.lengths(); through != 1 || waiting != 3 {
			t.Errorf("%d through, %d waiting", through, waiting)
		}
		c.want("a")
		for _, name := range []string{"a", "b", "c", "d"} {
			c.letGo(name)
		}
		c.want("a", "b", "c", "d")
		if through, waiting := c.queue.lengths(); through != 0 || waiting != 0 {
			t.Errorf("%d through, %d waiting at the end", through, waiting)
		}
	})
}

// TestQueueReplaces: the newer request of a conversation has the older one's
// place, even where the queue is full.
func TestQueueReplaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1, 2)
		c.come(t.Context(), "a", "a")
		c.come(t.Context(), "b1", "b")
		c.come(t.Context(), "c", "c")
		c.come(t.Context(), "b2", "b")
		if !errors.Is(c.said["b1"], ErrReplaced) || !errors.Is(c.said["b1"], ErrBusy) {
			t.Errorf("the older was told %v", c.said["b1"])
		}
		c.letGo("a")
		c.want("a", "b2")
		c.letGo("b2")
		c.letGo("c")
		c.want("a", "b2", "c")
	})
}

// TestQueueOneOfAKey: a conversation does not take both places at the server.
func TestQueueOneOfAKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 2, 4)
		c.come(t.Context(), "a1", "a")
		c.come(t.Context(), "a2", "a")
		c.want("a1")
		c.come(t.Context(), "b", "b")
		c.want("a1", "b")
		c.come(t.Context(), "c", "c")
		c.letGo("b")
		c.want("a1", "b", "c") // past a2, whose turn is not yet
		c.letGo("a1")
		c.want("a1", "b", "c", "a2")
		c.letGo("a2")
		c.letGo("c")
	})
}

// TestQueueWithoutKey: nobody in particular is not one conversation.
func TestQueueWithoutKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 2, 2)
		for _, name := range []string{"a", "b", "c", "d"} {
			c.come(t.Context(), name, "")
		}
		c.want("a", "b")
		for _, name := range []string{"b", "a", "c", "d"} {
			c.letGo(name)
		}
		c.want("a", "b", "c", "d")
	})
}

// TestQueueLeft: who gives up waiting leaves the place to the next.
func TestQueueLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 1, 2)
		c.come(t.Context(), "a", "a")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		c.come(ctx, "b", "b")
		c.come(t.Context(), "c", "c")
		time.Sleep(time.Second) // virtual
		synctest.Wait()
		if !errors.Is(c.said["b"], context.DeadlineExceeded) {
			t.Errorf("b was told %v", c.said["b"])
		}
		c.come(t.Context(), "d", "d")
		for _, name := range []string{"a", "c", "d"} {
			c.letGo(name)
		}
		c.want("a", "c", "d")
	})
}

// TestQueueLeftAtItsTurn: the place of one who leaves in the very moment it
// comes through is not lost.
func TestQueueLeftAtItsTurn(t *testing.T) {
	for range 200 { // either of two ways is taken each time
		synctest.Test(t, func(t *testing.T) {
			q := newQueue(1, 2)
			leave, err := q.enter(t.Context(), "a")
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				if leave, err := q.enter(ctx, "b"); err == nil {
					leave()
				}
			}()
			synctest.Wait()
			go leave()
			go cancel()
			synctest.Wait()
			if through, waiting := q.lengths(); through != 0 || waiting != 0 {
				t.Fatalf("%d through, %d waiting", through, waiting)
			}
		})
	}
}
