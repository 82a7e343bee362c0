package assistant

import (
	"slices"
	"strings"
	"time"

	"okoshko/assistant/nlu/when"
	"okoshko/prompts"
)

// mostMeant is how many readings of the visitor's words one question names; more
// are shown as buttons alone.
const mostMeant = 3

// askMeant asks which of several things was meant; the buttons are the caller's.
func (d *deed) askMeant(labels []string, again bool) {
	switch {
	case again || len(labels) > mostMeant:
		d.say("meant.again", nil)
	default:
		d.say("meant", prompts.Args{"list": either(d.st.Lang, labels)})
	}
}

// either joins labels by commas, the last by «or».
func either(lang string, labels []string) string {
	last := len(labels) - 1
	if last < 1 {
		return strings.Join(labels, "")
	}
	return prompts.Say(lang, "or", prompts.Args{"a": strings.Join(labels[:last], ", "), "b": labels[last]})
}

// askReading asks which of several times the visitor meant. asked is false where
// only one of them can be meant, which then is the wish.
func (d *deed) askReading() (asked bool) {
	r := &d.st.Request
	meant := slices.DeleteFunc(slices.Clone(r.When), func(c when.Constraint) bool { return !d.possible(c) })
	if len(meant) < 2 {
		r.Unsure = false
		if len(meant) == 1 {
			r.When = meant
		}
		return false
	}
	var labels []string
	for _, c := range meant {
		label := d.rangeOf(c)
		labels = append(labels, label)
		d.turn.Buttons = append(d.turn.Buttons, Button{whenID(c), label})
	}
	d.askMeant(labels, d.st.Asked == ExpectTime && d.out.missed)
	return true
}

// possible reports whether somebody works at a time that may be meant, and it is
// not over.
func (d *deed) possible(c when.Constraint) bool {
	if c.Dates == nil {
		return true
	}
	from, to := d.days(c)
	if c.Time != nil && c.Dates[0] == c.Dates[1] {
		_, end := clockRange(c.Time)
		to = from.Add(time.Duration(end) * time.Minute)
	}
	if !to.After(d.now) {
		return false
	}
	for day := from; day.Before(to) && day.Before(from.AddDate(0, 0, searchedDays)); day = day.AddDate(0, 0, 1) {
		if d.works(day) {
			return true
		}
	}
	return false
}

// whenID is a button for a time as it is wanted: when/FIRST/LAST/KIND/FROM/TO, with
// nothing where the wish leaves something open.
func whenID(c when.Constraint) string {
	parts := []string{"when", "", "", "", "", ""}
	if c.Dates != nil {
		parts[1], parts[2] = c.Dates[0].String(), c.Dates[1].String()
	}
	if c.Time != nil {
		parts[3], parts[4], parts[5] = string(c.Time.Kind), c.Time.From, c.Time.To
	}
	return strings.Join(parts, "/")
}

// whenOf reads such an id, which a stranger may have written.
func whenOf(id string) (c when.Constraint, ok bool) {
	parts := strings.Split(id, "/")
	if len(parts) != 6 || parts[0] != "when" {
		return c, false
	}
	first, err1 := time.Parse(time.DateOnly, parts[1])
	last, err2 := time.Parse(time.DateOnly, parts[2])
	if err1 != nil || err2 != nil || last.Before(first) {
		return c, false
	}
	c.Dates = &[2]when.Date{dateOf(first), dateOf(last)}
	if parts[3] == "" {
		return c, parts[4] == "" && parts[5] == ""
	}
	c.Time = &when.Clock{Kind: parts[3], From: parts[4], To: parts[5]}
	for _, clock := range parts[4:] {
		if clock == "" {
			continue
		}
		if _, err := time.Parse("15:04", clock); err != nil {
			return c, false
		}
	}
	return c, slices.Contains([]string{when.At, when.After, when.Before, when.Between}, parts[3])
}
