package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// An Unlocker is a secret that opens a vault: [Passphrase], [KeyFile],
// [Credential] or [Recovery].
type Unlocker interface {
	// enrol prepares an empty slot for this secret.
	enrol(*slot) error
	// seed returns 32 bytes from which the slot's key pair is made, or
	// errOtherKind.
	seed(slot) ([]byte, error)
}

// Kinds of slots.
const (
	KindPassphrase = "passphrase"
	KindKeyFile    = "keyfile"
	KindCredential = "credential"
	KindRecovery   = "recovery"
)

const saltSize = 16

var errOtherKind = errors.New("the slot is for another kind of secret")

// cost is what argon2id spends; only passphrase slots have one. It stands in
// the slot, so that it may rise without locking old vaults.
type cost struct {
	Time    uint32 `json:"time,omitempty"`    // passes
	Memory  uint32 `json:"memory,omitempty"`  // KiB
	Threads uint8  `json:"threads,omitempty"` // lanes
}

// presentCost takes about a second on a clinic's mini-PC and 256 MiB, beside
// which a language model still fits.
var presentCost = cost{Time: 3, Memory: 256 << 10, Threads: 4}

// sane refuses costs that only a damaged or hostile slots.json holds: they
// would panic or take all memory.
func (c cost) sane() bool {
	return c.Time >= 1 && c.Time <= 64 && c.Memory >= 8 && c.Memory <= 2<<20 && c.Threads >= 1 && c.Threads <= 64
}

type passphrase struct {
	hidden
	text string
	cost cost
}

// Passphrase unlocks by something a person remembers. Letters that can be
// typed as one or as two characters (й) count as the same.
func Passphrase(p string) Unlocker {
	return passphrase{text: norm.NFC.String(p), cost: presentCost}
}

func (p passphrase) enrol(s *slot) error {
	if p.text == "" {
		return errors.New("the passphrase is empty")
	}
	s.Kind, s.cost = KindPassphrase, p.cost
	return nil
}

func (p passphrase) seed(s slot) ([]byte, error) {
	if s.Kind != KindPassphrase {
		return nil, errOtherKind
	}
	if !s.sane() {
		return nil, fmt.Errorf("%s: %w", FileName, ErrDamaged)
	}
	return argon2.IDKey([]byte(p.text), s.Salt, s.Time, s.Memory, s.Threads, keySize), nil
}

// file is a secret in a file of 64 hexadecimal digits.
type file struct {
	path, kind string
}

// KeyFile unlocks by a file of 64 hexadecimal digits (32 random bytes), on a
// stick or in a folder that only the service reads. [Create] and [Vault.Add]
// make the file (mode 0600) where there is none.
func KeyFile(path string) Unlocker { return file{path, KindKeyFile} }

// Credential unlocks by a file of the same form that systemd gives the service
// (LoadCredentialEncrypted=), sealed for this machine and its TPM.
func Credential(path string) Unlocker { return file{path, KindCredential} }

func (k file) enrol(s *slot) error {
	s.Kind = k.kind
	if k.kind == KindCredential {
		return nil // systemd makes it
	}
	if err := k.make(); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("key file: %w", err)
	}
	return nil
}

func (k file) make() error {
	f, err := os.OpenFile(k.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%x\n", random(keySize))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return syncDir(filepath.Dir(k.path))
}

func (k file) seed(s slot) ([]byte, error) {
	if s.Kind != k.kind {
		return nil, errOtherKind
	}
	text, err := os.ReadFile(k.path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	secret, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(secret) != keySize {
		return nil, fmt.Errorf("key file %s: want %d hexadecimal digits", k.path, 2*keySize)
	}
	return derive(secret, s.Salt, k.kind), nil
}
