package assistant

import (
	"slices"
	"strings"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
	"okoshko/storage"
)

// basis is what the house processes data on for a purpose; none where the purpose
// is off, or nobody does what it names.
func (h *house) basis(purpose string) clinic.Basis {
	p := h.clinic.Privacy.Purposes
	switch purpose {
	case privacy.PurposeBooking:
		return p.Booking
	case privacy.PurposeReminders:
		if h.clinic.Remind() {
			return p.Reminders
		}
	case privacy.PurposeAdvertising:
		return p.Advertising
	}
	return clinic.BasisNone
}

// purposes are those that the house has, in the order in which they are asked for.
func (h *house) purposes() []string {
	return slices.DeleteFunc(privacy.Purposes(), func(p string) bool { return h.basis(p) == clinic.BasisNone })
}

// wordConsents builds the text of each purpose in each language.
func (h *house) wordConsents() {
	for _, purpose := range h.purposes() {
		for _, lang := range h.clinic.Languages {
			h.consents[[2]string{purpose, lang}] = h.consentText(purpose, lang)
		}
	}
}

// publish keeps the consent texts in force for ever.
func (h *house) publish(tx *storage.Tx, now time.Time) error {
	for _, t := range h.consents {
		if err := privacy.Publish(tx, t, now); err != nil {
			return err
		}
	}
	return nil
}

// consent is the text in force for the visit, in a language.
func (h *house) consent(lang string) privacy.ConsentText {
	return h.text(privacy.PurposeBooking, lang)
}

// text is the text in force for a purpose; empty for one that the house has not.
func (h *house) text(purpose, lang string) privacy.ConsentText {
	return h.consents[[2]string{purpose, h.clinic.Language(lang)}]
}

// version finds the text in force that has this version, in whichever language.
func (h *house) version(purpose, version string) (t privacy.ConsentText, ok bool) {
	for _, lang := range h.clinic.Languages {
		if t := h.text(purpose, lang); t.Version == version && version != "" {
			return t, true
		}
	}
	return t, false
}

// consentParts are the paragraphs of each purpose's text. Those that end in
// .receivers or .unnamed stand only where there are such receivers. Where the basis
// is another than consent, ID.BASIS takes the place of ID where there is such a text.
var consentParts = map[string][]string{
	privacy.PurposeBooking: {"consent.p1", "consent.p2", "consent.basis", "consent.p3", "consent.p4", "consent.receivers", "consent.p5", "consent.p6"},
	privacy.PurposeReminders: {
		"consent.reminders.p1", "consent.reminders.p2", "consent.basis", "consent.reminders.p3", "consent.reminders.p4",
		"consent.reminders.receivers", "consent.reminders.unnamed", "consent.reminders.p5", "consent.reminders.p6",
	},
	privacy.PurposeAdvertising: {
		"consent.advertising.p1", "consent.advertising.p2", "consent.advertising.basis", "consent.advertising.p3", "consent.advertising.p4",
		"consent.advertising.receivers", "consent.advertising.p5", "consent.advertising.p6",
	},
}

var consentTitles = map[string]string{
	privacy.PurposeBooking: "consent.title", privacy.PurposeReminders: "consent.reminders.title", privacy.PurposeAdvertising: "consent.advertising.title",
}

// consentText builds what a visitor is asked to agree to, or is told of where no
// agreement is needed, from the clinic file.
func (h *house) consentText(purpose, lang string) privacy.ConsentText {
	c, basis := h.clinic, h.basis(purpose)
	named, unnamed := h.told(purpose)
	args := prompts.Args{
		"operator": c.Privacy.Operator, "contact": c.Privacy.Contact, "data": h.asked(lang),
		"appointments": days(lang, c.Privacy.Retention.Appointments), "conversations": days(lang, c.Privacy.Retention.Conversations),
		"visit":     prompts.Say(lang, choose(c.Reminders.Discreet, "consent.visit.discreet", "consent.visit.full"), nil),
		"receivers": strings.Join(named, ", "), "unnamed": strings.Join(unnamed, ", "),
	}
	var paragraphs []string
	for _, id := range consentParts[purpose] {
		if strings.HasSuffix(id, ".receivers") && len(named) == 0 || strings.HasSuffix(id, ".unnamed") && len(unnamed) == 0 {
			continue
		}
		paragraphs = append(paragraphs, prompts.Say(lang, onBasis(id, basis), args))
	}
	t := privacy.NewConsentText(purpose, lang, prompts.Say(lang, onBasis(consentTitles[purpose], basis), nil), paragraphs)
	t.Basis, t.Receivers = string(basis), slices.Concat(named, unnamed)
	return t
}

// onBasis is the text that fits the basis.
func onBasis(id string, basis clinic.Basis) string {
	if other := id + "." + string(basis); basis != clinic.BasisConsent && prompts.Has(other) {
		return other
	}
	return id
}

// asked words what a booking asks for of a person.
func (h *house) asked(lang string) string {
	var data []string
	for _, what := range h.clinic.Booking.Ask {
		data = append(data, prompts.Say(lang, "consent.data."+what, nil))
	}
	return strings.Join(data, ", ")
}

// told are the names of the receivers that a purpose concerns: those who get the
// name and phone, and those who do not.
func (h *house) told(purpose string) (named, unnamed []string) {
	for _, r := range h.clinic.Receivers {
		switch {
		case purpose == privacy.PurposeReminders && !r.Wants(eventReminder), purpose == privacy.PurposeAdvertising && !r.Wants("consent.given"):
		case r.Contact:
			named = append(named, r.Name)
		case purpose == privacy.PurposeReminders:
			unnamed = append(unnamed, r.Name)
		}
	}
	return named, unnamed
}
