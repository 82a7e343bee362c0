package assistant

import (
	"context"
	"strings"

	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
)

// interpret reads one turn: by rules, and by the model where they are not
// enough. It waits for the model at most as long as a visitor should.
func (a *Assistant) interpret(ctx context.Context, h *house, conversation string, st *State, turn heard) Interpretation {
	if turn.Button != "" {
		return Interpretation{Button: turn.Button, Seq: turn.Seq}
	}
	text, ok := a.words(conversation, turn.ID)
	if !ok {
		text, ok = a.keptWords(conversation, turn.ID)
	}
	if !ok { // after a restart only the masked text is left
		text = privacy.Show(turn.Text, func(string) string { return " " })
	}
	c := a.readerContext(h, st)
	in := Interpretation{Reading: h.reader.Read(text, c), Question: strings.Contains(text, "?"), Seq: turn.Seq, Words: len(strings.Fields(text))}
	if st.Owner.Kind != OwnerAssistant || a.model == nil || enough(in.Reading) {
		return in
	}
	more := a.askModel(ctx, h, conversation, st, text, in.Reading)
	in.Commands = merge(in.Commands, more)
	return in
}

// enoughCovered is the share of meaning-bearing words that rules must explain
// for their reading to stand without the model's.
const enoughCovered = 0.5

// enough reports whether the rules' reading needs no model: an alarm, or
// commands that explain most of the message.
func enough(r nlu.Reading) bool {
	if r.Alarm != "" {
		return true
	}
	for _, c := range r.Commands {
		if c.Do != nlu.Unclear {
			return r.Covered >= enoughCovered
		}
	}
	return false
}

// merge adds the model's commands to the rules'. Where both speak of the same
// thing the rules' word stands: their values were read by code.
func merge(rules, model []nlu.Command) []nlu.Command {
	said := make(map[string]bool)
	var merged []nlu.Command
	for _, c := range rules {
		if c.Do == nlu.Unclear && len(model) > 0 {
			continue
		}
		said[c.Do+string(c.Field)] = true
		merged = append(merged, c)
	}
	for _, c := range model {
		if !said[c.Do+string(c.Field)] {
			merged = append(merged, c)
		}
	}
	return merged
}
