package when

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sentencesMore are forms that visitors used and the tables once lacked; the language is
// that of the context.
var sentencesMore = []struct{ lang, text, want string }{
	{"ru", "седня вечером", "11-23 18:00-21:00"},
	{"ru", "в первых числах декабря", "12-01..12-10"},
	{"ru", "в последних числах месяца", "11-23..11-30"},
	{"ru", "в рабочие дни утром", "11-23..11-27 08:00-12:00"},
	{"ru", "в следующие рабочие дни", "11-30..12-04"},
	{"ru", "мой рабочий телефон", ""},
	{"ru", "завтра в конце дня", "11-24 17:00-21:00"},
	{"ru", "к концу рабочего дня в четверг", "11-26 17:00-21:00"},
	{"ru", "в начале дня", "08:00-10:00"},
	{"ru", "в течение недели", "11-23..11-30"},
	{"ru", "в течение трёх дней", "11-23..11-26"},
	{"ru", "завтра в течение дня", "11-24"},
	{"ru", "через две с половиной недели", "12-10"},
	{"ru", "в последнюю неделю ноября", "11-24..11-30"},
	{"ru", "на первой неделе декабря", "12-01..12-07"},
	{"ru", "1.12", "12-01"},
	{"ru", "24-11 в 9 утра", "11-24 at 09:00"},
	{"ru", "05-12 в 9", "12-05 at 09:00"},
	{"ru", "9-10", "09:00-10:00"},
	{"ru", "завтра 10ч30м", "11-24 at 10:30"},
	{"ru", "5 м ткани", ""},
	{"ru", "10-12 в среду", "11-25 10:00-12:00"},
	{"ru", "в среду, а если нет, то в пятницу", "11-25 | 11-27"},
	{"ru", "завтра в 10, а если не получится, то в 12", "11-24 at 10:00 | 11-24 at 12:00"},
	{"ru", "в среду или, если занято, в четверг", "11-25 | 11-26"},
	{"ru", "на следующей неделе, кроме среды", "11-30..12-06; not 12-02"},
	{"ru", "только не во вторник", "not 11-24 | 12-01 | 12-08 | 12-15"},
	{"en", "after 5 days", "11-28"},
	{"en", "after two hours", "11-23 at 11:00"},
	{"en", "after a couple of weeks", "12-07"},
	{"en", "after 3 o'clock", "after 15:00"},
	{"en", "after 3", "after 15:00"},
	{"en", "tomorrow first thing", "11-24 08:00-10:00"},
	{"en", "a week from Tuesday", "12-01"},
	{"en", "two weeks from Friday", "12-11"},
	{"en", "in a week and a half", "12-03"},
	{"en", "by the end of the week", "11-23..11-29 | 11-29 before 24:00"},
	{"en", "in the first week of December", "12-01..12-07"},
	{"en", "last week of November", "11-24..11-30"},
	{"en", "10-12 on Wed", "11-25 10:00-12:00"},
	{"en", "as soon as possible", "nearest"},
	{"en", "see you soon", ""},
	{"en", "any weekday after 6", "11-23..11-27 after 18:00"},
	{"en", "any day but Friday", "not 11-27 | 12-04 | 12-11 | 12-18"},
	{"en", "next week, any day but Friday", "11-30..12-06; not 12-04"},
	{"en", "on a working day", ""},
	{"en", "on working days in the morning", "11-23..11-27 08:00-12:00"},
	{"en", "Wednesday or, failing that, Friday", "11-25 | 11-27"},
	{"en", "Wednesday, if not Friday", "11-25 | 11-27"},
	{"en", "New Year's Eve", "12-31"},
	{"en", "within a week", "11-23..11-30"},
	{"en", "tomorrow at the end of the day", "11-24 17:00-21:00"},
	{"tt", "10 нан 12 гә кадәр", "10:00-12:00"},
	{"tt", "иртәгә 18 дә", "11-24 at 18:00"},
	{"tt", "ай ахырында", "11-23..11-30"},
	{"tt", "эш көннәрендә кич", "11-23..11-27 18:00-21:00"},
	{"tt", "декабрьнең беренче атнасында", "12-01..12-07"},
	{"tt", "чәршәмбедә, булмаса җомгада", "11-25 | 11-27"},
}

func TestSentencesMore(t *testing.T) {
	for _, row := range sentencesMore {
		if diff := cmp.Diff(row.want, short(read(row.text, Context{Lang: row.lang}))); diff != "" {
			t.Errorf("%q (-want +got)\n%s", row.text, diff)
		}
	}
}
