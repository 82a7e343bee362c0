package assistant

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"okoshko/storage"
)

// canaries are what a visitor of the test is known by; no file may hold them in
// the clear.
var canaries = []string{"Инна", "9175550001", "917 555-00-01", "917 555 00 01", "на прививку завтра"}

// TestErasedLeaveNoTrace books as an invented person, looks for them in every
// file, erases them, and tries every live key on every record that was theirs.
func TestErasedLeaveNoTrace(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v, other := h.visitor("ru"), h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	other.book("на прививку завтра в 12:00", "Марат", "89175550002")
	noPlain(t, h.dir, "while they are here")
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := h.db.Backup(copied); err != nil {
		t.Fatal(err)
	}
	noPlain(t, filepath.Dir(copied), "in a copy")
	var sealed []storage.SealedRecord
	view := func(fn func(tx *storage.Tx) error) {
		t.Helper()
		if err := h.db.View(fn); err != nil {
			t.Fatal(err)
		}
	}
	conversation := v.session.Conversation
	view(func(tx *storage.Tx) error {
		st, err := load(tx, conversation)
		if err == nil {
			sealed, err = tx.Sealed(conversation, st.Contact)
		}
		return err
	})
	if len(sealed) < 5 { // a contact, a consent, a token and several turns
		t.Fatalf("%d records are theirs", len(sealed))
	}
	err := h.db.Update(func(tx *storage.Tx) error {
		st, err := load(tx, conversation)
		if err != nil {
			return err
		}
		return h.forget(tx, h.house.Load(), conversation, st.Contact, "visitor", h.clock.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.db.Shredded(); err != nil {
		t.Fatal(err)
	}
	p := h.db.Prove(sealed)
	if p.Opened != 0 || p.Keys < 3 {
		t.Errorf("%+v: want nothing opened", p)
	}
	t.Logf("%d records, %d live keys, %d opened", p.Records, p.Keys, p.Opened)
	if err := h.db.Compact(); err != nil {
		t.Fatal(err)
	}
	for _, r := range sealed {
		if holds(t, filepath.Join(h.dir, "data.db"), r.Record) {
			t.Errorf("the file still has a sealed record of %s", r.Bucket)
		}
	}
	noPlain(t, h.dir, "after erasing")
	if err := h.db.Verify(); err != nil {
		t.Error(err)
	}
	for _, word := range canaries {
		if strings.Contains(h.log.String(), word) {
			t.Errorf("the log holds %q", word)
		}
	}
	other.say("покажи мои записи") // who stays is served
}

// noPlain looks into every file of a folder for the canaries, in UTF-8 and
// UTF-16, and for the folder's own truth: what stands there in the clear.
func noPlain(t *testing.T, dir, when string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		for _, word := range canaries {
			var wide []byte
			for _, u := range utf16.Encode([]rune(word)) {
				wide = binary.LittleEndian.AppendUint16(wide, u)
			}
			if holds(t, path, []byte(word)) || holds(t, path, wide) {
				t.Errorf("%s: %s holds %q", when, filepath.Base(path), word)
			}
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files, %v", files, err)
	}
}

func holds(t testing.TB, path string, what []byte) bool {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(data, what)
}
