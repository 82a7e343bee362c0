package storage

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// findAll makes the lookup of the house's people from their cards.
func findAll(tx *Tx) (err error) {
	for k := range cards.Range(tx, nil, nil, &err) {
		if err := find(tx, strings.TrimSuffix(string(k), "/a")); err != nil {
			return err
		}
	}
	return err
}

var lookedFor = []string{"c_1", "c_2", "c_3"}

// lookupKeys are the keys under which the people stand in the lookup now.
func (h *house) lookupKeys() (keys [][]byte) {
	h.t.Helper()
	mustView(h.t, h.DB, func(tx *Tx) error {
		for _, p := range lookedFor {
			key, err := tx.Lookup("phone", p)
			if err != nil {
				return err
			}
			if who, err := found.Get(tx, key); who != p {
				h.t.Errorf("%s is found as %q, %v", p, who, err)
			}
			keys = append(keys, key)
		}
		return nil
	})
	return keys
}

// TestRotateLookup exchanges the key of lookups: everybody is found, by other
// keys, and of those before none is in the file.
func TestRotateLookup(t *testing.T) {
	h := newHouse(t)
	h.fill(lookedFor...)
	old, token := h.lookupKeys(), h.vault.Index("token", "x")
	by := h.vault.Lookups()
	if err := h.RotateLookup(findAll); err != nil {
		t.Fatal(err)
	}
	fresh := h.lookupKeys()
	if err := h.Compact(); err != nil {
		t.Fatal(err)
	}
	if now := h.vault.Lookups(); len(now) != 1 || now[0] == by[0] || h.RotatingLookup() {
		t.Errorf("lookup keys %v, before %v", now, by)
	}
	h.close()
	file := readAll(t, h.path())
	for i := range old {
		if bytes.Contains(file, old[i]) {
			t.Errorf("the file still holds the key before of %s", lookedFor[i])
		}
		if !bytes.Contains(file, fresh[i]) {
			t.Errorf("the search does not find even the new key of %s", lookedFor[i])
		}
	}
	h.open()
	h.lookupKeys()
	if !bytes.Equal(token, h.vault.Index("token", "x")) {
		t.Error("a token is found by another key")
	}
	if err := h.Verify(); err != nil {
		t.Error(err)
	}
}

// TestLookupRotationResumes: ended after any step, everybody is found in between
// and the next call goes on.
func TestLookupRotationResumes(t *testing.T) {
	stop := errors.New("killed here")
	for name, until := range map[string]func(h *house) error{
		"a new key": func(h *house) error { return h.vault.GrowLookup(0) },
		"a table half made": func(h *house) error {
			err := h.RotateLookup(func(tx *Tx) error { return errors.Join(find(tx, "c_1"), stop) })
			if !errors.Is(err, stop) {
				return err
			}
			return nil
		},
		"tables made, key before not destroyed": func(h *house) error {
			err := h.vault.GrowLookup(0)
			return errors.Join(err, h.Update(func(tx *Tx) error {
				return errors.Join(tx.emptyDerived(), lookups.Put(tx, lookupKey, h.vault.Lookups()[1]), findAll(tx))
			}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.fill(lookedFor...)
			first := h.vault.Lookups()[0]
			if err := until(h); err != nil {
				t.Fatal(err)
			}
			h.close()
			h.open()
			h.lookupKeys()
			if !h.RotatingLookup() {
				t.Error("nothing says that it is not finished")
			}
			if err := h.RotateLookup(findAll); err != nil {
				t.Fatal(err)
			}
			if now := h.vault.Lookups(); len(now) != 1 || now[0] == first {
				t.Errorf("lookup keys %v, the first was %d", now, first)
			}
			h.lookupKeys()
		})
	}
}

// TestDerive makes the lookup of a restored store, once.
func TestDerive(t *testing.T) {
	h := newHouse(t)
	h.fill(lookedFor...)
	made := 0
	build := func(tx *Tx) error { made++; return findAll(tx) }
	copied := h.dir + "/copy.db"
	if err := h.Backup(copied); err != nil {
		t.Fatal(err)
	}
	h.close()
	overwrite(t, h.path(), readAll(t, copied))
	h.open()
	for range 2 {
		if err := h.Derive(build); err != nil {
			t.Fatal(err)
		}
	}
	if h.lookupKeys(); made != 1 {
		t.Errorf("made %d times, want once", made)
	}
}
