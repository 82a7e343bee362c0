package assistant

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"okoshko/assistant/llm"
	"okoshko/assistant/llm/llmtest"
)

// chatStub is a server on a real socket that answers /api/chat as told.
func chatStub(t *testing.T, chat http.HandlerFunc) (url string, asked *atomic.Int32) {
	t.Helper()
	asked = &atomic.Int32{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/show", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"capabilities":["completion"]}`) })
	mux.HandleFunc("POST /api/chat", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else a server does not see its client go
		asked.Add(1)
		chat(w, r)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL, asked
}

func chatFrame(text, done string) string {
	content, _ := json.Marshal(text)
	end := `,"done":false`
	if done != "" {
		end = fmt.Sprintf(`,"done":true,"done_reason":%q,"prompt_eval_count":40,"eval_count":8`, done)
	}
	return `{"model":"m","message":{"role":"assistant","content":` + string(content) + `}` + end + "}\n"
}

func chatSays(frames ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, f := range frames {
			io.WriteString(w, f)
			w.(http.Flusher).Flush()
		}
	}
}

// TestServerFailures: whatever the model's server does, the visitor gets the
// rules' answer within the patience, and nothing more.
func TestServerFailures(t *testing.T) {
	const patience = 300 * time.Millisecond
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	bytewise := func(w http.ResponseWriter, r *http.Request) { // a byte a second, for a hurried test
		for _, b := range []byte(chatFrame(saysFAQ, "stop")) {
			select {
			case <-r.Context().Done():
				return
			case <-time.After(time.Second):
				w.Write([]byte{b})
				w.(http.Flusher).Flush()
			}
		}
	}
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code); io.WriteString(w, body) }
	}
	huge := strings.Repeat("a", 10<<20)
	for name, chat := range map[string]http.HandlerFunc{
		"hung":             hang,
		"1 byte a second":  bytewise,
		"500":              status(500, `{"error":"panic"}`),
		"truncated JSON":   chatSays(chatFrame(saysFAQ[:30], "length")),
		"JSON half":        chatSays(chatFrame(saysFAQ[:30], "stop")),
		"invalid JSON":     chatSays(chatFrame("Конечно! Вы записаны.", "stop")),
		"stream half":      chatSays(chatFrame(saysFAQ[:30], "")),
		"no JSON at all":   chatSays("<html>502</html>"),
		"10 MB in a frame": chatSays(chatFrame(huge, "stop")),
		"10 MB in frames":  chatSays(strings.Repeat(chatFrame(huge[:4000], ""), 2600)),
		"wrong model":      status(404, `{"error":"model 'm' not found"}`),
		"unloaded":         chatSays(chatFrame("", "load")),
		"runner died":      chatSays(chatFrame("{", ""), `{"error":"an error was encountered while running the model: unexpected EOF"}`+"\n"),
		"server full":      status(503, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`),
		"connection cut": func(w http.ResponseWriter, _ *http.Request) {
			chatSays(chatFrame("{", ""))(w, nil)
			panic(http.ErrAbortHandler)
		},
		"asks elsewhere":    chatSays(`{"message":{"content":"{"},"remote_host":"https://cloud.example","remote_model":"m"}` + "\n"),
		"commands of none":  chatSays(chatFrame(`{"commands":[]}`, "stop")),
		"booked by itself":  chatSays(chatFrame(`{"booked":true}`, "stop")),
		"an unknown number": chatSays(chatFrame(`{"commands":[{"do":"ask","quote":"шурум","value":"77"}]}`, "stop")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, asked := chatStub(t, chat)
			m, err := llm.New(llm.Config{URL: url, Name: "m", Timeout: time.Second, Failures: 1000})
			if err != nil {
				t.Fatal(err)
			}
			h := newTestHouse(t)
			h.close()
			h.patience = patience
			h.open(m)
			h.start()
			v := h.visitor("ru")
			began := time.Now()
			reply := v.say(odd)
			if took := time.Since(began); took > patience+5*time.Second {
				t.Errorf("the visitor waited %v", took)
			}
			wantExpects(t, reply, ExpectMore)
			wantText(t, reply, "Не совсем")
			wantExpects(t, v.say("на прививку завтра в 10:00"), ExpectConsent)
			if asked.Load() == 0 {
				t.Error("the server was not asked")
			}
			if h.Help().Used != 0 {
				t.Errorf("counted %+v", h.Help())
			}
		})
	}
}

// TestVisitorGone: who closes the tab is answered all the same, by the rules
// where the model hangs, and reads it when they are back.
func TestVisitorGone(t *testing.T) {
	url, asked := chatStub(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	m, err := llm.New(llm.Config{URL: url, Name: "m", Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	h := newTestHouse(t)
	h.close()
	h.patience = 200 * time.Millisecond
	h.open(m)
	h.start()
	v := h.visitor("ru")
	if _, err := h.Receive(t.Context(), v.session.Conversation, Incoming{ID: "a", Text: odd}); err != nil {
		t.Fatal(err)
	} // and nobody subscribes, nobody waits
	if err := h.Settle(t.Context(), v.session.Conversation); err != nil {
		t.Fatal(err)
	}
	back, err := h.Open(t.Context(), Visit{Token: v.session.Token})
	if err != nil || back.Seq != 2 || asked.Load() != 1 {
		t.Errorf("back at %d, asked %d times, %v", back.Seq, asked.Load(), err)
	}
}

// TestRealServerRestarts: a real Ollama server is killed under a conversation and
// started again: the rules' answer while it is away, the model's help after.
func TestRealServerRestarts(t *testing.T) {
	server := llmtest.Own(t)
	m, err := llm.New(llm.Config{URL: server.URL, Name: server.Model, Failures: 1000, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	asked := &counting{Model: m}
	h := newTestHouse(t)
	h.close()
	h.patience = time.Minute
	h.open(asked)
	h.start()
	v := h.visitor("ru")
	v.say(odd)
	if n, last, err := asked.came(); n != 1 || last == "" && err == nil {
		t.Fatalf("asked %d times: %q, %v", n, last, err)
	}
	server.Stop()
	wantExpects(t, h.visitor("ru").say(odd), ExpectMore)
	if _, _, err := asked.came(); err == nil {
		t.Error("a stopped server has answered")
	}
	server.Start()
	w := h.visitor("ru")
	w.say(odd)
	if _, _, err := asked.came(); err != nil && !strings.Contains(err.Error(), "cut off") {
		t.Errorf("the server is back and does not help: %v", err)
	}
	if number := w.book("на прививку завтра в 10:00", "Рамиля", "89175557701"); number != "A-1001" {
		t.Errorf("number %s", number)
	}
}
