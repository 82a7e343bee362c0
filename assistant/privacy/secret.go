package privacy

import (
	"fmt"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
)

// secrets are values that the clinic file names as secret:NAME: addresses and
// tokens of other systems.
var secrets = storage.NewTable[string]("privacy.secrets")

// SetSecret keeps a value under a name.
func SetSecret(tx *storage.Tx, name, value string, now time.Time) error {
	if err := secrets.Put(tx, []byte(name), value); err != nil {
		return fmt.Errorf("secret %s: %w", name, err)
	}
	return audit.Append(tx, audit.Entry{At: now, Actor: "owner", Action: "secret.set", Object: name})
}

// Secret returns the value kept under a name, or [storage.ErrNotFound].
func Secret(tx *storage.Tx, name string) (string, error) {
	v, err := secrets.Get(tx, []byte(name))
	if err != nil {
		return "", fmt.Errorf("secret %s: %w", name, err)
	}
	return v, nil
}

// Secrets lists the names of the secrets.
func Secrets(tx *storage.Tx) (names []string, err error) {
	for k := range secrets.Range(tx, nil, nil, &err) {
		names = append(names, string(k))
	}
	return names, err
}

// RemoveSecret deletes the value kept under a name.
func RemoveSecret(tx *storage.Tx, name string, now time.Time) error {
	if _, err := Secret(tx, name); err != nil {
		return err
	}
	if err := secrets.Delete(tx, []byte(name)); err != nil {
		return fmt.Errorf("secret %s: %w", name, err)
	}
	return audit.Append(tx, audit.Entry{At: now, Actor: "owner", Action: "secret.remove", Object: name})
}
