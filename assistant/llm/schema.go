package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// grammar is the part of JSON Schema that requests may use: objects whose
// properties are all named, arrays, strings, integers, booleans, and
// enumerations of strings. Anything else is refused before it reaches the
// server, for a pattern or a large bound has been seen to kill it (llama.cpp
// issues 25283 and 25923).
type grammar struct {
	Type       string              `json:"type"`
	Properties map[string]*grammar `json:"properties"`
	Required   []string            `json:"required"`
	Others     *bool               `json:"additionalProperties"` // only false
	Items      *grammar            `json:"items"`
	MinItems   int                 `json:"minItems"`
	MaxItems   *int                `json:"maxItems"` // required of an array
	Enum       []string            `json:"enum"`
	MinLength  int                 `json:"minLength"` // letters
	MaxLength  *int                `json:"maxLength"` // required of a string that is no enumeration
	Minimum    *int64              `json:"minimum"`
	Maximum    *int64              `json:"maximum"`
}

const (
	// maxBound is the largest maxItems or maxLength.
	maxBound = 500
	// maxRepeat bounds how often a schema repeats anything, all bounds
	// multiplied and added up: servers count so and give up at some 2,000.
	maxRepeat = 1000
	maxDepth  = 6
)

// parseGrammar reads a schema. The error is ErrSchema.
func parseGrammar(schema json.RawMessage) (*grammar, error) {
	d := json.NewDecoder(bytes.NewReader(schema))
	d.DisallowUnknownFields()
	var g *grammar
	if err := d.Decode(&g); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSchema, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: more than one value", ErrSchema)
	}
	repeats, err := g.weigh(0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSchema, err)
	}
	if repeats > maxRepeat {
		return nil, fmt.Errorf("%w: it allows %d repetitions, want at most %d", ErrSchema, repeats, maxRepeat)
	}
	return g, nil
}

// weigh says whether a schema is of the subset, and how often it repeats.
func (g *grammar) weigh(depth int) (repeats int, err error) {
	if g == nil || depth > maxDepth {
		return 0, errors.New("a part is missing or too deep")
	}
	switch g.Type {
	case "object":
		return g.weighObject(depth)
	case "array":
		if g.MaxItems == nil || *g.MaxItems < g.MinItems || *g.MaxItems > maxBound {
			return 0, fmt.Errorf("an array's maxItems has to be at most %d", maxBound)
		}
		item, err := g.Items.weigh(depth + 1)
		return *g.MaxItems * (1 + item), err
	case "string":
		if g.Enum != nil {
			return 0, g.weighEnum()
		}
		if g.MaxLength == nil || *g.MaxLength < g.MinLength || *g.MaxLength > maxBound {
			return 0, fmt.Errorf("a string's maxLength has to be at most %d", maxBound)
		}
		return *g.MaxLength, nil
	case "integer", "boolean":
		return 0, nil
	}
	return 0, fmt.Errorf("type %q", g.Type)
}

func (g *grammar) weighObject(depth int) (repeats int, err error) {
	if len(g.Properties) == 0 || g.Others != nil && *g.Others {
		return 0, errors.New("an object's properties have to be named")
	}
	for _, name := range g.Required {
		if g.Properties[name] == nil {
			return 0, fmt.Errorf("required %q is no property", name)
		}
	}
	for _, property := range g.Properties {
		n, err := property.weigh(depth + 1)
		if err != nil {
			return 0, err
		}
		repeats += n
	}
	return repeats, nil
}

func (g *grammar) weighEnum() error {
	if len(g.Enum) == 0 {
		return errors.New("an enumeration is empty")
	}
	for _, value := range g.Enum {
		if len(value) > maxBound {
			return errors.New("an enumerated value is too long")
		}
	}
	return nil
}

// check says whether an answer is one JSON value that the grammar allows. The
// error is ErrInvalid and says where, not what.
func (g *grammar) check(answer []byte) error {
	if !utf8.Valid(answer) {
		return fmt.Errorf("%w: not UTF-8", ErrInvalid)
	}
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return fmt.Errorf("%w: not JSON", ErrInvalid)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: text behind the JSON", ErrInvalid)
	}
	if wrong := g.wrong(value); wrong != "" {
		return fmt.Errorf("%w: %s", ErrInvalid, wrong)
	}
	return nil
}

// wrong names what of a value breaks the grammar; empty: nothing.
func (g *grammar) wrong(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return g.wrongObject(v)
	case []any:
		return g.wrongArray(v)
	case string:
		return g.wrongString(v)
	case json.Number:
		n, err := v.Int64()
		if g.Type != "integer" || err != nil || g.Minimum != nil && n < *g.Minimum || g.Maximum != nil && n > *g.Maximum {
			return "a number"
		}
	case bool:
		if g.Type != "boolean" {
			return "true or false"
		}
	default:
		return "null"
	}
	return ""
}

func (g *grammar) wrongObject(v map[string]any) string {
	if g.Type != "object" {
		return "an object"
	}
	for _, name := range g.Required {
		if _, ok := v[name]; !ok {
			return "without " + name
		}
	}
	for name, value := range v {
		property := g.Properties[name]
		if property == nil {
			return "an unknown property"
		}
		if wrong := property.wrong(value); wrong != "" {
			return name + ": " + wrong
		}
	}
	return ""
}

func (g *grammar) wrongArray(v []any) string {
	if g.Type != "array" || len(v) < g.MinItems || len(v) > *g.MaxItems {
		return fmt.Sprintf("a list of %d", len(v))
	}
	for _, value := range v {
		if wrong := g.Items.wrong(value); wrong != "" {
			return wrong
		}
	}
	return ""
}

func (g *grammar) wrongString(v string) string {
	switch n := utf8.RuneCountInString(v); {
	case g.Type != "string":
		return "a string"
	case g.Enum != nil && !slices.Contains(g.Enum, v):
		return "a value that is not in its list"
	case g.Enum == nil && (n < g.MinLength || n > *g.MaxLength):
		return fmt.Sprintf("a string of %d letters", n)
	}
	return ""
}
