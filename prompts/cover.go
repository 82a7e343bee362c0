package prompts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An answer of the clinic may be shortened by leaving out whole clauses, and in
// no other way. A clause is what stands between full stops, question and
// exclamation marks, semicolons and line ends. Within one, a dropped word may be
// the one that counts («не», «с 3 лет», «по будням»), and no list of words knows
// which; so a sentence of the model is held to be covered where it has exactly
// the words of one clause or of several that follow one another, in their order.
// What is shown is then the clinic's own text of those clauses.
//
// Clauses lean on their neighbours: «но не по субботам» or «в выходные — 100 ₽»
// limits the one before, «она закрыта» says nothing without it. Such a clause is
// not left out behind one that is kept, nor kept without it.

// clause is one clause of an answer.
type clause struct {
	text  string   // with its full stop, as the clinic wrote it
	words []string // folded
	limit bool     // may limit what stands before it
	count bool     // has a number: it may limit what stands before it without one
	leans bool     // speaks of what stands before it
}

// clauses cuts a text.
func clauses(text string) (all []clause) {
	start := 0
	add := func(end int) {
		c := newClause(strings.TrimSpace(text[start:end]))
		if len(c.words) == 0 && len(all) > 0 { // a closing quote or bracket
			all[len(all)-1].text += c.text
		} else if len(c.words) > 0 {
			all = append(all, c)
		}
		start = end
	}
	depth := 0
	for i, r := range text {
		size := utf8.RuneLen(r)
		switch r {
		case '(', '«':
			depth++
		case ')', '»':
			depth = max(0, depth-1)
		case '\n':
			depth = 0
			add(i)
		case '.', '!', '?', ';', '…':
			if depth == 0 && ends(text, i, size) {
				add(i + size)
			}
		}
	}
	add(len(text))
	return all
}

// ends reports whether the sign at i ends a clause: white space or the text's
// end follows, and it is no abbreviation («ул. Баумана», «г. Казань», "St.").
func ends(text string, i, size int) bool {
	next, _ := utf8.DecodeRuneInString(text[i+size:])
	if i+size < len(text) && !unicode.IsSpace(next) {
		return false
	}
	if text[i] != '.' || i+size == len(text) {
		return true
	}
	word := text[:i]
	if at := strings.LastIndexFunc(word, func(r rune) bool { return !isWordRune(r) }); at >= 0 {
		_, width := utf8.DecodeRuneInString(word[at:])
		word = word[at+width:]
	}
	if slices.Contains(abbreviations, foldWord(word)) {
		return false
	}
	after, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(text[i+size:], unicode.IsSpace))
	return !unicode.IsLower(after) // «с 9 до 18 ч. без обеда» goes on
}

// abbreviations end with a full stop that ends nothing; words of one letter too.
var abbreviations = strings.Fields("ул пр пер пл д дом г гор корп стр кв эт каб тел руб мин ч см м т п др пр напр т.е т.д проф st ave rd dr mr mrs ms no tel min e.g i.e ур й")

func newClause(text string) clause {
	c := clause{text: text, words: foldedWords(text)}
	if len(c.words) > 0 {
		c.limit = slices.ContainsFunc(c.words, func(w string) bool { return limiting[w] }) ||
			slices.ContainsFunc(c.words, negated)
		c.count = strings.ContainsFunc(text, unicode.IsDigit)
		c.leans = slices.ContainsFunc(c.words, func(w string) bool { return pointing[w] }) || joining[c.words[0]]
	}
	return c
}

// foldedWords are the words and numbers of a text: lower case, ё as е. A sign
// within a number or between a number and a word («10:00», «12,5», «20%»,
// «−5») is a word of its own, so that no number can be read as another.
func foldedWords(text string) (words []string) {
	runes := []rune(text)
	for i := 0; i < len(runes); {
		r := runes[i]
		switch {
		case isWordRune(r):
			j := i
			for j < len(runes) && isWordRune(runes[j]) && unicode.IsDigit(runes[j]) == unicode.IsDigit(r) {
				j++
			}
			words = append(words, foldWord(string(runes[i:j])))
			i = j
			continue
		case !unicode.IsSpace(r) && !strings.ContainsRune(quiet, r), r == '-' && i+1 < len(runes) && unicode.IsDigit(runes[i+1]):
			words = append(words, string(r))
		case touchesDigit(runes, i) && !unicode.IsSpace(r):
			words = append(words, string(r))
		}
		i++
	}
	return words
}

// quiet are signs that may differ without changing what is said.
const quiet = `.,;:!?…"'«»„“”‘’()-–—`

// touchesDigit reports whether a sign stands between two digits.
func touchesDigit(runes []rune, i int) bool {
	return i > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i-1]) && unicode.IsDigit(runes[i+1])
}

func foldWord(word string) string { return strings.Map(foldRune, word) }

// Words that limit and words that point back, wherever they stand in a clause;
// words that join it to the one before, at its beginning.
var (
	limiting = wordsOf(
		"но однако кроме только лишь исключение исключением исключая если когда пока при без нет нельзя ни иначе зато хотя",
		"but however except only unless if when without not no never nor otherwise although though cannot",
		"ләкин әмма тик фәкать гына генә кына кенә башка әгәр юк түгел ярамый",
	)
	pointing = wordsOf(
		"он она оно они его ее их им ему ей ним ней них это этот эта эти этого том там тут тогда такой такая такие",
		"it its he she him her they them their this these those there then such",
		"ул алар аның аларның аны аларны бу шул монда анда шунда шулай",
	)
	joining = wordsOf(
		"и а но то также тоже однако поэтому кроме или зато хотя иначе",
		"and but or so also however otherwise although", "һәм ә да дә ләкин әмма яки тик",
	)
)

func wordsOf(rows ...string) map[string]bool {
	set := map[string]bool{}
	for _, row := range rows {
		for _, w := range strings.Fields(row) {
			set[foldWord(w)] = true
		}
	}
	return set
}

// negated reports whether a word says no by itself: «не», «невозможно», "don't",
// Tatar verbs in -мый, -ми, -мәс.
func negated(w string) bool {
	if w == "не" || w == "t" || strings.HasPrefix(w, "невозмож") || strings.HasPrefix(w, "запрещ") {
		return true
	}
	if strings.HasSuffix(w, "ами") || strings.HasSuffix(w, "ями") || strings.HasSuffix(w, "ьми") { // «днями», «детьми»
		return false
	}
	return slices.ContainsFunc([]string{"мый", "ми", "мибез", "мыйбыз", "мас", "мәс"}, func(end string) bool {
		return strings.HasSuffix(w, end) && utf8.RuneCountInString(w) > utf8.RuneCountInString(end)+1
	})
}

// cover looks for clauses that follow one another and have exactly the words of
// the sentence, and marks them.
func cover(all []clause, sentence string, picked []bool) bool {
	want := foldedWords(sentence)
	if len(want) == 0 {
		return false
	}
	for from := range all {
		var have []string
		for to := from; to < len(all) && len(have) < len(want); to++ {
			have = append(have, all[to].words...)
			if slices.Equal(have, want) {
				for i := from; i <= to; i++ {
					picked[i] = true
				}
				return true
			}
		}
	}
	return false
}

// cut is the text of the picked clauses; false where one of them is torn from
// what it belongs to.
func cut(all []clause, picked []bool) (string, bool) {
	var b strings.Builder
	for i, c := range all {
		behind := i > 0 && picked[i-1]
		switch {
		case !picked[i] && behind && (c.limit || c.leans || c.count && !all[i-1].count), picked[i] && i > 0 && !behind && c.leans:
			return "", false
		case !picked[i]:
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(c.text)
	}
	text := strings.TrimRight(b.String(), "; ")
	if last, _ := utf8.DecodeLastRuneInString(text); isWordRune(last) || last == ')' || last == '»' {
		text += "."
	}
	return text, text != ""
}
