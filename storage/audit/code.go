package audit

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"okoshko/storage"
)

// codeLetters are Crockford's: no letter that a hand or an eye takes for another.
const codeLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeBytes of a hash are in a code: 80 bits, 16 letters. Nobody finds another
// journal of the same size with the same code.
const codeBytes = 10

// ErrCode says that what was given is no code of a head.
var ErrCode = errors.New("not a head's code: expected the number of entries and sixteen letters, such as 1042-7K2M-9QXA-0DTE-RW5H")

// Code is the head in short, to be written down by hand: the number of entries and
// sixteen letters and digits in four groups.
func (h Head) Code() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%s\n", headTitle, h.Size, h.Root))
	text := base32.NewEncoding(codeLetters).WithPadding(base32.NoPadding).EncodeToString(sum[:codeBytes])
	return fmt.Sprintf("%d-%s-%s-%s-%s", h.Size, text[:4], text[4:8], text[8:12], text[12:])
}

// sizeOfCode is the number of entries that a code as somebody typed it is of, and the
// code as [Head.Code] writes it. Error: ErrCode.
func sizeOfCode(typed string) (size uint64, code string, err error) {
	typed = strings.ToUpper(strings.Join(strings.FieldsFunc(typed, func(r rune) bool { return r == '-' || r == ' ' }), "-"))
	digits, rest, _ := strings.Cut(typed, "-")
	size, err = strconv.ParseUint(digits, 10, 64)
	rest = strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "").Replace(rest)
	if err != nil || len(rest) != 16 || strings.Trim(rest, codeLetters) != "" {
		return 0, "", ErrCode
	}
	return size, fmt.Sprintf("%d-%s-%s-%s-%s", size, rest[:4], rest[4:8], rest[8:12], rest[12:]), nil
}

// HoldsCode proves that the journal is what it was when a code was written down: it
// returns nil, [ErrCode] or a [*Broken]. What is stored must have been verified.
func HoldsCode(tx *storage.Tx, typed string) error {
	size, code, err := sizeOfCode(typed)
	if err != nil {
		return err
	}
	then, err := rootAt(tx, size)
	if err != nil {
		return err
	}
	if (Head{Size: size, Root: then}).Code() != code {
		return &Broken{0, fmt.Sprintf("or a later one below %d does not agree with the code that was written down", size)}
	}
	return nil
}

// Holds proves that the journal is what it was at a head that was kept elsewhere, as
// far as its stored hashes tell: it returns nil or a [*Broken]. It reads a few hashes;
// [Verify] reads everything.
func Holds(tx *storage.Tx, kept Head) error {
	root, err := rootAt(tx, kept.Size)
	if err != nil {
		return err
	}
	if root != kept.Root {
		return &Broken{0, fmt.Sprintf("or a later one below %d does not agree with a head kept elsewhere", kept.Size)}
	}
	return nil
}

// rootAt is the root that the stored hashes give for the first size entries.
func rootAt(tx *storage.Tx, size uint64) (tlog.Hash, error) {
	now, err := Latest(tx)
	switch {
	case err != nil:
		return tlog.Hash{}, &Broken{0, "cannot be judged: the head does not open"}
	case size > now.Size:
		return tlog.Hash{}, &Broken{now.Size, fmt.Sprintf("is missing: a head kept elsewhere has %d entries", size)}
	case size == 0:
		return tlog.Hash{}, nil
	}
	root, err := tlog.TreeHash(int64(size), reader(tx))
	if err != nil {
		return tlog.Hash{}, &Broken{0, "or a later one does not agree with its stored hashes"}
	}
	return root, nil
}
