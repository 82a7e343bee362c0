package when

import "okoshko/assistant/nlu/token"

// block marks the numbers that count or name something else than time: telephone and
// card numbers, prices, rooms, ages, measures.
func block(tokens []token.Token, items []item) {
	for i := 0; i < len(items); i++ {
		if !items[i].is(cNum | cOrd) {
			continue
		}
		end := chainEnd(items, i)
		if isCode(items[i:end]) {
			for j := i; j < end; j++ {
				items[j].blocked = true
			}
		}
		for j := i; j < end; j++ {
			items[j].blocked = items[j].blocked || items[j].is(cNum|cOrd) && counts(tokens, items, j)
		}
		i = end - 1
	}
}

// chainEnd gives the end of the figures that stand in one row with the item at i,
// parted by spaces, hyphens, dots, colons, slashes and brackets only.
func chainEnd(items []item, i int) int {
	end := i + 1
	for j := i + 1; j < len(items) && j < i+40; j++ {
		switch {
		case items[j].is(cNum) && items[j].figures > 0:
			end = j + 1
		case items[j].is(cDash|cDot|cColon|cSlash) || items[j].class == 0 && items[j].glued && items[j].figures == 0 && j+1 < len(items) && items[j+1].figures > 0:
		default:
			return end
		}
	}
	return end
}

// isCode holds for a row of figures that is a telephone, card or document number or
// a version: by its length and the groups that dates and times never have.
func isCode(chain []item) bool {
	figures, groups, odd, dashes, year, decimal, colon := 0, 0, false, 0, false, false, false
	for k := range chain {
		it := &chain[k]
		switch {
		case it.figures > 0:
			figures += int(it.figures)
			groups++
			year = year || it.figures == 4 && (it.num >= 1900 && it.num < 2100)
			odd = odd || it.figures == 3 || it.figures > 4
			decimal = decimal || it.figures == 1 && k > 1 && it.glued && chain[k-1].is(cDot) && chain[k-1].glued &&
				(k < 4 || !chain[k-3].is(cDot)) && (k+1 == len(chain) || !chain[k+1].glued)
		case it.is(cDash) && it.glued:
			dashes++
		case it.is(cColon):
			colon = true
		}
	}
	if colon && groups <= 8 {
		return false // a clock
	}
	switch {
	case groups > 8: // no date or range is that long
		return true
	case figures >= 9 && odd, figures >= 10 && groups >= 5 && !year:
		return true
	case decimal && groups > 2: // «10.1 – 10.12»
		return true
	case groups >= 2 && odd: // «7-730», «412-15»
		return true
	case groups >= 4 && dashes >= 3:
		return true
	case groups == 2 && dashes == 1 && figures >= 6: // «2012-1400», «2200-25»
		return true
	}
	return false
}

// counts says whether the number at i belongs to a noun before or behind it.
func counts(tokens []token.Token, items []item, i int) bool {
	if next := i + 1; next < len(items) && items[next].is(cBlock) && !items[next].is(cPod|cMonth|cHour|cMonthUnit) {
		return !(items[next].text == "м" && prior(items[:i]).is(cHour)) // «10ч30м» are minutes
	}
	if items[i].is(cOrd) {
		return false
	}
	if at := items[i].last; at+1 < len(tokens) && tokens[at].Text == "-" && !tokens[at].Space && tokens[at+1].Kind == token.Word && !tokens[at+1].Space {
		if s, _ := lookup(tokens[at+1].Text); s.class&(cMonth|cHour|cPod|cRelDay|cWeekday) == 0 {
			return true // «20-летний»
		}
	}
	if i+2 < len(items) && items[i+1].is(cComma) && items[i+1].glued && items[i+2].glued && items[i+2].figures == 1 {
		return true // «1,5»
	}
	if i > 1 && items[i].figures == 1 && items[i].glued && items[i-1].is(cComma) && items[i-1].glued && items[i-2].figures > 0 {
		return true
	}
	before := i - 1
	for before >= 0 && before > i-3 && (items[before].is(cColon|cDash|cDot) || items[before].class == 0 && tokens[items[before].first].Kind == token.Sign) {
		before--
	}
	if before < 0 || !items[before].is(cGuard) {
		return false
	}
	return !items[before].is(cDateWord)
}

// telling is a quick look whether anything here can be about time.
func telling(items []item) bool {
	for i := range items {
		if items[i].class&(content|cNum|cOrd|cDay|cWeek|cMonthUnit|cHour|cSoon|cFestival|cVia|cLater) != 0 {
			return true
		}
	}
	return false
}
