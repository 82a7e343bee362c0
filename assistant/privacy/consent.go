package privacy

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

// Purposes of processing. Each has its own text and its own consent.
const PurposeBooking = "booking"

// ConsentText is one version of what a person is asked to agree to. Versions
// never change: a changed text is another version.
type ConsentText struct {
	Version    string    `json:"version"` // hash of the rest, 16 hexadecimal letters
	Purpose    string    `json:"purpose"`
	Lang       string    `json:"lang"`
	Title      string    `json:"title"`
	Paragraphs []string  `json:"paragraphs"`
	Since      time.Time `json:"since"` // first served
}

// Consent is the record of one agreement, kept as proof.
type Consent struct {
	Contact   string    `json:"contact,omitempty"` // whose it is
	Purpose   string    `json:"purpose"`
	Version   string    `json:"version"` // of the text
	Lang      string    `json:"lang"`
	At        time.Time `json:"at"`
	Pressed   string    `json:"pressed"` // what was pressed, or «said» where it was typed
	Page      string    `json:"page,omitempty"`
	Address   string    `json:"address,omitempty"`
	Widget    string    `json:"widget,omitempty"` // build
	By        string    `json:"by,omitempty"`     // account of the member of staff to whom it was said; "" where the visitor gave it here
	Withdrawn time.Time `json:"withdrawn,omitzero"`
}

var (
	texts    = storage.NewTable[ConsentText]("privacy.consent.texts")                                                     // by version
	consents = storage.NewTable[Consent]("privacy.consents").Owned(func(_ []byte, c Consent) string { return c.Contact }) // by conversation, then time
)

// NewConsentText makes a version of a text. The hash covers every letter shown.
func NewConsentText(purpose, lang, title string, paragraphs []string) ConsentText {
	h := sha256.New()
	for _, s := range append([]string{purpose, lang, title}, paragraphs...) {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return ConsentText{
		Version: hex.EncodeToString(h.Sum(nil))[:16], Purpose: purpose, Lang: lang,
		Title: title, Paragraphs: paragraphs,
	}
}

// Publish keeps a text for ever. A version that is already kept stays as it is.
func Publish(tx *storage.Tx, t ConsentText, now time.Time) error {
	_, err := texts.Get(tx, []byte(t.Version))
	if err == nil {
		return nil
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("consent text %s: %w", t.Version, err)
	}
	t.Since = now
	return texts.Put(tx, []byte(t.Version), t)
}

// Text returns the version of a text, or [storage.ErrNotFound].
func Text(tx *storage.Tx, version string) (ConsentText, error) {
	t, err := texts.Get(tx, []byte(version))
	if err != nil {
		return t, fmt.Errorf("consent text %s: %w", version, err)
	}
	return t, nil
}

// Give records an agreement of the visitor of a conversation and tells the
// outbox and the journal.
func Give(tx *storage.Tx, conversation, contact string, c Consent) error {
	c.Contact = contact
	if err := consents.Put(tx, consentKey(conversation, c.At), c); err != nil {
		return fmt.Errorf("consent of %s: %w", conversation, err)
	}
	data := map[string]string{"contact": contact, "purpose": c.Purpose, "version": c.Version}
	if _, err := outbox.Append(tx, "consent.given", contact, c.At, data); err != nil {
		return err
	}
	return audit.Append(tx, audit.Entry{At: c.At, Actor: cmp.Or(c.By, "visitor"), Action: "consent.give", Object: conversation, Reason: c.Version})
}

// Withdraw marks every agreement of the conversation as withdrawn.
func Withdraw(tx *storage.Tx, conversation, contact string, now time.Time) error {
	all, err := Consents(tx, conversation)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !c.Withdrawn.IsZero() {
			continue
		}
		c.Withdrawn = now
		if err := consents.Put(tx, consentKey(conversation, c.At), c); err != nil {
			return fmt.Errorf("consent of %s: %w", conversation, err)
		}
	}
	if _, err := outbox.Append(tx, "consent.withdrawn", contact, now, map[string]string{"contact": contact}); err != nil {
		return err
	}
	return audit.Append(tx, audit.Entry{At: now, Actor: "visitor", Action: "consent.withdraw", Object: conversation})
}

// Consents lists the agreements of the visitor of a conversation, oldest first.
func Consents(tx *storage.Tx, conversation string) (all []Consent, err error) {
	from, to := consentRange(conversation)
	for _, c := range consents.Range(tx, from, to, &err) {
		all = append(all, c)
	}
	return all, err
}

func forgetConsents(tx *storage.Tx, conversation string) (err error) {
	from, to := consentRange(conversation)
	var keys [][]byte
	for k := range consents.Range(tx, from, to, &err) {
		keys = append(keys, k)
	}
	for _, k := range keys {
		err = errors.Join(err, consents.Delete(tx, k))
	}
	return err
}

func consentKey(conversation string, at time.Time) []byte {
	return binary.BigEndian.AppendUint64([]byte(conversation+"/"), uint64(at.UnixNano()))
}

func consentRange(conversation string) (from, to []byte) {
	return []byte(conversation + "/"), []byte(conversation + "0") // '0' follows '/'
}
