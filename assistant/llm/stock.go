package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/ollama/ollama/api"
	"github.com/ollama/ollama/types/model"
)

// ErrStalled is an error of a pull: the server told no progress for ten minutes.
var ErrStalled = fmt.Errorf("%w: the download stands still", ErrUnavailable)

// maxStall is how long a pull may tell nothing. Ollama itself tries a part that
// stands still again after half a minute; a large file's checksum takes minutes.
const maxStall = 10 * time.Minute

// Stock is the models that one Ollama server holds, for looking and adding.
type Stock struct{ server *server }

// Held is one model that a server holds.
type Held struct {
	Name         string
	Size         int64  // bytes on the server's disk
	Family       string // as Ollama calls it: qwen3
	Parameters   string // 4.0B
	Quantization string // Q4_K_M
	Context      int    // the most tokens that it was made for; 0: not told
	Thinks       bool   // it can think before it answers; we tell it not to
	Chats        bool   // it can be talked to; false: it only makes vectors
	Remote       bool   // its weights are elsewhere: never asked
}

// Progress is how far a pull has come.
type Progress struct {
	Step        string // in the server's words: pulling manifest, verifying sha256 digest
	Part        string // which file of several; empty: no file
	Done, Total int64  // bytes of it; 0: not told
}

// NewStock prepares the way to a server; it dials nobody. address and allowed
// are as in Config. The error is ErrURL or ErrNotAllowed.
func NewStock(address string, allowed ...string) (*Stock, error) {
	s, err := dial(cmp.Or(address, defaultURL), allowed)
	if err != nil {
		return nil, err
	}
	return &Stock{s}, nil
}

// URL is the server's address.
func (s *Stock) URL() string { return s.server.url.String() }

// Version asks for the server's version and says whether that is a good one.
func (s *Stock) Version(ctx context.Context) (string, Release, error) {
	ctx, cancel := context.WithTimeout(ctx, maxLook)
	defer cancel()
	v, err := s.server.version(ctx)
	return v, release(v), err
}

// List is what the server holds, the newest first.
func (s *Stock) List(ctx context.Context) ([]Held, error) {
	list, err := s.server.client.List(ctx)
	if err != nil {
		return nil, fromProvider(explain(ctx, err))
	}
	var all []Held
	for _, m := range list.Models {
		h, err := s.Look(ctx, m.Name)
		switch {
		case errors.Is(err, ErrRemote):
			h = Held{Name: m.Name, Family: m.Details.Family, Remote: true}
		case errors.Is(err, ErrNoModel): // removed since
			continue
		case err != nil:
			return nil, err
		}
		h.Size = m.Size
		all = append(all, h)
	}
	return all, nil
}

// Look is what the server says of one model, without its size. The error is
// ErrUnavailable, ErrNoModel or ErrRemote.
func (s *Stock) Look(ctx context.Context, name string) (Held, error) {
	ctx, cancel := context.WithTimeout(ctx, maxLook)
	defer cancel()
	show, err := s.server.show(ctx, name)
	if err != nil {
		return Held{}, fromProvider(explain(ctx, err))
	}
	d := show.Details
	return Held{
		Name: name, Family: d.Family, Parameters: d.ParameterSize, Quantization: d.QuantizationLevel,
		Context: contextLength(show), Thinks: slices.Contains(show.Capabilities, model.CapabilityThinking),
		Chats: show.Capabilities == nil || slices.Contains(show.Capabilities, model.CapabilityCompletion),
	}, nil
}

// contextLength finds «qwen3.context_length» among what the model's file says.
func contextLength(show *api.ShowResponse) int {
	for key, value := range show.ModelInfo {
		if n, ok := value.(float64); ok && strings.HasSuffix(key, ".context_length") {
			return int(n)
		}
	}
	return show.Details.ContextLength
}

// Pull has the server fetch a model from its registry and returns when it holds
// it. tell is called in this goroutine, several times a second. What has come
// stays with the server: a pull that broke off goes on where it was. The error
// is ErrUnavailable, ErrStalled, ErrNoModel where the registry has no such
// model, ErrRemote where it was no model but a way to one elsewhere, or that of
// ctx.
func (s *Stock) Pull(ctx context.Context, name string, tell func(Progress)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stall := time.AfterFunc(maxStall, func() { cancel(ErrStalled) })
	defer stall.Stop()

	whole := false
	err := s.server.pulls.Pull(ctx, &api.PullRequest{Model: name}, func(p api.ProgressResponse) error {
		stall.Reset(maxStall)
		whole = p.Status == "success"
		tell(Progress{Step: plain(p.Status), Part: plain(p.Digest), Done: p.Completed, Total: p.Total})
		return nil
	})
	switch {
	case errors.Is(context.Cause(ctx), ErrStalled):
		return ErrStalled
	case ctx.Err() != nil:
		return fmt.Errorf("llm: %w", ctx.Err())
	case err != nil:
		return pullError(ctx, err)
	case !whole:
		return fmt.Errorf("%w: %w", ErrUnavailable, errCut)
	}
	_, err = s.Look(ctx, name)
	return err
}

// pullError keeps the server's own words where it has some: they are about a
// registry and no conversation.
func pullError(ctx context.Context, err error) error {
	text := err.Error()
	var status api.StatusError
	if errors.As(err, &status) {
		text = status.ErrorMessage
	}
	if strings.Contains(text, "file does not exist") || strings.Contains(text, "not found") {
		return fmt.Errorf("%w in the registry", ErrNoModel)
	}
	if _, cause := classify(err); cause != errInBand && cause != errServer && cause != errBadAsk {
		return fromProvider(explain(ctx, err))
	}
	return fmt.Errorf("%w: %s", ErrUnavailable, plain(text))
}

// plain is a server's text as it may be shown in a terminal: on one line, short
// and without control characters.
func plain(text string) string {
	const most = 200 // letters
	letters := []rune(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " "))
	return string(letters[:min(len(letters), most)])
}
