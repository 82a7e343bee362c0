package when

import "strings"

// boundOf gives what a preposition makes of the time behind it.
func boundOf(it *item) bound {
	switch {
	case it.is(cFrom):
		return bFrom
	case it.is(cTill), it.is(cBefore):
		return bTill
	case it.is(cAfter):
		return bAfter
	case it.is(cThru):
		return bThru
	case it.is(cBetween):
		return bBetween
	}
	return bAt
}

// bind gives every atom its prepositions and joins what they join: a part of the day
// to its hour, the ends of a range.
func (s *scan) bind() {
	s.attachParts()
	for k := range s.found {
		limit := 0
		if k > 0 {
			limit = s.found[k-1].last
		}
		s.takePrepositions(&s.found[k], limit)
		s.takePostpositions(&s.found[k])
	}
	s.joinRanges()
}

// attachParts gives an hour the part of the day that stands right behind it: «7 часов
// вечера», "at 3 in the morning", "8 this evening".
func (s *scan) attachParts() {
	kept := s.found[:0]
	end := 0
	for _, a := range s.found {
		if a.first < end { // swallowed by the hour before it
			if a.kind == aBoth && len(kept) > 0 { // "11 tonight": the day stays
				a.kind, a.clock = aDay, clockPart{}
				a.first = max(a.first, end-1)
				kept = append(kept, a)
			}
			continue
		}
		if a.kind == aClock {
			if pod, last := s.partBehind(a.last); pod != 0 && a.clock.from.pod != -1 && a.clock.to.pod != -1 {
				if a.clock.to.pod == 0 {
					a.clock.to.pod = pod
				}
				if a.clock.kind == At && a.clock.from.pod == 0 {
					a.clock.from.pod = pod
				}
				a.last = last
				end = last
			}
		}
		kept = append(kept, a)
	}
	s.found = kept
}

// partBehind looks for a part of the day at i that belongs to the hour before it.
func (s *scan) partBehind(i int) (pod, last int) {
	if it := s.item(i); it.is(cPod) && it.val != podWork && it.val != podLunch && it.lang != "tt" {
		return it.val, i + 1
	}
	if s.item(i).is(cAfter) && s.item(i+1).is(cNoon) && s.item(i+1).val != 0 {
		return podAfternoon, i + 2
	}
	if s.item(i).is(cIn|cThis|cVia) && s.item(i+1).is(cPod) && s.lang(i+1) == "en" {
		return s.item(i + 1).val, i + 2
	}
	return 0, 0
}

// maxPrepositions is how many words before an atom are looked at: «начиная примерно
// с», «не раньше чем в».
const maxPrepositions = 5

func (s *scan) takePrepositions(a *atom, limit int) {
	compared, till := false, false // «раньше», «позже» wait for a «не»
	for i, n := a.first-1, 0; i >= limit && n < maxPrepositions; i, n = i-1, n+1 {
		it := s.item(i)
		text := s.text(i)
		switch {
		case (text == "later" || text == "earlier") && s.text(i+1) != "than": // "later today"
			return
		case it.is(cTill) && it.is(cBez) && (s.moving(i) || limit == 0 && a.kind == aDay && !s.opened(i)): // "move it to 5 pm", "push it to Monday"
			a.onto = true
		case it.is(cNot) && it.val == 0 && compared, text == "no" && compared:
			if till {
				a.bound = bFrom
			} else {
				a.bound = bTill
			}
			a.first = i
			return
		case it.is(cBefore), it.is(cAfter) && it.val == 1:
			a.bound, compared, till = boundOf(it), true, it.is(cBefore)
		case it.is(cFrom|cAfter|cBetween) && it.lang != "tt", it.is(cTill|cThru) && it.val != 2:
			if a.bound == bAt && !(it.is(cThru) && strings.HasSuffix(s.text(a.core), "ам")) { // «по субботам»
				a.bound = boundOf(it)
			}
			if it.is(cTill) && it.is(cBez) && i > limit { // English "to" joins only
				a.bound = bTill
			}
		case it.is(cDash):
			if i == limit && limit > 0 {
				a.bound, a.first = bDash, i
			}
			return
		case it.is(cTo) && it.lang == "en" && (a.kind == aClock || a.day.ending):
			a.bound = bTill
		case it.is(cIn|cOn|cTo) && it.lang != "tt":
			if it.is(cOn) && it.lang == "ru" {
				a.onto = true
			}
		case it.is(cApprox) && it.lang != "tt":
		default:
			return
		}
		a.first = i
	}
}

// opened holds where an English range may have begun before i: "from the 5th to Friday".
func (s *scan) opened(i int) bool {
	for n := i - 1; n >= 0 && n > i-6; n-- {
		if s.item(n).is(cFrom | cBetween | cNum | cOrd | cNow) {
			return true
		}
	}
	return false
}

// moving holds where an English word before i says that an appointment is moved.
func (s *scan) moving(i int) bool {
	for n := i - 1; n >= 0 && n > i-10; n-- {
		switch s.text(n) {
		case "move", "reschedule", "change", "switch", "shift", "postpone", "moved":
			return true
		}
	}
	return false
}

// takePostpositions reads Tatar words that stand behind: «бишкә кадәр», «өчтән соң»,
// and the endings that say the same.
func (s *scan) takePostpositions(a *atom) {
	it, last := s.item(a.last), s.item(a.last-1)
	bend := last.bend
	if last.lang != "tt" && last.figures == 0 {
		bend = 0
	}
	if n := s.notBefore(a.last); n > 0 && bend == 'a' {
		a.bound = bFrom
		if s.item(n - 2).is(cAfter) {
			a.bound = bTill
		}
		a.last = n
		return
	}
	switch {
	case it.is(cBetween) && it.val == 2:
		a.bound, a.last = bBetween, a.last+1
	case it.is(cTill) && it.val == 2, it.is(cBefore) && it.val == 2:
		a.bound, a.last = bTill, a.last+1
	case it.is(cAfter) && it.val == 2 && (bend == 'a' || it.lang == "tt" && s.text(a.last) == "соң"):
		a.bound, a.last = bAfter, a.last+1
	case bend == 'a' && a.bound == bAt && (a.kind == aDay && (a.day.weekday > 0 || last.is(cMonth)) || a.kind == aClock):
		a.bound = bFrom
	}
}

// notBefore reads «дүрттән (дә) иртә түгел», «биштән соң түгел» from item i on, behind
// the hour, and gives the item after it; 0 for none. It may begin at «иртә».
func (s *scan) notBefore(i int) int {
	switch s.text(i) {
	case "дә", "да", "дэ":
		i++
	}
	it, from := s.item(i), i-1
	for s.item(from).class == 0 && from > i-2 {
		from--
	}
	compared := it.is(cPod) && it.val == podMorning || it.is(cBefore|cAfter) && it.val == 2
	if not := s.item(i + 1); compared && it.lang == "tt" && not.is(cNot) && not.val == 2 && s.item(from).bend == 'a' {
		return i + 2
	}
	return 0
}

// joinRanges makes one atom of the two ends of a range.
func (s *scan) joinRanges() {
	kept := s.found[:0]
	for _, b := range s.found {
		if len(kept) > 0 {
			a := &kept[len(kept)-1]
			if s.rangeGap(a, &b) && s.join(a, &b) {
				continue
			}
		}
		kept = append(kept, b)
	}
	s.found = kept
}

// rangeGap holds where nothing parts the ends but what joins them.
func (s *scan) rangeGap(a, b *atom) bool {
	if b.bound == bBetween && a.bound == bAt { // «дүшәмбе белән чәршәмбе арасында»
		return b.first == a.last+1 && s.item(a.last).lang == "tt" && s.item(a.last).is(cApprox|cAnd)
	}
	and := false
	for i := a.last; i < b.first; i++ {
		if !s.item(i).is(cAnd|cComma|cBut) || i > a.last+1 {
			return false
		}
		and = and || s.item(i).is(cAnd|cBut)
	}
	if a.bound == bBetween {
		return and || b.bound == bDash
	}
	if a.bound == bAfter && b.bound == bTill { // "later than 9:30 but before 11:00"
		return true
	}
	if a.bound != bAt && a.bound != bFrom {
		return false
	}
	if b.bound == bTill && a.bound == bAt && b.day.set && s.lang(b.first) != "en" {
		return false
	}
	return b.bound == bTill || b.bound == bDash || b.bound == bThru
}

func (s *scan) join(a, b *atom) bool {
	switch {
	case a.kind == aClock && b.kind == aClock && a.clock.kind == At && b.clock.kind == At:
		a.clock.kind, a.clock.to = Between, b.clock.from
	case a.kind == aPod && b.kind == aClock && b.clock.kind == At:
		a.clock = clockPart{set: true, kind: Between, from: point{minutes: windows[a.clock.pod].from, sure: true}, to: b.clock.from}
		a.kind = aClock
	case a.kind == aClock && b.kind == aPod && a.clock.kind == At:
		a.clock.kind, a.clock.to = Between, point{minutes: edges[b.clock.pod].before, sure: true}
	case a.kind == aPod && b.kind == aPod:
		from, to := windows[a.clock.pod], edges[b.clock.pod].before
		if to == 0 || to <= from.from {
			return false
		}
		a.clock = clockPart{set: true, kind: Between, from: point{minutes: from.from, sure: true}, to: point{minutes: to, sure: true}}
		a.kind = aClock
	case a.kind == aBoth && a.clock.kind == After && b.kind == aClock && b.clock.kind == At: // "between now and eight"
		a.clock.kind, a.clock.to = Between, b.clock.from
	case a.kind == aBoth && a.clock.kind == After && b.kind == aDay:
		last, ok := s.settle(b.day, s.today)
		if !ok || last[1].Before(s.today) {
			return false
		}
		a.kind, a.clock = aDay, clockPart{}
		a.day.dates[1] = last[1]
	case a.kind == aDay && b.kind == aDay && !a.gone && !b.gone:
		if !s.joinDays(a, b) {
			return false
		}
	default:
		return false
	}
	a.last, a.bound, a.guess = b.last, bAt, false
	a.rule = "range(" + a.rule + "," + b.rule + ")"
	return true
}

// joinDays: «с понедельника по среду», «13 июля – 15 июля», «сегодня-завтра».
func (s *scan) joinDays(a, b *atom) bool {
	first, ok := s.settle(a.day, s.today)
	if !ok {
		return false
	}
	last, ok := s.settle(b.day, first[0])
	if ok && last[1].Before(first[0]) && b.day.yearless {
		for n := range last {
			last[n].Year++
		}
	}
	if a.day.yearless && ok && !b.day.yearless && b.day.fixed && first[0].Year != last[1].Year && !b.day.frame {
		first[0].Year = last[1].Year // «26 июня – 28 июня 2020»
	}
	if !ok || last[1].Before(first[0]) {
		return false
	}
	a.day = dayPart{set: true, fixed: true, dates: [2]Date{first[0], last[1]}, yearless: a.day.yearless}
	return true
}

// settle fixes a day not before from.
func (s *scan) settle(d dayPart, from Date) ([2]Date, bool) {
	switch {
	case d.fixed:
		return d.dates, true
	case d.weekday > 0 && d.dom > 0:
		return s.weekdayAndNumber(d.weekday, d.dom, from)
	case d.weekday > 0:
		day := from.nextWeekday(d.weekday)
		return [2]Date{day, day}, true
	case d.dom > 0:
		day := from.nextDay(d.dom)
		return [2]Date{day, day}, day.Day == d.dom
	}
	return [2]Date{}, false
}

// weekdayAndNumber: «пятница 13-е» is the next such day within about a year.
func (s *scan) weekdayAndNumber(weekday, dom int, from Date) ([2]Date, bool) {
	for n := range 14 {
		month := Date{from.Year, from.Month, 1}.plusMonths(n)
		if dom > daysIn(month.Year, month.Month) {
			continue
		}
		if month.Day = dom; !month.Before(from) && month.weekdayNumber() == weekday {
			return [2]Date{month, month}, true
		}
	}
	return [2]Date{}, false
}
