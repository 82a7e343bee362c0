package audit

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"okoshko/storage"
)

// ErrBroken says that the journal is not as it was written. The error found is
// a [*Broken].
var ErrBroken = errors.New("the journal was changed")

// Broken tells where the journal is not as it was written.
type Broken struct {
	Seq uint64 // the first entry concerned
	Why string
}

// Error implements error.
func (b *Broken) Error() string { return fmt.Sprintf("%v: entry %d %s", ErrBroken, b.Seq, b.Why) }

// Is makes a Broken an [ErrBroken].
func (b *Broken) Is(target error) bool { return target == ErrBroken }

// Verify reads all of the journal, computes its tree anew and compares it with
// what is stored: it finds an entry that was changed, removed, added or moved.
// It returns the present head.
//
// Heads that were kept elsewhere are proved as well: each must be the head that
// the journal had at that size. That also finds a journal that was rewritten
// whole, cut short, or rolled back to an older file.
func Verify(tx *storage.Tx, kept ...Head) (Head, error) {
	head, err := Latest(tx)
	if err != nil {
		return Head{}, &Broken{0, "cannot be judged: the head does not open"}
	}
	w := walk{kept: slices.Clone(kept)}
	slices.SortFunc(w.kept, func(a, b Head) int {
		return bytes.Compare(key(a.Size), key(b.Size))
	})
	if err := w.compute(tx); err != nil {
		return Head{}, err
	}
	switch {
	case w.size != head.Size:
		return Head{}, &Broken{min(w.size, head.Size), fmt.Sprintf("is missing or was added: %d entries, the head has %d", w.size, head.Size)}
	case w.rootAt(w.size) != head.Root:
		return Head{}, &Broken{0, "or a later one does not agree with the head"}
	case len(w.kept) > 0:
		return Head{}, &Broken{w.size, fmt.Sprintf("is missing: a head kept elsewhere has %d entries", w.kept[0].Size)}
	}
	return head, w.compareStored(tx)
}

// VerifySince proves that the journal is what it was at a head that was verified
// before, and verifies what was added since. It reads what was added and a few
// hashes, so an entry before the head that was changed together with nothing else is
// left to the next [Verify]. It returns the present head.
func VerifySince(tx *storage.Tx, known Head) (Head, error) {
	head, err := Latest(tx)
	if err != nil {
		return Head{}, &Broken{0, "cannot be judged: the head does not open"}
	}
	if head.Size < known.Size {
		return Head{}, &Broken{head.Size, fmt.Sprintf("is missing: there were %d entries before", known.Size)}
	}
	if known.Size > 0 {
		if root, err := tlog.TreeHash(int64(known.Size), reader(tx)); err != nil || root != known.Root {
			return Head{}, &Broken{0, fmt.Sprintf("or a later one below %d is not as it was before", known.Size)}
		}
	}
	next := known.Size
	for k, leaf := range entries.Range(tx, key(known.Size), nil, &err) {
		if len(k) != 8 || binary.BigEndian.Uint64(k) != next || next >= head.Size {
			return Head{}, &Broken{next, "is missing or was added"}
		}
		if err := agrees(tx, next, leaf); err != nil {
			return Head{}, err
		}
		next++
	}
	if err != nil || next != head.Size {
		return Head{}, &Broken{next, "does not open or is missing"}
	}
	if head.Size > 0 {
		if root, err := tlog.TreeHash(int64(head.Size), reader(tx)); err != nil || root != head.Root {
			return Head{}, &Broken{known.Size, "or a later one does not agree with the head"}
		}
	}
	return head, nil
}

// agrees compares an entry with the hashes that were stored with it.
func agrees(tx *storage.Tx, seq uint64, leaf json.RawMessage) error {
	var e Entry
	if err := json.Unmarshal(leaf, &e); err != nil || e.Seq != seq {
		return &Broken{seq, "stands in another's place"}
	}
	grown, err := tlog.StoredHashes(int64(seq), leaf, reader(tx))
	if err != nil {
		return &Broken{seq, "does not agree with its stored hashes"}
	}
	first := uint64(tlog.StoredHashIndex(0, int64(seq)))
	for i, want := range grown {
		if stored, err := hashes.Get(tx, key(first+uint64(i))); err != nil || stored != want {
			return &Broken{seq, "does not agree with its stored hashes"}
		}
	}
	return nil
}

// walk computes the tree from the leaves alone.
type walk struct {
	size   uint64
	hashes []tlog.Hash // by stored hash index
	kept   []Head      // not yet reached, by size
}

// compute reads the leaves in order.
func (w *walk) compute(tx *storage.Tx) error {
	if err := w.compareKept(); err != nil {
		return err
	}
	var err error
	for k, leaf := range entries.Range(tx, nil, nil, &err) {
		if len(k) != 8 || binary.BigEndian.Uint64(k) != w.size {
			return &Broken{w.size, "is missing"}
		}
		if err := w.add(leaf); err != nil {
			return err
		}
		if err := w.compareKept(); err != nil {
			return err
		}
	}
	if err != nil {
		return &Broken{w.size, "does not open"}
	}
	return nil
}

func (w *walk) add(leaf json.RawMessage) error {
	var e Entry
	if err := json.Unmarshal(leaf, &e); err != nil || e.Seq != w.size {
		return &Broken{w.size, "stands in another's place"}
	}
	grown, err := tlog.StoredHashes(int64(w.size), leaf, tlog.HashReaderFunc(w.read))
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	w.hashes = append(w.hashes, grown...)
	w.size++
	return nil
}

func (w *walk) read(indexes []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		read[i] = w.hashes[index]
	}
	return read, nil
}

func (w *walk) rootAt(size uint64) tlog.Hash {
	if size == 0 {
		return tlog.Hash{} // as in the head of a journal without entries
	}
	root, err := tlog.TreeHash(int64(size), tlog.HashReaderFunc(w.read))
	if err != nil {
		panic(err) // read never fails
	}
	return root
}

// compareKept proves the kept heads of the present size.
func (w *walk) compareKept() error {
	for len(w.kept) > 0 && w.kept[0].Size == w.size {
		if w.kept[0].Root != w.rootAt(w.size) {
			return &Broken{0, fmt.Sprintf("or a later one below %d does not agree with a head kept elsewhere", w.size)}
		}
		w.kept = w.kept[1:]
	}
	return nil
}

// compareStored compares the stored hashes with the computed.
func (w *walk) compareStored(tx *storage.Tx) error {
	var (
		next int
		err  error
	)
	for k, h := range hashes.Range(tx, nil, nil, &err) {
		if next >= len(w.hashes) || !bytes.Equal(k, key(uint64(next))) || h != w.hashes[next] {
			return w.brokenHash(next)
		}
		next++
	}
	if err != nil || next < len(w.hashes) {
		return w.brokenHash(next)
	}
	return nil
}

// brokenHash names the entry that a stored hash came with.
func (w *walk) brokenHash(index int) error {
	seq := w.size
	for seq > 0 && tlog.StoredHashIndex(0, int64(seq)) > int64(index) {
		seq--
	}
	return &Broken{seq, "does not agree with its stored hashes"}
}
