// Package llm asks a small language model on this machine, behind an Ollama
// server, for one JSON answer to a schema.
//
// It holds no prompt and knows no booking; it is the only room that knows
// Ollama and langchaingo. What it promises: an answer that Ask returns is whole
// and holds to the request's schema; nobody waits longer than Config.Timeout
// plus a short queue; a server that hangs, lies or is gone is left alone for a
// while; nothing is dialled but this machine or a host the owner allowed, and
// no model is used that Ollama itself would ask elsewhere. What the answer says
// may still be nonsense: its reader has to check each value.
//
// Errors and logs of this room carry no words of a prompt or an answer.
package llm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tmc/langchaingo/llms"
)

// Errors of New: the configuration is wrong.
var (
	ErrURL        = errors.New("llm: not the address of an Ollama server")
	ErrNotAllowed = errors.New("llm: neither this machine nor an allowed host")
)

// Errors of Ask. Beside these it returns the error of its context.
var (
	// ErrSchema: the request's schema is missing or not of the subset that the
	// server is trusted with; see grammar.
	ErrSchema = errors.New("llm: schema refused")

	// ErrBusy: nobody asked the server, others are before us.
	ErrBusy = errors.New("llm: busy")
	// ErrReplaced: a newer request of the same conversation took the place of
	// this one in the queue.
	ErrReplaced = fmt.Errorf("%w: replaced by a newer request", ErrBusy)

	// ErrUnavailable: the server did not answer, or not in time, or not well.
	ErrUnavailable = errors.New("llm: unavailable")
	// ErrResting: the server failed too often in a row and is not asked for now.
	ErrResting = fmt.Errorf("%w: resting after failures", ErrUnavailable)
	// ErrNoModel: the server does not hold the model.
	ErrNoModel = fmt.Errorf("%w: no such model", ErrUnavailable)
	// ErrRemote: the model's weights are elsewhere; asking it would send the
	// conversation there.
	ErrRemote = fmt.Errorf("%w: the model is not on that server", ErrUnavailable)

	// ErrTruncated: the answer reached MaxTokens or the end of the context
	// before its JSON was closed, or the server stopped it for repeating itself.
	ErrTruncated = errors.New("llm: answer cut off")
	// ErrTooLong: the prompt does not fit into Config.NumCtx.
	ErrTooLong = errors.New("llm: prompt too long")
	// ErrInvalid: the answer does not hold to the schema, or is larger than
	// maxAnswer.
	ErrInvalid = fmt.Errorf("%w: invalid answer", ErrUnavailable)
)

// Config says which model is asked, where, and how hard. Zero values mean the
// defaults named here.
type Config struct {
	URL  string // of the Ollama server; http://127.0.0.1:11434
	Name string // of the model, as Ollama lists it; required

	// Allowed are hosts beside this machine that URL may name, as written there.
	Allowed []string

	NumCtx    int           // tokens of prompt and answer together; 4096. Every change loads the model anew
	KeepAlive time.Duration // the model stays in memory after an answer; negative and 0: for ever
	MaxTokens int           // of an answer whose request names no bound; 160
	Timeout   time.Duration // of one answer, from its turn in the queue; 20 s

	Parallel int // requests at the server at once; 1
	Queue    int // requests waiting beside them; 8

	Failures int           // in a row after which the server rests; 3
	Rest     time.Duration // its length; 30 s

	Now func() time.Time // time.Now
	Log *slog.Logger     // slog.Default()
}

const (
	defaultURL       = "http://127.0.0.1:11434"
	defaultNumCtx    = 4096
	defaultMaxTokens = 160
	defaultTimeout   = 20 * time.Second
	defaultParallel  = 1
	defaultQueue     = 8
	defaultFailures  = 3
	defaultRest      = 30 * time.Second
)

// Message is one part of a prompt.
type Message struct {
	Role string // RoleSystem, RoleUser or RoleAssistant
	Text string
}

// The roles of a Message.
const (
	RoleSystem    = "system"
	RoleUser      = "user"
	RoleAssistant = "assistant"
)

// Request is one question. Requests whose messages begin with the same bytes
// are cheap one after the other: the server keeps what it has read.
type Request struct {
	Messages  []Message
	Schema    json.RawMessage // the answer holds to it; required, see grammar
	MaxTokens int             // of the answer; 0: Config.MaxTokens

	// Key names who asks, for fairness: of one key one request is at the server
	// and one waits. Empty: nobody in particular.
	Key string

	// Seed and Temperature vary the answer for trials; both 0: the same
	// question gets the same answer.
	Seed        int
	Temperature float64
}

// Answer is what the model said, and what it cost.
type Answer struct {
	JSON []byte // holds to the request's schema

	PromptTokens int           // of the whole prompt, also of what the server had kept
	Tokens       int           // of the answer
	Reading      time.Duration // of what the server had not kept of the prompt
	Writing      time.Duration // of the answer

	Wait  time.Duration // in the queue
	First time.Duration // from then to the first piece of the answer
	Total time.Duration // of Ask, the queue included
}

// Model is one model at one server. It is safe for concurrent use.
type Model struct {
	name      string
	maxTokens int
	timeout   time.Duration
	rest      time.Duration
	now       func() time.Time
	log       *slog.Logger

	server  *server
	model   llms.Model // chat of that server
	queue   *queue
	breaker *breaker
	meter   meter
}

// New prepares a Model; it dials nobody. The error is ErrURL, ErrNotAllowed or
// says that the name is missing.
func New(c Config) (*Model, error) {
	if c.Name == "" {
		return nil, errors.New("llm: no model named")
	}
	s, err := dial(cmp.Or(c.URL, defaultURL), c.Allowed)
	if err != nil {
		return nil, err
	}
	now := c.Now
	if now == nil {
		now = time.Now
	}
	rest := cmp.Or(c.Rest, defaultRest)
	return &Model{
		name:      c.Name,
		maxTokens: cmp.Or(c.MaxTokens, defaultMaxTokens),
		timeout:   cmp.Or(c.Timeout, defaultTimeout),
		rest:      rest,
		now:       now,
		log:       cmp.Or(c.Log, slog.Default()),
		server:    s,
		model:     newChat(s, c.Name, cmp.Or(c.NumCtx, defaultNumCtx), cmp.Or(c.KeepAlive, -1)),
		queue:     newQueue(cmp.Or(c.Parallel, defaultParallel), cmp.Or(c.Queue, defaultQueue)),
		breaker:   newBreaker(cmp.Or(c.Failures, defaultFailures), rest, now),
	}, nil
}

// Ask waits for its turn and then for the answer. It returns early when ctx is
// done, and the server is then free for the next.
func (m *Model) Ask(ctx context.Context, r Request) (Answer, error) {
	g, err := parseGrammar(r.Schema)
	if err != nil {
		m.meter.asked(Answer{}, err)
		return Answer{}, err
	}
	answer, err := m.ask(ctx, r, g, m.timeout)
	m.meter.asked(answer, err)
	if err != nil {
		return Answer{}, err
	}
	return answer, nil
}

// ask is Ask with a grammar read before; without one any answer will do.
func (m *Model) ask(ctx context.Context, r Request, g *grammar, timeout time.Duration) (Answer, error) {
	began := m.now()
	if m.breaker.resting() {
		return Answer{}, ErrResting
	}
	leave, err := m.queue.enter(ctx, r.Key)
	if err != nil {
		return Answer{}, err
	}
	defer leave()

	report, err := m.breaker.begin() // it may have begun to rest while we waited
	if err != nil {
		return Answer{}, err
	}
	sent := m.now()
	answer, err := m.generate(ctx, r, g, timeout)
	answer.Wait, answer.Total = sent.Sub(began), m.now().Sub(began)
	if report(err) {
		m.log.Warn("llm: server rests", "model", m.name, "rest", m.rest, "error", err)
	}
	return answer, err
}

// generate is one call of the server, its answer checked.
func (m *Model) generate(outer context.Context, r Request, g *grammar, timeout time.Duration) (Answer, error) {
	ctx, cancel := context.WithTimeout(outer, timeout)
	defer cancel()

	sent := m.now()
	var first time.Duration
	options := []llms.CallOption{
		llms.WithMaxTokens(cmp.Or(r.MaxTokens, m.maxTokens)), llms.WithSeed(r.Seed), llms.WithTemperature(r.Temperature),
		llms.WithStreamingFunc(func(context.Context, []byte) error {
			if first == 0 {
				first = m.now().Sub(sent)
			}
			return nil
		}),
	}
	if g != nil {
		options = append(options, withSchema(r.Schema))
	}
	response, err := m.model.GenerateContent(ctx, content(r.Messages), options...)
	switch {
	case err != nil && outer.Err() != nil:
		return Answer{}, fmt.Errorf("llm: %w", outer.Err())
	case err != nil && ctx.Err() != nil:
		return Answer{}, fmt.Errorf("%w: no answer within %v", ErrUnavailable, timeout)
	case err != nil:
		return Answer{}, fromProvider(err)
	}
	choice := response.Choices[0]
	u := usageOf(choice)
	m.meter.used(u)
	answer := Answer{PromptTokens: u.PromptTokens, Tokens: u.Tokens, Reading: u.Reading, Writing: u.Writing, First: first}
	switch {
	case g == nil:
		return answer, nil
	case choice.StopReason == stopLength:
		return answer, ErrTruncated
	}
	if err := g.check([]byte(choice.Content)); err != nil {
		return answer, err
	}
	answer.JSON = []byte(choice.Content)
	return answer, nil
}

// fromProvider turns langchaingo's error into ours.
func fromProvider(err error) error {
	for _, own := range []error{ErrNoModel, ErrRemote, ErrTooLong} {
		if errors.Is(err, own) {
			return own
		}
	}
	var e *llms.Error
	switch {
	case errors.Is(err, errTooLarge):
		return fmt.Errorf("%w: %w", ErrInvalid, errTooLarge)
	case errors.Is(err, errStopped):
		return fmt.Errorf("%w: %w", ErrTruncated, errStopped)
	case errors.As(err, &e):
		return fmt.Errorf("%w: %s", ErrUnavailable, e.Message)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

func content(messages []Message) []llms.MessageContent {
	roles := map[string]llms.ChatMessageType{
		RoleSystem: llms.ChatMessageTypeSystem, RoleUser: llms.ChatMessageTypeHuman, RoleAssistant: llms.ChatMessageTypeAI,
	}
	out := make([]llms.MessageContent, len(messages))
	for i, m := range messages {
		out[i] = llms.TextParts(roles[m.Role], m.Text)
	}
	return out
}
