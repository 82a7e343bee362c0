package storage

import (
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// Tx is one look at the store, or one change of it. It is for the function it
// was given to, and for that function's goroutine, and ends with it.
type Tx struct {
	db    *DB
	bolt  *bolt.Tx
	group *group // nil in a view
	hooks []func()

	removed  []SealedRecord // of persons
	shredded []erasure
}

// end makes later use fail at once instead of reading pages that are gone.
func (tx *Tx) end() { tx.bolt = nil }

// OnCommit has fn called once, in the goroutine of Update, after the commit is
// durable and before Update returns; not when the function failed. fn may open
// transactions. In a view there is no commit: OnCommit panics.
func (tx *Tx) OnCommit(fn func()) {
	if tx.group == nil {
		panic("storage: OnCommit in a view")
	}
	tx.hooks = append(tx.hooks, fn)
}

// Sequence returns the next number of the named sequence, beginning with 1. A
// number that was used in a commit never comes again.
func (tx *Tx) Sequence(name string) (uint64, error) {
	b, err := tx.writable("seq:" + name)
	if err != nil {
		return 0, fmt.Errorf("sequence %s: %w", name, err)
	}
	return tx.next("seq:"+name, b)
}

// Index returns a key for looking up records by a long random value, such as a
// token, for ever the same; of one that could be guessed see [Tx.Lookup]. See
// [okoshko/storage/vault.Vault.Index].
func (tx *Tx) Index(label, value string) []byte { return tx.db.vault.Index(label, value) }

// writable returns a bucket to change, and notes that the transaction has
// written.
func (tx *Tx) writable(bucket string) (*bolt.Bucket, error) {
	if tx.group == nil {
		return nil, ErrReadOnly
	}
	tx.group.writes++
	return tx.bolt.CreateBucketIfNotExists([]byte(bucket))
}

// changes counts what was written so far, also by others in the group.
func (tx *Tx) changes() int {
	if tx.group == nil {
		return 0
	}
	return tx.group.writes
}
