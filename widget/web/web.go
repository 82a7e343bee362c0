// Package web is the house's manners over HTTP, the same in every room that
// speaks it: handlers that return errors, problem documents and pages, security
// headers, refusal of cross-site writes, body limits, a request log, cookies,
// hashed assets, server-sent events and a graceful end.
//
// It knows no booking, no store and no account: a room builds one [Manners],
// writes one route table of [HandlerFunc] and wraps its mux:
//
//	m, err := web.New(web.Config{Log: log, Problem: drawPage})
//	mux.Handle("POST /console/login", m.Handle(room.login))
//	return m.Wrap(mux)
//
// The request log has a request id, the method, the route's pattern, status,
// bytes and time. Paths, query strings, addresses and bodies are never logged.
package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
	"time"
)

// MaxBody is the default bytes of a request's body: a form with 2,000 Cyrillic
// letters takes 12,000 bytes when percent-encoded.
const MaxBody = 64 << 10

// HandlerFunc answers a request or says why not. A [*Problem] in the error's
// chain is shown as it is; any other error is logged and shown as 500. Nothing
// may have been written when an error is returned.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// Config is what a room asks of its manners. The zero value serves programs:
// problem JSON, [DefaultPolicy], writes from other sites refused.
type Config struct {
	Log     *slog.Logger                                             // nil: no log
	Problem func(w http.ResponseWriter, r *http.Request, p *Problem) // how a problem is drawn; nil: ProblemJSON
	Policy  string                                                   // Content-Security-Policy; "" is DefaultPolicy
	Headers map[string]string                                        // further headers of every answer, or other values for them
	MaxBody int64                                                    // bytes of a request's body; 0 is MaxBody
	Origins []string                                                 // other origins that may write, "https://site.example"

	// Browser refuses a write that says neither Sec-Fetch-Site nor Origin. All
	// browsers say one of them; programs say none, so it is for rooms that
	// authenticate by cookie only.
	Browser bool

	Now func() time.Time // nil: time.Now
}

// Manners wraps the handlers of one room. It is safe for concurrent use.
type Manners struct {
	conf    Config
	foreign *http.CrossOriginProtection
	headers map[string]string
}

// New checks the configuration.
func New(conf Config) (*Manners, error) {
	if conf.Log == nil {
		conf.Log = slog.New(slog.DiscardHandler)
	}
	if conf.Problem == nil {
		conf.Problem = ProblemJSON
	}
	if conf.Policy == "" {
		conf.Policy = DefaultPolicy
	}
	if conf.MaxBody == 0 {
		conf.MaxBody = MaxBody
	}
	if conf.Now == nil {
		conf.Now = time.Now
	}
	m := &Manners{conf: conf, foreign: http.NewCrossOriginProtection(), headers: securityHeaders(conf.Policy)}
	maps.Copy(m.headers, conf.Headers)
	for _, origin := range conf.Origins {
		if err := m.foreign.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trusted origin %q: %w", origin, err)
		}
	}
	return m, nil
}

// Handle turns a handler that returns an error into one of net/http.
func (m *Manners) Handle(h HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			m.fail(w, r, err)
		}
	})
}

// Wrap puts the manners around a room's mux, outermost: request id, log, panics,
// headers, cross-site writes, body limit. Unknown paths and methods of a
// [http.ServeMux] inside become problems as well.
func (m *Manners) Wrap(next *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := m.conf.Now()
		rec := &recorder{ResponseWriter: w}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, rand.Text()[:12]))
		defer m.logged(rec, r, began)
		defer m.recovered(rec, r)
		m.serve(rec, r, next)
	})
}

func (m *Manners) serve(w *recorder, r *http.Request, next *http.ServeMux) {
	for name, value := range m.headers {
		w.Header().Set(name, value)
	}
	if err := m.crossSite(r); err != nil {
		m.fail(w, r, err)
		return
	}
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = http.MaxBytesReader(w, r.Body, m.conf.MaxBody)
	}
	if _, pattern := next.Handler(r); pattern == "" {
		next.ServeHTTP(&muxAnswer{recorder: w, fail: func(p *Problem) { m.fail(w, r, p) }}, r)
		return
	}
	next.ServeHTTP(w, r)
}

// crossSite refuses writes that another site makes in the user's name.
func (m *Manners) crossSite(r *http.Request) error {
	if err := m.foreign.Check(r); err != nil {
		return Refused(http.StatusForbidden, "Запрос пришёл с другого сайта", "Откройте страницу заново и повторите.").Because(err)
	}
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
	if m.conf.Browser && !safe && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		return Refused(http.StatusForbidden, "Не видно, откуда пришёл запрос", "Обновите браузер: он не сообщает, какая страница отправила форму.")
	}
	return nil
}

// fail answers with a problem, unless the visitor has gone or has been answered.
func (m *Manners) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return
	}
	p := asProblem(err)
	level := slog.LevelInfo
	if p.Status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	m.conf.Log.Log(r.Context(), level, "refused", "request", RequestID(r.Context()), "status", p.Status, "err", told(p, err))
	if rec, ok := w.(*recorder); ok && rec.status != 0 {
		return
	}
	if p.Instance == "" {
		p.Instance = "urn:request:" + RequestID(r.Context())
	}
	w.Header().Set("Cache-Control", "no-store")
	m.conf.Problem(w, r, p)
}

// told is what the log is told. What is refused holds what a stranger wrote, and
// so may its cause: the path of a page that is not there, a number that is none.
// The title says enough.
func told(p *Problem, err error) string {
	if p.Status < http.StatusInternalServerError {
		return p.Title
	}
	return err.Error()
}

func (m *Manners) recovered(w *recorder, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	m.conf.Log.Error("panic", "request", RequestID(r.Context()), "at", string(debug.Stack()))
	m.fail(w, r, fmt.Errorf("panic in handler: %T", cause))
}

func (m *Manners) logged(w *recorder, r *http.Request, began time.Time) {
	status := w.status
	if status == 0 {
		status = http.StatusOK
	}
	m.conf.Log.Info("request", "request", RequestID(r.Context()), "method", r.Method, "route", r.Pattern,
		"status", status, "bytes", w.bytes, "ms", m.conf.Now().Sub(began).Milliseconds())
}

type requestKey struct{}

// RequestID is the id under which the request stands in the log; "" outside one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}
