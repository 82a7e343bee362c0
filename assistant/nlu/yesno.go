package nlu

import (
	"slices"
	"strings"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// A slip of the finger must never turn a no into a yes: «нк согласен», «риза тугел»,
// "i dont agre". plainYes takes back a yes to consent or to a summary where a word
// beside it may be a misspelt no; the visitor is asked again, which costs little.

// noWords are what a no is made of, in the three languages.
const noForms = `не ни нет неа нету юк түгел тугел no not nope nah never don't dont won't wont doesn't disagree refuse
	против отказ отказываюсь нельзя никак каршы каршымын кирәкми теләмим бирмим`

// cancelForms are a no where they stand beside a yes as they are; with a slip they
// rather are what is agreed to: «да, отменитте».
const cancelForms = " отмена отмените"

var (
	noWords = spellAll(noForms)
	exactNo = stopTable(noForms + cancelForms)
)

// spellAll gives the spellings of words, Tatar ones also as typed with Russian letters.
func spellAll(words string) (all []token.Spelling) {
	for word := range strings.FieldsSeq(words) {
		for _, spelt := range spellings(word) {
			if s, ok := token.Spell(spelt); ok {
				all = append(all, s)
			}
		}
	}
	return all
}

// maybeNo says whether a word is within one slip of a no.
func maybeNo(word string) bool {
	s, ok := token.Spell(word)
	if !ok {
		return false
	}
	for i := range noWords {
		no := &noWords[i]
		limit := token.PriceStrange
		switch n := no.Len(); {
		case n >= 5:
			limit += token.PriceSound
		case n == 2:
			limit = token.PriceDrop // any two letters are a strange one from «не»
		}
		if s.MayBeNear(no, limit) && s.Distance(no, limit+1) <= limit {
			return true
		}
	}
	return false
}

// beforeYes are short words that stand right before a yes and are no misspelt «не».
var beforeYes = wordSet("я мы ну да и а ок ага угу все всё вот уже тоже это мне мин да-да i we do yes ok so of it is am are")

// plainYes drops a yes that may be a misspelt no.
func (m *message) plainYes() {
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool {
		if c.Do != Affirm || c.Field != "" {
			return false
		}
		first, last := m.wordAt(c.Start), m.wordAt(c.End-1)
		if first == len(m.words) || last == len(m.words) {
			return false
		}
		return m.noBefore(first) || m.noAround(first, last) || m.noInside(first, last)
	})
}

// noBefore: «нк согласен», «на согласна», "hot ok" — a short word right before the yes
// that is one slip from a no, even where it is a word of its own.
func (m *message) noBefore(first int) bool {
	if first == 0 || m.words[first].comma || m.words[first].stop {
		return false
	}
	w := &m.words[first-1]
	text := m.tokens[w.from].Text
	return !w.number && !w.personal && !w.named && utf8.RuneCountInString(text) <= 4 && !beforeYes[text] && m.mayBeNo(first-1)
}

// mayBeNo is maybeNo of a word as it is read and as it was typed.
func (m *message) mayBeNo(i int) bool {
	return maybeNo(m.tokens[m.words[i].from].Text) || maybeNo(strings.ToLower(m.raw(i)))
}

// noAround looks for a no in the clause that is no part of the yes, and for a strange
// word in the sentence that may be one.
func (m *message) noAround(first, last int) bool {
	from, to := m.clause(first)
	for i := from; i < to; i++ {
		text := m.tokens[m.words[i].from].Text
		if (i < first || i > last) && exactNo[text] || i > first && i < last && utf8.RuneCountInString(text) <= 4 && !beforeYes[text] && m.mayBeNo(i) {
			return true
		}
	}
	from, to = m.sentence(first)
	for i := from; i < max(to, last+1); i++ {
		if i >= first && i <= last && !m.words[i].repaired && !m.words[i].classes.empty() {
			continue
		}
		if m.strange(i) && m.mayBeNo(i) {
			return true
		}
	}
	return false
}

// strange holds for a word that no table knows as it was typed.
func (m *message) strange(i int) bool {
	w := &m.words[i]
	if w.number || w.personal || w.named || w.vocab != "" {
		return false
	}
	text := m.tokens[w.from].Text
	return w.repaired || w.classes.empty() && !stopWords[text] && !m.reader.knows(w)
}

// noInside: «нсогласен», «ренправильно» were put right to a yes but begin like a no.
func (m *message) noInside(first, last int) bool {
	for i := first; i <= last; i++ {
		w := &m.words[i]
		text := m.tokens[w.from].Text
		if !w.repaired && w.likely.empty() {
			continue
		}
		if utf8.RuneCountInString(text) > utf8.RuneCountInString(w.text) && !strings.HasPrefix(text, string([]rune(w.text)[:1])) {
			return true // a letter or two before it: what is left of «не»
		}
		for _, name := range []string{"no", "nope", "wrong", "en_no", "en_not", "en_wrong", "tt_no", "tt_dont"} {
			if w.likely.has(m.lexicon.ids[name]) {
				return true
			}
		}
	}
	return false
}

// guessedNo holds for a no of misspelt words beside a sure yes: "yes lease" leaves
// nothing.
func (m *message) guessedNo(f matched) bool {
	for _, i := range f.words {
		if !m.words[i].repaired {
			return false
		}
	}
	for i := range m.words {
		if !m.words[i].repaired && m.anyOf(i, i+1, "yes", "en_yes", "tt_yes") {
			return true
		}
	}
	return false
}
