package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"okoshko/assistant"
	"okoshko/assistant/privacy"
)

// Pages to keep or to print are files whole in themselves: no menu, no script, no
// address of the house. Commands write the same as the console shows.

// WritePersonJSON writes all that is held about a person, for programs.
func WritePersonJSON(w io.Writer, p assistant.Person) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(p)
}

// WritePerson writes all that is held about a person, as a page to read.
func (c *Console) WritePerson(w io.Writer, p assistant.Person) error {
	return c.paper(w, "person-file", "content", "Данные", personView{Person: p, Number: showPhone(p.Phone)})
}

// WriteAct writes the act of a destruction with the extract of the journal.
func (c *Console) WriteAct(ctx context.Context, w io.Writer, a assistant.Act) error {
	view, err := c.actOf(ctx, a)
	if err != nil {
		return err
	}
	return c.paper(w, "act", "paper", "Акт "+a.ID, view)
}

// WriteIncident writes the drafts of an incident's notices.
func (c *Console) WriteIncident(ctx context.Context, w io.Writer, i privacy.Incident) error {
	view, err := c.incidentOf(ctx, i)
	if err != nil {
		return err
	}
	return c.paper(w, "incident", "paper", "Инцидент "+i.ID, view)
}

// paper writes one page, made before the first byte leaves.
func (c *Console) paper(w io.Writer, name, part, title string, view any) error {
	p := page{calendarWords: c.words(), Title: title, Name: name, Clinic: c.Clinic().Name.In("ru"), View: view, Rights: map[string]bool{}}
	var buf bytes.Buffer
	if err := c.pages[name].ExecuteTemplate(&buf, part, p); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	_, err := buf.WriteTo(w)
	return err
}
