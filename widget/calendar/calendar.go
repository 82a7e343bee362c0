// Package calendar gives times away in the form that calendars read (RFC 5545):
//
//	GET /calendar/{key}.ics   a feed of one specialist or one branch, read only,
//	                          or one appointment for the visitor whose it is
//
// A feed says when somebody comes and nothing about who: no name, no phone, no
// reason, no conversation, and by default not what for; whoever makes a key may let
// it name the service and the specialist. An appointment's own entry is opened by a
// key of its own, which the visitor's widget shows.
//
// UIDs stay the same over every change, SEQUENCE is the appointment's version,
// times are UTC instants. What was cancelled stays for a while, marked so: a
// subscriber takes it out. The package knows no table; a key it does not know and
// one that was revoked get the same answer.
package calendar

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"okoshko/assistant"
	"okoshko/storage"
	"okoshko/widget/web"
)

// Desk is what the calendars are read from.
type Desk interface {
	Calendar(ctx context.Context, key string) (assistant.Calendar, error)
	OwnVisit(ctx context.Context, key string) (assistant.OwnVisit, error)
}

// Config is what [New] needs.
type Config struct {
	Desk    Desk
	Proxies web.Proxies // whose X-Forwarded-For is believed
	Log     *slog.Logger
	Now     func() time.Time // nil: time.Now
}

// Feeds serves all below /calendar/. It is safe for concurrent use.
type Feeds struct {
	conf    Config
	handler http.Handler

	mu    sync.Mutex
	asked map[string]*rate.Limiter // by network address
	since map[string]since         // by feed
}

// since is from when a feed has had its present content, as far as this process
// has seen: Last-Modified must not be older than that, or a subscriber would keep
// what has left the feed.
type since struct {
	etag string
	at   time.Time
}

// A program reads a feed every quarter of an hour or less often, an office has some
// of them behind one address: so many requests at once, and one more every so long.
const (
	askBurst = 60
	askEvery = 2 * time.Second

	// mostAddresses are remembered; then all begin anew.
	mostAddresses = 10_000
	// mostKey is the letters of the longest key.
	mostKey = 64
)

// New builds the handler.
func New(conf Config) (*Feeds, error) {
	if conf.Desk == nil {
		return nil, errors.New("calendar: a desk is needed")
	}
	if conf.Now == nil {
		conf.Now = time.Now
	}
	f := &Feeds{conf: conf, asked: map[string]*rate.Limiter{}, since: map[string]since{}}
	manners, err := web.New(web.Config{
		Log: conf.Log, Now: conf.Now, Policy: "default-src 'none'; frame-ancestors 'none'",
		// The address is the key: it goes nowhere as a referrer.
		Headers: map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"},
	})
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /calendar/{file}", manners.Handle(f.serve))
	f.handler = manners.Wrap(mux)
	return f, nil
}

// ServeHTTP answers for all below /calendar/.
func (f *Feeds) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.handler.ServeHTTP(w, r) }

func (f *Feeds) serve(w http.ResponseWriter, r *http.Request) error {
	if wait := f.wait(web.Network(f.conf.Proxies.Address(r))); wait > 0 {
		p := web.Refused(http.StatusTooManyRequests, "Слишком много запросов", "Повторите чуть позже.")
		p.RetryAfter = wait
		return p
	}
	key, ok := strings.CutSuffix(r.PathValue("file"), ".ics")
	if !ok || key == "" || len(key) > mostKey {
		return web.NotFound()
	}
	body, at, name, err := f.read(r.Context(), key)
	if errors.Is(err, storage.ErrNotFound) {
		return web.Refused(http.StatusNotFound, "Такого календаря нет", "Возможно, его адрес отозвали. Новый даст администратор.").Because(err)
	}
	if err != nil {
		return fmt.Errorf("calendar: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="`+name+`.ics"`)
	return f.send(w, r, body, at)
}

// read finds what the key opens: the body, from when it is so, a file's name.
func (f *Feeds) read(ctx context.Context, key string) (body []byte, at time.Time, name string, err error) {
	if strings.Contains(key, "-") {
		v, err := f.conf.Desk.OwnVisit(ctx, key)
		if err != nil {
			return nil, at, "", err
		}
		body, err = own(v)
		return body, v.Changed, v.Number, err
	}
	c, err := f.conf.Desk.Calendar(ctx, key)
	if err != nil {
		return nil, at, "", err
	}
	body, err = feed(c)
	return body, f.unchanged(c.ID, tag(body)), "okoshko", err
}

// unchanged is from when the feed has had this content.
func (f *Feeds) unchanged(id, etag string) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	known := f.since[id]
	if known.etag != etag {
		known = since{etag, f.conf.Now()}
		f.since[id] = known
	}
	return known.at
}

func tag(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

// send answers with the body, or with 304 where the subscriber has it.
func (f *Feeds) send(w http.ResponseWriter, r *http.Request, body []byte, at time.Time) error {
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Accept-Encoding")
	etag := tag(body)
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, err := z.Write(body)
		if err = errors.Join(err, z.Close()); err != nil {
			return fmt.Errorf("calendar: %w", err)
		}
		h.Set("Content-Encoding", "gzip")
		body, etag = packed.Bytes(), etag+"-gz"
	}
	h.Set("ETag", `"`+etag+`"`)
	http.ServeContent(w, r, "", at, bytes.NewReader(body))
	return nil
}

// wait is how long a network has to wait before it asks again.
func (f *Feeds) wait(network string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, ok := f.asked[network]
	if !ok {
		if len(f.asked) >= mostAddresses {
			clear(f.asked)
		}
		l = rate.NewLimiter(rate.Every(askEvery), askBurst)
		f.asked[network] = l
	}
	if now := f.conf.Now(); !l.AllowN(now, 1) {
		return askEvery
	}
	return 0
}
