package clinic

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// reader collects the problems of one file while its tree is read.
type reader struct {
	file     string
	problems Problems
	later    []func() // checks that need the whole file
	advice   []func() // warnings, given when there are no errors: what a broken file means is guesswork
	words    []word
}

// value is one node of the file and the key under which it stands.
type value struct {
	r    *reader
	node ast.Node // nil in an empty file
	key  string
}

// field is one key that an object may have.
type field struct {
	key  string
	need bool
	read func(value)
}

// Lengths in characters.
const (
	maxName   = 120
	maxText   = 2000
	maxQuoted = 60 // of the file's words in a message
)

func (v value) problem(warning bool, message, found, expected string) {
	line, column := v.position()
	v.r.problems = append(v.r.problems, Problem{
		File: v.r.file, Line: line, Column: column, Warning: warning,
		Message: message, Found: found, Expected: expected,
	})
}

// refuse says that the value's form is wrong.
func (v value) refuse(expected string) { v.problem(false, v.key, describe(v.node), expected) }

// refuseErr repeats an error of the form "found …, expected …".
func (v value) refuseErr(err error) {
	found, expected, _ := strings.Cut(strings.TrimPrefix(err.Error(), "found "), ", expected ")
	v.problem(false, v.key, found, expected)
}

// advise has a check for warnings made once the whole file is read.
func (v value) advise(check func()) { v.r.advice = append(v.r.advice, check) }

func (v value) warn(format string, args ...any) {
	v.problem(true, fmt.Sprintf(format, args...), "", "")
}

func (v value) position() (line, column int) {
	n := v.node
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		n = m.Values[0].Key
	}
	if n == nil || n.GetToken() == nil {
		return 1, 1
	}
	p := n.GetToken().Position
	return p.Line, max(p.Column, 1)
}

// describe names what stands there, for "found …".
func describe(n ast.Node) string {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.StringNode:
		return quote(n.Value)
	case *ast.LiteralNode:
		return "a block of text"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "the number " + quoteless(n.GetToken().Value)
	case *ast.BoolNode:
		return quoteless(n.GetToken().Value)
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a group of keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		return "a YAML anchor, alias or tag, which this file does not use"
	}
	return "something else"
}

func quote(s string) string {
	if utf8.RuneCountInString(s) > maxQuoted {
		s = string([]rune(s)[:maxQuoted]) + "…"
	}
	return strconv.Quote(s)
}

func quoteless(s string) string { q := quote(s); return q[1 : len(q)-1] }

// object reads a group of keys: each field once, in the table's order whatever the
// file's, unknown and doubled keys refused.
func (v value) object(fields ...field) {
	m, ok := v.node.(ast.MapNode)
	if !ok {
		v.refuse("a group of keys: " + keys(fields))
		return
	}
	found := v.members(m, fields)
	for _, f := range fields {
		if member, ok := found[f.key]; ok {
			f.read(member)
		} else if f.need {
			v.problem(false, fmt.Sprintf("key %q is missing", f.key), "", "")
		}
	}
}

func (v value) members(m ast.MapNode, fields []field) map[string]value {
	found := map[string]value{}
	for it := m.MapRange(); it.Next(); {
		key := it.Key().GetToken().Value
		at := value{v.r, it.Key(), key}
		switch _, doubled := found[key]; {
		case doubled:
			at.problem(false, fmt.Sprintf("key %q stands twice", quoteless(key)), "", "it once")
		case !slices.ContainsFunc(fields, func(f field) bool { return f.key == key }) && torn(m, it.Value()):
			at.problem(false, "words with a comma", quote(key)+" on its own", "quotes around them")
		case !slices.ContainsFunc(fields, func(f field) bool { return f.key == key }):
			at.problem(false, "unknown key", quote(key), guess(key, fields))
		default:
			found[key] = value{v.r, it.Value(), key}
		}
	}
	return found
}

// torn reports whether an unknown key without a value, in braces, is the rest of words
// that YAML cut at their comma: {ru: ул. Баумана, 1}.
func torn(m ast.MapNode, v ast.Node) bool {
	braces, ok := m.(*ast.MappingNode)
	_, empty := v.(*ast.NullNode)
	return ok && braces.IsFlowStyle && empty
}

func keys(fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.key
	}
	return strings.Join(names, ", ")
}

// guess names the field that was probably meant, or all of them.
func guess(key string, fields []field) string {
	for _, f := range fields {
		if distance(key, f.key) <= 2 {
			return strconv.Quote(f.key)
		}
	}
	return "one of " + keys(fields)
}

// distance counts the letters to change between two words (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// list reads a list's items; expected describes the whole list for its absence.
func (v value) list(expected string) []value {
	s, ok := v.node.(*ast.SequenceNode)
	if !ok {
		v.refuse(expected)
		return nil
	}
	items := make([]value, len(s.Values))
	for i, n := range s.Values {
		items[i] = value{v.r, n, v.key}
	}
	return items
}

// items are a list's items, none of what is no list; for looking again.
func (v value) items() []value {
	if _, ok := v.node.(*ast.SequenceNode); !ok {
		return nil
	}
	return v.list("")
}

// text reads words of at most limit characters, on one line unless limit is maxText.
func (v value) text(limit int, expected string) (string, bool) {
	s, ok := v.scalar()
	s = strings.TrimSpace(s)
	switch {
	case !ok || s == "":
		v.refuse(expected)
	case strings.Contains(s, "whsec_"):
		v.problem(false, v.key, "a literal secret", `secret:NAME after "okoshko secret set NAME"`)
	case utf8.RuneCountInString(s) > limit:
		v.problem(false, v.key, fmt.Sprintf("%d characters", utf8.RuneCountInString(s)),
			fmt.Sprintf("at most %d", limit))
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && (r != '\n' || limit < maxText) }):
		v.problem(false, v.key, "a control character or line break", "words on one line")
	default:
		return s, true
	}
	return "", false
}

func (v value) scalar() (string, bool) {
	switch n := v.node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// texts reads a list of words without repeats.
func (v value) texts(expected string) []string {
	var all []string
	for _, item := range v.list(expected) {
		s, ok := item.text(maxName, expected)
		if ok && slices.Contains(all, s) {
			item.problem(false, v.key, quote(s)+" twice", "each once")
		} else if ok {
			all = append(all, s)
		}
	}
	return all
}

// each reads a list of words of one kind, without repeats; what is not of it is refused.
func (v value) each(kind string, ok func(string) bool) []string {
	var all []string
	for _, item := range v.list("a list, each item " + kind) {
		s, is := item.text(maxName, kind)
		if is && !ok(s) {
			item.refuse(kind)
		} else if is && !slices.Contains(all, s) {
			all = append(all, s)
		} else if is {
			item.problem(false, v.key, quote(s)+" twice", "each once")
		}
	}
	return all
}

func (v value) oneOf(options ...string) string {
	expected := strings.Join(options, " or ")
	s, ok := v.text(maxName, expected)
	if ok && !slices.Contains(options, s) {
		v.refuse(expected)
	}
	return s
}

func (v value) integer(low, high int) int {
	expected := fmt.Sprintf("a whole number from %d to %d", low, high)
	n, ok := v.node.(*ast.IntegerNode)
	if !ok {
		v.refuse(expected)
		return low
	}
	i, err := strconv.Atoi(fmt.Sprint(n.Value))
	if err != nil || i < low || i > high {
		v.refuse(expected)
		return low
	}
	return i
}

func (v value) boolean() bool {
	n, ok := v.node.(*ast.BoolNode)
	if !ok {
		v.refuse("true or false")
		return false
	}
	return n.Value
}

// duration reads a duration within bounds, in whole units.
func (v value) duration(low, high, unit time.Duration) time.Duration {
	s, ok := v.text(maxName, "a duration such as 15m, 1h30m or 60d")
	if !ok {
		return low
	}
	d, err := ParseDuration(s)
	switch {
	case err != nil:
		v.refuseErr(err)
	case d < low || d > high:
		v.refuse(fmt.Sprintf("from %s to %s", FormatDuration(low), FormatDuration(high)))
	case d%unit != 0:
		v.refuse("whole units of " + FormatDuration(unit))
	default:
		return d
	}
	return low
}

func (v value) hours() Hours {
	s, ok := v.text(maxHours, "hours such as Mo-Fr 09:00-18:00; Sa-Su off")
	if !ok {
		return Hours{}
	}
	h, err := ParseHours(s)
	if err != nil {
		v.refuseErr(err)
	}
	return h
}
