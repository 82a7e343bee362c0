package token

import (
	"math/bits"
	"strings"
)

// Likeness says how near two folded words are when fingers slip and ears mislead:
// keys beside each other, vowels that are not stressed, voiced for voiceless, doubled
// letters, soft signs, letters that a keyboard lacks. It is the only such table of the
// house; when and nlu put their own limits on it.

// LetterCount is one more than the number of the last letter.
const LetterCount = 66

// The prices of a slip in hundredths of a strange letter.
const (
	PriceStrange = 100
	PriceDrop    = 95 // a letter left out or added
	PriceKey     = 65 // the key beside
	PriceRow     = 75 // the key above or below
	PriceSwap    = 60 // two letters changed places
	PriceSound   = 40 // heard alike
	PriceSilent  = 30 // a soft sign, a doubled letter
)

// alphabets are the letters that have a number: Russian, Tatar, Latin, and the
// apostrophe inside words.
const alphabets = "абвгдежзийклмнопрстуфхцчшщъыьэюяәөүҗңһabcdefghijklmnopqrstuvwxyz'"

// soundsLike are letters that are written for one another by ear or for want of a key.
const soundsLike = `оа ео еи еэ ея ия ыи ая ую бп вф гк гх дт жш зс шщ цс тц чщ йи
	әа әэ әе әя өо өу үу җж ңн һх iy ae sc sz ck ou ei`

// keyboards are the rows of keys as they lie under each other, each a little to the
// right of the one above.
var keyboards = [][]string{
	{"йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"},
	{"йөукенгшәзхү", "фывапролдңэ", "яһсмитҗбю"},
	{"qwertyuiop", "asdfghjkl", "zxcvbnm"},
}

// letterNumbers numbers the letters of alphabets from 1, in the blocks of Unicode that
// they stand in.
var letterNumbers = func() (table struct{ latin, cyrillic [256]uint8 }) {
	n := uint8(0)
	for _, r := range alphabets {
		n++
		if r < 0x100 {
			table.latin[r] = n
		} else {
			table.cyrillic[r-0x400] = n
		}
	}
	return table
}()

// Letter gives the number of a folded letter, 0 for any other sign.
func Letter(r rune) uint8 {
	switch {
	case r < 0x100:
		return letterNumbers.latin[r&0xFF]
	case r >= 0x400 && r < 0x500:
		return letterNumbers.cyrillic[r-0x400]
	}
	return 0
}

// prices holds what it costs to take one letter for another.
var prices = func() (table [LetterCount][LetterCount]uint8) {
	for a := range table {
		for b := range table[a] {
			if a != b || a == 0 {
				table[a][b] = PriceStrange
			}
		}
	}
	set := func(a, b rune, price uint8) {
		i, j := Letter(a), Letter(b)
		table[i][j], table[j][i] = min(table[i][j], price), min(table[j][i], price)
	}
	for _, board := range keyboards {
		var above []rune
		for _, row := range board {
			keys := []rune(row)
			for x, key := range keys {
				if x > 0 {
					set(key, keys[x-1], PriceKey)
				}
				for _, up := range []int{x, x + 1} {
					if up < len(above) {
						set(key, above[up], PriceRow)
					}
				}
			}
			above = keys
		}
	}
	for pair := range strings.FieldsSeq(soundsLike) {
		r := []rune(pair)
		set(r[0], r[1], PriceSound)
	}
	return table
}()

// Price is what it costs to take one letter (by number) for another: 0 for the same,
// at most PriceStrange.
func Price(a, b uint8) int { return int(prices[a][b]) }

// MaxSpelling bounds a word that is compared.
const MaxSpelling = 24

// Spelling is a word as it is compared: the numbers of its letters.
type Spelling struct {
	letters [MaxSpelling]uint8
	n       int
	mask    uint64 // which letters it has
}

// Spell gives the spelling of a folded word, ok false for none and for one longer than
// MaxSpelling.
func Spell(word string) (s Spelling, ok bool) {
	for _, r := range word {
		if s.n == MaxSpelling {
			return s, false
		}
		l := Letter(r)
		s.letters[s.n] = l
		s.mask |= 1 << (l & 63)
		s.n++
	}
	return s, s.n > 0
}

// Len is the number of letters.
func (s *Spelling) Len() int { return s.n }

// Letters are the numbers of the letters.
func (s *Spelling) Letters() []uint8 { return s.letters[:s.n] }

// silent holds for letters whose loss is hardly heard.
func silent(l uint8) bool { return l == letterSoft || l == letterHard }

var letterSoft, letterHard = Letter('ь'), Letter('ъ')

// drop is the price of the letter at i left out or added.
func (s *Spelling) drop(i int) int {
	l := s.letters[i]
	if silent(l) || i > 0 && s.letters[i-1] == l || i+1 < s.n && s.letters[i+1] == l {
		return PriceSilent
	}
	return PriceDrop
}

// MayBeNear is a quick lower bound of Distance: a letter that one word has and the
// other has not costs at least the lowest price.
func (s *Spelling) MayBeNear(o *Spelling, limit int) bool {
	if d := s.n - o.n; d > 2 || d < -2 {
		return false
	}
	signs := uint64(1)<<(letterSoft&63) | uint64(1)<<(letterHard&63)
	return max(bits.OnesCount64(s.mask&^o.mask&^signs), bits.OnesCount64(o.mask&^s.mask&^signs))*PriceSound <= limit
}

// Distance is the weighted optimal string alignment of two words in hundredths of a
// strange letter; it gives limit as soon as no way stays below it.
func (s *Spelling) Distance(o *Spelling, limit int) int {
	var rows [3][MaxSpelling + 1]int
	var drops [MaxSpelling]int
	for j := range o.n {
		drops[j] = o.drop(j)
		rows[0][j+1] = rows[0][j] + drops[j]
	}
	before := 0 // the lowest price of the row above, which two swapped letters start from
	for i := 1; i <= s.n; i++ {
		row, up, upper := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		letter, drop := s.letters[i-1], s.drop(i-1)
		price := &prices[letter]
		row[0] = up[0] + drop
		least := row[0]
		for j := 1; j <= o.n; j++ {
			other := o.letters[j-1]
			cost := min(up[j-1]+int(price[other]), up[j]+drop, row[j-1]+drops[j-1])
			if i > 1 && j > 1 && letter == o.letters[j-2] && s.letters[i-2] == other && letter != other {
				cost = min(cost, upper[j-2]+PriceSwap)
			}
			row[j] = cost
			least = min(least, cost)
		}
		if least >= limit && before+PriceSwap >= limit {
			return limit
		}
		before = least
	}
	return min(rows[s.n%3][o.n], limit)
}
