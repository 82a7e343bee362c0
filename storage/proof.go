package storage

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// A person is gone when nothing that was sealed for them opens any more, and that
// is proved, not believed. The commit that shreds a person keeps what it deletes
// of theirs, as it stood in the file, in an erasure. [DB.Settle] destroys the
// keys, tries every live key on all of it and on whatever was left behind, deletes
// both, takes the free pages out of the file, and hands in the [Proof]. keys.db
// has no free pages: it is written anew without the key. The erasure stays until
// the proof is entered, so whoever opens the store after a kill goes on.
var (
	erasures = NewTable[erasure]("okoshko.erasures")     // by key id
	remains  = NewTable[SealedRecord]("okoshko.remains") // by the erasure's key id, then 4 bytes; sealed twice, so that the file has no trace of it
)

type erasure struct {
	Person string        `json:"person"`
	Keys   []vault.KeyID `json:"keys"`            // theirs; two while keys are exchanged
	Proof  *Proof        `json:"proof,omitempty"` // once it is made; then nothing remains
}

func (e erasure) key() []byte { return keyIDKey(e.Keys[0]) }

// Proof is what was tried to show that somebody is gone.
type Proof struct {
	Person  string `json:"person,omitempty"`
	Records int    `json:"records"` // sealed records
	Keys    int    `json:"keys"`    // live keys, each tried on each
	Opened  int    `json:"opened"`  // must be 0
	Left    int    `json:"left"`    // records that nobody had deleted; Settle did
}

// SealedRecord is a record as it stands in the file, and where.
type SealedRecord struct {
	Bucket string `json:"bucket"`
	Key    []byte `json:"key"`
	Record []byte `json:"record"`
}

// witness keeps a record that is being deleted, if it is a person's.
func (tx *Tx) witness(bucket string, key, record []byte) {
	by, ok := vault.Sealer(record)
	if !ok || by == tx.db.vault.House() || slices.Contains(tx.db.vault.OldHouse(), by) {
		return
	}
	tx.removed = append(tx.removed, SealedRecord{bucket, slices.Clone(key), slices.Clone(record)})
}

// testify writes down what the transaction deleted of those whom it shredded.
func (tx *Tx) testify() error {
	whose := make(map[vault.KeyID]erasure)
	for _, e := range tx.shredded {
		if err := erasures.Put(tx, e.key(), e); err != nil {
			return fmt.Errorf("shred %s: %w", e.Person, err)
		}
		for _, id := range e.Keys {
			whose[id] = e
		}
	}
	for i, r := range tx.removed {
		by, _ := vault.Sealer(r.Record)
		e, theirs := whose[by]
		if !theirs {
			continue
		}
		if err := remains.Put(tx, binary.BigEndian.AppendUint32(e.key(), uint32(i)), r); err != nil {
			return fmt.Errorf("shred %s: %w", e.Person, err)
		}
	}
	return nil
}

// Unsettled counts the persons who were shredded and of whom it is not proved yet
// that they are gone.
func (tx *Tx) Unsettled() (n int) {
	if b := tx.bolt.Bucket([]byte(erasures.name)); b != nil {
		n = b.Stats().KeyN
	}
	return n
}

// Settle finishes what [Tx.Shred] began, for all who wait for it together: their
// keys, the proof, the file. enter is given the proofs in the commit that forgets
// the erasures; it is called once for each, but perhaps again if it returns an
// error. Settle returns how many it was given. Others read and write meanwhile.
func (db *DB) Settle(ctx context.Context, enter func(*Tx, []Proof) error) (n int, err error) {
	db.settling.Lock()
	defer db.settling.Unlock()
	if err := db.Shredded(); err != nil {
		return 0, err
	}
	waiting, err := db.unsettled()
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	if err := db.proveAll(ctx, waiting); err != nil {
		return 0, fmt.Errorf("proving erasures: %w", err)
	}
	db.at("proved")
	if err := db.Compact(); err != nil {
		return 0, err
	}
	db.at("compacted")
	proofs := make([]Proof, len(waiting))
	for i, e := range waiting {
		proofs[i] = *e.Proof
	}
	err = db.Update(func(tx *Tx) error {
		for _, e := range waiting {
			if err := erasures.Delete(tx, e.key()); err != nil {
				return err
			}
		}
		return enter(tx, proofs)
	})
	if err != nil {
		return 0, fmt.Errorf("entering proofs: %w", err)
	}
	db.at("entered")
	return len(proofs), nil
}

// unsettled lists the erasures whose keys are destroyed.
func (db *DB) unsettled() (all []*erasure, err error) {
	viewErr := db.View(func(tx *Tx) error {
		for _, e := range erasures.Range(tx, nil, nil, &err) {
			if b := tx.bolt.Bucket([]byte(doomed.name)); b == nil || b.Get(e.key()) == nil {
				all = append(all, &e)
			}
		}
		return nil
	})
	return all, errors.Join(err, viewErr)
}

// settleBatch is how many proofs share a commit.
const settleBatch = 64

// proveAll makes the proofs that are not made yet.
func (db *DB) proveAll(ctx context.Context, waiting []*erasure) error {
	left, err := db.leftBehind(waiting)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(waiting, settleBatch) {
		var useless []SealedRecord
		for _, e := range batch {
			if e.Proof != nil {
				continue
			}
			records, err := db.remainsOf(*e)
			if err != nil {
				return err
			}
			p, err := db.try(ctx, append(records, left[e]...))
			if err != nil {
				return err
			}
			p.Person, p.Left = e.Person, len(left[e])
			e.Proof = &p
			useless = append(useless, left[e]...)
		}
		if err := db.Update(func(tx *Tx) error { return tx.tried(batch, useless) }); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) remainsOf(e erasure) (all []SealedRecord, err error) {
	viewErr := db.View(func(tx *Tx) error {
		from, to := Prefix(e.key())
		for _, r := range remains.Range(tx, from, to, &err) {
			all = append(all, r)
		}
		return nil
	})
	return all, errors.Join(err, viewErr)
}

// leftBehind finds the records of erased persons that nobody deleted.
func (db *DB) leftBehind(waiting []*erasure) (left map[*erasure][]SealedRecord, err error) {
	whose := make(map[vault.KeyID]*erasure)
	for _, e := range waiting {
		for _, id := range e.Keys {
			whose[id] = e
		}
	}
	left = make(map[*erasure][]SealedRecord)
	return left, db.view(func(tx *bolt.Tx) error {
		return eachRecord(tx, func(bucket string, key, record []byte) error {
			if by, ok := vault.Sealer(record); ok && whose[by] != nil {
				left[whose[by]] = append(left[whose[by]], SealedRecord{bucket, slices.Clone(key), slices.Clone(record)})
			}
			return nil
		})
	})
}

// tried notes the proofs and deletes what they were made of.
func (tx *Tx) tried(batch []*erasure, useless []SealedRecord) (err error) {
	for _, e := range batch {
		var keys [][]byte
		from, to := Prefix(e.key())
		for k := range remains.Range(tx, from, to, &err) {
			keys = append(keys, k)
		}
		for _, k := range keys {
			err = errors.Join(err, remains.Delete(tx, k))
		}
		if err := errors.Join(err, erasures.Put(tx, e.key(), *e)); err != nil {
			return err
		}
	}
	for _, r := range useless {
		if b := tx.bolt.Bucket([]byte(r.Bucket)); b != nil {
			tx.group.writes++
			if err := tx.remove(r.Bucket, b, r.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// Sealed returns the sealed records of the persons as they stand in the file,
// with their places, for [DB.Prove] later.
func (tx *Tx) Sealed(people ...string) (found []SealedRecord, err error) {
	var ids []vault.KeyID
	for _, person := range people {
		id, err := persons.Get(tx, []byte(person))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	err = eachRecord(tx.bolt, func(bucket string, key, record []byte) error {
		if by, ok := vault.Sealer(record); ok && slices.Contains(ids, by) {
			found = append(found, SealedRecord{bucket, slices.Clone(key), slices.Clone(record)})
		}
		return nil
	})
	return found, err
}

// Prove tries every live key on every record.
func (db *DB) Prove(records []SealedRecord) Proof {
	p, _ := db.try(context.Background(), records) // which nobody ends
	return p
}

func (db *DB) try(ctx context.Context, records []SealedRecord) (Proof, error) {
	live := slices.Concat(db.vault.Persons(), db.vault.OldHouse(), []vault.KeyID{db.vault.House()})
	p := Proof{Records: len(records), Keys: len(live)}
	for _, r := range records {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		for _, id := range live {
			if _, err := db.vault.OpenWith(id, r.Record, r.Bucket, r.Key); err == nil {
				p.Opened++
			}
		}
	}
	return p, nil
}

// at tells a test how far an erasure is.
func (db *DB) at(step string) {
	if db.step != nil {
		db.step(step)
	}
}
