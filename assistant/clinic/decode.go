package clinic

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	// The binary carries the zones itself: a small server may have none installed.
	_ "time/tzdata"

	"github.com/goccy/go-yaml/ast"
	"github.com/nyaruka/phonenumbers"
)

const day = 24 * time.Hour

var (
	idText    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	colorText = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	phoneText = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// defaults is a clinic whose file says only what it must.
func defaults() *Clinic {
	return &Clinic{
		Location:  time.UTC,
		Languages: []string{"ru"},
		Privacy: Privacy{
			Purposes:  Purposes{Booking: BasisConsent, Reminders: BasisConsent},
			Retention: Retention{Conversations: 30 * day, Appointments: 180 * day, Audit: 1095 * day},
		},
		Booking: Rules{
			Confirm: ByStaff, Notice: time.Hour, Horizon: 60 * day, Step: 15 * time.Minute,
			Hold: 10 * time.Minute, Offer: 30 * time.Minute, PerVisitor: 3, Ask: []string{AskName, AskPhone},
			SameDayUntil: 1440, ChainGap: 15 * time.Minute, Reasons: commonReasons(),
		},
		Profile:   ProfileClinic,
		Reminders: Reminders{Before: []time.Duration{day, 2 * time.Hour}, Discreet: true, Quiet: Span{21 * 60, (24 + 9) * 60}},
		Widget:    Widget{Color: "#0a7f5a"},
		Model:     Model{URL: "http://127.0.0.1:11434", Timeout: 20 * time.Second},
	}
}

// clinic reads the whole file. Languages come first because every text needs them.
func (r *reader) clinic(v value) *Clinic {
	c := defaults()
	v.object(
		field{"languages", true, func(v value) { c.Languages = v.languages() }},
		field{"name", true, func(v value) { c.Name = v.said(c, maxName) }},
		field{"profile", false, func(v value) {
			c.Profile = Profile(v.oneOf(string(ProfileClinic), string(ProfileSalon)))
			c.Reminders.Discreet = c.Profile == ProfileClinic
		}},
		field{"timezone", true, func(v value) { c.Location = v.timezone() }},
		field{"phone", true, func(v value) { c.Phone = v.phone() }},
		field{"privacy", true, func(v value) { v.privacy(c, &c.Privacy) }},
		field{"branches", true, func(v value) { c.Branches = readAll(v, c, "branch", value.branch) }},
		field{"rooms", false, func(v value) { c.Rooms = v.rooms(c) }},
		field{"services", true, func(v value) { c.Services = readAll(v, c, "service", value.service) }},
		field{"specialists", true, func(v value) { c.Specialists = readAll(v, c, "specialist", value.specialist) }},
		field{"closed", false, func(v value) { c.Closed = v.closed() }},
		field{"booking", false, func(v value) { v.rules(c, &c.Booking) }},
		field{"reminders", false, func(v value) { v.reminders(&c.Reminders) }},
		field{"handoff", false, func(v value) { v.handoff(&c.Handoff) }},
		field{"faq", false, func(v value) { c.FAQ = v.faq(c) }},
		field{"widget", false, func(v value) { v.widget(&c.Widget) }},
		field{"model", false, func(v value) { v.model(&c.Model) }},
		field{"crm", false, func(v value) { c.Receivers = v.receivers() }},
	)
	if c.Handoff.Hours.Never() && len(c.Branches) > 0 {
		c.Handoff.Hours = c.Branches[0].Hours
	}
	c.settle()
	return c
}

// identified is a list item with an id.
type identified interface {
	Branch | Room | Service | Specialist
}

// readAll reads a list of things with unique ids.
func readAll[T identified](v value, c *Clinic, kind string, read func(value, *Clinic, func(value) string) T) []T {
	items := v.list("a list of " + v.key + ", each with an id and a name")
	if v.isEmptyList() {
		v.problem(false, v.key, "an empty list", "at least one "+kind)
	}
	seen := map[string]bool{}
	var all []T
	for _, item := range items {
		item.key = kind
		all = append(all, read(item, c, func(v value) string { return v.newID(seen) }))
	}
	return all
}

func (v value) isEmptyList() bool {
	s, ok := v.node.(*ast.SequenceNode)
	return ok && len(s.Values) == 0
}

func (v value) newID(seen map[string]bool) string {
	const expected = "an id of a-z, 0-9 and -"
	id, ok := v.text(maxName, expected)
	switch {
	case !ok:
	case !idText.MatchString(id):
		v.refuse(expected)
	case seen[id]:
		v.problem(false, "id", quote(id)+" twice", "ids that differ")
	}
	seen[id] = true
	return id
}

func (v value) branch(c *Clinic, id func(value) string) (b Branch) {
	v.object(
		field{"id", true, func(v value) { b.ID = id(v) }},
		field{"name", true, func(v value) { b.Name = v.said(c, maxName); v.named(meant{"branch", b.ID, b.Name}) }},
		field{"aliases", false, func(v value) {
			b.Aliases = v.texts("a list of other words for it")
			v.aliased(meant{"branch", b.ID, b.Name})
		}},
		field{"address", true, func(v value) { b.Address = v.said(c, maxText) }},
		field{"hours", true, func(v value) { b.Hours = v.hours() }},
	)
	return b
}

func (v value) service(c *Clinic, id func(value) string) (s Service) {
	v.object(
		field{"id", true, func(v value) { s.ID = id(v) }},
		field{"name", true, func(v value) { s.Name = v.said(c, maxName); v.named(meant{"service", s.ID, s.Name}) }},
		field{"aliases", false, func(v value) {
			s.Aliases = v.texts("a list of other words for it")
			v.aliased(meant{"service", s.ID, s.Name})
		}},
		field{"duration", true, func(v value) { s.Duration = v.duration(time.Minute, day, time.Minute) }},
		field{"buffer", false, func(v value) { s.BufferAfter = v.duration(0, 12*time.Hour, time.Minute) }},
		field{"buffer_before", false, func(v value) { s.BufferBefore = v.duration(0, 12*time.Hour, time.Minute) }},
		field{"price", false, func(v value) { s.Price = v.price() }},
		field{"prepare", false, func(v value) { s.Prepare = v.said(c, maxText) }},
		field{"needs", false, func(v value) { s.Needs = v.needs(c) }},
	)
	v.advise(func() { v.performed(c, s); v.housed(c, &s) })
	return s
}

func (v value) specialist(c *Clinic, id func(value) string) (s Specialist) {
	v.object(
		field{"id", true, func(v value) { s.ID = id(v) }},
		field{"name", true, func(v value) { s.Name = v.said(c, maxName); v.named(meant{"specialist", s.ID, s.Name}) }},
		field{"aliases", false, func(v value) {
			s.Aliases = v.texts("a list of other words for it")
			v.aliased(meant{"specialist", s.ID, s.Name})
		}},
		field{"services", true, func(v value) { s.Services = v.serviceIDs(c) }},
		field{"branch", true, func(v value) { s.Branch = v.branchID(c) }},
		field{"hours", true, func(v value) { s.Hours = v.hours(); v.within(c, &s) }},
	)
	return s
}

func (v value) serviceIDs(c *Clinic) []string {
	ids := v.texts("a list of service ids")
	v.r.later = append(v.r.later, func() {
		for _, item := range v.items() {
			id, _ := item.scalar()
			if _, ok := c.Service(id); !ok && id != "" && len(c.services) > 0 {
				item.key = "service"
				item.refuse("one of " + some(c.Services, func(s Service) string { return s.ID }))
			}
		}
	})
	return ids
}

func (v value) branchID(c *Clinic) string {
	id, ok := v.text(maxName, "a branch id")
	v.r.later = append(v.r.later, func() {
		if _, known := c.Branch(id); ok && !known && len(c.branches) > 0 {
			v.refuse("one of " + some(c.Branches, func(b Branch) string { return b.ID }))
		}
	})
	return id
}

// some lists ids, not too many.
func some[T any](all []T, id func(T) string) string {
	const most = 12
	var ids []string
	for _, one := range all[:min(len(all), most)] {
		if id(one) != "" {
			ids = append(ids, id(one))
		}
	}
	if len(all) > most {
		ids = append(ids, "…")
	}
	return strings.Join(ids, ", ")
}

// said reads one thing in several languages; the first language must be among them.
func (v value) said(c *Clinic, limit int) Text {
	t, tried := Text{}, false
	var fields []field
	for _, lang := range spoken() {
		fields = append(fields, field{lang, false, func(v value) {
			if s, ok := v.text(limit, "words in this language"); ok {
				t[lang] = s
			}
			tried = tried || lang == c.Languages[0]
			if !slices.Contains(c.Languages, lang) {
				v.advise(func() { v.warn("text in %s is never shown: add %s to languages or drop it", lang, lang) })
			}
		}})
	}
	if _, plain := v.scalar(); plain {
		v.refuse(fmt.Sprintf("words by language, such as {%s: …}", c.Languages[0]))
		return t
	}
	v.object(fields...)
	if _, group := v.node.(ast.MapNode); group && !tried {
		v.problem(false, fmt.Sprintf("%s has no words in %s, the first of languages", v.key, c.Languages[0]), "", "")
	}
	if s, ok := t[c.Languages[0]]; ok {
		t[""] = s
	}
	return t
}

func (v value) languages() []string {
	all := v.each("one of "+strings.Join(spoken(), ", "), func(s string) bool { return slices.Contains(spoken(), s) })
	if v.isEmptyList() {
		v.problem(false, v.key, "an empty list", "at least one of "+strings.Join(spoken(), ", "))
	}
	if len(all) == 0 {
		return []string{"ru"}
	}
	return all
}

func (v value) timezone() *time.Location {
	const expected = "a zone such as Europe/Moscow"
	s, ok := v.text(maxName, expected)
	if !ok {
		return time.UTC
	}
	zone, err := time.LoadLocation(s)
	if err != nil || s == "Local" {
		v.refuse(expected)
		return time.UTC
	}
	return zone
}

func (v value) phone() string {
	const expected = `an international number in quotes, such as "+78432000000"`
	s, ok := v.text(maxName, expected)
	if !ok {
		return ""
	}
	if !phoneText.MatchString(s) {
		v.refuse(expected)
		return ""
	}
	number, err := phonenumbers.Parse(s, "")
	if err != nil || !phonenumbers.IsPossibleNumber(number) {
		v.refuse("a number that its country has")
		return ""
	}
	if !phonenumbers.IsValidNumber(number) {
		v.warn("phone %s is in no known numbering plan: is it right?", s)
	}
	return s
}

func (v value) price() (p Price) {
	const most = 100_000_000
	p.Known = true
	if _, ok := v.node.(ast.MapNode); ok {
		p.From = true
		v.object(field{"from", true, func(v value) { p.Amount = v.integer(0, most) }})
		return p
	}
	if _, ok := v.node.(*ast.IntegerNode); !ok {
		v.refuse("a whole number such as 1500, or {from: 1500}")
		return p
	}
	p.Amount = v.integer(0, most)
	return p
}
