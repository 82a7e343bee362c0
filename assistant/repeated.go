package assistant

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"okoshko/assistant/nlu"
)

// mostRepeats is how many times in a row the same may be said to somebody who writes;
// then a person is called, as after misses.
const mostRepeats = 2

// repeated counts how often the visitor has been told the same without getting
// further, and calls a person where they would be told it once too often. lead is what
// the reply says before it asks. A button says the same as often as it is pressed, and
// is not counted against who presses it.
//
// Same is what can be seen to be the same, text and offer; and the same question with
// the same offer in other words, where nothing new is known.
func (d *deed) repeated(in Interpretation, lead []string) error {
	seen := digest(capitals(lines(d.greeted())), d.offered())
	open := digest(lines(lead), d.out.expects, d.offered(), d.collected())
	stays := d.st.Open == open && !d.out.missed && !in.has("repeat") // a miss is counted as such
	if d.st.Seen == seen || stays {
		d.st.Told++
	} else {
		d.st.Told = 1
	}
	d.st.Seen, d.st.Open = seen, open
	if d.st.Told <= mostRepeats || in.Button != "" || d.st.Owner.Kind != OwnerAssistant {
		return nil
	}
	d.st.Told, d.st.Seen, d.st.Open = 0, "", ""
	t := &turn{st: d.st, in: in, f: d.facts()}
	t.handoff("stuck", "stuck")
	d.text, d.turn, d.moment, d.next = nil, Turn{}, false, ""
	d.out = t.out
	return d.effects()
}

// offered are the ids of what the reply offers. The answers to its question are named
// after the reply, which makes no difference.
func (d *deed) offered() string {
	var ids []string
	for _, s := range d.turn.Slots {
		ids = append(ids, s.ID)
	}
	for _, b := range slices.Concat(d.turn.Buttons, d.out.buttons) {
		verb, _, _ := strings.Cut(b.ID, "/")
		if verb != "yes" && verb != "no" {
			verb = b.ID
		}
		ids = append(ids, verb)
	}
	return strings.Join(ids, " ")
}

// collected is what is known of what the visitor wants.
func (d *deed) collected() string {
	request, err := json.Marshal(d.st.Request)
	if err != nil { // holds strings, numbers and times
		return ""
	}
	return fmt.Sprint(d.st.Goal, d.st.Target, d.st.Whole, d.st.Editing, d.st.Consent, d.st.Lang, d.known.Name != "", d.known.Phone != "", d.known.Email != "", string(request))
}

// has reports whether one of the commands does this.
func (in Interpretation) has(do string) bool {
	return slices.ContainsFunc(in.Commands, func(c nlu.Command) bool { return c.Do == do })
}

// digest tells replies apart; it is kept sealed with the state. It is written without
// figures and vowels, so that no search for somebody's number or name finds it by chance.
func digest(parts ...any) string {
	h := fnv.New64a()
	for _, p := range parts {
		fmt.Fprintf(h, "%v\x00", p)
	}
	return strings.Map(func(r rune) rune { return rune("BCDFGHJKLMNPQRST"[strings.IndexRune("0123456789abcdef", r)]) }, fmt.Sprintf("%016x", h.Sum64()))
}
