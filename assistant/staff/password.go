package staff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/secure/precis"
)

// Bounds of a password, in characters.
const (
	MinPassword = 10
	MaxPassword = 128
)

// ErrWeakPassword means that a password is too short, too long, or among the
// first that anybody would try.
var ErrWeakPassword = errors.New("weak password")

// Cost is what one password hash takes. OWASP ASVS 5.0, appendix C, asks for at
// least 19 MiB with two passes.
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
}

// DefaultCost is ASVS's floor with one pass more: about 60 ms on a mini-PC.
var DefaultCost = Cost{Memory: 19 << 10, Passes: 3}

// atOnce bounds the memory and the cores that strangers can make the desk spend.
const atOnce = 2

// hasher makes and checks argon2id hashes, at most atOnce at a time.
type hasher struct {
	cost  Cost
	turn  chan struct{}
	decoy string // what an unknown login is checked against
}

func newHasher(cost Cost) *hasher {
	h := &hasher{cost: cost, turn: make(chan struct{}, atOnce)}
	salt, sum := make([]byte, 16), make([]byte, 32)
	_, _ = rand.Read(salt)
	_, _ = rand.Read(sum)
	h.decoy = phc(cost, salt, sum)
	return h
}

// hash makes a PHC string of a password that [Prepare] let through.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	sum, err := h.derive(ctx, password, salt, h.cost)
	if err != nil {
		return "", err
	}
	return phc(h.cost, salt, sum), nil
}

// check says whether the password fits. An empty hash is the decoy: it takes as
// long as any and never fits.
func (h *hasher) check(ctx context.Context, hash, password string) (bool, error) {
	known := hash != ""
	if !known {
		hash = h.decoy
	}
	cost, salt, want, err := parsePHC(hash)
	if err != nil {
		return false, err
	}
	sum, err := h.derive(ctx, password, salt, cost)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(sum, want) == 1 && known, nil
}

func (h *hasher) derive(ctx context.Context, password string, salt []byte, cost Cost) ([]byte, error) {
	select {
	case h.turn <- struct{}{}:
		defer func() { <-h.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(fold(password)), salt, cost.Passes, cost.Memory, 1, 32), nil
}

// fold makes one password of the ways to type it (RFC 8265). What the profile
// refuses is used as it is: it cannot fit a stored one, which the profile passed.
func fold(password string) string {
	if s, err := precis.OpaqueString.String(password); err == nil {
		return s
	}
	return password
}

func phc(cost Cost, salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, cost.Memory, cost.Passes,
		b64.EncodeToString(salt), b64.EncodeToString(sum))
}

func parsePHC(s string) (cost Cost, salt, sum []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost, nil, nil, errors.New("password hash: not argon2id")
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &cost.Memory, &cost.Passes); err != nil {
		return cost, nil, nil, fmt.Errorf("password hash: %w", err)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return cost, nil, nil, fmt.Errorf("password hash: salt: %w", err)
	}
	if sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return cost, nil, nil, fmt.Errorf("password hash: %w", err)
	}
	return cost, salt, sum, nil
}

// CheckPassword says whether a password may be chosen for this login: 10–128
// characters, not the login or the product, not a row of keys, a date or a few
// letters repeated, not one of those that everybody takes. [ErrWeakPassword].
func CheckPassword(login, password string) error {
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return ErrWeakPassword
	}
	if _, err := precis.OpaqueString.String(password); err != nil {
		return ErrWeakPassword
	}
	bare := strings.ToLower(password)
	for _, known := range append([]string{foldLogin(login)}, obvious...) {
		if utf8.RuneCountInString(known) >= 3 {
			bare = strings.ReplaceAll(bare, known, "")
		}
	}
	// What is left once the obvious is taken out has to be worth guessing.
	if utf8.RuneCountInString(bare) < 5 || distinct(bare) < 5 || strings.Trim(bare, "0123456789.-/ ") == "" {
		return ErrWeakPassword
	}
	return nil
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// obvious are pieces that the usual passwords of ten characters and more consist
// of, in Latin, in Cyrillic, and in one typed on the other's keyboard. Longer
// ones stand before those that they contain.
var obvious = []string{
	"1234567890", "123456789", "0987654321", "987654321", "12345678", "1q2w3e4r5t", "1qaz2wsx", "q1w2e3r4", "zaq12wsx",
	"qwertyuiop", "qwerty", "asdfghjkl", "asdfgh", "zxcvbnm", "zxcvbn", "йцукенгшщз", "йцукен", "фывапролд", "фывапр", "ячсмить",
	"password", "passw0rd", "p@ssw0rd", "p@ssword", "пароль", "gfhjkm", "parol", "iloveyou", "letmein", "welcome", "secret",
	"changeme", "trustno1", "sunshine", "princess", "football", "superman", "dragon", "monkey", "abcdefgh", "abc123", "default",
	"administrator", "administrador", "администратор", "admin", "админ", "owner", "reception", "ресепшн", "регистратура", "manager",
	"okoshko", "окошко", "clinic", "клиника", "salon", "салон", "kazan", "казань", "rfpfym", "tatarstan", "татарстан",
	"123456", "654321", "12345", "1234", "123", "111", "000", "777",
}
