package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestGrammar: which schemas are trusted to a server.
func TestGrammar(t *testing.T) {
	for _, c := range []struct {
		schema string
		want   string // of the error; empty: trusted
	}{
		{yes, ""},
		{wire, ""},
		{endless, ""},
		{`{"type":"object","properties":{"a":{"type":"boolean"}},"required":["a"],"additionalProperties":false}`, ""},
		{``, "EOF"},
		{`null`, "missing"},
		{`{} {}`, "more than one"},
		{`"json"`, "cannot unmarshal"},
		{`{"type":"thing"}`, `type "thing"`},
		{`{"enum":["a"]}`, `type ""`},
		// Each of these has killed a server.
		{`{"type":"string","pattern":"(?:a)","maxLength":5}`, "unknown field"},
		{`{"type":"string","format":"date"}`, "unknown field"},
		{`{"$ref":"#/none"}`, "unknown field"},
		{`{"oneOf":[{"type":"boolean"}]}`, "unknown field"},
		{`{"type":"string","maxLength":2001}`, "maxLength"},
		{`{"type":"string"}`, "maxLength"},
		{`{"type":"string","minLength":9,"maxLength":8}`, "maxLength"},
		{`{"type":"array","items":{"type":"boolean"},"maxItems":501}`, "maxItems"},
		{`{"type":"array","items":{"type":"boolean"}}`, "maxItems"},
		{`{"type":"array","maxItems":2}`, "missing"},
		{`{"type":"array","maxItems":20,"items":{"type":"string","maxLength":200}}`, "4020 repetitions"},
		{`{"type":"string","enum":[]}`, "empty"},
		{`{"type":"string","enum":["` + strings.Repeat("a", 501) + `"]}`, "too long"},
		{`{"type":"object","properties":{}}`, "named"},
		{`{"type":"object","properties":{"a":{"type":"boolean"}},"additionalProperties":true}`, "named"},
		{`{"type":"object","properties":{"a":{"type":"boolean"}},"required":["b"]}`, "no property"},
		{`{"type":"object","properties":{"a":null}}`, "missing"},
		{strings.Repeat(`{"type":"array","maxItems":1,"items":`, 8) + `{"type":"boolean"}` + strings.Repeat(`}`, 8), "deep"},
	} {
		_, err := parseGrammar(json.RawMessage(c.schema))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%.80s: %v", c.schema, err)
		case c.want != "" && (!errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%.80s: error %v, want %q", c.schema, err, c.want)
		}
	}
}

// TestCheck: which answers hold to a schema.
func TestCheck(t *testing.T) {
	g, err := parseGrammar(json.RawMessage(wire))
	if err != nil {
		t.Fatal(err)
	}
	good := `{"do":"записать","sure":true,"count":3,"said":[{"quote":"в среду"}]}`
	for _, c := range []struct{ old, instead, want string }{
		{"", "", ""},
		{`[{"quote":"в среду"}]`, `[]`, ""},
		{`"в среду"`, `"` + strings.Repeat("ы", 20) + `"`, ""},
		{`"в среду"`, `"` + strings.Repeat("ы", 21) + `"`, "said: quote: a string of 21 letters"},
		{`"записать"`, `"отменить"`, "do: a value that is not in its list"},
		{`"записать"`, `7`, "do: a number"},
		{`true`, `"true"`, "sure: a string"},
		{`true`, `null`, "sure: null"},
		{`3`, `10`, "count: a number"},
		{`3`, `-1`, "count: a number"},
		{`3`, `1.5`, "count: a number"},
		{`3`, `1e400`, "count: a number"},
		{`3`, `true`, "count: true or false"},
		{`[{"quote":"в среду"}]`, `{}`, "said: an object"},
		{`[{"quote":"в среду"}]`, `[{}]`, "said: without quote"},
		{`[{"quote":"в среду"}]`, `[{"quote":""},{"quote":""},{"quote":""}]`, "said: a list of 3"},
		{`"в среду"`, `["в среду"]`, "said: quote: a list of 1"},
		{`"count":3,`, ``, "without count"},
		{`"count":3,`, `"count":3,"x":3,`, "an unknown property"},
		{good, `[]`, "a list of 0"},
		{good, ``, "not JSON"},
		{good, good + good, "behind"},
		{`в среду`, "\xff", "not UTF-8"},
	} {
		answer := strings.Replace(good, c.old, c.instead, 1)
		err := g.check([]byte(answer))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", answer, err)
		case c.want != "" && (!errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want %q", answer, err, c.want)
		}
	}
}

// FuzzCheck: no answer makes the check panic, and one that passes can be
// decoded into what the schema says.
func FuzzCheck(f *testing.F) {
	f.Add(`{"do":"book","sure":true,"count":3,"said":[{"quote":"в среду"}]}`)
	f.Add(`{"do":"book","sure":true,"count":3,"said":[null]}`)
	f.Add(`[[[[`)
	g, err := parseGrammar(json.RawMessage(wire))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		if g.check([]byte(answer)) != nil {
			return
		}
		var v struct {
			Do    string
			Sure  bool
			Count int
			Said  []struct{ Quote string }
		}
		if err := json.Unmarshal([]byte(answer), &v); err != nil {
			t.Fatal(err)
		}
		if v.Count < 0 || v.Count > 9 || len(v.Said) > 2 {
			t.Fatal(fmt.Sprint(v))
		}
	})
}
