package console

import (
	"testing"
	"time"

	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// TestReadingIsNoted: a page on which people are named is in the journal, once
// in a quarter of an hour for each account.
func TestReadingIsNoted(t *testing.T) {
	h := open(t)
	h.visit(t)
	noted := func() (n int) {
		t.Helper()
		err := h.db.View(func(tx *storage.Tx) (err error) {
			for e := range audit.Entries(tx, 0, 0, &err) {
				if e.Action == "desk.read" {
					n++
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	b := h.as(t, staff.Reception)
	begun := noted() // signing in led to the inbox
	for _, c := range []struct {
		after time.Duration
		path  string
		more  int // entries since the beginning
	}{
		{0, "/console/calendar", 1},
		{0, "/console/calendar", 1},
		{0, "/console/appointments/A-1042", 2},
		{10 * time.Minute, "/console/calendar", 2},
		{6 * time.Minute, "/console/calendar", 3},
		{-time.Hour, "/console/calendar", 4}, // the clock was set back: rather one entry too many
	} {
		h.clock.pass(c.after)
		b.get(c.path)
		if got := noted() - begun; got != c.more {
			t.Errorf("%s after %s: %d entries, want %d", c.path, c.after, got, c.more)
		}
	}
}
