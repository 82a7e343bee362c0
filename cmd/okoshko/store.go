package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

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
	Passphrase string `env:"OKOSHKO_PASSPHRASE" hidden:"" help:"Passphrase in place of a key file; only by the environment variable OKOSHKO_PASSPHRASE."`
}

func (d dataFlags) unlocker() vault.Unlocker {
	if d.Passphrase != "" {
		return vault.Passphrase(d.Passphrase)
	}
	if d.Key != "" {
		return vault.KeyFile(d.Key)
	}
	return vault.KeyFile(filepath.Join(d.Data, keyFile))
}

// open opens the store in the data folder.
func (d dataFlags) open() (*storage.DB, error) {
	v, err := vault.Open(d.Data, d.unlocker())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.Data, err)
	}
	return storage.Open(filepath.Join(d.Data, storeFile), v)
}

// create makes the data folder with its keys where there are none yet.
func (d dataFlags) create() error {
	if err := os.MkdirAll(d.Data, 0o700); err != nil {
		return err
	}
	if d.Passphrase == "" && d.Key == "" {
		if err := newKeyFile(filepath.Join(d.Data, keyFile)); err != nil {
			return err
		}
	}
	_, err := vault.Open(d.Data, d.unlocker())
	if errors.Is(err, vault.ErrNoKeys) {
		_, err = vault.Create(d.Data, d.unlocker())
	}
	return err
}

// newKeyFile writes 32 random bytes as hexadecimal digits, unless the file is
// there.
func newKeyFile(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	key := make([]byte, 32)
	rand.Read(key)
	_, err = fmt.Fprintf(f, "%x\n", key)
	return errors.Join(err, f.Sync(), f.Close())
}

// newLog writes to standard error; ids only, never what a visitor wrote.
func newLog(s streams, debug bool) *slog.Logger {
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
}
