package assistant

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/killed"
	"okoshko/storage/vault"
)

// remindDir names, in the environment of a child process, the folder with the store in
// which it reminds until it is killed.
const remindDir = "OKOSHKO_TEST_REMIND_KILLED_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(remindDir); dir != "" {
		fmt.Fprintln(os.Stderr, remindUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// remindStep is how far the clock of the child goes at once; the house looks that often.
const remindStep = 10 * time.Minute

// remindUntilKilled books for people, goes on in time and reminds them, and says on a
// line which reminder is on record. The clock goes on where the process before it stood.
func remindUntilKilled(dir string) error {
	clock := &testClock{now: stoodAt(dir)}
	db, a, err := openReminding(dir, clock)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for {
		clock.pass(remindStep)
		if err := standAt(dir, clock.Now()); err != nil {
			return err
		}
		if err := bookAhead(a, db, clock.Now()); err != nil {
			return err
		}
		if err := a.Attend(context.Background()); err != nil {
			return err
		}
		err := db.View(func(tx *storage.Tx) (err error) {
			for key := range reminders.Range(tx, nil, nil, &err) {
				if line := fmt.Sprintf("%x", key); !known[line] {
					known[line] = true
					fmt.Println(line)
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
}

// stoodAt is the time at which a process before stood, or Monday.
func stoodAt(dir string) time.Time {
	text, err := os.ReadFile(filepath.Join(dir, "clock"))
	if unix, bad := strconv.ParseInt(string(text), 10, 64); err == nil && bad == nil {
		return time.Unix(unix, 0).UTC()
	}
	return monday
}

// standAt keeps the time for the process after this one: a whole one, whenever this one
// is killed.
func standAt(dir string, now time.Time) error {
	half := filepath.Join(dir, "clock.new")
	if err := os.WriteFile(half, fmt.Append(nil, now.Unix()), 0o600); err != nil {
		return err
	}
	return os.Rename(half, filepath.Join(dir, "clock"))
}

func openReminding(dir string, clock *testClock) (*storage.DB, *Assistant, error) {
	v, err := vault.Open(dir, vault.KeyFile(filepath.Join(dir, "key")))
	if err != nil {
		return nil, nil, err
	}
	db, err := storage.Open(filepath.Join(dir, "data.db"), v)
	if err != nil {
		return nil, nil, err
	}
	house, problems, err := clinic.Load("testdata/clinic.yaml")
	if err != nil {
		return nil, nil, errors.Join(err, fmt.Errorf("%v", problems))
	}
	a, err := New(Config{DB: db, Clinic: house, Now: clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	return db, a, err
}

// bookAhead confirms the first free time at least three hours ahead, for a new visitor.
func bookAhead(a *Assistant, db *storage.DB, now time.Time) error {
	s, err := a.Open(context.Background(), Visit{Lang: "ru", Page: "https://birch.example/", Address: "192.0.2.7"})
	if err != nil {
		return err
	}
	h := a.house.Load()
	return db.Update(func(tx *storage.Tx) error {
		free, err := h.calendar.Free(tx, booking.Query{Service: "beard", From: now.Add(3 * time.Hour), Limit: 1}, now)
		if err != nil || len(free) == 0 {
			return err
		}
		_, err = h.calendar.Request(tx, booking.Booking{Slot: free[0], Conversation: s.Conversation, Author: "test", Staff: true}, now)
		return err
	})
}

// TestKilledProcessRemindsOnce kills a process that reminds, again and again. Each
// reminder that is on record lies once in its conversation, none lies there that is not,
// and in the end nobody was forgotten. OKOSHKO_KILLS sets how often, OKOSHKO_KILL_SEED
// another way to go on.
func TestKilledProcessRemindsOnce(t *testing.T) {
	kills, seed := 10, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("OKOSHKO_KILLS")); err == nil && n > 0 {
		kills = n
	}
	if n, err := strconv.ParseUint(os.Getenv("OKOSHKO_KILL_SEED"), 10, 64); err == nil {
		seed = n
	}
	if testing.Short() {
		kills = 3
	}
	h := newTestHouse(t)
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(seed, 3))
	acked := map[string]bool{}
	for i := range kills {
		known := len(acked) // a child says all that is on record, the old first
		killed.Run(t, remindDir, h.dir, known+1+random.IntN(6), func(line string) { acked[line] = true })
		if i%10 == 9 || i == kills-1 {
			checkReminded(t, h.dir, acked, i == kills-1)
		}
	}
	t.Logf("%d kills (seed %d), %d reminders, each once", kills, seed, len(acked))
	h.open(nil) // for the house's own end
}

// checkReminded holds the records against the conversations; in the end, when the house
// has looked once more, against the appointments too.
func checkReminded(t *testing.T, dir string, acked map[string]bool, end bool) {
	t.Helper()
	clock := &testClock{now: stoodAt(dir)}
	db, a, err := openReminding(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	if end {
		if err := a.Attend(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var all []booking.Appointment
	records := map[string]int{} // by number of the appointment
	err = db.View(func(tx *storage.Tx) (err error) {
		here := map[string]bool{}
		for key, r := range reminders.Range(tx, nil, nil, &err) {
			here[fmt.Sprintf("%x", key)] = true
			number, _, _ := strings.Cut(string(key), "\x00")
			records[number]++
			if r.State != ReminderSent || r.Seq == 0 {
				t.Errorf("reminder of %s: %+v", number, r)
			}
		}
		for key := range acked {
			if !here[key] {
				t.Errorf("reminder %s was on record and is lost", key)
			}
		}
		for ap := range booking.Between(tx, monday, clock.Now().AddDate(0, 0, 60), &err) {
			all = append(all, ap)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, ap := range all {
		turns, err := a.Turns(t.Context(), ap.Conversation, 0)
		if err != nil {
			t.Fatal(err)
		}
		said := 0
		for _, turn := range turns {
			if len(turn.Buttons) > 0 && turn.Buttons[0].ID == comeID(ap) {
				said++
			}
		}
		if said != records[ap.Number] {
			t.Errorf("%s: %d reminders in the conversation, %d on record", ap.Number, said, records[ap.Number])
		}
		due := 0
		for _, at := range a.house.Load().clinic.RemindAt(ap.Start) {
			if ap.Changed.Before(at) && !at.After(clock.Now()) {
				due++
			}
		}
		if end && said != due {
			t.Errorf("%s at %s: reminded %d times, %d were due", ap.Number, ap.Start, said, due)
		}
	}
}
