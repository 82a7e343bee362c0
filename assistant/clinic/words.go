package clinic

import (
	"strings"
	"unicode"
)

// word is a name or alias by which a visitor may ask for a service, a specialist or a
// branch.
type word struct {
	at     value
	folded string
	name   bool
	of     meant
}

// meant is what a word means.
type meant struct {
	kind, id string
	names    Text
}

func (v value) named(of meant) {
	for _, name := range of.names.All() {
		v.r.words = append(v.r.words, word{v, fold(name), true, of})
	}
}

func (v value) aliased(of meant) {
	for _, item := range v.items() {
		if alias, ok := item.scalar(); ok {
			v.r.words = append(v.r.words, word{item, fold(alias), false, of})
		}
	}
}

// clashes warns of words that name more than one service, specialist or branch. A generic
// word, of which each of the names has a part («стрижка» of a women's and a men's one), is
// no clash: the visitor is asked which is meant.
func (r *reader) clashes() {
	seen := map[[2]string]word{}
	for _, w := range r.words {
		key := [2]string{w.of.kind, w.folded}
		old, shared := seen[key]
		switch {
		case !shared:
			seen[key] = w
		case old.of.id == w.of.id:
		case old.name && w.name:
			w.at.warn("%q and %q have the same name: visitors cannot tell them apart", old.of.id, w.of.id)
		case old.name != w.name:
			alias, name := w, old
			if w.name {
				alias, name = old, w
			}
			alias.at.warn("alias %s is the name of %q: whoever says it means that one", quote(w.folded), name.of.id)
		case !generic(w) || !generic(old):
			w.at.warn("alias %s is also an alias of %q: the visitor will be asked which", quote(w.folded), old.of.id)
		}
	}
}

// generic reports whether the word shares a stem with the name of what it means.
func generic(w word) bool {
	for _, said := range w.of.names.All() {
		for _, a := range strings.Fields(fold(said)) {
			for _, b := range strings.Fields(w.folded) {
				if stem(a) == stem(b) {
					return true
				}
			}
		}
	}
	return false
}

// stem is the beginning that the forms of a word have in common, roughly.
func stem(s string) string {
	letters := []rune(s)
	return string(letters[:min(len(letters), 5)])
}

// fold makes words comparable: lower case, ё as е, one blank between, no signs around.
func fold(s string) string {
	s = strings.ReplaceAll(strings.ToLower(s), "ё", "е")
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsPunct(r) && r != '-' && r != '\''
	}), " ")
}
