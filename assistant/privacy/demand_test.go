package privacy

import (
	"errors"
	"testing"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
)

func TestDemands(t *testing.T) {
	db := open(t)
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	var first, second Demand
	update(t, db, func(tx *storage.Tx) (err error) {
		if first, err = Demanded(tx, Demand{Right: RightErase, Contact: "c_1", Via: "letter", Received: now}, "op_1"); err != nil {
			return err
		}
		second, err = Demanded(tx, Demand{Right: RightAccess, Contact: "c_2", Via: "phone", Received: now}, "op_1")
		return err
	})
	if first.ID != "D-1" || second.ID != "D-2" {
		t.Fatalf("numbers: %s, %s", first.ID, second.ID)
	}
	found := stillOpen(t, db)
	if len(found) != 2 || found[0].ID != "D-2" {
		t.Fatalf("the one due first is not first: %+v", found)
	}

	var extended Demand
	update(t, db, func(tx *storage.Tx) (err error) {
		extended, err = Extend(tx, "D-2", "op_1", now.AddDate(0, 0, 1))
		return err
	})
	if !extended.Due.After(second.Due) {
		t.Errorf("extended to %s, was %s", extended.Due, second.Due)
	}
	update(t, db, func(tx *storage.Tx) error {
		if _, err := Extend(tx, "D-2", "op_1", now.AddDate(0, 0, 2)); !errors.Is(err, ErrExtended) {
			t.Errorf("extended twice: %v", err)
		}
		if _, err := Extend(tx, "D-1", "op_1", now); !errors.Is(err, ErrExtended) {
			t.Errorf("an erasure extended: %v", err)
		}
		if _, err := Demanded(tx, Demand{Right: "sell", Via: "letter", Received: now}, "op_1"); !errors.Is(err, ErrRight) {
			t.Errorf("an unknown right: %v", err)
		}
		if _, err := Demanded(tx, Demand{Right: RightErase, Via: "pigeon", Received: now}, "op_1"); !errors.Is(err, ErrVia) {
			t.Errorf("an unknown way: %v", err)
		}
		if _, err := Met(tx, "D-1", false, "op_1", now); err != nil {
			t.Error(err)
		}
		if _, err := Met(tx, "D-1", false, "op_1", now); !errors.Is(err, ErrDemandClosed) {
			t.Errorf("closed twice: %v", err)
		}
		if _, err := Met(tx, "D-9", false, "op_1", now); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("a demand that is none: %v", err)
		}
		return nil
	})
	if found := stillOpen(t, db); len(found) != 1 || found[0].ID != "D-2" {
		t.Errorf("open: %+v", found)
	}
	var actions []string
	err := db.View(func(tx *storage.Tx) (err error) {
		for e := range audit.Entries(tx, 0, 0, &err) {
			actions = append(actions, e.Action+" "+e.Reason)
		}
		return err
	})
	want := []string{"demand.erase D-1", "demand.access D-2", "demand.extended D-2", "demand.done D-1"}
	if err != nil || len(actions) != len(want) {
		t.Fatalf("journal: %v, %v", actions, err)
	}
	for i := range want {
		if actions[i] != want[i] {
			t.Errorf("journal entry %d: %s, want %s", i, actions[i], want[i])
		}
	}
}

func stillOpen(t *testing.T, db *storage.DB) (open []Demand) {
	t.Helper()
	if err := db.View(func(tx *storage.Tx) (err error) { open, err = OpenDemands(tx); return err }); err != nil {
		t.Fatal(err)
	}
	return open
}
