package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// room is a small one with every way to answer.
func room(t *testing.T, conf Config) (*httptest.Server, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	conf.Log = slog.New(slog.NewTextHandler(&log, nil))
	m, err := New(conf)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for pattern, do := range map[string]HandlerFunc{
		"GET /ok": func(w http.ResponseWriter, _ *http.Request) error { _, err := io.WriteString(w, "ok"); return err },
		"POST /write": func(w http.ResponseWriter, r *http.Request) error {
			_, err := io.Copy(w, r.Body)
			return err
		},
		"GET /refused": func(http.ResponseWriter, *http.Request) error {
			return fmt.Errorf("room: %w", Refused(http.StatusConflict, "Занято", "Выберите другое время."))
		},
		"GET /broken": func(http.ResponseWriter, *http.Request) error { return errors.New("disk of 10 teeth") },
		"GET /panic":  func(http.ResponseWriter, *http.Request) error { panic("a visitor's words") },
	} {
		mux.Handle(pattern, m.Handle(do))
	}
	srv := httptest.NewServer(m.Wrap(mux))
	t.Cleanup(srv.Close)
	return srv, &log
}

func do(t *testing.T, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

func TestErrorsBecomeProblems(t *testing.T) {
	srv, log := room(t, Config{})
	for _, c := range []struct {
		method, path string
		status       int
		says         string
	}{
		{"GET", "/ok", 200, ""},
		{"GET", "/refused", 409, "Занято"},
		{"GET", "/broken", 500, "Что-то сломалось у нас"},
		{"GET", "/panic", 500, "Что-то сломалось у нас"},
		{"GET", "/nowhere", 404, "Такой страницы нет"},
		{"POST", "/ok", 405, "Так к этой странице не обращаются"},
	} {
		res, body := do(t, c.method, srv.URL+c.path, "")
		if res.StatusCode != c.status {
			t.Errorf("%s %s: status %d, want %d", c.method, c.path, res.StatusCode, c.status)
		}
		if c.says == "" {
			continue
		}
		var doc struct {
			Title, Instance string
			Status          int
		}
		if err := json.Unmarshal([]byte(body), &doc); err != nil {
			t.Errorf("%s: body %q: %v", c.path, body, err)
		}
		if doc.Title != c.says || doc.Status != c.status || !strings.HasPrefix(doc.Instance, "urn:request:") {
			t.Errorf("%s: problem %+v, want title %q", c.path, doc, c.says)
		}
		if kind := res.Header.Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("%s: content type %q", c.path, kind)
		}
		if strings.Contains(body, "teeth") || strings.Contains(body, "words") {
			t.Errorf("%s: the cause is shown: %s", c.path, body)
		}
	}
	srv.Close() // the log's last line is written after its answer
	if strings.Contains(log.String(), "visitor's words") {
		t.Error("a panic's value is in the log")
	}
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	srv, _ := room(t, Config{Headers: map[string]string{"Cross-Origin-Resource-Policy": "cross-origin"}})
	for _, path := range []string{"/ok", "/refused", "/nowhere"} {
		res, _ := do(t, "GET", srv.URL+path, "")
		for name, want := range map[string]string{
			"Content-Security-Policy": DefaultPolicy, "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "Cross-Origin-Resource-Policy": "cross-origin",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestWritesFromOtherSitesAreRefused(t *testing.T) {
	srv, _ := room(t, Config{Browser: true, Origins: []string{"https://site.example"}})
	for _, c := range []struct {
		name   string
		header []string
		status int
	}{
		{"same origin", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"origin of the host", []string{"Origin", srv.URL}, 200},
		{"trusted origin", []string{"Origin", "https://site.example", "Sec-Fetch-Site", "cross-site"}, 200},
		{"cross site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"same site, other host", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"foreign origin", []string{"Origin", "https://evil.example"}, 403},
		{"hidden origin", []string{"Origin", "null"}, 403},
		{"neither", nil, 403},
	} {
		res, _ := do(t, "POST", srv.URL+"/write", "x", c.header...)
		if res.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", c.name, res.StatusCode, c.status)
		}
	}
	programs, _ := room(t, Config{})
	if res, _ := do(t, "POST", programs.URL+"/write", "x"); res.StatusCode != 200 {
		t.Errorf("a program's write: status %d, want 200", res.StatusCode)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	srv, _ := room(t, Config{MaxBody: 1 << 10})
	if res, body := do(t, "POST", srv.URL+"/write", strings.Repeat("x", 1<<10)); res.StatusCode != 200 || len(body) != 1<<10 {
		t.Errorf("at the limit: status %d, %d bytes", res.StatusCode, len(body))
	}
	// A Content-Length over the limit is not trusted either: the reader counts.
	m, err := New(Config{MaxBody: 8})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /form", m.Handle(func(_ http.ResponseWriter, r *http.Request) error { return r.ParseForm() }))
	rec := httptest.NewRecorder()
	req := httptest.NewRequest("POST", "/form", strings.NewReader("text=123456789"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	m.Wrap(mux).ServeHTTP(rec, req)
	if rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("over the limit: status %d, want 413", rec.Code)
	}
}

func TestLogHoldsIDsOnly(t *testing.T) {
	srv, log := room(t, Config{})
	do(t, "POST", srv.URL+"/write?phone=9172345678", "зуб болит")
	do(t, "GET", srv.URL+"/gulnara", "")
	srv.Close() // the log's last line is written after its answer
	line := log.String()
	for _, word := range []string{"9172345678", "зуб", "gulnara", "127.0.0.1"} {
		if strings.Contains(line, word) {
			t.Errorf("the log holds %q:\n%s", word, line)
		}
	}
	if !strings.Contains(line, `route="POST /write"`) || !strings.Contains(line, "status=200") {
		t.Errorf("the log lacks the route or the status:\n%s", line)
	}
}

func TestProblemPageEscapes(t *testing.T) {
	rec := httptest.NewRecorder()
	ProblemPage(rec, nil, Refused(404, "<script>", `"&`))
	if strings.Contains(rec.Body.String(), "<script>") {
		t.Error(rec.Body.String())
	}
}

// TestStrict: over TLS every answer, a refusal as well, binds the browser to TLS.
func TestStrict(t *testing.T) {
	rec := httptest.NewRecorder()
	Strict(http.NotFoundHandler()).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
	if got := rec.Header().Get("Strict-Transport-Security"); rec.Code != 404 || got != "max-age=31536000" {
		t.Errorf("%d %q", rec.Code, got)
	}
}
