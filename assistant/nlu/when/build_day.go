package when

import "time"

func days(first, last Date) atom {
	return atom{kind: aDay, day: dayPart{set: true, fixed: true, dates: [2]Date{first, last}}}
}

func oneDay(d Date) atom { return days(d, d) }

func frame(dates [2]Date) atom {
	a := days(dates[0], dates[1])
	a.day.frame = true
	return a
}

// relativeDay: «сегодня», «завтра», "tonight".
func relativeDay(s *scan, m match) (atom, bool) {
	it := m.nth(s, cRelDay, 0)
	a := oneDay(s.today.plus(it.val & 3))
	if it.is(cPod) { // "tonight" is today and the evening
		a = oneDay(s.today)
		a.kind = aBoth
		a.clock = clockPart{set: true, pod: podEvening}
	}
	return a, true
}

// afterTomorrow: «после завтра», "the day after tomorrow", "2 days after tomorrow",
// "a week from tomorrow" (see offsetFrom).
func afterTomorrow(s *scan, m match) (atom, bool) {
	it := m.nth(s, cRelDay, 0)
	count := 1
	if n := m.nth(s, cNum|cCouple, 0); n != nil {
		count = max(n.num, n.val)
	} else if !m.has(s, cDay) && (it.lang != "ru" || it.val != 1 || it.is(cPod)) {
		return atom{}, false
	}
	if it.is(cPod) || count > 60 {
		return atom{}, false
	}
	return oneDay(s.today.plus(it.val + count)), true
}

// nextDay: "next day", «на следующий день».
func nextDay(s *scan, m match) (atom, bool) {
	return oneDay(s.today.plus(1)), s.text(m.last-1) != "days"
}

// weekday: «в пятницу», «в следующую пятницу», "friday after next".
func weekday(s *scan, m match) (atom, bool) {
	it := m.nth(s, cWeekday, 0)
	word := s.tokens[it.first]
	if len(word.Text) == 3 && it.lang == "en" && word.Raw == word.Text && s.verbLike(m) {
		return atom{}, false
	}
	a := atom{kind: aDay, day: dayPart{set: true, weekday: it.val}}
	next := m.nth(s, cNext, 0)
	if next != nil && s.items[m.last-1].is(cNext) && !m.has(s, cAfter) && s.item(m.last).is(cWeek|cMonthUnit|cMonth|cWeekday|cDay|cNum) {
		return atom{}, false // «вторник следующей недели»
	}
	switch {
	case m.has(s, cAfter):
		d, _, _ := nextWeekdayOf(s.today, it.val)
		if nearest := s.today.nextWeekday(it.val); nearest == d {
			d = d.plus(7)
		}
		a.day.fix(d)
	case m.has(s, cNearest), next != nil && next.val == 1:
		a.day.fix(s.today.nextWeekday(it.val))
	case next != nil:
		d, other, both := nextWeekdayOf(s.today, it.val)
		a.day.fix(d)
		if both {
			a.day.other = &[2]Date{other, other}
		}
	case m.has(s, cThis):
		a.day.fix(thisWeekday(s.today, it.val))
	}
	return a, true
}

// verbLike tells "I sat down" and "the sun" from days.
func (s *scan) verbLike(m match) bool {
	before := s.item(m.first - 1)
	text := s.text(m.first)
	return (text == "sat" || text == "sun" || text == "wed") && s.isWord(m.first-1) && before.class&(cIn|cOn|cTo|cFrom|cTill|cThis|cNext|cOr|cAnd|cNum|cPod|cNot|cFix) == 0
}

func (d *dayPart) fix(day Date) {
	d.fixed, d.dates = true, [2]Date{day, day}
}

// countedWeekday: "3 fridays from now".
func countedWeekday(s *scan, m match) (atom, bool) {
	n, it := m.nth(s, cNum, 0), m.nth(s, cWeekday, 0)
	if n.num < 1 || n.num > 12 {
		return atom{}, false
	}
	return oneDay(s.today.nextWeekday(it.val).plus(7 * (n.num - 1))), true
}

// nthWeekday: «первый понедельник декабря», "last friday of the month".
func nthWeekday(s *scan, m match) (atom, bool) {
	n, it, month := m.nth(s, cOrd, 0), m.nth(s, cWeekday, 0), m.nth(s, cMonth, 0)
	first := Date{s.today.Year, s.today.Month, 1}
	switch {
	case month != nil:
		first.Month = time.Month(month.val)
		if first.Month < s.today.Month {
			first.Year++
		}
	case m.has(s, cNext):
		first = first.plusMonths(1)
	}
	if n == nil {
		last := first.plusMonths(1).plus(-1)
		return oneDay(last.plus(1).onOrAfter(it.val).plus(-7)), true
	}
	if n.num < 1 || n.num > 4 {
		return atom{}, false
	}
	d := first.onOrAfter(it.val).plus(7 * (n.num - 1))
	return oneDay(d), !d.Before(s.today)
}

// gone is a day in the past: read, so that nothing else is read out of it, not told.
func gone(s *scan, m match) (atom, bool) {
	return atom{kind: aDay, gone: true}, true
}

// written makes a date of a day, a month and a year (0 for none said).
func (s *scan) written(day, month, year int) (atom, bool) {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return atom{}, false
	}
	if year > 0 && year < 100 {
		if year += 2000; year > s.today.Year+1 {
			return atom{}, false // «2.1.30» is no date of a visit
		}
	}
	if year > 0 {
		if year < s.today.Year-1 || year > s.today.Year+10 || day > daysIn(year, time.Month(month)) {
			return atom{}, false
		}
		return oneDay(Date{year, time.Month(month), day}), true
	}
	for year = s.today.Year; year <= s.today.Year+1; year++ {
		d := Date{year, time.Month(month), day}
		if day > daysIn(year, d.Month) || d.Before(s.today) {
			continue
		}
		a := oneDay(d)
		a.day.yearless = true
		return a, true
	}
	if d, ok := overflow(s.today, day, month); ok {
		a := oneDay(d)
		last := d.plus(-1)
		a.day.other = &[2]Date{last, last}
		return a, true
	}
	return atom{}, false
}

// yearOf takes the second or third number of a match as a year.
func yearOf(it *item) (int, bool) {
	if it == nil {
		return 0, true
	}
	return it.num, it.figures == 4 && it.num > 1900 || it.figures == 2
}

// dayMonth: «25 ноября», «двадцать пятое ноября 2026 года», "4th of July".
func dayMonth(s *scan, m match) (atom, bool) {
	d, month := m.nth(s, cNum|cOrd, 0), m.nth(s, cMonth, 0)
	year := 0
	if y := m.nth(s, cNum|cOrd, 1); y != nil {
		if y.figures != 4 && !(y.figures == 2 && m.has(s, cYear)) && !(y.figures == 2 && y.glued) {
			return atom{}, false
		}
		if s.item(m.last).is(cHour|cColon) && !m.has(s, cYear) && y.num < 1900 {
			return atom{}, false
		}
		year = y.num
	}
	if year == 0 && d.num > 30 && s.yearBehind(m.last) {
		return atom{}, false
	}
	if d.figures > 2 || month.typo && month.val == 5 || d.is(cOrd) && d.bend == 0 && d.lang == "ru" {
		return atom{}, false
	}
	return s.written(d.num, month.val, year)
}

// yearMonthDay: "2012/Aug/10".
func yearMonthDay(s *scan, m match) (atom, bool) {
	y, d := m.nth(s, cNum, 0), m.nth(s, cNum, 1)
	if y.figures != 4 {
		return atom{}, false
	}
	return s.written(d.num, m.nth(s, cMonth, 0).val, y.num)
}

// monthDay: "March 3rd, 2027", "Oct/2".
func monthDay(s *scan, m match) (atom, bool) {
	month, d := m.nth(s, cMonth, 0), m.nth(s, cNum|cOrd, 0)
	if month.lang == "ru" && !d.is(cOrd) || d.figures > 2 || s.item(m.last).is(cHour|cAmPm) && d.is(cNum) {
		return atom{}, false
	}
	if m.has(s, cDot) && !d.is(cOrd) && d.glued || s.item(m.last).is(cDash) && s.item(m.last+1).is(cNum) && !s.item(m.last+1).blocked && s.item(m.last+1).num > 24 && s.item(m.last+1).num < 32 {
		return atom{}, false
	}
	if next := s.item(m.last); next.is(cColon) && next.glued {
		return atom{}, false
	}
	year := 0
	if y := m.nth(s, cNum|cOrd, 1); y != nil {
		if y.figures != 4 {
			return atom{}, false
		}
		year = y.num
	}
	if year == 0 && d.num > 30 && s.yearBehind(m.last) {
		return atom{}, false
	}
	return s.written(d.num, month.val, year)
}

// yearBehind holds where a year stands at i: a date that does not fit it is no date.
func (s *scan) yearBehind(i int) bool {
	if s.item(i).is(cComma) {
		i++
	}
	return s.item(i).figures == 4
}

// dateFigures: «25.11», «25.11.2026», «25/11», "11/25", "2026-11-25". The day stands
// first, in English with slashes the month; where only one order gives a date that is
// taken, where both do the other is an alternative.
func dateFigures(s *scan, m match) (atom, bool) {
	a, b, c := m.nth(s, cNum, 0), m.nth(s, cNum, 1), m.nth(s, cNum, 2)
	if a.figures == 0 || b.figures == 0 || s.joined(m) {
		return atom{}, false
	}
	if c != nil && a.figures == 4 && b.figures <= 2 && c.figures <= 2 {
		return s.written(c.num, b.num, a.num)
	}
	year, ok := yearOf(c)
	if !ok || a.figures > 2 || b.figures > 2 {
		return atom{}, false
	}
	if c == nil && !s.dateLike(m, a, b) {
		return atom{}, false
	}
	day, month := a.num, b.num
	monthFirst := s.Lang == "en" && (m.has(s, cSlash) || s.item(m.first-1).is(cWeekday|cOn) && b.figures == 1)
	if monthFirst {
		day, month = month, day
	}
	first, ok1 := s.written(day, month, year)
	if c == nil && m.has(s, cDot) && s.Lang != "en" {
		return first, ok1
	}
	second, ok2 := s.written(month, day, year)
	switch {
	case !ok1, ok2 && first.day.dates[0].Before(s.today) && !second.day.dates[0].Before(s.today):
		return second, ok2
	case ok2 && day != month && s.Lang == "en" && c == nil:
		first.day.other = &second.day.dates
	}
	return first, true
}

// dateSpaced: «30 11 2026».
func dateSpaced(s *scan, m match) (atom, bool) {
	a, b, c := m.nth(s, cNum, 0), m.nth(s, cNum, 1), m.nth(s, cNum, 2)
	if a.figures > 2 || b.figures != 2 || c.figures != 4 || a.figures == 0 {
		return atom{}, false
	}
	return s.written(a.num, b.num, c.num)
}

// dateLike tells «25.11» from «38.5» and «4.5»: a month of two figures, or a word
// that goes with days.
func (s *scan) dateLike(m match, a, b *item) bool {
	before := s.item(m.first - 1)
	if before.is(cIn) && !before.is(cVia) && !before.is(cOn) || before.is(cGuard) && !before.is(cPolite) {
		return false
	}
	if m.has(s, cSlash) {
		return !s.items[m.first].blocked && (b.figures == 2 || a.figures == 2 || s.Lang == "en")
	}
	if len(s.found) > 0 && s.found[len(s.found)-1].last == m.first && s.found[len(s.found)-1].kind == aDay || before.is(cOn|cWeekday) {
		return true
	}
	if before.is(cFrom | cTill | cThru | cAfter | cTo | cDash) {
		return b.figures == 2
	}
	if s.item(m.last).is(cBlock|cMinute|cHour|cDay|cWeek|cMonthUnit|cYear) || before.class&cFix == 0 && before.is(cGuard) {
		return false
	}
	if b.figures == 2 && s.item(m.last).is(cIn) && s.item(m.last+1).is(cNum) {
		return true // «1.12 в 13:45»
	}
	whole := m.first == 0 && m.last == len(s.items)
	return b.figures == 2 && (b.zero || a.figures == 2 || s.Asked || whole) && s.follows(m.last, true)
}

// dateDashed: "2 - 15" in English, where hours do not fit.
func dateDashed(s *scan, m match) (atom, bool) {
	a, b := m.nth(s, cNum, 0), m.nth(s, cNum, 1)
	if s.Lang != "en" || a.num > 12 || b.num < 13 || len(s.items) > 3 || a.figures == 0 || b.figures != 2 {
		return atom{}, false
	}
	return s.written(b.num, a.num, 0)
}

// dayOfMonth: «третьего числа», «3 числа», «5 числа следующего месяца».
func dayOfMonth(s *scan, m match) (atom, bool) {
	n := m.nth(s, cNum|cOrd, 0)
	if n.num < 1 || n.num > 31 || n.figures > 2 || n.is(cOrd) && n.bend == 0 && n.lang == "ru" {
		return atom{}, false
	}
	if m.has(s, cMonthUnit) {
		first := Date{s.today.Year, s.today.Month, 1}
		if m.has(s, cNext) {
			first = first.plusMonths(1)
		}
		if n.num > daysIn(first.Year, first.Month) || !m.has(s, cNext|cThis) {
			return atom{}, false
		}
		return oneDay(Date{first.Year, first.Month, n.num}), true
	}
	return atom{kind: aDay, day: dayPart{set: true, dom: n.num}}, true
}

// maxChoice is the last ordinal in words that may name one of several things offered,
// not a day: "the second".
const maxChoice = 12

// dateHyphened: «24-11 в 9», «05-12»: two figures each, and no hours, for the first is
// none or the hour stands behind.
func dateHyphened(s *scan, m match) (atom, bool) {
	a, b := m.nth(s, cNum, 0), m.nth(s, cNum, 1)
	hourBehind := s.item(m.last).is(cIn) && s.item(m.last+1).is(cNum)
	if s.Lang == "en" || a.figures != 2 || b.figures != 2 || s.joined(m) || a.num < 25 && !(hourBehind || a.num == 24) || s.clockPreposition(m.first) {
		return atom{}, false
	}
	return s.written(a.num, b.num, 0)
}

// dayAlone: «20-го», «к 5-му», «третьего», "the 15th", "on 24th".
func dayAlone(s *scan, m match) (atom, bool) {
	n := m.nth(s, cOrd, 0)
	if n.num < 1 || n.num > 31 || s.item(m.last).is(cBlock|cHour|cMinute|cHalf|cWeek|cPod) && !s.item(m.last).is(cMonthUnit) && s.item(m.last).lang != "tt" {
		return atom{}, false
	}
	before, next := s.item(m.first-1), s.item(m.last)
	placed := before.is(cOn | cFrom | cTill | cTo | cThru | cAfter | cBefore | cRelDay | cWeekday | cNot | cOr | cDash | cBetween)
	a := atom{kind: aDay, day: dayPart{set: true, dom: n.num}}
	switch {
	case n.lang == "en":
		if n.figures == 0 {
			return a, n.the && (placed || n.num > maxChoice && m.first == 0) && s.follows(m.last, false) && !next.is(cOf)
		}
		return a, (n.the || placed || s.Asked || m.first == 0) && s.follows(m.last, false)
	case n.lang == "tt" || n.bend == 0:
		return a, n.bend == 'g'
	case n.figures > 0:
		return a, s.follows(m.last, true) && !before.is(cGuard&^cFix)
	case n.bend == 'g':
		return a, (placed || s.Asked || s.follows(m.last, false)) && s.follows(m.last, false)
	}
	return a, placed && s.follows(m.last, false) || s.Asked && len(s.items) <= 3 && n.bend == 'n' && n.num > 5
}

// dayAloneFigures: "the 24", "Monday 21", and the bare «25» when a time was asked for.
func dayAloneFigures(s *scan, m match) (atom, bool) {
	n := m.nth(s, cNum, 0)
	if n.figures == 0 || n.figures > 2 || n.num < 1 || n.num > 31 || s.joined(m) || !s.follows(m.last, false) || s.item(m.last).is(cHour|cNum|cAmPm) {
		return atom{}, false
	}
	if next := s.item(m.last); next.is(cColon|cDot|cDash|cSlash) && next.glued && s.item(m.last+1).glued && s.item(m.last+1).is(cNum) {
		return atom{}, false
	}
	before := s.item(m.first - 1)
	a := atom{kind: aDay, guess: true, day: dayPart{set: true, dom: n.num}}
	switch {
	case n.the:
		return a, before.is(cOn|cTo|cFrom|cTill|cAfter|cBefore|cWeekday) || m.first == 0
	case before.is(cWeekday):
		return a, n.num > 21 || before.lang == "en" && n.num > 12
	case s.dayThenHour(m.first, m.last):
		return a, n.num > 21 || before.is(cOn)
	case s.Asked && n.num > 21:
		return a, s.alone(m) || before.is(cOn)
	}
	return a, false
}

// dayThenHour holds for «на 25 в 18:00»: a number at the beginning or behind «на», an
// hour behind it.
func (s *scan) dayThenHour(first, last int) bool {
	return (first == 0 || s.item(first-1).is(cOn)) && s.item(last).is(cIn) && s.item(last+1).is(cNum) && s.lang(first-1) != "en"
}

// dayRange: «с 11 до 15 сентября», «10–22 августа 2026», «14. - 15.10.», "July 13 to
// 15", «с 3 по 7 число», «с 15 по 20».
func dayRange(s *scan, m match) (atom, bool) {
	a, b := m.nth(s, cNum|cOrd, 0), m.nth(s, cNum|cOrd, 1)
	if a.figures > 2 || b.figures > 2 || a.num < 1 || b.num > 31 || b.num <= a.num || s.joined(m) {
		return atom{}, false
	}
	month, link := m.nth(s, cMonth, 0), m.nth(s, cAnd|cThru, 0)
	before := s.item(m.first - 1)
	if link != nil && link.is(cAnd) && !before.is(cBetween) {
		return atom{}, false
	}
	year, dotted := 0, m.has(s, cDot)
	if y := m.nth(s, cNum|cOrd, 2); y != nil && !dotted {
		if y.figures != 4 {
			return atom{}, false
		}
		year = y.num
	}
	switch {
	case dotted:
		mon := m.nth(s, cNum, 2)
		if y := m.nth(s, cNum, 3); y != nil {
			year = y.num
		}
		return s.datesOf(a.num, b.num, mon.num, year)
	case m.has(s, cMonthUnit):
		first := Date{s.today.Year, s.today.Month, 1}.plusMonths(1)
		if b.num > daysIn(first.Year, first.Month) {
			return atom{}, false
		}
		return days(first.plus(a.num-1), first.plus(b.num-1)), true
	case month != nil:
		if next := s.item(m.last); month.lang == "en" && b.is(cNum) && s.items[m.first].is(cMonth) && (next.is(cAmPm|cHour) || next.is(cColon) && next.glued) {
			return atom{}, false
		}
		return s.datesOf(a.num, b.num, month.val, year)
	case !m.has(s, cDateWord):
		if !before.is(cFrom) || link == nil || a.bend == 'a' || link.lang == "en" && a.is(cNum) {
			return atom{}, false
		}
	}
	first, last := s.today.nextDay(a.num), s.today.nextDay(b.num)
	if last.Before(first) {
		last = first.nextDay(b.num)
	}
	return days(first, last), true
}

func (s *scan) datesOf(from, to, month, year int) (atom, bool) {
	last, ok := s.written(to, month, year)
	if !ok {
		return last, false
	}
	first := last.day.dates[0]
	first.Day = from
	last.day.dates[0] = first
	return last, true
}

// nextDay is the next day with that number in its month, today included.
func (d Date) nextDay(dom int) Date {
	for n := range 3 {
		month := Date{d.Year, d.Month, 1}.plusMonths(n)
		if dom > daysIn(month.Year, month.Month) {
			continue
		}
		if month.Day = dom; !month.Before(d) {
			return month
		}
	}
	return d
}
