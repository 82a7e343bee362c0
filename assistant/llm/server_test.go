package llm

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

func TestAddress(t *testing.T) {
	for _, c := range []struct {
		url     string
		allowed []string
		want    error
	}{
		{"", nil, nil},
		{"http://127.0.0.1:11434", nil, nil},
		{"http://127.8.8.8:1", nil, nil},
		{"http://localhost:11434", nil, nil},
		{"http://[::1]:11434", nil, nil},
		{"https://gpu.clinic.example:11434", []string{"gpu.clinic.example"}, nil},
		{"http://192.168.0.7:11434", []string{"192.168.0.7"}, nil},
		{"http://192.168.0.7:11434", nil, ErrNotAllowed},
		{"http://192.168.0.7:11434", []string{"192.168.0.8"}, ErrNotAllowed},
		{"http://0.0.0.0:11434", nil, ErrNotAllowed},
		{"http://localhost.example:11434", nil, ErrNotAllowed},
		{"https://ollama.com", nil, ErrNotAllowed},
		{"http://[::ffff:10.0.0.1]:1", nil, ErrNotAllowed},
		{"127.0.0.1:11434", nil, ErrURL},
		{"ftp://127.0.0.1", nil, ErrURL},
		{"http://", nil, ErrURL},
		{"http://user:word@127.0.0.1", nil, ErrURL},
		{"http://127.0.0.1?x=1", nil, ErrURL},
		{"http://127.0.0.1\n", nil, ErrURL},
	} {
		if _, err := New(Config{URL: c.url, Name: "m", Allowed: c.allowed}); !errors.Is(err, c.want) {
			t.Errorf("%q allowed %v: error %v, want %v", c.url, c.allowed, err, c.want)
		}
	}
	if _, err := New(Config{}); err == nil {
		t.Error("no error without a name")
	}
}

// TestResolved: what counts is the address that is dialled, whatever its name.
func TestResolved(t *testing.T) {
	for _, c := range []struct {
		address string
		want    error
	}{
		{"127.0.0.1:80", nil},
		{"[::1]:80", nil},
		{"[::ffff:127.0.0.1]:80", nil},
		{"10.0.0.1:80", ErrNotAllowed},
		{"[::ffff:10.0.0.1]:80", ErrNotAllowed},
		{"[fe80::1%eth0]:80", ErrNotAllowed},
		{"somewhere", ErrNotAllowed},
	} {
		if err := onlyThisMachine(t.Context(), "tcp", c.address, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.address, err, c.want)
		}
	}
}

// TestRebinding: a name that leads to this machine and then elsewhere is dialled
// the first time only, whatever was resolved before.
func TestRebinding(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var leads atomic.Value
	names := newNames(t, &leads)
	dial := func(d *net.Dialer, to net.IP) error {
		t.Helper()
		leads.Store(to)
		d.Resolver = names
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		conn, err := d.DialContext(ctx, "tcp4", net.JoinHostPort("model.example.", port))
		if err == nil {
			conn.Close()
		}
		return err
	}
	d := newDialer(false)
	if err := dial(d, net.IPv4(127, 0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	for _, to := range []net.IP{net.IPv4(192, 0, 2, 1), net.IPv4(10, 0, 0, 1), net.IPv4(169, 254, 169, 254), net.IPv4(0, 0, 0, 0)} {
		if err := dial(d, to); !errors.Is(err, ErrNotAllowed) {
			t.Errorf("%v: %v, want ErrNotAllowed", to, err)
		}
	}
	if err := dial(d, net.IPv4(127, 0, 0, 1)); err != nil {
		t.Errorf("back here: %v", err)
	}
	if err := dial(newDialer(true), net.IPv4(127, 0, 0, 1)); err != nil {
		t.Errorf("an allowed name: %v", err)
	}
}

// newNames is a resolver that asks a name server of the test's own, which
// answers every question with the address that leads holds.
func newNames(t *testing.T, leads *atomic.Value) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		packet := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			end := 12 // of the question: its name, type and class
			for end < n && packet[end] != 0 {
				end += int(packet[end]) + 1
			}
			answer := append([]byte{}, packet[:end+5]...)
			answer[2], answer[3], answer[7], answer[11] = 0x81, 0x80, 1, 0  // a response, one answer, no more
			answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4) // of that name: A, IN, at once stale
			answer = append(answer, leads.Load().(net.IP).To4()...)
			_, _ = conn.WriteTo(answer, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}

// TestNoProxy: a proxy of the environment never sees a conversation.
func TestNoProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	m := mustNew(t, Config{URL: "http://nowhere.invalid:1", Name: "m", Allowed: []string{"nowhere.invalid"}})
	if _, err := m.Ask(t.Context(), question()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

// TestNoRedirect: a server may not send us elsewhere.
func TestNoRedirect(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer other.Close()
	s := newStub(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/api/chat", http.StatusTemporaryRedirect)
	})
	m := mustNew(t, Config{URL: s.URL, Name: "m"})
	if _, err := m.Ask(t.Context(), question()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}
