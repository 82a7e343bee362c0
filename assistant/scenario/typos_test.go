package scenario

import (
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"okoshko/assistant"
	"okoshko/assistant/nlu"
)

func TestTyposKeepWhatMustBeRight(t *testing.T) {
	for _, text := range []string{
		"8 917 234-56-78", "+7 (917) 000-11-22", "kirill.o@example.ru", "15:30", "в 10.45", "на 24.12", "11гә", "16да", "https://a.example/zapis", "example.ru",
		"полвторого", "в девять", "двадцать семь", "half three",
	} {
		for seed := range uint64(40) {
			if got := Typos(seed)(text); got != text {
				t.Errorf("seed %d: %q became %q", seed, text, got)
			}
		}
	}
}

func TestTyposKeepFirstLettersOfNames(t *testing.T) {
	for _, name := range []string{"Гузель Ринатовна", "Hannah Weiss", "Миләүшә", "Роза Шакировна"} {
		changed := 0
		for seed := range uint64(60) {
			got := Typos(seed)(name)
			if got != name {
				changed++
			}
			for i, w := range strings.Fields(got) {
				first, want := []rune(w)[0], []rune(strings.Fields(name)[i])[0]
				if unicode.ToLower(first) != unicode.ToLower(want) {
					t.Errorf("seed %d: %q became %q", seed, name, got)
				}
			}
		}
		if changed == 0 {
			t.Errorf("no seed misspells %q", name)
		}
	}
}

func TestTyposAreHabits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, text := rapid.Uint64().Draw(t, "seed"), rapid.String().Draw(t, "text")
		if once, again := Typos(seed)(text), Typos(seed)(text); once != again {
			t.Fatalf("%q became %q and then %q", text, once, again)
		}
	})
	name := Scenario{Say: []string{"это Клавдия Степановна"}, Outcome: Outcome{Appointment: &Appointment{Name: "Клавдия Степановна"}}}
	for seed := range uint64(20) {
		want := name.Mistyped(seed).Outcome.Appointment.Name
		got := Typos(seed)("меня зовут Клавдия Степановна")
		if !strings.HasSuffix(got, want) && !strings.HasSuffix(got, strings.ToLower(want)) {
			t.Errorf("seed %d: expects %q of %q", seed, want, got)
		}
	}
	if name.Outcome.Appointment.Name != "Клавдия Степановна" {
		t.Error("the scenario itself was changed")
	}
}

// TestKnownNameStaysRight: who is known already writes no name.
func TestKnownNameStaysRight(t *testing.T) {
	known := Scenario{Say: []string{"запишите ещё на бороду"}, Outcome: Outcome{Appointment: &Appointment{Name: "Асия"}}}
	for seed := range uint64(40) {
		if got := known.Mistyped(seed).Outcome.Appointment.Name; got != "Асия" {
			t.Errorf("seed %d: expects %q", seed, got)
		}
	}
}

// TestNoFalseAlarm: no visitor who is well is sent to the ambulance, slips or none.
func TestNoFalseAlarm(t *testing.T) {
	for _, f := range files(t) {
		reader := nlu.New(assistant.Vocabulary(f.House))
		for _, s := range f.Scenarios {
			if s.Outcome.Emergency || s.Outcome.Handoff != nil && s.Outcome.Handoff != false {
				continue
			}
			texts := slices.Clone(s.Say)
			for _, answers := range s.Answers {
				for _, a := range answers {
					texts = append(texts, a.Text)
				}
			}
			for _, text := range texts {
				for seed := range uint64(seeds + 1) {
					typed := text
					if seed > 0 {
						typed = Typos(seed)(text)
					}
					if got := reader.Read(typed, nlu.Context{Lang: s.Lang, Now: f.Now.Time}).Alarm; got != "" {
						t.Errorf("%s: %q: %s", s.ID, typed, got)
					}
				}
			}
		}
	}
}

// TestTyposPerLetter holds the share of slips in what the visitors of the
// scenarios write: one in 12 to 15 letters.
func TestTyposPerLetter(t *testing.T) {
	letters, slips := 0, 0
	for _, f := range files(t) {
		for _, s := range f.Scenarios {
			for _, text := range s.Say {
				for seed := uint64(1); seed <= seeds; seed++ {
					letters += count(text)
					slips += differ(text, Typos(seed)(text))
				}
			}
		}
	}
	per := float64(letters) / float64(slips)
	t.Logf("one slip in %.1f letters", per)
	if per < 12 || per > 15 || math.IsNaN(per) {
		t.Errorf("found one slip in %.1f letters, expected one in 12 to 15", per)
	}
}

func count(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// differ counts the words that are not as they were.
func differ(a, b string) (n int) {
	was, is := words.FindAllString(strings.ToLower(a), -1), words.FindAllString(strings.ToLower(b), -1)
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			n++
		}
	}
	return n
}
