package prompts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrModelAnswer: an answer of the model is not what ModelSchema asks for.
var ErrModelAnswer = errors.New("prompts: not the model's commands")

// ModelCommand is one thing that the visitor wants done or said, as the model
// read it.
type ModelCommand struct {
	Do    string `json:"do"`
	Field string `json:"field"` // with set and correct
	// Value is an id of the field's list, «any» where whichever will do, and an
	// id of what is offered or asked with choose and ask. Time, name, phone and
	// email have none: they are to be read out of the quote.
	Value string `json:"value"`
	// Quote is a piece of the message in its own letters, widened to whole
	// words.
	Quote string `json:"quote"`
}

// ModelCommands reads an answer to ModelMessages of the same input. Commands
// that name no value of the lists, quote what the message does not say, or come
// twice are dropped and counted. The error is ErrModelAnswer and holds none of
// the answer's words.
func ModelCommands(answer []byte, in ModelInput) (commands []ModelCommand, dropped int, err error) {
	said, err := modelDecode(answer)
	if err != nil {
		return nil, 0, err
	}
	in = in.trimmed()
	message := foldQuoted(in.Message)
	for _, c := range said {
		c, ok := in.checked(c, message)
		if !ok || slices.Contains(commands, c) {
			dropped++
			continue
		}
		commands = append(commands, c)
	}
	return commands, dropped, nil
}

func modelDecode(answer []byte) ([]ModelCommand, error) {
	var v struct {
		Commands []ModelCommand `json:"commands"`
	}
	d := json.NewDecoder(bytes.NewReader(answer))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("%w: not its JSON", ErrModelAnswer)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: text behind the JSON", ErrModelAnswer)
	}
	if len(v.Commands) > modelCommands {
		return nil, fmt.Errorf("%w: %d commands", ErrModelAnswer, len(v.Commands))
	}
	return v.Commands, nil
}

// checked is a command without what its verb has no use for; false: it does not
// hold.
func (in ModelInput) checked(c ModelCommand, message quoted) (ModelCommand, bool) {
	if !slices.Contains(modelDos, c.Do) || utf8.RuneCountInString(c.Quote) > modelQuote {
		return c, false
	}
	var ok bool
	if c.Quote, ok = message.find(c.Quote); !ok {
		return c, false
	}
	switch c.Do {
	case "set", "correct":
		return in.checkedField(c)
	case "choose":
		c.Field = ""
		return c, in.ids(c.Do)[c.Value]
	case "ask": // without a value: a question that is not in the list
		c.Field = ""
		return c, c.Value == "" || in.ids(c.Do)[c.Value]
	}
	c.Field, c.Value = "", ""
	return c, true
}

func (in ModelInput) checkedField(c ModelCommand) (ModelCommand, bool) {
	switch c.Field {
	case "service", "specialist", "branch":
		return c, in.ids(c.Field)[c.Value]
	case "time", "name", "phone", "email":
		c.Value = ""
		return c, true
	}
	return c, false
}

// quoted is a text in which quotes are looked for: without regard to case, ё
// and white space.
type quoted struct {
	text   string
	folded []rune
	starts []int // where each folded rune begins in text, and len(text)
}

func foldQuoted(text string) quoted {
	q := quoted{text: text}
	for i, r := range text {
		if unicode.IsSpace(r) {
			if len(q.folded) > 0 && q.folded[len(q.folded)-1] == ' ' {
				continue
			}
			r = ' '
		}
		q.folded = append(q.folded, foldRune(r))
		q.starts = append(q.starts, i)
	}
	q.starts = append(q.starts, len(text))
	return q
}

func foldRune(r rune) rune {
	if r = unicode.ToLower(r); r == 'ё' {
		return 'е'
	}
	return r
}

// find looks for a quote that begins where a word begins, and returns the words
// it covers as they stand in the text. One letter is no quote unless it is a
// word.
func (q quoted) find(quote string) (string, bool) {
	want := foldQuoted(modelClean(strings.TrimSpace(quote), modelQuote)).folded
	if !slices.ContainsFunc(want, isWordRune) {
		return "", false
	}
	for at := 0; at+len(want) <= len(q.folded); at++ {
		if !slices.Equal(q.folded[at:at+len(want)], want) || q.inWord(at) {
			continue
		}
		end := at + len(want)
		for q.inWord(end) {
			end++
		}
		if len(want) > 1 || end == at+1 {
			return strings.TrimSpace(q.text[q.starts[at]:q.starts[end]]), true
		}
	}
	return "", false
}

// inWord is whether a word goes on over the border before rune i.
func (q quoted) inWord(i int) bool {
	return i > 0 && i < len(q.folded) && isWordRune(q.folded[i-1]) && isWordRune(q.folded[i])
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
