package when

import "strings"

// rule is one row: a name for --explain, the order of classes, and what it makes of
// them. Where several rows match at one place the longest wins, then the first.
//
// The pattern language: classes parted by spaces; «a|b» either; «a?» may be absent;
// «~a» without space before it.
type rule struct {
	name    string
	pattern string
	build   func(*scan, match) (atom, bool)
}

var rules = compile([]rule{
	// Clock times in figures.
	{"clock.hms", "num ~colon ~num ~colon ~num", clockFigures},
	{"clock.colon", "num colon ~num", clockFigures},
	{"clock.colon", "num ~colon num", clockFigures},
	{"clock.dot", "num ~dot ~num", clockDotted},
	{"clock.dot", "num ~comma ~num", clockDotted},
	{"clock.dash", "num ~dash ~num", clockDashed},
	{"clock.hm", "num hour num minute?", clockHourWord},
	{"clock.hm", "num hour and num minute", clockHourWord},
	{"clock.hm", "num hour dot num minute", clockHourWord},
	{"clock.h", "num hour", clockHourWord},
	{"clock.compact", "num", clockCompact},
	{"clock.am-pm", "num colon? dot? num? hour? in|via? ampm", clockAmPm},
	{"clock.am-pm", "num ~colon ~num ~colon ~num ampm", clockAmPm},
	{"clock.am-pm", "num num ampm", clockAmPm},
	{"clock.dash-pm", "num ~dash ~num ampm", clockAmPm},
	// Spoken.
	{"clock.pair", "num num", clockPair},
	{"clock.triple", "num dash? num dash? num", clockTriple},
	{"clock.half", "half dash? ord", clockHalf},
	{"clock.half", "half dash? num", clockHalf},
	{"clock.half", "halfhour", clockHalf},
	{"clock.half-past", "half past num", clockHalfPast},
	{"clock.half-tt", "ord half", clockHalf},
	{"clock.half-tt", "num half", clockHalfPast},
	{"clock.quarter", "quarter ord", clockMinutesOf},
	{"clock.minutes-of", "num minute ord", clockMinutesOf},
	{"clock.past", "num minute? past|after num", clockPast},
	{"clock.past", "couple? quarter past num", clockPast},
	{"clock.to", "bez num minute? num hour?", clockTo},
	{"clock.to", "bez quarter num hour?", clockTo},
	{"clock.to", "bez num|quarter minute? hour", clockTo},
	{"clock.to-en", "couple? quarter bez num|noon", clockTo},
	{"clock.to-en", "num minute? bez num|noon hour?", clockTo},
	{"clock.to-tt", "num num|quarter minute? bez", clockTo},
	{"clock.noon", "noon", clockNoon},
	{"clock.noon", "num noon", clockNoon},
	{"clock.noon", "part day", clockMidday},
	{"clock.noon", "day part", clockMidday},
	{"clock.pod", "num pod", clockPod},
	{"clock.pod", "hour pod", clockOne},
	{"clock.one", "in|to|till|after|on|from|before hour", clockOne},
	{"clock.one", "in|to|till|after|on|from|before hour num minute?", clockOneAnd},
	{"clock.inverted", "hour in|to|on|after|till|from num", clockInverted},
	{"clock.tt", "hour num", clockTatar},
	{"clock.tt", "hour num colon num", clockTatar},
	{"clock.to-tt", "hour num num|quarter minute? bez", clockTo},
	{"clock.past-tt", "hour? num past num minute?", clockPastTatar},
	{"clock.nth-hour", "ord hour", clockNthHour},
	{"clock.bare", "num", clockBare},
	// Ranges of hours that share one word.
	{"hours", "num dash|till|thru|and num", clockRange},
	{"hours", "num dash|till|and|thru num ampm", clockRange},
	{"hours", "num dash|till num pod", clockRange},
	{"hours", "num dash|till|thru|and num hour", clockRange},
	{"hours.tt", "hour? num approx|and num between", clockBetweenTatar},
	// Parts of the day.
	{"pod", "pod", partOfDay},
	{"pod.this", "this|next pod", thisPart},
	{"pod.early", "early in? pod", partOfDay},
	{"pod.late", "late in? pod|relday", partOfDay},
	{"pod.first-thing", "ord", firstThing},
	{"pod.end", "part of? workdays? day", dayEnd},
	{"pod.hours", "early hour of pod", partOfDay},
	{"pod.half", "ord half day|pod", halfDay},
	{"pod.half-tt", "day ord half", halfDayTatar},
	// Days by name.
	{"relday", "relday", relativeDay},
	{"relday.split", "after relday", afterTomorrow},
	{"relday.after", "day after relday", afterTomorrow},
	{"relday.counted", "num|couple day after|from relday", afterTomorrow},
	{"relday.next", "next day", nextDay},
	{"weekday", "weekday", weekday},
	{"weekday.this", "this weekday", weekday},
	{"weekday.next", "this? next weekday", weekday},
	{"weekday.next", "weekday next", weekday},
	{"weekday.nearest", "this? nearest weekday", weekday},
	{"weekday.after-next", "weekday after next", weekday},
	{"weekday.counted", "num weekday from now", countedWeekday},
	{"weekday.week", "weekday week", weekdayWeek},
	{"weekday.week", "num|couple week on weekday", weekdayWeek},
	{"weekday.nth", "ord|last weekday in|of|via? this|next? month|months", nthWeekday},
	{"weekday.last", "last weekday", gone},
	// Dates.
	{"date.written", "num|ord day? of? month", dayMonth},
	{"date.written", "num|ord day? of? month comma? of|in|via? num year?", dayMonth},
	{"date.written", "month slash|dash|dot? num|ord", monthDay},
	{"date.written", "month slash|dash? num|ord comma? of|in|via? num", monthDay},
	{"date.written", "num ~dot|slash|dash ~month", dayMonth},
	{"date.written", "num ~dot|slash|dash ~month ~dot|slash|dash ~num", dayMonth},
	{"date.written", "num ~dot|slash|dash ~month ~dot|slash|dash ~num", yearMonthDay},
	{"date.figures", "num ~dot ~num", dateFigures},
	{"date.figures", "num ~dot ~num ~dot", dateFigures},
	{"date.figures", "num ~dot ~num ~dot ~num year?", dateFigures},
	{"date.figures", "num slash num", dateFigures},
	{"date.figures", "num ~slash ~num ~slash ~num", dateFigures},
	{"date.figures", "num ~dash ~num ~dash ~num", dateFigures},
	{"date.figures", "num num num", dateSpaced},
	{"date.figures", "num dash num", dateDashed},
	{"date.figures", "num ~dash ~num", dateHyphened},
	{"date.day", "num|ord date", dayOfMonth},
	{"date.day", "ord day? of? this|next? months", dayOfMonth},
	{"date.day", "ord", dayAlone},
	{"date.day", "num", dayAloneFigures},
	// Ranges of days that share their month.
	{"days", "num|ord dash|till|thru|and num|ord of? month", dayRange},
	{"days", "num|ord dash|till|thru|and num|ord of? month comma? of|in|via? num", dayRange},
	{"days", "num ~dot dash|till|thru num ~dot ~num", dayRange},
	{"days", "num ~dot dash num ~dot ~num ~dot ~num", dayRange},
	{"days", "month num|ord dash|till|thru|and num|ord", dayRange},
	{"days", "month num|ord dash|till|thru|and num|ord comma num", dayRange},
	{"days", "num|ord dash|till|thru|and num|ord date", dayRange},
	{"days", "num|ord thru num|ord", dayRange},
	{"days.month", "num dash|till|thru num in|via next months", dayRange},
	// Weeks, weekends, months.
	{"week", "this|next|nearest week", week},
	{"week", "week next", week},
	{"week", "week", weekAlone},
	{"week.of", "week of|from on?", weekOfDate},
	{"week.nth", "ord|last week of|in|via? this|next? month|months", weekOfMonth},
	{"week.nth-tt", "month|months ord week", weekOfMonth},
	{"week.of-tt", "num|ord month week", weekOfDate},
	{"week.offset", "num week", weeksAlone},
	{"weekend", "this|next? week ~dash ~part", weekend},
	{"week.after-next", "week after next", week},
	{"week.counted", "nearest|next|this num|couple? day|week|months", nextSpan},
	{"week.counted", "num|couple next|nearest day|week|months", nextSpan},
	{"weekend", "this|next|nearest? weekend", weekend},
	{"weekend", "this|next|nearest? weekend day", weekend},
	{"workdays", "this|next|nearest? workdays day?", workdays},
	{"month.relative", "this|next months", monthRelative},
	{"month", "month", monthAlone},
	{"month", "month in|via|on? num year?", monthAlone},
	{"month", "this|next month", monthAlone},
	{"part", "part of? this|next|nearest? week|months|month", partOf},
	{"part", "this|next? week|months|month part", partBehind},
	{"part", "ord|part date of? this|next? month|months", firstDays},
	{"part", "early|late month", partOf},
	{"part", "early|late this|next week|months", partOf},
	{"soon", "on soon", soon},
	{"festival", "festival year", festival},
	{"festival", "festival year pod", festival},
	// Shifts against a time that both know.
	{"shift", "on? half? num|couple? minute|hour|day|week after|before", shift},
	{"shift", "half couple hour after|before", shift},
	{"shift", "after|before on half? num|couple? minute|hour|day|week", shift},
	// Offsets.
	{"offset", "via num minute|hour|day|week|months|year", offset},
	{"offset", "via minute|hour|day|week|months|year", offset},
	{"offset", "via couple half? minute|hour|day|week|months", offset},
	{"offset", "via couple of minute|hour|day|week|months", offset},
	{"offset", "via couple couple of? minute|hour|day|week|months", offset},
	{"offset", "via num|couple hour and couple half", offsetHalf},
	{"offset", "via num|couple week|months and couple half", offsetHalf},
	{"offset", "via num and couple half hour|week|months", offsetHalf},
	{"offset", "via num from half hour|week|months", offsetHalf},
	{"offset.after-en", "after num|couple minute|hour|day|week|months", offsetAfter},
	{"offset.after-en", "after couple of minute|hour|day|week|months", offsetAfter},
	{"offset.after-en", "after couple couple of? minute|hour|day|week|months", offsetAfter},
	{"offset.tt", "num hour half", offsetHalf},
	{"offset", "via half hour", offset},
	{"offset", "via half", offset},
	{"offset", "via half couple hour", offset},
	{"offset", "via quarter minute|hour", offset},
	{"offset.inverted", "minute|hour|day|week|months via num", offset},
	{"offset.after", "num|couple minute|hour|day|week|months after|later", offsetLater},
	{"offset.after", "num|couple minute|hour|day|week|months from now", offsetLater},
	{"offset.after", "num ~dot ~num minute|hour|day|week after", offsetTenths},
	{"offset.from", "num|couple minute|hour|day|week|months from|after", offsetFrom},
	{"offset.plus", "num day|week|hour|minute|months", offsetTatar},
	{"offset.tt", "half hour", offsetTatar},
	{"offset.tt", "day|week|months|hour", offsetTatar},
	// The rest.
	{"same", "this? same same? approx? time", sameTime},
	{"same", "time same same", sameTime},
	{"nearest", "nearest", nearest},
	{"nearest.time", "nearest time", nearest},
	{"nearest.first", "ord nearest time?", firstFree},
	{"nearest.soon", "before|nearest|early", soonest},
	{"now", "now", now},
})

// element is one place of a compiled pattern.
type element struct {
	class           class
	optional, glued bool
}

type compiled struct {
	rule
	elements []element
	need     class // of the first taken element, where that is not optional
}

func compile(rows []rule) []compiled {
	out := make([]compiled, 0, len(rows))
	for _, row := range rows {
		c := compiled{rule: row}
		for place := range strings.FieldsSeq(row.pattern) {
			var e element
			place, e.glued = strings.CutPrefix(place, "~")
			place, e.optional = strings.CutSuffix(place, "?")
			for name := range strings.SplitSeq(place, "|") {
				bit, ok := classNames[name]
				if !ok {
					panic("when: rules: no class " + name) // a slip in the table above, found by any test
				}
				e.class |= bit
			}
			c.elements = append(c.elements, e)
		}
		for _, e := range c.elements {
			c.need |= e.class
			if !e.optional {
				break
			}
		}
		out = append(out, c)
	}
	return out
}
