// Package nlu reads by rules what a visitor's message says: commands with the words
// they stand on, values of the clinic's own vocabulary, dates and times (package
// when), names, phones, documents, the language and whether somebody needs a doctor
// now. It is pure: no clock, no store, no network; now is an argument. Tables over
// code: to teach it a word, add a row to classes_*.go (what words mean), phrases*.go
// (in which order they make a command), alarm.go, synonyms.go or names.txt.
//
// The way of a message: tokens → personal data → wrong layout and translit → words,
// typing errors put right → times → the clinic's terms → names → phrases → questions
// of the FAQ → corrections → what contradicts itself is dropped.
package nlu

import (
	"time"

	"okoshko/assistant/nlu/when"
)

// MaxChars is how many Unicode code points of a message are read; the rest is
// reported by Reading.TooLong and never looked at.
const MaxChars = 4096

// Field is a value that a booking collects.
type Field string

// The fields of a booking.
const (
	FieldService    Field = "service"
	FieldBranch     Field = "branch"
	FieldSpecialist Field = "specialist"
	FieldTime       Field = "time"
	FieldName       Field = "name"
	FieldPhone      Field = "phone"
	FieldEmail      Field = "email"
)

// What else the visitor may have been asked for, besides a Field (Context.Expects).
const (
	ExpectConsent Field = "consent"
	ExpectConfirm Field = "confirm"
	ExpectWhich   Field = "which"
	ExpectMore    Field = "more"
	// ExpectPurpose is a yes or no to a purpose of one's data beside the visit.
	ExpectPurpose Field = "purpose"
)

// The verbs of a Command.
const (
	Book     = "book"     // wants an appointment
	Move     = "move"     // wants an own appointment at another time
	Cancel   = "cancel"   // cannot come, wants an own appointment gone
	Show     = "show"     // own appointments; Value ValueOther: somebody else's
	Set      = "set"      // says Field: Value (or the time constraint)
	Correct  = "correct"  // the same, in place of what was said before; Not is what is not wanted
	Choose   = "choose"   // one of what was offered: Value is its id, or a rank where nothing was offered
	Affirm   = "affirm"   // yes
	Deny     = "deny"     // no; with Field and no Value: not this one
	Ask      = "ask"      // a question of the clinic's FAQ: Value is its index
	Price    = "price"    // what it costs
	Human    = "human"    // wants a person: ValueAsked or ValueComplaint
	Wait     = "wait"     // waiting list
	Know     = "know"     // what do you keep about me
	Erase    = "erase"    // delete it
	Withdraw = "withdraw" // takes the consent back; Value: that to one purpose
	Repeat   = "repeat"   // say it again
	Restart  = "restart"  // from the beginning
	Thanks   = "thanks"
	Greet    = "greet"
	Unclear  = "unclear" // nothing was understood; the only command then
)

// Values of commands that are no ids of the clinic.
const (
	ValueAny       = "any"       // set specialist, branch, time: whichever
	ValuePast      = "past"      // set time: a day that is over; no constraint then
	ValueNever     = "never"     // set time: a day that no calendar has, likewise
	ValueAsked     = "asked"     // human: asked for a person
	ValueComplaint = "complaint" // human: complains
	ValueOther     = "other"     // show: asks about somebody else's appointment
	ValueOff       = "off"       // wait: wants to be taken off the waiting list
	// The purposes of withdraw, and of an affirm that names one.
	ValueReminders   = "reminders"
	ValueAdvertising = "advertising"
	ValueMessages    = "messages" // withdraw: whatever is sent to the phone
	ValueAll         = "all"      // cancel, choose: every one of them («обе», "both")
)

// The alarms of a Reading.
const (
	AlarmEmergency = "emergency" // life may be in danger: 103 or 112, then a person
	AlarmSymptoms  = "symptoms"  // complaints with the question what it is or what to take
)

// Command is one thing that the visitor wants done or said.
type Command struct {
	Do    string `json:"do"`
	Field Field  `json:"field,omitempty"`
	// Value is an id of the vocabulary, ValueAny, a normalised name, a phone in E.164, an
	// address in lower case, the index of a FAQ entry, the id of an option or, of move,
	// cancel and show, the number of the appointment («A-1042») where one was named. A
	// `set phone` with an empty Value is a number that cannot be right: ask again.
	Value string `json:"value,omitempty"`
	// Quote is the visitor's own text[Start:End].
	Quote string `json:"quote"`
	// Constraint holds the time where Field is FieldTime (dates, time, same, nearest).
	when.Constraint
	Alternatives []when.Constraint `json:"alternatives,omitempty"`
	// Ask marks a time whose words have several meanings, told by Constraint and
	// Alternatives: the visitor is asked which. Without it they are several wishes.
	Ask bool `json:"ask,omitempty"`
	// Others are further ids that fit the same words: «стрижка» is two services.
	Others []string `json:"others,omitempty"`
	// Not is the id that a correction turns down: «не к Ахметовой».
	Not string `json:"not,omitempty"`
	// Link says how a service stands to those named before it: LinkAnd, LinkOnly, or "".
	Link string `json:"link,omitempty"`
	// Draft marks a cancel that ends what is being arranged («передумала», "never mind"),
	// not an appointment that stands.
	Draft bool   `json:"draft,omitempty"`
	Start int    `json:"-"` // bytes
	End   int    `json:"-"`
	Rule  string `json:"rule,omitempty"` // the row that fired, with Context.Explain
}

// Option is one of the things last offered to the visitor.
type Option struct {
	ID, Label string
	Start     time.Time // of a slot, else zero
}

// Context is what the reader has to know about the conversation.
type Context struct {
	Lang    string    // the conversation's language: ru, en, tt
	Now     time.Time // in the clinic's zone
	Expects Field     // what was asked last: a Field or one of the Expect values
	Offered []Option
	Explain bool // fill Command.Rule
}

// Term is one thing of the clinic that visitors name.
type Term struct {
	Field   Field
	ID      string
	Names   []string // full names in all languages
	Aliases []string
}

// Vocabulary is what a clinic's visitors talk about.
type Vocabulary struct {
	Terms        []Term
	FAQ          [][]string // the questions of each entry, in all their wordings
	HandoffWords []string   // words of the clinic that call for a person
	Hours        when.Hours // when the clinic is open; chooses between 3:00 and 15:00
}

// Reading is what one message says.
type Reading struct {
	Lang     string    `json:"lang"`    // ru, en, tt
	Covered  float64   `json:"covered"` // share of meaning-bearing words explained, 0 to 1
	Commands []Command `json:"commands"`
	Alarm    string    `json:"alarm,omitempty"` // "", AlarmEmergency, AlarmSymptoms
	// AlarmRule are the rows that rang, with Context.Explain.
	AlarmRule string `json:"alarm_rule,omitempty"`
	Personal  []Span `json:"-"`
	Health    bool   `json:"health,omitempty"` // speaks of somebody's health
	TooLong   bool   `json:"too_long,omitempty"`
}

// The kinds of personal data.
const (
	KindPhone     = "phone"
	KindEmail     = "email"
	KindName      = "name"
	KindAddress   = "address"
	KindBirthDate = "birthdate"
	KindPassport  = "passport"
	KindSNILS     = "snils"
	KindINN       = "inn"
	KindOMS       = "oms"
	KindCard      = "card"
	KindURL       = "url"
	KindNumber    = "number" // nine digits or more of no known kind: masked, never used
)

// Span is a piece of personal data in a message.
type Span struct {
	Kind  string
	Start int // bytes
	End   int
	Value string // normalised; empty where the words cannot be right (a phone too short)
}
