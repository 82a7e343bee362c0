package vault

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// A recovery key is printed and kept in a safe: 160 random bits in eight groups
// of five letters and digits,
//
//	7KQ3M-0X2TN-…
//
// of which four carry the bits and the fifth checks them and the group's place,
// so that a slip is named with its group. Letters and digits that look alike
// count as the same, also those of the Russian keyboard.
const (
	recoveryGroups = 8
	recoveryBits   = 160
	alphabet       = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's: no I, L, O, U
)

// lookalike folds what a person may read or type in the place of a letter of
// the alphabet.
var lookalike = strings.NewReplacer(
	"O", "0", "I", "1", "L", "1", "U", "V",
	"А", "A", "В", "B", "Е", "E", "К", "K", "М", "M", "Н", "H", "О", "0", "Р", "P", "С", "C", "Т", "T", "Х", "X", "З", "3",
)

type recovery struct {
	hidden
	secret [recoveryBits / 8]byte
}

// NewRecovery makes a recovery key: the text to print, and the secret.
func NewRecovery() (text string, by Unlocker) {
	r := recovery{secret: [recoveryBits / 8]byte(random(recoveryBits / 8))}
	return r.text(), r
}

// Recovery reads a recovery key as a person typed it: case, spaces and dashes
// do not matter.
func Recovery(text string) (Unlocker, error) {
	var letters []byte
	for _, c := range lookalike.Replace(strings.ToUpper(text)) {
		switch {
		case c == '-' || c == ' ' || c == '\t' || c == '\n' || c == '\r':
		case strings.ContainsRune(alphabet, c):
			letters = append(letters, byte(strings.IndexRune(alphabet, c)))
		default:
			return nil, fmt.Errorf("recovery key: group %d holds %q, which is in no recovery key", 1+len(letters)/5, c)
		}
	}
	if len(letters) != 5*recoveryGroups {
		return nil, fmt.Errorf("recovery key: found %d letters and digits, expected %d groups of 5", len(letters), recoveryGroups)
	}
	var r recovery
	for g := range recoveryGroups {
		group := letters[5*g : 5*g+5]
		if check(g, group[:4]) != group[4] {
			return nil, fmt.Errorf("recovery key: group %d of %d has a slip", g+1, recoveryGroups)
		}
		for i, five := range group[:4] {
			for bit := range 5 {
				n := 20*g + 5*i + bit
				r.secret[n/8] |= five >> (4 - bit) & 1 << (7 - n%8)
			}
		}
	}
	return r, nil
}

func (r recovery) text() string {
	var b strings.Builder
	for g := range recoveryGroups {
		group := make([]byte, 4)
		for i := range group {
			for bit := range 5 {
				n := 20*g + 5*i + bit
				group[i] = group[i]<<1 | r.secret[n/8]>>(7-n%8)&1
			}
		}
		if g > 0 {
			b.WriteByte('-')
		}
		for _, five := range append(group, check(g, group)) {
			b.WriteByte(alphabet[five])
		}
	}
	return b.String()
}

// check is the fifth letter of a group.
func check(place int, group []byte) byte {
	sum := sha256.Sum256(append([]byte{byte(place)}, group...))
	return sum[0] >> 3
}

func (r recovery) enrol(s *slot) error {
	s.Kind = KindRecovery
	return nil
}

func (r recovery) seed(s slot) ([]byte, error) {
	if s.Kind != KindRecovery {
		return nil, errOtherKind
	}
	return derive(r.secret[:], s.Salt, KindRecovery), nil
}
