package llm

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
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
