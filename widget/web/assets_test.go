package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAssets(t *testing.T) {
	body := strings.Repeat("let kazan = 1;\n", 100)
	a, err := NewAssets("/static/", fstest.MapFS{"app.js": {Data: []byte(body)}, "dir/dot.svg": {Data: []byte("<svg/>")}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", m.Handle(a.Serve))
	mux.Handle("GET /app.js", m.Handle(func(w http.ResponseWriter, r *http.Request) error { return a.ServeNamed(w, r, "app.js") }))
	srv := httptest.NewServer(m.Wrap(mux))
	defer srv.Close()

	res, got := do(t, "GET", srv.URL+a.Path("app.js"), "", "Accept-Encoding", "gzip")
	if res.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("headers %v", res.Header)
	}
	zr, err := gzip.NewReader(bytes.NewBufferString(got))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(zr); err != nil || string(plain) != body {
		t.Errorf("unpacked %d bytes, %v; want %d", len(plain), err, len(body))
	}
	if res, got = do(t, "GET", srv.URL+a.Path("app.js"), "", "Accept-Encoding", "identity"); got != body {
		t.Errorf("plain: %d bytes, want %d", len(got), len(body))
	}
	if kind := res.Header.Get("Content-Type"); kind != "text/javascript; charset=utf-8" {
		t.Errorf("content type %q", kind)
	}
	if res, _ = do(t, "GET", srv.URL+a.Path("dir/dot.svg"), ""); res.StatusCode != 200 {
		t.Errorf("in a folder: status %d", res.StatusCode)
	}
	for _, gone := range []string{"/static/app.js", "/static/app.0000000000000000.js", a.Path("none.js")} {
		if res, _ = do(t, "GET", srv.URL+gone, ""); res.StatusCode != 404 {
			t.Errorf("%s: status %d, want 404", gone, res.StatusCode)
		}
	}
	res, _ = do(t, "GET", srv.URL+"/app.js", "")
	if res.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("a lasting name is kept: %v", res.Header)
	}
	if res, _ = do(t, "GET", srv.URL+"/app.js", "", "If-None-Match", res.Header.Get("ETag")); res.StatusCode != http.StatusNotModified {
		t.Errorf("unchanged: status %d, want 304", res.StatusCode)
	}
	if res, got = do(t, "HEAD", srv.URL+"/app.js", ""); res.StatusCode != 200 || got != "" {
		t.Errorf("HEAD: status %d, %d bytes", res.StatusCode, len(got))
	}
}
