package when

import "time"

// The contested conventions, all in this one place: what people mean by words on
// which speakers differ. Each has its row in TestConventions. Hours are minutes after
// midnight.

// window is a part of the day.
type window struct {
	from, to int
	opening  bool // begins with the opening hours, where these begin later
	closing  bool // ends with them
}

// windows say when parts of the day are.
//
// «утром» ends at noon. «днём» is from 12 to 17. «вечером» begins at 18 (Duckling,
// chrono and CLDR agree; some say 17) and ends when the house closes. «в обед» is
// 12–14. «после обеда» is 12–18 as PROTOCOL.md has it, "afternoon" the same.
// «до обеда» is before 13, without a beginning. «после работы» is from 18.
// «после школы» is from 15.
// «рано утром» and "first thing" end at 10, «поздно вечером» begins at 20. «в конце
// дня» is from 17 till the house closes, «в начале дня» till 10, «в середине дня» 12–14.
var windows = map[int]window{
	podMorning:   {8 * 60, 12 * 60, true, false},
	podDay:       {12 * 60, 17 * 60, false, false},
	podEvening:   {18 * 60, 21 * 60, false, true},
	podNight:     {22 * 60, 24 * 60, false, false},
	podLunch:     {12 * 60, 14 * 60, false, false},
	podAfternoon: {12 * 60, 18 * 60, false, false},
	podForenoon:  {8 * 60, 13 * 60, true, false},
	podWork:      {18 * 60, 21 * 60, false, true},
	podEarly:     {8 * 60, 10 * 60, true, false},
	podLate:      {20 * 60, 23 * 60, false, false},
	podSchool:    {15 * 60, 20 * 60, false, false},
	podClosing:   {17 * 60, 21 * 60, false, true},
}

// edges say what a bound by a part of the day means: «до обеда» is before, «после
// обеда» a window, «до вечера» before it begins, «с утра» the morning itself.
var edges = map[int]struct {
	before int // «до …»: Before this
	after  int // «после …»: this part of the day
}{
	podMorning:   {12 * 60, podAfternoon}, // «до утра» till it ends
	podDay:       {17 * 60, podEvening},
	podEvening:   {18 * 60, podLate},
	podNight:     {22 * 60, podNight},
	podLunch:     {13 * 60, podAfternoon},
	podAfternoon: {12 * 60, podEvening},
	podWork:      {9 * 60, podWork},
	podSchool:    {8 * 60, podSchool},
	podForenoon:  {13 * 60, podAfternoon},
}

const (
	// «через день» is the day after tomorrow: one day lies between.
	everyOtherDay = 2
	// «на днях», «в ближайшие дни»: tomorrow and the two days after it.
	soonDays = 3
	// «после пятницы», «с понедельника», «после 20-го» have no end; a month is looked
	// ahead.
	openDays = 30
	// «в начале месяца» is its first ten days, «в середине» the 11th to the 20th.
	partDays = 10
)

// sameWeekday: «в пятницу» said on a Friday is the Friday in a week, for today is
// called «сегодня»; today is given as the other reading.
func sameWeekday(today Date, weekday int) (Date, bool) {
	return today.nextWeekday(weekday), today.weekdayNumber() == weekday
}

// nextWeekday: «в следующую пятницу» is the Friday of the next calendar week (weeks
// begin on Monday). Where this week's Friday is still to come many mean that one: it
// is given as the other reading.
//
// On a Saturday or Sunday the two are one; then the one a week later is the other
// reading, for «в понедельник» alone would have done.
func nextWeekdayOf(today Date, weekday int) (day, other Date, both bool) {
	day = today.monday().plus(7 + weekday - 1)
	other = today.nextWeekday(weekday)
	if other == day && today.weekdayNumber() >= 6 {
		return day, day.plus(7), true
	}
	return day, other, other != day
}

// thisWeekday: «в эту пятницу» is this calendar week's, or the next one where that is
// over.
func thisWeekday(today Date, weekday int) Date {
	return today.onOrAfter(weekday)
}

// weekOf: «на этой неделе» is today to Sunday, «на следующей» Monday to Sunday.
// «через неделю» is the same weekday in a week (see offsets), not the whole week.
func weekOf(today Date, ahead int) [2]Date {
	first := today.monday().plus(7 * ahead)
	last := first.plus(6)
	if first.Before(today) {
		first = today
	}
	return [2]Date{first, last}
}

// weekendOf: «на выходных» are the coming Saturday and Sunday; on a Saturday this
// one's, on a Sunday the next week's. «следующие выходные» are those of the next
// week; said before Saturday they may be the coming ones (the other reading).
func weekendOf(today Date, next bool) (days [2]Date, other *[2]Date) {
	saturday := today.onOrAfter(6)
	coming := [2]Date{saturday, saturday.plus(1)}
	if !next {
		return coming, nil
	}
	following := today.monday().plus(7 + 5)
	days = [2]Date{following, following.plus(1)}
	if days == coming {
		return days, nil
	}
	return days, &coming
}

// workdaysOf: «в будни» are the working days that are left of this week, from Friday
// evening on those of the next; «следующие будни» always the next.
func workdaysOf(today Date, next bool) [2]Date {
	monday := today.monday()
	if next || today.weekdayNumber() >= 5 {
		monday = monday.plus(7)
	}
	first, last := monday, monday.plus(4)
	if first.Before(today) {
		first = today
	}
	return [2]Date{first, last}
}

// daysOfWeek are the days of the nth week of a month: the first is from the 1st to the
// 7th, whatever weekday the 1st is, the last (0) its last seven days.
func daysOfWeek(first Date, n int) [2]Date {
	first.Day = 1
	if n == 0 {
		last := Date{first.Year, first.Month, daysIn(first.Year, first.Month)}
		return [2]Date{last.plus(-6), last}
	}
	from := first.plus(7 * (n - 1))
	return [2]Date{from, from.plus(6)}
}

// overflow: «31 сентября» is the day after the 30th, or the 30th (the other reading);
// only where a month is one day too short. The 29th of February is left alone.
func overflow(today Date, day, month int) (Date, bool) {
	if day != 31 || month == 2 {
		return Date{}, false
	}
	d := Date{today.Year, time.Month(month), 30}.plus(1)
	if d.Before(today) {
		d.Year++
	}
	return d, true
}

// deadline: «до пятницы» is from today to Friday. Of something that is done once it
// may also be said of the end of Friday; that reading is listed but not asked about.
func deadline(last Date) Constraint {
	return Constraint{Dates: &[2]Date{last, last}, Time: &Clock{Kind: Before, To: "24:00"}}
}

// festivals that bounds are said with («после нового года»): month and day.
var festivals = map[int]struct{ month, day int }{
	101: {1, 1},
}

// Small hours: from 1 to 7 the reading in the opening hours; from 8 to 11 the morning,
// and the evening as the other reading where the house is open then («в 8»). Where
// neither fits: 1–7 afternoon, 8–11 morning.
func bothHalves(hour int) (am, pm int, smallHour bool) {
	return hour * 60, (hour + 12) * 60, hour <= 7
}

// halfByPart turns an hour of the half day into minutes by the part of the day named
// with it: «2 ночи», «3 дня», «7 вечера», «12 ночи».
func halfByPart(hour, pod int) int {
	switch pod {
	case podMorning, podEarly, podForenoon:
		if hour == 12 {
			return 12
		}
	case podNight, podLate:
		switch {
		case hour == 12:
			return 0
		case hour >= 6 && hour < 12:
			return hour + 12
		}
	case podEvening, podWork:
		if hour < 12 {
			return hour + 12
		}
		return 0 // «12 вечера», "this evening at 12" is midnight
	case podDay, podAfternoon, podLunch:
		if hour < 10 {
			return hour + 12
		}
	}
	return hour
}
