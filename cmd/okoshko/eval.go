package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"okoshko/assistant"
	"okoshko/assistant/llm"
	"okoshko/assistant/scenario"
)

type evalCommand struct {
	Files      []string `arg:"" help:"Files of scenarios."`
	JSON       bool     `name:"json" help:"JSON lines instead of text."`
	Model      string   `placeholder:"NAME" help:"Play with this Ollama model; default: rules alone."`
	URL        string   `default:"http://127.0.0.1:11434" help:"Address of the Ollama server."`
	Transcript bool     `help:"Print the conversations."`
	Only       string   `placeholder:"ID" help:"Play only the scenarios whose id contains this."`
}

// Run plays every scenario of the files and says which outcomes are missed.
func (c *evalCommand) Run(ctx context.Context, s streams) error {
	var model assistant.Model
	if c.Model != "" {
		m, err := llm.New(llm.Config{URL: c.URL, Name: c.Model})
		if err != nil {
			return err
		}
		model = m
	}
	passed, total := 0, 0
	for _, name := range c.Files {
		f, err := scenario.Load(name)
		if err != nil {
			return err
		}
		for _, sc := range f.Scenarios {
			if !strings.Contains(sc.ID, c.Only) {
				continue
			}
			r, err := scenario.Play(ctx, f, sc, scenario.Options{Model: model})
			if err != nil {
				return err
			}
			total++
			if r.Passed() {
				passed++
			}
			c.print(s, name, r)
		}
	}
	if c.JSON {
		fmt.Fprintf(s.out, `{"summary": {"passed": %d, "total": %d}}`+"\n", passed, total)
	} else {
		fmt.Fprintf(s.out, "%d of %d scenarios\n", passed, total)
	}
	if passed < total {
		return errUnmet
	}
	return nil
}

func (c *evalCommand) print(s streams, file string, r scenario.Result) {
	if c.JSON {
		missed := r.Missed
		if missed == nil {
			missed = []string{}
		}
		line, err := json.Marshal(struct {
			File       string   `json:"file"`
			ID         string   `json:"id"`
			Passed     bool     `json:"passed"`
			Missed     []string `json:"missed"`
			Turns      int      `json:"turns"`
			AskedModel int      `json:"asked_model"`
		}{file, r.ID, r.Passed(), missed, r.Turns, r.AskedModel})
		if err == nil {
			fmt.Fprintln(s.out, string(line))
		}
		return
	}
	verdict := "ok  "
	if !r.Passed() {
		verdict = "MISS"
	}
	fmt.Fprintf(s.out, "%s %s (%d messages)", verdict, r.ID, r.Turns)
	if len(r.Missed) > 0 {
		fmt.Fprintf(s.out, ": %s", strings.Join(r.Missed, "; "))
	}
	fmt.Fprintln(s.out)
	if c.Transcript {
		for _, l := range r.Transcript {
			fmt.Fprintf(s.out, "    %s: %s\n", l.From, strings.ReplaceAll(l.Text, "\n", "\n        "))
		}
	}
}
