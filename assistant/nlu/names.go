package nlu

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// names finds persons' names. Strength falls from «меня зовут …», where any unknown
// word is a name, over a bare answer to the question for it, down to a dictionary name
// somewhere in a message, which is hidden but does not become the visitor's.
type nameReader struct {
	*message
	dictionary *dictionary
	found      []personName
	kinds      []nameKind // of each word, judged once; zero is not judged yet
}

type personName struct {
	from, to int // words, to excluded
	marker   int // words before it that only announce it
	value    string
	own      bool // the visitor said it of himself or of who is to come
	rule     string
}

// strongMarkers stand before a name of any kind.
var strongMarkers = markers("меня зовут", "зовут меня", "зовите меня", "зовите", "меня звать", "звать меня", "звать", "зовут", "мое имя", "имя запишите", "имя пишите", "имя укажите", "запишите имя", "имя исправьте на", "имя",
	"моя фамилия", "фамилия имя", "фамилия", "фио", "на имя", "на фамилию", "минем исемем", "минем исем", "исемем", "исемем минем", "исем", "my name is", "my name's", "name should be", "the name should be", "name must be", "name to", "name as", "имя должно быть", "имя поменяйте на", "имя измените на", "name is", "the name is", "name's",
	"my name", "name", "call me", "under the name", "under the name of", "представлюсь", "обращайтесь", "имя пациента", "имя клиента", "фамилия пациента", "имя ребенка", "пациента зовут", "ребенка зовут")

// weakMarkers stand before a name but before much else too.
var weakMarkers = markers("это", "я", "мы", "с вами", "пишет", "беспокоит", "мин", "i'm", "i am", "im", "this is", "it's", "it is", "here is", "for")

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

// before says how many words of the longest marker end just before word i, 0 for none.
func (r *nameReader) before(list [][]string, i int) int {
	best := 0
	for _, marker := range list {
		n := len(marker)
		if n <= best || n > i {
			continue
		}
		ok := true
		for k, w := range marker {
			at := &r.words[i-n+k]
			if r.tokens[at.from].Text != w || k > 0 && at.stop {
				ok = false
				break
			}
		}
		if ok {
			best = n
		}
	}
	return best
}

func (r *nameReader) after(i int) int {
	best := 0
	for _, marker := range nameAfter {
		if len(marker) <= best || i+len(marker) > len(r.words) {
			continue
		}
		ok := true
		for k, w := range marker {
			if r.tokens[r.words[i+k].from].Text != w {
				ok = false
				break
			}
		}
		if ok {
			best = len(marker)
		}
	}
	return best
}

// kind of a word inside a name.
type nameKind uint8

const (
	notJudged nameKind = iota
	notName
	unknownName
	surnameName
	patronymicName
	givenName
)

// kind judges word i by itself.
func (r *nameReader) kind(i int) nameKind {
	if r.kinds[i] == notJudged {
		r.kinds[i] = r.judge(i)
	}
	return r.kinds[i]
}

func (r *nameReader) judge(i int) nameKind {
	w := &r.words[i]
	if w.number || w.personal || w.named {
		return notName
	}
	text := r.tokens[w.from].Text
	n := utf8.RuneCountInString(text)
	f, given := r.dictionary.find(text)
	switch {
	case given && f.oblique && (!w.classes.empty() || stopWords[text]) && !w.repaired:
		return notName // «любой» is no case of Люба
	case given && !(f.word && !capital(r.raw(i))):
		return givenName
	case patronymic(text):
		return patronymicName
	case given:
		return givenName
	case stopWords[text] || n < 2:
		return notName
	case w.vocab == FieldService || w.vocab == FieldBranch:
		return notName
	case (w.classes.empty() || w.repaired) && surname(text, false):
		return surnameName
	case !w.classes.empty() && !w.repaired, w.repaired && !capital(r.raw(i)), timeWord(w, r.message), announces(text):
		return notName
	}
	return unknownName
}

func timeWord(w *word, m *message) bool { return w.classes.has(m.lexicon.ids[classTime]) }

// chunk is the words from i on that make one name, with its best kind; unknown says
// whether words of no dictionary may belong to it.
func (r *nameReader) chunk(i int, unknown bool) (to int, best nameKind, givens int) {
	to, best = i, notName
	for to < len(r.words) && to-i < 4 {
		w := &r.words[to]
		if to > i && (w.stop || w.comma && !r.commaInside(to)) {
			break
		}
		k := r.kind(to)
		text := r.tokens[w.from].Text
		if to > i && utf8.RuneCountInString(text) == 1 && capital(r.raw(to)) && (best >= surnameName) {
			to++ // an initial
			continue
		}
		if k == notName || k == unknownName && !unknown && !(to > i && capital(r.raw(to)) && best >= surnameName) {
			break
		}
		if k == givenName && givens > 0 && !w.hyphen && best != surnameName && !tatarPatronymic[text] {
			if f, _ := r.dictionary.find(text); !f.latin && givens > 1 {
				break
			}
		}
		if k == givenName {
			givens++
		}
		best = max(best, k)
		to++
	}
	return to, best, givens
}

// commaInside allows «Иванова, Мария Петровна».
func (r *nameReader) commaInside(i int) bool {
	return r.kind(i) >= patronymicName && r.kind(i-1) == surnameName && r.words[i].comma && r.context.Expects == FieldName
}

// read finds all names of the message.
func (r *nameReader) read() {
	for i := 0; i < len(r.words); i++ {
		if r.words[i].personal || r.words[i].number {
			continue
		}
		if n, ok := r.marked(i); ok {
			r.keep(n)
			i = n.to - 1
		}
	}
	if r.context.Expects == FieldName && !r.own() {
		r.answer()
	}
	for i := 0; i < len(r.words); i++ {
		if n, ok := r.free(i); ok {
			r.keep(n)
			i = n.to - 1
		}
	}
}

func (r *nameReader) own() bool {
	for _, n := range r.found {
		if n.own {
			return true
		}
	}
	return false
}

func (r *nameReader) keep(n personName) {
	for i := n.from; i < n.to; i++ {
		r.words[i].named, r.words[i].covered = true, true
		r.kinds[i] = notName
		r.words[i].classes = set{}
		r.words[i].classes.add(r.lexicon.ids[className])
	}
	for i := n.from - n.marker; i < n.from; i++ {
		r.words[i].covered, r.words[i].classes = true, set{}
	}
	r.found = append(r.found, n)
}

// marked reads a name at i by the words around it.
func (r *nameReader) marked(i int) (personName, bool) {
	if n := r.before(strongMarkers, i); n > 0 && !r.askedBack(i-n) {
		if to, best, _ := r.chunk(i, true); to > i && (best > unknownName || r.words[i].classes.empty()) {
			found := r.name(i, to, false, "marker")
			found.marker = n
			return found, true
		}
		return personName{}, false
	}
	if n := r.before(weakMarkers, i); n > 0 {
		to, best, _ := r.chunk(i, false)
		if best == givenName && !r.plainWord(i) || best == surnameName && r.proud(i, to) || best == patronymicName {
			return r.name(i, to, false, "weak marker"), true
		}
		if to, best, _ = r.chunk(i, true); to > i && best == unknownName && r.proud(i, to) && r.alone(i, to) && !r.question && r.words[i].vocab == "" {
			return r.name(i, to, false, "weak marker, capitals"), true
		}
	}
	if n := r.before(objectMarkers, i); n > 0 {
		to, best, _ := r.chunk(i, false)
		if best == givenName && !r.plainWord(i) && !r.specialist(i, to) && !r.ofKin(i) {
			return r.name(i, to, true, "object"), true
		}
	}
	to, best, _ := r.chunk(i, true)
	if to > i && r.words[i].vocab != FieldService && r.words[i].vocab != FieldBranch && (best >= surnameName || best == unknownName && capital(r.raw(i))) && r.after(to) > 0 && !r.askedBack(to) && !r.forward(i, to) {
		return r.name(i, to, false, "marker behind"), true
	}
	if i > 0 && r.tokens[r.words[i-1].from].Text == "меня" && to > i && to < len(r.words) && (r.tokens[r.words[to].from].Text == "зовут" || r.tokens[r.words[to].from].Text == "звать") {
		return r.name(i, to, false, "marker around"), true
	}
	return personName{}, false
}

// forward holds for a marker that belongs to the name behind it: «к белову зовут артем».
func (r *nameReader) forward(from, marker int) bool {
	if from > 0 && !r.words[from].stop && behind[r.tokens[r.words[from-1].from].Text] {
		return true
	}
	next := marker + r.after(marker)
	if next >= len(r.words) || r.words[next].comma || r.words[next].stop || !r.specialist(from, marker) {
		return false
	}
	to, best, _ := r.chunk(next, true)
	return to > next && best >= unknownName
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

// ofKin holds for «жена Рустама»: the name is not of who is to come.
func (r *nameReader) ofKin(i int) bool {
	f, _ := r.dictionary.find(r.tokens[r.words[i].from].Text)
	return f.oblique && kinNominative[r.tokens[r.words[i-1].from].Text]
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

// plainWord holds for a name that is also a common word and is not written as a name.
func (r *nameReader) plainWord(i int) bool {
	f, ok := r.dictionary.find(r.tokens[r.words[i].from].Text)
	return ok && f.word && !capital(r.raw(i))
}

// proud holds for capital letters at the beginning of each word, not all capitals.
func (r *nameReader) proud(from, to int) bool {
	for i := from; i < to; i++ {
		if !capital(r.raw(i)) {
			return false
		}
	}
	return true
}

// specialist says whether the words name one of the clinic.
func (r *nameReader) specialist(from, to int) bool {
	for i := from; i < to; i++ {
		if r.words[i].vocab == FieldSpecialist {
			return true
		}
	}
	return false
}

// behind are words after which a name is somebody else's.
var behind = wordSet("к ко у с со от о об при with to at by of врач врача врачу доктор доктору доктора мастер мастеру мастера dr doctor")

// answer reads a bare answer to the question for the name.
func (r *nameReader) answer() {
	i := 0
	for i < len(r.words) && r.filler(i) {
		i++
	}
	for ; i < len(r.words); i++ {
		if r.words[i].personal || r.words[i].named {
			continue
		}
		if i > 0 && behind[r.tokens[r.words[i-1].from].Text] {
			return
		}
		to, best, _ := r.chunk(i, !r.question)
		switch {
		case to == i:
			if !r.filler(i) {
				return
			}
			continue
		case best == unknownName && !r.alone(i, to):
			return
		case best == unknownName && r.words[i].vocab != "":
			return
		case best == surnameName && r.question && !r.proud(i, to):
			return
		}
		r.keep(r.name(i, to, false, "asked"))
		return
	}
}

// filler are words before the name in an answer.
func (r *nameReader) filler(i int) bool {
	text := r.tokens[r.words[i].from].Text
	if _, given := r.dictionary.find(text); given && (capital(r.raw(i)) || len(r.words) <= 3) {
		return false
	}
	return fillers[text] || r.words[i].classes.has(r.lexicon.ids["hello"]) || r.words[i].classes.has(r.lexicon.ids["en_hello"])
}

var fillers = wordSet(`да ага ок хорошо ладно ну а можно просто пишите запишите запиши давайте меня пусть будет на мой моя мое имя я это конечно пожалуйста так и ой значит вот yes ok sure ye it's
	здравствуйте добрый день это будет под именем укажите әйе мин ярый тогда лучше`)

// alone says whether nothing but punctuation, politeness or data stands after a name
// of unknown words, and not too many of them.
func (r *nameReader) alone(from, to int) bool {
	if to-from > 3 {
		return false
	}
	for i := from; i < to; i++ {
		raw := r.raw(i)
		if utf8.RuneCountInString(raw) > 24 || strings.ContainsFunc(raw, func(c rune) bool { return !unicode.IsLetter(c) && c != '\'' && c != '’' && c != '-' }) {
			return false
		}
	}
	if to < len(r.words) {
		w := &r.words[to]
		return w.personal || w.comma || w.stop
	}
	return true
}

// free reads a dictionary name that nothing marks. It is the visitor's when it stands
// by itself between punctuation or beside a telephone number.
func (r *nameReader) free(i int) (personName, bool) {
	w := &r.words[i]
	if w.named || w.personal || w.vocab == FieldService || w.vocab == FieldBranch {
		return personName{}, false
	}
	k := r.kind(i)
	if k < surnameName || k == surnameName && !(surname(r.tokens[w.from].Text, true) && capital(r.raw(i))) {
		return personName{}, false
	}
	to, best, givens := r.chunk(i, false)
	if to == i || best < patronymicName && to == i+1 && !r.besideData(i, to) {
		return personName{}, false
	}
	if r.plainWord(i) && to == i+1 && !r.besideData(i, to) {
		return personName{}, false
	}
	follows := i > 0 && !w.stop && behind[r.tokens[r.words[i-1].from].Text]
	if r.specialist(i, to) && (follows || !r.besideData(i, to) && !r.otherSpecialist(i, to)) {
		return personName{}, false
	}
	f, _ := r.dictionary.find(r.tokens[w.from].Text)
	if f.word && to == i+1 && !r.bounded(i, to) {
		return personName{}, false
	}
	if to == i+1 && givens == 1 && !capital(r.raw(i)) && !r.bounded(i, to) && (f.latin || utf8.RuneCountInString(r.tokens[w.from].Text) < 4) {
		return personName{}, false
	}
	n := r.name(i, to, false, "dictionary")
	n.own = !follows && !f.oblique && r.bounded(i, to) && (r.besideData(i, to) || len(r.words) > to-i || r.context.Expects == FieldName) && !(r.question && !r.besideData(i, to))
	return n, true
}

// otherSpecialist says whether the message names a specialist elsewhere, so that this
// name may be the visitor's.
func (r *nameReader) otherSpecialist(from, to int) bool {
	for i := range r.words {
		if (i < from || i >= to) && r.words[i].vocab == FieldSpecialist {
			return r.bounded(from, to)
		}
	}
	return false
}

// bounded says whether punctuation, data or the ends of the message stand on both sides.
func (r *nameReader) bounded(from, to int) bool {
	left := from == 0 || r.words[from].comma || r.words[from].stop || r.words[from-1].personal || r.words[from-1].number
	right := to == len(r.words) || r.words[to].comma || r.words[to].stop || r.words[to].personal || r.words[to].number
	return left && right
}

func (r *nameReader) besideData(from, to int) bool {
	return from > 0 && r.words[from-1].personal && !r.words[from].stop || to < len(r.words) && r.words[to].personal && !r.words[to].stop
}

// name makes the value; object puts it into the nominative.
func (r *nameReader) name(from, to int, object bool, rule string) personName {
	parts := make([]string, 0, to-from)
	gender := byte(0)
	for i := from; i < to; i++ {
		raw, text := r.raw(i), r.tokens[r.words[i].from].Text
		if f, ok := r.dictionary.find(text); ok && object && f.oblique {
			raw, gender = f.nominative, f.gender
		} else if object && gender == 'm' && hasEnd(text, []string{"ова", "ева", "ина", "ына"}) {
			raw = strings.TrimSuffix(text, "а")
		}
		if tatarPatronymic[text] {
			parts = append(parts, text)
			continue
		}
		if i > from && r.words[i].hyphen {
			parts[len(parts)-1] += "-" + titled(raw)
			continue
		}
		parts = append(parts, titled(raw))
	}
	return personName{from: from, to: to, value: strings.Join(parts, " "), own: true, rule: rule}
}

// titled puts a name into the usual capitals; mixed spellings («McDonald») stay.
func titled(raw string) string {
	upper, lower := 0, 0
	for _, c := range raw {
		if unicode.IsUpper(c) {
			upper++
		} else if unicode.IsLower(c) {
			lower++
		}
	}
	if capital(raw) && lower > 0 && upper > 1 {
		return raw
	}
	var b strings.Builder
	first := true
	for _, c := range raw {
		if first {
			b.WriteRune(unicode.ToUpper(c))
		} else {
			b.WriteRune(unicode.ToLower(c))
		}
		first = c == '-' || c == '’' || c == '\''
	}
	return b.String()
}
