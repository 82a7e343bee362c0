// Package prompts holds every word said to a visitor or to the model, in the
// languages of the product: Russian, Tatar and English.
//
// Texts for visitors are in text/LANG.yaml: an id, and either a sentence or its
// plural forms (one, few, many, other; the rules are CLDR's). {name} stands for
// a value that the caller gives. Names of services and people are not bent, so
// sentences are worded for the nominative. What the model is told is in
// model.go. The package decides nothing.
package prompts

import (
	"embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Languages are those with a full set of texts; the first is used where a
// clinic's language is not among them.
var Languages = []string{"ru", "tt", "en"}

// Args are the values for the places of a text.
type Args map[string]string

//go:embed text/*.yaml
var files embed.FS

// message is one text: its plural forms, or only `other`.
type message map[plural.Form]string

// texts is language → id → message. It is filled once, from embedded files.
var texts = mustLoad()

var forms = map[string]plural.Form{
	"one": plural.One, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

// Say words the text called id in lang. A place that args does not name stays
// as it is written, and an unknown id is returned itself: both are found by
// tests, and a visitor still gets a reply.
func Say(lang, id string, args Args) string {
	m, ok := texts[known(lang)][id]
	if !ok {
		return id
	}
	return fill(m[plural.Other], args)
}

// Count words the text called id for n things; {n} is the number.
func Count(lang, id string, n int, args Args) string {
	lang = known(lang)
	m, ok := texts[lang][id]
	if !ok {
		return id
	}
	form := plural.Cardinal.MatchPlural(language.Make(lang), n, 0, 0, 0, 0)
	text, ok := m[form]
	if !ok {
		text = m[plural.Other]
	}
	with := Args{"n": strconv.Itoa(n)}
	for k, v := range args {
		with[k] = v
	}
	return fill(text, with)
}

// Has reports whether there is a text called id.
func Has(id string) bool {
	_, ok := texts[Languages[0]][id]
	return ok
}

func known(lang string) string {
	if _, ok := texts[lang]; ok {
		return lang
	}
	return Languages[0]
}

func fill(text string, args Args) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for k, v := range args {
		pairs = append(pairs, "{"+k+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func mustLoad() map[string]map[string]message {
	all := make(map[string]map[string]message, len(Languages))
	for _, lang := range Languages {
		m, err := load(lang)
		if err != nil {
			panic(err) // embedded files; a test loads them too
		}
		all[lang] = m
	}
	return all
}

func load(lang string) (map[string]message, error) {
	name := "text/" + lang + ".yaml"
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var raw map[string]any
	if err := yaml.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	out := make(map[string]message, len(raw))
	for id, v := range raw {
		m, err := parse(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, id, err)
		}
		out[id] = m
	}
	return out, nil
}

func parse(v any) (message, error) {
	switch v := v.(type) {
	case string:
		return message{plural.Other: strings.TrimSpace(v)}, nil
	case map[string]any:
		m := make(message, len(v))
		for name, text := range v {
			form, ok := forms[name]
			s, isText := text.(string)
			if !ok || !isText {
				return nil, fmt.Errorf("%q is not a plural form with a text", name)
			}
			m[form] = strings.TrimSpace(s)
		}
		return m, nil
	default:
		return nil, fmt.Errorf("found %T, expected a text or its plural forms", v)
	}
}
