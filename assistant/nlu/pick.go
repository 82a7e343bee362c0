package nlu

import (
	"slices"
	"strings"
	"time"

	"okoshko/assistant/nlu/token"
)

// pickLabel reads an offered option typed instead of clicked, a bare number of the
// list, and puts ids in place of ranks.
func (m *message) pickLabel() {
	offered := m.context.Offered
	m.numbered()
	if len(offered) == 0 {
		return
	}
	m.numberedOption()
	plain := strings.Trim(fold(m.text), " .!")
	for _, o := range offered {
		if o.Label != "" && plain == strings.Trim(fold(o.Label), " .!") && len(m.words) > 0 {
			m.commands = nil
			m.cover(0, len(m.words)-1)
			m.say(Command{Do: Choose, Value: o.ID}, 0, len(m.words)-1, "label")
			return
		}
	}
	if id := m.spelled(); id != "" {
		m.commands = nil
		m.cover(0, len(m.words)-1)
		m.say(Command{Do: Choose, Value: id}, 0, len(m.words)-1, "label")
		return
	}
	if len(m.words) == 1 && m.words[0].number && m.context.Expects != FieldTime && m.context.Expects != FieldPhone && len(m.words[0].text) <= 2 {
		if n := atoi(m.words[0].text); n >= 1 && n <= len(offered) {
			m.commands = nil
			m.cover(0, 0)
			m.say(Command{Do: Choose, Value: itoa(n)}, 0, 0, "number of the list")
		}
	}
	counted := m.countable()
	if len(counted) == 0 {
		counted = offered
	}
	for i := range m.commands {
		if c := &m.commands[i]; c.Do == Choose { // «последнее» is a time, not the button below them
			c.Value = rank(c.Value, counted)
		}
	}
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool { return c.Do == Choose && c.Value == "" })
}

// spelled gives the option whose label the message spells, slips and case endings apart:
// all words of the label are in the message, and the message has no other word that means
// something. The option with the cheapest slips wins; of two as cheap, none.
func (m *message) spelled() string {
	if !m.termField(m.context.Expects) || len(m.words) > mostLabelWords {
		return ""
	}
	var own []*word
	for i := range m.words {
		w := &m.words[i]
		if w.personal || w.number || w.stop {
			return ""
		}
		if !stopWords[w.text] && !m.anyOf(i, i+1, "want", "en_want", "tt_want", "book", "tt_book", "en_make", "yes", "en_yes", "thanks", "en_thanks") {
			own = append(own, w)
		}
	}
	best, least, tie := "", 0, false
	for _, o := range m.context.Offered {
		price, ok := m.labelPrice(own, o.Label)
		switch {
		case !ok:
		case best == "" || price < least:
			best, least, tie = o.ID, price, false
		case price == least:
			tie = true
		}
	}
	if tie {
		return ""
	}
	return best
}

// mostLabelWords is how many words a message has that only names an option.
const mostLabelWords = 12

// labelPrice is what the slips cost where the words spell the label, false where they do not.
func (m *message) labelPrice(own []*word, label string) (price int, ok bool) {
	var left []string
	for _, t := range token.Tokenize(label) {
		if t.Kind == token.Number {
			return 0, false
		}
		if t.Kind == token.Word && !stopWords[t.Text] {
			left = append(left, t.Text)
		}
	}
	if len(left) != len(own) || len(own) == 0 {
		return 0, false
	}
	for _, w := range own {
		at, least := -1, 0
		for i, l := range left {
			if p, ok := m.wordPrice(w, l); ok && (at < 0 || p < least) {
				at, least = i, p
			}
		}
		if at < 0 {
			return 0, false
		}
		price += least
		left = slices.Delete(left, at, at+1)
	}
	return price, true
}

// wordPrice is what it costs to make the label's word of the message's.
func (m *message) wordPrice(w *word, label string) (int, bool) {
	written := m.tokens[w.from].Text
	if written == label {
		return 0, true
	}
	s := stem(label)
	if w.stem == s {
		return w.guess.price, true
	}
	if price, ok := priceBetween(written, label, looseLimits); ok {
		return price, true
	}
	return priceBetween(stem(written), s, looseLimits)
}

// numbered reads «2 вариант», «номер три»: the number counts what was offered.
func (m *message) numbered() {
	variant, option := m.lexicon.ids["ordinal"], m.lexicon.ids["en_one"]
	for i := range m.words {
		n := m.count(i)
		if n == 0 {
			continue
		}
		for _, k := range []int{i - 1, i + 1} {
			if k < 0 || k >= len(m.words) || !m.words[k].classes.has(variant) && !m.words[k].classes.has(option) {
				continue
			}
			m.commands = slices.DeleteFunc(m.commands, func(c Command) bool {
				return c.Field == FieldTime && c.Start < m.end(i) && c.End > m.start(i)
			})
			m.cover(min(i, k), max(i, k))
			m.say(Command{Do: Choose, Value: itoa(n)}, min(i, k), max(i, k), "number of an option")
			return
		}
	}
}

// count is the number from 1 to 9 that word i is, in figures or spoken; 0 for none.
func (m *message) count(i int) int {
	text := m.words[i].text
	if m.words[i].number && len(text) == 1 {
		return atoi(text)
	}
	if name, ok := token.NumberName(text); ok && len(m.context.Offered) > 0 && !name.Ordinal && name.Value < 10 {
		return name.Value
	}
	return 0
}

// fold is how labels and answers are compared.
func fold(text string) string {
	var b strings.Builder
	for i, t := range token.Tokenize(text) {
		if i > 0 && t.Space {
			b.WriteByte(' ')
		}
		b.WriteString(t.Text)
	}
	return b.String()
}

// rank gives the id of an offered option by its place or time, "" past the end.
func rank(value string, offered []Option) string {
	n := len(offered)
	switch value {
	case "last":
		return offered[n-1].ID
	case "earliest":
		return edge(offered, time.Time.Before)
	case "latest":
		return edge(offered, time.Time.After)
	}
	if at := atoi(value); len(value) <= 2 && at >= 1 {
		if at > n {
			return ""
		}
		return offered[at-1].ID
	}
	return value
}

func edge(offered []Option, before func(a, b time.Time) bool) string {
	best := offered[0]
	for _, o := range offered[1:] {
		if before(o.Start, best.Start) {
			best = o
		}
	}
	return best.ID
}
