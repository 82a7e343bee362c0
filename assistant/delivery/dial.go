package delivery

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"
)

// errNotAllowed says that a connection would go where no receiver is.
var errNotAllowed = errors.New("no receiver is there")

// guard is the one dialer of this room. It connects only to the receivers'
// hosts and ports; without TLS only to addresses in the house (loopback,
// private), because bodies hold names and phones; and never to link-local
// addresses, where machines keep what is meant for themselves. All is decided
// when the connection is made, on the address that the name then has.
type guard struct {
	next func(ctx context.Context, network, address string) (net.Conn, error) // nil: the network

	mu      sync.Mutex
	targets map[string]target // by receiver
}

func newGuard(next func(ctx context.Context, network, address string) (net.Conn, error)) *guard {
	return &guard{next: next, targets: make(map[string]target)}
}

// allow lets connections through to where a receiver is, and no more to where
// it was.
func (g *guard) allow(receiver string, t target) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.targets[receiver] = t
}

// keep forgets the receivers that are not among names.
func (g *guard) keep(names map[string]bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for receiver := range g.targets {
		if !names[receiver] {
			delete(g.targets, receiver)
		}
	}
}

// find returns the target at an address; where one receiver is called with TLS
// and another without, the stricter.
func (g *guard) find(address string) (found target, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range g.targets {
		if t.host == strings.ToLower(address) {
			found = target{host: t.host, plain: t.plain || found.plain}
			ok = true
		}
	}
	return found, ok
}

func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	t, ok := g.find(address)
	if !ok {
		return nil, fmt.Errorf("%w: %s", errNotAllowed, address)
	}
	if g.next != nil {
		return g.next(ctx, network, address)
	}
	d := net.Dialer{Timeout: 10 * time.Second, Control: func(_, resolved string, _ syscall.RawConn) error {
		return t.permits(resolved)
	}}
	return d.DialContext(ctx, network, address)
}

// permits judges the numeric address that a name has.
func (t target) permits(resolved string) error {
	at, err := netip.ParseAddrPort(resolved)
	if err != nil {
		return fmt.Errorf("%w: %s", errNotAllowed, resolved)
	}
	ip := at.Addr().Unmap()
	house := ip.IsLoopback() || ip.IsPrivate()
	switch {
	case !house && !ip.IsGlobalUnicast(): // link-local, multicast, unspecified
		return fmt.Errorf("%w: %v", errNotAllowed, ip)
	case t.plain && !house:
		return fmt.Errorf("%w: %v leaves the house", errNotAllowed, t)
	}
	return nil
}
