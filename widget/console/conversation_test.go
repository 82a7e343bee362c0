package console

import (
	"context"
	"html"
	"net/url"
	"strings"
	"testing"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/staff"
	"okoshko/storage"
)

// resend is the relay's side of the deliveries page.
func (h *house) resend(_ context.Context, id string) error {
	if id == "gone" {
		return storage.ErrNotFound
	}
	h.sent = append(h.sent, id)
	return nil
}

const attack = `<script>alert(1)</script><img src=x onerror=alert(2)>"'{{.}}`

func TestVisitorsWordsAreText(t *testing.T) {
	h := open(t)
	card := h.visit(t)
	h.desk.say("v1", assistant.FromVisitor, "", attack)
	card.Number, card.Name, card.Source, card.Reason = "A-1043", attack, map[string]string{"utm_source": attack}, attack
	h.desk.request(card)
	b := h.as(t, staff.Owner)
	for _, path := range []string{
		"/console/inbox", "/console/inbox/list", "/console/conversations/v1", "/console/conversations/v1/turns", "/console/conversations/v1/cards",
		"/console/calendar?day=2026-11-25", "/console/appointments/A-1043", "/console/appointments/A-1043/move",
		"/console/appointments/A-1043/move?back=javascript:alert(1)",
	} {
		status, body := b.get(path)
		if status != 200 {
			t.Errorf("%s: %d", path, status)
		}
		for _, bad := range []string{"<script>alert", "<img src=x", `href="javascript:`} {
			if strings.Contains(body, bad) {
				t.Errorf("%s holds %s", path, bad)
			}
		}
		if strings.Contains(body, " style=") || strings.Contains(body, "onclick") || strings.Contains(body, "<script>") {
			t.Errorf("%s has something inline", path)
		}
	}
	if _, body := b.get("/console/conversations/v1"); !strings.Contains(body, "&lt;script&gt;alert(1)") {
		t.Error("the words are not shown")
	}
}

func TestRequestCard(t *testing.T) {
	h := open(t)
	h.visit(t)
	_, body := h.as(t, staff.Reception).get("/console/conversations/v1")
	body = html.UnescapeString(body)
	for _, want := range []string{
		"Заявка A-1042", "ждёт решения", "среда, 25 ноября", "14:00–14:30 · завтра", "Приём терапевта", "Ахметова Гузель Ринатовна",
		"на Баумана", "Марат", "+7 917 ···-··-78", "instagram", "Подтвердить", "Отклонить", "Перенести", "Ответить самой",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the card lacks «%s»", want)
		}
	}
	if strings.Contains(body, "234-56") || strings.Contains(body, "9172345678") || strings.Contains(body, "Не пришёл") {
		t.Error("the card shows the phone, or what cannot be done yet")
	}
}

func TestDecisions(t *testing.T) {
	for _, c := range []struct {
		verb, from string
		form       url.Values
		status     string
		says       string
	}{
		{"confirm", "requested", url.Values{}, "confirmed", "Запись подтверждена"},
		{"decline", "requested", url.Values{"reason": {"Врач заболел"}}, "declined", "Заявка отклонена"},
		{"cancel", "confirmed", url.Values{"reason": {"По просьбе"}}, "cancelled", "Запись отменена"},
		{"arrived", "confirmed", url.Values{}, "arrived", "на приёме"},
		{"no-show", "confirmed", url.Values{}, "no_show", "не пришёл"},
		{"move", "confirmed", url.Values{"start": {"2026-11-26T10:30:00+03:00"}}, "confirmed", "четверг, 26 ноября"},
		{"move", "requested", url.Values{"date": {"2026-11-27"}, "time": {"16:00"}}, "requested", "пятница, 27 ноября"},
	} {
		t.Run(c.verb+" "+c.from, func(t *testing.T) {
			h := open(t)
			card := h.visit(t)
			card.Status = c.from
			h.desk.request(card)
			b := h.as(t, staff.Reception)
			_, page := b.get("/console/conversations/v1")
			c.form.Set("version", field(t, page[strings.Index(page, `id="card-A-1042"`):], "version"))
			c.form.Set("back", "/console/conversations/v1")
			status, body := b.post("/console/appointments/A-1042/"+c.verb, c.form)
			if status != 200 || !strings.Contains(body, c.says) {
				t.Errorf("%d, without «%s»", status, c.says)
			}
			now, err := h.desk.Appointment(t.Context(), "A-1042")
			if err != nil || string(now.Status) != c.status || now.Version != 2 || now.Reason != c.form.Get("reason") {
				t.Errorf("now %s version %d reason %q, %v", now.Status, now.Version, now.Reason, err)
			}
		})
	}
}

func TestStaleDecisionShowsThePresent(t *testing.T) {
	h := open(t)
	h.visit(t)
	b := h.as(t, staff.Reception)
	if _, err := h.desk.Decide(t.Context(), assistant.Operator{}, assistant.Decision{Number: "A-1042", Verb: "cancel", Reason: "Передумал"}); err != nil {
		t.Fatal(err)
	}
	for _, back := range []string{"/console/conversations/v1", "/console/appointments/A-1042", "https://evil.example/"} {
		status, body := b.post("/console/appointments/A-1042/confirm", url.Values{"version": {"1"}, "back": {back}})
		if status != 409 || !strings.Contains(body, "ваше действие не выполнено. Сейчас запись A-1042 отменена, время: среда, 25 ноября, 14:00.") {
			t.Errorf("back to %s: %d", back, status)
		}
	}
	for _, version := range []string{"", "0", "-1", "one"} {
		if status, _ := b.post("/console/appointments/A-1042/confirm", url.Values{"version": {version}}); status != 400 {
			t.Errorf("version %q: %d, want 400", version, status)
		}
	}
	if status, _ := b.post("/console/appointments/A-1042/explode", url.Values{"version": {"1"}}); status != 404 {
		t.Errorf("an unknown verb: %d", status)
	}
}

func TestMove(t *testing.T) {
	h := open(t)
	card := h.visit(t)
	h.desk.free = []booking.Slot{{Start: time.Date(2026, 11, 26, 7, 30, 0, 0, time.UTC)}}
	b := h.as(t, staff.Reception)
	_, body := b.get("/console/appointments/A-1042/move?day=2026-11-26&back=/console/conversations/v1")
	if !strings.Contains(body, "четверг, 26 ноября") || !strings.Contains(body, `value="2026-11-26T10:30:00&#43;03:00">10:30`) {
		t.Errorf("the list of free times:\n%s", body)
	}
	h.desk.refuse = &booking.Refusal{Why: booking.Taken, Nearest: []booking.Slot{{Start: card.Start.Add(48 * time.Hour)}}}
	status, body := b.post("/console/appointments/A-1042/move", url.Values{"version": {"1"}, "start": {"2026-11-26T10:30:00+03:00"}})
	if status != 409 || !strings.Contains(body, "Это время уже занято. Ближайшее свободное: пт, 27 ноя в 14:00.") {
		t.Errorf("a taken time: %d", status)
	}
	if status, _ = b.post("/console/appointments/A-1042/move", url.Values{"version": {"1"}}); status != 400 {
		t.Errorf("no time: %d", status)
	}
}

func TestRevealNeedsAReason(t *testing.T) {
	h := open(t)
	h.visit(t)
	b := h.as(t, staff.Reception)
	for _, reason := range []string{"", "Марат, +7 917 234-56-78"} {
		if status, _ := b.post("/console/appointments/A-1042/reveal", url.Values{"reason": {reason}}); status != 400 || len(h.desk.revealed) != 0 {
			t.Errorf("for %q: %d, %v", reason, status, h.desk.revealed)
		}
	}
	status, body := b.post("/console/appointments/A-1042/reveal", url.Values{"reason": {"Перезвонить по просьбе посетителя"}, "back": {"/console/conversations/v1"}})
	if status != 200 || !strings.Contains(html.UnescapeString(body), "+7 917 234-56-78") || !strings.Contains(body, "Ответить самой") {
		t.Errorf("the page with the phone: %d", status)
	}
	res, part := b.do("POST", "/console/appointments/A-1042/reveal", url.Values{"reason": {"Перезвонить по просьбе посетителя"}}, "HX-Request", "true")
	if res.StatusCode != 200 || !strings.Contains(html.UnescapeString(part), `<a href="tel:+79172345678">+7 917 234-56-78</a>`) || strings.Contains(part, "<html") {
		t.Errorf("the part with the phone: %d %s", res.StatusCode, part)
	}
	if want := "Алина c_1 Перезвонить по просьбе посетителя"; len(h.desk.revealed) != 2 || h.desk.revealed[0] != want {
		t.Errorf("journaled %v, want %s", h.desk.revealed, want)
	}
	if strings.Contains(h.log.String(), "9172345678") {
		t.Error("the phone is in the log")
	}
}

func TestTakeAnswerAndGiveBack(t *testing.T) {
	h := open(t)
	h.visit(t)
	h.desk.owner("v1", assistant.Owner{Kind: assistant.OwnerWaiting, Since: h.clock.now()})
	b := h.as(t, staff.Reception)
	_, page := b.get("/console/conversations/v1")
	seen := field(t, page[strings.Index(page, `id="owner"`):], "version")
	status, page := b.post("/console/conversations/v1/take", url.Values{"version": {seen}})
	if status != 200 || !strings.Contains(page, "Отвечаете вы, помощник молчит") {
		t.Fatalf("taking over: %d", status)
	}
	// A stale page cannot take it twice, nor hand it back for a colleague.
	if status, _ := b.post("/console/conversations/v1/return", url.Values{"version": {seen}}); status != 409 {
		t.Errorf("from the old page: %d, want 409", status)
	}
	seen = field(t, page[strings.Index(page, `id="owner"`):], "version")
	res, part := b.do("POST", "/console/conversations/v1/reply", url.Values{"version": {seen}, "text": {" Здравствуйте, Марат "}}, "HX-Request", "true")
	if res.StatusCode != 200 || strings.Contains(part, "alert") {
		t.Errorf("answering: %d %s", res.StatusCode, part)
	}
	d, _ := h.desk.Dialog(t.Context(), assistant.Operator{}, "v1")
	if last := d.Turns[len(d.Turns)-1]; last.Text != "Здравствуйте, Марат" || last.Author != "Алина" {
		t.Errorf("said %+v", last)
	}
	owner := h.as(t, staff.Owner)
	if status, body := owner.post("/console/conversations/v1/reply", url.Values{"version": {seen}, "text": {"И я"}}); status != 409 || !strings.Contains(body, "Разговор ведёт Алина. Ваш ответ не отправлен.") {
		t.Errorf("a colleague answers as well: %d", status)
	}
	status, page = b.post("/console/conversations/v1/return", url.Values{"version": {field(t, part, "version")}})
	if status != 200 || !strings.Contains(page, "Отвечает помощник") {
		t.Errorf("handing back: %d", status)
	}
}

func TestReplyRefusals(t *testing.T) {
	me := staff.Account{ID: "op_1", Name: "Алина"}
	mine := assistant.Dialog{Summary: assistant.Summary{Seq: 5, Owner: assistant.Owner{Kind: assistant.OwnerOperator, Operator: "op_1"}}}
	after := mine
	after.Turns = []assistant.Turn{{Seq: 5, From: assistant.FromOperator, Author: "Гузель"}}
	for _, c := range []struct {
		name, text, version string
		now                 assistant.Dialog
		says                string
	}{
		{"nothing", "", "5.operator.op_1", mine, "Напишите ответ."},
		{"too long", strings.Repeat("я", 2001), "5.operator.op_1", mine, "Ответ слишком длинный: 2001 знак, можно 2000."},
		{"as long as may be", strings.Repeat("я", 2000), "5.operator.op_1", mine, ""},
		{"a colleague answered meanwhile", "Да", "4.operator.op_1", after, "Пока вы писали, ответил другой сотрудник: Гузель."},
		{"and one has read it", "Да", "5.operator.op_1", after, ""},
	} {
		if got := replyRefusal(c.text, c.version, c.now, me); !strings.HasPrefix(got, c.says) || (got == "") != (c.says == "") {
			t.Errorf("%s: «%s», want «%s»", c.name, got, c.says)
		}
	}
}

func TestMissingConversation(t *testing.T) {
	h := open(t)
	b := h.as(t, staff.Reception)
	status, body := b.get("/console/conversations/v9")
	if status != 404 || !strings.Contains(body, "Такого разговора нет") || !strings.Contains(body, "Номер запроса") {
		t.Errorf("%d", status)
	}
	if status, body = b.get("/console/nowhere"); status != 404 || !strings.Contains(body, "Такой страницы нет") {
		t.Errorf("an unknown page: %d", status)
	}
}
