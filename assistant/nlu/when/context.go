package when

// follows says whether what stands at i may stand behind a bare time: the end, a sign,
// a word of time or a word of courtesy. A lenient look takes any unknown word, too:
// «в 10 на маникюр» yes, «на 2 человека» no.
func (s *scan) follows(i int, lenient bool) bool {
	if i >= len(s.items) || !s.isWord(i) {
		return s.item(i).class&cBlock == 0
	}
	it := &s.items[i]
	switch {
	case it.is(cBlock | cMinute | cWeek | cMonthUnit | cYear):
		return it.is(cMonthUnit) && it.is(cMonth)
	case it.is(cDay) && !it.is(cPod):
		return false
	case it.class != 0:
		return true
	}
	return lenient
}

// bareHour says whether the number of a match may be read as an hour at all.
func (s *scan) bareHour(m match) bool {
	before := m.first - 1
	for s.item(before).is(cApprox) && before > m.first-4 {
		before--
	}
	left, next := s.item(before), s.item(m.last)
	n := &s.items[m.first]
	approx := before != m.first-1
	if n.ish {
		return n.num <= 12
	}
	if next.is(cMonth|cDateWord|cHour|cMinute) && !next.is(cTill) {
		return false
	}
	switch {
	case n.bend == 'l' || n.bend == 'd':
		return s.tatarHour(m, left)
	case n.bend == 'a':
		return s.item(m.last).is(cAfter|cNum) || s.Lang == "tt"
	case left.is(cIn) && left.class&cVia == 0, left.is(cTo), left.is(cAfter) && left.lang != "tt":
		return s.follows(m.last, true)
	case left.is(cTill | cFrom | cBetween | cBefore):
		return s.follows(m.last, false)
	case left.is(cOn) && s.dayThenHour(m.first, m.last):
		return false
	case left.is(cComma) && s.item(before-1).is(cWeekday|cRelDay):
		return s.follows(m.last, false) && n.num >= 7 && n.num <= 21 && next.class&cNum == 0
	case left.is(cOn):
		return s.follows(m.last, false) && (n.figures > 0 || next.class != 0 || !s.isWord(m.last) || s.Asked) && n.num >= 1 && left.lang == "ru"
	case left.is(cOr|cDash|cComma|cAnd|cBut|cNot) && s.afterClock(before):
		return s.follows(m.last, false)
	case approx && left.is(cOrd|cMonth|cWeekday|cRelDay) && s.lang(m.first-1) == "en" && n.num <= 12:
		return s.follows(m.last, false)
	case approx && (before < 0 || left.is(cComma|cStop|cDot)) && s.lang(m.first-1) == "en":
		return !s.isWord(m.last) && n.num >= 1 && n.num <= 12 // "around 11"
	case approx && left.class == 0:
		return s.follows(m.last, false) && s.lang(m.first-1) == "ru" && n.figures > 0 && n.num >= 7 && n.num <= 21
	case left.is(cRelDay) && left.val < 2 && (n.num > 21 || n.num < 1):
		return false
	case left.is(cRelDay), left.is(cPod) && left.lang == "tt":
		return s.follows(m.last, false)
	case left.is(cWeekday):
		return s.follows(m.last, false) && !next.is(cNum) && n.num <= 21 && (left.lang != "en" || n.num < 13)
	case next.is(cRelDay), next.is(cThis) && s.item(m.last+1).is(cPod), next.is(cIn) && s.item(m.last+1).is(cPod), next.is(cIn) && s.item(m.last+1).is(cThis):
		return next.lang == "en" && !s.item(m.first-1).is(cGuard) && n.figures < 3
	case next.is(cComma) && s.item(m.last+1).is(cRelDay):
		return next.lang == "en" || s.Lang == "en"
	}
	return s.Asked && s.follows(m.last, false) && s.alone(m)
}

// afterClock holds where a time of day ends right before the item at i.
func (s *scan) afterClock(i int) bool {
	if len(s.found) == 0 {
		return false
	}
	last := &s.found[len(s.found)-1]
	return last.kind == aClock && last.last >= i-1 && last.last <= i
}

// alone holds where nothing but a few words stand in the message, or the number
// stands at an end of its clause.
func (s *scan) alone(m match) bool {
	if len(s.items) <= 4 {
		return true
	}
	before := s.item(m.first - 1)
	return (m.first == 0 || before.is(cComma|cStop|cDot|cPolite|cFix|cBut)) && (m.last == len(s.items) || s.item(m.last).is(cComma|cStop|cDot|cPolite))
}

// tatarHour: «өчтә», «бишкә», «15тә» are hours where the message is Tatar.
func (s *scan) tatarHour(m match, left *item) bool {
	n := &s.items[m.first]
	if n.text == "бергә" || n.text == "бердә" {
		return left.is(cHour)
	}
	return s.follows(m.last, true) && (s.Lang == "tt" || len(s.found) > 0 || n.num > 1)
}
