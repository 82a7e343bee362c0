package nlu

import (
	"maps"
	"slices"
	"strings"

	"okoshko/assistant/nlu/token"
	"okoshko/assistant/nlu/when"
)

// Reader reads messages against one clinic's vocabulary; safe for concurrent use. It
// remembers nothing of what it reads.
type Reader struct {
	vocabulary *vocabulary
	dictionary *dictionary
	lexicon    *lexicon
	faq        *faq
	speech     speech
	handoff    []handoffWord
	hours      when.Hours
	calendar   map[string]bool // words of time, so that they are not taken for misspelt ones
}

// New makes a reader; the vocabulary may be empty.
func New(v Vocabulary) *Reader {
	r := &Reader{dictionary: theDictionary(), lexicon: theLexicon(), faq: newFAQ(v.FAQ), hours: v.Hours, calendar: calendarWords}
	r.vocabulary = newVocabulary(v.Terms, r.dictionary)
	terms := slices.Collect(maps.Keys(r.vocabulary.surface))
	for _, words := range v.HandoffWords {
		var h handoffWord
		for _, t := range token.Tokenize(words) {
			if t.Kind == token.Word {
				h.stems, h.words = append(h.stems, stem(t.Text)), append(h.words, t.Text)
			}
		}
		if len(h.stems) > 0 {
			r.handoff = append(r.handoff, h)
		}
		terms = append(terms, h.words...)
	}
	r.speech.stems = newSpeller(stemsOf(terms)...)
	for _, people := range []map[string]bool{r.vocabulary.surnames, r.vocabulary.givens} {
		for w := range people {
			terms = append(terms, surnameForms(w)...)
		}
	}
	for form, f := range r.dictionary.forms {
		if r.vocabulary.surface[f.nominative] {
			terms = append(terms, form)
		}
	}
	r.speech.terms = newSpeller(terms...)
	services := slices.Collect(maps.Keys(r.vocabulary.services))
	r.speech.services = newSpeller(services...)
	r.speech.roots = newSpeller(stemsOf(append(services, synonymWords()...))...)
	r.speech.questions = newSpeller(slices.Concat(synonymWords(), strings.Fields(strings.Join(faqSameRows, " ")), slices.Collect(maps.Keys(r.faq.surface)))...)
	return r
}

func stemsOf(words []string) []string {
	all := make([]string, 0, len(words))
	for _, w := range words {
		all = append(all, stem(w))
	}
	return all
}

// Spans finds the personal data of a text, ordered and apart, without a conversation.
func (r *Reader) Spans(text string) []Span { return r.Read(text, Context{}).Personal }

// Read says what a message says. Any bytes may be given.
func (r *Reader) Read(text string, c Context) Reading {
	text, tooLong := clip(text)
	tokens := token.Tokenize(text)
	p := newPII(text, tokens, c)
	p.find()
	p.tokens, p.taken = r.rewrite(text, tokens, p.taken, c.Expects)
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
	m.unreal()
	m.askFAQ(alarm)
	m.asides()
	m.corrections()
	m.links()
	m.settle(alarm)
	return Reading{
		Lang: m.language(), Covered: m.coveredShare(), Commands: m.commands, Alarm: alarm, AlarmRule: m.rang(alarm), Health: alarm != "" || m.health(),
		Personal: mergeSpans(p.spans), TooLong: tooLong,
	}
}
