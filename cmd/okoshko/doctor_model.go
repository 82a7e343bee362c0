package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/assistant/llm"
)

// model looks at the Ollama server and at what a running service says of it.
func (c *doctorCommand) model(ctx context.Context, house *clinic.Clinic) finding {
	f := finding{place: "model", sees: house.Model.Name + " at " + house.Model.URL}
	m, err := llm.New(llm.Config{URL: house.Model.URL, Name: house.Model.Name, Allowed: c.Allow})
	if err != nil {
		f.todo = err.Error()
		if errors.Is(err, llm.ErrNotAllowed) {
			f.todo = "conversations would leave this machine: install Ollama here, or allow that one by name (OKOSHKO_MODEL_HOSTS, serve --allow)"
		}
		return f
	}
	s := m.State(ctx)
	running := c.breaker(ctx)
	if s.Version != "" {
		f.sees += ", Ollama " + s.Version
	}
	if running != "" {
		f.sees += "; the service says: " + running
	}
	f.todo = modelTodo(s, house.Model.Name)
	if f.todo == "" && running != "" && !strings.Contains(running, "breaker "+string(llm.BreakerClosed)) {
		f.todo = "the service leaves the model alone after failures: okoshko model test " + house.Model.Name + " shows what is wrong"
	}
	return f
}

// modelTodo says what to do about a server and its model; empty: nothing.
func modelTodo(s llm.State, name string) string {
	switch {
	case s.Version == "":
		return "no Ollama server answers; the rules serve alone until one does"
	case s.Release == llm.ReleaseUnsafe:
		return "Ollama " + s.Version + " can be taken over from the network (CVE-2026-103663): install 0.35.0 or later"
	case s.Release == llm.ReleaseOld:
		return "Ollama " + s.Version + " is older than any that was tried (0.11.4): install a newer one"
	case errors.Is(s.Err, llm.ErrRemote):
		return "this model runs on a machine of its maker: it is not asked; okoshko model pull another"
	case !s.Present:
		return "the server does not hold it: okoshko model pull " + name
	}
	return ""
}

// breaker is what a running service says of the model; empty where none runs.
func (c *doctorCommand) breaker(ctx context.Context) string { return c.running(ctx)["model"].Detail }

// running is what a running service says of its parts; nil where none runs.
func (c *doctorCommand) running(ctx context.Context) (parts map[string]part) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.Service+"/readyz", nil)
	if err != nil {
		return nil
	}
	client := http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	response, err := client.Do(r)
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	if json.NewDecoder(http.MaxBytesReader(nil, response.Body, 64<<10)).Decode(&parts) != nil {
		return nil
	}
	return parts
}
