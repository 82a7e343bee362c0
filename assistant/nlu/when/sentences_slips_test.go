package when

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sentencesSlips are times as people misspell them, by ear or by finger.
var sentencesSlips = []struct{ lang, text, want string }{
	{"ru", "давайте в суботу в палавине двенадцатого", "11-28 at 11:30"},
	{"ru", "в воскрисенье после абеда", "11-29 12:00-18:00"},
	{"ru", "шестнадцатова дикабря в дясять", "12-16 at 10:00"},
	{"ru", "в слудующий вторнек", "12-01 ? | 11-24"},
	{"ru", "чирез две нидели", "12-07"},
	{"ru", "после завтра утрам", "11-25 08:00-12:00"},
	{"ru", "можно в будни вичером", "11-23..11-27 18:00-21:00"},
	{"ru", "а на выхадных есть места", "11-28..11-29"},
	{"ru", "не могу зватра, давайте в супботу", "not 11-24; 11-28"},
	{"ru", "с понидельника по чтверг", "11-30..12-03"},
	{"ru", "перенести на час позжи", "same +60"},
	{"ru", "в эту субботу другие дни никак", "11-28"},
	{"en", "tomorow aftrenoon", "11-24 12:00-18:00"},
	{"en", "reshedule to thrusday", "11-26"},
	{"en", "can you push it to Monday?", "11-30 ? | 11-23"},
	{"en", "wensday at half past two", "11-25 at 14:30"},
	{"en", "from Monday to Wensday", "11-30..12-02"},
	{"tt", "иртәг сәгать өчтә", "11-24 at 15:00"},
	{"tt", "иртэгэ очтэ килэм", "11-24 at 15:00"},
	{"tt", "пэнҗешембегә", "11-26"},
	{"tt", "жомга конне кичен", "11-27 18:00-21:00"},
	{"tt", "шимәб көнен 14:00", "11-28 at 14:00"},
	{"tt", "дүшәмпегә 11гә", "11-30 at 11:00 ? | 11-23 at 11:00"},
	{"tt", "киләсе сишәммбегә 13:00гә", "12-01 at 13:00 ? | 11-24 at 13:00"},
	// Words within a slip of a word of time that are meant as they stand.
	{"ru", "завтрак у вас подают?", ""},
	{"ru", "сдать анализы и срезы", ""},
	{"ru", "марат зайнуллин", ""},
	{"en", "my partner is friendly", ""},
	{"en", "sunny side tattoo", ""},
}

func TestSlips(t *testing.T) {
	for _, row := range sentencesSlips {
		if diff := cmp.Diff(row.want, short(read(row.text, Context{Lang: row.lang}))); diff != "" {
			t.Errorf("%q (-want +got)\n%s", row.text, diff)
		}
	}
}
