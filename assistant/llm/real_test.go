package llm

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"okoshko/assistant/llm/llmtest"

	"github.com/tmc/langchaingo/llms"
)

// wire is a schema of every kind of part that grammar knows.
const wire = `{"type":"object","properties":{
	"do":{"type":"string","enum":["book","cancel","записать"]},
	"sure":{"type":"boolean"},
	"count":{"type":"integer","minimum":0,"maximum":9},
	"said":{"type":"array","maxItems":2,"items":{"type":"object","properties":{"quote":{"type":"string","maxLength":20}},"required":["quote"]}}},
	"required":["do","sure","count","said"]}`

var clinicAsk = []Message{
	{RoleSystem, "Ты читаешь сообщения для клиники. " + strings.Repeat("Отвечай только командами. ", 20)},
	{RoleUser, "Запишите меня к терапевту на среду"},
}

// TestReal is the whole wire, with a real server and a model that says noise.
func TestReal(t *testing.T) {
	url, name := llmtest.Start(t)
	m := mustNew(t, Config{URL: url, Name: name, NumCtx: 2048, Timeout: time.Minute})

	t.Run("answers hold to the schema", func(t *testing.T) {
		different := map[string]bool{}
		for seed := range 6 {
			a, err := m.Ask(t.Context(), Request{Messages: clinicAsk, Schema: json.RawMessage(wire), MaxTokens: 800, Seed: seed + 1, Temperature: 1})
			if errors.Is(err, ErrTruncated) { // noise may well like blanks
				continue
			}
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if a.Tokens == 0 || a.PromptTokens < 100 || a.First <= 0 || a.Total < a.First || a.Writing <= 0 {
				t.Errorf("seed %d: counts are missing: %+v", seed, a)
			}
			different[string(a.JSON)] = true
		}
		if len(different) < 3 {
			t.Errorf("%d different answers of 6 seeds: too few to prove anything", len(different))
		}
	})

	t.Run("the same question gets the same answer", func(t *testing.T) {
		small := json.RawMessage(`{"type":"object","properties":{"do":{"type":"string","enum":["book","cancel"]},"n":{"type":"integer","minimum":0,"maximum":9}},"required":["do","n"]}`)
		first, err := m.Ask(t.Context(), Request{Messages: clinicAsk, Schema: small})
		if err != nil {
			t.Fatal(err)
		}
		second, err := m.Ask(t.Context(), Request{Messages: clinicAsk, Schema: small})
		if err != nil {
			t.Fatal(err)
		}
		if string(first.JSON) != string(second.JSON) {
			t.Errorf("%s, then %s", first.JSON, second.JSON)
		}
	})

	t.Run("a cut answer is told", func(t *testing.T) {
		if _, err := m.Ask(t.Context(), Request{Messages: clinicAsk, Schema: json.RawMessage(wire), MaxTokens: 3}); !errors.Is(err, ErrTruncated) {
			t.Errorf("error %v, want ErrTruncated", err)
		}
	})

	t.Run("a prompt that does not fit is told", func(t *testing.T) {
		long := []Message{{RoleUser, strings.Repeat("очень длинное сообщение ", 500)}}
		if _, err := m.Ask(t.Context(), Request{Messages: long, Schema: json.RawMessage(wire)}); !errors.Is(err, ErrTooLong) {
			t.Errorf("error %v, want ErrTooLong", err)
		}
	})

	t.Run("who leaves frees the place", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		heard := make(chan struct{})
		var once sync.Once
		_, err := m.model.GenerateContent(ctx, content(clinicAsk), withSchema(json.RawMessage(endless)), llms.WithMaxTokens(1500), llms.WithTemperature(1),
			llms.WithStreamingFunc(func(context.Context, []byte) error {
				once.Do(func() { close(heard); cancel() })
				return nil
			}))
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v, want the context's", err)
		}
		<-heard // so it was in the middle of an answer
		if _, err := m.Ask(t.Context(), Request{Messages: clinicAsk, Schema: json.RawMessage(wire), MaxTokens: 1500}); err != nil && !errors.Is(err, ErrTruncated) {
			t.Errorf("the next request: %v", err)
		}
	})

	t.Run("a queue of many", func(t *testing.T) {
		few := mustNew(t, Config{URL: url, Name: name, NumCtx: 2048, Queue: 3, Timeout: time.Minute})
		results := make(chan error, 12)
		for range cap(results) {
			go func() {
				_, err := few.Ask(t.Context(), Request{Messages: clinicAsk, Schema: json.RawMessage(endless), MaxTokens: 60})
				results <- err
			}()
		}
		count := map[error]int{}
		for range cap(results) {
			err := <-results
			for _, known := range []error{ErrBusy, ErrTruncated} {
				if errors.Is(err, known) {
					err = known
				}
			}
			count[err]++
		}
		if count[ErrBusy] == 0 || count[ErrTruncated] < 4 || count[ErrBusy]+count[ErrTruncated] != cap(results) {
			t.Errorf("outcomes %v: want one at the server, three waiting, the others busy", count)
		}
	})

	t.Run("a missing model", func(t *testing.T) {
		none := mustNew(t, Config{URL: url, Name: "okoshko-none"})
		if _, err := none.Ask(t.Context(), Request{Messages: clinicAsk, Schema: json.RawMessage(wire)}); !errors.Is(err, ErrNoModel) {
			t.Errorf("error %v, want ErrNoModel", err)
		}
		if s := none.State(t.Context()); s.Present || !errors.Is(s.Err, ErrNoModel) || s.Version == "" {
			t.Errorf("state %+v", s)
		}
	})

	t.Run("state", func(t *testing.T) {
		s := m.State(t.Context())
		if !s.Present || s.Err != nil || s.Version == "" || s.Release == ReleaseUnsafe || s.Breaker != BreakerClosed {
			t.Errorf("state %+v", s)
		}
		if s.Speed.Answers == 0 || s.Speed.Writing <= 0 || s.Speed.Reading <= 0 || s.Speed.First <= 0 {
			t.Errorf("speed %+v", s.Speed)
		}
		t.Logf("server %s reads %.0f and writes %.0f tokens a second", s.Version, s.Speed.Reading, s.Speed.Writing)
	})

	t.Run("find", func(t *testing.T) {
		if found, ok := Find(t.Context(), url, name); !ok || found != name+":latest" && found != name {
			t.Errorf("found %q, %v", found, ok)
		}
		if found, ok := Find(t.Context(), url, "qwen3:4b-instruct"); !ok {
			t.Errorf("found %q, %v, want whatever there is", found, ok)
		}
	})

	t.Run("Run makes it ready", func(t *testing.T) {
		ready := mustNew(t, Config{URL: url, Name: name, NumCtx: 2048})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- ready.Run(ctx, clinicAsk[:1]) }()
		until(t, func() bool { return ready.Metrics().PromptTokens > 100 })
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestEngines: Ollama runs some families of models by llama.cpp and some by an
// engine of its own; both hold to a schema.
func TestEngines(t *testing.T) {
	s := llmtest.Own(t)
	for _, arch := range []string{"llama", "qwen3"} {
		m := mustNew(t, Config{URL: s.URL, Name: s.Add(arch), NumCtx: 2048, Timeout: time.Minute})
		good := 0
		for seed := range 4 {
			_, err := m.Ask(t.Context(), Request{Messages: clinicAsk, Schema: json.RawMessage(wire), MaxTokens: 800, Seed: seed + 1, Temperature: 1})
			switch {
			case err == nil:
				good++
			case !errors.Is(err, ErrTruncated):
				t.Errorf("%s, seed %d: %v", arch, seed, err)
			}
		}
		if good == 0 {
			t.Errorf("%s: every answer was cut off: nothing is proven", arch)
		}
	}
}

// endless allows an answer far longer than any test waits for.
const endless = `{"type":"array","minItems":400,"maxItems":400,"items":{"type":"boolean"}}`

// TestRestart: a server that was killed in the middle and comes back is used
// again, without a new Model.
func TestRestart(t *testing.T) {
	s := llmtest.Own(t)
	now := &clock{}
	m := mustNew(t, Config{URL: s.URL, Name: s.Model, NumCtx: 2048, Failures: 2, Now: now.read, Timeout: time.Minute})
	ask := func(schema string) error {
		_, err := m.Ask(t.Context(), Request{Messages: clinicAsk, Schema: json.RawMessage(schema), MaxTokens: 600})
		return err
	}
	small := `{"type":"object","properties":{"yes":{"type":"boolean"}},"required":["yes"]}`
	if err := ask(small); err != nil {
		t.Fatal(err)
	}

	var once sync.Once
	_, err := m.model.GenerateContent(t.Context(), content(clinicAsk), withSchema(json.RawMessage(endless)), llms.WithMaxTokens(1500),
		llms.WithStreamingFunc(func(context.Context, []byte) error {
			once.Do(s.Stop)
			return nil
		}))
	if err := fromProvider(err); !errors.Is(err, ErrUnavailable) {
		t.Errorf("killed within an answer: %v, want ErrUnavailable", err)
	}
	for range 2 {
		if err := ask(small); !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrResting) {
			t.Errorf("server gone: %v, want ErrUnavailable", err)
		}
	}
	if err := ask(small); !errors.Is(err, ErrResting) {
		t.Errorf("after two failures: %v, want ErrResting", err)
	}
	if state := m.State(t.Context()); state.Present || state.Breaker != BreakerOpen || state.Failure == nil {
		t.Errorf("state %+v", state)
	}

	s.Start()
	if err := ask(small); !errors.Is(err, ErrResting) {
		t.Errorf("within the rest: %v, want ErrResting", err)
	}
	now.pass(defaultRest)
	if err := ask(small); err != nil {
		t.Errorf("after the rest: %v", err)
	}
	if state := m.Health().Breaker; state != BreakerClosed {
		t.Errorf("breaker is %s", state)
	}
}
