package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks whose X-Forwarded-For is believed. Empty: nobody's.
type Proxies []netip.Prefix

// Address is where the request comes from: the peer, or behind trusted proxies
// the nearest address in X-Forwarded-For that is not one of them. The zero Addr
// where the peer has none (a unix socket).
func (p Proxies) Address(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	if !p.has(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return addr
		}
		addr = next.Unmap()
		if !p.has(addr) {
			return addr
		}
	}
	return addr
}

func (p Proxies) has(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(net netip.Prefix) bool { return net.Contains(addr) })
}

// Network is what limits count by: an IPv4 address, or the /64 of an IPv6 one,
// since a single customer has at least that many.
func Network(addr netip.Addr) string {
	if addr.Is6() && !addr.Is4In6() {
		if net, err := addr.Prefix(64); err == nil {
			return net.String()
		}
	}
	return addr.String()
}
