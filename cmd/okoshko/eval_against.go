package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/llm"
	"okoshko/assistant/scenario"
	"okoshko/prompts"
)

// evalTrial are the flags with which a model or a change of prompts is tried
// before it is used.
type evalTrial struct {
	Against  string        `placeholder:"OLD" help:"Say what is better and worse than before, and exit 1 where anything is worse. OLD is a file of --save, model:NAME for another model, or rules."`
	Times    int           `default:"1" placeholder:"N" help:"Play everything N times; what holds every time counts (pass^N). The first as visitors have it, the others with a seed of their own and a temperature of 0.5."`
	Save     string        `placeholder:"FILE" help:"Keep the results, for a later --against."`
	Replays  string        `placeholder:"FILE" help:"Also read the masked messages that okoshko model replays wrote."`
	Clinic   string        `placeholder:"FILE" help:"Clinic file of the replays."`
	Patience time.Duration `placeholder:"DURATION" help:"How long a visitor waits for the model; default: 2s, as in life."`
	Allow    []string      `env:"OKOSHKO_MODEL_HOSTS" placeholder:"HOST" help:"Machines beside this one on which the model may run."`
}

// tries reports whether more is wanted than to play everything once.
func (e *evalTrial) tries() bool {
	return e.Against != "" || e.Times != 1 || e.Save != "" || e.Replays != ""
}

// mostTimes bounds --times.
const mostTimes = 100

// varied is a model whose answers vary from one round to the next; the first is
// as visitors have it.
type varied struct {
	assistant.Model
	round int // from 0
}

// variedTemperature is that of all rounds but the first.
const variedTemperature = 0.5

func (v varied) Ask(ctx context.Context, r llm.Request) (llm.Answer, error) {
	if v.round > 0 {
		r.Seed, r.Temperature = v.round, variedTemperature
	}
	return v.Model.Ask(ctx, r)
}

// try plays and compares.
func (c *evalCommand) try(ctx context.Context, s streams) error {
	if c.Times < 1 || c.Times > mostTimes {
		return fmt.Errorf("found --times %d, expected 1 to %d", c.Times, mostTimes)
	}
	if c.Replays != "" && c.Clinic == "" {
		return errors.New("--replays needs --clinic FILE: whose messages they are")
	}
	old, err := c.before(ctx)
	if err != nil {
		return err
	}
	now, err := c.results(ctx, c.Model)
	if err != nil {
		return err
	}
	if c.Save != "" {
		if err := now.save(c.Save); err != nil {
			return err
		}
	}
	if old == nil {
		now.print(s.out)
		if now.passed() < now.scenarios() {
			return errUnmet
		}
		return nil
	}
	if worse := compare(s.out, *old, now); worse > 0 {
		return errUnmet
	}
	return nil
}

// before are the results to compare with; nil: none are wanted.
func (c *evalCommand) before(ctx context.Context) (*results, error) {
	if c.Against == "" {
		return nil, nil
	}
	name, played := strings.CutPrefix(c.Against, "model:")
	if c.Against == "rules" {
		name, played = "", true
	}
	if !played {
		return loadResults(c.Against)
	}
	r, err := c.results(ctx, name)
	return &r, err
}

// results plays everything with one model; "": the rules alone.
func (c *evalCommand) results(ctx context.Context, name string) (results, error) {
	r := results{Head: resultHead{Model: cmp.Or(name, "rules"), Prompts: prompts.ModelVersion(), Times: c.Times}}
	var model assistant.Model
	if name != "" {
		m, err := llm.New(llm.Config{URL: c.URL, Name: name, Allowed: c.Allow})
		if err != nil {
			return r, err
		}
		model = m
	}
	casts, err := c.load()
	if err != nil {
		return r, err
	}
	for _, one := range casts {
		played, err := c.rounds(ctx, one, model)
		if err != nil {
			return r, err
		}
		r.Items = append(r.Items, played)
	}
	if c.Replays == "" {
		return r, nil
	}
	replayed, err := c.replay(ctx, model)
	r.Items = append(r.Items, replayed...)
	return r, err
}

// rounds plays one scenario as often as asked for, with each of the slips asked
// for. By rules alone every round is the same.
func (c *evalCommand) rounds(ctx context.Context, one cast, model assistant.Model) (result, error) {
	sum := result{Kind: kindScenario, ID: one.ID}
	times := c.Times
	if model == nil {
		times = 1
	}
	for round := range times {
		o := scenario.Options{Patience: c.Patience}
		if model != nil {
			o.Model = varied{model, round}
		}
		for o.Typos = min(1, uint64(c.Typos)); o.Typos <= uint64(c.Typos); o.Typos++ {
			r, err := scenario.Play(ctx, one.file, one.Scenario, o)
			if err != nil {
				return sum, fmt.Errorf("%s: %w", one.file.Path, err)
			}
			sum.add(r)
		}
	}
	if model == nil {
		sum.Played, sum.Good = sum.Played*c.Times, sum.Good*c.Times
	}
	return sum, nil
}

func (r *result) add(one scenario.Result) {
	r.Played++
	r.Asked += one.AskedModel
	r.Turns += one.Turns
	if one.Passed() {
		r.Good++
	} else if r.Missed == "" {
		r.Missed = strings.Join(one.Missed, "; ")
	}
}

// The kinds of a result.
const (
	kindScenario = "scenario"
	kindReplay   = "replay"
)

// result is what came of one scenario or one replayed message.
type result struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Played int    `json:"played"` // times
	Good   int    `json:"good"`   // of them: every outcome held; read in accordance with what the visitor booked
	Bad    int    `json:"bad,omitempty"`
	Read   int    `json:"read,omitempty"` // of a replay: times that anything was understood
	Turns  int    `json:"turns,omitempty"`
	Asked  int    `json:"asked_model,omitempty"`
	Missed string `json:"missed,omitempty"` // the first time that it was
}

// always reports whether it held every time.
func (r result) always() bool { return r.Good == r.Played }

// score is the share of times that went well less those that went wrong.
func (r result) score() float64 { return float64(r.Good-r.Bad) / float64(max(1, r.Played)) }

// resultHead says of what the results are.
type resultHead struct {
	Model   string `json:"model"`
	Prompts string `json:"prompts"` // version of their wording
	Times   int    `json:"times"`
}

// results are those of one model and wording. In a file: a line of JSON for the
// head and one for each result. It holds ids of scenarios and numbers of
// replays, no words of anybody.
type results struct {
	Head  resultHead
	Items []result
}

func (r results) save(path string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lines := json.NewEncoder(f)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(r.Head); err != nil {
		return err
	}
	for _, one := range r.Items {
		if err := lines.Encode(one); err != nil {
			return err
		}
	}
	return nil
}

func loadResults(path string) (*results, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--against: expected a file of --save, model:NAME or rules: %w", err)
	}
	defer f.Close()
	r := &results{}
	lines := json.NewDecoder(bufio.NewReader(f))
	lines.DisallowUnknownFields()
	if err := lines.Decode(&r.Head); err != nil || r.Head.Times < 1 {
		return nil, fmt.Errorf("%s:1: found no results, expected a file that eval --save wrote", path)
	}
	for n := 2; ; n++ {
		var one result
		err := lines.Decode(&one)
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil || one.ID == "" || one.Played < 1 {
			return nil, fmt.Errorf("%s:%d: found no result, expected a line that eval --save wrote", path, n)
		}
		r.Items = append(r.Items, one)
	}
}

func (r results) of(kind string) (all []result) {
	for _, one := range r.Items {
		if one.Kind == kind {
			all = append(all, one)
		}
	}
	return all
}

func (r results) scenarios() int { return len(r.of(kindScenario)) }

func (r results) passed() int { return countIf(r.of(kindScenario), result.always) }

func countIf(all []result, is func(result) bool) (n int) {
	for _, one := range all {
		if is(one) {
			n++
		}
	}
	return n
}

// print tells the results of one model.
func (r results) print(w io.Writer) {
	for _, one := range r.Items {
		if one.Kind == kindScenario && !one.always() {
			fmt.Fprintf(w, "MISS %s (%d of %d): %s\n", one.ID, one.Good, one.Played, one.Missed)
		}
	}
	r.sum(w, "")
}

// sum tells the figures of one model in a line or two.
func (r results) sum(w io.Writer, name string) {
	turns, asked := 0, 0
	for _, one := range r.of(kindScenario) {
		turns, asked = turns+one.Turns, asked+one.Asked
	}
	fmt.Fprintf(w, "%s%s, prompts %s: pass^%d %d of %d scenarios; the model asked in %d of %d messages\n",
		name, r.Head.Model, r.Head.Prompts, r.Head.Times, r.passed(), r.scenarios(), asked, turns)
	if replays := r.of(kindReplay); len(replays) > 0 {
		read := countIf(replays, func(one result) bool { return one.Read == one.Played })
		right := countIf(replays, func(one result) bool { return one.always() })
		wrong := countIf(replays, func(one result) bool { return one.Bad > 0 })
		fmt.Fprintf(w, "    replays: %d, understood every time %d, in accordance with what was booked %d, against it %d\n", len(replays), read, right, wrong)
	}
}

// compare tells what became better and worse, and returns how much did the
// latter.
func compare(w io.Writer, old, now results) (worse int) {
	better, missing := 0, 0
	for _, was := range old.Items {
		i := slices.IndexFunc(now.Items, func(is result) bool { return is.Kind == was.Kind && is.ID == was.ID })
		if i < 0 {
			missing++
			continue
		}
		is := now.Items[i]
		from, to := fmt.Sprintf("%d of %d", was.Good, was.Played), fmt.Sprintf("%d of %d", is.Good, is.Played)
		switch d := is.score() - was.score(); {
		case d > 0:
			better++
			fmt.Fprintf(w, "better %s %s: %s, before %s\n", is.Kind, is.ID, to, from)
		case d < 0:
			worse++
			fmt.Fprintf(w, "WORSE  %s %s: %s, before %s", is.Kind, is.ID, to, from)
			if is.Missed != "" {
				fmt.Fprintf(w, ": %s", is.Missed)
			}
			fmt.Fprintln(w)
		case is.Kind == kindReplay && is.Read*was.Played != was.Read*is.Played:
			fmt.Fprintf(w, "differs replay %s: understood %d of %d, before %d of %d\n", is.ID, is.Read, is.Played, was.Read, was.Played)
		}
	}
	old.sum(w, "before: ")
	now.sum(w, "now:    ")
	fmt.Fprintf(w, "%d better, %d worse", better, worse)
	if missing > 0 {
		fmt.Fprintf(w, ", %d of before not played now", missing)
	}
	fmt.Fprintln(w)
	return worse
}
