package llm

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/llm/llmtest"

	"github.com/tmc/langchaingo/llms"
)

// mostOverhead is the share of time that our way to the server may add to a bare
// call of it.
const mostOverhead = 0.03

// longAsk is a prompt about as long as those of a clinic, whose answer has always
// the same length.
var longAsk = Request{
	Messages: []Message{
		{RoleSystem, strings.Repeat("Ты читаешь сообщение посетителя и называешь команды. ", 25)},
		{RoleUser, "Запишите меня к терапевту на среду"},
	},
	Schema:    json.RawMessage(`{"type":"array","minItems":40,"maxItems":40,"items":{"type":"boolean"}}`),
	MaxTokens: 600,
}

// bare is the same call with nothing but net/http.
func bare(t testing.TB, m *Model, url string, r Request) func() {
	t.Helper()
	options := llms.CallOptions{MaxTokens: r.MaxTokens, Metadata: map[string]any{schemaKey: r.Schema}}
	request, err := m.model.(*chat).request(content(r.Messages), options)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	t.Cleanup(client.CloseIdleConnections)
	return func() {
		response, err := client.Post(url+"/api/chat", "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		answer, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK || !bytes.Contains(answer, []byte(`"done":true`)) {
			t.Fatalf("%s: %v\n%s", response.Status, err, answer)
		}
	}
}

// TestOverhead: Ask takes hardly longer than the server itself. Both are called
// in turn, and the quickest of each are compared: what else this machine does
// makes calls slower, never quicker. A round that is disturbed is tried again.
func TestOverhead(t *testing.T) {
	url, name := llmtest.Start(t)
	m := mustNew(t, Config{URL: url, Name: name, NumCtx: 4096, Timeout: time.Minute})
	ours := func() {
		if _, err := m.Ask(t.Context(), longAsk); err != nil {
			t.Fatal(err)
		}
	}
	theirs := bare(t, m, url, longAsk)
	ours() // loads the model
	theirs()

	took := func(call func()) time.Duration {
		began := time.Now()
		call()
		return time.Since(began)
	}
	const rounds, pairs = 5, 10
	for round := range rounds {
		var a, b []time.Duration
		for n := range pairs {
			if n%2 == 0 { // neither is always the second
				a, b = append(a, took(ours)), append(b, took(theirs))
			} else {
				b, a = append(b, took(theirs)), append(a, took(ours))
			}
		}
		slices.Sort(a)
		slices.Sort(b)
		over := func(n int) float64 { return float64(a[n]-b[n]) / float64(b[n]) }
		t.Logf("round %d of %d pairs: Ask %v, bare %v: %+.1f %%; medians %v and %v: %+.1f %%",
			round+1, pairs, a[0], b[0], 100*over(0), a[pairs/2], b[pairs/2], 100*over(pairs/2))
		if over(0) <= mostOverhead {
			return
		}
	}
	t.Errorf("Ask takes more than %.0f %% longer than a bare call in each of %d rounds", 100*mostOverhead, rounds)
}

// TestOverheadAlone is what Ask does itself, beside an answer that costs nothing:
// the schema read, the queue, the breaker, the frames and the check.
func TestOverheadAlone(t *testing.T) {
	const limit = 5 * time.Millisecond
	list := "[" + strings.TrimSuffix(strings.Repeat("true,", 40), ",") + "]"
	s := newStub(t, says(frame(list), last("stop")))
	m := mustNew(t, Config{URL: s.URL, Name: "m"})
	quickest := time.Hour
	for range 50 {
		began := time.Now()
		if _, err := m.Ask(t.Context(), longAsk); err != nil {
			t.Fatal(err)
		}
		quickest = min(quickest, time.Since(began))
	}
	t.Logf("%v, the round trip included", quickest)
	if quickest > limit {
		t.Errorf("Ask alone takes %v, want at most %v", quickest, limit)
	}
}

func BenchmarkAsk(b *testing.B) {
	url, name := llmtest.Start(b)
	m := mustNew(b, Config{URL: url, Name: name, NumCtx: 4096, Timeout: time.Minute})
	call := bare(b, m, url, longAsk)
	call()
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			call()
		}
	})
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			if _, err := m.Ask(b.Context(), longAsk); err != nil {
				b.Fatal(err)
			}
		}
	})
}
