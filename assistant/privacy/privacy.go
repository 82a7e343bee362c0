// Package privacy keeps what makes a visitor a person: contacts, what they
// agreed to, and the tags that stand for personal data in everything else.
//
// Names, phones and addresses live in the contact table and nowhere else; other
// rooms hold contact ids. It knows no dialog and no calendar.
package privacy

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"okoshko/storage"
	"okoshko/storage/audit"
)

// Contact is an identified person. It is written only under a consent.
type Contact struct {
	ID           string    `json:"id"`
	Conversation string    `json:"conversation"`
	Name         string    `json:"name,omitempty"`
	Phone        string    `json:"phone,omitempty"` // E.164
	Email        string    `json:"email,omitempty"`
	Lang         string    `json:"lang,omitempty"`
	Created      time.Time `json:"created"`
	Changed      time.Time `json:"changed"`
	// Restricted is since when nothing may be done with the data but keep it,
	// until what is in question is settled; zero for no restriction.
	Restricted time.Time `json:"restricted,omitzero"`
}

// ErrNoConsent: nothing personal is stored without a consent in force.
var ErrNoConsent = errors.New("no consent in force")

// LogValue keeps a contact out of logs: only its id is written.
func (c Contact) LogValue() slog.Value { return slog.StringValue(c.ID) }

// String keeps a contact out of error texts.
func (c Contact) String() string { return "contact " + c.ID }

var (
	// contacts are sealed each under a key of its own, which Erase destroys.
	contacts = storage.NewTable[Contact]("privacy.contacts").Owned(func(key []byte, _ Contact) string { return string(key) })
	// phones lead from a keyed hash of a phone, then contact id, to that id.
	phones = storage.NewTable[string]("privacy.phones").Derived().Owned(func(_ []byte, id string) string { return id })
)

// NewContact returns a contact without personal data, not yet stored.
func NewContact(conversation, lang string, now time.Time) Contact {
	return Contact{ID: "c_" + strings.ToLower(rand.Text()[:16]), Conversation: conversation, Lang: lang, Created: now}
}

// Save writes c.
func Save(tx *storage.Tx, c Contact, now time.Time) error {
	old, err := contacts.Get(tx, []byte(c.ID))
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("contact %s: %w", c.ID, err)
	}
	if old.Phone != c.Phone {
		if err := unlist(tx, old); err != nil {
			return err
		}
	}
	if err := list(tx, c); err != nil {
		return err
	}
	c.Changed = now
	return contacts.Put(tx, []byte(c.ID), c)
}

// Get returns the contact called id, or [storage.ErrNotFound].
func Get(tx *storage.Tx, id string) (Contact, error) {
	c, err := contacts.Get(tx, []byte(id))
	if err != nil {
		return c, fmt.Errorf("contact %s: %w", id, err)
	}
	return c, nil
}

// Reveal returns the contact called id to a member of staff, and writes to the
// journal who read it and why.
func Reveal(tx *storage.Tx, id, actor, reason string, now time.Time) (Contact, error) {
	c, err := Get(tx, id)
	if err != nil {
		return c, err
	}
	return c, errors.Join(
		ring(tx, id, actor, now),
		audit.Append(tx, audit.Entry{At: now, Actor: actor, Action: "contact.reveal", Object: id, Reason: reason}),
	)
}

// Read writes to the journal that a contact was read, and why; an invented
// contact rings.
func Read(tx *storage.Tx, id, actor, action string, now time.Time) error {
	return errors.Join(
		ring(tx, id, actor, now),
		audit.Append(tx, audit.Entry{At: now, Actor: actor, Action: action, Object: id}),
	)
}

// Restrict ends the use of a contact's data, or allows it again: it stays, and
// is told to no receiver.
func Restrict(tx *storage.Tx, id string, on bool, actor string, now time.Time) (Contact, error) {
	c, err := Get(tx, id)
	if err != nil {
		return c, err
	}
	action := "contact.unrestrict"
	c.Restricted = time.Time{}
	if on {
		action, c.Restricted = "contact.restrict", now
	}
	return c, errors.Join(
		Save(tx, c, now),
		audit.Append(tx, audit.Entry{At: now, Actor: actor, Action: action, Object: id}),
	)
}

// ByPhone lists the ids of the contacts that have this phone (E.164).
func ByPhone(tx *storage.Tx, phone string) (ids []string, err error) {
	hash, err := tx.Lookup("phone", phone)
	if err != nil {
		return nil, err
	}
	from, to := storage.Prefix(hash)
	for _, id := range phones.Range(tx, from, to, &err) {
		ids = append(ids, id)
	}
	return ids, err
}

// list makes a contact found by its phone, where it has one.
func list(tx *storage.Tx, c Contact) error {
	if c.Phone == "" {
		return nil
	}
	hash, err := tx.Lookup("phone", c.Phone)
	if err == nil {
		err = phones.Put(tx, append(hash, c.ID...), c.ID)
	}
	if err != nil {
		return fmt.Errorf("contact %s: %w", c.ID, err)
	}
	return nil
}

// unlist ends that a contact is found by its phone.
func unlist(tx *storage.Tx, c Contact) error {
	if c.Phone == "" {
		return nil
	}
	hash, err := tx.Lookup("phone", c.Phone)
	if err == nil {
		err = phones.Delete(tx, append(hash, c.ID...))
	}
	if err != nil {
		return fmt.Errorf("contact %s: %w", c.ID, err)
	}
	return nil
}

// remove deletes the contact and its index entry.
func remove(tx *storage.Tx, id string) error {
	c, err := contacts.Get(tx, []byte(id))
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(unlist(tx, c), contacts.Delete(tx, []byte(id)))
}

// Reindex makes the lookup by phone, which is empty: see [storage.DB.Derive].
func Reindex(tx *storage.Tx) error {
	return Each(tx, func(c Contact) error { return list(tx, c) })
}

// Erase deletes the contact and what the visitor of the conversation agreed to,
// destroys the key that sealed them, and writes that to the journal. The caller
// erases what other rooms hold.
func Erase(tx *storage.Tx, contact, conversation, actor string, now time.Time) error {
	if contact != "" {
		if err := remove(tx, contact); err != nil {
			return fmt.Errorf("erase contact %s: %w", contact, err)
		}
	}
	if err := forgetConsents(tx, conversation); err != nil {
		return fmt.Errorf("erase consents of %s: %w", conversation, err)
	}
	if err := tx.Shred(contact); err != nil {
		return fmt.Errorf("erase contact %s: %w", contact, err)
	}
	return audit.Append(tx, audit.Entry{At: now, Actor: actor, Action: "contact.erase", Object: conversation})
}

// ShowPhone writes an E.164 number as people do: «+7 843 200-00-00».
func ShowPhone(e164 string) string {
	n, err := phonenumbers.Parse(e164, "RU")
	if err != nil {
		return e164
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}

// HidePhone shows enough of a number to tell it from another and too little to
// call it: «+7 917 ···-··-78».
func HidePhone(e164 string) string {
	shown := []rune(ShowPhone(e164))
	digits := 0
	for _, r := range shown {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	seen := 0
	for i, r := range shown {
		if r < '0' || r > '9' {
			continue
		}
		seen++
		if seen > 4 && seen <= digits-2 {
			shown[i] = '·'
		}
	}
	return string(shown)
}

// Each calls fn with every contact, until it returns an error.
func Each(tx *storage.Tx, fn func(Contact) error) (err error) {
	for _, c := range contacts.Range(tx, nil, nil, &err) {
		if err := fn(c); err != nil {
			return err
		}
	}
	return err
}
