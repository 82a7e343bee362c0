package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"okoshko/storage"
	"okoshko/storage/vault"
)

// TestNoKeyMovesWithoutJournal: where the journal cannot be written, keys stay as
// they are and none leaves.
func TestNoKeyMovesWithoutJournal(t *testing.T) {
	dir := t.TempDir()
	flags := dataFlags{Data: filepath.Join(dir, "house")}
	okoshko(t, "", "init", "--yes", flags.Data)
	okoshko(t, "", "key", "backup", filepath.Join(dir, "id.txt"), "--data", flags.Data)
	slots, err := vault.Slots(flags.Data)
	if err != nil || len(slots) < 2 {
		t.Fatalf("%v, %v", slots, err)
	}
	heads := storage.NewTable[json.RawMessage]("audit.head")
	err = flags.update(func(tx *storage.Tx) error { return heads.Put(tx, []byte("head"), json.RawMessage(`"damaged"`)) })
	if err != nil {
		t.Fatal(err)
	}
	files := func() (all []byte) {
		t.Helper()
		for _, name := range []string{vault.FileName, vault.RingName, storeFile, recipientsFile} {
			data, err := os.ReadFile(filepath.Join(flags.Data, name))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, data...)
		}
		return all
	}
	copies := filepath.Join(dir, "copies")
	if err := os.Mkdir(copies, 0o700); err != nil {
		t.Fatal(err)
	}
	before := files()
	for _, args := range [][]string{
		{"key", "rotate", "data"},
		{"key", "rotate", "lookup"},
		{"key", "rotate", "epoch"},
		{"key", "rotate", "root"},
		{"key", "rotate", "all"},
		{"key", "add", "passphrase"},
		{"key", "remove", slots[0].ID},
		{"key", "backup", filepath.Join(copies, "other.txt")},
		{"backup", copies},
		{"secret", "set", "name"},
		{"user", "add", "guzel", "Гузель"},
	} {
		name := strings.Join(args[:2], " ")
		out, err := tryOkoshko("окно вечером светит\nокно вечером светит\n", append(args, "--data", flags.Data)...)
		if err == nil || !strings.Contains(out+err.Error(), "journal") {
			t.Errorf("%s: %v %s; want a word of the journal", name, err, out)
		}
		if !bytes.Equal(before, files()) {
			t.Fatalf("%s: the keys or the store have changed", name)
		}
		if made, err := os.ReadDir(copies); err != nil || len(made) != 0 {
			t.Errorf("%s: made %v, %v", name, made, err)
		}
	}
}
