package assistant

import (
	"errors"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
	"okoshko/storage"
)

// A further purpose, reminders by other systems or advertising, is asked about apart
// from the visit: once it is booked, in a turn of its own, one purpose at a time. The
// answer is a button that names the purpose and the version of its text, or a yes or
// no that says nothing else and is the next thing that the visitor writes. Whatever
// else they write drops the question.

// Asking is the further purpose that the newest reply asks about.
type Asking struct {
	Purpose string    `json:"purpose"`
	Version string    `json:"version"` // of the text that it shows
	At      time.Time `json:"at"`
}

// AskedBefore is what came of asking about a purpose.
type AskedBefore struct {
	Times   int       `json:"times"`
	Refused time.Time `json:"refused,omitzero"`
}

const (
	// mostAsked is how often one visitor is asked about a purpose who does not answer.
	mostAsked = 2
	// readingTakes is less than anybody needs to read the question: a yes that comes
	// sooner was meant for what stood there before.
	readingTakes = time.Second
	// mayMean is for how long after the question a plain yes may still be meant for it
	// although the house has said something else meanwhile.
	mayMean = 5 * time.Minute
)

// purposeID is the button agree/PURPOSE/VERSION or decline/PURPOSE/VERSION.
func purposeID(verb string, text privacy.ConsentText) string {
	return verb + "/" + text.Purpose + "/" + text.Version
}

// expectsPurpose reports whether the turn may answer the question about a further
// purpose: it is the next one after it, and came no sooner than it could be read.
func (st *State) expectsPurpose(seq uint64, now time.Time) bool {
	return st.Asking != nil && st.Asked == ExpectPurpose && seq == st.AskedAt+1 && now.Sub(st.Asking.At) >= readingTakes
}

// purposeAnswer reads the answer to a question about a purpose; ok is false where the
// message says anything else, names another purpose, or asks something.
func purposeAnswer(r nlu.Reading, purpose string, question bool) (agreed, ok bool) {
	yes, no := false, false
	for _, c := range r.Commands {
		switch {
		case c.Do == nlu.Greet, c.Do == nlu.Thanks:
		case c.Do == nlu.Affirm && (c.Value == "" || c.Value == purpose):
			yes = true
		case c.Do == nlu.Deny && c.Field == "", c.Do == nlu.Withdraw && (c.Value == purpose || c.Value == nlu.ValueMessages):
			no = true
		default:
			return false, false
		}
	}
	return yes, yes != no && !question && r.Alarm == "" && r.Covered >= spokenCovered
}

// purpose takes the answer to the question about a further purpose, or drops it.
func (t *turn) purpose() (answered bool) {
	asking := t.st.Asking
	if t.st.Asking = nil; t.st.Asked == ExpectPurpose {
		t.st.Asked, t.st.Choices = ExpectMore, nil
	}
	if asking == nil || t.in.Purpose == "" {
		return false
	}
	t.heard = true
	t.out.effect(effectPurpose, t.in.Purpose+"/"+asking.Purpose+"/"+asking.Version)
	return true
}

// pressPurpose takes the answer of a button. One to a text that has changed has the
// question asked again.
func (t *turn) pressPurpose(id string) {
	t.moved = true
	t.out.effect(effectPurpose, id)
}

// answerPurpose does what a button, or words that mean the same, answer: ID, and how
// it was said.
func (d *deed) answerPurpose(id, how string) error {
	parts := strings.Split(id, "/")
	if len(parts) != 3 {
		return nil
	}
	verb, purpose, version := parts[0], parts[1], parts[2]
	text, known := d.h.version(purpose, version)
	switch {
	case purpose == privacy.PurposeBooking:
		return nil // has a step of its own
	case verb == "decline":
		return d.declinePurpose(purpose, version)
	case d.h.basis(purpose) != clinic.BasisConsent || d.st.Consent == "":
		d.say("stale", nil)
		return nil
	case !known:
		d.say("consent.changed", nil)
		d.next = purpose
		return nil
	}
	all, err := privacy.Consents(d.tx, d.conversation)
	if err != nil {
		return err
	}
	d.say("purpose.agreed."+purpose, nil)
	if c, err := privacy.Latest(all, purpose); err == nil && c.Withdrawn.IsZero() && c.Version == version {
		return nil // pressed twice
	}
	d.st.remember(purpose, func(b *AskedBefore) { b.Refused = time.Time{} })
	return privacy.Give(d.tx, d.conversation, d.st.Contact, privacy.Consent{
		Purpose: purpose, Basis: text.Basis, Version: version, Lang: text.Lang, At: d.now, Pressed: how,
		Page: d.st.Page, Address: d.memory.address, Widget: d.st.Widget,
	})
}

// declinePurpose remembers a no, which costs nothing. It ends what was agreed to
// before: an old button says the same as words.
func (d *deed) declinePurpose(purpose, version string) error {
	if !slices.Contains(privacy.Purposes(), purpose) {
		return nil
	}
	all, err := privacy.Consents(d.tx, d.conversation)
	if err != nil {
		return err
	}
	if privacy.InForce(all, purpose) {
		return d.withdrawPurposes(purpose)
	}
	d.say("purpose.refused."+purpose, nil)
	d.st.remember(purpose, func(b *AskedBefore) { b.Refused = d.now })
	return privacy.Refuse(d.tx, d.conversation, privacy.Consent{Purpose: purpose, Version: version, At: d.now})
}

// remember notes what came of asking about a purpose.
func (st *State) remember(purpose string, change func(*AskedBefore)) {
	if st.Purposes == nil {
		st.Purposes = make(map[string]AskedBefore)
	}
	b := st.Purposes[purpose]
	change(&b)
	st.Purposes[purpose] = b
}

// meantBy are the further purposes that a wish to hear no more is about.
func meantBy(value string) []string {
	if value == nlu.ValueMessages {
		return []string{privacy.PurposeReminders, privacy.PurposeAdvertising}
	}
	return []string{value}
}

// withdrawPurposes takes back the agreement to further purposes, at the visitor's
// word, or notes that they do not want what is done on another basis.
func (d *deed) withdrawPurposes(value string) error {
	said := false
	for _, purpose := range meantBy(value) {
		d.st.remember(purpose, func(b *AskedBefore) { b.Refused = d.now })
		stopped, err := d.a.stopPurpose(d.tx, d.h, stop{conversation: d.conversation, contact: d.st.Contact, purpose: purpose, pressed: "said"}, d.now)
		if err != nil {
			return err
		}
		if stopped {
			d.say("purpose.stopped."+purpose, nil)
			said = true
		}
	}
	if !said {
		d.say("purpose.none."+meantBy(value)[0], nil)
	}
	return nil
}

// stop is the end of a further purpose for one person.
type stop struct {
	conversation, contact, purpose string
	pressed                        string // how the visitor said so
	via, by                        string // or how, and to which account, they said it to the staff
}

// stopPurpose ends a further purpose. stopped is false where nothing was in force.
func (a *Assistant) stopPurpose(tx *storage.Tx, h *house, s stop, now time.Time) (stopped bool, err error) {
	all, err := privacy.Consents(tx, s.conversation)
	if err != nil {
		return false, err
	}
	last, lastErr := privacy.Latest(all, s.purpose)
	switch {
	case lastErr == nil && last.Withdrawn.IsZero():
		err = privacy.Withdraw(tx, s.conversation, s.purpose, s.by, now)
	case h.basis(s.purpose) == clinic.BasisContract && s.contact != "" && lastErr != nil:
		text := h.text(s.purpose, h.clinic.Languages[0])
		err = privacy.Object(tx, s.conversation, s.contact, privacy.Consent{
			Purpose: s.purpose, Basis: text.Basis, Version: text.Version, Lang: text.Lang, At: now, Pressed: s.pressed, By: s.by,
		})
	default:
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, a.metDemand(tx, h, privacy.Demand{
		Right: privacy.RightWithdraw, Purpose: s.purpose, Contact: s.contact, Conversation: s.conversation, Via: s.via,
	}, s.by)
}

// askNext chooses the further purpose to ask about after what was just done; none
// where everything was asked, or something else waits for an answer.
func (d *deed) askNext() error {
	if d.st.Consent == "" || d.st.Contact == "" || len(d.offers) > 0 {
		return nil
	}
	all, err := privacy.Consents(d.tx, d.conversation)
	if err != nil {
		return err
	}
	for _, purpose := range d.h.purposes() {
		before := d.st.Purposes[purpose]
		if purpose == privacy.PurposeBooking || d.h.basis(purpose) != clinic.BasisConsent || !before.Refused.IsZero() || before.Times >= mostAsked {
			continue
		}
		last, err := privacy.Latest(all, purpose)
		if err == nil && (!last.Withdrawn.IsZero() || d.h.covered(d.tx, last)) {
			continue
		}
		d.next = purpose
		return nil
	}
	return nil
}

// covered reports whether what was agreed to names all who are concerned today.
func (h *house) covered(tx *storage.Tx, c privacy.Consent) bool {
	text, err := privacy.Text(tx, c.Version)
	if err != nil {
		return false
	}
	named, unnamed := h.told(c.Purpose)
	return !slices.ContainsFunc(slices.Concat(named, unnamed), func(r string) bool { return !slices.Contains(text.Receivers, r) })
}

// question is the turn that asks about a further purpose: nothing else is in it.
func (d *deed) purposeTurn() Turn {
	text, lang := d.h.text(d.next, d.st.Lang), d.st.Lang
	q := Turn{
		At: d.now, From: FromAssistant, Text: prompts.Say(lang, "purpose.ask."+d.next, nil), Expects: ExpectPurpose, Consent: text.Version,
		Buttons: []Button{
			{purposeID("agree", text), prompts.Say(lang, "purpose.yes."+d.next, nil)},
			{purposeID("decline", text), prompts.Say(lang, "purpose.no."+d.next, nil)},
		},
	}
	d.st.remember(d.next, func(b *AskedBefore) { b.Times++ })
	d.st.Asking = &Asking{d.next, text.Version, d.now}
	d.st.Asked, d.st.AskedAt, d.st.Choices = ExpectPurpose, d.st.Seq+2, nil
	for _, b := range q.Buttons {
		d.st.Choices = append(d.st.Choices, b.ID)
	}
	return q
}

// The reasons why no other system is told to remind of a visit.
const (
	unremindedOff        = "off"        // nobody takes reminders, or the clinic's file has them off
	unremindedNoConsent  = "noconsent"  // the person was not asked, or has refused
	unremindedWithdrawn  = "withdrawn"  // they have taken it back
	unremindedRestricted = "restricted" // the use of their data is suspended
	unremindedUncovered  = "uncovered"  // what they agreed to names others than those of today
)

// unreminded is why other systems must not be told to remind a contact, "" where they
// may be. It is asked when a reminder is written, and again when it leaves.
func (h *house) unreminded(tx *storage.Tx, contact privacy.Contact) (why string, err error) {
	switch {
	case h.basis(privacy.PurposeReminders) == clinic.BasisNone:
		return unremindedOff, nil
	case contact.ID == "":
		return unremindedNoConsent, nil
	case !contact.Restricted.IsZero():
		return unremindedRestricted, nil
	}
	all, err := privacy.Consents(tx, contact.Conversation)
	if err != nil {
		return "", err
	}
	last, lastErr := privacy.Latest(all, privacy.PurposeReminders)
	switch {
	case lastErr == nil && !last.Withdrawn.IsZero():
		return unremindedWithdrawn, nil
	case !privacy.InForce(all, privacy.PurposeBooking):
		return unremindedWithdrawn, nil
	case h.basis(privacy.PurposeReminders) == clinic.BasisContract:
		return "", nil
	case errors.Is(lastErr, storage.ErrNotFound):
		return unremindedNoConsent, nil
	case !h.covered(tx, last):
		return unremindedUncovered, nil
	}
	return "", nil
}
