package nlu

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// A short misspelt word tells too little by itself: «тоар» may be «тора» and much else.
// Beside a word that is sure it tells enough: «күпме тоар» asks a price. likely gives
// such words the classes of all words that they are one slip from; a phrase may use
// them where it also stands on surer ground (see grounded).

const (
	// likelySlip is how far a likely word may be, in hundredths of a strange letter.
	likelySlip = 100
	// likelyAnswer is the same for longer words where yes or no was asked.
	likelyAnswer = 130
	// maxLikely bounds the likely words of one message.
	maxLikely = 16
)

// shortForm is a form of the command tables that a short word is compared with.
type shortForm struct {
	text     string
	spelling token.Spelling
	classes  set
}

// shortForms are the forms of three to eleven letters, by their number of letters.
var shortForms = sync.OnceValue(func() (byLength [12][]shortForm) {
	l := theLexicon()
	var silent set // classes that no phrase needs
	silent.add(l.ids["known"])
	for form, classes := range l.exact {
		n := utf8.RuneCountInString(form)
		if n < 3 || n >= len(byLength) || classes == silent {
			continue
		}
		if s, ok := token.Spell(form); ok {
			byLength[n] = append(byLength[n], shortForm{form, s, classes})
		}
	}
	for _, forms := range byLength {
		slices.SortFunc(forms, func(a, b shortForm) int { return strings.Compare(a.text, b.text) })
	}
	return byLength
})

// likelyOf gives the classes of the forms within limit of the word.
func likelyOf(word string, limit int) (classes set) {
	s, ok := token.Spell(word)
	if !ok || s.Len() < 3 {
		return classes
	}
	forms := shortForms()
	for n := max(3, s.Len()-2); n <= min(len(forms)-1, s.Len()+2); n++ {
		limit := limit
		if min(n, s.Len()) == 3 {
			limit = min(limit, token.PriceDrop)
			if n == s.Len() {
				limit = token.PriceRow
			}
		}
		for i := range forms[n] {
			f := &forms[n][i]
			if s.MayBeNear(&f.spelling, limit) && s.Distance(&f.spelling, limit+1) <= limit {
				classes.merge(f.classes)
			}
		}
	}
	return classes
}

// likelyOf is likelyOf with a memory.
func (r *Reader) likelyOf(word string, limit int) set {
	key := word
	if limit != likelySlip {
		key = "!" + word
	}
	if known, ok := r.likelies.Load(key); ok {
		return known.(set)
	}
	classes := likelyOf(word, limit)
	if r.stemCount.Add(1) < maxStems {
		r.likelies.Store(strings.Clone(key), classes)
	}
	return classes
}

// likely fills word.likely for the words that nothing has explained.
func (m *message) likely() (found bool) {
	tried := 0
	answering := m.answering()
	for i := range m.words {
		w := &m.words[i]
		if w.number || w.personal || w.named || w.vocab != "" || timeWord(w, m) || w.reference {
			continue
		}
		text := m.tokens[w.from].Text
		n := utf8.RuneCountInString(text)
		guessed := w.repaired && n <= 8
		if n < 3 || n > 11 || !guessed && (!w.classes.empty() || w.repaired || m.reader.knows(w) && !(answering && m.reader.akin(w))) {
			continue
		}
		if tried++; tried > maxLikely {
			return found
		}
		limit := likelySlip
		if answering && n >= 5 {
			limit = likelyAnswer
		}
		w.likely = m.reader.likelyOf(text, limit)
		for c := range w.likely {
			w.likely[c] &^= w.classes[c]
		}
		found = found || !w.likely.empty()
	}
	return found
}

// akin holds for a word that is known by its stem alone, as a form of the clinic's own
// words: «согласа» is one of «Согласие на выезд», and much likelier a slip.
func (r *Reader) akin(w *word) bool {
	return len(r.vocabulary.words[w.stem]) > 0 && !r.vocabulary.surface[w.text] && !stopWords[w.text] && !r.calendar[w.text] && !commonWords[w.text] && !r.dictionary.given(w.text)
}

// answering holds where a yes or a no was asked for and little else is said.
func (m *message) answering() bool {
	return (m.context.Expects == ExpectConfirm || m.context.Expects == ExpectConsent) && len(m.words) <= mostInAnswer
}

// mostInAnswer is how many words a mere answer has.
const mostInAnswer = 4

// matches finds the phrases of the message, those with likely words last.
func (m *message) matches() []matched {
	all := m.lexicon.match(m.words)
	if !m.likely() {
		return all
	}
	sure := make([]set, len(m.words))
	for i := range m.words {
		w := &m.words[i]
		sure[i] = w.classes
		w.classes.merge(w.likely)
	}
	wider := m.lexicon.match(m.words)
	for i := range m.words {
		m.words[i].classes = sure[i]
	}
	for _, f := range wider {
		if n := m.guesses(f); n > 0 && m.grounded(f, n) {
			f.guesses = n
			all = append(all, f)
		}
	}
	return all
}

// guesses counts the words of the phrase that are likely only.
func (m *message) guesses(f matched) (n int) {
	at := 0
	for k, e := range f.phrase.elements {
		if at == len(f.words) {
			break
		}
		w := &m.words[f.words[at]]
		wide := w.classes
		wide.merge(w.likely)
		if !wide.meets(&f.phrase.elements[k].any) {
			continue // an absent optional element
		}
		if !w.classes.meets(&e.any) {
			n++
		}
		at++
	}
	return n
}

// grounded says whether a phrase with guesses may stand: at least as many sure words
// that carry meaning, or, where yes or no was asked, an answer of little else.
func (m *message) grounded(f matched, guesses int) bool {
	switch f.phrase.do {
	case alarmEmergency, alarmSymptom, alarmQuestion, alarmWhatToDo, alarmCure, pseudoHours, Erase, Withdraw, Restart:
		return false
	case Affirm, Deny:
		return m.answering()
	}
	sure := 0
	for _, i := range f.words {
		if w := &m.words[i]; !w.classes.empty() && (len(f.words) <= 2*guesses || !stopWords[w.text]) {
			sure++
		}
	}
	return sure >= 1 && len(f.words)-guesses >= 1 && guesses <= len(f.words)-guesses+1
}
