// Package audit is the journal: who did what to what, and why, as a log in
// which nothing can be changed, removed or moved unnoticed.
//
// An entry is written in the transaction of what it tells of: if it cannot be
// written, the deed does not happen. Entries hold ids, never personal data.
//
// The journal is a Merkle tree as in RFC 6962 (Certificate Transparency). The
// leaf of entry n is its JSON; inner hashes are stored as
// golang.org/x/mod/sumdb/tlog numbers them. Its [Head] stands for all entries
// up to its size: a head that was kept elsewhere proves later that they are
// still the same. Without such a head, [Verify] finds what was changed by one
// who did not recompute all of the tree; with it, anything.
package audit

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"okoshko/storage"
)

// Entry is one deed. Its fields hold ids and fixed words, never personal data.
type Entry struct {
	Seq    uint64    `json:"seq"` // 0 for the first; given by Append
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`            // an operator's id, "visitor", "owner", "assistant"
	Action string    `json:"action"`           // "contact.reveal"
	Object string    `json:"object,omitempty"` // an id
	Reason string    `json:"reason,omitempty"`
}

// Head stands for the first Size entries.
type Head struct {
	Size uint64    `json:"size"`
	Root tlog.Hash `json:"root"` // prints and marshals as base64
}

// The leaves are kept as the bytes that were hashed, so that Entry may gain
// fields.
var (
	entries = storage.NewTable[json.RawMessage]("audit.entries") // sequence number, 8 bytes big endian
	hashes  = storage.NewTable[tlog.Hash]("audit.hashes")        // stored hash index, 8 bytes big endian
	heads   = storage.NewTable[Head]("audit.head")               // one, under headKey
)

var headKey = []byte("head")

func key(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// Append adds e to the journal; Seq is given here.
func Append(tx *storage.Tx, e Entry) error {
	if err := appendEntry(tx, e); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

func appendEntry(tx *storage.Tx, e Entry) error {
	head, err := Latest(tx)
	if err != nil {
		return err
	}
	e.Seq, e.At = head.Size, e.At.UTC().Round(0)
	leaf, err := json.Marshal(e)
	if err != nil {
		return err
	}
	grown, err := tlog.StoredHashes(int64(e.Seq), leaf, reader(tx))
	if err != nil {
		return err
	}
	first := uint64(tlog.StoredHashIndex(0, int64(e.Seq)))
	for i, h := range grown {
		if err := hashes.Put(tx, key(first+uint64(i)), h); err != nil {
			return err
		}
	}
	if err := entries.Put(tx, key(e.Seq), leaf); err != nil {
		return err
	}
	head.Size++
	if head.Root, err = tlog.TreeHash(int64(head.Size), reader(tx)); err != nil {
		return err
	}
	return heads.Put(tx, headKey, head)
}

func reader(tx *storage.Tx) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		read := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			h, err := hashes.Get(tx, key(uint64(index)))
			if err != nil {
				return nil, fmt.Errorf("hash %d: %w", index, err)
			}
			read[i] = h
		}
		return read, nil
	})
}

// Latest returns the present head. Keep it off the machine to prove later that
// nothing before it was changed; see [Verify].
func Latest(tx *storage.Tx) (Head, error) {
	head, err := heads.Get(tx, headKey)
	if errors.Is(err, storage.ErrNotFound) {
		return Head{}, nil
	}
	return head, err
}

// Entries yields the entries with from <= Seq < to, the oldest first; to 0 means
// all. It ends at the first that cannot be read and says why in *errp.
func Entries(tx *storage.Tx, from, to uint64, errp *error) iter.Seq[Entry] {
	return decoded(entries.Range(tx, key(from), bound(to), errp), errp)
}

// Backward yields the entries with Seq < before, the newest first; before 0
// means all.
func Backward(tx *storage.Tx, before uint64, errp *error) iter.Seq[Entry] {
	return decoded(entries.Backward(tx, nil, bound(before), errp), errp)
}

func bound(seq uint64) []byte {
	if seq == 0 {
		return nil
	}
	return key(seq)
}

func decoded(leaves iter.Seq2[[]byte, json.RawMessage], errp *error) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for k, leaf := range leaves {
			var e Entry
			if err := json.Unmarshal(leaf, &e); err != nil {
				*errp = fmt.Errorf("journal entry %x: %w", k, err)
				return
			}
			if !yield(e) {
				return
			}
		}
	}
}
