package when

import "okoshko/assistant/nlu/token"

// candidate is a word that typing errors are corrected to.
type candidate struct {
	spelling token.Spelling
	text     string
	often    bool // «завтра», «сегодня»: of two as near it is meant
}

// oftener is how much nearer such a word seems.
const oftener = 30

// maxLetters bounds a word that is compared; longer ones are no word of time.
const maxLetters = 18

// corrected are the classes whose words are corrected for typing errors.
const corrected = cRelDay | cWeekday | cMonth | cPod | cWeekend | cWorkdays | cHalfHour | cNoon | cLast | cNext | cNearest | cThis | cWeek |
	cMonthUnit | cVia | cAfter | cBefore | cHalf | cQuarter | cPart | cHour | cMinute | cBetween | cTime | cCouple | cApprox | cFestival

// buildVocabulary takes the closed vocabulary (words of time and number words) by the
// first letter; words shorter than five letters are left alone.
func buildVocabulary() [token.LetterCount][]candidate {
	var table [token.LetterCount][]candidate
	add := func(text string) {
		c := candidate{text: text, often: lexicon[text].class&cRelDay != 0}
		var ok bool
		if c.spelling, ok = token.Spell(text); ok && c.spelling.Len() >= 5 && c.spelling.Len() <= maxLetters {
			first := c.spelling.Letters()[0]
			table[first] = append(table[first], c)
		}
	}
	for form, s := range lexicon {
		if s.class&corrected != 0 || s.class&cNot != 0 && s.val == 1 {
			add(form)
		}
	}
	for form, n := range token.NumberNames {
		if n.Value <= 31 && (n.Lang == "ru" || n.Lang == "en") {
			add(form)
		}
	}
	return table
}

// limits say how far a word may be from the right one of so many letters, in
// hundredths of a wrong letter.
var limits = [maxLetters + 1]int{4: 45, 5: 70, 6: 100, 7: 125, 8: 130, 9: 150, 10: 170, 11: 190, 12: 200, 13: 200, 14: 200, 15: 200, 16: 200, 17: 200, 18: 200}

// placedLimits are those for a short word behind a preposition that goes with days
// («в срду»).
var placedLimits = [maxLetters + 1]int{4: 95, 5: 95, 6: 100}

// Near says whether a folded word that is no word of time may be a misspelt one.
func Near(text string) bool { return correct(text, false) != "" }

// correct finds the nearest word of the vocabulary within the limit, "" for none.
func correct(text string, placed bool) string {
	word, ok := token.Spell(text)
	size := word.Len()
	if !ok || size < 4 || size > maxLetters {
		return ""
	}
	best, bestCost := "", 1000
	try := func(first uint8) {
		for k := range vocabulary[first] {
			c := &vocabulary[first][k]
			limit := limits[c.spelling.Len()]
			if placed {
				limit = max(limit, placedLimits[size])
			}
			limit = min(limit, bestCost+oftener)
			if !word.MayBeNear(&c.spelling, limit) {
				continue
			}
			cost := word.Distance(&c.spelling, limit+1)
			if cost > limit {
				continue
			}
			if c.often {
				cost -= oftener
			}
			if cost < bestCost || cost == bestCost && c.text < best {
				best, bestCost = c.text, cost
			}
		}
	}
	first, second := word.Letters()[0], word.Letters()[1]
	try(first)
	if second != first {
		try(second)
	}
	for other := range uint8(token.LetterCount) {
		if other != first && other != second && token.Price(first, other) == token.PriceSound {
			try(other)
		}
	}
	return best
}
