package llm

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ollama/ollama/api"
	"github.com/tmc/langchaingo/llms"
)

// Metrics are counts and sums since the start of the process. Each Ask counts
// in Asked and in exactly one of the outcomes.
type Metrics struct {
	Asked uint64

	Answered    uint64
	Busy        uint64 // ErrBusy and ErrReplaced: the queue was full, a newer request came
	Resting     uint64 // ErrResting
	Truncated   uint64 // ErrTruncated
	Invalid     uint64 // ErrInvalid: against the schema, or too large
	Unavailable uint64 // ErrUnavailable for any other reason, a timeout included
	Left        uint64 // the asker's context was done
	Refused     uint64 // ErrSchema, ErrTooLong: our mistake

	Wait  time.Duration // in the queue, of all answered
	First time.Duration // to the first piece
	Total time.Duration

	// As the server counts them, for every answer that came to an end, cut off
	// or invalid ones and those of Run included.
	PromptTokens uint64
	Tokens       uint64
	Loading      time.Duration // the model into memory
	Reading      time.Duration // prompts; the kept beginning of one costs nothing
	Writing      time.Duration // answers

	Running int // now, at the server
	Waiting int // now, in the queue
}

// Speed is the mean of the last answers, at most 16.
type Speed struct {
	Answers int           // of how many it is; 0: nothing is known
	First   time.Duration // to the first piece of the answer
	Total   time.Duration // queue, reading and writing
	Reading float64       // tokens of prompt a second; high where the beginning was kept
	Writing float64       // tokens of answer a second
}

// usage is what Ollama says of one answer.
type usage struct {
	PromptTokens, Tokens      int
	Loading, Reading, Writing time.Duration
}

// usageKey is where a response's usage rides in langchaingo's GenerationInfo.
const usageKey = "ollama.usage"

func generationInfo(last api.ChatResponse) map[string]any {
	return map[string]any{
		"PromptTokens": last.PromptEvalCount, "CompletionTokens": last.EvalCount, "TotalTokens": last.PromptEvalCount + last.EvalCount,
		usageKey: usage{
			PromptTokens: last.PromptEvalCount, Tokens: last.EvalCount,
			Loading: last.LoadDuration, Reading: last.PromptEvalDuration, Writing: last.EvalDuration,
		},
	}
}

func usageOf(choice *llms.ContentChoice) usage {
	u, _ := choice.GenerationInfo[usageKey].(usage)
	return u
}

// meter keeps Metrics and the last answers.
type meter struct {
	mu     sync.Mutex
	sums   Metrics
	last   [16]Answer // a ring, without their JSON
	filled int        // answers ever written
}

// used counts what the server says of an answer.
func (m *meter) used(u usage) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sums.PromptTokens += uint64(u.PromptTokens)
	m.sums.Tokens += uint64(u.Tokens)
	m.sums.Loading += u.Loading
	m.sums.Reading += u.Reading
	m.sums.Writing += u.Writing
}

// asked counts the outcome of one Ask.
func (m *meter) asked(a Answer, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sums.Asked++
	*m.outcome(err)++
	if err != nil {
		return
	}
	a.JSON = nil
	m.sums.Wait += a.Wait
	m.sums.First += a.First
	m.sums.Total += a.Total
	m.last[m.filled%len(m.last)] = a
	m.filled++
}

// outcome is the count that an error of Ask belongs to.
func (m *meter) outcome(err error) *uint64 {
	switch {
	case err == nil:
		return &m.sums.Answered
	case errors.Is(err, ErrBusy):
		return &m.sums.Busy
	case errors.Is(err, ErrResting):
		return &m.sums.Resting
	case errors.Is(err, ErrTruncated):
		return &m.sums.Truncated
	case errors.Is(err, ErrInvalid):
		return &m.sums.Invalid
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &m.sums.Left
	case errors.Is(err, ErrSchema), errors.Is(err, ErrTooLong):
		return &m.sums.Refused
	}
	return &m.sums.Unavailable
}

func (m *meter) read() (Metrics, Speed) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sums, m.speed()
}

func (m *meter) speed() Speed {
	n := min(m.filled, len(m.last))
	if n == 0 {
		return Speed{}
	}
	var sum Answer
	for _, s := range m.last[:n] {
		sum.First += s.First
		sum.Total += s.Total
		sum.PromptTokens += s.PromptTokens
		sum.Tokens += s.Tokens
		sum.Reading += s.Reading
		sum.Writing += s.Writing
	}
	return Speed{
		Answers: n, First: sum.First / time.Duration(n), Total: sum.Total / time.Duration(n),
		Reading: perSecond(sum.PromptTokens, sum.Reading), Writing: perSecond(sum.Tokens, sum.Writing),
	}
}

func perSecond(n int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}
