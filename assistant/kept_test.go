package assistant

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// TestFrameNeverTwice: a frame that is sent again long after, with other words or
// to a restarted house, is the same turn.
func TestFrameNeverTwice(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	first := Incoming{ID: "first", Text: "подстричь бороду в среду в 11:00"}
	v.send(first)
	for range 60 {
		v.say("есть ли парковка?")
	}
	before := v.turns(0)
	again := func(when string, in Incoming) {
		t.Helper()
		seq, err := h.Receive(t.Context(), v.session.Conversation, in)
		if err != nil || seq != 1 {
			t.Errorf("%s: turn %d, %v; want turn 1", when, seq, err)
		}
		v.settle()
		if got := v.turns(0); len(got) != len(before) {
			t.Errorf("%s: %d turns, want %d", when, len(got), len(before))
		}
	}
	again("sixty messages later", first)
	again("with other words", Incoming{ID: "first", Text: "отмените всё"})
	h.close()
	h.open(nil)
	h.start()
	again("after a restart", first)
	if len(h.memory) > 0 {
		t.Error("memory holds words that were answered")
	}
}

// TestFirstWordsCount: what waits for an answer is not replaced by the same frame
// with other words.
func TestFirstWordsCount(t *testing.T) {
	h := newTestHouse(t)
	v := h.visitor("ru")
	for _, text := range []string{"подстричь бороду в среду в 11:00", "на прививку завтра в 10:00"} {
		if _, err := h.Receive(t.Context(), v.session.Conversation, Incoming{ID: "a", Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	h.start()
	if err := h.Settle(t.Context(), v.session.Conversation); err != nil {
		t.Fatal(err)
	}
	wantText(t, v.settle(), "11:00")
}

// TestErasedFrames: what was sent before an erasure has no second effect after it.
func TestErasedFrames(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	v.say("удалите все мои данные")
	yes := Incoming{ID: "yes", Text: "да"}
	wantText(t, v.send(yes), "данные удалены")
	n := len(v.turns(0))
	v.send(yes)
	if got := v.turns(0); len(got) != n {
		t.Errorf("%d turns after the same frame, want %d", len(got), n)
	}
}

// without is the test's clinic file with the vaccination, its specialist and its
// address under other ids and names.
func (h *testHouse) without(t *testing.T) *clinic.Clinic {
	t.Helper()
	file, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.NewReplacer(
		"id: vaccine", "id: checkup", "[vaccine]", "[checkup]", "Прививка питомцу", "Осмотр питомца", "Pet vaccination", "Pet check-up", "Хайванга вакцина", "Хайванны карау",
		"id: lidia", "id: egor", "Лидия Соколова", "Егор Панин", "Lidia Sokolova", "Egor Panin",
		"id: south", "id: west", "branch: south", "branch: west", "на Южной", "на Западной", "South Street", "West Street",
	).Replace(string(file))
	house, problems, err := clinic.Parse("other.yaml", []byte(other))
	if err != nil {
		t.Fatal(err, problems)
	}
	return house
}

// TestNamesOutliveTheFile: an appointment of a service, a specialist and a branch
// that have left the clinic file reads as before, also after a restart.
func TestNamesOutliveTheFile(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("en")
	h.events(t, "appointment.requested") // a receiver gets what comes after it is there
	number := v.book("Pet vaccination tomorrow at 10:00", "Inna", "89175550001")
	other := h.without(t)
	for _, how := range []string{"reloaded", "restarted"} {
		if how == "restarted" {
			h.close()
			h.open(nil)
			h.start()
		}
		if err := h.Use(other); err != nil {
			t.Fatal(err)
		}
		wantText(t, v.say("my appointments"), number, "Pet vaccination", "Lidia Sokolova", "South Street")
		cards, err := h.Appointments(t.Context(), Filter{From: monday, To: monday.AddDate(0, 0, 7)})
		if err != nil || len(cards) != 1 || cards[0].Service != "Прививка питомцу" || cards[0].Branch != "на Южной" {
			t.Errorf("%s: reception sees %+v, %v", how, cards, err)
		}
		if body := string(h.eventBody(t, "appointment.requested")); !strings.Contains(body, "Прививка питомцу") || !strings.Contains(body, "Лидия Соколова") {
			t.Errorf("%s: event %s", how, body)
		}
	}
}

// eventBody is what a receiver gets of the newest event of a type.
func (h *testHouse) eventBody(t *testing.T, typ string) []byte {
	t.Helper()
	found := h.events(t, typ)
	if len(found) == 0 {
		t.Fatalf("no %s", typ)
	}
	body, _, err := h.EventBody(found[0], false)
	if err != nil || !json.Valid(body) {
		t.Fatal(err)
	}
	return body
}

// events are those of a type that the receiver «test» has to get, the newest first.
func (h *testHouse) events(t *testing.T, typ string) (found []outbox.Event) {
	t.Helper()
	err := h.db.Update(func(tx *storage.Tx) (err error) {
		found = nil
		if err := outbox.Plan(tx, "test", func(e outbox.Event) bool { return e.Type == typ }); err != nil {
			return err
		}
		all, err := outbox.Deliveries(tx, outbox.Filter{Receiver: "test", Limit: 10})
		for _, d := range all {
			found = append(found, d.Event)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestOwnWordsAreReadAgain: a visitor who has agreed reads their own name and phone
// where they wrote them; reception reads the phone hidden; no file holds them in
// clear, and a number that was put right is a label again.
func TestOwnWordsAreReadAgain(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	said := func(i int) string {
		var own []Turn
		for _, turn := range v.turns(0) {
			if turn.From == FromVisitor {
				own = append(own, turn)
			}
		}
		return own[i].Text
	}
	v.say("Это Рамиля, на прививку завтра в 10:00, телефон 8 917 555-77-01, паспорт 9205 123456")
	if text := said(0); strings.Contains(text, "Рамиля") || strings.Contains(text, "555") {
		t.Errorf("before consent: %s", text)
	}
	v.say("да")
	if text := said(0); !strings.Contains(text, "Рамиля") || !strings.Contains(text, "+7 917 555-77-01") || strings.Contains(text, "9205") {
		t.Errorf("after consent: %s", text)
	}
	d, err := h.Dialog(t.Context(), Operator{ID: "op_1"}, v.session.Conversation)
	if err != nil || !strings.Contains(d.Turns[0].Text, "Рамиля") || strings.Contains(d.Turns[0].Text, "555-77") {
		t.Errorf("reception reads %q, %v", d.Turns[0].Text, err)
	}
	v.say("телефон неправильный, правильный 8 917 555-77-02")
	if text := said(0); strings.Contains(text, "555-77") {
		t.Errorf("the first number is now another: %s", text)
	}
	if text := said(2); !strings.Contains(text, "+7 917 555-77-02") {
		t.Errorf("after the correction: %s", text)
	}
	h.close()
	for _, secret := range []string{"Рамиля", "555-77", "9175557702"} {
		if bytes.Contains(h.files(), []byte(secret)) {
			t.Errorf("a file holds %q", secret)
		}
	}
	h.open(nil)
	h.start()
	if text := said(0); !strings.Contains(text, "Рамиля") {
		t.Errorf("after a restart: %s", text)
	}
	v.say("удалите все мои данные")
	v.say("да")
	for _, turn := range v.turns(0) {
		if strings.Contains(turn.Text, "Рамиля") {
			t.Errorf("after the erasure: %s", turn.Text)
		}
	}
	err = h.db.View(func(tx *storage.Tx) (err error) {
		for k := range ownWords.Range(tx, nil, nil, &err) {
			t.Errorf("words are left at %q", k)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMoveOffersOtherTimes: the time that an appointment has is no choice in moving it.
func TestMoveOffersOtherTimes(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.book("подстричь бороду завтра в 10:00", "Инна", "89175550001")
	v.say("перенесите запись")
	for range 3 {
		wantExpects(t, v.last, ExpectTime)
		for _, s := range v.last.Slots {
			if s.Start.Format("02 15:04") == "24 10:00" {
				t.Fatalf("offers the present time: %s", describe(v.last))
			}
		}
		v.press("Другие дни")
	}
	wantText(t, v.say("завтра в 10:00"), "и так стоит")
	wantExpects(t, v.say("завтра в 10:30"), ExpectConfirm)
}

// TestArrivedChangesTheCard: of a visit that took place or not no word is said,
// and the card of the appointment changes.
func TestArrivedChangesTheCard(t *testing.T) {
	for verb, status := range map[string]booking.Status{"arrived": booking.Arrived, "no-show": booking.NoShow} {
		t.Run(verb, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			v := h.visitor("ru")
			number := v.book("подстричь бороду завтра в 10:00", "Инна", "89175550001")
			op := Operator{ID: "op_1"}
			if _, err := h.Decide(t.Context(), op, Decision{Number: number, Verb: "confirm"}); err != nil {
				t.Fatal(err)
			}
			h.clock.pass(26 * time.Hour)
			if _, err := h.Decide(t.Context(), op, Decision{Number: number, Verb: verb}); err != nil {
				t.Fatal(err)
			}
			turns := v.turns(0)
			last := turns[len(turns)-1]
			if !last.Notice || last.Text != "" || last.Appointment == nil || last.Appointment.Status != string(status) {
				t.Errorf("the newest turn: %s %+v", describe(last), last.Appointment)
			}
			if fmt.Sprint(last.Buttons) != "[]" {
				t.Errorf("buttons: %s", describe(last))
			}
		})
	}
}
