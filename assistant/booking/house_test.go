package booking

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/vault"
)

// house is a clinic with a store and a clock.
type house struct {
	testing.TB
	*Calendar
	db  *storage.DB
	now time.Time
}

// open makes a house of a clinic file's text; its clock shows now, in the house's zone.
func open(t testing.TB, file, now string) *house {
	t.Helper()
	c, problems, err := clinic.Parse("test.yaml", []byte(file))
	if err != nil {
		t.Fatalf("%v\n%s", err, problems)
	}
	return opened(t, c, store(t, t.TempDir()), now)
}

func opened(t testing.TB, c *clinic.Clinic, db *storage.DB, now string) *house {
	h := &house{TB: t, Calendar: New(c), db: db}
	h.now = h.time(now)
	return h
}

// example makes a house of one of the example files.
func example(t testing.TB, name, now string) *house {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "clinic", "testdata", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return open(t, string(data), now)
}

// quiet is what a store needs of a test; a run of rapid has less than testing.TB.
type quiet interface {
	Helper()
	Error(...any)
	Fatal(...any)
	Cleanup(func())
}

func store(t quiet, dir string) *storage.DB {
	t.Helper()
	v, err := vault.Create(dir, vault.KeyFile(filepath.Join(dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(filepath.Join(dir, "data.db"), v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// small is a clinic with one branch and the given extra sections.
func small(zone, branchHours, specialists, rules string) string {
	return fmt.Sprintf(`
name: {en: Test}
timezone: %s
languages: [en]
phone: "+442079460958"
privacy: {operator: Test, contact: test}
branches: [{id: main, name: {en: Main}, address: {en: here}, hours: "%s"}]
services:
  - {id: short, name: {en: Short}, duration: 30m}
  - {id: hour, name: {en: Hour}, duration: 60m, buffer: 15m, buffer_before: 5m}
specialists:
%s
booking: %s
`, zone, branchHours, specialists, rules)
}

func person(id, hours string) string {
	return fmt.Sprintf("  - {id: %s, name: {en: %s}, services: [short, hour], branch: main, hours: \"%s\"}", id, id, hours)
}

// time reads "2006-01-02T15:04" on the house's wall clock, or a full RFC 3339 time.
func (h *house) time(s string) time.Time {
	h.Helper()
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t
	}
	t, err := time.ParseInLocation("2006-01-02T15:04", s, h.clinic.Location)
	if err != nil {
		h.Fatal(err)
	}
	return t.UTC()
}

// at is a slot of a service and a specialist.
func (h *house) slot(service, specialist, start string) Slot {
	h.Helper()
	return h.complete(Slot{Service: service, Specialist: specialist, Start: h.time(start)})
}

func (h *house) view(fn func(tx *storage.Tx) error) {
	h.Helper()
	if err := h.db.View(fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) update(fn func(tx *storage.Tx) error) {
	h.Helper()
	if err := h.db.Update(fn); err != nil {
		h.Fatal(err)
	}
}

// must runs a change that has to succeed.
func must[T any](h *house, fn func(tx *storage.Tx) (T, error)) T {
	h.Helper()
	v, err := try(h, fn)
	if err != nil {
		h.Fatal(err)
	}
	return v
}

// try runs a change and returns its error.
func try[T any](h *house, fn func(tx *storage.Tx) (T, error)) (v T, err error) {
	err = h.db.Update(func(tx *storage.Tx) error {
		var err error
		v, err = fn(tx)
		return err
	})
	return v, err
}

func (h *house) request(s Slot, conversation string) Appointment {
	h.Helper()
	return must(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Request(tx, Booking{Slot: s, Conversation: conversation, Author: "visitor"}, h.now)
	})
}

func (h *house) free(q Query) []Slot {
	h.Helper()
	var found []Slot
	h.view(func(tx *storage.Tx) (err error) {
		found, err = h.Free(tx, q, h.now)
		return err
	})
	return found
}

func (h *house) check(s Slot, who, ignore string) error {
	h.Helper()
	var refused error
	h.view(func(tx *storage.Tx) error {
		refused = h.Check(tx, s, who, ignore, h.now)
		return nil
	})
	return refused
}

// clocks writes slots as "2006-01-02 15:04 15:30", those of one day together.
func (h *house) clocks(slots []Slot) string {
	var b strings.Builder
	day := ""
	for _, s := range slots {
		at := s.Start.In(h.clinic.Location)
		if d := at.Format(time.DateOnly); d != day {
			day = d
			b.WriteString(" " + d)
		}
		b.WriteString(" " + at.Format("15:04"))
	}
	return strings.TrimSpace(b.String())
}
