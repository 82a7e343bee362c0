package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// Compact writes the file anew without its free pages, in which records that
// were deleted still stand, and puts the new one in the old one's place. Others
// read and write meanwhile: what they write is noted and brought over at the end,
// and only for that, and for the exchange of the files, do they wait.
func (db *DB) Compact() error {
	if err := db.compact(); err != nil {
		return fmt.Errorf("compacting %s: %w", db.path, err)
	}
	return nil
}

func (db *DB) compact() error {
	db.copying.Lock()
	defer db.copying.Unlock()
	from, err := db.beginCopy()
	if err != nil {
		return err
	}
	old, err := db.renew(from)
	if old != nil { // nobody reads it any more, and nobody waits for it to go
		err = errors.Join(err, old.Close())
	}
	return err
}

// renew makes the new file from a view of the old one, puts it in its place and
// returns the old one.
func (db *DB) renew(from *bolt.Tx) (old *bolt.DB, err error) {
	fresh, copied, err := db.copyTo(from, filepath.Dir(db.path), func(string) bool { return true })
	err = errors.Join(err, from.Rollback())
	db.at("copied")
	db.writing.Lock() // from here on writers wait
	defer db.writing.Unlock()
	since := db.since
	db.since = nil
	if fresh == nil {
		return nil, err
	}
	if err == nil {
		err = db.catchUp(fresh, copied, since)
	}
	if err != nil {
		return nil, discard(fresh, err)
	}
	db.at("caught up")
	return db.exchange(fresh)
}

// beginCopy begins a view, and to note what is written from then on.
func (db *DB) beginCopy() (from *bolt.Tx, err error) {
	db.writing.Lock()
	defer db.writing.Unlock()
	if db.isClosed() {
		return nil, ErrClosed
	}
	from, err = db.bolt.Begin(false)
	if err == nil {
		db.since = make(changes)
	}
	return from, err
}

// changes are the places that were written to, by bucket; they may be more than
// what became durable.
type changes map[string]map[string]struct{}

// note notes a place, or without a key the bucket's counter.
func (c changes) note(bucket string, key []byte) {
	if c == nil {
		return
	}
	if c[bucket] == nil {
		c[bucket] = make(map[string]struct{})
	}
	if len(key) > 0 {
		c[bucket][string(key)] = struct{}{}
	}
}

// catchUp brings into the copy what was written since it was begun. The copy must
// then be what the store says of itself.
func (db *DB) catchUp(fresh *bolt.DB, copied state, since changes) error {
	if db.isClosed() {
		return ErrClosed
	}
	return db.bolt.View(func(from *bolt.Tx) error {
		return fresh.Update(func(to *bolt.Tx) error {
			for bucket, keys := range since {
				if err := db.bring(bucket, keys, from, to, &copied); err != nil {
					return err
				}
			}
			if copied.Sum != db.state.Sum {
				return ErrChanged
			}
			meta := to.Bucket(metaBucket)
			return from.Bucket(metaBucket).ForEach(func(k, v []byte) error { return meta.Put(k, v) })
		})
	})
}

// bring copies places of a bucket as they are now.
func (db *DB) bring(bucket string, keys map[string]struct{}, from, to *bolt.Tx, copied *state) error {
	source := from.Bucket([]byte(bucket))
	if source == nil { // what made it did not become durable
		return nil
	}
	target, err := to.CreateBucketIfNotExists([]byte(bucket))
	if err != nil {
		return err
	}
	if was, is := target.Sequence(), source.Sequence(); was != is {
		if was > 0 {
			copied.toggle(sequenceMark(db.vault, bucket, was))
		}
		copied.toggle(sequenceMark(db.vault, bucket, is))
		if err := target.SetSequence(is); err != nil {
			return err
		}
	}
	for text := range keys {
		key := []byte(text)
		if was := target.Get(key); was != nil {
			copied.toggle(db.vault.Mark(bucket, key, was))
		}
		record := source.Get(key)
		if record == nil {
			err = target.Delete(key)
		} else {
			copied.toggle(db.vault.Mark(bucket, key, record))
			err = target.Put(key, record)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// exchange makes the open file fresh the store's, durably: what is written from
// now on is written into it.
func (db *DB) exchange(fresh *bolt.DB) (old *bolt.DB, err error) {
	db.swap.Lock() // the views that are open end first
	defer db.swap.Unlock()
	if db.isClosed() {
		return nil, discard(fresh, ErrClosed)
	}
	if err := os.Rename(fresh.Path(), db.path); err != nil {
		return nil, discard(fresh, err)
	}
	old, db.bolt = db.bolt, fresh
	return old, syncDir(filepath.Dir(db.path))
}
