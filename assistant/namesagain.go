package assistant

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"okoshko/assistant/nlu"
	"okoshko/storage"
)

// The reader finds a name by what stands around it, and may not see it where the
// visitor says it again in passing, in another case: «Аделине не дозвонились». Once
// a name is known it is looked for everywhere.

// namedAgain adds to the personal data of a text the words that are a known name,
// as written or inflected.
func namedAgain(text string, r nlu.Reading, known string) []nlu.Span {
	names := strings.Fields(known)
	for _, s := range r.Personal {
		if s.Kind == nlu.KindName {
			names = append(names, strings.Fields(s.Value)...)
		}
	}
	if len(names) == 0 {
		return r.Personal
	}
	spans := slices.Clone(r.Personal)
	for start, word := range wordsOf(text) {
		s := nlu.Span{Kind: nlu.KindName, Start: start, End: start + len(word), Value: word}
		if overlaps(r.Personal, s) || ofHouse(r.Commands, s) {
			continue
		}
		if slices.ContainsFunc(names, func(name string) bool { return inflected(word, name) }) {
			spans = append(spans, s)
		}
	}
	slices.SortFunc(spans, func(a, b nlu.Span) int { return cmp.Compare(a.Start, b.Start) })
	return spans
}

func overlaps(spans []nlu.Span, s nlu.Span) bool {
	return slices.ContainsFunc(spans, func(o nlu.Span) bool { return s.Start < o.End && o.Start < s.End })
}

// ofHouse reports whether the words name something of the house: a specialist may
// have the visitor's name.
func ofHouse(commands []nlu.Command, s nlu.Span) bool {
	return slices.ContainsFunc(commands, func(c nlu.Command) bool {
		own := c.Field == nlu.FieldSpecialist || c.Field == nlu.FieldService || c.Field == nlu.FieldBranch
		return own && s.Start < c.End && c.Start < s.End
	})
}

// Bounds of what is taken for a form of a name: shorter ones are common words as
// well, unless they have a capital, and an ending has so many letters at most.
const (
	shortName     = 5
	longestEnding = 4
)

// inflected reports whether a word is a name or a form of it: «Аделине», «Резедага».
func inflected(word, name string) bool {
	capital := unicode.IsUpper([]rune(word)[0])
	w, n := []rune(foldName(word)), []rune(foldName(name))
	if len(n) < 3 || len(n) <= shortName && !capital || len(w) > len(n)+longestEnding {
		return false
	}
	same := 0
	for same < len(w) && same < len(n) && w[same] == n[same] {
		same++
	}
	return same == len(n) || same >= 3 && same >= len(n)-1 && len(w) <= len(n)+2
}

func foldName(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ё", "е") }

// wordsOf yields the words of a text by where they begin.
func wordsOf(text string) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for at := 0; at < len(text); {
			r, n := utf8.DecodeRuneInString(text[at:])
			if !unicode.IsLetter(r) {
				at += n
				continue
			}
			end := at
			for end < len(text) {
				r, n := utf8.DecodeRuneInString(text[end:])
				if !unicode.IsLetter(r) {
					break
				}
				end += n
			}
			if !yield(at, text[at:end]) {
				return
			}
			at = end
		}
	}
}

// knownName is the name of the visitor of a conversation, from the contact or, before
// there is consent, from memory; "" for none.
func (a *Assistant) knownName(conversation string, st *State) (name string) {
	name = a.recall(conversation).person.Name
	if st.Contact == "" {
		return name
	}
	err := a.db.View(func(tx *storage.Tx) error {
		c, err := contactOf(tx, st.Contact)
		if c.Name != "" {
			name = c.Name
		}
		return err
	})
	if err != nil {
		a.log.Warn("a contact cannot be read", "contact", st.Contact, "err", err)
	}
	return name
}
