package staff

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"okoshko/storage"
)

// Actor is who makes a change, for the journal and for what the role allows. The
// zero Actor is the machine's owner at the command line, who may everything.
type Actor struct {
	ID   string
	Role Role
}

func (a Actor) id() string {
	if a.ID == "" {
		return "command"
	}
	return a.ID
}

func (a Actor) manages(role Role) error {
	if a != (Actor{}) && !a.Role.mayManage(role) {
		return ErrForbidden
	}
	return nil
}

// First makes the first owner, where there is no account yet; else [ErrNotFirst].
func (s *Staff) First(ctx context.Context, login, name, password string) (Account, error) {
	return s.create(ctx, Actor{}, Account{Login: login, Name: name, Role: Owner}, password, true)
}

// Create makes an account of a login, a name and a role. [ErrBadAccount],
// [ErrWeakPassword], [ErrLoginTaken], [ErrForbidden].
func (s *Staff) Create(ctx context.Context, by Actor, a Account, password string) (Account, error) {
	return s.create(ctx, by, a, password, false)
}

func (s *Staff) create(ctx context.Context, by Actor, a Account, password string, first bool) (Account, error) {
	a.Login, a.Name = foldLogin(a.Login), strings.TrimSpace(a.Name)
	if n := utf8.RuneCountInString(a.Login); n < 2 || n > 64 || a.Name == "" || !a.Role.Valid() {
		return Account{}, ErrBadAccount
	}
	if err := by.manages(a.Role); err != nil {
		return Account{}, err
	}
	if err := CheckPassword(a.Login, password); err != nil {
		return Account{}, err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return Account{}, err
	}
	a.ID, a.Off, a.Created = newID("op_"), false, s.conf.Now().UTC()
	a.Changed = a.Created
	err = s.conf.DB.Update(func(tx *storage.Tx) error {
		if err := s.free(tx, a.Login, first); err != nil {
			return err
		}
		if err := accounts.Put(tx, []byte(a.ID), account{Account: a, Hash: hash}); err != nil {
			return err
		}
		if err := list(tx, a); err != nil {
			return err
		}
		return s.journal(tx, by.id(), "account.created", a.ID)
	})
	if err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	return a, nil
}

// free says whether the login may be given away.
func (s *Staff) free(tx *storage.Tx, login string, first bool) error {
	if first {
		var err error
		for range accounts.Range(tx, nil, nil, &err) {
			return ErrNotFirst
		}
		return err
	}
	_, err := byLogin(tx, login)
	switch {
	case err == nil:
		return ErrLoginTaken
	case errors.Is(err, storage.ErrNotFound):
		return nil
	}
	return err
}

// Accounts are all of them, in no order.
func (s *Staff) Accounts(context.Context) ([]Account, error) {
	var all []Account
	err := s.conf.DB.View(func(tx *storage.Tx) error {
		all = nil
		var err error
		for _, a := range accounts.Range(tx, nil, nil, &err) {
			all = append(all, a.Account)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	return all, nil
}

// Account finds one by login. [storage.ErrNotFound].
func (s *Staff) Account(_ context.Context, login string) (Account, error) {
	var a account
	err := s.conf.DB.View(func(tx *storage.Tx) (err error) {
		a, err = byLogin(tx, login)
		return err
	})
	if err != nil {
		return Account{}, fmt.Errorf("account: %w", err)
	}
	return a.Account, nil
}

func byLogin(tx *storage.Tx, login string) (account, error) {
	key, err := loginKey(tx, login)
	if err != nil {
		return account{}, err
	}
	id, err := logins.Get(tx, key)
	if err != nil {
		return account{}, err
	}
	return accounts.Get(tx, []byte(id))
}

// list makes an account found by its login.
func list(tx *storage.Tx, a Account) error {
	key, err := loginKey(tx, a.Login)
	if err != nil {
		return err
	}
	return logins.Put(tx, key, a.ID)
}

// Switch turns an account off, which ends its sessions, or on again. The last
// owner cannot be switched off: [ErrLastOwner]. [ErrForbidden], [storage.ErrNotFound].
func (s *Staff) Switch(_ context.Context, by Actor, id string, off bool) error {
	err := s.conf.DB.Update(func(tx *storage.Tx) error {
		a, err := accounts.Get(tx, []byte(id))
		if err != nil {
			return err
		}
		if err := by.manages(a.Role); err != nil {
			return err
		}
		if off && a.Role == Owner {
			if err := s.otherOwner(tx, id); err != nil {
				return err
			}
		}
		a.Off = off
		if err := accounts.Put(tx, []byte(id), a); err != nil {
			return err
		}
		action := "account.on"
		if off {
			action = "account.off"
			if err := s.endSessions(tx, id, nil); err != nil {
				return err
			}
		}
		return s.journal(tx, by.id(), action, id)
	})
	if err != nil {
		return fmt.Errorf("switch account %s: %w", id, err)
	}
	return nil
}

func (s *Staff) otherOwner(tx *storage.Tx, id string) error {
	var err error
	for _, a := range accounts.Range(tx, nil, nil, &err) {
		if a.Role == Owner && !a.Off && a.ID != id {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return ErrLastOwner
}

// SetPassword gives an account another password without asking for the old one,
// and ends all its sessions: for a forgotten password.
func (s *Staff) SetPassword(ctx context.Context, by Actor, id, password string) error {
	return s.setPassword(ctx, id, password, func(tx *storage.Tx, a account) error {
		if err := by.manages(a.Role); err != nil {
			return err
		}
		if err := s.endSessions(tx, id, nil); err != nil {
			return err
		}
		return s.journal(tx, by.id(), "password.set", id)
	})
}

// ChangePassword changes the own password, the old one being right, and ends all
// sessions but the one of token. A wrong old password counts as a wrong sign-in.
// [ErrWrong], [*Delayed], [ErrWeakPassword].
func (s *Staff) ChangePassword(ctx context.Context, token, old, password, network string) error {
	who, err := s.Who(ctx, token)
	if err != nil {
		return err
	}
	if _, err := s.prove(ctx, who.Login, old, network); err != nil {
		return err
	}
	return s.setPassword(ctx, who.ID, password, func(tx *storage.Tx, _ account) error {
		if err := s.endSessions(tx, who.ID, secretKey(token)); err != nil {
			return err
		}
		return s.journal(tx, who.ID, "password.changed", who.ID)
	})
}

func (s *Staff) setPassword(ctx context.Context, id, password string, also func(*storage.Tx, account) error) error {
	var a account
	err := s.conf.DB.View(func(tx *storage.Tx) (err error) {
		a, err = accounts.Get(tx, []byte(id))
		return err
	})
	if err != nil {
		return fmt.Errorf("account %s: %w", id, err)
	}
	if err := CheckPassword(a.Login, password); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	err = s.conf.DB.Update(func(tx *storage.Tx) error {
		a, err := accounts.Get(tx, []byte(id))
		if err != nil {
			return err
		}
		a.Hash, a.Changed = hash, s.conf.Now().UTC()
		if err := accounts.Put(tx, []byte(id), a); err != nil {
			return err
		}
		return also(tx, a)
	})
	if err != nil {
		return fmt.Errorf("password of %s: %w", id, err)
	}
	return nil
}
