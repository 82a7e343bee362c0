package storage

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// Log is a sequence of records of one type, each of an owner: turns of
// conversations. New records always go to the end of the file's part, which
// makes a group's commit several times cheaper than records by owner would; an
// index in memory finds the records of one owner. Records are not changed.
type Log[T any] struct {
	bucket string
	owned  bool // a record is sealed for its owner as a person
}

// NewLog declares the log called name; see [NewTable] about names.
func NewLog[T any](name string) Log[T] { return Log[T]{bucket: logPrefix + checked(name)} }

const (
	logPrefix = "log:"

	// logFill is how full pages are left that will see no insert in the middle.
	logFill = 0.9
)

// Append adds v to the records of owner, whose id is not empty. The position is
// higher than all given in this log before, beginning with 1.
func (l Log[T]) Append(tx *Tx, owner string, v T) (pos uint64, err error) {
	if owner == "" {
		return 0, l.wrap(errors.New("a record without owner"))
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return 0, l.wrap(err)
	}
	b, err := tx.writable(l.bucket)
	if err != nil {
		return 0, l.wrap(err)
	}
	b.FillPercent = logFill
	if pos, err = tx.next(l.bucket, b); err != nil {
		return 0, l.wrap(err)
	}
	key := logKey(pos, owner)
	person := ""
	if l.owned {
		person = owner
	}
	if err := tx.seal(l.bucket, b, key, plain, person); err != nil {
		return 0, l.wrap(err)
	}
	tx.group.changesOf(l.bucket).append(owner, pos)
	return pos, nil
}

// Of yields the positions and records of owner in order. It ends at the first
// record that does not open and says why in *errp.
func (l Log[T]) Of(tx *Tx, owner string, errp *error) iter.Seq2[uint64, T] {
	return l.Since(tx, owner, 0, errp)
}

// Since yields what [Log.Of] yields, from the first position after the given.
func (l Log[T]) Since(tx *Tx, owner string, after uint64, errp *error) iter.Seq2[uint64, T] {
	return func(yield func(uint64, T) bool) {
		b := tx.bolt.Bucket([]byte(l.bucket))
		if b == nil {
			return
		}
		for _, pos := range tx.positions(l.bucket, owner).after(after) {
			key := logKey(pos, owner)
			record := b.Get(key)
			if record == nil {
				continue // later than this view, or forgotten
			}
			v, err := unseal[T](tx, l.bucket, key, record)
			switch {
			case errors.Is(err, vault.ErrShredded) && tx.gone(record):
			case err != nil:
				*errp = err
				return
			case !yield(pos, v):
				return
			}
		}
	}
}

// Last returns the newest record of owner, or [ErrNotFound].
func (l Log[T]) Last(tx *Tx, owner string) (pos uint64, v T, err error) {
	b := tx.bolt.Bucket([]byte(l.bucket))
	if b == nil {
		return 0, v, ErrNotFound
	}
	for pos := range tx.positions(l.bucket, owner).backward() {
		key := logKey(pos, owner)
		if record := b.Get(key); record != nil {
			v, err = unseal[T](tx, l.bucket, key, record)
			if errors.Is(err, vault.ErrShredded) && tx.gone(record) {
				continue
			}
			return pos, v, err
		}
	}
	return 0, v, ErrNotFound
}

// Owners yields the owners and the positions of their newest records, the one
// that was appended to last first.
func (l Log[T]) Owners(tx *Tx) iter.Seq2[string, uint64] {
	return func(yield func(string, uint64) bool) {
		b := tx.bolt.Bucket([]byte(l.bucket))
		if b == nil {
			return
		}
		for _, o := range tx.recent(l.bucket, b.Sequence()) {
			if b.Get(logKey(o.pos, o.owner)) == nil {
				continue // forgotten a moment ago
			}
			if !yield(o.owner, o.pos) {
				return
			}
		}
	}
}

// Forget deletes all records of owner. Views that are open lose sight of them
// too.
func (l Log[T]) Forget(tx *Tx, owner string) error {
	if tx.group == nil {
		return l.wrap(ErrReadOnly)
	}
	b := tx.bolt.Bucket([]byte(l.bucket))
	positions := tx.positions(l.bucket, owner).all()
	if b == nil || len(positions) == 0 {
		return nil
	}
	tx.group.writes++
	for _, pos := range positions {
		if err := tx.remove(l.bucket, b, logKey(pos, owner)); err != nil {
			return l.wrap(err)
		}
	}
	tx.group.changesOf(l.bucket).forget(owner)
	return nil
}

func (l Log[T]) wrap(err error) error { return fmt.Errorf("%s: %w", l.bucket, err) }

func logKey(pos uint64, owner string) []byte {
	return append(binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(owner)), pos), owner...)
}

func parseLogKey(k []byte) (pos uint64, owner string, ok bool) {
	if len(k) <= 8 {
		return 0, "", false
	}
	return binary.BigEndian.Uint64(k), string(k[8:]), true
}

// load reads the keys of all logs.
func (x *logIndexes) load(tx *bolt.Tx) error {
	return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
		if string(name[:min(len(name), len(logPrefix))]) != logPrefix {
			return nil
		}
		index := x.of(string(name))
		return b.ForEach(func(k, _ []byte) error {
			pos, owner, ok := parseLogKey(k)
			if !ok {
				return fmt.Errorf("%s has the key %x: %w", name, k, ErrForeign)
			}
			index.append(owner, pos)
			return nil
		})
	})
}
