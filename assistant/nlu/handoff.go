package nlu

import "strings"

// handoffWord is what the clinic's file says of when to call a person.
type handoffWord struct{ stems, words []string }

// handoffWords reads the clinic's own words for a person, in all word forms; of several
// words some may be misspelt.
func (m *message) handoffWords() {
	for _, h := range m.reader.handoff {
		for i := range m.words {
			if i+len(h.stems) > len(m.words) {
				break
			}
			if !m.handsOff(h, i) {
				continue
			}
			m.cover(i, i+len(h.stems)-1)
			if !m.said(Human, ValueAsked) && !m.said(Human, ValueComplaint) {
				m.say(Command{Do: Human, Value: ValueAsked}, i, i+len(h.stems)-1, "handoff word: "+strings.Join(h.words, " "))
			}
		}
	}
}

// handsOff says whether the words from i on are the clinic's.
func (m *message) handsOff(h handoffWord, i int) bool {
	sure := 0
	for k, s := range h.stems {
		w := &m.words[i+k]
		if w.personal {
			return false
		}
		if w.stem == s || m.lexicon.same(w.text, s) {
			sure++
			continue
		}
		if !w.unknown {
			return false
		}
		if _, near := priceBetween(w.written, h.words[k], looseLimits); !near {
			return false
		}
	}
	return sure > 0
}

// same joins forms of a verb that stems part: «вернуть» and «верните» lie in one class.
func (l *lexicon) same(text, stemmed string) bool {
	return len(text) >= 8 && strings.HasPrefix(text, stemmed) && len(text)-len(stemmed) <= 6
}
