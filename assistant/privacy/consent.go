package privacy

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

// Purposes of processing. Each has its own text and its own consent.
const (
	PurposeBooking     = "booking"     // the visit itself, and what is said about it here
	PurposeReminders   = "reminders"   // of visits, by other systems
	PurposeAdvertising = "advertising" // news and offers, which only other systems send
)

// Purposes lists the purposes in the order in which they are asked for.
func Purposes() []string { return []string{PurposeBooking, PurposeReminders, PurposeAdvertising} }

// ConsentText is one version of what a person is asked to agree to. Versions
// never change: a changed text is another version.
type ConsentText struct {
	Version    string    `json:"version"` // hash of the rest, 16 hexadecimal letters
	Purpose    string    `json:"purpose"`
	Basis      string    `json:"basis,omitempty"` // of the law; "" in texts older than this word: consent
	Lang       string    `json:"lang"`
	Title      string    `json:"title"`
	Paragraphs []string  `json:"paragraphs"`
	Receivers  []string  `json:"receivers,omitempty"` // systems that it names
	Since      time.Time `json:"since"`               // first served
}

// Consent is the record of one agreement, kept as proof.
type Consent struct {
	Contact   string    `json:"contact,omitempty"` // whose it is
	Purpose   string    `json:"purpose"`
	Basis     string    `json:"basis,omitempty"` // of the law; "" in records older than this word: consent
	Version   string    `json:"version"`         // of the text
	Lang      string    `json:"lang"`
	At        time.Time `json:"at"`
	Pressed   string    `json:"pressed"` // what was pressed, or «said» where it was typed
	Page      string    `json:"page,omitempty"`
	Address   string    `json:"address,omitempty"`
	Widget    string    `json:"widget,omitempty"` // build
	By        string    `json:"by,omitempty"`     // account of the member of staff to whom it was said; "" where the visitor gave it here
	Withdrawn time.Time `json:"withdrawn,omitzero"`
	// WithdrawnBy is the account of the member of staff to whom the withdrawal was said.
	WithdrawnBy string `json:"withdrawn_by,omitempty"`
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
	if err := keep(tx, conversation, c); err != nil {
		return err
	}
	return errors.Join(tell(tx, "consent.given", c, c.At),
		audit.Append(tx, audit.Entry{At: c.At, Actor: cmp.Or(c.By, "visitor"), Action: "consent.give", Object: conversation, Reason: c.Purpose + " " + c.Version}))
}

// keep stores a new record. Two of one instant do not replace each other.
func keep(tx *storage.Tx, conversation string, c Consent) error {
	at := c.At
	for {
		_, err := consents.Get(tx, consentKey(conversation, at))
		if errors.Is(err, storage.ErrNotFound) {
			break
		}
		if err != nil {
			return fmt.Errorf("consent of %s: %w", conversation, err)
		}
		at = at.Add(1)
	}
	c.At = at
	if err := consents.Put(tx, consentKey(conversation, at), c); err != nil {
		return fmt.Errorf("consent of %s: %w", conversation, err)
	}
	return nil
}

// tell puts what became of a consent into the outbox.
func tell(tx *storage.Tx, event string, c Consent, at time.Time) error {
	data := map[string]string{"contact": c.Contact, "purpose": c.Purpose, "basis": c.Basis, "version": c.Version}
	if c.Basis == "" {
		delete(data, "basis")
	}
	_, err := outbox.Append(tx, event, c.Contact, at, data)
	return err
}

// Withdraw marks the agreements of the conversation to a purpose as withdrawn, or
// with [PurposeBooking] those to every purpose: without the visit there is nothing
// to remind of and nobody to write to. by is an account's id, "" for the visitor.
// A purpose with no agreement in force is told to nobody.
func Withdraw(tx *storage.Tx, conversation, purpose, by string, now time.Time) error {
	all, err := Consents(tx, conversation)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !c.Withdrawn.IsZero() || purpose != PurposeBooking && c.Purpose != purpose {
			continue
		}
		c.Withdrawn, c.WithdrawnBy = now, by
		if err := consents.Put(tx, consentKey(conversation, c.At), c); err != nil {
			return fmt.Errorf("consent of %s: %w", conversation, err)
		}
		if err := withdrawn(tx, conversation, c, now); err != nil {
			return err
		}
	}
	return nil
}

func withdrawn(tx *storage.Tx, conversation string, c Consent, now time.Time) error {
	return errors.Join(tell(tx, "consent.withdrawn", c, now),
		audit.Append(tx, audit.Entry{At: now, Actor: cmp.Or(c.WithdrawnBy, "visitor"), Action: "consent.withdraw", Object: conversation, Reason: c.Purpose + " " + c.Version}))
}

// Object records that a person does not want what is done for another basis than
// their agreement: c, which was never given, is withdrawn from the start.
func Object(tx *storage.Tx, conversation, contact string, c Consent) error {
	c.Contact, c.Withdrawn, c.WithdrawnBy = contact, c.At, c.By
	return errors.Join(keep(tx, conversation, c), withdrawn(tx, conversation, c, c.At))
}

// Refuse writes to the journal that the visitor was asked and said no.
func Refuse(tx *storage.Tx, conversation string, c Consent) error {
	return audit.Append(tx, audit.Entry{At: c.At, Actor: "visitor", Action: "consent.refuse", Object: conversation, Reason: c.Purpose + " " + c.Version})
}

// Latest returns the newest of the records that is about a purpose. It is in force
// where Withdrawn is zero. Error: [storage.ErrNotFound].
func Latest(all []Consent, purpose string) (Consent, error) {
	for _, c := range slices.Backward(all) {
		if c.Purpose == purpose {
			return c, nil
		}
	}
	return Consent{}, fmt.Errorf("consent to %s: %w", purpose, storage.ErrNotFound)
}

// InForce reports whether a purpose has been agreed to and not withdrawn.
func InForce(all []Consent, purpose string) bool {
	c, err := Latest(all, purpose)
	return err == nil && c.Withdrawn.IsZero()
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
