package nlu

import (
	"slices"

	"okoshko/assistant/nlu/when"
)

// unreal reads the answer to the question for a time that names a day on which nobody
// can come: «вчера», «32 декабря». Beside other words it tells something else: «вчера
// заболел зуб».
func (m *message) unreal() {
	if m.context.Expects != FieldTime {
		return
	}
	u, ok := when.FindUnreal(m.tokens, when.Context{Lang: m.context.Lang, Now: m.context.Now})
	if !ok {
		return
	}
	first, last := -1, -1
	for i := range m.words {
		w := &m.words[i]
		switch {
		case m.start(i) < u.End && m.end(i) > u.Start:
			if first < 0 {
				first = i
			}
			last = i
		case w.personal || w.named || !stopWords[w.text] && !m.anyOf(i, i+1, "want", "en_want", "tt_want", "book", "tt_book", "en_make", "yes", "en_yes", "tt_yes", "better", "en_better", "tt_better"):
			return
		}
	}
	if first < 0 {
		return
	}
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool {
		return c.Start < u.End && c.End > u.Start && (c.Field == FieldTime || c.Do == Choose)
	})
	value := ValueNever
	if u.Past {
		value = ValuePast
	}
	m.cover(first, last)
	m.say(Command{Do: Set, Field: FieldTime, Value: value}, first, last, "day that cannot be")
}
