package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"filippo.io/age"

	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/vault"
)

type keyCommand struct {
	List   keyList   `cmd:"" help:"The ways to open the keys."`
	Add    keyAdd    `cmd:"" help:"Another way to open them: passphrase (one line on standard input), keyfile FILE, credential FILE, recovery."`
	Remove keyRemove `cmd:"" help:"Take a way away; then okoshko key rotate root."`
	Unlock keyUnlock `cmd:"" help:"Give a locked appliance the passphrase or the recovery key: one line on standard input."`
	Rotate keyRotate `cmd:"" help:"Exchange keys: root (who knew a removed secret), epoch (of keys.db), data (all that seal records)."`
	Backup keyBackup `cmd:"" help:"Make a pair of keys for backups: the identity into FILE, to be kept away; the recipient into the data folder."`
}

type keyList struct{ dataFlags }

func (c *keyList) Run(s streams) error {
	slots, err := vault.Slots(c.Data)
	for _, slot := range slots {
		fmt.Fprintf(s.out, "%s\t%s\t%s\n", slot.ID, slot.Kind, slot.Created.Format(time.RFC3339))
	}
	return err
}

// shortestPassphrase is characters: four common words.
const shortestPassphrase = 15

type keyAdd struct {
	dataFlags
	Kind string `arg:"" enum:"passphrase,keyfile,credential,recovery" help:"passphrase, keyfile, credential or recovery."`
	File string `arg:"" optional:"" help:"Key file to make or take; or the file with 64 hexadecimal digits that systemd-creds encrypts."`
	Yes  bool   `help:"Do not ask for the recovery key to be typed back; for scripts."`
}

// Run makes another slot. The journal has it before it exists.
func (c *keyAdd) Run(s streams) error {
	if (c.Kind == vault.KindKeyFile || c.Kind == vault.KindCredential) && c.File == "" {
		return fmt.Errorf("expected okoshko key add %s FILE", c.Kind)
	}
	return c.with(func(db *storage.DB) error {
		in := bufio.NewReader(s.in)
		var by vault.Unlocker
		switch c.Kind {
		case vault.KindPassphrase:
			text, err := oneLine(in)
			if err != nil {
				return errors.New("found nothing on standard input, expected the passphrase on one line")
			}
			if n := utf8.RuneCountInString(text); n < shortestPassphrase {
				return fmt.Errorf("expected a passphrase of at least %d characters, found %d: whoever takes the disk may try for as long as they like", shortestPassphrase, n)
			}
			by = vault.Passphrase(text)
		case vault.KindKeyFile:
			by = vault.KeyFile(c.call.path(c.File))
		case vault.KindCredential:
			by = vault.Credential(c.call.path(c.File))
		case vault.KindRecovery:
			return addRecovery(db, in, s.out, c.Yes)
		}
		return addSlot(db, by, c.Kind, s.out)
	})
}

func addSlot(db *storage.DB, by vault.Unlocker, kind string, out io.Writer) error {
	if err := keyEntry(db, "key.add", kind); err != nil {
		return err
	}
	slot, err := db.Vault().Add(by)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\t%s added\n", slot.ID, slot.Kind)
	return nil
}

// addRecovery prints a recovery key, and takes it into use when it was typed
// back: a key that nobody can read saves nobody.
func addRecovery(db *storage.DB, in *bufio.Reader, out io.Writer, yes bool) error {
	text, by := vault.NewRecovery()
	fmt.Fprintf(out, "Recovery key: write it down or print it, and keep it in a safe. It opens everything.\n\n    %s\n\n", text)
	for tries := 3; !yes; {
		fmt.Fprint(out, "Type it back: ")
		typed, err := oneLine(in)
		if err != nil {
			return errors.New("the recovery key was not typed back and is not in use: okoshko key add recovery makes another (--yes in scripts)")
		}
		again, err := vault.Recovery(typed)
		if err == nil && again == by {
			break
		}
		if tries--; tries == 0 {
			return errors.New("the recovery key was typed wrong three times and is not in use: okoshko key add recovery makes another")
		}
		if err == nil {
			err = errors.New("that is another recovery key")
		}
		fmt.Fprintf(out, "%v\n", err)
	}
	return addSlot(db, by, vault.KindRecovery, out)
}

// oneLine reads a line that is not empty.
func oneLine(from io.Reader) (string, error) {
	in, ok := from.(*bufio.Reader)
	if !ok {
		in = bufio.NewReader(from)
	}
	text, err := in.ReadString('\n')
	if text = strings.TrimSpace(text); text != "" {
		return text, nil
	}
	if err == nil {
		err = io.EOF
	}
	return "", err
}

// keyEntry enters an act on keys in the journal, before it is done: where the
// journal cannot be written, it is not done.
func keyEntry(db *storage.DB, action, reason string) error {
	return db.Update(func(tx *storage.Tx) error {
		return audit.Append(tx, audit.Entry{At: time.Now(), Actor: "owner", Action: action, Reason: reason})
	})
}

type keyRemove struct {
	dataFlags
	ID string `arg:"" help:"As okoshko key list shows it."`
}

func (c *keyRemove) Run() error {
	return c.with(func(db *storage.DB) error {
		if err := keyEntry(db, "key.remove", c.ID); err != nil {
			return err
		}
		return db.Vault().Remove(c.ID)
	})
}

type keyBackup struct {
	dataFlags
	File string `arg:"" help:"File for the identity."`
}

// Run makes a pair of keys for backups; the identity is for elsewhere.
func (c *keyBackup) Run(s streams) error {
	return c.with(func(db *storage.DB) error {
		id, err := age.GenerateHybridIdentity()
		if err != nil {
			return err
		}
		if err := keyEntry(db, "key.backup", ""); err != nil {
			return err
		}
		f, err := os.OpenFile(c.call.path(c.File), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(f, id)
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			return err
		}
		list, err := os.OpenFile(filepath.Join(c.Data, recipientsFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(list, id.Recipient())
		if err := errors.Join(err, list.Close()); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s: identity. Take it away from this machine: it opens the backups, together with a secret of okoshko key list.\n", c.File)
		return nil
	})
}
