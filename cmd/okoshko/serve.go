package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/widget/web"
)

type serveCommand struct {
	dataFlags
	Clinic  string   `env:"OKOSHKO_CLINIC" placeholder:"FILE" help:"Clinic file; default: clinic.yaml in the data folder."`
	Listen  string   `default:"127.0.0.1:8080" env:"OKOSHKO_LISTEN" placeholder:"ADDR" help:"Public address: widget, console, API."`
	Service string   `default:"127.0.0.1:8081" env:"OKOSHKO_SERVICE" placeholder:"ADDR" help:"Service address: health and metrics. Keep it on this machine."`
	TLSCert string   `name:"tls-cert" env:"OKOSHKO_TLS_CERT" placeholder:"FILE" help:"Certificate chain, PEM."`
	TLSKey  string   `name:"tls-key" env:"OKOSHKO_TLS_KEY" placeholder:"FILE" help:"Its key, PEM."`
	Behind  []string `name:"proxy" env:"OKOSHKO_PROXY" placeholder:"CIDR" help:"Proxies in front whose X-Forwarded-For is believed, such as 127.0.0.1/32."`
	EndsTLS bool     `name:"behind-tls" env:"OKOSHKO_BEHIND_TLS" help:"A proxy in front ends TLS: cookies are for https only."`
	Allow   []string `env:"OKOSHKO_MODEL_HOSTS" placeholder:"HOST" help:"Machines beside this one on which the model may run."`
	Heads   string   `env:"OKOSHKO_HEADS" placeholder:"DIR" help:"Folder away from this machine (a stick, a share) into which the journal's signed head is written once a day and at start."`
	Once    bool     `help:"Do not start again by itself after a crash."`
	Debug   bool     `help:"Log more."`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context, s streams) error {
	if c.Clinic == "" {
		c.Clinic = filepath.Join(c.Data, clinicFile)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key go together: found only one of them")
	}
	proxies, err := c.proxies()
	if err != nil {
		return err
	}
	if c.Heads != "" {
		if c.Heads, err = filepath.Abs(c.Heads); err != nil {
			return err
		}
	}
	if !c.Once && !supervised() {
		if _, err := loadClinic(s, c.Clinic); err != nil {
			return err // a wrong file is told at once, not again and again
		}
		return supervise(ctx, s)
	}
	log := newLog(s, c.Debug)
	house, err := loadClinic(s, c.Clinic)
	if err != nil {
		return err
	}
	db, err := c.open()
	if c.isLocked(err) {
		log.Warn("locked", "err", err)
		db, err = c.waitUnlocked(ctx, s, house, log)
		if errors.Is(err, context.Canceled) {
			return nil
		}
	}
	if err != nil {
		return err
	}
	go finishRotation(db, log)
	a, err := assemble(settings{
		db: db, clinic: house, model: namedModel(c.Allow, log), tls: c.TLSCert != "" || c.EndsTLS, proxies: proxies, log: log, data: c.Data, heads: c.Heads,
	})
	if err == nil {
		go answerCalls(ctx, c.Data, a)
		err = c.listen(ctx, s, a)
	}
	return errors.Join(err, db.Close())
}

// proxies reads the addresses of --proxy.
func (c *serveCommand) proxies() (proxies web.Proxies, err error) {
	for _, text := range c.Behind {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("--proxy %s: expected an address and its bits, such as 127.0.0.1/32 or 10.0.0.0/8", text)
		}
		proxies = append(proxies, prefix)
	}
	return proxies, nil
}

// listeners opens the public and the service address.
func (c *serveCommand) listeners() (public, service net.Listener, scheme string, err error) {
	if public, err = net.Listen("tcp", c.Listen); err != nil {
		return nil, nil, "", fmt.Errorf("--listen %s: %w", c.Listen, err)
	}
	scheme = "http"
	if c.TLSCert != "" {
		pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return nil, nil, "", errors.Join(fmt.Errorf("--tls-cert and --tls-key: %w", err), public.Close())
		}
		public = tls.NewListener(public, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}})
		scheme = "https"
	}
	if service, err = net.Listen("tcp", c.Service); err != nil {
		return nil, nil, "", errors.Join(fmt.Errorf("--service %s: %w", c.Service, err), public.Close())
	}
	return public, service, scheme, nil
}

func (c *serveCommand) listen(ctx context.Context, s streams, a *appliance) error {
	public, service, scheme, err := c.listeners()
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "Widget page: %s://%s/\nConsole:     %s://%s/console/\n", scheme, public.Addr(), scheme, public.Addr())
	go a.watch(ctx, c.Clinic)
	return a.run(ctx, public, service)
}

// watchEvery is how often the clinic file is looked at.
const watchEvery = 2 * time.Second

// watch reads the clinic file again when it changes. A wrong file is told in the
// log, and the version in force stays.
func (a *appliance) watch(ctx context.Context, path string) {
	every := time.NewTicker(watchEvery)
	defer every.Stop()
	seen := a.assistant.Clinic().Version()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		if v, err := fileVersion(path); err == nil && v != seen {
			seen = v
			a.reload(path)
		}
	}
}

func (a *appliance) reload(path string) {
	house, problems, err := clinic.Load(path)
	if err == nil {
		err = a.use(house)
	}
	if err != nil {
		for _, p := range problems.Errors() {
			a.log.Error("clinic file", "problem", p.String())
		}
		a.log.Error("clinic file not taken over, the old one stays", "err", err)
		return
	}
	a.log.Info("clinic file taken over", "version", house.Version()[:12])
}

// fileVersion is the hash of a file as [clinic.Clinic.Version] has it.
func fileVersion(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sha256.Sum256(data)), nil
}
