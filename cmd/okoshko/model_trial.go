package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
	reader *nlu.Reader
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
	t.house, t.reader = house, nlu.New(assistant.Vocabulary(house))
	t.Now = t.Now.In(house.Location)
	return t, nil
}

// asker is what a trial needs of a model.
type asker interface {
	Ask(ctx context.Context, r llm.Request) (llm.Answer, error)
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
func (t *trial) play(ctx context.Context, m asker, message trialMessage) (trialResult, error) {
	r := trialResult{trialMessage: message}
	reading := t.reader.Read(message.Text, t.context(message, nlu.Field(message.Asked)))
	rules := reading.Commands
	r.read, r.asked = told(rules), !rulesSuffice(reading)
	r.rules = message.right(r.read)
	r.with = r.rules

	in := t.input(message)
	system, user := prompts.ModelMessages(in)
	answer, err := m.Ask(ctx, llm.Request{
		Messages: []llm.Message{{Role: llm.RoleSystem, Text: system}, {Role: llm.RoleUser, Text: user}},
		Schema:   prompts.ModelSchema(in),
	})
	var said []prompts.ModelCommand
	switch {
	case errors.Is(err, llm.ErrTruncated), errors.Is(err, llm.ErrInvalid):
	case err != nil:
		return r, err
	default:
		said, _, err = prompts.ModelCommands(answer.JSON, in)
		r.valid = err == nil
	}
	r.answer = answer
	if r.asked {
		r.read = told(joined(rules, t.checked(message, said)))
		r.with = message.right(r.read)
	}
	return r, nil
}

func (t *trial) context(message trialMessage, expects nlu.Field) nlu.Context {
	return nlu.Context{Lang: message.Lang, Now: t.Now, Expects: expects}
}

// input is what the conversation tells the model about a first message.
func (t *trial) input(message trialMessage) prompts.ModelInput {
	in := prompts.ModelInput{Lang: message.Lang, Clinic: t.house.Name.In(message.Lang), Expects: message.Asked, Message: message.Text}
	for _, s := range t.house.Services {
		in.Services = append(in.Services, prompts.ModelItem{ID: s.ID, Name: s.Name.In(message.Lang)})
	}
	for _, s := range t.house.Specialists {
		in.Specialists = append(in.Specialists, prompts.ModelItem{ID: s.ID, Name: s.Name.In(message.Lang)})
	}
	for _, b := range t.house.Branches {
		in.Branches = append(in.Branches, prompts.ModelItem{ID: b.ID, Name: b.Name.In(message.Lang)})
	}
	for i, f := range t.house.FAQ {
		in.Questions = append(in.Questions, prompts.ModelItem{ID: strconv.Itoa(i), Name: f.Questions[0]})
	}
	return in
}

// The next three are the conversation's way with a model's commands
// (assistant/interpret.go, assistant/model.go), which does not show it.

// rulesSuffice is whether the conversation would not ask the model.
func rulesSuffice(r nlu.Reading) bool {
	understood := slices.ContainsFunc(r.Commands, func(c nlu.Command) bool { return c.Do != nlu.Unclear })
	return r.Alarm != "" || understood && r.Covered >= 0.5
}

// checked reads values out of the model's quotes and drops what only the rules
// may say.
func (t *trial) checked(message trialMessage, said []prompts.ModelCommand) (commands []nlu.Command) {
	for _, c := range said {
		switch {
		case slices.Contains([]string{"time", "name", "phone", "email"}, c.Field):
			for _, r := range t.reader.Read(c.Quote, t.context(message, nlu.Field(c.Field))).Commands {
				if r.Field == nlu.Field(c.Field) {
					commands = append(commands, r)
				}
			}
		case slices.Contains([]string{nlu.Erase, nlu.Withdraw, nlu.Affirm}, c.Do):
		default:
			commands = append(commands, nlu.Command{Do: c.Do, Field: nlu.Field(c.Field), Value: c.Value, Quote: c.Quote})
		}
	}
	return commands
}

// joined adds the model's commands to the rules', whose word stands.
func joined(rules, model []nlu.Command) []nlu.Command {
	said := map[string]bool{}
	var all []nlu.Command
	for _, c := range rules {
		if c.Do == nlu.Unclear && len(model) > 0 {
			continue
		}
		said[c.Do+string(c.Field)] = true
		all = append(all, c)
	}
	for _, c := range model {
		if !said[c.Do+string(c.Field)] {
			all = append(all, c)
		}
	}
	return all
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
