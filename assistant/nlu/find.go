package nlu

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// hit is a place of the vocabulary where a word of the message stands, or may stand.
type hit struct {
	ref
	price int    // of the slip, 0 for the word itself
	loose bool   // only may: the rest of the name, or the question, has to speak for it
	as    string // the word of the vocabulary
}

// near gives where a misspelt word may stand. Endings are tried off, because the
// vocabulary holds the words in one case only.
func (v *vocabulary) near(w *word) (hits []hit) {
	v.nearest(w.written, 0, &hits)
	if s := stem(w.written); s != w.written {
		v.nearest(s, 0, &hits)
	}
	single, doubled := undouble(w.written), 0
	if single != w.written {
		doubled = priceSilent
	}
	withoutCase(single, func(cut string) bool {
		v.nearest(cut, doubled+priceEnding, &hits)
		return len(hits) > mostNear
	})
	for _, end := range tatarVerbs {
		if cut, ok := strings.CutSuffix(single, end); ok && utf8.RuneCountInString(cut) >= 3 {
			v.nearest(cut, doubled+priceEnding, &hits)
		}
	}
	return hits
}

const (
	// priceEnding is what a guess costs more where an ending had to be taken off.
	priceEnding = 1
	// mostNear bounds what is tried for one word.
	mostNear = 24
)

// undouble makes one letter of two in a row.
func undouble(word string) string {
	var last rune
	return strings.Map(func(r rune) rune {
		if r == last {
			return -1
		}
		last = r
		return r
	}, word)
}

func (v *vocabulary) nearest(word string, more int, hits *[]hit) {
	own := utf8.RuneCountInString(word)
	v.speller.near(word, looseLimits, true, func(k guess) {
		refs := v.words[k.text]
		if len(refs) == 0 {
			refs = v.words[stem(k.text)]
		}
		price := k.price + more
		sure := v.surface[k.text] && price <= wordLimits.at(min(own, utf8.RuneCountInString(k.text)))
		for _, r := range refs {
			i := slices.IndexFunc(*hits, func(h hit) bool { return h.ref == r })
			switch h := (hit{r, price, !sure, k.text}); {
			case i < 0:
				*hits = append(*hits, h)
			case (*hits)[i].price > h.price:
				(*hits)[i] = h
			}
		}
	})
}

// candidate is a term found in the message.
type candidate struct {
	term    int
	words   []int // of the message, ascending
	full    bool  // all words of a name or alias are there
	joint   bool  // one part of a name that joins two
	guessed bool  // only by synonyms and roots
	weight  float64
	parts   [3]bool // of a person's name
	loose   int     // words that only may be those of the name
	price   int     // of their slips
	entry   int
	slips   []slipOf
}

// find gives the candidates that stand, best first, overlapping ones resolved. A word that
// only may be one of the vocabulary counts beside another of the same name, or alone
// where its field was asked for.
func (v *vocabulary) find(ws []word, asked Field) [][]candidate {
	hits := make([][]hit, len(ws))
	any := false
	guesses := make([]bool, len(ws))
	near := map[string][]hit{} // of words that are said more than once
	for i := range ws {
		w := &ws[i]
		if w.personal || w.reference {
			continue
		}
		refs, guessed := v.lookup(w)
		guesses[i] = guessed
		for _, r := range refs {
			hits[i] = append(hits[i], hit{ref: r})
		}
		if w.unknown && (len(refs) == 0 || guessed) {
			found, known := near[w.written]
			if !known {
				found = v.near(w)
				near[w.written] = found
			}
			hits[i] = append(hits[i], found...)
		}
		any = any || len(hits[i]) > 0
	}
	if !any {
		return nil
	}
	var all []candidate
	for i := range hits {
		for _, r := range hits[i] {
			if c, ok := v.grow(ws, hits, i, r); ok && v.stands(&c, asked) {
				c.guessed = !slices.ContainsFunc(c.words, func(k int) bool { return !guesses[k] })
				all = append(all, c)
			}
		}
		if len(all) > mostCandidates {
			break
		}
	}
	return resolve(all, v)
}

// mostCandidates bounds what is weighed in one message.
const mostCandidates = 600

// stands says whether enough of a candidate is sure.
func (v *vocabulary) stands(c *candidate, asked Field) bool {
	sure := len(c.words) - c.loose
	return c.loose == 0 || sure >= c.loose || sure > 0 && c.full || len(c.words) > 1 && c.full && c.price <= sureName*len(c.words) ||
		asked != "" && v.terms[c.term].Field == asked
}

// sureName is what the slips of a whole name of several words may cost on average.
const sureName = 8

// window is how many foreign words may stand between the words of one name.
const window = 1

// grow follows an entry from one word on to the words after it.
func (v *vocabulary) grow(ws []word, hits [][]hit, from int, at hit) (candidate, bool) {
	e := v.entries[at.entry]
	c := candidate{term: e.term, words: []int{from}, entry: at.entry}
	c.take(from, at)
	var used uint64 = 1 << at.pos
	gap := 0
	for i := from + 1; i < len(ws) && gap <= window && len(c.words) < len(e.stems) && !ws[i].stop; i++ {
		found := false
		for _, r := range hits[i] {
			if r.entry == at.entry && r.pos < 64 && used&(1<<r.pos) == 0 {
				used |= 1 << r.pos
				c.take(i, r)
				found = true
				break
			}
		}
		if !found {
			if !stopWords[ws[i].text] || gap > 0 {
				gap++
			}
			continue
		}
		c.words = append(c.words, i)
		gap = 0
	}
	c.full = len(c.words) == len(e.stems)
	c.joint = e.joint && !c.full
	if e.joint && len(c.words) > 1 && !joined(ws, c.words) {
		return candidate{}, false
	}
	field := v.terms[e.term].Field
	for pos, s := range e.stems {
		if used&(1<<pos) == 0 {
			continue
		}
		c.weight += 1 / float64(max(1, v.df[string(field)+"/"+s]))
		if e.parts != nil {
			c.parts[e.parts[pos]] = true
		}
	}
	if field == FieldSpecialist {
		return c, c.parts[partSurname] || c.parts[partGiven]
	}
	return c, true
}

func (c *candidate) take(word int, h hit) {
	c.price += h.price
	if h.price > 0 {
		c.slips = append(c.slips, slipOf{word, guess{h.as, h.price}})
	}
	if h.loose {
		c.loose++
	}
}

// joined says whether the message joins the words, as the name of two things in one
// does: «стрижка и борода» does, «стрижка бороды» does not.
func joined(ws []word, at []int) bool {
	for i := at[0] + 1; i <= at[len(at)-1]; i++ {
		if ws[i].comma || ws[i].hyphen || joiners[ws[i].text] {
			return true
		}
	}
	return false
}

// resolve groups candidates that stand on the same words and keeps the groups that
// explain most; each group is the best term first, the others that fit as well behind.
func resolve(all []candidate, v *vocabulary) [][]candidate {
	slices.SortStableFunc(all, func(a, b candidate) int {
		if d := len(b.words) - len(a.words); d != 0 {
			return d
		}
		if a.full != b.full {
			if a.full {
				return -1
			}
			return 1
		}
		switch {
		case a.price != b.price:
			return a.price - b.price
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return a.words[0] - b.words[0]
	})
	taken := map[int]int{} // word → group + 1
	var groups [][]candidate
	for _, c := range all {
		g := taken[c.words[0]]
		free := true
		for _, w := range c.words {
			if taken[w] != 0 {
				free = false
			}
			if taken[w] != g {
				g = 0
			}
		}
		switch {
		case free:
			groups = append(groups, []candidate{c})
			for _, w := range c.words {
				taken[w] = len(groups)
			}
		case g > 0:
			best := groups[g-1][0]
			if v.terms[best.term].Field != v.terms[c.term].Field || best.price != c.price || !slices.Equal(best.words, c.words) || slices.ContainsFunc(groups[g-1], func(o candidate) bool { return o.term == c.term }) {
				continue
			}
			groups[g-1] = append(groups[g-1], c)
		}
	}
	slices.SortFunc(groups, func(a, b []candidate) int { return a[0].words[0] - b[0].words[0] })
	return groups
}
