package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"okoshko/assistant"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
)

// maxLine is bytes of one line on standard input: a message of 4,096 characters
// as JSON, every one of them escaped.
const maxLine = 64 << 10

type readCommand struct {
	Lang    string `default:"ru" enum:"ru,tt,en" help:"Language of the conversation."`
	Now     string `placeholder:"TIME" help:"The moment to read from, RFC 3339; default: now."`
	Clinic  string `placeholder:"FILE" help:"Clinic file, for services, people, branches and hours."`
	Expects string `placeholder:"FIELD" help:"What was asked last: time, name, phone, confirm …"`
	JSONL   bool   `name:"jsonl" help:"Each line is {\"id\", \"text\", \"lang\", \"now\"}."`
	Explain bool   `help:"Say which row of which table fired."`
	readModel
}

// line is one message on standard input of read and mask.
type line struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Lang string `json:"lang"`
	Now  string `json:"now"`
}

// Run prints what the rules understood of each line.
func (c *readCommand) Run(ctx context.Context, s streams) error {
	reader, zone, err := c.reader(s)
	if err != nil {
		return err
	}
	asker, err := c.asker(s, c.Clinic)
	if err != nil {
		return err
	}
	return eachLine(s, c.JSONL, func(l line, out *json.Encoder) error {
		now, err := c.moment(l, zone)
		if err != nil {
			return err
		}
		lang := l.Lang
		if lang == "" {
			lang = c.Lang
		}
		r := reader.Read(l.Text, nlu.Context{Lang: lang, Now: now, Expects: nlu.Field(c.Expects), Explain: c.Explain})
		if r.Commands == nil {
			r.Commands = []nlu.Command{}
		}
		said := asker.ask(ctx, assistant.Message{Text: l.Text, Lang: lang, Asked: assistant.Expect(c.Expects), Now: now}, &r)
		return out.Encode(struct {
			ID   string `json:"id,omitempty"`
			Text string `json:"text"`
			nlu.Reading
			Model *modelSaid `json:"model,omitempty"`
		}{l.ID, l.Text, r, said})
	})
}

func (c *readCommand) reader(s streams) (*nlu.Reader, *time.Location, error) {
	if c.Clinic == "" {
		return nlu.New(nlu.Vocabulary{}), time.Local, nil
	}
	house, err := loadClinic(s, c.Clinic)
	if err != nil {
		return nil, nil, err
	}
	return nlu.New(assistant.Vocabulary(house)), house.Location, nil
}

// moment is the clock at which a line is read. A time without an offset is the
// wall clock of the clinic.
func (c *readCommand) moment(l line, zone *time.Location) (time.Time, error) {
	text := l.Now
	if text == "" {
		text = c.Now
	}
	if text == "" {
		return time.Now().In(zone), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05", text, zone)
	if err != nil {
		return t, fmt.Errorf("found time %q, expected RFC 3339 such as 2026-11-23T09:00:00+03:00", text)
	}
	return t, nil
}

type maskCommand struct {
	Lang  string `default:"ru" enum:"ru,tt,en" help:"Language of the conversation."`
	JSONL bool   `name:"jsonl" help:"Each line is {\"id\", \"text\", \"lang\"}."`
}

// Run prints each line with its personal data replaced, and what was replaced.
func (c *maskCommand) Run(s streams) error {
	reader := nlu.New(nlu.Vocabulary{})
	return eachLine(s, c.JSONL, func(l line, out *json.Encoder) error {
		lang := l.Lang
		if lang == "" {
			lang = c.Lang
		}
		type span struct {
			Kind  string `json:"kind"`
			Start int    `json:"start"` // Unicode code points
			End   int    `json:"end"`
			Value string `json:"value"`
		}
		personal := reader.Read(l.Text, nlu.Context{Lang: lang, Now: time.Now()}).Personal
		spans := make([]span, 0, len(personal))
		for _, p := range personal {
			start := utf8.RuneCountInString(l.Text[:p.Start])
			spans = append(spans, span{p.Kind, start, start + utf8.RuneCountInString(l.Text[p.Start:p.End]), p.Value})
		}
		return out.Encode(struct {
			ID    string `json:"id,omitempty"`
			Text  string `json:"text"`
			Spans []span `json:"spans"`
		}{l.ID, privacy.Number(l.Text, personal), spans})
	})
}

// eachLine reads standard input and writes one JSON object a line.
func eachLine(s streams, jsonl bool, do func(line, *json.Encoder) error) error {
	in := bufio.NewScanner(s.in)
	in.Buffer(make([]byte, 0, 4096), maxLine)
	buffered := bufio.NewWriter(s.out)
	out := json.NewEncoder(buffered)
	out.SetEscapeHTML(false)
	n := 0
	for in.Scan() {
		n++
		l := line{Text: in.Text()}
		if jsonl {
			l = line{}
			if err := json.Unmarshal(in.Bytes(), &l); err != nil {
				return fmt.Errorf("standard input:%d: found no JSON object, expected {\"id\": …, \"text\": …}: %w", n, err)
			}
		}
		if err := do(l, out); err != nil {
			return fmt.Errorf("standard input:%d: %w", n, err)
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("standard input:%d: %w; a line may have %d bytes", n+1, err, maxLine)
	}
	return buffered.Flush()
}
