package when

import "okoshko/assistant/nlu/token"

// sameTime: «в то же время», «на это же время», "same time", «шул ук вакытка».
func sameTime(s *scan, m match) (atom, bool) {
	first, second := m.nth(s, cSame, 0), m.nth(s, cSame, 1)
	return atom{kind: aSame}, first.val == 0 || first.val == 2 && m.has(s, cThis) || second != nil && second.val == 2
}

// nearest: «ближайшее время», «поскорее», "asap", "first available".
func nearest(s *scan, m match) (atom, bool) {
	it := m.nth(s, cNearest, 0)
	if it.val >= 3 {
		return atom{}, false
	}
	if superlative := s.text(m.first - 1); superlative == "иң" || superlative == "ин" {
		return atom{kind: aNearest}, m.has(s, cTime) || !s.isWord(m.last)
	}
	switch s.text(m.first) {
	case "ближайшее", "earliest", "soonest", "asap":
		return atom{kind: aNearest}, !s.item(m.last).is(cDay|cWeek|cMonthUnit) || m.has(s, cTime)
	}
	return atom{kind: aNearest}, it.val == 1 && s.follows(m.last, true) || m.has(s, cTime)
}

// firstFree: «первое свободное», "the first available".
func firstFree(s *scan, m match) (atom, bool) {
	return atom{kind: aNearest}, m.nth(s, cOrd, 0).num == 1 && m.nth(s, cNearest, 0).val == 3
}

// soonest: «как можно раньше», "as soon as possible", "as early as you can".
func soonest(s *scan, m match) (atom, bool) {
	first, second, text := s.text(m.first-2), s.text(m.first-1), s.text(m.first)
	if s.lang(m.first) == "en" {
		return atom{kind: aNearest}, second == "as" && s.text(m.last) == "as" && (text == "soon" || text == "early")
	}
	return atom{kind: aNearest}, first == "как" && second == "можно" && text != "перед" && s.item(m.first).is(cBefore)
}

// firstThing: "first thing tomorrow", "first thing in the morning".
func firstThing(s *scan, m match) (atom, bool) {
	a := atom{kind: aPod, clock: clockPart{set: true, pod: podEarly}, taken: m.last + 1}
	if morning := s.item(m.last + 2); s.item(m.last+1).is(cIn) && morning.is(cPod) && morning.val == podMorning {
		a.taken += 2
	}
	return a, s.text(m.last-1) == "first" && s.text(m.last) == "thing"
}

// partsOfDay are the hours of «в начале дня», «в середине дня», «к концу рабочего дня».
var partsOfDay = map[int]int{partBegin: podEarly, partMiddle: podLunch, partEnd: podClosing}

// dayEnd: «в конце дня», "at the end of the day".
func dayEnd(s *scan, m match) (atom, bool) {
	text, end := s.text(m.last-1), s.item(m.last-1)
	part := m.nth(s, cPart, 0)
	return atom{kind: aPod, clock: clockPart{set: true, pod: partsOfDay[part.val]}}, part.lang == end.lang && (text == "дня" || text == "day") && s.text(m.first) != "rest"
}

// now: «прямо сейчас», "right now", and «сейчас» at the end of its clause.
func now(s *scan, m match) (atom, bool) {
	before := s.text(m.first - 1)
	if s.item(m.first-1).is(cFrom) && s.isWord(m.first-2) && s.item(m.first-2).class == 0 {
		return atom{}, false // "15m from now"
	}
	bounded := s.item(m.first-1).is(cFrom|cBetween) || s.item(m.last).is(cTill)
	sure := bounded || before == "прямо" || before == "прям" || before == "right" || before == "just" || s.Asked || before == "можно" || s.item(m.last).is(cSame) // «хәзер үк»
	if !sure && m.last < len(s.items) && s.isWord(m.last) {
		return atom{}, false
	}
	a, ok := s.instant(0, 0)
	a.clock.kind = After
	return a, ok
}

// partOfDay: «вечером», «после обеда», «рано утром», "late tonight".
func partOfDay(s *scan, m match) (atom, bool) {
	it := m.nth(s, cPod, 0)
	if it == nil {
		return atom{}, false
	}
	pod := it.val
	if m.has(s, cEarly) && pod == podMorning {
		pod = podEarly
	}
	if m.has(s, cLate) && (pod == podEvening || pod == podNight) {
		pod = podLate
	}
	a := atom{kind: aPod, clock: clockPart{set: true, pod: pod}}
	if it.is(cRelDay) {
		a.kind, a.day = aBoth, oneDay(s.today).day
	}
	return a, s.podPlaced(m, it)
}

// podPlaced tells «утра», «дня», "work" of a time from other uses.
func (s *scan) podPlaced(m match, it *item) bool {
	before := s.item(m.first - 1)
	text := s.text(m.last - 1)
	switch {
	case it.is(cDay):
		return s.item(m.first - 2).is(cOrd | cHalf) // «дня» alone is no part of the day
	case it.lang == "tt" && (it.val == podSchool || it.val == podWork):
		return s.item(m.last).is(cAfter)
	case it.lang == "tt" && s.notBefore(m.first) > 0:
		return false
	case it.val == podSchool:
		return before.is(cAfter)
	case s.greeting(m):
		return false
	case it.val == podWork:
		return before.is(cAfter) || before.is(cTill) && text == "работы"
	case text == "lunch":
		return before.is(cIn | cAfter | cBefore | cTill | cOn | cTo | cRelDay | cWeekday)
	case text == "eve":
		return false
	}
	return true
}

// greeting holds for «добрый вечер», "good morning", «хәерле кич», «спокойной ночи».
func (s *scan) greeting(m match) bool {
	switch s.text(m.first - 1) {
	case "добрый", "доброе", "доброго", "доброй", "спокойной", "good", "хәерле", "хэерле", "хаерле", "имин":
		return true
	}
	word, ok := token.Spell(s.text(m.first - 1))
	for k := range greetings {
		if ok && word.MayBeNear(&greetings[k], token.PriceStrange) && word.Distance(&greetings[k], token.PriceStrange+1) <= token.PriceStrange {
			return true
		}
	}
	return false
}

// greetings are also known with a slip of the finger.
var greetings = spellAll("добрый", "доброе", "доброго", "хәерле")

func spellAll(words ...string) []token.Spelling {
	all := make([]token.Spelling, 0, len(words))
	for _, word := range words {
		if s, ok := token.Spell(word); ok {
			all = append(all, s)
		}
	}
	return all
}

// thisPart: "this morning", «этим утром» is today's, "next evening" tomorrow's.
func thisPart(s *scan, m match) (atom, bool) {
	it := m.nth(s, cPod, 0)
	a := oneDay(s.today.plus(boolInt(m.has(s, cNext))))
	a.kind = aBoth
	a.clock = clockPart{set: true, pod: it.val}
	return a, !it.is(cRelDay|cDay) && it.val < podWork
}

// halfDayTatar: «көннең икенче яртысында».
func halfDayTatar(s *scan, m match) (atom, bool) {
	pod, n := podForenoon, m.nth(s, cOrd, 0).num
	if n == 2 {
		pod = podAfternoon
	}
	return atom{kind: aPod, clock: clockPart{set: true, pod: pod}}, s.lang(m.first) == "tt" && n <= 2 && m.nth(s, cHalf, 0).val == 2
}

// halfDay: «во второй половине дня», «в первой половине».
func halfDay(s *scan, m match) (atom, bool) {
	n := m.nth(s, cOrd, 0)
	pod := podForenoon
	if n.num == 2 {
		pod = podAfternoon
	}
	word := s.text(m.last - 1)
	return atom{kind: aPod, clock: clockPart{set: true, pod: pod}}, n.num <= 2 && (word == "дня" || word == "day")
}
