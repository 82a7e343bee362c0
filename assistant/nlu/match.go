package nlu

import (
	bits64 "math/bits"
	"slices"
)

// matched is a phrase found in a message: the words that it explains, in order.
type matched struct {
	phrase  *compiled
	words   []int
	guesses int // words that are likely only
}

// mostMatches bounds the phrases found in one message.
const mostMatches = 400

// match finds every phrase in the sentence's words.
func (l *lexicon) match(ws []word) []matched { return l.matchWith(ws, false) }

// matchAlarms finds the phrases of alarm in which a misspelt word only may be the right
// one. Life goes before a false alarm, and the rest of the phrase speaks for it.
func (l *lexicon) matchAlarms(ws []word) []matched {
	if !slices.ContainsFunc(ws, func(w word) bool { return !w.loose.empty() }) {
		return nil
	}
	return l.matchWith(ws, true)
}

func (l *lexicon) matchWith(ws []word, loosely bool) (all []matched) {
	var buffer [16]int
	for i := range ws {
		may := ws[i].classes
		if loosely {
			may.merge(ws[i].loose)
		}
		for block, bits := range may {
			for ; bits != 0; bits &= bits - 1 {
				c := block<<6 + bits64.TrailingZeros64(bits)
				for _, id := range l.starts[c] {
					p := &l.phrases[id]
					if loosely && !p.alarms() || len(all) > 0 && all[len(all)-1].phrase == p && all[len(all)-1].words[0] == i {
						continue
					}
					if words, loose := p.at(ws, i, buffer[:0], loosely); words != nil && loosely == (loose > 0) {
						all = append(all, matched{p, slices.Clone(words), loose})
					}
				}
			}
		}
		if len(all) > mostMatches {
			break
		}
	}
	return all
}

// alarms holds for the phrases of alarm.go.
func (p *compiled) alarms() bool {
	switch p.do {
	case alarmEmergency, alarmSymptom, alarmQuestion, alarmWhatToDo, alarmCure, alarmIdiom:
		return true
	}
	return false
}

// at matches the phrase beginning at word i. Words of one clause only: a full stop, a
// question mark or an exclamation mark ends it. Loosely, a misspelt word may be what the
// phrase wants, if as many words of weight that are what it wants speak for it.
func (p *compiled) at(ws []word, i int, out []int, loosely bool) (words []int, loose int) {
	at, sure := i, 0
	for k, e := range p.elements {
		hit := -1
		for step := 0; step <= e.gap && at+step < len(ws); step++ {
			w := &ws[at+step]
			if (k > 0 || step > 0) && w.stop && at+step > i {
				break
			}
			if w.classes.meets(&e.any) || loosely && !e.optional && w.loose.meets(&e.any) {
				hit = at + step
				break
			}
			if len(out) == 0 {
				break
			}
		}
		if hit < 0 {
			if e.optional {
				continue
			}
			return nil, 0
		}
		switch w := &ws[hit]; {
		case !w.classes.meets(&e.any):
			loose++
		case !stopWords[w.text]:
			sure++
		}
		out = append(out, hit)
		at = hit + 1
	}
	if loose > sure {
		return nil, 0
	}
	return out, loose
}

// idioms tells the phrases of alarm that are no more than a manner of speaking: "dying to
// see you".
func idioms(all []matched) func(matched) bool {
	said := map[int]bool{}
	for _, f := range all {
		if f.phrase.do == alarmIdiom {
			for _, i := range f.words {
				said[i] = true
			}
		}
	}
	return func(f matched) bool {
		return len(said) > 0 && !slices.ContainsFunc(f.words, func(i int) bool { return !said[i] })
	}
}
