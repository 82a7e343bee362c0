// Package widget is the visitor's side of the house: the script that a website
// embeds, the socket it talks through (GET /chat/v1, subprotocol
// okoshko.chat.v1), a page that shows the chat on the clinic's own address, and
// the texts a visitor may read before agreeing to anything.
//
// The socket is lean: its handler returns at once, one goroutine reads, and one
// more writes only while there is something to write. Turns are never queued
// here: a socket is told that its conversation went on and reads what it has not
// sent from the [Desk], in order, so a slow visitor holds up nobody and a drop
// loses nothing. A visitor's words are acknowledged after [Desk.Receive] has
// made them durable.
//
// It knows no table, no service and no time slot: all it shows comes from the
// Desk and the clinic file. The script's sources are in ui, its bundle in static
// (see scripts/bundle).
package widget

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"okoshko/assistant"
	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/widget/web"
)

//go:embed static
var staticFiles embed.FS

//go:embed templates
var templateFiles embed.FS

// policy is the pages' Content-Security-Policy; it is also the strictest that a
// host page may have, so the page that shows the chat proves that it works there.
const policy = web.DefaultPolicy + "; require-trusted-types-for 'script'; trusted-types 'none'"

// Desk is what the visitor's side asks of the assistant.
type Desk interface {
	Open(ctx context.Context, v assistant.Visit) (assistant.Session, error)
	Receive(ctx context.Context, conversation string, in assistant.Incoming) (seq uint64, err error)
	Turns(ctx context.Context, conversation string, after uint64) ([]assistant.Turn, error)
	Owner(ctx context.Context, conversation string) (assistant.Owner, error)
	Seen(ctx context.Context, conversation string, seq uint64) error
	Typing(conversation string, from assistant.From)
	Subscribe(conversation string, notify func(assistant.Signal)) (cancel func())
	ConsentText(ctx context.Context, version string) (privacy.ConsentText, error)
}

// Config is what [New] needs.
type Config struct {
	Desk   Desk
	Clinic func() *clinic.Clinic // the version in force
	Rights Rights                // nil: no page of own data

	NoOrigin   bool        // let programs in, which send no Origin
	PerNetwork int         // sockets of one network address at once; 0: 20
	TLS        bool        // a proxy in front ends TLS
	Proxies    web.Proxies // whose X-Forwarded-For is believed
	Log        *slog.Logger
	Now        func() time.Time // nil: time.Now
}

// Widget serves the script, the socket and the visitor's pages. It is safe for
// concurrent use.
type Widget struct {
	conf    Config
	hub     *hub
	up      *websocket.Upgrader
	assets  *web.Assets
	brotli  []byte // of widget.js
	build   string // of widget.js: the first 16 letters of its SHA-256
	pages   map[string]*template.Template
	handler http.Handler
}

// New parses the pages and builds the routes. Sockets are pinged, and ended
// properly, by Run.
func New(conf Config) (*Widget, error) {
	if conf.Desk == nil || conf.Clinic == nil {
		return nil, errors.New("widget: desk and clinic are needed")
	}
	if conf.Log == nil {
		conf.Log = slog.New(slog.DiscardHandler)
	}
	if conf.Now == nil {
		conf.Now = time.Now
	}
	if conf.PerNetwork == 0 {
		conf.PerNetwork = perNetwork
	}
	w := &Widget{conf: conf, hub: newHub(conf.PerNetwork)}
	w.up = w.upgrader()
	if err := w.load(); err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	manners, err := web.New(web.Config{Log: conf.Log, Problem: w.problem, Policy: policy, Now: conf.Now})
	if err != nil {
		return nil, fmt.Errorf("widget: %w", err)
	}
	w.handler = manners.Wrap(w.mux(manners))
	return w, nil
}

// load reads what is embedded.
func (w *Widget) load() error {
	static, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return err
	}
	if w.assets, err = web.NewAssets("/assets/", static); err != nil {
		return err
	}
	script, err := fs.ReadFile(static, "widget.js")
	if err != nil {
		return err
	}
	if w.brotli, err = fs.ReadFile(static, "widget.js.br"); err != nil {
		return err
	}
	sum := sha256.Sum256(script)
	w.build = hex.EncodeToString(sum[:8])
	w.pages, err = parsePages(w.assets)
	return err
}

func (w *Widget) mux(m *web.Manners) *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, h := range w.meRoutes() {
		mux.Handle(pattern, m.Handle(h))
	}
	for pattern, h := range map[string]web.HandlerFunc{
		"GET /{$}":               w.home,
		"GET /widget.js":         w.script,
		"GET /chat/v1":           w.socket,
		"GET /privacy":           w.privacy,
		"GET /consent/{version}": w.consent,
		"GET /assets/":           w.assets.Serve,
	} {
		mux.Handle(pattern, m.Handle(h))
	}
	return mux
}

// ServeHTTP answers for the paths of the visitor's side.
func (w *Widget) ServeHTTP(rw http.ResponseWriter, r *http.Request) { w.handler.ServeHTTP(rw, r) }

// Run pings the sockets until ctx is done. Then it tells all visitors to come
// back a little later (1001), waits for what is being written, and returns.
func (w *Widget) Run(ctx context.Context) error {
	w.hub.run(ctx)
	return nil
}

// Sockets is how many visitors are connected.
func (w *Widget) Sockets() int { return w.hub.count() }

// script answers /widget.js to any website, in brotli where the browser takes it.
func (w *Widget) script(rw http.ResponseWriter, r *http.Request) error {
	h := rw.Header()
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Access-Control-Allow-Origin", "*") // for an integrity attribute; there is nothing private in it
	etag := `"` + w.build + `-br"`
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "br") {
		return w.assets.ServeNamed(rw, r, "widget.js")
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		rw.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Encoding", "br")
	h.Set("Content-Length", fmt.Sprint(len(w.brotli)))
	_, err := rw.Write(w.brotli)
	return err
}

// welcome is the first frame of an opened conversation.
func (w *Widget) welcome(s assistant.Session) welcomeFrame {
	c := w.conf.Clinic()
	return welcomeFrame{
		Type: "welcome", Token: s.Token, Conversation: s.Conversation, Lang: s.Lang, Seq: s.Seq, Open: s.Open,
		Clinic:  clinicFrame{c.Name.In(s.Lang), c.Widget.Color, phone(c.Phone)},
		Consent: consentFrame{s.Consent.Given, s.Consent.Version, "/consent/" + s.Consent.Version},
		Hold:    holdOf(s.Hold, c.Location, w.conf.Now()),
	}
}

// phone writes a Russian number in groups, «+7 843 200-00-00», and leaves others.
func phone(e164 string) string {
	if len(e164) != 12 || !strings.HasPrefix(e164, "+7") {
		return e164
	}
	return e164[:2] + " " + e164[2:5] + " " + e164[5:8] + "-" + e164[8:10] + "-" + e164[10:]
}
