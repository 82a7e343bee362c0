package delivery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/outbox"
	"okoshko/storage/vault"
)

const (
	secretOne = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
	secretTwo = "whsec_GBkaGxwdHh8gISIjJCUmJygpKissLS4v"
)

// house is a relay with its store, and what it renders and signs with.
type house struct {
	t     *testing.T
	db    *storage.DB
	relay *Relay
	log   *bytes.Buffer

	mu      sync.Mutex
	names   map[string]string // by subject; one that is erased is not here
	secrets map[string]string
}

// open makes a store in dir, inside a bubble if there is one: see keys.
func openStore(t *testing.T, dir string) *storage.DB {
	t.Helper()
	by := vault.KeyFile(filepath.Join(dir, "key"))
	v, err := vault.Open(dir, by)
	if errors.Is(err, vault.ErrNoKeys) {
		v, err = vault.Create(dir, by)
	}
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(filepath.Join(dir, "data.db"), v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func newHouse(t *testing.T, dir string, conf Config) *house {
	t.Helper()
	h := &house{
		t: t, db: openStore(t, dir), log: new(bytes.Buffer),
		names:   map[string]string{"a": "Гузель", "b": "Марат", "c": "Алия"},
		secrets: map[string]string{"hook": secretOne},
	}
	conf.DB, conf.Render, conf.Secret, conf.Seed = h.db, h.render, h.secret, 1
	conf.Log = slog.New(slog.NewTextHandler(h.log, nil))
	relay, err := New(conf)
	if err != nil {
		t.Fatal(err)
	}
	h.relay = relay
	return h
}

func (h *house) render(e outbox.Event, contact bool) ([]byte, bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	name, ok := h.names[e.Subject]
	if !ok {
		return nil, true, nil
	}
	if name == "broken" {
		return nil, false, errors.New("the contact of Гузель does not open")
	}
	data := map[string]string{"subject": e.Subject, "seq": fmt.Sprint(e.Seq)}
	if contact {
		data["name"] = name
	}
	body, err := json.Marshal(map[string]any{"type": e.Type, "timestamp": e.At, "data": data})
	return body, false, err
}

func (h *house) secret(name string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.secrets[name]
	if !ok {
		return "", storage.ErrNotFound
	}
	return s, nil
}

func (h *house) setName(subject, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.names[subject] = name; name == "" {
		delete(h.names, subject)
	}
}

func (h *house) setSecret(name, value string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.secrets[name] = value
}

// run runs the relay until stop, which waits for it.
func (h *house) run() (stop func()) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.relay.Run(ctx) }()
	return func() {
		h.t.Helper()
		cancel()
		if err := <-ended; err != nil {
			h.t.Errorf("Run = %v, want nil", err)
		}
	}
}

// happen appends an event about each subject and wakes the relay, as the
// assistant does.
func (h *house) happen(subjects ...string) {
	h.t.Helper()
	err := h.db.Update(func(tx *storage.Tx) error {
		for _, s := range subjects {
			if _, err := outbox.Append(tx, "appointment.requested", s, time.Now(), map[string]string{"number": s}); err != nil {
				return err
			}
		}
		tx.OnCommit(h.relay.Wake)
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) deliveries(f outbox.Filter) []outbox.Delivery {
	h.t.Helper()
	found, err := h.relay.Deliveries(h.t.Context(), f)
	if err != nil {
		h.t.Fatal(err)
	}
	return found
}

// only is the one delivery there is.
func (h *house) only() outbox.Delivery {
	h.t.Helper()
	found := h.deliveries(outbox.Filter{})
	if len(found) != 1 {
		h.t.Fatalf("%d deliveries, want 1", len(found))
	}
	return found[0]
}

func (h *house) egress() []Egress {
	h.t.Helper()
	var found []Egress
	if err := h.db.View(func(tx *storage.Tx) (err error) {
		found, err = Ledger(tx, 1000)
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
	return found
}

// hit is one call that a receiver got.
type hit struct {
	At       time.Duration // since the receiver was made
	ID       string
	Body     string
	Verified error
	Header   http.Header
}

// receiver is another system: an HTTP server that verifies what comes with the
// standard's own library.
type receiver struct {
	start  time.Time
	verify *webhooks.Webhook
	seen   chan hit // if not nil, gets each call

	mu     sync.Mutex
	hits   []hit
	answer func(w http.ResponseWriter, r *http.Request) // nil: 204
}

func newReceiver(secret string) *receiver {
	verify, err := webhooks.NewWebhook(secret)
	if err != nil {
		panic(err)
	}
	return &receiver{start: time.Now(), verify: verify}
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	h := hit{
		At: time.Since(r.start), ID: req.Header.Get("Webhook-Id"), Body: string(body),
		Verified: r.verify.Verify(body, req.Header), Header: req.Header,
	}
	r.mu.Lock()
	r.hits = append(r.hits, h)
	answer, seen := r.answer, r.seen
	r.mu.Unlock()
	if seen != nil {
		seen <- h
	}
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer(w, req)
}

func (r *receiver) answers(fn func(w http.ResponseWriter, r *http.Request)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = fn
}

func (r *receiver) got() []hit {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]hit(nil), r.hits...)
}

// order is the subjects and numbers of the events that came, each once.
func (r *receiver) order() (order []string) {
	seen := make(map[string]bool)
	for _, h := range r.got() {
		var body struct {
			Data struct{ Subject, Seq string }
		}
		if json.Unmarshal([]byte(h.Body), &body); !seen[h.ID] {
			order = append(order, body.Data.Subject+body.Data.Seq)
		}
		seen[h.ID] = true
	}
	return order
}

func status(code int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// network is a network of pipes, which a bubble's clock can wait for.
type network struct {
	mu    sync.Mutex
	hosts map[string]*pipes
}

// pipes is a listener whose connections are in memory.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func newNetwork() *network { return &network{hosts: make(map[string]*pipes)} }

// serve puts a server at address until shut, which waits for nothing.
func (n *network) serve(t *testing.T, address string, handler http.Handler) (shut func()) {
	p := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: handler}
	go server.Serve(p)
	n.mu.Lock()
	n.hosts[address] = p
	n.mu.Unlock()
	shut = sync.OnceFunc(func() {
		n.mu.Lock()
		delete(n.hosts, address)
		n.mu.Unlock()
		server.Close()
	})
	t.Cleanup(shut)
	return shut
}

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	p := n.hosts[address]
	n.mu.Unlock()
	if p == nil {
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// crm is a receiver as the clinic's file names it.
func crm(url string) clinic.Receiver {
	return clinic.Receiver{Name: "crm", Kind: "webhook", URL: url, Secret: "secret:hook"}
}
