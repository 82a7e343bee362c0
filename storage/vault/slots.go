package vault

import (
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// What [Create], [Open] and changes of slots may answer beside errors of the
// file system.
var (
	ErrExists      = errors.New("the folder has keys already")
	ErrNoKeys      = errors.New("the folder has no keys")
	ErrWrongSecret = errors.New("wrong passphrase, key file or recovery key")
	ErrDamaged     = errors.New("damaged, or changed by somebody")
	ErrNewerFormat = errors.New("written by a newer okoshko")
	ErrOldFormat   = errors.New("written by an okoshko before the first release, which this one does not read")
	ErrLastSlot    = errors.New("the last way to open the vault cannot be removed")
	ErrNoSlot      = errors.New("there is no such slot")
)

const (
	// FileName is the name of the file of slots in a data folder.
	FileName = "slots.json"

	// oldFileName is what stood in its place in format 1.
	oldFileName = "keys.json"

	fileFormat = 2

	// maxFile is bytes of slots.json that are read; hundreds of slots fit.
	maxFile = 1 << 20
)

// slotFile is slots.json. Byte slices are base64. It holds nothing that helps
// without one of the secrets, and it is lost data when it is lost.
//
// Each slot has a key pair made from its secret, and the root key sealed to its
// public key (HPKE, RFC 9180, with the hybrid of ML-KEM-768 and X25519): so the
// root key can be changed without anybody typing all secrets, and one who once
// had a root key does not get the next. The mac keeps strangers from adding a
// public key of theirs.
type slotFile struct {
	Format   int    `json:"format"`
	Vault    string `json:"vault"` // 16 hexadecimal digits; keys.db has the same
	Slots    []slot `json:"slots"`
	Previous []byte `json:"previous,omitempty"` // the root key before, boxed, while keys.db may yet be under it
	MAC      []byte `json:"mac"`
}

// slot is one way to the root key.
type slot struct {
	Slot
	Salt []byte `json:"salt"`
	cost
	Public []byte `json:"public"`
	Root   []byte `json:"root"` // the root key, sealed to Public
}

// Slot is what can be told of a way to open the vault.
type Slot struct {
	ID      string    `json:"id"`   // 4 letters and digits
	Kind    string    `json:"kind"` // passphrase, keyfile, credential or recovery
	Created time.Time `json:"created"`
}

// Create makes a new vault in dir, which must exist: a root key that by opens,
// and the first keys. It never replaces keys ([ErrExists]).
func Create(dir string, by Unlocker) (*Vault, error) {
	path := filepath.Join(dir, FileName)
	for _, name := range []string{FileName, oldFileName, RingName} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return nil, ErrExists
		}
	}
	id := binary.BigEndian.Uint64(random(8))
	f, r, root := &slotFile{Format: fileFormat, Vault: fmt.Sprintf("%016x", id)}, newRing(id), random(keySize)
	s, err := f.enclose(root, by)
	if err != nil {
		return nil, err
	}
	f.Slots = []slot{s}
	f.sign(root)
	// The keys get their name after the slots: of several that create at once
	// the slots' name goes to one, and the keys are the same one's.
	early := filepath.Join(dir, f.earlyRing())
	defer os.Remove(early)
	if err := replace(early, r.seal(root)); err != nil {
		return nil, fmt.Errorf("writing %s: %w", RingName, err)
	}
	if err := create(path, f.text()); err != nil {
		return nil, fmt.Errorf("writing %s: %w", FileName, err)
	}
	if err := os.Rename(early, filepath.Join(dir, RingName)); err != nil {
		return nil, err
	}
	v := &Vault{dir: dir, root: root, slots: f}
	v.use(r)
	return v, syncDir(dir)
}

// earlyRing is the name of keys.db before Create is done.
func (f *slotFile) earlyRing() string { return RingName + "." + f.Vault }

// Open opens the vault in dir by the first secret that fits. The errors of this
// package are [ErrNoKeys], [ErrWrongSecret], [ErrDamaged], [ErrNewerFormat] and
// [ErrOldFormat]. It changes no file.
func Open(dir string, by ...Unlocker) (*Vault, error) {
	f, err := readSlots(dir)
	if err != nil {
		return nil, err
	}
	root, err := f.unlock(by)
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(f.MAC, f.mac(root)) {
		return nil, fmt.Errorf("%s: %w", FileName, ErrDamaged)
	}
	v := &Vault{dir: dir, root: root, slots: f}
	return v, v.load()
}

// load reads keys.db, under the present root key or the one before.
func (v *Vault) load() error {
	data, err := readRing(filepath.Join(v.dir, RingName))
	if errors.Is(err, ErrNoKeys) { // Create was killed between two names
		data, err = readRing(filepath.Join(v.dir, v.slots.earlyRing()))
	}
	if err != nil {
		return err
	}
	r, err := openRing(data, v.root)
	if err != nil && v.slots.Previous != nil {
		before, opened := unbox(derive(v.root, nil, "previous"), v.slots.Previous, []byte(v.slots.Vault))
		if opened != nil {
			return fmt.Errorf("%s: %w", FileName, ErrDamaged)
		}
		r, err = openRing(data, before)
	}
	if err == nil && fmt.Sprintf("%016x", r.vault) != v.slots.Vault {
		err = fmt.Errorf("of another vault: %w", ErrDamaged)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", RingName, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.use(r)
	return nil
}

// Reload reads keys.db again and finishes what a killed process had begun: the
// caller is from now on the only one who changes it, and may have waited for
// another.
func (v *Vault) Reload() error {
	v.change.Lock()
	f, err := readSlots(v.dir)
	if err == nil && !hmac.Equal(f.MAC, f.mac(v.root)) {
		err = fmt.Errorf("%s was changed meanwhile: open it again", FileName)
	}
	if err == nil {
		v.slots = f
		if _, missing := os.Lstat(filepath.Join(v.dir, RingName)); errors.Is(missing, fs.ErrNotExist) {
			err = os.Rename(filepath.Join(v.dir, f.earlyRing()), filepath.Join(v.dir, RingName))
		}
	}
	if err == nil {
		err = errors.Join(v.load(), sweep(v.dir))
	}
	v.change.Unlock()
	if err != nil || v.slots.Previous == nil {
		return err
	}
	return v.finishRoot()
}

// Slots lists the ways to open the vault in dir; no secret is needed for that.
func Slots(dir string) ([]Slot, error) {
	f, err := readSlots(dir)
	if err != nil {
		return nil, err
	}
	list := make([]Slot, len(f.Slots))
	for i, s := range f.Slots {
		list[i] = s.Slot
	}
	return list, nil
}

// Add makes another way to open the vault.
func (v *Vault) Add(by Unlocker) (Slot, error) {
	v.change.Lock()
	defer v.change.Unlock()
	f := v.slots.clone()
	s, err := f.enclose(v.root, by)
	if err != nil {
		return Slot{}, err
	}
	f.Slots = append(f.Slots, s)
	return s.Slot, v.write(f)
}

// Remove takes a way to open the vault away. Who knew the secret and had a copy
// of slots.json still has the root key: [Vault.RotateRoot] afterwards.
func (v *Vault) Remove(id string) error {
	v.change.Lock()
	defer v.change.Unlock()
	f := v.slots.clone()
	f.Slots = slices.DeleteFunc(f.Slots, func(s slot) bool { return s.ID == id })
	switch {
	case len(f.Slots) == len(v.slots.Slots):
		return ErrNoSlot
	case len(f.Slots) == 0:
		return ErrLastSlot
	}
	return v.write(f)
}

// RotateRoot makes a new root key, seals it for every slot and puts keys.db
// under it. Killed in between, [Vault.Reload] goes on.
func (v *Vault) RotateRoot() error {
	if err := v.beginRoot(); err != nil {
		return err
	}
	return v.finishRoot()
}

// beginRoot writes slots that open a new root key, and the one before in it.
func (v *Vault) beginRoot() error {
	v.change.Lock()
	defer v.change.Unlock()
	root, f := random(keySize), v.slots.clone()
	for i := range f.Slots {
		if err := f.give(&f.Slots[i], root); err != nil {
			return err
		}
	}
	f.Previous = box(derive(root, nil, "previous"), v.root, []byte(f.Vault))
	before := v.root
	v.root = root
	if err := v.write(f); err != nil {
		v.root = before
		return err
	}
	return nil
}

// finishRoot puts keys.db under the present root key and forgets the one before.
func (v *Vault) finishRoot() error {
	if err := v.rewrite(0, func(*ring) {}); err != nil {
		return err
	}
	v.change.Lock()
	defer v.change.Unlock()
	f := v.slots.clone()
	f.Previous = nil
	return v.write(f)
}

// write replaces slots.json.
func (v *Vault) write(f *slotFile) error {
	f.sign(v.root)
	if err := replace(filepath.Join(v.dir, FileName), f.text()); err != nil {
		return fmt.Errorf("writing %s: %w", FileName, err)
	}
	v.slots = f
	return nil
}

func (f *slotFile) clone() *slotFile {
	c := *f
	c.Slots = slices.Clone(f.Slots)
	return &c
}

func readSlots(dir string) (*slotFile, error) {
	path := filepath.Join(dir, FileName)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, old := os.Lstat(filepath.Join(dir, oldFileName)); old == nil {
			return nil, fmt.Errorf("%s: %w", oldFileName, ErrOldFormat)
		}
		return nil, ErrNoKeys
	}
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s: %w", FileName, ErrDamaged)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := new(slotFile)
	err = json.Unmarshal(data, f)
	switch {
	case err == nil && f.Format > fileFormat:
		return nil, fmt.Errorf("%s: %w", FileName, ErrNewerFormat)
	case err != nil || f.Format != fileFormat:
		return nil, fmt.Errorf("%s: %w", FileName, ErrDamaged)
	}
	return f, nil
}

// enclose makes a slot in which by finds the root key.
func (f *slotFile) enclose(root []byte, by Unlocker) (slot, error) {
	s := slot{Slot: Slot{ID: hex.EncodeToString(random(2)), Created: time.Now().UTC().Truncate(time.Second)}, Salt: random(saltSize)}
	if err := by.enrol(&s); err != nil {
		return slot{}, err
	}
	seed, err := by.seed(s)
	if err != nil {
		return slot{}, err
	}
	pair, err := kem().DeriveKeyPair(seed)
	if err != nil {
		return slot{}, err
	}
	s.Public = pair.PublicKey().Bytes()
	return s, f.give(&s, root)
}

// give seals the root key to the slot.
func (f *slotFile) give(s *slot, root []byte) error {
	public, err := kem().NewPublicKey(s.Public)
	if err != nil {
		return err
	}
	s.Root, err = hpke.Seal(public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), f.purpose(*s), root)
	return err
}

func kem() hpke.KEM { return hpke.MLKEM768X25519() }

// purpose ties what is sealed to a slot to the vault and to that slot.
func (f *slotFile) purpose(s slot) []byte {
	return []byte("okoshko/v2/slot/" + f.Vault + "/" + s.Kind + "/" + s.ID)
}

// unlock returns the root key from the first slot that one of the secrets opens.
func (f *slotFile) unlock(by []Unlocker) ([]byte, error) {
	for _, b := range by {
		for _, s := range f.Slots {
			seed, err := b.seed(s)
			if errors.Is(err, errOtherKind) {
				continue
			}
			if err != nil {
				return nil, err
			}
			pair, err := kem().DeriveKeyPair(seed)
			if err != nil {
				return nil, err
			}
			root, err := hpke.Open(pair, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), f.purpose(s), s.Root)
			if err == nil && len(root) == keySize {
				return root, nil
			}
		}
	}
	return nil, ErrWrongSecret
}

func (f *slotFile) mac(root []byte) []byte {
	c := *f
	c.MAC = nil
	mac := hmac.New(sha256.New, derive(root, nil, "slots"))
	mac.Write(c.text())
	return mac.Sum(nil)
}

func (f *slotFile) sign(root []byte) { f.MAC = f.mac(root) }

func (f *slotFile) text() []byte {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		panic("vault: " + err.Error()) // nothing in it can fail
	}
	return append(text, '\n')
}

// Copy returns slots.json and keys.db as they are together now, for a backup of
// the keys: it opens with the same secrets.
func (v *Vault) Copy() (slots, ring []byte, err error) {
	v.change.Lock()
	defer v.change.Unlock()
	if slots, err = os.ReadFile(filepath.Join(v.dir, FileName)); err != nil {
		return nil, nil, err
	}
	ring, err = readRing(filepath.Join(v.dir, RingName))
	return slots, ring, err
}
