package nlu

import (
	"strings"

	"okoshko/assistant/nlu/token"
)

// group is one piece of a number as it was written or dictated: «917», «двести».
type group struct {
	digits   string
	from, to int  // tokens, to excluded
	gap      gap  // what parts it from the group before
	plus     bool // «+» or «плюс» stands before it
	paren    bool // «(» stands before it
	spoken   bool // in words
	marked   bool // «номер» stands between it and the group before: passports
	ordinary bool // what follows shows that it is an amount or a time: «20 метров», «15:30»
}

// gap is what stands between two groups of digits.
type gap uint8

const (
	gapNone gap = iota
	gapPlain
	gapWeak // a full stop, comma or slash: may end a number and may stand inside
)

// run is a stretch of groups between which only separators stand.
type run []group

func (r run) digits(i, j int) string {
	if i == j {
		return r[i].digits
	}
	var b strings.Builder
	for k := i; k <= j; k++ {
		b.WriteString(r[k].digits)
	}
	return b.String()
}

func (r run) length(i, j int) int {
	n := 0
	for k := i; k <= j; k++ {
		n += len(r[k].digits)
	}
	return n
}

// shape tells whether the groups i… have these lengths.
func (r run) shape(i int, lengths ...int) bool {
	if i+len(lengths) > len(r) {
		return false
	}
	for k, n := range lengths {
		if len(r[i+k].digits) != n {
			return false
		}
	}
	return true
}

// maxGroups bounds the groups of one run; further digits begin a new one.
const maxGroups = 40

// runs cuts the tokens that are not taken yet into runs of digit groups.
func runs(tokens []token.Token, taken []bool) []run {
	var all []run
	var current run
	flush := func() {
		if len(current) > 0 {
			all = append(all, current)
		}
		current = nil
	}
	for i := 0; i < len(tokens); {
		g, ok := groupAt(tokens, taken, i)
		if !ok {
			i++
			continue
		}
		link, joined := between(tokens, taken, current, g.from)
		if !joined || len(current) == maxGroups {
			flush()
			link = separator{plus: link.plus, paren: link.paren}
		}
		g.gap, g.plus, g.paren, g.marked = link.gap, link.plus, link.paren, link.marked
		g.ordinary = ordinary(tokens, g.to)
		current = append(current, g)
		i = g.to
	}
	flush()
	return all
}

// groupAt reads figures, or number words up to 999, beginning at token i.
func groupAt(tokens []token.Token, taken []bool, i int) (group, bool) {
	t := tokens[i]
	if taken[i] || t.Kind == token.Sign || t.Text == "" {
		return group{}, false
	}
	if t.Kind == token.Number {
		return group{digits: t.Text, from: i, to: i + 1}, true
	}
	if many, ok := repeated(tokens, i); ok {
		return many, true
	}
	if zero[t.Text] {
		return group{digits: "0", from: i, to: i + 1, spoken: true}, true
	}
	name, ok := token.NumberName(t.Text)
	if !ok || name.Ordinal || name.Rank == token.Thousand {
		return group{}, false
	}
	value, floor, to := name.Value, name.Rank, i+1
	for to < len(tokens) && floor > token.Unit && floor != token.Teen && tokens[to].Kind == token.Word && !taken[to] {
		next, ok := token.NumberName(tokens[to].Text)
		if !ok || next.Ordinal || next.Lang != name.Lang || !below(next.Rank, floor) {
			break
		}
		value, floor, to = value+next.Value, next.Rank, to+1
	}
	if name.Rank == token.Unit && to < len(tokens) && name.Lang != "ru" {
		if hundred, ok := token.NumberName(tokens[to].Text); ok && hundred.Value == 100 && !hundred.Ordinal {
			rest, restOK := groupAt(tokens, taken, min(to+1, len(tokens)-1))
			value, to = value*100, to+1
			if restOK && rest.from == to && rest.spoken && len(rest.digits) <= 2 && rest.digits != "0" {
				value, to = value+atoi(rest.digits), rest.to
			}
		}
	}
	return group{digits: itoa(value), from: i, to: to, spoken: true}, true
}

func below(rank, floor token.Rank) bool {
	if rank == token.Zero || rank == token.Hundred {
		return false
	}
	if floor == token.Hundred {
		return true
	}
	return floor == token.Ten && rank == token.Unit
}

// zero are names of the nought that are no numbers elsewhere.
var zero = wordSet("oh nil")

// figureNames are figures as things one counts: «три семёрки», "double seven".
var figureNames = figureTable(
	"0 ноля нуля нулей нолей", "1 единицы единички единиц единичек", "2 двойки двоек", "3 тройки троек", "4 четверки четверок",
	"5 пятерки пятерок", "6 шестерки шестерок", "7 семерки семерок", "8 восьмерки восьмерок", "9 девятки девяток",
)

func figureTable(rows ...string) map[string]byte {
	table := map[string]byte{}
	for _, row := range rows {
		words := strings.Fields(row)
		for _, w := range words[1:] {
			table[w] = words[0][0]
		}
	}
	return table
}

func repeated(tokens []token.Token, i int) (group, bool) {
	if i+1 >= len(tokens) || tokens[i+1].Kind != token.Word {
		return group{}, false
	}
	times, word := 0, tokens[i+1].Text
	switch tokens[i].Text {
	case "double":
		times = 2
	case "triple":
		times = 3
	}
	if times > 0 {
		if n, ok := token.NumberName(word); ok && n.Value < 10 && !n.Ordinal {
			return group{digits: strings.Repeat(itoa(n.Value), times), from: i, to: i + 2, spoken: true}, true
		}
		return group{}, false
	}
	figure, ok := figureNames[word]
	if !ok {
		return group{}, false
	}
	n, ok := token.NumberName(tokens[i].Text)
	if !ok || n.Value < 2 || n.Value > 5 {
		return group{}, false
	}
	return group{digits: strings.Repeat(string(figure), n.Value), from: i, to: i + 2, spoken: true}, true
}

// separator is what was found between two groups.
type separator struct {
	gap         gap
	plus, paren bool
	marked      bool
}

// between looks at the tokens from the end of the run to at. It is joined where they
// are separators only; plus and paren are seen in any case.
func between(tokens []token.Token, taken []bool, current run, at int) (separator, bool) {
	var s separator
	from := max(0, at-3)
	if len(current) > 0 {
		from = current[len(current)-1].to
	}
	for k := at - 1; k >= max(from, at-3); k-- {
		switch tokens[k].Text {
		case "+", "плюс", "plus":
			s.plus = true
		case "(":
			s.paren = true
		case "-", ")", ".":
			continue
		}
		if tokens[k].Kind == token.Word && !s.plus {
			break
		}
	}
	if len(current) == 0 || at-from > 4 {
		return s, false
	}
	if tokens[at].Space {
		s.gap = gapPlain
	}
	for k := from; k < at; k++ {
		if taken[k] {
			return s, false
		}
		switch tokens[k].Text {
		case "-", "(", ")", "+", "плюс", "plus", "_", "−", "‑", "–", "—", "*", "~":
			s.gap = max(s.gap, gapPlain)
		case ".", ",", "/", "и", "·", "•":
			s.gap = gapWeak
		case "номер", "№", "n", "серия":
			s.marked, s.gap = true, gapWeak
		default:
			return s, false
		}
	}
	return s, true
}

// ordinary tells from what follows a number that it is an amount or part of a time.
func ordinary(tokens []token.Token, at int) bool {
	if at >= len(tokens) {
		return false
	}
	t := tokens[at]
	if t.Text == ":" {
		return at+1 < len(tokens) && tokens[at+1].Kind == token.Number
	}
	if _, number := token.NumberName(t.Text); number || zero[t.Text] {
		return false
	}
	return t.Kind == token.Word && len(t.Text) > 1 && !phoneTail[t.Text] || t.Text == "%" || t.Text == "₽" || t.Text == "№"
}

// phoneTail are words that may follow a telephone number's part without making it an
// amount.
var phoneTail = wordSet("это мой мои моя телефон тел номер спасибо пожалуйста имя зовут меня доб добавочный вот да и")

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// atoi reads ASCII figures; the callers give at most nine.
func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}
