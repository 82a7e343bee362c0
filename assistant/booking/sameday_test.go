package booking

import (
	"errors"
	"testing"
	"time"

	"okoshko/storage"
)

func TestTheSameDayIsCutOff(t *testing.T) {
	file := small("Europe/Moscow", "Mo-Su 08:00-20:00", person("ann", "Mo-Su 08:00-20:00"),
		`{notice: 30m, step: 1h, hold: 10m, same_day_until: "15:00"}`)
	h := open(t, file, "2026-11-25T14:59")
	first := func() string {
		return h.clocks(h.free(Query{Service: "short", Limit: 2}))
	}
	if got := first(); got != "2026-11-25 16:00 17:00" {
		t.Errorf("a minute before the cut-off: %s", got)
	}
	same, next := h.slot("short", "ann", "2026-11-25T18:00"), h.slot("short", "ann", "2026-11-26T08:00")
	h.now = h.now.Add(time.Minute)
	if got := first(); got != "2026-11-26 08:00 09:00" {
		t.Errorf("from the cut-off on: %s", got)
	}
	err := h.check(same, "v1", "")
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok || refusal.Why != SameDay || !errors.Is(err, ErrSameDay) || len(refusal.Nearest) == 0 || refusal.Nearest[0] != next {
		t.Errorf("a slot of the same day: %v, %+v", err, refusal)
	}
	if err := h.check(next, "v1", ""); err != nil {
		t.Errorf("a slot of the next day: %v", err)
	}
	// What was offered in time can be held, and what was held can be booked.
	held := must(h, func(tx *storage.Tx) (Hold, error) { return h.Hold(tx, same, "v1", h.now.Add(9*time.Minute)) })
	h.now = held.Until.Add(-time.Second)
	if a := h.request(same, "v1"); a.Status != Requested {
		t.Errorf("what was held: %+v", a)
	}
	h.now = h.time("2026-11-25T15:30")
	other := h.slot("short", "ann", "2026-11-25T19:00")
	if _, err := h.hold(other, "v2"); !errors.Is(err, ErrSameDay) {
		t.Errorf("a hold after the cut-off: %v", err)
	}
	must(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Request(tx, Booking{Slot: other, Staff: true}, h.now)
	})
	h.now = h.time("2026-11-26T00:00")
	if got := first(); got != "2026-11-26 08:00 09:00" {
		t.Errorf("after midnight: %s", got)
	}
}
