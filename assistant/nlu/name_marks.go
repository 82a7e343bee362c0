package nlu

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// What announces a name: tables of markers and what stands around them.

// strongMarkers stand before a name of any kind.
var strongMarkers = markers("меня зовут", "зовут меня", "зовите меня", "зовите", "меня звать", "звать меня", "звать", "зовут", "мое имя", "имя запишите", "имя пишите", "имя укажите", "запишите имя", "имя исправьте на", "имя",
	"моя фамилия", "фамилия имя", "фамилия", "фио", "на имя", "на фамилию", "минем исемем", "минем исем", "исемем", "исемем минем", "исем", "my name is", "my name's", "name should be", "the name should be", "name must be", "name to", "name as", "имя должно быть", "имя поменяйте на", "имя измените на", "name is", "the name is", "name's",
	"my name", "name", "call me", "полностью", "полное имя", "имя полностью", "фамилия и имя", "имя и фамилия", "under the name", "under the name of", "представлюсь", "обращайтесь", "имя пациента", "имя клиента", "фамилия пациента", "имя ребенка", "пациента зовут", "ребенка зовут")

// weakMarkers stand before a name but before much else too.
var weakMarkers = markers("это", "я", "мы", "с вами", "пишет", "беспокоит", "мин", "i'm", "i am", "im", "this is", "it's", "its", "it is", "here is", "for")

// objectMarkers stand before a name in another case: it is put into the nominative.
var objectMarkers = markers("запишите", "записать", "запиши", "запишите пожалуйста", "сына", "сыну", "дочь", "дочку", "дочери", "мужа", "мужу", "жену", "жене", "маму", "маме", "папу", "отца", "ребенка", "ребенку", "внука", "внучку", "брата", "сестру",
	"сын", "дочка", "муж", "жена", "мама", "для", "на", "пациент", "пациента", "пациентка", "клиент", "клиента")

var nameAfter = markers("меня зовут", "зовут меня", "зовут", "мое имя", "минем исемем", "исемем", "is my name", "here")

func markers(list ...string) [][]string {
	var all [][]string
	for _, m := range list {
		all = append(all, strings.Fields(m))
	}
	return all
}

// markerWords are the words of markers that are known with a slip, too; shorter ones
// are left alone.
var markerWords = sync.OnceValue(func() map[string]token.Spelling {
	all := map[string]token.Spelling{}
	for _, list := range [][][]string{strongMarkers, nameAfter} {
		for _, marker := range list {
			for _, w := range marker {
				if s, ok := token.Spell(w); ok && s.Len() >= 4 {
					all[w] = s
				}
			}
		}
	}
	return all
})

// marks says whether word i is the word of a marker, as written or with a slip. A
// word that is known for something else, or written like a name, is no slip.
func (r *nameReader) marks(i int, marker string) bool {
	text := r.tokens[r.words[i].from].Text
	if text == marker {
		return true
	}
	if !r.odd(i) {
		return false
	}
	right, ok := markerWords()[marker]
	if !ok {
		return false
	}
	limit := token.PriceDrop
	if right.Len() >= 5 {
		limit = token.PriceStrange
	}
	s, ok := token.Spell(text)
	return ok && s.MayBeNear(&right, limit) && s.Distance(&right, limit+1) <= limit
}

// maxOdd bounds the misspelt words of one message that are compared with markers.
const maxOdd = 24

// odd says whether word i may be a misspelt one at all; judged once.
func (r *nameReader) odd(i int) bool {
	if r.odds == nil {
		r.odds = make([]bool, len(r.words))
		for k, n := 0, 0; k < len(r.words) && n < maxOdd; k++ {
			if r.odds[k] = r.maybeMarker(k); r.odds[k] {
				n++
			}
		}
	}
	return r.odds[i] && !r.words[i].named
}

func (r *nameReader) maybeMarker(i int) bool {
	w := &r.words[i]
	if w.number || w.personal || w.named || w.vocab != "" || !w.repaired && !w.classes.empty() {
		return false
	}
	text := r.tokens[w.from].Text
	return utf8.RuneCountInString(text) >= 3 && (w.repaired || !stopWords[text]) && !timeWord(w, r.message) && !r.dictionary.given(text)
}

// before says how many words of the longest marker end just before word i, 0 for none.
func (r *nameReader) before(list [][]string, i int) int {
	best := 0
	for _, marker := range list {
		if n := len(marker); n > best && n <= i && r.markedBy(marker, i-n) {
			best = n
		}
	}
	return best
}

// after says how many words of the longest marker begin at word i, 0 for none.
func (r *nameReader) after(i int) int {
	best := 0
	for _, marker := range nameAfter {
		if n := len(marker); n > best && i+n <= len(r.words) && r.markedBy(marker, i) {
			best = n
		}
	}
	return best
}

func (r *nameReader) markedBy(marker []string, i int) bool {
	for k, w := range marker {
		if k > 0 && r.words[i+k].stop || !r.marks(i+k, w) {
			return false
		}
	}
	return true
}

// forward holds for a marker that belongs to the name behind it: «к белову зовут артем».
func (r *nameReader) forward(from, marker int) bool {
	if from > 0 && !r.words[from].stop && behind[r.tokens[r.words[from-1].from].Text] {
		return true
	}
	next := marker + r.after(marker)
	if next >= len(r.words) || r.words[next].comma || r.words[next].stop {
		return false
	}
	to, best, _ := r.chunk(next, true)
	if _, mine, _ := r.chunk(from, true); mine == unknownName && (best > unknownName || best == unknownName && r.marks(from, "меня")) {
		return true // «мея зовут Кирилл»
	}
	return r.specialist(from, marker) && to > next && best >= unknownName
}

// announces holds for words that name a number, not a person: «имя Тимур телефон …».
func announces(text string) bool {
	for _, row := range hintWords {
		if row.text && text == row.stem || !row.text && strings.HasPrefix(text, row.stem) {
			return true
		}
	}
	return false
}

// announced are words for a number that are known with a slip before it: «артем номе 8960…».
var announced = spellAll("номер телефон телефона phone number mobile почта email телефоным")

// announcing holds for a misspelt one right before the number.
func (r *nameReader) announcing(i int) bool {
	if i+1 >= len(r.words) || !r.words[i+1].personal {
		return false
	}
	s, ok := token.Spell(r.tokens[r.words[i].from].Text)
	return ok && slices.ContainsFunc(announced, func(a token.Spelling) bool {
		return s.MayBeNear(&a, token.PriceStrange) && s.Distance(&a, token.PriceStrange+1) <= token.PriceStrange
	})
}

// ofKin holds for «жена Рустама»: the name is not of who is to come. «Дочь Есению» is:
// no genitive ends so.
func (r *nameReader) ofKin(i int) bool {
	text := r.tokens[r.words[i].from].Text
	f, _ := r.dictionary.find(text)
	return f.oblique && !strings.HasSuffix(text, "у") && !strings.HasSuffix(text, "ю") && kinNominative[r.tokens[r.words[i-1].from].Text]
}

var kinNominative = wordSet("жена муж сын дочь дочка мама папа брат сестра внук внучка друг подруга пациент пациентка клиент")

// askedBack holds for «как меня зовут», «как зовут врача».
func (r *nameReader) askedBack(marker int) bool {
	for k := marker - 1; k >= max(0, marker-3) && !r.words[k+1].stop; k-- {
		switch r.tokens[r.words[k].from].Text {
		case "как", "what", "what's", "whats", "чье", "какое", "какая", "кто", "ничек", "кем":
			return true
		}
	}
	return false
}
