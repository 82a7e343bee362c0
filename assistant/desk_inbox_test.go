package assistant

import (
	"fmt"
	"testing"
	"time"

	"okoshko/storage"
)

// talks puts n conversations into the store; every hundredth waits for a person, the
// oldest among them.
func (h *testHouse) talks(tb testing.TB, n int) {
	tb.Helper()
	err := h.db.Update(func(tx *storage.Tx) error {
		for i := range n {
			st := State{Lang: "ru", Owner: Owner{Kind: OwnerAssistant}, Created: monday}
			if i%100 == 0 {
				st.Owner = Owner{Kind: OwnerWaiting, Since: monday}
			}
			t := Turn{At: monday.Add(time.Duration(i) * time.Second), From: FromVisitor, Text: "Запишите меня на прививку, пожалуйста"}
			if err := save(tx, fmt.Sprintf("v_%06d", i), &st, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// TestInboxRemembers: what was read of conversations once is not taken for what they
// are after they changed.
func TestInboxRemembers(t *testing.T) {
	h := newTestHouse(t)
	h.talks(t, inboxSize+101)
	count := func() (waiting int) {
		t.Helper()
		lines, err := h.Inbox(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if l.Owner.Kind == OwnerWaiting {
				waiting++
			}
		}
		return waiting
	}
	if got := count(); got != 4 {
		t.Fatalf("%d wait, want 4", got)
	}
	if err := h.Take(t.Context(), keeper, "v_000000"); err != nil { // the oldest, beyond the newest
		t.Fatal(err)
	}
	if got := count(); got != 3 {
		t.Errorf("after one was taken %d wait, want 3", got)
	}
	err := h.change("v_000001", func(_ *storage.Tx, st *State) ([]Turn, error) {
		st.Owner = Owner{Kind: OwnerWaiting}
		return nil, nil
	})
	if got := count(); err != nil || got != 4 {
		t.Errorf("after another called %d wait, want 4 (%v)", got, err)
	}
}

// BenchmarkInbox is the inbox of 5,000 conversations after a change of one: with
// what was read before, and as after a start.
func BenchmarkInbox(b *testing.B) {
	h := newTestHouse(b)
	h.talks(b, inboxReach)
	read := func(b *testing.B) {
		if lines, err := h.Inbox(b.Context()); err != nil || len(lines) < inboxSize {
			b.Fatal(len(lines), err)
		}
	}
	b.Run("remembered", func(b *testing.B) {
		for b.Loop() {
			read(b)
		}
	})
	b.Run("all anew", func(b *testing.B) {
		for b.Loop() {
			h.glances.of = nil
			read(b)
		}
	})
}
