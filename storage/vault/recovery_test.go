package vault

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRecoveryKeyIsReadAsPeopleType(t *testing.T) {
	text, by := NewRecovery()
	if !regexp.MustCompile(`^([0-9A-Z]{5}-){7}[0-9A-Z]{5}$`).MatchString(text) {
		t.Errorf("it is printed as %q", text)
	}
	look := strings.NewReplacer("0", "О", "1", "l", "A", "а", "B", "В", "C", "с", "3", "З") // Cyrillic for Latin
	for _, typed := range []string{
		text, strings.ToLower(text), strings.ReplaceAll(text, "-", " "), strings.ReplaceAll(text, "-", ""), " " + text + "\n", look.Replace(text),
	} {
		got, err := Recovery(typed)
		if err != nil || got != by {
			t.Errorf("%q: %v", typed, err)
		}
	}
	for _, typed := range []string{"", text[:20], text + "7", strings.Replace(text, text[:1], "$", 1)} {
		if _, err := Recovery(typed); err == nil {
			t.Errorf("%q was taken", typed)
		}
	}
}

// TestRecoverySlips: a wrong letter or two groups exchanged are told with the
// group, nearly always; what is not told opens nothing.
func TestRecoverySlips(t *testing.T) {
	tried, told := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		text, by := NewRecovery()
		groups := strings.Split(text, "-")
		if rapid.Bool().Draw(t, "exchange") {
			i := rapid.IntRange(0, 6).Draw(t, "group")
			groups[i], groups[i+1] = groups[i+1], groups[i]
		} else {
			g, i := rapid.IntRange(0, 7).Draw(t, "group"), rapid.IntRange(0, 4).Draw(t, "letter")
			c := alphabet[rapid.IntRange(0, 31).Draw(t, "typed")]
			groups[g] = groups[g][:i] + string(c) + groups[g][i+1:]
		}
		typed := strings.Join(groups, "-")
		if typed == text {
			return
		}
		tried++
		got, err := Recovery(typed)
		switch {
		case err != nil && strings.Contains(err.Error(), "group"):
			told++
		case err != nil:
			t.Fatal(err)
		case got == by:
			t.Fatalf("%s and %s are one", text, typed)
		}
	})
	if told*10 < tried*9 {
		t.Errorf("%d of %d slips were told, want 9 of 10", told, tried)
	}
}
