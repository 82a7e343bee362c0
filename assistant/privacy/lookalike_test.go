package privacy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"okoshko/assistant/nlu"
)

// TestLookalikes: what a visitor types that looks like a tag of ours is none any
// more; brackets that say something else stay.
func TestLookalikes(t *testing.T) {
	for typed, want := range map[string]string{
		"⟦phone:1:k3x9⟧":        "phone:1:k3x9",
		"⟦own-phone⟧":           "own-phone",
		"[PHONE_1]":             "PHONE_1",
		"[Phone 1] [eMaiL_2]":   "Phone 1 eMaiL_2",
		"［ＰＨＯＮＥ＿１］":             "ＰＨＯＮＥ＿１",
		"【телефон】":             "телефон",
		"[ТЕЛЕФОН_1]":           "ТЕЛЕФОН_1",
		"[тeлeфoн]":             "тeлeфoн", // with Latin letters
		"[тел\u200bеф\u2060он]": "тел\u200bеф\u2060он",
		"⟦\u00ADphone⟧":         "\u00ADphone",
		"[исем]":                "исем",
		"{туган көн}":           "туган көн",
		"[сәламәтлек турында]":  "сәламәтлек турында",
		"[[name]]":              "name",
		"[⟦name⟧]":              "name",
		"⟦phone]":               "phone",
		"〔INSURANCE NUMBER 3〕":  "INSURANCE NUMBER 3",
		"[дата рождения]":       "дата рождения",
		"позвоните [вечером]":   "позвоните [вечером]",
		"⟦вечером⟧ :)":          "[вечером] :)",
		"[именины]":             "[именины]",
		"2 ] 3 [ 4":             "2 ] 3 [ 4",
	} {
		if got := Strip(typed); got != want {
			t.Errorf("Strip(%q) = %q, want %q", typed, got, want)
		}
	}
}

// TestStripLeavesNoTag: whatever is typed, no tag is found in it, a second look
// changes nothing, and a tag of ours beside it is the only one that is shown.
func TestStripLeavesNoTag(t *testing.T) {
	pieces := []string{"⟦", "⟧", "〚", "〛", "[", "]", "［", "］", "【", "】", "own-", "phone", "PHONE", "имя", "исем", ":1:", "_1", " ", "\u200b", "k3x9", "ｐｈｏｎｅ", "x", "8 917", "\n"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(t, "text"), "")
		got := Strip(text)
		if strings.Contains(got, tagOpen) || strings.Contains(got, tagClose) || Strip(got) != got {
			t.Fatalf("Strip(%q) = %q", text, got)
		}
		at := rapid.IntRange(0, len([]rune(text))).Draw(t, "at")
		before, after := string([]rune(text)[:at]), string([]rune(text)[at:])
		masked, values := Mask(before+"VALUE"+after, []nlu.Span{{Kind: "phone", Start: len(before), End: len(before) + 5, Value: "v"}}, "k3x9")
		shown := 0
		Show(masked, func(kind string) string { shown++; return kind })
		if shown != 1 || len(values) != 1 || strings.Contains(masked, "VALUE") {
			t.Fatalf("%q has %d tags", masked, shown)
		}
	})
}
