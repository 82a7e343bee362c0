package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
)

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

// Run prints the signed head, to be kept away from the machine; its code goes to
// standard error, so that what is kept is the head alone.
func (c *auditHead) Run(s streams) error {
	var text []byte
	var head audit.Head
	err := c.update(func(tx *storage.Tx) (err error) {
		if head, err = audit.Latest(tx); err == nil {
			text, err = audit.Sign(tx, time.Now())
		}
		return err
	})
	if err != nil || text == nil { // printed by the appliance
		return err
	}
	fmt.Fprintf(s.err, "To write down: %s\n", head.Code())
	_, err = s.out.Write(text)
	return err
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
	Head   []string `placeholder:"PATH" help:"Signed heads that were kept elsewhere, files or folders of them; each must hold."`
	Code   []string `placeholder:"CODE" help:"Codes of heads that were written down, such as 1042-7K2M-9QXA-0DTE-RW5H; each must hold."`
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
		kept, err := c.heads(s, public)
		if err != nil {
			return err
		}
		head, err := audit.Verify(tx, kept...)
		if err == nil {
			err = c.codes(s, tx)
		}
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

// headsTold is how many heads are told of one by one: a folder of years is summed up.
const headsTold = 5

// heads reads the heads that were kept elsewhere. Exit 1: one is of another journal.
func (c *auditVerify) heads(s streams, public string) (kept []audit.Head, err error) {
	files, err := c.files()
	if err != nil {
		return nil, err
	}
	for n, file := range files {
		head, at, err := audit.ReadHeadFile(file, public)
		if errors.Is(err, audit.ErrHead) {
			fmt.Fprintf(s.out, "%s: %v\n", file, err)
			return nil, errUnmet
		}
		if err != nil {
			return nil, err
		}
		if n < headsTold || n == len(files)-1 {
			fmt.Fprintf(s.out, "%s: %d entries on %s\n", file, head.Size, at.Format(time.RFC3339))
		}
		if n == headsTold && n < len(files)-1 {
			fmt.Fprintf(s.out, "… %d heads in all\n", len(files))
		}
		kept = append(kept, head)
	}
	return kept, nil
}

// files are the files that --head names, with those of folders.
func (c *auditVerify) files() (files []string, err error) {
	for _, path := range c.Head {
		path = c.call.path(path)
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		found, err := audit.HeadFiles(path)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s: found no heads (okoshko-head-….txt); serve --heads FOLDER writes one a day, okoshko audit head prints one", path)
		}
		files = append(files, found...)
	}
	return files, nil
}

// codes proves the codes that were written down.
func (c *auditVerify) codes(s streams, tx *storage.Tx) error {
	for _, code := range c.Code {
		if err := audit.HoldsCode(tx, code); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s: holds\n", code)
	}
	return nil
}
