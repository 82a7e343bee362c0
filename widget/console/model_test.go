package console

import (
	"strings"
	"testing"
	"time"

	"okoshko/assistant/llm"
)

// TestModelState: reception reads whether the model answers, in the inbox.
func TestModelState(t *testing.T) {
	for want, s := range map[string]ModelState{
		"отвечают правила":            {},
		"модель отдыхает после сбоев": {"qwen3:4b", llm.Health{Breaker: llm.BreakerOpen}},
		"модель пробуют снова":        {"qwen3:4b", llm.Health{Breaker: llm.BreakerProbe}},
		"qwen3:4b.":                   {"qwen3:4b", llm.Health{Breaker: llm.BreakerClosed}},
		"в среднем за 1,4 с":          {"qwen3:4b", llm.Health{Breaker: llm.BreakerClosed, Speed: llm.Speed{Answers: 3, Total: 1400 * time.Millisecond}}},
		"отвечает медленно":           {"qwen3:4b", llm.Health{Breaker: llm.BreakerClosed, Speed: llm.Speed{Answers: 3, Total: 9 * time.Second}}},
	} {
		c := &Console{Config: Config{Model: func() ModelState { return s }}}
		if line := c.modelState(); !strings.Contains(line.Said+" "+line.Note, want) {
			t.Errorf("%+v: %+v, want %q", s, line, want)
		}
	}
	if (&Console{}).modelState() != nil {
		t.Error("something is said of no model")
	}
}
