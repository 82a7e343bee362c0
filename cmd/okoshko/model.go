package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/clinic"
	"okoshko/assistant/llm"
)

type modelCommand struct {
	List    modelList    `cmd:"" help:"The models that the Ollama server holds."`
	Pull    modelPull    `cmd:"" help:"Have the Ollama server fetch a model."`
	Test    modelTest    `cmd:"" help:"Find out what a model is good for: schema, languages, speed. Exits 1 where the rules alone do better."`
	Replays modelReplays `cmd:"" help:"Write masked messages of own conversations into a file, for eval --replays; stop the appliance first."`
	Use     modelUse     `cmd:"" help:"Write a model's name into the clinic file; the old file is kept beside it."`
}

// modelFlags say which server is asked.
type modelFlags struct {
	Data   string   `default:"okoshko-data" env:"OKOSHKO_DATA" placeholder:"DIR" help:"Folder in which the clinic file is looked for."`
	Clinic string   `env:"OKOSHKO_CLINIC" placeholder:"FILE" help:"Clinic file; default: clinic.yaml in the data folder, where there is one."`
	URL    string   `placeholder:"ADDRESS" help:"Address of the Ollama server; default: what the clinic file says."`
	Allow  []string `env:"OKOSHKO_MODEL_HOSTS" placeholder:"HOST" help:"Machines beside this one on which the model may run."`
}

// house is the clinic file, nil where none was named and none lies in its place.
func (f *modelFlags) house(s streams) (*clinic.Clinic, error) {
	if f.Clinic == "" {
		f.Clinic = filepath.Join(f.Data, clinicFile)
		if _, err := os.Stat(f.Clinic); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	return loadClinic(s, f.Clinic)
}

// stock is the server, and the clinic file where there is one.
func (f *modelFlags) stock(s streams) (*llm.Stock, *clinic.Clinic, error) {
	house, err := f.house(s)
	if err != nil {
		return nil, nil, err
	}
	if f.URL == "" && house != nil {
		f.URL = house.Model.URL
	}
	stock, err := llm.NewStock(f.URL, f.Allow...)
	return stock, house, err
}

type modelList struct{ modelFlags }

// Run prints a line for each model.
func (c *modelList) Run(ctx context.Context, s streams) error {
	stock, house, err := c.stock(s)
	if err != nil {
		return err
	}
	version, release, err := stock.Version(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", stock.URL(), err)
	}
	fmt.Fprintf(s.out, "Ollama %s at %s%s\n", version, stock.URL(), releaseWord(release))
	held, err := stock.List(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", stock.URL(), err)
	}
	if len(held) == 0 {
		fmt.Fprintln(s.out, "It holds no model. README names some by memory; okoshko model pull NAME fetches one.")
		return nil
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tSIZE\tFAMILY\tCONTEXT\tTHINKS\tNOTE")
	for _, h := range held {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", h.Name, size(h.Size), family(h), number(h.Context), yesNo(h.Thinks), note(h, house))
	}
	return table.Flush()
}

func releaseWord(r llm.Release) string {
	return map[llm.Release]string{
		llm.ReleaseUnknown: " (it does not say of which version)",
		llm.ReleaseOld:     " (older than any that was tried: install a newer one)",
		llm.ReleaseUnsafe:  " (UNSAFE, CVE-2026-103663: install 0.35.0 or later)",
	}[r]
}

func family(h llm.Held) string {
	words := []string{h.Family, h.Parameters, h.Quantization}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" || w == "unknown" })
	return orDash(strings.Join(words, " "))
}

// note says what has to be known before a model is chosen.
func note(h llm.Held, house *clinic.Clinic) string {
	switch {
	case h.Remote:
		return "runs elsewhere: never asked"
	case !h.Chats:
		return "cannot be talked to"
	case house != nil && sameModel(h.Name, house.Model.Name):
		return "the clinic file's"
	}
	return ""
}

// sameModel is whether two names mean one model: Ollama adds :latest to a name
// without a tag.
func sameModel(a, b string) bool {
	return strings.TrimSuffix(a, ":latest") == strings.TrimSuffix(b, ":latest")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func number(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// size is bytes for people, in steps of 1000 as disks are sold.
func size(n int64) string {
	switch {
	case n <= 0:
		return "-"
	case n < 1e6:
		return fmt.Sprintf("%d kB", (n+999)/1e3)
	case n < 1e9:
		return fmt.Sprintf("%d MB", (n+5e5)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

type modelPull struct {
	Name string `arg:"" help:"As in Ollama's library: qwen3:4b-instruct."`
	modelFlags
}

// Run has the server fetch the model and tells how far it is.
func (c *modelPull) Run(ctx context.Context, s streams) error {
	stock, _, err := c.stock(s)
	if err != nil {
		return err
	}
	_, release, err := stock.Version(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", stock.URL(), err)
	}
	if release == llm.ReleaseUnsafe {
		return fmt.Errorf("%s%s", stock.URL(), releaseWord(release))
	}
	p := &progress{out: s.out, terminal: isTerminal(s.out)}
	err = stock.Pull(ctx, c.Name, p.tell)
	p.end()
	switch {
	case errors.Is(err, llm.ErrRemote):
		fmt.Fprintf(s.err, "okoshko: %s runs on a machine of its maker: conversations would leave this house. It will not be asked.\n", c.Name)
		return errUnmet
	case errors.Is(err, llm.ErrNoModel):
		return fmt.Errorf("found no model %q in the registry, expected a name such as qwen3:4b-instruct", c.Name)
	case err != nil:
		return fmt.Errorf("%s: %w; what has come is kept: the same command goes on from there", c.Name, err)
	}
	fmt.Fprintf(s.out, "%s is here. Next: okoshko model test %s\n", c.Name, c.Name)
	return nil
}

// progress tells how far a pull is: in a terminal on one line that changes,
// elsewhere a line for each step and each tenth of a file.
type progress struct {
	out      io.Writer
	terminal bool
	last     string // what stands there now
}

func (p *progress) tell(at llm.Progress) {
	line, mark := at.Step, at.Step
	if at.Total > 0 {
		percent := int(at.Done * 100 / at.Total)
		line = fmt.Sprintf("%s: %d %%, %s of %s", at.Step, percent, size(at.Done), size(at.Total))
		mark = at.Step + at.Part + strconv.Itoa(percent/10)
	}
	if p.terminal {
		fmt.Fprintf(p.out, "\r%s\x1b[K", line)
		p.last = line
		return
	}
	if mark != p.last {
		fmt.Fprintln(p.out, line)
		p.last = mark
	}
}

func (p *progress) end() {
	if p.terminal && p.last != "" {
		fmt.Fprintln(p.out)
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

type modelTest struct {
	Name    string        `arg:"" help:"A model that the server holds."`
	Lang    []string      `placeholder:"LANG" help:"Languages; default: the clinic file's, else ru, tt and en."`
	Timeout time.Duration `default:"5m" help:"Of one answer. The first of a language waits for the whole prompt to be read."`
	Most    int           `placeholder:"N" help:"Ask so many messages of each language; default: all. For a look on a slow machine."`
	Wrong   bool          `help:"Print each message that is not read right with the model."`
	modelFlags
}

// Run asks the model every message of the trial and says whether it is worth
// asking.
func (c *modelTest) Run(ctx context.Context, s streams) error {
	stock, house, err := c.stock(s)
	if err != nil {
		return err
	}
	if _, err := stock.Look(ctx, c.Name); err != nil {
		return fmt.Errorf("%s at %s: %w", c.Name, stock.URL(), err)
	}
	m, err := llm.New(llm.Config{
		URL: c.URL, Name: c.Name, Allowed: c.Allow, Timeout: c.Timeout, Failures: math.MaxInt, // each message is asked
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	t, err := newTrial()
	if err != nil {
		return err
	}
	if len(c.Lang) == 0 && house != nil {
		c.Lang = house.Languages
	}
	report, err := c.play(ctx, s, t, m, stock)
	if err != nil {
		return fmt.Errorf("%s at %s: %w", c.Name, stock.URL(), err)
	}
	return report.verdict(s, c.Name)
}

// mostFailures is how many answers in a row a server may break off: Ollama does
// so with a model that repeats itself. More is a server that does not serve.
const mostFailures = 5

func (c *modelTest) play(ctx context.Context, s streams, t *trial, m assistant.Model, stock *llm.Stock) (trialReport, error) {
	var report trialReport
	failures := 0 // in a row
	asked := map[string]int{}
	for _, message := range t.Messages {
		if len(c.Lang) > 0 && !slices.Contains(c.Lang, message.Lang) || c.Most > 0 && asked[message.Lang] >= c.Most {
			continue
		}
		asked[message.Lang]++
		r, err := t.play(ctx, m, message)
		failures++
		if err == nil {
			failures = 0
		}
		if err != nil && !errors.Is(err, llm.ErrUnavailable) || errors.Is(err, llm.ErrNoModel) {
			return report, err
		}
		if failures > mostFailures {
			if _, _, down := stock.Version(ctx); down != nil {
				return report, err
			}
			report.broken = failures
			return report, nil
		}
		report.add(r)
		if c.Wrong && !r.with {
			fmt.Fprintf(s.out, "%s %q: expected %q, read %q\n", r.Lang, r.Text, r.Want, r.read)
		}
	}
	return report, nil
}
