package main

import (
	"fmt"
	"path/filepath"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/vault"
)

type acceptCommand struct {
	dataFlags
	Yes bool `required:"" help:"You know that records may be missing, older than they were, or unreadable."`
}

// Run takes a store that was changed, or put back, as it is, and says so in the
// journal, which goes on from there.
func (c *acceptCommand) Run(s streams) error {
	by, err := c.unlockers()
	if err != nil {
		return err
	}
	v, err := vault.Open(c.Data, by...)
	if err != nil {
		return err
	}
	path := filepath.Join(c.Data, storeFile)
	if err := checkApart(path); err != nil {
		return err
	}
	if err := storage.Accept(path, v); err != nil {
		return err
	}
	return c.with(func(db *storage.DB) error {
		unread := db.Verify()
		err := db.Update(func(tx *storage.Tx) error {
			return audit.Append(tx, audit.Entry{At: time.Now(), Actor: "owner", Action: "store.accept"})
		})
		if err == nil && unread != nil {
			fmt.Fprintf(s.out, "accepted; these do not open:\n%v\n", unread)
			return errUnmet
		}
		return err
	})
}
