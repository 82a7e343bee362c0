package web

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestEventOnTheWire(t *testing.T) {
	got := Event{ID: "7", Name: "inbox", Data: "one\r\ntwo\rthree\nevent: forged"}.String()
	want := "id: 7\nevent: inbox\ndata: one\ndata: two\ndata: three\ndata: event: forged\n\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// served starts Serve on a real socket; stop ends it and waits.
func served(t *testing.T, h http.Handler) (url string, stop func() error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, ln, h, slog.New(slog.DiscardHandler)) }()
	return "http://" + ln.Addr().String(), func() error { cancel(); return <-ended }
}

func TestStreamEndsWhenTheHouseCloses(t *testing.T) {
	m, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan Event, 1)
	mux := http.NewServeMux()
	mux.Handle("GET /live", m.Handle(func(w http.ResponseWriter, r *http.Request) error { return Stream(w, r, events) }))
	url, stop := served(t, m.Wrap(mux))

	res, err := http.Get(url + "/live")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	events <- Event{Name: "inbox", Data: "changed"}
	lines := bufio.NewScanner(res.Body)
	var got []string
	for lines.Scan() {
		got = append(got, lines.Text())
		if lines.Text() == "data: changed" {
			break
		}
	}
	if text := strings.Join(got, "\n"); text != "retry: 2000\n\nevent: inbox\ndata: changed" {
		t.Errorf("stream began %q", text)
	}
	if err := stop(); err != nil {
		t.Errorf("serve: %v", err)
	}
	if _, err := io.ReadAll(res.Body); err != nil {
		t.Errorf("the stream was cut, not ended: %v", err)
	}
}

// quiet is a writer for a stream nobody reads but the test; it has deadlines.
type quiet struct {
	header http.Header
	wrote  chan string
}

func (q quiet) Header() http.Header                { return q.header }
func (q quiet) Write(b []byte) (int, error)        { q.wrote <- string(b); return len(b), nil }
func (q quiet) WriteHeader(int)                    {}
func (q quiet) Flush()                             {}
func (q quiet) SetReadDeadline(time.Time) error    { return nil }
func (q quiet) SetWriteDeadline(_ time.Time) error { return nil }

func TestQuietStreamBeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "GET", "/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		q := quiet{http.Header{}, make(chan string)}
		ended := make(chan error)
		go func() { ended <- Stream(q, r, make(chan Event)) }()
		<-q.wrote // retry
		began := time.Now()
		if beat := <-q.wrote; !strings.HasPrefix(beat, ":") || time.Since(began) != heartbeat {
			t.Errorf("after %s came %q; want a comment after %s", time.Since(began), beat, heartbeat)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("a reader who goes is no error: %v", err)
		}
	})
}
