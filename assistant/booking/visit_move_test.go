package booking

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/storage"
)

func (h *house) moveVisit(visit string, to Visit, by Change) ([]Appointment, error) {
	return try(h, func(tx *storage.Tx) ([]Appointment, error) { return h.MoveVisit(tx, visit, to, by, h.now) })
}

func (h *house) placed(visit string) string {
	h.Helper()
	var v Visit
	h.view(func(tx *storage.Tx) error {
		all, err := OfVisit(tx, visit)
		for _, a := range all {
			v.Slots = append(v.Slots, a.Slot)
		}
		return err
	})
	return h.shown(v)
}

// TestMoveVisit moves all parts in one commit, over the place that they have; a refusal
// moves none and keeps their claims.
func TestMoveVisit(t *testing.T) {
	h := open(t, salon, "2026-11-23T08:00")
	day := h.visits(VisitQuery{Services: []string{"cut", "color"}, Specialist: "ann"})
	find := func(want string) Visit {
		t.Helper()
		for _, v := range day {
			if h.shown(v) == want {
				return v
			}
		}
		t.Fatalf("%q is not free", want)
		return Visit{}
	}
	first, later := find("10:00 cut ann, 10:45 color ann"), find("10:30 cut ann, 11:15 color ann")
	made, err := h.requestVisit(first, "me")
	if err != nil {
		t.Fatal(err)
	}
	visit := made[0].Visit
	numbers := []string{made[0].Number, made[1].Number}
	must(h, func(tx *storage.Tx) (Hold, error) { return h.HoldVisitMove(tx, later, "me", numbers, h.now) })
	moved, err := h.moveVisit(visit, later, visitor)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("10:30 cut ann, 11:15 color ann", h.placed(visit)); diff != "" {
		t.Error(diff)
	}
	if len(moved) != 2 || moved[0].Version != 2 || moved[1].Version != 2 || moved[0].Visit != visit {
		t.Errorf("moved %+v", moved)
	}

	other := h.request(h.slot("cut", "ann", "2026-11-24T12:00"), "other")
	taken := Visit{[]Slot{h.slot("cut", "ann", "2026-11-24T11:00"), h.slot("color", "ann", "2026-11-24T11:45")}}
	var refusal *Refusal
	if _, err := h.moveVisit(visit, taken, visitor); !errors.As(err, &refusal) || refusal.Why != Taken || len(refusal.Visits) == 0 {
		t.Fatalf("onto %s: %v, want Taken with the nearest visits", other.Number, err)
	}
	if got := h.placed(visit); got != "10:30 cut ann, 11:15 color ann" {
		t.Errorf("after a refusal: %s", got)
	}
	if _, err := h.hold(h.slot("cut", "ann", "2026-11-23T10:30"), "thief"); !errors.As(err, &refusal) || refusal.Why != Taken {
		t.Errorf("the place after a refused move: %v, want Taken", err)
	}
	if _, err := h.hold(h.slot("cut", "ann", "2026-11-24T11:00"), "thief"); err != nil {
		t.Errorf("a place that was refused is kept: %v", err)
	}

	foreign := Visit{[]Slot{h.slot("nails", "cat", "2026-11-24T12:00")}}
	if _, err := h.moveVisit(visit, foreign, visitor); !errors.As(err, &refusal) || refusal.Why != Unknown {
		t.Errorf("a service that is none of the visit's: %v, want Unknown", err)
	}
	if _, err := h.moveVisit("V-99", later, visitor); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("no such visit: %v", err)
	}
	h.now = h.now.Add(3 * time.Hour)
	if _, err := h.moveVisit(visit, find("12:00 cut ann, 12:45 color ann"), visitor); !errors.Is(err, ErrStatus) {
		t.Errorf("a visit that has begun: %v, want ErrStatus", err)
	}
}
