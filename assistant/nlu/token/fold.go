package token

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// lookalikes are letters that people cannot tell apart on the screen, Latin to
// Cyrillic; capitals look alike where small letters do not («Н» and «H»).
var lookalikes = map[rune]rune{
	'a': 'а', 'c': 'с', 'e': 'е', 'o': 'о', 'p': 'р', 'x': 'х', 'y': 'у', 'k': 'к', 'i': 'і', 'ə': 'ә', 'ɵ': 'ө', 'h': 'һ',
	'A': 'А', 'B': 'В', 'C': 'С', 'E': 'Е', 'H': 'Н', 'K': 'К', 'M': 'М', 'O': 'О', 'P': 'Р', 'T': 'Т', 'X': 'Х', 'Y': 'У',
	'Ə': 'Ә', 'Ɵ': 'Ө', 'm': 'м', 't': 'т',
}

// backLookalikes is the same table read from Cyrillic to Latin.
var backLookalikes = invert(lookalikes)

func invert(m map[rune]rune) map[rune]rune {
	back := make(map[rune]rune, len(m))
	for latin, cyrillic := range m {
		back[cyrillic] = latin
	}
	return back
}

// notCyrillic are short Latin words made of look-alikes only that people do write
// among Russian words.
var notCyrillic = map[string]bool{"am": true, "pm": true, "hp": true, "pet": true, "me": true, "my": true, "may": true, "to": true, "at": true, "he": true}

func isLatin(r rune) bool    { return r < 0x250 && unicode.IsLetter(r) || r == 'ə' || r == 'ɵ' }
func isCyrillic(r rune) bool { return r >= 0x400 && r <= 0x52F }

// plain holds for a word that is folded already: small letters of the two alphabets
// without ё, none three times in a row.
func plain(raw string) bool {
	var last, before rune
	latin, cyrillic := false, false
	for _, r := range raw {
		switch {
		case r >= 'a' && r <= 'z':
			latin = true
		case r >= 'а' && r <= 'я':
			cyrillic = true
		default:
			return false
		}
		if r == last && r == before {
			return false
		}
		before, last = last, r
	}
	return !latin || !cyrillic
}

// foldWord gives the word as tables hold it.
func foldWord(raw string) string {
	if plain(raw) {
		return raw
	}
	composed := raw
	if !norm.NFKC.IsNormalString(raw) {
		composed = norm.NFKC.String(raw)
	}
	composed = oneScript(composed)
	var b strings.Builder
	b.Grow(len(composed))
	for _, r := range composed {
		switch {
		case apostrophe(r):
			b.WriteByte('\'')
		case unicode.Is(unicode.Mn, r), invisible(r):
		default:
			b.WriteRune(small(r))
		}
	}
	return shorten(b.String())
}

func small(r rune) rune {
	r = unicode.ToLower(r)
	if r == 'ё' {
		return 'е'
	}
	return r
}

// oneScript puts look-alikes right in a word that mixes the alphabets: the letters
// that have no double decide; without such letters Cyrillic does.
func oneScript(word string) string {
	latin, cyrillic, onlyLatin, onlyCyrillic := 0, 0, 0, 0
	for _, r := range word {
		switch {
		case isLatin(r):
			latin++
			if _, ok := lookalikes[r]; !ok {
				onlyLatin++
			}
		case isCyrillic(r):
			cyrillic++
			if _, ok := backLookalikes[r]; !ok {
				onlyCyrillic++
			}
		}
	}
	switch {
	case latin == 0 || cyrillic == 0 || onlyLatin > 0 && onlyCyrillic > 0:
		return word
	case onlyLatin == 0:
		return swap(word, lookalikes)
	default:
		return swap(word, backLookalikes)
	}
}

func swap(word string, table map[rune]rune) string {
	return strings.Map(func(r rune) rune {
		if other, ok := table[r]; ok {
			return other
		}
		return r
	}, word)
}

// shorten makes one letter of three and more in a row («завтрааа»); a word of one
// letter only («www») stays.
func shorten(word string) string {
	var last rune
	run, longest, letters := 0, 0, 0
	for _, r := range word {
		letters++
		if r != last {
			run, last = 0, r
		}
		run++
		longest = max(longest, run)
	}
	if longest < 3 || longest == letters {
		return word
	}
	var b strings.Builder
	for i := 0; i < len(word); {
		r, size := utf8.DecodeRuneInString(word[i:])
		run := 1
		for next := i + size*run; next < len(word); next = i + size*run {
			if following, n := utf8.DecodeRuneInString(word[next:]); following != r || n != size {
				break
			}
			run++
		}
		keep := run
		if run >= 3 {
			keep = 1
		}
		for range keep {
			b.WriteRune(r)
		}
		i += size * run
	}
	return b.String()
}

// foldByNeighbours puts short words right that are Latin throughout but made of
// look-alikes and stand between Russian words («c 10 до 12» with a Latin c).
func foldByNeighbours(tokens []Token) {
	for i := range tokens {
		t := &tokens[i]
		if t.Kind != Word || len(t.Text) > 3 || t.Text[0] >= utf8.RuneSelf || notCyrillic[t.Text] || !allLookalikes(t.Raw) ||
			i > 0 && !t.Space && tokens[i-1].Kind == Number {
			continue
		}
		before, after := scriptBeside(tokens, i, -1), scriptBeside(tokens, i, 1)
		if before == 'l' || after == 'l' || before == after && before == 0 {
			continue
		}
		t.Text = foldWord(swap(t.Raw, lookalikes))
	}
}

func allLookalikes(word string) bool {
	for _, r := range word {
		if _, ok := lookalikes[r]; !ok || r == 'h' || r == 'i' || r == 't' || r == 'm' {
			return false
		}
	}
	return true
}

// scriptBeside is 'c' or 'l' by the next word in that direction, 0 where none is
// within four tokens.
func scriptBeside(tokens []Token, i, step int) byte {
	for n := 1; n <= 4; n++ {
		j := i + n*step
		if j < 0 || j >= len(tokens) {
			return 0
		}
		if tokens[j].Kind != Word {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(tokens[j].Text); isCyrillic(r) {
			return 'c'
		}
		return 'l'
	}
	return 0
}

// foldNumber gives the figures as 0–9.
func foldNumber(raw string) string {
	ascii := true
	for i := range len(raw) {
		ascii = ascii && raw[i] < utf8.RuneSelf
	}
	if ascii {
		return raw
	}
	b := make([]byte, 0, len(raw))
	for _, r := range raw {
		if d, ok := figure(r); ok {
			b = append(b, d)
		}
	}
	return string(b)
}

// figure gives any decimal figure as its ASCII byte: they stand in tens in Unicode.
func figure(r rune) (byte, bool) {
	if r >= '0' && r <= '9' {
		return byte(r), true
	}
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return '0' + byte((r-rune(t.Lo))%10), true
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return '0' + byte((r-rune(t.Lo))%10), true
		}
	}
	return 0, false
}

// signs that mean the same when reading.
var signs = map[rune]string{
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-", '－': "-", '~': "-", '∶': ":", '：': ":", '．': ".", '，': ",",
	'／': "/", '⁄': "/", '«': `"`, '»': `"`, '“': `"`, '”': `"`, '„': `"`, '’': "'", '‘': "'", '＠': "@", '＋': "+", '？': "?", '！': "!",
}

func foldSign(raw string, first rune) string {
	if first < utf8.RuneSelf && first != '~' {
		return raw
	}
	if same, ok := signs[first]; ok {
		return same
	}
	return raw
}
