package when

import (
	"fmt"
	"time"
)

// dayOf gives the calendar day of an instant in its own zone.
func dayOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// MarshalText writes the day as "2026-11-25".
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("when: %q is no date: %w", text, err)
	}
	*d = dayOf(t)
	return nil
}

// String is "2026-11-25".
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Time is the instant of a wall-clock minute of that day.
func (d Date) Time(minutes int, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, minutes, 0, 0, zone)
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Before orders days.
func (d Date) Before(other Date) bool { return d.number() < other.number() }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// number orders days; it is no count of days.
func (d Date) number() int { return d.Year*400 + int(d.Month)*32 + d.Day }

func (d Date) plus(days int) Date { return dayOf(d.utc().AddDate(0, 0, days)) }

// plusMonths goes to the same day of a later month, or to its last day where that
// month is shorter.
func (d Date) plusMonths(months int) Date {
	first := Date{d.Year, d.Month, 1}
	first = dayOf(first.utc().AddDate(0, months, 0))
	first.Day = min(d.Day, daysIn(first.Year, first.Month))
	return first
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// weekdayNumber counts Monday as 1, Sunday as 7.
func (d Date) weekdayNumber() int { return (int(d.Weekday())+6)%7 + 1 }

// monday is the first day of d's week.
func (d Date) monday() Date { return d.plus(1 - d.weekdayNumber()) }

// nextWeekday is the first such weekday after d.
func (d Date) nextWeekday(weekday int) Date {
	ahead := (weekday - d.weekdayNumber() + 7) % 7
	if ahead == 0 {
		ahead = 7
	}
	return d.plus(ahead)
}

// onOrAfter is the first such weekday not before d.
func (d Date) onOrAfter(weekday int) Date {
	return d.plus((weekday - d.weekdayNumber() + 7) % 7)
}

// clockText writes minutes after midnight as "15:04".
func clockText(minutes int) string {
	minutes = max(0, min(minutes, 24*60))
	h, m := minutes/60, minutes%60
	return string([]byte{byte('0' + h/10), byte('0' + h%10), ':', byte('0' + m/10), byte('0' + m%10)})
}

// open gives the opening hours of the dates as one span; where no day is named, of
// the whole week.
func (h Hours) open(dates *[2]Date) Span {
	set := false
	for _, spans := range h {
		set = set || len(spans) > 0
	}
	if !set {
		return Span{8 * 60, 21 * 60}
	}
	var all Span
	add := func(spans []Span) {
		for _, s := range spans {
			if all.To == 0 {
				all = s
			}
			all.From, all.To = min(all.From, s.From), max(all.To, s.To)
		}
	}
	if dates != nil {
		for d, n := dates[0], 0; n < 7 && !dates[1].Before(d); n++ {
			add(h[d.Weekday()])
			d = d.plus(1)
		}
	}
	if all.To == 0 {
		for _, spans := range h {
			add(spans)
		}
	}
	return all
}
