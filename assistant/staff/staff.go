// Package staff keeps the accounts of those who work at the desk: who they are,
// what they may do, how they sign in, and the tokens by which programs act.
//
// Tables (sealed, like all of [storage]): staff.accounts by account id,
// staff.logins by blind index of the login, staff.sessions and staff.tokens by
// the SHA-256 of the secret, staff.delays by blind index of login and network.
// No table holds a password or a session's secret:
// passwords are argon2id hashes, secrets are hashes of 130 random bits.
//
// Sign-in is the same for a wrong password and for an unknown login, in words
// and in time. After three wrong attempts for one login from one network each
// further one has to wait, twice as long as the one before, at most 15 minutes;
// nobody is ever locked out for good, and other networks are not slowed.
// Every sign-in, refused sign-in, sign-out, change of a password, an account or
// a token is in the journal ([audit]), written in the same commit.
//
// It knows no page and no cookie: see widget/console and widget/api.
package staff

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
)

// Lengths of time, unless [Config] says other ones.
const (
	// Idle ends a session that no open page and no request keeps alive.
	Idle = 15 * time.Minute
	// Life ends every session: a shift.
	Life = 12 * time.Hour
)

// Errors of accounts.
var (
	ErrLoginTaken = errors.New("login taken")
	ErrNotFirst   = errors.New("there are accounts already")
	ErrLastOwner  = errors.New("the last owner stays")
	ErrBadAccount = errors.New("account needs a login, a name and a role")
)

// Errors of signing in.
var (
	// ErrWrong: unknown login, wrong password or account switched off; not said which.
	ErrWrong = errors.New("wrong login or password")
	// ErrNoSession: the session is unknown, ended or too old.
	ErrNoSession = errors.New("no session")
	// ErrForbidden: the role does not allow it.
	ErrForbidden = errors.New("role does not allow it")
)

// Delayed refuses an attempt to sign in that came too early.
type Delayed struct{ Until time.Time }

func (d *Delayed) Error() string {
	return "too many attempts, wait until " + d.Until.Format(time.RFC3339)
}

// Account is a member of staff.
type Account struct {
	ID      string
	Login   string // lower case, 2–64 characters
	Name    string // first name, shown to visitors
	Role    Role
	Off     bool // may not sign in
	Created time.Time
	Changed time.Time // of the password
}

// account is Account as stored.
type account struct {
	Account
	Hash string // argon2id, PHC string
}

// Config is what [New] needs.
type Config struct {
	DB   *storage.DB
	Now  func() time.Time // nil: time.Now
	Cost Cost             // of a password hash; zero: DefaultCost
	Idle time.Duration    // zero: Idle
	Life time.Duration    // zero: Life
}

// Staff is safe for concurrent use.
type Staff struct {
	conf   Config
	hasher *hasher
}

var (
	accounts = storage.NewTable[account]("staff.accounts")
	logins   = storage.NewTable[string]("staff.logins").Derived() // account id, by keyed hash of the login
	sessions = storage.NewTable[session]("staff.sessions")
	delays   = storage.NewTable[delay]("staff.delays").Derived() // counts of a day; none is made again
	tokens   = storage.NewTable[Token]("staff.tokens")
)

// New checks the configuration.
func New(conf Config) (*Staff, error) {
	if conf.DB == nil {
		return nil, errors.New("staff: no store")
	}
	if conf.Now == nil {
		conf.Now = time.Now
	}
	if conf.Cost == (Cost{}) {
		conf.Cost = DefaultCost
	}
	if conf.Idle == 0 {
		conf.Idle = Idle
	}
	if conf.Life == 0 {
		conf.Life = Life
	}
	return &Staff{conf: conf, hasher: newHasher(conf.Cost)}, nil
}

// journal writes what happened beside what it tells of.
func (s *Staff) journal(tx *storage.Tx, actor, action, object string) error {
	return audit.Append(tx, audit.Entry{At: s.conf.Now(), Actor: actor, Action: action, Object: object})
}

// newID is a random name of 16 letters and digits: 80 bits.
func newID(prefix string) string { return prefix + strings.ToLower(rand.Text()[:16]) }

// newSecret is 130 random bits and the key under which its owner is found.
func newSecret(prefix string) (secret string, key []byte) {
	secret = prefix + rand.Text()
	return secret, secretKey(secret)
}

func secretKey(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// foldLogin is the login as it is compared: «Гульнара » and «гульнара» are one.
func foldLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

func loginKey(tx *storage.Tx, login string) ([]byte, error) {
	return tx.Lookup("staff.login", foldLogin(login))
}

// Reindex makes the lookup by login, which is empty: see [storage.DB.Derive].
func Reindex(tx *storage.Tx) (err error) {
	for _, a := range accounts.Range(tx, nil, nil, &err) {
		if err := list(tx, a.Account); err != nil {
			return fmt.Errorf("account %s: %w", a.ID, err)
		}
	}
	return err
}

// missing turns storage's ErrNotFound into the room's own error.
func missing(err, own error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return own
	}
	return fmt.Errorf("staff: %w", err)
}
