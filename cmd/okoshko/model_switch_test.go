package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"okoshko/assistant"
	"okoshko/assistant/clinic"
)

// plainOllama is a server that holds every model and answers everything with
// one answer; it keeps which models it was asked for.
type plainOllama struct {
	*httptest.Server
	mu      sync.Mutex
	version string
	broken  bool
	asked   []string
	began   []string // the beginnings of prompts
}

func newPlainOllama(t *testing.T, answer string) *plainOllama {
	s := &plainOllama{version: "0.32.15"}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/version", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		fmt.Fprintf(w, `{"version":%q}`, s.version)
	})
	mux.HandleFunc("POST /api/show", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"capabilities":["completion"]}`) })
	mux.HandleFunc("POST /api/chat", func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			Model    string
			Format   json.RawMessage
			Messages []struct{ Content string }
		}
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.broken {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		s.asked = append(s.asked, request.Model)
		s.began = append(s.began, request.Messages[0].Content)
		text, _ := json.Marshal(answer)
		fmt.Fprintf(w, `{"model":"m","message":{"role":"assistant","content":%s},"done":true,"done_reason":"stop","prompt_eval_count":900,"prompt_eval_duration":20000000,"eval_count":30,"eval_duration":100000000}`+"\n", text)
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *plainOllama) seen() (asked, began []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.asked...), append([]string{}, s.began...)
}

// houseOf is the example clinic with another model, and another word where one
// is given.
func houseOf(t *testing.T, name, url string, replace ...string) *clinic.Clinic {
	t.Helper()
	text := strings.Replace(string(exampleClinic), "name: qwen3:4b-instruct\n  url: http://127.0.0.1:11434", "name: "+name+"\n  url: "+url, 1)
	text = strings.NewReplacer(replace...).Replace(text)
	c, problems, err := clinic.Parse("clinic.yaml", []byte(text))
	if err != nil {
		t.Fatal(err, problems)
	}
	return c
}

// newAppliance is a house that answers, without faces.
func newAppliance(t *testing.T, c *clinic.Clinic, log io.Writer) *appliance {
	t.Helper()
	data := dataFlags{Data: t.TempDir()}
	if err := data.create(); err != nil {
		t.Fatal(err)
	}
	db, err := data.open()
	if err != nil {
		t.Fatal(err)
	}
	l := slog.New(slog.NewTextHandler(log, nil))
	a, err := assemble(settings{db: db, clinic: c, model: namedModel(nil, l), log: l})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = a.assistant.Run(ctx) })
	running.Go(func() { _ = a.models.run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	<-a.assistant.Started()
	return a
}

// saysTo sends one message of a new visitor and returns the reply.
func saysTo(t *testing.T, a *appliance, text string) assistant.Turn {
	t.Helper()
	s, err := a.assistant.Open(t.Context(), assistant.Visit{Lang: "ru"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.assistant.Receive(t.Context(), s.Conversation, assistant.Incoming{ID: "1", Text: text}); err != nil {
		t.Fatal(err)
	}
	if err := a.assistant.Settle(t.Context(), s.Conversation); err != nil {
		t.Fatal(err)
	}
	turns, err := a.assistant.Turns(t.Context(), s.Conversation, 1)
	if err != nil || len(turns) != 1 {
		t.Fatalf("%d replies, %v", len(turns), err)
	}
	return turns[0]
}

const riddle = "тыгыдым шурум бурум абырвалг"

// TestModelReload: another model in the clinic file is asked from the next
// message on, without a restart; one that may not be asked leaves the old one;
// another service begins every prompt anew.
func TestModelReload(t *testing.T) {
	answer := `{"commands":[{"do":"human","quote":"шурум"}]}`
	first, second := newPlainOllama(t, answer), newPlainOllama(t, answer)
	var log bytes.Buffer
	a := newAppliance(t, houseOf(t, "one", first.URL), &log)

	if reply := saysTo(t, a, riddle); reply.Expects != assistant.ExpectOperator {
		t.Errorf("no help: %q", reply.Text)
	}
	for _, c := range []struct {
		house *clinic.Clinic
		name  string
		at    *plainOllama
	}{
		{houseOf(t, "two", first.URL), "two", first},
		{houseOf(t, "two", second.URL), "two", second},
		{houseOf(t, "three", "http://192.0.2.1:11434"), "two", second},
		{houseOf(t, "two", second.URL, "Приём терапевта", "Приём участкового терапевта"), "two", second},
	} {
		if err := a.use(c.house); err != nil {
			t.Fatal(err)
		}
		saysTo(t, a, riddle)
		asked, _ := c.at.seen()
		if len(asked) == 0 || asked[len(asked)-1] != c.name || a.models.model().Name() != c.name {
			t.Errorf("%s: asked %q, now %s", c.house.Model.Name, asked, a.models.model().Name())
		}
	}
	until(t, "the new beginning to be read", func() bool {
		_, began := second.seen()
		return strings.Contains(began[len(began)-1], "Приём участкового терапевта")
	})
	if !strings.Contains(log.String(), "old one stays") {
		t.Errorf("nothing is told of the model that may not be asked: %s", log.String())
	}
}

// TestModelState: the breaker and what came of asking stand in /readyz, in
// /metrics and in what the doctor says.
func TestModelState(t *testing.T) {
	s := newPlainOllama(t, `{"commands":[{"do":"human","quote":"шурум"},{"do":"cancel","quote":"не сказано"}]}`)
	house := houseOf(t, "one", s.URL)
	a := newAppliance(t, house, io.Discard)
	service := httptest.NewServer(a.serviceMux())
	defer service.Close()
	get := func(path string) string {
		t.Helper()
		r, err := http.Get(service.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	want := func(text string, pieces ...string) {
		t.Helper()
		for _, piece := range pieces {
			if !strings.Contains(text, piece) {
				t.Errorf("expected %q in\n%s", piece, text)
			}
		}
	}
	saysTo(t, a, riddle)
	want(get("/readyz"), `"model":{"ok":true,"detail":"one, breaker closed"`)
	want(get("/metrics"), `okoshko_model_help_total{outcome="in_time"} 1`, "okoshko_model_breaker 0", "okoshko_model_dropped_total 1", `okoshko_model_requests_total{outcome="answered"} 1`,
		`okoshko_model_tokens_total{of="prompt"}`, `okoshko_model_seconds_total{of="total"}`)
	doctor := doctorCommand{Service: strings.TrimPrefix(service.URL, "http://")}
	if f := doctor.model(t.Context(), house); f.todo != "" || !strings.Contains(f.sees, "breaker closed") || !strings.Contains(f.sees, "0.32.15") {
		t.Errorf("the doctor: %+v", f)
	}

	s.mu.Lock()
	s.broken = true
	s.mu.Unlock()
	for range 3 { // as many as the breaker allows in a row
		saysTo(t, a, riddle)
	}
	want(get("/readyz"), `"model":{"ok":false,"detail":"one, breaker open, last failure`)
	want(get("/metrics"), "okoshko_model_breaker 2", `okoshko_model_requests_total{outcome="unavailable"} 3`, `okoshko_model_help_total{outcome="none"} 3`)
	if f := doctor.model(t.Context(), house); !strings.Contains(f.todo, "leaves the model alone") {
		t.Errorf("the doctor: %+v", f)
	}

	s.mu.Lock()
	s.version = "0.9.6"
	s.mu.Unlock()
	if f := doctor.model(t.Context(), house); !strings.Contains(f.todo, "older than any that was tried") {
		t.Errorf("the doctor of an old server: %+v", f)
	}
	if f := doctor.model(t.Context(), houseOf(t, "one", "http://192.0.2.1:11434")); !strings.Contains(f.todo, "would leave this machine") {
		t.Errorf("the doctor of another machine: %+v", f)
	}
	if f := (&doctorCommand{Service: "127.0.0.1:1"}).model(t.Context(), house); strings.Contains(f.sees, "the service says") {
		t.Errorf("the doctor of no service: %+v", f)
	}
}
