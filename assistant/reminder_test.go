package assistant

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/assistant/booking"
	"okoshko/storage"
)

// confirmed books a beard trim on Wednesday 25 November at 11:00 that reception
// has confirmed. The visitor is to be reminded on Tuesday at 11:00 and on
// Wednesday at 09:00.
func (h *testHouse) confirmed(lang string) (v *testVisitor, number string) {
	h.t.Helper()
	w := map[string][3]string{
		"ru": {"подстричь бороду в среду в 11:00", "Тимур", "да"},
		"en": {"beard trim on Wednesday at 11:00", "Tom Baker", "yes"},
		"tt": {"сакал кисү, чәршәмбе сәгать 11:00гә", "Илнур", "әйе"},
	}[lang]
	v = h.visitor(lang)
	answers := map[Expect]string{ExpectConsent: w[2], ExpectName: w[1], ExpectPhone: "89175550001", ExpectConfirm: w[2]}
	v.say(w[0])
	for v.last.Appointment == nil && v.last.Expects != ExpectPurpose {
		v.say(answers[v.last.Expects])
	}
	number = v.number
	h.decide(number, "confirm", time.Time{})
	v.settle()
	return v, number
}

func (h *testHouse) decide(number, verb string, start time.Time) {
	h.t.Helper()
	if _, err := h.Decide(h.t.Context(), Operator{ID: "op"}, Decision{Number: number, Verb: verb, Start: start}); err != nil {
		h.t.Fatal(err)
	}
}

// at moves the clock to a time of Kazan in November 2026, and has the house look
// around there.
func (h *testHouse) at(day, hour, minute int) {
	h.t.Helper()
	h.clock.pass(time.Date(2026, 11, day, hour-3, minute, 0, 0, time.UTC).Sub(h.clock.Now()))
	h.attend()
}

// reminders are those that the visitor was given, as «day clock».
func (v *testVisitor) reminders() (all []string) {
	v.h.t.Helper()
	for _, turn := range v.turns(0) {
		for _, words := range []string{"Напоминаю о визите", "A reminder of your visit", "Визитны искә төшерәм"} {
			if strings.HasPrefix(turn.Text, words) {
				all = append(all, turn.At.In(v.h.Clinic().Location).Format("2 15:04"))
			}
		}
	}
	v.settle()
	return all
}

// states are what the console is shown of the reminders.
func (h *testHouse) states() (all []string) {
	h.t.Helper()
	list, err := h.Reminders(h.t.Context(), monday, monday.AddDate(0, 1, 0))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range list {
		all = append(all, strings.TrimSpace(r.Due.Format("2 15:04")+" "+string(r.State)+" "+string(r.Answer)+r.Why))
	}
	return all
}

func wantSame(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

func TestReminders(t *testing.T) {
	for _, c := range []struct{ lang, come, thanks string }{
		{"ru", "приду", "Спасибо, ждём вас"},
		{"en", "I'll be there", "Thank you"},
		{"tt", "киләм", "Рәхмәт"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			v, number := h.confirmed(c.lang)
			wantSame(t, "planned", h.states(), []string{"24 11:00 planned", "25 09:00 planned"})
			h.at(24, 10, 59)
			wantSame(t, "too early", v.reminders(), []string(nil))
			h.at(24, 11, 0)
			wantSame(t, "reminders", v.reminders(), []string{"24 11:00"})
			wantExpects(t, v.last, ExpectConfirm)
			wantText(t, v.last, "11:00", number)
			for _, secret := range []string{"Стрижка", "Beard", "Сакал", "Ринат", "Rinat"} {
				if strings.Contains(v.last.Text, secret) || v.last.Appointment != nil {
					t.Errorf("a discreet reminder says %q: %s", secret, describe(v.last))
				}
			}
			wantText(t, v.say(c.come), c.thanks, "11:00")
			wantSame(t, "answered", h.states(), []string{"24 11:00 answered coming", "25 09:00 planned"})
			card, err := h.Appointment(t.Context(), number)
			if err != nil || !card.Coming {
				t.Errorf("reception is not told: %+v, err %v", card, err)
			}
			h.at(25, 9, 0)
			wantSame(t, "reminders", v.reminders(), []string{"24 11:00", "25 09:00"})
			v.press(map[string]string{"ru": "Приду", "en": "I will come", "tt": "Киләм"}[c.lang])
			wantText(t, v.last, c.thanks)
			h.at(25, 12, 0)
			wantSame(t, "after", h.states(), []string{"24 11:00 answered coming", "25 09:00 answered coming"})
		})
	}
}

// TestReminderIsAnsweredWithNo asks once, then cancels.
func TestReminderIsAnsweredWithNo(t *testing.T) {
	for _, c := range []struct{ lang, no, yes, done string }{
		{"ru", "не смогу прийти", "да", "отменена"},
		{"ru", "нет", "да", "отменена"},
		{"en", "I can't come", "yes", "cancelled"},
		{"tt", "килә алмыйм", "әйе", "кире алынды"},
		{"ru", "", "да", "отменена"},
	} {
		t.Run(c.lang+" "+c.no, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			v, number := h.confirmed(c.lang)
			if c.lang == "ru" { // so that two might be meant
				v.book("на прививку в пятницу в 10:00", "Тимур", "89175550001")
			}
			h.at(24, 11, 0)
			v.settle()
			if c.no == "" {
				v.press("Не приду")
			} else {
				v.say(c.no)
			}
			wantExpects(t, v.last, ExpectConfirm)
			wantText(t, v.last, number)
			wantText(t, v.say(c.yes), number, c.done)
			wantSame(t, "states", h.states(), []string{"24 11:00 answered cancelled"})
			h.at(25, 9, 0)
			wantSame(t, "reminders", v.reminders(), []string{"24 11:00"})
		})
	}
}

// TestReminderOfAMovedVisit: who moves it is reminded of the new time, and of the
// old one no more.
func TestReminderOfAMovedVisit(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v, number := h.confirmed("ru")
	h.at(24, 11, 0)
	v.settle()
	wantText(t, v.say("а можно в четверг в 15:00?"), "Перенести", "26 ноября")
	v.say("да")
	h.decide(number, "confirm", time.Time{})
	h.at(25, 9, 0)
	h.at(25, 15, 0)
	wantSame(t, "reminders", v.reminders(), []string{"24 11:00", "25 15:00"})
	h.decide(number, "move", time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)) // Friday 15:00
	h.at(26, 13, 0)
	h.at(26, 15, 0)
	wantSame(t, "reminders", v.reminders(), []string{"24 11:00", "25 15:00", "26 15:00"})
	wantSame(t, "states", h.states(), []string{"24 11:00 answered moved", "25 15:00 sent", "26 15:00 sent", "27 13:00 planned"})
}

// TestNoReminder: none of what was cancelled, is not confirmed, or was heard of
// after the reminder's time.
func TestNoReminder(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	gone, number := h.confirmed("ru")
	h.decide(number, "cancel", time.Time{})
	asked := h.visitor("ru")
	asked.book("подстричь бороду в среду в 12:00", "Лия", "89175550002")
	h.at(24, 13, 0)
	late := h.visitor("ru")
	number = late.book("подстричь бороду в среду в 10:00", "Лия", "89175550003")
	h.decide(number, "confirm", time.Time{})
	h.at(24, 13, 1)
	for _, v := range []*testVisitor{gone, asked, late} {
		wantSame(t, "reminders", v.reminders(), []string(nil))
	}
	h.at(24, 20, 59) // 08:00 is at night: the evening before
	wantSame(t, "reminders", late.reminders(), []string{"24 20:59"})
}

// TestReminderOnce: several at once, and a restart in between.
func TestReminderOnce(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v, _ := h.confirmed("ru")
	h.clock.pass(26 * time.Hour)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := h.Attend(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	h.stop()
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	h.open(nil)
	h.start()
	h.attend()
	wantSame(t, "reminders", v.reminders(), []string{"24 11:00"})
}

// TestReminderAfterDowntime: of several that were missed only the latest is sent,
// and none that makes no sense any more.
func TestReminderAfterDowntime(t *testing.T) {
	for _, c := range []struct {
		name              string
		day, hour, minute int
		sent, states      []string
	}{
		{"a little late", 24, 12, 30, []string{"24 12:30"}, []string{"24 11:00 sent", "25 09:00 planned"}},
		{"the next is nearer", 25, 0, 0, nil, []string{"24 11:00 missed late", "25 09:00 planned"}},
		{"both are due", 25, 9, 40, []string{"25 09:40"}, []string{"24 11:00 missed late", "25 09:00 sent"}},
		{"the visit has begun", 25, 11, 0, nil, []string{"24 11:00 missed late", "25 09:00 missed late"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			v, _ := h.confirmed("ru")
			h.at(c.day, c.hour, c.minute)
			h.attend()
			wantSame(t, "reminders", v.reminders(), c.sent)
			wantSame(t, "states", h.states(), c.states)
		})
	}
}

// TestReminderSeen: what a page has shown is seen, and what nobody looked at
// before the visit is missed.
func TestReminderSeen(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v, _ := h.confirmed("ru")
	h.at(24, 11, 0)
	v.settle()
	if err := h.Seen(t.Context(), v.session.Conversation, v.last.Seq-1); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "states", h.states(), []string{"24 11:00 sent", "25 09:00 planned"})
	if err := h.Seen(t.Context(), v.session.Conversation, v.last.Seq); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "states", h.states(), []string{"24 11:00 seen", "25 09:00 planned"})
	h.at(25, 9, 0)
	h.at(25, 11, 0)
	wantSame(t, "states", h.states(), []string{"24 11:00 seen", "25 09:00 missed unseen"})
}

// TestReminderToNobody: an appointment of the desk without a conversation can be
// told of by a receiver alone, and there is none.
func TestReminderToNobody(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	err := h.db.Update(func(tx *storage.Tx) error {
		slot := booking.Slot{Service: "beard", Specialist: "rinat", Start: time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)}
		_, err := h.house.Load().calendar.Request(tx, booking.Booking{Slot: slot, Author: "staff:op", Staff: true}, h.clock.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.at(24, 11, 0)
	wantSame(t, "states", h.states(), []string{"24 11:00 missed nowhere", "25 09:00 planned"})
}

// TestReminderEvent: a receiver gets a text that can be sent as it is and nothing
// that it must not say; not once the visit is another or has begun.
func TestReminderEvent(t *testing.T) {
	h := newPurposeHouse(t, "")
	h.start()
	plan(t, h)
	v, number := h.confirmed("ru")
	v.press("Да, напоминать")
	h.at(24, 11, 0)
	e := lastEvent(t, h, "appointment.reminder")
	body, drop, err := h.EventBody(e, true)
	if err != nil || drop {
		t.Fatalf("dropped %v, err %v", drop, err)
	}
	for _, want := range []string{`"type":"appointment.reminder"`, `"phone":"+79175550001"`, number, "11:00", "Напоминаю о визите"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	for _, secret := range []string{"beard", "rinat", "Ринат", "бород"} {
		if strings.Contains(string(body), secret) {
			t.Errorf("%q in %s", secret, body)
		}
	}
	if body, _, _ = h.EventBody(e, false); strings.Contains(string(body), "5550001") {
		t.Errorf("a contact for a receiver that may not have it: %s", body)
	}
	h.clock.pass(24 * time.Hour)
	if _, drop, err = h.EventBody(e, true); err != nil || !drop {
		t.Errorf("a reminder of a visit that has begun is sent: err %v", err)
	}
}

// TestReminderIsAskedAgain in words, where the answer was not understood.
func TestReminderIsAskedAgain(t *testing.T) {
	for lang, want := range map[string]string{"ru": "ждать ли вас", "en": "", "tt": "көтәргә"} {
		h := newTestHouse(t)
		h.start()
		v, _ := h.confirmed(lang)
		h.at(24, 11, 0)
		v.settle()
		reply := v.say("абракадабра")
		wantText(t, reply, want, "11:00")
		wantExpects(t, reply, ExpectConfirm)
	}
}

// TestReminderInTheMiddle leaves open what is being arranged.
func TestReminderInTheMiddle(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v, number := h.confirmed("ru")
	h.at(24, 10, 59)
	asked := v.say("на прививку в пятницу в 10:00")
	wantExpects(t, asked, ExpectConfirm)
	h.at(24, 11, 0)
	v.settle()
	wantText(t, v.last, "Напоминаю")
	reply := v.press("Приду")
	wantText(t, reply, "ждём вас", "Прививка") // and the summary again
	wantExpects(t, reply, ExpectConfirm)
	wantText(t, v.press("Да, верно"), "Заявка")
	card, err := h.Appointment(t.Context(), number)
	if err != nil || !card.Coming {
		t.Errorf("%+v, err %v", card, err)
	}
}

// TestStaleReminder: a button of a time that has changed says what stands now.
func TestStaleReminder(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v, number := h.confirmed("ru")
	h.at(24, 11, 0)
	v.settle()
	button := v.last.Buttons[0].ID
	h.decide(number, "move", time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC))
	reply := v.send(Incoming{Button: button})
	wantText(t, reply, "уже изменилась", "26 ноября")
	thief := h.visitor("ru")
	thief.say("здравствуйте")
	if reply := thief.send(Incoming{Button: button}); strings.Contains(reply.Text, number) {
		t.Errorf("a stranger is told %s", describe(reply))
	}
}

// TestForgottenReminders: erasing leaves no trace of who was reminded.
func TestForgottenReminders(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v, _ := h.confirmed("ru")
	h.at(24, 11, 0)
	v.say("удалите все мои данные")
	wantText(t, v.say("да, удалить всё"), "удалены")
	left := 0
	err := h.db.View(func(tx *storage.Tx) (err error) {
		for range reminders.Range(tx, nil, nil, &err) {
			left++
		}
		for range unseen.Range(tx, nil, nil, &err) {
			left++
		}
		return err
	})
	if err != nil || left != 0 {
		t.Errorf("%d records left, err %v", left, err)
	}
}
