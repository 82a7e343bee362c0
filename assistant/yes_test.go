package assistant

import (
	"os"
	"strings"
	"testing"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// TestYesBeforeTheQuestion: what was written before a question is no answer to
// it, least of all consent or a booking.
func TestYesBeforeTheQuestion(t *testing.T) {
	h := newTestHouse(t)
	v := h.visitor("ru")
	for i, text := range []string{"на прививку завтра в 10:00", "да", "Инна, 89175550001", "да"} {
		in := Incoming{ID: string(rune('a' + i)), Text: text}
		if _, err := h.Receive(t.Context(), v.session.Conversation, in); err != nil {
			t.Fatal(err)
		}
	}
	h.start()
	v.settle()
	err := h.db.View(func(tx *storage.Tx) error {
		given, err := privacy.Consents(tx, v.session.Conversation)
		if len(given) > 0 {
			t.Error("a consent is recorded")
		}
		all, errOf := booking.OfConversation(tx, v.session.Conversation)
		if len(all) > 0 {
			t.Errorf("booked: %+v", all)
		}
		if err == nil {
			err = errOf
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantExpects(t, v.last, ExpectConsent)
	wantExpects(t, v.say("да"), ExpectConfirm) // the name and phone were not lost
}

// TestConsentTextChanges while it is being read: the new one is asked for, and
// the record names what was shown.
func TestConsentTextChanges(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	shown := v.say("на прививку завтра в 10:00").Consent
	file, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	house, problems, err := clinic.Parse("longer.yaml", []byte(strings.Replace(string(file), "appointments: 180d", "appointments: 365d", 1)))
	if err != nil {
		t.Fatal(err, problems)
	}
	if err := h.Use(house); err != nil {
		t.Fatal(err)
	}
	reply := v.say("да")
	wantExpects(t, reply, ExpectConsent)
	wantText(t, reply, "изменился")
	if reply.Consent == "" || reply.Consent == shown {
		t.Errorf("version shown %q, before %q", reply.Consent, shown)
	}
	wantExpects(t, v.say("да"), ExpectName)
	err = h.db.View(func(tx *storage.Tx) error {
		given, err := privacy.Consents(tx, v.session.Conversation)
		if len(given) != 1 || given[0].Version != reply.Consent || given[0].Address != "192.0.2.7" {
			t.Errorf("recorded %+v", given)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestYesBelongsToItsGoal: a yes to a summary beside another wish does neither.
func TestYesBelongsToItsGoal(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("на прививку завтра в 10:00")
	v.say("да")
	v.say("Инна")
	wantExpects(t, v.say("89175550001"), ExpectConfirm)
	reply := v.say("да, но удалите все мои данные")
	wantExpects(t, reply, ExpectConfirm)
	wantText(t, reply, "Удалить всё")
	v.say("нет")
	wantText(t, v.say("что вы обо мне знаете?"), "Инна")
}

// TestWithdrawalNeedsNoSecondYes: a consent that is taken back is gone at once.
func TestWithdrawalNeedsNoSecondYes(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	reply := v.say("отзываю согласие на обработку данных")
	wantText(t, reply, "Согласие отозвано", "Удалить всё")
	v.say("нет")
	err := h.db.View(func(tx *storage.Tx) error {
		given, err := privacy.Consents(tx, v.session.Conversation)
		if len(given) != 1 || given[0].Withdrawn.IsZero() {
			t.Errorf("consents %+v", given)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantExpects(t, v.say("запишите на прививку в среду в 10:00"), ExpectConsent)
}
