package nlu

import (
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
	"okoshko/assistant/nlu/when"
)

// Reader reads messages against one clinic's vocabulary; safe for concurrent use.
type Reader struct {
	vocabulary  *vocabulary
	dictionary  *dictionary
	lexicon     *lexicon
	faq         *faq
	speller     *speller   // whole words
	termSpeller *speller   // words of the clinic's services, more leniently
	termStems   *speller   // their stems
	stemSpeller *speller   // stems of the clinic's words, whose forms no table holds
	handoff     [][]string // stems of the clinic's words for a person
	hours       when.Hours
	calendar    map[string]bool // words of time, so that they are not taken for misspelt ones
	stems       sync.Map        // word → stem, filled while reading
	repairs     sync.Map        // misspelt word → known word or ""
	likelies    sync.Map        // misspelt short word → classes it may have
	stemCount   atomic.Int64
}

// New makes a reader; the vocabulary may be empty.
func New(v Vocabulary) *Reader {
	r := &Reader{dictionary: theDictionary(), lexicon: theLexicon(), faq: newFAQ(v.FAQ), hours: v.Hours, calendar: calendarWords, speller: newSpeller(), stemSpeller: newSpeller(), termSpeller: newSpeller(), termStems: newSpeller()}
	r.vocabulary = newVocabulary(v.Terms, r.dictionary)
	for _, words := range v.HandoffWords {
		var s []string
		for _, t := range token.Tokenize(words) {
			if t.Kind == token.Word {
				s = append(s, stem(t.Text))
				r.speller.add(t.Text)
				r.stemSpeller.add(stem(t.Text))
			}
		}
		if len(s) > 0 {
			r.handoff = append(r.handoff, s)
		}
	}
	for w := range r.vocabulary.surface {
		r.speller.add(w)
		r.stemSpeller.add(stem(w))
	}
	for w := range r.vocabulary.services {
		r.termSpeller.add(w)
		r.termStems.add(stem(w))
	}
	for w := range r.vocabulary.surnames {
		for _, form := range surnameForms(w) {
			r.speller.add(form)
		}
	}
	for w := range r.vocabulary.givens {
		for _, form := range surnameForms(w) {
			r.speller.add(form)
		}
	}
	for form, f := range r.dictionary.forms {
		if r.vocabulary.surface[f.nominative] {
			r.speller.add(form)
		}
	}
	for _, w := range synonymWords() {
		r.speller.add(w)
		r.termStems.add(stem(w))
	}
	for _, row := range faqSameRows {
		for w := range strings.FieldsSeq(row) {
			r.speller.add(w)
		}
	}
	for w := range r.faq.surface {
		r.speller.add(w)
	}
	for w := range r.lexicon.exact {
		r.speller.add(w)
	}
	return r
}

// maxStems bounds the memory for stems; visitors' words come and go.
const maxStems = 20000

// stem is stem with a memory.
func (r *Reader) stem(word string) string {
	if s, ok := r.stems.Load(word); ok {
		return s.(string)
	}
	s := stem(word)
	if r.stemCount.Add(1) < maxStems {
		r.stems.Store(strings.Clone(word), s)
	}
	return s
}

// knows says whether a word outside the command tables is known as it stands.
func (r *Reader) knows(w *word) bool {
	if stopWords[w.text] || r.calendar[w.text] || len(r.vocabulary.words[w.stem]) > 0 || len(r.vocabulary.words[w.text]) > 0 {
		return true
	}
	if _, ok := token.NumberName(w.text); ok {
		return true
	}
	if _, ok := synonyms[w.stem]; ok {
		return true
	}
	if _, ok := r.dictionary.find(w.text); ok {
		return true
	}
	return commonWords[w.text] || r.faq.surface[w.text] || patronymic(w.text)
}

// spelling gives the known word that a misspelt one means, "" where none is near, and
// another as near. The same errors come again and again, so answers are remembered as
// stems are.
func (r *Reader) spelling(word string) (better, tie string) {
	if known, ok := r.repairs.Load(word); ok {
		pair := known.([2]string)
		return pair[0], pair[1]
	}
	better, tie = r.speller.twoNearest(word, limit)
	if r.stemCount.Add(1) < maxStems {
		r.repairs.Store(strings.Clone(word), [2]string{better, tie})
	}
	return better, tie
}

// stemSpelling is spelling for the stems of the clinic's own words.
func (r *Reader) stemSpelling(s string) string {
	key := "~" + s
	if known, ok := r.repairs.Load(key); ok {
		return known.([2]string)[0]
	}
	better := r.stemSpeller.nearest(s, stemLimit)
	if better == "" {
		better = sameBeginning(s, r.termStems.nearest(s, termStemLimit))
	}
	if r.stemCount.Add(1) < maxStems {
		r.repairs.Store(key, [2]string{better})
	}
	return better
}

// termSpelling looks for a word of the clinic's services with two slips.
func (r *Reader) termSpelling(word string) string {
	key := "!" + word
	if known, ok := r.repairs.Load(key); ok {
		return known.([2]string)[0]
	}
	better := sameBeginning(word, r.termSpeller.nearest(word, termLimit))
	if r.stemCount.Add(1) < maxStems {
		r.repairs.Store(key, [2]string{better})
	}
	return better
}

// sameBeginning gives better where it begins with the letter of the word.
func sameBeginning(word, better string) string {
	a, _ := utf8.DecodeRuneInString(word)
	if b, _ := utf8.DecodeRuneInString(better); a != b {
		return ""
	}
	return better
}

// Spans finds the personal data of a text, ordered and apart, without a conversation.
func (r *Reader) Spans(text string) []Span { return r.Read(text, Context{}).Personal }

// Read says what a message says. Any bytes may be given.
func (r *Reader) Read(text string, c Context) Reading {
	text, tooLong := clip(text)
	tokens := token.Tokenize(text)
	p := newPII(text, tokens, c)
	p.find()
	p.tokens, p.taken = r.rewrite(text, tokens, p.taken)
	m := &message{text: text, tokens: p.tokens, context: c, reader: r, lexicon: r.lexicon, pii: p}
	m.cut()
	m.repair()
	m.data()
	m.appointmentNumber()
	m.time()
	groups := m.terms()
	m.names(groups)
	m.setTerms(groups)
	alarm := m.phrases()
	m.handoffWords()
	m.anyField()
	m.refer()
	m.pickLabel()
	m.askFAQ(alarm)
	m.asides()
	m.corrections()
	m.settle(alarm)
	return Reading{
		Lang: m.language(), Covered: m.coveredShare(), Commands: m.commands, Alarm: alarm,
		Personal: mergeSpans(p.spans), TooLong: tooLong,
	}
}
