package assistant

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// TestPersonsWordsAreUnderTheirKey plays a visitor whom everybody says something
// of, opens every record of the store with the keys, and wants each that holds
// words of the visitor or about them sealed under a person's key: what the house's
// key seals outlives the person.
func TestPersonsWordsAreUnderTheirKey(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	op := Operator{ID: "op_1", Name: "Гульнара"}
	v := h.visitor("ru")
	number := v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	card, err := h.Appointment(t.Context(), number)
	if err == nil {
		_, err = h.Decide(t.Context(), op, Decision{Number: number, Version: card.Version, Verb: "cancel", Reason: "сводим с мужем на кастрацию"})
	}
	if err != nil {
		t.Fatal(err)
	}
	v.say("позовите человека, собака откусила кусок рамы")
	if _, err := h.Reply(t.Context(), op, v.session.Conversation, "Инна, сейчас подойдёт ветеринар Марсель"); err != nil {
		t.Fatal(err)
	}
	v.say("что вы обо мне знаете?")
	h.stop()
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	// What was said, by whom ever, and the tables it must be found in: else the
	// search finds nothing.
	words := map[string]string{
		"Инна": "privacy.contacts", "+79175550001": "privacy.contacts",
		"на прививку завтра": "log:assistant.turns", "откусила кусок рамы": "log:assistant.turns", "ветеринар Марсель": "log:assistant.turns",
		"сводим с мужем": "booking.words", "192.0.2.7": "privacy.consents",
	}
	found := make(map[string][]string)
	keys := h.openAll(func(bucket string, house bool, plain string) {
		for word := range words {
			if !strings.Contains(plain, word) {
				continue
			}
			found[word] = append(found[word], bucket)
			if house {
				t.Errorf("%s holds %q under the house's key", bucket, word)
			}
		}
	})
	for word, bucket := range words {
		if !slices.Contains(found[word], bucket) {
			t.Errorf("%q is not even in %s, but in %v", word, bucket, found[word])
		}
	}
	for _, key := range keys {
		for word := range words {
			if strings.Contains(key, word) || strings.Contains(key, "9175550001") {
				t.Errorf("a key in the clear holds %q", word)
			}
		}
	}
}

// openAll opens every record of a closed store and returns the keys.
func (h *testHouse) openAll(look func(bucket string, house bool, plain string)) (keys []string) {
	h.t.Helper()
	v, err := vault.Open(h.dir, vault.KeyFile(filepath.Join(h.dir, "key")))
	if err != nil {
		h.t.Fatal(err)
	}
	b, err := bolt.Open(filepath.Join(h.dir, "data.db"), 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		h.t.Fatal(err)
	}
	defer b.Close()
	err = b.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			return b.ForEach(func(k, record []byte) error {
				if string(name) == "okoshko" && string(k) == "format" {
					return nil
				}
				plain, err := v.Open(record, string(name), k)
				if err != nil {
					h.t.Errorf("record %x of %s: %v", k, name, err)
				}
				by, _ := vault.Sealer(record)
				look(string(name), by == v.House(), string(plain))
				keys = append(keys, string(k))
				return nil
			})
		})
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return keys
}
