package assistant

import (
	"encoding/json"
	"testing"

	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// TestWithoutJournalNothingHappens breaks the journal in the store, as damage would,
// and tries what staff and visitors do with personal data: each is refused, hands
// nothing out and changes nothing.
func TestWithoutJournalNothingHappens(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	number := v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	contact, sealed := v.kept()
	page, err := h.Redeem(t.Context(), v.say("что вы обо мне знаете?").Me)
	if err != nil {
		t.Fatal(err)
	}
	demand, err := h.Demanded(t.Context(), Operator{ID: "op_1"}, privacy.Demand{Right: privacy.RightAccess, Via: "phone", Contact: contact})
	if err != nil {
		t.Fatal(err)
	}
	card, err := h.Appointment(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	h.stop()
	op := Operator{ID: "op_1", Name: "Гульнара"}
	deeds := map[string]func() (any, error){
		"reveal": func() (any, error) { c, err := h.Reveal(t.Context(), op, contact, "звоню"); return c.Phone, err },
		"export": func() (any, error) {
			p, err := h.PersonOf(t.Context(), op, contact, privacy.RightExport)
			return p.Phone, err
		},
		"look at": func() (any, error) {
			p, err := h.PersonOf(t.Context(), op, contact, privacy.RightAccess)
			return p.Phone, err
		},
		"read a talk": func() (any, error) {
			d, err := h.Dialog(t.Context(), op, v.session.Conversation)
			return len(d.Turns), err
		},
		"search": func() (any, error) {
			found, err := h.FindPeople(t.Context(), op, "89175550001")
			return len(found), err
		},
		"erase":         func() (any, error) { d, err := h.EraseOf(t.Context(), op, contact); return d.Name, err },
		"erase oneself": func() (any, error) { return nil, h.EraseMine(t.Context(), page) },
		"correct":       func() (any, error) { return nil, h.AmendOf(t.Context(), op, contact, "name", "Марат") },
		"restrict":      func() (any, error) { return nil, h.RestrictOf(t.Context(), op, contact, true) },
		"answer":        func() (any, error) { return nil, h.Answer(t.Context(), op, demand.ID, "done") },
		"decide": func() (any, error) {
			_, err := h.Decide(t.Context(), op, Decision{Number: number, Version: card.Version, Verb: "cancel"})
			return nil, err
		},
		"reply": func() (any, error) {
			_, err := h.Reply(t.Context(), op, v.session.Conversation, "да")
			return nil, err
		},
		"take": func() (any, error) { return nil, h.Take(t.Context(), op, v.session.Conversation) },
		"incident": func() (any, error) {
			i, err := h.OpenIncident(t.Context(), op, privacy.Incident{Scope: privacy.ScopeAll})
			return i.People, err
		},
		"retention": func() (any, error) {
			h.clock.pass(2 * day)
			return nil, h.Retain(t.Context())
		},
	}
	heads := storage.NewTable[json.RawMessage]("audit.head")
	var whole json.RawMessage
	set := func(head json.RawMessage) {
		t.Helper()
		if err := h.db.Update(func(tx *storage.Tx) error { return heads.Put(tx, []byte("head"), head) }); err != nil {
			t.Fatal(err)
		}
	}
	h.view(func(tx *storage.Tx) (err error) { whole, err = heads.Get(tx, []byte("head")); return err })
	set(json.RawMessage(`"damaged"`))
	before := string(h.files())
	for name, do := range deeds {
		got, err := do()
		if err == nil {
			t.Errorf("%s: done without an entry in the journal", name)
		}
		if got != nil && got != "" && got != 0 {
			t.Errorf("%s: hands out %v beside %v", name, got, err)
		}
		if after := string(h.files()); after != before {
			t.Fatalf("%s: changed the store", name)
		}
	}
	if err := h.db.Shredded(); err != nil {
		t.Fatal(err)
	}
	if p := h.db.Prove(sealed); p.Opened != len(sealed) {
		t.Errorf("%d of %d records of who was not erased open", p.Opened, len(sealed))
	}
	set(whole)
	for _, name := range []string{"reveal", "export", "erase"} { // and it is the journal alone that was in the way
		if _, err := deeds[name](); err != nil {
			t.Errorf("%s with a journal: %v", name, err)
		}
	}
}
