package console

import (
	"fmt"
	"strings"
	"time"

	"okoshko/assistant"
)

// plural picks the form of a Russian noun for n: 1 заявка, 2 заявки, 5 заявок.
func plural(n int, one, few, many string) string {
	tens, ones := n%100, n%10
	switch {
	case tens >= 11 && tens <= 14:
		return many
	case ones == 1:
		return one
	case ones >= 2 && ones <= 4:
		return few
	}
	return many
}

// counted is n with its noun.
func counted(n int, one, few, many string) string {
	return fmt.Sprintf("%d %s", n, plural(n, one, few, many))
}

// duration is a wait in the accusative, rounded so as to be believed: «через
// 8 секунд», «через 2 минуты».
func duration(d time.Duration) string {
	if d < time.Minute {
		return counted(int(d.Seconds()), "секунду", "секунды", "секунд")
	}
	return counted(int((d+time.Minute-1)/time.Minute), "минуту", "минуты", "минут")
}

var (
	weekdays      = [...]string{"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"}
	weekdaysShort = [...]string{"вс", "пн", "вт", "ср", "чт", "пт", "сб"}
	months        = [...]string{"", "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}
	monthsShort   = [...]string{"", "янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"}
)

// calendarWords words instants as one reads them at the desk: in the clinic's
// zone, with the weekday.
type calendarWords struct {
	zone *time.Location
	now  time.Time
}

func (w calendarWords) today() time.Time { return midnight(w.now.In(w.zone)) }

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// daysFromToday counts calendar days, not hours: clocks may change between.
func (w calendarWords) daysFromToday(t time.Time) int {
	y, m, d := t.In(w.zone).Date()
	ty, tm, td := w.now.In(w.zone).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(time.Date(ty, tm, td, 0, 0, 0, 0, time.UTC)).Hours() / 24)
}

// Near is «сегодня», «завтра», «вчера», or nothing.
func (w calendarWords) Near(t time.Time) string {
	switch w.daysFromToday(t) {
	case -1:
		return "вчера"
	case 0:
		return "сегодня"
	case 1:
		return "завтра"
	}
	return ""
}

// Day is «среда, 25 ноября», with the year where it is not this one.
func (w calendarWords) Day(t time.Time) string {
	t = t.In(w.zone)
	day := fmt.Sprintf("%s, %d %s", weekdays[t.Weekday()], t.Day(), months[t.Month()])
	if t.Year() != w.now.In(w.zone).Year() {
		day += fmt.Sprintf(" %d года", t.Year())
	}
	return day
}

// Week is the seven days from a Monday: «23–29 ноября», «30 ноября – 6 декабря».
func (w calendarWords) Week(from time.Time) string {
	from = from.In(w.zone)
	to := from.AddDate(0, 0, 6)
	said := fmt.Sprintf("%d–%d %s", from.Day(), to.Day(), months[to.Month()])
	if from.Month() != to.Month() {
		said = fmt.Sprintf("%d %s – %d %s", from.Day(), months[from.Month()], to.Day(), months[to.Month()])
	}
	if to.Year() != w.now.In(w.zone).Year() {
		said += fmt.Sprintf(" %d года", to.Year())
	}
	return said
}

// Short is «ср, 25 ноя».
func (w calendarWords) Short(t time.Time) string {
	t = t.In(w.zone)
	return fmt.Sprintf("%s, %d %s", weekdaysShort[t.Weekday()], t.Day(), monthsShort[t.Month()])
}

// Clock is «14:00».
func (w calendarWords) Clock(t time.Time) string { return t.In(w.zone).Format("15:04") }

// When is «среда, 25 ноября, 14:00».
func (w calendarWords) When(t time.Time) string { return w.Day(t) + ", " + w.Clock(t) }

// Ago is what a list needs: the time for today, «вчера», else the short day.
func (w calendarWords) Ago(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	switch w.daysFromToday(t) {
	case 0:
		return w.Clock(t)
	case -1:
		return "вчера, " + w.Clock(t)
	}
	return w.Short(t) + ", " + w.Clock(t)
}

// Period is a time of hours or days, its end not included, as one says it: «среда,
// 25 ноября, 09:00–13:00», «с пн, 1 дек по пт, 5 дек», «весь день».
func (w calendarWords) Period(from, to time.Time) string {
	from, to = from.In(w.zone), to.In(w.zone)
	whole := from.Equal(midnight(from)) && to.Equal(midnight(to))
	last := to
	if to.Equal(midnight(to)) {
		last = to.AddDate(0, 0, -1)
	}
	one := midnight(from).Equal(midnight(last))
	switch {
	case whole && one:
		return w.Day(from) + ", весь день"
	case whole:
		return "с " + w.Short(from) + " по " + w.Short(last)
	case one && to.Equal(midnight(to)):
		return w.Day(from) + ", с " + w.Clock(from)
	case one:
		return w.Day(from) + ", " + w.Clock(from) + "–" + w.Clock(to)
	}
	return "с " + w.Short(from) + ", " + w.Clock(from) + " по " + w.Short(to) + ", " + w.Clock(to)
}

// ISO and Machine are for <time datetime> and for fields.
func (w calendarWords) ISO(t time.Time) string     { return t.In(w.zone).Format(time.RFC3339) }
func (w calendarWords) Machine(t time.Time) string { return t.In(w.zone).Format(time.DateOnly) }

// statusWords are the states of an appointment for staff.
var statusWords = map[string]string{
	"requested": "ждёт решения", "confirmed": "подтверждена", "declined": "отклонена",
	"cancelled": "отменена", "arrived": "на приёме", "no_show": "не пришёл",
}

// stateSentence tells the present state of an appointment after a stale write.
func (w calendarWords) stateSentence(a assistant.AppointmentCard) string {
	state := statusWords[a.Status]
	if state == "" {
		state = a.Status
	}
	return fmt.Sprintf("Сейчас запись %s %s, время: %s.", a.Number, state, w.When(a.Start))
}

// changes tells what has become of an appointment since a page showed it: what was
// and what is, and who did it. A page that did not say what it showed is told the
// present state.
func (w calendarWords) changes(a assistant.AppointmentCard, wasStatus, wasStart, by string) string {
	var said []string
	if start, err := time.Parse(time.RFC3339, wasStart); err == nil && !start.Equal(a.Start) {
		said = append(said, fmt.Sprintf("время: было %s, стало %s", w.When(start), w.When(a.Start)))
	}
	if was, ok := statusWords[wasStatus]; ok && wasStatus != a.Status {
		said = append(said, fmt.Sprintf("состояние: было «%s», стало «%s»", was, statusWords[a.Status]))
	}
	if len(said) == 0 {
		return w.stateSentence(a)
	}
	return fmt.Sprintf("Изменилось: %s. Последнее изменение: %s, %s.", strings.Join(said, "; "), by, w.Ago(a.Changed))
}

// sourceWords names where a visitor came from, in the order of importance.
func sourceWords(source map[string]string) string {
	var said []string
	for _, key := range []string{"label", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "referrer"} {
		if v := source[key]; v != "" {
			said = append(said, v)
		}
	}
	if len(said) == 0 {
		return ""
	}
	return strings.Join(said, " · ")
}

var roleWords = map[string]string{
	"owner": "владелец", "admin": "администратор", "reception": "ресепшен", "auditor": "проверяющий",
}

// Now is the instant that the page was drawn.
func (w calendarWords) Now() time.Time { return w.now }

// LastDay is the day before a deadline's midnight: «до четверга» includes it.
func (w calendarWords) LastDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	day := w.Day(t.Add(-time.Second))
	_, day, _ = strings.Cut(day, ", ") // «до 23 мая»: the day of the week would stand in another case
	return day
}

// Soon says that a deadline is at most two days ahead.
func (w calendarWords) Soon(t time.Time) bool { return t.Sub(w.now) < 48*time.Hour }

// Left is how long until t, in hours: «18 часов».
func (w calendarWords) Left(t time.Time) string {
	return counted(int(t.Sub(w.now)/time.Hour), "час", "часа", "часов")
}

// Stamp is «23.11.2026 14:00», for papers that are read years later.
func (w calendarWords) Stamp(t time.Time) string { return t.In(w.zone).Format("02.01.2006 15:04") }
