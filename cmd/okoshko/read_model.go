package main

import (
	"context"
	"errors"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/clinic"
	"okoshko/assistant/llm"
	"okoshko/assistant/nlu"
)

// readModel are the flags of read with which the model is asked as well.
type readModel struct {
	Model string   `placeholder:"NAME" help:"Ask this Ollama model as well, for every line; --clinic says whose messages they are."`
	URL   string   `placeholder:"ADDRESS" help:"Address of the Ollama server; default: what the clinic file says."`
	Allow []string `env:"OKOSHKO_MODEL_HOSTS" placeholder:"HOST" help:"Machines beside this one on which the model may run."`
}

// modelSaid is what the model adds to a line.
type modelSaid struct {
	Needed   bool          `json:"needed"` // the rules are not enough: its commands are among the line's
	Commands []nlu.Command `json:"commands"`
	Dropped  int           `json:"dropped"` // commands that did not check
	Tokens   int           `json:"tokens"`
	Prompt   int           `json:"prompt_tokens"`
	MS       int64         `json:"ms"`
	Error    string        `json:"error,omitempty"`
}

// readAsker asks the model; nil: none is wanted.
type readAsker struct {
	model       assistant.Model
	interpreter *assistant.Interpreter
}

// readPatience is how long one answer may take: nobody waits for it.
const readPatience = 5 * time.Minute

func (c *readModel) asker(s streams, path string) (*readAsker, error) {
	if c.Model == "" {
		return nil, nil
	}
	if path == "" {
		return nil, errors.New("--model needs --clinic FILE: the model picks from the clinic's own lists")
	}
	var house *clinic.Clinic
	house, err := loadClinic(s, path)
	if err != nil {
		return nil, err
	}
	if c.URL == "" {
		c.URL = house.Model.URL
	}
	m, err := llm.New(llm.Config{URL: c.URL, Name: c.Model, Allowed: c.Allow, Timeout: readPatience})
	if err != nil {
		return nil, err
	}
	return &readAsker{m, assistant.NewInterpreter(house)}, nil
}

// ask has the model read a line, and adds to the reading what a conversation
// would add.
func (a *readAsker) ask(ctx context.Context, m assistant.Message, r *nlu.Reading) *modelSaid {
	if a == nil {
		return nil
	}
	help, err := a.interpreter.Help(ctx, a.model, m, *r)
	said := &modelSaid{
		Needed: !assistant.Enough(*r), Commands: help.Commands, Dropped: help.Dropped,
		Tokens: help.Answer.Tokens, Prompt: help.Answer.PromptTokens, MS: help.Answer.Total.Milliseconds(),
	}
	if said.Commands == nil {
		said.Commands = []nlu.Command{}
	}
	switch {
	case err != nil:
		said.Error = err.Error()
	case said.Needed:
		r.Commands = assistant.Merge(r.Commands, help.Commands)
	}
	return said
}
