package nlu

import (
	"strings"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
	"okoshko/assistant/nlu/when"
)

// tatarTyped are Tatar words as they are typed with Russian letters and also not
// Russian; words with Tatar letters need no table.
var tatarTyped = stopTable(`мин син ул без сез алар минем синең аның безнең сезнең миңа сиңа аңа безгә сезгә бу шул теге нинди нәрсә кем кайда кайчан ничә ничек күпме һәм белән өчен дип иде икән түгел
	юк бар кирәк телим тели була булса булыр буламы мөмкин мөмкинме ярый ярар яхшы рәхмәт сәлам исәнмесез зинһар әйе бүген иртәгә берсекөнгә кичә хәзер соң элек көн кич иртә төш сәгать вакыт вакытта атна ай ел
	дүшәмбе сишәмбе чәршәмбе пәнҗешәмбе җомга шимбә якшәмбе язылырга языл язылам язылган язылу күчерергә бетерергә бетерегез килә килергә алам алмыйм барам бармыйм килмим теш табиб табибка табибы табибәгә баш
	күз колак йөрәк авырта авыртуы хастаханә бәя бәясе хакы акча тора сум исемем минем шалтырат телефон номеры адресыгыз кайсы теләсә барыбер беренче икенче өченче бер ике өч дүрт биш алты җиде сигез тугыз ун
	атна атнада атнага буш урын юкмы бармы балама чәч алдырырга тырнак ясатырга ясарга карарга күрсәтергә балага балам улым кызым әнием әтием сорау бирергә әйтегез әйтегезче аңламадым тагын яңадан баштан кеше белмим мөмкинме`)

var tatarEnds = strings.Fields("ырга ергә эргэ ларга ләргә лэргэ мыйм мим быз без сыз сез гыз гез кан кән кэн ган гән гэн дым дем лык лек ларны ләрне лар ләр лэр рга ргә ргэ ым ем гызны дыр дер ында ендә асы әсе")

// tatarOnly are endings that no Russian word has.
var tatarOnly = []string{"ырга", "ыгыз", "мыйм", "мыйбыз", "асыз", "юкмы", "бармы", "тегез", "ларга"}

// englishHints are English words that are no vocabulary of the commands.
var englishHints = wordSet(`the a an is are was i you we they he she it my your our to of in on at for with from by and or but not do does did have has can could would should will what when where which how who
	why yes no ok please thank thanks hello hi hey good morning afternoon evening today tomorrow monday tuesday wednesday thursday friday saturday sunday am pm next this week want need like book appointment see
	doctor name phone number cancel move change reschedule price much cost pay card`)

// language votes by words; with two words or less the conversation's language stays.
func (m *message) language() string {
	home := m.context.Lang
	ru, en, tt, n := 0, 0, 0, 0
	for i := range m.words {
		w := &m.words[i]
		if w.number || w.personal || w.named {
			continue
		}
		n++
		raw := m.tokens[w.from].Text
		switch {
		case m.pii.text[m.tokens[w.from].Start] < utf8.RuneSelf:
			if englishHints[raw] || ascii(raw) {
				en++ // a token in translit has Cyrillic text by now
			} else {
				ru++
			}
		case strings.ContainsAny(raw, tatarLetters), tatarTyped[raw], hasEnd(raw, tatarOnly), w.classes.meets(&m.lexicon.tatar) && !stopWords[raw]:
			tt++
		default:
			ru++
		}
	}
	if home == "" {
		home = "ru"
	}
	if n <= 2 {
		return home
	}
	if tt > 0 && ru > 0 && tt*2 >= ru { // Russian words live in Tatar sentences; endings tell
		for i := range m.words {
			w := &m.words[i]
			raw := w.text
			if !w.number && !w.personal && !tatarTyped[raw] && !strings.ContainsAny(raw, tatarLetters) && !stopWords[raw] && tatarEnded(raw) {
				tt, ru = tt+1, ru-1
			}
		}
	}
	switch {
	case en > ru && en > tt:
		return "en"
	case tt > ru, tt == ru && home == "tt":
		return "tt"
	case en > 0 && en == ru && home == "en":
		return "en"
	}
	return "ru"
}

func tatarEnded(word string) bool {
	for _, e := range tatarEnds {
		if strings.HasSuffix(word, e) && len(word) > len(e)+3 {
			return true
		}
	}
	return false
}

// rewrite reads Latin words that are no English: Russian typed with Latin letters or
// on the wrong layout, and Cyrillic ones typed for English. Offsets stay those of the
// original text.
func (r *Reader) rewrite(text string, tokens []token.Token, taken []bool, asked Field) ([]token.Token, []bool) {
	latin, strange := 0, 0
	for i, t := range tokens {
		if t.Kind != token.Word || taken[i] {
			continue
		}
		if ascii(t.Text) {
			latin++
			if len(t.Text) > 1 && !r.english(t.Text) {
				strange++
			}
			continue
		}
	}
	if latin == 0 {
		return r.fromRussianKeys(text, tokens, taken)
	}
	if strange == 0 {
		return tokens, taken
	}
	if swapped, t, ok := r.fromEnglishKeys(text, tokens, taken); ok {
		return swapped, t
	}
	r.fromTranslit(tokens, taken, strange*2 >= latin, asked)
	return tokens, taken
}

// english says whether a Latin word needs no other reading.
func (r *Reader) english(word string) bool {
	if englishHints[word] || stopWords[word] || len(r.vocabulary.words[word]) > 0 || len(r.vocabulary.words[stem(word)]) > 0 {
		return true
	}
	if s := theLexicon().classes(word); !s.empty() {
		return true
	}
	if lang, ok := when.Known(word); ok && lang == "en" {
		return true
	}
	f, ok := r.dictionary.forms[word]
	return ok && f.latin
}

// russian says whether a word is known here as a Russian or Tatar one.
func (r *Reader) russian(word string) bool {
	if len(word) < 2 {
		return false
	}
	if stopWords[word] {
		return true
	}
	if s := r.lexicon.classes(word); !s.empty() {
		return true
	}
	if len(r.vocabulary.words[stem(word)]) > 0 || r.calendar[word] {
		return true
	}
	if _, ok := token.NumberName(word); ok {
		return true
	}
	_, ok := r.dictionary.forms[word]
	return ok
}

// fromTranslit puts Russian spellings into the tokens' texts.
func (r *Reader) fromTranslit(tokens []token.Token, taken []bool, most bool, asked Field) {
	if !most {
		return
	}
	type change struct {
		at   int
		text string
	}
	var changes []change
	known, english := 0, 0
	for i, t := range tokens {
		if t.Kind != token.Word || taken[i] || !ascii(t.Text) {
			continue
		}
		cyrillic := token.Cyrillic(t.Text)
		sure := r.russian(cyrillic)
		if sure {
			known += min(1, len(t.Text)-1) // «и» and «в» tell nothing: "i" and "w" are English
		}
		switch {
		case len(t.Text) > 1 && r.english(t.Text):
			english++
		case !sure && len(t.Text) > 4 && len(changes) < maxRepairs && asked != FieldName: // "sophiee" is a name, no Сафина
			better, latin := r.spelling(cyrillic), r.spelling(t.Text)
			switch {
			case latin.text != "" && (better.text == "" || latin.price <= better.price):
				english++ // a slip of an English word or name, not translit
			case better.text != "" && !better.plain:
				known++
			}
		}
		if f, ok := r.dictionary.forms[t.Text]; ok && f.latin && !f.oblique {
			continue // a name keeps the letters its owner chose
		}
		changes = append(changes, change{i, cyrillic})
	}
	if known == 0 || known <= english { // "yes pleaes" is English, whatever «ес» is
		return
	}
	for _, c := range changes {
		tokens[c.at].Text = c.text
	}
}

// fromEnglishKeys reads «pfgbibnt vtyz» as typed on the Russian layout.
func (r *Reader) fromEnglishKeys(text string, tokens []token.Token, taken []bool) ([]token.Token, []bool, bool) {
	return r.swapKeys(text, tokens, taken, token.ToJcuken, func(c rune) bool { return c < utf8.RuneSelf }, r.russian)
}

// fromRussianKeys reads «руддщ» as typed on the English layout.
func (r *Reader) fromRussianKeys(text string, tokens []token.Token, taken []bool) ([]token.Token, []bool) {
	strange, all := 0, 0
	for i, t := range tokens {
		if t.Kind == token.Word && !taken[i] {
			all++
			if !r.russian(t.Text) && !r.knownStem(t.Text) {
				strange++
			}
		}
	}
	if all == 0 || strange < all || all > 40 {
		return tokens, taken
	}
	if swapped, t, ok := r.swapKeys(text, tokens, taken, token.ToQwerty, func(rune) bool { return true }, r.english); ok {
		return swapped, t
	}
	return tokens, taken
}

func (r *Reader) knownStem(word string) bool { return len(r.vocabulary.words[stem(word)]) > 0 }

// swapKeys retypes the chunks between white space that hold no personal data and keeps
// the result if at least half of its words, and one of three letters, are known.
func (r *Reader) swapKeys(text string, tokens []token.Token, taken []bool, keys map[rune]rune, may func(rune) bool, known func(string) bool) ([]token.Token, []bool, bool) {
	if len(text) > 600 {
		return nil, nil, false
	}
	var b strings.Builder
	origin := make([]int, 0, 2*len(text)+1)
	blocked := make([]bool, len(text)+1)
	for i, t := range tokens {
		for k := t.Start; taken[i] && k < t.End; k++ {
			blocked[k] = true
		}
	}
	for i, c := range text {
		swapped, ok := keys[c]
		if !ok || blocked[i] || !may(c) {
			swapped = c
		}
		for range utf8.RuneLen(swapped) {
			origin = append(origin, i)
		}
		b.WriteRune(swapped)
	}
	origin = append(origin, len(text))
	if strings.ContainsRune(text, utf8.RuneError) {
		return nil, nil, false
	}
	fresh := token.Tokenize(b.String())
	good, words, long := 0, 0, false
	freshTaken := make([]bool, len(fresh))
	for i := range fresh {
		t := &fresh[i]
		t.Start, t.End = origin[t.Start], origin[t.End]
		t.Raw = text[t.Start:t.End]
		freshTaken[i] = blocked[t.Start]
		if t.Kind == token.Word && !freshTaken[i] {
			words++
			if known(t.Text) {
				good++
				long = long || utf8.RuneCountInString(t.Text) >= 3
			}
		}
	}
	return fresh, freshTaken, long && good*2 >= words
}

// ascii says whether a word begins with a Latin letter or a figure.
func ascii(word string) bool { return word != "" && word[0] < utf8.RuneSelf }
