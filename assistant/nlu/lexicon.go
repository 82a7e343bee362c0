package nlu

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// classRow is a class of words and its forms, parted by white space; a form with «*»
// at its end is a beginning.
type classRow struct{ name, forms string }

// maxClasses is how many word classes there may be.
const maxClasses = 1024

// set is a set of classes; there may be maxClasses.
type set [maxClasses / 64]uint64

func (s *set) add(c int)      { s[c>>6] |= 1 << (c & 63) }
func (s *set) has(c int) bool { return s[c>>6]&(1<<(c&63)) != 0 }
func (s *set) empty() bool    { return *s == set{} }
func (s *set) merge(o set) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s *set) meets(o *set) bool {
	for i := range s {
		if s[i]&o[i] != 0 {
			return true
		}
	}
	return false
}

// lexicon is all word classes and the phrases over them, compiled once.
type lexicon struct {
	ids      map[string]int
	exact    map[string]set
	prefixes map[string]set
	tatar    set // the classes of Tatar words
	shortest int // bytes of the shortest and longest prefix
	longest  int
	phrases  []compiled
	starts   [maxClasses][]int // phrases by the classes that they may begin with
	speller  *speller          // the whole words
	alarms   *speller          // those that phrases of alarm want
	silent   set               // the class that no phrase needs
}

// element is one place of a phrase.
type element struct {
	any      set
	optional bool
	gap      int // up to so many words of any kind may stand before it
}

type compiled struct {
	phrase
	elements []element
	rule     string
	words    int // obligatory elements
	order    int // of its row
}

// theLexicon is compiled at first use and never changed.
var theLexicon = sync.OnceValue(compileLexicon)

// Classes that are given to words by other readers, not by forms.
const (
	classService    = "SERVICE"
	classSpecialist = "SPECIALIST"
	classBranch     = "BRANCH"
	classTime       = "TIME"
	className       = "NAME"
	classPersonal   = "PERSONAL"
)

var givenClasses = []string{classService, classSpecialist, classBranch, classTime, className, classPersonal}

func compileLexicon() *lexicon {
	l := &lexicon{ids: map[string]int{}, exact: map[string]set{}, prefixes: map[string]set{}, shortest: 1 << 10}
	for _, name := range givenClasses {
		l.class(name)
	}
	for _, table := range [][]classRow{classesRu, classesEn, classesTt, classesAlarm} {
		for _, row := range table {
			l.row(l.class(row.name), row.forms)
		}
	}
	for _, row := range classesTt {
		l.tatar.add(l.ids[row.name])
	}
	for _, list := range [][]phrase{phrasesRu, phrasesEn, phrasesTt, phrasesAlarm} {
		for _, p := range list {
			l.phrases = append(l.phrases, l.compile(p))
		}
	}
	for i := range l.phrases {
		p := &l.phrases[i]
		p.order = i
		var first set // of the optional elements at the beginning and the one behind them
		for _, e := range p.elements {
			first.merge(e.any)
			if !e.optional {
				break
			}
		}
		for c := range maxClasses {
			if first.has(c) {
				l.starts[c] = append(l.starts[c], i)
			}
		}
	}
	l.silent.add(l.ids["known"])
	l.speller = newSpeller(slices.Collect(maps.Keys(l.exact))...)
	l.alarms = newSpeller(l.alarming()...)
	return l
}

// alarming gives the whole words that phrases of alarm want.
func (l *lexicon) alarming() (all []string) {
	var wanted set
	for i := range l.phrases {
		if p := &l.phrases[i]; p.alarms() {
			for _, e := range p.elements {
				wanted.merge(e.any)
			}
		}
	}
	for word, s := range l.exact {
		if s.meets(&wanted) {
			all = append(all, word)
		}
	}
	return all
}

// loose gives what a misspelt word may mean in a phrase of alarm whose other words speak
// for it. A slip of an everyday word means nothing that is farther off than that word.
func (l *lexicon) loose(word string) (s set) {
	plain := 0
	l.alarms.near(word, looseLimits, true, func(k guess) {
		if plain == 0 {
			plain = priceEdit * maxWordRunes
			if near := plainly(word, looseLimits, true); near.text != "" {
				plain = near.price
			}
		}
		if k.price <= plain {
			s.merge(l.exact[k.text])
		}
	})
	return s
}

func (l *lexicon) class(name string) int {
	if id, ok := l.ids[name]; ok {
		return id
	}
	id := len(l.ids)
	if id >= maxClasses {
		panic("nlu: too many word classes")
	}
	l.ids[name] = id
	return id
}

func (l *lexicon) row(id int, forms string) {
	for f := range strings.FieldsSeq(forms) {
		for _, spelt := range spellings(strings.ReplaceAll(f, "ё", "е")) {
			if stem, ok := strings.CutSuffix(spelt, "*"); ok {
				s := l.prefixes[stem]
				s.add(id)
				l.prefixes[stem] = s
				l.shortest, l.longest = min(l.shortest, len(stem)), max(l.longest, len(stem))
				continue
			}
			s := l.exact[spelt]
			s.add(id)
			l.exact[spelt] = s
		}
	}
}

// spellings gives the word and, for Tatar, how it is typed on a Russian keyboard.
func spellings(word string) []string {
	return append([]string{word}, token.RussianLetters(word)...)
}

// classes gives what a folded word may mean.
func (l *lexicon) classes(word string) set {
	s := l.exact[word]
	if len(word) < l.shortest {
		return s
	}
	for n := l.shortest; n <= min(len(word), l.longest); n++ {
		if n < len(word) && !utf8.RuneStart(word[n]) {
			continue
		}
		if more, ok := l.prefixes[word[:n]]; ok {
			s.merge(more)
		}
	}
	return s
}

// compile reads a pattern: elements parted by spaces, each a class, several joined by
// «|», a literal Cyrillic word or 'latin one; «?» before it makes it optional, «..N»
// before it lets up to N words pass.
func (l *lexicon) compile(p phrase) compiled {
	c := compiled{phrase: p, rule: p.do + ": " + p.pattern}
	gap := 0
	for field := range strings.FieldsSeq(p.pattern) {
		if rest, ok := strings.CutPrefix(field, ".."); ok {
			gap = atoi(rest)
			continue
		}
		e := element{gap: gap}
		gap = 0
		if rest, ok := strings.CutPrefix(field, "?"); ok {
			e.optional, field = true, rest
		}
		l.fill(&e.any, field)
		if !e.optional {
			c.words++
		}
		c.elements = append(c.elements, e)
	}
	return c
}

// fill adds the classes of an element; its literal words make one class of their own.
func (l *lexicon) fill(s *set, field string) {
	for name := range strings.SplitSeq(field, "|") {
		first, _ := utf8.DecodeRuneInString(name)
		if literal := strings.HasPrefix(name, "'") || first >= 0x400; literal {
			id := l.class("=" + field)
			l.row(id, strings.TrimPrefix(name, "'"))
			s.add(id)
			continue
		}
		id, ok := l.ids[name]
		if !ok {
			panic("nlu: no word class " + name)
		}
		s.add(id)
	}
}
