package staff

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/vault"
)

const (
	password = "синий чайник у окна"
	office   = "203.0.113.7"
)

// clock is set by the test.
type clock struct{ at time.Time }

func (c *clock) now() time.Time            { return c.at }
func (c *clock) pass(d time.Duration)      { c.at = c.at.Add(d) }
func monday() *clock                       { return &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)} }
func actor(a Account) Actor                { return Actor{ID: a.ID, Role: a.Role} }
func isDelayed(err error) (*Delayed, bool) { var d *Delayed; ok := errors.As(err, &d); return d, ok }

// house is a staff room with one owner, on a real store.
func house(t *testing.T) (*Staff, Account, *clock, *storage.DB) {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Create(dir, vault.KeyFile(filepath.Join(dir, "key")))
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(filepath.Join(dir, "okoshko.db"), v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	c := monday()
	s, err := New(Config{DB: db, Now: c.now, Cost: Cost{Memory: 64, Passes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	owner, err := s.First(t.Context(), " Guzel ", "Гузель", password)
	if err != nil {
		t.Fatal(err)
	}
	return s, owner, c, db
}

// journal lists the actions in the journal, oldest first.
func journal(t *testing.T, db *storage.DB) []string {
	t.Helper()
	var actions []string
	err := db.View(func(tx *storage.Tx) error {
		actions = nil
		var err error
		for e := range audit.Entries(tx, 0, 0, &err) {
			actions = append(actions, e.Action)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return actions
}

func TestOnlyTheFirstIsFirst(t *testing.T) {
	s, owner, _, _ := house(t)
	if owner.Role != Owner || owner.Login != "guzel" {
		t.Errorf("first account %+v; want the owner guzel", owner)
	}
	if _, err := s.First(t.Context(), "eve", "Ева", password); !errors.Is(err, ErrNotFirst) {
		t.Errorf("second first owner: %v", err)
	}
}

func TestSession(t *testing.T) {
	s, owner, c, db := house(t)
	token, who, err := s.SignIn(t.Context(), "GUZEL", password, office)
	if err != nil || who.ID != owner.ID {
		t.Fatalf("sign in: %+v, %v", who, err)
	}
	for range 60 { // a shift's morning: something every 10 minutes
		c.pass(10 * time.Minute)
		if _, err := s.Who(t.Context(), token); err != nil {
			t.Fatalf("at %s: %v", c.at, err)
		}
	}
	c.pass(3 * time.Hour)
	if _, err := s.Who(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Errorf("past its life: %v", err)
	}
	token, _, err = s.SignIn(t.Context(), "guzel", password, office)
	if err != nil {
		t.Fatal(err)
	}
	c.pass(Idle + time.Second)
	if _, err := s.Who(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Errorf("idle: %v", err)
	}
	token, _, err = s.SignIn(t.Context(), "guzel", password, office)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SignOut(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	for _, forged := range []string{token, "", "x", token + "x"} {
		if _, err := s.Who(t.Context(), forged); !errors.Is(err, ErrNoSession) {
			t.Errorf("token %q: %v", forged, err)
		}
	}
	want := []string{"account.created", "login", "login", "login", "logout"}
	if got := journal(t, db); !slices.Equal(got, want) {
		t.Errorf("journal %v, want %v", got, want)
	}
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	left := 0
	if err := db.View(func(tx *storage.Tx) (err error) {
		left = 0
		for range sessions.Range(tx, nil, nil, &err) {
			left++
		}
		return err
	}); err != nil || left != 0 {
		t.Errorf("after the sweep %d sessions, %v", left, err)
	}
}

func TestUnknownAndWrongAreOne(t *testing.T) {
	s, owner, _, _ := house(t)
	off, err := s.Create(t.Context(), actor(owner), Account{Login: "gone", Name: "Ушедшая", Role: Reception}, password)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Switch(t.Context(), actor(owner), off.ID, true); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ login, password string }{
		{"guzel", "не тот"}, {"nobody", password}, {"gone", password}, {"", ""},
	} {
		_, _, err := s.SignIn(t.Context(), c.login, c.password, "network of "+c.login)
		if !errors.Is(err, ErrWrong) {
			t.Errorf("%q: %v; want ErrWrong", c.login, err)
		}
	}
}

func TestWrongPasswordsWaitTwiceAsLong(t *testing.T) {
	s, _, c, db := house(t)
	for range freeAttempts {
		if _, _, err := s.SignIn(t.Context(), "guzel", "не тот", office); !errors.Is(err, ErrWrong) {
			t.Fatal(err)
		}
	}
	before := len(journal(t, db))
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		_, _, err := s.SignIn(t.Context(), "guzel", password, office)
		d, ok := isDelayed(err)
		if !ok || d.Until.Sub(c.at) != want*time.Second {
			t.Fatalf("even the right password has to wait %v; want %ds", err, want)
		}
		c.pass(d.Until.Sub(c.at))
		if _, _, err := s.SignIn(t.Context(), "guzel", "не тот", office); !errors.Is(err, ErrWrong) {
			t.Fatal(err)
		}
	}
	if got := len(journal(t, db)) - before; got != 12 {
		t.Errorf("%d journal entries; want one per checked password, 12", got)
	}
	if _, _, err := s.SignIn(t.Context(), "guzel", password, "198.51.100.1"); err != nil {
		t.Errorf("from another network: %v", err)
	}
	c.pass(longestDelay)
	if _, _, err := s.SignIn(t.Context(), "guzel", password, office); err != nil {
		t.Fatalf("after the wait: %v", err)
	}
	if _, _, err := s.SignIn(t.Context(), "guzel", "не тот", office); !errors.Is(err, ErrWrong) {
		t.Errorf("a success forgives: %v", err)
	}
}

func TestOneNetworkMayNotTryEverybody(t *testing.T) {
	s, _, _, _ := house(t)
	var last error
	for i := range freeSpray + 1 {
		_, _, last = s.SignIn(t.Context(), "login"+string(rune('a'+i)), "лето2026лето", office)
	}
	if _, ok := isDelayed(last); !ok {
		t.Errorf("attempt %d over as many logins: %v; want a delay", freeSpray+1, last)
	}
}

func TestManyAtOnceCountBeforeTheyAreChecked(t *testing.T) {
	s, _, _, _ := house(t)
	const many = 40
	answers := make(chan error, many)
	for range many {
		go func() {
			_, _, err := s.SignIn(t.Context(), "guzel", "не тот", office)
			answers <- err
		}()
	}
	checked := 0
	for range many {
		if err := <-answers; errors.Is(err, ErrWrong) {
			checked++
		}
	}
	if checked != freeAttempts {
		t.Errorf("%d passwords checked at once; want %d", checked, freeAttempts)
	}
}

func TestChangePassword(t *testing.T) {
	s, _, _, _ := house(t)
	here, _, err := s.SignIn(t.Context(), "guzel", password, office)
	if err != nil {
		t.Fatal(err)
	}
	there, _, err := s.SignIn(t.Context(), "guzel", password, office)
	if err != nil {
		t.Fatal(err)
	}
	const next = "зелёный слон в тапках"
	if err := s.ChangePassword(t.Context(), here, "не тот", next, office); !errors.Is(err, ErrWrong) {
		t.Errorf("wrong old password: %v", err)
	}
	if err := s.ChangePassword(t.Context(), here, password, "qwerty12345", office); !errors.Is(err, ErrWeakPassword) {
		t.Errorf("weak: %v", err)
	}
	if err := s.ChangePassword(t.Context(), here, password, next, office); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Who(t.Context(), here); err != nil {
		t.Errorf("own session: %v", err)
	}
	if _, err := s.Who(t.Context(), there); !errors.Is(err, ErrNoSession) {
		t.Errorf("other session: %v", err)
	}
	if _, _, err := s.SignIn(t.Context(), "guzel", next, office); err != nil {
		t.Errorf("with the new password: %v", err)
	}
}

func TestRoles(t *testing.T) {
	s, owner, _, _ := house(t)
	var made []Account
	for _, role := range []Role{Admin, Reception, Auditor} {
		a, err := s.Create(t.Context(), actor(owner), Account{Login: string(role), Name: "Имя", Role: role}, password)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, a)
	}
	admin, reception, auditor := made[0], made[1], made[2]
	for _, c := range []struct {
		name string
		do   func() error
		want error
	}{
		{"admin makes an owner", func() error {
			_, err := s.Create(t.Context(), actor(admin), Account{Login: "x1", Name: "Имя", Role: Owner}, password)
			return err
		}, ErrForbidden},
		{"reception makes an account", func() error {
			_, err := s.Create(t.Context(), actor(reception), Account{Login: "x2", Name: "Имя", Role: Reception}, password)
			return err
		}, ErrForbidden},
		{"auditor makes a token", func() error {
			_, _, err := s.CreateToken(t.Context(), actor(auditor), "x", Auditor)
			return err
		}, ErrForbidden},
		{"admin switches the owner off", func() error { return s.Switch(t.Context(), actor(admin), owner.ID, true) }, ErrForbidden},
		{"the last owner switches himself off", func() error { return s.Switch(t.Context(), actor(owner), owner.ID, true) }, ErrLastOwner},
		{"admin makes an admin", func() error {
			_, err := s.Create(t.Context(), actor(admin), Account{Login: "x3", Name: "Имя", Role: Admin}, password)
			return err
		}, nil},
		{"a login twice", func() error {
			_, err := s.Create(t.Context(), actor(owner), Account{Login: "ADMIN", Name: "Имя", Role: Admin}, password)
			return err
		}, ErrLoginTaken},
		{"an unknown role", func() error {
			_, err := s.Create(t.Context(), actor(owner), Account{Login: "x4", Name: "Имя", Role: "root"}, password)
			return err
		}, ErrBadAccount},
	} {
		if err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if auditor.Role.May(Read) || auditor.Role.May(Reveal) || !auditor.Role.May(Journal) {
		t.Error("the auditor reads the journal and sees no visitor")
	}
}

func TestSwitchingOffEndsSessions(t *testing.T) {
	s, owner, _, _ := house(t)
	a, err := s.Create(t.Context(), actor(owner), Account{Login: "alina", Name: "Алина", Role: Reception}, password)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := s.SignIn(t.Context(), "alina", password, office)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Switch(t.Context(), actor(owner), a.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Who(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Errorf("switched off: %v", err)
	}
	if err := s.Switch(t.Context(), actor(owner), a.ID, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Who(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Errorf("switched on again, the old session: %v", err)
	}
}

func TestTokens(t *testing.T) {
	s, owner, _, _ := house(t)
	secret, made, err := s.CreateToken(t.Context(), actor(owner), "Отчёты", Auditor)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Bearer(t.Context(), secret)
	if err != nil || got != made {
		t.Errorf("bearer: %+v, %v; want %+v", got, err, made)
	}
	if all, err := s.Tokens(t.Context()); err != nil || len(all) != 1 || all[0] != made {
		t.Errorf("tokens: %+v, %v", all, err)
	}
	if err := s.RevokeToken(t.Context(), actor(owner), made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Bearer(t.Context(), secret); !errors.Is(err, ErrNoToken) {
		t.Errorf("revoked: %v", err)
	}
	if err := s.RevokeToken(t.Context(), actor(owner), made.ID); !errors.Is(err, ErrNoToken) {
		t.Errorf("revoked twice: %v", err)
	}
}

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct {
		login, password string
		ok              bool
	}{
		{"guzel", password, true},
		{"guzel", "kX9-vb.Lw2", true},
		{"guzel", "correct horse battery", true},
		{"guzel", "короткий", false},
		{"guzel", "qwerty123456", false},
		{"guzel", "Password2026", false},
		{"guzel", "guzel guzel guzel", false},
		{"guzel", "guzel12345", false},
		{"guzel", "25.11.1987", false},
		{"guzel", "ааааааааааааа", false},
		{"guzel", "okoshko2026", false},
		{"guzel", "йцукенгшщзх", false},
	} {
		if err := CheckPassword(c.login, c.password); (err == nil) != c.ok {
			t.Errorf("%q for %q: %v", c.password, c.login, err)
		}
	}
}

// TestHashIsKept holds the format of a stored hash: accounts outlive releases.
func TestHashIsKept(t *testing.T) {
	const stored = "$argon2id$v=19$m=64,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$qEDNXvFbMTn8sYIacIwBWva62qiFKrKxpHiKKKeEnsM"
	right, err := newHasher(DefaultCost).check(t.Context(), stored, password)
	if err != nil || !right {
		t.Errorf("a stored hash: %v, %v", right, err)
	}
	if wrong, err := newHasher(DefaultCost).check(t.Context(), stored, password+" "); err != nil || wrong {
		t.Errorf("with a space more: %v, %v", wrong, err)
	}
	if _, err := newHasher(DefaultCost).check(t.Context(), "$2y$10$abc", password); err == nil {
		t.Error("a foreign hash passes")
	}
}

func TestForgottenPassword(t *testing.T) {
	s, owner, _, db := house(t)
	a, err := s.Create(t.Context(), actor(owner), Account{Login: "alina", Name: "Алина", Role: Reception}, password)
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := s.SignIn(t.Context(), "alina", password, office)
	if err != nil {
		t.Fatal(err)
	}
	const next = "зелёный слон в тапках"
	if err := s.SetPassword(t.Context(), actor(a), owner.ID, next); !errors.Is(err, ErrForbidden) {
		t.Errorf("reception sets the owner's: %v", err)
	}
	if err := s.SetPassword(t.Context(), actor(owner), a.ID, next); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Who(t.Context(), token); !errors.Is(err, ErrNoSession) {
		t.Errorf("a session of the old password: %v", err)
	}
	if _, _, err := s.SignIn(t.Context(), "alina", password, office); !errors.Is(err, ErrWrong) {
		t.Errorf("the old password: %v", err)
	}
	if _, _, err := s.SignIn(t.Context(), "alina", next, office); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if found, err := s.Account(t.Context(), " Alina"); err != nil || found.ID != a.ID {
		t.Errorf("by login: %+v, %v", found, err)
	}
	if all, err := s.Accounts(t.Context()); err != nil || len(all) != 2 {
		t.Errorf("accounts: %d, %v", len(all), err)
	}
	if got := journal(t, db); !slices.Contains(got, "password.set") || !slices.Contains(got, "login.refused") {
		t.Errorf("journal %v", got)
	}
}

// TestNobodyComesInWithoutJournal: a login that cannot be entered is none, right
// password or wrong, and no account and no token is made.
func TestNobodyComesInWithoutJournal(t *testing.T) {
	s, owner, _, db := house(t)
	heads := storage.NewTable[json.RawMessage]("audit.head")
	err := db.Update(func(tx *storage.Tx) error { return heads.Put(tx, []byte("head"), json.RawMessage(`"damaged"`)) })
	if err != nil {
		t.Fatal(err)
	}
	by := Actor{ID: owner.ID, Role: owner.Role}
	for name, do := range map[string]func() (string, error){
		"right password": func() (string, error) {
			token, _, err := s.SignIn(t.Context(), "guzel", password, "192.0.2.7")
			return token, err
		},
		"wrong password": func() (string, error) {
			token, _, err := s.SignIn(t.Context(), "guzel", "other", "192.0.2.8")
			return token, err
		},
		"account": func() (string, error) {
			a, err := s.Create(t.Context(), by, Account{Login: "alsu", Name: "Алсу", Role: Reception}, password)
			return a.ID, err
		},
		"token": func() (string, error) {
			secret, _, err := s.CreateToken(t.Context(), by, "crm", Reception)
			return secret, err
		},
		"password": func() (string, error) { return "", s.SetPassword(t.Context(), by, owner.ID, password+password) },
		"off":      func() (string, error) { return "", s.Switch(t.Context(), by, owner.ID, true) },
	} {
		if got, err := do(); err == nil || got != "" {
			t.Errorf("%s: %q, %v; want nothing and an error", name, got, err)
		}
	}
	err = db.View(func(tx *storage.Tx) (err error) {
		for range sessions.Range(tx, nil, nil, &err) {
			t.Error("there is a session")
		}
		for range tokens.Range(tx, nil, nil, &err) {
			t.Error("there is a token")
		}
		for _, a := range accounts.Range(tx, nil, nil, &err) {
			if a.ID != owner.ID {
				t.Errorf("there is the account %s", a.Login)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
