package nlu

import (
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// Words that no table knows are held against those that one does: the clinic's own, those
// of the commands, those of its questions. A word that lies nearer to an everyday word
// than to any of them is left as it stands. What is near enough by itself becomes that
// word; what is less near keeps loose meanings, which count only where other words speak
// for them: in a phrase, in a longer name, in the answer to a question.

// maxRepairs bounds the search for misspelt words in one message.
const maxRepairs = 40

// speech is the words that a slip may have hidden, by what they belong to.
type speech struct {
	terms     *speller // names, aliases and surnames of the clinic, and its words for a person
	questions *speller // its questions and the synonyms
	stems     *speller // stems of the clinic's words, whose forms no table holds
	services  *speller // words of services and what visitors call them
	roots     *speller // their stems
}

// everyday are the words that stand as they are: a slip of one of them is none of ours.
var everyday = newSpeller(everydayWords()...)

func everydayWords() []string {
	var all []string
	for _, words := range []map[string]bool{calendarWords, commonWords, stopWords} {
		for w := range words {
			all = append(all, w)
		}
	}
	return all
}

// plainly gives the everyday word that the word most likely is a slip of, a wrong or lost
// first letter being no further off than any other.
func plainly(word string, l limits, longer bool) (best guess) {
	first, _ := utf8.DecodeRuneInString(word)
	everyday.near(word, l.wider(priceSilent), longer, func(k guess) {
		if other, _ := utf8.DecodeRuneInString(k.text); other != first {
			k.price -= priceSilent
		}
		if best.text == "" || k.price < best.price {
			best = k
		}
	})
	if n := utf8.RuneCountInString(word); best.price > l.at(max(n, utf8.RuneCountInString(best.text))) {
		return guess{}
	}
	return best
}

// mended is what became of a misspelt word.
type mended struct {
	guess
	also  string // another word of the clinic as near
	plain bool   // an everyday word
}

// spelling gives the known word that a misspelt one means, "" where none is near. Of two
// as near the clinic's own goes before a word of the commands: there are few of them.
func (r *Reader) spelling(word string) (best mended) {
	for _, s := range []*speller{r.speech.terms, r.lexicon.speller, r.speech.questions} {
		near, ties := s.nearest(word, wordLimits, false)
		if near.text == "" || best.text != "" && near.price >= best.price {
			continue
		}
		best = mended{guess: near}
		if len(ties) > 0 && s == r.speech.terms {
			best.also = ties[0]
		}
	}
	if plain := plainly(word, wordLimits, false); plain.text != "" && (best.text == "" || plain.price < best.price) {
		return mended{guess: plain, plain: true}
	}
	return best
}

// stemSpelling is spelling for the stems of the clinic's own words.
func (r *Reader) stemSpelling(s string) guess {
	if near, _ := r.speech.stems.nearest(s, stemLimits, false); near.text != "" {
		return near
	}
	near, _ := r.speech.roots.nearest(s, termStemLimits, false)
	return sameBeginning(s, near)
}

// termSpelling looks for a word of the clinic's services with two slips.
func (r *Reader) termSpelling(word string) guess {
	near, _ := r.speech.services.nearest(word, termLimits, false)
	return sameBeginning(word, near)
}

// sameBeginning gives the known word where it begins with the letter of the written one.
func sameBeginning(word string, near guess) guess {
	a, _ := utf8.DecodeRuneInString(word)
	if b, _ := utf8.DecodeRuneInString(near.text); a != b {
		return guess{}
	}
	return near
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
	return commonWords[w.text] || r.faq.surface[w.text] || patronymic(w.text) || r.tatarForm(w.text)
}

// tatarForm holds for a word of the clinic with a Tatar ending: «Рөстәмгә», «массажга».
func (r *Reader) tatarForm(word string) (known bool) {
	withoutCase(word, func(cut string) bool {
		known = r.vocabulary.surface[cut]
		return known
	})
	return known
}

// exactly says whether a word stands in a table just so, not in another form.
func (r *Reader) exactly(word string) bool {
	return everyday.seen[word] || r.vocabulary.surface[word] || r.faq.surface[word] || r.dictionary.given(word) || patronymic(word)
}

// repair puts typing errors right, only in words that no table knows and only towards
// words that are known here.
func (m *message) repair() {
	seen := map[string]*word{} // within this message only
	for i := range m.words {
		w := &m.words[i]
		if w.number || w.personal || len(w.text) < 4 || !w.classes.empty() {
			continue
		}
		if m.reader.knows(w) {
			if !m.reader.exactly(w.text) { // «сердцее» has the stem of a word of ours, and may be one of alarm
				w.loose = m.lexicon.loose(w.text)
			}
			continue
		}
		if same := seen[w.text]; same != nil {
			w.repairedAs(same)
			continue
		}
		if len(seen) == maxRepairs {
			continue
		}
		seen[w.text] = w
		w.unknown, w.written = true, w.text
		w.loose = m.lexicon.loose(w.text)
		m.mend(w)
	}
}

// repairedAs makes of the word what was made of the same word before.
func (w *word) repairedAs(same *word) {
	w.text, w.stem, w.also, w.classes, w.loose = same.text, same.stem, same.also, same.classes, same.loose
	w.guess, w.written, w.unknown, w.repaired = same.guess, same.written, same.unknown, same.repaired
}

// mend takes the nearest known word for a misspelt one, if there is any.
func (m *message) mend(w *word) {
	best := m.reader.spelling(w.text)
	if best.also != "" {
		w.also = stem(best.also)
	}
	if best.text == "" || best.plain {
		near := m.reader.stemSpelling(w.stem)
		if near.text != "" && (best.text == "" || near.price < best.price) {
			w.stem, w.repaired, w.guess = near.text, true, near
			return
		}
		if near := m.reader.termSpelling(w.text); best.text == "" || near.text != "" && near.price < best.price {
			best = mended{guess: near}
		}
	}
	if best.text == "" {
		return
	}
	w.text, w.stem, w.repaired, w.guess = best.text, stem(best.text), true, best.guess
	w.classes = m.lexicon.classes(best.text)
}
