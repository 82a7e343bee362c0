package nlu

import (
	"slices"
	"strings"
)

// How a service stands to those named before it: Command.Link.
const (
	LinkAnd  = "and"  // wanted along with them: «стрижка и окрашивание», «и ещё маникюр»
	LinkOnly = "only" // wanted in place of all others: «только стрижку»
)

// Words that tell how services stand to one another, in the languages of the house.
var (
	linkAnd     = wordTable(`и да плюс также тоже еще потом затем после сразу заодно вместе подряд следом а and plus also then too after as well with together һәм тагын шулай ук аннары аннан соң белән бергә дә да`)
	linkOr      = wordTable(`или либо ли or either яки я әллә`)
	linkSmall   = wordTable(`на к ко в во для у the a an for to on услугу услуги прием приёма приему сеанс процедуру сделать хочу`)
	linkAdd     = wordTable(`добавьте добавь добавить добавим прибавьте еще также плюс заодно add also plus тагын өстәгез өстә өстәргә`)
	linkOnly    = wordTable(`только лишь only just`)
	linkAfter   = wordTable(`гына генә`)
	linkWithout = wordTable(`без кроме убери уберите уберем убрать исключите исключить вычеркните without except skip remove drop no`)
	linkNeed    = wordTable(`надо нужно нужна нужен буду хочу стоит нада`)
	linkNeedNot = wordTable(`кирәкми кирэкми`)
)

func wordTable(words string) map[string]bool {
	table := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		table[strings.ReplaceAll(w, "ё", "е")] = true
	}
	return table
}

// links notes how the services of a message stand to one another and to what was said
// before: which are wanted together, which alone, and which not.
func (m *message) links() {
	var order []int // of commands that set a service, by place
	for i, c := range m.commands {
		if (c.Do == Set || c.Do == Correct) && c.Field == FieldService && c.Value != "" {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return m.commands[a].Start - m.commands[b].Start })
	before := -1 // last word of the service before
	for _, i := range order {
		c := &m.commands[i]
		first, last := m.wordAt(c.Start), m.wordAt(c.End-1)
		if first >= len(m.words) || last >= len(m.words) {
			continue
		}
		switch {
		case m.without(first, last):
			c.Do, c.Not, c.Value, c.Others = Correct, c.Value, "", nil
			continue
		case m.alone(first, last):
			c.Link = LinkOnly
		case before >= 0 && m.linked(before, first), before < 0 && m.added(first):
			c.Link = LinkAnd
		}
		before = last
	}
}

// without reports whether the service is one that is not wanted: «без окрашивания»,
// «окрашивание не надо».
func (m *message) without(first, last int) bool {
	at := first - 1
	for at >= 0 && linkSmall[m.words[at].text] && !m.words[at+1].comma {
		at--
	}
	if at >= 0 && linkWithout[m.words[at].text] && !m.words[at+1].comma {
		m.cover(at, at)
		return true
	}
	next := func(n int) string {
		if last+n >= len(m.words) || m.words[last+n].stop || m.words[last+n].comma {
			return ""
		}
		return m.words[last+n].text
	}
	switch {
	case next(1) == "не" && linkNeed[next(2)]:
		m.cover(last+1, last+2)
		return true
	case linkNeedNot[next(1)], next(1) == "кирәк" && next(2) == "түгел":
		m.cover(last+1, last+1)
		return true
	}
	return false
}

func (m *message) alone(first, last int) bool {
	at := first - 1
	for at >= 0 && linkSmall[m.words[at].text] {
		at--
	}
	return at >= 0 && linkOnly[m.words[at].text] || last+1 < len(m.words) && linkAfter[m.words[last+1].text]
}

// linked reports whether nothing but words that join stands between two services.
func (m *message) linked(before, first int) bool {
	if first <= before { // two services read out of the same words
		return false
	}
	joined := m.words[first].comma || m.signBetween(before, first)
	for i := before + 1; i < first; i++ {
		w := m.words[i]
		switch {
		case w.stop || linkOr[w.text]:
			return false
		case linkAnd[w.text]:
			joined = true
			m.cover(i, i)
		case !linkSmall[w.text]:
			return false
		}
	}
	return joined && !m.words[first].stop
}

// signBetween reports whether a plus or an ampersand joins two words.
func (m *message) signBetween(before, first int) bool {
	return strings.ContainsAny(m.text[m.end(before):m.start(first)], "+&")
}

// added reports whether the first service of a message is to be added to what was said
// before.
func (m *message) added(first int) bool {
	const reach = 4
	for i := first - 1; i >= max(0, first-reach); i-- {
		if m.words[i+1].stop {
			return false
		}
		w := m.words[i].text
		if linkAdd[w] && m.words[i+1].text != "раз" || i == 0 && (w == "и" || w == "and" || w == "һәм") {
			m.cover(i, i)
			return true
		}
	}
	return false
}
