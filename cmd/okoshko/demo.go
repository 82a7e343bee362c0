package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/assistant/delivery/receiver"
	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/storage"
)

// Names of the demo's secrets: where its receiver is, and what signs events.
const (
	demoAddress = "demo-receiver"
	demoSigning = "demo-signing"
	demoPath    = "/receiver/"
)

// demoReceiver is the entry of the clinic file for the built-in receiver.
const demoReceiver = `crm:
  - {name: receiver, kind: webhook, url: "secret:` + demoAddress + `", secret: "secret:` + demoSigning + `", contact: true}
`

type demoCommand struct {
	Data   string `default:"okoshko-data" env:"OKOSHKO_DATA" placeholder:"DIR" help:"Folder for the demo's data; kept between runs."`
	Listen string `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Address; the next free port where this one is taken."`
	Once   bool   `help:"Do not start again by itself after a crash."`
	Debug  bool   `help:"Log more."`
}

// Run makes an invented clinic and serves it.
func (c *demoCommand) Run(ctx context.Context, s streams) error {
	if !c.Once && !supervised() {
		return supervise(ctx, s)
	}
	data := dataFlags{Data: c.Data}
	if err := data.create(); err != nil {
		return err
	}
	file := filepath.Join(c.Data, clinicFile)
	if err := writeNew(file, demoClinic()); err != nil {
		return err
	}
	house, err := loadClinic(s, file)
	if err != nil {
		return err
	}
	public, err := listenNear(c.Listen)
	if err != nil {
		return err
	}
	service, err := listenNear("127.0.0.1:8081")
	if err != nil {
		return errors.Join(err, public.Close())
	}
	db, err := data.open()
	if err != nil {
		return errors.Join(err, public.Close(), service.Close())
	}
	return errors.Join(c.serve(ctx, s, db, house, public, service), db.Close())
}

func (c *demoCommand) serve(ctx context.Context, s streams, db *storage.DB, house *clinic.Clinic, public, service net.Listener) error {
	log := newLog(s, c.Debug)
	address := "http://" + public.Addr().String()
	signing, err := demoSecrets(db, address+demoPath+"hook")
	if err != nil {
		return err
	}
	sink, err := receiver.New(receiver.Config{Secret: signing, Log: log})
	if err != nil {
		return err
	}
	a, err := assemble(settings{db: db, clinic: house, model: heldModel(log), log: log, data: c.Data})
	if err != nil {
		return err
	}
	go answerCalls(ctx, c.Data, a)
	said := "No Ollama server with a model answers on this machine: the rules serve alone."
	if m := a.models.model(); m != nil {
		said = "Local model           " + m.Name()
	}
	a.mux.Handle(demoPath, http.StripPrefix(strings.TrimSuffix(demoPath, "/"), sink))
	password, owner, err := c.password(ctx, db)
	if err != nil {
		return err
	}
	also := ""
	if owner {
		also = "\n                        login " + demoOwner + ", the same password: safety of data, journal, access, calendars"
	}
	fmt.Fprintf(s.out, `Okoshko, demo of an invented clinic

  Page with the widget  %s/
  Console               %s/console/   login reception, password %s%s
  Receiver of events    %s
  Data folder           %s   (kept between runs)
  %s

Stop with Ctrl-C.
`, address, address, password, also, address+demoPath, c.Data, said)
	go a.watch(ctx, filepath.Join(c.Data, clinicFile))
	return a.run(ctx, public, service)
}

// demoClinic is the example file, told of the built-in receiver.
func demoClinic() []byte {
	return []byte(strings.Replace(string(exampleClinic), "crm: []\n", demoReceiver, 1))
}

// demoSecrets keeps where the receiver is in this run, and a signing secret.
func demoSecrets(db *storage.DB, address string) (signing string, err error) {
	err = db.Update(func(tx *storage.Tx) error {
		signing, err = privacy.Secret(tx, demoSigning)
		if errors.Is(err, storage.ErrNotFound) {
			signing = newSigning()
			err = privacy.SetSecret(tx, demoSigning, signing, time.Now())
		}
		if err != nil {
			return err
		}
		return privacy.SetSecret(tx, demoAddress, address, time.Now())
	})
	return signing, err
}

// newSigning is a secret of Standard Webhooks: whsec_ and 32 random bytes.
func newSigning() string {
	key := make([]byte, 32)
	rand.Read(key)
	return "whsec_" + base64.StdEncoding.EncodeToString(key)
}

// Accounts of the demo: who does the day's work, and who sees everything.
const (
	demoReception = "reception"
	demoOwner     = "owner"
)

// password makes the accounts in the first run, both with one password, and
// remembers it beside the demo's key: everything here is invented. owner says
// whether there is an owner's account beside reception's, as folders made by older
// versions do not have it.
func (c *demoCommand) password(ctx context.Context, db *storage.DB) (password string, owner bool, err error) {
	accounts, err := staff.New(staff.Config{DB: db})
	if err != nil {
		return "", false, err
	}
	file := filepath.Join(c.Data, "demo-password")
	password = newPassword()
	first, err := accounts.First(ctx, demoOwner, "Рустем", password)
	if err == nil {
		by := staff.Actor{ID: first.ID, Role: first.Role}
		_, err = accounts.Create(ctx, by, staff.Account{Login: demoReception, Name: "Гузель", Role: staff.Reception}, password)
		return password, true, errors.Join(err, os.WriteFile(file, []byte(password), 0o600))
	}
	if !errors.Is(err, staff.ErrNotFirst) {
		return "", false, err
	}
	_, err = accounts.Account(ctx, demoOwner)
	owner = err == nil
	kept, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "(as you set it)", owner, nil
	}
	return string(kept), owner, err
}

// portsTried is how many ports after a taken one are tried.
const portsTried = 20

// listenNear listens on the address, or on the next free port after it.
func listenNear(address string) (net.Listener, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: expected HOST:PORT such as 127.0.0.1:8080", address)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: expected HOST:PORT such as 127.0.0.1:8080", address)
	}
	for i := range portsTried {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port+i)))
		if err == nil {
			return l, nil
		}
	}
	return nil, fmt.Errorf("--listen %s: neither this port nor the %d after it are free", address, portsTried-1)
}
