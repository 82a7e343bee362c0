package privacy

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/storage"
)

// people saves n contacts; every second one has an e-mail address.
func people(t *testing.T, db *storage.DB, n int) (ids []string) {
	t.Helper()
	update(t, db, func(tx *storage.Tx) error {
		ids = nil
		for i := range n {
			c := NewContact(fmt.Sprintf("v_%d", i), "ru", noon)
			c.Name, c.Phone = "Рамиля", fmt.Sprintf("+7917555%04d", i)
			if i%2 == 0 {
				c.Email = "r@example.ru"
			}
			ids = append(ids, c.ID)
			if err := Save(tx, c, noon); err != nil {
				return err
			}
		}
		return nil
	})
	return ids
}

func TestIncidentOfAll(t *testing.T) {
	db := open(t)
	people(t, db, 5)
	canary := NewContact("", "ru", noon)
	canary.Name = "Резеда"
	var i Incident
	update(t, db, func(tx *storage.Tx) (err error) {
		if err = AddCanary(tx, canary, "owner", noon); err != nil {
			return err
		}
		i, err = OpenIncident(tx, Incident{Noticed: noon, By: "owner", Scope: ScopeAll})
		return err
	})
	if i.People != 5 || !cmp.Equal(i.Kinds, map[string]int{"name": 5, "phone": 5, "email": 3}) {
		t.Errorf("concerned: %d people, %v; an invented one does not count", i.People, i.Kinds)
	}
	if got := i.TellBy().Sub(noon); got != 24*time.Hour {
		t.Errorf("to be told within %s", got)
	}
	if got := i.ExamineBy().Sub(noon); got != 72*time.Hour {
		t.Errorf("to be examined within %s", got)
	}
	if i.Head.Size == 0 {
		t.Error("the journal's head is not kept")
	}
	if got := isFrozen(t, db); got != "I-1" {
		t.Errorf("frozen: %q", got)
	}

	update(t, db, func(tx *storage.Tx) error {
		if _, err := CloseIncident(tx, "I-1", "owner", noon); !errors.Is(err, ErrNotTold) {
			t.Errorf("closed before anybody was told: %v", err)
		}
		for _, examined := range []bool{false, true} {
			if _, err := Told(tx, "I-1", examined, "owner", noon.Add(time.Hour)); err != nil {
				t.Error(err)
			}
		}
		if again, err := Told(tx, "I-1", false, "owner", noon.Add(9*time.Hour)); err != nil || !again.Told.Equal(noon.Add(time.Hour)) {
			t.Errorf("told again: %v, %v: what was noted stays", again.Told, err)
		}
		_, err := CloseIncident(tx, "I-1", "owner", noon.Add(2*time.Hour))
		return err
	})
	if got := isFrozen(t, db); got != "" {
		t.Errorf("closed, and still frozen: %q", got)
	}
	update(t, db, func(tx *storage.Tx) error {
		if _, err := Told(tx, "I-1", false, "owner", noon); !errors.Is(err, ErrIncidentClosed) {
			t.Errorf("a closed incident changes: %v", err)
		}
		return nil
	})
}

// TestTwoIncidentsFreezeUntilBothEnd: the end of one does not let out what the
// other keeps in.
func TestTwoIncidentsFreezeUntilBothEnd(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *storage.Tx) error {
		for range 2 {
			if _, err := OpenIncident(tx, Incident{Noticed: noon, By: "owner", Scope: ScopeAll}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, id := range []string{"I-1", "I-2"} {
		if isFrozen(t, db) == "" {
			t.Fatalf("before %s was closed nothing is frozen", id)
		}
		update(t, db, func(tx *storage.Tx) error {
			_, err1 := Told(tx, id, false, "owner", noon)
			_, err2 := Told(tx, id, true, "owner", noon)
			_, err3 := CloseIncident(tx, id, "owner", noon)
			return errors.Join(err1, err2, err3)
		})
	}
	if got := isFrozen(t, db); got != "" {
		t.Errorf("frozen: %q", got)
	}
}

func TestIncidentOfOneAccount(t *testing.T) {
	db := open(t)
	ids := people(t, db, 6)
	update(t, db, func(tx *storage.Tx) error {
		for n, id := range ids[:3] {
			if _, err := Reveal(tx, id, "op_1", "call", noon.Add(time.Duration(n)*time.Hour)); err != nil {
				return err
			}
		}
		_, err := Reveal(tx, ids[4], "op_2", "call", noon)
		return err
	})
	var i Incident
	update(t, db, func(tx *storage.Tx) (err error) {
		i, err = OpenIncident(tx, Incident{Noticed: noon.Add(3 * time.Hour), By: "owner", Scope: ScopeActor, Actor: "op_1", From: noon.Add(30 * time.Minute), To: noon.Add(3 * time.Hour)})
		return err
	})
	if i.People != 2 {
		t.Errorf("%d people, want the two that op_1 read in that time", i.People)
	}
	update(t, db, func(tx *storage.Tx) error {
		if _, err := OpenIncident(tx, Incident{Noticed: noon, By: "owner", Scope: ScopeActor, Actor: "op_1"}); !errors.Is(err, ErrScope) {
			t.Errorf("without a time: %v", err)
		}
		return nil
	})
}

func isFrozen(t *testing.T, db *storage.DB) (id string) {
	t.Helper()
	if err := db.View(func(tx *storage.Tx) (err error) { id, err = Frozen(tx); return err }); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestRegister(t *testing.T) {
	db := open(t)
	enter := func(at time.Time) (d Destruction) {
		t.Helper()
		update(t, db, func(tx *storage.Tx) (err error) {
			d, err = Destroyed(tx, Destruction{At: at, Contact: "c_1", Name: "Рамиля", Kinds: []string{"name", "phone"}, Why: DestroyedAsked, By: "visitor"})
			return err
		})
		return d
	}
	old, young := enter(time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)), enter(time.Date(2026, 12, 30, 0, 0, 0, 0, time.UTC))
	expire := func(now time.Time) (gone int) {
		t.Helper()
		update(t, db, func(tx *storage.Tx) (err error) { gone, err = ExpireRegister(tx, now); return err })
		return gone
	}
	if got := expire(time.Date(2029, 12, 31, 0, 0, 0, 0, time.UTC)); got != 0 {
		t.Errorf("%d entries went before three years were over", got)
	}
	var found Destruction
	update(t, db, func(tx *storage.Tx) (err error) { found, err = FindDestruction(tx, young.ID); return err })
	if found.Name != "Рамиля" || found.ID == old.ID {
		t.Errorf("found %+v", found)
	}
	if got := expire(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)); got != 2 {
		t.Errorf("%d entries went after three years, want 2", got)
	}
	update(t, db, func(tx *storage.Tx) error {
		if _, err := FindDestruction(tx, young.ID); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("still there: %v", err)
		}
		return nil
	})
}
