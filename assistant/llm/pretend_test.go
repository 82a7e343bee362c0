package llm

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"
)

// pretended is a langchaingo model without a server, for tests of what is
// before it in virtual time: a real socket does not wait in a synctest bubble.
type pretended struct {
	mu     sync.Mutex
	calls  []time.Time
	answer func(context.Context) error
}

// pretend gives a Model before a pretended one, and the times of its calls.
func pretend(t testing.TB, c Config, answer func(context.Context) error) (*Model, *[]time.Time) {
	c.Name = "m"
	m := mustNew(t, c)
	p := &pretended{answer: answer}
	m.model = p
	return m, &p.calls
}

func (p *pretended) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, p, prompt, options...)
}

func (p *pretended) GenerateContent(ctx context.Context, _ []llms.MessageContent, _ ...llms.CallOption) (*llms.ContentResponse, error) {
	p.mu.Lock()
	p.calls = append(p.calls, time.Now())
	p.mu.Unlock()
	if err := p.answer(ctx); err != nil {
		return nil, err
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: `{"do":"yes"}`, StopReason: "stop"}}}, nil
}

func mustNew(t testing.TB, c Config) *Model {
	t.Helper()
	c.Log = slog.New(slog.DiscardHandler)
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// until waits for what the test's own goroutines are about to do.
func until(t testing.TB, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	end := time.After(time.Minute)
	for !holds() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("waited for a minute in vain")
		}
	}
}

// clock is a clock that stands still until told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
