package assistant

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
)

var keeper = Operator{ID: "op_1", Name: "Гузель"}

// TestFeedTellsNobody: a feed has the time of an appointment and nothing of its
// person; a move keeps the UID and grows the version; what is cancelled stays,
// marked so.
func TestFeedTellsNobody(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	c := h.Clinic()
	v := h.visitor("ru")
	number := v.book("запишите на прививку завтра в 10:00", "Рамиля Закирова", "+79175550101")
	card, err := h.Appointment(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	key, f, err := h.CreateFeed(t.Context(), keeper, Feed{Specialist: card.SpecialistID})
	if err != nil || len(key) < 26 {
		t.Fatal(key, err)
	}
	read := func(key string) Calendar {
		t.Helper()
		cal, err := h.Calendar(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return cal
	}
	first := read(key)
	if len(first.Visits) != 1 || !first.Visits[0].Start.Equal(card.Start) || first.Of != card.Specialist {
		t.Fatalf("feed %+v", first)
	}
	told, err := json.Marshal(first.Visits)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Рамиля", "555", number, card.Contact, card.Conversation, card.Service, card.ServiceID} {
		if strings.Contains(string(told), secret) {
			t.Errorf("the feed tells %q: %s", secret, told)
		}
	}
	if _, err := h.Decide(t.Context(), keeper, Decision{Number: number, Verb: "move", Start: card.Start.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	moved := read(key).Visits[0]
	if moved.UID != first.Visits[0].UID || moved.Version <= first.Visits[0].Version || !moved.Start.Equal(card.Start.Add(time.Hour)) {
		t.Errorf("moved %+v", moved)
	}
	if _, err := h.Decide(t.Context(), keeper, Decision{Number: number, Verb: "decline", Reason: "врач заболел"}); err != nil {
		t.Fatal(err)
	}
	if gone := read(key).Visits[0]; gone.UID != moved.UID || gone.Status != "declined" || gone.Version <= moved.Version {
		t.Errorf("declined %+v", gone)
	}
	branchKey, _, err := h.CreateFeed(t.Context(), keeper, Feed{Branch: card.BranchID, Details: true})
	if err != nil {
		t.Fatal(err)
	}
	if d := read(branchKey).Visits[0]; d.Service != card.Service || d.Specialist != card.Specialist {
		t.Errorf("a feed that may tell: %+v", d)
	}
	h.clock.pass(feedBack + 48*time.Hour)
	if left := read(key).Visits; len(left) > 0 {
		t.Errorf("long after: %+v", left)
	}
	if err := h.RevokeFeed(t.Context(), keeper, f.ID); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{key, "", "unknown"} {
		if _, err := h.Calendar(t.Context(), key); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("key %q: %v", key, err)
		}
	}
	for _, wrong := range []Feed{{}, {Specialist: "nobody"}, {Branch: "nowhere"}, {Specialist: card.SpecialistID, Branch: c.Branches[0].ID}} {
		if _, _, err := h.CreateFeed(t.Context(), keeper, wrong); !errors.Is(err, ErrFeed) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	if strings.Contains(string(h.files()), key) {
		t.Error("the key stands in the store")
	}
	h.wantJournal("feed.created", "feed.revoked")
}

// wantJournal fails the test where the journal lacks an action.
func (h *testHouse) wantJournal(actions ...string) {
	h.t.Helper()
	found := map[string]bool{}
	err := h.db.View(func(tx *storage.Tx) (err error) {
		for e := range audit.Entries(tx, 0, 0, &err) {
			found[e.Action] = true
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, a := range actions {
		if !found[a] {
			h.t.Errorf("the journal lacks %s", a)
		}
	}
}

// TestOwnVisit: the card in the chat carries a key that opens this appointment in
// the visitor's language, and no other key does; once the person is erased, it opens
// nothing.
func TestOwnVisit(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	number := v.book("запишите на прививку завтра в 10:00", "Рамиля Закирова", "+79175550101")
	var key string
	for _, turn := range v.turns(0) {
		if turn.Appointment != nil {
			key = turn.Appointment.Calendar
		}
	}
	if !strings.HasPrefix(key, number+"-") || len(key) < len(number)+26 {
		t.Fatalf("key %q", key)
	}
	own, err := h.OwnVisit(t.Context(), key)
	if err != nil || own.Number != number || own.Address == "" || own.Lang != "ru" || !own.Discreet {
		t.Fatalf("%+v, %v", own, err)
	}
	for _, wrong := range []string{"", "-", number, number + "-", key[:len(key)-1], key + "a", "A-1" + key[len(number):]} {
		if _, err := h.OwnVisit(t.Context(), wrong); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("key %q: %v", wrong, err)
		}
	}
	v.say("удалите мои данные")
	v.say("да")
	if _, err := h.OwnVisit(t.Context(), key); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("after the erasure: %v", err)
	}
}
