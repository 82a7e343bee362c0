package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"okoshko/assistant"
	"okoshko/assistant/clinic"
	"okoshko/assistant/llm"
	"okoshko/assistant/nlu"
	"okoshko/assistant/nlu/when"
	"okoshko/prompts"
)

//go:embed model_trial.yaml
var modelTrial []byte

// trial is a fixed set of messages about the example clinic, for finding out
// what a model is good for.
type trial struct {
	Now      time.Time      `yaml:"now"`
	Messages []trialMessage `yaml:"messages"`

	house  *clinic.Clinic
	reader *assistant.Interpreter
}

// trialMessage is one message and what has to be read out of it.
type trialMessage struct {
	Lang  string   `yaml:"lang"`
	Text  string   `yaml:"text"`
	Asked string   `yaml:"asked"`
	Want  []string `yaml:"want"` // «do [field] [value]»
	May   []string `yaml:"may"`
}

func newTrial() (*trial, error) {
	t := &trial{}
	if err := yaml.UnmarshalWithOptions(modelTrial, t, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("model_trial.yaml: %w", err)
	}
	house, _, err := clinic.Parse("example.yaml", exampleClinic)
	if err != nil {
		return nil, err
	}
	t.house, t.reader = house, assistant.NewInterpreter(house)
	t.Now = t.Now.In(house.Location)
	return t, nil
}

// trialResult is what came of one message.
type trialResult struct {
	trialMessage
	asked       bool     // the rules were not enough: it counts in `with`
	valid       bool     // the answer held to the schema
	rules, with bool     // right by rules alone; right with the model
	read        []string // by both
	answer      llm.Answer
}

// play asks the model about one message. A wrong answer is a result; the error
// is why there was no answer, and the result is then that of the rules.
func (t *trial) play(ctx context.Context, m assistant.Model, message trialMessage) (trialResult, error) {
	r := trialResult{trialMessage: message}
	in := t.message(message)
	reading := t.reader.Read(in)
	r.read, r.asked = told(reading.Commands), !assistant.Enough(reading)
	r.rules = message.right(r.read)
	r.with = r.rules

	help, err := t.reader.Help(ctx, m, in, reading)
	switch {
	case errors.Is(err, llm.ErrTruncated), errors.Is(err, llm.ErrInvalid), errors.Is(err, prompts.ErrModelAnswer):
	case err != nil:
		return r, err
	default:
		r.valid = true
	}
	r.answer = help.Answer
	if r.asked {
		r.read = told(assistant.Merge(reading.Commands, help.Commands))
		r.with = message.right(r.read)
	}
	return r, nil
}

func (t *trial) message(m trialMessage) assistant.Message {
	return assistant.Message{Text: m.Text, Lang: m.Lang, Asked: assistant.Expect(m.Asked), Now: t.Now}
}

// told writes commands as a trial's `want` does.
func told(commands []nlu.Command) []string {
	var all []string
	for _, c := range commands {
		words := []string{c.Do, string(c.Field), c.Value}
		switch c.Do {
		case nlu.Correct: // in a conversation that begins there is no difference
			words[0] = nlu.Set
		case nlu.Human:
			words[2] = ""
		}
		if c.Field == nlu.FieldTime {
			words[2] = toldTime(c.Constraint)
		}
		all = append(all, strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " "))
	}
	return all
}

func toldTime(c when.Constraint) string {
	var words []string
	if c.Dates != nil {
		days := []string{day(c.Dates[0]), day(c.Dates[1])}
		words = append(words, strings.Join(slices.Compact(days), ".."))
	}
	if c.Time != nil {
		hours := c.Time.From + "-" + c.Time.To
		if c.Time.Kind != when.Between {
			hours = c.Time.Kind + " " + c.Time.From + c.Time.To
		}
		words = append(words, hours)
	}
	if c.Nearest {
		words = append(words, "nearest")
	}
	return strings.Join(words, " ")
}

func day(d when.Date) string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// right is whether all that has to be read was read, and nothing else that would
// change what the visitor gets.
func (m trialMessage) right(read []string) bool {
	for _, want := range m.Want {
		if want != nlu.Book && !slices.Contains(read, want) {
			return false
		}
		if want == nlu.Book && len(m.Want) == 1 && !slices.Contains(read, want) {
			return false
		}
	}
	harmless := append([]string{nlu.Book, nlu.Greet, nlu.Thanks, nlu.Unclear}, m.May...)
	return !slices.ContainsFunc(read, func(c string) bool { return !slices.Contains(m.Want, c) && !slices.Contains(harmless, c) })
}
