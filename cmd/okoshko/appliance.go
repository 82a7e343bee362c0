package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/delivery"
	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/vault"
	"okoshko/widget"
	"okoshko/widget/api"
	"okoshko/widget/calendar"
	"okoshko/widget/console"
	"okoshko/widget/web"
)

// appliance is all the parts of one house, wired.
type appliance struct {
	db        *storage.DB
	assistant *assistant.Assistant
	relay     *delivery.Relay
	staff     *staff.Staff
	models    *modelSwitch
	visitors  *widget.Widget
	desk      *console.Console
	mux       *http.ServeMux // of the public address
	tls       bool           // it is reached over TLS
	log       *slog.Logger
	now       func() time.Time
	clock     *booking.Clock
	data      string // the folder
}

// settings are what the machine's owner says of a house: the clinic file says
// the rest.
type settings struct {
	db     *storage.DB
	clinic *clinic.Clinic
	model  modelMaker
	tls    bool // also where a proxy in front ends it
	log    *slog.Logger

	proxies web.Proxies // in front, whose X-Forwarded-For is believed
	data    string      // the folder; "": an incident's evidence is not copied
	heads   string      // where the journal's heads are written; "": nowhere
}

// assemble wires a house. It starts nothing.
func assemble(s settings) (*appliance, error) {
	clock, err := booking.OpenClock(s.db)
	if err != nil {
		return nil, err
	}
	a := &appliance{db: s.db, tls: s.tls, log: s.log, now: clock.Now, clock: clock, data: s.data}
	conf := assistant.Config{
		DB: s.db, Clinic: s.clinic, Now: a.now, Clock: clock, Log: s.log, Committed: func() { a.relay.Wake() }, Heads: s.heads,
	}
	if s.data != "" {
		conf.Evidence = func(ctx context.Context, incident string) (privacy.Copy, error) {
			return a.copyEvidence(ctx, s.data, incident)
		}
	}
	if a.assistant, err = assistant.New(conf); err != nil {
		return nil, err
	}
	a.models = &modelSwitch{make: s.model, assistant: a.assistant, log: s.log, changed: make(chan struct{}, 1)}
	a.models.use(context.Background(), s.clinic.Model)
	a.relay, err = delivery.New(delivery.Config{
		DB: s.db, Receivers: s.clinic.Receivers, Render: a.assistant.EventBody, Secret: a.secret, Now: a.now, Log: s.log,
	})
	if err != nil {
		return nil, err
	}
	if a.staff, err = staff.New(staff.Config{DB: s.db, Now: a.now}); err != nil {
		return nil, err
	}
	return a, a.open(s)
}

// open makes the faces: the visitor's, reception's and the programs'.
func (a *appliance) open(s settings) (err error) {
	a.visitors, err = widget.New(widget.Config{Desk: a.assistant, Clinic: a.assistant.Clinic, Rights: a.assistant, TLS: s.tls, Proxies: s.proxies, Log: s.log, Now: a.now})
	if err != nil {
		return err
	}
	a.desk, err = console.New(console.Config{
		Desk: a.assistant, People: a.assistant, Staff: a.staff, DB: s.db, Clinic: a.assistant.Clinic, Resend: a.relay.Resend, Model: a.modelState, TLS: s.tls, Proxies: s.proxies, Log: s.log, Now: a.now,
	})
	if err != nil {
		return err
	}
	programs, err := api.New(api.Config{
		Desk: a.assistant, Staff: a.staff, DB: s.db, Clinic: a.assistant.Clinic, Resend: a.relay.Resend, Log: s.log, Now: a.now,
	})
	if err != nil {
		return err
	}
	feeds, err := calendar.New(calendar.Config{Desk: a.assistant, Proxies: s.proxies, Log: s.log, Now: a.now})
	if err != nil {
		return err
	}
	a.mux = http.NewServeMux()
	a.mux.Handle("/calendar/", feeds)
	a.mux.Handle("/", a.visitors)
	a.mux.Handle("/console/", a.desk)
	a.mux.Handle("/api/", programs)
	return nil
}

func (a *appliance) secret(name string) (value string, err error) {
	err = a.db.View(func(tx *storage.Tx) (err error) {
		value, err = privacy.Secret(tx, name)
		return err
	})
	return value, err
}

// use makes another version of the clinic file the one in force.
func (a *appliance) use(c *clinic.Clinic) error {
	if err := a.relay.SetReceivers(c.Receivers); err != nil {
		return err
	}
	if err := a.assistant.Use(c); err != nil {
		return err
	}
	a.models.use(context.Background(), c.Model)
	return nil
}

// sweepEvery is how often expired holds and sessions are cleared away; they
// bind nobody meanwhile.
const sweepEvery = time.Minute

// run serves until ctx is done or a part fails. It stops from the outside in:
// listeners, answers, relay; the store is the caller's.
func (a *appliance) run(ctx context.Context, public, service net.Listener) error {
	outer, stopOuter := context.WithCancel(ctx)
	defer stopOuter()
	inner, stopInner := context.WithCancel(context.WithoutCancel(ctx))
	defer stopInner()
	within, innerCtx := errgroup.WithContext(inner)
	within.Go(func() error { return stopped(a.assistant.Run(innerCtx)) })
	within.Go(func() error { return stopped(a.relay.Run(innerCtx)) })
	within.Go(func() error { return a.sweep(innerCtx) })
	within.Go(func() error { return stopped(a.models.run(innerCtx)) })
	within.Go(func() error { return stopped(a.assistant.Heads(innerCtx)) })
	faces, faceCtx := errgroup.WithContext(outer)
	faces.Go(func() error { return web.Serve(faceCtx, public, a.face(), a.log) })
	faces.Go(func() error { return web.Serve(faceCtx, service, a.serviceMux(), a.log) })
	faces.Go(func() error { return a.visitors.Run(faceCtx) })
	go func() { <-innerCtx.Done(); stopOuter() }()
	err := faces.Wait()
	stopInner()
	return errors.Join(stopped(err), within.Wait())
}

// face is what the public address answers with.
func (a *appliance) face() http.Handler {
	if a.tls {
		return web.Strict(a.mux)
	}
	return a.mux
}

// stopped is nil for an end that was asked for.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (a *appliance) sweep(ctx context.Context) error {
	every, daily := time.NewTicker(sweepEvery), time.NewTicker(pruneEvery)
	defer every.Stop()
	defer daily.Stop()
	for {
		if err := errors.Join(a.clock.Keep(), a.assistant.Sweep(ctx), a.staff.Sweep(ctx), a.assistant.Retain(ctx), a.assistant.Watchdog(ctx), a.assistant.WatchClock(ctx)); err != nil {
			return fmt.Errorf("clearing away: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-daily.C:
			if err := a.prune(); err != nil {
				return fmt.Errorf("clearing away: %w", err)
			}
		case <-every.C:
		}
	}
}

// Deliveries that are done are listed for so long, and looked for so often.
const (
	keepDeliveries = 30 * 24 * time.Hour
	pruneEvery     = 24 * time.Hour
)

// prune deletes what is listed no longer, and takes out of the file what was
// deleted in it. Before, all of the store is read: what another hand has put back
// under the running house would otherwise be found at its next start alone.
func (a *appliance) prune() error {
	// (A person who is erased meanwhile is no fault.)
	if err := a.db.Verify(); errors.Is(err, storage.ErrChanged) || errors.Is(err, vault.ErrTampered) {
		return err
	}
	err := a.db.Update(func(tx *storage.Tx) error {
		if evidence, err := privacy.Evidence(tx); evidence || err != nil {
			return err // nothing goes while an incident is being looked into
		}
		_, _, err := delivery.Prune(tx, a.now().Add(-keepDeliveries))
		return err
	})
	return errors.Join(err, a.db.Compact())
}
