package nlu

import (
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// offered are the options of a question for the service.
func offered(terms []Term) (all []Option) {
	for _, t := range terms {
		if t.Field == FieldService {
			all = append(all, Option{ID: t.ID, Label: t.Names[0]})
		}
	}
	return all
}

func seed(f *testing.F) {
	for line := range slices.Values([]string{
		"мосаж спны", "на моникюр к сафиун", "сакалныы төөзәтергә рәнатка", "детскыя стрикжа или мужсая", "с сабакой можна", "отёк квинкэ, тежело дыщать",
		"не к Белову а к сафиной", "power of atttorney", "\x00\xff ьъ", "массаж массаж массаж", "верните деньгы", "ыыы",
	}) {
		f.Add(line)
	}
}

// FuzzTerms: the commands of the clinic's own terms name what it has, in the visitor's own
// words, and the same words are always read alike.
func FuzzTerms(f *testing.F) {
	seed(f)
	v := town()
	r := New(v)
	f.Fuzz(func(t *testing.T, text string) {
		for _, expects := range []Field{"", FieldService, FieldSpecialist, FieldBranch, FieldName} {
			c := Context{Lang: "ru", Now: monday, Expects: expects, Offered: offered(v.Terms)}
			got := r.Read(text, c)
			for _, cmd := range got.Commands {
				if cmd.Start < 0 || cmd.End > len(text) || cmd.Start > cmd.End || cmd.Do != Unclear && text[cmd.Start:cmd.End] != cmd.Quote {
					t.Fatalf("%q [%d:%d] quotes %q", text, cmd.Start, cmd.End, cmd.Quote)
				}
				if cmd.Do != Set || cmd.Field != FieldService || cmd.Value == ValueAny {
					continue
				}
				for _, id := range append([]string{cmd.Value}, cmd.Others...) {
					if !slices.ContainsFunc(v.Terms, func(term Term) bool { return term.ID == id && term.Field == FieldService }) {
						t.Fatalf("%q: no service %q", text, id)
					}
				}
				if slices.Contains(cmd.Others, cmd.Value) {
					t.Fatalf("%q: %s is its own other", text, cmd.Value)
				}
			}
			if again := r.Read(text, c); cmp.Diff(got.Commands, again.Commands) != "" || got.Alarm != again.Alarm {
				t.Fatalf("%q is read in two ways", text)
			}
		}
	})
}

// FuzzQuestions: what is asked is on the clinic's list.
func FuzzQuestions(f *testing.F) {
	seed(f)
	v := town()
	r := New(v)
	f.Fuzz(func(t *testing.T, text string) {
		got := r.Read(text, Context{Lang: "ru", Now: monday})
		for _, c := range got.Commands {
			if n := atoi(c.Value); c.Do == Ask && (n < 0 || n >= len(v.FAQ)) {
				t.Fatalf("%q asks %q", text, c.Value)
			}
		}
		if got.Covered < 0 || got.Covered > 1 {
			t.Fatalf("%q: covered %v", text, got.Covered)
		}
	})
}

// FuzzAlarms: an alarm is one of three, and explaining it changes nothing.
func FuzzAlarms(f *testing.F) {
	seed(f)
	r := New(town())
	f.Fuzz(func(t *testing.T, text string) {
		got, told := r.Read(text, Context{Lang: "ru", Now: monday}), r.Read(text, Context{Lang: "ru", Now: monday, Explain: true})
		if got.Alarm != "" && got.Alarm != AlarmEmergency && got.Alarm != AlarmSymptoms || got.Alarm != told.Alarm || len(got.Commands) != len(told.Commands) {
			t.Fatalf("%q: %q, explained %q", text, got.Alarm, told.Alarm)
		}
		if (told.Alarm != "") != (told.AlarmRule != "") {
			t.Fatalf("%q: alarm %q by %q", text, told.Alarm, told.AlarmRule)
		}
	})
}

// FuzzSpeller: the lower bound is one, the way there costs what the way back does, and the
// nearest word is within the limit.
func FuzzSpeller(f *testing.F) {
	for _, p := range [][2]string{{"массаж", "мосаж"}, {"лицо", "лцио"}, {"сердцее", "сердце"}, {"ьь", "ъ"}, {"appointment", "apointmnet"}, {"төзәтү", "төөзәту"}, {"", "a"}, {"ёлка", "елка"}} {
		f.Add(p[0], p[1])
	}
	words := newSpeller("массаж", "массажа", "маникюр", "сердце", "haircut", "стрижка", "чәч")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, okA := spelt(a)
		y, okB := spelt(b)
		if okA && okB && utf8.ValidString(a) && utf8.ValidString(b) {
			const most = 30
			there, back := distance(&x, &y, most), distance(&y, &x, most)
			if min(there, most+1) != min(back, most+1) {
				t.Fatalf("%q to %q costs %d, back %d", a, b, there, back)
			}
			if bound := x.has.apart(y.has); there <= most && bound > there {
				t.Fatalf("%q to %q costs %d, at least %d", a, b, there, bound)
			}
		}
		if near, _ := words.nearest(a, looseLimits, true); near.text != "" {
			if price, ok := priceBetween(a, near.text, looseLimits); !ok || price != near.price {
				t.Fatalf("%q: %+v, measured %d %v", a, near, price, ok)
			}
		}
	})
}

// FuzzStems: cutting endings leaves whole letters.
func FuzzStems(f *testing.F) {
	for _, w := range []string{"стрижечка", "массажларга", "төзәтергә", "ноготочки", "к", "\xff", "бббб"} {
		f.Add(w)
	}
	f.Fuzz(func(t *testing.T, word string) {
		if !utf8.ValidString(word) {
			return
		}
		for _, s := range []string{stem(word), root(stem(word)), undouble(word)} {
			if !utf8.ValidString(s) {
				t.Fatalf("%q became %q", word, s)
			}
		}
		withoutCase(word, func(cut string) bool {
			if !utf8.ValidString(cut) || utf8.RuneCountInString(cut) < 3 {
				t.Fatalf("%q without its case is %q", word, cut)
			}
			return false
		})
	})
}
