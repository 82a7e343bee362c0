package storage

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// lookups says by which key the derived tables are made. It is one itself: where
// it is missing, after a restore, they have to be made anew.
var lookups = NewTable[vault.KeyID]("okoshko.lookup").Derived()

var lookupKey = []byte("key")

// Lookup returns a key for looking up records by a value that must stay sealed
// and could be guessed: a phone, a login. It holds until the key that makes it is
// exchanged, so it is for derived tables alone ([Table.Derived]), which are made
// anew then. See [okoshko/storage/vault.Vault.Lookup].
func (tx *Tx) Lookup(label, value string) ([]byte, error) {
	by, err := tx.lookupBy()
	if err != nil {
		return nil, fmt.Errorf("lookup of a %s: %w", label, err)
	}
	key, err := tx.db.vault.Lookup(by, label, value)
	if err != nil {
		return nil, fmt.Errorf("lookup of a %s: %w", label, err)
	}
	return key, nil
}

// lookupBy is the key in force: it stands in the store, so that the tables and
// the key that they are made by change in one commit.
func (tx *Tx) lookupBy() (vault.KeyID, error) {
	by, err := lookups.Get(tx, lookupKey)
	if !errors.Is(err, ErrNotFound) {
		return by, err
	}
	if all := tx.db.vault.Lookups(); len(all) > 0 {
		return all[0], nil
	}
	return 0, vault.ErrShredded
}

// Derive makes the derived tables where they are missing: in a new store, in one
// that was restored. build writes them, of what else stands in the store.
func (db *DB) Derive(build func(*Tx) error) error {
	missing := false
	err := db.View(func(tx *Tx) error {
		_, err := lookups.Get(tx, lookupKey)
		if missing = errors.Is(err, ErrNotFound); missing {
			return nil
		}
		return err
	})
	if err != nil || !missing {
		return err
	}
	db.rotation.Lock()
	defer db.rotation.Unlock()
	return db.derive(build)
}

// RotateLookup gives the lookups another key, makes the derived tables anew in one
// commit, and destroys the key before. When it is called again after it was
// interrupted it goes on.
func (db *DB) RotateLookup(build func(*Tx) error) error {
	db.rotation.Lock()
	defer db.rotation.Unlock()
	if !db.RotatingLookup() {
		if err := db.vault.GrowLookup(db.committed()); err != nil {
			return err
		}
	}
	return db.derive(build)
}

// RotatingLookup reports whether [DB.RotateLookup] was begun and is not finished.
func (db *DB) RotatingLookup() bool { return len(db.vault.Lookups()) > 1 }

// derive makes the derived tables by the newest key and destroys the others.
func (db *DB) derive(build func(*Tx) error) error {
	all := db.vault.Lookups()
	newest := all[len(all)-1]
	err := db.Update(func(tx *Tx) error {
		return errors.Join(tx.emptyDerived(), lookups.Put(tx, lookupKey, newest), build(tx))
	})
	if err != nil {
		return fmt.Errorf("making lookups anew: %w", err)
	}
	if len(all) == 1 {
		return nil
	}
	return db.vault.Destroy(all[:len(all)-1], db.committed())
}

// emptyDerived deletes all records of derived tables.
func (tx *Tx) emptyDerived() error {
	tx.group.writes++
	return tx.bolt.ForEach(func(name []byte, b *bolt.Bucket) error {
		if !strings.HasPrefix(string(name), derivedPrefix) {
			return nil
		}
		var keys [][]byte
		c := b.Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			keys = append(keys, bytes.Clone(k))
		}
		for _, k := range keys {
			if err := tx.remove(string(name), b, k); err != nil {
				return err
			}
		}
		return nil
	})
}
