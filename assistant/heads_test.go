package assistant

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

// keep does what the job does after some time.
func (h *testHouse) keep(after time.Duration, start bool) audit.Kept {
	h.t.Helper()
	h.clock.pass(after)
	if err := h.KeepHead(h.t.Context(), start); err != nil {
		h.t.Fatal(err)
	}
	k, err := h.Head(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return k
}

// rung are the rules of all alarms, the oldest first.
func (h *testHouse) rung() (rules string) {
	h.t.Helper()
	err := h.db.View(func(tx *storage.Tx) error {
		all, err := privacy.Alarms(tx, 100)
		for _, a := range all {
			rules = strings.TrimSpace(a.Rule + " " + rules)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return rules
}

// told is how many new events of a type there are, and the last of them.
func (h *testHouse) told(typ string) (n int, last outbox.Event) {
	h.t.Helper()
	err := h.db.Update(func(tx *storage.Tx) error {
		n = 0
		return outbox.Plan(tx, "all", func(e outbox.Event) bool {
			if e.Type == typ {
				n, last = n+1, e
			}
			return false
		})
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n, last
}

// TestDailyHead: a head is written at start and once a day, receivers are told once a
// day, and each proves the journal.
func TestDailyHead(t *testing.T) {
	h := newTestHouse(t)
	h.heads = t.TempDir()
	h.told(eventHead) // from here on
	files := func() int {
		t.Helper()
		all, err := audit.HeadFiles(h.heads)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	for n, c := range []struct {
		after time.Duration
		start bool
		files int
		told  int
	}{
		{0, true, 1, 1},
		{time.Minute, true, 1, 0}, // it starts again and again
		{time.Hour, true, 2, 0},
		{23 * time.Hour, false, 2, 0}, // a day after the start before is not a day after this one
		{time.Hour, false, 3, 1},
		{time.Minute, false, 3, 0},
		{-400 * day, false, 4, 1}, // the clock was put back
		{24 * time.Hour, false, 5, 1},
	} {
		k := h.keep(c.after, c.start)
		told, e := h.told(eventHead)
		if told > 0 {
			receives(t, h, e, k)
		}
		if got := files(); got != c.files || told != c.told || k.Failed != "" {
			t.Errorf("step %d: %d files, %d told, failed %q; want %d, %d", n, got, told, k.Failed, c.files, c.told)
		}
	}
	if rung := h.rung(); rung != "" {
		t.Errorf("alarms: %s", rung)
	}
	if err := h.db.Update(func(tx *storage.Tx) error {
		public, err := audit.Key(tx)
		if err != nil {
			return err
		}
		all, err := audit.HeadFiles(h.heads)
		if err != nil {
			return err
		}
		for _, file := range all {
			head, _, err := audit.ReadHeadFile(file, public)
			if err != nil {
				return err
			}
			if _, err := audit.Verify(tx, head); err != nil {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// receives reads a head as a receiver gets it, who may know no names.
func receives(t *testing.T, h *testHouse, e outbox.Event, want audit.Kept) {
	t.Helper()
	text, drop, err := h.EventBody(e, false)
	if err != nil || drop {
		t.Fatalf("dropped %v, %v", drop, err)
	}
	var body struct {
		Type string
		Data headEvent
	}
	if err := json.Unmarshal(text, &body); err != nil || body.Type != "journal.head" || body.Data.Code != want.Code() {
		t.Errorf("%s: %v", text, err)
	}
	if head, _, err := audit.ReadHead([]byte(body.Data.Note), body.Data.Key); err != nil || head != want.Head {
		t.Errorf("the note: %+v, %v, want %+v", head, err, want.Head)
	}
}

// TestHeadThatFails: a folder that is away is said, rings once a day, and gets its head
// as soon as it is back.
func TestHeadThatFails(t *testing.T) {
	h := newTestHouse(t)
	h.heads = filepath.Join(t.TempDir(), "stick")
	if k := h.keep(0, true); k.Failed == "" || !k.Written.IsZero() || k.Text == "" {
		t.Errorf("away: %+v", k)
	}
	first := h.keep(5*time.Minute, false)
	if second := h.keep(6*time.Minute, false); !second.At.After(first.At) || second.Failed == "" {
		t.Errorf("not tried again: %v then %v", first.At, second.At)
	}
	if rung := h.rung(); rung != "head" {
		t.Errorf("alarms: %q, want one", rung)
	}
	if n, err := h.Unseen(t.Context()); n != 1 || err != nil {
		t.Errorf("unseen: %d, %v", n, err)
	}
	if err := os.Mkdir(h.heads, 0o700); err != nil {
		t.Fatal(err)
	}
	k := h.keep(10*time.Minute, false)
	if k.Failed != "" || !k.Written.Equal(h.clock.Now()) {
		t.Errorf("back: %+v", k)
	}
	// The stick is pulled and its folder is the machine's own.
	if err := os.Remove(k.File); err != nil {
		t.Fatal(err)
	}
	if k = h.keep(day, false); !strings.Contains(k.Failed, "gone") {
		t.Errorf("the heads are gone: %+v", k)
	}
	if k = h.keep(10*time.Minute, false); k.Failed != "" {
		t.Errorf("said again: %+v", k)
	}
	if rung := h.rung(); rung != "head head" {
		t.Errorf("alarms: %q", rung)
	}
}

// TestHeadFindsTheFilesPutBack: all files of the house are put back to an earlier day,
// which nothing on the machine can tell; the head in the folder does, at the start.
func TestHeadFindsTheFilesPutBack(t *testing.T) {
	h := newTestHouse(t)
	heads := t.TempDir()
	reopen := func() {
		h.open(nil)
		h.heads = heads
	}
	h.heads = heads
	h.keep(0, true)
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, h.dir)
	reopen()
	for range 3 {
		h.keep(day, false)
		v := h.visitor("ru")
		v.h.did("contact.reveal")
	}
	h.keep(day, false)
	if rung := h.rung(); rung != "" {
		t.Fatalf("alarms before: %s", rung)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, data := range before {
		if err := os.WriteFile(filepath.Join(h.dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reopen()
	if k := h.keep(time.Hour, true); k.Foreign == "" {
		t.Errorf("not found: %+v", k)
	}
	if rung := h.rung(); rung != "rollback" {
		t.Errorf("alarms: %q", rung)
	}
	if k := h.keep(day, false); k.Foreign != "" {
		t.Errorf("the next head is of the journal as it is: %q", k.Foreign)
	}
	// Another house's head in the folder is no proof of this one's journal.
	other := newTestHouse(t)
	other.heads = t.TempDir()
	k := other.keep(0, true)
	if err := os.WriteFile(filepath.Join(heads, audit.HeadFile(h.clock.Now().Add(time.Hour))), []byte(k.Text), 0o600); err != nil {
		t.Fatal(err)
	}
	if k := h.keep(day, false); k.Foreign == "" {
		t.Error("another house's head was taken")
	}
}

// did writes an entry to the journal.
func (h *testHouse) did(action string) {
	h.t.Helper()
	if err := h.db.Update(func(tx *storage.Tx) error {
		return audit.Append(tx, audit.Entry{At: h.clock.Now(), Actor: "op_1", Action: action})
	}); err != nil {
		h.t.Fatal(err)
	}
}

// snapshot reads the files of a folder.
func snapshot(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = bytes.Clone(data)
	}
	return files
}

// TestClockThatWentBackRings: once a day, and not for what synchronisation puts right.
func TestClockThatWentBackRings(t *testing.T) {
	h := newTestHouse(t)
	look := func(after time.Duration, want string) {
		t.Helper()
		h.clock.pass(after)
		if err := h.WatchClock(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := h.rung(); got != want {
			t.Errorf("alarms %q, want %q", got, want)
		}
	}
	look(0, "")
	look(time.Minute, "")
	look(-time.Minute, "")
	look(-time.Hour, "clock")
	look(-time.Hour, "clock")
	look(3*day, "clock")
	if err := h.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	look(-time.Hour, "clock clock")
	h.ticked = time.Time{} // a restart: the daily job knows still
	look(-30*time.Minute, "clock clock")
	look(-2*day, "clock clock clock")
}
