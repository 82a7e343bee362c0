// Package clinic is the owner's file: what the house does, who does it, where,
// when, for how much, and in which words it speaks. The file is YAML, read
// strictly; whatever is wrong in it is told with line and column, what was found
// and what was expected (see [Problem]).
//
// A [Clinic] is a value of one version of the file and never changes; a new file
// makes a new Clinic. It knows nobody's appointments (assistant/booking) and the
// day's absences no more than the file's own closed dates. Hours are wall-clock
// time of the house's zone; see [Hours] and [Clinic.At].
package clinic

import (
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// Clinic is everything the owner's file says. Slices keep the file's order; ids are
// unique within their kind. It is safe for concurrent use because nothing changes it.
type Clinic struct {
	Name        Text
	Location    *time.Location
	Profile     Profile
	Languages   []string // the first is the default
	Phone       string   // E.164
	Privacy     Privacy
	Branches    []Branch
	Rooms       []Room
	Services    []Service
	Specialists []Specialist
	Closed      []DateRange // the whole house, both ends closed
	Booking     Rules
	Reminders   Reminders
	Handoff     Handoff
	FAQ         []FAQ
	Widget      Widget
	Model       Model
	Receivers   []Receiver // in the file: crm

	version    string
	branches   map[string]*Branch
	services   map[string]*Service
	people     map[string]*Specialist
	performers map[string][]*Specialist
	rooms      map[string]*Room
	pools      map[[2]string][][]*Room // by service and branch
}

// Profile says what kind of house it is. Where the file says nothing it is the kind that
// keeps more secret.
type Profile string

const (
	ProfileClinic Profile = "clinic"
	ProfileSalon  Profile = "salon"
)

// Privacy says who answers for personal data and how long it is kept.
type Privacy struct {
	Operator  string // legal name, tax number and address of who answers
	Contact   string // where a person writes about their data
	Policy    string // address of the policy; "" when the appliance serves its own page
	Purposes  Purposes
	Retention Retention
}

// Retention is how long each kind of record is kept after its last change.
type Retention struct{ Conversations, Appointments, Audit time.Duration }

// Branch is one address of the house.
type Branch struct {
	ID      string
	Name    Text
	Aliases []string
	Address Text
	Hours   Hours
}

// Service is one thing that can be booked. Buffers are time kept free around it,
// not seen by the visitor; all three durations are whole minutes.
type Service struct {
	ID                                  string
	Name                                Text
	Aliases                             []string
	Duration, BufferBefore, BufferAfter time.Duration
	Price                               Price
	Prepare                             Text     // what to do before coming; nil when nothing
	Needs                               []string // ids or groups of rooms, of each of which it takes one unit
}

// Room is a room or a device without which some services cannot be done. Count is how
// many of it there are, all alike: three chairs in one hall are one room of three. Rooms
// that differ but serve alike have a Group in common, which may have rooms in several
// branches.
type Room struct {
	ID     string
	Name   Text
	Branch string // id
	Group  string // "" for none
	Count  int    // from 1 on
}

// Price is in whole units of the house's currency. The zero Price is «not said».
type Price struct {
	Known  bool
	From   bool // "from" that much
	Amount int
}

// Specialist is who performs services, in one branch.
type Specialist struct {
	ID       string
	Name     Text
	Aliases  []string
	Services []string // ids
	Branch   string   // id
	Hours    Hours
}

// Performs reports whether the specialist does the service with this id.
func (s *Specialist) Performs(service string) bool {
	for _, id := range s.Services {
		if id == service {
			return true
		}
	}
	return false
}

// Confirmation says who confirms a request.
type Confirmation string

const (
	ByStaff Confirmation = "staff" // reception confirms each request
	ByRule  Confirmation = "auto"  // confirmed at once
)

// What a booking may need of the visitor.
const (
	AskName  = "name"
	AskPhone = "phone"
	AskEmail = "email"
)

// Rules are the booking section.
type Rules struct {
	Confirm    Confirmation
	Notice     time.Duration // the earliest start from now
	Horizon    time.Duration // the latest start from now
	Step       time.Duration // starts lie on this grid, counted from a working period's start
	Hold       time.Duration // how long a chosen slot is kept
	Offer      time.Duration // how long a slot that became free is offered to one who waits
	PerVisitor int           // future appointments one visitor may have open
	NoShows    int           // from so many missed visits on, reception confirms whatever Confirm says; 0: never
	Ask        []string      // AskName, AskPhone, AskEmail

	SameDayUntil int           // minute of the day from which on visitors get no slot of that day; 1440: the day is not cut off
	ChainGap     time.Duration // the longest wait between two services of one visit
	Reasons      []Reason      // for cancelling and declining; see Clinic.Reasons
}

// Needs reports whether a booking asks for one of AskName, AskPhone, AskEmail.
func (r Rules) Needs(what string) bool {
	for _, a := range r.Ask {
		if a == what {
			return true
		}
	}
	return false
}

// Handoff says when reception is in and which words call it.
type Handoff struct {
	Hours Hours
	Words []string
}

// FAQ is one answer and the questions that it answers, in any language.
type FAQ struct {
	Questions []string
	Answer    Text
}

// Widget is how and where the chat may appear.
type Widget struct {
	Origins []string // scheme://host, scheme://host:port or scheme://host:*; none: only the appliance's own
	Color   string   // #rrggbb
}

// Allows reports whether a page of this origin (as a browser sends it) may embed the widget.
func (w Widget) Allows(origin string) bool {
	asked, err := url.Parse(origin)
	if err != nil || asked.Host == "" {
		return false
	}
	for _, o := range w.Origins {
		host, anyPort := strings.CutSuffix(o, ":*")
		if strings.EqualFold(o, origin) ||
			anyPort && strings.EqualFold(host, asked.Scheme+"://"+hostOnly(asked)) {
			return true
		}
	}
	return false
}

func hostOnly(u *url.URL) string {
	host, _, found := strings.Cut(u.Host, "]") // an IPv6 literal has colons of its own
	if found {
		return host + "]"
	}
	host, _, _ = strings.Cut(u.Host, ":")
	return host
}

// Model is the local model to ask. Name "" means whichever the server holds.
type Model struct {
	Name    string
	URL     string
	Timeout time.Duration // the longest wait for one answer
}

// Receiver is a system that is told of events.
type Receiver struct {
	Name    string
	Kind    string   // "webhook"
	URL     string   // http(s) address, or secret:NAME where the address itself is secret
	Secret  string   // secret:NAME, or "" for an unsigned webhook
	Contact bool     // whether name and phone are sent
	Events  []string // empty: all
}

// Wants reports whether events of this type go to the receiver.
func (r Receiver) Wants(event string) bool {
	for _, e := range r.Events {
		if e == event {
			return true
		}
	}
	return len(r.Events) == 0
}

// Version is a hash of the file's bytes, 64 hexadecimal letters.
func (c *Clinic) Version() string { return c.version }

// Language returns the language of a BCP 47 tag («en-US», «tt-Cyrl-RU») where the house
// speaks it, and the house's first language otherwise.
func (c *Clinic) Language(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return c.Languages[0]
	}
	base, _ := parsed.Base()
	for _, l := range c.Languages {
		if l == base.String() {
			return l
		}
	}
	return c.Languages[0]
}

// Service finds a service by id.
func (c *Clinic) Service(id string) (*Service, bool) { s, ok := c.services[id]; return s, ok }

// Specialist finds a specialist by id.
func (c *Clinic) Specialist(id string) (*Specialist, bool) { s, ok := c.people[id]; return s, ok }

// Branch finds a branch by id.
func (c *Clinic) Branch(id string) (*Branch, bool) { b, ok := c.branches[id]; return b, ok }

// Room finds a room by id.
func (c *Clinic) Room(id string) (*Room, bool) { r, ok := c.rooms[id]; return r, ok }

// Needs lists, for each room or group that the service needs, the rooms of the branch of
// which any one will do, in the file's order; nothing for a service that needs none. No
// room is in two of the lists.
func (c *Clinic) Needs(service, branch string) [][]*Room { return c.pools[[2]string{service, branch}] }

// Performers are the specialists who do a service, in the file's order; none for an
// unknown service and for one that nobody performs. Who works in a branch without a room
// that the service needs does not perform it.
func (c *Clinic) Performers(service string) []*Specialist { return c.performers[service] }

// seal builds the lookups, once, after decoding.
func (c *Clinic) seal() {
	c.branches = make(map[string]*Branch, len(c.Branches))
	c.services = make(map[string]*Service, len(c.Services))
	c.people = make(map[string]*Specialist, len(c.Specialists))
	c.performers = make(map[string][]*Specialist, len(c.Services))
	c.rooms = make(map[string]*Room, len(c.Rooms))
	c.pools = make(map[[2]string][][]*Room)
	for i := range c.Branches {
		c.branches[c.Branches[i].ID] = &c.Branches[i]
	}
	for i := range c.Rooms {
		c.rooms[c.Rooms[i].ID] = &c.Rooms[i]
	}
	for i := range c.Services {
		c.services[c.Services[i].ID] = &c.Services[i]
		c.fill(&c.Services[i])
	}
	for i := range c.Specialists {
		s := &c.Specialists[i]
		c.people[s.ID] = s
		for _, id := range s.Services {
			if known, ok := c.services[id]; !ok || c.lacking(known, s.Branch) == "" {
				c.performers[id] = append(c.performers[id], s)
			}
		}
	}
}

// fill finds the rooms that the service can use in each branch.
func (c *Clinic) fill(s *Service) {
	for _, b := range c.Branches {
		for _, need := range s.Needs {
			var pool []*Room
			for i := range c.Rooms {
				if r := &c.Rooms[i]; r.Branch == b.ID && (r.ID == need || r.Group == need) {
					pool = append(pool, r)
				}
			}
			key := [2]string{s.ID, b.ID}
			c.pools[key] = append(c.pools[key], pool)
		}
	}
}

// lacking names the first need of the service that the branch has no room for, "" when
// there is none.
func (c *Clinic) lacking(s *Service, branch string) string {
	for i, pool := range c.Needs(s.ID, branch) {
		if len(pool) == 0 && i < len(s.Needs) {
			return s.Needs[i]
		}
	}
	return ""
}
