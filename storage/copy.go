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
	db.copying.Lock() // who puts a new file in the old one's place would wait for us, and everybody for them
	defer db.copying.Unlock()
	var b *bolt.DB
	err = db.view(func(tx *bolt.Tx) (err error) {
		b, _, err = db.copyTo(tx, dir, func(bucket string) bool { return !strings.HasPrefix(bucket, derivedPrefix) })
		return err
	})
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
func (db *DB) copyTo(from *bolt.Tx, dir string, want func(bucket string) bool) (b *bolt.DB, copied state, err error) {
	temp, err := os.CreateTemp(dir, filepath.Base(db.path)+copySuffix+"*") // mode 0600
	if err != nil {
		return nil, copied, err
	}
	if err := temp.Close(); err != nil {
		return nil, copied, err
	}
	if b, err = openBolt(temp.Name()); err != nil {
		return nil, copied, errors.Join(err, os.Remove(temp.Name()))
	}
	b.NoSync = true
	copied, err = db.copyAll(from, b, want)
	b.NoSync = false
	if err := errors.Join(err, b.Sync()); err != nil {
		return nil, copied, discard(b, err)
	}
	return b, copied, nil
}

// copySuffix, and figures behind it, are what copies are called until they have
// their name.
const copySuffix = ".copy-"

// discard removes a copy that will not have a name.
func discard(b *bolt.DB, why error) error {
	path := b.Path()
	return errors.Join(why, b.Close(), os.Remove(path))
}

// sweepCopies removes the copies that a killed process left: what was deleted
// since stands in them.
func sweepCopies(path string) error {
	left, err := filepath.Glob(path + copySuffix + "*")
	for _, name := range left {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// copyBatch is bytes of records in one transaction of the copy.
const copyBatch = 16 << 20

func (db *DB) copyAll(from *bolt.Tx, to *bolt.DB, want func(bucket string) bool) (copied state, err error) {
	s, err := readState(from.Bucket(metaBucket), db.vault)
	if err != nil {
		return copied, err
	}
	all := s.Sum
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
		return copied, err
	}
	if whole && copied.Sum != all {
		return copied, ErrChanged
	}
	s.Sum = copied.Sum
	return copied, to.Update(func(tx *bolt.Tx) error {
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
