package calendar

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"

	"okoshko/assistant"
)

const (
	product = "-//Okoshko//Okoshko//RU"

	// refresh is how often a subscriber is asked to look, in the two ways that
	// programs understand.
	refresh = "PT15M"
	// alarm is when the visitor's own calendar reminds.
	alarm = "-PT2H"
)

// feed writes a feed.
func feed(c assistant.Calendar) ([]byte, error) {
	w := wordsIn(c.Lang)
	cal := calendar(c.Zone)
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(plain(c.Of + " · " + c.Clinic))
	cal.SetRefreshInterval(refresh) // the library adds VALUE=DURATION
	cal.SetXPublishedTTL(refresh)
	for _, v := range c.Visits {
		e := event(cal, v)
		e.SetSummary(plain(w.summary(v, c.Branch != "")))
		e.SetProperty(ics.ComponentPropertyTransp, transparency(v.Status))
	}
	return text(cal)
}

// own writes the appointment of one visitor: to be put into a calendar, or, once it
// is called off, to be taken out.
func own(v assistant.OwnVisit) ([]byte, error) {
	w := wordsIn(v.Lang)
	cal := calendar(v.Zone)
	cal.SetMethod(ics.MethodPublish)
	if gone(v.Status) {
		cal.SetMethod(ics.MethodCancel)
	}
	e := event(cal, v.CalendarVisit)
	// What is cancelled is found by its UID alone, but RFC 5546 asks for these.
	title := w.own(v)
	e.SetSummary(plain(title))
	e.SetProperty(ics.ComponentPropertyClass, string(ics.ClassificationPrivate))
	if v.Address != "" {
		e.SetLocation(plain(v.Address))
	}
	if gone(v.Status) {
		return text(cal)
	}
	e.SetDescription(plain(w.about(v)))
	if open(v.Status) {
		a := e.AddAlarm()
		a.SetAction(ics.ActionDisplay)
		a.SetTrigger(alarm)
		a.SetProperty(ics.ComponentPropertyDescription, plain(title))
	}
	return text(cal)
}

func calendar(zone *time.Location) *ics.Calendar {
	cal := &ics.Calendar{}
	cal.SetVersion("2.0")
	cal.SetProductId(product)
	cal.SetCalscale("GREGORIAN")
	if zone != nil {
		cal.SetXWRTimezone(zone.String())
	}
	return cal
}

// event adds what every appointment has. DTSTAMP is the time of the last change, so
// that a calendar in which nothing happened is the same bytes.
func event(cal *ics.Calendar, v assistant.CalendarVisit) *ics.VEvent {
	e := cal.AddEvent(v.UID + "@okoshko")
	e.SetDtStampTime(v.Changed)
	e.SetCreatedTime(v.Created)
	e.SetModifiedAt(v.Changed)
	e.SetSequence(v.Version)
	e.SetStatus(status(v.Status))
	e.SetStartAt(v.Start)
	e.SetEndAt(v.End)
	return e
}

func status(s string) ics.ObjectStatus {
	switch {
	case gone(s):
		return ics.ObjectStatusCancelled
	case s == "requested":
		return ics.ObjectStatusTentative
	}
	return ics.ObjectStatusConfirmed
}

// transparency frees the time of what was called off.
func transparency(s string) string {
	if gone(s) {
		return string(ics.TransparencyTransparent)
	}
	return string(ics.TransparencyOpaque)
}

func gone(status string) bool { return status == "cancelled" || status == "declined" }
func open(status string) bool { return status == "requested" || status == "confirmed" }

// plain takes out of a text what has no place in a line: control characters other
// than the newline, which is escaped, and what is no UTF-8.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r == unicode.ReplacementChar || unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"))
}

// text writes the calendar with the line ends of RFC 5545; the library's own are
// the machine's.
func text(cal *ics.Calendar) ([]byte, error) {
	var b bytes.Buffer
	if err := cal.SerializeTo(&b, ics.WithNewLineWindows); err != nil {
		return nil, fmt.Errorf("write a calendar: %w", err)
	}
	return b.Bytes(), nil
}
