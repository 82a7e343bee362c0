package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"okoshko/assistant/clinic"
)

// Mistake is what is wrong in a file of scenarios, and where.
type Mistake struct{ clinic.Problem }

// Error is one line for a terminal: FILE:LINE:COLUMN: what.
func (m *Mistake) Error() string { return m.String() }

// mistakeAt names the place in a file whose name is filled in later.
func mistakeAt(node ast.Node, message string) *Mistake {
	at := clinic.Problem{Line: 1, Column: 1, Message: message}
	if node != nil && node.GetToken() != nil {
		at.Line, at.Column = node.GetToken().Position.Line, max(node.GetToken().Position.Column, 1)
	}
	return &Mistake{at}
}

// mistake names the place by its path; a path that is not there, by the file's begin.
func (f *File) mistake(tree *ast.File, path, message string) *Mistake {
	var node ast.Node
	if p, err := yaml.PathString(path); err == nil {
		node, _ = p.FilterFile(tree)
	}
	m := mistakeAt(node, message)
	m.File = f.Path
	return m
}

// list makes an error of the problems of another file, a line each, nil of none.
func list(problems clinic.Problems) error {
	if len(problems) == 0 {
		return nil
	}
	return errors.New(problems.String())
}

// decode reads the YAML into f and gives its tree, in which places are looked up.
func (f *File) decode(data []byte) (*ast.File, error) {
	tree, err := parser.ParseBytes(data, 0)
	if err == nil {
		err = yaml.UnmarshalWithOptions(data, f, yaml.Strict())
	}
	return tree, f.placed(err)
}

// placed makes a Mistake of an error of the YAML library.
func (f *File) placed(err error) error {
	if err == nil {
		return nil
	}
	m := &Mistake{clinic.Problem{Line: 1, Column: 1, Message: err.Error()}}
	var at yaml.Error
	if !errors.As(err, &m) && errors.As(err, &at) && at.GetToken() != nil {
		m.Line, m.Column, m.Message = at.GetToken().Position.Line, max(at.GetToken().Position.Column, 1), at.GetMessage()
	}
	m.File = f.Path
	return m
}

// check finds what would make a scenario mean nothing.
func (f *File) check(tree *ast.File) error {
	switch {
	case f.Clinic == "":
		return f.mistake(tree, "$", "found no clinic, expected `clinic: FILE`")
	case f.Now.IsZero():
		return f.mistake(tree, "$", "found no now, expected the moment of the first message")
	}
	var ids []string
	for i, s := range f.Scenarios {
		at := fmt.Sprintf("$.scenarios[%d]", i)
		switch {
		case s.ID == "":
			return f.mistake(tree, at, fmt.Sprintf("scenario %d has no id", i+1))
		case slices.Contains(ids, s.ID):
			return f.mistake(tree, at+".id", fmt.Sprintf("two scenarios are called %s", s.ID))
		case len(s.Say) == 0:
			return f.mistake(tree, at, fmt.Sprintf("scenario %s says nothing", s.ID))
		}
		ids = append(ids, s.ID)
	}
	return nil
}

// checkGiven holds what the store shall hold against the clinic file.
func (f *File) checkGiven(tree *ast.File) error {
	for i, s := range f.Scenarios {
		for k, g := range s.Given {
			if key, wrong := f.wrongGiven(g); wrong != "" {
				at := fmt.Sprintf("$.scenarios[%d].given[%d]", i, k)
				if m := f.mistake(tree, at+"."+key, wrong); m.Line > 1 || m.Column > 1 {
					return m
				}
				return f.mistake(tree, at, wrong)
			}
		}
	}
	return nil
}

// wrongGiven names the key that is wrong and says how, "" where all is right.
func (f *File) wrongGiven(g Given) (key, wrong string) {
	if g.Appointment != "mine" && g.Appointment != "booked" {
		return "appointment", fmt.Sprintf("found %q, expected booked or mine", g.Appointment)
	}
	if _, ok := f.House.Service(g.Service); !ok {
		return "service", fmt.Sprintf("found service %q, expected one of the clinic file", g.Service)
	}
	if _, ok := f.House.Specialist(g.Specialist); !ok {
		return "specialist", fmt.Sprintf("found specialist %q, expected one of the clinic file", g.Specialist)
	}
	key, start := "start", g.Start
	if g.AllDay != "" {
		key, start = "all_day", g.AllDay+"T00:00"
	}
	if _, err := at(start, f.Zone); err != nil {
		return key, fmt.Sprintf("found %q, expected a time such as 2026-11-25T14:00, or all_day: 2026-11-25", strings.TrimSuffix(start, "T00:00"))
	}
	return "", ""
}
