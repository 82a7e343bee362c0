package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// These commands work on the store, by the appliance where it runs.

type secretCommand struct {
	Set    secretSet    `cmd:"" help:"Keep a value; it comes on standard input, one line."`
	List   secretList   `cmd:"" help:"Names of the values."`
	Remove secretRemove `cmd:"" help:"Remove a value."`
}

type secretSet struct {
	dataFlags
	Name string `arg:"" help:"Name, as in secret:NAME."`
}

func (c *secretSet) Run(s streams) error {
	in := bufio.NewScanner(s.in)
	if !in.Scan() || strings.TrimSpace(in.Text()) == "" {
		return errors.New("found nothing on standard input, expected the value on one line")
	}
	value := strings.TrimSpace(in.Text())
	return c.update(func(tx *storage.Tx) error { return privacy.SetSecret(tx, c.Name, value, time.Now()) })
}

type secretList struct{ dataFlags }

func (c *secretList) Run(s streams) error {
	return c.view(func(tx *storage.Tx) error {
		names, err := privacy.Secrets(tx)
		for _, n := range names {
			fmt.Fprintln(s.out, n)
		}
		return err
	})
}

type secretRemove struct {
	dataFlags
	Name string `arg:"" help:"Name."`
}

func (c *secretRemove) Run() error {
	err := c.update(func(tx *storage.Tx) error { return privacy.RemoveSecret(tx, c.Name, time.Now()) })
	if errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("there is no secret %q; okoshko secret list shows the names", c.Name)
	}
	return err
}

type userCommand struct {
	Add      userAdd      `cmd:"" help:"Add an account and print its password."`
	List     userList     `cmd:"" help:"All accounts."`
	Off      userOff      `cmd:"" help:"Switch an account off and end its sessions."`
	On       userOn       `cmd:"" help:"Switch an account on again."`
	Password userPassword `cmd:"" help:"Give an account a new password and print it."`
}

type userAdd struct {
	dataFlags
	Login string `arg:"" help:"Login."`
	Name  string `arg:"" help:"First name, shown to visitors."`
	Role  string `default:"reception" enum:"owner,admin,reception,auditor" help:"owner, admin, reception or auditor."`
}

func (c *userAdd) Run(ctx context.Context, s streams) error {
	return c.accounts(func(all *staff.Staff) error {
		password := newPassword()
		_, err := all.Create(ctx, staff.Actor{}, staff.Account{Login: c.Login, Name: c.Name, Role: staff.Role(c.Role)}, password)
		if err == nil {
			fmt.Fprintf(s.out, "login %s, password %s\n", c.Login, password)
		}
		return err
	})
}

type userList struct{ dataFlags }

func (c *userList) Run(ctx context.Context, s streams) error {
	return c.accounts(func(all *staff.Staff) error {
		list, err := all.Accounts(ctx)
		for _, a := range list {
			state := "on"
			if a.Off {
				state = "off"
			}
			fmt.Fprintf(s.out, "%s\t%s\t%s\t%s\n", a.Login, a.Name, a.Role, state)
		}
		return err
	})
}

type userOff struct {
	dataFlags
	Login string `arg:"" help:"Login."`
}

func (c *userOff) Run(ctx context.Context) error {
	return c.dataFlags.change(ctx, c.Login, switchTo(true))
}

type userOn struct {
	dataFlags
	Login string `arg:"" help:"Login."`
}

func (c *userOn) Run(ctx context.Context) error {
	return c.dataFlags.change(ctx, c.Login, switchTo(false))
}

func switchTo(off bool) func(context.Context, *staff.Staff, staff.Account) error {
	return func(ctx context.Context, all *staff.Staff, a staff.Account) error {
		return all.Switch(ctx, staff.Actor{}, a.ID, off)
	}
}

type userPassword struct {
	dataFlags
	Login string `arg:"" help:"Login."`
}

func (c *userPassword) Run(ctx context.Context, s streams) error {
	return c.change(ctx, c.Login, func(ctx context.Context, all *staff.Staff, a staff.Account) error {
		password := newPassword()
		err := all.SetPassword(ctx, staff.Actor{}, a.ID, password)
		if err == nil {
			fmt.Fprintf(s.out, "login %s, password %s\n", a.Login, password)
		}
		return err
	})
}

type auditCommand struct {
	Show   auditShow   `cmd:"" help:"Print the newest entries."`
	Verify auditVerify `cmd:"" help:"Find a changed, missing or reordered entry, and files that were put back."`
	Head   auditHead   `cmd:"" help:"Print the signed head: keep it away from this machine."`
	Key    auditKey    `cmd:"" help:"Print the public key that heads are checked with."`
}

type auditShow struct {
	dataFlags
	Last int `default:"50" help:"How many."`
}

func (c *auditShow) Run(s streams) error {
	return c.view(func(tx *storage.Tx) (err error) {
		head, err := audit.Latest(tx)
		if err != nil {
			return err
		}
		from := head.Size - min(head.Size, uint64(max(c.Last, 0)))
		for e := range audit.Entries(tx, from, head.Size, &err) {
			fmt.Fprintf(s.out, "%d\t%s\t%s\t%s\t%s\t%s\n", e.Seq, e.At.Format(time.RFC3339), e.Actor, e.Action, e.Object, e.Reason)
		}
		return err
	})
}

type auditHead struct{ dataFlags }

// Run prints the signed head, to be kept away from the machine.
func (c *auditHead) Run(s streams) error {
	return c.update(func(tx *storage.Tx) error {
		text, err := audit.Sign(tx, time.Now())
		if err == nil {
			_, err = s.out.Write(text)
		}
		return err
	})
}

type auditKey struct{ dataFlags }

// Run prints the public key that signed heads are checked with.
func (c *auditKey) Run(s streams) error {
	return c.update(func(tx *storage.Tx) error {
		public, err := audit.Key(tx)
		if err == nil {
			fmt.Fprintln(s.out, public)
		}
		return err
	})
}

type auditVerify struct {
	dataFlags
	Head   []string `placeholder:"FILE" help:"Signed heads that were kept elsewhere; each must hold."`
	Public string   `placeholder:"KEY" help:"Public key, as okoshko audit key printed it; default: the store's own."`
}

// Run verifies the journal. Exit 1: it does not hold.
func (c *auditVerify) Run(s streams) error {
	return c.update(func(tx *storage.Tx) error {
		public, err := c.Public, error(nil)
		if public == "" {
			if public, err = audit.Key(tx); err != nil {
				return err
			}
		}
		var kept []audit.Head
		for _, file := range c.Head {
			text, err := os.ReadFile(c.call.path(file))
			if err != nil {
				return err
			}
			head, at, err := audit.ReadHead(text, public)
			if err != nil {
				fmt.Fprintf(s.out, "%s: %v\n", file, err)
				return errUnmet
			}
			fmt.Fprintf(s.out, "%s: %d entries on %s\n", file, head.Size, at.Format(time.RFC3339))
			kept = append(kept, head)
		}
		head, err := audit.Verify(tx, kept...)
		if errors.Is(err, audit.ErrBroken) {
			fmt.Fprintln(s.out, err)
			return errUnmet
		}
		if err == nil {
			fmt.Fprintf(s.out, "%d entries, all as written; root %s\n", head.Size, head.Root)
		}
		return err
	})
}

func (d dataFlags) accounts(fn func(*staff.Staff) error) error {
	return d.with(func(db *storage.DB) error {
		all, err := staff.New(staff.Config{DB: db})
		if err != nil {
			return err
		}
		return fn(all)
	})
}

// change does something to the account with a login.
func (d dataFlags) change(ctx context.Context, login string, fn func(context.Context, *staff.Staff, staff.Account) error) error {
	return d.accounts(func(all *staff.Staff) error {
		a, err := all.Account(ctx, login)
		if errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("there is no account %q; okoshko user list shows them", login)
		}
		if err != nil {
			return err
		}
		return fn(ctx, all, a)
	})
}
