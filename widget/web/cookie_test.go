package web

import (
	"crypto/tls"
	"errors"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestCookieIsGuarded(t *testing.T) {
	for _, c := range []struct {
		name, host string
		tls, proxy bool
		want       string
		err        error
	}{
		{"tls", "desk.example", true, false, "__Host-staff=v; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Strict", nil},
		{"tls ended by a proxy", "desk.example", false, true, "__Host-staff=v; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Strict", nil},
		{"loopback address", "127.0.0.1:8080", false, false, "staff=v; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict", nil},
		{"loopback name", "localhost:8080", false, false, "staff=v; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict", nil},
		{"loopback v6", "[::1]:8080", false, false, "staff=v; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict", nil},
		{"in the clear", "desk.example", false, false, "", ErrInsecure},
		{"looks like loopback", "127.0.0.1.evil.example", false, false, "", ErrInsecure},
	} {
		r := httptest.NewRequest("GET", "http://x/", nil)
		r.Host = c.host
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		err := Cookie{Name: "staff", TLS: c.proxy}.Set(w, r, "v", time.Hour)
		if got := w.Header().Get("Set-Cookie"); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v; want %q, %v", c.name, got, err, c.want, c.err)
		}
	}
}

func TestAddressBehindProxies(t *testing.T) {
	proxies := Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"198.51.100.7:1", "203.0.113.9", "198.51.100.7"}, // not a proxy: its word is nothing
		{"10.0.0.1:1", "203.0.113.9", "203.0.113.9"},
		{"10.0.0.1:1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"}, // the first was forged
		{"10.0.0.1:1", "nonsense", "10.0.0.1"},
		{"10.0.0.1:1", "", "10.0.0.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := proxies.Address(r).String(); got != c.want {
			t.Errorf("%s, %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
	if got := Network(netip.MustParseAddr("2001:db8:1:2:3::4")); !strings.HasPrefix(got, "2001:db8:1:2::/64") {
		t.Errorf("network of an IPv6 address: %s", got)
	}
}
