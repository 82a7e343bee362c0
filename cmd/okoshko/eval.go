package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

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
	Typos      int      `placeholder:"N" help:"Play with the slips of N visitors' fingers, the seeds 1 to N, one after another."`
	evalTrial
}

// mostSeeds bounds --typos: a whole set takes a minute a seed.
const mostSeeds = 1000

// cast is one scenario to be played, and of which file.
type cast struct {
	file *scenario.File
	scenario.Scenario
}

// Run plays every scenario of the files and says which outcomes are missed.
func (c *evalCommand) Run(ctx context.Context, s streams) error {
	if c.Typos < 0 || c.Typos > mostSeeds {
		return fmt.Errorf("--typos: found %d, expected how many seeds to play, 1 to %d", c.Typos, mostSeeds)
	}
	if c.tries() {
		return c.try(ctx, s)
	}
	casts, err := c.load()
	if err != nil {
		return err
	}
	var o scenario.Options
	if c.Model != "" {
		if o.Model, err = llm.New(llm.Config{URL: c.URL, Name: c.Model}); err != nil {
			return err
		}
	}
	missed := 0
	for o.Typos = min(1, uint64(c.Typos)); o.Typos <= uint64(c.Typos); o.Typos++ {
		passed, err := c.play(ctx, s, casts, o)
		if err != nil {
			return err
		}
		c.sum(s, o.Typos, passed, len(casts))
		missed += len(casts) - passed
	}
	if missed > 0 {
		return errUnmet
	}
	return nil
}

// load reads the files and picks the scenarios asked for; all files are read before
// the first is played.
func (c *evalCommand) load() (all []cast, err error) {
	for _, name := range c.Files {
		f, err := scenario.Load(name)
		if err != nil {
			return nil, err
		}
		for _, sc := range f.Scenarios {
			if strings.Contains(sc.ID, c.Only) {
				all = append(all, cast{f, sc})
			}
		}
	}
	if len(all) == 0 && c.Only != "" {
		return nil, fmt.Errorf("--only: found no scenario whose id contains %q in %s", c.Only, strings.Join(c.Files, ", "))
	}
	return all, nil
}

// play plays every scenario once and counts those that pass.
func (c *evalCommand) play(ctx context.Context, s streams, casts []cast, o scenario.Options) (passed int, err error) {
	for _, sc := range casts {
		r, err := scenario.Play(ctx, sc.file, sc.Scenario, o)
		if err != nil {
			return passed, fmt.Errorf("%s: %w", sc.file.Path, err)
		}
		if r.Passed() {
			passed++
		}
		c.print(s, sc.file.Path, o.Typos, r)
	}
	return passed, nil
}

// sum prints what came of one round.
func (c *evalCommand) sum(s streams, seed uint64, passed, total int) {
	share := 100 * float64(passed) / float64(max(total, 1))
	switch {
	case c.JSON && seed > 0:
		fmt.Fprintf(s.out, `{"summary": {"seed": %d, "passed": %d, "total": %d, "share": %.1f}}`+"\n", seed, passed, total, share)
	case c.JSON:
		fmt.Fprintf(s.out, `{"summary": {"passed": %d, "total": %d}}`+"\n", passed, total)
	case seed > 0:
		fmt.Fprintf(s.out, "typos of seed %d: %d of %d scenarios, %.1f %%\n", seed, passed, total, share)
	default:
		fmt.Fprintf(s.out, "%d of %d scenarios\n", passed, total)
	}
}

func (c *evalCommand) print(s streams, file string, seed uint64, r scenario.Result) {
	if c.JSON {
		missed := r.Missed
		if missed == nil {
			missed = []string{}
		}
		line, err := json.Marshal(struct {
			File       string   `json:"file"`
			ID         string   `json:"id"`
			Seed       uint64   `json:"seed,omitempty"`
			Passed     bool     `json:"passed"`
			Missed     []string `json:"missed"`
			Turns      int      `json:"turns"`
			AskedModel int      `json:"asked_model"`
		}{file, r.ID, seed, r.Passed(), missed, r.Turns, r.AskedModel})
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
	if seed > 0 {
		fmt.Fprintf(s.out, " seed %d", seed)
	}
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
