package when

import "okoshko/assistant/nlu/token"

// readings turns groups into what is told.
func (s *scan) readings(groups []group) []Reading {
	out := make([]Reading, 0, len(groups))
	for i := range groups {
		g := &groups[i]
		r, ok := s.reading(g)
		if !ok {
			continue
		}
		out = append(out, r)
	}
	return out
}

func (s *scan) reading(g *group) (Reading, bool) {
	s.share(g.wishes)
	var all, unlikely []Constraint
	ask := false
	for i := range g.wishes {
		before := len(all)
		all, unlikely = s.constraints(all, unlikely, &g.wishes[i])
		ask = ask || len(all) > before+1
	}
	all = append(all, unlikely...)
	if len(all) == 0 {
		if !g.same && !g.nearest {
			return Reading{}, false
		}
		all = append(all, Constraint{})
	}
	for i := range all {
		all[i].Same, all[i].Nearest, all[i].Shift = g.same, g.nearest, g.shift
	}
	r := Reading{Constraint: all[0], Negated: g.negated, Except: g.except, Ask: ask, Rule: g.rule}
	for i := 1; i < len(all) && i <= maxAlternatives; i++ {
		r.Alternatives = append(r.Alternatives, all[i])
	}
	r.Start, r.End = s.bytes(g.first, g.last)
	for _, p := range g.parts {
		start, end := s.bytes(p[0], p[1])
		r.Parts = append(r.Parts, [2]int{start, end})
	}
	r.Quote = token.Quote(s.tokens[s.items[g.first].first], s.tokens[s.items[g.last-1].last-1])
	return r, true
}

// maxAlternatives bounds what can be asked back.
const maxAlternatives = 6

// bytes gives where items stand in the text.
func (s *scan) bytes(first, last int) (start, end int) {
	return s.tokens[s.items[first].first].Start, s.tokens[s.items[last-1].last-1].End
}

// share gives each wish what it has from its neighbours: «в среду или в четверг после
// двух», «завтра в 10 или в 11».
func (s *scan) share(wishes []wish) {
	for i := len(wishes) - 2; i >= 0; i-- {
		w, next := &wishes[i], &wishes[i+1]
		if !w.clock.set && next.clock.set && next.day.set {
			w.clock, w.edge = next.clock, next.edge
		}
	}
	for i := 1; i < len(wishes); i++ {
		sharePart(&wishes[i-1].clock, &wishes[i].clock)
		sharePart(&wishes[i].clock, &wishes[i-1].clock)
		if w, before := &wishes[i], &wishes[i-1]; !w.day.set {
			w.day, w.bound = before.day, before.bound
		}
	}
	for i := len(wishes) - 2; i >= 0; i-- {
		if w, next := &wishes[i], &wishes[i+1]; !w.day.set {
			w.day, w.bound = next.day, next.bound
		}
	}
}

// sharePart: «в 7 вечера или в 8», «в 7 или в 8 вечера».
func sharePart(from, to *clockPart) {
	if from.kind == At && to.kind == At && from.from.pod > 0 && to.from.pod == 0 && !to.from.sure {
		to.from.pod = from.from.pod
	}
}

// constraints adds the meanings of one wish, the likeliest first; those not worth a
// question go to unlikely.
func (s *scan) constraints(all, unlikely []Constraint, w *wish) (likely, rest []Constraint) {
	var choices [3]*[2]Date
	n := 0
	if w.day.set {
		n = s.datesOfWish(w, &choices)
		if n == 0 {
			return all, unlikely
		}
	} else {
		n = 1
	}
	alone := w.day.dom > 0 && w.day.weekday == 0 && !w.day.fixed && w.bound == bAt
	for _, dates := range choices[:n] {
		if !w.clock.set {
			all = append(all, Constraint{Dates: dates, Monthless: alone})
			continue
		}
		first, second, dates := s.clocks(w, dates)
		all = append(all, Constraint{Dates: dates, Time: first, Monthless: alone})
		if second != nil {
			all = append(all, Constraint{Dates: dates, Time: second, Monthless: alone})
		}
	}
	if dates := choices[0]; dates != nil && w.bound == bTill && dates[0] != dates[1] && !w.clock.set {
		unlikely = append(unlikely, deadline(dates[1]))
	}
	if p := w.clock.from; w.clock.kind == At && p.written && w.edge == bAt {
		if at := clockText(p.minutes); all[len(all)-1].Time.From != at {
			unlikely = append(unlikely, Constraint{Dates: all[len(all)-1].Dates, Time: clockOf(At, p.minutes)})
		}
	}
	return all, unlikely
}

// datesOfWish fixes the day of a wish and its other meaning.
func (s *scan) datesOfWish(w *wish, choices *[3]*[2]Date) int {
	d := w.day
	dates, ok := s.settle(d, s.today)
	if !ok {
		return 0
	}
	var other *[2]Date
	switch {
	case d.fixed:
		other = d.other
	case d.weekday > 0 && d.dom == 0:
		day, today := sameWeekday(s.today, d.weekday)
		dates = [2]Date{day, day}
		if today && w.bound == bAt {
			other = &[2]Date{s.today, s.today}
		}
	}
	dates, ok = s.bounded(dates, w.bound, d.ending)
	if !ok || !s.near(dates) {
		return 0
	}
	choices[0] = &dates
	if other == nil || !s.near(*other) {
		return 1
	}
	bounded, _ := s.bounded(*other, w.bound, false)
	choices[1] = &bounded
	return 2
}

// bounded applies «до», «с» and «после» to days.
func (s *scan) bounded(dates [2]Date, b bound, ending bool) ([2]Date, bool) {
	switch b {
	case bFrom:
		if dates[0] == dates[1] {
			dates[1] = dates[0].plus(openDays)
		}
	case bAfter:
		dates = [2]Date{dates[1].plus(1), dates[1].plus(1 + openDays)}
	case bTill, bThru:
		last := dates[1]
		if dates[0] != dates[1] && s.today.Before(dates[0]) && !ending { // «до выходных», «до декабря»
			last = dates[0].plus(-1)
		}
		dates = [2]Date{s.today, last}
	}
	return dates, !dates[1].Before(dates[0])
}

// near bounds dates: ten years, whatever was written.
func (s *scan) near(dates [2]Date) bool {
	return dates[0].Year >= s.today.Year-1 && dates[1].Year <= s.today.Year+11
}

// clocks gives the time of a wish, its other half of the day where both are open, and
// the dates, which are tomorrow where a part of today is over.
func (s *scan) clocks(w *wish, dates *[2]Date) (first, second *Clock, on *[2]Date) {
	c := &w.clock
	open := s.Hours.open(dates)
	switch {
	case c.kind == "":
		first = s.partWindow(c.pod, w.edge, open)
		if dates == nil && first.Kind == Between && c.pod != podNight && first.To < clockText(s.minute()) {
			tomorrow := s.today.plus(1)
			dates = &[2]Date{tomorrow, tomorrow}
		}
		return first, nil, dates
	case c.kind == Between:
		from, to := spread(c.from, c.to, open)
		return &Clock{Kind: Between, From: clockText(from), To: clockText(to)}, nil, dates
	}
	minutes, other, both := s.half(c.from, open, dates)
	kind := c.kind
	switch w.edge {
	case bFrom, bAfter:
		kind = After
	case bTill:
		kind = Before
	}
	first = clockOf(kind, minutes)
	if both {
		second = clockOf(kind, other)
	}
	return first, second, dates
}

func clockOf(kind string, minutes int) *Clock {
	if kind == Before {
		return &Clock{Kind: Before, To: clockText(minutes)}
	}
	return &Clock{Kind: kind, From: clockText(minutes)}
}

func (s *scan) minute() int { return s.Now.Hour()*60 + s.Now.Minute() }

// partWindow gives a part of the day as a time; with a bound what that means.
func (s *scan) partWindow(pod int, edge bound, open Span) *Clock {
	switch e := edges[pod]; {
	case edge == bTill && e.before > 0:
		return &Clock{Kind: Before, To: clockText(e.before)}
	case edge == bAfter && e.after > 0:
		pod = e.after
	case edge == bFrom && pod == podLunch:
		pod = podAfternoon
	}
	w := windows[pod]
	from, to := w.from, w.to
	if w.opening && open.From < to {
		from = max(min(from, open.From), 5*60)
		if open.From > w.from {
			from = open.From
		}
	}
	if w.closing && open.To > from {
		to = open.To
	}
	return &Clock{Kind: Between, From: clockText(from), To: clockText(to)}
}

// half decides which half of the day a point is in; both holds where the house is
// open at either.
func (s *scan) half(p point, open Span, dates *[2]Date) (minutes, other int, both bool) {
	hour, rest := p.minutes/60, p.minutes%60
	if p.pod > 0 && hour <= 12 {
		return halfByPart(hour, p.pod)*60 + rest, 0, false
	}
	if p.sure || hour > 12 || hour == 12 || p.pod < 0 {
		return p.minutes, 0, false
	}
	am, pm, small := bothHalves(hour)
	am, pm = am+rest, pm+rest
	inAm, inPm := open.From <= am && am < open.To, open.From <= pm && pm < open.To
	today := dates != nil && dates[0] == s.today && dates[1] == s.today
	switch {
	case inAm && inPm && today && am <= s.minute() && pm > s.minute():
		return pm, 0, false
	case inAm && inPm:
		return am, pm, true
	case inAm:
		return am, 0, false
	case inPm, small:
		return pm, 0, false
	}
	return am, 0, false
}

// spread chooses the halves of the day of both ends so that the range lies in the
// opening hours and is short: «с 11 до 2», «с 9 до 5», «с 10 до 11 вечера».
func spread(a, b point, open Span) (from, to int) {
	best, bestCost := [2]int{a.minutes, b.minutes}, 1<<30
	for _, f := range halves(a, b.pod) {
		for _, t := range halves(b, 0) {
			if t <= f {
				continue
			}
			cost := t - f
			if f < open.From {
				cost += 2000 + open.From - f
			}
			if t > open.To {
				cost += 2000 + t - open.To
			}
			if cost < bestCost {
				best, bestCost = [2]int{f, t}, cost
			}
		}
	}
	return best[0], best[1]
}

// halves are the minutes a point may mean; the part of the day said with the other
// end counts where none was said with this one and it comes before it.
func halves(p point, otherPod int) []int {
	hour, rest := p.minutes/60, p.minutes%60
	switch {
	case p.pod > 0 && hour <= 12:
		m := halfByPart(hour, p.pod)*60 + rest
		if m == 0 {
			return []int{0, 24 * 60}
		}
		return []int{m}
	case p.sure || hour >= 12 || p.pod < 0:
		if p.minutes == 0 {
			return []int{0, 24 * 60}
		}
		return []int{p.minutes}
	}
	return []int{p.minutes, p.minutes + 12*60}
}
