package nlu

import (
	"slices"
	"strings"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// pii collects personal data of one message. Every finder takes the tokens that it
// explains, so that the next ones do not see them: addresses, dates of birth,
// numbers, places; names come last, when the clinic's own words are known.
type pii struct {
	text    string
	tokens  []token.Token
	taken   []bool
	expects Field
	year    int // the present one
	spans   []Span
	checks  int
}

func newPII(text string, tokens []token.Token, c Context) *pii {
	p := &pii{text: text, tokens: tokens, taken: make([]bool, len(tokens)), expects: c.Expects, year: thisYear}
	if !c.Now.IsZero() {
		p.year = c.Now.Year()
	}
	return p
}

// take marks the tokens from…to (excluded) as one span.
func (p *pii) take(kind string, from, to int, value string) {
	for k := from; k < to; k++ {
		p.taken[k] = true
	}
	p.spans = append(p.spans, Span{Kind: kind, Start: p.tokens[from].Start, End: p.tokens[to-1].End, Value: value})
}

// find runs the finders that need no vocabulary.
func (p *pii) find() {
	p.addresses()
	p.birthDates()
	if p.worthRuns() {
		for _, r := range runs(p.tokens, p.taken) {
			p.readRun(r)
		}
	}
	p.places()
}

// worthRuns holds where the message has enough figures or number words for a number.
func (p *pii) worthRuns() bool {
	figures := 0
	for _, t := range p.tokens {
		switch {
		case t.Kind == token.Number:
			figures += len(t.Text)
		case t.Kind == token.Word && len(t.Text) >= 4:
			if _, ok := token.NumberName(t.Text); ok {
				figures++
			}
		}
	}
	return figures >= 5
}

// readRun reads a run from its left end, the more telling kinds first.
func (p *pii) readRun(r run) {
	free := 0 // the first group that is not explained
	for i := 0; i < len(r); {
		h := p.hintBefore(r, i)
		f, ok := found{}, false
		if h != hintPhone {
			f, ok = documentAt(r, i, h)
		}
		if !ok {
			f, ok = p.phoneAt(r, i, h)
		}
		if !ok && h == hintPhone {
			f, ok = documentAt(r, i, hintNone)
		}
		if !ok {
			i++
			continue
		}
		p.leftover(r[free:f.from])
		p.takeGroups(f.kind, r, f.from, f.to, f.value)
		i = f.to + 1
		free = i
	}
	p.leftover(r[free:])
}

func (p *pii) takeGroups(kind string, r run, i, j int, value string) {
	from := r[i].from
	for from > 0 && (r[i].plus || r[i].paren) && !p.taken[from-1] && plusOrParen[p.tokens[from-1].Text] {
		from--
	}
	p.take(kind, from, r[j].to, value)
}

var plusOrParen = map[string]bool{"+": true, "(": true, "плюс": true, "plus": true}

// leftover looks at groups that no kind explains: a telephone number that cannot be
// right, or nine figures and more, which are hidden in any case.
func (p *pii) leftover(r run) {
	for from := 0; from < len(r); {
		to := from + 1
		for to < len(r) && (r[to].gap != gapWeak || len(r) > 3) && !r[to].ordinary && to-from < 14 {
			to++
		}
		p.leftoverPiece(r, from, to-1)
		from = to
	}
}

func (p *pii) leftoverPiece(r run, i, j int) {
	total := r.length(i, j)
	if dateShaped(r, i, j) || r[j].ordinary && total < 9 {
		return
	}
	h := p.hintBefore(r, i)
	if (h == hintPhone && total >= 5 || p.expects == FieldPhone && total >= 5) && h <= hintPhone {
		p.takeGroups(KindPhone, r, i, j, "")
		return
	}
	if total >= 9 && (i != j || !r[i].spoken) {
		p.takeGroups(KindNumber, r, i, j, r.digits(i, j))
	}
}

// dateShaped holds for «25.11.2026», «10 00»: groups that make a date or a time.
func dateShaped(r run, i, j int) bool {
	if j == i {
		return len(r[i].digits) <= 4
	}
	for k := i; k <= j; k++ {
		d := r[k].digits
		if len(d) > 2 && (len(d) != 4 || d[:2] != "20" && d[:2] != "19") {
			return false
		}
	}
	return j-i <= 5 && r.length(i, j) < 13 && !(j-i >= 4 && r[i].gap != gapWeak && (r[i].digits == "8" || r[i].digits == "7"))
}

// hintWords are the words that name a number, by stems.
var hintWords = []struct {
	stem string
	hint hint
	text bool // the whole word must match
}{
	{"телефон", hintPhone, false},
	{"тел", hintPhone, true},
	{"номер", hintPhone, false},
	{"моб", hintPhone, true},
	{"мобильн", hintPhone, false},
	{"сотов", hintPhone, false},
	{"ватсап", hintPhone, false},
	{"вотсап", hintPhone, false},
	{"whatsapp", hintPhone, false},
	{"вацап", hintPhone, false},
	{"позвон", hintPhone, false},
	{"перезвон", hintPhone, false},
	{"звонит", hintPhone, false},
	{"набер", hintPhone, false},
	{"phone", hintPhone, true},
	{"mobile", hintPhone, true},
	{"tel", hintPhone, true},
	{"call", hintPhone, true},
	{"number", hintPhone, true},
	{"cell", hintPhone, true},
	{"шалтырат", hintPhone, false},
	{"паспорт", hintPassport, false},
	{"серия", hintPassport, true},
	{"серии", hintPassport, true},
	{"passport", hintPassport, true},
	{"снилс", hintSNILS, false},
	{"snils", hintSNILS, true},
	{"инн", hintINN, true},
	{"inn", hintINN, true},
	{"омс", hintOMS, true},
	{"полис", hintOMS, false},
	{"енп", hintOMS, true},
	{"policy", hintOMS, true},
	{"карт", hintCard, false},
	{"card", hintCard, true},
}

// hintBefore looks for a naming word up to four words before the group; a number in
// between uses it up, except the parts of a passport's.
func (p *pii) hintBefore(r run, i int) hint {
	weak := hintNone
	for k, words := r[i].from-1, 0; k >= 0 && words < 4; k-- {
		t := p.tokens[k]
		if t.Kind == token.Number || p.taken[k] {
			break
		}
		if t.Kind == token.Sign {
			if t.Text == "?" || t.Text == "!" {
				break
			}
			continue
		}
		words++
		if telephone(t.Text) {
			return hintPhone
		}
		for _, row := range hintWords {
			if row.text && t.Text == row.stem || !row.text && strings.HasPrefix(t.Text, row.stem) {
				if row.stem == "номер" { // «номер паспорта», «номер карты»: the other word decides
					weak = row.hint
					break
				}
				return row.hint
			}
		}
	}
	return weak
}

// telephone holds for «телефон» with a slip, which no table of stems has.
func telephone(text string) bool {
	own, ok := spelt(text)
	return ok && own.n >= 6 && own.n <= 9 && distance(&own, &telephoneSpelt, priceEdit) <= priceEdit
}

var telephoneSpelt, _ = spelt("телефон")

// merge sorts spans and joins those that overlap, the longer kind winning.
func mergeSpans(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	out := spans[:0]
	for _, s := range spans {
		if s.Start >= s.End {
			continue
		}
		if len(out) == 0 || s.Start >= out[len(out)-1].End {
			out = append(out, s)
			continue
		}
		last := &out[len(out)-1]
		if s.End-s.Start > last.End-last.Start {
			s.Start, s.End = last.Start, max(s.End, last.End)
			*last = s
			continue
		}
		last.End = max(last.End, s.End)
	}
	return out
}

// Mask gives the text with every span replaced by what tag returns for it; n counts
// the different values of a kind from 1. Spans must be ordered and apart, as Spans
// and Read give them.
func Mask(text string, spans []Span, tag func(s Span, n int) string) string {
	var b strings.Builder
	counts, seen, at := map[string]int{}, map[string]int{}, 0
	for _, s := range spans {
		value := s.Value
		if value == "" {
			value = text[s.Start:s.End]
		}
		key := s.Kind + "\x00" + value
		if seen[key] == 0 {
			counts[s.Kind]++
			seen[key] = counts[s.Kind]
		}
		b.WriteString(text[at:s.Start])
		b.WriteString(tag(s, seen[key]))
		at = s.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// Tag is the plain replacement: «[PHONE_1]».
func Tag(s Span, n int) string {
	return "[" + strings.ToUpper(s.Kind) + "_" + itoa(n) + "]"
}

// clip cuts text after MaxChars code points.
func clip(text string) (string, bool) {
	if len(text) <= MaxChars {
		return text, false
	}
	n := 0
	for i := 0; i < len(text); {
		if n == MaxChars {
			return text[:i], true
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
		n++
	}
	return text, false
}
