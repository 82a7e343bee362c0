package storage

import (
	"bytes"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"
)

// TestTableIsAnOrderedMap compares Range and Backward with a sorted slice, on
// tables of several pages, also while the table is changed under the walk.
func TestTableIsAnOrderedMap(t *testing.T) {
	db, n := newDB(t), 0
	keyGen := rapid.SliceOfN(rapid.Byte(), 1, 3)
	boundGen := rapid.OneOf(rapid.Just([]byte(nil)), keyGen)
	rapid.Check(t, func(rt *rapid.T) {
		n++
		table := NewTable[string](strings.Repeat("t", n%100+1) + "-" + strings.Repeat("x", n/100))
		keys := rapid.SliceOfN(keyGen, 0, 60).Draw(rt, "keys")
		from, to := boundGen.Draw(rt, "from"), boundGen.Draw(rt, "to")
		deleted := rapid.SliceOf(keyGen).Draw(rt, "deleted")
		if len(keys) > 0 && rapid.Bool().Draw(rt, "delete one that is there") {
			deleted = append(deleted, keys[0])
		}
		filler := strings.Repeat("x", 500)
		err := db.Update(func(tx *Tx) (err error) {
			for _, k := range keys {
				if err := table.Put(tx, k, hex.EncodeToString(k)+filler); err != nil {
					return err
				}
			}
			for _, k := range deleted {
				if err := table.Delete(tx, k); err != nil {
					return err
				}
			}
			want := within(keys, deleted, from, to)
			var got, back, changed []string
			for k, v := range table.Range(tx, from, to, &err) {
				got = append(got, string(k))
				if v != hex.EncodeToString(k)+filler {
					rt.Errorf("%q holds another record", k)
				}
			}
			for k := range table.Backward(tx, from, to, &err) {
				back = append(back, string(k))
			}
			slices.Reverse(back)
			for k := range table.Range(tx, from, to, &err) { // clears the table as it goes
				changed = append(changed, string(k))
				err = errors.Join(err, table.Delete(tx, k), table.Put(tx, append(bytes.Clone(from), 0), ""))
			}
			for name, got := range map[string][]string{"Range": got, "Backward": back, "Range while deleting": without(changed, string(from)+"\x00")} {
				if diff := cmp.Diff(without(want, string(from)+"\x00"), without(got, string(from)+"\x00")); diff != "" {
					rt.Errorf("%s from %q to %q: (-want +got)\n%s", name, from, to, diff)
				}
			}
			return err
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
}

func within(keys, deleted [][]byte, from, to []byte) (found []string) {
	for _, k := range keys {
		gone := slices.ContainsFunc(deleted, func(d []byte) bool { return bytes.Equal(d, k) })
		if !gone && bytes.Compare(k, from) >= 0 && (to == nil || bytes.Compare(k, to) < 0) {
			found = append(found, string(k))
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// without leaves out the key that the test itself writes.
func without(keys []string, own string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return k == own })
}

func TestBackwardWhileDeleting(t *testing.T) {
	db := newDB(t)
	mustUpdate(t, db, func(tx *Tx) (err error) {
		for i := range 200 {
			if err := numbers.Put(tx, []byte{byte(i)}, i); err != nil {
				return err
			}
		}
		want := 199
		for k, got := range numbers.Backward(tx, nil, nil, &err) {
			if got != want {
				t.Fatalf("got %d, want %d", got, want)
			}
			if err := numbers.Delete(tx, k); err != nil {
				return err
			}
			want--
		}
		if want != -1 {
			t.Errorf("%d records were not met", want+1)
		}
		return err
	})
}

func TestPrefixHoldsAllKeysThatBeginWithIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SampledFrom([]byte{0, 1, 'a', 0xfe, 0xff})
		p, k := rapid.SliceOfN(b, 0, 3).Draw(t, "prefix"), rapid.SliceOfN(b, 1, 5).Draw(t, "key")
		from, to := Prefix(p)
		got := bytes.Compare(k, from) >= 0 && (to == nil || bytes.Compare(k, to) < 0)
		if want := bytes.HasPrefix(k, p); got != want {
			t.Fatalf("%x within Prefix(%x) = %v, want %v", k, p, got, want)
		}
	})
}

func TestMissingAndRefused(t *testing.T) {
	db := newDB(t)
	var kept *Tx
	mustView(t, db, func(tx *Tx) error {
		kept = tx
		_, getErr := numbers.Get(tx, []byte("k"))
		_, _, lastErr := steps.Last(tx, "a")
		_, appendErr := steps.Append(tx, "a", 1)
		_, sequenceErr := tx.Sequence("s")
		for name, c := range map[string]struct{ got, want error }{
			"Get of nothing":     {getErr, ErrNotFound},
			"Last of nothing":    {lastErr, ErrNotFound},
			"Put in a view":      {numbers.Put(tx, []byte("k"), 1), ErrReadOnly},
			"Delete in a view":   {numbers.Delete(tx, []byte("k")), ErrReadOnly},
			"Append in a view":   {appendErr, ErrReadOnly},
			"Forget in a view":   {steps.Forget(tx, "a"), ErrReadOnly},
			"Sequence in a view": {sequenceErr, ErrReadOnly},
		} {
			if !errors.Is(c.got, c.want) {
				t.Errorf("%s = %v, want %v", name, c.got, c.want)
			}
		}
		mustPanic(t, "OnCommit in a view", func() { tx.OnCommit(func() {}) })
		return nil
	})
	mustPanic(t, "a transaction after its end", func() { numbers.Get(kept, []byte("k")) })
	for _, name := range []string{"", "Capital", "a:b", "okoshko", "имя"} {
		mustPanic(t, "the name "+name, func() { NewTable[int](name) })
	}
	mustUpdate(t, db, func(tx *Tx) error {
		if err := numbers.Delete(tx, []byte("k")); err != nil {
			t.Errorf("Delete of nothing = %v", err)
		}
		return nil
	})
	for name, fn := range map[string]func(tx *Tx) error{
		"a record without key":   func(tx *Tx) error { return numbers.Put(tx, nil, 1) },
		"a record without owner": func(tx *Tx) error { _, err := steps.Append(tx, "", 1); return err },
		"what is not JSON":       func(tx *Tx) error { return NewTable[func()]("f").Put(tx, []byte("k"), nil) },
	} {
		if err := db.Update(fn); err == nil {
			t.Errorf("%s was stored", name)
		}
	}
}

func mustPanic(t *testing.T, what string, fn func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s does not panic", what)
		}
	}()
	fn()
}

func TestSequence(t *testing.T) {
	path, v := filepath.Join(t.TempDir(), "data.db"), newVault(t)
	next := func(db *DB, name string, fail error) (n uint64) {
		err := db.Update(func(tx *Tx) (err error) {
			if n, err = tx.Sequence(name); err != nil {
				return err
			}
			return fail
		})
		if !errors.Is(err, fail) {
			t.Fatal(err)
		}
		return n
	}
	db := openDB(t, path, v)
	got := []uint64{next(db, "a", nil), next(db, "a", nil), next(db, "b", nil), next(db, "a", errStep)}
	closeDB(t, db)
	db = openDB(t, path, v)
	got = append(got, next(db, "a", nil), next(db, "b", nil))
	if want := []uint64{1, 2, 1, 3, 3, 2}; !slices.Equal(got, want) {
		t.Errorf("numbers %v, want %v", got, want)
	}
}

// TestRecordsStayInTheirPlace moves and changes sealed records behind the
// store's back.
func TestRecordsStayInTheirPlace(t *testing.T) {
	words := NewTable[string]("words")
	for name, tamper := range map[string]func(tx *bolt.Tx) error{
		"swapped keys": func(tx *bolt.Tx) error {
			b := tx.Bucket([]byte("words"))
			one, two := bytes.Clone(b.Get([]byte("1"))), bytes.Clone(b.Get([]byte("2")))
			return errors.Join(b.Put([]byte("1"), two), b.Put([]byte("2"), one))
		},
		"another table's record": func(tx *bolt.Tx) error {
			other := bytes.Clone(tx.Bucket([]byte("other")).Get([]byte("1")))
			return tx.Bucket([]byte("words")).Put([]byte("1"), other)
		},
		"cut": func(tx *bolt.Tx) error {
			b := tx.Bucket([]byte("words"))
			return b.Put([]byte("1"), bytes.Clone(b.Get([]byte("1"))[:30]))
		},
		"emptied": func(tx *bolt.Tx) error { return tx.Bucket([]byte("words")).Put([]byte("1"), nil) },
	} {
		t.Run(name, func(t *testing.T) {
			db := newDB(t)
			mustUpdate(t, db, func(tx *Tx) error {
				return errors.Join(words.Put(tx, []byte("1"), "Гузель"), words.Put(tx, []byte("2"), "Марат"),
					NewTable[string]("other").Put(tx, []byte("1"), "Гузель"))
			})
			if err := db.bolt.Update(tamper); err != nil {
				t.Fatal(err)
			}
			mustView(t, db, func(tx *Tx) error {
				if got, err := words.Get(tx, []byte("1")); err == nil {
					t.Errorf("Get = %q", got)
				}
				var err error
				for k, got := range words.Range(tx, nil, nil, &err) {
					t.Errorf("Range yields %q at %q", got, k)
				}
				if err == nil {
					t.Error("Range reports nothing")
				}
				return nil
			})
		})
	}
}

func TestErrorsDoNotQuoteRecords(t *testing.T) {
	db := newDB(t)
	mustUpdate(t, db, func(tx *Tx) error { return NewTable[string]("n").Put(tx, []byte("k"), "Гузель") })
	mustView(t, db, func(tx *Tx) error {
		_, err := NewTable[int]("n").Get(tx, []byte("k"))
		if err == nil || strings.Contains(err.Error(), "Гузель") {
			t.Errorf("Get as another type = %v", err)
		}
		return nil
	})
}
