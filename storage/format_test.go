package storage

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// keptDir has a store of each released format, which opens for ever. The file
// of the present format was made by TestMakeKeptStore.
const keptDir = "testdata/format-2"

var (
	keptTable = NewTable[map[string]string]("kept.table").Owned(func(key []byte, _ map[string]string) string { return string(key) })
	keptLog   = NewLog[string]("kept.log").Owned()
)

func TestKeptStoreOpens(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"data.db", vault.FileName, vault.RingName, "okoshko.key"} {
		copyFile(t, filepath.Join(keptDir, name), filepath.Join(dir, name))
	}
	v, err := vault.Open(dir, vault.KeyFile(filepath.Join(dir, "okoshko.key")))
	if err != nil {
		t.Fatal(err)
	}
	db := openDB(t, filepath.Join(dir, "data.db"), v)
	mustUpdate(t, db, func(tx *Tx) (err error) {
		record, err := keptTable.Get(tx, []byte("c_1"))
		if diff := cmp.Diff(map[string]string{"name": "Гузель"}, record); err != nil || diff != "" {
			t.Errorf("record: %v (-want +got)\n%s", err, diff)
		}
		if got := slices.Collect(maps.Keys(maps.Collect(keptLog.Owners(tx)))); !slices.Equal(got, []string{"conversation"}) {
			t.Errorf("owners %q", got)
		}
		want := map[uint64]string{1: "Здравствуйте", 3: "запишите к терапевту"}
		if diff := cmp.Diff(want, maps.Collect(keptLog.Of(tx, "conversation", &err))); diff != "" {
			t.Errorf("log: (-want +got)\n%s", diff)
		}
		if n, err := tx.Sequence("kept"); n != 2 || err != nil {
			t.Errorf("Sequence = %d, %v; want 2", n, err)
		}
		return err
	})
}

// TestMakeKeptStore writes the store of the present format into the folder
// that OKOSHKO_KEEP_STORE names: once, when a format is new.
func TestMakeKeptStore(t *testing.T) {
	dir := os.Getenv("OKOSHKO_KEEP_STORE")
	if dir == "" {
		t.Skip("OKOSHKO_KEEP_STORE names no folder")
	}
	v, err := vault.Create(dir, vault.KeyFile(filepath.Join(dir, "okoshko.key")))
	if err != nil {
		t.Fatal(err)
	}
	db := openDB(t, filepath.Join(t.TempDir(), "data.db"), v)
	mustUpdate(t, db, func(tx *Tx) error {
		for _, turn := range [][2]string{{"conversation", "Здравствуйте"}, {"gone", "x"}, {"conversation", "запишите к терапевту"}} {
			if _, err := keptLog.Append(tx, turn[0], turn[1]); err != nil {
				return err
			}
		}
		_, err := tx.Sequence("kept")
		return errors.Join(err, keptLog.Forget(tx, "gone"), keptTable.Put(tx, []byte("c_1"), map[string]string{"name": "Гузель"}))
	})
	if err := db.Backup(filepath.Join(dir, "data.db")); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	setFormat := func(text string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			changeFile(t, path, func(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Put(formatKey, []byte(text)) })
		}
	}
	for name, c := range map[string]struct {
		damage func(t *testing.T, path string)
		want   error
		says   string
	}{
		"a newer format": {setFormat("3"), ErrNewerFormat, "it has format 3, this one reads up to 2"},
		"format 1":       {setFormat("1"), ErrOldFormat, "before the first release"},
		"no format":      {setFormat("x"), ErrForeign, "not a store"},
		"format zero":    {setFormat("0"), ErrForeign, "not a store"},
		"another program's file": {func(t *testing.T, path string) {
			changeFile(t, path, func(tx *bolt.Tx) error { return tx.DeleteBucket(metaBucket) })
		}, ErrForeign, "not a store"},
		"not a bbolt file": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, bytes.Repeat([]byte("text"), 10_000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, ErrForeign, "not a store"},
		"a record that was added": {func(t *testing.T, path string) {
			changeFile(t, path, func(tx *bolt.Tx) error {
				b, err := tx.CreateBucket([]byte("log:x"))
				return errors.Join(err, b.Put([]byte("short"), nil))
			})
		}, ErrChanged, "not as it was written"},
	} {
		t.Run(name, func(t *testing.T) {
			path, v := filepath.Join(t.TempDir(), "data.db"), newVault(t)
			closeDB(t, openDB(t, path, v))
			c.damage(t, path)
			before := readAll(t, path)
			_, err := Open(path, v)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Open = %v, want %v saying %q", err, c.want, c.says)
			}
			if !bytes.Equal(before, readAll(t, path)) {
				t.Error("the refused file was changed")
			}
		})
	}
}

func TestOpenWithOtherKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	closeDB(t, openDB(t, path, newVault(t)))
	if _, err := Open(path, newVault(t)); !errors.Is(err, ErrOtherKeys) {
		t.Errorf("Open = %v, want ErrOtherKeys", err)
	}
}

func TestOpenTwice(t *testing.T) {
	path, v := filepath.Join(t.TempDir(), "data.db"), newVault(t)
	openDB(t, path, v)
	start := time.Now()
	_, err := Open(path, v)
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "another okoshko uses this folder") {
		t.Errorf("Open = %v, want ErrInUse", err)
	}
	if waited := time.Since(start); waited > 20*time.Second {
		t.Errorf("waited %v", waited)
	}
}

func TestNewStoreLeavesNothingBeside(t *testing.T) {
	dir := t.TempDir()
	openDB(t, filepath.Join(dir, "data.db"), newVault(t))
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if e.Name() != "data.db" || info.Mode() != 0o600 {
			t.Errorf("found %s, %v; want data.db, 0600", e.Name(), info.Mode())
		}
	}
}

func TestBackup(t *testing.T) {
	dir, v := t.TempDir(), newVault(t)
	path, copied := filepath.Join(dir, "data.db"), filepath.Join(dir, "copy.db")
	db := openDB(t, path, v)
	put := func(n int) {
		mustUpdate(t, db, func(tx *Tx) error {
			_, err := steps.Append(tx, "a", n)
			return errors.Join(err, numbers.Put(tx, []byte("k"), n))
		})
	}
	for n := range 3 { // the last replaces those before
		put(n)
		if err := db.Backup(copied); err != nil {
			t.Fatal(err)
		}
	}
	put(99)
	mustView(t, openDB(t, copied, v), func(tx *Tx) error {
		if n, length := number(tx, 'k'), length(tx); n != 2 || length != 3 {
			t.Errorf("the copy has %d and %d log records, want 2 and 3", n, length)
		}
		return nil
	})
	if err := db.Backup(path); err == nil {
		t.Error("the backup replaced the store")
	}
	if err := db.Backup(filepath.Join(dir, "none", "copy.db")); err == nil {
		t.Error("a backup into no folder succeeded")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%d files in the folder (%v), want the store and the copy", len(entries), err)
	}
	put(100) // the store still works
}

// TestFileHoldsNoWords looks for what was written in the store's file.
func TestFileHoldsNoWords(t *testing.T) {
	path, v := filepath.Join(t.TempDir(), "data.db"), newVault(t)
	db := openDB(t, path, v)
	mustUpdate(t, db, func(tx *Tx) error {
		for range 50 {
			if _, err := keptLog.Append(tx, "conversation", "болит зуб"); err != nil {
				return err
			}
		}
		return keptTable.Put(tx, tx.Index("phone", "+79172345678"), map[string]string{"name": "Гузель", "phone": "+79172345678"})
	})
	closeDB(t, db)
	file := readAll(t, path)
	for _, word := range []string{"Гузель", "+79172345678", "9172345678", "болит зуб", "name", "phone"} {
		if bytes.Contains(file, []byte(word)) {
			t.Errorf("the file holds %q", word)
		}
	}
	if !bytes.Contains(file, []byte("conversation")) {
		t.Error("the search finds not even a key")
	}
}

func TestMeasureSync(t *testing.T) {
	dir := t.TempDir()
	f, err := MeasureSync(dir)
	if err != nil || f <= 0 {
		t.Errorf("MeasureSync = %v, %v", f, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("%d files are left behind", len(entries))
	}
	if _, err := MeasureSync(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there was measured")
	}
}

// changeFile changes a closed store behind its back.
func changeFile(t *testing.T, path string, fn func(tx *bolt.Tx) error) {
	t.Helper()
	b, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.Update(fn), b.Close()); err != nil {
		t.Fatal(err)
	}
}

func readAll(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		t.Fatal(err)
	}
}
