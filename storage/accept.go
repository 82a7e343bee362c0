package storage

import (
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"okoshko/storage/vault"
)

// Accept takes a store that [Open] refuses with [ErrChanged], [ErrStoreOlder] or
// [ErrKeysOlder] as it is now, for one who knows why it is so: a restore, or an
// owner who prefers what is left to nothing. Records that do not open stay and
// do not open. It is no proof of anything: enter it in the journal.
func Accept(path string, v *vault.Vault) error {
	b, err := openBolt(path)
	if err != nil {
		return fmt.Errorf("store %s: %w", path, err)
	}
	err = v.Reload()
	if err == nil {
		err = b.Update(func(tx *bolt.Tx) error {
			if err := checkFormat(tx, v); err != nil {
				return err
			}
			s, err := sum(tx, v)
			if err != nil {
				return err
			}
			if before, err := readState(tx.Bucket(metaBucket), v); err == nil {
				s.Commit = before.Commit
			}
			_, floor := v.Generation()
			s.Commit = max(s.Commit, floor) + 1
			return s.write(tx.Bucket(metaBucket), v)
		})
	}
	if err := errors.Join(err, b.Close()); err != nil {
		return fmt.Errorf("store %s: %w", path, err)
	}
	return nil
}
