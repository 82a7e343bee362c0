package privacy

import (
	"strings"
	"sync"
	"unicode"

	"okoshko/prompts"
)

// A tag that a visitor types must not be taken for one of ours, by the model, by
// reception or by this program: not ⟦own-phone⟧, and not what only looks like it,
// [PHONE_1], ［ＰＨＯＮＥ］, 【имя】 or [тел⁠ефон].

// Brackets that look like a tag's or a label's.
const (
	opening = "⟦〚[［⁅⦋【〖〔❲⟬⦗{｛⟨〈"
	closing = "⟧〛]］⁆⦌】〗〕❳⟭⦘}｝⟩〉"
)

// longestTag is characters between the brackets of what may look like a tag.
const longestTag = 48

// Strip takes out of a text that a stranger wrote what looks like a tag: its
// brackets; the words stay.
func Strip(text string) string {
	for strings.ContainsAny(text, opening+closing) {
		next := stripOnce(text)
		if next == text {
			break
		}
		text = next // «[[phone]]» is one tag in another
	}
	return text
}

func stripOnce(text string) string {
	runes := []rune(text)
	out := make([]rune, 0, len(runes))
	end := -1 // of a look-alike
	for i, r := range runes {
		if i == end {
			continue
		}
		if strings.ContainsRune(opening, r) {
			if j := lookalike(runes, i); j > 0 {
				end = j
				continue
			}
		}
		out = append(out, plainBracket(r))
	}
	return string(out)
}

// plainBracket is what stays of a tag's own brackets where they hold something else.
func plainBracket(r rune) rune {
	switch r {
	case '⟦', '〚':
		return '['
	case '⟧', '〛':
		return ']'
	}
	return r
}

// lookalike is where the bracket at i ends, if what is between them begins with
// the name of a kind; else -1.
func lookalike(runes []rune, i int) (end int) {
	j := i + 1
	for j < len(runes) && j-i <= longestTag && !strings.ContainsRune(opening+closing, runes[j]) {
		j++
	}
	if j == len(runes) || !strings.ContainsRune(closing, runes[j]) {
		return -1
	}
	inside := skeleton(string(runes[i+1 : j]))
	for _, name := range tagNames() {
		if rest, begins := strings.CutPrefix(inside, name); begins && (rest == "" || !unicode.IsLetter([]rune(rest)[0])) {
			return j
		}
	}
	return -1
}

// tagNames are how tags and labels begin, as skeletons.
var tagNames = sync.OnceValue(func() (names []string) {
	for _, kind := range []string{"phone", "email", "name", "address", "birthdate", "passport", "snils", "inn", "oms", "card", "number", "url", "health"} {
		names = append(names, skeleton(kind), skeleton(ownKind+kind))
		for _, lang := range prompts.Languages {
			names = append(names, skeleton(strings.Trim(prompts.Say(lang, "label."+kind, nil), "[]")))
		}
	}
	return names
})

// twins are letters of one shape.
var twins = strings.NewReplacer(
	"а", "a", "е", "e", "ё", "e", "о", "o", "р", "p", "с", "c", "х", "x", "у", "y", "к", "k", "м", "m", "н", "h", "т", "t", "в", "b", "і", "i", "ѕ", "s", "ј", "j",
	"ө", "o", "ү", "y", "0", "o", "_", " ", "-", " ", "‑", " ",
)

// skeleton is a text as the eye takes it: without what cannot be seen, in one
// case, width and script.
func skeleton(text string) string {
	seen := strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me, unicode.Variation_Selector), unicode.IsControl(r):
			return -1
		case r >= '！' && r <= '～': // full width
			r -= '！' - '!'
		case unicode.IsSpace(r):
			r = ' '
		}
		return unicode.ToLower(r)
	}, text)
	return strings.Join(strings.Fields(twins.Replace(seen)), " ")
}
