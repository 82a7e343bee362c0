package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
	"okoshko/storage/vault"
)

// desk is a scripted assistant with one appointment.
type desk struct {
	*assistant.Assistant // nil: what a scripted desk does not script, no test of it asks

	card   assistant.AppointmentCard
	refuse error
	asked  assistant.Filter
	by     assistant.Operator
}

func (d *desk) Inbox(context.Context) ([]assistant.Summary, error) {
	return []assistant.Summary{
		{Conversation: "v2", Lang: "en", Seq: 3, Seen: 3, Owner: assistant.Owner{Kind: assistant.OwnerWaiting}, Preview: "words of a visitor"},
		{Conversation: "v1", Lang: "ru", Seq: 9, Seen: 4, Owner: assistant.Owner{Kind: assistant.OwnerAssistant}, Requested: 1, Number: "A-1042", Contact: "c_1", Name: "Марат"},
	}, nil
}

func (d *desk) Appointments(_ context.Context, f assistant.Filter) ([]assistant.AppointmentCard, error) {
	d.asked = f
	return []assistant.AppointmentCard{d.card}, nil
}

func (d *desk) Appointment(_ context.Context, number string) (assistant.AppointmentCard, error) {
	if number != d.card.Number {
		return assistant.AppointmentCard{}, storage.ErrNotFound
	}
	return d.card, nil
}

func (d *desk) Decide(_ context.Context, op assistant.Operator, dec assistant.Decision) (assistant.AppointmentCard, error) {
	switch {
	case dec.Number != d.card.Number:
		return assistant.AppointmentCard{}, storage.ErrNotFound
	case dec.Version != d.card.Version:
		return assistant.AppointmentCard{}, &booking.Stale{}
	case d.refuse != nil:
		return assistant.AppointmentCard{}, d.refuse
	}
	d.by = op
	d.card.Version++
	d.card.Status, d.card.Reason = dec.Verb, dec.Reason
	if !dec.Start.IsZero() {
		d.card.Start = dec.Start
	}
	return d.card, nil
}

type house struct {
	t     *testing.T
	url   string
	desk  *desk
	staff *staff.Staff
	db    *storage.DB
	token string
	sent  []string
}

func open(t *testing.T) *house {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Create(dir, vault.KeyFile(filepath.Join(dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t}
	if h.db, err = storage.Open(filepath.Join(dir, "okoshko.db"), v); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 0, zone) }
	if h.staff, err = staff.New(staff.Config{DB: h.db, Now: now}); err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)
	h.desk = &desk{card: assistant.AppointmentCard{
		AppointmentView: assistant.AppointmentView{Number: "A-1042", Version: 1, Status: "requested", Service: "Приём терапевта", Specialist: "Ахметова", Branch: "на Баумана", Start: start, End: start.Add(30 * time.Minute)},
		ServiceID:       "therapist", SpecialistID: "akhmetova", BranchID: "bauman", Contact: "c_1", Name: "Марат", Phone: "+7 917 ···-··-78", Conversation: "v1",
		Created: start, Changed: start,
	}}
	a, err := New(Config{
		Desk: h.desk, Staff: h.staff, DB: h.db, Now: now, Clinic: func() *clinic.Clinic { return &clinic.Clinic{Location: zone} },
		Resend: func(_ context.Context, id string) error {
			if id == "gone" {
				return storage.ErrNotFound
			}
			h.sent = append(h.sent, id)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a)
	t.Cleanup(func() {
		srv.Close()
		if err := h.db.Close(); err != nil {
			t.Error(err)
		}
	})
	h.url = srv.URL
	h.token = h.tokenOf(staff.Reception)
	return h
}

func (h *house) tokenOf(role staff.Role) string {
	h.t.Helper()
	secret, _, err := h.staff.CreateToken(h.t.Context(), staff.Actor{}, "CRM", role)
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

func (h *house) do(method, path, body string, header ...string) (*http.Response, map[string]any) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.token)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	var doc map[string]any
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := json.Unmarshal(raw, &doc); err != nil {
			h.t.Fatalf("%s %s: %s: %v", method, path, raw, err)
		}
	}
	return res, doc
}

func TestTokensAndRoles(t *testing.T) {
	h := open(t)
	reception, auditor := h.token, h.tokenOf(staff.Auditor)
	described := described(t).Components.Problems
	for _, c := range []struct {
		token, method, path string
		status              int
		problem             string
	}{
		{reception, "GET", "/api/v1/appointments", 200, ""},
		{"", "GET", "/api/v1/appointments", 401, "unauthorized"},
		{"okt_" + strings.Repeat("A", 26), "GET", "/api/v1/appointments", 401, "unauthorized"},
		{reception + "x", "GET", "/api/v1/appointments", 401, "unauthorized"},
		{auditor, "GET", "/api/v1/appointments", 403, "forbidden"},
		{auditor, "GET", "/api/v1/conversations", 403, "forbidden"},
		{auditor, "POST", "/api/v1/appointments/A-1042/confirm", 403, "forbidden"},
		{auditor, "GET", "/api/v1/deliveries", 200, ""},
		{auditor, "POST", "/api/v1/deliveries/x/resend", 403, "forbidden"},
		{"", "GET", "/api/v1/openapi.json", 200, ""},
		{reception, "GET", "/api/v1/nothing", 404, "Not Found"},
		{reception, "DELETE", "/api/v1/appointments/A-1042", 405, "Method Not Allowed"},
	} {
		h.token = c.token
		res, doc := h.do(c.method, c.path, "", "If-Match", `"1"`)
		if res.StatusCode != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, res.StatusCode, c.status)
		}
		if c.problem == "" {
			continue
		}
		name := kindOf(doc)
		if name == "" {
			name, _ = doc["title"].(string)
		} else if described[name] == "" {
			t.Errorf("problem %s is not described", name)
		}
		if name != c.problem || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: problem %q as %q, want %q", c.method, c.path, name, res.Header.Get("Content-Type"), c.problem)
		}
	}
}

func kindOf(doc map[string]any) string {
	typ, _ := doc["type"].(string)
	return typ[strings.LastIndex(typ, "/")+1:]
}

func TestAppointments(t *testing.T) {
	h := open(t)
	_, doc := h.do("GET", "/api/v1/appointments?from=2026-11-25&to=2026-11-26&status=requested,confirmed", "")
	first := doc["appointments"].([]any)[0].(map[string]any)
	if first["start"] != "2026-11-25T14:00:00+03:00" || first["timezone"] != "Europe/Moscow" || first["contact"].(map[string]any)["phone"] != "+7 917 ···-··-78" {
		t.Errorf("appointment %v", first)
	}
	if got := h.desk.asked; !got.From.Equal(time.Date(2026, 11, 24, 21, 0, 0, 0, time.UTC)) || got.To.Sub(got.From) != 24*time.Hour || !slices.Equal(got.Statuses, []string{"requested", "confirmed"}) {
		t.Errorf("asked for %+v", got)
	}
	h.do("GET", "/api/v1/appointments", "")
	if got := h.desk.asked; got.From.Format(time.DateOnly) != "2026-11-24" || got.To.Sub(got.From) != 7*24*time.Hour {
		t.Errorf("by default asked for %+v", got)
	}
	for _, query := range []string{"from=yesterday", "to=2026-13-01", "status=maybe", "from=2026-11-25&to=2026-11-24", "from=2026-01-01&to=2026-12-31"} {
		if res, doc := h.do("GET", "/api/v1/appointments?"+query, ""); res.StatusCode != 400 || kindOf(doc) != "bad-request" {
			t.Errorf("%s: %d", query, res.StatusCode)
		}
	}
	res, doc := h.do("GET", "/api/v1/appointments/A-1042", "")
	if res.Header.Get("ETag") != `"1"` || doc["number"] != "A-1042" {
		t.Errorf("one: %v, ETag %s", doc, res.Header.Get("ETag"))
	}
	if res, doc = h.do("GET", "/api/v1/appointments/A-9", ""); res.StatusCode != 404 || kindOf(doc) != "not-found" {
		t.Errorf("an unknown one: %d", res.StatusCode)
	}
}

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name, verb, match, body string
		refuse                  error
		status                  int
		problem                 string
	}{
		{"confirm", "confirm", `"1"`, "", nil, 200, ""},
		{"decline", "decline", `"1"`, `{"reason":"Врач заболел"}`, nil, 200, ""},
		{"move", "move", `"1"`, `{"start":"2026-11-26T10:30:00+03:00","reason":"По просьбе"}`, nil, 200, ""},
		{"arrived", "arrived", `"1"`, `{}`, nil, 200, ""},
		{"no version", "confirm", "", "", nil, 428, "version-needed"},
		{"any version", "confirm", "*", "", nil, 400, "bad-request"},
		{"version without quotes", "confirm", "1", "", nil, 400, "bad-request"},
		{"a stale version", "confirm", `"7"`, "", nil, 412, "stale"},
		{"a move to nowhere", "move", `"1"`, `{}`, nil, 400, "bad-request"},
		{"no JSON", "decline", `"1"`, `reason=x`, nil, 400, "bad-request"},
		{"an unknown field", "decline", `"1"`, `{"why":"x"}`, nil, 400, "bad-request"},
		{"too long a reason", "decline", `"1"`, `{"reason":"` + strings.Repeat("я", 301) + `"}`, nil, 400, "bad-request"},
		{"a taken slot", "move", `"1"`, `{"start":"2026-11-26T10:30:00+03:00"}`, &booking.Refusal{Why: booking.Taken, Nearest: []booking.Slot{{Start: time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)}}}, 409, "slot-unavailable"},
		{"a cancelled one", "confirm", `"1"`, "", &booking.WrongStatus{}, 409, "wrong-status"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := open(t)
			h.desk.refuse = c.refuse
			header := []string{"If-Match", c.match}
			if c.match == "" {
				header = nil
			}
			res, doc := h.do("POST", "/api/v1/appointments/A-1042/"+c.verb, c.body, header...)
			if res.StatusCode != c.status || kindOf(doc) != c.problem {
				t.Fatalf("%d %v; want %d %s", res.StatusCode, doc, c.status, c.problem)
			}
			switch c.problem {
			case "":
				if res.Header.Get("ETag") != `"2"` || h.desk.card.Status != c.verb || !strings.HasPrefix(h.desk.by.ID, "tok_") {
					t.Errorf("ETag %s, %s by %s", res.Header.Get("ETag"), h.desk.card.Status, h.desk.by.ID)
				}
			case "stale", "wrong-status":
				if now := doc["appointment"].(map[string]any); now["version"] != 1.0 {
					t.Errorf("the present state is %v", now)
				}
			case "slot-unavailable":
				if doc["why"] != "taken" || doc["nearest"].([]any)[0] != "2026-11-26T11:00:00+03:00" {
					t.Errorf("problem %v", doc)
				}
			}
			if c.status != 200 && h.desk.card.Version != 1 {
				t.Error("a refused change did something")
			}
		})
	}
}

func TestConversationsHoldNoWords(t *testing.T) {
	h := open(t)
	_, doc := h.do("GET", "/api/v1/conversations", "")
	all := doc["conversations"].([]any)
	if len(all) != 2 || all[1].(map[string]any)["unread"] != true || all[0].(map[string]any)["unread"] != false {
		t.Errorf("conversations %v", all)
	}
	if raw, _ := json.Marshal(doc); bytes.Contains(raw, []byte("words of a visitor")) {
		t.Error("a visitor's words are in the list")
	}
	if _, doc = h.do("GET", "/api/v1/conversations?owner=waiting", ""); len(doc["conversations"].([]any)) != 1 {
		t.Errorf("those that wait: %v", doc)
	}
	if res, _ := h.do("GET", "/api/v1/conversations?owner=cat", ""); res.StatusCode != 400 {
		t.Errorf("an unknown owner: %d", res.StatusCode)
	}
}

func TestDeliveries(t *testing.T) {
	h := open(t)
	err := h.db.Update(func(tx *storage.Tx) error {
		if err := outbox.Plan(tx, "crm", nil); err != nil {
			return err
		}
		if _, err := outbox.Append(tx, "appointment.requested", "A-1042", time.Now(), map[string]string{}); err != nil {
			return err
		}
		return outbox.Plan(tx, "crm", nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, doc := h.do("GET", "/api/v1/deliveries?receiver=crm&state=waiting&limit=10", "")
	all := doc["deliveries"].([]any)
	if len(all) != 1 || all[0].(map[string]any)["type"] != "appointment.requested" || all[0].(map[string]any)["next"] == nil {
		t.Fatalf("deliveries %v", doc)
	}
	id := all[0].(map[string]any)["id"].(string)
	if res, _ := h.do("POST", "/api/v1/deliveries/"+id+"/resend", ""); res.StatusCode != 202 || !slices.Equal(h.sent, []string{id}) {
		t.Errorf("send again: %d, %v", res.StatusCode, h.sent)
	}
	if res, _ := h.do("POST", "/api/v1/deliveries/gone/resend", ""); res.StatusCode != 404 {
		t.Errorf("an unknown one: %d", res.StatusCode)
	}
	for _, query := range []string{"limit=0", "limit=501", "state=lost"} {
		if res, _ := h.do("GET", "/api/v1/deliveries?"+query, ""); res.StatusCode != 400 {
			t.Errorf("%s: %d", query, res.StatusCode)
		}
	}
}

// TestReadingIsNoted: each request that shows people is in the journal, with the
// token that made it.
func TestReadingIsNoted(t *testing.T) {
	h := open(t)
	h.do("GET", "/api/v1/appointments", "")
	h.do("GET", "/api/v1/appointments", "")
	var n int
	err := h.db.View(func(tx *storage.Tx) (err error) {
		for e := range audit.Entries(tx, 0, 0, &err) {
			if e.Action == "api.read" && e.Actor != "" {
				n++
			}
		}
		return err
	})
	if err != nil || n != 2 {
		t.Errorf("%d entries, %v, want 2", n, err)
	}
}
