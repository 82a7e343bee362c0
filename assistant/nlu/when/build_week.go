package when

import "time"

// weekdayWeek: British "Friday week", "a week on Friday", "two weeks on Friday".
func weekdayWeek(s *scan, m match) (atom, bool) {
	it, weeks := m.nth(s, cWeekday, 0), m.nth(s, cWeek, 0)
	count := max(weeks.val, 1)
	if n := m.nth(s, cNum, 0); n != nil {
		count *= n.num
	}
	if it.lang != "en" || weeks.lang != "en" || count < 1 || count > 12 || !s.follows(m.last, false) || s.item(m.last).is(cOf|cNum|cAfter|cFrom) {
		return atom{}, false
	}
	switch s.text(m.first - 1) {
	case "once", "twice", "times", "every", "days", "hours":
		return atom{}, false // how often
	}
	return oneDay(s.today.nextWeekday(it.val).plus(7 * count)), true
}

// weekDays are the rows that name a week by one of its days.
var weekDays = compile([]rule{
	{"date.written", "month num|ord", monthDay},
	{"date.written", "num|ord of? month", dayMonth},
	{"date.figures", "num ~dot ~num", dateFigures},
	{"date.day", "num|ord date", dayOfMonth},
	{"date.day", "ord", dayAlone},
})

// weekOfDate: "the week of October 6th", "the week starting on February 4", «на неделе
// с 7 декабря», «7 декабрь атнасында»: the week of the day behind or before it.
func weekOfDate(s *scan, m match) (atom, bool) {
	if month := m.nth(s, cMonth, 0); month != nil {
		a, ok := dayMonth(s, m)
		return s.weekAround(a, ok && s.lang(m.last-1) == "tt")
	}
	if week := m.nth(s, cWeek, 0); week.val != 0 || week.lang == "en" && !s.items[m.first].the && !s.item(m.first-1).is(cOn|cIn) {
		return atom{}, false
	}
	next := match{first: m.last}
	for r := range weekDays {
		rule := &weekDays[r]
		next.n = 0
		if !s.match(rule.elements, m.last, &next) || s.item(next.last).is(cTill|cThru|cDash) {
			continue
		}
		if a, ok := rule.build(s, next); ok {
			a, ok = s.weekAround(a, true)
			a.taken = next.last
			return a, ok
		}
	}
	return atom{}, false
}

// weekAround is the week of the day that an atom names, Monday to Sunday. A week named
// by a Sunday is the one that it begins: so say those whose weeks begin on it.
func (s *scan) weekAround(a atom, ok bool) (atom, bool) {
	if !ok {
		return atom{}, false
	}
	dates, ok := s.settle(a.day, s.today)
	day := dates[0]
	if !ok || dates[1] != day {
		return atom{}, false
	}
	if day.Weekday() == time.Sunday {
		day = day.plus(1)
	}
	return s.notPast([2]Date{day.monday(), day.monday().plus(6)}, partBegin)
}

// weekOfMonth: "the first week of December", «в последнюю неделю ноября».
func weekOfMonth(s *scan, m match) (atom, bool) {
	n, last := m.nth(s, cOrd, 0), m.nth(s, cLast, 0)
	whole := s.monthFrame(boolInt(m.has(s, cNext)))
	if month := m.nth(s, cMonth, 0); month != nil {
		whole = s.monthFrame((month.val - int(s.today.Month) + 12) % 12)
	} else if !m.has(s, cMonthUnit) {
		return atom{}, false
	}
	if m.nth(s, cWeek, 0).val != 0 || last == nil && (n.num < 1 || n.num > 4) {
		return atom{}, false
	}
	days := daysOfWeek(whole.day.dates[0], boolInt(last == nil)*numOf(n))
	return s.notPast(days, partBegin)
}

func numOf(it *item) int {
	if it == nil {
		return 0
	}
	return it.num
}

// offsetHalf: "in an hour and a half", "in two and a half hours», «бер сәгать ярымнан»,
// "in a week and a half", «через две с половиной недели».
func offsetHalf(s *scan, m match) (atom, bool) {
	half, n := m.nth(s, cHalf, 0), m.nth(s, cNum, 0)
	hours := 1
	if n != nil {
		hours = n.num
	}
	via := m.nth(s, cVia, 0)
	if hours > 12 || via == nil && (!half.is(cLater) || half.lang != "tt") || via != nil && half.val != 1 && s.text(m.last-2) != "половиной" {
		return atom{}, false
	}
	if m.has(s, cWeek|cMonthUnit) {
		return s.offsetBy(hours, 5, m)
	}
	return s.instant(time.Duration(60*hours+30)*time.Minute, 13*60)
}
