package nlu

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// vocabulary is the clinic's terms, stemmed and indexed by the stems of their words.
type vocabulary struct {
	terms    []Term
	entries  []entry
	words    map[string][]ref // by stem
	roots    map[string][]ref // by root, services only
	surface  map[string]bool  // folded words of names and aliases, for the speller
	services map[string]bool  // those of services
	surnames map[string]bool  // surnames of specialists
	givens   map[string]bool  // their given names
	names    *dictionary
	speller  *speller       // the keys of words
	df       map[string]int // in how many terms of its field a stem stands: "field/stem"
}

// entry is one name or alias of a term.
type entry struct {
	term  int
	name  string
	stems []string
	joint bool   // joins two things: «Стрижка и борода»
	parts []part // of a specialist's name, else nil
}

type ref struct{ entry, pos int }

// part is what a word of a person's name is.
type part uint8

const (
	partSurname part = iota
	partGiven
	partPatronymic
)

// generic words stand in the names of many services or branches and mean none of them.
var generic = wordSet(stems(`прием врач врача доктор специалист услуга процедура сеанс запись визит клиника салон центр-а кабул табиб табибы итүе итү doctor appointment visit service specialist
	улица улице проспект пр ул урам урамында урамы street avenue road филиал отделение первичный повторный dr mr mrs ms по для на и с у к в the a of with and для`))

func stems(words string) string {
	var b strings.Builder
	for w := range strings.FieldsSeq(words) {
		b.WriteString(stem(w) + " " + w + " ")
	}
	return b.String()
}

func newVocabulary(terms []Term, names *dictionary) *vocabulary {
	v := &vocabulary{terms: terms, names: names, words: map[string][]ref{}, roots: map[string][]ref{}, surface: map[string]bool{}, services: map[string]bool{}, surnames: map[string]bool{}, givens: map[string]bool{}, df: map[string]int{}}
	for i, t := range terms {
		seen := map[string]bool{}
		for _, name := range slices.Concat(t.Names, t.Aliases) {
			v.add(i, name, names, seen)
		}
	}
	v.speller = newSpeller(slices.Collect(maps.Keys(v.words))...)
	v.speller.add(slices.Collect(maps.Keys(v.surface))...)
	return v
}

// joiners join two things in a name («Стрижка и борода», "Haircut with beard»).
var joiners = wordSet("и с со плюс and with plus һәм белән hэм")

func (v *vocabulary) add(term int, name string, names *dictionary, seen map[string]bool) {
	t := v.terms[term]
	e := entry{term: term, name: name}
	var full, words []string
	for _, tok := range token.Tokenize(name) {
		if tok.Kind == token.Sign {
			continue
		}
		s := stem(tok.Text)
		full = append(full, s)
		e.joint = e.joint || joiners[tok.Text]
		if generic[s] || generic[tok.Text] {
			continue
		}
		e.stems, words = append(e.stems, s), append(words, tok.Text)
		if t.Field == FieldSpecialist {
			e.parts = append(e.parts, namePart(tok.Text, names))
		}
		v.surface[tok.Text] = true
		switch {
		case t.Field == FieldService:
			v.services[tok.Text] = true
		case t.Field == FieldSpecialist && e.parts[len(e.parts)-1] == partSurname:
			v.surnames[tok.Text] = true
		case t.Field == FieldSpecialist && e.parts[len(e.parts)-1] == partGiven:
			v.givens[tok.Text] = true
		}
	}
	if len(e.stems) == 0 { // «Приём»: generic words are all there is
		e.stems, words = full, full
		e.parts = make([]part, len(full))
	}
	if len(e.stems) == 0 {
		return
	}
	id := len(v.entries)
	v.entries = append(v.entries, e)
	for pos, s := range e.stems {
		v.words[s] = append(v.words[s], ref{id, pos})
		if !seen[s] {
			seen[s] = true
			v.df[string(t.Field)+"/"+s]++
		}
		if verb, ok := strings.CutSuffix(s, "ү"); ok { // «төзәтү» is also «төзәтергә»
			v.words[verb] = append(v.words[verb], ref{id, pos})
		}
		if t.Field == FieldService {
			r := root(s)
			v.roots[r] = append(v.roots[r], ref{id, pos})
		}
		if v.surnames[words[pos]] && t.Field == FieldSpecialist { // «белову» has another stem than «белов»
			for _, form := range surnameForms(words[pos]) {
				if other := stem(form); other != s && !slices.Contains(v.words[other], ref{id, pos}) {
					v.words[other] = append(v.words[other], ref{id, pos})
				}
			}
		}
		if t.Field == FieldSpecialist && e.parts[pos] == partGiven {
			v.addDiminutives(s, ref{id, pos}, names)
		}
	}
}

// addDiminutives lets «к Юле» find Юлия.
func (v *vocabulary) addDiminutives(given string, at ref, names *dictionary) {
	for _, short := range names.shortOf[given] {
		s := stem(short)
		if !slices.Contains(v.words[s], at) {
			v.words[s] = append(v.words[s], at)
		}
	}
}

// surnameForms gives a Russian surname, or a name that is bent like one, in the cases in
// which people ask for somebody.
func surnameForms(surname string) []string {
	ends := []string{"а", "у", "ым", "ом", "е"}
	base := surname
	if cut, ok := strings.CutSuffix(surname, "а"); ok {
		base, ends = cut, []string{"ой", "у", "ы", "е"}
	} else if cut, ok := strings.CutSuffix(surname, "ий"); ok {
		base, ends = cut, []string{"ого", "ому", "им"}
	} else if cut, ok := strings.CutSuffix(surname, "ая"); ok {
		base, ends = cut, []string{"ой", "ую"}
	}
	var forms []string
	for _, end := range ends {
		forms = append(forms, base+end)
	}
	return forms
}

func namePart(word string, names *dictionary) part {
	switch {
	case patronymic(word):
		return partPatronymic
	case names.given(word):
		return partGiven
	}
	return partSurname
}

// lookup gives where a word of the message stands in the vocabulary.
func (v *vocabulary) lookup(w *word) (refs []ref, guessed bool) {
	if refs := v.words[w.stem]; len(refs) > 0 {
		if w.also != "" && w.also != w.stem {
			refs = slices.Concat(refs, v.words[w.also])
		}
		return refs, false
	}
	if refs := v.words[w.text]; len(refs) > 0 {
		return refs, false
	}
	if stopWords[w.text] {
		return nil, false
	}
	if refs := v.bent(w); len(refs) > 0 {
		return refs, false
	}
	return v.guess(w), true
}

// bent looks a word up in other cases: of a given name, of Tatar nouns.
func (v *vocabulary) bent(w *word) []ref {
	if f, ok := v.names.find(w.text); ok && f.oblique {
		if refs := v.words[stem(f.nominative)]; len(refs) > 0 && v.entries[refs[0].entry].parts != nil {
			return refs
		}
	}
	if len(w.text) < 6 {
		return nil
	}
	for _, end := range tatarVerbs {
		if cut, ok := strings.CutSuffix(w.text, end); ok && len(v.words[cut]) > 0 && utf8.RuneCountInString(cut) >= 3 {
			return v.words[cut]
		}
	}
	var refs []ref
	withoutCase(w.text, func(cut string) bool {
		if refs = v.words[cut]; len(refs) == 0 {
			refs = v.words[stem(cut)]
		}
		return len(refs) > 0
	})
	return refs
}

// guess looks a word up by its root and by synonyms.
func (v *vocabulary) guess(w *word) (refs []ref) {
	if len(w.text) < 6 {
		return nil
	}
	if len(w.stem) >= 6 && w.classes.empty() {
		if refs = v.roots[root(w.stem)]; len(refs) > 0 {
			return refs
		}
	}
	for _, other := range synonyms[w.stem] {
		if refs = v.words[other]; len(refs) > 0 {
			return refs
		}
	}
	return nil
}
