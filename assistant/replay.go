package assistant

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// Replay is a message of an own conversation, for trying a model or its prompts
// on what visitors really write. It tells nobody: no name, number, time or order
// by which messages could be put together, and no word that fewer than
// replayVisitors visitors have written, unless it is the clinic's own. What is
// taken out is «…».
type Replay struct {
	Lang  string    `json:"lang"`
	Asked Expect    `json:"asked,omitempty"`
	At    time.Time `json:"at"` // the day; noon of it
	Text  string    `json:"text"`
	// Then is what the visitor booked in the end: ids of the clinic by field;
	// empty where that is nothing, or several things.
	Then map[nlu.Field]string `json:"then,omitempty"`
}

// replayVisitors is how many visitors must have written a word before it stands
// in a replay.
const replayVisitors = 3

// replayLeft is the share of a message's words that must be left.
const replayLeft = 0.5

// Replays takes masked messages out of the conversations since a day, and notes
// in the journal that it did; left is how many messages were left out for having
// too few words that others write. Answers to questions about the person,
// buttons, what was written to an operator, and conversations about health or
// complaints are never among them.
func Replays(_ context.Context, db *storage.DB, c *clinic.Clinic, since, now time.Time) (all []Replay, left int, err error) {
	h := newHouse(c, nil)
	said := map[string]map[string]bool{} // by folded word: who wrote it
	var found []Replay
	err = db.View(func(tx *storage.Tx) error {
		for id := range entries.Owners(tx) {
			messages, err := h.replays(tx, id, since)
			if err != nil {
				return fmt.Errorf("conversation %s: %w", id, err)
			}
			for _, m := range messages {
				for _, w := range replayWords(m.Text) {
					if said[w] == nil {
						said[w] = map[string]bool{}
					}
					said[w][id] = true
				}
			}
			found = append(found, messages...)
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	own := h.ownWords()
	for _, r := range found {
		common := func(w string) bool { return own[w] || len(said[w]) >= replayVisitors }
		if r.Text, err = thinned(r.Text, common); err != nil {
			left++
			continue
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b Replay) int { return strings.Compare(a.Text, b.Text) }) // no order of visits
	err = db.Update(func(tx *storage.Tx) error {
		return audit.Append(tx, audit.Entry{At: now, Actor: "owner", Action: "replays.taken"})
	})
	return all, left, err
}

// replays are the messages of one conversation, masked again with all that the
// rules know now.
func (h *house) replays(tx *storage.Tx, conversation string, since time.Time) (all []Replay, err error) {
	then, err := h.booked(tx, conversation)
	if err != nil {
		return nil, err
	}
	var asked Expect
	for _, e := range entries.Of(tx, conversation, &err) {
		switch e.State.Owner.Reason {
		case "emergency", "symptoms", "complaint":
			return nil, nil
		}
		for _, t := range e.Turns {
			if t.From != FromVisitor {
				asked = t.Expects
				continue
			}
			if t.At.Before(since) || e.State.Owner.Kind != OwnerAssistant || private(asked) || pressed(e.State, t.Seq) {
				continue
			}
			text := privacy.Show(t.Text, func(string) string { return "…" })
			r := h.reader.Read(text, nlu.Context{Lang: e.State.Lang, Now: t.At.In(h.clinic.Location), Expects: nlu.Field(asked)})
			if r.Alarm != "" {
				return nil, nil
			}
			masked, _ := privacy.Mask(text, r.Personal, "replay")
			day := t.At.In(h.clinic.Location)
			all = append(all, Replay{
				Lang: e.State.Lang, Asked: asked, Then: then, Text: privacy.Show(masked, func(string) string { return "…" }),
				At: time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, h.clinic.Location),
			})
		}
	}
	return all, err
}

// private reports whether the answer to a question is about the person.
func private(asked Expect) bool {
	return slices.Contains([]Expect{ExpectName, ExpectPhone, ExpectEmail, ExpectOperator}, asked)
}

// pressed reports whether a visitor's turn was a button.
func pressed(st State, seq uint64) bool {
	return slices.ContainsFunc(st.Pending, func(p heard) bool { return p.Seq == seq && p.Button != "" })
}

// booked is what a conversation has led to, where that is one appointment.
func (h *house) booked(tx *storage.Tx, conversation string) (map[nlu.Field]string, error) {
	made, err := booking.OfConversation(tx, conversation)
	if err != nil || len(made) != 1 {
		return nil, err
	}
	slot := made[0].Slot
	return map[nlu.Field]string{nlu.FieldService: slot.Service, nlu.FieldSpecialist: slot.Specialist, nlu.FieldBranch: slot.Branch}, nil
}

// ownWords are those of the clinic's file.
func (h *house) ownWords() map[string]bool {
	own := map[string]bool{}
	v := Vocabulary(h.clinic)
	texts := slices.Concat(v.FAQ...)
	for _, t := range v.Terms {
		texts = append(append(texts, t.Names...), t.Aliases...)
	}
	for _, text := range texts {
		for _, w := range replayWords(text) {
			own[w] = true
		}
	}
	return own
}

// replayWords are the words and numbers of a text, in lower case.
func replayWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// errTooThin: too little of a message is left.
var errTooThin = fmt.Errorf("too few words that others write")

// thinned is a text without the words that are not common.
func thinned(text string, common func(word string) bool) (string, error) {
	var b strings.Builder
	kept, words := 0, 0
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for text != "" {
		end := strings.IndexFunc(text, func(r rune) bool { return !inWord(r) })
		if end < 0 {
			end = len(text)
		}
		if end > 0 {
			words++
			if common(strings.ToLower(text[:end])) {
				kept++
				b.WriteString(text[:end])
			} else if !strings.HasSuffix(b.String(), "…") {
				b.WriteString("…")
			}
			text = text[end:]
			continue
		}
		next := strings.IndexFunc(text, inWord)
		if next < 0 {
			next = len(text)
		}
		b.WriteString(text[:next])
		text = text[next:]
	}
	if kept == 0 || float64(kept) < replayLeft*float64(words) {
		return "", errTooThin
	}
	return strings.Join(strings.Fields(b.String()), " "), nil
}
