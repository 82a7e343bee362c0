package delivery

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"okoshko/assistant/clinic"
	"okoshko/storage/outbox"
)

// Why an attempt had no answer of success, beside its HTTP status. These words
// are stored with attempts; they hold nothing of what was sent or answered.
const (
	NotRendered = "not rendered" // the body could not be made
	NoSecret    = "no secret"    // the named secret is not set, or too short to sign with
	NoAddress   = "no address"   // the address is no http or https URL
	NotAllowed  = "not allowed"  // the dialer refused: see dial.go
	NoHost      = "no such host"
	Refused     = "refused"     // nobody listens there
	BadTLS      = "bad TLS"     // the certificate does not hold, or there is no TLS
	Unreachable = "unreachable" // the connection failed in another way
	TimedOut    = "timeout"
	Redirected  = "redirect"    // 3xx, which is not followed
	Interrupted = "interrupted" // the relay stopped meanwhile
)

const (
	statusGone   = http.StatusGone  // the receiver wants no more
	sendTimeout  = 15 * time.Second // of one attempt, from dialing to the answer's end
	maxAnswer    = 64 << 10         // bytes of an answer that are read, and of its headers
	minKey       = 24               // bytes of a signing key, as Standard Webhooks demands
	secretPrefix = "secret:"
)

func newClient(g *guard, roots *x509.CertPool) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil, // not even the environment's
			DialContext:            g.dial,
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    10 * time.Second,
			MaxResponseHeaderBytes: maxAnswer,
			MaxIdleConnsPerHost:    1,
			IdleConnTimeout:        time.Minute,
			DisableCompression:     true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       sendTimeout,
	}
}

// post is a delivery ready to leave.
type post struct {
	target target
	url    string
	header http.Header
	body   []byte
}

// answer is how an attempt ended.
type answer struct {
	status     int    // 0: none
	problem    string // "" when the status says it all
	retryAfter time.Duration
}

func (a answer) ok() bool { return a.status/100 == 2 }

// prepare renders and signs. It returns a post, or drop, or what is wrong.
func (r *Relay) prepare(to clinic.Receiver, e outbox.Event) (p *post, drop bool, problem string) {
	body, drop, err := r.conf.Render(e, to.Contact)
	if err != nil {
		// The error may be of the store or quote the event: only its kind goes on.
		r.conf.Log.Error("event not rendered", "event", e.ID, "type", e.Type)
		return nil, false, NotRendered
	}
	if drop {
		return nil, true, ""
	}
	address, ok := r.reveal(to.URL)
	if !ok {
		return nil, false, NoSecret
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, false, NoAddress
	}
	p = &post{target: targetOf(u), url: address, body: body, header: make(http.Header)}
	p.header.Set("Content-Type", "application/json")
	p.header.Set("User-Agent", "okoshko")
	now := r.conf.Now()
	p.header.Set(webhooks.HeaderWebhookID, e.ID)
	p.header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	if to.Secret != "" {
		signatures, ok := r.sign(to.Secret, e.ID, now, body)
		if !ok {
			return nil, false, NoSecret
		}
		p.header.Set(webhooks.HeaderWebhookSignature, signatures)
	}
	r.guard.allow(to.Name, p.target)
	return p, false, ""
}

// reveal replaces secret:NAME by its value.
func (r *Relay) reveal(s string) (string, bool) {
	name, named := strings.CutPrefix(s, secretPrefix)
	if !named {
		return s, true
	}
	value, err := r.conf.Secret(name)
	return strings.TrimSpace(value), err == nil && value != ""
}

// sign returns a signature by each of the secret's keys.
func (r *Relay) sign(secret, id string, at time.Time, body []byte) (string, bool) {
	value, ok := r.reveal(secret)
	if !ok {
		return "", false
	}
	var signatures []string
	for _, key := range strings.Fields(value) {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(key, "whsec_"))
		if err != nil || len(raw) < minKey {
			return "", false
		}
		hook, err := webhooks.NewWebhookRaw(raw)
		if err != nil {
			return "", false
		}
		signature, err := hook.Sign(id, at, body)
		if err != nil {
			return "", false
		}
		signatures = append(signatures, signature)
	}
	return strings.Join(signatures, " "), len(signatures) > 0
}

// send makes the call.
func (r *Relay) send(ctx context.Context, p *post) answer {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body))
	if err != nil {
		return answer{problem: NoAddress}
	}
	req.Header = p.header
	resp, err := r.client.Do(req)
	if err != nil {
		return answer{problem: problem(err)}
	}
	defer resp.Body.Close()
	io.CopyN(io.Discard, resp.Body, maxAnswer) // the status is the answer
	a := answer{status: resp.StatusCode, retryAfter: retryAfter(resp.Header, r.conf.Now())}
	if a.status/100 == 3 {
		a.problem = Redirected
	}
	return a
}

// problem is the kind of an error. Its text is not kept: it holds the address,
// which may be a secret.
func problem(err error) string {
	var (
		dns     *net.DNSError
		record  tls.RecordHeaderError
		invalid *tls.CertificateVerificationError
		timeout interface{ Timeout() bool }
	)
	switch {
	case errors.Is(err, errNotAllowed):
		return NotAllowed
	case errors.As(err, &dns) && dns.IsNotFound:
		return NoHost
	case errors.As(err, &record), errors.As(err, &invalid):
		return BadTLS
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	}
	return Unreachable
}

// target is where a connection may go.
type target struct {
	host  string // host:port
	plain bool   // without TLS
}

func targetOf(u *url.URL) target {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return target{host: net.JoinHostPort(strings.ToLower(u.Hostname()), port), plain: u.Scheme == "http"}
}

// String implements fmt.Stringer.
func (t target) String() string {
	if t.plain {
		return fmt.Sprintf("%s without TLS", t.host)
	}
	return t.host
}
