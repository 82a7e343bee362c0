package outbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"okoshko/storage"
	"okoshko/storage/vault"
)

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("", 3*3600))

func newDB(t testing.TB) *storage.DB {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Create(dir, vault.KeyFile(filepath.Join(dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(filepath.Join(dir, "data.db"), v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// in runs fn in an update that is expected to succeed.
func in(t testing.TB, db *storage.DB, fn func(tx *storage.Tx) error) {
	t.Helper()
	if err := db.Update(fn); err != nil {
		t.Fatal(err)
	}
}

func planAll(tx *storage.Tx, names ...string) (err error) {
	for _, name := range names {
		err = errors.Join(err, Plan(tx, name, nil))
	}
	return err
}

func write(tx *storage.Tx, subjects ...string) (err error) {
	for i, s := range subjects {
		_, e := Append(tx, "appointment.requested", s, start.Add(time.Duration(i)*time.Second), map[string]int{"n": i})
		err = errors.Join(err, e)
	}
	return err
}

// next returns the subject and number of what is due, or "".
func next(t testing.TB, tx *storage.Tx, receiver string, now time.Time) (string, *Delivery, time.Time) {
	t.Helper()
	d, due, err := Next(tx, receiver, now)
	if err != nil {
		t.Fatal(err)
	}
	if d == nil {
		return "", nil, due
	}
	return fmt.Sprint(d.Event.Subject, d.Event.Seq), d, due
}

func TestEvent(t *testing.T) {
	db := newDB(t)
	var a, b Event
	in(t, db, func(tx *storage.Tx) (err error) {
		a, err = Append(tx, "appointment.requested", "A-1", start, map[string]string{"number": "A-1"})
		return err
	})
	in(t, db, func(tx *storage.Tx) (err error) {
		b, err = Append(tx, "appointment.confirmed", "A-1", start, nil)
		return err
	})
	if a.ID == b.ID || len(a.ID) < 20 || strings.Contains(a.ID, ".") {
		t.Errorf("ids %q and %q: want random ones without dots", a.ID, b.ID)
	}
	a.ID, b.ID = "", ""
	want := []Event{
		{Seq: 1, Type: "appointment.requested", Subject: "A-1", At: start, Data: []byte(`{"number":"A-1"}`)},
		{Seq: 2, Type: "appointment.confirmed", Subject: "A-1", At: start, Data: []byte("null")},
	}
	if diff := cmp.Diff(want, []Event{a, b}); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestNewReceiverBeginsAtThePresentEnd(t *testing.T) {
	db := newDB(t)
	in(t, db, func(tx *storage.Tx) error {
		if err := errors.Join(planAll(tx, "old"), write(tx, "a"), planAll(tx, "new", "old"), write(tx, "b"), planAll(tx, "new", "old")); err != nil {
			return err
		}
		if got, _, _ := next(t, tx, "old", start.Add(time.Hour)); got != "a1" {
			t.Errorf("the old receiver's next is %q, want a1", got)
		}
		if got, _, _ := next(t, tx, "new", start.Add(time.Hour)); got != "b2" {
			t.Errorf("the new receiver's next is %q, want b2", got)
		}
		return nil
	})
}

func TestPlan(t *testing.T) {
	db := newDB(t)
	in(t, db, func(tx *storage.Tx) error {
		wants := func(e Event) bool { return e.Subject != "b" }
		if ok, err := Planned(tx, "crm"); ok || err != nil {
			t.Errorf("an unknown receiver is planned: %v, %v", ok, err)
		}
		if err := errors.Join(Plan(tx, "crm", wants), write(tx, "b", "a")); err != nil {
			return err
		}
		if ok, err := Planned(tx, "crm"); ok || err != nil {
			t.Errorf("planned with two new events: %v, %v", ok, err)
		}
		if err := errors.Join(Plan(tx, "crm", wants), Plan(tx, "crm", wants)); err != nil {
			return err
		}
		if ok, err := Planned(tx, "crm"); !ok || err != nil {
			t.Errorf("not planned after Plan: %v, %v", ok, err)
		}
		found, err := Deliveries(tx, Filter{})
		if len(found) != 1 || found[0].Event.Subject != "a" {
			t.Errorf("deliveries %+v, want one, of a", found)
		}
		return err
	})
	for _, name := range []string{"", "a\x00b"} {
		if err := db.Update(func(tx *storage.Tx) error { return Plan(tx, name, nil) }); err == nil {
			t.Errorf("a receiver is called %q", name)
		}
	}
}

func TestPrune(t *testing.T) {
	db := newDB(t)
	in(t, db, func(tx *storage.Tx) error {
		if err := errors.Join(planAll(tx, "crm", "mail"), write(tx, "a", "b", "c", "d"), planAll(tx, "crm"), write(tx, "e")); err != nil {
			return err
		}
		remaining := func() (subjects string) {
			var err error
			for _, e := range events.Range(tx, nil, nil, &err) {
				subjects += e.Subject
			}
			return subjects
		}
		prune := func(before time.Time, deleted int, want string) {
			t.Helper()
			n, err := Prune(tx, before)
			if got := remaining(); n != deleted || err != nil || got != want {
				t.Errorf("Prune = %d, %v, left %q; want %d, left %q", n, err, got, deleted, want)
			}
		}
		far := start.Add(24 * time.Hour)
		prune(far, 0, "abcde") // mail is not planned
		if err := planAll(tx, "crm", "mail"); err != nil {
			return err
		}
		prune(far, 0, "abcde") // all wait
		settle := func(receiver string, as ...func(id string) error) {
			t.Helper()
			for _, fn := range as {
				_, d, _ := next(t, tx, receiver, far)
				if err := fn(d.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		done := func(id string) error { return Delivered(tx, id, Attempt{Status: 200}) }
		drop := func(id string) error { return Drop(tx, id) }
		giveUp := func(id string) error { return Failed(tx, id, Attempt{}, time.Time{}) }
		settle("crm", done, done, done, done, done)
		settle("mail", done, drop, giveUp, done)
		prune(start.Add(time.Second), 1, "bcde") // only a is older
		prune(far, 2, "ce")                      // c was given up, e waits for mail
		queues, err := Queues(tx)
		want := []Queue{{Receiver: "crm"}, {Receiver: "mail", Waiting: 1, Oldest: start}}
		if diff := cmp.Diff(want, queues); err != nil || diff != "" {
			t.Errorf("Queues: %v (-want +got)\n%s", err, diff)
		}
		if err := Forget(tx, "mail"); err != nil {
			return err
		}
		prune(far, 2, "")
		for table, n := range map[string]int{"deliveries": count(tx, deliveries), "ids": count(tx, ids), "waiting": count(tx, waiting)} {
			if n != 0 {
				t.Errorf("%d records are left in %s", n, table)
			}
		}
		return nil
	})
}

func count[T any](tx *storage.Tx, table storage.Table[T]) (n int) {
	var err error
	for range table.Range(tx, nil, nil, &err) {
		n++
	}
	return n
}

// TestEveryEventOnceAndInOrder plays a day of events, of receivers that fail
// and come back, and of pruning: each receiver has each subject's events once,
// in the order in which they happened.
func TestEveryEventOnceAndInOrder(t *testing.T) {
	db := newDB(t)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		names := []string{fmt.Sprintf("crm%d", run), fmt.Sprintf("crm%d.mail", run)}
		now := start
		wrote, got := map[string][]uint64{}, map[string]map[string][]uint64{names[0]: {}, names[1]: {}}
		deliver := func(tx *storage.Tx, receiver string, fails bool) (bool, error) {
			d, _, err := Next(tx, receiver, now)
			if d == nil || err != nil {
				return false, err
			}
			retry := now.Add(time.Minute)
			if err := Began(tx, d.ID, now, retry); err != nil {
				return false, err
			}
			if fails {
				return true, Failed(tx, d.ID, Attempt{Status: 500}, retry)
			}
			got[receiver][d.Event.Subject] = append(got[receiver][d.Event.Subject], d.Event.Seq)
			return true, Delivered(tx, d.ID, Attempt{Status: 200})
		}
		err := db.Update(func(tx *storage.Tx) error {
			if err := planAll(tx, names...); err != nil {
				return err
			}
			for range rapid.IntRange(1, 40).Draw(rt, "steps") {
				var err error
				now = now.Add(time.Duration(rapid.IntRange(0, 90).Draw(rt, "seconds")) * time.Second)
				receiver := rapid.SampledFrom(names).Draw(rt, "receiver")
				switch rapid.SampledFrom([]string{"append", "append", "plan", "deliver", "fail", "hasten", "prune"}).Draw(rt, "do") {
				case "append":
					var e Event
					e, err = Append(tx, "t", rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "subject"), now, nil)
					wrote[e.Subject] = append(wrote[e.Subject], e.Seq)
				case "plan":
					err = planAll(tx, receiver)
				case "deliver":
					_, err = deliver(tx, receiver, false)
				case "fail":
					_, err = deliver(tx, receiver, true)
				case "hasten":
					err = Hasten(tx, receiver, now, 1, func(Attempt) bool { return true })
				case "prune":
					_, err = Prune(tx, now)
				}
				if err != nil {
					return err
				}
			}
			now = now.Add(time.Hour)
			for _, receiver := range names {
				if err := planAll(tx, receiver); err != nil {
					return err
				}
				for more := true; more; {
					var err error
					if more, err = deliver(tx, receiver, false); err != nil {
						return err
					}
				}
			}
			for _, receiver := range names {
				if diff := cmp.Diff(wrote, got[receiver]); diff != "" {
					rt.Errorf("%s: (-wrote +got)\n%s", receiver, diff)
				}
				if err := Forget(tx, receiver); err != nil {
					return err
				}
			}
			_, err := Prune(tx, now)
			return err
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
}
