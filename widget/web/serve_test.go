package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestServeLogsNoAddress: a handshake that fails is told at the lowest level, and
// not whose it was.
func TestServeLogsNoAddress(t *testing.T) {
	var log bytes.Buffer
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		none := &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, errors.New("none") }}
		done <- Serve(ctx, tls.NewListener(ln, none), http.NotFoundHandler(), slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	}()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, strings.Repeat("no handshake ", 9)); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, conn) // until the server has had enough
	_ = conn.Close()
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := log.String(); !strings.Contains(got, "handshake error from …") || strings.Contains(got, "127.0.0.1") {
		t.Errorf("the log has %s", got)
	}
}

func TestNameless(t *testing.T) {
	for said, want := range map[string]string{
		"from 203.0.113.7:51234: EOF":          "from …: EOF",
		"from [2001:db8::7]:443: EOF":          "from …: EOF",
		"from 2001:db8:1:2:3:4:5:6 nothing":    "from … nothing",
		"superfluous WriteHeader at a.go:12":   "superfluous WriteHeader at a.go:12",
		"panic serving [fe80::1%eth0]:80: 5:3": "panic serving …: 5:3",
	} {
		if got := addresses.ReplaceAllString(said, "…"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
