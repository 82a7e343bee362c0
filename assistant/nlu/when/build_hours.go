package when

// clockTatar: «сәгать өчтә», «сәгать 15:00гә», «сәгать 3».
func clockTatar(s *scan, m match) (atom, bool) {
	word := m.nth(s, cHour, 0)
	if word.lang != "tt" || s.item(m.last).is(cMinute|cBez|cHalf) {
		return atom{}, false
	}
	h := m.nth(s, cNum, 0)
	p, ok := hour(h)
	bend := h.bend
	if min := m.nth(s, cNum, 1); min != nil && ok {
		p, ok = p.withMinutes(min)
		p.sure, bend = p.sure || p.minutes >= 8*60, min.bend
	} else if next := s.item(m.last); next.is(cColon|cDot) && next.glued {
		return atom{}, false
	}
	a := at(p)
	if bend == 'a' {
		a.bound = bFrom
	}
	return a, ok
}

// clockPastTatar: «өч тулып ун минут».
func clockPastTatar(s *scan, m match) (atom, bool) {
	p, ok := hour(m.nth(s, cNum, 0))
	minutes := m.nth(s, cNum, 1)
	if !ok || m.nth(s, cPast, 0).val != 2 || minutes.num > 59 {
		return atom{}, false
	}
	p.minutes += minutes.num
	return at(p), true
}

// clockBetweenTatar: «10 белән 12 арасында».
func clockBetweenTatar(s *scan, m match) (atom, bool) {
	from, ok1 := hour(m.nth(s, cNum, 0))
	to, ok2 := hour(m.nth(s, cNum, 1))
	link := m.nth(s, cApprox|cAnd, 0)
	return atom{kind: aClock, clock: clockPart{set: true, kind: Between, from: from, to: to}}, ok1 && ok2 && link.lang == "tt" && m.nth(s, cBetween, 0).val == 2
}

// clockMidday: "mid day", «көн уртасында».
func clockMidday(s *scan, m match) (atom, bool) {
	first, second := s.text(m.first), s.text(m.first+1)
	return at(point{minutes: 12 * 60, sure: true, pod: -1}), first == "mid" && second == "day" || m.nth(s, cPart, 0).val == partMiddle && s.item(m.first).is(cDay) && s.lang(m.first) == "tt"
}

// clockNthHour: «в шестом часу» is between five and six.
func clockNthHour(s *scan, m match) (atom, bool) {
	n := m.nth(s, cOrd, 0)
	if m.nth(s, cHour, 0).lang != "ru" || n.num < 1 || n.num > 12 || s.text(m.last-1) != "часу" {
		return atom{}, false
	}
	from, to := n.num-1, n.num
	if from == 0 {
		from = 12
	}
	return atom{kind: aClock, clock: clockPart{set: true, kind: Between, from: point{minutes: from * 60}, to: point{minutes: to * 60}}}, true
}

// clockBare: «в 3», «к пяти», «после двух», «завтра в 10», and the bare «15» when a
// time was asked for.
func clockBare(s *scan, m match) (atom, bool) {
	n := m.nth(s, cNum, 0)
	p, ok := hour(n)
	if !ok || s.joined(m) || n.figures == 1 && n.zero {
		return atom{}, false
	}
	next := s.item(m.last)
	if next.is(cDot|cColon|cSlash|cDash) && next.glued && s.item(m.last+1).is(cNum) && s.item(m.last+1).glued && !s.item(m.last+1).is(cHour) {
		if !next.is(cDash) || s.item(m.last+1).figures != 2 && s.item(m.last+1).figures != 1 {
			return atom{}, false
		}
	}
	if !s.bareHour(m) {
		return atom{}, false
	}
	a := at(p)
	a.guess = true
	if n.bend == 'a' {
		a.bound = bFrom
	}
	return a, true
}

// clockRange: «с 10 до 12», «10-12», "3-4pm", «с 5 до 7 вечера».
func clockRange(s *scan, m match) (atom, bool) {
	a, b := m.nth(s, cNum, 0), m.nth(s, cNum, 1)
	from, ok1 := hour(a)
	to, ok2 := hour(b)
	link := s.item(m.first + 1)
	if !ok1 || !ok2 || a.num == b.num || s.joined(m) || b.num == 0 {
		return atom{}, false
	}
	before := s.item(m.first - 1)
	if link.is(cAnd) && !before.is(cBetween) || link.is(cThru) && !before.is(cFrom|cRelDay|cWeekday) && !m.has(s, cAmPm) || link.is(cThru) && link.lang == "ru" {
		return atom{}, false
	}
	half, pod := m.nth(s, cAmPm, 0), m.nth(s, cPod, 0)
	switch {
	case pod != nil:
		if pod.is(cDay) && b.num > 6 && b.num != 12 || pod.lang == "en" || pod.val == podLunch {
			return atom{}, false
		}
		to.pod = pod.val
	case half != nil:
		if b.num > 12 || a.num > 12 {
			return atom{}, false
		}
		to = point{minutes: (b.num%12 + 12*half.val) * 60, sure: true}
		if half.val == 0 {
			from.sure = from.sure || a.num < b.num
		}
	default:
		next := s.item(m.last)
		if next.is(cMonth|cDateWord|cWeek|cMinute|cMonthUnit) || next.is(cDay) && !next.is(cPod) || next.is(cDot|cColon|cSlash) && next.glued && s.item(m.last+1).is(cNum) {
			return atom{}, false
		}
		whole := m.first == 0 && m.last == len(s.items) && a.figures < 3
		placed := next.is(cRelDay|cWeekday) || next.is(cOn|cIn) && s.item(m.last+1).is(cWeekday|cRelDay) // «10-12 в среду»
		if !s.Asked && !whole && !placed && !before.is(cFrom|cBetween|cIn|cRelDay|cWeekday|cPod|cHour) || !s.follows(m.last, before.is(cIn)) && !next.is(cHour) {
			return atom{}, false
		}
		if link.is(cDash) && before.is(cIn) && b.num > 21 {
			return atom{}, false
		}
	}
	return atom{kind: aClock, clock: clockPart{set: true, kind: Between, from: from, to: to}}, true
}
