package assistant

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu/when"
	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// Goal is what the visitor is on the way to.
type Goal string

// Goals of a conversation.
const (
	GoalNone   Goal = ""
	GoalBook   Goal = "book"
	GoalMove   Goal = "move"
	GoalCancel Goal = "cancel"
	GoalWait   Goal = "wait"
	GoalErase  Goal = "erase"
	GoalCome   Goal = "come"  // answer a reminder
	GoalOffer  Goal = "offer" // take what the waiting list offers
)

// All is the Target of a cancellation of every one of the visitor's appointments.
const All = "all"

// Any is the choice of a branch or specialist that does not matter.
const Any = "any"

// Request is the fields collected so far. Ids are the clinic's.
type Request struct {
	Service    string            `json:"service,omitempty"`
	Services   []string          `json:"services,omitempty"` // what the words fit where they fit several
	Also       []string          `json:"also,omitempty"`     // further services of the same visit, as they were named
	Unclear    [][]string        `json:"unclear,omitempty"`  // further parts of it whose words fit several
	Adding     bool              `json:"adding,omitempty"`   // the visitor is asked which service to add
	Later      []string          `json:"later,omitempty"`    // services to book after this one
	Specialist string            `json:"specialist,omitempty"`
	Named      []string          `json:"named,omitempty"` // specialists whom the words fit where they fit several
	Not        []string          `json:"not,omitempty"`   // specialists turned down
	Branch     string            `json:"branch,omitempty"`
	Branches   []string          `json:"branches,omitempty"` // what the words fit where they fit several
	When       []when.Constraint `json:"when,omitempty"`     // wanted times; more than one: any of them
	Wished     []when.Constraint `json:"wished,omitempty"`   // what was wanted before other days were looked at
	Unsure     bool              `json:"unsure,omitempty"`   // When is what the words may mean: the visitor is asked which
	Never      []when.Constraint `json:"never,omitempty"`    // days and times turned down («кроме среды»)
	Nearest    bool              `json:"nearest,omitempty"`
	Want       *booking.Slot     `json:"want,omitempty"` // picked from an offer, not yet held
	WantVisit  *booking.Visit    `json:"want_visit,omitempty"`
	Slot       *booking.Slot     `json:"slot,omitempty"`  // chosen and held
	Rest       []booking.Slot    `json:"rest,omitempty"`  // likewise, of a visit of several services
	Page       int               `json:"page,omitempty"`  // how many times other days were asked for
	After      *when.Date        `json:"after,omitempty"` // days up to this one were turned down
}

// prune drops what the clinic's file no longer has.
func (r *Request) prune(c *clinic.Clinic) {
	gone := func(id string) bool { _, ok := c.Service(id); return !ok }
	if gone(r.Service) {
		r.Service = ""
	}
	r.Also, r.Later = slices.DeleteFunc(r.Also, gone), slices.DeleteFunc(r.Later, gone)
	if slices.ContainsFunc(r.Rest, func(s booking.Slot) bool { return gone(s.Service) }) {
		r.Slot, r.Rest = nil, nil
	}
	if _, ok := c.Specialist(r.Specialist); !ok && r.Specialist != Any {
		r.Specialist = ""
	}
	if _, ok := c.Branch(r.Branch); !ok && r.Branch != Any {
		r.Branch = ""
	}
	r.Branches = slices.DeleteFunc(r.Branches, func(id string) bool { _, ok := c.Branch(id); return !ok })
	for _, slot := range []**booking.Slot{&r.Slot, &r.Want} {
		if *slot == nil {
			continue
		}
		who, ok := c.Specialist((*slot).Specialist)
		if _, known := c.Service((*slot).Service); !ok || !known || !who.Performs((*slot).Service) {
			*slot = nil
		}
	}
}

// State is where a conversation stands after a turn. It holds no personal data:
// the contact has that.
type State struct {
	Seq     uint64            `json:"seq"`
	Lang    string            `json:"lang"`
	Secret  string            `json:"secret"` // of the tags in this conversation's texts
	Owner   Owner             `json:"owner"`
	Contact string            `json:"contact,omitempty"`
	Consent string            `json:"consent,omitempty"` // version agreed to
	Shown   string            `json:"shown,omitempty"`   // version that the newest question for consent showed
	Created time.Time         `json:"created"`
	Page    string            `json:"page,omitempty"`
	Source  map[string]string `json:"source,omitempty"` // of the first visit
	Widget  string            `json:"widget,omitempty"`

	Goal    Goal     `json:"goal,omitempty"`
	Request Request  `json:"request"`
	Target  string   `json:"target,omitempty"` // appointment to move or cancel; wish that an offer is for
	Whole   bool     `json:"whole,omitempty"`  // Target stands for all appointments of its visit
	Offer   *Offered `json:"offer,omitempty"`  // what the waiting list offers
	Joined  uint64   `json:"joined,omitempty"` // seq of the newest announcement beside another question
	Asked   Expect   `json:"asked,omitempty"`
	AskedAt uint64   `json:"asked_at,omitempty"` // seq of the reply that asked
	Same    int      `json:"same,omitempty"`     // times in a row that the same was asked
	Again   int      `json:"again,omitempty"`    // times in a row that the same was asked without an answer
	Misses  int      `json:"misses,omitempty"`   // turns in a row that were not understood
	Told    int      `json:"told,omitempty"`     // times in a row that the same was said, see repeated
	Seen    string   `json:"seen,omitempty"`     // digest of the newest reply
	Open    string   `json:"open,omitempty"`     // digest of what it left open
	Editing bool     `json:"editing,omitempty"`  // the visitor said no to a summary and is asked what to change
	Full    bool     `json:"full,omitempty"`     // nothing is free in the wanted time: the waiting list was offered
	Choices []string `json:"choices,omitempty"`  // ids of the slots and buttons of the newest reply, in order

	Asking   *Asking                `json:"asking,omitempty"`
	Purposes map[string]AskedBefore `json:"purposes,omitempty"` // further ones that were asked about

	Pending []heard `json:"pending,omitempty"`

	At      time.Time `json:"at,omitzero"`       // of the newest turn
	Preview string    `json:"preview,omitempty"` // beginning of the visitor's newest words, masked
	Marks   []mark    `json:"marks,omitempty"`   // where the newest entries lie in the log
}

// heard is a visitor's turn that has no answer yet.
type heard struct {
	Seq    uint64 `json:"seq"`
	ID     string `json:"id"`             // of the frame, see frameName
	Text   string `json:"text,omitempty"` // masked
	Button string `json:"button,omitempty"`
	// Alarm is what is left of words about health that this house does not keep.
	Alarm string `json:"alarm,omitempty"`
}

// mark is the position in the log of the entry whose last turn is Seq.
type mark struct {
	Seq uint64 `json:"s"`
	Pos uint64 `json:"p"`
}

// mostPending is how many messages of one visitor may wait for an answer.
const mostPending = 20

// mostMarks is how many entries back a reader may be without the whole
// conversation being read.
const mostMarks = 12

// previewLength is characters of a visitor's words in the inbox.
const previewLength = 120

// reset forgets what the visitor was on the way to.
func (s *State) reset() {
	s.Goal, s.Request, s.Target, s.Offer = GoalNone, Request{}, "", nil
	s.Editing, s.Full, s.Choices = false, false, nil
	s.Whole, s.Again = false, 0
}

// entry is one record of the log: turns, and where the conversation stands after
// them. The newest entry of a conversation is all that is needed to go on.
type entry struct {
	Turns []Turn `json:"turns"`
	State State  `json:"state"`
}

// entries are sealed for each conversation under a key of its own, which is
// destroyed with it.
var entries = storage.NewLog[entry]("assistant.turns").Owned()

// visitor is what a token opens.
type visitor struct {
	Conversation string    `json:"conversation"`
	Created      time.Time `json:"created"`
}

// unanswered holds the words of turns that wait for an answer, by conversation
// and frame as in frames, of visitors who have agreed to the processing of their data: a
// killed process must not lose the phone that it has acknowledged.
var unanswered = storage.NewTable[string]("assistant.unanswered").Owned(func(key []byte, _ string) string {
	conversation, _, _ := strings.Cut(string(key), "/")
	return conversation
})

func unansweredKey(conversation, frame string) []byte { return frameKey(conversation, frame) }

// visitors are by keyed hash of the token.
var visitors = storage.NewTable[visitor]("assistant.visitors").Owned(func(_ []byte, v visitor) string { return v.Conversation })

// load returns where a conversation stands, or [ErrExpired].
func load(tx *storage.Tx, conversation string) (State, error) {
	_, e, err := entries.Last(tx, conversation)
	if errors.Is(err, storage.ErrNotFound) {
		return State{}, fmt.Errorf("conversation %s: %w", conversation, ErrExpired)
	}
	if err != nil {
		return State{}, fmt.Errorf("conversation %s: %w", conversation, err)
	}
	return e.State, nil
}

// save numbers the turns and appends them with the state.
func save(tx *storage.Tx, conversation string, s *State, turns ...Turn) error {
	if pos, e, err := entries.Last(tx, conversation); err == nil {
		s.Marks = append(s.Marks, mark{e.State.Seq, pos})
		s.Marks = s.Marks[max(0, len(s.Marks)-mostMarks):]
	}
	for i := range turns {
		s.Seq++
		turns[i].Seq = s.Seq
		s.At = turns[i].At
		if turns[i].From == FromVisitor {
			s.Preview = privacy.Cut(turns[i].Text, previewLength)
		}
	}
	if _, err := entries.Append(tx, conversation, entry{turns, *s}); err != nil {
		return fmt.Errorf("conversation %s: %w", conversation, err)
	}
	return nil
}

// since yields the entries that may hold turns after seq, oldest first.
func since(tx *storage.Tx, conversation string, st State, seq uint64, errp *error) iter.Seq2[uint64, entry] {
	for i := len(st.Marks) - 1; i >= 0; i-- {
		if st.Marks[i].Seq <= seq {
			return entries.Since(tx, conversation, st.Marks[i].Pos, errp)
		}
	}
	return entries.Of(tx, conversation, errp)
}
