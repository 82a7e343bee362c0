package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"okoshko/assistant"
	"okoshko/assistant/clinic"
	"okoshko/assistant/llm"
)

// modelMaker is how the model of a clinic file is come by; nil: none answers,
// the rules serve alone.
type modelMaker func(context.Context, clinic.Model) (*llm.Model, error)

// namedModel makes the model that the file names, whether or not its server
// answers now; where it names none, whichever the server holds.
func namedModel(allow []string, log *slog.Logger) modelMaker {
	return func(ctx context.Context, of clinic.Model) (*llm.Model, error) {
		if of.Name == "" {
			name, ok := llm.Find(ctx, of.URL, "", allow...)
			if !ok {
				return nil, nil
			}
			of.Name = name
		}
		return llm.New(llm.Config{URL: of.URL, Name: of.Name, Allowed: allow, Timeout: of.Timeout, Log: log})
	}
}

// heldModel makes the file's model where an Ollama server on this machine holds
// it, or any other that it holds.
func heldModel(log *slog.Logger) modelMaker {
	return func(ctx context.Context, of clinic.Model) (*llm.Model, error) {
		name, ok := llm.Find(ctx, of.URL, of.Name)
		if !ok {
			return nil, nil
		}
		return llm.New(llm.Config{URL: of.URL, Name: name, Timeout: of.Timeout, Log: log})
	}
}

// modelSwitch keeps the model that the clinic file in force names ready, and
// changes it with the file.
type modelSwitch struct {
	make      modelMaker
	assistant *assistant.Assistant
	log       *slog.Logger
	changed   chan struct{} // the model or the beginning of its prompts

	mu  sync.Mutex
	of  clinic.Model
	now *llm.Model
}

// model is the one that is asked now; nil: none.
func (s *modelSwitch) model() *llm.Model {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// use takes over what another version of the clinic file says of the model. One
// that cannot be asked (see llm.New) is told in the log, and the old one stays.
func (s *modelSwitch) use(ctx context.Context, of clinic.Model) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if of != s.of {
		fresh, err := s.make(ctx, of)
		if err != nil {
			s.log.ErrorContext(ctx, "model not taken over, the old one stays", "model", of.Name, "err", err)
			return
		}
		s.of, s.now = of, fresh
		s.assistant.UseModel(nil)
		if fresh == nil {
			s.log.InfoContext(ctx, "no model answers: the rules serve alone", "model", of.Name)
		} else {
			s.assistant.UseModel(fresh)
		}
	}
	select {
	case s.changed <- struct{}{}: // services may have changed, and with them every prompt's beginning
	default:
	}
}

// run keeps the model of the moment warm until ctx is done.
func (s *modelSwitch) run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := s.warm(ctx); err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return nil
}

// warm keeps one model warm until another one, or another beginning, is in
// force.
func (s *modelSwitch) warm(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	if m := s.model(); m != nil {
		go func() { ended <- m.Run(ctx, s.assistant.ModelBeginning()) }()
	} else {
		go func() { <-ctx.Done(); ended <- nil }()
	}
	select {
	case <-s.changed:
	case <-ctx.Done():
	}
	cancel()
	return <-ended
}
