package when

import "strings"

// hour takes a number as an hour; figures from 13 on, 0 and a leading zero leave no
// doubt which half of the day is meant.
func hour(it *item) (point, bool) {
	if it == nil || it.num > 24 || it.figures > 2 {
		return point{}, false
	}
	return point{minutes: it.num * 60, sure: it.num > 12 || it.num == 0 || it.zero}, true
}

// withMinutes adds minutes of an hour; they must be two figures or a number word.
func (p point) withMinutes(it *item) (point, bool) {
	if it == nil || it.num > 59 || it.figures == 1 || it.figures > 2 || p.minutes >= 24*60 {
		return p, false
	}
	p.minutes += it.num
	return p, true
}

func at(p point) atom {
	return atom{kind: aClock, clock: clockPart{set: true, kind: At, from: p}}
}

// clockFigures: «15:30», «9:05», «10:00:00».
func clockFigures(s *scan, m match) (atom, bool) {
	h := m.nth(s, cNum, 0)
	p, ok := hour(h)
	if !ok || h.figures == 0 {
		return atom{}, false
	}
	p, ok = p.withMinutes(m.nth(s, cNum, 1))
	p.sure = p.sure || p.minutes >= 8*60
	p.written = true
	return at(p), ok
}

// clockDotted: «15.30», «в 9.15»; «10.12» is a date where no word says otherwise.
func clockDotted(s *scan, m match) (atom, bool) {
	h, min := m.nth(s, cNum, 0), m.nth(s, cNum, 1)
	if h.figures == 0 || min.figures != 2 || s.joined(m) {
		return atom{}, false
	}
	if m.has(s, cComma) {
		p, ok := clockFigures(s, m)
		return p, ok && s.timely(m) && s.follows(m.last, true)
	}
	date := h.num >= 1 && h.num <= 31 && min.num >= 1 && min.num <= 12
	if date && !s.clockPreposition(m.first) && !s.item(m.last).is(cHour|cPod|cAmPm) {
		return atom{}, false
	}
	return clockFigures(s, m)
}

// joined holds where more figures are glued to those matched: no clock, no date. A
// hyphen between two times or dates joins a range.
func (s *scan) joined(m match) bool {
	signs := cDot | cSlash | cColon | cDash
	if m.has(s, cDot|cSlash|cColon|cAmPm) {
		signs = cDot | cSlash | cColon
	}
	next, last := s.item(m.last), s.item(m.last-1)
	if next.glued && next.is(signs) && s.item(m.last+1).is(cNum) && s.item(m.last+1).glued && last.figures > 0 {
		return true
	}
	before := s.item(m.first - 1)
	return s.items[m.first].glued && (before.is(signs) && s.item(m.first-2).is(cNum) && before.glued || before.is(cGuard))
}

// clockPreposition holds where the word before i goes with a time of day, not a date.
func (s *scan) clockPreposition(i int) bool {
	for n := 0; n < 3; n++ {
		it := s.item(i - 1 - n)
		if it.is(cApprox) {
			continue
		}
		return it.is(cIn) && !it.is(cVia) || it.is(cHour)
	}
	return false
}

// clockDashed: «18-00», «в 10-15»; «10-12» is a range, see clockRange.
func clockDashed(s *scan, m match) (atom, bool) {
	h, min := m.nth(s, cNum, 0), m.nth(s, cNum, 1)
	if h.figures == 0 || min.figures != 2 || s.joined(m) || h.num > 23 {
		return atom{}, false
	}
	if min.num == h.num+1 && !s.item(m.last).is(cAmPm|cPod) {
		return atom{}, false // «в 9-10» are two hours
	}
	if min.num > h.num && min.num <= 24 && !s.clockPreposition(m.first) || min.num%5 != 0 && !s.item(m.last).is(cAmPm|cPod) && !s.clockPreposition(m.first) {
		return atom{}, false
	}
	return clockFigures(s, m)
}

// clockHourWord: «15 часов», «17ч10», «15 ч 30 мин», «3 часа 20 минут», "15h30".
func clockHourWord(s *scan, m match) (atom, bool) {
	n := m.nth(s, cNum, 0)
	p, ok := hour(n)
	if !ok || s.item(m.first-1).is(cVia|cLast) && !s.item(m.first-1).is(cIn) || s.duration(m) {
		return atom{}, false
	}
	if m.has(s, cLater) {
		return atom{}, false // «бер сәгатьтән»
	}
	if s.isWord(m.first-1) && s.item(m.first-1).class == 0 && !s.Asked && !s.item(m.last).is(cPod) && m.nth(s, cNum, 1) == nil && n.num < 13 {
		return atom{}, false // «приём 2 часа»
	}
	word := m.nth(s, cHour, 0)
	p.sure = p.sure || word.glued && word.lang == "en" && n.figures > 0 && m.nth(s, cNum, 1) != nil
	if min := m.nth(s, cNum, 1); min != nil {
		if s.item(m.last).is(cMonth) || min.figures == 1 && !min.glued && !m.has(s, cMinute) {
			return atom{}, false
		}
		if min.num > 59 {
			return atom{}, false
		}
		p.minutes += min.num
	}
	return at(p), true
}

// duration holds for «5 часов» that lasts, not strikes: "a few hours", "15 hours 29
// min", «на 2 часа» with hours in English and none of a preposition.
func (s *scan) duration(m match) bool {
	word := m.nth(s, cHour, 0)
	if strings.HasPrefix(word.text, "hour") || strings.HasPrefix(word.text, "hr") {
		return !s.item(m.first - 1).is(cIn)
	}
	if word.lang == "en" && !word.glued {
		return s.item(m.last).is(cLast|cBefore) || word.text == "h" && !s.item(m.first-1).is(cIn)
	}
	if next := s.item(m.last); next.is(cBefore) || next.is(cAfter) && next.val == 1 {
		return true // «на 2 часа раньше»
	}
	return s.item(m.last).is(cLast) || word.lang == "tt" && m.nth(s, cNum, 1) == nil && word.bend == 0
}

// clockCompact: «в 1530», "approximately 1030", "at 730 in the evening".
func clockCompact(s *scan, m match) (atom, bool) {
	n := m.nth(s, cNum, 0)
	if n.figures != 4 && n.figures != 3 || n.num%100 > 59 || n.num/100 > 23 || s.joined(m) {
		return atom{}, false
	}
	if years := n.num - s.today.Year; years >= -2 && years <= 2 {
		return atom{}, false // «в 2026»
	}
	before := s.item(m.first - 1)
	whole := s.Asked && m.first == 0 && m.last == len(s.items) && n.figures == 4
	if !whole && !before.is(cIn|cApprox|cTo) && (!before.is(cHour) || before.lang != "tt") || before.is(cVia) || !s.follows(m.last, true) {
		return atom{}, false
	}
	p := point{minutes: n.num/100*60 + n.num%100, sure: n.zero || n.num >= 800}
	return at(p), true
}

// clockAmPm: "3pm", "7:30 p.m.", "nine fifty nine a m", "3 in the AM".
func clockAmPm(s *scan, m match) (atom, bool) {
	half := m.nth(s, cAmPm, 0)
	h := m.nth(s, cNum, 0)
	if h.num > 12 || h.num == 0 || h.figures > 2 || s.joined(m) {
		return atom{}, false
	}
	if half.typo && half.val == 0 && !s.item(m.first-1).is(cIn|cFrom|cTill|cTo|cAfter|cBefore|cDash|cRelDay|cWeekday) {
		return atom{}, false
	}
	p := point{minutes: h.num % 12 * 60, sure: true}
	if min := m.nth(s, cNum, 1); min != nil {
		if min.num > 59 || min.figures == 1 {
			return atom{}, false
		}
		p.minutes += min.num
	}
	if m.has(s, cDash) && m.nth(s, cNum, 1).num%5 != 0 && m.nth(s, cNum, 1).num <= 12 {
		return atom{}, false
	}
	p.minutes += 12 * 60 * half.val
	p.pod = -1 // said by am or pm
	return at(p), true
}

// clockPair: «семь тридцать», «в 16 30», "three twenty"; «девять ноль пять» is the
// triple.
func clockPair(s *scan, m match) (atom, bool) {
	h, min := m.nth(s, cNum, 0), m.nth(s, cNum, 1)
	p, ok := hour(h)
	next := s.item(m.last)
	if !ok || next.is(cMonth|cDateWord|cHour|cDay|cMinute|cWeek) || min.num > 59 || h.num > 23 || s.items[m.first+1].glued {
		return atom{}, false
	}
	if h.figures > 0 != (min.figures > 0) || min.figures == 1 || min.figures > 2 || min.figures == 0 && min.num < 10 && min.num > 0 {
		return atom{}, false
	}
	if !s.timely(m) || !s.follows(m.last, true) {
		return atom{}, false
	}
	if min.bend != 0 && h.bend != 0 {
		return atom{}, false
	}
	p.minutes += min.num
	p.sure = p.sure || h.figures > 0 && p.minutes >= 8*60
	return at(p), true
}

// timely holds where a bare number may be a time: behind a preposition or a day, or
// when a time was asked for.
func (s *scan) timely(m match) bool {
	before := m.first - 1
	for s.item(before).is(cApprox) && before > m.first-4 {
		before--
	}
	it := s.item(before)
	if s.Asked || s.item(m.last).is(cPod) || it.is(cIn|cOn|cTo|cFrom|cTill|cAfter|cBefore|cBetween|cRelDay|cWeekday|cMonth|cOr|cHour) || before != m.first-1 {
		return true
	}
	if m.first == 0 && m.last == len(s.items) {
		return m.last-m.first > 1 && s.items[m.first].figures == 0
	}
	return len(s.found) > 0 && s.found[len(s.found)-1].last == m.first
}

// clockTriple: «девять ноль пять», «16 0 0», "twelve oh three".
func clockTriple(s *scan, m match) (atom, bool) {
	h, ten, unit := m.nth(s, cNum, 0), m.nth(s, cNum, 1), m.nth(s, cNum, 2)
	p, ok := hour(h)
	if !ok || ten.num != 0 || unit.num > 9 || h.figures > 0 != (unit.figures > 0) || s.items[m.first+1].glued && h.figures > 0 {
		return atom{}, false
	}
	p.minutes += unit.num
	p.sure = p.sure || p.minutes >= 8*60 && h.figures > 0
	return at(p), h.lang == "en" && h.figures == 0 || s.timely(m)
}

// clockHalf: «полвторого», «в половине восьмого», «пол 8», «җиденче яртыда»: half an
// hour before the hour named.
func clockHalf(s *scan, m match) (atom, bool) {
	word := m.nth(s, cHalfHour, 0)
	n := 0
	if word != nil {
		n = word.val
	} else {
		of := m.nth(s, cNum|cOrd, 0)
		half := m.nth(s, cHalf, 0)
		if half.val == 1 && of.lang != "" && of.lang != "en" || of.figures > 2 || half.val == 3 {
			return atom{}, false
		}
		if s.item(m.last).is(cHour) && of.is(cNum) || s.item(m.first-1).is(cVia) && half.val != 1 {
			return atom{}, false
		}
		n = of.num
		if half.val == 1 { // British "half seven" is half past
			n++
		}
	}
	if n < 1 || n > 13 {
		return atom{}, false
	}
	minutes := n*60 - 30
	if minutes < 60 {
		minutes += 12 * 60 // «полпервого» is 12:30
	}
	return at(point{minutes: minutes}), true
}

// clockHalfPast: "half past seven", «җиде ярым».
func clockHalfPast(s *scan, m match) (atom, bool) {
	if half := m.nth(s, cHalf, 0); !m.has(s, cPast) && half.val != 3 {
		return atom{}, false
	}
	p, ok := hour(m.nth(s, cNum, 0))
	p.minutes += 30
	return at(p), ok && p.minutes < 24*60
}

// clockMinutesOf: «четверть шестого», «двадцать минут шестого».
func clockMinutesOf(s *scan, m match) (atom, bool) {
	of := m.nth(s, cOrd, 0)
	minutes := 15
	if n := m.nth(s, cNum, 0); n != nil {
		minutes = n.num
	}
	if of.num < 1 || of.num > 12 || minutes > 59 || of.bend != 'g' {
		return atom{}, false
	}
	hour := of.num - 1
	if hour == 0 {
		hour = 12
	}
	return at(point{minutes: hour*60 + minutes}), true
}

// clockPast: "ten past three", "quarter past 7".
func clockPast(s *scan, m match) (atom, bool) {
	minutes, of := 15, m.nth(s, cNum, 0)
	if !m.has(s, cQuarter) {
		minutes, of = of.num, m.nth(s, cNum, 1)
	}
	p, ok := hour(of)
	if !ok || minutes < 1 || minutes > 59 || m.has(s, cAfter) && s.lang(m.first) != "en" {
		return atom{}, false
	}
	p.minutes += minutes
	return at(p), true
}

func (s *scan) lang(i int) string {
	if l := s.item(i).lang; l != "" {
		return l
	}
	return s.Lang
}

// clockTo: «без четверти семь», «без 10 восемь», "quarter to 7", «җидегә ун минут
// кала».
func clockTo(s *scan, m match) (atom, bool) {
	minutes, k := 15, 0
	word := m.nth(s, cBez, 0)
	switch {
	case m.has(s, cQuarter):
		if word.val == 2 {
			k = 0
		}
	case word.val == 2: // Tatar: the hour stands first
		minutes, k = m.nth(s, cNum, 1).num, 0
	default:
		minutes, k = m.nth(s, cNum, 0).num, 1
		if s.items[m.at[0]].blocked {
			return atom{}, false
		}
	}
	if minutes < 1 || minutes > 40 {
		return atom{}, false
	}
	if noon := m.nth(s, cNoon, 0); noon != nil {
		return at(point{minutes: (noon.val + 24*60 - minutes) % (24 * 60), sure: true}), true
	}
	of := m.nth(s, cNum, k)
	if of == nil { // «без четверти час»
		one := m.nth(s, cHour, 0)
		return at(point{minutes: 13*60 - minutes}), one != nil && one.val == 1
	}
	p, ok := hour(of)
	if !ok || p.minutes == 0 || word.val == 2 && m.nth(s, cNum, k).bend != 'd' {
		return atom{}, false
	}
	if word.val == 1 && !m.has(s, cQuarter) && (!m.has(s, cMinute) && minutes%5 != 0 || !m.has(s, cMinute) && s.item(m.last).is(cAmPm|cMonth)) {
		return atom{}, false // "4 to 5" is a range
	}
	if word.val == 1 && !m.has(s, cQuarter) && !m.has(s, cMinute) && s.item(m.first-1).is(cFrom|cBetween) {
		return atom{}, false
	}
	p.minutes -= minutes
	if p.minutes < 60 && !p.sure {
		p.minutes += 12 * 60
	}
	return at(p), true
}

// clockNoon: «в полдень», "12 noon".
func clockNoon(s *scan, m match) (atom, bool) {
	noon := m.nth(s, cNoon, 0)
	if n := m.nth(s, cNum, 0); n != nil && n.num != 12 {
		return atom{}, false
	}
	return at(point{minutes: noon.val, sure: true, pod: -1}), true
}

// clockPod: «7 вечера», «в два часа ночи» (with its hour word by bind), "8 this
// evening" is put together there as well.
func clockPod(s *scan, m match) (atom, bool) {
	n, pod := m.nth(s, cNum, 0), m.nth(s, cPod, 0)
	p, ok := hour(n)
	if !ok || n.num > 12 && n.figures == 0 || pod.is(cDay) && !s.ofHour(m) {
		return atom{}, false
	}
	if pod.lang == "tt" && n.bend == 'a' { // «биштән кичкә кадәр»
		return atom{}, false
	}
	if pod.lang == "en" && !pod.is(cRelDay) || pod.val == podLunch || pod.val == podWork {
		return atom{}, false
	}
	p.pod = pod.val
	return at(p), true
}

// ofHour tells «3 дня» of the clock from «3 дня» that pass.
func (s *scan) ofHour(m match) bool {
	before := s.item(m.first - 1)
	if before.is(cVia|cNext|cNearest|cThis|cLast) && !before.is(cIn) || s.item(m.last).is(cAfter|cLast) {
		return false
	}
	n := s.items[m.first].num
	if n > 5 && n < 12 {
		return false
	}
	return s.Asked || before.is(cIn|cTo|cFrom|cTill|cAfter|cBefore|cApprox|cRelDay|cWeekday|cDash) || n == 12 || n == 1 ||
		len(s.found) > 0 && s.found[len(s.found)-1].last == m.first
}

// clockOne: «в час», «к часу», «час дня».
func clockOne(s *scan, m match) (atom, bool) {
	it := m.nth(s, cHour, 0)
	pod := m.nth(s, cPod, 0)
	if it.lang != "ru" || pod != nil && pod.val != podDay && pod.val != podNight && pod.val != podAfternoon {
		return atom{}, false
	}
	if pod == nil {
		before := m.nth(s, cIn|cTo|cTill|cAfter|cOn|cFrom|cBefore, 0)
		next := s.item(m.last)
		if before.is(cOn|cFrom) || s.text(int(m.at[0])) == "часов" || !before.is(cAfter|cTill) && it.val != 1 || next.is(cNum|cIn|cOn|cTo|cAfter) && next.is(cNum) {
			return atom{}, false
		}
		if before.is(cAfter|cTill) && it.text != "часа" && it.val != 1 || !s.follows(m.last, true) {
			return atom{}, false
		}
		return s.keepPreposition(m, at(point{minutes: 60}))
	}
	return at(point{minutes: 60, pod: pod.val}), it.val == 1
}

// clockOneAnd: «в час тридцать».
func clockOneAnd(s *scan, m match) (atom, bool) {
	it, n := m.nth(s, cHour, 0), m.nth(s, cNum, 0)
	next := s.item(m.last)
	if it.val != 1 || it.lang != "ru" || n.num < 10 || n.num > 59 || n.figures == 1 || next.is(cMonth|cDateWord|cHour|cDay|cWeek) {
		return atom{}, false
	}
	a := at(point{minutes: 60 + n.num})
	a.bound = boundOf(s.item(m.first))
	return a, s.follows(m.last, true) || next.is(cMinute)
}

// keepPreposition lets bind see the preposition that a pattern had to look at.
func (s *scan) keepPreposition(m match, a atom) (atom, bool) {
	a.bound = boundOf(s.item(m.first))
	return a, true
}

// clockInverted: «часов в девять», «часиков на 11», «часам к пяти».
func clockInverted(s *scan, m match) (atom, bool) {
	word, n := m.nth(s, cHour, 0), m.nth(s, cNum, 0)
	p, ok := hour(n)
	if !ok || word.lang != "ru" || word.val == 1 && n.num != 1 || !s.follows(m.last, true) {
		return atom{}, false
	}
	if min := s.item(m.last); min.is(cNum) || min.is(cColon|cDot|cDash|cComma) && min.glued && s.item(m.last+1).is(cNum) {
		return atom{}, false
	}
	if s.item(m.first - 1).is(cNum) {
		return atom{}, false
	}
	a := at(p)
	a.bound = boundOf(s.item(m.first + 1))
	return a, true
}
