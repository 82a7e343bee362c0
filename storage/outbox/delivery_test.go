package outbox

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/storage"
)

func TestLaterEventsOfASubjectWait(t *testing.T) {
	db := newDB(t)
	in(t, db, func(tx *storage.Tx) error {
		if err := errors.Join(planAll(tx, "crm", "crm2"), write(tx, "a", "a", "b"), planAll(tx, "crm", "crm2")); err != nil {
			return err
		}
		now := start.Add(time.Minute)
		got, first, _ := next(t, tx, "crm", now)
		if got != "a1" {
			t.Fatalf("first %q, want a1", got)
		}
		retry := now.Add(5 * time.Second)
		if err := errors.Join(Began(tx, first.ID, now, retry), Failed(tx, first.ID, Attempt{Status: 500, Error: "status"}, retry)); err != nil {
			return err
		}
		got, second, _ := next(t, tx, "crm", now)
		if got != "b3" {
			t.Errorf("after the failure %q is next, want b3: a2 must not overtake a1", got)
		}
		if err := errors.Join(Began(tx, second.ID, now, retry), Delivered(tx, second.ID, Attempt{Status: 204})); err != nil {
			return err
		}
		if got, _, due := next(t, tx, "crm", now); got != "" || !due.Equal(retry) {
			t.Errorf("then %q, due %v; want nothing until %v", got, due, retry)
		}
		if got, _, _ := next(t, tx, "crm2", now); got != "a1" {
			t.Errorf("another receiver's next is %q, want a1", got)
		}
		if err := errors.Join(Began(tx, first.ID, retry, retry.Add(time.Hour)), Failed(tx, first.ID, Attempt{}, time.Time{})); err != nil {
			return err
		}
		if got, _, _ := next(t, tx, "crm", now); got != "a2" {
			t.Errorf("after a1 is given up %q is next, want a2", got)
		}
		return nil
	})
}

func TestAttemptsAreKept(t *testing.T) {
	db := newDB(t)
	now := start.Add(time.Minute)
	var id string
	in(t, db, func(tx *storage.Tx) error {
		err := errors.Join(planAll(tx, "crm"), write(tx, "a"), planAll(tx, "crm"))
		_, d, _ := next(t, tx, "crm", now)
		id = d.ID
		return errors.Join(err, Began(tx, id, now, now.Add(5*time.Second)))
	})
	check := func(state State, round int, next time.Time, attempts ...Attempt) {
		t.Helper()
		if err := db.View(func(tx *storage.Tx) error {
			d, err := Get(tx, id)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(attempts, d.Attempts); diff != "" || d.State != state || d.Round != round || !d.Next.Equal(next) {
				t.Errorf("%s, round %d, next %v; want %s, %d, %v; attempts (-want +got)\n%s", d.State, d.Round, d.Next, state, round, next, diff)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	one := Attempt{At: now}
	check(Waiting, 1, now.Add(5*time.Second), one) // the process died here: not due at once
	one = Attempt{At: now, Took: time.Second, Status: 503, Error: "status"}
	in(t, db, func(tx *storage.Tx) error {
		return Failed(tx, id, Attempt{Took: time.Second, Status: 503, Error: "status"}, now.Add(time.Minute))
	})
	check(Waiting, 1, now.Add(time.Minute), one)
	cut := Attempt{At: now.Add(time.Minute), Error: "interrupted"}
	in(t, db, func(tx *storage.Tx) error {
		return errors.Join(Began(tx, id, cut.At, now.Add(time.Hour)), Interrupted(tx, id, Attempt{At: cut.At, Error: "interrupted"}))
	})
	check(Waiting, 1, cut.At, one, cut)
	three := Attempt{At: now.Add(2 * time.Minute), Took: time.Second, Status: 200}
	in(t, db, func(tx *storage.Tx) error {
		return errors.Join(Began(tx, id, three.At, now.Add(time.Hour)), Delivered(tx, id, Attempt{Took: time.Second, Status: 200}))
	})
	check(Done, 2, now.Add(time.Hour), one, cut, three)
	in(t, db, func(tx *storage.Tx) error { return Resend(tx, id, now.Add(time.Hour)) })
	check(Waiting, 0, now.Add(time.Hour), one, cut, three)
	in(t, db, func(tx *storage.Tx) error {
		for range 2 * maxAttempts {
			if err := Began(tx, id, now, now); err != nil {
				return err
			}
		}
		d, err := Get(tx, id)
		if len(d.Attempts) != maxAttempts {
			t.Errorf("%d attempts kept, want %d", len(d.Attempts), maxAttempts)
		}
		return errors.Join(err, Drop(tx, id))
	})
	for name, fn := range map[string]func(tx *storage.Tx) error{
		"Resend": func(tx *storage.Tx) error { return Resend(tx, "none.crm", now) },
		"of another receiver": func(tx *storage.Tx) error {
			return Resend(tx, strings.TrimSuffix(id, "crm")+"other", now)
		},
		"Get": func(tx *storage.Tx) error { _, err := Get(tx, "nodot"); return err },
	} {
		if err := db.Update(fn); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s = %v, want ErrNotFound", name, err)
		}
	}
}

func TestHastenConcernsWhatCouldNotBeReached(t *testing.T) {
	db := newDB(t)
	in(t, db, func(tx *storage.Tx) error {
		if err := errors.Join(planAll(tx, "crm"), write(tx, "a", "b", "c"), planAll(tx, "crm")); err != nil {
			return err
		}
		now := start.Add(time.Minute)
		for _, status := range []int{0, 400, 0} {
			_, d, _ := next(t, tx, "crm", now)
			later := now.Add(time.Hour)
			if err := errors.Join(Began(tx, d.ID, now, later), Failed(tx, d.ID, Attempt{Status: status, Error: "x"}, later)); err != nil {
				return err
			}
		}
		if got, _, _ := next(t, tx, "crm", now); got != "" {
			t.Fatalf("%s is due, want nothing", got)
		}
		if err := Hasten(tx, "crm", now, 1, func(a Attempt) bool { return a.Status == 0 }); err != nil {
			return err
		}
		if got, d, _ := next(t, tx, "crm", now); got != "a1" || d.Round != 0 {
			t.Fatalf("%s is due in round %d, want a1 in round 0: the place in the schedule is kept", got, d.Round)
		}
		if n := countDue(t, tx, "crm", now); n != 1 {
			t.Fatalf("%d are due, want only the oldest", n)
		}
		if err := Hasten(tx, "crm", now, 0, func(a Attempt) bool { return a.Status == 0 }); err != nil {
			return err
		}
		var got []string
		for {
			name, d, _ := next(t, tx, "crm", now)
			if d == nil {
				break
			}
			got = append(got, name)
			if err := Delivered(tx, d.ID, Attempt{Status: 200}); err != nil {
				return err
			}
		}
		if want := []string{"a1", "c3"}; !slices.Equal(got, want) {
			t.Errorf("hastened %q, want %q", got, want)
		}
		return nil
	})
}

func countDue(t testing.TB, tx *storage.Tx, receiver string, now time.Time) (n int) {
	t.Helper()
	var err error
	from, to := storage.Prefix(append([]byte(receiver), 0))
	for _, w := range waiting.Range(tx, from, to, &err) {
		if !w.Next.After(now) {
			n++
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDeliveriesListsTheNewestFirst(t *testing.T) {
	db := newDB(t)
	in(t, db, func(tx *storage.Tx) error {
		if err := errors.Join(planAll(tx, "crm", "mail"), write(tx, "a", "b", "c"), planAll(tx, "crm", "mail")); err != nil {
			return err
		}
		_, d, _ := next(t, tx, "mail", start.Add(time.Hour))
		if err := Delivered(tx, d.ID, Attempt{Status: 200}); err != nil {
			return err
		}
		for _, c := range []struct {
			filter Filter
			want   string
		}{
			{Filter{}, "c/mail c/crm b/mail b/crm a/mail a/crm"},
			{Filter{Limit: 2}, "c/mail c/crm"},
			{Filter{Receiver: "crm"}, "c/crm b/crm a/crm"},
			{Filter{State: Waiting, Receiver: "mail"}, "c/mail b/mail"},
			{Filter{State: Done}, "a/mail"},
			{Filter{Before: 2}, "a/mail a/crm"},
			{Filter{State: GivenUp}, ""},
		} {
			found, err := Deliveries(tx, c.filter)
			var got []string
			for _, d := range found {
				got = append(got, d.Event.Subject+"/"+d.Receiver)
				if d.ID != d.Event.ID+"."+d.Receiver {
					t.Errorf("id %q", d.ID)
				}
			}
			if strings.Join(got, " ") != c.want || err != nil {
				t.Errorf("%+v: %q, %v; want %q", c.filter, got, err, c.want)
			}
		}
		return nil
	})
}

func TestKeysOrderReceiversThatShareABeginning(t *testing.T) {
	for _, receiver := range []string{"crm", "crm2", "crm.x"} {
		from, to := storage.Prefix(append([]byte("crm"), 0))
		k := waitingKey(receiver, 7)
		within := bytes.Compare(k, from) >= 0 && bytes.Compare(k, to) < 0
		if within != (receiver == "crm") || seqOf(k) != 7 {
			t.Errorf("%s: key %x, within those of crm: %v", receiver, k, within)
		}
	}
}
