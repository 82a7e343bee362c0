package assistant

import (
	"slices"
	"strings"

	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
)

// What staff type is not about one visitor alone: a reason names who phoned, a
// reply the number to call. A reason stands in the calendar for as long as the
// visit does, also when whoever it names has been erased; so persons are taken out
// of it. A reply is one visitor's, and goes with them.

// ofPersons are the kinds of personal data that a house's own texts have no use for.
var ofPersons = []string{
	nlu.KindName, nlu.KindPhone, nlu.KindEmail, nlu.KindBirthDate, nlu.KindPassport, nlu.KindSNILS, nlu.KindINN, nlu.KindOMS, nlu.KindCard, nlu.KindNumber,
}

// NotKept is the error of a reply that holds what the house keeps of nobody.
type NotKept struct {
	Kind string // nlu.KindCard, or another of a document, or "health"
}

func (e *NotKept) Error() string { return "the words hold what is not kept: " + e.Kind }

// mayKeep reports what of an operator's words may not be kept: numbers of cards and
// documents nowhere, words of somebody's health in a house that is not of
// medicine. The visitor reads what is stored, so such a reply is not sent at all.
func (h *house) mayKeep(lang, text string) error {
	r := h.reader.Read(text, nlu.Context{Lang: lang})
	for _, s := range r.Personal {
		switch s.Kind {
		case nlu.KindCard, nlu.KindPassport, nlu.KindSNILS, nlu.KindOMS:
			return &NotKept{s.Kind}
		}
	}
	if h.unkept(r) {
		return &NotKept{"health"}
	}
	return nil
}

// impersonal has labels where staff named a person or gave a number that is not
// the clinic's own, and in the place of words about health that are not kept.
func (h *house) impersonal(lang, text string) string {
	text = strings.TrimSpace(text)
	if h.unkept(h.reader.Read(text, nlu.Context{Lang: lang})) {
		return prompts.Say(lang, "label.health", nil)
	}
	masked, _ := privacy.Mask(text, h.persons(lang, text), "")
	return teller{lang: lang}.word(masked)
}

// persons are the spans of a text that are about some person.
func (h *house) persons(lang, text string) []nlu.Span {
	return slices.DeleteFunc(slices.Clone(h.reader.Read(text, nlu.Context{Lang: lang}).Personal), func(s nlu.Span) bool {
		return !slices.Contains(ofPersons, s.Kind) || s.Value != "" && s.Value == h.clinic.Phone
	})
}

// tagged has tags in a reply for what the visitor's contact holds, so that names
// and phones stand in contacts alone.
func (h *house) tagged(lang, text string, own privacy.Contact) string {
	text = privacy.Strip(text)
	spans := h.persons(lang, text)
	var b strings.Builder
	at := 0
	for _, s := range spans {
		for field, value := range ownValues(person{own.Name, own.Phone, own.Email}) {
			if value == "" || s.Kind != field || s.Value != value || s.Start < at {
				continue
			}
			b.WriteString(text[at:s.Start] + privacy.Own(field))
			at = s.End
		}
	}
	return b.String() + text[at:]
}
