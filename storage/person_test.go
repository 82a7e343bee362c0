package storage

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

var (
	cards = NewTable[string]("cards").Owned(func(key []byte, _ string) string { return string(key[:3]) }) // c_1/x is of c_1
	talks = NewLog[string]("talks").Owned()
	plain = NewTable[string]("plain")
	found = NewTable[string]("found").Derived()
)

// house is a store in a folder with its keys, which is opened again and again.
type house struct {
	t   testing.TB
	dir string
	*DB
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, dir: t.TempDir()}
	if _, err := vault.Create(h.dir, killedKey(h.dir)); err != nil {
		t.Fatal(err)
	}
	h.open()
	t.Cleanup(func() {
		if h.DB != nil {
			closeDB(t, h.DB)
		}
	})
	return h
}

func (h *house) path() string { return filepath.Join(h.dir, "data.db") }

func (h *house) tryOpen() (*DB, error) {
	v, err := vault.Open(h.dir, killedKey(h.dir))
	if err != nil {
		return nil, err
	}
	return Open(h.path(), v)
}

func (h *house) open() {
	h.t.Helper()
	db, err := h.tryOpen()
	if err != nil {
		h.t.Fatal(err)
	}
	h.DB = db
}

func (h *house) close() {
	h.t.Helper()
	closeDB(h.t, h.DB)
	h.DB = nil
}

func (h *house) fill(people ...string) {
	h.t.Helper()
	mustUpdate(h.t, h.DB, func(tx *Tx) error {
		for _, p := range people {
			if _, err := talks.Append(tx, p, "words of "+p); err != nil {
				return err
			}
			if err := errors.Join(cards.Put(tx, []byte(p+"/a"), "card of "+p), plain.Put(tx, []byte(p), "the house's"), find(tx, p)); err != nil {
				return err
			}
		}
		return nil
	})
}

// find makes a person found by a value that is theirs.
func find(tx *Tx, person string) error {
	key, err := tx.Lookup("phone", person)
	if err != nil {
		return err
	}
	return found.Put(tx, key, person)
}

// finds is whom the value leads to.
func finds(tx *Tx, person string) (string, error) {
	key, err := tx.Lookup("phone", person)
	if err != nil {
		return "", err
	}
	return found.Get(tx, key)
}

// holds tells what of a person there is.
func (h *house) holds(person string) (card, word string) {
	h.t.Helper()
	mustView(h.t, h.DB, func(tx *Tx) (err error) {
		if card, err = cards.Get(tx, []byte(person+"/a")); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		err = nil
		for _, w := range talks.Of(tx, person, &err) {
			word = w
		}
		return err
	})
	return card, word
}

func (h *house) shred(people ...string) {
	h.t.Helper()
	mustUpdate(h.t, h.DB, func(tx *Tx) error {
		for _, p := range people {
			if err := errors.Join(cards.Delete(tx, []byte(p+"/a")), talks.Forget(tx, p)); err != nil {
				return err
			}
		}
		return tx.Shred(people...)
	})
}

// TestShreddedPersonIsGone: no live key opens what was theirs, in this file or
// in a copy from before, and nobody else is touched.
func TestShreddedPersonIsGone(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1", "c_2")
	copied := filepath.Join(t.TempDir(), "copy.db")
	var sealed []SealedRecord
	mustView(t, h.DB, func(tx *Tx) (err error) { sealed, err = tx.Sealed("c_1"); return err })
	if len(sealed) != 2 {
		t.Fatalf("%d sealed records, want a card and a word", len(sealed))
	}
	if p := h.Prove(sealed); p.Opened != len(sealed) {
		t.Fatalf("before: %+v; each record opens by one key", p)
	}
	if err := h.Backup(copied); err != nil {
		t.Fatal(err)
	}
	h.shred("c_1", "c_9", "")
	if err := h.Shredded(); err != nil {
		t.Fatal(err)
	}
	if p := h.Prove(sealed); p.Opened != 0 || p.Keys != spareKeys {
		t.Errorf("after: %+v; want 0 opened by %d keys", p, spareKeys)
	}
	if card, word := h.holds("c_2"); card != "card of c_2" || word != "words of c_2" {
		t.Errorf("another person has %q, %q", card, word)
	}
	// Put back as a file the copy is refused; as the store of a restore it
	// opens, without the person.
	h.close()
	current := readAll(t, h.path())
	overwrite(t, h.path(), readAll(t, copied))
	if _, err := h.tryOpen(); !errors.Is(err, ErrStoreOlder) {
		t.Errorf("the old copy in place: %v, want ErrStoreOlder", err)
	}
	overwrite(t, h.path(), current)
	h.open()
	if card, word := h.holds("c_1"); card+word != "" {
		t.Errorf("the person is back: %q, %q", card, word)
	}
	h.fill("c_1") // who comes again is somebody new
	if card, _ := h.holds("c_1"); card != "card of c_1" {
		t.Errorf("who comes again has %q", card)
	}
	ids, err := ReadRegister(filepath.Join(h.dir, RegisterName))
	if by, _ := vault.Sealer(sealed[0].Record); err != nil || !slices.Equal(ids, []vault.KeyID{by}) {
		t.Errorf("register: %v, %v; want %d", ids, err, by)
	}
}

// TestForgottenRecordDoesNotBlock: a record that was not deleted with its
// person's key is passed over.
func TestForgottenRecordDoesNotBlock(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1", "c_2")
	mustUpdate(t, h.DB, func(tx *Tx) error { return tx.Shred("c_1") })
	if err := h.Shredded(); err != nil {
		t.Fatal(err)
	}
	mustView(t, h.DB, func(tx *Tx) (err error) {
		n := 0
		for range cards.Range(tx, nil, nil, &err) {
			n++
		}
		for range talks.Of(tx, "c_1", &err) {
			t.Error("a word of who is gone")
		}
		_, _, lastErr := talks.Last(tx, "c_1")
		_, getErr := cards.Get(tx, []byte("c_1/a"))
		if n != 1 || !errors.Is(lastErr, ErrNotFound) || !errors.Is(getErr, ErrNotFound) {
			t.Errorf("%d cards, %v, %v", n, lastErr, getErr)
		}
		return err
	})
}

// TestKilledShredding: whatever was done of it when the process ended, the next
// to open the store finishes it.
func TestKilledShredding(t *testing.T) {
	for name, until := range map[string]func(h *house, ids []vault.KeyID) error{
		"doomed":                func(*house, []vault.KeyID) error { return nil },
		"doomed and registered": func(h *house, ids []vault.KeyID) error { return h.register.add(ids) },
		"doomed, registered, destroyed": func(h *house, ids []vault.KeyID) error {
			return errors.Join(h.register.add(ids), h.vault.Destroy(ids, 0))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.fill("c_1", "c_2")
			var sealed []SealedRecord
			mustView(t, h.DB, func(tx *Tx) (err error) { sealed, err = tx.Sealed("c_1"); return err })
			h.destroying.Lock() // the shredder does not come to it
			h.shred("c_1")
			ids, err := h.listDoomed()
			if err != nil || len(ids) != 1 {
				t.Fatalf("doomed %v, %v", ids, err)
			}
			if err := until(h, ids); err != nil {
				t.Fatal(err)
			}
			killed := t.TempDir() // the folder as a kill would leave it
			for _, name := range []string{"data.db", vault.FileName, vault.RingName, RegisterName, "okoshko.key"} {
				if data, err := os.ReadFile(filepath.Join(h.dir, name)); err == nil {
					overwrite(t, filepath.Join(killed, name), data)
				}
			}
			h.destroying.Unlock()
			next := &house{t: t, dir: killed}
			next.open()
			defer next.close()
			if ids, err := next.listDoomed(); err != nil || len(ids) != 0 {
				t.Errorf("still doomed: %v, %v", ids, err)
			}
			if p := next.Prove(sealed); p.Opened != 0 {
				t.Errorf("%+v", p)
			}
			if card, _ := next.holds("c_2"); card != "card of c_2" {
				t.Errorf("another person has %q", card)
			}
		})
	}
}

// TestKeysOfFailedUpdates: a person whose first record was not written has no
// key, and the key goes to another.
func TestKeysOfFailedUpdates(t *testing.T) {
	h := newHouse(t)
	for range 2 * spareKeys {
		err := h.Update(func(tx *Tx) error {
			return errors.Join(cards.Put(tx, []byte("c_1/a"), "x"), errStep)
		})
		if !errors.Is(err, errStep) {
			t.Fatal(err)
		}
	}
	if n := len(h.vault.Persons()); n != spareKeys {
		t.Errorf("%d keys were made, want %d", n, spareKeys)
	}
	mustView(t, h.DB, func(tx *Tx) error {
		if n := tx.Persons(); n != 0 {
			t.Errorf("%d persons have keys", n)
		}
		return nil
	})
}

// TestChangedStoresAreRefused: what an honest commit did not write is found when
// the store is opened.
func TestChangedStoresAreRefused(t *testing.T) {
	bucket := func(tx *bolt.Tx, name string) *bolt.Bucket { return tx.Bucket([]byte(name)) }
	for name, change := range map[string]func(tx, old *bolt.Tx) error{
		"replayed": func(tx, old *bolt.Tx) error {
			return bucket(tx, "plain").Put([]byte("c_1"), bucket(old, "plain").Get([]byte("c_1")))
		},
		"replayed, a person's": func(tx, old *bolt.Tx) error {
			return bucket(tx, "cards").Put([]byte("c_1/a"), bucket(old, "cards").Get([]byte("c_1/a")))
		},
		"swapped": func(tx, _ *bolt.Tx) error {
			b := bucket(tx, "plain")
			one, two := slices.Clone(b.Get([]byte("c_1"))), slices.Clone(b.Get([]byte("c_2")))
			return errors.Join(b.Put([]byte("c_1"), two), b.Put([]byte("c_2"), one))
		},
		"copied": func(tx, _ *bolt.Tx) error {
			b := bucket(tx, "plain")
			return b.Put([]byte("c_3"), b.Get([]byte("c_1")))
		},
		"removed":     func(tx, _ *bolt.Tx) error { return bucket(tx, "plain").Delete([]byte("c_1")) },
		"a word less": func(tx, _ *bolt.Tx) error { c := bucket(tx, "log:talks").Cursor(); c.First(); return c.Delete() },
		"counted down": func(tx, _ *bolt.Tx) error {
			return bucket(tx, "log:talks").SetSequence(1)
		},
		"a table moved": func(tx, _ *bolt.Tx) error {
			b, err := tx.CreateBucket([]byte("other"))
			return errors.Join(err, b.Put([]byte("c_1"), bucket(tx, "plain").Get([]byte("c_1"))))
		},
		"no state": func(tx, _ *bolt.Tx) error { return tx.Bucket(metaBucket).Delete(stateKey) },
		"the state before": func(tx, old *bolt.Tx) error {
			return tx.Bucket(metaBucket).Put(stateKey, old.Bucket(metaBucket).Get(stateKey))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.fill("c_1", "c_2")
			old := filepath.Join(t.TempDir(), "old.db")
			if err := h.Backup(old); err != nil {
				t.Fatal(err)
			}
			h.fill("c_1", "c_2")
			h.close()
			before, err := bolt.Open(old, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer before.Close()
			changeFile(t, h.path(), func(tx *bolt.Tx) error {
				return before.View(func(old *bolt.Tx) error { return change(tx, old) })
			})
			if _, err := h.tryOpen(); !errors.Is(err, ErrChanged) {
				t.Errorf("Open = %v, want ErrChanged", err)
			}
		})
	}
}

// TestOlderFilesAreRefused: one of the two files put back alone.
func TestOlderFilesAreRefused(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1")
	h.close()
	store, keys := readAll(t, h.path()), readAll(t, filepath.Join(h.dir, vault.RingName))
	h.open()
	h.shred("c_1")
	h.fill("c_2")
	h.close()
	newStore, newKeys := readAll(t, h.path()), readAll(t, filepath.Join(h.dir, vault.RingName))
	overwrite(t, h.path(), store)
	if _, err := h.tryOpen(); !errors.Is(err, ErrStoreOlder) {
		t.Errorf("an older store: %v, want ErrStoreOlder", err)
	}
	if err := os.Remove(h.path()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.tryOpen(); !errors.Is(err, ErrStoreOlder) {
		t.Errorf("no store: %v, want ErrStoreOlder", err)
	}
	overwrite(t, h.path(), newStore)
	overwrite(t, filepath.Join(h.dir, vault.RingName), keys)
	if _, err := h.tryOpen(); !errors.Is(err, ErrKeysOlder) {
		t.Errorf("older keys: %v, want ErrKeysOlder", err)
	}
	overwrite(t, filepath.Join(h.dir, vault.RingName), newKeys)
	h.open()
}

// TestStolenStoreYieldsNothing: without keys.db not one record opens, also for
// one who has the passphrase and the slots.
func TestStolenStoreYieldsNothing(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1", "c_2")
	h.close()
	thief := t.TempDir()
	for _, name := range []string{"data.db", vault.FileName, "okoshko.key"} {
		overwrite(t, filepath.Join(thief, name), readAll(t, filepath.Join(h.dir, name)))
	}
	if _, err := vault.Open(thief, killedKey(thief)); !errors.Is(err, vault.ErrNoKeys) {
		t.Errorf("Open without keys.db = %v, want ErrNoKeys", err)
	}
	h.open()
}

func TestCompact(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1", "c_2")
	mustUpdate(t, h.DB, func(tx *Tx) error { return plain.Put(tx, []byte("x-marks-the-page"), "1") })
	mustUpdate(t, h.DB, func(tx *Tx) error { return plain.Delete(tx, []byte("x-marks-the-page")) })
	holds := func() bool { return slices.Contains(chunks(readAll(t, h.path())), "x-marks-the-page") }
	if !holds() {
		t.Log("the deleted key was in no free page even before")
	}
	reading, readers := make(chan struct{}), make(chan error)
	go func() {
		for {
			select {
			case <-reading:
				readers <- nil
				return
			default:
				if err := h.View(func(tx *Tx) error { _, err := cards.Get(tx, []byte("c_1/a")); return err }); err != nil {
					readers <- err
					return
				}
			}
		}
	}()
	for range 3 {
		if err := h.Compact(); err != nil {
			t.Fatal(err)
		}
		h.fill("c_3")
	}
	close(reading)
	if err := <-readers; err != nil {
		t.Errorf("a reader meanwhile: %v", err)
	}
	if holds() {
		t.Error("the deleted key is still in the file")
	}
	if card, word := h.holds("c_1"); card == "" || word == "" {
		t.Errorf("c_1 has %q, %q", card, word)
	}
	if _, err := h.tryOpen(); !errors.Is(err, ErrInUse) {
		t.Errorf("a second owner: %v, want ErrInUse", err)
	}
	h.close()
	h.open()
	if err := h.Verify(); err != nil {
		t.Error(err)
	}
	if entries, _ := filepath.Glob(filepath.Join(h.dir, "data.db.*")); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// chunks cuts a file into its runs of letters that a key may have.
func chunks(data []byte) (all []string) {
	from := 0
	for i, c := range data {
		if c < ' ' || c > '~' {
			if i-from > 8 {
				all = append(all, string(data[from:min(i, from+16)]))
			}
			from = i + 1
		}
	}
	return all
}

// TestBackupLeavesDerivedTablesOut: and the copy opens.
func TestBackupLeavesDerivedTablesOut(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1")
	copied := filepath.Join(h.dir, "copy.db")
	if err := h.Backup(copied); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "stream.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	h.close()
	for _, path := range []string{copied, f.Name()} {
		overwrite(t, h.path(), readAll(t, path))
		h.open()
		mustView(t, h.DB, func(tx *Tx) (err error) {
			if _, err := finds(tx, "c_1"); !errors.Is(err, ErrNotFound) {
				t.Errorf("the lookup is in the copy: %v", err)
			}
			_, err = cards.Get(tx, []byte("c_1/a"))
			return err
		})
		h.close()
	}
	h.open()
}

func overwrite(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

var _ io.WriterTo = (*DB)(nil)
