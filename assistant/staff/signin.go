package staff

import (
	"context"
	"errors"
	"fmt"
	"time"

	"okoshko/storage"
)

const (
	// free attempts cost nothing: fingers slip.
	freeAttempts = 3
	// freeSpray is the same for one network over all logins: an office of a few
	// people shares one.
	freeSpray = 20
	// firstDelay doubles with each further attempt up to longestDelay.
	firstDelay   = time.Second
	longestDelay = 15 * time.Minute
	// forgetDelay is after how long without an attempt a count begins anew.
	forgetDelay = 24 * time.Hour
)

// delay counts attempts that were not, or not yet, right.
type delay struct {
	Count int
	Last  time.Time
	Until time.Time
}

// SignIn checks a password and opens a session, whose secret it returns. network
// is where the attempt comes from (web.Network). [ErrWrong], [*Delayed].
func (s *Staff) SignIn(ctx context.Context, login, password, network string) (token string, who Account, err error) {
	a, err := s.prove(ctx, login, password, network)
	if err != nil {
		return "", Account{}, err
	}
	token, key := newSecret("")
	err = s.conf.DB.Update(func(tx *storage.Tx) error {
		// The account may have changed while the password was checked.
		now, err := accounts.Get(tx, []byte(a.ID))
		if err != nil {
			return missing(err, ErrWrong)
		}
		if now.Off || now.Hash != a.Hash {
			return ErrWrong
		}
		at := s.conf.Now().UTC()
		if err := sessions.Put(tx, key, session{Account: a.ID, Began: at, Seen: at}); err != nil {
			return err
		}
		return s.journal(tx, a.ID, "login", a.ID)
	})
	if err != nil {
		return "", Account{}, fmt.Errorf("sign in: %w", err)
	}
	return token, a.Account, nil
}

// prove checks a password. The attempt is counted before the check, so that many
// at once do not all pass while none of them has failed yet.
func (s *Staff) prove(ctx context.Context, login, password, network string) (account, error) {
	var a account
	err := s.conf.DB.Update(func(tx *storage.Tx) (err error) {
		if err := s.count(tx, login, network); err != nil {
			return err
		}
		a, err = byLogin(tx, login)
		if errors.Is(err, storage.ErrNotFound) {
			a, err = account{}, nil
		}
		return err
	})
	if err != nil {
		return account{}, fmt.Errorf("sign in: %w", err)
	}
	right, err := s.hasher.check(ctx, a.Hash, password)
	if err != nil {
		return account{}, fmt.Errorf("sign in: %w", err)
	}
	right = right && !a.Off
	err = s.conf.DB.Update(func(tx *storage.Tx) error {
		if right {
			return s.forgive(tx, login, network)
		}
		return s.journal(tx, "nobody", "login.refused", a.ID)
	})
	if err != nil {
		return account{}, fmt.Errorf("sign in: %w", err)
	}
	if !right {
		return account{}, ErrWrong
	}
	return a, nil
}

// count refuses an attempt that is too early and counts one that is not.
func (s *Staff) count(tx *storage.Tx, login, network string) error {
	now := s.conf.Now().UTC()
	all, err := counters(tx, login, network)
	if err != nil {
		return err
	}
	for _, c := range all {
		d, err := s.delay(tx, c.key, now)
		if err != nil {
			return err
		}
		if now.Before(d.Until) {
			return &Delayed{Until: d.Until}
		}
	}
	for _, c := range all {
		d, err := s.delay(tx, c.key, now)
		if err != nil {
			return err
		}
		d.Count, d.Last = d.Count+1, now
		d.Until = now.Add(wait(d.Count - c.free))
		if err := delays.Put(tx, c.key, d); err != nil {
			return err
		}
	}
	return s.sweepDelays(tx, now)
}

type counter struct {
	key  []byte
	free int
}

func counters(tx *storage.Tx, login, network string) ([]counter, error) {
	both, err := tx.Lookup("staff.delay", foldLogin(login)+"\x00"+network)
	one, oneErr := tx.Lookup("staff.delay.network", network)
	return []counter{{both, freeAttempts}, {one, freeSpray}}, errors.Join(err, oneErr)
}

// wait is how long the next attempt has to wait after n too many.
func wait(n int) time.Duration {
	if n < 0 {
		return 0
	}
	if n >= 10 { // 1 s doubled ten times is over a quarter of an hour
		return longestDelay
	}
	return min(firstDelay<<n, longestDelay)
}

func (s *Staff) delay(tx *storage.Tx, key []byte, now time.Time) (delay, error) {
	d, err := delays.Get(tx, key)
	if errors.Is(err, storage.ErrNotFound) || err == nil && now.Sub(d.Last) > forgetDelay {
		return delay{}, nil
	}
	return d, err
}

// forgive takes back what a right password's attempts had counted.
func (s *Staff) forgive(tx *storage.Tx, login, network string) error {
	counters, err := counters(tx, login, network)
	if err != nil {
		return err
	}
	if err := delays.Delete(tx, counters[0].key); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	d, err := s.delay(tx, counters[1].key, s.conf.Now())
	if err != nil || d.Count == 0 {
		return err
	}
	// Only the own attempt: a stranger who knows one password still pays for
	// what he tried on the others.
	d.Count, d.Until = d.Count-1, time.Time{}
	return delays.Put(tx, counters[1].key, d)
}

// sweepDelays drops a few counts that nobody will ask for again, so that the
// table stays as small as a day's attempts.
func (s *Staff) sweepDelays(tx *storage.Tx, now time.Time) error {
	var old [][]byte
	looked := 0
	from, err := tx.Lookup("staff.delay.sweep", now.Format(time.RFC3339Nano))
	for key, d := range delays.Range(tx, from, nil, &err) {
		if now.Sub(d.Last) > forgetDelay {
			old = append(old, append([]byte(nil), key...))
		}
		if looked++; looked == 8 {
			break
		}
	}
	if err != nil {
		return err
	}
	for _, key := range old {
		if err := delays.Delete(tx, key); err != nil {
			return err
		}
	}
	return nil
}
