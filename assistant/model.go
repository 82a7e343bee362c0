package assistant

import (
	"context"
	"strconv"
	"strings"
	"time"

	"okoshko/assistant/llm"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
	"okoshko/storage"
)

// Model reads what rules could not. Package llm has one.
type Model interface {
	Ask(ctx context.Context, r llm.Request) (llm.Answer, error)
}

// modelPatience is how long a visitor waits for the model before the rules'
// answer is given.
const modelPatience = 2 * time.Second

// UseModel makes another model the one that is asked from the next turn on; nil:
// rules alone.
func (a *Assistant) UseModel(m Model) {
	if m == nil {
		a.model.Store(nil)
		return
	}
	a.model.Store(&m)
}

// question is one message as it is put to the model.
type question struct {
	model   Model
	h       *house
	key     string // who asks: the conversation
	context nlu.Context
	text    string
	rules   nlu.Reading
	in      prompts.ModelInput
	values  map[string]string // by the tags that stand for them in the prompt
}

func (h *house) question(m Model, key string, st *State, c nlu.Context, text string, rules nlu.Reading) question {
	masked, values := privacy.Mask(text, rules.Personal, st.Secret)
	return question{model: m, h: h, key: key, context: c, text: text, rules: rules, in: h.modelInput(st, masked), values: values}
}

// asked is what a model said to a question, checked.
type asked struct {
	commands []nlu.Command
	dropped  int // commands that did not check
	answer   llm.Answer
}

// ask has the model read the message, and checks what it says: verbs of the
// grammar, ids of this clinic, quotes from the message. A time, name or phone is
// read by the rules out of the quote. seed and temperature vary it for trials.
func (q question) ask(ctx context.Context, seed int, temperature float64) (asked, error) {
	system, user := prompts.ModelMessages(q.in)
	answer, err := q.model.Ask(ctx, llm.Request{
		Messages: []llm.Message{{Role: llm.RoleSystem, Text: system}, {Role: llm.RoleUser, Text: user}},
		Schema:   prompts.ModelSchema(q.in), Key: q.key, Seed: seed, Temperature: temperature,
	})
	said := asked{answer: answer}
	if err != nil {
		return said, err
	}
	commands, dropped, err := prompts.ModelCommands(answer.JSON, q.in)
	said.dropped = dropped
	for _, c := range commands {
		said.commands = append(said.commands, q.read(c)...)
	}
	return said, err
}

// read turns the model's command into one of the reader's. Values that are not
// ids are read out of the quote by the rules, or dropped.
func (q question) read(c prompts.ModelCommand) []nlu.Command {
	switch nlu.Field(c.Field) {
	case nlu.FieldTime, nlu.FieldName, nlu.FieldPhone, nlu.FieldEmail:
		context := q.context
		context.Expects = nlu.Field(c.Field)
		var found []nlu.Command
		for _, r := range q.h.reader.Read(unmask(c.Quote, q.values), context).Commands {
			if r.Field == nlu.Field(c.Field) {
				found = append(found, r)
			}
		}
		return found
	}
	switch c.Do {
	case nlu.Erase, nlu.Withdraw, nlu.Affirm: // of consequence: the rules' word alone counts
		return nil
	}
	return []nlu.Command{{Do: c.Do, Field: nlu.Field(c.Field), Value: c.Value, Quote: c.Quote}}
}

// unmask puts the values back that tags stand for, for reading a quote.
func unmask(quote string, values map[string]string) string {
	for tag, value := range values {
		quote = strings.ReplaceAll(quote, tag, value)
	}
	return quote
}

// modelInput is what the model may know: the clinic's lists, the state, and the
// masked message.
func (h *house) modelInput(st *State, masked string) prompts.ModelInput {
	in := prompts.ModelInput{Lang: st.Lang, Clinic: h.clinic.Name.In(st.Lang), Expects: string(st.Asked), Message: masked}
	for _, s := range h.clinic.Services {
		in.Services = append(in.Services, prompts.ModelItem{ID: s.ID, Name: s.Name.In(st.Lang)})
	}
	for _, s := range h.clinic.Specialists {
		in.Specialists = append(in.Specialists, prompts.ModelItem{ID: s.ID, Name: s.Name.In(st.Lang)})
	}
	for _, b := range h.clinic.Branches {
		in.Branches = append(in.Branches, prompts.ModelItem{ID: b.ID, Name: b.Name.In(st.Lang)})
	}
	for i, f := range h.clinic.FAQ {
		in.Questions = append(in.Questions, prompts.ModelItem{ID: strconv.Itoa(i), Name: f.Questions[0]})
	}
	r := st.Request
	for _, v := range []prompts.ModelValue{{Field: "service", Value: r.Service}, {Field: "specialist", Value: r.Specialist}, {Field: "branch", Value: r.Branch}} {
		if v.Value != "" {
			in.Known = append(in.Known, v)
		}
	}
	for _, id := range st.Choices {
		if o := h.option(id, st.Lang); o.Label != "" {
			in.Offered = append(in.Offered, prompts.ModelItem{ID: o.ID, Name: o.Label})
		}
	}
	return in
}

// ModelBeginning is the part of the prompt that is the same for every message of
// this clinic in its first language, for warming the model.
func (a *Assistant) ModelBeginning() []llm.Message {
	h := a.house.Load()
	system, _ := prompts.ModelMessages(h.modelInput(&State{Lang: h.clinic.Languages[0]}, ""))
	return []llm.Message{{Role: llm.RoleSystem, Text: system}}
}

// lastTurns are what was said before the message, masked.
func (a *Assistant) lastTurns(conversation string, st *State) (turns []prompts.ModelTurn) {
	err := a.db.View(func(tx *storage.Tx) error {
		all, err := shown(tx, conversation, *st, st.Seq-min(st.Seq, shownTurns), teller{lang: st.Lang})
		for _, t := range all {
			staff := t.From == FromOperator || t.Notice // their words are not masked
			if !staff && (len(st.Pending) == 0 || t.Seq < st.Pending[0].Seq) {
				turns = append(turns, prompts.ModelTurn{Visitor: t.From == FromVisitor, Text: t.Text})
			}
		}
		return err
	})
	if err != nil {
		a.log.Warn("turns for the model", "conversation", conversation, "err", err)
		return nil
	}
	return turns
}

// shownTurns is how many turns before a message the model may see.
const shownTurns = 6
