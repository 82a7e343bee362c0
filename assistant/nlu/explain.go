package nlu

import (
	"fmt"
	"strings"
)

// explain completes a rule by what the words from…to were put right to, and how far off
// they were: «service massage-back «Массаж спины»; спны ~ спины 0.9».
func (m *message) explain(rule string, from, to int) string {
	var b strings.Builder
	b.WriteString(rule)
	for i := from; i <= to && i < len(m.words); i++ {
		if w := &m.words[i]; w.guess.text != "" {
			b.WriteString(w.taken(w.guess))
		}
	}
	return b.String()
}

// ruleOf is a rule that stands on no words.
func (m *message) ruleOf(rule string) string {
	if !m.context.Explain {
		return ""
	}
	return rule
}

// taken tells of which known word the written one is a slip, in edits.
func (w *word) taken(as guess) string {
	return fmt.Sprintf("; %s ~ %s %.1f", w.written, as.text, float64(as.price)/priceEdit)
}

// explainMatch is the rule of a phrase, with the slips of the words that only may be what
// it wants.
func (m *message) explainMatch(f matched) string {
	rule := f.phrase.rule
	if !m.context.Explain || f.guesses == 0 {
		return rule
	}
	at := 0
	for _, e := range f.phrase.elements {
		if at == len(f.words) {
			break
		}
		w := &m.words[f.words[at]]
		wide := w.classes
		wide.merge(w.likely)
		wide.merge(w.loose)
		if !wide.meets(&e.any) {
			continue // an absent optional element
		}
		at++
		if w.classes.meets(&e.any) || w.guess.text != "" {
			continue
		}
		if as, ok := m.lexicon.formOf(m.tokens[w.from].Text, &e.any); ok {
			shown := *w
			shown.written = m.tokens[w.from].Text
			rule += shown.taken(as)
		}
	}
	return rule
}

// formOf gives the nearest form of the classes.
func (l *lexicon) formOf(word string, any *set) (best guess, ok bool) {
	l.speller.near(word, looseLimits.wider(priceDrop), true, func(k guess) {
		if s := l.exact[k.text]; s.meets(any) && (!ok || k.price < best.price) {
			best, ok = k, true
		}
	})
	return best, ok
}

// explainTerm is the rule of a term: which of the clinic's names or aliases was found.
func (m *message) explainTerm(c candidate) string {
	if !m.context.Explain {
		return ""
	}
	v := m.reader.vocabulary
	rule := "term: " + v.terms[c.term].ID + " «" + v.entries[c.entry].name + "»"
	if c.guessed {
		rule += " by a synonym or root"
	}
	return rule
}

// noteSlips remembers which words of the vocabulary the words of a candidate were taken
// for.
func (m *message) noteSlips(c candidate) {
	for _, s := range c.slips {
		if s.price > 0 {
			m.words[s.word].guess = s.guess
		}
	}
}

// slipOf is a word of the message and what it was taken for.
type slipOf struct {
	word int
	guess
}

// alarmRule remembers a row of alarm that fired.
func (m *message) alarmRule(f matched) {
	if m.context.Explain {
		m.alarmRows = append(m.alarmRows, m.explain(m.explainMatch(f), f.words[0], f.words[len(f.words)-1]))
	}
}

// rang gives the rows of the alarm that is told, "" where none is.
func (m *message) rang(alarm string) string {
	if alarm == "" {
		return ""
	}
	return strings.TrimPrefix(strings.Join(m.alarmRows, " | "), "!")
}
