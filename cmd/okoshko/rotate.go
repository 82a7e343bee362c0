package main

import (
	"errors"
	"fmt"
	"log/slog"

	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/storage"
)

// lookups makes all tables again that are derived from others.
func lookups(tx *storage.Tx) error {
	return errors.Join(privacy.Reindex(tx), staff.Reindex(tx))
}

type keyRotate struct {
	dataFlags
	What string `arg:"" enum:"root,epoch,data,lookup,all" help:"root, epoch, data, lookup, or all of them."`
}

// rotation is a layer of keys and how it is exchanged.
type rotation struct {
	layer string
	do    func(*storage.DB, streams) error
}

// rotations are all layers, the innermost first: what is sealed anew last seals
// what was sealed anew before.
var rotations = []rotation{
	{"data", func(db *storage.DB, s streams) error {
		n, err := db.Rotate()
		if err == nil {
			fmt.Fprintf(s.out, "%d records sealed anew. Backups made before now open only with the copy of the keys that was made with them: make a backup.\n", n)
		}
		return err
	}},
	{"lookup", func(db *storage.DB, _ streams) error { return db.RotateLookup(lookups) }},
	{"epoch", func(db *storage.DB, _ streams) error { return db.RotateEpoch() }},
	{"root", func(db *storage.DB, _ streams) error { return db.Vault().RotateRoot() }},
}

// Run exchanges keys, while the appliance runs.
func (c *keyRotate) Run(s streams) error {
	return c.with(func(db *storage.DB) error {
		if err := keyEntry(db, "key.rotate", c.What); err != nil {
			return err
		}
		for _, r := range rotations {
			if c.What != "all" && c.What != r.layer {
				continue
			}
			if err := r.do(db, s); err != nil {
				return fmt.Errorf("%s: %w", r.layer, err)
			}
		}
		return db.Compact() // what was sealed before stands in free pages until then
	})
}

// finishRotation goes on with an exchange of keys that was interrupted.
func finishRotation(db *storage.DB, log *slog.Logger) {
	sealing, err := db.Rotating()
	finding := db.RotatingLookup()
	if sealing && err == nil {
		_, err = db.Rotate()
	}
	if finding && err == nil {
		err = db.RotateLookup(lookups)
	}
	if (sealing || finding) && err == nil {
		err = db.Compact()
	}
	if err != nil && !errors.Is(err, storage.ErrClosed) {
		log.Error("an exchange of keys is not finished", "err", err)
	}
}
