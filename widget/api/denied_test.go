package api

import (
	"strings"
	"testing"
	"time"

	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// TestRefusedTokensAreNoted: in the journal, by whose they are, but never so many that a
// stranger fills the disk.
func TestRefusedTokensAreNoted(t *testing.T) {
	h := open(t)
	noted := func() (n int, actors string) {
		t.Helper()
		if err := h.db.View(func(tx *storage.Tx) (err error) {
			for e := range audit.Entries(tx, 0, 0, &err) {
				if e.Action == "token.refused" {
					n, actors = n+1, e.Actor
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return n, actors
	}
	h.token = ""
	h.do("GET", "/api/v1/appointments", "")
	if n, _ := noted(); n != 0 {
		t.Errorf("nothing was tried, %d noted", n)
	}
	h.token = h.tokenOf(staff.Auditor)
	h.do("GET", "/api/v1/appointments", "")
	if n, who := noted(); n != 1 || !strings.HasPrefix(who, "tok_") {
		t.Errorf("a token that may not: %d noted, by %s", n, who)
	}
	h.token = "okt_" + strings.Repeat("A", 26)
	for range 3 * refusalsNoted {
		h.do("GET", "/api/v1/appointments", "")
	}
	if n, who := noted(); n != refusalsNoted || who != "nobody" {
		t.Errorf("%d noted, by %s; want %d", n, who, refusalsNoted)
	}
}

// TestRefusalsAreNotedAgain after their time, and after the clock was put back.
func TestRefusalsAreNotedAgain(t *testing.T) {
	var r refusals
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for range refusalsNoted {
		r.due(at)
	}
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{{time.Minute, false}, {refusalsIn, true}, {-time.Hour, true}} {
		if got := r.due(at.Add(c.after)); got != c.want {
			t.Errorf("after %v: %v, want %v", c.after, got, c.want)
		}
	}
}
