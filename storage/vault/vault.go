// Package vault is the cipher: it seals records for the place they are kept in
// and opens them again, destroys what a person's records were sealed with, and
// makes keyed hashes by which a sealed value can be looked up.
//
// It does not know what a record means, and it keeps nothing but keys. The way
// from a secret to a record:
//
//	passphrase ─argon2id─┐
//	key file, credential,│
//	recovery key ─HKDF───┴▶ seed ─▶ slot's key pair ─opens─▶ root key (32 random bytes)
//	root key ─HKDF, salt of keys.db─▶ epoch key ─opens─▶ keys.db: random keys of 32 bytes
//	    house key    seals what belongs to nobody
//	    person keys  one for each person; destroying it destroys what it sealed
//	    lookup key   makes keys by which a phone or a login is found
//	    hash key     makes marks, and keys by which long random tokens are found
//
// Slots stand in slots.json (slots.go), keys in keys.db (ring.go), which is
// written anew as a whole under a new epoch with each change, so that no page of
// it holds a key that was destroyed.
//
// A sealed record is
//
//	version(1) | key id(8, big endian) | nonce(24) | ciphertext | tag(16)
//
// by XChaCha20-Poly1305 with a random nonce, which is long enough never to
// repeat, also after a restore or in a copied machine. (Tink's XAES-256-GCM has
// the same nonce and asks for AES instructions that a clinic's mini-PC may lack;
// its key sets would stand beside our ring.) The associated data is
//
//	version(1) | key id(8) | length(4) table | length(4) key
//
// What is found: a record that was changed, or moved to another key or table, or
// whose header names another person's key, does not open ([ErrTampered]). The
// person needs no field of their own: the key id is theirs alone. What one record
// cannot tell is that an older one was put back in its own place, or was taken
// away; the store finds that by the [Vault.Mark] of all its records together.
package vault

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// What opening a record may answer.
var (
	// ErrTampered: it was not sealed by this vault for this table and key, or
	// was changed since.
	ErrTampered = errors.New("sealed record does not open: changed, moved or of another vault")
	// ErrShredded: there is no such key, or no longer.
	ErrShredded = errors.New("sealed record does not open: its key was destroyed")
)

const (
	recordVersion = 2
	keySize       = chacha20poly1305.KeySize // bytes of every key here
	nonceSize     = chacha20poly1305.NonceSizeX
	tagSize       = chacha20poly1305.Overhead
	headerSize    = 1 + 8 + nonceSize

	// Overhead is how many bytes a sealed record is longer than its plaintext.
	Overhead = headerSize + tagSize

	// IndexSize is the number of bytes of an index value.
	IndexSize = 16
)

// KeyID names a key for ever: ids are random and never given twice.
type KeyID uint64

// Vault seals and opens records. It is safe for concurrent use. It prints as
// "(secret)" in every format.
type Vault struct {
	hidden
	dir string

	change sync.Mutex // held by who changes slots.json or keys.db

	mu    sync.RWMutex // guards what follows
	root  []byte
	slots *slotFile
	ring  *ring
	index []byte // derived from the hash key, as are marks
	marks []byte
}

// House is the key that seals what belongs to nobody.
func (v *Vault) House() KeyID {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.ring.house
}

// Seal encrypts plain under a key for its place: a table and the record's key in
// it.
func (v *Vault) Seal(by KeyID, plain []byte, table string, key []byte) ([]byte, error) {
	var nonce [nonceSize]byte
	rand.Read(nonce[:])
	return v.seal(by, nonce, plain, table, key)
}

// seal is Seal with a chosen nonce; only tests choose it.
func (v *Vault) seal(by KeyID, nonce [nonceSize]byte, plain []byte, table string, key []byte) ([]byte, error) {
	aead, err := v.cipher(by)
	if err != nil {
		return nil, err
	}
	record := make([]byte, 0, len(plain)+Overhead)
	record = append(record, recordVersion)
	record = binary.BigEndian.AppendUint64(record, uint64(by))
	record = append(record, nonce[:]...)
	return aead.Seal(record, nonce[:], plain, place(record[:9], table, key)), nil
}

// Open returns the plaintext of a record that was sealed for this table and key,
// else [ErrTampered] or [ErrShredded].
func (v *Vault) Open(record []byte, table string, key []byte) ([]byte, error) {
	by, ok := Sealer(record)
	if !ok {
		return nil, ErrTampered
	}
	return v.OpenWith(by, record, table, key)
}

// OpenWith is Open with a key of the caller's choice: the proof that no live key
// opens what was sealed under one that was destroyed. The key id in the record
// must be the sealing key's also then, so the choice replaces it.
func (v *Vault) OpenWith(by KeyID, record []byte, table string, key []byte) ([]byte, error) {
	if len(record) < Overhead || record[0] != recordVersion {
		return nil, ErrTampered
	}
	aead, err := v.cipher(by)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, record[9:headerSize], record[headerSize:], place(record[:9], table, key))
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}

// Sealer is the id of the key that sealed a record; false for what is none.
func Sealer(record []byte) (by KeyID, ok bool) {
	if len(record) < Overhead || record[0] != recordVersion {
		return 0, false
	}
	return KeyID(binary.BigEndian.Uint64(record[1:])), true
}

func (v *Vault) cipher(id KeyID) (cipher.AEAD, error) {
	v.mu.RLock()
	e, ok := v.ring.keys[id]
	v.mu.RUnlock()
	if !ok || e.kind != kindHouse && e.kind != kindPerson {
		return nil, ErrShredded
	}
	return chacha20poly1305.NewX(e.secret[:])
}

// place is the associated data of a record; its head is the version and the id.
func place(head []byte, table string, key []byte) []byte {
	b := make([]byte, 0, len(head)+8+len(table)+len(key))
	b = append(b, head...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(table)))
	b = append(b, table...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(key)))
	return append(b, key...)
}

// Lookup returns a keyed hash of value, by which a record can be found whose
// value is sealed. The label keeps kinds of values apart ("phone"). Equal values
// have equal hashes; without the key nothing else can be told. With it a phone is
// guessed: there are a thousand million, a quarter of an hour for one processor.
// So the key is exchanged with the others ([Vault.GrowLookup]).
func (v *Vault) Lookup(by KeyID, label, value string) ([]byte, error) {
	v.mu.RLock()
	e, ok := v.ring.keys[by]
	v.mu.RUnlock()
	if !ok || e.kind != kindLookup {
		return nil, ErrShredded
	}
	return index(derive(e.secret[:], nil, "lookup"), label, value), nil
}

// Index is a keyed hash as [Vault.Lookup] makes, by a key that stays for ever. It
// is for values of 128 random bits or more, such as tokens: those are not guessed,
// with the key or without. And for what must never change, such as the name by
// which a calendar knows an appointment.
func (v *Vault) Index(label, value string) []byte {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return index(v.index, label, value)
}

func index(key []byte, label, value string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(place(nil, label, []byte(value)))
	return mac.Sum(nil)[:IndexSize]
}

// Mark is a keyed hash of what stands in a place. Of a sealed record it covers
// the nonce and the tag, which are never twice the same.
func (v *Vault) Mark(table string, key, record []byte) (mark [sha256.Size]byte) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	mac := hmac.New(sha256.New, v.marks)
	mac.Write(place(nil, table, key))
	if len(record) >= Overhead {
		mac.Write(record[:headerSize])
		record = record[len(record)-tagSize:]
	}
	mac.Write(record)
	mac.Sum(mark[:0])
	return mark
}

// derive makes a key of its own for each use of another.
func derive(from, salt []byte, label string) []byte {
	key, err := hkdf.Key(sha256.New, from, salt, "okoshko/v2/"+label, keySize)
	if err != nil {
		panic("vault: " + err.Error()) // only for lengths that are not ours
	}
	return key
}

// box seals a key or keys under another for a place; unbox opens it. A box is
// nonce(24) | ciphertext | tag(16).
func box(key, plain, place []byte) []byte {
	nonce := random(nonceSize)
	return newAEAD(key).Seal(nonce, nonce, plain, place)
}

func unbox(key, boxed, place []byte) ([]byte, error) {
	if len(boxed) < nonceSize {
		return nil, ErrDamaged
	}
	return newAEAD(key).Open(nil, boxed[:nonceSize], boxed[nonceSize:], place)
}

func newAEAD(key []byte) cipher.AEAD {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic("vault: a key of the wrong size") // ours, never from outside
	}
	return aead
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// hidden keeps what embeds it out of logs and error texts.
type hidden struct{}

// Format implements [fmt.Formatter].
func (hidden) Format(f fmt.State, _ rune) { io.WriteString(f, "(secret)") }
