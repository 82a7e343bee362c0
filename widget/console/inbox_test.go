package console

import (
	"bufio"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

func TestInboxOrderAndFilters(t *testing.T) {
	h := open(t)
	h.desk.say("old", assistant.FromVisitor, "", "Спасибо")
	h.clock.pass(time.Minute)
	h.visit(t)
	h.clock.pass(time.Minute)
	h.desk.say("waits", assistant.FromVisitor, "", "Позовите человека")
	h.desk.owner("waits", assistant.Owner{Kind: assistant.OwnerWaiting, Since: h.clock.now()})
	h.clock.pass(time.Minute)
	h.desk.say("new", assistant.FromVisitor, "", "Добрый день")
	b := h.as(t, staff.Reception)
	for show, want := range map[string][]string{
		"all": {"waits", "v1", "new", "old"}, "waiting": {"waits"}, "requests": {"v1"}, "nonsense": {"waits", "v1", "new", "old"},
	} {
		_, body := b.get("/console/inbox?show=" + show)
		if got := lines(body); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", show, got, want)
		}
	}
	_, body := b.get("/console/inbox")
	if !strings.Contains(body, `line-new" class="line unread`) {
		t.Error("what nobody has opened is unread")
	}
	b.get("/console/conversations/new")
	if _, body = b.get("/console/inbox"); strings.Contains(body, `line-new" class="line unread`) {
		t.Error("what was opened is read")
	}
}

func lines(body string) []string {
	var ids []string
	for _, found := range regexp.MustCompile(`id="line-([^"]+)"`).FindAllStringSubmatch(body, -1) {
		ids = append(ids, found[1])
	}
	return ids
}

// events opens the stream and yields each event as "name data".
func events(t *testing.T, b *browser, path string) <-chan string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := b.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("the stream is %q, %d", kind, res.StatusCode)
	}
	ch := make(chan string, 16)
	go func() {
		defer close(ch)
		defer res.Body.Close()
		var name string
		for scan := bufio.NewScanner(res.Body); scan.Scan(); {
			if value, ok := strings.CutPrefix(scan.Text(), "event: "); ok {
				name = value
			}
			if value, ok := strings.CutPrefix(scan.Text(), "data: "); ok {
				ch <- strings.TrimSpace(name + " " + value)
			}
		}
	}()
	return ch
}

// until reads events up to the wanted one.
func until(t *testing.T, ch <-chan string, want string) {
	t.Helper()
	limit := time.After(10 * time.Second)
	var got []string
	for {
		select {
		case event, open := <-ch:
			if got = append(got, event); event == want {
				return
			}
			if !open {
				t.Fatalf("the stream ended after %q, without %q", got, want)
			}
		case <-limit:
			t.Fatalf("only %q came, no %q", got, want)
		}
	}
}

func TestLive(t *testing.T) {
	h := open(t)
	h.desk.say("v1", assistant.FromVisitor, "", "Здравствуйте")
	b := h.as(t, staff.Reception)
	inbox := events(t, b, "/console/live")
	until(t, inbox, `inbox {"waiting":0,"requests":0}`)
	talk := events(t, b, "/console/live?conversation=v1")
	until(t, talk, "dialog")
	h.visit(t)
	until(t, inbox, `inbox {"waiting":0,"requests":1}`)
	until(t, talk, "dialog")
	h.desk.owner("v1", assistant.Owner{Kind: assistant.OwnerWaiting})
	until(t, inbox, `inbox {"waiting":1,"requests":1}`)
	h.desk.Typing("v1", assistant.FromVisitor)
	until(t, talk, "typing")
}

func TestLiveTellsTheAuditorNothing(t *testing.T) {
	h := open(t)
	b := h.as(t, staff.Auditor)
	events(t, b, "/console/live?conversation=v1")
	h.desk.mu.Lock()
	defer h.desk.mu.Unlock()
	if len(h.desk.watchers)+len(h.desk.readers) != 0 {
		t.Error("the auditor watches conversations")
	}
}

func TestCalendarDay(t *testing.T) {
	h := open(t)
	card := h.visit(t)
	card.Number, card.Status, card.Conversation, card.Name = "A-1050", "cancelled", "", "Алсу"
	card.Specialist, card.SpecialistID = "Иванов Пётр Сергеевич", "ivanov"
	h.desk.request(card)
	_, body := h.as(t, staff.Reception).get("/console/calendar?day=2026-11-25")
	for _, want := range []string{
		"завтра, среда, 25 ноября", "1 запись, из них ждёт решения: 1", "Отменены и отклонены: 1", "Ахметова Гузель Ринатовна", "Иванов",
		`class="visit requested clash r0 l6"`, `href="/console/conversations/v1"`, `href="/console/appointments/A-1050"`, "day=2026-11-24", "day=2026-11-26",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the day lacks «%s»", want)
		}
	}
}

func TestDeliveries(t *testing.T) {
	h := open(t)
	var id string
	err := h.db.Update(func(tx *storage.Tx) error {
		if err := outbox.Plan(tx, "crm", nil); err != nil {
			return err
		}
		e, err := outbox.Append(tx, "appointment.requested", "A-1042", h.clock.now(), map[string]string{})
		if err != nil {
			return err
		}
		id = e.ID + ".crm"
		if err := outbox.Plan(tx, "crm", nil); err != nil {
			return err
		}
		if err := outbox.Began(tx, id, h.clock.now(), h.clock.now()); err != nil {
			return err
		}
		return outbox.Failed(tx, id, outbox.Attempt{At: h.clock.now(), Status: 503, Error: "занят"}, h.clock.now().Add(5*time.Minute))
	})
	if err != nil {
		t.Fatal(err)
	}
	b := h.as(t, staff.Reception)
	_, body := b.get("/console/deliveries")
	for _, want := range []string{"Новая заявка", "A-1042", "crm", "повторим", "1 попытка", "ответ 503, занят", "09:35", "Отправить ещё раз"} {
		if !strings.Contains(body, want) {
			t.Errorf("deliveries lack «%s»", want)
		}
	}
	if _, body = b.get("/console/deliveries?state=delivered"); strings.Contains(body, "A-1042") {
		t.Error("the filter lets it through")
	}
	status, body := b.post("/console/deliveries/"+url.PathEscape(id)+"/resend", nil)
	if status != 200 || !strings.Contains(body, "Поставлено в очередь") || !slices.Equal(h.sent, []string{id}) {
		t.Errorf("send again: %d, %v", status, h.sent)
	}
	if status, _ = b.post("/console/deliveries/gone/resend", nil); status != 404 {
		t.Errorf("an unknown delivery: %d", status)
	}
}

func TestJournal(t *testing.T) {
	h := open(t)
	b := h.as(t, staff.Owner)
	_, body := b.get("/console/journal")
	for _, want := range []string{"Журнал цел", "Вход", "Новый сотрудник", "Гузель", "командная строка", h.owner.ID} {
		if !strings.Contains(body, want) {
			t.Errorf("the journal lacks «%s»", want)
		}
	}
}

func TestTokenIsShownOnce(t *testing.T) {
	h := open(t)
	b := h.as(t, staff.Owner)
	_, body := b.post("/console/access/tokens", url.Values{"name": {"Отчёты"}, "role": {"auditor"}})
	secret := regexp.MustCompile(`okt_[A-Z2-7]+`).FindString(body)
	if got, err := h.staff.Bearer(t.Context(), secret); err != nil || got.Name != "Отчёты" {
		t.Fatalf("the secret on the page opens %+v, %v", got, err)
	}
	if _, body = b.get("/console/access"); strings.Contains(body, secret) {
		t.Error("the secret is shown again")
	}
	id := regexp.MustCompile(`tokens/(tok_\w+)/revoke`).FindStringSubmatch(body)
	if id == nil {
		t.Fatal("no button to revoke")
	}
	if status, body := b.post("/console/access/tokens/"+id[1]+"/revoke", nil); status != 200 || !strings.Contains(body, "Ключ отозван") {
		t.Errorf("revoke: %d", status)
	}
	if _, err := h.staff.Bearer(t.Context(), secret); err == nil {
		t.Error("a revoked token opens")
	}
}
