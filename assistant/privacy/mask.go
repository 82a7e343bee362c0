package privacy

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"okoshko/assistant/nlu"
)

// A tag stands in a stored text for a piece of personal data: ⟦phone:1:k3x9⟧.
// The last part is the conversation's secret, so that a tag typed by a visitor
// is not taken for one of ours.
const (
	tagOpen  = "⟦"
	tagClose = "⟧"
)

// Own is the tag for a field of the visitor's own contact: name, phone or email.
// Texts hold it in place of the value, which is read from the contact when the
// text is shown to somebody who may see it.
func Own(field string) string { return tagOpen + ownKind + field + tagClose }

const ownKind = "own-"

// Masked is the tag for a piece of personal data of a kind that nothing is known of.
func Masked(kind string) string { return tagOpen + kind + tagClose }

// OwnField tells whether a tag's kind is that of [Own], and of which field.
func OwnField(kind string) (field string, ok bool) { return strings.CutPrefix(kind, ownKind) }

// Mask replaces the spans of text (in order, not overlapping, offsets in bytes)
// by tags, and returns which value each tag stands for. What looks like a tag in
// the rest is none any more.
func Mask(text string, spans []nlu.Span, secret string) (masked string, values map[string]string) {
	values = make(map[string]string, len(spans))
	var b strings.Builder
	at := 0
	for i, s := range spans {
		if s.Start < at || s.End > len(text) {
			continue
		}
		b.WriteString(Strip(text[at:s.Start]))
		tag := tagOpen + s.Kind + ":" + strconv.Itoa(i+1) + ":" + secret + tagClose
		values[tag] = s.Value
		b.WriteString(tag)
		at = s.End
	}
	b.WriteString(Strip(text[at:]))
	return b.String(), values
}

// Show replaces each tag of a masked text by a label for its kind.
func Show(masked string, label func(kind string) string) string {
	var b strings.Builder
	for {
		i := strings.Index(masked, tagOpen)
		if i < 0 {
			break
		}
		b.WriteString(masked[:i])
		rest := masked[i+len(tagOpen):]
		j := strings.Index(rest, tagClose)
		if j < 0 {
			masked = rest
			break
		}
		kind, _, _ := strings.Cut(rest[:j], ":")
		b.WriteString(label(kind))
		masked = rest[j+len(tagClose):]
	}
	b.WriteString(masked)
	return b.String()
}

// Cut shortens s to at most n characters at a character's edge.
func Cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n])) + "…"
}

// Number replaces the spans of text as people read it: [PHONE_1], [PHONE_2],
// [NAME_1], each kind counted for itself.
func Number(text string, spans []nlu.Span) string {
	var b strings.Builder
	counts := make(map[string]int)
	at := 0
	for _, s := range spans {
		if s.Start < at || s.End > len(text) {
			continue
		}
		counts[s.Kind]++
		b.WriteString(text[at:s.Start])
		b.WriteString("[" + strings.ToUpper(s.Kind) + "_" + strconv.Itoa(counts[s.Kind]) + "]")
		at = s.End
	}
	b.WriteString(text[at:])
	return b.String()
}
