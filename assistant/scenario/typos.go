package scenario

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	// shortest is the least letters of a word that slips. A slip in a shorter
	// one makes another word («да», «на»), or is seen and mended.
	shortest = 4
	// lettersASlip is how many letters of such words carry one slip, so that
	// whole messages have one in 12 to 15 letters.
	lettersASlip = 11.5
	// longEnough is the least letters of a word whose first letter may slip.
	longEnough = 6
)

// Typos returns what the fingers of one visitor make of a message: neighbour
// keys, swapped, dropped and doubled letters, letters written as they sound, a
// lost ё, ь or Tatar letter, lower case, lost commas. The same seed and text give
// the same slips, and a word is misspelt in the same way wherever it stands.
//
// Digits, numbers in words, phones, times, addresses of mail and sites stay as
// they are, and so does the first letter of a capitalised word, which may be a
// name. [Play] with [Options].Typos slips so.
func Typos(seed uint64) func(text string) string {
	return func(text string) string {
		r := source(seed, text)
		if r.IntN(3) == 0 {
			text = comma.ReplaceAllString(text, "$1$2")
		}
		lower := r.IntN(3) == 0
		text = pieces.ReplaceAllStringFunc(text, func(piece string) string {
			if strings.ContainsFunc(piece, unicode.IsDigit) || strings.ContainsAny(piece, "@/") || site.MatchString(piece) {
				return piece
			}
			return mistype(seed, piece)
		})
		if lower {
			return strings.ToLower(text)
		}
		return text
	}
}

// Mistyped is the scenario as it must end when the visitor's fingers slip: the
// name is the one that was written. A name that the visitor never writes, because the
// house knows it, stays right.
func (s Scenario) Mistyped(seed uint64) Scenario {
	if s.Outcome.Appointment != nil && s.writes(s.Outcome.Appointment.Name) {
		a := *s.Outcome.Appointment
		a.Name = mistype(seed, a.Name)
		s.Outcome.Appointment = &a
	}
	return s
}

// writes reports whether the visitor writes a word of the name.
func (s Scenario) writes(name string) bool {
	texts := slices.Clone(s.Say)
	for _, answers := range s.Answers {
		for _, a := range answers {
			texts = append(texts, a.Text)
		}
	}
	said := strings.ToLower(strings.Join(texts, " "))
	return slices.ContainsFunc(strings.Fields(strings.ToLower(name)), func(part string) bool { return strings.Contains(said, part) })
}

var (
	pieces = regexp.MustCompile(`\S+`)
	words  = regexp.MustCompile(`\p{L}+`)
	site   = regexp.MustCompile(`\p{L}\.\p{L}`)
	comma  = regexp.MustCompile(`(\p{L})[,.!?;]+(\s|$)`) // never between figures
)

func mistype(seed uint64, piece string) string {
	return words.ReplaceAllStringFunc(piece, func(w string) string {
		letters := []rune(w)
		lower := strings.ToLower(w)
		r := source(seed, lower)
		if len(letters) < shortest || spoken(lower) || r.Float64() >= float64(len(letters))/lettersASlip {
			return w
		}
		from := 1
		if unicode.IsLower(letters[0]) && len(letters) >= longEnough && r.IntN(8) == 0 {
			from = 0
		}
		return string(slip(r, letters, from))
	})
}

// source is the chance that belongs to a text: fingers have habits.
func source(seed uint64, text string) *rand.Rand {
	return rand.New(rand.NewChaCha8(sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), text...))))
}

// slip makes one mistake at or after the letter from.
func slip(r *rand.Rand, letters []rune, from int) []rune {
	i := from + r.IntN(len(letters)-from)
	kinds := []func(*rand.Rand, []rune, int) ([]rune, bool){
		neighbour, neighbour, neighbour, swap, swap, drop, drop, double, heard, heard, heard,
	}
	for { // double always can
		if out, ok := kinds[r.IntN(len(kinds))](r, letters, i); ok {
			return out
		}
	}
}

// neighbour hits the key beside the right one.
func neighbour(r *rand.Rand, letters []rune, i int) ([]rune, bool) {
	near := beside(unicode.ToLower(letters[i]))
	if len(near) == 0 {
		return nil, false
	}
	return replaced(letters, i, near[r.IntN(len(near))]), true
}

// heard writes a letter as it sounds or as the keyboard at hand has it: the
// nearest such letter from i on, a lost sign as nothing.
func heard(r *rand.Rand, letters []rune, i int) ([]rune, bool) {
	for ; i < len(letters); i++ {
		if i == 0 {
			continue
		}
		switch as, ok := sounds[unicode.ToLower(letters[i])]; {
		case !ok:
		case as == "":
			return slices.Delete(slices.Clone(letters), i, i+1), true
		default:
			alike := []rune(as)
			return replaced(letters, i, alike[r.IntN(len(alike))]), true
		}
	}
	return nil, false
}

func swap(_ *rand.Rand, letters []rune, i int) ([]rune, bool) {
	i = min(i, len(letters)-2)
	if i == 0 || letters[i] == letters[i+1] {
		return nil, false
	}
	out := slices.Clone(letters)
	out[i], out[i+1] = out[i+1], out[i]
	return out, true
}

func drop(_ *rand.Rand, letters []rune, i int) ([]rune, bool) {
	return slices.Delete(slices.Clone(letters), i, i+1), i > 0
}

func double(_ *rand.Rand, letters []rune, i int) ([]rune, bool) {
	return slices.Insert(slices.Clone(letters), i, letters[i]), true
}

// replaced puts another letter in the same case.
func replaced(letters []rune, i int, by rune) []rune {
	out := slices.Clone(letters)
	out[i] = by
	if unicode.IsUpper(letters[i]) {
		out[i] = unicode.ToUpper(by)
	}
	return out
}

// keyboards are rows of keys, as they lie under each other.
var keyboards = [][]string{
	{"йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"},
	{"йөукенгшәзхү", "фывапролдңэ", "яһсмитҗбю"}, // the Tatar letters' keys
	{"qwertyuiop", "asdfghjkl", "zxcvbnm"},
}

// beside lists the keys left and right of a letter's.
func beside(letter rune) (near []rune) {
	for _, rows := range keyboards {
		for _, row := range rows {
			keys := []rune(row)
			i := slices.Index(keys, letter)
			if i < 0 {
				continue
			}
			return append(slices.Clone(keys[max(i-1, 0):i]), keys[min(i+1, len(keys)):min(i+2, len(keys))]...)
		}
	}
	return nil
}

// sounds are letters written for each other; "" is a letter left out.
var sounds = map[rune]string{
	'о': "а", 'а': "о", 'е': "и", 'и': "е", 'ё': "е", 'я': "е", 'ы': "и", 'ь': "", 'ъ': "",
	'з': "с", 'д': "т", 'б': "п", 'в': "ф", 'г': "к", 'ш': "щ", 'щ': "ш", 'э': "е",
	'ә': "аэ", 'ө': "о", 'ү': "у", 'җ': "ж", 'ң': "н", 'һ': "х",
}

// spoken reports whether a word is, or may be, a number of a time, date or phone.
func spoken(word string) bool {
	return slices.ContainsFunc(numerals, func(n string) bool { return strings.HasPrefix(word, n) })
}

// numerals are the beginnings of numbers in words; what else they begin stays
// right as well.
var numerals = []string{
	"нол", "один", "одн", "дв", "три", "трёх", "трех", "трет", "четыр", "четверт", "пять", "пяти", "пято", "пятнад", "шест",
	"семь", "семи", "седьм", "восем", "восьм", "девят", "десят", "одинна", "сорок", "девян", "перв", "втор", "пол",
	"half", "quarter", "three", "four", "five", "seven", "eight", "nine", "eleven", "twelve", "noon", "midnight",
	"берен", "икен", "ике", "өч", "дүрт", "биш", "алты", "җиде", "сигез", "тугыз", "унике", "унбер", "ярты",
}
