package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"okoshko/storage"
	"okoshko/storage/vault"
)

var day = time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("", 3*3600))

// house is a store whose file a test can open behind its back.
type house struct {
	*storage.DB
	path  string
	vault *vault.Vault
}

func newHouse(t testing.TB, size int) *house {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Create(dir, vault.KeyFile(filepath.Join(dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{path: filepath.Join(dir, "data.db"), vault: v}
	h.open(t)
	h.append(t, 0, size)
	return h
}

func (h *house) open(t testing.TB) {
	t.Helper()
	db, err := storage.Open(h.path, h.vault)
	if err != nil {
		t.Fatal(err)
	}
	h.DB = db
	t.Cleanup(func() { db.Close() })
}

func (h *house) append(t testing.TB, from, to int) {
	t.Helper()
	err := h.Update(func(tx *storage.Tx) error {
		for i := from; i < to; i++ {
			if err := Append(tx, entry(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func entry(i int) Entry {
	return Entry{At: day.Add(time.Duration(i) * time.Minute), Actor: "o_1", Action: "contact.reveal", Object: fmt.Sprintf("c_%d", i), Reason: "звонок"}
}

func (h *house) verify(t testing.TB, kept ...Head) (head Head, err error) {
	t.Helper()
	if viewErr := h.View(func(tx *storage.Tx) error {
		head, err = Verify(tx, kept...)
		return nil
	}); viewErr != nil {
		t.Fatal(viewErr)
	}
	return head, err
}

// tamper changes the closed file directly, as one who has the keys can; seal
// makes records that open.
func (h *house) tamper(t testing.TB, fn func(tx *bolt.Tx, seal func(table string, k []byte, v any)) error) {
	t.Helper()
	h.Close()
	b, err := bolt.Open(h.path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = b.Update(func(tx *bolt.Tx) error {
		return fn(tx, func(table string, k []byte, v any) {
			plain, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			sealed, err := h.vault.Seal(h.vault.House(), plain, table, k)
			if err := errors.Join(err, tx.Bucket([]byte(table)).Put(k, sealed)); err != nil {
				t.Fatal(err)
			}
		})
	})
	if err := errors.Join(err, b.Close(), storage.Accept(h.path, h.vault)); err != nil {
		t.Fatal(err)
	}
	h.open(t)
}

func TestEntriesAreReadAsWritten(t *testing.T) {
	h := newHouse(t, 5)
	err := h.View(func(tx *storage.Tx) (err error) {
		var want []Entry
		for i := range 5 {
			e := entry(i)
			e.Seq, e.At = uint64(i), e.At.UTC()
			want = append(want, e)
		}
		if diff := cmp.Diff(want[1:4], slices.Collect(Entries(tx, 1, 4, &err))); diff != "" {
			t.Errorf("Entries: (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff(want[2:], slices.Collect(Entries(tx, 2, 0, &err))); diff != "" {
			t.Errorf("Entries from 2: (-want +got)\n%s", diff)
		}
		slices.Reverse(want)
		if diff := cmp.Diff(want, slices.Collect(Backward(tx, 0, &err))); diff != "" {
			t.Errorf("Backward: (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff(want[3:], slices.Collect(Backward(tx, 2, &err))); diff != "" {
			t.Errorf("Backward before 2: (-want +got)\n%s", diff)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestVerifySoundJournals(t *testing.T) {
	h := newHouse(t, 0)
	heads := []Head{{}}
	for size := range 40 {
		head, err := h.verify(t, heads...)
		if err != nil {
			t.Fatalf("%d entries: %v", size, err)
		}
		if head.Size != uint64(size) {
			t.Fatalf("%d entries: the head has %d", size, head.Size)
		}
		if size > 0 && head.Root == heads[size-1].Root {
			t.Fatalf("%d entries: the root did not change", size)
		}
		heads = append(heads, head)
		h.append(t, size, size+1)
	}
}

// TestRootIsRFC6962 compares the root with the tree of the standard, computed
// the plain way.
func TestRootIsRFC6962(t *testing.T) {
	h := newHouse(t, 7)
	var leaves []tlog.Hash
	err := h.View(func(tx *storage.Tx) (err error) {
		for _, leaf := range entries.Range(tx, nil, nil, &err) {
			leaves = append(leaves, tlog.RecordHash(leaf))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	n := tlog.NodeHash
	want := n(n(n(leaves[0], leaves[1]), n(leaves[2], leaves[3])), n(n(leaves[4], leaves[5]), leaves[6]))
	if head, err := h.verify(t); err != nil || head.Root != want {
		t.Errorf("root %v, %v; want %v", head.Root, err, want)
	}
}

func TestVerifyFindsWhatWasDone(t *testing.T) {
	changed := func(i int) Entry {
		e := entry(i)
		e.Seq, e.At, e.Actor = uint64(i), e.At.UTC(), "o_2"
		return e
	}
	for name, c := range map[string]struct {
		do   func(tx *bolt.Tx, seal func(table string, k []byte, v any)) error
		want uint64 // entry named
	}{
		"changed, sealed again": {func(tx *bolt.Tx, seal func(string, []byte, any)) error {
			seal("audit.entries", key(5), changed(5))
			return nil
		}, 0},
		"changed with its leaf hash": {func(tx *bolt.Tx, seal func(string, []byte, any)) error {
			leaf, err := json.Marshal(changed(5))
			seal("audit.entries", key(5), json.RawMessage(leaf))
			seal("audit.hashes", key(uint64(tlog.StoredHashIndex(0, 5))), tlog.RecordHash(leaf))
			return err
		}, 0},
		"only a hash changed": {func(tx *bolt.Tx, seal func(string, []byte, any)) error {
			seal("audit.hashes", key(uint64(tlog.StoredHashIndex(0, 5))), tlog.Hash{1})
			return nil
		}, 5},
		"a hash removed": {func(tx *bolt.Tx, _ func(string, []byte, any)) error {
			return tx.Bucket([]byte("audit.hashes")).Delete(key(uint64(tlog.StoredHashIndex(0, 5))))
		}, 5},
		"not sealed by us": {func(tx *bolt.Tx, _ func(string, []byte, any)) error {
			b := tx.Bucket([]byte("audit.entries"))
			record := bytes.Clone(b.Get(key(5)))
			record[len(record)-1] ^= 1
			return b.Put(key(5), record)
		}, 5},
		"removed from the middle": {func(tx *bolt.Tx, _ func(string, []byte, any)) error {
			return tx.Bucket([]byte("audit.entries")).Delete(key(5))
		}, 5},
		"the first removed": {func(tx *bolt.Tx, _ func(string, []byte, any)) error {
			return tx.Bucket([]byte("audit.entries")).Delete(key(0))
		}, 0},
		"the last removed": {func(tx *bolt.Tx, _ func(string, []byte, any)) error {
			return tx.Bucket([]byte("audit.entries")).Delete(key(9))
		}, 9},
		"all removed": {func(tx *bolt.Tx, _ func(string, []byte, any)) error {
			return errors.Join(tx.DeleteBucket([]byte("audit.entries")), tx.DeleteBucket([]byte("audit.hashes")))
		}, 0},
		"one added": {func(tx *bolt.Tx, seal func(string, []byte, any)) error {
			seal("audit.entries", key(10), changed(10))
			return nil
		}, 10},
		"two exchanged": {func(tx *bolt.Tx, seal func(string, []byte, any)) error {
			three, five := changed(5), changed(3)
			seal("audit.entries", key(3), three)
			seal("audit.entries", key(5), five)
			return nil
		}, 3},
		"two exchanged with their numbers": {func(tx *bolt.Tx, seal func(string, []byte, any)) error {
			three, five := entry(5), entry(3)
			three.Seq, five.Seq = 3, 5
			seal("audit.entries", key(3), three)
			seal("audit.entries", key(5), five)
			return nil
		}, 0},
		"the head set back": {func(tx *bolt.Tx, seal func(string, []byte, any)) error {
			seal("audit.head", headKey, Head{Size: 9})
			return nil
		}, 9},
		"the head changed": {func(tx *bolt.Tx, seal func(string, []byte, any)) error {
			seal("audit.head", headKey, Head{Size: 10, Root: tlog.Hash{1}})
			return nil
		}, 0},
		"the head destroyed": {func(tx *bolt.Tx, _ func(string, []byte, any)) error {
			return tx.Bucket([]byte("audit.head")).Put(headKey, []byte("x"))
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, 10)
			h.tamper(t, c.do)
			_, err := h.verify(t)
			var broken *Broken
			if !errors.Is(err, ErrBroken) || !errors.As(err, &broken) || broken.Seq != c.want {
				t.Errorf("Verify = %v, want ErrBroken at entry %d", err, c.want)
			}
		})
	}
}

// TestKeptHeadProvesMore has a thief who holds the keys rewrite the whole
// journal soundly: only a head kept elsewhere tells.
func TestKeptHeadProvesMore(t *testing.T) {
	honest, thief := newHouse(t, 10), newHouse(t, 3)
	kept, err := honest.verify(t)
	if err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int{"cut short": 3, "as long": 10, "longer": 12} {
		if size > 3 {
			if err := thief.Update(func(tx *storage.Tx) error { return Append(tx, Entry{At: day, Actor: "o_2"}) }); err != nil {
				t.Fatal(err)
			}
			now, err := thief.verify(t)
			if err != nil {
				t.Fatal(err)
			}
			thief.append(t, int(now.Size), size)
		}
		if _, err := thief.verify(t); err != nil {
			t.Errorf("%s: without a kept head: %v", name, err)
		}
		if _, err := thief.verify(t, kept); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: with a kept head: %v, want ErrBroken", name, err)
		}
	}
	honest.append(t, 10, 20)
	if _, err := honest.verify(t, kept); err != nil {
		t.Errorf("a journal that went on: %v", err)
	}
}

func TestDeedAndEntryShareTheirFate(t *testing.T) {
	h := newHouse(t, 2)
	refused := errors.New("refused")
	if err := h.Update(func(tx *storage.Tx) error {
		return errors.Join(Append(tx, entry(2)), refused)
	}); !errors.Is(err, refused) {
		t.Fatal(err)
	}
	if head, err := h.verify(t); err != nil || head.Size != 2 {
		t.Errorf("head %v, %v; want 2 entries", head, err)
	}
	if err := h.View(func(tx *storage.Tx) error { return Append(tx, entry(2)) }); !errors.Is(err, storage.ErrReadOnly) {
		t.Errorf("Append in a view = %v, want ErrReadOnly", err)
	}
}

func BenchmarkAppend(b *testing.B) {
	h := newHouse(b, 1000)
	n := 1000
	err := h.Update(func(tx *storage.Tx) error { // without the disk
		for b.Loop() {
			if err := Append(tx, entry(n)); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
