package assistant

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

func TestVisitorBooksByTyping(t *testing.T) {
	for _, c := range []struct {
		lang, say, yes, name, service string
	}{
		{"ru", "запишите подстричь бороду в среду в 11:00", "да", "Тимур", "Стрижка бороды"},
		{"en", "I'd like a beard trim on Wednesday at 11:00", "yes", "Tom Baker", "Beard trim"},
		{"tt", "сакал кисү, чәршәмбе сәгать 11:00гә", "әйе", "Илнур", "Сакал кисү"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			v := h.visitor(c.lang)
			wantExpects(t, v.say(c.say), ExpectConsent)
			wantExpects(t, v.say(c.yes), ExpectName)
			wantExpects(t, v.say(c.name), ExpectPhone)
			summary := v.say("8 917 555-01-02")
			wantExpects(t, summary, ExpectConfirm)
			wantText(t, summary, c.service, "11:00", c.name, "+7 917 555-01-02")
			done := v.say(c.yes)
			if done.Appointment == nil || done.Appointment.Status != string(booking.Requested) || done.Appointment.Number != "A-1001" {
				t.Fatalf("no request: %s", describe(done))
			}
			if got := done.Appointment.Start.Format("2006-01-02 15:04"); got != "2026-11-25 11:00" {
				t.Errorf("booked at %s", got)
			}
		})
	}
}

func TestVisitorBooksByButtons(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("здравствуйте")
	wantExpects(t, v.press("Записаться"), ExpectService)
	wantExpects(t, v.press("Прививка"), ExpectTime)
	wantExpects(t, v.press("Tue 10:00"), ExpectConsent)
	wantExpects(t, v.press("Согласен"), ExpectName)
	v.say("Алсу")
	wantExpects(t, v.say("89175550102"), ExpectConfirm)
	done := v.press("Да, верно")
	if done.Appointment == nil {
		t.Fatalf("not booked: %s", describe(done))
	}
	wantText(t, done, "Возьмите ветеринарный паспорт")
}

// TestNothingPersonalBeforeConsent: what a visitor says of themselves before
// they agree is in no file and no log, and in the contact after.
func TestNothingPersonalBeforeConsent(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	reply := v.say("Здравствуйте, это Рамиля, запишите на прививку завтра в 10:00, телефон 8 917 555-77-01, паспорт 9205 123456")
	wantExpects(t, reply, ExpectConsent)
	for _, turn := range v.turns(0) {
		for _, secret := range []string{"Рамиля", "555-77", "9205", "123456"} {
			if strings.Contains(turn.Text, secret) {
				t.Errorf("turn %d holds %q: %s", turn.Seq, secret, turn.Text)
			}
		}
	}
	summary := v.say("да, согласна")
	wantExpects(t, summary, ExpectConfirm) // nothing is asked twice
	wantText(t, summary, "Рамиля", "+7 917 555-77-01")
	v.say("да")
	h.stop()
	for _, where := range [][]byte{h.files(), []byte(h.log.String())} {
		for _, secret := range []string{"Рамиля", "5557701", "555-77-01", "9205", "прививк"} {
			if bytes.Contains(where, []byte(secret)) {
				t.Errorf("%q can be read outside the vault", secret)
			}
		}
	}
}

// TestNamesLiveInContactsAlone: what is stored of a conversation holds neither
// name nor phone after consent either, the visitor reads them, and reception
// reads a phone that cannot be called.
func TestNamesLiveInContactsAlone(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Рамиля", "89175557701")
	v.say("что вы обо мне знаете?")
	wantText(t, v.last, "Рамиля", "+7 917 555-77-01")
	err := h.db.View(func(tx *storage.Tx) (err error) {
		for _, e := range entries.Of(tx, v.session.Conversation, &err) {
			stored := fmt.Sprintf("%+v", e)
			if strings.Contains(stored, "Рамиля") || strings.Contains(stored, "555-77-01") || strings.Contains(stored, "5557701") {
				t.Errorf("an entry holds the person: %s", stored)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := h.Dialog(t.Context(), Operator{ID: "op_1"}, v.session.Conversation)
	if err != nil {
		t.Fatal(err)
	}
	read := fmt.Sprintf("%+v", d)
	if strings.Contains(read, "555-77-01") || !strings.Contains(read, "+7 917 ···-··-01") || !strings.Contains(read, "Рамиля") {
		t.Errorf("reception reads %s", read)
	}
}

func TestRefusedConsentKeepsNothing(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("на прививку завтра в 10:00, Рамиля, 89175557701")
	reply := v.say("нет, не согласна")
	wantText(t, reply, "+7 843 555-00-10")
	wantExpects(t, reply, ExpectMore)
	if kept := h.recall(v.session.Conversation).person; kept != (person{}) {
		t.Errorf("memory keeps %v", kept)
	}
	wantExpects(t, v.say("на прививку завтра в 10:00"), ExpectConsent)
}

// TestSameFrameTwice: a frame that is sent again has no second effect.
func TestSameFrameTwice(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.send(Incoming{ID: "x", Text: "на прививку завтра"})
	before := len(v.turns(0))
	seq, err := h.Receive(t.Context(), v.session.Conversation, Incoming{ID: "x", Text: "на прививку завтра"})
	if err != nil || seq != 1 {
		t.Fatalf("seq %d, err %v, want 1", seq, err)
	}
	v.settle()
	if after := len(v.turns(0)); after != before {
		t.Errorf("%d turns, %d before", after, before)
	}
}

// TestAnsweredAfterRestart: what was acknowledged before a crash is answered
// when the process is back.
func TestAnsweredAfterRestart(t *testing.T) {
	h := newTestHouse(t)
	v := h.visitor("ru") // nobody answers: Run has not started
	if _, err := h.Receive(t.Context(), v.session.Conversation, Incoming{ID: "a", Text: "на прививку завтра в 10:00"}); err != nil {
		t.Fatal(err)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	h.open(nil)
	h.start()
	wantExpects(t, v.settle(), ExpectConsent)
	s, err := h.Open(t.Context(), Visit{Token: v.session.Token})
	if err != nil || s.Conversation != v.session.Conversation || s.Seq != 2 {
		t.Errorf("came back to %+v, err %v", s, err)
	}
}

func TestUnknownTokenIsExpired(t *testing.T) {
	h := newTestHouse(t)
	if _, err := h.Open(t.Context(), Visit{Token: "NOTATOKEN"}); !errors.Is(err, ErrExpired) {
		t.Errorf("err = %v", err)
	}
}

// TestOneSlotTwoVisitors: the second to want a slot is told so and offered the
// next, before and after the first has booked.
func TestOneSlotTwoVisitors(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	first, second := h.visitor("ru"), h.visitor("ru")
	wantExpects(t, first.say("на прививку завтра в 10:00"), ExpectConsent)
	reply := second.say("на прививку завтра в 10:00")
	wantExpects(t, reply, ExpectTime)
	wantText(t, reply, "занято")
	if len(reply.Slots) == 0 {
		t.Errorf("nothing is offered: %s", describe(reply))
	}
	for _, s := range reply.Slots {
		if s.Start.Format("15:04") == "10:00" && s.Start.Day() == 24 {
			t.Error("the held slot is offered")
		}
	}
	wantExpects(t, second.say("10:30"), ExpectConsent)
}

// TestHoldExpires: a slot that was held too long and taken by another is not
// booked twice.
func TestHoldExpires(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	slow, quick := h.visitor("ru"), h.visitor("ru")
	slow.say("на прививку завтра в 10:00")
	slow.say("да")
	slow.say("Инна")
	wantExpects(t, slow.say("89175550001"), ExpectConfirm)
	h.clock.pass(11 * time.Minute)
	if got := quick.book("на прививку завтра в 10:00", "Раис", "89175550002"); got != "A-1001" {
		t.Errorf("number %s", got)
	}
	reply := slow.say("да")
	wantExpects(t, reply, ExpectTime)
	wantText(t, reply, "заняли")
}

// TestOldButtonDoesNotConfirm: a yes to an earlier summary does not book a
// later one.
func TestOldButtonDoesNotConfirm(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("на прививку завтра в 10:00")
	v.say("да")
	v.say("Инна")
	old := v.say("89175550001")
	wantExpects(t, old, ExpectConfirm)
	changed := v.say("лучше в среду")
	wantExpects(t, changed, ExpectConfirm)
	wantText(t, changed, "25 ноября")
	reply := v.send(Incoming{Button: old.Buttons[0].ID})
	if reply.Appointment != nil {
		t.Fatalf("an old yes has booked: %s", describe(reply))
	}
	wantExpects(t, reply, ExpectConfirm)
	if done := v.press("Да, верно"); done.Appointment == nil || done.Appointment.Start.Day() != 25 {
		t.Errorf("not booked on Wednesday: %s", describe(done))
	}
}

// TestWrongPhone is asked again with an example, at most twice; then a person
// is offered.
func TestWrongPhone(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("на прививку завтра в 10:00")
	v.say("да")
	v.say("Инна")
	for range 2 {
		reply := v.say("8 917 12")
		wantExpects(t, reply, ExpectPhone)
		wantText(t, reply, "+7 917 123-45-67")
	}
	reply := v.say("8 917 12")
	wantExpects(t, reply, ExpectMore)
	wantText(t, reply, "+7 843 555-00-10")
	v.press("администратора")
	owner, err := h.Owner(t.Context(), v.session.Conversation)
	if err != nil || owner.Kind != OwnerWaiting {
		t.Errorf("owner %+v, err %v", owner, err)
	}
}

// TestOperatorTakesOver: the assistant is silent while an operator answers, and
// speaks again after.
func TestOperatorTakesOver(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("позовите человека")
	op := Operator{ID: "op_1", Name: "Гузель"}
	if err := h.Take(t.Context(), op, v.session.Conversation); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Reply(t.Context(), op, v.session.Conversation, "Слушаю вас"); err != nil {
		t.Fatal(err)
	}
	if got := v.settle(); got.From != FromOperator || got.Author != "Гузель" || got.Text != "Слушаю вас" {
		t.Errorf("visitor reads %s from %s", describe(got), got.From)
	}
	before := len(v.turns(0))
	v.say("запишите на прививку завтра в 10:00")
	if after := len(v.turns(0)); after != before+1 {
		t.Errorf("%d turns, want the visitor's one more than %d", after, before)
	}
	if err := h.Take(t.Context(), Operator{ID: "op_2", Name: "Анна"}, v.session.Conversation); !errors.Is(err, ErrNotOwner) {
		t.Errorf("a colleague takes it: %v", err)
	}
	if err := h.Return(t.Context(), op, v.session.Conversation); err != nil {
		t.Fatal(err)
	}
	wantExpects(t, v.say("запишите на прививку завтра в 10:00"), ExpectConsent)
}

// TestDecisions: each is told to the visitor, once, with the present state.
func TestDecisions(t *testing.T) {
	op := Operator{ID: "op_1", Name: "Гузель"}
	for _, c := range []struct {
		verb, status, text string
	}{
		{"confirm", "confirmed", "подтверждена"},
		{"decline", "declined", "не получилось"},
		{"move", "requested", "перенесена"},
		{"cancel", "cancelled", "отменена"},
	} {
		t.Run(c.verb, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			v := h.visitor("ru")
			number := v.book("на прививку завтра в 10:00", "Инна", "89175550001")
			dec := Decision{Number: number, Version: 1, Verb: c.verb, Start: time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)}
			card, err := h.Decide(t.Context(), op, dec)
			if err != nil {
				t.Fatal(err)
			}
			if card.Status != c.status || card.Name != "Инна" || card.Phone != "+7 917 ···-··-01" {
				t.Errorf("card %+v", card)
			}
			told := v.settle()
			if !told.Notice || told.Appointment == nil || told.Appointment.Status != c.status {
				t.Errorf("visitor is told %+v", told)
			}
			wantText(t, told, c.text)
			if _, err := h.Decide(t.Context(), op, dec); !errors.Is(err, booking.ErrStale) {
				t.Errorf("a decision from an old version: %v", err)
			}
		})
	}
}

// TestEventBody: a request leaves its event, with ids and times
// alone, and the body that a receiver gets has the name only if it may.
func TestEventBody(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	plan(t, h) // the receiver begins here
	v := h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	e := lastEvent(t, h, "appointment.requested")
	if bytes.Contains(e.Data, []byte("Инна")) || bytes.Contains(e.Data, []byte("5550001")) {
		t.Errorf("the event itself holds personal data: %s", e.Data)
	}
	with, _, err := h.EventBody(e, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"type":"appointment.requested"`, `"name":"Инна"`, `"phone":"+79175550001"`, `"start":"2026-11-24T10:00:00+03:00"`, `"timezone":"Europe/Moscow"`, `"Прививка питомцу"`} {
		if !bytes.Contains(with, []byte(want)) {
			t.Errorf("body lacks %s: %s", want, with)
		}
	}
	without, _, err := h.EventBody(e, false)
	if err != nil || bytes.Contains(without, []byte("Инна")) || bytes.Contains(without, []byte("contact")) {
		t.Errorf("body without contact: %s, %v", without, err)
	}
}

func plan(t *testing.T, h *testHouse) {
	t.Helper()
	err := h.db.Update(func(tx *storage.Tx) error {
		return outbox.Plan(tx, "r", func(outbox.Event) bool { return true })
	})
	if err != nil {
		t.Fatal(err)
	}
}

// lastEvent finds the newest event of a type that the receiver is to get.
func lastEvent(t *testing.T, h *testHouse, typ string) outbox.Event {
	t.Helper()
	plan(t, h)
	var found []outbox.Delivery
	err := h.db.View(func(tx *storage.Tx) (err error) {
		found, err = outbox.Deliveries(tx, outbox.Filter{Receiver: "r"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		if d.Event.Type == typ {
			return d.Event
		}
	}
	t.Fatalf("no event %s among %d", typ, len(found))
	return outbox.Event{}
}

// TestErase: nothing of the person is left, and what is to come is cancelled.
func TestErase(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	number := v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	wantExpects(t, v.say("удалите все мои данные"), ExpectConfirm)
	wantText(t, v.say("да, удалить всё"), "удалены")
	err := h.db.View(func(tx *storage.Tx) error {
		a, err := booking.Get(tx, number)
		if err != nil {
			return err
		}
		if a.Status != booking.Cancelled || a.Contact != "" || a.Conversation != "" {
			t.Errorf("appointment is %+v", a)
		}
		ids, err := privacy.ByPhone(tx, "+79175550001")
		if len(ids) > 0 {
			t.Errorf("the phone leads to %v", ids)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, turn := range v.turns(0) {
		if turn.From == FromVisitor {
			t.Errorf("a visitor's turn is left: %d", turn.Seq)
		}
	}
}

// TestQuestionInBetween: a question is answered and what was asked goes on.
func TestQuestionInBetween(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("на прививку завтра в 10:00")
	v.say("да")
	reply := v.say("а парковка есть?")
	wantText(t, reply, "Да, во дворе.")
	wantExpects(t, reply, ExpectName)
	reply = v.say("сколько это стоит?")
	wantText(t, reply, "от 1\u00a0200 ₽")
	wantExpects(t, reply, ExpectName)
}

// TestStuck: after three turns without a meaning a person is called.
func TestStuck(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("абырвалг")
	v.say("кукареку")
	wantExpects(t, v.say("тыгыдым"), ExpectOperator)
}
