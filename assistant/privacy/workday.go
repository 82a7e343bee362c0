package privacy

import "time"

// holidays are the days of the year on which nobody in Russia has to work
// (Labour Code, article 112), as month and day. Days that a year's decree moves
// are not among them: see reserve.
var holidays = map[[2]int]bool{
	{1, 1}: true, {1, 2}: true, {1, 3}: true, {1, 4}: true, {1, 5}: true, {1, 6}: true, {1, 7}: true, {1, 8}: true,
	{2, 23}: true, {3, 8}: true, {5, 1}: true, {5, 9}: true, {6, 12}: true, {11, 4}: true,
}

// reserve is how many working days sooner than the law says a deadline is set. A
// year's decree makes a working day of a Saturday once or twice; never of two
// in the ten days that are the longest we count.
const reserve = 1

// Workday reports whether people work on the day of t, in t's zone.
func Workday(t time.Time) bool {
	if d := t.Weekday(); d == time.Saturday || d == time.Sunday {
		return false
	}
	return !holidays[[2]int{int(t.Month()), t.Day()}]
}

// AfterWorkdays returns the end (the midnight that follows) of the nth working
// day after the day of t, in t's zone. n is at least 1.
func AfterWorkdays(t time.Time, n int) time.Time {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if Workday(day) {
			n--
		}
	}
	return day.AddDate(0, 0, 1)
}

// afterDays returns the end of the nth day after the day of t.
func afterDays(t time.Time, n int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+n+1, 0, 0, 0, 0, t.Location())
}
