package storage

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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

// BenchmarkValue is what a value of 1 KiB costs without the disk, written and read
// back, under the house's key and under a person's, and how many bytes it is longer.
func BenchmarkValue(b *testing.B) {
	h := newHouse(b)
	h.fill("c_1")
	value := strings.Repeat("x", 1024)
	for _, c := range []struct {
		whose string
		put   func(tx *Tx) error
		get   func(tx *Tx) (string, error)
	}{
		{"house", func(tx *Tx) error { return plain.Put(tx, []byte("v"), value) }, func(tx *Tx) (string, error) { return plain.Get(tx, []byte("v")) }},
		{"person", func(tx *Tx) error { return cards.Put(tx, []byte("c_1/v"), value) }, func(tx *Tx) (string, error) { return cards.Get(tx, []byte("c_1/v")) }},
	} {
		b.Run("put/"+c.whose, func(b *testing.B) {
			mustUpdate(b, h.DB, func(tx *Tx) error {
				for b.Loop() {
					if err := c.put(tx); err != nil {
						return err
					}
				}
				return nil
			})
			b.ReportMetric(float64(vault.Overhead), "bytes-longer")
		})
		b.Run("get/"+c.whose, func(b *testing.B) {
			mustView(b, h.DB, func(tx *Tx) error {
				for b.Loop() {
					if got, err := c.get(tx); err != nil || got != value {
						return err
					}
				}
				return nil
			})
		})
	}
}

// BenchmarkErase is what erasing people costs of ten thousand who are there, with
// the proof and the new file: one of them, and a hundred close together.
func BenchmarkErase(b *testing.B) {
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := newHouse(b)
			names := make([]string, 10_000)
			for i := range names {
				names[i] = fmt.Sprintf("c%05d", i)
			}
			h.fill(names...)
			tried := 0
			for b.Loop() {
				if len(names) < n {
					b.Fatal("nobody is left: run it with -benchtime 3x")
				}
				h.shred(names[:n]...)
				for _, p := range h.settle() {
					tried += p.Records * p.Keys
				}
				names = names[n:]
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(tried), "ns/try")
		})
	}
}
