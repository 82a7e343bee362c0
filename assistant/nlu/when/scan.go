package when

import "okoshko/assistant/nlu/token"

// kind says what an atom is about.
type kind uint8

const (
	aDay kind = 1 + iota
	aClock
	aPod
	aBoth // an instant: «через два часа», «сейчас»
	aSame
	aNearest
)

// bound is the preposition an atom stands with.
type bound uint8

const (
	bAt bound = iota
	bFrom
	bTill
	bThru
	bAfter
	bBetween
	bDash
)

// dayPart is what an atom or a group says about the day.
type dayPart struct {
	set      bool
	weekday  int     // 1–7, 0 none: still to be fixed when weekdayMod allows
	fixed    bool    // dates stand
	dates    [2]Date // first and last
	frame    bool    // dates are a week or month in which another word may choose a day
	anchor   bool    // dates are «через неделю», «через месяц»: a weekday chooses in its week
	month    bool    // dates are a month: a day of the month chooses in it
	dom      int     // day of the month without month
	ending   bool    // the end of a week or month: «до конца недели» includes it
	yearless bool    // a date without year
	other    *[2]Date
}

// point is a time of day whose half may still be open.
type point struct {
	minutes int  // as said
	sure    bool // no other half of the day is possible
	pod     int  // part of the day said with it
	written bool // in figures with minutes: «7:00» may be meant as it stands
}

// clockPart is what an atom or a group says about the time.
type clockPart struct {
	set      bool
	kind     string
	from, to point
	pod      int // part of the day said alone
}

// atom is one match of a rule.
type atom struct {
	kind        kind
	first, last int // items, last excluded; grows over prepositions
	core        int // first item before prepositions were added
	day         dayPart
	clock       clockPart
	bound       bound
	shift       int  // of aSame, minutes
	onto        bool // «на» stands before it
	gone        bool // in the past: read, not told
	guess       bool // a bare number
	taken       int  // where a builder read on beyond its pattern
	rule        string
}

// match is where a rule stands: the item of each element, -1 for an absent one.
type match struct {
	at          [8]int16
	first, last int
	n           int
}

// nth gives the item of the nth element that is one of the classes, nil for none.
func (m *match) nth(s *scan, c class, n int) *item {
	for k := range m.n {
		if m.at[k] < 0 || !s.items[m.at[k]].is(c) {
			continue
		}
		if n == 0 {
			return &s.items[m.at[k]]
		}
		n--
	}
	return nil
}

func (m *match) has(s *scan, c class) bool { return m.nth(s, c, 0) != nil }

// scan is one message being read.
type scan struct {
	Context
	tokens []token.Token
	items  []item
	today  Date
	found  []atom
}

// item gives the item at i, an empty one beyond the ends.
func (s *scan) item(i int) *item {
	if i < 0 || i >= len(s.items) {
		return &nowhere
	}
	return &s.items[i]
}

var nowhere item

// isWord holds for a word or number, not a sign.
func (s *scan) isWord(i int) bool {
	return i >= 0 && i < len(s.items) && s.tokens[s.items[i].first].Kind != token.Sign
}

func (s *scan) text(i int) string {
	if i < 0 || i >= len(s.items) {
		return ""
	}
	return s.items[i].text
}

// maxAtoms bounds the atoms of one message.
const maxAtoms = 48

// atoms goes through the items from left to right and takes the longest row at each.
func (s *scan) atoms() {
	for i := 0; i < len(s.items) && len(s.found) < maxAtoms; {
		if s.items[i].class == 0 || s.items[i].blocked {
			i++
			continue
		}
		best, ok := atom{}, false
		for r := range rules {
			rule := &rules[r]
			if !s.items[i].is(rule.need) {
				continue
			}
			var m match
			m.first = i
			if !s.match(rule.elements, i, &m) || ok && m.last < best.last {
				continue
			}
			if a, fits := rule.build(s, m); fits && (!ok || max(m.last, a.taken) > best.last) {
				a.first, a.core, a.last, a.rule = m.first, m.first, max(m.last, a.taken), rule.name
				best, ok = a, true
			}
		}
		if !ok {
			i++
			continue
		}
		s.found = append(s.found, best)
		i = best.last
	}
}

// match tries the elements from item i on; an optional one is taken where it can be.
func (s *scan) match(elements []element, i int, m *match) bool {
	if len(elements) == 0 {
		m.last = i
		return true
	}
	e := elements[0]
	if i < len(s.items) && s.items[i].is(e.class) && !s.items[i].blocked && (!e.glued || s.items[i].glued) {
		m.at[m.n] = int16(i)
		m.n++
		if s.match(elements[1:], i+1, m) {
			return true
		}
		m.n--
	}
	if !e.optional {
		return false
	}
	return s.match(elements[1:], i, m)
}
