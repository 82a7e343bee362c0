package nlu

import "strings"

// A verb of the command tables stands as its stem and the pattern of its endings:
// «отмен=ить» is every form in which a visitor asks for it or says that they will.
// The past is left out: «мне отменили запись» asks for nothing.

// verbEnds are the endings by the infinitive: the imperative, the present or future in
// all persons.
var verbEnds = map[string]string{
	"ить":   "ить и ите ю ишь ит им ят",
	"ать":   "ать ай айте аю аешь ает аем ают аете",
	"ять":   "ять яй яйте яю яешь яет яем яют яете",
	"ести":  "ести еси есите есу есешь есет есем есут есете",
	"овать": "овать уй уйте ую уешь ует уем уют уете",
}

// verbs writes the verbs of a list of forms out; other forms stay as they are.
func verbs(forms string) string {
	var b strings.Builder
	for form := range strings.FieldsSeq(forms) {
		stem, ends, verb := strings.Cut(form, "=")
		if !verb {
			b.WriteString(form)
			b.WriteByte(' ')
			continue
		}
		list, ok := verbEnds[ends]
		if !ok {
			panic("nlu: no endings for " + form) // a slip in the tables, found by any test
		}
		for end := range strings.FieldsSeq(list) {
			b.WriteString(stem + end + " ")
		}
	}
	return b.String()
}
