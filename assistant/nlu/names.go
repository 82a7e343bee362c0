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
	odds       []bool     // which words may be misspelt markers, see odd
}

type personName struct {
	from, to int // words, to excluded
	marker   int // words before it that only announce it
	value    string
	own      bool // the visitor said it of himself or of who is to come
	rule     string
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
		if to := r.unlisted(i); to > i && r.tokens[r.words[i-1].from].Text != "на" && !r.specialist(i, to) && !r.ofKin(i) { // «на Новую Заводскую» is a street
			return r.name(i, to, true, "object, surname"), true
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

var fillers = wordSet(`да ага ок хорошо ладно ну а можно просто пишите запишите запиши давайте меня пусть будет на мой моя мое имя я это конечно пожалуйста так и ой значит вот yes ok sure ye it's its
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
	if to := r.unlisted(i); to > i && r.proud(i, to) && !r.specialist(i, to) {
		n := r.name(i, to, false, "surname")
		n.own = r.bounded(i, to) && r.besideData(i, to)
		return n, true
	}
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

// unlisted returns the end of a name whose given name is in no dictionary: beside it
// stands a surname, and both are written as names are, or the surname's ending is no
// common word's. It returns from where there is none.
func (r *nameReader) unlisted(from int) int {
	to, best, givens := r.chunk(from, true)
	if best != surnameName || givens > 0 || to-from < 2 || to-from > 3 {
		return from
	}
	proud, sure := r.proud(from, to), false
	for i := from; i < to; i++ {
		if r.words[i].vocab != "" || !r.words[i].classes.empty() && !r.words[i].repaired {
			return from
		}
		text := r.tokens[r.words[i].from].Text
		sure = sure || surname(text, !proud)
	}
	if !sure {
		return from
	}
	return to
}

// name makes the value; object puts it into the nominative, where its ending leaves no
// doubt.
func (r *nameReader) name(from, to int, object bool, rule string) personName {
	parts := make([]string, 0, to-from)
	gender := byte(0)
	if object {
		gender = r.genderOf(from, to)
	}
	for i := from; i < to; i++ {
		raw, text := r.raw(i), r.tokens[r.words[i].from].Text
		if object {
			raw = r.nominative(i, gender)
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

// genderOf is that of the given name, or a woman's where only a surname says it.
func (r *nameReader) genderOf(from, to int) (gender byte) {
	for i := from; i < to; i++ {
		text := r.tokens[r.words[i].from].Text
		if f, ok := r.dictionary.find(text); ok && f.gender != 'b' && f.gender != 0 {
			return f.gender
		}
		if _, hers := nominativeOf(text, herSurname); hers && surname(text, false) && to > from+1 {
			gender = 'f'
		}
	}
	return gender
}

// nominative of word i, which is the object of something: «запишите Марию Иванову».
func (r *nameReader) nominative(i int, gender byte) string {
	raw, text := r.raw(i), r.tokens[r.words[i].from].Text
	f, given := r.dictionary.find(text)
	switch {
	case given && f.oblique:
		return f.nominative
	case given:
		return raw
	case gender == 'm' && hasEnd(text, []string{"ова", "ева", "ина", "ына"}):
		return strings.TrimSuffix(text, "а")
	case gender != 'f':
		return raw
	}
	if hers, ok := nominativeOf(text, herSurname); ok {
		return hers
	}
	if surname(text, false) || patronymic(text) {
		return raw
	}
	hers, ok := nominativeOf(text, herName)
	if !ok {
		return raw
	}
	return hers
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
