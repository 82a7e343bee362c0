package nlu

import "unicode/utf8"

// How a word is judged by itself and beside its neighbours: may it be a name, or part of one?

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
	if r.context.Expects == FieldName && !given && ascii(r.raw(i)) && !ascii(text) && capital(r.raw(i)) && w.vocab == "" {
		return unknownName // «Iren» is no Russian word typed with Latin letters
	}
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
	case !w.classes.empty() && !w.repaired, w.repaired && !capital(r.raw(i)) && !(r.context.Expects == FieldName && w.classes.empty()), timeWord(w, r.message), announces(text), r.announcing(i):
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
