package llm

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ollama/ollama/api"
	"github.com/ollama/ollama/types/model"
	"golang.org/x/mod/semver"
)

// maxLook is how long a question about the server itself may take.
const maxLook = 2 * time.Second

// Release is what is known of a server's version.
type Release string

const (
	ReleaseGood    Release = ""
	ReleaseUnknown Release = "unknown" // built by hand: it does not say
	ReleaseOld     Release = "old"     // older than any this room was tried with
	ReleaseUnsafe  Release = "unsafe"  // whoever reaches it can run programs on its machine: CVE-2026-103663
)

// The versions behind Release.
const (
	oldestTried = "v0.11.4"
	unsafeFrom  = "v0.34.2"
	unsafeTo    = "v0.35.0" // the first safe one again
)

// State is what there is to say of the model, for doctor and /readyz.
type State struct {
	Health

	URL, Name string
	Version   string  // of the server; empty where it did not answer
	Release   Release // whether that is a good one
	Present   bool    // the server holds the model and runs it itself
	// Err is why not: ErrUnavailable, ErrNoModel or ErrRemote.
	Err error
}

// Health is the part of State that is known without asking the server.
type Health struct {
	Breaker Breaker
	// Failure is why the last failed request failed, At when; nil: none did.
	Failure error
	At      time.Time
	Running int
	Waiting int
	Speed   Speed
}

// State asks the server about itself, for at most two seconds.
func (m *Model) State(ctx context.Context) State {
	ctx, cancel := context.WithTimeout(ctx, maxLook)
	defer cancel()
	s := State{Health: m.Health(), URL: m.server.url.String(), Name: m.name}
	if s.Version, s.Err = m.server.version(ctx); s.Err != nil {
		return s
	}
	s.Release = release(s.Version)
	s.Err = m.server.holds(ctx, m.name)
	s.Present = s.Err == nil
	return s
}

// Health is what the last requests have shown.
func (m *Model) Health() Health {
	_, speed := m.meter.read()
	h := Health{Breaker: m.breaker.state(), Speed: speed}
	h.At, h.Failure = m.breaker.last()
	h.Running, h.Waiting = m.queue.lengths()
	return h
}

// Metrics are the counts so far.
func (m *Model) Metrics() Metrics {
	sums, _ := m.meter.read()
	sums.Running, sums.Waiting = m.queue.lengths()
	return sums
}

// Name is the model's name, as Ollama lists it.
func (m *Model) Name() string { return m.name }

// Find says which model to use of an Ollama server at address: want, where the
// server holds it; else one for chatting of the same family, else the one that
// was added last. ok is false where nobody answers within two seconds or no
// model will do. Models that the server would ask elsewhere are passed over.
func Find(ctx context.Context, address, want string, allowed ...string) (name string, ok bool) {
	s, err := dial(cmp.Or(address, defaultURL), allowed)
	if err != nil {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, maxLook)
	defer cancel()
	list, err := s.client.List(ctx)
	if err != nil {
		return "", false
	}
	models := list.Models // the newest first
	family, _, _ := strings.Cut(want, ":")
	slices.SortStableFunc(models, func(a, b api.ListModelResponse) int {
		return nearness(b.Name, want, family) - nearness(a.Name, want, family)
	})
	for _, m := range models {
		if s.chats(ctx, m.Name) {
			return m.Name, true
		}
	}
	return "", false
}

// nearness is 2 for the wanted name itself, 1 for one of its family.
func nearness(name, want, family string) int {
	switch {
	case want == "":
		return 0
	case name == want, name == want+":latest":
		return 2
	case strings.HasPrefix(name, family+":"):
		return 1
	}
	return 0
}

func (s *server) version(ctx context.Context) (string, error) {
	v, err := s.client.Version(ctx)
	if err != nil {
		return "", fromProvider(explain(ctx, err))
	}
	return v, nil
}

// holds says whether a server has a model and runs it itself; the error is why
// not.
func (s *server) holds(ctx context.Context, name string) error {
	_, err := s.show(ctx, name)
	if err != nil {
		return fromProvider(explain(ctx, err))
	}
	return nil
}

// show is what the server says of a model; one that runs elsewhere is ErrRemote.
func (s *server) show(ctx context.Context, name string) (*api.ShowResponse, error) {
	show, err := s.client.Show(ctx, &api.ShowRequest{Model: name})
	if err != nil {
		return nil, err
	}
	if show.RemoteHost != "" || show.RemoteModel != "" {
		return nil, ErrRemote
	}
	return show, nil
}

// chats says whether a model can be talked to; servers before 0.6.4 do not tell.
func (s *server) chats(ctx context.Context, name string) bool {
	show, err := s.show(ctx, name)
	return err == nil && (show.Capabilities == nil || slices.Contains(show.Capabilities, model.CapabilityCompletion))
}

func release(version string) Release {
	v := "v" + strings.TrimPrefix(version, "v")
	switch {
	case !semver.IsValid(v) || semver.Compare(v, "v0.0.0") <= 0:
		return ReleaseUnknown
	case semver.Compare(v, oldestTried) < 0:
		return ReleaseOld
	case semver.Compare(v, unsafeFrom) >= 0 && semver.Compare(v, unsafeTo) < 0:
		return ReleaseUnsafe
	}
	return ReleaseGood
}
