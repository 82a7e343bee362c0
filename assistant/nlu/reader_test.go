package nlu

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func one(t *testing.T, reading Reading, do string) Command {
	t.Helper()
	for _, c := range reading.Commands {
		if c.Do == do {
			return c
		}
	}
	t.Fatalf("no %s among %s", do, spelled(reading.Commands))
	return Command{}
}

func TestChooseAmongOffered(t *testing.T) {
	r := reader(t)
	slot := func(id string, hour int) Option {
		return Option{ID: id, Label: "чт, 26 ноября, " + itoa(hour) + ":00", Start: time.Date(2026, 11, 26, hour, 0, 0, 0, monday.Location())}
	}
	c := Context{Lang: "ru", Now: monday, Expects: FieldTime, Offered: []Option{slot("b", 12), slot("a", 10), slot("c", 17)}}
	for text, want := range map[string]string{
		"второе": "a", "давайте последнее": "c", "которое пораньше": "a", "самое позднее": "c", "первый вариант": "b", "чт, 26 ноября, 17:00": "c", "3 вариант": "c", "the second one": "a", "икенчесе": "a",
	} {
		if got := one(t, r.Read(text, c), Choose); got.Value != want {
			t.Errorf("%q chooses %q, want %q", text, got.Value, want)
		}
	}
	c.Expects = ExpectWhich
	if got := one(t, r.Read("2", c), Choose); got.Value != "a" {
		t.Errorf("a bare 2 chooses %q", got.Value)
	}
	for _, got := range r.Read("шестое", c).Commands {
		if got.Do == Choose {
			t.Errorf("a sixth of three was chosen: %+v", got)
		}
	}
}

func TestOthersAndNot(t *testing.T) {
	r := reader(t)
	c := Context{Lang: "ru", Now: monday}
	if got := one(t, r.Read("стрижка", c), Set); got.Value != "haircut" || !cmp.Equal(got.Others, []string{"claws", "kids-cut"}) {
		t.Errorf("стрижка: %+v", got)
	}
	if got := one(t, r.Read("детская стрижка", c), Set); got.Value != "kids-cut" || got.Others != nil {
		t.Errorf("детская стрижка: %+v", got)
	}
	if got := one(t, r.Read("не к Сафиной, а к Белову", c), Correct); got.Value != "belov" || got.Not != "safina" {
		t.Errorf("correction: %+v", got)
	}
	if got := one(t, r.Read("только не к Сафиной", c), Correct); got.Value != "" || got.Not != "safina" || got.Field != FieldSpecialist {
		t.Errorf("negation: %+v", got)
	}
}

func TestCovered(t *testing.T) {
	r := reader(t)
	for text, want := range map[string]float64{"запишите на массаж спины завтра в 15:00": 1, "лыва ыловао ывлдао": 0, "хочу массаж и кашалота": 0.6} {
		got := r.Read(text, Context{Lang: "ru", Now: monday}).Covered
		if want == 1 && got < 1 || want == 0 && got > 0 || want > 0 && want < 1 && (got <= 0 || got >= 1) {
			t.Errorf("%q: covered %.2f, about %.1f wanted", text, got, want)
		}
	}
}

func TestExplain(t *testing.T) {
	r := reader(t)
	for _, explain := range []bool{false, true} {
		for _, c := range r.Read("запишите на массаж завтра, меня зовут Роза, 89172345678", Context{Lang: "ru", Now: monday, Explain: explain}).Commands {
			if (c.Rule != "") != explain {
				t.Errorf("explain %v: rule %q of %s", explain, c.Rule, c.Do)
			}
		}
	}
}

func TestEmptyVocabulary(t *testing.T) {
	r := New(Vocabulary{})
	got := spelled(r.Read("запишите к терапевту на среду, Айрат, 89172345678, a@b.ru", Context{Lang: "ru", Now: monday}).Commands)
	if !sameWords(got, "book, set time, set name=Айрат, set phone=+79172345678, set email=a@b.ru") {
		t.Error(got)
	}
}

// TestTogether reads from many goroutines; the race detector watches.
func TestTogether(t *testing.T) {
	r := reader(t)
	lines := strings.Split(strings.TrimSpace(nameMessages), "\n")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, line := range lines {
				r.Read(line, Context{Lang: "ru", Now: monday})
			}
		})
	}
	group.Wait()
}
