package assistant

import (
	"context"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/assistant/llm"
	"okoshko/assistant/nlu"
)

// Interpreter reads single messages exactly as a conversation does, for trials
// of a model and of prompts: the same rules, questions, checks and merging, with
// no store and no conversation.
type Interpreter struct{ h *house }

// NewInterpreter returns an Interpreter for messages to one clinic.
func NewInterpreter(c *clinic.Clinic) *Interpreter { return &Interpreter{newHouse(c, nil)} }

// Message is one message and the moment in which it comes.
type Message struct {
	Text  string
	Lang  string
	Asked Expect // what was asked last
	Now   time.Time
	// Seed and Temperature vary a model's answer; both 0: as visitors get it.
	Seed        int
	Temperature float64
}

// Read is what the rules understand of a message.
func (i *Interpreter) Read(m Message) nlu.Reading { return i.h.reader.Read(m.Text, m.context()) }

func (m Message) context() nlu.Context {
	return nlu.Context{Lang: m.Lang, Now: m.Now, Expects: nlu.Field(m.Asked)}
}

// Helped is what a model adds to a reading.
type Helped struct {
	Commands []nlu.Command // of the model, checked
	Dropped  int           // commands that did not check
	Answer   llm.Answer
}

// Help has a model read the message, whether or not the rules are enough, and
// waits as long as ctx allows. The error is the model's, or says that its answer
// held no commands.
func (i *Interpreter) Help(ctx context.Context, model Model, m Message, rules nlu.Reading) (Helped, error) {
	q := i.h.question(model, "", &State{Lang: m.Lang, Asked: m.Asked, Secret: "trial0"}, m.context(), m.Text, rules)
	said, err := q.ask(ctx, m.Seed, m.Temperature)
	return Helped{said.commands, said.dropped, said.answer}, err
}
