package assistant

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/vault"
)

// monday is the clock at which tests begin: Monday 23 November 2026, 09:00 in
// Kazan.
var monday = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

// testClock is a clock that the test moves.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *testClock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *testClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// testHouse is an assistant on a real store in a folder of its own.
type testHouse struct {
	*Assistant
	t     testing.TB
	dir   string
	file  string // clinic file
	db    *storage.DB
	clock *testClock
	log   *testLog
	stop  func()
	// patience is Config.Patience of the next open.
	patience time.Duration
	late     bool // its model is, and time is virtual
}

func newTestHouse(t testing.TB) *testHouse { return newTestHouseOf(t, "testdata/clinic.yaml") }

// newTestHouseOf is a house with another clinic file.
func newTestHouseOf(t testing.TB, file string) *testHouse {
	t.Helper()
	h := &testHouse{t: t, file: file, dir: t.TempDir(), clock: &testClock{now: monday}, log: &testLog{}}
	key := filepath.Join(h.dir, "key")
	if err := os.WriteFile(key, bytes.Repeat([]byte("5a"), 32), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Create(h.dir, vault.KeyFile(key)); err != nil {
		t.Fatal(err)
	}
	h.open(nil)
	t.Cleanup(h.close)
	return h
}

// open opens the store and makes an assistant that does not answer yet.
func (h *testHouse) open(model Model) {
	h.t.Helper()
	v, err := vault.Open(h.dir, vault.KeyFile(filepath.Join(h.dir, "key")))
	if err != nil {
		h.t.Fatal(err)
	}
	if h.db, err = storage.Open(filepath.Join(h.dir, "data.db"), v); err != nil {
		h.t.Fatal(err)
	}
	house, problems, err := clinic.Load(h.file)
	if err != nil {
		h.t.Fatal(err, problems)
	}
	h.Assistant, err = New(Config{
		DB: h.db, Clinic: house, Model: model, Patience: h.patience, Now: h.clock.Now,
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.stop = func() {}
}

// start lets the assistant answer.
func (h *testHouse) start() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Assistant.Run(ctx) }()
	<-h.Assistant.Started()
	h.stop = func() { cancel(); <-done; h.stop = func() {} }
}

func (h *testHouse) close() {
	h.stop()
	if err := h.db.Close(); err != nil {
		h.t.Error(err)
	}
}

// testLog may be read while the house writes on.
type testLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *testLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *testLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// testVisitor is somebody in the chat.
type testVisitor struct {
	h       *testHouse
	session Session
	n       int
	after   uint64
	last    Turn
	number  string // of the newest appointment that a reply showed
}

func (h *testHouse) visitor(lang string) *testVisitor {
	h.t.Helper()
	s, err := h.Open(h.t.Context(), Visit{Lang: lang, Page: "https://birch.example/", Address: "192.0.2.7"})
	if err != nil {
		h.t.Fatal(err)
	}
	return &testVisitor{h: h, session: s}
}

// say sends a text and returns the last reply.
func (v *testVisitor) say(text string) Turn {
	v.h.t.Helper()
	return v.send(Incoming{Text: text})
}

// press presses the button of the last reply whose label contains the words.
func (v *testVisitor) press(words string) Turn {
	v.h.t.Helper()
	for _, s := range v.last.Slots {
		if strings.Contains(s.Start.Format("Mon 15:04"), words) {
			return v.send(Incoming{Button: s.ID})
		}
	}
	for _, b := range v.last.Buttons {
		if strings.Contains(b.Label, words) {
			return v.send(Incoming{Button: b.ID})
		}
	}
	v.h.t.Fatalf("no button %q in %s", words, describe(v.last))
	return Turn{}
}

func (v *testVisitor) send(in Incoming) Turn {
	t := v.h.t
	t.Helper()
	v.n++
	if in.ID == "" {
		in.ID = fmt.Sprint("f", v.n)
	}
	if _, err := v.h.Receive(t.Context(), v.session.Conversation, in); err != nil {
		t.Fatal(err)
	}
	return v.settle()
}

// settle waits for the answer and reads it.
func (v *testVisitor) settle() Turn {
	t := v.h.t
	t.Helper()
	if err := v.h.Settle(t.Context(), v.session.Conversation); err != nil {
		t.Fatal(err)
	}
	for _, turn := range v.turns(v.after) {
		v.after = turn.Seq
		if turn.From != FromVisitor {
			v.last = turn
		}
		if turn.Appointment != nil {
			v.number = turn.Appointment.Number
		}
	}
	return v.last
}

func (v *testVisitor) turns(after uint64) []Turn {
	v.h.t.Helper()
	turns, err := v.h.Turns(v.h.t.Context(), v.session.Conversation, after)
	if err != nil {
		v.h.t.Fatal(err)
	}
	return turns
}

// book goes all the way to a request and returns its number.
func (v *testVisitor) book(what, name, phone string) string {
	t := v.h.t
	t.Helper()
	answers := map[Expect]string{ExpectConsent: "да", ExpectName: name, ExpectPhone: phone, ExpectEmail: "inna@example.ru", ExpectConfirm: "да", ExpectBranch: "на Северной"}
	reply := v.say(what)
	for range 8 {
		if reply.Appointment != nil || reply.Expects == ExpectPurpose {
			return v.number
		}
		text, ok := answers[reply.Expects]
		if !ok {
			t.Fatalf("cannot go on from %s", describe(reply))
		}
		reply = v.say(text)
	}
	t.Fatalf("not booked: %s", describe(reply))
	return ""
}

func describe(t Turn) string {
	var choices []string
	for _, s := range t.Slots {
		choices = append(choices, s.Start.Format("Mon 15:04"))
	}
	for _, b := range t.Buttons {
		choices = append(choices, b.Label)
	}
	return fmt.Sprintf("%q (%s) %q", t.Text, t.Expects, choices)
}

func wantExpects(t *testing.T, got Turn, want Expect) {
	t.Helper()
	if got.Expects != want {
		t.Fatalf("expects %q, want %q: %s", got.Expects, want, describe(got))
	}
}

func wantText(t *testing.T, got Turn, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(got.Text, w) {
			t.Fatalf("reply lacks %q: %s", w, describe(got))
		}
	}
}

// files reads all files of the house's folder.
func (h *testHouse) files() (all []byte) {
	h.t.Helper()
	entries, err := os.ReadDir(h.dir)
	if err != nil {
		h.t.Fatal(err)
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(h.dir, e.Name()))
		if err != nil {
			h.t.Fatal(err)
		}
		all = append(all, data...)
	}
	return all
}
