package nlu

import (
	"slices"
	"strings"

	"okoshko/assistant/nlu/token"
)

// An ordinal in figures, alone («2-е», "2nd", «2 нче»), is contested: the second of the
// list on the screen, or the second day of a month. The convention, with its rows in
// TestOrdinalConvention: with a list on the table it counts the list, unless
//
//   - the list is not so long, or nobody would count so far (mostCounted);
//   - a preposition or a case makes a day of it: «на 2-е», «2-го», "on the 2nd", «2 нчедә»;
//   - some of the times of the list, not all, are on a day of that number: the words
//     choose that day.

// mostCounted is how far down a list people count.
const mostCounted = 9

// countingTails are the endings behind figures that name one of a row; the others are of a day.
var countingTails = wordSet("е ое ье й ый ой ий я ая ю ую st nd rd th нче нчы енче ынчы нчесе нчысы нчесен нчысын")

// dayMarks are words before an ordinal that make a day of it, or no choice.
var dayMarks = wordSet("на к ко с со до по от после не ни кроме число on from to till until by before after not except")

// numberedOption chooses by an ordinal in figures.
func (m *message) numberedOption() {
	offered := m.countable()
	if len(offered) == 0 {
		return
	}
	first, last, n := m.ordinalAlone()
	if n < 1 || n > min(len(offered), mostCounted) || dayOfSome(offered, n) {
		return
	}
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool {
		return c.Field == FieldTime && c.Start < m.end(last) && c.End > m.start(first)
	})
	m.cover(first, last)
	m.say(Command{Do: Choose, Value: offered[n-1].ID}, first, last, "ordinal of the list")
}

// countable are the options that a visitor would count: the times, where some are
// offered, else what was asked for.
func (m *message) countable() []Option {
	if !slices.Contains(whenPicking, m.context.Expects) {
		return nil
	}
	times := slices.DeleteFunc(slices.Clone(m.context.Offered), func(o Option) bool { return o.Start.IsZero() })
	if len(times) > 0 || m.context.Expects == FieldTime {
		return times
	}
	return m.context.Offered
}

// dayOfSome holds where the number is the day of some of the times, and not of all.
func dayOfSome(offered []Option, n int) bool {
	on := 0
	for _, o := range offered {
		if !o.Start.IsZero() && o.Start.Day() == n {
			on++
		}
	}
	return on > 0 && on < len(offered)
}

// ordinalAlone gives the words of the only ordinal in figures of a message that says
// nothing else but courtesies, and its number; 0 where there is none.
func (m *message) ordinalAlone() (first, last, n int) {
	for i := 0; i < len(m.words); i++ {
		w := &m.words[i]
		switch {
		case w.personal || dayMarks[w.text]:
			return 0, 0, 0
		case w.number:
			tail := m.tail(i)
			if n > 0 || tail == "" || len(w.text) > 1 {
				return 0, 0, 0
			}
			first, last, n = i, i, atoi(w.text)
			if i+1 < len(m.words) && m.words[i+1].from < w.to+2 && m.tokens[m.words[i+1].from].Text == tail {
				i++
				last = i
			}
		case stopWords[w.text] || m.anyOf(i, i+1, "want", "en_want", "tt_want", "book", "tt_book", "en_make", "yes", "en_yes", "tt_yes", "thanks", "en_thanks", "ordinal", "variant", "en_one", "better", "en_better", "tt_better"):
		default:
			return 0, 0, 0
		}
	}
	return first, last, n
}

// tail is the ending of one of a row behind the figures of word i: «2-е», «2й», «2 нче».
func (m *message) tail(i int) string {
	at, hyphen := m.words[i].to, false
	if at < len(m.tokens) && m.tokens[at].Text == "-" && !m.tokens[at].Space {
		at, hyphen = at+1, true
	}
	if at >= len(m.tokens) || m.tokens[at].Kind != token.Word || !countingTails[m.tokens[at].Text] {
		return ""
	}
	text := m.tokens[at].Text
	if m.tokens[at].Space && (hyphen || !strings.HasPrefix(text, "нч") && !strings.HasPrefix(text, "ен") && !strings.HasPrefix(text, "ын")) {
		return ""
	}
	return text
}
