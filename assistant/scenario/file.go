// Package scenario plays visitors against the assistant and judges only what
// came of it: a scenario says what a visitor wants and knows, never which words
// the assistant must use or in which order it must ask.
//
// Each scenario is played in a fresh, empty store with a clock of its own, in
// process, through the same methods that the chat socket uses.
package scenario

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"okoshko/assistant/clinic"
)

// File is a file of scenarios about one clinic.
type File struct {
	Path      string         `yaml:"-"`
	Clinic    string         `yaml:"clinic"` // path of the clinic file; a relative one begins where this file lies
	Now       Instant        `yaml:"now"`
	Scenarios []Scenario     `yaml:"scenarios"`
	House     *clinic.Clinic `yaml:"-"`
	Zone      *time.Location `yaml:"-"`
}

// Scenario is one visitor with a goal.
type Scenario struct {
	ID         string             `yaml:"id"`
	Lang       string             `yaml:"lang"`
	Now        Instant            `yaml:"now"` // of the first message; the file's where absent
	Given      []Given            `yaml:"given"`
	Say        []string           `yaml:"say"`
	Answers    map[string]Answers `yaml:"answers"`
	Interrupts map[string]string  `yaml:"interrupts"`
	Outcome    Outcome            `yaml:"outcome"`
}

// Given is something that the store already holds.
type Given struct {
	Appointment string `yaml:"appointment"` // booked: somebody else's; mine: this visitor's, confirmed
	Ref         string `yaml:"ref"`
	Service     string `yaml:"service"`
	Specialist  string `yaml:"specialist"`
	Start       string `yaml:"start"`
	AllDay      string `yaml:"all_day"`
	Name        string `yaml:"name"`
	Phone       string `yaml:"phone"`
}

// Outcome is what must hold at the end.
type Outcome struct {
	Appointment *Appointment `yaml:"appointment"`
	Moved       *Moved       `yaml:"moved"`
	Cancelled   *[]string    `yaml:"cancelled"`
	Handoff     any          `yaml:"handoff"` // true, or the reason
	Emergency   bool         `yaml:"emergency"`
	Waitlist    *Waitlist    `yaml:"waitlist"`
	Erased      bool         `yaml:"erased"`
	Answered    []string     `yaml:"answered"`
	Never       []string     `yaml:"never"`
	Declined    bool         `yaml:"declined"`
	Turns       int          `yaml:"turns"`
	Asked       int          `yaml:"asked"`
}

// Appointment is the one that must have been made. Absent fields may be
// anything, and so may «any».
type Appointment struct {
	Service    string `yaml:"service"`
	Specialist string `yaml:"specialist"`
	Start      string `yaml:"start"`
	Name       string `yaml:"name"`
	Phone      string `yaml:"phone"`
	Status     string `yaml:"status"` // requested where absent
}

// Moved is the own appointment that must have been moved, and where to.
type Moved struct {
	Ref   string `yaml:"ref"`
	Start string `yaml:"start"`
}

// Waitlist is the range in which the visitor must be waiting for a slot.
type Waitlist struct {
	Service string `yaml:"service"`
	From    string `yaml:"from"`
	To      string `yaml:"to"`
}

// Answer is what the visitor says, or the number of the button they press,
// from 1.
type Answer struct {
	Text string
	Pick int
}

// Answers are said one after another, the last one from then on.
type Answers []Answer

// UnmarshalYAML reads a text, {pick: N}, or a list of these.
func (a *Answers) UnmarshalYAML(node ast.Node) error {
	var raw any
	if err := yaml.NodeToValue(node, &raw); err != nil {
		return err
	}
	list, ok := raw.([]any)
	if !ok {
		list = []any{raw}
	}
	for _, item := range list {
		one, err := answer(item)
		if err != nil {
			return mistakeAt(node, err.Error())
		}
		*a = append(*a, one)
	}
	return nil
}

func answer(v any) (Answer, error) {
	if m, ok := v.(map[string]any); ok {
		n, err := number(m["pick"])
		if err != nil || len(m) != 1 || n < 1 {
			return Answer{}, fmt.Errorf("found %v, expected {pick: N} with N from 1", v)
		}
		return Answer{Pick: n}, nil
	}
	return Answer{Text: fmt.Sprint(v)}, nil
}

func number(v any) (int, error) {
	switch v := v.(type) {
	case int:
		return v, nil
	case int64:
		return int(v), nil
	case uint64:
		return int(v), nil
	}
	return 0, errors.New("not a number")
}

// Instant is a moment written in RFC 3339.
type Instant struct{ time.Time }

// UnmarshalYAML reads RFC 3339.
func (i *Instant) UnmarshalYAML(node ast.Node) (err error) {
	text := strings.Trim(strings.TrimSpace(node.String()), `"'`)
	if i.Time, err = time.Parse(time.RFC3339, text); err != nil {
		return mistakeAt(node, fmt.Sprintf("found %q, expected a moment such as 2026-11-23T09:00:00+03:00", text))
	}
	return nil
}

// Load reads a file of scenarios and the clinic file it names. What is wrong in the
// file is a *Mistake.
func Load(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &File{Path: path}
	tree, err := f.decode(data)
	if err != nil {
		return nil, err
	}
	if err := f.check(tree); err != nil {
		return nil, err
	}
	name := f.Clinic
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(path), name)
	}
	house, problems, err := clinic.Load(name)
	if err != nil {
		return nil, errors.Join(f.mistake(tree, "$.clinic", err.Error()), list(problems.Errors()))
	}
	f.House, f.Zone = house, house.Location
	return f, f.checkGiven(tree)
}

// at reads a wall-clock time of the clinic: 2026-11-25T14:00.
func at(text string, zone *time.Location) (time.Time, error) {
	return time.ParseInLocation("2006-01-02T15:04", text, zone)
}
