package staff

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"okoshko/storage"
)

// tokenPrefix lets people and secret scanners tell what they found.
const tokenPrefix = "okt_"

// ErrNoToken means that a token is unknown or revoked.
var ErrNoToken = errors.New("no such token")

// Token lets a program act with a role. Its secret is shown once, when made.
type Token struct {
	ID      string
	Name    string // what it is for, 1–64 characters
	Role    Role
	Author  string // who made it
	Created time.Time
}

// CreateToken makes a token and returns its secret. [ErrBadAccount] for a bad
// name or role, [ErrForbidden].
func (s *Staff) CreateToken(_ context.Context, by Actor, name string, role Role) (secret string, t Token, err error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n < 1 || n > 64 || !role.Valid() {
		return "", Token{}, ErrBadAccount
	}
	if err := by.manages(role); err != nil {
		return "", Token{}, err
	}
	secret, key := newSecret(tokenPrefix)
	t = Token{ID: newID("tok_"), Name: name, Role: role, Author: by.id(), Created: s.conf.Now().UTC()}
	err = s.conf.DB.Update(func(tx *storage.Tx) error {
		if err := tokens.Put(tx, key, t); err != nil {
			return err
		}
		return s.journal(tx, by.id(), "token.created", t.ID)
	})
	if err != nil {
		return "", Token{}, fmt.Errorf("create token: %w", err)
	}
	return secret, t, nil
}

// Tokens are all that are in force, in no order.
func (s *Staff) Tokens(context.Context) ([]Token, error) {
	var all []Token
	err := s.conf.DB.View(func(tx *storage.Tx) error {
		all = nil
		var err error
		for _, t := range tokens.Range(tx, nil, nil, &err) {
			all = append(all, t)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	return all, nil
}

// RevokeToken ends a token at once. [ErrNoToken], [ErrForbidden].
func (s *Staff) RevokeToken(_ context.Context, by Actor, id string) error {
	err := s.conf.DB.Update(func(tx *storage.Tx) error {
		key, t, err := s.tokenByID(tx, id)
		if err != nil {
			return err
		}
		if err := by.manages(t.Role); err != nil {
			return err
		}
		if err := tokens.Delete(tx, key); err != nil {
			return err
		}
		return s.journal(tx, by.id(), "token.revoked", id)
	})
	if err != nil {
		return fmt.Errorf("revoke token %s: %w", id, err)
	}
	return nil
}

func (s *Staff) tokenByID(tx *storage.Tx, id string) (key []byte, t Token, err error) {
	for key, t := range tokens.Range(tx, nil, nil, &err) {
		if t.ID == id {
			return append([]byte(nil), key...), t, nil
		}
	}
	if err != nil {
		return nil, Token{}, err
	}
	return nil, Token{}, ErrNoToken
}

// Bearer is the token whose secret a program sent. [ErrNoToken].
func (s *Staff) Bearer(_ context.Context, secret string) (Token, error) {
	if !strings.HasPrefix(secret, tokenPrefix) {
		return Token{}, ErrNoToken
	}
	var t Token
	err := s.conf.DB.View(func(tx *storage.Tx) (err error) {
		t, err = tokens.Get(tx, secretKey(secret))
		return err
	})
	if err != nil {
		return Token{}, missing(err, ErrNoToken)
	}
	return t, nil
}
