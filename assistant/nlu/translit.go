package nlu

import "strings"

// romanised is how Russians spell Cyrillic letters with Latin ones in addresses.
var romanised = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "y", 'к': "k", 'л': "l", 'м': "m", 'н': "n",
	'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "h", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "sch", 'ъ': "", 'ы': "y", 'ь': "",
	'э': "e", 'ю': "yu", 'я': "ya", 'ә': "a", 'ө': "o", 'ү': "u", 'җ': "j", 'ң': "n", 'һ': "h",
}

// latinise spells a word with Latin letters; other letters stay.
func latinise(word string) string {
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
	{"yo", "е"},
	{"jo", "е"},
	{"zh", "ж"},
	{"kh", "х"},
	{"ts", "ц"},
	{"ch", "ч"},
	{"sh", "ш"},
	{"yu", "ю"},
	{"ju", "ю"},
	{"ya", "я"},
	{"ja", "я"},
	{"iy", "ий"},
	{"yy", "ый"},
	{"ck", "к"},
	{"ph", "ф"},
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

// cyrillicise reads a folded Latin word as Russian typed with Latin letters.
func cyrillicise(word string) string {
	var b strings.Builder
	for word != "" {
		matched := false
		for _, row := range cyrillicised {
			if !strings.HasPrefix(word, row.latin) {
				continue
			}
			cyrillic := row.cyrillic
			if row.latin == "y" && b.Len() > 0 && (len(word) == 1 || strings.IndexByte("aeiou", word[1]) >= 0) && vowelEnd(b.String()) {
				cyrillic = "й"
			}
			b.WriteString(cyrillic)
			word, matched = word[len(row.latin):], true
			break
		}
		if !matched {
			b.WriteByte(word[0])
			word = word[1:]
		}
	}
	return b.String()
}

func vowelEnd(word string) bool {
	for _, v := range []string{"а", "е", "и", "о", "у", "ы", "э", "ю", "я"} {
		if strings.HasSuffix(word, v) {
			return true
		}
	}
	return false
}

// The keys of the two layouts, one under the other.
const (
	qwerty = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?~"
	jcuken = "йцукенгшщзхъфывапролджэячсмитьбю.ёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,Ё"
)

var (
	toJcuken = keyTable(qwerty, jcuken)
	toQwerty = keyTable(jcuken, qwerty)
)

func keyTable(from, to string) map[rune]rune {
	table, target := map[rune]rune{}, []rune(to)
	for i, r := range []rune(from) {
		table[r] = target[i]
	}
	return table
}
