package privacy

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/storage"
	"okoshko/storage/audit"
)

// closedAtNight is a house that is open from five to eight in UTC.
func closedAtNight(t time.Time) bool { return t.Hour() < 5 || t.Hour() >= 20 }

// did writes n entries of an action to the journal, a minute apart, the last at
// the given time.
func did(t *testing.T, db *storage.DB, actor, action string, n int, last time.Time) {
	t.Helper()
	update(t, db, func(tx *storage.Tx) error {
		for i := range n {
			at := last.Add(-time.Duration(n-1-i) * time.Minute)
			if err := audit.Append(tx, audit.Entry{At: at, Actor: actor, Action: action, Object: fmt.Sprintf("c_%d", i)}); err != nil {
				return err
			}
		}
		return nil
	})
}

func watch(t *testing.T, db *storage.DB, now time.Time) (news []string) {
	t.Helper()
	update(t, db, func(tx *storage.Tx) error {
		found, err := Watch(tx, closedAtNight, now)
		news = nil
		for _, a := range found {
			news = append(news, fmt.Sprintf("%s %s %d", a.Rule, a.Actor, a.Count))
		}
		return err
	})
	return news
}

func TestAlarms(t *testing.T) {
	night := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		did  func(t *testing.T, db *storage.DB)
		now  time.Time
		want []string
	}{
		{"a busy hour", func(t *testing.T, db *storage.DB) { did(t, db, "op_1", "contact.reveal", 20, noon) }, noon, nil},
		{"a list is copied", func(t *testing.T, db *storage.DB) { did(t, db, "op_1", "contact.reveal", 21, noon) }, noon, []string{"reveals op_1 21"}},
		{"two people, each with their own work", func(t *testing.T, db *storage.DB) {
			did(t, db, "op_1", "contact.reveal", 15, noon)
			did(t, db, "op_2", "contact.reveal", 15, noon)
		}, noon, nil},
		{"slowly over two hours", func(t *testing.T, db *storage.DB) {
			did(t, db, "op_1", "contact.reveal", 15, noon.Add(-90*time.Minute))
			did(t, db, "op_1", "contact.reveal", 15, noon)
		}, noon, nil},
		{"at night", func(t *testing.T, db *storage.DB) { did(t, db, "op_1", "contact.reveal", 3, night) }, night, []string{"night op_1 3"}},
		{"once at night", func(t *testing.T, db *storage.DB) { did(t, db, "op_1", "contact.reveal", 2, night) }, night, nil},
		{"files", func(t *testing.T, db *storage.DB) { did(t, db, "op_1", "contact.export", 4, noon) }, noon, []string{"exports op_1 4"}},
		{"passwords are tried under many names", func(t *testing.T, db *storage.DB) {
			for i := range 11 {
				did(t, db, fmt.Sprintf("nobody%d", i), "login.refused", 1, noon.Add(time.Duration(i)*time.Second))
			}
		}, noon, []string{"signin  11"}},
		{"a token reads all", func(t *testing.T, db *storage.DB) {
			update(t, db, func(tx *storage.Tx) error {
				for range 601 {
					if err := audit.Append(tx, audit.Entry{At: noon, Actor: "tok_1", Action: "api.read"}); err != nil {
						return err
					}
				}
				return nil
			})
		}, noon, []string{"api tok_1 601"}},
		{"two tokens, each with its own work", func(t *testing.T, db *storage.DB) {
			did(t, db, "tok_1", "api.read", 400, noon)
			did(t, db, "tok_2", "api.read", 400, noon)
		}, noon, nil},
		{"tokens are guessed", func(t *testing.T, db *storage.DB) {
			for i := range 11 {
				did(t, db, []string{"nobody", "tok_1"}[i%2], "token.refused", 1, noon.Add(time.Duration(i)*time.Second))
			}
		}, noon, []string{"tokens  11"}},
		{"a token that was revoked goes on for a while", func(t *testing.T, db *storage.DB) { did(t, db, "nobody", "token.refused", 10, noon) }, noon, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := open(t)
			c.did(t, db)
			if diff := cmp.Diff(c.want, watch(t, db, c.now)); diff != "" {
				t.Errorf("alarms (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOneAlarmPerWindow: what goes on does not fill the page with alarms, and
// what begins again later raises another.
func TestOneAlarmPerWindow(t *testing.T) {
	db := open(t)
	did(t, db, "op_1", "contact.reveal", 25, noon)
	if got := watch(t, db, noon); len(got) != 1 {
		t.Fatalf("first: %v", got)
	}
	did(t, db, "op_1", "contact.reveal", 5, noon.Add(10*time.Minute))
	if got := watch(t, db, noon.Add(10*time.Minute)); len(got) != 0 {
		t.Fatalf("it goes on: %v", got)
	}
	did(t, db, "op_1", "contact.reveal", 25, noon.Add(3*time.Hour))
	if got := watch(t, db, noon.Add(3*time.Hour)); len(got) != 1 {
		t.Fatalf("again: %v", got)
	}
	if err := db.View(func(tx *storage.Tx) error {
		due, err := AlarmsDue(tx)
		if due {
			t.Error("there is nothing new, and yet something is due")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var all []Alarm
	update(t, db, func(tx *storage.Tx) (err error) {
		if _, err = Acknowledge(tx, "N-1", "owner", noon); err != nil {
			return err
		}
		all, err = Alarms(tx, 10)
		return err
	})
	if len(all) != 2 || all[0].ID != "N-2" || all[1].By != "owner" {
		t.Errorf("alarms: %+v", all)
	}
}

// TestCanary: an invented contact rings in the commit in which it is read.
func TestCanary(t *testing.T) {
	db := open(t)
	c := NewContact("", "ru", noon)
	c.Name = "Резеда"
	var all []Alarm
	update(t, db, func(tx *storage.Tx) error { return AddCanary(tx, c, "owner", noon) })
	update(t, db, func(tx *storage.Tx) (err error) {
		if got, err := Reveal(tx, c.ID, "op_1", "call", noon); err != nil || got.Name != "Резеда" {
			t.Errorf("revealed %v, %v: the thief must not notice", got, err)
		}
		all, err = Alarms(tx, 10)
		return err
	})
	if len(all) != 1 || all[0].Rule != RuleCanary || all[0].Actor != "op_1" {
		t.Fatalf("alarms: %+v", all)
	}
	err := db.View(func(tx *storage.Tx) (err error) {
		for e := range audit.Entries(tx, 0, 0, &err) {
			if e.Action == "canary.add" && e.Object != "" {
				t.Error("the journal tells which contact is invented")
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, func(tx *storage.Tx) error { return RemoveCanary(tx, c.ID, "owner", noon) })
	update(t, db, func(tx *storage.Tx) error {
		if ids, err := Canaries(tx); err != nil || len(ids) != 0 {
			t.Errorf("canaries: %v, %v", ids, err)
		}
		return nil
	})
}
