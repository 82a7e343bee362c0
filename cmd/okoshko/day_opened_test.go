//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// copies adds what is inside the encrypted backups.
func (p places) copies(t *testing.T, h *dayHouse) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(h.dir, "id.txt"))
	if err != nil {
		t.Fatal(err)
	}
	ids, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(h.dir, "copies-*", "*.age"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%d copies, %v", len(files), err)
	}
	evidence, err := filepath.Glob(filepath.Join(h.data, evidenceFolder, "*.age"))
	if err != nil || len(evidence) == 0 {
		t.Fatalf("%d copies of evidence, %v", len(evidence), err)
	}
	for _, f := range append(files, evidence...) {
		sealed, err := os.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := age.Decrypt(sealed, ids...)
		if err == nil {
			p["inside "+filepath.Base(f)], err = io.ReadAll(plain)
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = sealed.Close()
	}
}

// opened opens every record of a folder with its keys: what must not be kept at
// all is not kept sealed either, and nobody who was erased is anywhere but in the
// register that the law demands, by name alone.
func (h *dayHouse) opened(people map[string]*dayVisitor) {
	t := h.t
	gone := slicesOf(ofGone, ofStruck, never, ofRefusal, typed)
	here := newSearcher(slicesOf(ofAdelina[2:], ofHandoff[2:]))
	for _, dir := range []string{"house", "again-1", "again-2"} {
		records, found := 0, 0
		h.records(filepath.Join(h.dir, dir), func(table string, key, plain []byte) {
			records++
			found += len(here.find(plain))
			for _, c := range gone {
				if table == "privacy.destructions" && strings.Trim(c.text, "0123456789") != "" {
					continue
				}
				for _, hit := range newSearcher([]canary{c}).find(plain) {
					t.Errorf("%s: record %q of %s has %s", dir, key, table, hit)
				}
			}
		})
		if records < 100 || found == 0 {
			t.Errorf("%s: %d records were opened, %d of those who stay: nothing is proved", dir, records, found)
		}
		t.Logf("%s: %d records opened", dir, records)
	}
}

// records opens every record that the keys of a folder open.
func (h *dayHouse) records(dir string, fn func(table string, key, plain []byte)) {
	v, err := vault.Open(dir, vault.KeyFile(filepath.Join(h.data, keyFile)))
	if err != nil {
		h.t.Fatal(err)
	}
	db, err := bolt.Open(filepath.Join(dir, storeFile), 0o600, &bolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			return b.ForEach(func(k, record []byte) error {
				if string(name)+"/"+string(k) == "okoshko/format" { // a number, for a program that is older
					return nil
				}
				plain, err := v.Open(record, string(name), k)
				if err != nil {
					return fmt.Errorf("%s %q: %w", name, k, err)
				}
				fn(string(name), k, plain)
				return nil
			})
		})
	})
	if err != nil {
		h.t.Error(err)
	}
}
