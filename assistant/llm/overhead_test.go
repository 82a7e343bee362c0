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

// BenchmarkOverhead calls our way and the bare one in turn and reports by how
// many percent ours is slower: of the quickest calls, which what else this
// machine does disturbs least, and at the median. The aim is 3 %.
func BenchmarkOverhead(b *testing.B) {
	url, name := llmtest.Start(b)
	m := mustNew(b, Config{URL: url, Name: name, NumCtx: 4096, Timeout: time.Minute})
	theirs := bare(b, m, url, longAsk)
	ours := func() {
		if _, err := m.Ask(b.Context(), longAsk); err != nil {
			b.Fatal(err)
		}
	}
	ours() // loads the model
	theirs()
	took := func(call func()) time.Duration {
		began := time.Now()
		call()
		return time.Since(began)
	}
	var a, z []time.Duration
	for b.Loop() {
		if len(a)%2 == 0 { // neither is always the second
			a, z = append(a, took(ours)), append(z, took(theirs))
		} else {
			z, a = append(z, took(theirs)), append(a, took(ours))
		}
	}
	slices.Sort(a)
	slices.Sort(z)
	over := func(n int) float64 { return 100 * float64(a[n]-z[n]) / float64(z[n]) }
	b.ReportMetric(over(0), "%slower-quickest")
	b.ReportMetric(over(len(a)/2), "%slower-median")
}

// BenchmarkOverheadAlone is what Ask does itself, beside an answer that costs
// nothing: the schema read, the queue, the breaker, the frames and the check.
func BenchmarkOverheadAlone(b *testing.B) {
	list := "[" + strings.TrimSuffix(strings.Repeat("true,", 40), ",") + "]"
	s := newStub(b, says(frame(list), last("stop")))
	m := mustNew(b, Config{URL: s.URL, Name: "m"})
	for b.Loop() {
		if _, err := m.Ask(b.Context(), longAsk); err != nil {
			b.Fatal(err)
		}
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
