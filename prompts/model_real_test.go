package prompts_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"okoshko/assistant/llm"
	"okoshko/assistant/llm/llmtest"
	"okoshko/prompts"
)

// TestModelReal asks a real server, whose model says noise: the schema is one
// that it takes, in each language; what comes back is read, and nothing of it
// that the message does not say gets through.
func TestModelReal(t *testing.T) {
	url, name := llmtest.Start(t)
	m, err := llm.New(llm.Config{URL: url, Name: name, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, lang := range prompts.Languages {
		in := prompts.ModelInput{
			Lang: lang, Clinic: "Клиника", Message: "можно к терапевту в среду?",
			Services: []prompts.ModelItem{{ID: "therapist", Name: "Приём терапевта"}, {ID: "cleaning", Name: "Чистка зубов"}},
			Branches: []prompts.ModelItem{{ID: "bauman", Name: "на Баумана"}},
			Offered:  []prompts.ModelItem{{ID: "s1", Name: "25.11 14:00"}},
		}
		system, user := prompts.ModelMessages(in)
		for seed := range 2 {
			answer, err := m.Ask(t.Context(), llm.Request{
				Messages: []llm.Message{{Role: llm.RoleSystem, Text: system}, {Role: llm.RoleUser, Text: user}},
				Schema:   prompts.ModelSchema(in), MaxTokens: 1500, Seed: seed + 1, Temperature: 1,
			})
			if errors.Is(err, llm.ErrTruncated) { // noise may go on and on
				continue
			}
			if err != nil {
				t.Fatalf("%s, seed %d: %v", lang, seed, err)
			}
			commands, dropped, err := prompts.ModelCommands(answer.JSON, in)
			if err != nil || dropped == 0 || len(commands) > 0 {
				t.Errorf("%s, seed %d: %v, %d dropped, error %v of %s", lang, seed, commands, dropped, err, answer.JSON)
			}
			read++
			t.Logf("%s: prompt %d tokens read in %v, answer %d", lang, answer.PromptTokens, answer.Reading, answer.Tokens)
		}
	}
	entries := []prompts.ModelEntry{{ID: "0", Text: "Парковка есть на Декабристов. Заезд со двора."}, {ID: "1", Text: "Рассрочки нет."}}
	system, user := prompts.ModelFAQMessages(prompts.ModelInput{Message: "а парковка?"}, entries)
	answer, err := m.Ask(t.Context(), llm.Request{
		Messages: []llm.Message{{Role: llm.RoleSystem, Text: system}, {Role: llm.RoleUser, Text: user}},
		Schema:   prompts.ModelFAQSchema(entries), MaxTokens: 1500, Seed: 1, Temperature: 1,
	})
	if err == nil {
		if short, err := prompts.ModelFAQAnswer(answer.JSON, entries); !errors.Is(err, prompts.ErrModelUncovered) {
			t.Errorf("noise is taken for the clinic's words: %q, %v, of %s", short, err, answer.JSON)
		}
	} else if !errors.Is(err, llm.ErrTruncated) {
		t.Errorf("a short answer: %v", err)
	}
	if read < 2 {
		t.Errorf("%d answers of 6: too few to prove anything", read)
	}
}

// TestModelPrefix: a real server reads the beginning of a clinic's prompt once;
// for the next visitor, who says something else, it reads the end alone.
func TestModelPrefix(t *testing.T) {
	url, name := llmtest.Start(t)
	m, err := llm.New(llm.Config{URL: url, Name: name, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	reading := func(lang, message string) (time.Duration, int) {
		t.Helper()
		in := prompts.ModelInput{Lang: lang, Clinic: "Клиника на Озёрной", Message: message, Expects: "time"}
		for i := range 12 {
			in.Services = append(in.Services, prompts.ModelItem{ID: fmt.Sprint("service-", i), Name: fmt.Sprint("Приём специалиста ", i)})
		}
		system, user := prompts.ModelMessages(in)
		answer, err := m.Ask(t.Context(), llm.Request{
			Messages: []llm.Message{{Role: llm.RoleSystem, Text: system}, {Role: llm.RoleUser, Text: user}},
			Schema:   []byte(`{"type":"object","properties":{"yes":{"type":"boolean"}},"required":["yes"]}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		return answer.Reading, answer.PromptTokens
	}
	reading("en", "anything at all, so that the model is loaded")
	for _, said := range []struct{ lang, first, second string }{
		{"ru", "можно в среду?", "а сколько стоит приём?"},
		{"tt", "чәршәмбегә буламы?", "ә күпме тора?"},
		{"en", "is Wednesday possible?", "and what does it cost?"},
	} {
		cold, tokens := reading(said.lang, said.first)
		warm, _ := reading(said.lang, said.second)
		t.Logf("%s: %d tokens, the first read in %v, the second in %v: %.0f %%", said.lang, tokens, cold, warm, 100*warm.Seconds()/cold.Seconds())
		if warm > cold/3 {
			t.Errorf("%s: the second prompt took %v to read, the first %v: the beginning is not kept", said.lang, warm, cold)
		}
	}
}
