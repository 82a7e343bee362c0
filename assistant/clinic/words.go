package clinic

import (
	"strings"
	"unicode"
)

// word is a name or alias by which a visitor may ask for a service.
type word struct {
	at      value
	folded  string
	name    bool
	service Service
}

func (v value) named(s Service) {
	for _, name := range s.Name.All() {
		v.r.words = append(v.r.words, word{v, fold(name), true, s})
	}
}

func (v value) aliased(s Service) {
	for _, item := range v.items() {
		if alias, ok := item.scalar(); ok {
			v.r.words = append(v.r.words, word{item, fold(alias), false, s})
		}
	}
}

// clashes warns of words that name more than one service. A generic word, of which each
// of the services' names has a part («стрижка» of a women's and a men's one), is no
// clash: the visitor is asked which is meant.
func (r *reader) clashes() {
	seen := map[string]word{}
	for _, w := range r.words {
		old, shared := seen[w.folded]
		switch {
		case !shared:
			seen[w.folded] = w
		case old.service.ID == w.service.ID:
		case old.name && w.name:
			w.at.warn("%q and %q have the same name: visitors cannot tell them apart", old.service.ID, w.service.ID)
		case old.name != w.name:
			alias, name := w, old
			if w.name {
				alias, name = old, w
			}
			alias.at.warn("alias %s is the name of %q: whoever says it means that one", quote(w.folded), name.service.ID)
		case !generic(w) || !generic(old):
			w.at.warn("alias %s is also an alias of %q: the visitor will be asked which", quote(w.folded), old.service.ID)
		}
	}
}

// generic reports whether the word shares a stem with its service's name.
func generic(w word) bool {
	for _, said := range w.service.Name.All() {
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
