package main

import (
	"bufio"
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/vault"
)

// exampleClinic is the commented file that init writes.
//
//go:embed example.yaml
var exampleClinic []byte

type initCommand struct {
	Dir        string `arg:"" help:"Folder to make."`
	Login      string `default:"owner" help:"Login of the first owner account."`
	Name       string `default:"Владелец" help:"First name of the owner, shown to visitors."`
	Passphrase string `env:"OKOSHKO_PASSPHRASE" hidden:""`
	Yes        bool   `help:"Do not ask for the recovery key to be typed back; for scripts that keep what is printed."`
}

// Run makes a folder from which serve can start.
func (c *initCommand) Run(ctx context.Context, s streams) error {
	data := dataFlags{Data: c.Dir, Passphrase: c.Passphrase}
	if err := data.create(); err != nil {
		return err
	}
	file := filepath.Join(c.Dir, clinicFile)
	if err := writeNew(file, exampleClinic); err != nil {
		return err
	}
	if _, err := loadClinic(s, file); err != nil {
		return err
	}
	db, err := data.open()
	if err != nil {
		return err
	}
	password, err := firstOwner(ctx, db, c.Login, c.Name)
	var head string
	if err == nil {
		err = db.Update(func(tx *storage.Tx) (err error) { head, err = audit.Key(tx); return err })
	}
	if err != nil {
		return errors.Join(err, db.Close())
	}
	fmt.Fprintf(s.out, "Clinic file: %s\n", file)
	if password != "" {
		fmt.Fprintf(s.out, "Owner account: login %s, password %s\n", c.Login, password)
	}
	if c.Passphrase == "" {
		fmt.Fprintf(s.out, "Key file: %s. Keep a copy away from this machine: without it nothing can be read.\n", filepath.Join(c.Dir, keyFile))
	}
	fmt.Fprintf(s.out, "Journal's public key: %s\n", head)
	if err := errors.Join(c.recovery(s, db), db.Close()); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "Next: edit the clinic file, then okoshko check %s and okoshko serve --clinic %s --data %s\n", file, file, c.Dir)
	return nil
}

// recovery makes a recovery key where there is none.
func (c *initCommand) recovery(s streams, db *storage.DB) error {
	slots, err := vault.Slots(c.Dir)
	if err != nil || slices.ContainsFunc(slots, func(slot vault.Slot) bool { return slot.Kind == vault.KindRecovery }) {
		return err
	}
	return addRecovery(db, bufio.NewReader(s.in), s.out, c.Yes)
}

// writeNew writes a file that is not there yet, and leaves one that is.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// firstOwner makes the first owner account and returns its password, or nothing
// where there are accounts already.
func firstOwner(ctx context.Context, db *storage.DB, login, name string) (password string, err error) {
	accounts, err := staff.New(staff.Config{DB: db})
	if err != nil {
		return "", err
	}
	password = newPassword()
	_, err = accounts.First(ctx, login, name, password)
	if errors.Is(err, staff.ErrNotFirst) {
		return "", nil
	}
	return password, err
}

// newPassword is 80 random bits in groups that can be read aloud.
func newPassword() string {
	t := strings.ToLower(rand.Text()[:16])
	return t[:4] + "-" + t[4:8] + "-" + t[8:12] + "-" + t[12:]
}
