package booking

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/killed"
	"okoshko/storage/vault"
)

// killedDir names, in the environment of a child process, the folder with the store in
// which it books until it is killed.
const killedDir = "OKOSHKO_TEST_BOOKING_KILLED_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		fmt.Fprintln(os.Stderr, bookUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// killedNow is the time on the clock of all processes of the test.
func killedNow() time.Time { return time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC) }

func killedClinic() (*clinic.Clinic, error) {
	c, _, err := clinic.Load(filepath.Join("..", "clinic", "testdata", "rooms.yaml"))
	if err == nil {
		c.Booking.PerVisitor = 1_000_000
	}
	return c, err
}

func killedKey(dir string) vault.Unlocker { return vault.KeyFile(filepath.Join(dir, "okoshko.key")) }

func openKilled(dir string) (*storage.DB, error) {
	v, err := vault.Open(dir, killedKey(dir))
	if err != nil {
		return nil, err
	}
	return storage.Open(filepath.Join(dir, "data.db"), v)
}

// TestKilledProcessKeepsItsWord kills a process that holds, books, moves, cancels and
// blocks, again and again, and looks for everything that it had acknowledged.
//
// OKOSHKO_KILLS sets how often, and OKOSHKO_KILL_SEED another way to go on; see
// scripts/kill-bookings.
func TestKilledProcessKeepsItsWord(t *testing.T) {
	kills, seed := setting(t, "OKOSHKO_KILLS", 200), setting(t, "OKOSHKO_KILL_SEED", 1)
	if testing.Short() {
		kills = 3
	}
	dir := t.TempDir()
	if _, err := vault.Create(dir, killedKey(dir)); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(uint64(seed), 2))
	acked := map[string]string{} // by number: the last that was said of it
	said := 0
	for i := range kills {
		now := map[string]string{}
		said += killed.Run(t, killedDir, dir, 1+random.IntN(12), func(line string) {
			number, what, _ := strings.Cut(line, " ")
			acked[number], now[number] = what, what
		})
		whole := i%10 == 9 || i == kills-1 // what is lost or doubled stays so
		if whole {
			now = acked
		}
		checkKept(t, dir, now, whole)
	}
	t.Logf("%d kills (seed %d), %d acknowledged changes of %d appointments, all kept", kills, seed, said, len(acked))
}

// setting reads a number from the environment.
func setting(t *testing.T, name string, usual int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q", name, text)
	}
	return n
}

// checkKept looks for what was acknowledged, and, if that is the whole of it, at all else.
func checkKept(t *testing.T, dir string, acked map[string]string, whole bool) {
	t.Helper()
	db, err := openKilled(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	err = db.Update(func(tx *storage.Tx) error {
		for number, what := range acked {
			a, err := Get(tx, number)
			same := err == nil && strings.HasPrefix(what, fmt.Sprintf("%03d ", a.Version))
			if err != nil || same && a.said() != what || a.said() < what { // a later change may not have been acknowledged
				t.Errorf("%s was acknowledged as %q and is %q, %v", number, what, a.said(), err)
			}
		}
		if !whole {
			return nil
		}
		return errors.Join(checkClaims(t, tx), makeRoom(tx, acked))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// makeRoom cancels everything when the calendar has become so full that the visitors
// would find nothing.
func makeRoom(tx *storage.Tx, acked map[string]string) error {
	c, err := killedClinic()
	if err != nil {
		return err
	}
	var open []string
	for _, a := range appointments.Range(tx, nil, nil, &err) {
		if a.Status.Open() {
			open = append(open, a.Number)
		}
	}
	if err != nil || len(open) < 300 {
		return err
	}
	calendar := New(c)
	for _, number := range open {
		a, err := calendar.Cancel(tx, number, 0, Change{Author: "test", Staff: true}, killedNow())
		if err != nil {
			return err
		}
		acked[number] = a.said()
	}
	return nil
}

// checkClaims looks for double bookings, and for claims of nobody when all holds are over.
func checkClaims(t *testing.T, tx *storage.Tx) error {
	c, err := killedClinic()
	if err != nil {
		return err
	}
	calendar, later := New(c), killedNow().Add(time.Hour)
	if _, err := calendar.Sweep(tx, later); err != nil {
		return err
	}
	claimed := map[string]int{}
	for key := range claims.Range(tx, nil, nil, &err) {
		claimed[string(key)]++
	}
	at, visits := map[string][]stretch{}, map[string]int{}
	for _, a := range appointments.Range(tx, nil, nil, &err) {
		if a.Visit != "" {
			visits[a.Visit]++
		}
		if !a.Status.Open() {
			continue
		}
		for _, k := range a.Takes {
			at[k.Resource] = append(at[k.Resource], k.stretch())
			claimed[string(claimKey(k, a.Number))]--
		}
	}
	for id, members := range visits {
		if members != 2 {
			t.Errorf("%s has %d of its two appointments", id, members)
		}
	}
	for key, n := range claimed {
		if n != 0 {
			t.Errorf("claim %x: %+d than there are appointments for it", key, n)
		}
	}
	for name, all := range at {
		slices.SortFunc(all, byFrom)
		count := 1
		if r, ok := c.Room(strings.TrimPrefix(name, "r/")); ok {
			count = r.Count
		}
		if over := crowded(all, count+1); len(over) > 0 {
			t.Errorf("%s is booked more than %d times at %v", name, count, over)
		}
	}
	return err
}

// said is an acknowledgement, later ones of an appointment being greater.
func (a Appointment) said() string {
	return fmt.Sprintf("%03d %s %s %s", a.Version, a.Status, a.Specialist, a.Start.UTC().Format(time.RFC3339))
}

// bookUntilKilled is the child process: eight visitors who say what they were promised
// after each commit.
func bookUntilKilled(dir string) error {
	c, err := killedClinic()
	if err != nil {
		return err
	}
	db, err := openKilled(dir)
	if err != nil {
		return err
	}
	calendar, failed := New(c), make(chan error)
	for visitor := range 8 {
		go func() {
			random := rand.New(rand.NewPCG(uint64(os.Getpid()), uint64(visitor)))
			for {
				do := visit
				if random.IntN(4) == 0 {
					do = longVisit
				}
				if err := do(db, calendar, fmt.Sprint("v", visitor), random); err != nil {
					failed <- err
				}
			}
		}()
	}
	return <-failed
}

// visit holds a slot, takes it, and then moves or cancels it, or does neither.
func visit(db *storage.DB, calendar *Calendar, who string, random *rand.Rand) error {
	now := killedNow()
	pick := func(tx *storage.Tx) (Slot, error) {
		service := []string{"talk", "filling", "whitening", "epilation"}[random.IntN(4)]
		free, err := calendar.Free(tx, Query{Service: service, From: now.AddDate(0, 0, random.IntN(55)), Limit: 1}, now)
		if err == nil && len(free) == 0 {
			err = ErrTaken
		}
		if err != nil {
			return Slot{}, err
		}
		return free[0], nil
	}
	var a Appointment
	steps := []func(tx *storage.Tx) error{
		func(tx *storage.Tx) error {
			s, err := pick(tx)
			if err == nil {
				_, err = calendar.Hold(tx, s, who, now)
			}
			return err
		},
		func(tx *storage.Tx) error {
			h, err := calendar.Held(tx, who, now)
			if err == nil {
				a, err = calendar.Request(tx, Booking{Slot: h.Slot, Conversation: who}, now)
			}
			return err
		},
		func(tx *storage.Tx) (err error) {
			if random.IntN(2) == 0 {
				a, err = calendar.Cancel(tx, a.Number, 0, Change{Author: who}, now)
				return err
			}
			s, err := pick(tx)
			if err == nil {
				a, err = calendar.Move(tx, a.Number, 0, s, Change{Author: who}, now)
			}
			return err
		},
	}
	for i, step := range steps[:2+random.IntN(2)] {
		err := db.Update(step)
		if errors.Is(err, ErrTaken) {
			return nil
		}
		if err != nil {
			return err
		}
		if i > 0 {
			fmt.Println(a.Number, a.said())
		}
	}
	return nil
}

// longVisit holds and takes two services as one visit.
func longVisit(db *storage.DB, calendar *Calendar, who string, random *rand.Rand) error {
	now := killedNow()
	var chosen Visit
	var made []Appointment
	for _, step := range []func(tx *storage.Tx) error{
		func(tx *storage.Tx) error {
			q := VisitQuery{Services: []string{"talk", "filling"}, From: now.AddDate(0, 0, random.IntN(55)), Limit: 1}
			free, err := calendar.FreeVisits(tx, q, now)
			if err == nil && len(free) == 0 {
				err = ErrTaken
			}
			if err == nil {
				chosen = free[0]
				_, err = calendar.HoldVisit(tx, chosen, who, now)
			}
			return err
		},
		func(tx *storage.Tx) (err error) {
			made, err = calendar.RequestVisit(tx, chosen, Booking{Conversation: who}, now)
			return err
		},
	} {
		if err := db.Update(step); errors.Is(err, ErrTaken) {
			return nil
		} else if err != nil {
			return err
		}
	}
	for _, a := range made {
		fmt.Println(a.Number, a.said())
	}
	return nil
}
