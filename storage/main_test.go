package storage

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"okoshko/storage/vault"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		writeUntilKilled(dir)
	}
	if dir := os.Getenv(erasedDir); dir != "" {
		eraseUntilKilled(dir)
	}
	if dir := os.Getenv(damagedDir); dir != "" {
		os.Exit(lookAtDamage(dir))
	}
	os.Exit(m.Run())
}

// newVault is a vault of its own, opened by a key file.
func newVault(t testing.TB) *vault.Vault {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Create(dir, vault.KeyFile(filepath.Join(dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// newDB is an empty store. Its file is checked when the test ends.
func newDB(t testing.TB) *DB {
	t.Helper()
	return openDB(t, filepath.Join(t.TempDir(), "data.db"), newVault(t))
}

func openDB(t testing.TB, path string, v *vault.Vault) *DB {
	t.Helper()
	db, err := Open(path, v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeDB(t, db) })
	return db
}

// closeDB closes db and looks for damage in its file.
func closeDB(t testing.TB, db *DB) {
	t.Helper()
	if err := db.Shredded(); err != nil && !errors.Is(err, ErrClosed) {
		t.Errorf("destroying keys: %v", err)
	}
	err := db.bolt.View(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			t.Errorf("the file is damaged: %v", err)
		}
		return nil
	})
	if err != nil && !errors.Is(err, berrors.ErrDatabaseNotOpen) { // closed by the test itself
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
}

func mustUpdate(t testing.TB, db *DB, fn func(*Tx) error) {
	t.Helper()
	if err := db.Update(fn); err != nil {
		t.Fatalf("Update = %v", err)
	}
}

func mustView(t testing.TB, db *DB, fn func(*Tx) error) {
	t.Helper()
	if err := db.View(fn); err != nil {
		t.Fatalf("View = %v", err)
	}
}

// commits counts the commits there have been.
func commits(t testing.TB, db *DB) (n int) {
	t.Helper()
	mustView(t, db, func(tx *Tx) error {
		n = tx.bolt.ID()
		return nil
	})
	return n
}
