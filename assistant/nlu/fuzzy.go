package nlu

import (
	"math/bits"
	"strings"

	"okoshko/assistant/nlu/token"
)

// Typing errors are measured in tenths of an edit by an optimal string alignment with
// the prices of package token.

const (
	priceEdit    = 10
	priceDrop    = 9 // a letter left out or too many is likelier than a strange one
	priceSwap    = 6 // two letters changed places, a neighbouring key
	priceSound   = 4 // heard alike
	priceSilent  = 3 // ь, ъ, a doubled letter
	maxWordRunes = 24
)

// limits say how far two words may be apart, by the letters of one of them; words with
// more letters than the table has take its last row.
type limits []int

func (l limits) at(letters int) int { return l[min(letters, len(l)-1)] }

// wider are the same limits, each more by so much; a word that is not compared stays so.
func (l limits) wider(more int) limits {
	all := make(limits, len(l))
	for i := range l {
		if l[i] > 0 {
			all[i] = l[i] + more
		}
	}
	return all
}

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

// spelling is a word as it is compared.
type spelling struct {
	letters [maxWordRunes]uint8 // numbers of the letters
	drops   [maxWordRunes]uint8 // what each costs where it is too many or too few
	n       int
	has     letterSet
}

// spelt gives the spelling of a word, false where it is too long to compare.
func spelt(word string) (s spelling, ok bool) {
	for _, r := range word {
		if s.n == maxWordRunes {
			return s, false
		}
		l := token.Letter(r)
		s.letters[s.n] = l
		s.has.consonants |= consonantBit[l]
		s.has.vowels |= vowelBit[l]
		s.n++
	}
	for i := range s.n {
		s.drops[i] = dropped(s.letters[:s.n], i)
	}
	return s, true
}

// dropped is the price of one letter too many or too few.
func dropped(r []byte, i int) uint8 {
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
func distance(a, b *spelling, most int) int {
	const far = 1 << 20
	if a.n-b.n > band || b.n-a.n > band {
		return most + 1
	}
	var rows [3][maxWordRunes + 2]int
	before, last, now := &rows[0], &rows[1], &rows[2]
	for j := range b.n {
		last[j+1] = last[j] + int(b.drops[j])
	}
	earlier := 0 // the least of the row above, from which two swapped letters go
	for i := 1; i <= a.n; i++ {
		from, to := max(1, i-band), min(b.n, i+band)
		letter, drop := a.letters[i-1], int(a.drops[i-1])
		price := &prices[letter]
		now[from-1] = far
		if from == 1 {
			now[0] = last[0] + drop
		}
		least := now[from-1]
		for j := from; j <= to; j++ {
			other := b.letters[j-1]
			cost := min(last[j-1]+int(price[other]), now[j-1]+int(b.drops[j-1]))
			if j < i+band {
				cost = min(cost, last[j]+drop)
			}
			if i > 1 && j > 1 && letter == b.letters[j-2] && a.letters[i-2] == other && letter != other {
				cost = min(cost, before[j-2]+priceSwap)
			}
			now[j] = cost
			least = min(least, cost)
		}
		if least > most && earlier+priceSwap > most {
			return most + 1
		}
		if to < b.n {
			now[to+1] = far
		}
		earlier = least
		before, last, now = last, now, before
	}
	cost := last[b.n]
	if a.n > 0 && b.n > 0 && a.letters[0] != b.letters[0] {
		cost += priceSilent
	}
	return cost
}

// letterSet tells which letters a word has: one bit for consonants that sound alike, one
// for each vowel.
type letterSet struct{ consonants, vowels uint32 }

// apart is a lower bound of the price between words of these letters: each that only one
// of them has is a slip.
func (a letterSet) apart(b letterSet) int {
	return max(
		priceSwap*bits.OnesCount32(a.consonants&^b.consonants)+priceSound*bits.OnesCount32(a.vowels&^b.vowels),
		priceSwap*bits.OnesCount32(b.consonants&^a.consonants)+priceSound*bits.OnesCount32(b.vowels&^a.vowels))
}

var consonantBit = bitsOf("бп вф гкхһ дтцсз жшщчҗ нң л м р scxzk b d f g h j l m n p q r t v w")

// vowelBit leaves out ь and ъ, which cost less.
var vowelBit = bitsOf("а е и о у ы э ю я й ә ө ү a e i o u y")

// bitsOf gives the letters of each group one bit.
func bitsOf(groups string) (table [letterCount]uint32) {
	for i, group := range strings.Fields(groups) {
		for _, r := range group {
			table[token.Letter(r)] = 1 << i
		}
	}
	return table
}

var vowels = func() map[rune]bool {
	m := map[rune]bool{}
	for _, r := range "аеиоуыэюяёьъйәөүaeiouy" {
		m[r] = true
	}
	return m
}()
