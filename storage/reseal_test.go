package storage

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"okoshko/storage/vault"
)

// TestRotate exchanges all keys while others write: what was there opens, under
// keys that were not there before, and the keys before are gone.
func TestRotate(t *testing.T) {
	h := newHouse(t)
	var people []string
	for i := range 30 {
		people = append(people, fmt.Sprintf("c%02d", i))
	}
	h.fill(people...)
	var sealed []SealedRecord
	mustView(t, h.DB, func(tx *Tx) (err error) { sealed, err = tx.Sealed(people...); return err })
	used := make(map[vault.KeyID]bool)
	for _, r := range sealed {
		by, _ := vault.Sealer(r.Record)
		used[by] = true
	}
	used[h.vault.House()] = true
	stop, stopped := make(chan struct{}), make(chan error)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			if err := h.Update(func(tx *Tx) error { return cards.Put(tx, []byte("c05/b"), fmt.Sprint(n)) }); err != nil {
				stopped <- err
				return
			}
		}
	}()
	n, err := h.Rotate()
	close(stop)
	if err := errors.Join(err, <-stopped); err != nil {
		t.Fatal(err)
	}
	if want := 4 * len(people); n < want {
		t.Errorf("%d records were sealed anew, want at least %d", n, want)
	}
	if yes, err := h.Rotating(); yes || err != nil {
		t.Errorf("Rotating = %v, %v", yes, err)
	}
	for _, id := range append(h.vault.Persons(), h.vault.House()) {
		if used[id] && id != 0 && !spareBefore(sealed, id) {
			t.Errorf("key %d is still there", id)
		}
	}
	if p := h.Prove(sealed); p.Opened != 0 {
		t.Errorf("what was sealed before opens still: %+v", p)
	}
	h.close()
	h.open()
	if err := h.Verify(); err != nil {
		t.Error(err)
	}
	for _, p := range people {
		if card, word := h.holds(p); card != "card of "+p || word != "words of "+p {
			t.Fatalf("%s has %q, %q", p, card, word)
		}
	}
}

func spareBefore(sealed []SealedRecord, id vault.KeyID) bool {
	return !slices.ContainsFunc(sealed, func(r SealedRecord) bool { by, _ := vault.Sealer(r.Record); return by == id })
}

// TestRotationResumes: a rotation that ended after any of its steps goes on, in
// another process too.
func TestRotationResumes(t *testing.T) {
	for name, steps := range map[string]func(h *house) error{
		"a new house key": func(h *house) error { return h.vault.RotateHouse(0) },
		"new keys for persons": func(h *house) error {
			return errors.Join(h.vault.RotateHouse(0), h.rotatePersons())
		},
		"some records": func(h *house) error {
			return errors.Join(h.vault.RotateHouse(0), h.rotatePersons(), h.Update(func(tx *Tx) error {
				_, _, err := tx.reseal(resealPosition{bucket: "log:talks"})
				return err
			}))
		},
		"all records, house key destroyed": func(h *house) error {
			err := errors.Join(h.vault.RotateHouse(0), h.rotatePersons())
			for at := (resealPosition{}); !at.done && err == nil; {
				err = h.Update(func(tx *Tx) (err error) { at, _, err = tx.reseal(at); return err })
			}
			return errors.Join(err, h.vault.Destroy(h.vault.OldHouse(), 0))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.fill("c_1", "c_2")
			if err := steps(h); err != nil {
				t.Fatal(err)
			}
			h.close()
			h.open()
			if yes, err := h.Rotating(); !yes || err != nil {
				t.Errorf("Rotating = %v, %v", yes, err)
			}
			if card, word := h.holds("c_1"); card == "" || word == "" {
				t.Errorf("in between: %q, %q", card, word)
			}
			if _, err := h.Rotate(); err != nil {
				t.Fatal(err)
			}
			if card, word := h.holds("c_2"); card == "" || word == "" {
				t.Errorf("at the end: %q, %q", card, word)
			}
			if err := h.Verify(); err != nil {
				t.Error(err)
			}
			if yes, err := h.Rotating(); yes || err != nil {
				t.Errorf("Rotating = %v, %v", yes, err)
			}
		})
	}
}

// BenchmarkShred is what erasing ten thousand people costs: the records'
// deletion in one commit, then all their keys at once.
func BenchmarkShred(b *testing.B) {
	const people = 10_000
	for b.Loop() {
		b.StopTimer()
		h := newHouse(b)
		names := make([]string, people)
		for i := range names {
			names[i] = fmt.Sprintf("c%05d", i)
		}
		h.fill(names...)
		b.StartTimer()
		h.shred(names...)
		if err := h.Shredded(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenStore is a start with ten thousand people: 40,000 records read
// and their sum computed.
func BenchmarkOpenStore(b *testing.B) {
	h := newHouse(b)
	names := make([]string, 10_000)
	for i := range names {
		names[i] = fmt.Sprintf("c%05d", i)
	}
	h.fill(names...)
	h.close()
	for b.Loop() {
		db, err := h.tryOpen()
		if err != nil {
			b.Fatal(err)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	h.open()
	b.ReportMetric(float64(len(readAll(b, filepath.Join(h.dir, vault.RingName))))/1e6, "keys-MB")
}

// BenchmarkPutOwned is what a record of a known person costs without the disk.
func BenchmarkPutOwned(b *testing.B) {
	h := newHouse(b)
	h.fill("c_1")
	mustUpdate(b, h.DB, func(tx *Tx) error {
		for b.Loop() {
			if err := cards.Put(tx, []byte("c_1/a"), "card of c_1"); err != nil {
				return err
			}
		}
		return nil
	})
}
