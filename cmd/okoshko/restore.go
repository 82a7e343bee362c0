package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/vault"
)

type restoreCommand struct {
	dataFlags
	From     string   `required:"" placeholder:"FILE" help:"Backup of the store (okoshko-data-….age)."`
	Keys     string   `placeholder:"FILE" help:"Backup of the keys (okoshko-keys-….age)."`
	KeysOf   string   `placeholder:"DIR" help:"Data folder whose present keys are taken, in place of a backup of them."`
	Identity string   `required:"" placeholder:"FILE" help:"age identity that the backups were made for."`
	Erased   []string `placeholder:"FILE" help:"erased.log of the folder that was lost: who was erased since does not come back."`
}

// Run makes a data folder from backups. It works beside the folder and gives it
// its name when everything holds; no other folder is touched.
func (c *restoreCommand) Run(s streams) error {
	if (c.Keys == "") == (c.KeysOf == "") {
		return errors.New("expected one of --keys FILE and --keys-of DIR")
	}
	if err := emptyFolder(c.Data); err != nil {
		return err
	}
	part, err := os.MkdirTemp(filepath.Dir(filepath.Clean(c.Data)), filepath.Base(c.Data)+".restore-") // mode 0700
	if err != nil {
		return err
	}
	defer os.RemoveAll(part)
	done, err := c.restore(part)
	if err != nil {
		return err
	}
	if err := os.Remove(c.Data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(part, c.Data); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: %d persons; left out: %d records of persons who were erased, %d whose keys are not there; %d keys destroyed\n",
		c.Data, done.Persons, done.Erased, done.Lost, done.Keys)
	fmt.Fprintf(s.out, "Next: okoshko doctor --data %s. Events since the backup may be told again.\n", c.Data)
	return nil
}

// emptyFolder wants a folder that is not there or has nothing in it.
func emptyFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(entries) > 0:
		return fmt.Errorf("%s is not empty: a restore never touches a store; name another folder by --data", dir)
	}
	return nil
}

func (c *restoreCommand) restore(dir string) (done storage.Restored, err error) {
	by, err := identities(c.Identity)
	if err != nil {
		return done, err
	}
	register, err := c.register()
	if err != nil {
		return done, err
	}
	if err := errors.Join(c.unpackKeys(dir, by), c.unpackData(dir, by)); err != nil {
		return done, err
	}
	store := filepath.Join(dir, storeFile)
	if err := checkApart(store); err != nil {
		return done, err
	}
	secrets := c.dataFlags
	if secrets.Key == "" {
		home := c.KeysOf
		if home == "" {
			home = dir
		}
		secrets.Data = home // where the key file is, if there is one
	}
	unlock, err := secrets.unlockers()
	if err != nil {
		return done, err
	}
	v, err := vault.Open(dir, unlock...)
	if err != nil {
		return done, err
	}
	if done, err = storage.Restore(store, v, register); err != nil {
		return done, err
	}
	db, err := storage.Open(store, v)
	if err != nil {
		return done, err
	}
	return done, errors.Join(settleRestored(db, done), db.Close())
}

// settleRestored looks at all of it, makes what backups do not have, and enters
// the restore in the journal.
func settleRestored(db *storage.DB, done storage.Restored) error {
	if err := db.Verify(); err != nil {
		return err
	}
	if err := db.Derive(lookups); err != nil {
		return err
	}
	return db.Update(func(tx *storage.Tx) error {
		if _, err := audit.Verify(tx); err != nil {
			return err
		}
		reason := fmt.Sprintf("%d persons, %d records left out", done.Persons, done.Erased+done.Lost)
		return audit.Append(tx, audit.Entry{At: time.Now(), Actor: "owner", Action: "store.restore", Reason: reason})
	})
}

// register gathers the keys that were destroyed, as far as it is told where.
func (c *restoreCommand) register() (ids []vault.KeyID, err error) {
	files := c.Erased
	if c.KeysOf != "" {
		files = append(files, filepath.Join(c.KeysOf, storage.RegisterName))
	}
	for _, file := range files {
		more, err := storage.ReadRegister(file)
		if err != nil {
			return nil, err
		}
		ids = append(ids, more...)
	}
	return ids, nil
}

func (c *restoreCommand) unpackKeys(dir string, by []age.Identity) error {
	files := make(map[string][]byte)
	if c.KeysOf != "" {
		for _, name := range []string{vault.FileName, vault.RingName} {
			data, err := os.ReadFile(filepath.Join(c.KeysOf, name))
			if err != nil {
				return err
			}
			files[name] = data
		}
	} else {
		head, rest, closeFile, err := openBackup(c.Keys, kindKeys, by)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, rest) // to its authenticated end
		if err := errors.Join(err, closeFile()); err != nil {
			return fmt.Errorf("%s: damaged or cut short: %w", c.Keys, err)
		}
		files[vault.FileName], files[vault.RingName] = head.Slots, head.Ring
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (c *restoreCommand) unpackData(dir string, by []age.Identity) error {
	head, body, closeFile, err := openBackup(c.From, kindData, by)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, storeFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return errors.Join(err, closeFile())
	}
	_, err = io.Copy(f, body)
	if err != nil {
		err = fmt.Errorf("%s: damaged or cut short: %w", c.From, err)
	}
	if err := errors.Join(err, f.Sync(), f.Close(), closeFile()); err != nil {
		return err
	}
	if head.Clinic == nil {
		return nil
	}
	return os.WriteFile(filepath.Join(dir, clinicFile), head.Clinic, 0o644)
}

func identities(file string) ([]age.Identity, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	by, err := age.ParseIdentities(strings.NewReader(string(text)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return by, nil
}
