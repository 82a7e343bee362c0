package when

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/assistant/nlu/token"
)

// monday is the clock of the tables: Monday 23 November 2026, 09:00 in Kazan.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("MSK", 3*3600))

// sentence is a row: what was written and what is read.
//
// The short form: a day "11-25" or days "11-25..11-29" (with the year where it is not
// 2026), then "at 15:00", "after 14:00", "before 11:00" or "10:00-12:00"; "same" and
// "nearest"; alternatives behind "|" ("?" first where they are to be asked); "not" for
// what is refused; readings are parted by "; ". Nothing read is "".
type sentence struct{ text, want string }

func short(readings []Reading) string {
	var out []string
	for _, r := range readings {
		text := shortConstraint(r.Constraint)
		if r.Negated {
			text = "not " + text
		}
		for i, a := range r.Alternatives {
			if i == 0 && r.Ask {
				text += " ?"
			}
			text += " | " + shortConstraint(a)
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

func shortConstraint(c Constraint) string {
	var parts []string
	if c.Dates != nil {
		day := shortDay(c.Dates[0])
		if c.Dates[1] != c.Dates[0] {
			day += ".." + shortDay(c.Dates[1])
		}
		parts = append(parts, day)
	}
	if c.Time != nil {
		switch c.Time.Kind {
		case Between:
			parts = append(parts, c.Time.From+"-"+c.Time.To)
		default:
			parts = append(parts, c.Time.Kind+" "+c.Time.From+c.Time.To)
		}
	}
	if c.Same {
		parts = append(parts, "same")
	}
	if c.Shift != 0 {
		parts = append(parts, fmt.Sprintf("%+d", c.Shift))
	}
	if c.Nearest {
		parts = append(parts, "nearest")
	}
	return strings.Join(parts, " ")
}

func shortDay(d Date) string { return strings.TrimPrefix(d.String(), "2026-") }

func read(text string, c Context) []Reading {
	if c.Now.IsZero() {
		c.Now = monday
	}
	return Read(token.Tokenize(text), c)
}

func TestSentences(t *testing.T) {
	for lang, table := range map[string][]sentence{"ru": sentencesRu, "en": sentencesEn, "tt": sentencesTt} {
		t.Run(lang, func(t *testing.T) {
			for _, row := range table {
				if diff := cmp.Diff(row.want, short(read(row.text, Context{Lang: lang}))); diff != "" {
					t.Errorf("%q (-want +got)\n%s", row.text, diff)
				}
			}
		})
	}
}
