package when

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// item is what rules match: a word, a number (of several words, with its ending) or a
// sign.
type item struct {
	first, last int // tokens, last excluded
	class       class
	val         int
	num         int  // value of cNum and cOrd
	figures     int8 // how many, 0 for a number in words
	zero        bool // written with a leading zero
	glued       bool // nothing between it and the item before
	the         bool // English article before it
	ish         bool // "9ish"
	typo        bool
	blocked     bool   // a number of something else: phone, price, room
	bend        byte   // Tatar ending: l(ocal), d(irection), a(blative); of Russian ordinals g(enitive), n(euter), o(ther) of a day
	lang        string // of the word
	text        string // as the lexicon has it: folded, put right
}

func (it *item) is(c class) bool { return it.class&c != 0 }

// itemize makes items of tokens.
func itemize(tokens []token.Token) []item {
	items := make([]item, 0, len(tokens))
	unknown := 0
	translit := writtenInTranslit(tokens)
	for i := 0; i < len(tokens); {
		t := &tokens[i]
		it := item{first: i, last: i + 1, glued: !t.Space && i > 0, text: t.Text}
		switch t.Kind {
		case token.Number:
			it = numberItem(tokens, i, it)
		case token.Sign:
			it.class = signClass(t.Text)
			if t.Text == ";" && it.glued && i+1 < len(tokens) && tokens[i+1].Kind == token.Number && !tokens[i+1].Space && i > 0 && tokens[i-1].Kind == token.Number {
				it.class = cColon // the same key
			}
		default:
			if t.Text == "the" {
				i++
				continue
			}
			it = wordItem(tokens, i, it, translit, prior(items), unknown < maxCorrections)
			if it.class == 0 {
				unknown++
			}
			if p := prior(items); (len(items) < 2 || !items[len(items)-2].is(cBez)) && (it.typo || p.typo) && it.num > 0 && it.num < 10 && it.figures == 0 && p.is(cNum) && p.figures == 0 && p.num >= 20 && p.num < 100 && p.num%10 == 0 {
				it.first, it.num, it.glued = p.first, it.num+p.num, p.glued
				items = items[:len(items)-1]
			}
			it = spokenZero(tokens, items, i, it)
		}
		it.the = i > 0 && tokens[i-1].Text == "the"
		if n := len(items); it.class&cAmPm == 0 && n > 0 && t.Kind == token.Word {
			it = halfOfDay(tokens, items, i, it)
		}
		items = append(items, it)
		i = it.last
	}
	block(tokens, items)
	return items
}

// wordItem looks a word up: number words first, then the lexicon, then its likeness.
func wordItem(tokens []token.Token, i int, it item, translit bool, before *item, try bool) item {
	text := tokens[i].Text
	if n, ok := token.ReadNumeral(tokens[i:min(i+8, len(tokens))]); ok {
		if before.is(cBez) && n.Tokens == 2 && !counted(tokens, i+2) {
			n, _ = token.ReadNumeral(tokens[i : i+1]) // «без двадцати пять»: two numbers
		}
		it.last = i + n.Tokens
		it.setNumber(n.Value, n.Ordinal, tokens[it.last-1].Text)
		it.lang = n.Lang
		return it
	}
	s, ok := lookup(text)
	if !ok && text[0] < utf8.RuneSelf && translit {
		text = token.Cyrillic(text)
		it.text = text
		s, ok = lookup(text)
	}
	if !ok && try {
		if better := correct(text, placed(tokens, i, before)); better != "" {
			text = better
			it.text = text
			s, ok = lookup(text)
			if name, number := token.NumberName(text); !ok && number {
				it.setNumber(name.Value, name.Ordinal, text)
				it.typo, it.lang = true, name.Lang
				return it
			}
			s.typo = true
		}
	}
	if ok {
		it.class, it.val, it.lang, it.typo = s.class, s.val, s.lang, s.typo
		if s.lang == "tt" {
			it.bend = tatarCase(text)
		}
	}
	return it
}

// counted holds where a number or «минут» stands at i.
func counted(tokens []token.Token, i int) bool {
	if i >= len(tokens) {
		return false
	}
	_, number := token.NumberName(tokens[i].Text)
	s, _ := lookup(tokens[i].Text)
	return number || tokens[i].Kind == token.Number || s.class&cMinute != 0
}

// spokenZero reads "oh" between English number words as zero, and "o clock" as one
// word.
func spokenZero(tokens []token.Token, items []item, i int, it item) item {
	switch tokens[i].Text {
	case "o", "oh", "ou":
	default:
		return it
	}
	if i+1 < len(tokens) && tokens[i+1].Text == "clock" {
		it.class, it.last, it.lang = cHour, i+2, "en"
		return it
	}
	n := len(items) - 1
	if n > 0 && items[n].is(cDash) {
		n--
	}
	if n >= 0 && items[n].is(cNum) && items[n].figures == 0 {
		it.setNumber(0, false, "zero")
		it.lang = "en"
	}
	return it
}

// languageOf gives the language of the words of time themselves, lang where they have
// none or several: «запишите меня 12 to 16 september» is read as English.
func languageOf(items []item, lang string) string {
	found := ""
	for i := range items {
		it := &items[i]
		if it.lang == "" || it.class&^(cPolite|cCan|cBusy|cFix|cBlock|cGuard|cAnd|cBut|cNot) == 0 {
			continue
		}
		if found != "" && found != it.lang {
			return lang
		}
		found = it.lang
	}
	if found == "" {
		return lang
	}
	return found
}

// maxCorrections bounds the words of one message that are compared with the
// vocabulary.
const maxCorrections = 160

// placed holds where a word of time is likely: behind a preposition or such a word,
// before a number. There shorter words are corrected, too.
func placed(tokens []token.Token, i int, before *item) bool {
	if before.is(cIn|cOn|cTo|cTill|cFrom|cAfter|cThru|cVia|cEarly|cNext|cThis) && before.lang != "en" || before.class&(content&^cSame) != 0 && before.lang != "en" {
		return true
	}
	if i+1 >= len(tokens) {
		return false
	}
	if tokens[i+1].Kind == token.Number {
		return true
	}
	_, number := token.NumberName(tokens[i+1].Text)
	return number
}

// prior is the last item, an empty one where none is.
func prior(items []item) *item {
	if len(items) == 0 {
		return &nowhere
	}
	return &items[len(items)-1]
}

func (it *item) setNumber(value int, ordinal bool, text string) {
	it.num, it.class = value, cNum
	if ordinal {
		it.class = cOrd
		it.bend = ordinalCase(text)
		return
	}
	it.bend = tatarCase(text)
}

// ordinalCase tells «пятого» (g), «пятое» (n) and other forms a day can have (o) from
// those it cannot.
func ordinalCase(text string) byte {
	switch {
	case strings.HasSuffix(text, "го"), strings.HasSuffix(text, "ова"): // «шестнадцатова», as it is said
		return 'g'
	case strings.HasSuffix(text, "ое"), strings.HasSuffix(text, "ье"):
		return 'n'
	case strings.HasSuffix(text, "ендә"), strings.HasSuffix(text, "ында"), strings.HasSuffix(text, "ендэ"), strings.HasSuffix(text, "сында"):
		return 'g'
	case strings.HasSuffix(text, "му"), strings.HasSuffix(text, "ым"), strings.HasSuffix(text, "им"):
		return 'o'
	}
	return 0
}

// tatarCase tells the ending of place, direction and source.
func tatarCase(text string) byte {
	if len(text) < 6 {
		return 0
	}
	switch text[len(text)-4:] {
	case "дә", "да", "тә", "та", "дэ", "тэ":
		return 'l'
	case "гә", "га", "кә", "ка", "гэ", "кэ":
		return 'd'
	case "ән", "ан", "эн":
		return 'a'
	}
	return 0
}

// Endings written behind figures.
const (
	ordinalTails   = " го ого его е ое ье ый ой ому му ым нче нчы енче ынчы нчедә нчыда енчедә ынчыда ендә ында ендэ нчесе нчесендә нчесендэ сендә сендэ сында "
	englishTails   = " st nd rd th "
	hyphenTails    = " е й м я ю х ом ем ая ую ти и ми мя ех " // only after a hyphen
	cardinalTails  = " ти и ми мя х ех "
	localTails     = " дә да тә та дэ тэ "
	directionTails = " гә га кә ка гэ кэ "
	apartTails     = " го ого нче енче нчы ынчы нчедә нчыда енчедә ынчыда дә тә гә кә дән тән нән нан дан тан " // after a space too; «да» may be a yes
	sourceTails    = " дән дан тән тан нән нан дэн тэн "
)

// numberItem takes figures together with the ending behind them («20-го», «3тә»).
func numberItem(tokens []token.Token, i int, it item) item {
	text := tokens[i].Text
	if len(text) > 8 {
		return it
	}
	it.num, _ = strconv.Atoi(text)
	it.class, it.figures, it.zero = cNum, int8(len(text)), len(text) > 1 && text[0] == '0'
	at, hyphen := i+1, false
	if at+1 < len(tokens) && tokens[at].Text == "-" && !tokens[at].Space && !tokens[at+1].Space {
		at, hyphen = at+1, true
	}
	if at >= len(tokens) || tokens[at].Kind != token.Word {
		return it
	}
	tail := tokens[at].Text
	has := func(list string) bool {
		return strings.Contains(list, " "+tail+" ")
	}
	if tokens[at].Space && !has(apartTails) {
		return it
	}
	switch {
	case len(tail) > 16:
		return it
	case tail == "ish":
		it.ish = true
	case has(englishTails):
		it.class, it.bend, it.lang = cOrd, 'g', "en"
	case has(ordinalTails), hyphen && has(hyphenTails) && !has(cardinalTails):
		it.class, it.bend = cOrd, 'g'
		if tail == "ая" || tail == "ую" || tail == "я" || tail == "ю" || tail == "ой" && !hyphen {
			it.bend = 0
		}
	case hyphen && has(cardinalTails):
	case has(localTails):
		it.bend = 'l'
	case has(directionTails):
		it.bend = 'd'
	case has(sourceTails):
		it.bend = 'a'
	default:
		return it
	}
	it.last = at + 1
	return it
}

func signClass(text string) class {
	switch text {
	case "-":
		return cDash
	case ".":
		return cDot
	case ":":
		return cColon
	case "/":
		return cSlash
	case ",":
		return cComma
	case "!", "?", ";", "…":
		return cStop
	case "@":
		return cIn
	case "№", "#", "+", "*", "=", "<", "_":
		return cGuard
	case "$", "€", "£":
		return cGuard | cBlock
	case "%", "₽", "°", "℃":
		return cBlock
	}
	return 0
}

// halfOfDay finds am and pm in all their spellings after a number: "pm", "p.m.",
// "p m", "p". The value is 1 for pm.
func halfOfDay(tokens []token.Token, items []item, i int, it item) item {
	text := tokens[i].Text
	if text != "am" && text != "pm" && text != "a" && text != "p" {
		return it
	}
	before := len(items) - 1
	for before > 0 && before > len(items)-3 && items[before].is(cDot|cHour|cIn|cVia) {
		before--
	}
	if !items[before].is(cNum) {
		return it
	}
	last := i + 1
	if len(text) == 1 {
		at := last
		if at < len(tokens) && tokens[at].Text == "." {
			at++
		}
		if at < len(tokens) && tokens[at].Text == "m" {
			last = at + 1
		} else if !it.glued && (at == last || text == "a" && tokens[i].Raw == "a") {
			return it
		}
	}
	if last > i+1 && last < len(tokens) && tokens[last].Text == "." && !tokens[last].Space {
		last++
	}
	it.class, it.val, it.last, it.lang = cAmPm, 0, last, "en"
	if text[0] == 'p' {
		it.val = 1
	}
	it.typo = len(text) == 1 && last == i+1 // a lone letter needs a preposition
	return it
}

// writtenInTranslit holds when some Latin word is a Russian word of time.
func writtenInTranslit(tokens []token.Token) bool {
	tried := 0
	for i := range tokens {
		text := tokens[i].Text
		if tokens[i].Kind != token.Word || len(text) < 4 || text[0] >= utf8.RuneSelf {
			continue
		}
		if tried++; tried > maxTranslit {
			return false
		}
		if russianInLatin(text) {
			return true
		}
	}
	return false
}

// maxTranslit bounds the Latin words of one message that are held against Russian ones.
const maxTranslit = 60

// russianInLatin holds for «zavtra», «pyatnicu».
func russianInLatin(text string) bool {
	if len(text) < 4 || len(text) > maxLetters || text[0] >= utf8.RuneSelf {
		return false
	}
	if _, known := lookup(text); known {
		return false
	}
	typed := token.Cyrillic(text)
	s, ok := lookup(typed)
	if !ok && len(text) > 4 {
		s, ok = lookup(correct(typed, false))
	}
	return ok && s.lang == "ru" && s.class&(cRelDay|cWeekday|cMonth|cPod) != 0 && (len(text) > 4 || s.class&cPod != 0)
}
