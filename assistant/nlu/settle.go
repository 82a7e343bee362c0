package nlu

import (
	"slices"
	"strings"
)

// corrections turns what replaces something said before into `correct`, and takes out
// what is turned down: «не к Ахметовой, а к Иванову», «лучше чистку».
func (m *message) corrections() {
	turned := map[Field]string{}
	spans := map[Field]Command{}
	kept := m.commands[:0]
	for _, c := range m.commands {
		if c.Do == Set && m.termField(c.Field) && c.Value != ValueAny && m.turnedDown(c) {
			turned[c.Field], spans[c.Field] = c.Value, c
			continue
		}
		kept = append(kept, c)
	}
	m.commands = kept
	for field, not := range turned {
		placed := false
		for i := range m.commands {
			if c := &m.commands[i]; c.Field == field && (c.Do == Set || c.Do == Correct) {
				c.Do, c.Not, placed = Correct, not, true
			}
		}
		if !placed {
			c := spans[field]
			m.commands = append(m.commands, Command{Do: Correct, Field: field, Not: not, Others: nil, Start: c.Start, End: c.End, Quote: c.Quote, Rule: c.Rule})
		}
	}
	better := -1
	for i := range m.words {
		w := &m.words[i]
		if w.classes.has(m.lexicon.ids["better"]) || w.classes.has(m.lexicon.ids["en_better"]) || w.classes.has(m.lexicon.ids["tt_better"]) {
			better = m.start(i)
			w.covered = true
			break
		}
	}
	denied := m.context.Expects == ExpectConfirm && slices.ContainsFunc(m.commands, func(c Command) bool { return c.Do == Deny && c.Field == "" })
	for i := range m.commands {
		if c := &m.commands[i]; c.Do == Set && (denied || better >= 0 && c.Field != FieldPhone && c.Field != FieldName && c.Field != FieldEmail) {
			c.Do = Correct
		}
	}
}

func (m *message) termField(f Field) bool {
	return f == FieldService || f == FieldSpecialist || f == FieldBranch
}

// turnedDown says whether «не» stands before the words, prepositions apart.
func (m *message) turnedDown(c Command) bool {
	first := m.wordAt(c.Start)
	for k := first - 1; k >= max(0, first-3) && !m.words[k+1].stop && !m.words[k+1].comma; k-- {
		text := m.words[k].text
		if text == "не" || text == "вместо" || text == "кроме" || text == "not" || text == "except" || text == "ни" {
			m.words[k].covered = true
			return true
		}
		if !smallWords[text] {
			break
		}
	}
	last := m.wordAt(c.End - 1)
	return last+1 < len(m.words) && (m.words[last+1].text == "түгел" || m.words[last+1].text == "тугел")
}

var smallWords = wordSet("к ко у на в во с со на надо нужно хочу to with at the a for dr doctor врачу доктору мастеру")

// settle puts the commands into the order of the text and drops what others make empty.
func (m *message) settle(alarm string) {
	m.thumbs()
	sets := slices.ContainsFunc(m.commands, func(c Command) bool { return c.Do == Set || c.Do == Correct || c.Do == Choose })
	has := func(do string) bool {
		return slices.ContainsFunc(m.commands, func(c Command) bool { return c.Do == do && c.Field == "" })
	}
	draft := slices.ContainsFunc(m.commands, func(c Command) bool { return c.Draft })
	yesNo := m.yesNo()
	gives := slices.ContainsFunc(m.commands, func(c Command) bool {
		return c.Do == Set && (c.Field == FieldName || c.Field == FieldPhone || c.Field == FieldEmail)
	})
	affirm, deny, but := has(Affirm), has(Deny), m.about(0, "but")
	busy := has(Move) || has(Cancel) || has(Erase) || has(Human) || has(Withdraw) || has(Wait) || has(Restart)
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool {
		switch c.Do {
		case Set, Correct:
			return c.Field == FieldTime && m.context.Expects == FieldTime && m.chosenAt(c)
		case Choose:
			return m.partOfTime(c)
		case Human:
			return c.Value == ValueAsked && slices.ContainsFunc(m.commands, func(o Command) bool { return o.Do == Human && o.Value == ValueComplaint })
		case Affirm:
			return deny || sets && (!yesNo || but) || busy && !yesNo
		case Deny:
			if c.Field == FieldTime && (m.deniedAt(c) || draft) {
				return true
			}
			return c.Field == "" && (sets && m.context.Expects != ExpectConsent && m.context.Expects != ExpectPurpose || busy && m.context.Expects != ExpectConfirm)
		case Book:
			return has(Move) || has(Cancel) || has(Wait) || has(Show) || m.context.Expects == ExpectConfirm && (deny || affirm && !sets)
		case Cancel:
			return has(Move) || has(Erase)
		case Restart:
			return draft
		case Show:
			return c.Value == "" && (has(Move) || has(Cancel) || has(Erase) || has(Know))
		case Know:
			return has(Erase) || gives // «мои данные: Алсу, 8917…» says them
		case Unclear:
			return len(m.commands) > 1
		}
		return false
	})
	for i := range m.commands {
		if c := &m.commands[i]; c.Do == Correct && c.Field == FieldTime && has(Move) {
			c.Do = Set // the words turned down the old time, not one said before
		}
	}
	slices.SortStableFunc(m.commands, func(a, b Command) int { return a.Start - b.Start })
	m.dedupe()
	if len(m.commands) == 0 && alarm == "" {
		m.commands = []Command{{Do: Unclear, Quote: m.text, End: len(m.text), Rule: m.ruleOf("no row")}}
	}
}

// yesNo holds where a yes or a no was asked for.
func (m *message) yesNo() bool { return slices.Contains(whenYesNo, m.context.Expects) }

// partOfTime says whether the words that would choose are part of a longer time: «первый
// понедельник декабря», "first thing tomorrow". A day of the month alone is not longer.
func (m *message) partOfTime(c Command) bool {
	return slices.ContainsFunc(m.commands, func(o Command) bool {
		return m.aTime(o) && !o.Monthless && o.Start < c.End && c.End < o.End
	})
}

// chosenAt says whether the same words choose one of what was offered: "the second one"
// is no second of the month.
func (m *message) chosenAt(c Command) bool {
	return slices.ContainsFunc(m.commands, func(o Command) bool {
		return o.Do == Choose && o.Start < c.End && c.Start < o.End && !m.partOfTime(o)
	})
}

// deniedAt says whether a plain no stands on the same words: «ни одно» is no one o'clock.
func (m *message) deniedAt(c Command) bool {
	return slices.ContainsFunc(m.commands, func(o Command) bool { return o.Do == Deny && o.Field == "" && o.Start < c.End && c.Start < o.End })
}

// dedupe keeps one command of a kind and value: the later of two values of one field
// stands, except times, which the conversation weighs.
func (m *message) dedupe() {
	seen := map[string]bool{}
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool {
		if c.Field == FieldTime {
			return false
		}
		key := c.Do + "|" + string(c.Field) + "|" + c.Value
		if seen[key] {
			return true
		}
		seen[key] = true
		return false
	})
}

// thumbs reads the answers that have no words: «+», «👍».
func (m *message) thumbs() {
	if len(m.words) > 0 || len(m.tokens) == 0 || len(m.commands) > 0 {
		return
	}
	t := m.tokens[0]
	do := map[string]string{"+": Affirm, "👍": Affirm, "👌": Affirm, "✅": Affirm, "✔": Affirm, "👎": Deny, "❌": Deny, "🙏": Thanks, "-": Deny, "👋": Greet}[t.Text]
	if do == "" {
		for sign, meaning := range map[string]string{"👍": Affirm, "👌": Affirm, "👎": Deny} {
			if strings.HasPrefix(t.Raw, sign) {
				do = meaning
			}
		}
	}
	if do != "" {
		m.commands = append(m.commands, Command{Do: do, Start: t.Start, End: t.End, Quote: m.text[t.Start:t.End], Rule: m.ruleOf("sign: " + t.Text)})
	}
}

// coveredShare is the share of meaning-bearing words that something explains; 1 where
// there are none but something was understood.
func (m *message) coveredShare() float64 {
	all, explained := 0, 0
	for i := range m.words {
		w := &m.words[i]
		if !w.covered && (stopWords[w.text] || w.number && len(w.text) < 2) {
			continue
		}
		all++
		if w.covered {
			explained++
		}
	}
	if all > 0 {
		return float64(explained) / float64(all)
	}
	if len(m.commands) == 1 && m.commands[0].Do == Unclear {
		return 0
	}
	return 1
}
