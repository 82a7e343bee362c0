// Package storage keeps typed, sealed records in one file, and the keys of
// persons in another.
//
// It knows no noun of the business: each package declares its own [Table]s and
// [Log]s and passes the [Tx] it was given, so that records of several packages
// become durable together or not at all. Values are JSON, sealed by a vault for
// their table and key. Keys are not sealed: ids and times only, never personal
// data ([Tx.Lookup] makes a lookup key of a personal value).
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
//   - Records of a person ([Table.Owned]) are sealed under that person's key;
//     [Tx.Shred] destroys it.
//
// The file is a bbolt file with the buckets
//
//	okoshko     format (a decimal number, not sealed), check (a sealed word), state (sealed)
//	NAME        a table: key → sealed JSON
//	index:NAME  the same, made from other tables and not in backups
//	log:NAME    a log: position (8, big endian) | owner → sealed JSON
//	seq:NAME    a sequence, in the bucket's own counter
//
// Beside it stand the vault's slots.json and keys.db, and erased.log, the
// register of keys that were destroyed.
//
// [Open] finds a file in which a record was changed, put back, moved, added or
// taken away, one that is older than its keys, and keys that are older than the
// store. Bytes damaged inside a sealed record are found when it is read, and by
// [DB.Verify]. What no look at the machine's own files can find is that all of
// them were put back together.
package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
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
	ErrOldFormat   = errors.New("the store was written by an okoshko before the first release, which this one does not read")
	ErrChanged     = errors.New("the store is not as it was written: a record was changed, moved, put back or removed")
	ErrStoreOlder  = errors.New("the store is older than its keys, or missing")
	ErrKeysOlder   = errors.New("the keys are older than the store")
)

// DB is an open store. It is safe for concurrent use.
type DB struct {
	path     string
	vault    *vault.Vault
	logs     logIndexes
	keys     keyring
	register register

	swap sync.RWMutex // held for reading while bolt is read from, for writing while it is exchanged
	bolt *bolt.DB

	writing    sync.Mutex        // held while a group runs; guards changes of bolt, state and since
	since      changes           // what was written since a compaction began, nil where none is under way
	copying    sync.Mutex        // held while the file is copied
	destroying sync.Mutex        // held while doomed keys are destroyed
	rotation   sync.Mutex        // held while keys are exchanged
	settling   sync.Mutex        // held while it is proved that somebody is gone
	step       func(name string) // told of each step of an erasure, nil but in tests that end the process there
	state      state             // as of the newest commit
	commit     atomic.Uint64

	mu      sync.RWMutex // guards closing and closed, and updates against being closed while sent on
	closing bool         // Close has begun
	closed  bool
	updates chan *update
	ran     chan outcome  // from the function whose turn it was
	stopped chan struct{} // closed when the writer has ended
}

// Open opens the store at path and makes it where there is none. Only one
// process can have it open: a second waits a second, then has [ErrInUse].
func Open(path string, v *vault.Vault) (*DB, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if _, floor := v.Generation(); floor > 0 {
			return nil, fmt.Errorf("store %s: %w", path, ErrStoreOlder)
		}
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
		path:     path,
		bolt:     b,
		vault:    v,
		register: registerBeside(path),
		keys:     keyring{shred: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{})},
		updates:  make(chan *update, maxGroup),
		ran:      make(chan outcome),
		stopped:  make(chan struct{}),
	}
	if err := errors.Join(sweepCopies(path), db.load()); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	go db.write()
	go db.shredder()
	if err := db.destroyDoomed(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// load reads what must be known of the file, and refuses one that is not as it
// was written. The file is ours alone by now, and so are the keys.
func (db *DB) load() error {
	if err := db.vault.Reload(); err != nil {
		return err
	}
	return db.view(func(tx *bolt.Tx) error {
		if err := checkFormat(tx, db.vault); err != nil {
			return err
		}
		s, err := readState(tx.Bucket(metaBucket), db.vault)
		if err != nil {
			return ErrChanged
		}
		if err := errors.Join(s.together(db.vault), s.check(tx, db.vault)); err != nil {
			return err
		}
		if len(db.vault.Lookups()) == 0 { // made before there were such keys: Derive follows
			if err := db.vault.GrowLookup(s.Commit); err != nil {
				return err
			}
		}
		db.state = s
		db.commit.Store(s.Commit)
		return errors.Join(db.logs.load(tx), db.loadKeys(tx))
	})
}

// committed is the number of the newest commit that is durable.
func (db *DB) committed() uint64 { return db.commit.Load() }

// settle notes that a group's commit is durable.
func (db *DB) settle(g *group) {
	db.state = g.state
	db.commit.Store(g.state.Commit)
	if g.shreds {
		select {
		case db.keys.shred <- struct{}{}:
		default: // it will look anyhow
		}
	}
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
// [ErrClosed], destroys the keys that are doomed, waits for views to end, and
// closes the file. A second Close does nothing.
func (db *DB) Close() error {
	err := db.closeUpdates()
	db.swap.RLock()
	defer db.swap.RUnlock()
	return errors.Join(err, db.bolt.Close())
}

func (db *DB) closeUpdates() error {
	db.mu.Lock()
	first := !db.closing
	db.closing = true
	db.mu.Unlock()
	if !first {
		<-db.stopped
		return nil
	}
	close(db.keys.stop)
	<-db.keys.stopped
	err := db.destroyDoomed()
	db.mu.Lock()
	db.closed = true
	close(db.updates)
	db.mu.Unlock()
	<-db.stopped
	return err
}

func (db *DB) isClosed() bool {
	db.mu.RLock()
	defer db.mu.RUnlock()
	return db.closed
}

// View runs fn on the store as it is now; later commits do not show. While a
// view is open the file cannot reuse pages: keep it short.
func (db *DB) View(fn func(*Tx) error) error {
	return db.view(func(b *bolt.Tx) error {
		tx := &Tx{db: db, bolt: b}
		defer tx.end()
		return fn(tx)
	})
}

func (db *DB) view(fn func(*bolt.Tx) error) error {
	db.swap.RLock()
	defer db.swap.RUnlock()
	err := db.bolt.View(fn)
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}

// Vault is the vault that seals the store's records.
func (db *DB) Vault() *vault.Vault { return db.vault }
