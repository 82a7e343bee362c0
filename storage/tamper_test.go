package storage

import (
	"errors"
	"slices"
	"testing"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// TestTamperedWhileServing: values of persons that another hand swaps, moves or
// replays in the file of an open store. What is out of its place is refused when it
// is read; what is in its place and only older, or gone, is found by Verify, and
// when the store is opened again.
func TestTamperedWhileServing(t *testing.T) {
	for name, c := range map[string]struct {
		change func(tx *bolt.Tx, old map[string][]byte) error
		read   error // of what is read; nil where only Verify can tell
	}{
		"swapped cards": {func(tx *bolt.Tx, _ map[string][]byte) error {
			b := tx.Bucket([]byte("cards"))
			one, two := slices.Clone(b.Get([]byte("c_1/a"))), slices.Clone(b.Get([]byte("c_2/a")))
			return errors.Join(b.Put([]byte("c_1/a"), two), b.Put([]byte("c_2/a"), one))
		}, vault.ErrTampered},
		"a card moved to another person": {func(tx *bolt.Tx, _ map[string][]byte) error {
			b := tx.Bucket([]byte("cards"))
			return b.Put([]byte("c_1/a"), slices.Clone(b.Get([]byte("c_2/a"))))
		}, vault.ErrTampered},
		"a card moved to another table": {func(tx *bolt.Tx, _ map[string][]byte) error {
			return tx.Bucket([]byte("cards")).Put([]byte("c_1/a"), slices.Clone(tx.Bucket([]byte("plain")).Get([]byte("c_1"))))
		}, vault.ErrTampered},
		"swapped words": {func(tx *bolt.Tx, _ map[string][]byte) error {
			b := tx.Bucket([]byte("log:talks"))
			var keys, records [][]byte
			if err := b.ForEach(func(k, v []byte) error {
				keys, records = append(keys, slices.Clone(k)), append(records, slices.Clone(v))
				return nil
			}); err != nil {
				return err
			}
			return errors.Join(b.Put(keys[0], records[1]), b.Put(keys[1], records[0]))
		}, vault.ErrTampered},
		"a replayed card": {func(tx *bolt.Tx, old map[string][]byte) error {
			return tx.Bucket([]byte("cards")).Put([]byte("c_1/a"), old["cards"])
		}, nil},
		"a replayed value of the house": {func(tx *bolt.Tx, old map[string][]byte) error {
			return tx.Bucket([]byte("plain")).Put([]byte("c_1"), old["plain"])
		}, nil},
		"a card gone": {func(tx *bolt.Tx, _ map[string][]byte) error {
			return tx.Bucket([]byte("cards")).Delete([]byte("c_1/a"))
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.fill("c_1", "c_2")
			old := make(map[string][]byte)
			err := h.bolt.View(func(tx *bolt.Tx) error {
				old["cards"] = slices.Clone(tx.Bucket([]byte("cards")).Get([]byte("c_1/a")))
				old["plain"] = slices.Clone(tx.Bucket([]byte("plain")).Get([]byte("c_1")))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			h.fill("c_1", "c_2") // sealed anew: the old records are older versions
			if err := h.Verify(); err != nil {
				t.Fatal(err)
			}
			if err := h.bolt.Update(func(tx *bolt.Tx) error { return c.change(tx, old) }); err != nil {
				t.Fatal(err)
			}
			if err := h.readPersons(); !errors.Is(err, c.read) {
				t.Errorf("reading: %v, want %v", err, c.read)
			}
			if err := h.Verify(); !errors.Is(err, ErrChanged) {
				t.Errorf("Verify = %v, want ErrChanged", err)
			}
			h.close()
			if _, err := h.tryOpen(); !errors.Is(err, ErrChanged) {
				t.Errorf("Open = %v, want ErrChanged", err)
			}
		})
	}
}

// readPersons reads what there is of both persons, and wants no word of another's.
func (h *house) readPersons() error {
	var wrong error
	err := h.View(func(tx *Tx) (err error) {
		for _, p := range []string{"c_1", "c_2"} {
			card, one := cards.Get(tx, []byte(p+"/a"))
			if one == nil && card != "card of "+p {
				h.t.Errorf("%s has %q", p, card)
			}
			if one != nil && !errors.Is(one, ErrNotFound) {
				wrong = errors.Join(wrong, one)
			}
			var many error
			for _, w := range talks.Of(tx, p, &many) {
				if w != "words of "+p {
					h.t.Errorf("%s said %q", p, w)
				}
			}
			wrong = errors.Join(wrong, many)
		}
		return nil
	})
	return errors.Join(err, wrong)
}
