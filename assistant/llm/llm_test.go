package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const yes = `{"type":"object","properties":{"do":{"type":"string","enum":["yes","no"]}},"required":["do"]}`

// secret stands for a visitor's words in prompts and answers: no error may
// repeat it.
const secret = "Гузель"

func question() Request {
	return Request{
		Messages: []Message{{RoleSystem, "system of " + secret}, {RoleUser, "words of " + secret}},
		Schema:   json.RawMessage(yes), Key: "c1",
	}
}

// stub is an HTTP server that answers /api/chat as told.
type stub struct {
	*httptest.Server
	mu       sync.Mutex
	show     string
	requests []string // bodies of /api/chat
}

func newStub(t testing.TB, chat http.HandlerFunc) *stub {
	s := &stub{show: `{"capabilities":["completion"]}`}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/show", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		io.WriteString(w, s.show)
	})
	mux.HandleFunc("POST /api/chat", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.requests = append(s.requests, string(body))
		s.mu.Unlock()
		chat(w, r)
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// frame is a line of an answer, as Ollama streams it.
func frame(content string) string {
	text, _ := json.Marshal(content)
	return fmt.Sprintf(`{"model":"m","message":{"role":"assistant","content":%s},"done":false}`+"\n", text)
}

func last(reason string) string {
	return fmt.Sprintf(`{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":%q,`+
		`"load_duration":5,"prompt_eval_count":40,"prompt_eval_duration":20000000,"eval_count":8,"eval_duration":100000000}`+"\n", reason)
}

func says(lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, line := range lines {
			io.WriteString(w, line)
			w.(http.Flusher).Flush()
		}
	}
}

func TestAsk(t *testing.T) {
	s := newStub(t, says(frame(`{"do":`), frame(`"yes"} `), last("stop")))
	m := mustNew(t, Config{URL: s.URL, Name: "m:1b", NumCtx: 2048})
	a, err := m.Ask(t.Context(), question())
	if err != nil {
		t.Fatal(err)
	}
	if string(a.JSON) != `{"do":"yes"}` || a.PromptTokens != 40 || a.Tokens != 8 || a.Reading != 20*time.Millisecond || a.Writing != 100*time.Millisecond {
		t.Errorf("answer %+v", a)
	}
	if a.First <= 0 || a.First > a.Total || a.Wait > a.Total {
		t.Errorf("times %+v", a)
	}
	sums := m.Metrics()
	want := Metrics{
		Asked: 1, Answered: 1, PromptTokens: 40, Tokens: 8, Loading: 5, Reading: 20 * time.Millisecond, Writing: 100 * time.Millisecond,
		Wait: sums.Wait, First: a.First, Total: a.Total,
	}
	if diff := cmp.Diff(want, sums); diff != "" {
		t.Errorf("metrics:\n%s", diff)
	}
	if speed := m.Health().Speed; speed.Answers != 1 || speed.Reading != 2000 || speed.Writing != 80 {
		t.Errorf("speed %+v", speed)
	}
}

// TestRequest: what is sent, byte by byte, for a model that thinks and for one
// that cannot be told not to.
func TestRequest(t *testing.T) {
	const plain = `{"model":"m","messages":[{"role":"system","content":"system of Гузель"},{"role":"user","content":"words of Гузель"}],` +
		`"format":` + yes + `,"keep_alive":-1,"options":{"num_ctx":4096,"num_predict":160,"seed":0,"temperature":0},"truncate":false,"shift":false}`
	thinking := strings.Replace(plain, `,"truncate"`, `,"think":false,"truncate"`, 1)
	for _, c := range []struct{ capabilities, want string }{
		{`["completion","thinking"]`, thinking},
		{`["completion","tools"]`, plain},
	} {
		s := newStub(t, says(frame(`{"do":"no"}`), last("stop")))
		s.show = `{"capabilities":` + c.capabilities + `}`
		m := mustNew(t, Config{URL: s.URL, Name: "m"})
		if _, err := m.Ask(t.Context(), question()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{c.want}, s.requests); diff != "" {
			t.Errorf("%s:\n%s", c.capabilities, diff)
		}
	}
}

// TestFailures: whatever a server does, Ask ends with the right error, says
// nothing of what was said, and the next request is served.
func TestFailures(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	trickle := func(w http.ResponseWriter, r *http.Request) {
		for range 1000 { // far slower than the time allowed
			select {
			case <-r.Context().Done():
				return
			case <-time.After(20 * time.Millisecond):
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
			}
		}
	}
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			io.WriteString(w, body)
		}
	}
	huge := strings.Repeat("a", 10<<20)
	for _, c := range []struct {
		name string
		chat http.HandlerFunc
		want error
		text string // in the error
	}{
		{"hangs", hang, ErrUnavailable, "no answer within"},
		{"a byte now and then", trickle, ErrUnavailable, "no answer within"},
		{"500", status(500, `{"error":"panic at `+secret+`"}`), ErrUnavailable, "server error"},
		{"500 without JSON", status(500, "panic at "+secret), ErrUnavailable, "server error"},
		{"500 of a known kind", status(500, `{"error":"llama-server binary not found"}`), ErrUnavailable, "cannot run"},
		{"not enough memory", status(500, `{"error":"model requires more system memory (9 GiB)"}`), ErrUnavailable, "memory"},
		{"wrong model", status(404, `{"error":"model 'm' not found"}`), ErrNoModel, ""},
		{"full", status(503, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`), ErrUnavailable, "queue is full"},
		{"login", status(401, `{"error":"unauthorized"}`), ErrUnavailable, "login"},
		{"refused", status(400, `{"error":"invalid `+secret+`"}`), ErrUnavailable, "refuses"},
		{"too long", status(400, `{"error":"the input length exceeds the context length"}`), ErrTooLong, ""},
		{"elsewhere", status(307, ""), ErrUnavailable, ""},
		{"no body", says(), ErrUnavailable, "broke off"},
		{"stream ends early", says(frame(`{"do":`)), ErrTruncated, "stopped the answer"},
		{"connection cut", func(w http.ResponseWriter, _ *http.Request) {
			says(frame(`{"do":`))(w, nil)
			panic(http.ErrAbortHandler)
		}, ErrUnavailable, "broke off"},
		{"error in band", says(frame(`{"do":`), `{"error":"`+secret+` crashed"}`+"\n"), ErrUnavailable, "within the answer"},
		{"runner died", says(frame(`{`), `{"error":"an error was encountered while running the model: unexpected EOF"}`+"\n"), ErrUnavailable, "broke off"},
		{"no JSON in the stream", says("<html>" + secret + "\n"), ErrUnavailable, "within the answer"},
		{"cut by its bound", says(frame(`{"do":"y`), last("length")), ErrTruncated, ""},
		{"loaded, no answer", says(last("load")), ErrInvalid, "not JSON"},
		{"not JSON", says(frame("Здравствуйте, "+secret), last("stop")), ErrInvalid, "not JSON"},
		{"JSON half", says(frame(`{"do":"yes"`), last("stop")), ErrInvalid, "not JSON"},
		{"text behind", says(frame(`{"do":"yes"} ok`), last("stop")), ErrInvalid, "behind"},
		{"not of the list", says(frame(`{"do":"`+secret+`"}`), last("stop")), ErrInvalid, "do: "},
		{"a property too many", says(frame(`{"do":"yes","x":1}`), last("stop")), ErrInvalid, "unknown property"},
		{"required missing", says(frame(`{}`), last("stop")), ErrInvalid, "without do"},
		{"another type", says(frame(`[1]`), last("stop")), ErrInvalid, ""},
		{"10 MB in one frame", says(frame(huge)), ErrUnavailable, ""},
		{"10 MB in many frames", says(strings.Repeat(frame(huge[:1000]), 10_000)), ErrInvalid, "larger"},
		{"10 MB of thinking", says(strings.Repeat(`{"message":{"thinking":"`+huge[:1000]+`"}}`+"\n", 10_000)), ErrInvalid, "larger"},
		{"10 MB of an error", status(500, huge), ErrUnavailable, ""},
		{"asked elsewhere", says(`{"message":{"content":"{"},"remote_host":"https://cloud.example","remote_model":"m"}` + "\n"), ErrRemote, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			s := newStub(t, func(w http.ResponseWriter, r *http.Request) {
				if asked.Add(1) == 1 {
					c.chat(w, r)
					return
				}
				says(frame(`{"do":"yes"}`), last("stop"))(w, r)
			})
			timeout := time.Minute
			if strings.HasPrefix(c.text, "no answer") {
				timeout = 50 * time.Millisecond
			}
			m := mustNew(t, Config{URL: s.URL, Name: "m", Timeout: timeout})
			a, err := m.Ask(t.Context(), question())
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("error %v, want %v with %q", err, c.want, c.text)
			}
			if a.JSON != nil {
				t.Errorf("an answer beside the error: %s", a.JSON)
			}
			if strings.Contains(fmt.Sprintf("%v %+v", err, m.Health().Failure), secret) {
				t.Errorf("the error repeats what was said: %v", err)
			}
			m.timeout = time.Minute
			if _, err := m.Ask(t.Context(), question()); err != nil {
				t.Errorf("the next request: %v", err)
			}
			if sums := m.Metrics(); sums.Asked != 2 || sums.Answered != 1 || sums.Running != 0 {
				t.Errorf("metrics %+v", sums)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	m := mustNew(t, Config{URL: s.URL, Name: "m"})
	if _, err := m.Ask(t.Context(), question()); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "nobody listens") {
		t.Errorf("error %v", err)
	}
	if state := m.State(t.Context()); state.Present || !errors.Is(state.Err, ErrUnavailable) || state.Failure == nil {
		t.Errorf("state %+v", state)
	}
	if name, ok := Find(t.Context(), s.URL, "m"); ok {
		t.Errorf("found %q", name)
	}
}

// TestLeft: a visitor who goes away ends the request at the server, and that is
// nobody's failure.
func TestLeft(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan struct{})
	s := newStub(t, func(w http.ResponseWriter, r *http.Request) {
		says(frame("{"))(w, r)
		close(begun)
		<-r.Context().Done()
		close(ended)
	})
	m := mustNew(t, Config{URL: s.URL, Name: "m", Timeout: time.Minute, Failures: 1})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-begun
		cancel()
	}()
	if _, err := m.Ask(ctx, question()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
	<-ended
	if h := m.Health(); h.Breaker != BreakerClosed || h.Running != 0 || h.Failure != nil {
		t.Errorf("health %+v", h)
	}
	if sums := m.Metrics(); sums.Left != 1 {
		t.Errorf("metrics %+v", sums)
	}
}

// TestLate: who waits no longer than its own deadline gets that error, and the
// server is to blame.
func TestLate(t *testing.T) {
	s := newStub(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	m := mustNew(t, Config{URL: s.URL, Name: "m", Failures: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := m.Ask(ctx, question()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the context's", err)
	}
	if h := m.Health(); h.Breaker != BreakerOpen {
		t.Errorf("health %+v", h)
	}
}

func TestSchemaIsRefused(t *testing.T) {
	s := newStub(t, says(frame(`{"do":"yes"}`), last("stop")))
	m := mustNew(t, Config{URL: s.URL, Name: "m"})
	q := question()
	for _, schema := range []string{"", `{"type":"string","pattern":"(?:a)","maxLength":9}`} {
		q.Schema = json.RawMessage(schema)
		if _, err := m.Ask(t.Context(), q); !errors.Is(err, ErrSchema) {
			t.Errorf("%q: error %v, want ErrSchema", schema, err)
		}
	}
	if len(s.requests) != 0 {
		t.Errorf("sent %q", s.requests)
	}
	if sums := m.Metrics(); sums.Refused != 2 {
		t.Errorf("metrics %+v", sums)
	}
}

// TestPromptThatFillsTheContext: servers before 0.24 cut a long prompt and say
// nothing but its length.
func TestPromptThatFillsTheContext(t *testing.T) {
	s := newStub(t, says(frame(`{"do":"yes"}`), last("stop")))
	m := mustNew(t, Config{URL: s.URL, Name: "m", NumCtx: 40})
	if _, err := m.Ask(t.Context(), question()); !errors.Is(err, ErrTooLong) {
		t.Errorf("error %v, want ErrTooLong", err)
	}
}

// TestRemoteModel: a model that Ollama would ask elsewhere gets no words.
func TestRemoteModel(t *testing.T) {
	s := newStub(t, says(frame(`{"do":"yes"}`), last("stop")))
	s.show = `{"capabilities":["completion"],"remote_host":"https://cloud.example:443","remote_model":"big"}`
	m := mustNew(t, Config{URL: s.URL, Name: "m"})
	if _, err := m.Ask(t.Context(), question()); !errors.Is(err, ErrRemote) {
		t.Errorf("error %v, want ErrRemote", err)
	}
	if len(s.requests) != 0 {
		t.Errorf("sent %q", s.requests)
	}
}
