package storage

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// rotating says, while keys are exchanged, by which key the records of another
// are sealed anew: old id → new.
var rotating = NewTable[vault.KeyID]("okoshko.rotating")

// Of a rotation, so many persons or records share a commit: some milliseconds,
// in which visitors wait.
const resealBatch = 500

// Rotating reports whether [DB.Rotate] was begun and is not finished.
func (db *DB) Rotating() (yes bool, err error) {
	if len(db.vault.OldHouse()) > 0 {
		return true, nil
	}
	err = db.View(func(tx *Tx) (err error) {
		for range rotating.Range(tx, nil, nil, &err) {
			yes = true
			break
		}
		return err
	})
	return yes, err
}

// RotateEpoch seals keys.db under a new epoch key.
func (db *DB) RotateEpoch() error { return db.vault.RotateEpoch(db.committed()) }

// Rotate gives the house and every person another key, seals all records anew,
// and destroys the keys before. The store is in use meanwhile. When it is called
// again after it was interrupted it goes on; it returns how many records it
// sealed. A person who is shredded meanwhile loses both keys at once.
func (db *DB) Rotate() (sealed int, err error) {
	db.rotation.Lock()
	defer db.rotation.Unlock()
	if len(db.vault.OldHouse()) == 0 {
		if err := db.vault.RotateHouse(db.committed()); err != nil {
			return 0, err
		}
	}
	if err := db.rotatePersons(); err != nil {
		return 0, fmt.Errorf("new keys for persons: %w", err)
	}
	var at resealPosition
	for !at.done {
		err := db.Update(func(tx *Tx) error {
			next, n, err := tx.reseal(at)
			if err != nil {
				return err
			}
			tx.OnCommit(func() { at, sealed = next, sealed+n })
			return nil
		})
		if err != nil {
			return sealed, fmt.Errorf("sealing anew: %w", err)
		}
	}
	if err := db.vault.Destroy(db.vault.OldHouse(), db.committed()); err != nil {
		return sealed, err
	}
	next, err := db.exchanged()
	if err == nil && len(next) > 0 {
		err = db.register.follow(next)
	}
	if err != nil {
		return sealed, err
	}
	if err := db.Update((*Tx).doomRotated); err != nil {
		return sealed, err
	}
	return sealed, db.Shredded()
}

// rotatePersons gives those another key who have not got one in this rotation.
func (db *DB) rotatePersons() error {
	after := []byte(nil)
	for done := false; !done; {
		err := db.Update(func(tx *Tx) (err error) {
			next, n := slices.Clone(after), 0
			fresh, err := tx.freshKeys()
			if err != nil {
				return err
			}
			var found []string
			var old []vault.KeyID
			for person, id := range persons.Range(tx, after, nil, &err) {
				if n++; n > resealBatch {
					break
				}
				next = append(slices.Clone(person), 0)
				if !fresh[id] {
					found, old = append(found, string(person)), append(old, id)
				}
			}
			for i, person := range found {
				id, takeErr := tx.db.keys.take(tx.db.vault, tx.db.committed())
				if takeErr != nil {
					return takeErr
				}
				tx.group.taken = append(tx.group.taken, id)
				err = errors.Join(err, rotating.Put(tx, keyIDKey(old[i]), id), persons.Put(tx, []byte(person), id))
			}
			tx.OnCommit(func() { after, done = next, n <= resealBatch })
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// freshKeys are the keys that this rotation gave.
func (tx *Tx) freshKeys() (ids map[vault.KeyID]bool, err error) {
	ids = make(map[vault.KeyID]bool)
	for _, id := range rotating.Range(tx, nil, nil, &err) {
		ids[id] = true
	}
	return ids, err
}

// exchanged are the persons' keys before with those that came after them.
func (db *DB) exchanged() (next map[vault.KeyID]vault.KeyID, err error) {
	err = db.View(func(tx *Tx) (err error) {
		next = make(map[vault.KeyID]vault.KeyID)
		for old, id := range rotating.Range(tx, nil, nil, &err) {
			next[keyIDOf(old)] = id
		}
		return err
	})
	return next, err
}

// doomRotated notes the persons' keys before as doomed.
func (tx *Tx) doomRotated() (err error) {
	var old [][]byte
	for id := range rotating.Range(tx, nil, nil, &err) {
		old = append(old, id)
	}
	for _, id := range old {
		err = errors.Join(err, rotating.Delete(tx, id), doomed.Put(tx, id, struct{}{}))
	}
	tx.group.shreds = true
	return err
}

type resealPosition struct {
	bucket string
	key    []byte // the last one looked at
	done   bool
}

// reseal seals the next records anew that are under a key before.
func (tx *Tx) reseal(from resealPosition) (at resealPosition, n int, err error) {
	house := tx.db.vault.OldHouse()
	at = resealPosition{from.bucket, bytes.Clone(from.key), true}
	looked := 0
	type record struct {
		bucket   string
		key, old []byte
	}
	var found []record
	err = tx.bolt.ForEach(func(name []byte, b *bolt.Bucket) error {
		bucket := string(name)
		if bucket < from.bucket || bucket == string(metaBucket) || !at.done {
			return nil
		}
		c := b.Cursor()
		k, v := c.First()
		if bucket == from.bucket && from.key != nil {
			if k, v = c.Seek(from.key); bytes.Equal(k, from.key) {
				k, v = c.Next()
			}
		}
		for ; k != nil; k, v = c.Next() {
			if looked++; looked > 8*resealBatch || len(found) == resealBatch {
				at.done = false
				return nil
			}
			at.bucket, at.key = bucket, bytes.Clone(k)
			if by, ok := vault.Sealer(v); ok && (slices.Contains(house, by) || tx.bolt.Bucket([]byte(rotating.name)) != nil && tx.bolt.Bucket([]byte(rotating.name)).Get(keyIDKey(by)) != nil) {
				found = append(found, record{bucket, bytes.Clone(k), bytes.Clone(v)})
			}
		}
		return nil
	})
	for _, r := range found {
		if err == nil {
			err = tx.resealOne(r.bucket, r.key, r.old, house)
		}
	}
	return at, len(found), err
}

func (tx *Tx) resealOne(bucket string, key, old []byte, house []vault.KeyID) error {
	by, _ := vault.Sealer(old)
	to := tx.db.vault.House()
	if !slices.Contains(house, by) {
		var err error
		if to, err = rotating.Get(tx, keyIDKey(by)); err != nil {
			return err
		}
	}
	plain, err := tx.db.vault.Open(old, bucket, key)
	if errors.Is(err, vault.ErrShredded) && tx.gone(old) { // the person went meanwhile
		return nil
	}
	if err != nil {
		return fmt.Errorf("record %x of %s: %w", key, bucket, err)
	}
	record, err := tx.db.vault.Seal(to, plain, bucket, key)
	if errors.Is(err, vault.ErrShredded) { // the person went meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	b, err := tx.writable(bucket)
	if err != nil {
		return err
	}
	return tx.put(bucket, b, key, record)
}
