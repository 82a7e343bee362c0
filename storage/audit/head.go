package audit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"okoshko/storage"
)

// A signed head is a note (golang.org/x/mod/sumdb/note, as in Go's checksum
// database) that the owner keeps away from the machine:
//
//	okoshko journal
//	<entries>
//	<root, base64>
//	<time, RFC 3339>
//
//	— okoshko+<hash of the key> <signature>
//
// Whoever has it can prove later that nothing before it was changed and that the
// files were not put back to an earlier day. The Ed25519 key is made with the
// first head and sealed in the store; the key to check with is public, and best
// kept with the first head.
const headTitle = "okoshko journal"

// keyName is the name under which heads are signed.
const keyName = "okoshko"

type signing struct {
	Private string `json:"private"` // as note encodes it
	Public  string `json:"public"`
}

var signings = storage.NewTable[signing]("audit.key") // one, under headKey

// ErrHead says that a signed head is none, or not of this journal's key.
var ErrHead = errors.New("not a signed head of this journal")

// Key returns the public key of the journal's heads, and makes the pair where
// there is none.
func Key(tx *storage.Tx) (public string, err error) {
	k, err := signingKey(tx)
	return k.Public, err
}

func signingKey(tx *storage.Tx) (signing, error) {
	k, err := signings.Get(tx, headKey)
	if !errors.Is(err, storage.ErrNotFound) {
		return k, err
	}
	if k.Private, k.Public, err = note.GenerateKey(rand.Reader, keyName); err != nil {
		return k, err
	}
	return k, signings.Put(tx, headKey, k)
}

// Sign returns the present head as a signed note.
func Sign(tx *storage.Tx, now time.Time) (text []byte, err error) {
	head, err := Latest(tx)
	if err != nil {
		return nil, err
	}
	k, err := signingKey(tx)
	if err != nil {
		return nil, fmt.Errorf("journal's key: %w", err)
	}
	signer, err := note.NewSigner(k.Private)
	if err != nil {
		return nil, fmt.Errorf("journal's key: %w", err)
	}
	body := fmt.Sprintf("%s\n%d\n%s\n%s\n", headTitle, head.Size, head.Root, now.UTC().Format(time.RFC3339))
	return note.Sign(&note.Note{Text: body}, signer)
}

// ReadHead reads a signed head; public is the key to check with. Errors are
// [ErrHead].
func ReadHead(text []byte, public string) (Head, time.Time, error) {
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return Head{}, time.Time{}, fmt.Errorf("%w: the public key cannot be read", ErrHead)
	}
	n, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return Head{}, time.Time{}, fmt.Errorf("%w: %w", ErrHead, err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != headTitle {
		return Head{}, time.Time{}, ErrHead
	}
	size, sizeErr := strconv.ParseUint(lines[1], 10, 64)
	root, rootErr := tlog.ParseHash(lines[2])
	at, timeErr := time.Parse(time.RFC3339, lines[3])
	if err := errors.Join(sizeErr, rootErr, timeErr); err != nil {
		return Head{}, time.Time{}, fmt.Errorf("%w: %w", ErrHead, err)
	}
	return Head{Size: size, Root: root}, at, nil
}
