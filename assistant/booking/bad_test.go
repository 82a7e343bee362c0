package booking

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"okoshko/storage"
)

// What cannot be booked is refused with its reason and the nearest that can.
func TestBadBookingsAreRefusedWithTheNearest(t *testing.T) {
	const day = "2026-11-25T" // a Wednesday
	tests := []struct {
		name    string
		service string
		who     string
		branch  string
		start   string
		want    error
		nearest string // as clocks writes it; "" for none
		by      string // whose the nearest are
	}{
		{"before the house opens", "cut", "ann", "", "2026-11-26T07:00", ErrClosed, "2026-11-26 10:00 10:15 10:30", "ann"},
		{"after it closes", "cut", "ann", "", day + "20:15", ErrClosed, "2026-11-25 12:45 13:00 13:15", "ann"},
		{"at night", "cut", "bob", "", "2026-11-26T03:00", ErrClosed, "2026-11-26 09:00 09:15 09:30", "bob"},
		{"outside the specialist's hours", "cut", "ann", "", day + "09:00", ErrAbsent, "2026-11-25 10:00 10:15 10:30", "ann"},
		{"not to the end", "cut", "ann", "", day + "13:30", ErrAbsent, "2026-11-25 12:45 13:00 13:15", "ann"},
		{"in the past, today", "cut", "bob", "", day + "07:45", ErrPast, "2026-11-25 09:00 09:15 09:30", "bob"},
		{"in the past, last year", "cut", "ann", "", "2025-11-25T11:00", ErrPast, "2026-11-25 10:00 10:15 10:30", "ann"},
		{"too far ahead", "cut", "ann", "", "2027-11-25T11:00", ErrHorizon, "2026-11-27 12:45 13:00 13:15", "ann"},
		{"beside the grid", "cut", "ann", "", day + "11:05", ErrGrid, "2026-11-25 10:45 11:00 11:15", "ann"},
		{"taken", "cut", "ann", "", day + "12:00", ErrTaken, "2026-11-25 11:00 11:15 12:45", "ann"},
		{"a foreign branch", "cut", "ann", "far", day + "11:00", ErrUnknown, "2026-11-25 10:45 11:00 11:15", "ann"},
		{"a branch that is none", "cut", "ann", "moon", day + "11:00", ErrUnknown, "2026-11-25 10:45 11:00 11:15", "ann"},
		{"an unknown service", "massage", "ann", "", day + "11:00", ErrUnknown, "", ""},
		{"a service that one does not do", "feet", "ann", "", day + "11:00", ErrUnknown, "2026-11-25 10:00 10:15 10:30", "bob"},
		{"an unknown specialist", "brows", "zed", "", day + "11:00", ErrUnknown, "2026-11-25 12:00 12:15 12:30", "dan"},
	}
	h := open(t, salon, day+"08:00")
	h.request(h.slot("cut", "ann", day+"12:00"), "somebody")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Slot{Service: tt.service, Specialist: tt.who, Branch: tt.branch, Start: h.time(tt.start)}
			ask := map[string]func(tx *storage.Tx) error{
				"check": func(tx *storage.Tx) error { return h.Check(tx, s, "v1", "", h.now) },
				"hold": func(tx *storage.Tx) error {
					_, err := h.Calendar.Hold(tx, s, "v1", h.now)
					return err
				},
				"request": func(tx *storage.Tx) error {
					_, err := h.Request(tx, Booking{Slot: s, Conversation: "v1"}, h.now)
					return err
				},
				"move": func(tx *storage.Tx) error {
					_, err := h.Move(tx, "A-1001", 0, s, visitor, h.now)
					return err
				},
			}
			if tt.want == ErrTaken {
				delete(ask, "move") // it is its own
			}
			for verb, do := range ask {
				err := h.db.Update(func(tx *storage.Tx) error {
					if err := do(tx); err != nil {
						return err
					}
					return errors.New("was not refused")
				})
				refusal, ok := errors.AsType[*Refusal](err)
				if !ok || !errors.Is(err, tt.want) {
					t.Errorf("%s: %v, want %v", verb, err, tt.want)
					continue
				}
				if verb == "move" { // its own slot counts as free
					continue
				}
				if diff := cmp.Diff(tt.nearest, h.clocks(refusal.Nearest)); diff != "" {
					t.Errorf("%s, nearest:\n%s", verb, diff)
				}
				for _, near := range refusal.Nearest {
					if near.Specialist != tt.by || h.check(near, "v1", "") != nil {
						t.Errorf("%s: the nearest %+v cannot be had", verb, near)
					}
				}
			}
		})
	}
	h.view(func(tx *storage.Tx) error {
		own, err := OfConversation(tx, "v1")
		if len(own) > 0 {
			t.Errorf("booked all the same: %+v", own)
		}
		return err
	})
}

// A page that shows what was, and not what is, changes nothing: it is told what is.
func TestAStalePageIsToldWhatIs(t *testing.T) {
	h := open(t, salon, "2026-11-25T08:00")
	a := h.request(h.slot("cut", "ann", "2026-11-25T12:00"), "v1")
	seen := a.Version
	moved := must(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Move(tx, a.Number, seen, h.slot("cut", "ann", "2026-11-25T13:00"), reception, h.now)
	})
	for verb, do := range map[string]func(*storage.Tx) (Appointment, error){
		"confirm": func(tx *storage.Tx) (Appointment, error) { return h.Confirm(tx, a.Number, seen, reception, h.now) },
		"decline": func(tx *storage.Tx) (Appointment, error) { return h.Decline(tx, a.Number, seen, reception, h.now) },
		"cancel":  func(tx *storage.Tx) (Appointment, error) { return h.Cancel(tx, a.Number, seen, reception, h.now) },
		"arrived": func(tx *storage.Tx) (Appointment, error) { return h.Arrived(tx, a.Number, seen, reception, h.now) },
		"move": func(tx *storage.Tx) (Appointment, error) {
			return h.Move(tx, a.Number, seen, h.slot("cut", "ann", "2026-11-25T11:00"), reception, h.now)
		},
	} {
		_, err := try(h, do)
		stale, ok := errors.AsType[*Stale](err)
		if !ok || !errors.Is(err, ErrStale) || stale.Current.Version != moved.Version || stale.Current.Slot != moved.Slot {
			t.Errorf("%s: %v", verb, err)
		}
	}
	// The slot that the page still shows as free is somebody's: refused with the nearest.
	_, err := h.hold(moved.Slot, "v2")
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok || refusal.Why != Taken || h.clocks(refusal.Nearest) != "2026-11-25 11:45 12:00 12:15" {
		t.Errorf("a slot that was free: %v, %+v", err, refusal)
	}
}
