package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"

	"github.com/ollama/ollama/api"
)

const (
	// maxWire is bytes of one response of the server: an answer comes a few
	// letters at a time, each in a frame of some 150 bytes.
	maxWire = 1 << 20
	// maxPullWire is bytes of the progress that a pull tells: some frames a second
	// for as many hours as a slow line takes.
	maxPullWire = 256 << 20
	// maxDial is how long a connection may take to come about.
	maxDial = 3 * time.Second
)

// server is one Ollama server and the only way to it.
type server struct {
	url    *url.URL
	client *api.Client
	pulls  *api.Client // the same way, for what takes long
}

// dial prepares the way to a server; nothing is sent yet.
func dial(address string, allowed []string) (*server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%w: %q", ErrURL, address)
	}
	elsewhere := slices.Contains(allowed, u.Hostname())
	if !elsewhere && !namesThisMachine(u.Hostname()) {
		return nil, fmt.Errorf("%w: %q", ErrNotAllowed, u.Hostname())
	}
	d := newDialer(elsewhere)
	transport := &http.Transport{
		Proxy:               nil, // a proxy would see the conversations
		DialContext:         d.DialContext,
		TLSHandshakeTimeout: maxDial,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
	}
	return &server{url: u, client: newClient(u, transport, maxWire), pulls: newClient(u, transport, maxPullWire)}, nil
}

// newDialer dials this machine alone, or wherever an allowed name leads. What
// counts is the address of each connection: a name that led here a moment ago
// may lead elsewhere now.
func newDialer(elsewhere bool) *net.Dialer {
	d := &net.Dialer{Timeout: maxDial}
	if !elsewhere {
		d.ControlContext = onlyThisMachine
	}
	return d
}

// newClient is a client whose responses have at most so many bytes.
func newClient(u *url.URL, transport http.RoundTripper, most int) *api.Client {
	return api.NewClient(u, &http.Client{
		Transport: limited{transport, most},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return ErrNotAllowed // to wherever
		},
	})
}

func namesThisMachine(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// onlyThisMachine looks at the address that is really dialled: a name may
// resolve to anything.
func onlyThisMachine(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return ErrNotAllowed
	}
	return nil
}

// limited is a transport whose responses end with errTooLarge after so many
// bytes.
type limited struct {
	next http.RoundTripper
	most int
}

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = &limitedBody{response.Body, l.most}
	return response, nil
}

type limitedBody struct {
	io.ReadCloser
	left int
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	if errors.Is(err, io.EOF) {
		b.left = 1 // a response of exactly so many bytes has ended well
	}
	return n, err
}
