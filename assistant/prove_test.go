package assistant

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/vault"
)

// kept are the contact and the sealed records of a visitor.
func (v *testVisitor) kept() (contact string, sealed []storage.SealedRecord) {
	v.h.t.Helper()
	v.h.view(func(tx *storage.Tx) error {
		st, err := load(tx, v.session.Conversation)
		if err == nil {
			contact = st.Contact
			sealed, err = tx.Sealed(v.session.Conversation, contact)
		}
		return err
	})
	return contact, sealed
}

func (h *testHouse) view(fn func(*storage.Tx) error) {
	h.t.Helper()
	if err := h.db.View(fn); err != nil {
		h.t.Fatal(err)
	}
}

// entry is the entry of the register about a contact.
func (h *testHouse) entry(contact string) (found privacy.Destruction) {
	h.t.Helper()
	h.view(func(tx *storage.Tx) error {
		all, err := privacy.Destructions(tx, 100)
		for _, d := range all {
			if d.Contact == contact {
				found = d
			}
		}
		return err
	})
	return found
}

// journaled counts the journal's entries with an action.
func (h *testHouse) journaled(action string) (n int) {
	h.t.Helper()
	h.view(func(tx *storage.Tx) (err error) {
		for e := range audit.Entries(tx, 0, 0, &err) {
			if e.Action == action {
				n++
			}
		}
		return err
	})
	return n
}

// wantProved looks for the proof in the register, in the act and in the files.
func (h *testHouse) wantProved(contact string, sealed []storage.SealedRecord) {
	h.t.Helper()
	d := h.entry(contact)
	if !d.Proved() || d.Values < len(sealed) || d.Keys < 2 || !d.Checked.Equal(h.clock.Now()) {
		h.t.Errorf("the register: %+v; want %d values or more, and now", d, len(sealed))
	}
	act, err := h.ActOf(h.t.Context(), Operator{ID: "op_1"}, d.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	told := false
	for _, e := range act.Journal {
		told = told || e.Action == "erasure.proved" && e.Reason == d.ID && e.Object == contact
	}
	if !told {
		h.t.Errorf("the act's extract has no proof: %+v", act.Journal)
	}
	for _, r := range sealed {
		if holds(h.t, filepath.Join(h.dir, "data.db"), r.Record) {
			h.t.Errorf("the file still has a sealed record of %s", r.Bucket)
		}
	}
	if p := h.db.Prove(sealed); p.Opened != 0 {
		h.t.Errorf("%+v", p)
	}
}

// TestEveryErasureIsProved: whoever erases, in the chat, on the own page, at
// reception, by the calendar: the proof is made and entered.
func TestEveryErasureIsProved(t *testing.T) {
	for name, erase := range map[string]func(h *testHouse, v *testVisitor, contact string) error{
		"in the chat": func(_ *testHouse, v *testVisitor, _ string) error {
			v.say("удалите все мои данные")
			v.say("да")
			return nil
		},
		"on the own page": func(h *testHouse, v *testVisitor, _ string) error {
			page, err := h.Redeem(h.t.Context(), v.say("что вы обо мне знаете?").Me)
			if err != nil {
				return err
			}
			return h.EraseMine(h.t.Context(), page)
		},
		"at reception": func(h *testHouse, _ *testVisitor, contact string) error {
			d, err := h.EraseOf(h.t.Context(), Operator{ID: "op_1"}, contact)
			if err == nil && !d.Proved() {
				h.t.Errorf("reception is given an act without proof: %+v", d)
			}
			return err
		},
		"by the calendar": func(h *testHouse, _ *testVisitor, _ string) error {
			for range 400 {
				h.clock.pass(day)
				if err := h.Retain(h.t.Context()); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTestHouse(t)
			h.start()
			v, other := h.visitor("ru"), h.visitor("ru")
			v.book("на прививку завтра в 10:00", "Инна", "89175550001")
			contact, sealed := v.kept()
			if len(sealed) < 5 {
				t.Fatalf("%d records are theirs", len(sealed))
			}
			if err := erase(h, v, contact); err != nil {
				t.Fatal(err)
			}
			h.proofs.took(0)
			if err := h.prove(t.Context()); err != nil { // or it is being done, and waited for
				t.Fatal(err)
			}
			if d := h.entry(contact); name == "by the calendar" {
				if !d.Proved() || d.Values == 0 {
					t.Errorf("the register: %+v", d)
				}
				if n := h.journaled("erasure.proved"); n < 2 {
					t.Errorf("%d proofs in the journal; the talk went before the person", n)
				}
				return
			}
			h.wantProved(contact, sealed)
			other.book("на прививку завтра в 12:00", "Марат", "89175550002") // who stays is served
		})
	}
}

// TestProofGoesOnAfterAKill: whatever was not done when the process ended is done
// by the next.
func TestProofGoesOnAfterAKill(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	contact, sealed := v.kept()
	h.stop()
	erased := h.db.Update(func(tx *storage.Tx) error {
		return h.forget(tx, h.house.Load(), v.session.Conversation, contact, "visitor", h.clock.Now())
	})
	if erased != nil {
		t.Fatal(erased)
	}
	if d := h.entry(contact); d.ID == "" || !d.Checked.IsZero() {
		t.Fatalf("nobody has proved anything yet: %+v", d)
	}
	h.close()
	h.open(nil)
	h.start()
	if err := h.prove(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.wantProved(contact, sealed)
}

// TestErasuresCloseTogetherAreProvedTogether: the second of two does not have the
// files made anew at once.
func TestErasuresCloseTogetherAreProvedTogether(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	var contacts []string
	for _, hour := range []string{"10:00", "11:00", "12:00"} {
		v := h.visitor("ru")
		v.book("на прививку завтра в "+hour, "Инна", "891755500"+hour[:2])
		contact, _ := v.kept()
		contacts = append(contacts, contact)
	}
	for i, contact := range contacts {
		d, err := h.EraseOf(t.Context(), Operator{ID: "op_1"}, contact)
		if err != nil || d.Proved() != (i == 0) {
			t.Errorf("erasure %d: proved %v, %v", i, d.Proved(), err)
		}
	}
	s, err := h.Safety(t.Context())
	if err != nil || s.Unproved != 4 { // two contacts and their conversations
		t.Errorf("%d are unproved, %v", s.Unproved, err)
	}
	if rest := h.proofs.rest(); rest < time.Second || rest > time.Minute {
		t.Errorf("the next proof in %v", rest)
	}
	if err := h.prove(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, contact := range contacts {
		if d := h.entry(contact); !d.Proved() {
			t.Errorf("%+v", d)
		}
	}
	if n := h.journaled("erasure.proved"); n != len(contacts) {
		t.Errorf("%d proofs in the journal, want %d", n, len(contacts))
	}
}

// TestFailedProofRings: something of an erased person opens. It is entered, and the
// owner is alarmed.
func TestFailedProofRings(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v, other := h.visitor("ru"), h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	other.book("на прививку завтра в 12:00", "Марат", "89175550002")
	contact, _ := v.kept()
	_, alive := other.kept()
	h.stop()
	erasures := storage.NewTable[struct{ Keys []vault.KeyID }]("okoshko.erasures")
	remains := storage.NewTable[storage.SealedRecord]("okoshko.remains")
	err := h.db.Update(func(tx *storage.Tx) error {
		return h.forget(tx, h.house.Load(), v.session.Conversation, contact, "visitor", h.clock.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	err = h.db.Update(func(tx *storage.Tx) (err error) { // as if a record of theirs were another's
		for k := range erasures.Range(tx, nil, nil, &err) {
			return remains.Put(tx, append(k, 9), alive[0])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.prove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := h.entry(contact); d.Proved() || d.Opened != 1 || d.Checked.IsZero() || d.Proof == 0 {
		t.Errorf("the register: %+v; want 1 opened", d)
	}
	s, err := h.Safety(t.Context())
	if err != nil || len(s.Alarms) != 1 || s.Alarms[0].Rule != privacy.RuleProof || s.Alarms[0].Count != 1 {
		t.Errorf("alarms: %+v, %v", s.Alarms, err)
	}
	if h.journaled("erasure.unproved") != 1 || h.journaled("alarm.proof") != 1 {
		t.Error("the journal does not tell of it")
	}
}

// TestProofThatCannotBeMadeRings: once a day, and it is made when it can.
func TestProofThatCannotBeMadeRings(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	contact, sealed := v.kept()
	h.stop()
	wall := filepath.Join(h.dir, storage.RegisterName)
	if err := os.Mkdir(wall, 0o700); err != nil { // where the register of keys should be
		t.Fatal(err)
	}
	d, err := h.EraseOf(t.Context(), Operator{ID: "op_1"}, contact)
	if err != nil || !d.Checked.IsZero() {
		t.Errorf("%+v, %v", d, err)
	}
	alarms := func(want int) {
		t.Helper()
		s, err := h.Safety(t.Context())
		if err != nil || len(s.Alarms) != want || s.Unproved == 0 || s.Alarms[0].Rule != privacy.RuleProof {
			t.Errorf("%d alarms, %d unproved, %v; want %d", len(s.Alarms), s.Unproved, err, want)
		}
	}
	alarms(1)
	for _, want := range []int{1, 2} {
		if err := h.prove(context.Background()); err == nil {
			t.Error("proved without a register")
		}
		alarms(want)
		h.clock.pass(25 * time.Hour)
	}
	if err := os.Remove(wall); err != nil {
		t.Fatal(err)
	}
	if err := h.prove(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.wantProved(contact, sealed)
}
