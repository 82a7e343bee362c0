package nlu

import (
	"cmp"
	"slices"
)

// knownWord is a word that a misspelt one may have meant.
type knownWord struct {
	text string
	spelling
}

// speller holds a closed vocabulary by length, ordered, so that the same words always
// lead to the same answer. It remembers nothing of what it is asked.
type speller struct {
	words [maxWordRunes + 1][]knownWord
	has   [maxWordRunes + 1][]letterSet // the letters of each, apart, because all are looked at
	seen  map[string]bool
}

func newSpeller(words ...string) *speller {
	s := &speller{seen: make(map[string]bool, len(words))}
	s.add(words...)
	return s
}

// shortestKnown is the letters that a word needs to be in a speller.
const shortestKnown = 3

func (s *speller) add(words ...string) {
	grown := [maxWordRunes + 1]bool{}
	for _, word := range words {
		own, ok := spelt(word)
		n := own.n
		if !ok || n < shortestKnown || s.seen[word] {
			continue
		}
		s.seen[word] = true
		s.words[n] = append(s.words[n], knownWord{word, own})
		grown[n] = true
	}
	for n := range s.words {
		if !grown[n] {
			continue
		}
		slices.SortFunc(s.words[n], func(a, b knownWord) int { return cmp.Compare(a.text, b.text) })
		s.has[n] = s.has[n][:0]
		for _, k := range s.words[n] {
			s.has[n] = append(s.has[n], k.has)
		}
	}
}

// guess is a known word and what it costs to make the written one of it, in tenths of
// an edit.
type guess struct {
	text  string
	price int
}

// near calls yield for every word within its limit; by the shorter or the longer of the
// two words.
func (s *speller) near(word string, l limits, longer bool, yield func(guess)) {
	own, ok := spelt(word)
	size := own.n
	if !ok || size < shortestKnown || !longer && l.at(size) == 0 {
		return
	}
	for n := max(shortestKnown, size-2); n <= min(maxWordRunes, size+2); n++ {
		most := l.at(min(n, size))
		if longer {
			most = l.at(max(n, size))
		}
		if most == 0 {
			continue
		}
		for i, has := range s.has[n] {
			if own.has.apart(has) > most {
				continue
			}
			if d := distance(&own, &s.words[n][i].spelling, most); d <= most {
				yield(guess{s.words[n][i].text, d})
			}
		}
	}
}

// nearest gives the closest word and the others that are as close, in the order of the
// alphabet.
func (s *speller) nearest(word string, l limits, longer bool) (best guess, ties []string) {
	s.near(word, l, longer, func(k guess) {
		switch {
		case best.text == "" || k.price < best.price:
			best, ties = k, ties[:0]
		case k.price == best.price:
			ties = append(ties, k.text)
		}
	})
	return best, ties
}

// priceBetween is what it costs to make one word of the other; false beyond the limit.
func priceBetween(a, b string, l limits) (price int, ok bool) {
	if a == b {
		return 0, true
	}
	x, fits := spelt(a)
	y, fit := spelt(b)
	n, k := x.n, y.n
	most := l.at(max(n, k))
	if !fits || !fit || most == 0 || n-k > 2 || k-n > 2 || x.has.apart(y.has) > most {
		return 0, false
	}
	d := distance(&x, &y, most)
	return d, d <= most
}
