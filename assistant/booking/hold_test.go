package booking

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"okoshko/storage"
)

func (h *house) hold(s Slot, conversation string) (Hold, error) {
	return try(h, func(tx *storage.Tx) (Hold, error) { return h.Hold(tx, s, conversation, h.now) })
}

func TestAHoldKeepsASlotForItsTime(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00") // hold: 10m
	s := h.slot("therapist", "akhmetova", "2026-11-25T09:00")
	held, err := h.hold(s, "me")
	if err != nil {
		t.Fatal(err)
	}
	if want := h.now.Add(10 * time.Minute); !held.Until.Equal(want) {
		t.Errorf("held until %v, want %v", held.Until, want)
	}
	began := h.now
	tests := []struct {
		name  string
		after time.Duration
		who   string
		want  error
	}{
		{"others are kept away", 0, "other", ErrTaken},
		{"its own conversation is not", 0, "me", nil},
		{"until the end", 10*time.Minute - time.Second, "other", ErrTaken},
		{"and no longer", 10 * time.Minute, "other", nil},
		{"a clock put back by an hour frees it rather than blocks for long", -time.Hour, "other", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.now = began.Add(tt.after)
			if err := h.check(s, tt.who, ""); !errors.Is(err, tt.want) {
				t.Errorf("Check: %v, want %v", err, tt.want)
			}
			listed := false
			for _, f := range h.free(Query{Service: s.Service, Specialist: s.Specialist, From: s.Start, Limit: 1, For: tt.who}) {
				listed = f == s
			}
			if listed != (tt.want == nil) {
				t.Errorf("listed: %v, want %v", listed, tt.want == nil)
			}
		})
	}
}

func TestOneHoldPerConversation(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	first, second := h.slot("therapist", "akhmetova", "2026-11-25T09:00"), h.slot("therapist", "akhmetova", "2026-11-25T10:00")
	for _, s := range []Slot{first, second} {
		if _, err := h.hold(s, "me"); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.check(first, "other", ""); err != nil {
		t.Errorf("what was held before: %v", err)
	}
	if _, err := h.hold(first, "other"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.hold(first, "me"); !errors.Is(err, ErrTaken) {
		t.Errorf("what another holds: %v, want ErrTaken", err)
	}
	if err := h.check(second, "other", ""); !errors.Is(err, ErrTaken) {
		t.Errorf("a refused hold gave up the earlier one: %v", err)
	}
	h.update(func(tx *storage.Tx) error { return h.Release(tx, "me") })
	if err := h.check(second, "other", ""); err != nil {
		t.Errorf("what was released: %v", err)
	}
	h.view(func(tx *storage.Tx) error {
		if _, err := h.Held(tx, "me", h.now); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("Held after Release: %v, want ErrNotFound", err)
		}
		held, err := h.Held(tx, "other", h.now)
		if held.Slot != first {
			t.Errorf("the other holds %+v, want %+v", held.Slot, first)
		}
		return err
	})
}

func TestARequestUsesUpTheHold(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	s := h.slot("therapist", "akhmetova", "2026-11-25T09:00")
	if _, err := h.hold(s, "me"); err != nil {
		t.Fatal(err)
	}
	a := h.request(s, "me")
	must(h, func(tx *storage.Tx) (Appointment, error) { return h.Cancel(tx, a.Number, 0, visitor, h.now) })
	if err := h.check(s, "other", ""); err != nil {
		t.Errorf("the slot after its appointment was cancelled: %v", err)
	}
}

func TestAnExpiredHoldDoesNotHinderItsOwnerEither(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	s := h.slot("therapist", "akhmetova", "2026-11-25T09:00")
	if _, err := h.hold(s, "me"); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(11 * time.Minute)
	other := h.request(s, "other")
	_, err := try(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Request(tx, Booking{Slot: s, Conversation: "me"}, h.now)
	})
	if !errors.Is(err, ErrTaken) {
		t.Errorf("after its hold went to another: %v, want ErrTaken", err)
	}
	must(h, func(tx *storage.Tx) (Appointment, error) { return h.Cancel(tx, other.Number, 0, reception, h.now) })
	h.request(s, "me")
}

func TestHoldingForAMove(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	var a Appointment
	for _, start := range []string{"2026-11-25T09:00", "2026-11-25T10:00", "2026-11-25T11:00"} {
		a = h.request(h.slot("therapist", "akhmetova", start), "me")
	}
	near := h.slot("therapist", "akhmetova", "2026-11-25T11:15") // overlaps a's own slot
	if _, err := h.hold(near, "me"); err == nil {
		t.Error("a fourth slot was held, past the limit and over an appointment")
	}
	must(h, func(tx *storage.Tx) (Hold, error) { return h.HoldMove(tx, near, "me", a.Number, h.now) })
	moved := must(h, func(tx *storage.Tx) (Appointment, error) { return h.Move(tx, a.Number, 0, near, visitor, h.now) })
	if !moved.Start.Equal(near.Start) {
		t.Errorf("moved to %v, want %v", moved.Start, near.Start)
	}
	h.view(func(tx *storage.Tx) error {
		if _, err := h.Held(tx, "me", h.now); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("the hold after the move: %v, want ErrNotFound", err)
		}
		return nil
	})
}

func TestSweep(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	for i, start := range []string{"2026-11-25T09:00", "2026-11-25T10:00", "2026-11-25T11:00"} {
		if _, err := h.hold(h.slot("therapist", "akhmetova", start), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
		h.now = h.now.Add(4 * time.Minute)
	}
	n := must(h, func(tx *storage.Tx) (int, error) { return h.Sweep(tx, h.now) }) // 12, 8 and 4 minutes old
	left := 0
	h.view(func(tx *storage.Tx) error {
		var err error
		for range claims.Range(tx, nil, nil, &err) {
			left++
		}
		return err
	})
	if n != 1 || left != 2 {
		t.Errorf("swept %d, left %d; want 1 and 2", n, left)
	}
}

// What a search remembers must not be what a transaction wrote that came to nothing.
func TestWhatWasRolledBackIsNotRemembered(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	s := h.slot("therapist", "akhmetova", "2026-11-25T09:00")
	q := Query{Service: s.Service, Specialist: s.Specialist, From: s.Start, Limit: 1}
	h.request(h.slot("therapist", "akhmetova", "2026-11-25T10:00"), "other")
	undone := errors.New("undone")
	err := h.db.Update(func(tx *storage.Tx) error {
		if _, err := h.Request(tx, Booking{Slot: s, Conversation: "me"}, h.now); err != nil {
			return err
		}
		if found, err := h.Free(tx, q, h.now); err != nil || found[0] == s {
			t.Errorf("within the transaction the taken slot is free: %v, %v", found, err)
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if found := h.free(q); found[0] != s {
		t.Errorf("after it came to nothing: %v, want %v", found[0].Start, s.Start)
	}
	h.request(h.slot("therapist", "akhmetova", "2026-11-25T11:00"), "other")
	if found := h.free(q); found[0] != s {
		t.Errorf("after another change: %v, want %v", found[0].Start, s.Start)
	}
}
