package console

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
)

// board is time from above to below and lanes beside one another: a day with a lane
// for each specialist, or a specialist's week with one for each day. On a narrow
// screen the same lanes are lists.
type board struct {
	Lanes []lane
	Hours []hourMark
	Tall  bool // some visit is too short for the usual height
	from  time.Time
	to    time.Time
}

// hourMark is a line of the scale.
type hourMark struct {
	Row   int
	Label string
}

// lane is one specialist's day.
type lane struct {
	Specialist, Name, Branch string
	Day                      time.Time
	Today                    bool
	Hours                    []span // when visitors are received
	Items                    []item // by start
	Visits, Asked            int    // appointments, those of them that wait for a decision
	cards                    []assistant.AppointmentCard
}

type span struct {
	From, To  time.Time
	Row, Span int
}

// item stands in a lane at its time. Kind is visit, busy (a block), away, shut,
// break or now.
type item struct {
	Kind      string
	From, To  time.Time
	Label     string
	Card      *assistant.AppointmentCard
	Row, Span int
	Part, Of  int  // which of so many that stand beside one another, from 0
	Whole     bool // lasts all day
	Clash     bool // a visit where there is no reception
}

// A row of the board is five minutes. The style sheet calendar.css has classes for
// so many rows and for spans of so many; what lies beyond is cut.
const (
	rowTime  = 5 * time.Minute
	mostRows = 36 * 12
	mostSpan = 24 * 12
	mostPart = 4

	// short is the visit that needs a taller board.
	short = 20 * time.Minute
)

// layout gives everything its rows, between the first hour and the last in which
// something is.
func (b *board) layout(now time.Time) {
	b.frame()
	if b.from.IsZero() {
		return
	}
	for at := b.from; at.Before(b.to); at = at.Add(time.Hour) {
		b.Hours = append(b.Hours, hourMark{b.row(at, b.from), at.Format("15:04")})
	}
	for i := range b.Lanes {
		l := &b.Lanes[i]
		origin := midnight(l.Day).Add(b.from.Sub(midnight(b.from)))
		if l.Today && !now.Before(origin) && now.Before(origin.Add(b.to.Sub(b.from))) {
			l.Items = append(l.Items, item{Kind: "now", From: now, To: now.Add(rowTime)})
		}
		slices.SortStableFunc(l.Items, func(x, y item) int { return x.From.Compare(y.From) })
		for n := range l.Hours {
			l.Hours[n].Row, l.Hours[n].Span = b.place(l.Hours[n].From, l.Hours[n].To, origin)
		}
		for n := range l.Items {
			l.Items[n].Row, l.Items[n].Span = b.place(l.Items[n].From, l.Items[n].To, origin)
			b.Tall = b.Tall || l.Items[n].Kind == "visit" && l.Items[n].To.Sub(l.Items[n].From) < short
		}
		beside(l.Items)
	}
}

// frame finds the hours that the board shows. Lanes of other days count by their
// clock.
func (b *board) frame() {
	first, last := 24*time.Hour, time.Duration(0)
	grow := func(day, from, to time.Time) {
		first, last = min(first, from.Sub(midnight(day))), max(last, to.Sub(midnight(day)))
	}
	for _, l := range b.Lanes {
		for _, s := range l.Hours {
			grow(l.Day, s.From, s.To)
		}
		for _, one := range l.Items {
			if one.Kind == "visit" || one.Kind == "busy" {
				grow(l.Day, one.From, one.To)
			}
		}
	}
	if first >= last {
		return
	}
	first, last = max(0, first.Truncate(time.Hour)), min(last, mostRows*rowTime)
	if rest := last % time.Hour; rest > 0 {
		last += time.Hour - rest
	}
	day := midnight(b.Lanes[0].Day)
	b.from, b.to = day.Add(first), day.Add(last)
}

func (b *board) row(at, origin time.Time) int { return int(at.Sub(origin) / rowTime) }

// place is the row of a time and how many rows it covers, cut to the board.
func (b *board) place(from, to, origin time.Time) (row, rows int) {
	last := b.row(b.to, b.from)
	row = max(0, b.row(from, origin))
	end := min(last, int((to.Sub(origin)+rowTime-1)/rowTime), row+mostSpan)
	return min(row, last), max(1, end-row)
}

// beside puts visits and blocks that overlap beside one another.
func beside(items []item) {
	solid := func(i item) bool { return i.Kind == "visit" || i.Kind == "busy" }
	for i := 0; i < len(items); {
		if !solid(items[i]) {
			i++
			continue
		}
		end, group := items[i].To, []int{}
		j := i
		for ; j < len(items) && (len(group) == 0 || items[j].From.Before(end)); j++ {
			if solid(items[j]) {
				group = append(group, j)
				end = latest(end, items[j].To)
			}
		}
		spread(items, group)
		i = j
	}
}

// spread gives each of a group the first column that is free at its beginning.
func spread(items []item, group []int) {
	var ends []time.Time
	for _, n := range group {
		at := slices.IndexFunc(ends, func(end time.Time) bool { return !items[n].From.Before(end) })
		if at < 0 {
			at, ends = len(ends), append(ends, time.Time{})
		}
		ends[at] = items[n].To
		items[n].Part = min(at, mostPart-1)
	}
	for _, n := range group {
		items[n].Of = min(len(ends), mostPart)
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// lanes fills a lane with what is in its day: hours, breaks, exceptions, visits.
func (l *lane) fill(openings []assistant.Opening, exceptions []booking.Exception, zone *time.Location, branch string) {
	day := midnight(l.Day)
	end := day.AddDate(0, 0, 1)
	for _, o := range openings {
		if o.Specialist == l.Specialist && o.From.Before(end) && day.Before(o.To) && !o.From.Before(day) {
			l.Hours = append(l.Hours, span{From: o.From, To: o.To})
		}
	}
	for _, e := range exceptions {
		if kind := l.concerns(e, branch); kind != "" && e.From.Before(end) && day.Before(e.To) {
			l.Items = append(l.Items, item{
				Kind: kind, From: latest(e.From.In(zone), day), To: earliest(e.To.In(zone), end), Label: exceptionLabel(e),
				Whole: !e.From.After(day) && !e.To.Before(end),
			})
		}
	}
	l.breaks()
	for i := range l.cards {
		c := &l.cards[i]
		one := item{Kind: "visit", From: c.Start.In(zone), To: c.End.In(zone), Card: c}
		one.Clash = (c.Status == "requested" || c.Status == "confirmed") && l.closed(one)
		l.Items = append(l.Items, one)
		l.Visits++
		if c.Status == "requested" {
			l.Asked++
		}
	}
}

// closed reports whether a visit stands outside the hours, or in what takes them away.
func (l *lane) closed(visit item) bool {
	within := slices.ContainsFunc(l.Hours, func(s span) bool { return !visit.From.Before(s.From) && !s.To.Before(visit.To) })
	return !within || slices.ContainsFunc(l.Items, func(o item) bool {
		return o.Kind != "visit" && o.Kind != "break" && o.From.Before(visit.To) && visit.From.Before(o.To)
	})
}

// concerns says how an exception shows in the lane; "" where it does not.
func (l *lane) concerns(e booking.Exception, branch string) string {
	switch {
	case e.Kind == booking.Absence && e.Specialist == l.Specialist:
		return "away"
	case e.Kind == booking.Closure && (e.Branch == "" || e.Branch == branch):
		return "shut"
	case e.Kind == booking.Block && e.Specialist == l.Specialist:
		return "busy"
	}
	return ""
}

// breaks are the times between hours that no exception explains.
func (l *lane) breaks() {
	for i := 1; i < len(l.Hours); i++ {
		from, to := l.Hours[i-1].To, l.Hours[i].From
		explained := slices.ContainsFunc(l.Items, func(one item) bool { return one.From.Before(to) && from.Before(one.To) && one.Kind != "busy" })
		if !explained {
			l.Items = append(l.Items, item{Kind: "break", From: from, To: to, Label: "Перерыв"})
		}
	}
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// empty reports whether there is nothing in the lane that anybody would look for.
func (l *lane) empty() bool { return len(l.Hours) == 0 && len(l.Items) == 0 }

// laneOf makes the lane of a specialist's day.
func laneOf(s *clinic.Specialist, c *clinic.Clinic, day time.Time, today bool, cards []assistant.AppointmentCard) lane {
	l := lane{Specialist: s.ID, Name: s.Name.In("ru"), Day: day, Today: today}
	if b, ok := c.Branch(s.Branch); ok && len(c.Branches) > 1 {
		l.Branch = b.Name.In("ru")
	}
	for _, a := range cards {
		if a.SpecialistID == s.ID && midnight(a.Start.In(day.Location())).Equal(midnight(day)) {
			l.cards = append(l.cards, a)
		}
	}
	slices.SortStableFunc(l.cards, func(x, y assistant.AppointmentCard) int {
		return cmp.Or(x.Start.Compare(y.Start), strings.Compare(x.Number, y.Number))
	})
	return l
}
