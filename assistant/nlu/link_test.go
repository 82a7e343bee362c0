package nlu

import (
	"strings"
	"testing"
	"time"
)

// TestLinks: which services of a message are wanted together, which alone, and which
// not.
func TestLinks(t *testing.T) {
	term := func(id string, names ...string) Term { return Term{Field: FieldService, ID: id, Names: names} }
	r := New(Vocabulary{Terms: []Term{
		term("cut", "Стрижка", "Haircut", "Чәч кисү"), term("dye", "Окрашивание", "Colouring", "Буяу"), term("nails", "Маникюр", "Manicure", "Маникюр"),
	}})
	for _, c := range []struct{ text, want string }{
		{"стрижка и окрашивание", "cut and:dye"},
		{"запишите на стрижку и на окрашивание в пятницу", "cut and:dye"},
		{"стрижка, окрашивание и маникюр", "cut and:dye and:nails"},
		{"стрижка + маникюр", "cut and:nails"},
		{"сначала стрижку, потом окрашивание", "cut and:dye"},
		{"haircut and colouring", "cut and:dye"},
		{"a haircut, then a manicure please", "cut and:nails"},
		{"чәч кисү һәм буяу", "cut and:dye"},
		{"чәч кисү, аннары маникюр", "cut and:nails"},
		{"стрижка или окрашивание", "cut dye"},
		{"haircut or colouring", "cut dye"},
		{"чәч кисү яки буяу", "cut dye"},
		{"стрижку в пятницу, а окрашивание в субботу", "cut dye"},
		{"сколько стоит стрижка? запишите на окрашивание", "cut dye"},
		{"и ещё маникюр", "and:nails"},
		{"добавьте, пожалуйста, маникюр", "and:nails"},
		{"also a manicure", "and:nails"},
		{"тагын маникюр", "and:nails"},
		{"ещё раз на стрижку", "cut"},
		{"без окрашивания", "not:dye"},
		{"окрашивание не надо", "not:dye"},
		{"стрижку без окрашивания", "cut not:dye"},
		{"without colouring", "not:dye"},
		{"буяу кирәкми", "not:dye"},
		{"только стрижку", "only:cut"},
		{"only the haircut", "only:cut"},
		{"чәч кисү генә", "only:cut"},
	} {
		var got []string
		for _, cmd := range r.Read(c.text, Context{Lang: "ru", Now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}).Commands {
			switch {
			case cmd.Field != FieldService:
			case cmd.Value == "" && cmd.Not != "":
				got = append(got, "not:"+cmd.Not)
			case cmd.Link != "":
				got = append(got, cmd.Link+":"+cmd.Value)
			default:
				got = append(got, cmd.Value)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: %q, want %q", c.text, strings.Join(got, " "), c.want)
		}
	}
}
