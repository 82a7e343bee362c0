package when

import (
	"strings"
	"time"

	"okoshko/assistant/nlu/token"
)

// Unreal are words that name a day on which nobody can come.
type Unreal struct {
	Start, End int  // bytes of the text
	Past       bool // the day is over («вчера», "last Friday"); else no calendar has it («32 декабря»)
}

// pastDays are words that name a past day alone; other words of the past need a weekday,
// week or month beside them.
var pastDays = map[string]bool{
	"вчера": true, "позавчера": true, "вчерашний": true, "yesterday": true, "кичә": true,
}

// FindUnreal gives the first day in the tokens that is over or that no calendar has. It
// does not know whether the visitor speaks of a visit: that is the caller's to judge.
func FindUnreal(tokens []token.Token, c Context) (Unreal, bool) {
	if len(tokens) == 0 || len(tokens) > maxTokens {
		return Unreal{}, false
	}
	tokens = asTyped(tokens)
	s := &scan{Context: c, tokens: tokens, items: itemize(tokens), today: dayOf(c.Now)}
	for i := range s.items {
		if last := s.past(i); last > 0 {
			start, end := s.bytes(i, last)
			return Unreal{start, end, true}, true
		}
		if last := s.inNoCalendar(i); last > 0 {
			start, end := s.bytes(i, last)
			return Unreal{start, end, false}, true
		}
	}
	return Unreal{}, false
}

// past gives where a day of the past that begins at item i ends, 0 for none. «Последняя
// пятница» may be that of a month to come.
func (s *scan) past(i int) (last int) {
	it, next := &s.items[i], s.item(i+1)
	switch {
	case !it.is(cLast) || strings.HasPrefix(it.text, "последн"):
		return 0
	case pastDays[it.text]:
		return i + 1
	case next.is(cWeekday | cWeek | cMonth | cMonthUnit | cWeekend):
		return i + 2
	}
	return 0
}

// inNoCalendar gives where a day and month that do not go together end, 0 for none. A
// month that is one day too short is read as the day after it, see overflow.
func (s *scan) inNoCalendar(i int) (last int) {
	a := &s.items[i]
	k := i + 1
	for s.item(k).is(cOf|cDay) || s.item(k).is(cDot|cSlash) && a.is(cNum) && s.item(k).glued {
		k++
	}
	b := s.item(k)
	day, month := a, b
	switch {
	case a.is(cNum|cOrd) && b.is(cMonth):
		return s.never(day.num, month.val, day, k+1)
	case a.is(cMonth) && b.is(cNum|cOrd) && k == i+1 && (a.lang != "ru" || b.is(cOrd)):
		return s.never(b.num, a.val, b, k+1)
	case a.is(cNum) && b.is(cNum) && k == i+2 && a.figures == 2 && b.figures == 2 && b.glued:
		return s.never(a.num, b.num, a, k+1)
	}
	return 0
}

func (s *scan) never(day, month int, number *item, last int) int {
	if month < 1 || month > 12 || day < 29 || day > 99 || number.figures > 2 || day == 31 && month != 2 {
		return 0
	}
	years := [2]int{s.today.Year, s.today.Year + 1}
	at := last
	for s.item(at).is(cDot | cSlash | cComma) {
		at++
	}
	if y := s.item(at); y.is(cNum) && y.figures == 4 {
		years, last = [2]int{y.num, y.num}, at+1
	}
	for _, year := range years {
		d := Date{year, time.Month(month), day}
		if day <= daysIn(year, d.Month) && !(years[0] != years[1] && d.Before(s.today)) {
			return 0
		}
	}
	return last
}
