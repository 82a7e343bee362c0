package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/storage"
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
