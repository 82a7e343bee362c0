package nlu

import (
	"strings"
	"testing"
	"time"
)

// TestOrdinalConvention is the table of «2-е»: with a list on the table it counts the
// list, where the list is so long and nothing makes a day of it.
func TestOrdinalConvention(t *testing.T) {
	r := reader(t)
	times := func(days ...int) (all []Option) {
		for i, day := range days {
			at := time.Date(2026, 12, day, 10+i, 0, 0, 0, monday.Location())
			all = append(all, Option{ID: "slot/" + string(rune('a'+i)), Label: at.Format("15:04"), Start: at})
		}
		return append(all, Option{ID: "do/other", Label: "Другие дни"})
	}
	services := []Option{{ID: "service/a", Label: "Массаж спины"}, {ID: "service/b", Label: "Массаж шеи"}}
	second := `2-е|2-й|2й|2ое|2-ое|2-я|второе|давайте 2-е|можно 2-й, пожалуйста|2-й вариант|2nd|the 2nd|2nd please|the 2nd one|2 нче|2нче|2-нче|2нчесе|икенчесе`
	for _, c := range []struct {
		why     string
		offered []Option
		expects Field
		texts   string
		want    string // an id, or the day read
	}{
		{"one of the list", times(8, 8, 8), FieldTime, second, "slot/b"},
		{"the list is of that very day", times(2, 2, 2), FieldTime, second, "slot/b"},
		{"one of the services", services, FieldService, `2-е|2-я|2-й|вторая|2nd|the 2nd one|2 нче`, "service/b"},
		{"some of the times are on that day", times(1, 2, 3), FieldTime, `2-е|2nd|2 нче`, "2026-12-02"},
		{"the list is not so long", times(8, 8, 8), FieldTime, `7-е|7th|7 нче`, "2026-12-07"},
		{"a button below the times is not counted", times(8, 8, 8), FieldTime, `4-е|4th`, "2026-12-04"},
		{"a preposition, a case or a word makes a day of it", times(8, 8, 8), FieldTime, `на 2-е|2-го|ко 2-му|2-е число|2-е декабря|on the 2nd|2nd of December|2 нче декабрь|2 нчедә`, "2026-12-02"},
		{"no list", nil, FieldTime, `2-е|2nd|2 нче`, "2026-12-02"},
	} {
		for text := range strings.SplitSeq(c.texts, "|") {
			got := r.Read(text, Context{Lang: langOf(text), Now: monday, Expects: c.expects, Offered: c.offered})
			read := ""
			if len(got.Commands) == 1 {
				read = chosen(got.Commands[0])
				if d := got.Commands[0].Dates; read == "" && d != nil {
					read = d[0].String()
				}
			}
			if read != c.want {
				t.Errorf("%s: %q: %s, want %s", c.why, text, spelled(got.Commands), c.want)
			}
		}
	}
}
