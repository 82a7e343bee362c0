package calendar

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"okoshko/assistant"
	"okoshko/storage"
)

// desk has one feed and one visit.
type desk struct {
	mu   sync.Mutex
	feed assistant.Calendar
	own  assistant.OwnVisit
}

func (d *desk) Calendar(_ context.Context, key string) (assistant.Calendar, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if key != "secret" {
		return assistant.Calendar{}, storage.ErrNotFound
	}
	return d.feed, nil
}

func (d *desk) OwnVisit(_ context.Context, key string) (assistant.OwnVisit, error) {
	if key != "A-1042-secret" {
		return assistant.OwnVisit{}, storage.ErrNotFound
	}
	return d.own, nil
}

type rig struct {
	t    *testing.T
	url  string
	desk *desk
	now  time.Time
}

func serve(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, desk: &desk{feed: day(), own: mine("confirmed", 2, true)}, now: at(24, 12, 0)}
	f, err := New(Config{Desk: r.desk, Now: func() time.Time { return r.now }})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	r.url = srv.URL
	return r
}

func (r *rig) get(path string, header ...string) (*http.Response, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	var body io.Reader = res.Body
	if res.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(res.Body); err != nil {
			r.t.Fatal(err)
		}
	}
	read, err := io.ReadAll(body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res, string(read)
}

// TestServe: a subscriber gets the feed once, is told «nothing new» until something
// changes, and then gets it again, by either of the ways of asking, packed or not.
func TestServe(t *testing.T) {
	r := serve(t)
	res, plainBody := r.get("/calendar/secret.ics")
	h := res.Header
	if res.StatusCode != 200 || h.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.HasPrefix(plainBody, "BEGIN:VCALENDAR\r\n") {
		t.Fatalf("%d %v", res.StatusCode, h)
	}
	if h.Get("Cache-Control") != "private, no-cache" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Vary") != "Accept-Encoding" {
		t.Errorf("headers %v", h)
	}
	packed, body := r.get("/calendar/secret.ics", "Accept-Encoding", "gzip")
	if packed.Header.Get("Content-Encoding") != "gzip" || body != plainBody || packed.Header.Get("ETag") == h.Get("ETag") {
		t.Errorf("packed: %v", packed.Header)
	}
	same := func(want int, header ...string) {
		t.Helper()
		if res, body := r.get("/calendar/secret.ics", header...); res.StatusCode != want || want == 304 && body != "" {
			t.Errorf("%v: %d, want %d", header, res.StatusCode, want)
		}
	}
	r.now = r.now.Add(time.Hour)
	same(304, "If-None-Match", h.Get("ETag"))
	same(304, "Accept-Encoding", "gzip", "If-None-Match", packed.Header.Get("ETag"))
	same(304, "If-Modified-Since", h.Get("Last-Modified"))
	r.desk.mu.Lock()
	r.desk.feed.Visits = r.desk.feed.Visits[1:] // one left the feed: no other was changed
	r.desk.mu.Unlock()
	same(200, "If-None-Match", h.Get("ETag"))
	same(200, "If-Modified-Since", h.Get("Last-Modified"))
}

func TestOwnVisit(t *testing.T) {
	r := serve(t)
	res, body := r.get("/calendar/A-1042-secret.ics")
	if res.StatusCode != 200 || !strings.Contains(body, "METHOD:PUBLISH") || res.Header.Get("Content-Disposition") != `inline; filename="A-1042.ics"` {
		t.Errorf("%d %v\n%s", res.StatusCode, res.Header, body)
	}
	for _, path := range []string{"/calendar/A-1042-other.ics", "/calendar/other.ics", "/calendar/secret", "/calendar/.ics", "/calendar/" + strings.Repeat("a", 100) + ".ics", "/calendar/"} {
		if res, _ := r.get(path); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// TestRate: who tries keys is slowed down, and let in again after a while.
func TestRate(t *testing.T) {
	r := serve(t)
	last := 0
	for range askBurst + 1 {
		res, _ := r.get("/calendar/guess.ics")
		if last = res.StatusCode; last == 429 && res.Header.Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
	}
	if last != 429 {
		t.Errorf("after %d guesses: %d", askBurst+1, last)
	}
	r.now = r.now.Add(askEvery)
	if res, _ := r.get("/calendar/secret.ics"); res.StatusCode != 200 {
		t.Errorf("a moment later: %d", res.StatusCode)
	}
}
