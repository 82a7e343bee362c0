package prompts

import (
	"strconv"
	"strings"
	"time"
)

// calendarNames are the words for days and months; weekdays begin with Sunday
// as in package time. Tatar names are those of CLDR.
type calendarNames struct {
	weekdays [7]string
	months   [12]string // as they stand after a day's number
}

var calendars = map[string]calendarNames{
	"ru": {
		[7]string{"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"},
		[12]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
	},
	"tt": {
		[7]string{"якшәмбе", "дүшәмбе", "сишәмбе", "чәршәмбе", "пәнҗешәмбе", "җомга", "шимбә"},
		[12]string{"гыйнвар", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"},
	},
	"en": {
		[7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		[12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	},
}

// shortWeekdays begin with Sunday, as in package time. Tatar ones are those of CLDR.
var shortWeekdays = map[string][7]string{
	"ru": {"вс", "пн", "вт", "ср", "чт", "пт", "сб"},
	"tt": {"якш.", "дүш.", "сиш.", "чәр.", "пәнҗ.", "җом.", "шим."},
	"en": {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
}

// Weekday is the short name of a day of the week.
func Weekday(lang string, day time.Weekday) string { return shortWeekdays[known(lang)][day] }

// Date words the day and month of t: «24 ноября».
func Date(lang string, t time.Time) string {
	return strconv.Itoa(t.Day()) + " " + calendars[known(lang)].months[t.Month()-1]
}

// Day words the day of t as people say it: weekday and date, with «сегодня» or
// «завтра» before where now makes that true, and the year where it is another.
// Both times are in the clinic's zone.
func Day(lang string, t, now time.Time) string {
	lang = known(lang)
	names := calendars[lang]
	parts := make([]string, 0, 3)
	switch daysBetween(now, t) {
	case 0:
		parts = append(parts, Say(lang, "day.today", nil))
	case 1:
		parts = append(parts, Say(lang, "day.tomorrow", nil))
	}
	date := Date(lang, t)
	if t.Year() != now.Year() {
		date += " " + strconv.Itoa(t.Year())
	}
	weekday := names.weekdays[t.Weekday()]
	if lang == "tt" { // the date goes first
		return strings.Join(append(parts, date, weekday), ", ")
	}
	return strings.Join(append(parts, weekday, date), ", ")
}

// When words the day and clock time of t: «завтра, вторник, 24 ноября, 15:00».
func When(lang string, t, now time.Time) string {
	return Day(lang, t, now) + ", " + t.Format("15:04")
}

// Until words the end of something: the clock where that is today, else the date
// before it («25 ноября, 10:30»).
func Until(lang string, t, now time.Time) string {
	clock := t.Format("15:04")
	if daysBetween(now, t) == 0 {
		return clock
	}
	return strconv.Itoa(t.Day()) + " " + calendars[known(lang)].months[t.Month()-1] + ", " + clock
}

// Span words a length of time in the largest unit that counts it whole.
func Span(lang string, d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day && d%day == 0:
		return Count(lang, "span.days", int(d/day), nil)
	case d >= time.Hour && d%time.Hour == 0:
		return Count(lang, "span.hours", int(d/time.Hour), nil)
	}
	return Count(lang, "span.minutes", int(d.Round(time.Minute)/time.Minute), nil)
}

// Money words a price in whole roubles; from means «from that much up».
func Money(lang string, roubles int, from bool) string {
	id := "price.exact"
	if from {
		id = "price.from"
	}
	return Say(lang, id, Args{"sum": group(roubles, lang)})
}

// group puts a no-break space (a comma in English) between thousands.
func group(n int, lang string) string {
	s := strconv.Itoa(n)
	sep := "\u00a0"
	if lang == "en" {
		sep = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return s
}

// daysBetween counts calendar days from a to b.
func daysBetween(a, b time.Time) int {
	day := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	}
	return int(day(b).Sub(day(a)).Hours() / 24)
}
