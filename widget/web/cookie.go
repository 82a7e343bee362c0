package web

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// ErrInsecure means that a cookie would travel in the clear over a network.
var ErrInsecure = errors.New("cookie refused: neither TLS nor loopback")

// Cookie is one named cookie of a room: HttpOnly, SameSite=Strict, for the whole
// host. Over TLS its name has the prefix __Host-, which browsers then hold to
// this host, this path and Secure.
type Cookie struct {
	Name string
	TLS  bool // a trusted proxy in front ends TLS, so every request counts as secure
}

// Set gives the browser a value for at most life. [ErrInsecure] where neither TLS
// nor loopback protects it.
func (c Cookie) Set(w http.ResponseWriter, r *http.Request, value string, life time.Duration) error {
	if !c.secure(r) && !Loopback(r) {
		return ErrInsecure
	}
	http.SetCookie(w, c.cookie(r, value, int(life/time.Second)))
	return nil
}

// Get is the value that the browser sent, or "".
func (c Cookie) Get(r *http.Request) string {
	cookie, err := r.Cookie(c.name(r))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// Clear takes the cookie back.
func (c Cookie) Clear(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, c.cookie(r, "", -1))
}

func (c Cookie) cookie(r *http.Request, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: c.name(r), Value: value, Path: "/", MaxAge: maxAge,
		Secure: c.secure(r), HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

func (c Cookie) name(r *http.Request) string {
	if c.secure(r) {
		return "__Host-" + c.Name
	}
	return c.Name
}

func (c Cookie) secure(r *http.Request) bool { return c.TLS || r.TLS != nil }

// Loopback says whether the browser spoke to this machine by a loopback name. The
// name counts and not the peer's address, which behind a proxy is always loopback.
func Loopback(r *http.Request) bool {
	host := r.Host
	if at, err := netip.ParseAddrPort(host); err == nil {
		return at.Addr().IsLoopback()
	}
	if name, _, found := strings.Cut(host, ":"); found {
		host = name
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
