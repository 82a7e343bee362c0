package privacy

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/nlu"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/vault"
)

var noon = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func open(t *testing.T) *storage.DB {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Create(dir, vault.KeyFile(filepath.Join(dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(filepath.Join(dir, "data.db"), v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func update(t *testing.T, db *storage.DB, fn func(tx *storage.Tx) error) {
	t.Helper()
	if err := db.Update(fn); err != nil {
		t.Fatal(err)
	}
}

// TestContactIsFoundByItsPresentPhone: the index follows a change and an
// erasure, and two people may have one phone.
func TestContactIsFoundByItsPresentPhone(t *testing.T) {
	db := open(t)
	a, b := NewContact("v_a", "ru", noon), NewContact("v_b", "ru", noon)
	a.Name, a.Phone = "Рамиля", "+79175550101"
	b.Name, b.Phone = "Ренат", "+79175550101"
	found := func(phone string) (ids []string) {
		t.Helper()
		update(t, db, func(tx *storage.Tx) (err error) { ids, err = ByPhone(tx, phone); return err })
		slices.Sort(ids)
		return ids
	}
	update(t, db, func(tx *storage.Tx) error { return errors.Join(Save(tx, a, noon), Save(tx, b, noon)) })
	want := []string{a.ID, b.ID}
	slices.Sort(want)
	if got := found("+79175550101"); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	a.Phone = "+79175550202"
	update(t, db, func(tx *storage.Tx) error { return Save(tx, a, noon) })
	if got := found("+79175550101"); !slices.Equal(got, []string{b.ID}) {
		t.Errorf("after the change: %v", got)
	}
	update(t, db, func(tx *storage.Tx) error { return Erase(tx, a.ID, "v_a", "visitor", noon) })
	if got := found("+79175550202"); len(got) > 0 {
		t.Errorf("an erased person is found: %v", got)
	}
	err := db.View(func(tx *storage.Tx) error { _, err := Get(tx, a.ID); return err })
	if !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("an erased contact: %v", err)
	}
}

// TestRevealIsJournaled: who read a contact, and why, stands in the journal
// without the contact's own words.
func TestRevealIsJournaled(t *testing.T) {
	db := open(t)
	c := NewContact("v_a", "ru", noon)
	c.Name, c.Phone = "Рамиля", "+79175550101"
	update(t, db, func(tx *storage.Tx) error { return Save(tx, c, noon) })
	update(t, db, func(tx *storage.Tx) error {
		got, err := Reveal(tx, c.ID, "op_1", "call", noon)
		if err == nil && got.Phone != c.Phone {
			t.Errorf("revealed %s", got.Phone)
		}
		return err
	})
	var last audit.Entry
	err := db.View(func(tx *storage.Tx) (err error) {
		for e := range audit.Entries(tx, 0, 0, &err) {
			last = e
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if last.Action != "contact.reveal" || last.Actor != "op_1" || last.Object != c.ID || last.Reason != "call" {
		t.Errorf("journal has %+v", last)
	}
	if err := db.Update(func(tx *storage.Tx) error { _, err := Reveal(tx, "c_none", "op_1", "call", noon); return err }); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("reveal of nobody: %v", err)
	}
}

// TestContactKeepsOutOfLogs: printed by any verb or logger, a contact is its id.
func TestContactKeepsOutOfLogs(t *testing.T) {
	c := Contact{ID: "c_1", Name: "Рамиля", Phone: "+79175550101", Email: "r@example.ru"}
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "contact", c)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "contact", c)
	fmt.Fprintf(&b, "%v %s %+v", c, c, c)
	for _, secret := range []string{c.Name, c.Phone, c.Email} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("%s is printed: %s", secret, b.String())
		}
	}
}

// TestConsentTextsNeverChange: each letter is part of the version, and a version
// once kept is served as it was.
func TestConsentTextsNeverChange(t *testing.T) {
	db := open(t)
	one := NewConsentText(PurposeBooking, "ru", "Согласие", []string{"Первое.", "Второе."})
	for _, other := range []ConsentText{
		NewConsentText(PurposeBooking, "ru", "Согласие", []string{"Первое.", "Второе"}),
		NewConsentText(PurposeBooking, "ru", "Согласие", []string{"Первое.Второе."}),
		NewConsentText(PurposeBooking, "en", "Согласие", []string{"Первое.", "Второе."}),
		NewConsentText("advertising", "ru", "Согласие", []string{"Первое.", "Второе."}),
	} {
		if other.Version == one.Version {
			t.Errorf("%+v has the version of %+v", other, one)
		}
	}
	update(t, db, func(tx *storage.Tx) error { return Publish(tx, one, noon) })
	later := one
	later.Title = "Другое"
	update(t, db, func(tx *storage.Tx) error { return Publish(tx, later, noon.Add(time.Hour)) })
	update(t, db, func(tx *storage.Tx) error {
		kept, err := Text(tx, one.Version)
		if err == nil && (kept.Title != one.Title || !kept.Since.Equal(noon)) {
			t.Errorf("kept %+v", kept)
		}
		return err
	})
}

// TestConsentIsKeptAndWithdrawn in order, and forgotten with the person.
func TestConsentIsKeptAndWithdrawn(t *testing.T) {
	db := open(t)
	give := func(at time.Time) {
		update(t, db, func(tx *storage.Tx) error {
			return Give(tx, "v_a", "c_a", Consent{Purpose: PurposeBooking, Version: "v1", At: at, Pressed: "pressed", Address: "192.0.2.1"})
		})
	}
	all := func() (found []Consent) {
		t.Helper()
		update(t, db, func(tx *storage.Tx) (err error) { found, err = Consents(tx, "v_a"); return err })
		return found
	}
	give(noon)
	update(t, db, func(tx *storage.Tx) error { return Withdraw(tx, "v_a", PurposeBooking, "", noon.Add(time.Hour)) })
	give(noon.Add(2 * time.Hour))
	got := all()
	if len(got) != 2 || got[0].Withdrawn.IsZero() || !got[1].Withdrawn.IsZero() || got[0].Address != "192.0.2.1" {
		t.Errorf("consents %+v", got)
	}
	update(t, db, func(tx *storage.Tx) error { return Erase(tx, "c_a", "v_a", "visitor", noon) })
	if got := all(); len(got) > 0 {
		t.Errorf("after the erasure: %+v", got)
	}
}

func TestMask(t *testing.T) {
	text := "Я Рамиля, 8 917 555-01-01 ⟦phone:1:abc⟧"
	spans := []nlu.Span{
		{Kind: "name", Start: strings.Index(text, "Рамиля"), End: strings.Index(text, ","), Value: "Рамиля"},
		{Kind: "phone", Start: strings.Index(text, "8"), End: strings.Index(text, " ⟦"), Value: "+79175550101"},
	}
	masked, values := Mask(text, spans, "s3cret")
	if want := "Я ⟦name:1:s3cret⟧, ⟦phone:2:s3cret⟧ phone:1:abc"; masked != want {
		t.Errorf("masked %q, want %q", masked, want)
	}
	if values["⟦phone:2:s3cret⟧"] != "+79175550101" || len(values) != 2 {
		t.Errorf("values %v", values)
	}
	shown := Show(masked, func(kind string) string { return "<" + kind + ">" })
	if want := "Я <name>, <phone> phone:1:abc"; shown != want {
		t.Errorf("shown %q, want %q", shown, want)
	}
	if got := Number(text, spans); got != "Я [NAME_1], [PHONE_1] ⟦phone:1:abc⟧" {
		t.Errorf("numbered %q", got)
	}
}

// FuzzShow: whatever strangers type, no tag of ours can be forged, and nothing
// that was hidden comes back.
func FuzzShow(f *testing.F) {
	f.Add("⟦own-name⟧ ⟦⟦phone:1:x⟧", 3, 9)
	f.Add("⟦", 0, 1)
	f.Fuzz(func(t *testing.T, text string, from, to int) {
		var spans []nlu.Span
		if 0 <= from && from < to && to <= len(text) {
			spans = []nlu.Span{{Kind: "name", Start: from, End: to, Value: "x"}}
		}
		masked, _ := Mask(text, spans, "k")
		tags := 0
		Show(masked, func(kind string) string {
			tags++
			if kind != "name" {
				t.Errorf("a stranger's tag of kind %q in %q", kind, masked)
			}
			return ""
		})
		if tags != len(spans) {
			t.Errorf("%d tags in %q, want %d", tags, masked, len(spans))
		}
	})
}

func TestPhones(t *testing.T) {
	for _, c := range []struct{ e164, shown, hidden string }{
		{"+78432000000", "+7 843 200-00-00", "+7 843 ···-··-00"},
		{"+79172345678", "+7 917 234-56-78", "+7 917 ···-··-78"},
		{"+442079460958", "+44 20 7946 0958", "+44 20 ···· ··58"},
	} {
		if got := ShowPhone(c.e164); got != c.shown {
			t.Errorf("%s is shown as %q, want %q", c.e164, got, c.shown)
		}
		if got := HidePhone(c.e164); got != c.hidden {
			t.Errorf("%s is hidden as %q, want %q", c.e164, got, c.hidden)
		}
	}
}

func TestSecrets(t *testing.T) {
	db := open(t)
	update(t, db, func(tx *storage.Tx) error { return SetSecret(tx, "crm", "whsec_x", noon) })
	update(t, db, func(tx *storage.Tx) error {
		v, err := Secret(tx, "crm")
		if v != "whsec_x" {
			t.Errorf("secret %q", v)
		}
		return err
	})
	update(t, db, func(tx *storage.Tx) error { return RemoveSecret(tx, "crm", noon) })
	err := db.Update(func(tx *storage.Tx) error { return RemoveSecret(tx, "crm", noon) })
	if !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}
