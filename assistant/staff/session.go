package staff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"okoshko/storage"
)

// session is one signed-in browser.
type session struct {
	Account string
	Began   time.Time
	Seen    time.Time // at most touchEvery late
}

// touchEvery spares the disk a commit per request.
const touchEvery = time.Minute

// Who is the account whose session this secret opens; using it keeps it alive.
// [ErrNoSession].
func (s *Staff) Who(_ context.Context, token string) (Account, error) {
	if token == "" {
		return Account{}, ErrNoSession
	}
	var a account
	var touch bool
	now := s.conf.Now().UTC()
	err := s.conf.DB.View(func(tx *storage.Tx) (err error) {
		open, err := s.session(tx, token, now)
		if err != nil {
			return err
		}
		touch = now.Sub(open.Seen) >= touchEvery
		a, err = accounts.Get(tx, []byte(open.Account))
		return err
	})
	if err != nil {
		return Account{}, missing(err, ErrNoSession)
	}
	if a.Off {
		return Account{}, ErrNoSession
	}
	if touch {
		if err := s.touch(token, now); err != nil {
			return Account{}, err
		}
	}
	return a.Account, nil
}

// session finds one that has not ended by itself.
func (s *Staff) session(tx *storage.Tx, token string, now time.Time) (session, error) {
	open, err := sessions.Get(tx, secretKey(token))
	if err != nil {
		return session{}, err
	}
	if s.over(open, now) {
		return session{}, storage.ErrNotFound
	}
	return open, nil
}

func (s *Staff) over(open session, now time.Time) bool {
	return now.Sub(open.Seen) > s.conf.Idle || now.Sub(open.Began) > s.conf.Life
}

func (s *Staff) touch(token string, now time.Time) error {
	err := s.conf.DB.Update(func(tx *storage.Tx) error {
		open, err := s.session(tx, token, now)
		if err != nil {
			return err
		}
		open.Seen = now
		return sessions.Put(tx, secretKey(token), open)
	})
	if err != nil {
		return missing(err, ErrNoSession)
	}
	return nil
}

// Session is one signed-in browser, without what opens it.
type Session struct {
	Account string    `json:"account"`
	Began   time.Time `json:"began"`
	Seen    time.Time `json:"seen"` // at most a minute late
}

// Sessions are all that are open, in no order.
func (s *Staff) Sessions(context.Context) (all []Session, err error) {
	now := s.conf.Now()
	err = s.conf.DB.View(func(tx *storage.Tx) (err error) {
		all = nil
		for _, open := range sessions.Range(tx, nil, nil, &err) {
			if !s.over(open, now) {
				all = append(all, Session(open))
			}
		}
		return err
	})
	return all, err
}

// SignOut ends a session. An unknown one is ended already.
func (s *Staff) SignOut(_ context.Context, token string) error {
	err := s.conf.DB.Update(func(tx *storage.Tx) error {
		open, err := sessions.Get(tx, secretKey(token))
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := sessions.Delete(tx, secretKey(token)); err != nil {
			return err
		}
		return s.journal(tx, open.Account, "logout", open.Account)
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// Sweep drops the sessions that have ended by themselves.
func (s *Staff) Sweep(context.Context) error {
	now := s.conf.Now()
	return s.conf.DB.Update(func(tx *storage.Tx) error {
		return s.dropSessions(tx, func(_ []byte, open session) bool { return s.over(open, now) })
	})
}

// endSessions ends all sessions of an account but the one under keep.
func (s *Staff) endSessions(tx *storage.Tx, id string, keep []byte) error {
	return s.dropSessions(tx, func(key []byte, open session) bool {
		return open.Account == id && !bytes.Equal(key, keep)
	})
}

func (s *Staff) dropSessions(tx *storage.Tx, which func(key []byte, open session) bool) error {
	var drop [][]byte
	var err error
	for key, open := range sessions.Range(tx, nil, nil, &err) {
		if which(key, open) {
			drop = append(drop, bytes.Clone(key))
		}
	}
	if err != nil {
		return err
	}
	for _, key := range drop {
		if err := sessions.Delete(tx, key); err != nil {
			return err
		}
	}
	return nil
}
