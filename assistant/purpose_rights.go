package assistant

import (
	"context"
	"errors"
	"slices"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// PersonPurpose is what one person's data is used for, on which basis, and how they
// stand to it.
type PersonPurpose struct {
	Purpose string `json:"purpose"`
	Basis   string `json:"basis"`
	// Version is that of the text that was agreed to, or else of the one in force in
	// the person's language.
	Version   string    `json:"version"`
	InForce   bool      `json:"in_force"`
	Since     time.Time `json:"since,omitzero"`     // of what was agreed to
	Withdrawn time.Time `json:"withdrawn,omitzero"` // of the newest agreement
	Refused   time.Time `json:"refused,omitzero"`
	// Texts are the versions in force by language; none where the house does not use
	// data for this any more.
	Texts map[string]string `json:"-"`
}

// Agreement is what a visitor agrees to on the page of their own data.
type Agreement struct {
	Purpose string
	Version string // of the text that the page links to
	Address string // the visitor's network address
	Widget  string // build that drew the page
}

// ErrVersion: the text that was agreed to is not, or no longer, in force.
var ErrVersion = errors.New("no such consent text in force")

// mePagePath is where a consent was given that was given on the page of own data.
const mePagePath = "/me"

// purposes lists what the person's data is used for.
func (p *Person) purposes(tx *storage.Tx, h *house, conversation string, st State) error {
	all, err := privacy.Consents(tx, conversation)
	if err != nil || p.Contact == "" {
		return err
	}
	for _, purpose := range privacy.Purposes() {
		last, none := privacy.Latest(all, purpose)
		basis := h.basis(purpose)
		if basis == clinic.BasisNone && (none != nil || !last.Withdrawn.IsZero()) {
			continue
		}
		one := PersonPurpose{Purpose: purpose, Basis: string(basis), Version: h.text(purpose, p.Lang).Version, InForce: basis == clinic.BasisContract}
		if b := st.Purposes[purpose]; !b.Refused.IsZero() {
			one.Refused = b.Refused.In(h.clinic.Location)
		}
		if none == nil {
			one.InForce = last.Withdrawn.IsZero()
			one.Since = last.At.In(h.clinic.Location)
			if one.InForce {
				one.Version, one.Basis = last.Version, basisOf(last)
			} else {
				one.Withdrawn = last.Withdrawn.In(h.clinic.Location)
			}
		}
		if basis != clinic.BasisNone {
			one.Texts = make(map[string]string)
			for _, lang := range h.clinic.Languages {
				one.Texts[lang] = h.text(purpose, lang).Version
			}
		}
		p.Purposes = append(p.Purposes, one)
	}
	return nil
}

// basisOf is the basis of a record; those made before the word was kept are consents.
func basisOf(c privacy.Consent) string {
	return choose(c.Basis == "", string(clinic.BasisConsent), c.Basis)
}

// AgreeTo gives a consent on the page of the visitor's own data, to one purpose.
// Errors: ErrTicket, ErrVersion, [privacy.ErrNoConsent] where there is no consent to the
// visit on which a further purpose could stand.
func (a *Assistant) AgreeTo(_ context.Context, page string, g Agreement) error {
	h := a.house.Load()
	return a.mend(page, func(tx *storage.Tx, conversation string, st *State) error {
		text, ok := h.version(g.Purpose, g.Version)
		if !ok {
			return ErrVersion
		}
		if st.Contact == "" || st.Consent == "" && g.Purpose != privacy.PurposeBooking {
			return privacy.ErrNoConsent
		}
		all, err := privacy.Consents(tx, conversation)
		if err != nil {
			return err
		}
		if last, none := privacy.Latest(all, g.Purpose); none == nil && last.Withdrawn.IsZero() && last.Version == g.Version {
			return nil // pressed twice
		}
		if g.Purpose == privacy.PurposeBooking {
			st.Consent = text.Version
			err = keptAfterAll(tx, conversation, a.now())
		} else {
			st.remember(g.Purpose, func(b *AskedBefore) { b.Refused = time.Time{} })
		}
		return errors.Join(err, privacy.Give(tx, conversation, st.Contact, privacy.Consent{
			Purpose: g.Purpose, Basis: text.Basis, Version: text.Version, Lang: text.Lang, At: a.now(), Pressed: "pressed",
			Page: mePagePath, Address: g.Address, Widget: g.Widget,
		}))
	})
}

// WithdrawConsent takes back what the visitor agreed to for one purpose; for the visit
// it takes back all: what is stored is then destroyed within the time of the law,
// unless the visitor erases it at once. Error: ErrTicket.
func (a *Assistant) WithdrawConsent(_ context.Context, page, purpose string) error {
	h := a.house.Load()
	return a.mend(page, func(tx *storage.Tx, conversation string, st *State) error {
		if purpose == privacy.PurposeBooking {
			if st.Consent == "" {
				return nil
			}
			st.Consent = ""
			return a.withdraw(tx, h, conversation, st.Contact)
		}
		if !slices.Contains(privacy.Purposes(), purpose) {
			return nil
		}
		st.remember(purpose, func(b *AskedBefore) { b.Refused = a.now() })
		_, err := a.stopPurpose(tx, h, stop{conversation: conversation, contact: st.Contact, purpose: purpose, pressed: "pressed"}, a.now())
		return err
	})
}

// StopOf notes that a person has taken back, by phone, letter or in person, what they
// agreed to for one purpose; for the visit it is all. Errors: [storage.ErrNotFound],
// ErrVersion for an unknown purpose, [privacy.ErrVia].
func (a *Assistant) StopOf(_ context.Context, op Operator, contact, purpose, via string) error {
	h := a.house.Load()
	if !slices.Contains(privacy.Purposes(), purpose) {
		return ErrVersion
	}
	if !slices.Contains([]string{"phone", "letter", "visit"}, via) {
		return privacy.ErrVia
	}
	var talk string
	err := a.db.Update(func(tx *storage.Tx) error {
		c, err := privacy.Get(tx, contact)
		if err != nil {
			return err
		}
		talk = c.Conversation
		if purpose == privacy.PurposeBooking {
			_, err = a.withdrawAll(tx, h, privacy.Demand{Contact: contact, Conversation: talk, Via: via}, op.ID)
			return err
		}
		_, err = a.stopPurpose(tx, h, stop{conversation: talk, contact: contact, purpose: purpose, via: via, by: op.ID}, a.now())
		return errors.Join(err, withState(tx, talk, func(st *State) { st.remember(purpose, func(b *AskedBefore) { b.Refused = a.now() }) }))
	})
	if err == nil {
		a.committed()
		a.feed.publish(talk)
	}
	return err
}

// withState changes where a conversation stands, if it still exists.
func withState(tx *storage.Tx, conversation string, change func(*State)) error {
	st, err := load(tx, conversation)
	if errors.Is(err, ErrExpired) {
		return nil
	}
	if err != nil {
		return err
	}
	change(&st)
	return save(tx, conversation, &st)
}

// withdraw takes back every consent at the visitor's own word.
func (a *Assistant) withdraw(tx *storage.Tx, h *house, conversation, contact string) error {
	_, err := a.takeBack(tx, h, privacy.Demand{Contact: contact, Conversation: conversation, Via: "widget"}, "")
	return err
}

// withdrawAll does it for one who said so to the staff.
func (a *Assistant) withdrawAll(tx *storage.Tx, h *house, d privacy.Demand, by string) (privacy.Demand, error) {
	d, err := a.takeBack(tx, h, d, by)
	return d, errors.Join(err, withState(tx, d.Conversation, func(st *State) { st.Consent = "" }))
}

// takeBack takes back every consent and sets the time by which the data goes.
func (a *Assistant) takeBack(tx *storage.Tx, h *house, d privacy.Demand, by string) (privacy.Demand, error) {
	if err := privacy.Withdraw(tx, d.Conversation, privacy.PurposeBooking, by, a.now()); err != nil {
		return d, err
	}
	d.Right, d.Received = privacy.RightWithdraw, a.now().In(h.clinic.Location)
	return privacy.Demanded(tx, d, choose(by == "", "visitor", by))
}
