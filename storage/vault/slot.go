package vault

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// An Unlocker is a secret that opens a vault: [Passphrase] or [KeyFile].
type Unlocker interface {
	// enrol prepares an empty slot for this secret.
	enrol() (slot, error)
	// key returns the slot's key, or errOtherKind.
	key(slot) ([]byte, error)
}

// slot is one way to the root key, as it stands in keys.json.
type slot struct {
	Kind string `json:"kind"` // kindPassphrase or kindKeyFile
	Salt []byte `json:"salt"`
	cost
	Root []byte `json:"root"` // the root key, boxed under the slot's key
}

const (
	kindPassphrase = "passphrase"
	kindKeyFile    = "keyfile"
	saltSize       = 16
)

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

// sane refuses costs that only a damaged or hostile keys.json holds: they
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

func (p passphrase) enrol() (slot, error) {
	if p.text == "" {
		return slot{}, errors.New("the passphrase is empty")
	}
	return slot{Kind: kindPassphrase, Salt: random(saltSize), cost: p.cost}, nil
}

func (p passphrase) key(s slot) ([]byte, error) {
	if s.Kind != kindPassphrase {
		return nil, errOtherKind
	}
	if !s.sane() {
		return nil, ErrDamaged
	}
	return argon2.IDKey([]byte(p.text), s.Salt, s.Time, s.Memory, s.Threads, keySize), nil
}

type keyFile struct{ path string }

// KeyFile unlocks by a file of 64 hexadecimal digits (32 random bytes), on a
// stick or in a folder that only the service reads. [Create] makes the file
// (mode 0600) where there is none.
func KeyFile(path string) Unlocker { return keyFile{path} }

func (k keyFile) enrol() (slot, error) {
	err := k.make()
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return slot{}, fmt.Errorf("key file: %w", err)
	}
	return slot{Kind: kindKeyFile, Salt: random(saltSize)}, nil
}

func (k keyFile) make() error {
	f, err := os.OpenFile(k.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "%x\n", random(keySize)); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return syncDir(filepath.Dir(k.path))
}

func (k keyFile) key(s slot) ([]byte, error) {
	if s.Kind != kindKeyFile {
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
	return hkdf.Key(sha256.New, secret, s.Salt, "okoshko/v1/keyfile", keySize)
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
