package when

import (
	"slices"
	"strings"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// content are the classes that make a message one about time.
const content = cRelDay | cWeekday | cMonth | cPod | cNoon | cWeekend | cNow | cHalfHour | cSame | cNearest | cWorkdays

// lexicon maps folded words to what they mean; vocabulary is the part of it that is
// corrected for typing errors, by first letter.
var (
	lexicon    = buildLexicon()
	vocabulary = buildVocabulary()
)

func buildLexicon() map[string]sense {
	table := make(map[string]sense, 4096)
	add := func(form string, w word, lang string) {
		s, known := table[form]
		if known && s.lang != lang && w.class&(cPolite|cBlock|cGuard) == 0 {
			return // the first language keeps a word that two have
		}
		if !known {
			s.val, s.lang = w.val, lang
		}
		s.class |= w.class
		table[form] = s
	}
	for _, w := range wordsRu {
		for form := range strings.FieldsSeq(w.forms) {
			add(form, w, "ru")
		}
	}
	for _, w := range wordsEn {
		for form := range strings.FieldsSeq(w.forms) {
			add(form, w, "en")
		}
	}
	for _, w := range wordsTt {
		for form := range strings.FieldsSeq(w.forms) {
			stem, bends := strings.CutSuffix(form, "+")
			ends := ttEnds
			if !bends {
				ends = ttEnds[:1]
			}
			for _, end := range ends {
				addTatar(add, stem+end, w)
			}
		}
	}
	addHalfHours(table)
	for form := range strings.FieldsSeq(notTime) {
		table[form] = sense{}
	}
	return table
}

// addTatar adds a form and its spellings with Russian letters; э, а, е and я all stand
// for ә.
func addTatar(add func(string, word, string), form string, w word) {
	add(form, w, "tt")
	for _, typed := range token.RussianLetters(form) {
		add(typed, w, "tt")
	}
	if strings.Contains(form, "ә") && utf8.RuneCountInString(form) > 5 {
		for _, typed := range token.RussianLetters(strings.ReplaceAll(form, "ә", "е")) {
			add(typed, w, "tt")
		}
		add(strings.ReplaceAll(form, "ә", "е"), w, "tt")
		add(strings.ReplaceAll(form, "ә", "э"), w, "tt")
	}
}

// addHalfHours makes «полвторого», «полвосьмого», "полдвенадцатого": half of the hour
// that is named.
func addHalfHours(table map[string]sense) {
	for name, n := range token.NumberNames {
		if n.Lang == "ru" && n.Ordinal && n.Value >= 1 && n.Value <= 12 && strings.HasSuffix(name, "го") {
			table["пол"+name] = sense{class: cHalfHour, val: n.Value, lang: "ru"}
		}
	}
}

// notTime are words within a typing error of a word of time.
const notTime = "завтрак завтрака завтраку завтраком завтраке завтракать завтраки субботник субботника среди средний средняя среднее средне " +
	"средства средство марка марки марку карта карты карте карту картой карт парта партия юлия юлии юлию обида обиду обеды обеденная " +
	"вечно вечная вечность вечеринка вечеринку вечеринки утренник ночной ночное моя мою майка майку мария марии марину марина мартин " +
	"пятна пятно пятка пятки пятку пяткой четверка второстепенно среднюю выходить выходит выходили выходила надели наделю " +
	"неделимый часы часть части частью частный частная частное частые часто минусы минус днище деньги деньгам четвертинка " +
	"выходила сутками апрельский дочь дочку сентиментально полдня полгода полдела полка полная полный " +
	"марат марата вера веры вере веру венера венеры работа работе работу однако айдар четверки урам рания сначала девятки девяток " +
	"seen there starts letter sonet weight closes tree layer latter launch sometimes steven hors " +
	"mourning evenly sundry monkey marsh match mouth friendly fries frida honey money marcher wedding wednes sunny saturn satin"

// Known says whether a folded word is one of the tables, and in which language; for
// those who correct or rewrite words before Read sees them.
func Known(text string) (lang string, ok bool) {
	if strings.Contains(englishTails+englishParticles, " "+text+" ") && text != "" {
		return "en", true
	}
	if name, number := token.NumberName(text); number {
		return name.Lang, true
	}
	s, ok := lexicon[text]
	return s.lang, ok && s.class&^(cPolite|cCan|cBusy|cFix|cBlock|cGuard) != 0
}

// englishParticles are read beside numbers only.
const englishParticles = " am pm p ish o oh ou the clock "

// asTyped undoes what somebody before made of English words of time that are written
// with Latin letters («септембер» for "september").
func asTyped(tokens []token.Token) []token.Token {
	var fresh []token.Token
	for i := range tokens {
		t := &tokens[i]
		if t.Kind != token.Word || t.Text == t.Raw || t.Text == "" || t.Text[0] < utf8.RuneSelf || t.Raw[0] >= utf8.RuneSelf {
			continue
		}
		typed := strings.ToLower(t.Raw)
		if lang, ok := Known(typed); !ok || lang != "en" {
			continue
		}
		if fresh == nil {
			if slices.ContainsFunc(tokens, func(t token.Token) bool { return t.Kind == token.Word && russianInLatin(strings.ToLower(t.Raw)) }) {
				return tokens
			}
			fresh = slices.Clone(tokens)
		}
		fresh[i].Text = typed
	}
	if fresh == nil {
		return tokens
	}
	return fresh
}

// lookup finds a folded word, by letters.
func lookup(text string) (sense, bool) {
	s, ok := lexicon[text]
	return s, ok
}
