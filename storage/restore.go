package storage

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// Restored is what a restore did.
type Restored struct {
	Persons int // whose records open
	Erased  int // records left out, of persons who were erased since
	Lost    int // records left out whose keys the keys' backup does not have
	Keys    int // keys destroyed: of who was erased, and of nobody
}

// Restore makes a copy of a store ([DB.Backup]) and a copy of keys that need not
// be of one time into a store that [Open] takes. The copy must be as it was
// written. What was sealed under a key that is in erased, or that the store or
// the keys know as destroyed, is left out, and such keys are destroyed: nobody
// comes back. Spare keys are destroyed too, since somebody may have had them
// after the copy was made. Tables that can be made from others are empty then.
func Restore(path string, v *vault.Vault, register []vault.KeyID) (done Restored, err error) {
	b, err := openBolt(path)
	if err != nil {
		return done, fmt.Errorf("store %s: %w", path, err)
	}
	r := restoring{vault: v, gone: make(map[vault.KeyID]bool), live: make(map[vault.KeyID]bool), used: make(map[vault.KeyID]bool)}
	for _, id := range register {
		r.gone[id] = true
	}
	if err = v.Reload(); err == nil {
		err = b.Update(r.run)
	}
	if err := errors.Join(err, b.Sync(), b.Close()); err != nil {
		return done, fmt.Errorf("store %s: %w", path, err)
	}
	var useless []vault.KeyID
	for _, id := range v.Persons() {
		if r.gone[id] || !r.used[id] {
			useless = append(useless, id)
		}
	}
	r.done.Keys = len(useless)
	if err := registerBeside(path).add(slices.Concat(register, useless)); err != nil {
		return done, err
	}
	return r.done, v.Destroy(useless, 0)
}

type restoring struct {
	vault            *vault.Vault
	gone, live, used map[vault.KeyID]bool
	done             Restored
}

func (r *restoring) run(tx *bolt.Tx) error {
	if err := checkFormat(tx, r.vault); err != nil {
		return err
	}
	meta := tx.Bucket(metaBucket)
	s, err := readState(meta, r.vault)
	if err != nil {
		return ErrChanged
	}
	if err := s.check(tx, r.vault); err != nil {
		return err
	}
	r.know(tx)
	if err := errors.Join(r.purge(tx), r.people(tx)); err != nil {
		return err
	}
	after, err := sum(tx, r.vault)
	if err != nil {
		return err
	}
	_, floor := r.vault.Generation()
	after.Commit = max(s.Commit, floor) + 1
	return after.write(meta, r.vault)
}

// know gathers which keys are live and which the store knows as destroyed.
func (r *restoring) know(tx *bolt.Tx) {
	for _, id := range slices.Concat(r.vault.Persons(), r.vault.OldHouse(), []vault.KeyID{r.vault.House()}) {
		r.live[id] = true
	}
	for _, name := range []string{doomed.name, erased.name} {
		b := tx.Bucket([]byte(name))
		if b == nil {
			continue
		}
		c := b.Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			r.gone[keyIDOf(k)] = true
		}
	}
}

// purge deletes the records that must not, or cannot, be opened.
func (r *restoring) purge(tx *bolt.Tx) error {
	return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
		if string(name) == string(metaBucket) {
			return nil
		}
		var useless [][]byte
		c := b.Cursor()
		for k, record := c.First(); k != nil; k, record = c.Next() {
			id, ok := vault.Sealer(record)
			switch {
			case ok && r.gone[id]:
				r.done.Erased++
			case !ok || !r.live[id]:
				r.done.Lost++
			default:
				continue
			}
			useless = append(useless, slices.Clone(k))
		}
		for _, k := range useless {
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
}

// people deletes who has no key any more, and notes whose keys are in use.
func (r *restoring) people(tx *bolt.Tx) error {
	b := tx.Bucket([]byte(persons.name))
	if b == nil {
		return nil
	}
	var useless [][]byte
	c := b.Cursor()
	for k, record := c.First(); k != nil; k, record = c.Next() {
		text, err := r.vault.Open(record, persons.name, k)
		if err != nil {
			return err
		}
		var id vault.KeyID
		if err := json.Unmarshal(text, &id); err != nil {
			return err
		}
		if r.gone[id] || !r.live[id] {
			useless = append(useless, slices.Clone(k))
			continue
		}
		r.used[id] = true
		r.done.Persons++
	}
	for _, k := range useless {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	// A rotation that was under way: the keys before are in use too.
	if b := tx.Bucket([]byte(rotating.name)); b != nil {
		c := b.Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			r.used[keyIDOf(k)] = true
		}
	}
	return nil
}
