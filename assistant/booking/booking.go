// Package booking is the calendar: which slots are free, who keeps one for a moment,
// which are appointments, who waits for one.
//
// Nothing is ever booked twice: a slot is taken in the transaction that checks it, and
// the check is the one by which slots are listed. Requests, confirmed appointments and
// live holds occupy alike. Every change of an appointment has a version, an author, an
// event in the outbox and an entry in the journal, all in the same commit.
//
// Times are UTC instants, in whole seconds; hours are wall-clock time of the house (see
// [okoshko/assistant/clinic.Clinic.At]). What is kept, by table and key:
//
//	booking.appointments  number                                  Appointment
//	booking.words         number                                  words
//	booking.starts        start (8) | number                      nothing
//	booking.owners        kind / id | 0 | number                  nothing; of a visit too
//	booking.holds         conversation                            Hold
//	booking.busy          resource | 0 | from (8) | to (8) | ref  claim
//	booking.stamps        resource | 0 | block (8)                stamp; "c" of all claims, "e" of exceptions
//	booking.waiting       sequence (8)                            Waiting
//	booking.offers        sequence (8) of the Waiting             Offer
//	booking.freed         sequence (8)                            place
//	booking.exceptions    sequence (8)                            Exception
//	booking.exception-ends  end (8) | sequence (8)                nothing
//	booking.clock         "mark"                                  clockMark
//
// Numbers in keys are big-endian. A resource is "s/" and a specialist's id or "r/" and a
// room's. Of a room that the clinic has several of, units are counted, not told apart; of
// rooms in a group, an appointment takes the first that is free and stays in it.
//
// The hours of the clinic's file are changed for single days by exceptions: absences,
// closures, blocks, extra hours. They are judged where the file's hours are, so no list,
// hold, request or move passes them by. The package knows no name, no phone and no text
// for people.
//
// Appointments are sealed under the house's key and not under each person's: the calendar
// must be whole also when it is restored from an old copy, in which erased people's
// records do not open, or a slot would be free that is not. So an appointment holds ids
// and times only, what staff say of it is apart under the person's key, and [Calendar.Forget]
// takes out of it what led to the person. Wishes and offers are sealed under the person's key.
package booking

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// Slot is a service done by a specialist in a branch from Start to End, UTC.
type Slot struct {
	Service    string    `json:"service"`
	Specialist string    `json:"specialist"`
	Branch     string    `json:"branch"`
	Start      time.Time `json:"start"`
	End        time.Time `json:"end"`
}

// Status is where an appointment is in its life. A move changes the slot and leaves the
// status, but see [Calendar.Move].
type Status string

const (
	Requested Status = "requested" // waits for reception; occupies its slot
	Confirmed Status = "confirmed"
	Declined  Status = "declined"
	Cancelled Status = "cancelled"
	Arrived   Status = "arrived"
	NoShow    Status = "no_show"
)

// Open reports whether the appointment is still to happen.
func (s Status) Open() bool { return s == Requested || s == Confirmed }

// Appointment is one visit, asked for or agreed.
type Appointment struct {
	Number  string `json:"number"`  // A-1001 and on, never given twice
	Version int    `json:"version"` // 1 when requested, one more with each change
	Status  Status `json:"status"`
	Slot
	Visit        string            `json:"visit,omitempty"`   // V-1 and on, of those that were booked as one visit
	Names        Names             `json:"names,omitzero"`    // as they were when the slot was taken
	Contact      string            `json:"contact,omitempty"` // ids; "" once the person is erased
	Conversation string            `json:"conversation,omitempty"`
	Visitor      string            `json:"visitor,omitempty"`
	Created      time.Time         `json:"created"`
	Changed      time.Time         `json:"changed"`
	Author       string            `json:"author"`              // of the last change
	ReasonID     string            `json:"reason_id,omitempty"` // of the last change, from the clinic's list
	Reason       string            `json:"-"`                   // of the last change, in words of staff; kept apart, see words
	Source       map[string]string `json:"source,omitempty"`    // utm_source and the like
	Takes        []Take            `json:"takes"`               // what it occupies, buffers included
}

// Names are what the service, the specialist and the branch of an appointment were called
// when it was made, so that it can be told of when the clinic's file no longer has them.
// Those made before names were kept have none.
type Names struct {
	Service    clinic.Text `json:"service"`
	Specialist clinic.Text `json:"specialist"`
	Branch     clinic.Text `json:"branch"`
}

// Take is one resource occupied for a time, From included and To not.
type Take struct {
	Resource string    `json:"resource"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
}

// Change says who changes an appointment and why. Staff are not bound by notice,
// horizon, grid and the limit per visitor, and what they book or move needs nobody's
// confirmation; everybody else is. Hours, exceptions and rooms bind all.
type Change struct {
	Author   string
	ReasonID string // one of the clinic's reasons that such an author may give, or ""
	Reason   string // words; kept of staff only, under the person's key, never in journal or event
	Staff    bool
}

// Booking is what a visitor, or reception for one, asks for.
type Booking struct {
	Slot
	Contact      string
	Conversation string
	Visitor      string
	Source       map[string]string
	Author       string
	Staff        bool
}

// Hold keeps a slot, or all of a visit, for a conversation until a time, that instant not
// included.
type Hold struct {
	Slot                   // of a visit the first
	Rest         []Slot    `json:"rest,omitempty"` // of a visit the others
	Conversation string    `json:"conversation"`
	Until        time.Time `json:"until"` // by the house's time
	Ends         int64     `json:"ends"`  // Unix seconds of running time; see Clock
	Takes        []Take    `json:"takes"`
}

var (
	appointments = storage.NewTable[Appointment]("booking.appointments")
	starts       = storage.NewTable[struct{}]("booking.starts")
	owners       = storage.NewTable[struct{}]("booking.owners")
	holds        = storage.NewTable[Hold]("booking.holds")
)

// Calendar applies one version of the clinic's file to the store. It is safe for
// concurrent use; a new version of the file makes a new Calendar.
type Calendar struct {
	clinic *clinic.Clinic
	clock  *Clock
	shared shared
}

// New returns the calendar of a clinic. What it keeps for a time lasts by the times that
// callers give; see Timed.
func New(c *clinic.Clinic) *Calendar { return &Calendar{clinic: c} }

// Timed returns the calendar of a clinic whose holds and offers last by the house's clock.
// All calendars of one store must have the same one.
func Timed(c *clinic.Clinic, clock *Clock) *Calendar { return &Calendar{clinic: c, clock: clock} }

// Query asks for free slots. Zero fields do not restrict.
type Query struct {
	Service    string // must be known
	Specialist string
	Branch     string
	From, To   time.Time     // of the start, To not included; zero: from now, to the horizon
	Within     []clinic.Span // minutes of the wall clock within which a start lies, To not included
	Limit      int           // 0: all
	For        string        // conversation whose own hold does not block
	Ignore     []string      // numbers of the appointments that are being moved
}

// Why says why a slot cannot be had.
type Why string

const (
	Taken   Why = "taken"    // somebody has it
	Closed  Why = "closed"   // the branch is closed then, or closes before the end
	Absent  Why = "absent"   // the specialist does not work then, or not to the end
	Past    Why = "past"     // it has begun
	Notice  Why = "notice"   // too soon
	SameDay Why = "same_day" // too late for a slot of the same day
	Horizon Why = "horizon"  // too far ahead
	Grid    Why = "grid"     // not a start, or not the length, that is offered
	Unknown Why = "unknown"  // no such service, specialist or branch, or not together
	Limit   Why = "limit"    // the visitor has as many open appointments as one may have
)

// Each is matched by errors.Is against the [Refusal] for its reason.
var (
	ErrTaken   = errors.New("slot is taken")
	ErrClosed  = errors.New("slot is outside the branch's hours")
	ErrAbsent  = errors.New("slot is outside the specialist's hours")
	ErrPast    = errors.New("slot has begun")
	ErrNotice  = errors.New("slot is too soon")
	ErrSameDay = errors.New("slot is of the same day, which is cut off")
	ErrHorizon = errors.New("slot is too far ahead")
	ErrGrid    = errors.New("slot is not on the grid")
	ErrUnknown = errors.New("slot names an unknown service, specialist or branch")
	ErrLimit   = errors.New("visitor has too many open appointments")
)

func (w Why) sentinel() error {
	return map[Why]error{
		Taken: ErrTaken, Closed: ErrClosed, Absent: ErrAbsent, Past: ErrPast, Notice: ErrNotice, SameDay: ErrSameDay,
		Horizon: ErrHorizon, Grid: ErrGrid, Unknown: ErrUnknown, Limit: ErrLimit,
	}[w]
}

// Refusal is why a slot cannot be had, and what can be had that is nearest to it: up
// to three slots in order of time, of the same specialist where there are any. Of a visit,
// Slot is the one of its slots that cannot be had, and Visits are up to three visits.
type Refusal struct {
	Why     Why
	Slot    Slot
	Nearest []Slot
	Visits  []Visit
}

func (r *Refusal) Error() string        { return r.Why.sentinel().Error() }
func (r *Refusal) Is(target error) bool { return target == r.Why.sentinel() }

// What a change of an appointment may answer beside [storage.ErrNotFound] and a Refusal.
var (
	ErrStale  = errors.New("appointment was changed meanwhile") // see Stale
	ErrStatus = errors.New("appointment is not in a state for that")
	ErrReason = errors.New("reason is not one that may be given")
)

// Stale is returned for a change made from an old version; it matches ErrStale.
type Stale struct{ Current Appointment }

func (s *Stale) Error() string {
	return fmt.Sprintf("%s is at version %d: %v", s.Current.Number, s.Current.Version, ErrStale)
}
func (s *Stale) Is(target error) bool { return target == ErrStale }

// WrongStatus is returned for a step that the appointment cannot take, such as
// confirming a cancelled one; it matches ErrStatus.
type WrongStatus struct{ Current Appointment }

func (s *WrongStatus) Error() string {
	return fmt.Sprintf("%s is %s: %v", s.Current.Number, s.Current.Status, ErrStatus)
}
func (s *WrongStatus) Is(target error) bool { return target == ErrStatus }

func compareSlots(a, b Slot) int {
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Specialist, b.Specialist))
}

// instant is a clock's time as it is stored: UTC, to the millisecond.
func instant(now time.Time) time.Time { return now.UTC().Truncate(time.Millisecond) }
