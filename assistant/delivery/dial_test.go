package delivery

import (
	"errors"
	"net"
	"net/url"
	"testing"
)

func TestDialerGoesNowhereElse(t *testing.T) {
	g := newGuard(nil)
	g.allow("crm", targetOf(&url.URL{Scheme: "https", Host: "CRM.test"}))
	g.allow("lan", targetOf(&url.URL{Scheme: "http", Host: "127.0.0.1:1"}))
	for address, want := range map[string]bool{
		"crm.test:443": true, "CRM.TEST:443": true, "crm.test:80": false, "evil.test:443": false,
		"127.0.0.1:1": true, "127.0.0.1:2": false, "[::1]:1": false, "": false,
	} {
		if _, ok := g.find(address); ok != want {
			t.Errorf("%q allowed: %v, want %v", address, ok, want)
		}
		if want {
			continue
		}
		if _, err := g.dial(t.Context(), "tcp", address); !errors.Is(err, errNotAllowed) || problem(err) != NotAllowed {
			t.Errorf("dialing %q: %v, want errNotAllowed", address, err)
		}
	}
	g.keep(map[string]bool{"lan": true})
	if _, ok := g.find("crm.test:443"); ok {
		t.Error("a receiver that is gone can be dialed")
	}
	g.allow("lan", targetOf(&url.URL{Scheme: "http", Host: "127.0.0.1:3"}))
	if _, ok := g.find("127.0.0.1:1"); ok {
		t.Error("a receiver's old address can be dialed")
	}
}

// TestAddressesBehindNames is what a receiver's name may turn out to be.
func TestAddressesBehindNames(t *testing.T) {
	for address, c := range map[string]struct{ withTLS, plain bool }{
		"127.0.0.1:80":             {true, true},
		"[::1]:80":                 {true, true},
		"192.168.1.10:80":          {true, true},
		"10.1.2.3:80":              {true, true},
		"172.16.0.1:80":            {true, true},
		"[fd00::1]:80":             {true, true},
		"[::ffff:192.168.1.10]:80": {true, true},
		"93.184.216.34:443":        {true, false},
		"[2606:2800:220:1::1]:443": {true, false},
		"169.254.169.254:80":       {false, false},
		"[fe80::1]:80":             {false, false},
		"0.0.0.0:80":               {false, false},
		"[::]:80":                  {false, false},
		"224.0.0.1:80":             {false, false},
		"255.255.255.255:80":       {false, false},
		"nonsense":                 {false, false},
	} {
		for plain, want := range map[bool]bool{false: c.withTLS, true: c.plain} {
			to := target{host: "crm.test:80", plain: plain}
			if err := to.permits(address); (err == nil) != want || err != nil && !errors.Is(err, errNotAllowed) {
				t.Errorf("%s, without TLS %v: %v; want allowed %v", address, plain, err, want)
			}
		}
	}
}

func TestPlainHTTPStaysInTheHouse(t *testing.T) {
	g := newGuard(nil)
	g.allow("crm", target{host: "192.0.2.1:80", plain: true}) // a documentation address: nobody's
	if _, err := g.dial(t.Context(), "tcp", "192.0.2.1:80"); !errors.Is(err, errNotAllowed) {
		t.Errorf("dial = %v, want errNotAllowed", err)
	}
}

func TestProblemsNameNoAddress(t *testing.T) {
	for want, err := range map[string]error{
		NoHost:      &net.OpError{Op: "dial", Err: &net.DNSError{Name: "crm.test", IsNotFound: true}},
		TimedOut:    &net.OpError{Op: "dial", Err: &net.DNSError{Name: "crm.test", IsTimeout: true}},
		Unreachable: errors.New("https://crm.test/rest/1/code broke"),
	} {
		if got := problem(&url.Error{Op: "Post", URL: "https://crm.test/rest/1/code", Err: err}); got != want {
			t.Errorf("problem(%v) = %q, want %q", err, got, want)
		}
	}
}
