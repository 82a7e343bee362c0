package llm

import (
	"cmp"
	"context"
	"time"
)

// maxWarm is how long loading a model and reading the beginning of a prompt may
// take: a model of four billion numbers reads ten tokens a second on an old
// processor.
const maxWarm = 10 * time.Minute

// Run keeps the model ready: it has the server load it and read the messages
// that every prompt begins with, now, and again when the server has rested
// after failures, so that no visitor's message is the one that tries it. It
// returns when ctx is done, with nil.
func (m *Model) Run(ctx context.Context, beginning []Message) error {
	told := false
	for ctx.Err() == nil {
		err := m.warm(ctx, beginning)
		if err != nil {
			if !told && ctx.Err() == nil {
				m.log.Warn("llm: not ready", "model", m.name, "error", err)
			}
			told = true
			pause(ctx, cmp.Or(max(m.breaker.left(), 0), m.rest))
			continue
		}
		told = false
		select {
		case <-ctx.Done():
		case <-m.breaker.opened:
			pause(ctx, m.breaker.left())
		}
	}
	return nil
}

// warm asks for one token behind the beginning; what it is does not matter.
func (m *Model) warm(ctx context.Context, beginning []Message) error {
	began := m.now()
	_, err := m.ask(ctx, Request{Messages: beginning, MaxTokens: 1}, nil, maxWarm)
	if err == nil {
		m.log.Info("llm: ready", "model", m.name, "took", m.now().Sub(began))
	}
	return err
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
