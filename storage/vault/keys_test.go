package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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
	for name, by := range map[string]func(dir string) (right, wrong Unlocker){
		"key file": func(dir string) (Unlocker, Unlocker) {
			foreign := filepath.Join(dir, "foreign")
			os.WriteFile(foreign, []byte(strings.Repeat("ab", keySize)), 0o600)
			return KeyFile(filepath.Join(dir, "key")), KeyFile(foreign)
		},
		"passphrase": func(string) (Unlocker, Unlocker) { return quick("тихий кот"), quick("тихий кит") },
		"another kind": func(dir string) (Unlocker, Unlocker) {
			return quick("тихий кот"), KeyFile(filepath.Join(dir, "none"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			right, wrong := by(t.TempDir())
			v, err := Create(dir, right)
			if err != nil {
				t.Fatal(err)
			}
			record := v.Seal([]byte("words"), "t", nil)
			again, err := Open(dir, right)
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
	s, err := Passphrase("тихий кот").enrol()
	if err != nil {
		t.Fatal(err)
	}
	if !s.sane() || s.Time < 3 || s.Memory < 64<<10 || len(s.Salt) != saltSize {
		t.Errorf("a new slot has %+v; want at least 3 passes over 64 MiB", s)
	}
}

func TestCreateKeepsKeysThatAreThere(t *testing.T) {
	dir := t.TempDir()
	by := KeyFile(filepath.Join(dir, "key"))
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
	before := readFile(t, dir)
	if _, err := Create(dir, by); !errors.Is(err, ErrExists) {
		t.Errorf("Create = %v, want ErrExists", err)
	}
	if !bytes.Equal(before, readFile(t, dir)) {
		t.Error("the keys were replaced")
	}
	v, err := Open(dir, quick("тихий кот"))
	if err != nil {
		t.Fatal(err)
	}
	record := (<-created).Seal([]byte("words"), "t", nil)
	if _, err := v.Open(record, "t", nil); err != nil {
		t.Errorf("the one that was told it created the vault did not: %v", err)
	}
}

func TestCreateLeavesOnlyKeysBehind(t *testing.T) {
	dir := t.TempDir()
	if _, err := Create(dir, KeyFile(filepath.Join(dir, "okoshko.key"))); err != nil {
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
		if e.Name() != FileName && e.Name() != "okoshko.key" {
			t.Errorf("%s is left behind", e.Name())
		}
		if info.Mode() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", e.Name(), info.Mode())
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(f *file) []byte
		want   error
	}{
		"empty":              {func(*file) []byte { return nil }, ErrDamaged},
		"not JSON":           {func(*file) []byte { return []byte("{") }, ErrDamaged},
		"no format":          {func(*file) []byte { return []byte("{}") }, ErrDamaged},
		"newer":              {func(f *file) []byte { f.Format++; return nil }, ErrNewerFormat},
		"too large":          {func(*file) []byte { return make([]byte, maxFile+1) }, ErrDamaged},
		"no slot":            {func(f *file) []byte { f.Slots = nil; return nil }, ErrWrongSecret},
		"slot changed":       {func(f *file) []byte { f.Slots[0].Root[30] ^= 1; return nil }, ErrWrongSecret},
		"slot cut":           {func(f *file) []byte { f.Slots[0].Root = f.Slots[0].Root[:5]; return nil }, ErrWrongSecret},
		"salt changed":       {func(f *file) []byte { f.Slots[0].Salt[0] ^= 1; return nil }, ErrWrongSecret},
		"no key":             {func(f *file) []byte { f.Keys = nil; return nil }, ErrDamaged},
		"key changed":        {func(f *file) []byte { f.Keys[0].Key[30] ^= 1; return nil }, ErrDamaged},
		"key of another id":  {func(f *file) []byte { f.Keys[0].ID = 7; return nil }, ErrDamaged},
		"cost of no time":    {func(f *file) []byte { f.Slots[0].Time = 0; return nil }, ErrDamaged},
		"cost of all memory": {func(f *file) []byte { f.Slots[0].Memory = 1 << 31; return nil }, ErrDamaged},
		"slot as key":        {func(f *file) []byte { f.Keys[0].Key = f.Slots[0].Root; return nil }, ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := Create(dir, quick("тихий кот")); err != nil {
				t.Fatal(err)
			}
			var f file
			if err := json.Unmarshal(readFile(t, dir), &f); err != nil {
				t.Fatal(err)
			}
			before, _ := json.Marshal(f)
			data := c.damage(&f)
			if after, _ := json.Marshal(f); !bytes.Equal(before, after) {
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
}

func FuzzOpenFile(f *testing.F) {
	dir := f.TempDir()
	if _, err := Create(dir, KeyFile(filepath.Join(dir, "key"))); err != nil {
		f.Fatal(err)
	}
	f.Add(readFile(f, dir))
	f.Add([]byte(`{"format":1,"slots":[{"kind":"keyfile"}],"keys":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		into := t.TempDir()
		if err := os.WriteFile(filepath.Join(into, FileName), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if v, err := Open(into, KeyFile(filepath.Join(dir, "key"))); err == nil { // whatever opens, works
			if _, err := v.Open(v.Seal([]byte("x"), "t", nil), "t", nil); err != nil {
				t.Error(err)
			}
		}
	})
}

func readFile(t testing.TB, dir string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
