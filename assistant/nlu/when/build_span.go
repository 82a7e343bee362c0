package when

import (
	"strings"
	"time"
)

// week: «на этой неделе», «на следующей неделе», "the week after next".
func week(s *scan, m match) (atom, bool) {
	switch {
	case m.nth(s, cWeek, 0).val == 2:
		return atom{}, false
	case m.has(s, cNearest) && m.nth(s, cNearest, 0).val == 3: // "available the week of …"
		return atom{}, false
	case m.has(s, cAfter):
		return frame(weekOf(s.today, 2)), true
	case m.has(s, cNext): // «на той неделе», too
		return frame(weekOf(s.today, 1)), true
	case m.has(s, cNearest):
		return days(s.today, s.today.plus(7)), true
	}
	return frame(weekOf(s.today, 0)), true
}

// weekAlone: «на неделе» is the rest of this week, "the week of October 6th" the week
// of the date behind it.
func weekAlone(s *scan, m match) (atom, bool) {
	before := s.item(m.first - 1)
	if before.is(cOn) && before.lang == "ru" && s.text(m.first) == "неделе" {
		return frame(weekOf(s.today, 0)), true
	}
	if s.lang(m.first) == "en" && s.items[m.first].the && s.follows(m.last, false) && !s.item(m.last).is(cOf|cAfter|cNum|cFrom) {
		return frame(weekOf(s.today, 0)), true
	}
	return atom{}, false
}

// weeksAlone: «1 неделя» at the beginning of an answer is in a week.
func weeksAlone(s *scan, m match) (atom, bool) {
	n := m.nth(s, cNum, 0)
	if m.first > 0 || n.num > 8 || n.num < 1 || !s.Asked && n.num > 1 {
		return atom{}, false
	}
	return s.offsetBy(n.num, 0, m)
}

// weekend: «в выходные», «на следующих выходных».
func weekend(s *scan, m match) (atom, bool) {
	if m.has(s, cPart) && s.text(m.last-1) != "end" {
		return atom{}, false
	}
	if word := m.nth(s, cWeekend, 0); word != nil && word.val == withDay != m.has(s, cDay) {
		return atom{}, false
	}
	if s.text(m.last-1) == "выходной" && m.last-m.first == 1 && !s.item(m.first-1).is(cIn|cOn) {
		return atom{}, false // «выходной ли день»
	}
	dates, other := weekendOf(s.today, m.has(s, cNext))
	a := frame(dates)
	a.day.other = other
	return a, true
}

// workdays: «в будни», «в рабочие дни», "any weekday", «эш көннәрендә».
func workdays(s *scan, m match) (atom, bool) {
	if m.nth(s, cWorkdays, 0).val == withDay && (!m.has(s, cDay) || s.text(m.last-1) == "day" && !every[s.text(m.first-1)]) {
		return atom{}, false // «рабочий телефон», "business day" is a length
	}
	if s.text(m.last-1) == "weekday" && !every[s.text(m.first-1)] {
		d := s.today.plus(1)
		for d.weekdayNumber() > 5 {
			d = d.plus(1)
		}
		return oneDay(d), m.has(s, cNext|cThis)
	}
	dates := workdaysOf(s.today, m.has(s, cNext))
	return frame(dates), true
}

// every are the words that make all days of one.
var every = map[string]bool{"any": true, "every": true, "each": true}

// nextSpan: «в ближайшие три дня», «следующие две недели», "next 2 weeks".
func nextSpan(s *scan, m match) (atom, bool) {
	n := 1
	if it := m.nth(s, cNearest, 0); it != nil && it.val == 3 {
		return atom{}, false // "available two days …"
	}
	if it := m.nth(s, cNum|cCouple, 0); it != nil {
		if n = it.num; it.is(cCouple) {
			n = max(it.val, 2-boolInt(m.nth(s, cNearest, 0).isWithin())) // "within a week", "the next few days"
		}
	} else if text := s.text(m.last - 1); text == "дня" && m.nth(s, cNearest, 0).isWithin() || text == "день" || text == "day" || m.has(s, cNext|cThis) && !m.has(s, cNearest) && text != "дни" && text != "days" {
		return atom{}, false
	} else if m.has(s, cDay) {
		n = soonDays
	}
	if n < 1 || n > 60 {
		return atom{}, false
	}
	first := s.today
	if next := m.nth(s, cNext, 0); next != nil {
		first = first.plus(1) // «следующие три дня» begin tomorrow
	}
	last := s.today.plus(n)
	if m.has(s, cWeek) {
		last = s.today.plus(7 * n)
	} else if m.has(s, cMonthUnit) {
		last = first.plusMonths(min(n, 12))
	}
	return days(first, last), true
}

// isWithin holds for «в течение»; «в течение дня» is any time of the day that is meant.
func (it *item) isWithin() bool { return it != nil && it.val == within }

// soon: «на днях».
func soon(s *scan, _ match) (atom, bool) {
	return days(s.today.plus(1), s.today.plus(soonDays)), true
}

// monthRelative: «в следующем месяце».
func monthRelative(s *scan, m match) (atom, bool) {
	return s.monthFrame(boolInt(m.has(s, cNext))), true
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// monthFrame is the whole month so many months ahead, from today on.
func (s *scan) monthFrame(ahead int) atom {
	first := Date{s.today.Year, s.today.Month, 1}.plusMonths(ahead)
	last := Date{first.Year, first.Month, daysIn(first.Year, first.Month)}
	if first.Before(s.today) {
		first = s.today
	}
	a := frame([2]Date{first, last})
	a.day.month = true
	return a
}

// monthAlone: «в декабре», "in May". Names that are other words, too, and slips of
// the finger need a preposition.
func monthAlone(s *scan, m match) (atom, bool) {
	it := m.nth(s, cMonth, 0)
	before := s.item(m.first - 1)
	placed := before.is(cIn|cOn|cTill|cAfter|cTo|cFrom|cBefore|cThru|cNext|cNot|cOr) || m.has(s, cThis|cNext)
	placed = placed || it.bend == 'l' || it.bend == 'd'
	if !placed || it.typo && (!before.is(cIn|cOn) || it.lang != "ru") {
		return atom{}, false
	}
	if s.text(m.last-1) == "may" && !before.is(cIn) && s.item(m.last).is(cOr|cNot) {
		return atom{}, false
	}
	if s.text(m.last-1) == "may" && !before.is(cIn|cOn|cTo|cFrom|cAfter|cBefore|cThru) && !s.follows(m.last, false) {
		return atom{}, false
	}
	a := s.monthFrame((it.val - int(s.today.Month) + 12) % 12)
	if y := m.nth(s, cNum, 0); y != nil {
		if y.figures != 4 || y.num < s.today.Year || y.num > s.today.Year+10 {
			return atom{}, false
		}
		first := Date{y.num, time.Month(it.val), 1}
		a = frame([2]Date{first, {y.num, time.Month(it.val), daysIn(y.num, time.Month(it.val))}})
		a.day.month = true
	}
	return a, true
}

// partOf: «в начале декабря», «в конце недели», «в середине следующего месяца».
func partOf(s *scan, m match) (atom, bool) {
	part := partBegin
	if it := m.nth(s, cPart, 0); it != nil {
		part = it.val
	} else if m.has(s, cLate) {
		part = partEnd
	}
	if m.has(s, cWeek) {
		ahead := boolInt(m.has(s, cNext))
		dates := weekOf(s.today, ahead)
		monday := s.today.monday().plus(7 * ahead)
		switch part {
		case partBegin:
			dates = [2]Date{monday, monday.plus(1)}
		case partMiddle:
			dates = [2]Date{monday.plus(1), monday.plus(3)}
		default:
			dates = [2]Date{monday.plus(3), monday.plus(6)}
			if s.text(m.first) == "rest" {
				dates[0] = s.today
			}
		}
		return s.notPast(dates, part)
	}
	if it := m.nth(s, cMonth, 0); it != nil && !it.is(cMonthUnit) && it.val == 5 && it.lang == "en" && part == partMiddle {
		return atom{}, false
	}
	whole := s.monthFrame(boolInt(m.has(s, cNext)))
	if it := m.nth(s, cMonth, 0); it != nil {
		whole = s.monthFrame((it.val - int(s.today.Month) + 12) % 12)
	}
	dates := whole.day.dates
	first := Date{dates[0].Year, dates[0].Month, 1}
	switch part {
	case partBegin:
		dates = [2]Date{first, first.plus(partDays - 1)}
	case partMiddle:
		dates = [2]Date{first.plus(partDays), first.plus(2*partDays - 1)}
	default:
		dates = [2]Date{first.plus(2 * partDays), dates[1]}
	}
	return s.notPast(dates, part)
}

// firstDays: «в первых числах декабря», «в последних числах месяца».
func firstDays(s *scan, m match) (atom, bool) {
	if text := s.text(m.first); text != "первых" && text != "последних" || s.text(m.first+1) != "числах" {
		return atom{}, false
	}
	return partOf(s, m)
}

// partBehind: «атна ахырында», «декабрь башында»; in Tatar the part stands behind.
func partBehind(s *scan, m match) (atom, bool) {
	if s.lang(m.last-1) != "tt" {
		return atom{}, false
	}
	return partOf(s, m)
}

func (s *scan) notPast(dates [2]Date, part int) (atom, bool) {
	if dates[1].Before(s.today) {
		return atom{}, false
	}
	if dates[0].Before(s.today) {
		dates[0] = s.today
	}
	a := frame(dates)
	a.day.ending = part == partEnd
	return a, true
}

// festival: «после нового года», "New Year's Eve".
func festival(s *scan, m match) (atom, bool) {
	day, ok := festivals[m.nth(s, cFestival, 0).val]
	if eve := m.has(s, cPod); eve {
		a, written := s.written(31, 12, 0)
		return a, ok && written && s.text(m.last-1) == "eve"
	}
	if !ok || !s.item(m.first-1).is(cTill|cAfter|cTo|cFrom) {
		return atom{}, false
	}
	return s.written(day.day, day.month, 0)
}

// unit is what offsets count.
func (s *scan) offsetBy(amount, tenths int, m match) (atom, bool) {
	switch {
	case m.has(s, cMinute):
		return s.instant(time.Duration(amount)*time.Minute+time.Duration(tenths)*6*time.Second, 60*24)
	case m.has(s, cHour):
		return s.instant(time.Duration(amount)*time.Hour+time.Duration(tenths)*6*time.Minute, 72*60)
	case amount > 400:
		return atom{}, false
	case m.has(s, cDay):
		return oneDay(s.today.plus(amount)), true
	case m.has(s, cWeek):
		if m.nth(s, cWeek, 0).val == 2 {
			amount *= 2
		}
		if amount > 57 {
			return atom{}, false
		}
		a := oneDay(s.today.plus(7*amount + tenths*7/10))
		a.day.anchor = true
		return a, true
	case m.has(s, cMonthUnit):
		if amount > 13 {
			return atom{}, false
		}
		a := oneDay(s.today.plusMonths(amount).plus(tenths * 3))
		a.day.anchor = true
		return a, true
	}
	return oneDay(s.today.plusMonths(12 * amount)), amount == 1
}

// instant is now and some time; more than limit minutes is no appointment.
func (s *scan) instant(d time.Duration, limit int) (atom, bool) {
	if d > time.Duration(limit)*time.Minute {
		return atom{}, false
	}
	t := s.Now.Add(d)
	a := oneDay(dayOf(t))
	a.kind = aBoth
	a.clock = clockPart{set: true, kind: At, from: point{minutes: t.Hour()*60 + t.Minute(), sure: true}}
	return a, true
}

// offset: «через 3 дня», «через час», «через полтора часа», «спустя две недели»,
// "in a week", «за 10 дней».
func offset(s *scan, m match) (atom, bool) {
	via := m.nth(s, cVia, 0)
	n := m.nth(s, cNum, 0)
	switch {
	case via.val == 1 && (n == nil || s.item(m.last).is(cBefore|cTill)):
		return atom{}, false // «за день до»
	case via.is(cIn) && n == nil && !m.has(s, cCouple|cHalf):
		return atom{}, false
	case n != nil && n.glued && n.figures == 0:
		return atom{}, false
	}
	switch {
	case m.has(s, cQuarter):
		return s.instant(time.Duration(15*boolInt(m.has(s, cHour)))*time.Minute, 60)
	case m.has(s, cHalf) && m.has(s, cHour):
		return s.instant(30*time.Minute, 60)
	case m.has(s, cCouple):
		c := m.nth(s, cCouple, 0)
		if second := m.nth(s, cCouple, 1); second != nil {
			c = second
		}
		if c.val == 15 {
			return s.offsetBy(1, 5, m)
		}
		return s.offsetBy(c.val, 0, m)
	case n == nil && m.has(s, cDay) && via.lang != "en":
		return oneDay(s.today.plus(everyOtherDay)), s.text(m.last-1) == "день" || s.text(m.last-1) == "денек"
	case n == nil:
		return s.offsetBy(1, 0, m)
	case n.num == 0:
		return atom{}, false
	}
	return s.offsetBy(n.num, 0, m)
}

// offsetLater: "2 days later", "5 days from now", "a week hence".
func offsetLater(s *scan, m match) (atom, bool) {
	if later := s.item(m.last - 1); later.is(cAfter) && later.val == 0 {
		return atom{}, false
	}
	n := m.nth(s, cNum, 0)
	if n == nil {
		return s.offsetBy(m.nth(s, cCouple, 0).val%15, 0, m)
	}
	return s.offsetBy(n.num, 0, m)
}

// offsetAfter: English "after 5 days", "after two hours" count from now, as "in" does.
func offsetAfter(s *scan, m match) (atom, bool) {
	n, unit := m.nth(s, cNum, 0), m.nth(s, cMinute|cHour|cDay|cWeek|cMonthUnit, 0)
	if after := m.nth(s, cAfter, 0); after.lang != "en" || after.val != 0 || unit.lang != "en" || unit.is(cHour) && !strings.HasPrefix(unit.text, "hour") {
		return atom{}, false // «after 3 o'clock»
	}
	if n == nil {
		c := m.nth(s, cCouple, 0)
		if second := m.nth(s, cCouple, 1); second != nil { // "a couple of days"
			c = second
		}
		return s.offsetBy(c.val, 0, m)
	}
	return s.offsetBy(n.num, 0, m)
}

// offsetTenths: "1.5 days later".
func offsetTenths(s *scan, m match) (atom, bool) {
	n, tenths := m.nth(s, cNum, 0), m.nth(s, cNum, 1)
	if tenths.figures != 1 || s.item(m.last-1).val == 0 {
		return atom{}, false
	}
	return s.offsetBy(n.num, tenths.num, m)
}

// fixedDays are the rows that offsets may count from.
var fixedDays = compile([]rule{
	{"relday", "relday", relativeDay},
	{"weekday.next", "next weekday", weekday},
	{"weekday", "weekday", comingWeekday},
	{"date.written", "month num|ord", monthDay},
	{"date.written", "num|ord of? month", dayMonth},
})

// comingWeekday is the weekday that offsets count from.
func comingWeekday(s *scan, m match) (atom, bool) {
	return oneDay(s.today.nextWeekday(m.nth(s, cWeekday, 0).val)), true
}

// offsetFrom: "three weeks from tomorrow", "a week from Tuesday", "3 days after January 12th": the day
// behind it is moved by bind.
func offsetFrom(s *scan, m match) (atom, bool) {
	n, c := m.nth(s, cNum, 0), m.nth(s, cCouple, 0)
	amount := 0
	if n != nil {
		amount = n.num
	} else {
		amount = c.val
	}
	if s.lang(m.last-1) != "en" || m.has(s, cMinute|cHour) || amount < 1 || amount > 60 {
		return atom{}, false
	}
	next := match{first: m.last}
	for r := range fixedDays {
		rule := &fixedDays[r]
		next.n = 0
		if !s.match(rule.elements, m.last, &next) {
			continue
		}
		base, ok := rule.build(s, next)
		if !ok || !base.day.fixed {
			continue
		}
		moved := *s
		moved.today = base.day.dates[0]
		a, ok := moved.offsetBy(amount, 0, m)
		a.taken = next.last
		return a, ok
	}
	return atom{}, false
}

// offsetTatar: «ике көннән», «бер атнадан соң», «3 көннән».
func offsetTatar(s *scan, m match) (atom, bool) {
	it := m.nth(s, cDay|cWeek|cMonthUnit|cHour|cMinute, 0)
	if !it.is(cLater) || it.lang != "tt" {
		return atom{}, false
	}
	if m.has(s, cHalf) {
		return s.instant(30*time.Minute, 60)
	}
	n := m.nth(s, cNum, 0)
	if n == nil {
		return s.offsetBy(1, 0, m)
	}
	return s.offsetBy(n.num, 0, m)
}
