package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/staff"
)

func TestSignInAndOut(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	res, body := b.do("GET", "/console/calendar?day=2026-11-25", nil)
	if res.Request.URL.Path != "/console/login" || !strings.Contains(body, "Вход для сотрудников") {
		t.Fatalf("a stranger sees %s", res.Request.URL.Path)
	}
	next := field(t, body, "next")
	if status, body := b.post("/console/login", url.Values{"login": {"guzel"}, "password": {"не тот"}, "next": {next}}); status != 401 || !strings.Contains(body, "Неверный логин или пароль") {
		t.Errorf("wrong password: %d", status)
	}
	res, body = b.do("POST", "/console/login", url.Values{"login": {"Guzel"}, "password": {password}, "next": {"/console/calendar?day=2026-11-25"}})
	if res.Request.URL.RequestURI() != "/console/calendar?day=2026-11-25" || !strings.Contains(body, "Среда") && !strings.Contains(body, "среда, 25 ноября") {
		t.Errorf("after signing in: %s", res.Request.URL)
	}
	if res, _ = b.do("POST", "/console/logout", nil); res.Request.URL.Path != "/console/login" {
		t.Errorf("after signing out: %s", res.Request.URL)
	}
	if res, _ = b.do("GET", "/console/inbox", nil); res.Request.URL.Path != "/console/login" {
		t.Errorf("signed out, yet sees %s", res.Request.URL)
	}
	if strings.Contains(h.log.String(), "guzel") || strings.Contains(h.log.String(), "не тот") || strings.Contains(h.log.String(), "2026-11-25") {
		t.Errorf("the log holds more than ids:\n%s", h.log)
	}
}

func TestNextStaysInside(t *testing.T) {
	for next, want := range map[string]string{
		"/console/inbox?show=all":     "/console/inbox?show=all",
		"":                            "/console/",
		"https://evil.example/":       "/console/",
		"//evil.example/console/":     "/console/",
		"/console/../../evil":         "/console/",
		"/\\evil.example/console/":    "/console/",
		"javascript:alert(1)":         "/console/",
		"/elsewhere":                  "/console/",
		"https:/console/":             "/console/",
		"/console/x\r\nSet-Cookie: a": "/console/",
	} {
		if got := inside(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

func TestTheDoorSlowsDown(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	wrong := url.Values{"login": {"guzel"}, "password": {"не тот"}}
	for range 3 {
		b.post("/console/login", wrong)
	}
	right := url.Values{"login": {"guzel"}, "password": {password}}
	res, body := b.do("POST", "/console/login", right)
	if res.StatusCode != http.StatusTooManyRequests || !strings.Contains(body, "через 1 секунду") || res.Header.Get("Retry-After") != "1" {
		t.Errorf("fourth attempt at once: %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	h.clock.pass(time.Second)
	if status, body := b.post("/console/login", right); status != 200 || !strings.Contains(body, "Входящие") {
		t.Errorf("after the wait: %d", status)
	}
}

func TestWritesFromElsewhereAreRefused(t *testing.T) {
	h := open(t)
	card := h.visit(t)
	b := h.as(t, staff.Owner)
	form := url.Values{"version": {"1"}}
	for name, header := range map[string][]string{
		"another site":        {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		"a neighbouring port": {"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"},
		"says nothing":        {"Sec-Fetch-Site", "", "Origin", ""},
	} {
		res, body := b.do("POST", "/console/appointments/A-1042/confirm", form, header...)
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, res.StatusCode, body)
		}
	}
	if now, _ := h.desk.Appointment(t.Context(), card.Number); now.Status != "requested" {
		t.Errorf("a refused write did something: %s", now.Status)
	}
	// A GET changes nothing either.
	if status, _ := b.get("/console/appointments/A-1042/confirm"); status != http.StatusMethodNotAllowed {
		t.Errorf("a write by GET: %d", status)
	}
}

func TestRoles(t *testing.T) {
	h := open(t)
	h.visit(t)
	signedIn := map[staff.Role]*browser{}
	for _, c := range []struct {
		role         staff.Role
		path, method string
		status       int
	}{
		{staff.Reception, "/console/inbox", "GET", 200},
		{staff.Reception, "/console/deliveries", "GET", 200},
		{staff.Reception, "/console/journal", "GET", 403},
		{staff.Reception, "/console/access", "GET", 403},
		{staff.Auditor, "/console/inbox", "GET", 403},
		{staff.Auditor, "/console/conversations/v1", "GET", 403},
		{staff.Auditor, "/console/conversations/v1/cards", "GET", 403},
		{staff.Auditor, "/console/appointments/A-1042", "GET", 403},
		{staff.Auditor, "/console/appointments/A-1042/confirm", "POST", 403},
		{staff.Auditor, "/console/appointments/A-1042/reveal", "POST", 403},
		{staff.Auditor, "/console/deliveries/d/resend", "POST", 403},
		{staff.Auditor, "/console/journal", "GET", 200},
		{staff.Auditor, "/console/account", "GET", 200},
		{staff.Owner, "/console/access", "GET", 200},
	} {
		b, ok := signedIn[c.role]
		if !ok {
			b = h.as(t, c.role)
			signedIn[c.role] = b
		}
		if res, _ := b.do(c.method, c.path, url.Values{"version": {"1"}, "reason": {reasons[0]}}); res.StatusCode != c.status {
			t.Errorf("%s: %s %s is %d, want %d", c.role, c.method, c.path, res.StatusCode, c.status)
		}
	}
	if len(h.desk.revealed) != 0 {
		t.Errorf("revealed to one who may not: %v", h.desk.revealed)
	}
}

func TestStrangersReachNothing(t *testing.T) {
	h := open(t)
	h.visit(t)
	b := h.browser(t)
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	con := &Console{}
	for _, rt := range con.routes() {
		method, pattern, _ := strings.Cut(rt.pattern, " ")
		path := strings.NewReplacer("{$}", "", "{id}", "v1", "{number}", "A-1042", "{verb}", "confirm", "{part}", "cards").Replace(pattern)
		res, body := b.do(method, path, url.Values{"version": {"1"}})
		if res.StatusCode != http.StatusSeeOther && res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s answers a stranger with %d", rt.pattern, res.StatusCode)
		}
		if strings.Contains(body, "Марат") {
			t.Errorf("%s shows a stranger a name", rt.pattern)
		}
	}
}

func TestChangePassword(t *testing.T) {
	h := open(t)
	b := h.as(t, staff.Owner)
	other := h.as(t, staff.Owner)
	for _, c := range []struct {
		old, password, again string
		status               int
		says                 string
	}{
		{"не тот", "зелёный слон в тапках", "зелёный слон в тапках", 401, "Нынешний пароль введён неверно"},
		{password, "qwerty12345", "qwerty12345", 422, "слишком простой"},
		{password, "зелёный слон в тапках", "зелёный слон", 422, "не совпадают"},
		{password, "зелёный слон в тапках", "зелёный слон в тапках", 200, "Пароль изменён"},
	} {
		status, body := b.post("/console/account/password", url.Values{"old": {c.old}, "password": {c.password}, "again": {c.again}})
		if status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%q to %q: %d, want %d and «%s»", c.old, c.password, status, c.status, c.says)
		}
	}
	if res, _ := other.do("GET", "/console/account", nil); res.Request.URL.Path != "/console/login" {
		t.Error("another session outlives the password")
	}
}
