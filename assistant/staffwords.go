package assistant

import (
	"slices"
	"strings"

	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
)

// What staff type is not about one visitor alone: a reason names who phoned, a
// reply the number to call. A reason stands in the calendar for as long as the
// visit does, also when whoever it names has been erased; so persons are taken out
// of it. A reply is one visitor's, and goes with them.

// ofPersons are the kinds of personal data that a house's own texts have no use for.
var ofPersons = []string{
	nlu.KindName, nlu.KindPhone, nlu.KindEmail, nlu.KindBirthDate, nlu.KindPassport, nlu.KindSNILS, nlu.KindINN, nlu.KindOMS, nlu.KindCard, nlu.KindNumber,
}

// impersonal has labels where staff named a person or gave a number that is not
// the clinic's own.
func (h *house) impersonal(lang, text string) string {
	text = strings.TrimSpace(text)
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
