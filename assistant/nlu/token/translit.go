package token

import "strings"

// Russian with Latin letters, both ways, as visitors and their addresses have it; and
// the keys of the two layouts. A linguist's page.

// romanised is how Russians spell Cyrillic letters with Latin ones in addresses.
var romanised = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "y", 'к': "k", 'л': "l", 'м': "m", 'н': "n",
	'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "h", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "sch", 'ъ': "", 'ы': "y", 'ь': "",
	'э': "e", 'ю': "yu", 'я': "ya", 'ә': "a", 'ө': "o", 'ү': "u", 'җ': "j", 'ң': "n", 'һ': "h",
}

// Latin spells a word with Latin letters; other letters stay.
func Latin(word string) string {
	var b strings.Builder
	for _, r := range word {
		if latin, ok := romanised[r]; ok {
			b.WriteString(latin)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cyrillicised is read from left to right, the longest spelling first.
var cyrillicised = []struct{ latin, cyrillic string }{
	{"shch", "щ"},
	{"sch", "щ"},
	{"zh", "ж"},
	{"kh", "х"},
	{"ts", "ц"},
	{"tc", "ц"},
	{"ch", "ч"},
	{"sh", "ш"},
	{"ck", "к"},
	{"ph", "ф"},
	{"yu", "ю"},
	{"ju", "ю"},
	{"iu", "ю"},
	{"ya", "я"},
	{"ja", "я"},
	{"ia", "я"}, // at the end of a word «ия», see Cyrillic
	{"yo", "е"},
	{"jo", "е"},
	{"ye", "е"},
	{"je", "е"},
	{"iya", "ия"},
	{"iye", "ие"},
	{"iyu", "ию"},
	{"iy", "ий"},
	{"yy", "ый"},
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

// Cyrillic reads a folded Latin word as Russian typed with Latin letters; y behind a
// vowel is й, -ia is «ия». Other signs stay.
func Cyrillic(word string) string {
	var b strings.Builder
	b.Grow(2 * len(word))
	vowel := false // before the place
next:
	for word != "" {
		for _, row := range cyrillicised {
			rest, ok := strings.CutPrefix(word, row.latin)
			if !ok {
				continue
			}
			letters := row.cyrillic
			switch {
			case row.latin == "y" && vowel:
				letters = "й"
			case row.latin == "ia" && rest == "":
				letters = "ия"
			}
			b.WriteString(letters)
			word, vowel = rest, strings.ContainsAny(letters, "аеиоуыэюя")
			continue next
		}
		b.WriteByte(word[0])
		word, vowel = word[1:], false
	}
	return b.String()
}

// The keys of the two layouts, one under the other.
const (
	qwerty = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?~"
	jcuken = "йцукенгшщзхъфывапролджэячсмитьбю.ёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,Ё"
)

// ToJcuken and ToQwerty give the letter of the same key on the other layout.
var (
	ToJcuken = keyTable(qwerty, jcuken)
	ToQwerty = keyTable(jcuken, qwerty)
)

func keyTable(from, to string) map[rune]rune {
	table, target := map[rune]rune{}, []rune(to)
	for i, r := range []rune(from) {
		table[r] = target[i]
	}
	return table
}
