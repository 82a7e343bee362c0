package when

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"okoshko/assistant/nlu/token"
)

// TestConventions has a row for each contested convention of conventions.go.
func TestConventions(t *testing.T) {
	friday := time.Date(2026, 11, 27, 15, 0, 0, 0, monday.Location())
	saturday, sunday := friday.AddDate(0, 0, 1), friday.AddDate(0, 0, 2)
	tests := []struct {
		why  string
		now  time.Time
		text string
		want string
	}{
		{"a weekday is the next such day", monday, "в пятницу", "11-27"},
		{"said on that day it is in a week; today is asked about", friday, "в пятницу", "12-04 ? | 11-27"},
		{"this Friday on a Friday is today", friday, "в эту пятницу", "11-27"},
		{"next Friday is next week's; this week's is asked about", monday, "в следующую пятницу", "12-04 ? | 11-27"},
		{"next Friday on a Friday is in a week", friday, "следующая пятница", "12-04"},
		{"next Monday on a Saturday: in two days, or in nine", saturday, "в следующий понедельник", "11-30 ? | 12-07"},
		{"nearest is never asked about", monday, "в ближайшую пятницу", "11-27"},
		{"next week is Monday to Sunday", monday, "на следующей неделе", "11-30..12-06"},
		{"next week on a Sunday begins tomorrow", sunday, "на следующей неделе", "11-30..12-06"},
		{"that week is next week", monday, "на той неделе", "11-30..12-06"},
		{"this week is what is left of it", friday, "на этой неделе", "11-27..11-29"},
		{"in a week is the same weekday", monday, "через неделю", "11-30"},
		{"in a week on Wednesday", monday, "через неделю в среду", "12-02"},
		{"every other day", monday, "через день", "11-25"},
		{"in one day", monday, "через 1 день", "11-24"},
		{"one of these days", monday, "на днях", "11-24..11-26"},
		{"the weekend", monday, "на выходных", "11-28..11-29"},
		{"the weekend on a Sunday is the next", sunday, "на выходных", "12-05..12-06"},
		{"the weekend on a Saturday is this", saturday, "на выходных", "11-28..11-29"},
		{"next weekend", monday, "на следующих выходных", "12-05..12-06 ? | 11-28..11-29"},
		{"working days from Friday on are the next week's", friday, "в будни", "11-30..12-04"},
		{"morning", monday, "завтра утром", "11-24 08:00-12:00"},
		{"day", monday, "завтра днём", "11-24 12:00-17:00"},
		{"evening ends with the opening hours", monday, "завтра вечером", "11-24 18:00-21:00"},
		{"lunch", monday, "завтра в обед", "11-24 12:00-14:00"},
		{"before lunch", monday, "завтра до обеда", "11-24 before 13:00"},
		{"after lunch", monday, "завтра после обеда", "11-24 12:00-18:00"},
		{"after work", monday, "завтра после работы", "11-24 18:00-21:00"},
		{"after school", monday, "завтра после школы", "11-24 15:00-20:00"},
		{"the morning is over: tomorrow's", friday, "утром", "11-28 08:00-12:00"},
		{"till Friday: with it", monday, "до пятницы", "11-23..11-27 | 11-27 before 24:00"},
		{"after Friday: from Saturday, a month", monday, "после пятницы", "11-28..12-28"},
		{"a date without year is within a year", friday, "26 ноября", "2027-11-26"},
		{"today's date is today", friday, "27 ноября", "11-27"},
		{"a day without month is the next such day", friday, "26-го", "12-26"},
		{"a month one day too short", monday, "31 ноября", "12-01 ? | 11-30"},
		{"no 32nd", monday, "32 августа", ""},
		{"the beginning of a month", monday, "в начале декабря", "12-01..12-10"},
		{"small hours lie in the opening hours", monday, "завтра в 3", "11-24 at 15:00"},
		{"seven is closed in the morning", monday, "завтра в 7", "11-24 at 19:00"},
		{"eight is open at both: ask", monday, "завтра в 8", "11-24 at 08:00 ? | 11-24 at 20:00"},
		{"eight today after eight", friday, "сегодня в 8", "11-27 at 20:00"},
		{"a leading zero is the morning", monday, "завтра в 03:00", "11-24 at 03:00"},
		{"figures may mean what they say", monday, "завтра в 7:30", "11-24 at 19:30 | 11-24 at 07:30"},
		{"twelve at night", monday, "в 12 ночи", "at 00:00"},
		{"eleven at night", monday, "в 11 ночи", "at 23:00"},
		{"two at night", monday, "в 2 ночи", "at 02:00"},
	}
	for _, test := range tests {
		t.Run(test.why, func(t *testing.T) {
			if diff := cmp.Diff(test.want, short(read(test.text, Context{Lang: "ru", Now: test.now}))); diff != "" {
				t.Errorf("%q (-want +got)\n%s", test.text, diff)
			}
		})
	}
}

// TestAsked: what is a time only where one was asked for.
func TestAsked(t *testing.T) {
	tests := []struct{ text, unasked, asked string }{
		{"15", "", "at 15:00"},
		{"3", "", "at 15:00"},
		{"25", "", "11-25"},
		{"15 30", "", "at 15:30"},
		{"в 3", "at 15:00", "at 15:00"},
		{"третьего", "12-03", "12-03"},
		{"десять", "", "at 10:00"},
		{"10-12", "10:00-12:00", "10:00-12:00"},
		{"двадцать пятого", "11-25", "11-25"},
		{"нет, 16", "", "at 16:00"},
		{"давайте 11", "", "at 11:00"},
		{"89171234567", "", ""},
		{"2 зуба", "", ""},
	}
	for _, test := range tests {
		for asked, want := range map[bool]string{false: test.unasked, true: test.asked} {
			if diff := cmp.Diff(want, short(read(test.text, Context{Lang: "ru", Asked: asked}))); diff != "" {
				t.Errorf("%q asked=%v (-want +got)\n%s", test.text, asked, diff)
			}
		}
	}
}

// TestHours: the same words at houses with other opening hours.
func TestHours(t *testing.T) {
	every := func(from, to int) (h Hours) {
		for d := range h {
			h[d] = []Span{{from * 60, to * 60}}
		}
		return h
	}
	early, late, both := every(7, 15), every(12, 23), every(6, 22)
	short6 := every(9, 20)
	short6[time.Saturday] = []Span{{9 * 60, 15 * 60}}
	tests := []struct {
		name  string
		hours Hours
		text  string
		want  string
	}{
		{"early", early, "завтра в 7", "11-24 at 07:00"},
		{"early", early, "завтра утром", "11-24 07:00-12:00"},
		{"late", late, "завтра в 9", "11-24 at 21:00"},
		{"late", late, "вечером", "18:00-23:00"},
		{"both", both, "в 7", "at 07:00 ? | at 19:00"},
		{"both", both, "в 7 вечера", "at 19:00"},
		{"saturday is short", short6, "в субботу в 8", "11-28 at 08:00"},
		{"range in the hours", both, "с 6 до 8", "06:00-08:00"},
		{"range in the hours", late, "с 6 до 8", "18:00-20:00"},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.text, func(t *testing.T) {
			if diff := cmp.Diff(test.want, short(read(test.text, Context{Lang: "ru", Hours: test.hours}))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestJSON holds the face of a constraint that PROTOCOL.md shows.
func TestJSON(t *testing.T) {
	r := read("запишите к лору в среду после обеда", Context{Lang: "ru"})
	if len(r) != 1 {
		t.Fatalf("%d readings, want 1", len(r))
	}
	got, err := json.Marshal(r[0].Constraint)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"dates":["2026-11-25","2026-11-25"],"time":{"kind":"between","from":"12:00","to":"18:00"}}`
	if string(got) != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if r[0].Quote != "в среду после обеда" {
		t.Errorf("quote %q", r[0].Quote)
	}
	var back Constraint
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r[0].Constraint, back); diff != "" {
		t.Errorf("does not come back (-want +got)\n%s", diff)
	}
}

// TestRewritten: words that somebody before put into Russian letters are read as
// typed.
func TestRewritten(t *testing.T) {
	tokens := token.Tokenize("since 24th of september")
	for i, text := range map[int]string{0: "синке", 2: "тх", 3: "оф", 4: "септембер"} {
		tokens[i].Text = text
	}
	if got := short(Read(tokens, Context{Lang: "ru", Now: monday})); got != "2027-09-24..2027-10-24" {
		t.Errorf("got %q", got)
	}
	if lang, ok := Known("september"); !ok || lang != "en" {
		t.Errorf("september: %q, %v", lang, ok)
	}
	if _, ok := Known("стоматолог"); ok {
		t.Error("стоматолог is known")
	}
}

// check holds for every reading of any text.
func check(t interface{ Fatalf(string, ...any) }, text string, c Context) {
	for _, r := range Read(token.Tokenize(text), c) {
		if r.Start < 0 || r.Start >= r.End || r.End > len(text) || r.Quote != text[r.Start:r.End] {
			t.Fatalf("%q: quote %q at %d:%d", text, r.Quote, r.Start, r.End)
		}
		for _, p := range r.Parts {
			if p[0] < r.Start || p[1] > r.End || p[0] >= p[1] {
				t.Fatalf("%q: part %v outside %d:%d", text, p, r.Start, r.End)
			}
		}
		for _, one := range append([]Constraint{r.Constraint}, r.Alternatives...) {
			checkConstraint(t, text, c, one)
		}
	}
}

func checkConstraint(t interface{ Fatalf(string, ...any) }, text string, c Context, one Constraint) {
	if one.Dates == nil && one.Time == nil && !one.Same && !one.Nearest {
		t.Fatalf("%q: says nothing", text)
	}
	if d := one.Dates; d != nil {
		if d[1].Before(d[0]) || d[0].Year < c.Now.Year()-1 || d[1].Year > c.Now.Year()+11 {
			t.Fatalf("%q: dates %v", text, *d)
		}
		for _, day := range d {
			if day.Day < 1 || day.Day > daysIn(day.Year, day.Month) {
				t.Fatalf("%q: no such day %v", text, day)
			}
		}
	}
	if clock := one.Time; clock != nil {
		for _, edge := range []string{clock.From, clock.To} {
			if edge != "" && edge != "24:00" {
				if _, err := time.Parse("15:04", edge); err != nil {
					t.Fatalf("%q: %v", text, err)
				}
			}
		}
		from, to := clock.Kind != Before, clock.Kind == Before || clock.Kind == Between
		if (clock.From != "") != from || (clock.To != "") != to {
			t.Fatalf("%q: clock %+v", text, *clock)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, table := range [][]sentence{sentencesRu, sentencesEn, sentencesTt} {
		for i, row := range table {
			if i%4 == 0 {
				f.Add(row.text, "ru", i%8 == 0)
			}
		}
	}
	f.Add("31 31 31.31.31 31-31 24:60 0.0 00:00 12/12/12/12", "en", true)
	f.Add("\xff\xfe завтра\u200b в\u00ad 3️⃣", "tt", false)
	f.Add(strings.Repeat("не в среду ", 40), "ru", false)
	f.Fuzz(func(t *testing.T, text, lang string, asked bool) {
		if len(text) > 8192 {
			return
		}
		check(t, text, Context{Lang: lang, Now: monday, Asked: asked})
	})
}

// TestAnyOrder puts words of the tables together at random.
func TestAnyOrder(t *testing.T) {
	var words []string
	for form := range lexicon {
		words = append(words, form)
	}
	for form := range token.NumberNames {
		words = append(words, form)
	}
	words = append(words, "1", "3", "15", "31", "08", "2026", "1530", ".", ",", "-", ":", "/", "?", "слово", "нет")
	slices.Sort(words)
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfN(rapid.SampledFrom(words), 1, 12).Draw(t, "words")
		glue := rapid.SampledFrom([]string{" ", "", "-"}).Draw(t, "glue")
		now := monday.AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "day"))
		check(t, strings.Join(some, glue), Context{Lang: "ru", Now: now, Asked: rapid.Bool().Draw(t, "asked")})
	})
}

// TestWorst reads 4,096 hostile characters.
func TestWorst(t *testing.T) {
	for name, text := range hostile() {
		start := time.Now()
		check(t, text, Context{Lang: "ru", Now: monday, Asked: true})
		if took := time.Since(start); took > 5*time.Second { // BenchmarkHostile: under 4 ms; this only catches a runaway
			t.Errorf("%s: %v", name, took)
		}
	}
}

// hostile are texts of 4,096 characters that ask much of one part or another.
func hostile() map[string]string {
	fill := func(s string) string {
		runes := []rune(strings.Repeat(s, 4096/len([]rune(s))+1))
		return string(runes[:4096])
	}
	return map[string]string{
		"unknown words": fill("взавтракав пятницык "),
		"numbers":       fill("1 "),
		"colons":        fill("1:1:"),
		"dashes":        fill("10-11-"),
		"weekdays":      fill("в среду или "),
		"number words":  fill("двадцать "),
		"negations":     fill("не могу в среду "),
		"translit":      fill("zavtrr pyatnic "),
		"one letter":    fill("а"),
		"marks":         fill("е\u0308\u0301"),
		"prepositions":  fill("в на с до "),
		"emoji":         fill("👩‍⚕️"),
	}
}

func BenchmarkRead(b *testing.B) {
	texts := make([]string, 0, len(sentencesRu))
	for _, row := range sentencesRu {
		texts = append(texts, row.text)
	}
	c := Context{Lang: "ru", Now: monday}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Read(token.Tokenize(texts[i%len(texts)]), c)
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Read(token.Tokenize(text), Context{Lang: "ru", Now: monday})
			}
		})
	}
}
