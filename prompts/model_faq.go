package prompts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// How much the model may read and say of the clinic's answers.
const (
	modelEntries   = 3
	modelEntry     = 1500 // letters of one
	modelSentences = 3    // in one answer
	modelSentence  = 240  // letters of one
)

// ModelEntry is one of the clinic's own answers, in the conversation's language.
type ModelEntry struct {
	ID   string
	Text string
}

// modelFAQ is what the template of the question for a short answer gets.
type modelFAQ struct {
	Entries []ModelEntry
	Message string
}

// ModelFAQMessages words the question for a short answer out of entries to the
// message of in. The first message is that of ModelMessages, so that the server
// has read it already.
func ModelFAQMessages(in ModelInput, entries []ModelEntry) (system, user string) {
	in = in.trimmed()
	t := modelTemplates[in.Lang]
	faq := modelFAQ{Message: in.Message}
	for _, e := range entries[:min(len(entries), modelEntries)] {
		faq.Entries = append(faq.Entries, ModelEntry{e.ID, modelClean(e.Text, modelEntry)})
	}
	return modelRender(t, "system", in), modelRender(t, "faq", faq)
}

// ModelFAQSchema is the schema of the answer to ModelFAQMessages.
func ModelFAQSchema(entries []ModelEntry) json.RawMessage {
	var ids []string
	for _, e := range entries[:min(len(entries), modelEntries)] {
		ids = append(ids, e.ID)
	}
	sentence := modelObject{
		Type: "object",
		Properties: modelProperties{
			{"entry", modelString{Type: "string", Enum: modelOnce(ids)}},
			{"text", modelString{Type: "string", Min: 1, Max: modelSentence}},
		},
		Required: []string{"entry", "text"},
	}
	return json.RawMessage(modelJSON(modelObject{
		Type:       "object",
		Properties: modelProperties{{"sentences", modelArray{Type: "array", Min: 1, Max: modelSentences, Items: sentence}}},
		Required:   []string{"sentences"},
	}))
}

// Errors of ModelFAQAnswer. None holds the answer's words.
var (
	// ErrModelUncovered: a sentence says what the entry that it cites does not,
	// or leaves out what belongs to it.
	ErrModelUncovered = errors.New("prompts: the answer is not covered by the clinic's own")
)

// ModelFAQAnswer reads an answer to ModelFAQMessages of the same entries: by
// entry, the text to show in its place. That text is cut out of the entry, never
// the model's own spelling, see cover. The error is ErrModelAnswer or
// ErrModelUncovered; the entries themselves are then to be shown.
func ModelFAQAnswer(answer []byte, entries []ModelEntry) (map[string]string, error) {
	var v struct {
		Sentences []struct {
			Entry string `json:"entry"`
			Text  string `json:"text"`
		} `json:"sentences"`
	}
	d := json.NewDecoder(bytes.NewReader(answer))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("%w: not its JSON", ErrModelAnswer)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: text behind the JSON", ErrModelAnswer)
	}
	if len(v.Sentences) == 0 || len(v.Sentences) > modelSentences {
		return nil, fmt.Errorf("%w: %d sentences", ErrModelAnswer, len(v.Sentences))
	}
	picked := map[string][]bool{}
	texts := map[string][]clause{}
	for _, s := range v.Sentences {
		i := slices.IndexFunc(entries, func(e ModelEntry) bool { return e.ID == s.Entry })
		if i < 0 || utf8.RuneCountInString(s.Text) > modelSentence {
			return nil, fmt.Errorf("%w: no such entry, or too long", ErrModelAnswer)
		}
		if texts[s.Entry] == nil {
			texts[s.Entry] = clauses(entries[i].Text)
			picked[s.Entry] = make([]bool, len(texts[s.Entry]))
		}
		if !cover(texts[s.Entry], s.Text, picked[s.Entry]) {
			return nil, ErrModelUncovered
		}
	}
	short := map[string]string{}
	for id, all := range texts {
		text, ok := cut(all, picked[id])
		if !ok {
			return nil, ErrModelUncovered
		}
		short[id] = text
	}
	return short, nil
}
