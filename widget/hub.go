package widget

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"okoshko/widget/web"
)

const (
	// perNetwork is the default of sockets that one network address may have
	// open. Mobile operators put many visitors behind one.
	perNetwork = 20

	wheelStep  = time.Second
	wheelSlots = 20 // each socket is pinged once in so many steps: every 20 s
	endWait    = 2 * time.Second

	// visitEvery and visitBurst bound the conversations opened from one network
	// address: each costs a durable write.
	visitEvery = time.Second
	visitBurst = 40
)

// hub knows all open sockets: which conversation each has, how many a network
// has, and whose turn it is to be pinged.
type hub struct {
	most int // sockets of one network

	mu       sync.Mutex
	closing  bool
	sockets  map[*socket]struct{}
	talking  map[string]*socket // by conversation, after hello
	networks map[string]*network
	wheel    [wheelSlots]map[*socket]struct{}
	next     int // slot of the wheel that the next socket gets
	ended    sync.WaitGroup
}

// network is one address, or one /64 of IPv6.
type network struct {
	sockets int
	visits  *rate.Limiter
}

func newHub(most int) *hub {
	h := &hub{most: most, sockets: map[*socket]struct{}{}, talking: map[string]*socket{}, networks: map[string]*network{}}
	for i := range h.wheel {
		h.wheel[i] = map[*socket]struct{}{}
	}
	return h
}

// Why a new socket may not enter.
var (
	errTooMany = errors.New("too many sockets of one network")
	errClosing = errors.New("closing")
)

// enter counts a new socket in, or says why not. Every socket that entered must
// leave.
func (h *hub) enter(s *socket) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.networks[s.network]
	if n == nil {
		n = &network{visits: rate.NewLimiter(rate.Every(visitEvery), visitBurst)}
		h.networks[s.network] = n
	}
	if h.closing {
		return errClosing
	}
	if n.sockets >= h.most {
		return errTooMany
	}
	n.sockets++
	s.visits = n.visits
	s.slot = h.next
	h.next = (h.next + 1) % wheelSlots
	h.sockets[s] = struct{}{}
	h.wheel[s.slot][s] = struct{}{}
	h.ended.Add(1)
	return nil
}

func (h *hub) leave(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sockets, s)
	delete(h.wheel[s.slot], s)
	if h.talking[s.conversation] == s {
		delete(h.talking, s.conversation)
	}
	h.networks[s.network].sockets--
	h.ended.Done()
}

// settle makes s the socket of its conversation and returns the one it replaces.
func (h *hub) settle(s *socket) (older *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	older = h.talking[s.conversation]
	h.talking[s.conversation] = s
	return older
}

// run pings, a slot of the wheel each step, until ctx is done; then it ends all
// sockets and waits for them.
func (h *hub) run(ctx context.Context) {
	tick := time.NewTicker(wheelStep)
	defer tick.Stop()
	for slot := 0; ; slot = (slot + 1) % wheelSlots {
		select {
		case <-ctx.Done():
			h.end()
			return
		case <-tick.C:
			h.ping(slot)
			if slot == 0 {
				h.sweep()
			}
		}
	}
}

func (h *hub) ping(slot int) {
	h.mu.Lock()
	due := make([]*socket, 0, len(h.wheel[slot]))
	for s := range h.wheel[slot] {
		due = append(due, s)
	}
	h.mu.Unlock()
	for _, s := range due {
		s.poke(func(o *outgoing) { o.ping = true })
	}
}

// sweep forgets networks that nothing is remembered of.
func (h *hub) sweep() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, n := range h.networks {
		if n.sockets == 0 && n.visits.Tokens() >= visitBurst {
			delete(h.networks, name)
		}
	}
}

func (h *hub) end() {
	h.mu.Lock()
	h.closing = true
	all := make([]*socket, 0, len(h.sockets))
	for s := range h.sockets {
		all = append(all, s)
	}
	h.mu.Unlock()
	for _, s := range all {
		s.close(closeRestart, "restarting")
	}
	h.ended.Wait() // each ends within endWait: its reading has a deadline
}

// count is how many sockets are open.
func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sockets)
}

// allows is the check of a handshake's origin: the desk's own pages, and those
// of the list in the clinic file. A request without an origin is no browser's.
func (w *Widget) allows(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return w.conf.NoOrigin
	}
	if ownOrigin(r, origin) || w.conf.Clinic().Widget.Allows(origin) {
		return true
	}
	w.conf.Log.Warn("socket refused: origin is not in the clinic file", "origin", cut(origin, maxLabel))
	return false
}

// ownOrigin reports whether the origin is the address that the request came to.
// Behind a proxy that ends TLS, the page is https and the request is not.
func ownOrigin(r *http.Request, origin string) bool {
	return origin == "https://"+r.Host || r.TLS == nil && origin == "http://"+r.Host
}

// refuseHandshake answers what is no handshake of ours, or comes from a foreign page.
func refuseHandshake(w http.ResponseWriter, r *http.Request, status int, reason error) {
	w.Header().Set("Sec-WebSocket-Version", "13")
	p := web.Refused(status, http.StatusText(status), "").Because(reason)
	if status == http.StatusForbidden {
		p.Title, p.More = "Этот сайт не подключён к помощнику", map[string]any{"code": codeOrigin}
	}
	web.ProblemJSON(w, r, p)
}
