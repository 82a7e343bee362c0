package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"okoshko/storage"
	"okoshko/storage/vault"
)

// Names inside a data folder.
const (
	clinicFile = "clinic.yaml"
	storeFile  = "data.db"
	keyFile    = "okoshko.key"
)

// dataFlags say where the appliance keeps its data and how its keys are opened.
type dataFlags struct {
	Data       string `default:"okoshko-data" env:"OKOSHKO_DATA" placeholder:"DIR" help:"Folder with keys and store."`
	Key        string `env:"OKOSHKO_KEY" placeholder:"FILE" help:"Key file; default: okoshko.key in the data folder. Better kept elsewhere."`
	Credential string `default:"okoshko" env:"OKOSHKO_CREDENTIAL" placeholder:"NAME" help:"Name of the credential that systemd gives (LoadCredentialEncrypted=)."`
	Passphrase string `env:"OKOSHKO_PASSPHRASE" hidden:"" help:"Passphrase in place of a key file; only by the environment variable OKOSHKO_PASSPHRASE."`
	Recovery   string `env:"OKOSHKO_RECOVERY" hidden:"" help:"Recovery key, where all else is lost; only by the environment variable OKOSHKO_RECOVERY."`

	call *call // how the command was called
}

// AfterApply remembers how the command was called: perhaps by another process,
// on the store that is open here.
func (d *dataFlags) AfterApply(c *call) error {
	d.call = c
	return nil
}

// credential is the file in which systemd gives the key, or "".
func (d dataFlags) credential() string {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, d.Credential)
}

// unlockers are the secrets at hand.
func (d dataFlags) unlockers() (all []vault.Unlocker, err error) {
	if path := d.credential(); path != "" {
		if _, err := os.Stat(path); err == nil {
			all = append(all, vault.Credential(path))
		}
	}
	path := d.Key
	if path == "" {
		path = filepath.Join(d.Data, keyFile)
	}
	_, err = os.Stat(path)
	if err == nil {
		all = append(all, vault.KeyFile(path))
	}
	if d.Recovery != "" {
		by, err := vault.Recovery(d.Recovery)
		if err != nil {
			return nil, err
		}
		all = append(all, by)
	}
	if d.Passphrase != "" {
		all = append(all, vault.Passphrase(d.Passphrase))
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: no key file %s, no credential, no OKOSHKO_PASSPHRASE", errNoSecret, path)
	}
	return all, nil
}

var errNoSecret = errors.New("nothing at hand opens the keys")

// open opens the store in the data folder, with the secrets at hand.
func (d dataFlags) open() (*storage.DB, error) {
	by, err := d.unlockers()
	if err != nil {
		if _, slots := vault.Slots(d.Data); slots != nil {
			return nil, fmt.Errorf("%s: %w", d.Data, slots) // there is nothing to open
		}
		return nil, err
	}
	return d.openBy(by...)
}

func (d dataFlags) openBy(by ...vault.Unlocker) (*storage.DB, error) {
	v, err := vault.Open(d.Data, by...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.Data, err)
	}
	path := filepath.Join(d.Data, storeFile)
	if err := checkApart(path); err != nil {
		return nil, err
	}
	db, err := storage.Open(path, v)
	for _, changed := range []error{storage.ErrChanged, storage.ErrStoreOlder, storage.ErrKeysOlder} {
		if errors.Is(err, changed) {
			return nil, fmt.Errorf("%w; nothing was done: okoshko restore makes a store from a backup, and okoshko accept takes this one as it is", err)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := db.Derive(lookups); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// checking marks the child process, so that it can start no child of its own.
const checking = "OKOSHKO_CHECKING"

// checkTime is how long looking at a store may take.
const checkTime = 10 * time.Minute

// checkApart has a child process look at the store before this one opens it: a
// damaged file may end the process that reads it.
func checkApart(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if os.Getenv(checking) != "" {
		return errors.New("a process that looks at a store opens none") // nor starts another
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkTime)
	defer cancel()
	child := exec.CommandContext(ctx, self, "check-store", path)
	child.Env = append(os.Environ(), "GOTRACEBACK=none", checking+"=1")
	out, err := child.CombinedOutput()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &ended):
		return fmt.Errorf("looking at %s: %w", path, err)
	case ended.ExitCode() == exitBusy:
		return fmt.Errorf("store %s: %w", path, storage.ErrInUse)
	case ended.ExitCode() == exitUnmet:
		return fmt.Errorf("store %s: %s; nothing was changed: okoshko restore makes one from a backup", path, strings.TrimSpace(string(out)))
	}
	return fmt.Errorf("store %s: %w, so that reading it ends the process (%s); nothing was changed: okoshko restore makes one from a backup", path, storage.ErrDamaged, ended)
}

// checkStoreCommand is what the child process does.
type checkStoreCommand struct {
	File string `arg:"" help:"The store's file."`
}

// exitBusy is how the child ends when another process has the store.
const exitBusy = 3

// Run reads all of a store without its keys.
func (c *checkStoreCommand) Run(s streams) error {
	err := storage.Check(c.File)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, storage.ErrInUse):
		os.Exit(exitBusy)
	}
	fmt.Fprintln(s.out, err)
	return errUnmet
}

// with runs fn on the store: on the one that is open in this process, where it
// was called for that; by the appliance, where that runs on the folder; or on
// the folder's.
func (d dataFlags) with(fn func(*storage.DB) error) error {
	if d.call != nil && d.call.db != nil {
		return fn(d.call.db)
	}
	if d.call != nil {
		conn, err := dialOwner(d.Data)
		if err == nil {
			return d.call.send(conn)
		}
	}
	db, err := d.open()
	if err != nil {
		return err
	}
	return errors.Join(fn(db), db.Close())
}

// view runs fn on the store in the data folder.
func (d dataFlags) view(fn func(*storage.Tx) error) error {
	return d.with(func(db *storage.DB) error { return db.View(fn) })
}

// update runs fn on the store in the data folder and commits.
func (d dataFlags) update(fn func(*storage.Tx) error) error {
	return d.with(func(db *storage.DB) error { return db.Update(fn) })
}

// create makes the data folder with its keys where there are none yet.
func (d dataFlags) create() error {
	if err := os.MkdirAll(d.Data, 0o700); err != nil {
		return err
	}
	if _, err := vault.Slots(d.Data); !errors.Is(err, vault.ErrNoKeys) {
		return err
	}
	_, err := vault.Create(d.Data, d.first())
	if errors.Is(err, vault.ErrExists) {
		return fmt.Errorf("%s: %w", d.Data, err)
	}
	return err
}

// first is the secret that a new vault opens by.
func (d dataFlags) first() vault.Unlocker {
	switch path := d.credential(); {
	case d.Passphrase != "":
		return vault.Passphrase(d.Passphrase)
	case d.Key != "":
		return vault.KeyFile(d.Key)
	case path != "":
		return vault.Credential(path)
	}
	return vault.KeyFile(filepath.Join(d.Data, keyFile))
}

// newLog writes to standard error; ids only, never what a visitor wrote.
func newLog(s streams, debug bool) *slog.Logger {
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
}

// newQuietLog is for commands: what they have to say they print.
func newQuietLog(s streams) *slog.Logger {
	return slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelError}))
}
