package storage

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// ErrDamaged says that the file's structure does not hold.
var ErrDamaged = errors.New("the store's file is damaged")

// Check looks at the structure of the file at path and reads all of it; no keys
// are needed. Damage may end the process: bbolt believes its pages, and a file
// that is too short is a fault of memory. So call it in a process that may die,
// and open the store only when it has come back without an error.
func Check(path string) error {
	o := options()
	o.ReadOnly = true
	b, err := bolt.Open(path, 0o600, o)
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return ErrInUse
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return ErrForeign
	case err != nil:
		return err
	}
	err = b.View(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if tx.Bucket(metaBucket) == nil {
			return ErrForeign
		}
		return readThrough(tx)
	})
	return errors.Join(err, b.Close())
}

// readThrough touches every page and every byte, and wants the keys in order.
func readThrough(tx *bolt.Tx) error {
	if _, err := tx.WriteTo(io.Discard); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	read := crc32.NewIEEE()
	return eachRecord(tx, func(bucket string, key, record []byte) error {
		read.Write(key)
		read.Write(record)
		if record == nil {
			return fmt.Errorf("%w: %s has a bucket in it", ErrDamaged, bucket)
		}
		if len(key) == 0 {
			return fmt.Errorf("%w: %s has an empty key", ErrDamaged, bucket)
		}
		return nil
	})
}
