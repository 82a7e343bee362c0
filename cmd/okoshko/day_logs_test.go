//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"pgregory.net/rapid"

	"okoshko/assistant"
	"okoshko/assistant/clinic"
	"okoshko/assistant/staff"
)

// loggedHouse is a whole appliance in this process, that logs all it can.
type loggedHouse struct {
	*appliance
	log            *output
	public         *httptest.Server
	owner          *http.Client
	session, token string
	real           []string // ids of what there is
}

func newLoggedHouse(t *testing.T) *loggedHouse {
	data := dataFlags{Data: t.TempDir()}
	if err := data.create(); err != nil {
		t.Fatal(err)
	}
	db, err := data.open()
	if err != nil {
		t.Fatal(err)
	}
	prompts, told := &listener{}, &listener{}
	house, problems, err := clinic.Parse("clinic.yaml", []byte(dayClinic(prompts.ollama(t).URL, told.receiver(t).URL, told.receiver(t).URL, "")))
	if err != nil {
		t.Fatal(err, problems)
	}
	h := &loggedHouse{log: &output{}}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if h.appliance, err = assemble(settings{db: db, clinic: house, model: namedModel(nil, log), log: log}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for _, part := range []func(context.Context) error{h.assistant.Run, h.models.run, h.relay.Run, h.visitors.Run} {
		running.Go(func() { _ = part(ctx) })
	}
	h.public = httptest.NewUnstartedServer(h.face())
	h.public.Config.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
	h.public.Start()
	t.Cleanup(func() {
		cancel()
		h.public.Close()
		running.Wait()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	<-h.assistant.Started()
	h.people(t)
	return h
}

// people are an owner who has signed in, a program, and one visitor with a visit.
func (h *loggedHouse) people(t *testing.T) {
	const password = "тихий-кот-видит-окно"
	first, err := h.staff.First(t.Context(), "owner", "Рустем", password)
	if err != nil {
		t.Fatal(err)
	}
	if h.token, _, err = h.staff.CreateToken(t.Context(), staff.Actor{ID: first.ID, Role: first.Role}, "журнал", staff.Owner); err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	h.owner = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	h.ask(h.owner, http.MethodPost, "/console/login", url.Values{"login": {"owner"}, "password": {password}}, nil)
	s, err := h.assistant.Open(t.Context(), assistant.Visit{Lang: "ru"})
	if err != nil {
		t.Fatal(err)
	}
	h.session = s.Conversation
	for i, text := range []string{"к терапевту Белову послезавтра в 11:00", "да", "Мирослава Телегина", "8 950 555 06 78", "да"} {
		h.say(t.Context(), h.session, fmt.Sprint(i), text)
	}
	found, err := h.assistant.FindPeople(t.Context(), assistant.Operator{ID: first.ID}, "89505550678")
	if err != nil || len(found) != 1 {
		t.Fatalf("%d people, %v", len(found), err)
	}
	h.real = []string{"A-1001", h.session, found[0].Contact, "D-1", "X-1", "E-1", "I-1", "dentist", "1"}
}

func (h *loggedHouse) say(ctx context.Context, conversation, id, text string) {
	if _, err := h.assistant.Receive(ctx, conversation, assistant.Incoming{ID: id, Text: text}); err == nil {
		_ = h.assistant.Settle(ctx, conversation)
	}
}

func (h *loggedHouse) ask(by *http.Client, method, path string, form url.Values, header map[string]string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second) // streams do not end
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, h.public.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		return // a path that no client can send
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	if answer, err := by.Do(r); err == nil {
		_, _ = io.CopyN(io.Discard, answer.Body, 1<<16)
		_ = answer.Body.Close()
	}
}

// waysIn are the patterns of every page, and the names of every field that some
// page reads, as the rooms' files have them.
func waysIn(t *testing.T) (patterns, fields []string) {
	t.Helper()
	pattern := regexp.MustCompile(`"(GET|POST) (/[^"]*)"`)
	field := regexp.MustCompile(`(?:PostForm|PostFormValue|FormValue|Query\(\)|q|f|query)(?:\.Get)?\("([a-z_]+)"\)`)
	all, names := map[string]bool{}, map[string]bool{}
	for _, room := range []string{"widget", "widget/console", "widget/api", "widget/calendar"} {
		files, err := filepath.Glob("../../" + room + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range pattern.FindAllStringSubmatch(string(text), -1) {
				all[m[1]+" "+m[2]] = true
			}
			for _, m := range field.FindAllStringSubmatch(string(text), -1) {
				names[m[1]] = true
			}
		}
	}
	patterns, fields = slices.Sorted(maps.Keys(all)), slices.Sorted(maps.Keys(names))
	if len(patterns) < 70 || len(fields) < 20 {
		t.Fatalf("found %d pages and %d fields", len(patterns), len(fields))
	}
	return patterns, fields
}

// TestNothingPersonalInLogs feeds personal data through every way in: path, query,
// form, header, cookie, frame, words, with and without leave. Nothing of it is in
// the log, at its lowest level.
func TestNothingPersonalInLogs(t *testing.T) {
	h := newLoggedHouse(t)
	patterns, fields := waysIn(t)
	secrets := slicesOf(ofAdelina, ofHandoff, canaries("an address", "adelina@private.example"), canaries("a document", "9214778899"), canaries("a password", "коралловый-жираф-7"))
	texts := []string{
		"Аделина Шарафеева", "8 (917) 555-01-23", "+79175550123", "adelina@private.example", "паспорт 9214 778899", "коралловый-жираф-7",
		"Мирослава Телегина 8 950 555 06 78", "тыгыдым Аделина Шарафеева 89175550123 бурум?", "\xffШарафеева\x00", "%zz9175550123", "⟦own-phone⟧ Шарафеева", "A-9175550123", "{\"phone\":\"9175550123\"}",
	}
	s := newSearcher(secrets)
	wild := map[string]bool{"POST /console/logout": true, "POST /console/account/password": true, "GET /console/live": true, "POST /console/people/{contact}/erase": true}
	hole := regexp.MustCompile(`\{[^}]*\}`)
	read := 0
	rapid.Check(t, func(r *rapid.T) {
		value := func(label string) string {
			if rapid.IntRange(0, 2).Draw(r, "real "+label) == 0 {
				return rapid.SampledFrom(h.real).Draw(r, label)
			}
			return rapid.SampledFrom(texts).Draw(r, label)
		}
		p := rapid.SampledFrom(patterns).Draw(r, "page")
		if wild[p] {
			return
		}
		method, path, _ := strings.Cut(p, " ")
		path = hole.ReplaceAllStringFunc(path, func(string) string { return url.PathEscape(value("path")) })
		form := url.Values{}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(fields), 0, 8).Draw(r, "fields") {
			form.Set(name, value(name))
		}
		by, header := h.owner, map[string]string{}
		switch rapid.IntRange(0, 3).Draw(r, "leave") {
		case 0:
			by, header["Authorization"], header["Cookie"] = http.DefaultClient, "Bearer "+url.QueryEscape(value("bearer")), "me="+url.QueryEscape(value("cookie"))
		case 1:
			header["Authorization"] = "Bearer " + h.token
		}
		if method == http.MethodGet {
			path, form = path+"?"+form.Encode(), nil
		}
		header["Referer"], header["X-Forwarded-For"] = "http://x/"+url.PathEscape(value("referer")), url.QueryEscape(value("address"))
		h.ask(by, method, path, form, header)
		h.frames(value)
		h.say(context.Background(), h.session, value("frame"), value("words"))
		text := h.log.String()
		for _, found := range s.find([]byte(text[min(read, len(text)):])) {
			r.Fatalf("%s %s: the log has %s", method, p, found)
		}
		read = max(0, len(text)-100)
	})
	if n := strings.Count(h.log.String(), "\n"); n < 100 {
		t.Errorf("%d lines of log: nothing is proved", n)
	}
}

// frames sends a stranger's frames.
func (h *loggedHouse) frames(value func(string) string) {
	dialer := websocket.Dialer{Subprotocols: []string{"okoshko.chat.v1"}}
	conn, answer, err := dialer.Dial("ws"+strings.TrimPrefix(h.public.URL, "http")+"/chat/v1", http.Header{"Origin": {h.public.URL}})
	if err != nil {
		if answer == nil && !errors.Is(err, websocket.ErrBadHandshake) {
			panic(err)
		}
		return // too many from one address: that is its limit's business
	}
	defer conn.Close()
	for _, f := range []map[string]any{
		{"type": "hello", "token": value("token"), "lang": value("lang"), "page": value("page"), "source": map[string]string{"utm_term": value("mark")}},
		{"type": "hello", "lang": "ru"},
		{"type": value("type"), "id": value("id"), "text": value("text")},
		{"type": "pick", "id": value("id"), "button": value("button")},
	} {
		_ = conn.WriteJSON(f)
	}
	_ = conn.WriteMessage(websocket.TextMessage, []byte(value("broken")))
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, _, _ = conn.ReadMessage()
}
