package when

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// form is one way to say a time, in Russian, English, Tatar and Tatar typed with
// Russian letters. "" where a language has no such way.
type form struct {
	name             string
	ru, en, tt, ttRu string
	want             string
}

// forms has every way to say a time that the reader promises, in all languages alike.
// (The short form of want: sentences_test.go.)
var forms = []form{
	// Relative days and weeks.
	{"today", "сегодня", "today", "бүген", "бугэн", "11-23"},
	{"tomorrow", "на завтра", "for tomorrow", "иртәгәгә", "иртэгэгэ", "11-24"},
	{"the day after tomorrow", "послезавтра", "the day after tomorrow", "берсекөнгә", "берсеконгэ", "11-25"},
	{"in three days", "через три дня", "in three days", "өч көннән соң", "оч коннэн сон", "11-26"},
	{"in a week", "через неделю", "in a week", "бер атнадан", "бер атнадан", "11-30"},
	{"in two weeks", "через две недели", "in two weeks", "ике атнадан соң", "ике атнадан сон", "12-07"},
	{"this week", "на этой неделе", "this week", "бу атнада", "бу атнада", "11-23..11-29"},
	{"next week", "на следующей неделе", "next week", "киләсе атнада", "килэсе атнада", "11-30..12-06"},
	{"weekday of the week after next", "", "Wednesday the week after next", "", "", "12-09"},
	{"the week of a day", "на неделе с 7 декабря", "the week of December 9th", "7 декабрь атнасында", "7 декабрь атнасында", "12-07..12-13"},
	{"the weekend", "на выходных", "at the weekend", "ял көннәрендә", "ял коннэрендэ", "11-28..11-29"},
	{"this weekend", "в эти выходные", "this week-end", "бу ялларда", "бу ялларда", "11-28..11-29"},
	{"next month", "в следующем месяце", "next month", "киләсе айда", "килэсе айда", "12-01..12-31"},
	// Weekdays with modifiers.
	{"weekday", "в пятницу", "on Friday", "җомгада", "жомгада", "11-27"},
	{"weekday, day said", "в день пятницу", "", "җомга көнне", "жомга конне", "11-27"},
	{"this weekday", "в эту пятницу", "this Friday", "бу җомгада", "бу жомгада", "11-27"},
	{"next weekday", "в следующую пятницу", "next Friday", "киләсе җомгада", "килэсе жомгада", "12-04 ? | 11-27"},
	{"nearest weekday", "в ближайшую пятницу", "the coming Friday", "якындагы җомгада", "якындагы жомгада", "11-27"},
	{"weekday of next week", "в пятницу на следующей неделе", "Friday next week", "киләсе атнада җомга көнне", "килэсе атнада жомга конне", "12-04"},
	{"weekday of this week", "в пятницу на этой неделе", "Friday this week", "бу атнада җомгада", "бу атнада жомгада", "11-27"},
	{"weekday in a week", "в пятницу через неделю", "Friday week", "", "", "12-04"},
	{"weekday in a week, else", "", "a week on Friday", "", "", "12-04"},
	// Day and month.
	{"figures", "27.11", "27/11", "27.11дә", "27.11дэ", "11-27"},
	{"figures and year", "27.11.2026", "27/11/2026", "27.11.2026", "27.11.2026", "11-27"},
	{"figure and month", "5 декабря", "5 December", "5 декабрьдә", "5 декабрьдэ", "12-05"},
	{"ordinal figure and month", "5-го декабря", "December 5th", "5 нче декабрьдә", "5 нче декабрьдэ", "12-05"},
	{"words", "двадцать седьмого ноября", "the twenty-seventh of November", "егерме җиденче ноябрьдә", "егерме жиденче ноябрьдэ", "11-27"},
	{"words, other case", "на двадцать седьмое ноября", "November twenty-seventh", "егерме җиденче ноябрьгә", "егерме жиденче ноябрьгэ", "11-27"},
	{"ordinal without month", "двадцать седьмого", "the twenty-seventh", "егерме җиденчесендә", "егерме жиденчесендэ", "11-27"},
	{"ordinal figure without month", "27-го", "on the 27th", "27сендә", "27сендэ", "11-27"},
	{"day without month", "27 числа", "the 27th", "27 числода", "27 числода", "11-27"},
	{"the first", "первого числа", "on the first", "беренче числода", "беренче числода", "12-01"},
	{"weekday and day", "в пятницу 27 ноября", "Friday, November 27", "27 ноябрь, җомга", "27 ноябрь, жомга", "11-27"},
	// Offsets.
	{"in an hour", "через час", "in an hour", "бер сәгатьтән", "бер сэгатьтэн", "11-23 at 10:00"},
	{"in two hours", "через два часа", "in two hours", "ике сәгатьтән соң", "ике сэгатьтэн сон", "11-23 at 11:00"},
	{"in half an hour", "через полчаса", "in half an hour", "ярты сәгатьтән", "ярты сэгатьтэн", "11-23 at 09:30"},
	{"in an hour and a half", "через полтора часа", "in an hour and a half", "бер сәгать ярымнан", "бер сэгать ярымнан", "11-23 at 10:30"},
	{"in twenty minutes", "через двадцать минут", "in twenty minutes", "егерме минуттан", "егерме минуттан", "11-23 at 09:20"},
	{"in a month", "через месяц", "in a month", "бер айдан", "бер айдан", "12-23"},
	{"in ten days", "дней через десять", "ten days from now", "ун көннән", "ун коннэн", "12-03"},
	// The clock as it is spoken.
	{"half of the second", "полвторого", "half past one", "бер тулып утыз минут", "бер тулып утыз минут", "at 13:30"},
	{"in half of the eighth, evening", "в половине восьмого вечера", "half past seven in the evening", "кичке сигезенче яртыда", "кичке сигезенче яртыда", "at 19:30"},
	{"half, short", "в пол-третьего", "at half two", "сәгать өченче яртыда", "сэгать оченче яртыда", "at 14:30"},
	{"a quarter to seven", "без четверти семь", "a quarter to seven", "җидегә унбиш минут кала", "жидегэ унбиш минут кала", "at 18:45"},
	{"ten to five", "без десяти пять", "ten to five", "бишкә ун минут кала", "бишкэ ун минут кала", "at 16:50"},
	{"twenty past five", "двадцать минут шестого", "twenty past five", "биш тулып егерме минутта", "биш тулып егерме минутта", "at 17:20"},
	{"a quarter past five", "четверть шестого", "a quarter past five", "биш тулып унбиш минут", "биш тулып унбиш минут", "at 17:15"},
	{"about eleven", "часиков в 11", "around 11", "сәгать унберләрдә", "сэгать унберлэрдэ", "at 11:00"},
	{"about eleven, else", "часам к одиннадцати", "about eleven", "якынча унбердә", "якынча унбердэ", "at 11:00"},
	{"nine oh five", "в девять ноль пять", "at nine oh five", "тугыз тулып биш минутта", "тугыз тулып биш минутта", "at 09:05"},
	{"ten fifteen", "в десять пятнадцать", "at ten fifteen", "ун унбиштә", "ун унбиштэ", "at 10:15"},
	{"dot", "15.30", "15.30", "15.30", "15.30", "at 15:30"},
	{"hour letter", "17ч10", "17h10", "17ч10", "17ч10", "at 17:10"},
	{"hour letter, minutes", "17 ч 10 мин", "", "17 сәг. 10 мин", "17 сэг. 10 мин", "at 17:10"},
	{"colon", "в 15:30", "at 15:30", "15:30да", "15:30да", "at 15:30"},
	{"dash", "в 15-30", "at 15-30", "15-30да", "15-30да", "at 15:30"},
	{"glued", "в 1530", "at 1530", "сәгать 1530да", "сэгать 1530да", "at 15:30"},
	{"hour in words", "в три часа дня", "at three in the afternoon", "көндезге өчтә", "кондезге очтэ", "at 15:00"},
	{"one o'clock", "в час", "at one o'clock", "сәгать бердә", "сэгать бердэ", "at 13:00"},
	{"noon", "в полдень", "at noon", "көн уртасында", "кон уртасында", "at 12:00"},
	// Parts of the day.
	{"morning", "завтра утром", "tomorrow morning", "иртәгә иртән", "иртэгэ иртэн", "11-24 08:00-12:00"},
	{"in the daytime", "завтра днём", "", "иртәгә көндез", "иртэгэ кондез", "11-24 12:00-17:00"},
	{"afternoon", "завтра после обеда", "tomorrow afternoon", "иртәгә төштән соң", "иртэгэ тоштэн сон", "11-24 12:00-18:00"},
	{"evening", "завтра вечером", "tomorrow evening", "иртәгә кич белән", "иртэгэ кич белэн", "11-24 18:00-21:00"},
	{"lunch", "завтра в обед", "tomorrow at lunchtime", "иртәгә төшке ашта", "иртэгэ тошке ашта", "11-24 12:00-14:00"},
	{"after work", "завтра после работы", "tomorrow after work", "иртәгә эштән соң", "иртэгэ эштэн сон", "11-24 18:00-21:00"},
	{"before lunch", "завтра до обеда", "tomorrow before lunch", "иртәгә төшкә кадәр", "иртэгэ тошкэ кадэр", "11-24 before 13:00"},
	{"first half of the day", "в первой половине дня", "", "көннең беренче яртысында", "коннен беренче яртысында", "08:00-13:00"},
	{"second half of the day", "во второй половине дня", "", "көннең икенче яртысында", "коннен икенче яртысында", "12:00-18:00"},
	// Ranges.
	{"from to", "с 10 до 12", "from 10 to 12", "10нан 12гә кадәр", "10нан 12гэ кадэр", "10:00-12:00"},
	{"from to, words", "с двух до четырёх", "from two to four", "икедән дүрткә кадәр", "икедэн дурткэ кадэр", "14:00-16:00"},
	{"between", "между 10 и 12", "between 10 and 12", "10 белән 12 арасында", "10 белэн 12 арасында", "10:00-12:00"},
	{"dash", "10:00-12:00", "10:00-12:00", "10:00-12:00", "10:00-12:00", "10:00-12:00"},
	{"from weekday to weekday", "со вторника по четверг", "from Tuesday to Thursday", "сишәмбедән пәнҗешәмбегә кадәр", "сишэмбедэн пэнжешэмбегэ кадэр", "11-24..11-26"},
	{"days of a month", "с 1 по 5 декабря", "from December 1 to 5", "1-5 декабрьдә", "1-5 декабрьдэ", "12-01..12-05"},
	// Bounds.
	{"before", "до 11", "before 11", "11гә кадәр", "11гэ кадэр", "before 11:00"},
	{"after", "после трёх", "after three", "өчтән соң", "очтэн сон", "after 15:00"},
	{"not earlier than", "не раньше четырёх", "not before four", "дүрттән иртә түгел", "дурттэн иртэ тугел", "after 16:00"},
	{"no earlier than", "не ранее 16:00", "no earlier than 16:00", "16:00дән дә иртә түгел", "16:00дэн дэ иртэ тугел", "after 16:00"},
	{"not later than", "не позже пяти", "no later than five", "биштән соң түгел", "биштэн сон тугел", "before 17:00"},
	{"starting from", "начиная с трёх", "starting from three", "өчтән башлап", "очтэн башлап", "after 15:00"},
	{"starting from a day", "начиная со среды", "starting from Wednesday", "чәршәмбедән башлап", "чэршэмбедэн башлап", "11-25..12-25"},
	{"after a day", "после среды", "after Wednesday", "чәршәмбедән соң", "чэршэмбедэн сон", "11-26..12-26"},
	// Same, nearest, now.
	{"same time", "в то же время", "at the same time", "шул ук вакытта", "шул ук вакытта", "same"},
	{"same time of a day", "в пятницу в то же время", "same time on Friday", "җомгада шул ук вакытта", "жомгада шул ук вакытта", "11-27 same"},
	{"nearest", "ближайшее", "the soonest", "иң якыны", "ин якыны", "nearest"},
	{"nearest time", "на ближайшее время", "the earliest available time", "иң якын вакытка", "ин якын вакытка", "nearest"},
	{"right now", "прямо сейчас", "right now", "хәзер үк", "хэзер ук", "11-23 after 09:00"},
	// Corrections.
	{"cannot, better", "завтра не могу, лучше в субботу", "I can't tomorrow, Saturday is better", "иртәгә булмый, шимбәдә яхшырак", "иртэгэ булмый, шимбэдэ яхшырак", "not 11-24; 11-28"},
	{"not but", "не в среду, а в пятницу", "not Wednesday but Friday", "чәршәмбедә түгел, җомгада", "чэршэмбедэ тугел, жомгада", "not 11-25; 11-27"},
	{"not this hour", "не в 10, а в 11", "not at 10 but at 11", "10да түгел, 11дә", "10да тугел, 11дэ", "not at 10:00; at 11:00"},
	{"no, better", "нет, лучше в субботу", "no, better on Saturday", "юк, шимбәдә яхшырак", "юк, шимбэдэ яхшырак", "11-28"},
	// Several to choose from.
	{"or", "в среду или в четверг после двух", "Wednesday or Thursday after two", "чәршәмбедә яки пәнҗешәмбедә икедән соң", "чэршэмбедэ яки пэнжешэмбедэ икедэн сон", "11-25 after 14:00 | 11-26 after 14:00"},
	{"or, hours", "завтра в 10 или в 11", "tomorrow at 10 or 11", "иртәгә 10да яки 11дә", "иртэгэ 10да яки 11дэ", "11-24 at 10:00 | 11-24 at 11:00"},
	{"or, days and hours", "в среду в 10 или в пятницу в 12", "Wednesday at 10 or Friday at 12", "чәршәмбедә 10да яисә җомгада 12дә", "чэршэмбедэ 10да яисэ жомгада 12дэ", "11-25 at 10:00 | 11-27 at 12:00"},
	// Which half of the day, by the opening hours.
	{"small hours are the afternoon", "завтра в 3", "tomorrow at 3", "иртәгә өчтә", "иртэгэ очтэ", "11-24 at 15:00"},
	{"both halves are open", "завтра в 8", "tomorrow at 8", "иртәгә сигездә", "иртэгэ сигездэ", "11-24 at 08:00 ? | 11-24 at 20:00"},
	{"half of the day said", "в 8 вечера", "at 8 pm", "кичке сигездә", "кичке сигездэ", "at 20:00"},
	{"half of the day said, else", "в 8 утра", "at 8 am", "иртәнге сигездә", "иртэнге сигездэ", "at 08:00"},
	// Tatar endings: place, direction, source, possession.
	{"monday, all cases", "", "", "дүшәмбе көнне", "душэмбе конне", "11-30 ? | 11-23"},
	{"monday, direction", "", "", "дүшәмбегә", "душэмбегэ", "11-30 ? | 11-23"},
	{"monday, place", "", "", "дүшәмбедә", "душэмбедэ", "11-30 ? | 11-23"},
	{"tuesday, source", "", "", "сишәмбедән", "сишэмбедэн", "11-24..12-24"},
	{"of next week", "", "", "киләсе атнаның чәршәмбесенә", "килэсе атнанын чэршэмбесенэ", "12-02"},
	{"hour, place", "", "", "сәгать өчтә", "сэгать очтэ", "at 15:00"},
	{"hour, direction", "", "", "сәгать өчкә", "сэгать очкэ", "at 15:00"},
	{"hour, source", "", "", "сәгать өчтән", "сэгать очтэн", "after 15:00"},
	{"hour, figures", "", "", "сәгать 3кә", "сэгать 3кэ", "at 15:00"},
	{"month, direction", "", "", "5 декабрьгә", "5 декабрьгэ", "12-05"},
	{"month, source", "", "", "5 декабрьдән", "5 декабрьдэн", "12-05..2027-01-04"},
}

// TestForms reads each form in each language; the whole language is said so by the
// context, and once Russian, for a visitor's language is often guessed wrong.
func TestForms(t *testing.T) {
	for _, f := range forms {
		for _, said := range []struct{ lang, text string }{{"ru", f.ru}, {"en", f.en}, {"tt", f.tt}, {"tt", f.ttRu}, {"ru", f.ttRu}} {
			if said.text == "" {
				continue
			}
			if diff := cmp.Diff(f.want, short(read(said.text, Context{Lang: said.lang}))); diff != "" {
				t.Errorf("%s, %s: %q (-want +got)\n%s", f.name, said.lang, said.text, diff)
			}
		}
	}
}
