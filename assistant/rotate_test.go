package assistant

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/vault"
)

// TestRotateEverything exchanges every key of a house that is at work: who was found
// is found, what opened opens, and what stood in the files before opens by nothing.
func TestRotateEverything(t *testing.T) {
	const phone, password = "+79175550001", "окно вечером светит на двор"
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	number := v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	contact, sealed := v.kept()
	link := v.say("что вы обо мне знаете?").Me
	page, err := h.Redeem(t.Context(), v.say("что вы обо мне знаете?").Me)
	if err != nil {
		t.Fatal(err)
	}
	frame := v.send(Incoming{ID: "the-frame", Text: "спасибо"})
	card, err := h.Appointment(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	feed, _, err := h.CreateFeed(t.Context(), Operator{ID: "op_1"}, Feed{Specialist: card.SpecialistID})
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := h.Calendar(t.Context(), feed)
	if err != nil || len(calendar.Visits) != 1 {
		t.Fatalf("%+v, %v", calendar, err)
	}
	people, err := staff.New(staff.Config{DB: h.db, Now: h.clock.Now, Cost: staff.Cost{Memory: 64, Passes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	owner, err := people.First(t.Context(), "guzel", "Гузель", password)
	if err != nil {
		t.Fatal(err)
	}
	session, _, err := people.SignIn(t.Context(), "guzel", password, "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	bearer, _, err := people.CreateToken(t.Context(), staff.Actor{ID: owner.ID, Role: owner.Role}, "crm", staff.Reception)
	if err != nil {
		t.Fatal(err)
	}
	lookup := func() (key []byte) {
		h.view(func(tx *storage.Tx) (err error) { key, err = tx.Lookup("phone", phone); return err })
		return key
	}
	before, house, persons, lookups := lookup(), h.db.Vault().House(), h.db.Vault().Persons(), h.db.Vault().Lookups()
	generation, _ := h.db.Vault().Generation()

	_, err = h.db.Rotate()
	err = errors.Join(err, h.db.RotateLookup(func(tx *storage.Tx) error {
		return errors.Join(privacy.Reindex(tx), staff.Reindex(tx))
	}), h.db.RotateEpoch(), h.db.Vault().RotateRoot(), h.db.Compact())
	if err != nil {
		t.Fatal(err)
	}

	if p := h.db.Prove(sealed); p.Opened != 0 || p.Records < 5 {
		t.Errorf("what stood in the file before: %+v", p)
	}
	for _, r := range sealed {
		if by, _ := vault.Sealer(r.Record); slices.Contains(h.db.Vault().Persons(), by) || !slices.Contains(persons, by) {
			t.Errorf("key %d is still there", by)
		}
	}
	if h.db.Vault().House() == house || slices.Contains(h.db.Vault().Lookups(), lookups[0]) {
		t.Error("the house's key, or that of lookups, is the one before")
	}
	if now, _ := h.db.Vault().Generation(); now <= generation {
		t.Errorf("keys.db is of generation %d, was of %d", now, generation)
	}
	store := filepath.Join(h.dir, "data.db")
	if holds(t, store, before) || !holds(t, store, lookup()) {
		t.Error("the phone stands in the file under the key before, or not at all")
	}

	h.stop() // and all of it holds in the next process too
	h.close()
	h.open(nil)
	h.start()
	if people, err = staff.New(staff.Config{DB: h.db, Now: h.clock.Now, Cost: staff.Cost{Memory: 64, Passes: 1}}); err != nil {
		t.Fatal(err)
	}
	h.view(func(tx *storage.Tx) error {
		if ids, err := privacy.ByPhone(tx, phone); len(ids) != 1 || ids[0] != contact || err != nil {
			t.Errorf("by phone: %v, %v", ids, err)
		}
		return nil
	})
	for name, try := range map[string]func() error{
		"visitor's token":  func() error { _, err := h.Open(t.Context(), Visit{Token: v.session.Token}); return err },
		"link to own data": func() error { _, err := h.Redeem(t.Context(), link); return err },
		"page of own data": func() error { _, err := h.Mine(t.Context(), page, privacy.RightAccess); return err },
		"login":            func() error { _, _, err := people.SignIn(t.Context(), "Guzel", password, "192.0.2.7"); return err },
		"session":          func() error { _, err := people.Who(t.Context(), session); return err },
		"program's token":  func() error { _, err := people.Bearer(t.Context(), bearer); return err },
		"feed": func() error {
			again, err := h.Calendar(t.Context(), feed)
			if err == nil && (len(again.Visits) != 1 || again.Visits[0].UID != calendar.Visits[0].UID) {
				t.Errorf("the calendar has %+v, before %+v", again.Visits, calendar.Visits)
			}
			return err
		},
	} {
		if err := try(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	turns := len(v.turns(0))
	if seq, err := h.Receive(t.Context(), v.session.Conversation, Incoming{ID: "the-frame", Text: "спасибо"}); err != nil || seq >= frame.Seq {
		t.Errorf("a frame sent again is turn %d, %v; the answer to it was %d", seq, err, frame.Seq)
	}
	if v.settle(); len(v.turns(0)) != turns {
		t.Error("a frame sent again has a second effect")
	}
	v.say("покажи мои записи")
}
