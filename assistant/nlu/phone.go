package nlu

import (
	"github.com/nyaruka/phonenumbers"
)

// hint is what the words before a number say that it is.
type hint uint8

const (
	hintNone hint = iota
	hintPhone
	hintPassport
	hintSNILS
	hintINN
	hintOMS
	hintCard
)

// found is a number that was recognised in a run: groups from…to of it.
type found struct {
	kind     string
	from, to int // groups, to included
	value    string
}

// mobile says whether ten figures are a Russian mobile number; the same as nyaruka's
// metadata says (a test compares them), at a thousandth of the price.
func mobile(national string) bool {
	return len(national) == 10 && national[0] == '9'
}

// e164 gives the number in E.164. Without plus a number is Russian. A foreign one that
// was asked for, or named a telephone, need only be possible.
func e164(digits string, plus, asked bool) (string, bool) {
	n := len(digits)
	switch {
	case n == 11 && (digits[0] == '7' || digits[0] == '8' && !plus) && mobile(digits[1:]), n == 11 && digits[0] == '8' && mobile(digits[1:]):
		return "+7" + digits[1:], true
	case n == 12 && digits[0] == '7' && (digits[1] == '8' || digits[1] == '7') && mobile(digits[2:]): // «+7 8 917…»
		return "+7" + digits[2:], true
	case n == 10 && !plus && mobile(digits):
		return "+7" + digits, true
	case plus && n >= 8 && n <= 15 && (digits[0] == '7' || !asked):
		return valid("+" + digits)
	case plus && n >= 8 && n <= 15:
		return possible("+" + digits)
	case n == 11 && (digits[0] == '7' || digits[0] == '8'):
		return valid("+7" + digits[1:])
	case n == 10:
		return valid("+7" + digits)
	}
	return "", false
}

func valid(number string) (string, bool) {
	parsed, err := phonenumbers.Parse(number, "RU")
	if err != nil || !phonenumbers.IsValidNumber(parsed) {
		return "", false
	}
	return phonenumbers.Format(parsed, phonenumbers.E164), true
}

// possible takes a foreign number by its country and length: ranges that are not in use
// in its numbering plan today (numbers for tests among them) are still somebody's number.
func possible(number string) (string, bool) {
	parsed, err := phonenumbers.Parse(number, "RU")
	if err != nil || !phonenumbers.IsPossibleNumber(parsed) {
		return "", false
	}
	return phonenumbers.Format(parsed, phonenumbers.E164), true
}

// maxChecks bounds the slow validations in one message; more numbers than that are
// left to the mask for numbers of no known kind.
const maxChecks = 12

// phoneAt tries to read a telephone number beginning at group i.
func (p *pii) phoneAt(r run, i int, h hint) (found, bool) {
	asked := h == hintPhone || p.expects == FieldPhone
	first := r[i]
	if h > hintPhone || first.marked {
		return found{}, false
	}
	if len(first.digits) <= 2 && i+1 < len(r) && !first.plus && !first.paren && p.clockBefore(first) && mobile(r[i+1].digits) {
		return found{}, false // «в 8 9172345678»: eight o'clock, then the number
	}
	if !asked && !first.plus && !first.paren && first.digits[0] != '7' && first.digits[0] != '8' && first.digits[0] != '9' && first.digits[0] != '0' {
		return found{}, false
	}
	best, ok := found{}, false
	total := 0
	for j := i; j < len(r) && total <= 17; j++ {
		if j > i && (r[j].marked || r[j].plus) {
			break
		}
		total += len(r[j].digits)
		if total < 8 {
			continue
		}
		if value, good := p.dialled(r, i, j, total, asked); good && p.closes(r, i, j) {
			best, ok = found{KindPhone, i, j, value}, true
		}
	}
	return best, ok
}

// dialled validates the groups i…j as a whole.
func (p *pii) dialled(r run, i, j, total int, asked bool) (string, bool) {
	first, digits := r[i], r.digits(i, j)
	plus := first.plus
	if total > 10 && len(digits) > 2 && digits[:2] == "00" {
		digits, plus = digits[2:], true
	}
	if total > 12 && len(digits) > 3 && digits[:3] == "810" && !plus {
		digits, plus = digits[3:], true
	}
	if !plus && !(total == 10 || total == 11 || total == 12 && digits[0] == '7' || asked && total >= 11) {
		return "", false
	}
	if !plus && total == 10 && !mobile(digits) && !asked && !first.paren {
		return "", false
	}
	if !asked && !plus && (r.shape(i, 4, 6) && i+1 == j || r.shape(i, 2, 2, 6) && i+2 == j || r.shape(i, 3, 3, 3, 2) && snilsValid(digits)) {
		return "", false // a passport's and an account's usual spelling
	}
	if quick := len(digits) == 10 && mobile(digits) || len(digits) == 11 && mobile(digits[1:]); !quick {
		if p.checks++; p.checks > maxChecks {
			return "", false
		}
	}
	if value, ok := e164(digits, plus, asked && first.plus); ok {
		return value, true
	}
	if asked && !plus && total >= 11 && digits[0] != '8' && digits[0] != '7' {
		return e164(digits, true, false)
	}
	return "", false
}

// closes says whether the number may end after group j: what follows is not one more
// piece of the same number.
func (p *pii) closes(r run, i, j int) bool {
	if i > 0 && r[i].gap == gapPlain && !r[i].plus && !r[i].paren && i != j && len(r[i-1].digits) >= 3 && !r[i-1].ordinary {
		return false
	}
	if i > 0 && r[i].gap == gapNone && !r[i].plus {
		return false
	}
	if j+1 >= len(r) {
		return true
	}
	next := r[j+1]
	if next.gap == gapWeak || next.plus || next.paren || next.ordinary || next.marked {
		return true
	}
	if next.gap == gapNone {
		return false
	}
	if i == j || len(r[j].digits) >= 7 {
		return true // written in one piece, so it is complete
	}
	return next.digits[0] == '8' && (len(next.digits) == 1 || len(next.digits) >= 4) || len(next.digits) >= 10
}

// clockBefore says whether a preposition of time stands before the group.
func (p *pii) clockBefore(g group) bool {
	return g.from > 0 && clockWords[p.tokens[g.from-1].Text]
}

var clockWords = wordSet("в во на к до после с at by after")

// documentAt tries the numbers of documents and cards beginning at group i.
func documentAt(r run, i int, h hint) (found, bool) {
	total := 0
	best, ok := found{}, false
	for j := i; j < len(r) && total <= 20; j++ {
		total += len(r[j].digits)
		if total < 6 || j+1 < len(r) && r[j+1].gap == gapNone {
			continue
		}
		if kind := documentKind(r, i, j, total, h); kind != "" && !longer(r, i, j, h) {
			best, ok = found{kind, i, j, r.digits(i, j)}, true
			if total == usual[h] {
				break
			}
		}
	}
	return best, ok
}

// usual is how many figures a named number has.
var usual = map[hint]int{hintPassport: 10, hintSNILS: 11, hintINN: 12, hintOMS: 16, hintCard: 16}

// dialling holds for a group of a number that begins with a plus: no document does.
func (r run) dialling(i int) bool {
	for ; i > 0 && !r[i].plus && r[i].gap == gapPlain; i-- {
	}
	return r[i].plus
}

// longer says whether a hinted number goes on: «паспорт 9205 123456» is not the six
// figures at its beginning.
func longer(r run, i, j int, h hint) bool {
	return j+1 < len(r) && !r[j+1].ordinary && r.length(i, j+1) <= usual[h] && len(r[j+1].digits) > 1
}

func documentKind(r run, i, j, total int, h hint) string {
	switch h {
	case hintPassport:
		if total >= 6 && total <= 10 {
			return KindPassport
		}
	case hintSNILS:
		if total >= 9 && total <= 12 {
			return KindSNILS
		}
	case hintINN:
		if total >= 10 && total <= 12 {
			return KindINN
		}
	case hintOMS:
		if total >= 9 && total <= 16 {
			return KindOMS
		}
	case hintCard:
		if total >= 12 && total <= 19 {
			return KindCard
		}
	}
	if r.dialling(i) || r[i].spoken && h == hintNone {
		return ""
	}
	digits := r.digits(i, j)
	switch {
	case cardShape(r, i, j, total) && cardBrand(digits) && luhn(digits):
		return KindCard
	case total == 16 && (i == j || r.shape(i, 4, 4, 4, 4)) && omsValid(digits):
		return KindOMS
	case total == 16 && r.shape(i, 4, 4, 4, 4) && cardBrand(digits):
		return KindCard // one figure mistyped is still a card to hide
	case total == 11 && j == i+3 && r.shape(i, 3, 3, 3, 2) && snilsValid(digits):
		return KindSNILS
	case total == 12 && i == j && innValid(digits):
		return KindINN
	case h == hintNone && total == 10 && (r.shape(i, 4, 6) && j == i+1 || r.shape(i, 2, 2, 6) && j == i+2) && r[i+1].gap != gapWeak:
		return KindPassport
	}
	return ""
}

// cardShape holds for figures written in one piece or in the groups that stand on cards.
func cardShape(r run, i, j, total int) bool {
	if total < 13 || total > 19 {
		return false
	}
	if i == j {
		return true
	}
	return r.shape(i, 4, 4, 4, 4) && (j == i+3 || j == i+4 && len(r[j].digits) <= 3) || total == 15 && r.shape(i, 4, 6, 5) && j == i+2 || total == 16 && r.shape(i, 8, 8)
}
