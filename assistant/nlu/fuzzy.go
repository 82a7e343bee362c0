package nlu

import (
	"math/bits"
	"slices"
	"strings"

	"okoshko/assistant/nlu/token"
)

// Typing errors are measured in tenths of an edit by an optimal string alignment with
// the prices of package token.

const (
	priceEdit    = 10
	priceDrop    = 9 // a letter left out or too many is likelier than a strange one
	priceSwap    = 7 // two letters changed places
	priceSilent  = 3 // ь, ъ, a doubled letter
	maxWordRunes = 24
)

// limit is how far a word of n letters may be from a known one.
func limit(n int) int {
	switch {
	case n <= 3:
		return 0
	case n == 4:
		return 4
	case n <= 6:
		return 10
	case n <= 9:
		return 15
	}
	return 20
}

// stemLimit is the same for stems, which tell less.
func stemLimit(n int) int {
	switch {
	case n <= 3:
		return 0
	case n == 4:
		return 4
	case n <= 6:
		return 7
	}
	return 10
}

// termLimit and termStemLimit are for the clinic's own words, where nothing else is near:
// two slips in a long one. The first letter must be right.
func termLimit(n int) int {
	switch {
	case n <= 5:
		return 0
	case n == 6:
		return 14
	}
	return 16
}

func termStemLimit(n int) int {
	switch {
	case n <= 4:
		return 0
	case n == 5:
		return 9
	case n == 6:
		return 10
	}
	return 14
}

// letterCount is one more than the number of the last letter.
const letterCount = token.LetterCount

// prices holds what it costs to take one letter for another, rounded down.
var prices = func() *[letterCount][letterCount]uint8 {
	var table [letterCount][letterCount]uint8
	for i := range table {
		for j := range table[i] {
			table[i][j] = uint8(token.Price(uint8(i), uint8(j)) * priceEdit / token.PriceStrange)
		}
	}
	return &table
}()

var (
	softSign = token.Letter('ь')
	hardSign = token.Letter('ъ')
)

// spelt gives the letters' numbers; ok is false where the word is too long to compare.
func spelt(word string) (numbers [maxWordRunes]byte, n int, ok bool) {
	for _, r := range word {
		if n == maxWordRunes {
			return numbers, n, false
		}
		numbers[n] = token.Letter(r)
		n++
	}
	return numbers, n, true
}

// dropped is the price of one letter too many or too few.
func dropped(r []byte, i int) int {
	switch {
	case r[i] == softSign || r[i] == hardSign:
		return priceSilent
	case i > 0 && r[i-1] == r[i], i+1 < len(r) && r[i+1] == r[i]:
		return priceSilent
	}
	return priceDrop
}

// band is how far the two words may run apart.
const band = 3

// distance is the price of turning a into b, or anything above most once that is sure.
func distance(a, b []byte, most int) int {
	const far = 1 << 20
	var rows [3][maxWordRunes + 2]int
	before, last, now := &rows[0], &rows[1], &rows[2]
	for j := 1; j <= len(b); j++ {
		last[j] = last[j-1] + dropped(b, j-1)
	}
	for i := 1; i <= len(a); i++ {
		from, to := max(1, i-band), min(len(b), i+band)
		drop := dropped(a, i-1)
		now[from-1] = far
		if from == 1 {
			now[0] = last[0] + drop
		}
		least := now[from-1]
		for j := from; j <= to; j++ {
			price := min(last[j-1]+int(prices[a[i-1]][b[j-1]]), now[j-1]+dropped(b, j-1))
			if j < i+band {
				price = min(price, last[j]+drop)
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] && a[i-1] != a[i-2] {
				price = min(price, before[j-2]+priceSwap)
			}
			now[j] = price
			least = min(least, price)
		}
		if least > most {
			return most + 1
		}
		if to < len(b) {
			now[to+1] = far
		}
		before, last, now = last, now, before
	}
	price := last[len(b)]
	if len(a) > 0 && len(b) > 0 && a[0] != b[0] {
		price += priceSilent
	}
	return price
}

// consonants is a mask of the consonants of a word, voiced and voiceless ones alike;
// cheap errors hardly change it.
func consonants(word []byte) uint64 {
	var mask uint64
	for _, c := range word {
		mask |= bitOf[c]
	}
	return mask
}

var bitOf = func() [letterCount]uint64 {
	var table [letterCount]uint64
	for _, r := range "бвгджзйклмнпрстфхцчшщъьҗңһbcdfghjklmnpqrstvwxz" {
		if n := token.Letter(r); !vowels[r] {
			table[n] = 1 << (n & 63)
		}
	}
	for _, p := range strings.Fields("бп вф гк дт жш зс щш цс җж ңн һх") {
		r := []rune(p)
		table[token.Letter(r[0])] = table[token.Letter(r[1])]
	}
	return table
}()

var vowels = func() map[rune]bool {
	m := map[rune]bool{}
	for _, r := range "аеиоуыэюяёьъйәөүaeiouy" {
		m[r] = true
	}
	return m
}()

// knownWord is a word that a misspelt one may have meant.
type knownWord struct {
	text    string
	letters []byte
	mask    uint64
}

// speller holds the closed vocabularies by length.
type speller struct {
	byLength [maxWordRunes + 1][]knownWord
	seen     map[string]bool
}

func newSpeller() *speller { return &speller{seen: map[string]bool{}} }

func (s *speller) add(word string) {
	numbers, n, ok := spelt(word)
	if !ok || n < 4 || s.seen[word] {
		return
	}
	s.seen[word] = true
	own := slices.Clone(numbers[:n])
	s.byLength[n] = append(s.byLength[n], knownWord{word, own, consonants(own)})
}

// nearest gives the closest word within the limit of its length, "" where none is.
func (s *speller) nearest(word string, limit func(letters int) int) string {
	better, _ := s.twoNearest(word, limit)
	return better
}

// twoNearest gives the closest word and another one as close, if there is any.
func (s *speller) twoNearest(word string, limit func(letters int) int) (text, tie string) {
	numbers, size, ok := spelt(word)
	most := limit(size)
	if most == 0 || !ok {
		return "", ""
	}
	own := numbers[:size]
	mask, best := consonants(own), most+1
	spread := 2 * ((most + priceEdit - 1) / priceEdit)
	for n := max(4, size-2); n <= min(maxWordRunes, size+2); n++ {
		most := limit(min(n, size))
		for i := range s.byLength[n] {
			k := &s.byLength[n][i]
			if bits.OnesCount64(mask^k.mask) > spread {
				continue
			}
			switch d := distance(own, k.letters, min(best, most)); {
			case d > most:
			case d < best:
				best, text, tie = d, k.text, ""
			case d == best && tie == "":
				tie = k.text
			}
		}
	}
	return text, tie
}
