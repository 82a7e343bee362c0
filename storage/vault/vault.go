// Package vault is the cipher: it seals records for the place they are kept in
// and opens them again, and it makes keyed hashes by which a sealed value can
// be looked up.
//
// It does not know what a record means, and it keeps nothing but keys. The way
// from a secret to a record:
//
//	passphrase ─argon2id─┐
//	key file ───HKDF─────┴▶ slot key ─opens─▶ root key (32 random bytes)
//	root key ─HKDF "wrap"──▶ wrapping key ─opens─▶ data keys (32 random bytes each)
//	root key ─HKDF "index"─▶ index key
//
// Slots and wrapped data keys stand in keys.json (see [Create]); any one slot
// opens the vault. Data keys are random, not derived, so that destroying one
// destroys what it sealed.
//
// A sealed record is
//
//	version(1) | key id(4, big endian) | nonce(24) | ciphertext | tag(16)
//
// by XChaCha20-Poly1305 with a random nonce, which is long enough never to
// repeat, also after a restore or in a copied machine. Table and key of the
// record are its associated data, each behind its length (4 bytes, big endian):
// a record that is moved to another place does not open there. What the vault
// cannot see is an older record put back in its own place.
package vault

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrTampered says that a record was not sealed by this vault for this table
// and key, or was changed since.
var ErrTampered = errors.New("sealed record does not open: changed, moved or of another vault")

const (
	recordVersion = 1
	keySize       = chacha20poly1305.KeySize // bytes of every key here
	nonceSize     = chacha20poly1305.NonceSizeX
	headerSize    = 1 + 4 + nonceSize

	// Overhead is how many bytes a sealed record is longer than its plaintext.
	Overhead = headerSize + chacha20poly1305.Overhead

	// IndexSize is the number of bytes of an index value.
	IndexSize = 16
)

// Vault seals and opens records. It is safe for concurrent use. It prints as
// "(secret)" in every format.
type Vault struct {
	hidden
	keys   map[uint32]cipher.AEAD // by key id
	newest uint32                 // seals new records
	index  []byte
}

// Seal encrypts plain for its place: a table and the record's key in it.
func (v *Vault) Seal(plain []byte, table string, key []byte) []byte {
	var nonce [nonceSize]byte
	rand.Read(nonce[:])
	return v.seal(v.newest, nonce, plain, table, key)
}

// seal is Seal with a chosen key and nonce; only tests choose the nonce.
func (v *Vault) seal(id uint32, nonce [nonceSize]byte, plain []byte, table string, key []byte) []byte {
	record := make([]byte, 0, len(plain)+Overhead)
	record = append(record, recordVersion)
	record = binary.BigEndian.AppendUint32(record, id)
	record = append(record, nonce[:]...)
	return v.keys[id].Seal(record, nonce[:], plain, place(table, key))
}

// Open returns the plaintext of a record that was sealed for this table and
// key, else [ErrTampered].
func (v *Vault) Open(record []byte, table string, key []byte) ([]byte, error) {
	if len(record) < Overhead || record[0] != recordVersion {
		return nil, ErrTampered
	}
	aead, ok := v.keys[binary.BigEndian.Uint32(record[1:])]
	if !ok {
		return nil, ErrTampered
	}
	plain, err := aead.Open(nil, record[5:headerSize], record[headerSize:], place(table, key))
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}

// place is the associated data of a record.
func place(table string, key []byte) []byte {
	b := make([]byte, 0, 8+len(table)+len(key))
	b = binary.BigEndian.AppendUint32(b, uint32(len(table)))
	b = append(b, table...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(key)))
	return append(b, key...)
}

// Index returns a keyed hash of value, by which a record can be found whose
// value is sealed. The label keeps kinds of values apart ("phone"). Equal
// values have equal hashes; without the root key nothing else can be told.
func (v *Vault) Index(label, value string) []byte {
	mac := hmac.New(sha256.New, v.index)
	mac.Write(place(label, []byte(value)))
	return mac.Sum(nil)[:IndexSize]
}

// hidden keeps what embeds it out of logs and error texts.
type hidden struct{}

// Format implements [fmt.Formatter].
func (hidden) Format(f fmt.State, _ rune) { io.WriteString(f, "(secret)") }
