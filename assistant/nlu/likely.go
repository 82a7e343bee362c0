package nlu

import (
	"maps"
	"slices"
	"sync"
	"unicode/utf8"
)

// A short misspelt word tells too little by itself: «тоар» may be «тора» and much else.
// Beside a word that is sure it tells enough: «күпме тоар» asks a price. likely gives
// such words the classes of all words that they are one slip from; a phrase may use
// them where it also stands on surer ground (see grounded).

const (
	// maxLikely bounds the likely words of one message.
	maxLikely = 16
	// longestLikely is the letters of a word that tells enough by itself.
	longestLikely = 11
)

var (
	// likelyLimits, by the shorter word, are one slip of any kind; in three letters only
	// one that is easily made.
	likelyLimits = limits{0, 0, 0, 9, 10}
	// likelyAnswers are the same for longer words where yes or no was asked.
	likelyAnswers = limits{0, 0, 0, 9, 10, 13}
)

// likelyOf gives the classes of the forms of the command tables within the limits.
func (l *lexicon) likelyOf(word string, most limits) (classes set) {
	size := utf8.RuneCountInString(word)
	first, _ := utf8.DecodeRuneInString(word)
	plain := plainly(word, most, false)
	l.speller.near(word, most.wider(priceSilent), false, func(k guess) {
		n := utf8.RuneCountInString(k.text)
		if other, _ := utf8.DecodeRuneInString(k.text); other != first {
			k.price -= priceSilent // a wrong first letter is no further off here
		}
		if k.price > most.at(min(n, size)) || n > longestLikely || n == 3 && size == 3 && k.price > priceSwap+1 || plain.text != "" && k.price > plain.price {
			return
		}
		if found := l.exact[k.text]; found != l.silent {
			classes.merge(found)
		}
	})
	return classes
}

// stopSpeller holds the stop words.
var stopSpeller = sync.OnceValue(func() *speller { return newSpeller(slices.Sorted(maps.Keys(stopWords))...) })

// fillerOf says whether a word may be a misspelt stop word, and whether one that means
// nothing else is as near as any word of the tables.
func (l *lexicon) fillerOf(word string) (any, pure bool) {
	best, telling := 100, 100
	stopSpeller().near(word, likelyLimits, false, func(k guess) {
		any = true
		if l.exact[k.text] == (set{}) {
			best = min(best, k.price)
		}
	})
	if best == 100 {
		return any, false
	}
	l.speller.near(word, likelyLimits, false, func(k guess) {
		if l.exact[k.text] != l.silent {
			telling = min(telling, k.price)
		}
	})
	return any, best <= telling
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
		if n < 3 || n > longestLikely || !guessed && (!w.classes.empty() || w.repaired || m.reader.knows(w) && !(answering && m.reader.akin(w))) {
			continue
		}
		if tried++; tried > maxLikely {
			return found
		}
		most := likelyLimits
		if answering {
			most = likelyAnswers
		}
		any, pure := m.lexicon.fillerOf(text)
		w.covered = w.covered || any && n >= 4
		if pure {
			continue // "wih" is «with» as much as a wish
		}
		w.likely = m.lexicon.likelyOf(text, most)
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
	return m.yesNo() && len(m.words) <= mostInAnswer
}

// mostInAnswer is how many words a mere answer has.
const mostInAnswer = 4

// matches finds the phrases of the message, those with likely words last.
func (m *message) matches() []matched {
	all := append(m.lexicon.match(m.words), m.lexicon.matchAlarms(m.words)...)
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
	if f.phrase.alarms() { // see matchAlarms
		return false
	}
	switch f.phrase.do {
	case pseudoHours, Erase, Withdraw, Restart:
		return false
	case Affirm:
		return m.answering()
	case Deny: // beside a sure yes it takes the yes back, see plainYes, but is no «no»
		return m.answering() && !m.anyOf(0, len(m.words), "yes", "en_yes", "tt_yes")
	}
	if guesses == 1 && len(f.words) == 1 {
		return m.single(f)
	}
	sure := 0
	for _, i := range f.words {
		if w := &m.words[i]; !w.classes.empty() && (len(f.words) <= 2*guesses || !stopWords[w.text]) {
			sure++
		}
	}
	return sure >= 1 && len(f.words)-guesses >= 1 && guesses <= len(f.words)-guesses+1
}

// single says whether a guess may stand alone: in a message of hardly anything else
// («скиньте прай»), for what does no harm.
func (m *message) single(f matched) bool {
	switch f.phrase.do {
	case Price, Greet, Thanks, Book, Human, Show:
	default:
		return false
	}
	strange := 0
	for i := range m.words {
		if w := &m.words[i]; w.classes.empty() && !stopWords[w.text] && w.vocab == "" && !w.covered {
			strange++
		}
	}
	return strange == 1 && utf8.RuneCountInString(m.words[f.words[0]].text) >= 4 && len(m.words) <= 3 && m.context.Expects != FieldName
}
