package when

// mergeClocks: an hour and a part of the day said of the same time.
func (s *scan) mergeClocks(w *wish, a *atom) bool {
	old := &w.clock
	switch {
	case a.kind == aPod && old.kind != "" && a.bound == bAt && w.edge != bAfter:
		if old.from.pod == 0 && !(old.kind == At && old.from.sure) {
			old.from.pod = a.clock.pod
		}
		if old.to.pod == 0 {
			old.to.pod = a.clock.pod
		}
		return true
	case a.kind == aClock && old.kind == "": // «после обеда, часа в три»
		pod := old.pod
		*old, w.edge = a.clock, a.bound
		if old.from.pod == 0 {
			old.from.pod = pod
		}
		if old.to.pod == 0 {
			old.to.pod = pod
		}
		return true
	case a.kind == aClock && a.clock.kind == At && old.kind == At && w.edge == bAfter && a.bound == bTill,
		a.kind == aClock && a.clock.kind == At && old.kind == At && w.edge == bFrom && a.bound == bTill:
		old.kind, old.to, w.edge = Between, a.clock.from, bAt
		return true
	}
	return false
}

// mergeDays: a weekday and its date, a week or month and a day in it.
func (s *scan) mergeDays(a, b dayPart, gap gap) (dayPart, bool) {
	if gap.or {
		return a, false
	}
	if !b.fixed && a.fixed {
		return s.within(a, b, gap)
	}
	if !a.fixed && b.fixed {
		return s.within(b, a, gap)
	}
	if !a.fixed {
		switch {
		case a.weekday > 0 && a.dom == 0 && b.dom > 0 && b.weekday == 0, a.dom > 0 && a.weekday == 0 && b.weekday > 0 && b.dom == 0:
			a.weekday, a.dom = max(a.weekday, b.weekday), max(a.dom, b.dom)
			_, ok := s.weekdayAndNumber(a.weekday, a.dom, s.today)
			return a, ok
		}
		return a, a.weekday == b.weekday && a.dom == b.dom
	}
	switch {
	case a.dates == b.dates:
		return a, true
	case a.frame && !b.frame && inside(b.dates, a.dates):
		return b, true
	case b.frame && !a.frame && inside(a.dates, b.dates):
		return a, true
	case a.frame && b.frame && inside(b.dates, a.dates):
		return b, true
	case a.frame != b.frame && a.other != nil && inside(*a.other, b.dates):
		a.dates, a.other = *a.other, nil
		return a, true
	}
	return a, false
}

func inside(a, b [2]Date) bool { return !a[0].Before(b[0]) && !b[1].Before(a[1]) }

// within fixes an open day by a fixed one: «на следующей неделе в среду», «через
// месяц во вторник», «среда, 25 ноября».
func (s *scan) within(fixed, open dayPart, gap gap) (dayPart, bool) {
	first, last := fixed.dates[0], fixed.dates[1]
	switch {
	case fixed.frame && open.weekday > 0:
		day := first.onOrAfter(open.weekday)
		if last.Before(day) {
			return fixed, false
		}
		open.fix(day)
		return open, true
	case fixed.frame && fixed.month && open.dom > 0:
		day := Date{first.Year, first.Month, 1}.nextDay(open.dom)
		open.fix(day)
		return open, inside(open.dates, [2]Date{{first.Year, first.Month, 1}, last})
	case fixed.frame && open.dom > 0:
		day := first.nextDay(open.dom)
		open.fix(day)
		return open, inside(open.dates, fixed.dates)
	case fixed.anchor && open.weekday > 0:
		open.fix(first.monday().plus(open.weekday - 1))
		return open, !open.dates[0].Before(s.today)
	case first != last:
		return fixed, false
	case open.dom > 0:
		return fixed, first.Day == open.dom && (open.weekday == 0 || open.weekday == first.weekdayNumber())
	case first.weekdayNumber() == open.weekday:
		return fixed, true
	case fixed.yearless && gap.words == 0 && !gap.or && !gap.and:
		// «пятница, 24 ноября» where the 24th is no Friday: the date, but ask
		day := s.today.nextWeekday(open.weekday)
		fixed.other = &[2]Date{day, day}
		return fixed, true
	}
	return fixed, false
}

// correct makes the group before one that was taken back, and lets the new one keep
// what was not corrected.
func (s *scan) correct(old, next *group, gap gap) {
	was, is := &old.wishes[len(old.wishes)-1], &next.wishes[0]
	if gap.words > maxGap {
		return
	}
	conflict := was.day.set && is.day.set || was.clock.set && is.clock.set
	if gap.fix && conflict && !old.negated {
		old.negated = true
	}
	if was.bound == bFrom && conflict && !old.negated && gap.words == 0 && next.parts[0][0] == old.last {
		old.negated = true // «с пятницы на субботу»
		was.bound = bAt
	}
	if !old.negated {
		return
	}
	if !is.day.set && was.day.set && (was.clock.set && is.clock.set) {
		is.day, is.bound = was.day, was.bound
	}
	if !is.clock.set && was.clock.set && !old.refused && !gap.move && is.day.set && was.day.set {
		is.clock, is.edge = was.clock, was.edge
	}
}
