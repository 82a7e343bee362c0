package clinic

import (
	"fmt"
	"time"
)

// Date is a day of the calendar, in no zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateRange is the days from From to To, both included.
type DateRange struct{ From, To Date }

// Span is a stretch of one day in wall-clock minutes from its midnight: 0 ≤ From < 1440,
// From < To ≤ 2880. A To past 1440 lies in the following day.
type Span struct{ From, To int }

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("date %q: expected a day such as 2026-12-31", s)
	}
	return dateOf(t), nil
}

func dateOf(t time.Time) Date { y, m, d := t.Date(); return Date{y, m, d} }

// String writes YYYY-MM-DD.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) (err error) { *d, err = ParseDate(string(b)); return err }

func (d Date) noon() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// Weekday tells the day of the week.
func (d Date) Weekday() time.Weekday { return d.noon().Weekday() }

// AddDays returns the day n days later, earlier for a negative n.
func (d Date) AddDays(n int) Date { return dateOf(d.noon().AddDate(0, 0, n)) }

// Compare is negative, zero or positive as d is before, the same as, or after e.
func (d Date) Compare(e Date) int { return d.noon().Compare(e.noon()) }

// Number counts days from 1970-01-01; following days have following numbers.
func (d Date) Number() int { return int((d.noon().Unix() - 43200) / 86400) }

// Has reports whether the day lies in the range.
func (r DateRange) Has(d Date) bool { return r.From.Compare(d) <= 0 && d.Compare(r.To) <= 0 }

// Date tells which day it is in the house at the instant t.
func (c *Clinic) Date(t time.Time) Date { return dateOf(t.In(c.Location)) }

// Minute tells the wall-clock minutes since midnight in the house at the instant t.
func (c *Clinic) Minute(t time.Time) int {
	t = t.In(c.Location)
	return t.Hour()*60 + t.Minute()
}

// At returns the instant, in UTC, at which the house's clock shows the minute of the day
// (minutes past 1440 lie in the following days). A time that the clock shows twice means
// its first showing; one that it skips means the instant of the skip. So spans that meet
// on the wall meet in time, and none has a negative length.
func (c *Clinic) At(d Date, minute int) time.Time {
	wall := time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, time.UTC).Unix()
	before := c.offset(wall - 86400)
	after := c.offset(wall + 86400)
	early, late := wall-max(before, after), wall-min(before, after)
	for _, at := range []int64{early, late} {
		if at+c.offset(at) == wall {
			return time.Unix(at, 0).UTC()
		}
	}
	_, skip := time.Unix(early, 0).In(c.Location).ZoneBounds()
	return skip.UTC()
}

// offset is seconds east of UTC at the instant.
func (c *Clinic) offset(unix int64) int64 {
	_, east := time.Unix(unix, 0).In(c.Location).Zone()
	return int64(east)
}

// IsClosed reports whether the whole house is closed that day.
func (c *Clinic) IsClosed(d Date) bool {
	for _, r := range c.Closed {
		if r.Has(d) {
			return true
		}
	}
	return false
}

// Open lists when the branch is open in the working day that begins on d: its hours,
// nothing on a closed day, nothing for an unknown branch. A night that began the day
// before a closed day is still worked to its end.
func (c *Clinic) Open(branch string, d Date) []Span {
	b, ok := c.branches[branch]
	if !ok || c.IsClosed(d) {
		return nil
	}
	return b.Hours.On(d.Year, d.Month, d.Day)
}
