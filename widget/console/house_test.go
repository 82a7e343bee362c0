package console

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/clinic"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/vault"
)

const password = "синий чайник у окна"

// house is a console on a real socket, with the real staff store and journal.
type house struct {
	url   string
	desk  *desk
	staff *staff.Staff
	owner staff.Account
	db    *storage.DB
	clock *clock
	log   *pad
	sent  []string // deliveries that were sent again
}

// clock is moved by the test while the server reads it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// pad is a log that can be read while it is written.
type pad struct {
	mu   sync.Mutex
	text strings.Builder
}

func (p *pad) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *pad) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

func kazan(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func open(t *testing.T) *house {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Create(dir, vault.KeyFile(filepath.Join(dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{clock: &clock{at: time.Date(2026, 11, 24, 9, 30, 0, 0, kazan(t))}, log: &pad{}}
	if h.db, err = storage.Open(filepath.Join(dir, "okoshko.db"), v); err != nil {
		t.Fatal(err)
	}
	if h.staff, err = staff.New(staff.Config{DB: h.db, Now: h.clock.now, Cost: staff.Cost{Memory: 64, Passes: 1}}); err != nil {
		t.Fatal(err)
	}
	if h.owner, err = h.staff.First(t.Context(), "guzel", "Гузель", password); err != nil {
		t.Fatal(err)
	}
	h.desk = newDesk(h.clock.now)
	house := &clinic.Clinic{Name: clinic.Text{"ru": "Клиника «Ак Барс Здоровье»"}, Location: kazan(t)}
	con, err := New(Config{
		Desk: h.desk, Staff: h.staff, DB: h.db, Now: h.clock.now, Log: slog.New(slog.NewTextHandler(h.log, nil)),
		Clinic: func() *clinic.Clinic { return house },
		Resend: h.resend,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(con)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		if err := h.db.Close(); err != nil {
			t.Error(err)
		}
	})
	h.url = srv.URL
	return h
}

// browser keeps cookies and follows redirects.
type browser struct {
	t    *testing.T
	base string
	http *http.Client
}

func (h *house) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, base: h.url, http: &http.Client{Jar: jar}}
}

// as is a browser that somebody with this role has signed in.
func (h *house) as(t *testing.T, role staff.Role) *browser {
	t.Helper()
	login := "guzel"
	if role != staff.Owner {
		login = string(role)
		if _, err := h.staff.Create(t.Context(), staff.Actor{}, staff.Account{Login: login, Name: "Алина", Role: role}, password); err != nil {
			t.Fatal(err)
		}
	}
	b := h.browser(t)
	if status, body := b.post("/console/login", url.Values{"login": {login}, "password": {password}}); status != 200 || !strings.Contains(body, "Выйти") {
		t.Fatalf("sign in as %s: %d", role, status)
	}
	return b
}

func (b *browser) do(method, path string, form url.Values, header ...string) (*http.Response, string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", b.base)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			req.Header.Del(header[i])
		}
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res, string(body)
}

func (b *browser) get(path string) (int, string) {
	b.t.Helper()
	res, body := b.do(http.MethodGet, path, nil)
	return res.StatusCode, body
}

func (b *browser) post(path string, form url.Values) (int, string) {
	b.t.Helper()
	res, body := b.do(http.MethodPost, path, form)
	return res.StatusCode, body
}

// field is the value of the first form field of this name on a page.
func field(t *testing.T, page, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no field %s on the page", name)
	}
	return found[1]
}

// visit puts a conversation with one request into the desk: Гузель, Wednesday 14:00.
func (h *house) visit(t *testing.T) assistant.AppointmentCard {
	t.Helper()
	h.desk.say("v1", assistant.FromVisitor, "", "Запишите к терапевту")
	start := time.Date(2026, 11, 25, 14, 0, 0, 0, kazan(t))
	card := assistant.AppointmentCard{
		AppointmentView: assistant.AppointmentView{
			Number: "A-1042", Version: 1, Status: "requested", Service: "Приём терапевта", Specialist: "Ахметова Гузель Ринатовна",
			Branch: "на Баумана", Start: start, End: start.Add(30 * time.Minute),
		},
		SpecialistID: "akhmetova", Conversation: "v1", Contact: "c_1", Name: "Марат", Phone: "+7 917 ···-··-78", Source: map[string]string{"utm_source": "instagram"},
	}
	h.desk.request(card)
	return card
}
