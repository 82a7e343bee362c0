package assistant

import (
	"strings"
	"testing"
	"time"

	"okoshko/assistant/booking"
)

// visitWords is a visitor of the salon who wants two services at once.
type visitWords struct {
	lang, say, name, yes, booked, without, added string
}

var visitTalk = []visitWords{
	{"ru", "запишите на стрижку и окрашивание завтра в 11:00", "Алсу", "да", "Вы записаны", "без окрашивания", "и ещё маникюр"},
	{"en", "I'd like a haircut and colouring tomorrow at 11:00", "Ann Smith", "yes", "You are booked", "without colouring", "also a manicure"},
	{"tt", "чәч кисү һәм буяу, иртәгә сәгать 11:00гә", "Илнур", "әйе", "Сез язылдыгыз", "буяу кирәкми", "тагын маникюр"},
}

func newSalon(t *testing.T) *testHouse {
	t.Helper()
	h := newTestHouseOf(t, "testdata/salon.yaml")
	h.start()
	return h
}

// known goes through consent, name and phone.
func (v *testVisitor) known(w visitWords) Turn {
	t := v.h.t
	t.Helper()
	answers := map[Expect]string{ExpectConsent: w.yes, ExpectName: w.name, ExpectPhone: "89175550001"}
	for range 4 {
		answer, ok := answers[v.last.Expects]
		if !ok {
			return v.last
		}
		v.say(answer)
	}
	t.Fatalf("stuck at %s", describe(v.last))
	return Turn{}
}

// slots are the open appointments, as «day clock service specialist».
func (v *testVisitor) slots() (all []string) {
	for _, a := range v.open() {
		all = append(all, a.Start.In(v.h.Clinic().Location).Format("2 15:04")+" "+a.Service+" "+a.Specialist)
	}
	return all
}

// TestVisit: two services named together are one visit: one choice, one summary,
// one yes, an appointment and a card for each.
func TestVisit(t *testing.T) {
	for _, w := range visitTalk {
		t.Run(w.lang, func(t *testing.T) {
			h := newSalon(t)
			v := h.visitor(w.lang)
			first := v.say(w.say)
			wantText(t, first, "11:00", "12:00")
			if first.Hold == nil {
				t.Errorf("nothing says that it is kept: %s", describe(first))
			}
			summary := v.known(w)
			wantExpects(t, summary, ExpectConfirm)
			wantText(t, summary, "11:00", "12:00", "6")
			done := v.say(w.yes)
			wantText(t, done, w.booked, "A-1001, A-1002")
			if len(done.Appointments) != 2 || done.Appointment == nil || done.Appointments[1].Number != "A-1002" {
				t.Errorf("cards: %+v", done.Appointments)
			}
			wantSame(t, "booked", v.slots(), []string{"24 11:00 cut alina", "24 12:00 dye alina"})
			if own := v.open(); own[0].Visit == "" || own[0].Visit != own[1].Visit {
				t.Error("not one visit")
			}
		})
	}
}

// TestVisitIsCorrected: a service is taken out of a summary, and another added.
func TestVisitIsCorrected(t *testing.T) {
	for _, w := range visitTalk {
		t.Run(w.lang, func(t *testing.T) {
			h := newSalon(t)
			v := h.visitor(w.lang)
			v.say(w.say)
			v.known(w)
			less := v.say(w.without)
			wantExpects(t, less, ExpectConfirm)
			if strings.Contains(less.Text, "12:00") {
				t.Errorf("still there: %s", describe(less))
			}
			more := v.say(w.added)
			wantExpects(t, more, ExpectConfirm)
			wantText(t, more, "11:00", "12:00")
			wantText(t, v.say(w.yes), w.booked)
			wantSame(t, "booked", v.slots(), []string{"24 11:00 cut alina", "24 12:00 nails dina"})
		})
	}
}

// TestVisitByButtons: two services without a typed word about them.
func TestVisitByButtons(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	v.say("здравствуйте")
	v.press("Записаться")
	v.press("Стрижка")
	v.press("Добавить услугу")
	offered := v.press("Маникюр")
	wantText(t, offered, "один раз")
	visit := v.last.Buttons[0]
	if !strings.Contains(visit.Label, "Стрижка (Алина)") || !strings.Contains(visit.Label, "Маникюр (Дина)") || !strings.Contains(visit.Label, ":") {
		t.Errorf("label %q", visit.Label)
	}
	v.send(Incoming{Button: visit.ID})
	v.press("Согласен")
	v.say("Алсу")
	wantExpects(t, v.say("89175550001"), ExpectConfirm)
	v.press("Изменить")
	v.press("Без услуги «Стрижка»")
	wantExpects(t, v.last, ExpectConfirm)
	v.press("Изменить")
	v.press("Добавить услугу")
	wantExpects(t, v.press("Окрашивание"), ExpectConfirm)
	wantText(t, v.press("Да, верно"), "Вы записаны")
	if own := v.open(); len(own) != 2 {
		t.Errorf("booked %v", v.slots())
	}
}

// TestOtherVisits: other days, and a time by words among those that are offered.
func TestOtherVisits(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	first := v.say("хочу стрижку и маникюр")
	second := v.press("Другие дни")
	if first.Buttons[0].ID == second.Buttons[0].ID {
		t.Errorf("the same days again: %s", describe(second))
	}
	wantText(t, v.say("в четверг в 15:00"), "15:00 Стрижка", "16:00 Маникюр")
	wantText(t, v.say("лучше в пятницу"), "27 ноября", "15:00 Стрижка")
}

// TestOneOrTheOther: «or» is a question, as ever.
func TestOneOrTheOther(t *testing.T) {
	h := newSalon(t)
	for lang, text := range map[string]string{"ru": "стрижка или маникюр завтра", "en": "haircut or manicure tomorrow", "tt": "иртәгә чәч кисү яки маникюр"} {
		wantExpects(t, h.visitor(lang).say(text), ExpectService)
	}
}

// TestVisitApart: services that no branch has together are booked one after
// another, and that is said.
func TestVisitApart(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	first := v.say("стрижка и эпиляция завтра в 11:00")
	wantText(t, first, "по очереди", "Стрижка")
	wantExpects(t, v.known(visitTalk[0]), ExpectConfirm)
	second := v.say("да")
	wantText(t, second, "Вы записаны", "Теперь услуга «Эпиляция»")
	wantExpects(t, second, ExpectTime)
	v.say("завтра в 14:00")
	wantText(t, v.say("да"), "Вы записаны")
	wantSame(t, "booked", v.slots(), []string{"24 11:00 cut alina", "24 14:00 laser vera"})
}

// TestVisitDoesNotFit: a day that has no room for all is said to have none, and
// the nearest are offered.
func TestVisitDoesNotFit(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	reply := v.say("стрижка и маникюр сегодня") // Dina does not work on Mondays
	wantText(t, reply, "не помещаются")
	if len(reply.Buttons) == 0 || !strings.Contains(reply.Buttons[0].Label, "24 ноября") {
		t.Errorf("offered %s", describe(reply))
	}
}

// TestVisitIsLost: what somebody else takes meanwhile is not booked, not even in
// part.
func TestVisitIsLost(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	v.say(visitTalk[0].say)
	wantExpects(t, v.known(visitTalk[0]), ExpectConfirm)
	h.clock.pass(11 * time.Minute)
	quick := h.visitor("ru")
	quick.book("окрашивание завтра в 12:00", "Раис", "89175550002")
	reply := v.say("да")
	wantText(t, reply, "заняли")
	if own := v.open(); len(own) != 0 {
		t.Errorf("booked in part: %v", v.slots())
	}
}

// TestVisitsHoldIsKept: a hold that has run out and whose slots are free still
// books.
func TestVisitsHoldIsKept(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	v.say(visitTalk[0].say)
	v.known(visitTalk[0])
	h.clock.pass(11 * time.Minute)
	wantText(t, v.say("да"), "Вы записаны")
}

// TestPartOfAVisitIsCancelled says what stays.
func TestPartOfAVisitIsCancelled(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	v.say(visitTalk[0].say)
	v.known(visitTalk[0])
	v.say("да")
	v.say("отмените A-1002")
	wantText(t, v.say("да"), "A-1002 отменена", "Остаётся в силе", "A-1001")
	wantSame(t, "left", v.slots(), []string{"24 11:00 cut alina"})
}

// TestMadeUpVisit: a button that nobody offered books nothing and breaks nothing.
func TestMadeUpVisit(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	slot := booking.Slot{Service: "cut", Specialist: "alina", Start: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)}
	for _, id := range []string{
		"visit/", "visit/1/a.b.c", "visit/1795503600/alina.cut.0", "visit/1795503600/alina.cut.0/alina.dye.999999", "visit/99999999999999/alina.cut.0/dina.nails.60",
		"visit/1795503600/vera.cut.0/dina.nails.60", "without/cut", "without/", "do/add", visitID(booking.Visit{Slots: []booking.Slot{slot, slot}}),
	} {
		reply := v.send(Incoming{Button: id})
		if reply.Expects == ExpectOperator || reply.Expects == ExpectConfirm || len(v.open()) != 0 {
			t.Errorf("%s: %s", id, describe(reply))
		}
	}
}

// TestVisitNamedAtTheSummary: what is named after a no is what is wanted.
func TestVisitNamedAtTheSummary(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	v.say("на стрижку завтра в 11:00")
	v.known(visitTalk[0])
	reply := v.say("нет, окрашивание и маникюр")
	wantExpects(t, reply, ExpectConfirm)
	wantText(t, reply, "11:00 Окрашивание", "13:00 Маникюр")
	reply = v.say("только маникюр")
	wantExpects(t, reply, ExpectConfirm)
	if strings.Contains(reply.Text, "Окрашивание") {
		t.Errorf("still there: %s", describe(reply))
	}
	wantText(t, v.say("да"), "Вы записаны", "Маникюр")
}
