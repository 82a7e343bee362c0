package assistant

import (
	"context"
	"strconv"
	"unicode/utf8"

	"okoshko/assistant/llm"
	"okoshko/assistant/nlu"
	"okoshko/prompts"
)

// longAnswer is letters of the clinic's own answers above which the model is
// asked to pick what answers the question: more than a phone shows beside the
// keyboard. Shorter ones are shown as they are, at once.
const longAnswer = 320

// shortTokens is of the model's answer: three sentences of the clinic's.
const shortTokens = 240

// shorten picks the clauses that answer the visitor's question out of the
// clinic's own answers, where these are long. What it returns is the clinic's
// text by entry; nothing where the model is late, absent or says anything else.
func (a *Assistant) shorten(ctx context.Context, q question, commands []nlu.Command) map[string]string {
	entries := q.h.entries(q.in.Lang, commands)
	letters := 0
	for _, e := range entries {
		letters += utf8.RuneCountInString(e.Text)
	}
	if letters <= longAnswer || ctx.Err() != nil {
		return nil
	}
	short, err := q.shorten(ctx, entries)
	a.log.InfoContext(ctx, "model shortens", "conversation", q.key, "entries", len(entries), "taken", len(short), "err", err)
	return short
}

// shorten is one such question to the model.
func (q question) shorten(ctx context.Context, entries []prompts.ModelEntry) (map[string]string, error) {
	system, user := prompts.ModelFAQMessages(q.in, entries)
	answer, err := q.model.Ask(ctx, llm.Request{
		Messages: []llm.Message{{Role: llm.RoleSystem, Text: system}, {Role: llm.RoleUser, Text: user}},
		Schema:   prompts.ModelFAQSchema(entries), Key: q.key, MaxTokens: shortTokens,
	})
	if err != nil {
		return nil, err
	}
	return prompts.ModelFAQAnswer(answer.JSON, entries)
}

// entries are the clinic's answers to the questions among the commands.
func (h *house) entries(lang string, commands []nlu.Command) (entries []prompts.ModelEntry) {
	for _, c := range commands {
		i, err := strconv.Atoi(c.Value)
		if c.Do == nlu.Ask && err == nil && i >= 0 && i < len(h.clinic.FAQ) {
			entries = append(entries, prompts.ModelEntry{ID: c.Value, Text: h.clinic.FAQ[i].Answer.In(lang)})
		}
	}
	return entries
}
