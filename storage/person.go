package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// A person's records are sealed under a key of their own, so that destroying the
// key destroys them wherever they are: here, in free pages, in copies. Which
// records are whose is declared at the table ([Table.Owned], [Log.Owned]); the
// rest is the house's.
//
// The two files cannot be written together, so nothing rests on their order.
// Keys are made beforehand, for nobody: which is whose stands in the store, and
// becomes durable with the person's first record. A key in keys.db that the
// store gives to nobody is a spare. To destroy one, the store notes it as
// doomed, in the commit that deletes the records; then keys.db is written
// without it; then the store notes it as destroyed. Killed in between, [Open]
// goes on.
var (
	persons = NewTable[vault.KeyID]("okoshko.persons") // by person
	doomed  = NewTable[struct{}]("okoshko.doomed")     // by key id, 8 bytes big endian
	erased  = NewTable[struct{}]("okoshko.erased")     // by key id
)

// spareKeys is how many keys are made at once: one flush of keys.db for so many
// new persons.
const spareKeys = 256

// keyring gives keys to persons.
type keyring struct {
	mu    sync.Mutex
	spare []vault.KeyID

	shred   chan struct{} // something is doomed
	stop    chan struct{}
	stopped chan struct{}
	failed  error // why the last destruction did not succeed
}

// Owned declares that each record belongs to the person whom owner names from
// its key or value, or to nobody: "". It is asked when a record is written.
func (t Table[T]) Owned(owner func(key []byte, v T) string) Table[T] {
	t.owner = owner
	return t
}

// Owned declares that each record belongs to its owner as a person.
func (l Log[T]) Owned() Log[T] {
	l.owned = true
	return l
}

// Shred destroys the keys of persons, soon after the commit and even if the
// process is killed before: whatever was sealed for them cannot be opened any
// more. Their records are for the caller to delete, in the same function; that
// they are gone is for [DB.Settle] to prove. Persons without a key are passed
// over, and a person who comes again gets another key.
func (tx *Tx) Shred(people ...string) error {
	for _, person := range people {
		if person == "" {
			continue
		}
		id, err := persons.Get(tx, []byte(person))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err == nil {
			err = tx.doom(person, id)
		}
		if err != nil {
			return fmt.Errorf("shred %s: %w", person, err)
		}
	}
	return nil
}

// doom notes a person's key as one to destroy, and while keys are exchanged also
// the one before.
func (tx *Tx) doom(person string, id vault.KeyID) (err error) {
	e := erasure{Person: person, Keys: []vault.KeyID{id}}
	for old, to := range rotating.Range(tx, nil, nil, &err) {
		if to == id {
			e.Keys = append(e.Keys, keyIDOf(old))
		}
	}
	err = errors.Join(err, persons.Delete(tx, []byte(person)))
	for _, id := range e.Keys {
		err = errors.Join(err, rotating.Delete(tx, keyIDKey(id)), doomed.Put(tx, keyIDKey(id), struct{}{}))
	}
	tx.shredded, tx.group.shreds = append(tx.shredded, e), true
	return err
}

// Persons counts the persons who have a key.
func (tx *Tx) Persons() (n int) {
	if b := tx.bolt.Bucket([]byte(persons.name)); b != nil {
		n = b.Stats().KeyN
	}
	return n
}

func keyIDKey(id vault.KeyID) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }

func keyIDOf(key []byte) vault.KeyID { return vault.KeyID(binary.BigEndian.Uint64(key)) }

// keyOf is the key that seals for a person, or the house's for nobody.
func (tx *Tx) keyOf(person string) (vault.KeyID, error) {
	if person == "" {
		return tx.db.vault.House(), nil
	}
	id, err := persons.Get(tx, []byte(person))
	if !errors.Is(err, ErrNotFound) {
		return id, err
	}
	if id, err = tx.db.keys.take(tx.db.vault, tx.db.committed()); err != nil {
		return 0, err
	}
	tx.group.taken = append(tx.group.taken, id)
	return id, persons.Put(tx, []byte(person), id)
}

// take gives a spare key away; where there is none it makes some.
func (k *keyring) take(v *vault.Vault, commit uint64) (vault.KeyID, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.spare) == 0 {
		made, err := v.Grow(spareKeys, commit)
		if err != nil {
			return 0, fmt.Errorf("making keys for persons: %w", err)
		}
		k.spare = made
	}
	id := k.spare[len(k.spare)-1]
	k.spare = k.spare[:len(k.spare)-1]
	return id, nil
}

// giveBack returns keys that were taken in vain.
func (k *keyring) giveBack(ids []vault.KeyID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.spare = append(k.spare, ids...)
}

// load finds the spare keys: those that the store gives to nobody.
func (db *DB) loadKeys(tx *bolt.Tx) error {
	taken := make(map[vault.KeyID]bool)
	view := &Tx{db: db, bolt: tx}
	var err error
	for _, id := range persons.Range(view, nil, nil, &err) {
		taken[id] = true
	}
	for k := range doomed.Range(view, nil, nil, &err) {
		taken[keyIDOf(k)] = true
	}
	for k := range rotating.Range(view, nil, nil, &err) {
		taken[keyIDOf(k)] = true
	}
	for _, id := range db.vault.Persons() {
		if !taken[id] {
			db.keys.spare = append(db.keys.spare, id)
		}
		delete(taken, id)
	}
	return err
}

// shredder destroys keys that are doomed, all that wait together.
func (db *DB) shredder() {
	defer close(db.keys.stopped)
	for {
		select {
		case <-db.keys.stop:
			return
		case <-db.keys.shred:
		}
		err := db.destroyDoomed()
		db.keys.mu.Lock()
		db.keys.failed = err
		db.keys.mu.Unlock()
	}
}

// Shredded returns when the keys of all persons shredded so far are destroyed,
// or why they cannot be.
func (db *DB) Shredded() error { return db.destroyDoomed() }

// ShredError says why keys that are doomed are not destroyed yet, nil where none
// waits. It is tried again with the next, and when the store is opened.
func (db *DB) ShredError() error {
	db.keys.mu.Lock()
	defer db.keys.mu.Unlock()
	return db.keys.failed
}

func (db *DB) destroyDoomed() error {
	db.destroying.Lock()
	defer db.destroying.Unlock()
	ids, err := db.listDoomed()
	if err != nil || len(ids) == 0 {
		return err
	}
	db.at("doomed")
	_, next, err := readRegister(db.register.path)
	if err != nil {
		return err
	}
	final := slices.DeleteFunc(slices.Clone(ids), func(id vault.KeyID) bool { _, exchanged := next[id]; return exchanged })
	if err := db.register.add(final); err != nil {
		return err
	}
	db.at("registered")
	if err := db.vault.Destroy(ids, db.committed()); err != nil {
		return fmt.Errorf("destroying %d keys: %w", len(ids), err)
	}
	db.at("destroyed")
	return db.Update(func(tx *Tx) error {
		for _, id := range ids {
			if err := errors.Join(doomed.Delete(tx, keyIDKey(id)), erased.Put(tx, keyIDKey(id), struct{}{})); err != nil {
				return err
			}
		}
		return nil
	})
}

func (db *DB) listDoomed() (ids []vault.KeyID, err error) {
	viewErr := db.View(func(tx *Tx) error {
		ids = nil
		for k := range doomed.Range(tx, nil, nil, &err) {
			ids = append(ids, keyIDOf(k))
		}
		return nil
	})
	return ids, errors.Join(err, viewErr)
}

// gone reports whether a record's key was destroyed on purpose, so that the
// record is one that only has not been deleted yet.
func (tx *Tx) gone(record []byte) bool {
	id, ok := vault.Sealer(record)
	if !ok {
		return false
	}
	for _, name := range []string{doomed.name, erased.name} {
		if b := tx.bolt.Bucket([]byte(name)); b != nil && b.Get(keyIDKey(id)) != nil {
			return true
		}
	}
	return false
}
