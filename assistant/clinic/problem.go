package clinic

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrWrong is returned with Problems of which at least one is an error.
var ErrWrong = errors.New("the clinic file is not usable")

// Problem is one thing wrong in a file. Line and Column count from 1, the column in
// characters. Found and Expected are "" where the Message says all.
type Problem struct {
	File         string
	Line, Column int
	Warning      bool // the file works, but probably not as its owner means
	Message      string
	Found        string
	Expected     string
}

// String is one line for a terminal: FILE:LINE:COLUMN: message: found …, expected ….
func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Message)
	separator := ": "
	if p.Found != "" {
		b.WriteString(separator + "found " + p.Found)
		separator = ", "
	}
	if p.Expected != "" {
		b.WriteString(separator + "expected " + p.Expected)
	}
	return b.String()
}

// Problems are sorted by their place in the file.
type Problems []Problem

// Errors are the problems for which the file cannot be used.
func (ps Problems) Errors() Problems { return ps.where(false) }

// Warnings are the problems with which the file can be used.
func (ps Problems) Warnings() Problems { return ps.where(true) }

func (ps Problems) where(warning bool) Problems {
	var some Problems
	for _, p := range ps {
		if p.Warning == warning {
			some = append(some, p)
		}
	}
	return some
}

// String is a line per problem.
func (ps Problems) String() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
