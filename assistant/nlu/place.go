package nlu

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// birthWords name a date of birth.
var birthWords = []string{"родил", "рожден", "рождён", "born", "birth", "dob", "туган"}

// months gives a month's number by the beginning of its name.
var months = []struct {
	stem  string
	month int
}{
	{"январ", 1},
	{"феврал", 2},
	{"март", 3},
	{"апрел", 4},
	{"май", 5},
	{"мая", 5},
	{"июн", 6},
	{"июл", 7},
	{"август", 8},
	{"сентябр", 9},
	{"октябр", 10},
	{"ноябр", 11},
	{"декабр", 12},
	{"jan", 1},
	{"feb", 2},
	{"mar", 3},
	{"apr", 4},
	{"may", 5},
	{"jun", 6},
	{"jul", 7},
	{"aug", 8},
	{"sep", 9},
	{"oct", 10},
	{"nov", 11},
	{"dec", 12},
	{"гыйнвар", 1},
}

func monthOf(t token.Token) int {
	if t.Kind == token.Number {
		if len(t.Text) <= 2 && atoi(t.Text) >= 1 && atoi(t.Text) <= 12 {
			return atoi(t.Text)
		}
		return 0
	}
	for _, m := range months {
		if strings.HasPrefix(t.Text, m.stem) {
			return m.month
		}
	}
	return 0
}

// birthDates finds full dates that are said to be of birth or lie too far back to be
// anything else. A date to come is never one.
func (p *pii) birthDates() {
	for i := 0; i < len(p.tokens); i++ {
		if p.tokens[i].Kind != token.Number || p.taken[i] {
			continue
		}
		to, value, year := p.dateAt(i)
		if to == 0 || !(year < p.year || p.bornBefore(i) || p.bornAfter(to)) {
			continue
		}
		p.take(KindBirthDate, i, to, value)
		i = to - 1
	}
}

// thisYear stands for the present year where a text is read without a clock: a bare
// date of an earlier year is of birth, since appointments are made for days to come.
const thisYear = 2024

// dateAt reads day, month, year («05.03.1987», «5 марта 87», «1987-03-05») or, beside
// a word of birth, a year alone. to is 0 where none stands there.
func (p *pii) dateAt(i int) (to int, value string, year int) {
	parts, signs := [3]int{i}, 0
	k := i
	for n := 1; n < 3; n++ {
		k++
		if k < len(p.tokens) && strings.Contains("./-", p.tokens[k].Text) && p.tokens[k].Text != "" {
			signs++
			k++
		}
		if k >= len(p.tokens) || p.tokens[k].Kind == token.Sign || p.taken[k] {
			return p.bareYear(i)
		}
		parts[n] = k
	}
	first, second, third := p.tokens[parts[0]], p.tokens[parts[1]], p.tokens[parts[2]]
	day, month := 0, monthOf(second)
	switch {
	case len(first.Text) == 4 && third.Kind == token.Number && len(third.Text) <= 2 && signs == 2:
		year, day = atoi(first.Text), atoi(third.Text)
	case len(first.Text) <= 2 && third.Kind == token.Number && (len(third.Text) == 4 || len(third.Text) == 2 && (p.bornBefore(i) || p.bornAfter(k+1))):
		day, year = atoi(first.Text), atoi(third.Text)
		if year < 100 {
			year += 1900
			if year < 1930 {
				year += 100
			}
		}
	default:
		return p.bareYear(i)
	}
	if signs == 0 && second.Kind == token.Number && !p.bornBefore(i) || month == 0 || day < 1 || day > 31 || year < 1900 || year > 2099 {
		return p.bareYear(i)
	}
	return k + 1, itoa(year) + "-" + two(month) + "-" + two(day), year
}

func (p *pii) bareYear(i int) (int, string, int) {
	t := p.tokens[i].Text
	if len(t) != 4 || t < "1920" || t > "2030" || !p.bornAfter(i+1) && !p.bornBefore(i) {
		return 0, "", 0
	}
	return i + 1, t, 3000
}

func two(n int) string {
	if n < 10 {
		return "0" + itoa(n)
	}
	return itoa(n)
}

func (p *pii) bornBefore(i int) bool {
	for k := i - 1; k >= max(0, i-5); k-- {
		t := p.tokens[k]
		for _, w := range birthWords {
			if strings.HasPrefix(t.Text, w) {
				return true
			}
		}
		if t.Text == "др" || t.Text == "р" && k >= 2 && p.tokens[k-1].Text == "." && p.tokens[k-2].Text == "д" {
			return true
		}
	}
	return false
}

// bornAfter sees «г.р.», «года рождения», «гр» behind the date.
func (p *pii) bornAfter(to int) bool {
	for k := to; k < min(len(p.tokens), to+4); k++ {
		t := p.tokens[k].Text
		if t == "гр" || t == "р" && k > to && k < to+3 && p.tokens[k-1].Text == "." || strings.HasPrefix(t, "рожден") || strings.HasPrefix(t, "туган") {
			return true
		}
	}
	return false
}

var (
	streetBefore = wordSet("ул улица улице улицу улицы пр проспект проспекте проспекта пр-т просп переулок пер переулке шоссе бульвар бульваре б-р площадь пл набережная наб проезд тракт мкр микрорайон микрорайоне тупик")
	streetAfter  = wordSet("street st avenue ave road rd lane урамы урамында урам проспекты шоссе улица переулок проспект бульвар тракт")
	housePart    = wordSet("д дом дома корп корпус к стр строение кв квартира квартире офис подъезд под этаж эт йорт фатир apt flat house")
	houseBehind  = wordSet("йорт фатир floor")
	// houseAlone mark an address without a street; a branch is never asked for by them.
	houseAlone = wordSet("кв квартира квартире подъезд фатир apt")
)

// places finds postal addresses: a word of a street beside a name and a house number,
// or a flat.
func (p *pii) places() {
	for i := 0; i < len(p.tokens); i++ {
		t := p.tokens[i]
		if t.Kind != token.Word || p.taken[i] {
			continue
		}
		if to := p.placeAt(i); to > i {
			from := i
			for from > 0 && !p.taken[from-1] && p.tokens[from-1].Kind == token.Number && i+1 < len(p.tokens) && streetAfter[p.tokens[i+1].Text] {
				from--
			}
			p.take(KindAddress, p.cityBefore(from), to, p.text[p.tokens[from].Start:p.tokens[to-1].End])
			i = to - 1
		}
	}
}

// placeAt gives the token after an address that begins at i, or i.
func (p *pii) placeAt(i int) int {
	t := p.tokens[i].Text
	switch {
	case streetBefore[t]:
		name := p.streetName(i + 1)
		if name == i+1 {
			return i
		}
		if to := p.house(name); to > name {
			return to
		}
	case i+1 < len(p.tokens) && streetAfter[p.tokens[i+1].Text] && capital(p.tokens[i].Raw):
		if to := p.house(i + 2); to > i+2 {
			return to
		}
		if i > 0 && p.tokens[i-1].Kind == token.Number && len(p.tokens[i-1].Text) <= 4 && ascii(t) {
			return i + 2
		}
	case houseAlone[t], t == "дом" && p.numberAt(i+1) > 0:
		if to := p.house(i); to > i+1 {
			return to
		}
	}
	return i
}

// streetName passes over the name of a street: up to three words or a number with a
// word («8 Марта»), capitals not required.
func (p *pii) streetName(i int) int {
	k, words := i, 0
	for k < len(p.tokens) && words < 3 && !p.taken[k] {
		t := p.tokens[k]
		if t.Kind == token.Sign {
			if t.Text == "." || t.Text == "-" {
				k++
				continue
			}
			break
		}
		if housePart[t.Text] || t.Kind == token.Number && words > 0 {
			break
		}
		words++
		k++
	}
	if words == 0 {
		return i
	}
	return k
}

// house passes over «, д. 5, корп. 2, кв 14»; i where no number is there.
func (p *pii) house(i int) int {
	end, k := i, i
	for k < len(p.tokens) && k < end+5 && !p.taken[k] {
		t := p.tokens[k]
		switch {
		case t.Text == "," || t.Text == "." || t.Text == "/" || t.Text == "-" || t.Text == "№":
			k++
		case t.Kind == token.Word && housePart[t.Text]:
			k++
			if end > i && k == end+1 && houseBehind[t.Text] {
				end = k
			}
		case p.numberAt(k) > 0:
			k = p.numberAt(k)
			end = k
		default:
			return end
		}
	}
	return end
}

// numberAt passes over a house number with its letter («12а»), 0 where none is.
func (p *pii) numberAt(k int) int {
	if k >= len(p.tokens) || p.tokens[k].Kind != token.Number || len(p.tokens[k].Text) > 4 || p.taken[k] {
		return 0
	}
	if k+1 < len(p.tokens) && p.tokens[k+1].Text == ":" {
		return 0
	}
	if k+1 < len(p.tokens) && !p.tokens[k+1].Space && p.tokens[k+1].Kind == token.Word && utf8.RuneCountInString(p.tokens[k+1].Text) == 1 {
		return k + 2
	}
	return k + 1
}

// cityBefore takes «420000, г. Казань,» in.
func (p *pii) cityBefore(i int) int {
	for k, steps := i-1, 0; k >= 0 && steps < 7 && !p.taken[k]; k, steps = k-1, steps+1 {
		t := p.tokens[k]
		if t.Kind == token.Number && len(t.Text) == 6 {
			return k
		}
		if t.Text == "г" || t.Text == "город" {
			return p.cityBefore(k)
		}
	}
	return i
}

func capital(raw string) bool {
	r, _ := utf8.DecodeRuneInString(raw)
	return unicode.IsUpper(r)
}
