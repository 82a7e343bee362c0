package storage

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// Compact writes the file anew without its free pages, in which records that
// were deleted still stand, and puts the new one in the old one's place. Readers
// go on meanwhile, writers wait: a second for some hundred megabytes.
func (db *DB) Compact() error {
	db.writing.Lock()
	defer db.writing.Unlock()
	if db.isClosed() {
		return ErrClosed
	}
	fresh, err := db.copyTo(filepath.Dir(db.path), func(string) bool { return true })
	if err != nil {
		return fmt.Errorf("compacting %s: %w", db.path, err)
	}
	if err := db.exchange(fresh); err != nil {
		return fmt.Errorf("compacting %s: %w", db.path, err)
	}
	return nil
}

// exchange makes the open file fresh the store's.
func (db *DB) exchange(fresh *bolt.DB) error {
	temp := fresh.Path()
	db.swap.Lock() // the views that are open end first
	defer db.swap.Unlock()
	if err := os.Rename(temp, db.path); err != nil {
		return errors.Join(err, fresh.Close(), os.Remove(temp))
	}
	old := db.bolt
	db.bolt = fresh
	return errors.Join(old.Close(), syncDir(filepath.Dir(db.path)))
}

// Backup writes the store as it is now to a file at path, whole or not at all,
// while the store is in use. A file that was there is replaced; the store
// itself is refused. The copy is sealed as the store is and needs its keys; it
// has no free pages and no derived tables ([Table.Derived]).
func (db *DB) Backup(path string) error {
	if same(path, db.path) {
		return fmt.Errorf("backup to %s: that is the store itself", path)
	}
	temp, err := db.copyFile(filepath.Dir(path))
	if err == nil {
		defer os.Remove(temp)
		err = errors.Join(os.Rename(temp, path), syncDir(filepath.Dir(path)))
	}
	if err != nil {
		return fmt.Errorf("backup to %s: %w", path, err)
	}
	return nil
}

// WriteTo writes what [DB.Backup] writes to w. In between it stands, as sealed
// as the store, in the store's folder.
func (db *DB) WriteTo(w io.Writer) (n int64, err error) {
	temp, err := db.copyFile(filepath.Dir(db.path))
	if err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	defer os.Remove(temp)
	f, err := os.Open(temp)
	if err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	defer f.Close()
	if n, err = io.Copy(w, f); err != nil {
		return n, fmt.Errorf("backup: %w", err)
	}
	return n, nil
}

// copyFile makes a copy for a backup in dir and returns its name.
func (db *DB) copyFile(dir string) (name string, err error) {
	b, err := db.copyTo(dir, func(bucket string) bool { return !strings.HasPrefix(bucket, derivedPrefix) })
	if err != nil {
		return "", err
	}
	name = b.Path()
	var size int64 // the file is longer: bbolt grows it by 16 MiB
	err = b.View(func(tx *bolt.Tx) error { size = tx.Size(); return nil })
	if err := errors.Join(err, b.Close(), os.Truncate(name, size)); err != nil {
		return "", errors.Join(err, os.Remove(name))
	}
	return name, nil
}

// copyTo copies the buckets that want says yes to into a new file in dir, which
// is durable then. What the copy says of itself is the sum of what was copied;
// where that is all, it must be the store's own.
func (db *DB) copyTo(dir string, want func(bucket string) bool) (*bolt.DB, error) {
	temp, err := os.CreateTemp(dir, filepath.Base(db.path)+".*") // mode 0600
	if err != nil {
		return nil, err
	}
	if err := temp.Close(); err != nil {
		return nil, err
	}
	b, err := openBolt(temp.Name())
	if err != nil {
		return nil, errors.Join(err, os.Remove(temp.Name()))
	}
	b.NoSync = true
	err = db.view(func(tx *bolt.Tx) error { return db.copyAll(tx, b, want) })
	b.NoSync = false
	if err := errors.Join(err, b.Sync()); err != nil {
		return nil, errors.Join(err, b.Close(), os.Remove(temp.Name()))
	}
	return b, nil
}

// copyBatch is bytes of records in one transaction of the copy.
const copyBatch = 16 << 20

func (db *DB) copyAll(from *bolt.Tx, to *bolt.DB, want func(bucket string) bool) error {
	s, err := readState(from.Bucket(metaBucket), db.vault)
	if err != nil {
		return err
	}
	all, copied := s.Sum, state{}
	whole := true
	err = from.ForEach(func(name []byte, b *bolt.Bucket) error {
		if string(name) == string(metaBucket) {
			return nil
		}
		if !want(string(name)) {
			whole = false
			return nil
		}
		if n := b.Sequence(); n > 0 {
			copied.toggle(sequenceMark(db.vault, string(name), n))
		}
		return db.copyBucket(string(name), b, to, &copied)
	})
	if err != nil {
		return err
	}
	if whole && copied.Sum != all {
		return ErrChanged
	}
	s.Sum = copied.Sum
	return to.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucket(metaBucket)
		if err != nil {
			return err
		}
		meta := from.Bucket(metaBucket)
		return errors.Join(b.Put(formatKey, meta.Get(formatKey)), b.Put(checkKey, meta.Get(checkKey)), s.write(b, db.vault))
	})
}

func (db *DB) copyBucket(name string, from *bolt.Bucket, to *bolt.DB, copied *state) error {
	tx, err := to.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	b, err := tx.CreateBucket([]byte(name))
	if err == nil {
		err = b.SetSequence(from.Sequence())
	}
	if err != nil {
		return err
	}
	size := 0
	c := from.Cursor()
	for k, record := c.First(); k != nil; k, record = c.Next() {
		if size > copyBatch {
			if err := tx.Commit(); err != nil {
				return err
			}
			if tx, err = to.Begin(true); err != nil {
				return err
			}
			b, size = tx.Bucket([]byte(name)), 0
		}
		b.FillPercent = logFill
		copied.toggle(db.vault.Mark(name, k, record))
		if err := b.Put(k, record); err != nil {
			return err
		}
		size += len(k) + len(record)
	}
	return tx.Commit()
}

func same(a, b string) bool {
	ai, errA := os.Stat(a)
	bi, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(ai, bi)
}
