// Package delivery is the only way out of the house: it takes events from the
// outbox and tells them to receivers, the clinic's other systems.
//
// It does not know what an event means. Its body is rendered by the caller at
// the moment of sending, so that an erased person is never sent, and its secret
// is asked for by name at the same moment.
//
// A delivery is an HTTP POST as Standard Webhooks 1.0 describes: webhook-id is
// the event's id, the same over all attempts, by which the receiver knows a
// repetition; webhook-timestamp is the attempt's; webhook-signature is HMAC
// over both and the body. Any answer of 2xx is success. All else is failure and
// comes again by the schedule (see schedule.go), in order per subject; after the
// last attempt a delivery is given up and waits for [Relay.Resend]. The answer
// 410 stops the receiver until [Relay.Resume] or until it has another address.
//
// Connections go to the receivers' own hosts and nowhere else, through no proxy
// and after no redirect (see dial.go). Each is written into the egress ledger
// before it is made.
package delivery

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// Config is what [New] needs.
type Config struct {
	DB        *storage.DB
	Receivers []clinic.Receiver

	// Render returns the body to send for an event, with the person's name and
	// phone if the receiver gets them; drop says that there is nothing (more) to
	// tell. It is called outside of transactions and may open a view.
	Render func(e outbox.Event, contact bool) (body []byte, drop bool, err error)

	// Secret returns the value that the clinic's file names as secret:NAME. A
	// signing secret may be several, separated by spaces, while it is changed:
	// then each signs.
	Secret func(name string) (string, error)

	// Optional from here.
	Roots *x509.CertPool                                                       // nil: the system's
	Dial  func(ctx context.Context, network, address string) (net.Conn, error) // nil: the network
	Now   func() time.Time                                                     // nil: time.Now
	Log   *slog.Logger                                                         // nil: none
	Seed  uint64                                                               // of the schedule's jitter; 0: random
}

// Relay delivers. It is safe for concurrent use.
type Relay struct {
	conf   Config
	guard  *guard
	client *http.Client

	mu        sync.Mutex
	receivers []clinic.Receiver
	workers   map[string]*worker // by receiver, over changes of the configuration
	changed   chan struct{}      // closed when receivers change
}

// New returns a relay that does nothing until [Relay.Run].
func New(conf Config) (*Relay, error) {
	if conf.DB == nil || conf.Render == nil || conf.Secret == nil {
		return nil, errors.New("delivery: DB, Render and Secret are needed")
	}
	if conf.Now == nil {
		conf.Now = time.Now
	}
	if conf.Log == nil {
		conf.Log = slog.New(slog.DiscardHandler)
	}
	if conf.Seed == 0 {
		var seed [8]byte
		rand.Read(seed[:])
		conf.Seed = binary.BigEndian.Uint64(seed[:])
	}
	r := &Relay{conf: conf, guard: newGuard(conf.Dial), workers: make(map[string]*worker), changed: make(chan struct{})}
	r.client = newClient(r.guard, conf.Roots)
	if err := r.SetReceivers(conf.Receivers); err != nil {
		return nil, err
	}
	return r, nil
}

// SetReceivers changes to whom is delivered, also while [Relay.Run] runs. A
// receiver that is new gets what happens from now on. What waits for one that
// is gone stays in the outbox.
func (r *Relay) SetReceivers(receivers []clinic.Receiver) error {
	names := make(map[string]bool)
	for _, to := range receivers {
		if to.Kind != "webhook" {
			return fmt.Errorf("delivery: receiver %s is of the unknown kind %q", to.Name, to.Kind)
		}
		if names[to.Name] || to.Name == "" {
			return fmt.Errorf("delivery: two receivers are called %q", to.Name)
		}
		names[to.Name] = true
	}
	if err := r.conf.DB.Update(func(tx *storage.Tx) error { return planAll(tx, receivers) }); err != nil {
		return fmt.Errorf("delivery: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.receivers = slices.Clone(receivers)
	for _, to := range receivers {
		if r.workers[to.Name] == nil {
			r.workers[to.Name] = newWorker(r, to.Name)
		}
	}
	r.guard.keep(names)
	close(r.changed)
	r.changed = make(chan struct{})
	return nil
}

func planAll(tx *storage.Tx, receivers []clinic.Receiver) error {
	for _, to := range receivers {
		if err := plan(tx, to); err != nil {
			return err
		}
	}
	return nil
}

func plan(tx *storage.Tx, to clinic.Receiver) error {
	return outbox.Plan(tx, to.Name, func(e outbox.Event) bool { return to.Wants(e.Type) })
}

// Run delivers until ctx ends, then returns nil; an error is one of the store.
// It has a goroutine for each receiver, so that a dead one holds up no other.
func (r *Relay) Run(ctx context.Context) error {
	defer r.client.CloseIdleConnections()
	for ctx.Err() == nil {
		if err := r.serve(ctx); err != nil {
			return fmt.Errorf("delivery: %w", err)
		}
	}
	return nil
}

// serve delivers to the present receivers until they change.
func (r *Relay) serve(ctx context.Context) error {
	r.mu.Lock()
	receivers, changed := r.receivers, r.changed
	workers := make([]*worker, len(receivers))
	for i, to := range receivers {
		workers[i] = r.workers[to.Name]
	}
	r.mu.Unlock()
	g, ctx := errgroup.WithContext(ctx)
	for i, to := range receivers {
		g.Go(func() error { return workers[i].run(ctx, to, changed) })
	}
	if len(receivers) == 0 {
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
	return g.Wait()
}

// Wake has the outbox looked at now. It never blocks; call it after a commit
// that appended an event.
func (r *Relay) Wake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.workers {
		w.nudge()
	}
}
