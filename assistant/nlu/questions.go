package nlu

import (
	"slices"
	"strings"
)

// askingWords make a question of a message whose question mark was left out; Tatar has
// an ending for it.
var (
	askingWords = wordSet("do does did can could is are may what which where when how who whether нинди кайда кайчан ничек ничә кем нәрсә кая")
	askingEnds  = []string{"мы", "ме", "мыни", "мени"}
)

// asks holds for a message with a question mark or a word of questions.
func (m *message) asks() bool {
	q := m.lexicon.ids["q"]
	return m.question || len(m.hours) > 0 || slices.ContainsFunc(m.words, func(w word) bool {
		return w.classes.has(q) || askingWords[w.text] || strings.ContainsAny(m.text, tatarLetters) && hasEnd(w.text, askingEnds)
	})
}

// partOfWish says whether the word belongs to a clause that names a service or asks to
// book: «доверенность на машину» asks for no parking.
func (m *message) partOfWish(at int) bool {
	book := m.lexicon.ids["book"]
	telling := func(i int) bool { return m.words[i].vocab == FieldService || m.words[i].classes.has(book) }
	for i := at; i >= 0; i-- {
		if telling(i) {
			return true
		}
		if m.words[i].stop || m.words[i].comma {
			break
		}
	}
	for i := at + 1; i < len(m.words) && !m.words[i].stop && !m.words[i].comma; i++ {
		if telling(i) {
			return true
		}
	}
	return false
}

// maxSentences bounds the questions looked for in one message.
const maxSentences = 6

// askFAQ looks for questions of the clinic's file among what is left: in each sentence,
// then, where none has one, in the message as a whole.
func (m *message) askFAQ(alarm string) {
	if alarm != "" || len(m.reader.faq.questions) == 0 || len(m.words) > 60 || len(m.words) == 0 {
		return
	}
	found, from := false, 0
	for n := 0; from < len(m.words) && n < maxSentences; n++ {
		_, to := m.sentence(from)
		found = m.askAll(from, to) || found
		from = to
	}
	if !found {
		found = m.ask(0, len(m.words))
	}
	if a, ok := m.reader.faq.about(hoursStem); !found && ok && len(m.hours) > 0 {
		a.words = []int{m.hours[0]}
		m.sayAsk(a)
		found = true
	}
	if found && m.late { // the clinic has an answer for those who are late
		m.commands = slices.DeleteFunc(m.commands, func(c Command) bool { return c.Do == Human && c.Value == ValueAsked })
	}
}

// joins are words that join two questions.
var joins = wordSet("и а ещё еще and һәм")

// askAll reads a sentence that joins two questions as both, any other as one.
func (m *message) askAll(from, to int) bool {
	var entries []asked
	part := from
	for i := from; i <= to; i++ {
		if i < to && !(i > part && joins[m.words[i].text]) {
			continue
		}
		if a, ok := m.findQuestion(part, i); ok && !slices.ContainsFunc(entries, func(o asked) bool { return o.entry == a.entry }) {
			entries = append(entries, a)
		}
		part = i
	}
	if len(entries) < 2 {
		return m.ask(from, to)
	}
	for _, a := range entries {
		m.sayAsk(a)
	}
	return true
}

// ask says the question that the words from…to ask.
func (m *message) ask(from, to int) bool {
	a, ok := m.findQuestion(from, to)
	if ok {
		m.sayAsk(a)
	}
	return ok
}

// findQuestion finds the clinic's question that the words from…to ask.
func (m *message) findQuestion(from, to int) (asked, bool) {
	a, ok := m.reader.faq.best(m.words[from:to])
	if !ok || a.strong < 2 && len(m.words) > 3 && !m.asks() {
		return a, false
	}
	for i := range a.words {
		a.words[i] += from
	}
	for i := range a.slips {
		a.slips[i].word += from
	}
	slices.Sort(a.words)
	return a, a.strong >= 2 || a.named > 0 && m.asks() && m.words[a.words[len(a.words)-1]].vocab == "" || !m.partOfWish(a.words[len(a.words)-1])
}

func (m *message) sayAsk(a asked) {
	first, last := a.words[0], a.words[len(a.words)-1]
	if m.said(Ask, itoa(a.entry)) {
		return
	}
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool { // «можно с собакой прийти?» is no booking
		return c.Do == Book && c.Start < m.end(last) && c.End > m.start(first)
	})
	m.cover(first, last)
	m.noteSlips(candidate{slips: a.slips})
	m.say(Command{Do: Ask, Value: itoa(a.entry)}, first, last, "faq: «"+a.text+"»")
}
