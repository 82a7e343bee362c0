package assistant

import (
	"net/url"
	"strings"

	"okoshko/assistant/nlu"
)

// Where a visitor comes from is kept before they have agreed to anything, and
// receivers that may not know who it is are told of it. But an address or the
// mark of an advertisement may name somebody: /users/…, a letter sent with
// utm_content=guzel@…. So what reads as personal data is left out.

// hidden stands in an address for a part that is left out.
const hidden = "…"

// origin is the page and the marks of a visit without anything personal.
func (h *house) origin(v Visit) (page string, source map[string]string) {
	for mark, value := range v.Source {
		if h.personal(v.Lang, value) {
			continue
		}
		if source == nil {
			source = make(map[string]string, len(v.Source))
		}
		source[mark] = value
	}
	return h.pageOf(v), source
}

// pageOf keeps the site, and each part of the path that names nobody.
func (h *house) pageOf(v Visit) string {
	address, _, _ := strings.Cut(v.Page, "?")
	address, _, _ = strings.Cut(address, "#")
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		scheme, rest = "", address
	}
	parts := strings.Split(rest, "/")
	if ok { // «guzel@» before a site is no part of it
		parts[0] = parts[0][strings.LastIndex(parts[0], "@")+1:]
	}
	for i, part := range parts {
		if i == 0 && ok {
			continue
		}
		if h.personal(v.Lang, part) {
			parts[i] = hidden
		}
	}
	if !ok {
		return strings.Join(parts, "/")
	}
	return scheme + "://" + strings.Join(parts, "/")
}

// wordBreaks stand in addresses and marks where words have spaces.
var wordBreaks = strings.NewReplacer("_", " ", "+", " ", "|", " ", "=", " ", "%", " ")

// personal reports whether a text that a program wrote holds personal data, as it
// stands, decoded, or with its words taken apart.
func (h *house) personal(lang, text string) bool {
	readings := []string{text}
	if plain, err := url.PathUnescape(text); err == nil && plain != text {
		readings = append(readings, plain)
	}
	for _, r := range readings {
		for _, r := range []string{r, wordBreaks.Replace(r), strings.ReplaceAll(wordBreaks.Replace(r), "-", " ")} {
			for _, s := range h.reader.Read(r, nlu.Context{Lang: lang}).Personal {
				if s.Kind != nlu.KindURL {
					return true
				}
			}
		}
	}
	return false
}
