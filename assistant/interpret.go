package assistant

import (
	"context"
	"slices"
	"strings"

	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
)

// interpret reads one turn: by rules, and by the model where they are not
// enough. It waits for the model at most as long as a visitor should; help that
// comes later is followed up (late.go).
func (a *Assistant) interpret(ctx context.Context, h *house, conversation string, st *State, turn heard) (Interpretation, *belated) {
	if turn.Button != "" {
		return Interpretation{Button: turn.Button, Seq: turn.Seq}, nil
	}
	said, ok := a.words(conversation, turn.ID)
	text := said.text
	if !ok {
		text, ok = a.keptWords(conversation, turn.ID)
	}
	if !ok { // after a restart only the masked text is left
		text = privacy.Show(turn.Text, func(string) string { return " " })
	}
	c := a.readerContext(h, st)
	answer, reading := a.readPurpose(h, st, turn, text, &c)
	if answer != "" {
		return Interpretation{Reading: reading, Purpose: answer, Seq: turn.Seq, Words: len(strings.Fields(text))}, nil
	}
	in := Interpretation{Reading: reading, Question: strings.Contains(text, "?"), Seq: turn.Seq, Words: len(strings.Fields(text))}
	in.Personal = namedAgain(text, in.Reading, a.knownName(conversation, st))
	if in.Alarm == "" {
		in.Alarm = turn.Alarm // a process that was killed in between has only this left
	}
	model := a.model.Load()
	if st.Owner.Kind != OwnerAssistant || model == nil || in.Alarm != "" || h.unkept(in.Reading) {
		return in, nil
	}
	brief, cancel := context.WithTimeout(ctx, a.patience)
	defer cancel()
	q := h.question(*model, conversation, st, c, text, in.Reading)
	var later *belated
	if !Enough(in.Reading) {
		q.in.Turns = a.lastTurns(conversation, st)
		var more []nlu.Command
		if more, later = a.ask(ctx, brief, q); later != nil {
			return in, later
		}
		in.Commands = Merge(in.Commands, more)
	}
	in.Answers = a.shorten(brief, q, in.Commands)
	return in, nil
}

// readPurpose reads a turn. Where a further purpose was asked about, answer is what it
// answers, agree or decline, which no model has a say in; what is no answer is read,
// and gone on with, as if nothing had been asked.
func (a *Assistant) readPurpose(h *house, st *State, turn heard, text string, c *nlu.Context) (answer string, r nlu.Reading) {
	if st.Asked != ExpectPurpose {
		return "", h.reader.Read(text, *c)
	}
	if st.Owner.Kind == OwnerAssistant && st.expectsPurpose(turn.Seq, a.now()) {
		c.Offered = nil
		r = h.reader.Read(text, *c)
		if agreed, ok := purposeAnswer(r, st.Asking.Purpose, strings.Contains(text, "?")); ok {
			return choose(agreed, "agree", "decline"), r
		}
	}
	st.Asked, st.Choices = ExpectMore, nil
	c.Expects, c.Offered = nlu.ExpectMore, nil
	return "", h.reader.Read(text, *c)
}

// enoughCovered is the share of meaning-bearing words that rules must explain
// for their reading to stand without the model's.
const enoughCovered = 0.5

// Enough reports whether the rules' reading needs no model: an alarm, or
// commands that explain most of the message.
func Enough(r nlu.Reading) bool {
	understood := slices.ContainsFunc(r.Commands, func(c nlu.Command) bool { return c.Do != nlu.Unclear })
	return r.Alarm != "" || understood && r.Covered >= enoughCovered
}

// Merge adds the model's commands to the rules'. Where both speak of the same
// thing the rules' word stands, for their values were read by code; where they
// name different services, specialists or branches both are kept, which has the
// visitor asked.
func Merge(rules, model []nlu.Command) []nlu.Command {
	merged := slices.DeleteFunc(slices.Clone(rules), func(c nlu.Command) bool { return c.Do == nlu.Unclear && len(model) > 0 })
	own := len(merged)
	for _, c := range model {
		i := slices.IndexFunc(merged[:own], func(r nlu.Command) bool { return sameThing(r, c) })
		switch {
		case i < 0:
			merged = append(merged, c)
		case disagree(merged[i], c):
			merged[i].Others = append(slices.Clone(merged[i].Others), c.Value)
		}
	}
	return merged
}

// sameThing reports whether two commands speak of one thing: a field, or a verb.
func sameThing(a, b nlu.Command) bool {
	says := func(c nlu.Command) bool { return c.Do == nlu.Set || c.Do == nlu.Correct }
	if says(a) && says(b) {
		return a.Field == b.Field
	}
	return a.Do == b.Do && a.Field == b.Field
}

// disagree reports whether a model's value has to be asked about beside the
// rules' one.
func disagree(rule, model nlu.Command) bool {
	choice := rule.Field == nlu.FieldService || rule.Field == nlu.FieldSpecialist || rule.Field == nlu.FieldBranch
	return choice && rule.Value != "" && rule.Value != nlu.ValueAny && model.Value != nlu.ValueAny &&
		model.Value != rule.Value && !slices.Contains(rule.Others, model.Value)
}
