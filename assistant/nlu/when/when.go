// Package when reads dates and times out of what a person wrote in Russian, English
// or Tatar (also typed with Russian letters, in translit and with slips of the
// finger) and gives them as constraints: which days, which hours, not an instant.
//
// The way of a message: tokens → items (lexicon, numbers, typing errors) → atoms (one
// row of the rule table each) → groups (what belongs together, what was taken back)
// → readings. The tables are words_*.go (what words are called), rules.go (in which
// order they stand) and conventions.go (what is contested among speakers).
//
// It knows no clock, no store and no service: now and the opening hours are arguments.
package when

import (
	"time"

	"okoshko/assistant/nlu/token"
)

// Date is a day of the calendar in the clinic's zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// The kinds of Clock.
const (
	At      = "at"      // From
	After   = "after"   // From, included
	Before  = "before"  // To
	Between = "between" // From, To; a part of the day is one
)

// Clock is what was said about the time of day. From and To are "15:04"; the end of
// the day is "24:00".
type Clock struct {
	Kind string `json:"kind"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Constraint is one meaning of the words. What was not said is absent.
type Constraint struct {
	Dates   *[2]Date `json:"dates,omitempty"` // first and last day, both included
	Time    *Clock   `json:"time,omitempty"`
	Same    bool     `json:"same,omitempty"`    // «в то же время»
	Nearest bool     `json:"nearest,omitempty"` // «ближайшее», "asap"
	// Shift is minutes against the time that Same speaks of: 60 «на час позже», -30 «на
	// полчаса раньше». It is 0 where Same is false; Dates may stand beside it.
	Shift int `json:"shift,omitempty"`
	// Monthless marks a day of the month said alone («четвёртого»): Dates is the next such
	// day, and whoever knows which month is spoken of may take that one.
	Monthless bool `json:"-"`
}

// Equal reports whether two constraints allow the same times.
func (c Constraint) Equal(o Constraint) bool {
	sameDays := c.Dates == o.Dates || c.Dates != nil && o.Dates != nil && *c.Dates == *o.Dates
	sameClock := c.Time == o.Time || c.Time != nil && o.Time != nil && *c.Time == *o.Time
	return sameDays && sameClock && c.Same == o.Same && c.Nearest == o.Nearest && c.Shift == o.Shift
}

// Reading is one constraint with the words it was read from.
type Reading struct {
	Constraint
	Alternatives []Constraint // other meanings or other wishes («в среду или в четверг»), likely ones first
	Ask          bool         // the words are ambiguous: Alternatives are likely enough to ask back
	Start, End   int          // bytes of the text
	Quote        string       // text[Start:End]
	Parts        [][2]int     // bytes that were read, without the words between
	Negated      bool         // «не в среду», «завтра не могу»: what is not wanted
	Except       bool         // «кроме среды»: of what was said before it, that is not wanted; Negated, too
	Rule         string       // rows of the tables that fired
}

// Span is a stretch of a day in minutes after midnight, To excluded.
type Span struct{ From, To int }

// Hours are the opening hours of a week, indexed by time.Weekday. The zero value means
// 08:00–21:00 every day.
type Hours [7][]Span

// Context is what a message is read against.
type Context struct {
	Lang  string    // ru, en, tt: counts only where the words of time have no language (3/4)
	Now   time.Time // in the clinic's zone
	Hours Hours
	Asked bool // a time was asked for: a bare «15» or «третьего» is one
}

// maxTokens bounds the work on one message; 4,096 characters hold fewer.
const maxTokens = 4200

// Read gives what the tokens say about time, in the order of the text, at most 16
// readings. Dates lie within 400 days of now, except where a year was named: then
// within ten years.
func Read(tokens []token.Token, c Context) []Reading {
	if len(tokens) == 0 {
		return nil
	}
	if len(tokens) > maxTokens {
		tokens = tokens[:maxTokens]
	}
	tokens = asTyped(tokens)
	items := itemize(tokens)
	if !telling(items) {
		return nil
	}
	c.Lang = languageOf(items, c.Lang)
	s := &scan{Context: c, tokens: tokens, items: items, today: dayOf(c.Now)}
	s.atoms()
	if len(s.found) == 0 {
		return nil
	}
	s.bind()
	return s.readings(s.groups())
}
