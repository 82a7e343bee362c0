package when

import (
	"math/bits"
	"strings"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// candidate is a word that typing errors are corrected to.
type candidate struct {
	letters [maxLetters]uint8 // as index gives them
	n       int
	mask    uint64 // which letters it has
	text    string
}

// maxLetters bounds a word that is compared; longer ones are no word of time.
const maxLetters = 18

// The letters that are compared: index gives each its place in the price table.
const (
	letterSoft  = 28 // ь
	letterHard  = 26 // ъ
	otherLetter = 64
	letterCount = otherLetter + 1
)

// index numbers Russian letters from 0, the six of Tatar from 32, Latin from 38.
func index(r rune) uint8 {
	switch {
	case r >= 'а' && r <= 'я':
		return uint8(r - 'а')
	case r >= 'a' && r <= 'z':
		return uint8(r-'a') + 38
	}
	switch r {
	case 'ә':
		return 32
	case 'ө':
		return 33
	case 'ү':
		return 34
	case 'җ':
		return 35
	case 'ң':
		return 36
	case 'һ':
		return 37
	}
	return otherLetter
}

// corrected are the classes whose words are corrected for typing errors.
const corrected = cRelDay | cWeekday | cMonth | cPod | cWeekend | cWorkdays | cHalfHour | cNoon | cLast | cNext | cNearest | cThis | cWeek |
	cMonthUnit | cVia | cAfter | cBefore | cHalf | cQuarter | cPart | cHour | cMinute | cBetween | cTime | cCouple | cApprox | cFestival

// buildVocabulary takes the closed vocabulary (words of time and number words) by the
// first letter; words shorter than five letters are left alone.
func buildVocabulary() [letterCount][]candidate {
	var table [letterCount][]candidate
	add := func(text string) {
		c, ok := spell(text)
		if ok && c.n >= 5 {
			table[c.letters[0]] = append(table[c.letters[0]], c)
		}
	}
	for form, s := range lexicon {
		if s.class&corrected != 0 || s.class&cNot != 0 && s.val == 1 {
			add(form)
		}
	}
	for form, n := range token.NumberNames {
		if n.Value <= 31 && (n.Lang == "ru" || n.Lang == "en") {
			add(form)
		}
	}
	return table
}

// spell gives a word as letters of the price table, ok false where it is too long.
func spell(text string) (c candidate, ok bool) {
	for _, r := range text {
		if c.n == maxLetters {
			return c, false
		}
		i := index(r)
		c.letters[c.n] = i
		c.mask |= 1 << (i & 63)
		c.n++
	}
	c.text = text
	return c, c.n > 0
}

// limits say how far a word may be from the right one of so many letters, in
// hundredths of a wrong letter.
var limits = [maxLetters + 1]int{4: 45, 5: 70, 6: 100, 7: 125, 8: 130, 9: 150, 10: 170, 11: 190, 12: 200, 13: 200, 14: 200, 15: 200, 16: 200, 17: 200, 18: 200}

// placedLimits are those for a short word behind a preposition that goes with days
// («в срду»).
var placedLimits = [maxLetters + 1]int{4: 95, 5: 95, 6: 100}

// correct finds the nearest word of the vocabulary within the limit, "" for none.
func correct(text string, placed bool) string {
	word, ok := spell(text)
	if !ok || word.n < 4 {
		return ""
	}
	best, bestCost := "", 1000
	try := func(first uint8) {
		for k := range vocabulary[first] {
			c := &vocabulary[first][k]
			limit := limits[c.n]
			if placed {
				limit = max(limit, placedLimits[word.n])
			}
			limit = min(limit, bestCost)
			if d := c.n - word.n; d > 2 || d < -2 || !alike(word.mask, c.mask, limit) {
				continue
			}
			cost := distance(&word, c, limit+1)
			if cost <= limit && (cost < bestCost || c.text < best) {
				best, bestCost = c.text, cost
			}
		}
	}
	first, second := word.letters[0], word.letters[1]
	try(first)
	if second != first {
		try(second)
	}
	for other := range uint8(letterCount) {
		if other != first && other != second && prices[first][other] == priceSound {
			try(other)
		}
	}
	return best
}

// alike is a quick lower bound: a letter that one word has and the other has not
// costs at least the lowest price.
func alike(a, b uint64, limit int) bool {
	const soft = 1<<letterSoft | 1<<letterHard
	missing := max(bits.OnesCount64(a&^b&^soft), bits.OnesCount64(b&^a&^soft))
	return missing*priceSound <= limit
}

// Prices in hundredths of a wrong letter.
const (
	priceWrong  = 100
	priceDrop   = 95 // a letter left out or added
	priceKey    = 70 // the key beside or below
	priceSwap   = 60 // two letters changed places
	priceSound  = 40 // heard alike
	priceSilent = 30 // a soft sign, a doubled letter
)

// soundsLike are letters that are written for one another by ear or by keyboard
// habit.
const soundsLike = "оа еи еэ ея ия ыи ую бп вф гк дт жш зс шщ цс тц чщ әа әэ әе өо өу үу җж ңн һх йи iy ae sc ck ou ei"

// keys are the rows of the two keyboards.
var keys = [][]string{{"йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"}, {"qwertyuiop", "asdfghjkl", "zxcvbnm"}}

var prices = buildPrices()

func buildPrices() (table [letterCount][letterCount]uint8) {
	for a := range table {
		for b := range table[a] {
			if table[a][b] = priceWrong; a == b && a != otherLetter {
				table[a][b] = 0
			}
		}
	}
	set := func(a, b rune, price uint8) {
		i, j := index(a), index(b)
		table[i][j], table[j][i] = min(table[i][j], price), min(table[j][i], price)
	}
	for _, board := range keys {
		grid := make([][]rune, len(board))
		for y, row := range board {
			grid[y] = []rune(row)
		}
		for y, row := range grid {
			for x, key := range row {
				if x+1 < len(row) {
					set(key, row[x+1], priceKey)
				}
				if y+1 < len(grid) && x < len(grid[y+1]) {
					set(key, grid[y+1][x], priceKey)
				}
			}
		}
	}
	for pair := range strings.FieldsSeq(soundsLike) {
		r := []rune(pair)
		set(r[0], r[1], priceSound)
	}
	return table
}

// drop is the price of the letter at i left out or added.
func (c *candidate) drop(i int) int {
	switch l := c.letters[i]; {
	case l == letterSoft || l == letterHard:
		return priceSilent
	case i > 0 && c.letters[i-1] == l, i+1 < c.n && c.letters[i+1] == l:
		return priceSilent
	}
	return priceDrop
}

// distance is the weighted optimal string alignment of two words; it gives up with
// limit as soon as no way stays below it.
func distance(a, b *candidate, limit int) int {
	var rows [3][maxLetters + 1]int
	var drops [maxLetters]int
	for j := range b.n {
		drops[j] = b.drop(j)
		rows[0][j+1] = rows[0][j] + drops[j]
	}
	before := 0 // the lowest price of the row above, which two swapped letters start from
	for i := 1; i <= a.n; i++ {
		row, up, upper := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		letter, drop := a.letters[i-1], a.drop(i-1)
		price := &prices[letter]
		row[0] = up[0] + drop
		least := row[0]
		for j := 1; j <= b.n; j++ {
			other := b.letters[j-1]
			cost := min(up[j-1]+int(price[other]), up[j]+drop, row[j-1]+drops[j-1])
			if i > 1 && j > 1 && letter == b.letters[j-2] && a.letters[i-2] == other && letter != other {
				cost = min(cost, upper[j-2]+priceSwap)
			}
			row[j] = cost
			least = min(least, cost)
		}
		if least >= limit && before+priceSwap >= limit {
			return limit
		}
		before = least
	}
	return min(rows[a.n%3][b.n], limit)
}

// cyrillic maps Latin spellings to Russian letters, longest first.
var cyrillic = []struct{ latin, letters string }{
	{"shch", "щ"},
	{"sch", "щ"},
	{"zh", "ж"},
	{"kh", "х"},
	{"ts", "ц"},
	{"tc", "ц"},
	{"ch", "ч"},
	{"sh", "ш"},
	{"yu", "ю"},
	{"ju", "ю"},
	{"iu", "ю"},
	{"ya", "я"},
	{"ja", "я"},
	{"ia", "я"},
	{"yo", "е"},
	{"jo", "е"},
	{"ye", "е"},
	{"je", "е"},
	{"a", "а"},
	{"b", "б"},
	{"c", "ц"},
	{"d", "д"},
	{"e", "е"},
	{"f", "ф"},
	{"g", "г"},
	{"h", "х"},
	{"i", "и"},
	{"j", "й"},
	{"k", "к"},
	{"l", "л"},
	{"m", "м"},
	{"n", "н"},
	{"o", "о"},
	{"p", "п"},
	{"q", "к"},
	{"r", "р"},
	{"s", "с"},
	{"t", "т"},
	{"u", "у"},
	{"v", "в"},
	{"w", "в"},
	{"x", "х"},
	{"y", "ы"},
	{"z", "з"},
	{"'", "ь"},
}

// fromTranslit writes a Latin word with Russian letters.
func fromTranslit(word string) string {
	var b strings.Builder
	b.Grow(2 * len(word))
next:
	for len(word) > 0 {
		for _, pair := range cyrillic {
			if rest, ok := strings.CutPrefix(word, pair.latin); ok {
				b.WriteString(pair.letters)
				word = rest
				continue next
			}
		}
		_, size := utf8.DecodeRuneInString(word)
		b.WriteString(word[:size])
		word = word[size:]
	}
	return b.String()
}
