package nlu

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDraft tells giving up what is being arranged from cancelling what stands.
func TestDraft(t *testing.T) {
	r := reader(t)
	for _, row := range []struct {
		text    string
		expects Field
		draft   bool
	}{
		{"передумала, не надо", FieldPhone, true},
		{"never mind", FieldName, true},
		{"кирәкмәс инде", FieldTime, true},
		{"отмените запись на пятницу", FieldTime, false},
		{"передумала, отмените мою запись", "", false},
	} {
		got := one(t, r.Read(row.text, Context{Lang: "ru", Now: monday, Expects: row.expects}), Cancel)
		if got.Draft != row.draft {
			t.Errorf("%q where %s was asked: draft %v", row.text, row.expects, got.Draft)
		}
	}
}

// TestShift says by how much a time is to be moved.
func TestShift(t *testing.T) {
	r := reader(t)
	for text, want := range map[string]int{
		"перенесите мою запись на час позже": 60, "можно перенести на 20 минут раньше?": -20, "move my appointment half an hour later": 30, "язылуны ике сәгатькә соңрак күчерегез": 120,
	} {
		got := one(t, r.Read(text, Context{Lang: "ru", Now: monday}), Set)
		if !got.Same || got.Shift != want {
			t.Errorf("%q: same %v, %d minutes, want %d", text, got.Same, got.Shift, want)
		}
	}
}

// TestTie offers both where a misspelt name is as near to either.
func TestTie(t *testing.T) {
	r := New(Vocabulary{Terms: []Term{
		{Field: FieldSpecialist, ID: "kamalova", Names: []string{"Камалова Римма"}},
		{Field: FieldSpecialist, ID: "karalova", Names: []string{"Каралова Нелли"}},
	}})
	got := one(t, r.Read("запишите к Кахаловой", Context{Lang: "ru", Now: monday}), Set)
	both := append([]string{got.Value}, got.Others...)
	if !cmp.Equal(both, []string{"kamalova", "karalova"}) && !cmp.Equal(both, []string{"karalova", "kamalova"}) {
		t.Errorf("Кахаловой: %v", both)
	}
	if got := one(t, r.Read("запишите к Камаловой", Context{Lang: "ru", Now: monday}), Set); got.Value != "kamalova" || got.Others != nil {
		t.Errorf("Камаловой: %+v", got)
	}
}
