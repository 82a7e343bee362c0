package vault

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/chacha20poly1305"
)

// What [Create] and [Open] may answer beside errors of the file system.
var (
	ErrExists      = errors.New("the folder has keys already")
	ErrNoKeys      = errors.New("the folder has no keys")
	ErrWrongSecret = errors.New("wrong passphrase or key file")
	ErrDamaged     = errors.New("keys.json is damaged")
	ErrNewerFormat = errors.New("keys.json was written by a newer okoshko")
)

const (
	// FileName is the name of the key file in a data folder.
	FileName = "keys.json"

	fileFormat = 1

	// maxFile is bytes of keys.json that are read; thousands of keys fit.
	maxFile = 4 << 20
)

// file is keys.json. Byte slices are base64. It holds nothing that helps
// without one of the secrets, and it is lost data when it is lost.
type file struct {
	Format int          `json:"format"`
	Slots  []slot       `json:"slots"`
	Keys   []wrappedKey `json:"keys"` // the highest id seals, all open
}

type wrappedKey struct {
	ID  uint32 `json:"id"`
	Key []byte `json:"key"` // boxed under the wrapping key
}

// Create makes a new vault in dir, which must exist: a root key that by opens,
// and a first data key. It never replaces keys ([ErrExists]).
func Create(dir string, by Unlocker) (*Vault, error) {
	path := filepath.Join(dir, FileName)
	if _, err := os.Lstat(path); err == nil {
		return nil, ErrExists
	}
	root := random(keySize)
	s, err := enclose(root, by)
	if err != nil {
		return nil, err
	}
	wrap, err := derive(root, "wrap")
	if err != nil {
		return nil, err
	}
	const id = 1
	f := file{Format: fileFormat, Slots: []slot{s}, Keys: []wrappedKey{{id, box(wrap, random(keySize), keyPlace(id))}}}
	if err := f.create(path); err != nil {
		return nil, fmt.Errorf("writing %s: %w", FileName, err)
	}
	return f.vault(root)
}

// Open opens the vault in dir. The errors of this package are [ErrNoKeys],
// [ErrWrongSecret], [ErrDamaged] and [ErrNewerFormat].
func Open(dir string, by Unlocker) (*Vault, error) {
	f, err := read(filepath.Join(dir, FileName))
	if err != nil {
		return nil, err
	}
	root, err := f.unlock(by)
	if err != nil {
		return nil, err
	}
	return f.vault(root)
}

func read(path string) (*file, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoKeys
	}
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, ErrDamaged
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := new(file)
	if err := json.Unmarshal(data, f); err != nil || f.Format < 1 {
		return nil, ErrDamaged
	}
	if f.Format > fileFormat {
		return nil, ErrNewerFormat
	}
	return f, nil
}

// enclose makes a slot in which by finds the root key.
func enclose(root []byte, by Unlocker) (slot, error) {
	s, err := by.enrol()
	if err != nil {
		return slot{}, err
	}
	key, err := by.key(s)
	if err != nil {
		return slot{}, err
	}
	s.Root = box(key, root, slotPlace(s))
	return s, nil
}

// unlock returns the root key from the first slot that by opens.
func (f *file) unlock(by Unlocker) ([]byte, error) {
	for _, s := range f.Slots {
		key, err := by.key(s)
		if errors.Is(err, errOtherKind) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if root, err := unbox(key, s.Root, slotPlace(s)); err == nil {
			return root, nil
		}
	}
	return nil, ErrWrongSecret
}

// vault unwraps the keyring.
func (f *file) vault(root []byte) (*Vault, error) {
	wrap, err := derive(root, "wrap")
	if err != nil {
		return nil, err
	}
	index, err := derive(root, "index")
	if err != nil {
		return nil, err
	}
	v := &Vault{keys: make(map[uint32]cipher.AEAD, len(f.Keys)), index: index}
	for _, k := range f.Keys {
		key, err := unbox(wrap, k.Key, keyPlace(k.ID))
		if err != nil {
			return nil, ErrDamaged
		}
		if v.keys[k.ID], err = chacha20poly1305.NewX(key); err != nil {
			return nil, ErrDamaged
		}
		v.newest = max(v.newest, k.ID)
	}
	if v.newest == 0 {
		return nil, ErrDamaged
	}
	return v, nil
}

// derive makes a key of its own for each use of the root key.
func derive(root []byte, label string) ([]byte, error) {
	return hkdf.Key(sha256.New, root, nil, "okoshko/v1/"+label, keySize)
}

// Boxes are nonce(24) | ciphertext | tag(16) and hold keys. Their place keeps a
// box of one kind or number from being read as another.

func slotPlace(s slot) []byte   { return []byte("slot/" + s.Kind) }
func keyPlace(id uint32) []byte { return binary.BigEndian.AppendUint32([]byte("key/"), id) }

func box(key, plain, place []byte) []byte {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic("vault: a key of the wrong size") // ours, never from outside
	}
	nonce := random(nonceSize)
	return aead.Seal(nonce, nonce, plain, place)
}

func unbox(key, boxed, place []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, err
	}
	if len(boxed) < nonceSize {
		return nil, ErrDamaged
	}
	return aead.Open(nil, boxed[:nonceSize], boxed[nonceSize:], place)
}

// create writes keys.json where there is none, whole or not at all.
func (f *file) create(path string) error {
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), FileName+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(append(data, '\n'))
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := publish(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// publish gives the file at temp its name. A link, unlike a rename, fails when
// another process was faster; where the file system has no links, the caller's
// look before must do.
func publish(temp, path string) error {
	err := os.Link(temp, path)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return ErrExists
	default:
		return os.Rename(temp, path)
	}
}

// syncDir makes names in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
