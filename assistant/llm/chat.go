package llm

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ollama/ollama/api"
	"github.com/ollama/ollama/types/model"
	"github.com/tmc/langchaingo/llms"
)

// maxAnswer is bytes of an answer's text, thoughts included. The largest that a schema of ours
// allows is a few kilobytes; more is a server gone mad.
const maxAnswer = 64 << 10

// stopLength is the StopReason of an answer that was cut off.
const stopLength = "length"

const provider = "ollama"

// chat is a langchaingo model over one Ollama server. langchaingo has one of
// its own; it knows no schema, loses a cancelled context and cannot turn
// thinking off.
type chat struct {
	server *server
	name   string
	numCtx int
	keep   api.Duration
	known  atomic.Pointer[traits] // nil: to be asked for
}

var _ llms.Model = (*chat)(nil)

// traits are what has to be known of a model before it is asked.
type traits struct{ thinks bool }

func newChat(s *server, name string, numCtx int, keep time.Duration) *chat {
	return &chat{server: s, name: name, numCtx: numCtx, keep: api.Duration{Duration: keep}}
}

// Call implements llms.Model.
func (c *chat) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, c, prompt, options...)
}

// GenerateContent implements llms.Model for messages of text. Every error is an
// *llms.Error whose text holds nothing that the server wrote.
func (c *chat) GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	var o llms.CallOptions
	for _, option := range options {
		option(&o)
	}
	request, err := c.request(messages, o)
	if err != nil {
		return nil, err
	}
	traits, err := c.traits(ctx)
	if err != nil {
		return nil, explain(ctx, err)
	}
	if traits.thinks {
		request.Think = &api.ThinkValue{Value: false} // with a schema it would think in vain
	}
	text, last, err := c.stream(ctx, request, o.StreamingFunc)
	if err != nil {
		if ctx.Err() == nil {
			c.known.Store(nil) // another model may be there when the server is back
		}
		return nil, explain(ctx, err)
	}
	if last.PromptEvalCount >= c.numCtx { // older servers cut a prompt without a word
		return nil, explain(ctx, ErrTooLong)
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{
		Content: strings.TrimSpace(text), StopReason: last.DoneReason, GenerationInfo: generationInfo(last),
	}}}, nil
}

func (c *chat) request(messages []llms.MessageContent, o llms.CallOptions) (*api.ChatRequest, error) {
	no := false
	r := &api.ChatRequest{
		Model: c.name, KeepAlive: &c.keep, Truncate: &no, Shift: &no,
		Options: map[string]any{"num_ctx": c.numCtx, "temperature": o.Temperature, "seed": o.Seed},
	}
	if o.MaxTokens > 0 {
		r.Options["num_predict"] = o.MaxTokens
	}
	if schema, ok := o.Metadata[schemaKey].(json.RawMessage); ok {
		r.Format = schema
	}
	for _, m := range messages {
		role, ok := rolesOfOllama[m.Role]
		text, plain := plainText(m.Parts)
		if !ok || !plain {
			return nil, llms.NewError(llms.ErrCodeNotImplemented, provider, "only text of system, human and ai")
		}
		r.Messages = append(r.Messages, api.Message{Role: role, Content: text})
	}
	return r, nil
}

var rolesOfOllama = map[llms.ChatMessageType]string{
	llms.ChatMessageTypeSystem: RoleSystem, llms.ChatMessageTypeHuman: RoleUser, llms.ChatMessageTypeAI: RoleAssistant,
}

func plainText(parts []llms.ContentPart) (string, bool) {
	var b strings.Builder
	for _, part := range parts {
		text, ok := part.(llms.TextContent)
		if !ok {
			return "", false
		}
		b.WriteString(text.Text)
	}
	return b.String(), true
}

// schemaKey is where a call's schema rides: Metadata is langchaingo's one place
// for what only a provider understands.
const schemaKey = "ollama.format"

func withSchema(schema json.RawMessage) llms.CallOption {
	return llms.WithMetadata(map[string]any{schemaKey: schema})
}

// traits asks the server about the model once.
func (c *chat) traits(ctx context.Context) (*traits, error) {
	if t := c.known.Load(); t != nil {
		return t, nil
	}
	show, err := c.server.show(ctx, c.name)
	if err != nil {
		return nil, err
	}
	t := &traits{thinks: slices.Contains(show.Capabilities, model.CapabilityThinking)}
	c.known.Store(t)
	return t, nil
}

// stream gathers the pieces of one answer and returns its text and last frame.
func (c *chat) stream(ctx context.Context, r *api.ChatRequest, piece func(context.Context, []byte) error) (string, api.ChatResponse, error) {
	var text strings.Builder
	var last api.ChatResponse
	size := 0
	err := c.server.client.Chat(ctx, r, func(frame api.ChatResponse) error {
		last = frame
		if frame.RemoteHost != "" || frame.RemoteModel != "" {
			return ErrRemote
		}
		if size += len(frame.Message.Content) + len(frame.Message.Thinking); size > maxAnswer {
			return errTooLarge
		}
		text.WriteString(frame.Message.Content)
		if piece != nil && frame.Message.Content != "" {
			return piece(ctx, []byte(frame.Message.Content))
		}
		return nil
	})
	switch {
	case err != nil || last.Done:
	case size > 0:
		err = errStopped
	default:
		err = io.ErrUnexpectedEOF
	}
	return text.String(), last, err
}

// The failures of a call, told apart.
var (
	errTooLarge  = errors.New("answer larger than allowed")
	errCut       = errors.New("answer broke off")
	errStopped   = errors.New("server stopped the answer") // Ollama does so with a model that repeats itself
	errRefused   = errors.New("nobody listens at the address")
	errNetwork   = errors.New("connection failed")
	errServer    = errors.New("server error")
	errRunner    = errors.New("server cannot run the model")
	errMemory    = errors.New("not enough memory for the model")
	errFull      = errors.New("server's own queue is full")
	errBadAsk    = errors.New("server refuses the request")
	errInBand    = errors.New("server failed within the answer")
	errForbidden = errors.New("server asks for a login")
)

// hints tell what a server's error says, by a fragment of it. The text itself
// is not passed on: it may quote the prompt.
var hints = []struct {
	fragment string
	cause    error
}{
	{"exceeds the context length", ErrTooLong},
	{"exceeds the available context size", ErrTooLong},
	{"system memory", errMemory},
	{"llama-server binary not found", errRunner},
	{"unexpectedly stopped", errRunner},
	{"maximum pending requests", errFull},
	{"error was encountered while running the model", errCut},
}

// explain turns an error of the ollama client into langchaingo's.
func explain(ctx context.Context, err error) *llms.Error {
	if ctx.Err() != nil {
		code := llms.ErrCodeTimeout
		if errors.Is(ctx.Err(), context.Canceled) {
			code = llms.ErrCodeCanceled
		}
		return llms.NewError(code, provider, ctx.Err().Error()).WithCause(ctx.Err())
	}
	code, cause := classify(err)
	return llms.NewError(code, provider, cause.Error()).WithCause(cause)
}

func classify(err error) (llms.ErrorCode, error) {
	for _, sentinel := range []error{ErrRemote, ErrNotAllowed, errTooLarge, errStopped} {
		if errors.Is(err, sentinel) {
			return llms.ErrCodeProviderUnavailable, sentinel
		}
	}
	var status api.StatusError
	var login api.AuthorizationError
	var refused interface{ Timeout() bool } // net.Error, url.Error
	switch {
	case errors.Is(err, ErrTooLong):
		return llms.ErrCodeTokenLimit, ErrTooLong
	case errors.As(err, &login):
		return llms.ErrCodeAuthentication, errForbidden
	case errors.As(err, &status):
		return classifyStatus(status)
	case errors.Is(err, syscall.ECONNREFUSED):
		return llms.ErrCodeProviderUnavailable, errRefused
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return llms.ErrCodeProviderUnavailable, errCut
	case errors.As(err, &refused):
		return llms.ErrCodeProviderUnavailable, errNetwork
	}
	// What is left stood in the stream: an error frame or a line that is no JSON.
	return llms.ErrCodeProviderUnavailable, hinted(err.Error(), errInBand)
}

func classifyStatus(status api.StatusError) (llms.ErrorCode, error) {
	switch cause := hinted(status.ErrorMessage, errServer); {
	case cause == ErrTooLong:
		return llms.ErrCodeTokenLimit, cause
	case status.StatusCode == http.StatusNotFound:
		return llms.ErrCodeResourceNotFound, ErrNoModel
	case status.StatusCode == http.StatusServiceUnavailable, status.StatusCode == http.StatusTooManyRequests:
		return llms.ErrCodeRateLimit, errFull
	case status.StatusCode < http.StatusInternalServerError:
		return llms.ErrCodeInvalidRequest, errBadAsk
	default:
		return llms.ErrCodeProviderUnavailable, cause
	}
}

func hinted(text string, otherwise error) error {
	for _, h := range hints {
		if strings.Contains(text, h.fragment) {
			return h.cause
		}
	}
	return otherwise
}
