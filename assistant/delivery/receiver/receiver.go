// Package receiver is the other end of a delivery: a small system that takes
// signed events and shows them as they come. It is what a clinic's developer
// may read to write their own, and what the demonstration shows beside the
// chat.
//
// Below the place where it is mounted:
//
//	POST hook           an event, as Standard Webhooks 1.0 describes
//	GET                 a page with the newest events
//	GET events          the same as server-sent events, as they come
//	GET receiver.css, receiver.js
//
// An event that is not signed by the secret, or older than five minutes, is
// refused with 401. One whose id came before is answered as before and has no
// second effect: deliveries come at least once. All is in memory, of which the
// last 100 events, and is gone with the process.
package receiver

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"okoshko/widget/web"
)

const (
	kept    = 100     // events shown
	knownID = 10_000  // ids remembered, far more than a sender has under way
	maxBody = 1 << 20 // bytes of an event
	maxID   = 200     // bytes of an event's id

	// The page needs nothing but its own two files and the stream.
	policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)

//go:embed receiver.html receiver.css receiver.js
var files embed.FS

// Config is what [New] needs.
type Config struct {
	Secret string           // whsec_… as the sender has it
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: none
}

// Receiver takes events and shows them. It is an http.Handler to be mounted
// behind http.StripPrefix, the prefix without its last slash.
type Receiver struct {
	conf   Config
	verify *webhooks.Webhook
	page   *template.Template
	mux    *http.ServeMux

	mu      sync.Mutex
	seq     uint64 // of the newest card
	cards   []card // the newest last
	known   map[string]bool
	ids     []string // of known, the oldest first
	counts  counts
	changed chan struct{} // closed when there is something new
}

// counts is what the page says of calls.
type counts struct {
	Accepted uint64 `json:"accepted"`
	Repeated uint64 `json:"repeated"`
	Refused  uint64 `json:"refused"`
}

// New returns a receiver that has got nothing yet.
func New(conf Config) (*Receiver, error) {
	verify, err := webhooks.NewWebhook(conf.Secret)
	if err != nil || conf.Secret == "" {
		return nil, errors.New("receiver: the secret is not whsec_ and base64") // err quotes it
	}
	page, err := template.ParseFS(files, "receiver.html")
	if err != nil {
		return nil, fmt.Errorf("receiver: %w", err)
	}
	if conf.Now == nil {
		conf.Now = time.Now
	}
	if conf.Log == nil {
		conf.Log = slog.New(slog.DiscardHandler)
	}
	r := &Receiver{
		conf: conf, verify: verify, page: page, mux: http.NewServeMux(),
		known: make(map[string]bool), changed: make(chan struct{}),
	}
	r.mux.HandleFunc("POST /hook", r.hook)
	r.mux.HandleFunc("GET /{$}", r.show)
	r.mux.HandleFunc("GET /events", r.stream)
	r.mux.Handle("GET /receiver.css", http.FileServerFS(files))
	r.mux.Handle("GET /receiver.js", http.FileServerFS(files))
	return r, nil
}

// ServeHTTP implements [http.Handler].
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	r.mux.ServeHTTP(w, req)
}

// hook takes one event.
func (r *Receiver) hook(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
	if err != nil {
		http.Error(w, "the body cannot be read, or has more than 1 MiB", http.StatusRequestEntityTooLarge)
		return
	}
	id := req.Header.Get(webhooks.HeaderWebhookID)
	if err := r.verify.Verify(body, req.Header); err != nil || len(id) > maxID {
		r.conf.Log.Warn("event refused: signature")
		r.count(func(c *counts) { c.Refused++ })
		http.Error(w, "the signature does not hold", http.StatusUnauthorized)
		return
	}
	var e event
	if err := json.Unmarshal(body, &e); err != nil || e.Type == "" {
		r.conf.Log.Warn("event refused: body", "event", id)
		http.Error(w, "the body is not an event", http.StatusBadRequest)
		return
	}
	r.take(id, newCard(e, body, r.conf.Now()))
	w.WriteHeader(http.StatusNoContent)
}

// take adds an event, unless it came before.
func (r *Receiver) take(id string, c card) {
	r.count(func(n *counts) {
		if r.known[id] {
			n.Repeated++
			return
		}
		n.Accepted++
		r.known[id] = true
		if r.ids = append(r.ids, id); len(r.ids) > knownID {
			delete(r.known, r.ids[0])
			r.ids = r.ids[1:]
		}
		r.seq++
		c.Seq = r.seq
		if r.cards = append(r.cards, c); len(r.cards) > kept {
			r.cards = append([]card(nil), r.cards[1:]...)
		}
	})
}

// count changes what is shown, and has it shown.
func (r *Receiver) count(fn func(*counts)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fn(&r.counts)
	close(r.changed)
	r.changed = make(chan struct{})
}

// after returns the cards after seq, the oldest first, the counts, and what is
// closed when there is more.
func (r *Receiver) after(seq uint64) ([]card, counts, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, c := range r.cards {
		if c.Seq > seq {
			return append([]card(nil), r.cards[i:]...), r.counts, r.changed
		}
	}
	return nil, r.counts, r.changed
}

// show answers with the page.
func (r *Receiver) show(w http.ResponseWriter, _ *http.Request) {
	cards, n, _ := r.after(0)
	view := struct {
		Last   uint64
		Kept   int
		Counts counts
		Cards  []card // the newest first
	}{Kept: kept, Counts: n}
	for _, c := range cards {
		view.Last = c.Seq
		view.Cards = append([]card{c}, view.Cards...)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := r.page.Execute(w, view); err != nil {
		r.conf.Log.Warn("page not written", "error", err)
	}
}

// stream sends what comes after the last event that the browser has.
func (r *Receiver) stream(w http.ResponseWriter, req *http.Request) {
	last := req.Header.Get("Last-Event-ID")
	if last == "" {
		last = req.URL.Query().Get("after")
	}
	after, err := strconv.ParseUint(last, 10, 64)
	if err != nil && last != "" {
		http.Error(w, "after is not a number", http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	events := make(chan web.Event)
	go r.follow(ctx, after, events)
	if err := web.Stream(w, req, events); err != nil {
		r.conf.Log.Warn("stream not begun", "error", err)
		http.Error(w, "no stream here", http.StatusInternalServerError)
	}
}

// follow sends cards and counts until ctx ends.
func (r *Receiver) follow(ctx context.Context, after uint64, events chan<- web.Event) {
	for {
		cards, n, changed := r.after(after)
		for _, c := range cards {
			after = c.Seq
			if !sendEvent(ctx, events, strconv.FormatUint(c.Seq, 10), "card", c) {
				return
			}
		}
		if !sendEvent(ctx, events, "", "counts", n) {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

func sendEvent(ctx context.Context, events chan<- web.Event, id, name string, v any) bool {
	data, err := json.Marshal(v)
	if err != nil {
		return false
	}
	select {
	case events <- web.Event{ID: id, Name: name, Data: string(data)}:
		return true
	case <-ctx.Done():
		return false
	}
}
