package audit

import (
	"bytes"
	"errors"
	"os"
	"testing"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage"
)

func (h *house) sign(t *testing.T) (text []byte, public string) {
	t.Helper()
	err := h.Update(func(tx *storage.Tx) (err error) {
		if text, err = Sign(tx, day); err == nil {
			public, err = Key(tx)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return text, public
}

// TestSignedHead: a head kept off the machine finds a journal that was rewritten
// and files that were rolled back; a head that is not ours proves nothing.
func TestSignedHead(t *testing.T) {
	h := newHouse(t, 5)
	h.Close()
	early, err := os.ReadFile(h.path)
	if err != nil {
		t.Fatal(err)
	}
	h.open(t)
	h.append(t, 5, 9)
	text, public := h.sign(t)
	again, same := h.sign(t)
	if public != same || !bytes.Equal(text, again) {
		t.Error("the key or the head of one time differ")
	}
	kept, at, err := ReadHead(text, public)
	if err != nil || kept.Size != 9 || !at.Equal(day) {
		t.Fatalf("ReadHead = %+v, %v, %v", kept, at, err)
	}
	h.append(t, 9, 12)
	if _, err := h.verify(t, kept); err != nil {
		t.Errorf("a journal that went on: %v", err)
	}
	for name, change := range map[string]func([]byte) []byte{
		"another size": func(b []byte) []byte { return bytes.Replace(b, []byte("\n9\n"), []byte("\n8\n"), 1) },
		"no signature": func(b []byte) []byte { return b[:bytes.LastIndex(b, []byte("—"))] },
		"empty":        func([]byte) []byte { return nil },
		"another title": func(b []byte) []byte {
			return bytes.Replace(b, []byte("okoshko journal"), []byte("another journal"), 1)
		},
	} {
		if _, _, err := ReadHead(change(bytes.Clone(text)), public); !errors.Is(err, ErrHead) {
			t.Errorf("%s: %v, want ErrHead", name, err)
		}
	}
	if _, other := newHouse(t, 1).sign(t); other == public {
		t.Error("two houses have one key")
	} else if _, _, err := ReadHead(text, other); !errors.Is(err, ErrHead) {
		t.Errorf("another house's key: %v, want ErrHead", err)
	}
	h.Close() // all files put back together: only the head tells
	if err := os.WriteFile(h.path, early, 0o600); err != nil {
		t.Fatal(err)
	}
	h.open(t)
	if _, err := h.verify(t); err != nil {
		t.Errorf("rolled back, without the head: %v", err)
	}
	if _, err := h.verify(t, kept); !errors.Is(err, ErrBroken) {
		t.Errorf("rolled back, with the head: %v, want ErrBroken", err)
	}
}

// TestNoJournalNoDeed: where the entry cannot be written, what it tells of does
// not happen.
func TestNoJournalNoDeed(t *testing.T) {
	h := newHouse(t, 3)
	h.tamper(t, func(tx *bolt.Tx, _ func(string, []byte, any)) error {
		return tx.Bucket([]byte("audit.head")).Put(headKey, []byte("x")) // nothing can be appended
	})
	deeds := storage.NewTable[string]("deeds")
	err := h.Update(func(tx *storage.Tx) error {
		if err := deeds.Put(tx, []byte("d"), "done"); err != nil {
			return err
		}
		return Append(tx, entry(3))
	})
	if err == nil {
		t.Fatal("the journal took an entry")
	}
	err = h.View(func(tx *storage.Tx) error {
		if d, err := deeds.Get(tx, []byte("d")); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("the deed is %q, %v", d, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
