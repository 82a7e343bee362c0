// Package storage keeps typed, sealed records in one file.
//
// It knows no noun of the business: each package declares its own [Table]s and
// [Log]s and passes the [Tx] it was given, so that records of several packages
// become durable together or not at all. Values are JSON, sealed by a vault for
// their table and key. Keys are not sealed: ids and times only, never personal
// data ([Tx.Index] makes a lookup key of a personal value).
//
// Reading and writing:
//
//   - [DB.Update] returns when what its function wrote is on the disk. Waiting
//     functions share one commit, so that a thousand writers do not wait for a
//     thousand disk flushes.
//   - A function given to Update may run more than once: it must have no effect
//     but on its Tx and on variables that it sets anew each time.
//   - No View or Update inside another, in the same goroutine or in one that is
//     waited for: there is one writer, and it waits for itself for ever.
//   - No model, no network and no lock inside a transaction.
//
// The file is a bbolt file with the buckets
//
//	okoshko     format (a decimal number, not sealed), check (a sealed word)
//	NAME        a table: key → sealed JSON
//	log:NAME    a log: position (8, big endian) | owner → sealed JSON
//	seq:NAME    a sequence, in the bucket's own counter
package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"okoshko/storage/vault"
)

// What a record or a transaction may answer.
var (
	ErrNotFound = errors.New("not found")
	ErrReadOnly = errors.New("a view cannot write")
	ErrClosed   = errors.New("the store is closed")
)

// What [Open] may answer beside errors of the file system.
var (
	ErrInUse       = errors.New("another okoshko uses this folder")
	ErrForeign     = errors.New("not a store of okoshko, or damaged")
	ErrNewerFormat = errors.New("the store was written by a newer okoshko")
	ErrOtherKeys   = errors.New("the store was sealed with other keys")
)

// DB is an open store. It is safe for concurrent use.
type DB struct {
	bolt  *bolt.DB
	vault *vault.Vault
	logs  logIndexes

	mu      sync.RWMutex // guards closed, and updates against being closed while sent on
	closed  bool
	updates chan *update
	ran     chan outcome  // from the function whose turn it was
	stopped chan struct{} // closed when the writer has ended
}

// Open opens the store at path and makes it where there is none. Only one
// process can have it open: a second waits a second, then has [ErrInUse].
func Open(path string, v *vault.Vault) (*DB, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path, v); err != nil {
			return nil, fmt.Errorf("making the store %s: %w", path, err)
		}
	}
	db, err := open(path, v)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	return db, nil
}

func open(path string, v *vault.Vault) (*DB, error) {
	b, err := openBolt(path)
	if err != nil {
		return nil, err
	}
	db := &DB{
		bolt:    b,
		vault:   v,
		updates: make(chan *update, maxGroup),
		ran:     make(chan outcome),
		stopped: make(chan struct{}),
	}
	err = b.View(func(tx *bolt.Tx) error {
		if err := checkFormat(tx, v); err != nil {
			return err
		}
		return db.logs.load(tx)
	})
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	go db.write()
	return db, nil
}

func openBolt(path string) (*bolt.DB, error) {
	b, err := bolt.Open(path, 0o600, options())
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrInUse
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return nil, ErrForeign
	}
	return b, err
}

// options are the fastest for a file that has seen deletions: the list of free
// pages is kept in memory only, at the price of a scan when the file is opened.
func options() *bolt.Options {
	o := &bolt.Options{Timeout: time.Second, FreelistType: bolt.FreelistMapType, NoFreelistSync: true}
	if runtime.GOOS != "windows" { // there the file itself would grow
		// Growing the map waits for the readers; a store below this never does.
		o.InitialMmapSize = 1 << 30
	}
	return o
}

// Close waits for the updates that were begun, refuses later ones with
// [ErrClosed], waits for views to end, and closes the file. A second Close does
// nothing.
func (db *DB) Close() error {
	db.mu.Lock()
	if !db.closed {
		db.closed = true
		close(db.updates)
	}
	db.mu.Unlock()
	<-db.stopped
	return db.bolt.Close()
}

// View runs fn on the store as it is now; later commits do not show. While a
// view is open the file cannot reuse pages: keep it short.
func (db *DB) View(fn func(*Tx) error) error {
	err := db.bolt.View(func(b *bolt.Tx) error {
		tx := &Tx{db: db, bolt: b}
		defer tx.end()
		return fn(tx)
	})
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}

// Backup writes the store as it is now to a file at path, whole or not at all,
// while the store is in use. A file that was there is replaced; the store
// itself is refused. The copy is sealed as the store is and needs its keys.
func (db *DB) Backup(path string) error {
	if err := db.backup(path); err != nil {
		return fmt.Errorf("backup to %s: %w", path, err)
	}
	return nil
}

func (db *DB) backup(path string) error {
	if same(path, db.bolt.Path()) {
		return errors.New("that is the store itself")
	}
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	err = db.bolt.View(func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(temp)
		return err
	})
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func same(a, b string) bool {
	ai, errA := os.Stat(a)
	bi, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(ai, bi)
}
