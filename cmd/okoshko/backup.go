package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"filippo.io/age"

	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/vault"
)

// A backup is two files, encrypted by age for the owner's recipients: the store,
// sealed as it is, which may be kept for long; and the keys, which must not: as
// long as a copy of the keys from before an erasure exists, so does, with a copy
// of the store, who was erased. Inside age each begins with a line of JSON, a
// [backupHead].
const (
	backupFormat   = 1
	kindData       = "data"
	kindKeys       = "keys"
	backupTime     = "20060102T150405Z"
	recipientsFile = "recipients.txt" // in the data folder: one age recipient a line
)

type backupHead struct {
	Okoshko string    `json:"okoshko"` // kindData or kindKeys
	Format  int       `json:"format"`
	At      time.Time `json:"at"`
	Clinic  []byte    `json:"clinic,omitempty"` // the clinic file, with the data
	Slots   []byte    `json:"slots,omitempty"`  // with the keys
	Ring    []byte    `json:"ring,omitempty"`
}

type backupCommand struct {
	dataFlags
	Dir      string        `arg:"" help:"Folder to write the two files into."`
	To       []string      `placeholder:"AGE" help:"Recipients (age1…); default: recipients.txt in the data folder, which okoshko key backup makes."`
	KeepKeys time.Duration `default:"336h" help:"Older backups of the keys in that folder are deleted: after this time an erasure holds for backups too."`
	KeepData time.Duration `default:"8760h" help:"Older backups of the store in that folder are deleted."`
}

// Run makes a backup, also while the appliance runs.
func (c *backupCommand) Run(s streams) error {
	return c.with(func(db *storage.DB) error {
		to, err := c.recipients()
		if err != nil {
			return err
		}
		now := time.Now().UTC()
		if err := db.Update(func(tx *storage.Tx) error {
			return audit.Append(tx, audit.Entry{At: now, Actor: "owner", Action: "store.backup", Reason: fmt.Sprintf("%d recipients", len(to))})
		}); err != nil {
			return err
		}
		dir := c.call.path(c.Dir)
		data, err := c.writeData(db, dir, to, now)
		if err != nil {
			return err
		}
		keys, err := writeKeys(db.Vault(), dir, to, now) // after the data: no key is missing
		if err != nil {
			return err
		}
		head, err := writeHead(db, dir, now)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s\n%s\n%s\nNot in them: the secret that opens the keys. Keep the recovery key and the age identity apart.\n", data, keys, head)
		return errors.Join(expire(dir, kindData, now.Add(-c.KeepData)), expire(dir, kindKeys, now.Add(-c.KeepKeys)))
	})
}

func (c *backupCommand) recipients() ([]age.Recipient, error) {
	text := strings.Join(c.To, "\n")
	if len(c.To) == 0 {
		data, err := os.ReadFile(filepath.Join(c.Data, recipientsFile))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("found no recipients: name one by --to age1…, or make a pair by okoshko key backup FILE")
		}
		if err != nil {
			return nil, err
		}
		text = string(data)
	}
	to, err := age.ParseRecipients(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("recipients: %w", err)
	}
	return to, nil
}

func (c *backupCommand) writeData(db *storage.DB, dir string, to []age.Recipient, now time.Time) (string, error) {
	head := backupHead{Okoshko: kindData, Format: backupFormat, At: now}
	if text, err := os.ReadFile(filepath.Join(c.Data, clinicFile)); err == nil {
		head.Clinic = text
	}
	return writeBackup(dir, head, to, func(w io.Writer) error { _, err := db.WriteTo(w); return err })
}

func writeKeys(v *vault.Vault, dir string, to []age.Recipient, now time.Time) (string, error) {
	head := backupHead{Okoshko: kindKeys, Format: backupFormat, At: now}
	var err error
	if head.Slots, head.Ring, err = v.Copy(); err != nil {
		return "", err
	}
	return writeBackup(dir, head, to, func(io.Writer) error { return nil })
}

// writeHead writes the journal's signed head beside the backup: away from the
// machine it proves later that nothing before it was changed or put back.
func writeHead(db *storage.DB, dir string, now time.Time) (name string, err error) {
	var text []byte
	if err := db.Update(func(tx *storage.Tx) (err error) { text, err = audit.Sign(tx, now); return err }); err != nil {
		return "", err
	}
	return audit.WriteHead(dir, now, text)
}

// writeBackup writes one file, whole or not at all.
func writeBackup(dir string, head backupHead, to []age.Recipient, body func(io.Writer) error) (string, error) {
	temp, err := os.CreateTemp(dir, "okoshko-*.part") // mode 0600
	if err != nil {
		return "", err
	}
	defer os.Remove(temp.Name())
	err = encrypt(temp, head, to, body)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return "", err
	}
	name := filepath.Join(dir, fmt.Sprintf("okoshko-%s-%s.age", head.Okoshko, head.At.Format(backupTime)))
	return name, os.Rename(temp.Name(), name)
}

func encrypt(to io.Writer, head backupHead, recipients []age.Recipient, body func(io.Writer) error) error {
	w, err := age.Encrypt(to, recipients...)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(w).Encode(head); err != nil {
		return err
	}
	return errors.Join(body(w), w.Close())
}

var backupName = regexp.MustCompile(`^okoshko-(data|keys)-(\d{8}T\d{6}Z)\.age$`)

// expire deletes backups of a kind that were made before a time.
func expire(dir, kind string, before time.Time) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		m := backupName.FindStringSubmatch(e.Name())
		if m == nil || m[1] != kind {
			continue
		}
		if at, parseErr := time.Parse(backupTime, m[2]); parseErr == nil && at.Before(before) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// maxHead is bytes of a backup's first line: keys of three million people.
const maxHead = 256 << 20

// openBackup decrypts a backup of a kind; body is what follows its head.
func openBackup(file, kind string, by []age.Identity) (head backupHead, body io.Reader, close func() error, err error) {
	f, err := os.Open(file)
	if err != nil {
		return head, nil, nil, err
	}
	fail := func(err error) (backupHead, io.Reader, func() error, error) {
		return backupHead{}, nil, nil, errors.Join(fmt.Errorf("%s: %w", file, err), f.Close())
	}
	plain, err := age.Decrypt(f, by...)
	if err != nil {
		return fail(notOpened(err))
	}
	in := bufio.NewReader(plain)
	line, err := readLine(in)
	if err != nil {
		return fail(fmt.Errorf("damaged or cut short: %w", err))
	}
	switch err := json.Unmarshal(line, &head); {
	case err != nil || head.Okoshko != kindData && head.Okoshko != kindKeys:
		return fail(errors.New("not a backup of okoshko"))
	case head.Format > backupFormat:
		return fail(fmt.Errorf("written by a newer okoshko: format %d, this one reads up to %d", head.Format, backupFormat))
	case head.Okoshko != kind:
		return fail(fmt.Errorf("a backup of the %s, expected one of the %s", head.Okoshko, kind))
	}
	return head, in, f.Close, nil
}

// notOpened says why a file does not open; what age says of its beginning may quote
// it, and a wrong file may be anybody's letter.
func notOpened(err error) error {
	var other *age.NoIdentityMatchError
	if errors.As(err, &other) {
		return fmt.Errorf("does not open with this identity: %w", err)
	}
	return errors.New("does not open with this identity: damaged, or not written by okoshko backup")
}

func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(line) > maxHead:
			return nil, errors.New("the first line is too long")
		}
	}
}
