package nlu

import (
	"strings"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// Typing errors are measured in tenths of an edit by an optimal string alignment with
// the prices of package token.

const (
	priceEdit    = 10
	priceDrop    = 9 // a letter left out or too many is likelier than a strange one
	priceSwap    = 6 // two letters changed places, a neighbouring key
	priceSilent  = 3 // ь, ъ, a doubled letter
	maxWordRunes = 24
)

// limits say how far two words may be apart, by the letters of one of them; words with
// more letters than the table has take its last row.
type limits []int

func (l limits) at(letters int) int { return l[min(letters, len(l)-1)] }

var (
	// wordLimits are for whole words that nothing else speaks for.
	wordLimits = limits{0, 0, 0, 0, 4, 10, 10, 15, 15, 15, 20}
	// stemLimits are the same for stems, which tell less.
	stemLimits = limits{0, 0, 0, 0, 4, 7, 7, 10}
	// termLimits and termStemLimits are for the words of the clinic's services, where
	// little else is near: two slips in a long one. The first letter must be right.
	termLimits     = limits{0, 0, 0, 0, 0, 0, 14, 16}
	termStemLimits = limits{0, 0, 0, 0, 0, 9, 10, 14}
	// looseLimits, by the letters of the longer word, are for words that others speak for:
	// the rest of a name or phrase, or what was asked for just now.
	looseLimits = limits{0, 0, 0, 0, 7, 10, 14, 16, 18, 18, 24}
)

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

// consonants is a mask of the consonants of a word, one bit for those that sound alike.
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
	for group := range strings.FieldsSeq("бп вф гкхһ дтцсз жшщчҗ нң scxzk") {
		first, _ := utf8.DecodeRuneInString(group)
		for _, r := range group {
			table[token.Letter(r)] = table[token.Letter(first)]
		}
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
