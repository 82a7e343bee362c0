package clinic

import (
	"maps"
	"slices"
)

// spoken are the languages of the product. A file may use any of them.
func spoken() []string { return []string{"ru", "tt", "en"} }

// Text is one thing said in several languages, by language code. Under the code "" a
// decoded Text has the words of the house's first language once more, so ranging over
// it meets only true words. The zero Text says nothing.
type Text map[string]string

// In returns the text in lang, else in the clinic's first language, else in any.
// It is "" only for a Text that says nothing.
func (t Text) In(lang string) string {
	if s, ok := t[lang]; ok {
		return s
	}
	if s, ok := t[""]; ok {
		return s
	}
	for _, s := range t.All() {
		return s
	}
	return ""
}

// All lists what the text says, each wording once, sorted by language code.
func (t Text) All() []string {
	var said []string
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		if lang != "" && !slices.Contains(said, t[lang]) {
			said = append(said, t[lang])
		}
	}
	return said
}
