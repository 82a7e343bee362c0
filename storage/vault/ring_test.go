package vault

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// TestDestroyedKeyOpensNothing: what it sealed opens by no live key, not after
// opening anew either, and the file holds no trace of it.
func TestDestroyedKeyOpensNothing(t *testing.T) {
	v := fresh(t)
	ids, err := v.Grow(20, 3)
	if err != nil {
		t.Fatal(err)
	}
	gone, kept := ids[0], ids[1]
	record, other := mustSeal(t, v, gone, []byte("words"), "t", nil), mustSeal(t, v, kept, []byte("others"), "t", nil)
	secret := v.ring.keys[gone].secret
	if err := v.Destroy([]KeyID{gone, v.House()}, 2); err != nil { // the present house key stays
		t.Fatal(err)
	}
	again, err := Open(v.dir, KeyFile(filepath.Join(v.dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []*Vault{v, again} {
		if _, err := v.Open(record, "t", nil); !errors.Is(err, ErrShredded) {
			t.Errorf("Open = %v, want ErrShredded", err)
		}
		if _, err := v.Seal(gone, nil, "t", nil); !errors.Is(err, ErrShredded) {
			t.Errorf("Seal = %v, want ErrShredded", err)
		}
		if plain, err := v.Open(other, "t", nil); err != nil || string(plain) != "others" {
			t.Errorf("another person's: %q, %v", plain, err)
		}
		live := append(v.Persons(), v.House())
		if len(live) != 20 {
			t.Errorf("%d live keys, want 20", len(live))
		}
		for _, id := range live {
			if _, err := v.OpenWith(id, record, "t", nil); err == nil {
				t.Errorf("key %d opens what %d sealed", id, gone)
			}
		}
		for id, k := range v.ring.keys {
			if k.secret == secret {
				t.Errorf("key %d is the one that was destroyed", id)
			}
		}
		if g, floor := v.Generation(); g != 2 || floor != 3 {
			t.Errorf("generation %d, floor %d; want 2 and 3: a floor does not go down", g, floor)
		}
	}
}

// TestHouseKeysTakeTurns: the old one opens until it is destroyed.
func TestHouseKeysTakeTurns(t *testing.T) {
	v := fresh(t)
	first := v.House()
	record := mustSeal(t, v, first, []byte("words"), "t", nil)
	if err := v.RotateHouse(0); err != nil {
		t.Fatal(err)
	}
	v, err := Open(v.dir, KeyFile(filepath.Join(v.dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	if v.House() == first || len(v.OldHouse()) != 1 {
		t.Errorf("house key %d, before it %v; the first was %d", v.House(), v.OldHouse(), first)
	}
	if _, err := v.Open(record, "t", nil); err != nil {
		t.Error(err)
	}
	if err := v.Destroy(v.OldHouse(), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open(record, "t", nil); !errors.Is(err, ErrShredded) {
		t.Errorf("Open = %v, want ErrShredded", err)
	}
}

// TestLookupKeysTakeTurns: a new key makes other hashes, the one before makes its
// own until it is destroyed, and the last one stays. No key but a lookup key makes
// any, and a lookup key seals nothing.
func TestLookupKeysTakeTurns(t *testing.T) {
	v := fresh(t)
	if err := v.GrowLookup(0); err != nil {
		t.Fatal(err)
	}
	v, err := Open(v.dir, KeyFile(filepath.Join(v.dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	ids := v.Lookups()
	if len(ids) != 2 {
		t.Fatalf("%d lookup keys, want the first and another", len(ids))
	}
	old, err := v.Lookup(ids[0], "phone", "+79172345678")
	fresh, freshErr := v.Lookup(ids[1], "phone", "+79172345678")
	if err := errors.Join(err, freshErr); err != nil || bytes.Equal(old, fresh) || len(fresh) != IndexSize {
		t.Fatalf("%x and %x, %v", old, fresh, err)
	}
	if bytes.Equal(old, v.Index("phone", "+79172345678")) {
		t.Error("the key that stays makes the same")
	}
	for _, id := range []KeyID{v.House(), v.ring.hash, 7} {
		if _, err := v.Lookup(id, "phone", "x"); !errors.Is(err, ErrShredded) {
			t.Errorf("Lookup by key %d: %v, want ErrShredded", id, err)
		}
	}
	if _, err := v.Seal(ids[0], nil, "t", nil); !errors.Is(err, ErrShredded) {
		t.Errorf("a lookup key seals: %v", err)
	}
	if err := errors.Join(v.Destroy(ids[:1], 0), v.Destroy(ids, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Lookup(ids[0], "phone", "+79172345678"); !errors.Is(err, ErrShredded) {
		t.Errorf("the key before: %v, want ErrShredded", err)
	}
	if again, err := v.Lookup(ids[1], "phone", "+79172345678"); err != nil || !bytes.Equal(again, fresh) {
		t.Errorf("the last: %x, %v; want %x: it stays", again, err, fresh)
	}
}

// TestHalfWrittenKeysAreSwept: a process that was killed while it wrote keys.db
// leaves a copy of them, in which somebody may be who is erased since. Only such
// files go.
func TestHalfWrittenKeysAreSwept(t *testing.T) {
	v := fresh(t)
	left, kept := []string{"keys.db.123", "keys.db.0123456789abcdef.42", "slots.json.7"}, []string{"keys.db.bak", "keys.db.1.old", "data.db.1", "slots.json"}
	for _, name := range append(left, kept[:3]...) {
		if err := os.WriteFile(filepath.Join(v.dir, name), v.ring.seal(v.root), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Reload(); err != nil {
		t.Fatal(err)
	}
	for _, name := range left {
		if _, err := os.Stat(filepath.Join(v.dir, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there (%v)", name, err)
		}
	}
	for _, name := range kept {
		if _, err := os.Stat(filepath.Join(v.dir, name)); err != nil {
			t.Errorf("%s is gone: %v", name, err)
		}
	}
	temp, err := writeTemp(filepath.Join(v.dir, RingName), nil) // and its real names are of that kind
	if err != nil || !unfinished.MatchString(filepath.Base(temp)) {
		t.Errorf("%s, %v", temp, err)
	}
}

// TestDamagedRing flips every bit of the head and a thousand of the rest, and
// cuts the file at two hundred places: refused each time, with the file's name.
func TestDamagedRing(t *testing.T) {
	v := fresh(t)
	if _, err := v.Grow(100, 0); err != nil {
		t.Fatal(err)
	}
	path, by := filepath.Join(v.dir, RingName), KeyFile(filepath.Join(v.dir, "key"))
	whole := readFile(t, v.dir, RingName)
	random := rand.New(rand.NewPCG(1, 2))
	try := func(what string, at int, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(v.dir, by); !errors.Is(err, ErrDamaged) || !bytes.Contains([]byte(err.Error()), []byte(RingName)) {
			t.Fatalf("%s at %d: Open = %v, want ErrDamaged", what, at, err)
		}
	}
	for i := range 1000 + ringHeader*8 {
		at := i
		if i >= ringHeader*8 {
			at = random.IntN(len(whole) * 8)
		}
		data := bytes.Clone(whole)
		data[at/8] ^= 1 << (at % 8)
		try("flipped", at, data)
	}
	for range 200 {
		at := random.IntN(len(whole))
		try("cut", at, whole[:at])
	}
}

// TestTwoOwners: of two that change the keys the second is told, and nothing of
// the first is lost.
func TestTwoOwners(t *testing.T) {
	a := fresh(t)
	b, err := Open(a.dir, KeyFile(filepath.Join(a.dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Grow(1, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Grow(1, 0); err == nil {
		t.Error("the second owner replaced the first one's keys")
	}
	if err := b.Reload(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Grow(1, 0); err != nil || len(b.Persons()) != 2 {
		t.Errorf("after reading again: %v, %d keys", err, len(b.Persons()))
	}
}

func FuzzOpenRing(f *testing.F) {
	v := fresh(f)
	root := v.root
	f.Add(v.ring.seal(root))
	f.Add(ringMagic)
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := openRing(data, root); err == nil {
			if _, err := openRing(r.seal(root), root); err != nil {
				t.Error(err)
			}
		}
	})
}
