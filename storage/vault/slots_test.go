package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// quick is a passphrase whose slot costs a test next to nothing.
func quick(text string) Unlocker {
	p := Passphrase(text).(passphrase)
	p.cost = cost{Time: 1, Memory: 64, Threads: 1}
	return p
}

func TestCreatedVaultOpensAgain(t *testing.T) {
	_, recovery := NewRecovery()
	_, other := NewRecovery()
	secret := func(dir, digits string) string {
		path := filepath.Join(dir, digits)
		if err := os.WriteFile(path, []byte(strings.Repeat(digits, keySize)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, by := range map[string]func(dir string) (right, wrong Unlocker){
		"key file": func(dir string) (Unlocker, Unlocker) {
			return KeyFile(filepath.Join(dir, "key")), KeyFile(secret(dir, "ab"))
		},
		"credential": func(dir string) (Unlocker, Unlocker) {
			return Credential(secret(dir, "cd")), Credential(secret(dir, "ab"))
		},
		"passphrase": func(string) (Unlocker, Unlocker) { return quick("тихий кот"), quick("тихий кит") },
		"recovery":   func(string) (Unlocker, Unlocker) { return recovery, other },
		"another kind": func(dir string) (Unlocker, Unlocker) {
			return quick("тихий кот"), KeyFile(filepath.Join(dir, "none"))
		},
		"a credential's digits as a key file": func(dir string) (Unlocker, Unlocker) {
			path := secret(dir, "cd")
			return Credential(path), KeyFile(path)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			right, wrong := by(t.TempDir())
			v, err := Create(dir, right)
			if err != nil {
				t.Fatal(err)
			}
			record := mustSeal(t, v, v.House(), []byte("words"), "t", nil)
			again, err := Open(dir, wrong, right) // the first that fits
			if err != nil {
				t.Fatal(err)
			}
			if plain, err := again.Open(record, "t", nil); err != nil || string(plain) != "words" {
				t.Errorf("after opening again: %q, %v", plain, err)
			}
			if !bytes.Equal(v.Index("l", "v"), again.Index("l", "v")) {
				t.Error("the index changed")
			}
			if _, err := Open(dir, wrong); !errors.Is(err, ErrWrongSecret) {
				t.Errorf("wrong secret: %v, want ErrWrongSecret", err)
			}
		})
	}
}

// TestPresentCost is in the place of spending it: a second, and under -race ten.
func TestPresentCost(t *testing.T) {
	var s slot
	if err := Passphrase("тихий кот").enrol(&s); err != nil {
		t.Fatal(err)
	}
	if !s.sane() || s.Time < 3 || s.Memory < 64<<10 {
		t.Errorf("a new slot has %+v; want at least 3 passes over 64 MiB", s)
	}
}

func TestCreateKeepsKeysThatAreThere(t *testing.T) {
	dir := t.TempDir()
	var (
		wg      sync.WaitGroup
		created = make(chan *Vault, 8)
	)
	for range cap(created) { // racing each other
		wg.Go(func() {
			v, err := Create(dir, quick("тихий кот"))
			switch {
			case err == nil:
				created <- v
			case !errors.Is(err, ErrExists):
				t.Errorf("Create = %v, want ErrExists", err)
			}
		})
	}
	wg.Wait()
	if len(created) != 1 {
		t.Fatalf("%d vaults were created in one folder, want 1", len(created))
	}
	before := readFile(t, dir, FileName)
	if _, err := Create(dir, KeyFile(filepath.Join(dir, "key"))); !errors.Is(err, ErrExists) {
		t.Errorf("Create = %v, want ErrExists", err)
	}
	if !bytes.Equal(before, readFile(t, dir, FileName)) {
		t.Error("the keys were replaced")
	}
	v, err := Open(dir, quick("тихий кот"))
	if err != nil {
		t.Fatal(err)
	}
	winner := <-created
	record := mustSeal(t, winner, winner.House(), []byte("words"), "t", nil)
	if _, err := v.Open(record, "t", nil); err != nil {
		t.Errorf("the one that was told it created the vault did not: %v", err)
	}
}

func TestCreateLeavesOnlyKeysBehind(t *testing.T) {
	dir := t.TempDir()
	v, err := Create(dir, KeyFile(filepath.Join(dir, "okoshko.key")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Grow(1, 0); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains([]string{FileName, RingName, "okoshko.key"}, e.Name()) {
			t.Errorf("%s is left behind", e.Name())
		}
		if info.Mode() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", e.Name(), info.Mode())
		}
	}
}

// TestSlots: any slot opens, a removed one does not, the last one stays, and a
// new root key needs nobody's secret.
func TestSlots(t *testing.T) {
	dir := t.TempDir()
	text, paper := NewRecovery()
	key := KeyFile(filepath.Join(dir, "key"))
	v, err := Create(dir, key)
	if err != nil {
		t.Fatal(err)
	}
	added, err := v.Add(paper)
	if err != nil {
		t.Fatal(err)
	}
	word, err := v.Add(quick("тихий кот"))
	if err != nil {
		t.Fatal(err)
	}
	record := mustSeal(t, v, v.House(), []byte("words"), "t", nil)
	typed, err := Recovery(text)
	if err != nil {
		t.Fatal(err)
	}
	opens := func(by Unlocker, want bool) {
		t.Helper()
		v, err := Open(dir, by)
		if (err == nil) != want {
			t.Fatalf("Open by %T = %v, want %v", by, err, want)
		}
		if err == nil {
			if _, err := v.Open(record, "t", nil); err != nil {
				t.Error(err)
			}
		}
	}
	oldSlots, oldRoot := readFile(t, dir, FileName), bytes.Clone(v.root)
	if err := v.Remove(word.ID); err != nil {
		t.Fatal(err)
	}
	if err := v.RotateRoot(); err != nil {
		t.Fatal(err)
	}
	opens(key, true)
	opens(typed, true)
	opens(quick("тихий кот"), false)
	if bytes.Equal(oldRoot, v.root) {
		t.Error("the root key is the old one")
	}
	if _, err := openRing(readFile(t, dir, RingName), oldRoot); err == nil {
		t.Error("the old root key opens keys.db")
	}
	// Who kept the old slots has the old root key, and no more.
	if err := os.WriteFile(filepath.Join(dir, FileName), oldSlots, 0o600); err != nil {
		t.Fatal(err)
	}
	opens(quick("тихий кот"), false)
	if err := v.write(v.slots); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{v.slots.Slots[0].ID, "none"} {
		if s == "none" {
			if err := v.Remove(s); !errors.Is(err, ErrNoSlot) {
				t.Errorf("Remove = %v", err)
			}
		} else if err := v.Remove(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Remove(added.ID); !errors.Is(err, ErrLastSlot) {
		t.Errorf("the last slot: %v", err)
	}
	opens(typed, true)
}

// TestRotationGoesOn: a rotation of the root key that was killed anywhere still
// opens, and is finished by the next to own the folder.
func TestRotationGoesOn(t *testing.T) {
	for name, until := range map[string]func(v *Vault) error{
		"slots written":          (*Vault).beginRoot,
		"slots and keys written": func(v *Vault) error { return errors.Join(v.beginRoot(), v.rewrite(0, func(*ring) {})) },
	} {
		t.Run(name, func(t *testing.T) {
			v := fresh(t)
			record := mustSeal(t, v, v.House(), []byte("words"), "t", nil)
			old := bytes.Clone(v.root)
			if err := until(v); err != nil {
				t.Fatal(err)
			}
			again, err := Open(v.dir, KeyFile(filepath.Join(v.dir, "key")))
			if err != nil {
				t.Fatal(err)
			}
			if err := again.Reload(); err != nil {
				t.Fatal(err)
			}
			if _, err := again.Open(record, "t", nil); err != nil {
				t.Error(err)
			}
			if again.slots.Previous != nil {
				t.Error("the root key before is still there")
			}
			if _, err := openRing(readFile(t, v.dir, RingName), old); err == nil {
				t.Error("the old root key opens keys.db")
			}
		})
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(f *slotFile) []byte
		want   error
	}{
		"empty":              {func(*slotFile) []byte { return nil }, ErrDamaged},
		"not JSON":           {func(*slotFile) []byte { return []byte("{") }, ErrDamaged},
		"no format":          {func(*slotFile) []byte { return []byte("{}") }, ErrDamaged},
		"newer":              {func(f *slotFile) []byte { f.Format++; return nil }, ErrNewerFormat},
		"too large":          {func(*slotFile) []byte { return make([]byte, maxFile+1) }, ErrDamaged},
		"no slot":            {func(f *slotFile) []byte { f.Slots = nil; return nil }, ErrWrongSecret},
		"slot changed":       {func(f *slotFile) []byte { f.Slots[0].Root[30] ^= 1; return nil }, ErrWrongSecret},
		"slot cut":           {func(f *slotFile) []byte { f.Slots[0].Root = f.Slots[0].Root[:5]; return nil }, ErrWrongSecret},
		"salt changed":       {func(f *slotFile) []byte { f.Slots[0].Salt[0] ^= 1; return nil }, ErrWrongSecret},
		"a stranger's key":   {func(f *slotFile) []byte { f.Slots = append(f.Slots, f.Slots[0]); return nil }, ErrDamaged},
		"another vault":      {func(f *slotFile) []byte { f.Vault = "0000000000000000"; return nil }, ErrWrongSecret},
		"cost of no time":    {func(f *slotFile) []byte { f.Slots[0].Time = 0; return nil }, ErrDamaged},
		"cost of all memory": {func(f *slotFile) []byte { f.Slots[0].Memory = 1 << 31; return nil }, ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := Create(dir, quick("тихий кот")); err != nil {
				t.Fatal(err)
			}
			var f slotFile
			if err := json.Unmarshal(readFile(t, dir, FileName), &f); err != nil {
				t.Fatal(err)
			}
			before := f.text()
			data := c.damage(&f)
			if after := f.text(); !bytes.Equal(before, after) {
				data = after
			}
			if err := os.WriteFile(filepath.Join(dir, FileName), data, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(dir, quick("тихий кот")); !errors.Is(err, c.want) {
				t.Errorf("Open = %v, want %v", err, c.want)
			}
		})
	}
}

func TestSecretsThatAreNotThere(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir, quick("x")); !errors.Is(err, ErrNoKeys) {
		t.Errorf("Open of an empty folder = %v, want ErrNoKeys", err)
	}
	if _, err := Create(dir, quick("")); err == nil {
		t.Error("an empty passphrase was taken")
	}
	key := filepath.Join(dir, "okoshko.key")
	if _, err := Create(dir, KeyFile(key)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, []byte("not hexadecimal"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, KeyFile(key)); err == nil || !strings.Contains(err.Error(), "64 hexadecimal digits") {
		t.Errorf("Open with a file that holds no key = %v", err)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, KeyFile(key)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open without the key file = %v, want fs.ErrNotExist", err)
	}
	old := t.TempDir()
	if err := os.WriteFile(filepath.Join(old, oldFileName), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(old, KeyFile(key)); !errors.Is(err, ErrOldFormat) {
		t.Errorf("Open of format 1 = %v, want ErrOldFormat", err)
	}
}

func FuzzOpenSlots(f *testing.F) {
	dir := f.TempDir()
	if _, err := Create(dir, KeyFile(filepath.Join(dir, "key"))); err != nil {
		f.Fatal(err)
	}
	ring := readFile(f, dir, RingName)
	f.Add(readFile(f, dir, FileName))
	f.Add([]byte(`{"format":2,"slots":[{"kind":"keyfile"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		into := t.TempDir()
		if err := errors.Join(os.WriteFile(filepath.Join(into, FileName), data, 0o600), os.WriteFile(filepath.Join(into, RingName), ring, 0o600)); err != nil {
			t.Fatal(err)
		}
		if v, err := Open(into, KeyFile(filepath.Join(dir, "key"))); err == nil { // whatever opens, works
			if _, err := v.Open(mustSeal(t, v, v.House(), []byte("x"), "t", nil), "t", nil); err != nil {
				t.Error(err)
			}
		}
	})
}

func readFile(t testing.TB, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
