package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/vault"
)

type doctorCommand struct {
	dataFlags
	Clinic  string   `env:"OKOSHKO_CLINIC" placeholder:"FILE" help:"Clinic file; default: clinic.yaml in the data folder."`
	Listen  string   `default:"127.0.0.1:8080" env:"OKOSHKO_LISTEN" placeholder:"ADDR" help:"Public address of serve."`
	Service string   `default:"127.0.0.1:8081" env:"OKOSHKO_SERVICE" placeholder:"ADDR" help:"Service address of serve."`
	Allow   []string `env:"OKOSHKO_MODEL_HOSTS" placeholder:"HOST" help:"Machines beside this one on which the model may run."`

	kept *audit.Kept // the newest signed head, where the store could be looked at
}

// finding is what the doctor sees at one place, and what to do about it.
type finding struct {
	place, sees string
	todo        string // empty: all is well
}

// Run looks at the machine and says what to do. It exits 1 where something is
// to be done.
func (c *doctorCommand) Run(ctx context.Context, s streams) error {
	if c.Clinic == "" {
		c.Clinic = filepath.Join(c.Data, clinicFile)
	}
	house, found := c.file()
	found = append(found, c.disk(), c.key(), c.store(), c.clock(ctx), c.heads(ctx))
	if house != nil {
		found = append(found, c.model(ctx, house))
	}
	found = append(found, reach("public address", c.Listen), c.private())
	ill := 0
	for _, f := range found {
		mark := "ok  "
		if f.todo != "" {
			mark = "LOOK"
			ill++
		}
		fmt.Fprintf(s.out, "%s %-15s %s\n", mark, f.place, f.sees)
		if f.todo != "" {
			fmt.Fprintf(s.out, "     %-15s -> %s\n", "", f.todo)
		}
	}
	if ill > 0 {
		return errUnmet
	}
	return nil
}

func (c *doctorCommand) file() (*clinic.Clinic, []finding) {
	house, problems, err := clinic.Load(c.Clinic)
	if err != nil {
		return nil, []finding{{"clinic file", c.Clinic, fmt.Sprintf("mend it: okoshko check %s says what is wrong (%v)", c.Clinic, err)}}
	}
	f := finding{place: "clinic file", sees: fmt.Sprintf("%s, %d warnings", c.Clinic, len(problems))}
	if len(problems) > 0 {
		f.todo = "okoshko check " + c.Clinic + " lists them"
	}
	return house, []finding{f}
}

// slowSync is F above which reception would notice: a reply takes at least two
// of them.
const slowSync = 20 * time.Millisecond

func (c *doctorCommand) disk() finding {
	f := finding{place: "disk"}
	took, err := storage.MeasureSync(c.Data)
	if err != nil {
		f.sees, f.todo = "cannot be measured", fmt.Sprintf("make sure that %s is a folder that can be written (%v)", c.Data, err)
		return f
	}
	f.sees = fmt.Sprintf("F = %s for one fdatasync", took.Round(time.Microsecond))
	if took > slowSync {
		f.todo = "use an SSD: every reply waits for the disk twice"
	}
	return f
}

func (c *doctorCommand) key() finding {
	f := finding{place: "key", sees: "passphrase"}
	slots, err := vault.Slots(c.Data)
	if err == nil && !slices.ContainsFunc(slots, func(s vault.Slot) bool { return s.Kind == vault.KindRecovery }) {
		f.sees, f.todo = fmt.Sprintf("%d ways to open it, no recovery key", len(slots)), "okoshko key add recovery: without it a lost key file loses everything"
		return f
	}
	if c.Passphrase != "" {
		return f
	}
	path := c.Key
	if path == "" {
		path = filepath.Join(c.Data, keyFile)
	}
	f.sees = path
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && slices.ContainsFunc(slots, func(s vault.Slot) bool { return s.Kind == vault.KindPassphrase }):
		f.sees = "passphrase: serve starts locked and waits for it"
	case errors.Is(err, fs.ErrNotExist):
		f.todo = "okoshko init makes one; or name it by --key, or set OKOSHKO_PASSPHRASE"
	case err != nil:
		f.todo = err.Error()
	case info.Mode().Perm()&0o077 != 0:
		f.todo = fmt.Sprintf("others may read it: chmod 600 %s", path)
	case c.Key == "":
		f.sees += ", beside the data: who takes the disk has both"
	}
	return f
}

func (c *doctorCommand) store() finding {
	f := finding{place: "store"}
	db, err := c.open()
	switch {
	case errors.Is(err, storage.ErrInUse):
		f.sees = "in use by a running okoshko"
		return f
	case errors.Is(err, errNoSecret):
		f.sees = "locked: not looked at"
		return f
	}
	if err != nil {
		f.sees, f.todo = "cannot be opened", err.Error()
		return f
	}
	var head audit.Head
	unread := db.Verify()
	err = db.View(func(tx *storage.Tx) (err error) {
		if kept, err := audit.LatestKept(tx); err == nil {
			c.kept = &kept
		}
		head, err = audit.Verify(tx)
		return err
	})
	if err = errors.Join(err, db.Close()); err == nil && unread != nil {
		f.sees, f.todo = "records do not open", unread.Error()+"; okoshko restore makes a store from a backup"
		return f
	}
	if err != nil {
		f.sees, f.todo = "the journal does not hold", err.Error()
		return f
	}
	f.sees = fmt.Sprintf("opens; the journal holds, %d entries", head.Size)
	return f
}

// builtAfter is a day before which the clock cannot be right: the product did
// not exist.
var builtAfter = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func (c *doctorCommand) clock(ctx context.Context) finding {
	now := time.Now()
	f := finding{place: "clock", sees: now.Format(time.RFC3339)}
	said, runs := c.running(ctx)["clock"]
	if runs && !said.OK {
		f.sees += "; the service says: " + said.Detail
	}
	if now.Before(builtAfter) || runs && !said.OK {
		f.todo = "set the clock and switch time synchronisation on"
	}
	return f
}

// reach says whether the address answers, or is free for serve.
func reach(place, address string) finding {
	f := finding{place: place, sees: address}
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err == nil {
		f.sees += ", something answers there"
		if err := conn.Close(); err != nil {
			f.todo = err.Error()
		}
		return f
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		f.todo = err.Error()
		return f
	}
	f.sees += ", free"
	if err := l.Close(); err != nil {
		f.todo = err.Error()
	}
	return f
}

// private says whether the service address is for this machine alone.
func (c *doctorCommand) private() finding {
	f := finding{place: "service address", sees: c.Service}
	host, _, err := net.SplitHostPort(c.Service)
	if err != nil {
		f.todo = err.Error()
		return f
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		f.todo = "health and metrics can be read from the network: use 127.0.0.1"
	}
	return f
}
