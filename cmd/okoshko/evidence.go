package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"okoshko/assistant/delivery"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

// The evidence of an incident is a tar file, encrypted by age for the owner's
// recipients, or, where none are set, for a key that is sealed in the store. It holds
// no name and no phone:
//
//	incident.json      what was noticed, and how many people it concerns
//	journal-*.jsonl    every entry, ten thousand to a file
//	head.txt, key.txt  the signed head of just these entries, and the key to check it with
//	deliveries.jsonl   what waits for whom, and what was tried
//	egress.jsonl       every time something left the house
//	alarms.json        sessions.json  accounts.json  tokens.json
const (
	evidenceFolder = "evidence" // in the data folder
	evidenceTime   = "20060102T150405.000Z"
	journalPart    = 10_000 // entries in a file
)

// copyEvidence writes the evidence into the data folder.
func (a *appliance) copyEvidence(ctx context.Context, data, incident string) (made privacy.Copy, err error) {
	dir, err := filepath.Abs(filepath.Join(data, evidenceFolder))
	if err != nil {
		return made, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return made, err
	}
	to, err := a.evidenceFor(data, incident, &made)
	if err != nil {
		return made, err
	}
	now := a.now()
	made.File = filepath.Join(dir, fmt.Sprintf("okoshko-evidence-%s-%s.age", incident, now.UTC().Format(evidenceTime)))
	hash := sha256.New()
	err = writePrivate(made.File, func(f io.Writer) error {
		w, err := age.Encrypt(io.MultiWriter(f, hash, counter{&made.Bytes}), to...)
		if err != nil {
			return err
		}
		t := tar.NewWriter(w)
		return errors.Join(a.evidence(ctx, evidence{t, now}, incident), t.Close(), w.Close())
	})
	made.Hash = hex.EncodeToString(hash.Sum(nil))
	return made, err
}

// evidenceFor are the recipients of the copy: the owner's, or a key made for it.
func (a *appliance) evidenceFor(data, incident string, made *privacy.Copy) ([]age.Recipient, error) {
	text, err := os.ReadFile(filepath.Join(data, recipientsFile))
	if err == nil {
		to, err := age.ParseRecipients(bytes.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", recipientsFile, err)
		}
		made.Recipients = len(to)
		return to, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var id *age.X25519Identity
	err = a.db.Update(func(tx *storage.Tx) error {
		kept, err := privacy.EvidenceKey(tx, incident) // of an earlier copy
		if err == nil {
			id, err = age.ParseX25519Identity(kept)
			return err
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if id, err = age.GenerateX25519Identity(); err != nil {
			return err
		}
		return privacy.SetEvidenceKey(tx, incident, id.String())
	})
	if err != nil {
		return nil, err
	}
	return []age.Recipient{id.Recipient()}, nil
}

// counter counts bytes.
type counter struct{ n *int64 }

// Write implements io.Writer.
func (c counter) Write(p []byte) (int, error) { *c.n += int64(len(p)); return len(p), nil }

// evidence is the tar file while it is written.
type evidence struct {
	*tar.Writer
	at time.Time
}

func (e evidence) file(name string, body []byte) error {
	if err := e.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(body)), ModTime: e.at}); err != nil {
		return err
	}
	_, err := e.Write(body)
	return err
}

func (e evidence) json(name string, v any) error {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return e.file(name, body)
}

// evidence writes all files. The store is read in views: nobody waits for it.
func (a *appliance) evidence(ctx context.Context, e evidence, incident string) error {
	var head, public string
	err := a.db.Update(func(tx *storage.Tx) error {
		text, err := audit.Sign(tx, e.at)
		if err == nil {
			public, err = audit.Key(tx)
		}
		head = string(text)
		return err
	})
	if err != nil {
		return err
	}
	i, err := a.assistant.FindIncident(ctx, incident)
	if err != nil {
		return err
	}
	err = errors.Join(e.json("incident.json", i), e.file("head.txt", []byte(head)), e.file("key.txt", []byte(public+"\n")))
	if err != nil {
		return err
	}
	signed, _, err := audit.ReadHead([]byte(head), public)
	if err != nil {
		return err
	}
	return errors.Join(
		a.db.View(func(tx *storage.Tx) error { return e.journal(tx, signed.Size) }),
		a.db.View(e.doings),
		a.evidenceOfStaff(ctx, e),
	)
}

// journal writes the entries below a size.
func (e evidence) journal(tx *storage.Tx, size uint64) (err error) {
	for from := uint64(0); from < size && err == nil; from += journalPart {
		var body bytes.Buffer
		enc := json.NewEncoder(&body)
		for entry := range audit.Entries(tx, from, min(from+journalPart, size), &err) {
			if err := enc.Encode(entry); err != nil {
				return err
			}
		}
		if err == nil {
			err = e.file(fmt.Sprintf("journal-%09d.jsonl", from), body.Bytes())
		}
	}
	return err
}

// allOf bounds lists that are read whole: what is kept of a month.
const allOf = 1 << 20

// doings writes how deliveries and alarms stand.
func (e evidence) doings(tx *storage.Tx) error {
	deliveries, err := outbox.Deliveries(tx, outbox.Filter{Limit: allOf})
	if err != nil {
		return err
	}
	egress, err := delivery.Ledger(tx, allOf)
	if err != nil {
		return err
	}
	alarms, err := privacy.Alarms(tx, allOf)
	if err != nil {
		return err
	}
	return errors.Join(lines(e, "deliveries.jsonl", deliveries), lines(e, "egress.jsonl", egress), e.json("alarms.json", alarms))
}

func lines[T any](e evidence, name string, all []T) error {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	for _, one := range all {
		if err := enc.Encode(one); err != nil {
			return err
		}
	}
	return e.file(name, body.Bytes())
}

// evidenceOfStaff writes who is signed in, and who could.
func (a *appliance) evidenceOfStaff(ctx context.Context, e evidence) error {
	sessions, err := a.staff.Sessions(ctx)
	if err != nil {
		return err
	}
	accounts, err := a.staff.Accounts(ctx)
	if err != nil {
		return err
	}
	tokens, err := a.staff.Tokens(ctx)
	if err != nil {
		return err
	}
	return errors.Join(e.json("sessions.json", sessions), e.json("accounts.json", accounts), e.json("tokens.json", tokens))
}

// openEvidence decrypts a copy and checks it against the hash that the journal has.
func (a *appliance) openEvidence(i privacy.Incident, by []age.Identity, to io.Writer) error {
	if i.Copy.Recipients == 0 {
		var key string
		if err := a.db.View(func(tx *storage.Tx) (err error) { key, err = privacy.EvidenceKey(tx, i.ID); return err }); err != nil {
			return err
		}
		id, err := age.ParseX25519Identity(strings.TrimSpace(key))
		if err != nil {
			return err
		}
		by = []age.Identity{id}
	}
	if len(by) == 0 {
		return errors.New("the copy is for the owner's recipients: name the identity by --identity FILE")
	}
	f, err := os.Open(i.Copy.File)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return err
	}
	if hex.EncodeToString(hash.Sum(nil)) != i.Copy.Hash {
		return fmt.Errorf("%s: %w", i.Copy.File, errEvidence)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	plain, err := age.Decrypt(f, by...)
	if err != nil {
		return fmt.Errorf("%s: %w", i.Copy.File, notOpened(err))
	}
	_, err = io.Copy(to, plain)
	return err
}

var errEvidence = errors.New("not the copy whose hash is in the journal: it was changed or exchanged")
