package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// RingName is the name in a data folder of the file that holds the keys:
//
//	"okoshko keys 2\n" | vault(8) | generation(8) | floor(8) | salt(32) | box of
//	kind(1) | id(8) | key(32), for each key
//
// in big endian. The box is sealed under an epoch key, which is the root key's
// for this salt; what stands before the box is its associated data. The file is
// 41 bytes a person and written as a whole, to a new name first: it is the old
// one or the new one, never between. The generation rises with each. The floor
// is what the store says of itself when the keys are written ([Vault.Grow]).
const RingName = "keys.db"

var ringMagic = []byte("okoshko keys 2\n")

const (
	ringHeader = 15 + 8 + 8 + 8 + 32
	ringEntry  = 1 + 8 + keySize

	// maxRing is bytes of keys.db that are read: three million people.
	maxRing = 128 << 20
)

// Kinds of keys.
const (
	kindHouse  = 'h'
	kindPerson = 'p'
	kindHash   = 'm'
	kindLookup = 'l'
)

type ringKey struct {
	kind   byte
	secret [keySize]byte
}

// ring is what keys.db holds.
type ring struct {
	vault      uint64
	generation uint64
	floor      uint64
	keys       map[KeyID]ringKey
	house      KeyID // of several the last in the file
	hash       KeyID
	olds       []KeyID // house keys before the present, oldest first
	lookups    []KeyID // oldest first; none in a vault that was made before there were any
}

func newRing(vault uint64) *ring {
	r := &ring{vault: vault, keys: make(map[KeyID]ringKey)}
	r.house, r.hash, r.lookups = r.add(kindHouse), r.add(kindHash), []KeyID{r.add(kindLookup)}
	return r
}

func (r *ring) add(kind byte) KeyID {
	for {
		id := KeyID(binary.BigEndian.Uint64(random(8)))
		if _, taken := r.keys[id]; !taken && id != 0 {
			r.keys[id] = ringKey{kind, [keySize]byte(random(keySize))}
			return id
		}
	}
}

func (r *ring) clone() *ring {
	c := *r
	c.keys, c.olds, c.lookups = maps.Clone(r.keys), slices.Clone(r.olds), slices.Clone(r.lookups)
	return &c
}

// order lists the ids as they stand in the file: house keys by age first, then
// lookup keys.
func (r *ring) order() []KeyID {
	ids := slices.Concat(r.olds, []KeyID{r.house}, r.lookups)
	for id, k := range r.keys {
		if k.kind != kindHouse && k.kind != kindLookup {
			ids = append(ids, id)
		}
	}
	return ids
}

// seal makes the file under a new epoch.
func (r *ring) seal(root []byte) []byte {
	header := binary.BigEndian.AppendUint64(slices.Clone(ringMagic), r.vault)
	header = binary.BigEndian.AppendUint64(header, r.generation)
	header = binary.BigEndian.AppendUint64(header, r.floor)
	salt := random(32)
	header = append(header, salt...)
	body := make([]byte, 0, len(r.keys)*ringEntry)
	for _, id := range r.order() {
		k := r.keys[id]
		body = append(body, k.kind)
		body = binary.BigEndian.AppendUint64(body, uint64(id))
		body = append(body, k.secret[:]...)
	}
	boxed := box(derive(root, salt, "epoch"), body, header)
	clear(body)
	return append(header, boxed...)
}

// openRing reads the file that seal makes. A wrong root is [ErrDamaged].
func openRing(data, root []byte) (*ring, error) {
	if len(data) < ringHeader || !bytes.HasPrefix(data, ringMagic) {
		return nil, ErrDamaged
	}
	header := data[:ringHeader]
	body, err := unbox(derive(root, header[ringHeader-32:], "epoch"), data[ringHeader:], header)
	if err != nil || len(body)%ringEntry != 0 {
		return nil, ErrDamaged
	}
	defer clear(body)
	n := header[len(ringMagic):]
	r := &ring{
		vault: binary.BigEndian.Uint64(n), generation: binary.BigEndian.Uint64(n[8:]), floor: binary.BigEndian.Uint64(n[16:]),
		keys: make(map[KeyID]ringKey, len(body)/ringEntry),
	}
	for e := range slices.Chunk(body, ringEntry) {
		id := KeyID(binary.BigEndian.Uint64(e[1:]))
		r.keys[id] = ringKey{e[0], [keySize]byte(e[9:])}
		switch e[0] {
		case kindHouse:
			if r.house != 0 {
				r.olds = append(r.olds, r.house)
			}
			r.house = id
		case kindHash:
			r.hash = id
		case kindLookup:
			r.lookups = append(r.lookups, id)
		}
	}
	if r.house == 0 || r.hash == 0 {
		return nil, ErrDamaged
	}
	return r, nil
}

func readRing(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing: %w", RingName, ErrNoKeys)
	}
	if err != nil {
		return nil, err
	}
	if info.Size() > maxRing {
		return nil, fmt.Errorf("%s: %w", RingName, ErrDamaged)
	}
	return os.ReadFile(path)
}

// use makes r the present ring.
func (v *Vault) use(r *ring) {
	hash := r.keys[r.hash].secret
	v.ring, v.index, v.marks = r, derive(hash[:], nil, "index"), derive(hash[:], nil, "mark")
}

// Generation rises whenever keys.db is written; floor is what the store said of
// itself then.
func (v *Vault) Generation() (generation, floor uint64) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.ring.generation, v.ring.floor
}

// Persons lists the keys of persons, given to one or not yet.
func (v *Vault) Persons() []KeyID {
	v.mu.RLock()
	defer v.mu.RUnlock()
	ids := make([]KeyID, 0, len(v.ring.keys))
	for id, k := range v.ring.keys {
		if k.kind == kindPerson {
			ids = append(ids, id)
		}
	}
	return ids
}

// OldHouse lists the house keys that seal nothing new and still open.
func (v *Vault) OldHouse() []KeyID {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return slices.Clone(v.ring.olds)
}

// Lookups lists the keys of [Vault.Lookup], the oldest first: one, and more while
// they are exchanged.
func (v *Vault) Lookups() []KeyID {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return slices.Clone(v.ring.lookups)
}

// Grow makes n keys for persons to come and returns when they are durable. The
// floor is any number that the store counts up; it may not go down.
func (v *Vault) Grow(n int, floor uint64) (ids []KeyID, err error) {
	err = v.rewrite(floor, func(r *ring) {
		for range n {
			ids = append(ids, r.add(kindPerson))
		}
	})
	return ids, err
}

// Destroy destroys keys: of persons, or old ones of the house and of lookups. The
// others are sealed anew under a new epoch, the file is replaced, and the old
// one's bytes are overwritten before it goes, as far as the disk does what it is
// told.
func (v *Vault) Destroy(ids []KeyID, floor uint64) error {
	return v.rewrite(floor, func(r *ring) {
		for _, id := range ids {
			if id == r.house || id == r.hash || len(r.lookups) == 1 && id == r.lookups[0] {
				continue
			}
			delete(r.keys, id)
			isIt := func(old KeyID) bool { return old == id }
			r.olds, r.lookups = slices.DeleteFunc(r.olds, isIt), slices.DeleteFunc(r.lookups, isIt)
		}
	})
}

// RotateEpoch seals all keys under a new epoch key.
func (v *Vault) RotateEpoch(floor uint64) error { return v.rewrite(floor, func(*ring) {}) }

// RotateHouse makes a new house key; the old one still opens what it sealed.
func (v *Vault) RotateHouse(floor uint64) error {
	return v.rewrite(floor, func(r *ring) {
		r.olds = append(r.olds, r.house)
		r.house = r.add(kindHouse)
	})
}

// GrowLookup makes another key for lookups; those before make the same as ever.
func (v *Vault) GrowLookup(floor uint64) error {
	return v.rewrite(floor, func(r *ring) { r.lookups = append(r.lookups, r.add(kindLookup)) })
}

func (v *Vault) rewrite(floor uint64, edit func(*ring)) error {
	v.change.Lock()
	defer v.change.Unlock()
	path := filepath.Join(v.dir, RingName)
	r := v.ring.clone() // only we replace it
	if err := r.current(path); err != nil {
		return err
	}
	edit(r)
	r.generation++
	r.floor = max(r.floor, floor)
	if err := replace(path, r.seal(v.root)); err != nil {
		return fmt.Errorf("writing %s: %w", RingName, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.use(r)
	return nil
}

// current makes sure that no other process has changed the file meanwhile.
func (r *ring) current(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	header := make([]byte, ringHeader)
	if _, err := f.ReadAt(header, 0); err != nil {
		return fmt.Errorf("%s: %w", RingName, ErrDamaged)
	}
	if binary.BigEndian.Uint64(header[len(ringMagic)+8:]) != r.generation {
		return fmt.Errorf("%s was changed by another process", RingName)
	}
	return nil
}
