package storage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"regexp"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// Table is records of one type, ordered by key. Declare it as a package
// variable; it holds nothing but its name and what is said of it.
type Table[T any] struct {
	name  string
	owner func(key []byte, v T) string // nil: the house's
}

// NewTable declares the table called name: lower-case letters, digits, dots
// and dashes, unique in the program, for ever part of the file's format. It
// panics on another name.
func NewTable[T any](name string) Table[T] { return Table[T]{name: checked(name)} }

// Derived declares that the table can be made again from others ([DB.Derive]) and
// is not for backups: a lookup by a keyed hash would outlive there the person it
// leads to. Its keys are by [Tx.Lookup].
func (t Table[T]) Derived() Table[T] {
	t.name = derivedPrefix + t.name
	return t
}

const derivedPrefix = "index:"

var validName = regexp.MustCompile(`^[a-z][a-z0-9.-]*$`)

func checked(name string) string {
	if !validName.MatchString(name) || name == string(metaBucket) {
		panic(fmt.Sprintf("storage: %q cannot name a table", name))
	}
	return name
}

// Put stores v under key, 1–32,768 bytes, in the place of what was there.
func (t Table[T]) Put(tx *Tx, key []byte, v T) error {
	plain, err := json.Marshal(v)
	if err != nil {
		return t.wrap(err)
	}
	b, err := tx.writable(t.name)
	if err != nil {
		return t.wrap(err)
	}
	person := ""
	if t.owner != nil {
		person = t.owner(key, v)
	}
	if err := tx.seal(t.name, b, key, plain, person); err != nil {
		return t.wrap(err)
	}
	return nil
}

// Get returns the record under key, or [ErrNotFound].
func (t Table[T]) Get(tx *Tx, key []byte) (v T, err error) {
	b := tx.bolt.Bucket([]byte(t.name))
	if b == nil {
		return v, ErrNotFound
	}
	record := b.Get(key)
	if record == nil {
		return v, ErrNotFound
	}
	v, err = t.open(tx, key, record)
	if errors.Is(err, vault.ErrShredded) && tx.gone(record) {
		return v, ErrNotFound
	}
	return v, err
}

// Delete removes the record under key, if there is one.
func (t Table[T]) Delete(tx *Tx, key []byte) error {
	if tx.group == nil {
		return t.wrap(ErrReadOnly)
	}
	b := tx.bolt.Bucket([]byte(t.name))
	if b == nil || b.Get(key) == nil {
		return nil
	}
	tx.group.writes++
	if err := tx.remove(t.name, b, key); err != nil {
		return t.wrap(err)
	}
	return nil
}

// Range yields the records with from <= key < to in the order of their keys;
// nil bounds nothing. It passes over records of persons who were shredded. It ends
// at the first record that does not open and says why in *errp. The table may be
// changed meanwhile: what lies ahead is seen as it is then.
func (t Table[T]) Range(tx *Tx, from, to []byte, errp *error) iter.Seq2[[]byte, T] {
	return t.walk(tx, func(c *bolt.Cursor, last []byte) (k, record []byte) {
		switch {
		case last == nil:
			k, record = c.Seek(from)
		default:
			if k, record = c.Seek(last); bytes.Equal(k, last) {
				k, record = c.Next()
			}
		}
		return k, record
	}, (*bolt.Cursor).Next, func(k []byte) bool { return to == nil || bytes.Compare(k, to) < 0 }, errp)
}

// Backward yields the same records as [Table.Range], the highest key first.
func (t Table[T]) Backward(tx *Tx, from, to []byte, errp *error) iter.Seq2[[]byte, T] {
	return t.walk(tx, func(c *bolt.Cursor, last []byte) (k, record []byte) {
		below := to
		if last != nil {
			below = last
		}
		if below == nil {
			return c.Last()
		}
		if k, _ := c.Seek(below); k == nil { // behind the end
			return c.Last()
		}
		return c.Prev()
	}, (*bolt.Cursor).Prev, func(k []byte) bool { return bytes.Compare(k, from) >= 0 }, errp)
}

// walk yields records from where seek finds the first (after the key last, when
// that is given) while within holds.
func (t Table[T]) walk(
	tx *Tx,
	seek func(c *bolt.Cursor, last []byte) (k, record []byte),
	step func(*bolt.Cursor) (k, record []byte),
	within func(k []byte) bool,
	errp *error,
) iter.Seq2[[]byte, T] {
	return func(yield func([]byte, T) bool) {
		b := tx.bolt.Bucket([]byte(t.name))
		if b == nil {
			return
		}
		c := b.Cursor()
		k, record := seek(c, nil)
		for k != nil && within(k) {
			key, changes := bytes.Clone(k), tx.changes()
			v, err := t.open(tx, k, record)
			switch {
			case errors.Is(err, vault.ErrShredded) && tx.gone(record):
			case err != nil:
				*errp = err
				return
			case !yield(key, v):
				return
			}
			if tx.changes() != changes { // the cursor does not survive that
				k, record = seek(c, key)
			} else {
				k, record = step(c)
			}
		}
	}
}

func (t Table[T]) open(tx *Tx, key, record []byte) (T, error) {
	return unseal[T](tx, t.name, key, record)
}

func (t Table[T]) wrap(err error) error { return fmt.Errorf("table %s: %w", t.name, err) }

// seal writes a record under the key of a person, or the house's.
func (tx *Tx) seal(bucket string, b *bolt.Bucket, key, plain []byte, person string) error {
	by, err := tx.keyOf(person)
	if err != nil {
		return err
	}
	record, err := tx.db.vault.Seal(by, plain, bucket, key)
	if err != nil {
		return err
	}
	return tx.put(bucket, b, key, record)
}

// unseal opens a record of a table or log.
func unseal[T any](tx *Tx, name string, key, record []byte) (v T, err error) {
	plain, err := tx.db.vault.Open(record, name, key)
	if err != nil {
		return v, fmt.Errorf("record %x of %s: %w", key, name, err)
	}
	if err := json.Unmarshal(plain, &v); err != nil {
		// Not err itself: it may quote the value.
		return v, fmt.Errorf("record %x of %s is not of its type", key, name)
	}
	return v, nil
}

// Prefix returns bounds for [Table.Range] that hold all keys beginning with p.
func Prefix(p []byte) (from, to []byte) {
	to = bytes.Clone(p)
	for len(to) > 0 && to[len(to)-1] == 0xff {
		to = to[:len(to)-1]
	}
	if len(to) == 0 {
		return p, nil
	}
	to[len(to)-1]++
	return p, to
}
