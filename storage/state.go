package storage

import (
	"crypto/subtle"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// state is what the file says of itself as a whole; each commit writes it,
// sealed, beside what it changes.
//
// Sum is the exclusive or of the marks of all that stands in the file: records
// with their places, and the sequences. So one who puts an older record back in
// its place, takes one away or adds one cannot make the file whole again without
// the keys; [Open] computes the sum anew and refuses such a file. (A version in
// each record with a list of the present versions for each person would find the
// same, at the price of writing that list with every record.)
//
// Commit and Keys tie the two files together: keys.db holds the number of a
// commit that was durable when it was written, the store the generation of
// keys.db that it knew. Put back alone, an older one of either is refused. Both
// put back together are an older state in which everything fits: only a head of
// the journal that was kept elsewhere shows that.
type state struct {
	Commit uint64   `json:"commit"`
	Keys   uint64   `json:"keys"`
	Sum    [32]byte `json:"-"`
	Text   []byte   `json:"sum"`
}

var stateKey = []byte("state")

func (s *state) toggle(mark [32]byte) { subtle.XORBytes(s.Sum[:], s.Sum[:], mark[:]) }

func (s state) write(b *bolt.Bucket, v *vault.Vault) error {
	s.Keys, _ = v.Generation()
	s.Text = s.Sum[:]
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	sealed, err := v.Seal(v.House(), text, string(metaBucket), stateKey)
	if err != nil {
		return err
	}
	if by, _ := vault.Sealer(b.Get(checkKey)); by != v.House() { // the house has another key now
		word, err := v.Seal(v.House(), checkWord, string(metaBucket), checkKey)
		if err := errors.Join(err, b.Put(checkKey, word)); err != nil {
			return err
		}
	}
	return b.Put(stateKey, sealed)
}

func readState(b *bolt.Bucket, v *vault.Vault) (s state, err error) {
	text, err := v.Open(b.Get(stateKey), string(metaBucket), stateKey)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(text, &s); err != nil || len(s.Text) != len(s.Sum) {
		return s, ErrForeign
	}
	s.Sum = [32]byte(s.Text)
	return s, nil
}

// together says whether the store and its keys are of one time.
func (s state) together(v *vault.Vault) error {
	generation, floor := v.Generation()
	switch {
	case s.Commit < floor:
		return fmt.Errorf("%w: it has %d commits, the keys knew of %d", ErrStoreOlder, s.Commit, floor)
	case s.Keys > generation:
		return fmt.Errorf("%w: they are of generation %d, the store knew %d", ErrKeysOlder, generation, s.Keys)
	}
	return nil
}

// sum computes the sum of what stands in the file.
func sum(tx *bolt.Tx, v *vault.Vault) (s state, err error) {
	err = tx.ForEach(func(name []byte, b *bolt.Bucket) error {
		if string(name) == string(metaBucket) {
			return nil
		}
		if n := b.Sequence(); n > 0 {
			s.toggle(sequenceMark(v, string(name), n))
		}
		return b.ForEach(func(k, record []byte) error {
			if record == nil {
				return fmt.Errorf("%s has a bucket in it: %w", name, ErrForeign)
			}
			s.toggle(v.Mark(string(name), k, record))
			return nil
		})
	})
	return s, err
}

// sequenceMark is the mark of a bucket's counter; no record has an empty key.
func sequenceMark(v *vault.Vault, bucket string, n uint64) [32]byte {
	return v.Mark(bucket, nil, binary.BigEndian.AppendUint64(nil, n))
}

// check compares what the file says of itself with what it holds.
func (s state) check(tx *bolt.Tx, v *vault.Vault) error {
	found, err := sum(tx, v)
	if err != nil {
		return err
	}
	if found.Sum != s.Sum {
		return ErrChanged
	}
	return nil
}

// put writes a record into a bucket and notes it in the sum.
func (tx *Tx) put(bucket string, b *bolt.Bucket, key, record []byte) error {
	if old := b.Get(key); old != nil {
		tx.group.state.toggle(tx.db.vault.Mark(bucket, key, old))
	}
	tx.group.state.toggle(tx.db.vault.Mark(bucket, key, record))
	tx.db.since.note(bucket, key)
	return b.Put(key, record)
}

// remove deletes a record, if there is one.
func (tx *Tx) remove(bucket string, b *bolt.Bucket, key []byte) error {
	old := b.Get(key)
	if old == nil {
		return nil
	}
	tx.group.state.toggle(tx.db.vault.Mark(bucket, key, old))
	tx.db.since.note(bucket, key)
	tx.witness(bucket, key, old)
	return b.Delete(key)
}

// next counts a bucket's sequence up.
func (tx *Tx) next(bucket string, b *bolt.Bucket) (uint64, error) {
	if n := b.Sequence(); n > 0 {
		tx.group.state.toggle(sequenceMark(tx.db.vault, bucket, n))
	}
	tx.db.since.note(bucket, nil)
	n, err := b.NextSequence()
	if err == nil {
		tx.group.state.toggle(sequenceMark(tx.db.vault, bucket, n))
	}
	return n, err
}

// Verify reads all of the store: it opens each record and compares the sum. What
// it finds it tells as errors that are [ErrChanged] or [vault.ErrTampered].
func (db *DB) Verify() error {
	return db.view(func(tx *bolt.Tx) error {
		s, err := readState(tx.Bucket(metaBucket), db.vault)
		if err != nil {
			return err
		}
		if err := s.check(tx, db.vault); err != nil {
			return err
		}
		var found []error
		err = eachRecord(tx, func(bucket string, key, record []byte) error {
			if _, err := db.vault.Open(record, bucket, key); err != nil {
				found = append(found, fmt.Errorf("record %x of %s: %w", key, bucket, err))
			}
			return nil
		})
		return errors.Join(append(found, err)...)
	})
}

// eachRecord yields all sealed records but what the file says of itself.
func eachRecord(tx *bolt.Tx, fn func(bucket string, key, record []byte) error) error {
	return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
		if string(name) == string(metaBucket) {
			return nil
		}
		return b.ForEach(func(k, record []byte) error { return fn(string(name), k, record) })
	})
}
