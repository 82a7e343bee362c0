package console

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/staff"
)

// wants fails the test where a page lacks words.
func wants(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("the page lacks «%s»", w)
		}
	}
}

// TestAbsence is reception's way through a day that a specialist falls ill: note it,
// see who is concerned, settle each, take it back.
func TestAbsence(t *testing.T) {
	h := openReal(t)
	b := h.as(t, staff.Reception)
	one := h.book(t, "therapist", "zaripova", "Гульнара", h.at(26, 9, 0))
	two := h.book(t, "therapist", "zaripova", "Марат", h.at(26, 10, 0))
	form := url.Values{"kind": {"absence"}, "target": {"specialist/zaripova"}, "from_day": {"2026-11-26"}, "to_day": {"2026-11-26"}, "reason": {"sick"}}
	status, page := b.post("/console/schedule", form)
	if status != 200 {
		t.Fatalf("note: %d", status)
	}
	wants(t, page, "Изменение записано", "Специалиста не будет: Зарипова Алсу Фанисовна", "четверг, 26 ноября, весь день, больничный", "пришлись 2 записи", one.Number, two.Number)
	cancel := url.Values{"version": {"1"}, "because": {"specialist-away"}, "reason": {"Перезвоним вам"}, "back": {"/console/schedule/E-1"}}
	if _, page = b.post("/console/appointments/"+one.Number+"/cancel", cancel); strings.Contains(page, one.Number) || !strings.Contains(page, "пришлась 1 запись") {
		t.Error("after the cancellation the page still has it, or lost the other")
	}
	_, page = b.get("/console/appointments/" + one.Number)
	wants(t, page, "Специалист не сможет принять", "Перезвоним вам")
	_, page = b.get("/console/calendar?day=2026-11-26")
	wants(t, page, "Нет приёма: больничный", "нет приёма</span>", "Отменены и отклонены: 1")
	_, page = b.get("/console/calendar?view=week&day=2026-11-26")
	wants(t, page, "23–29 ноября", `<span class="pill no_show">нет приёма</span>`)
	if _, page = b.post("/console/schedule/E-1/remove", nil); !strings.Contains(page, "Изменение убрано") || !strings.Contains(page, "по обычному графику") {
		t.Error("not taken back")
	}
	if status, _ = b.post("/console/schedule/E-1/remove", nil); status != 404 {
		t.Errorf("taken back twice: %d", status)
	}
}

// TestScheduleRefusals: what makes no sense is said in words, and what was typed
// stays.
func TestScheduleRefusals(t *testing.T) {
	h := openReal(t)
	b := h.as(t, staff.Reception)
	for _, c := range []struct{ kind, target, from, to, toTime, want string }{
		{"closure", "specialist/zaripova", "2026-11-26", "2026-11-26", "", "Закрыть можно филиал"},
		{"block", "branch/ozernaya", "2026-11-26", "2026-11-26", "", "Занятым бывает"},
		{"absence", "room/chair", "2026-11-26", "2026-11-26", "", "Выберите специалиста"},
		{"absence", "specialist/zaripova", "2026-11-27", "2026-11-26", "", "Конец раньше начала"},
		{"absence", "specialist/zaripova", "2026-11-23", "2026-11-24", "08:00", "уже прошло"},
		{"absence", "specialist/nobody", "2026-11-26", "2026-11-26", "", "Так отметить нельзя"},
		{"extra", "specialist/zaripova", "2026-11-26", "2026-11-28", "", "Так отметить нельзя"},
		{"holiday", "house", "2026-11-26", "2026-11-26", "", "Выберите, что меняется"},
		{"closure", "house", "завтра", "2026-11-26", "", "Укажите дни"},
	} {
		form := url.Values{"kind": {c.kind}, "target": {c.target}, "from_day": {c.from}, "to_day": {c.to}, "to_time": {c.toTime}}
		status, page := b.post("/console/schedule", form)
		if status != 422 || !strings.Contains(page, c.want) || !strings.Contains(page, `name="to_day" aria-label="По какой день" value="`+c.to) {
			t.Errorf("%+v: %d", c, status)
		}
	}
}

// TestExtraHours: visits that stand in extra hours are shown when these are removed.
func TestExtraHours(t *testing.T) {
	h := openReal(t)
	b := h.as(t, staff.Reception)
	form := url.Values{"kind": {"extra"}, "target": {"specialist/zaripova"}, "from_day": {"2026-11-26"}, "from_time": {"15:00"}, "to_day": {"2026-11-26"}, "to_time": {"17:00"}}
	_, page := b.post("/console/schedule", form)
	wants(t, page, "Дополнительный приём", "четверг, 26 ноября, 15:00–17:00")
	card := h.book(t, "therapist", "zaripova", "Гульнара", h.at(26, 15, 30))
	_, page = b.post("/console/schedule/E-1/remove", nil)
	wants(t, page, "стояли в дополнительных часах", card.Number)
}

// TestWalkIn books for somebody who phones, in the steps of the pages; the journal says
// who heard the consent.
func TestWalkIn(t *testing.T) {
	h := openReal(t)
	b := h.as(t, staff.Reception)
	_, page := b.get("/console/book?service=dentist&day=2026-11-25")
	link := regexp.MustCompile(`href="(/console/book\?[^"]*start=[^"]*)">10:00`).FindStringSubmatch(page)
	if link == nil {
		t.Fatal("10:00 is not offered")
	}
	_, page = b.get(strings.ReplaceAll(link[1], "&amp;", "&"))
	wants(t, page, "среда, 25 ноября, 10:00–10:30", "Низамов Булат Ильдарович", "прочитайте посетителю")
	text := h.desk.ConsentInForce()
	form := url.Values{"service": {field(t, page, "service")}, "specialist": {field(t, page, "specialist")}, "start": {strings.ReplaceAll(field(t, page, "start"), "&#43;", "+")}, "name": {" Рамиля  Закирова "}, "phone": {"8 917 234-5"}}
	if status, page := b.post("/console/book", form); status != 422 || !strings.Contains(page, "Проверьте номер") || !strings.Contains(page, `value="8 917 234-5"`) {
		t.Errorf("a short phone: %d", status)
	}
	form.Set("phone", "8 917 234-56-78")
	if status, page := b.post("/console/book", form); status != 422 || !strings.Contains(page, "Без согласия") {
		t.Errorf("without consent: %d", status)
	}
	form.Set("agreed", text.Version)
	_, page = b.post("/console/book", form)
	wants(t, page, "Посетитель записан", "Рамиля Закирова", "7 917 ···-··-78", "подтверждена", "Стоматологическое кресло")
	if strings.Contains(page, "К разговору") {
		t.Error("a link to a conversation that there is not")
	}
	if status, page := b.post("/console/book", form); status != 422 || !strings.Contains(page, "уже занято") || !strings.Contains(page, "Ближайшее свободное") {
		t.Errorf("the same time again: %d", status)
	}
	_, page = h.as(t, staff.Owner).get("/console/journal")
	wants(t, page, `Согласие дано</th><td data-name="Кто">Алина</td>`, "Запись на приём, версия текста "+text.Version)
	all, err := h.desk.Appointments(t.Context(), assistant.Filter{From: h.at(25, 0, 0), To: h.at(26, 0, 0)})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d appointments, %v", len(all), err)
	}
}

// TestWaitingPage shows who waits and what is offered, and takes off the list.
func TestWaitingPage(t *testing.T) {
	h := openReal(t)
	b := h.as(t, staff.Reception)
	_, page := b.get("/console/waiting")
	wants(t, page, "Никто не ждёт")
	h.wish(t, booking.Wish{Service: "physio", From: h.at(25, 0, 0), To: h.at(28, 0, 0), Conversation: "v1"})
	_, page = b.get("/console/waiting")
	wants(t, page, "Лечебный массаж", "любой специалист", "с ср, 25 ноя по пт, 27 ноя", "пока ничего")
	if _, page = b.post("/console/waiting/W-1/remove", nil); !strings.Contains(page, "Никто не ждёт") {
		t.Error("still on the list")
	}
	if status, _ := b.post("/console/waiting/W-1/remove", nil); status != 404 {
		t.Errorf("removed twice: %d", status)
	}
}

// TestFeedKeys: an address is shown once, listed without it, and revoked.
func TestFeedKeys(t *testing.T) {
	h := openReal(t)
	b := h.as(t, staff.Owner)
	_, page := b.post("/console/access/feeds", url.Values{"of": {"specialist/zaripova"}})
	key := regexp.MustCompile(`/calendar/([a-z0-9]{26})\.ics`).FindStringSubmatch(page)
	if key == nil {
		t.Fatal("no address on the page")
	}
	if _, err := h.desk.Calendar(t.Context(), key[1]); err != nil {
		t.Fatal(err)
	}
	_, page = b.get("/console/access")
	if strings.Contains(page, key[1]) || !strings.Contains(page, "только занятость") {
		t.Error("the address is shown again, or the feed is not listed")
	}
	_, page = b.post("/console/access/feeds/F-1/revoke", nil)
	wants(t, page, "отозван")
	if _, err := h.desk.Calendar(t.Context(), key[1]); err == nil {
		t.Error("a revoked address answers")
	}
	if status, _ := h.as(t, staff.Reception).post("/console/access/feeds", url.Values{"of": {"specialist/zaripova"}}); status != 403 {
		t.Errorf("reception makes an address: %d", status)
	}
}

// TestStaleSaysWhatChanged: a change from an older page tells the old and the new.
func TestStaleSaysWhatChanged(t *testing.T) {
	h := openReal(t)
	b := h.as(t, staff.Reception)
	card := h.book(t, "therapist", "zaripova", "Гульнара", h.at(26, 9, 0))
	_, page := b.get("/console/appointments/" + card.Number)
	form := url.Values{"reason": {"x"}, "because": {"other"}}
	for _, name := range []string{"version", "back", "was_status", "was_start"} {
		form.Set(name, strings.ReplaceAll(field(t, page, name), "&#43;", "+"))
	}
	move := assistant.Decision{Number: card.Number, Verb: "move", Start: h.at(27, 11, 0)}
	if _, err := h.desk.Decide(t.Context(), assistant.Operator{ID: h.owner.ID}, move); err != nil {
		t.Fatal(err)
	}
	status, page := b.post("/console/appointments/"+card.Number+"/cancel", form)
	if status != 409 {
		t.Errorf("stale: %d", status)
	}
	wants(t, page, "время: было четверг, 26 ноября, 09:00, стало пятница, 27 ноября, 11:00", "Последнее изменение: Гузель")
}

// TestReminders: what reached nobody stands first, with why.
func TestReminders(t *testing.T) {
	h := openReal(t)
	card := h.book(t, "therapist", "zaripova", "Гульнара", h.at(26, 9, 0))
	b := h.as(t, staff.Reception)
	_, page := b.get("/console/reminders")
	wants(t, page, card.Number, "запланировано", "Все напоминания нашли")
	h.clock.set(h.at(26, 9, 30)) // nobody attended to reminders meanwhile
	_, page = h.as(t, staff.Owner).get("/console/reminders")
	wants(t, page, "Не дошли: ", "программа не работала", "не дошло")
}
