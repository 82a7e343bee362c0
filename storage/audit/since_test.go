package audit

import (
	"encoding/json"
	"errors"
	"testing"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"okoshko/storage"
)

func (h *house) since(t testing.TB, known Head) (head Head, err error) {
	t.Helper()
	if viewErr := h.View(func(tx *storage.Tx) error {
		head, err = VerifySince(tx, known)
		return nil
	}); viewErr != nil {
		t.Fatal(viewErr)
	}
	return head, err
}

// TestVerifySince: from any head that a journal had, the rest is verified to the same
// head that reading all of it gives.
func TestVerifySince(t *testing.T) {
	h := newHouse(t, 0)
	heads := []Head{{}}
	for size := range 20 {
		h.append(t, size, size+1)
		whole, err := h.verify(t)
		if err != nil {
			t.Fatal(err)
		}
		for _, known := range heads {
			if head, err := h.since(t, known); err != nil || head != whole {
				t.Fatalf("from %d of %d: %v, %v", known.Size, size+1, head, err)
			}
		}
		heads = append(heads, whole)
	}
}

// TestVerifySinceFinds what was done to entries after the head, to the tree before
// it, and a journal that is not the one that was verified.
func TestVerifySinceFinds(t *testing.T) {
	const known = 6
	forged := entry(8)
	forged.Seq, forged.At, forged.Actor = 8, forged.At.UTC(), "o_2"
	for name, do := range map[string]func(tx *bolt.Tx, seal func(table string, k []byte, v any)) error{
		"a new entry changed": func(_ *bolt.Tx, seal func(string, []byte, any)) error {
			seal("audit.entries", key(8), forged)
			return nil
		},
		"a new entry changed with its leaf hash": func(_ *bolt.Tx, seal func(string, []byte, any)) error {
			leaf, err := json.Marshal(forged)
			seal("audit.entries", key(8), json.RawMessage(leaf))
			seal("audit.hashes", key(uint64(tlog.StoredHashIndex(0, 8))), tlog.RecordHash(leaf))
			return err
		},
		"a new entry removed": func(tx *bolt.Tx, _ func(string, []byte, any)) error {
			return tx.Bucket([]byte("audit.entries")).Delete(key(8))
		},
		"an entry added": func(_ *bolt.Tx, seal func(string, []byte, any)) error {
			seal("audit.entries", key(10), forged)
			return nil
		},
		"the tree before changed": func(_ *bolt.Tx, seal func(string, []byte, any)) error {
			seal("audit.hashes", key(uint64(tlog.StoredHashIndex(2, 0))), tlog.Hash{1})
			return nil
		},
		"cut short": func(_ *bolt.Tx, seal func(string, []byte, any)) error {
			seal("audit.head", headKey, Head{Size: 3})
			return nil
		},
		"the head changed": func(_ *bolt.Tx, seal func(string, []byte, any)) error {
			seal("audit.head", headKey, Head{Size: 10, Root: tlog.Hash{1}})
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, known)
			head, err := h.verify(t)
			if err != nil {
				t.Fatal(err)
			}
			h.append(t, known, 10)
			h.tamper(t, do)
			if _, err := h.since(t, head); !errors.Is(err, ErrBroken) {
				t.Errorf("not found: %v", err)
			}
		})
	}
}

// BenchmarkVerify compares reading all of a journal with reading what a day adds.
func BenchmarkVerify(b *testing.B) {
	const size, added = 20_000, 200
	h := newHouse(b, size-added)
	known, err := h.verify(b)
	if err != nil {
		b.Fatal(err)
	}
	h.append(b, size-added, size)
	b.Run("all of 20000", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.verify(b); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("200 since the last time", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.since(b, known); err != nil {
				b.Fatal(err)
			}
		}
	})
}
