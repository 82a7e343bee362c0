package llm

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"okoshko/assistant/llm/llmtest"

	"github.com/google/go-cmp/cmp"
)

// shop is a server that answers each path with a text.
func shop(t *testing.T, answers map[string]string) *Stock {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		io.WriteString(w, text)
	}))
	t.Cleanup(s.Close)
	stock, err := NewStock(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return stock
}

const heldHere = `{"capabilities":["completion"],"details":{"family":"llama"},"model_info":{"llama.context_length":8192}}`

func TestStockList(t *testing.T) {
	s := shop(t, map[string]string{
		"/api/tags": `{"models":[{"name":"a:1b","size":98362432},{"name":"b"}]}`,
		"/api/show": `{"capabilities":["completion","thinking"],"details":{"family":"qwen3","parameter_size":"1.7B","quantization_level":"Q4_K_M"},"model_info":{"qwen3.context_length":40960,"general.architecture":"qwen3"}}`,
	})
	got, err := s.List(t.Context())
	held := Held{Name: "a:1b", Size: 98362432, Family: "qwen3", Parameters: "1.7B", Quantization: "Q4_K_M", Context: 40960, Thinks: true, Chats: true}
	second := held
	second.Name, second.Size = "b", 0
	if diff := cmp.Diff([]Held{held, second}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := NewStock("http://192.0.2.7:11434"); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("another machine: %v", err)
	}
}

// TestPull: how a pull ends is said rightly, and what a server tells cannot move
// a terminal's cursor.
func TestPull(t *testing.T) {
	long := strings.Repeat(`{"status":"pulling","digest":"sha256:1","total":100,"completed":1}`+"\n", 40_000) // 2.7 MB
	for _, c := range []struct {
		name, frames, show string
		want               error
		told               int
	}{
		{"whole", `{"status":"pulling manifest"}` + "\n" + `{"status":"success"}` + "\n", heldHere, nil, 2},
		{"more than an answer may have", long + `{"status":"success"}` + "\n", heldHere, nil, 40_001},
		{"broken off", `{"status":"pulling manifest"}` + "\n", heldHere, ErrUnavailable, 1},
		{"unknown", `{"error":"pull model manifest: file does not exist"}`, heldHere, ErrNoModel, 0},
		{"a way elsewhere", `{"status":"success"}` + "\n", `{"remote_host":"https://ollama.example"}`, ErrRemote, 1},
		{"no disk", `{"error":"write: no space left on device\u001b]0;x\u0007"}`, heldHere, ErrUnavailable, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := 0
			s := shop(t, map[string]string{"/api/pull": c.frames, "/api/show": c.show})
			err := s.Pull(t.Context(), "m", func(Progress) { told++ })
			if !errors.Is(err, c.want) || told != c.told {
				t.Errorf("told %d times, want %d; error %v, want %v", told, c.told, err, c.want)
			}
			if err != nil && strings.ContainsAny(err.Error(), "\x1b\x07") {
				t.Errorf("control characters: %q", err)
			}
			if c.name == "no disk" && !strings.Contains(err.Error(), "no space left") {
				t.Errorf("the reason is lost: %v", err)
			}
		})
	}
}

func TestPullLeft(t *testing.T) {
	begun := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"status":"pulling manifest"}`+"\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer s.Close()
	stock, err := NewStock(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-begun; cancel() }()
	err = stock.Pull(ctx, "m", func(Progress) { close(begun) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

// TestStockReal looks into a real server and has it pull what no registry has.
func TestStockReal(t *testing.T) {
	url, name := llmtest.Start(t)
	s, err := NewStock(url)
	if err != nil {
		t.Fatal(err)
	}
	held, err := s.List(t.Context())
	if err != nil || len(held) == 0 {
		t.Fatalf("%v, %v", held, err)
	}
	found := false
	for _, h := range held {
		found = found || strings.HasPrefix(h.Name, name) && h.Family == "qwen2" && h.Context > 0 && h.Size > 100_000 && h.Chats && !h.Thinks
	}
	if !found {
		t.Errorf("not among them: %+v", held)
	}
	if _, err := s.Look(t.Context(), "okoshko-none"); !errors.Is(err, ErrNoModel) {
		t.Errorf("a model that is not there: %v", err)
	}
	err = s.Pull(t.Context(), "127.0.0.1:1/okoshko/none", func(Progress) {})
	if !errors.Is(err, ErrUnavailable) {
		t.Errorf("a registry that is not there: %v", err)
	}
	t.Log(err)
}
