package assistant

import (
	"errors"
	"time"
)

// Errors of a visit.
var (
	// ErrExpired: the token is unknown, or what it opened was erased; start anew.
	ErrExpired = errors.New("conversation expired")
	// ErrTooLong: more than [MaxText] characters in one message.
	ErrTooLong = errors.New("message too long")
	// ErrBusy: more unanswered messages than one visitor may have waiting.
	ErrBusy = errors.New("too many unanswered messages")
)

// MaxText is the most characters one message of a visitor or operator may have.
const MaxText = 2000

// Visit is what a browser says of itself when its socket opens.
type Visit struct {
	Token   string // of an earlier visit, or empty
	Lang    string // the page's language; the clinic's first where empty or unknown
	Page    string // address without query
	Source  map[string]string
	Address string // the visitor's network address, kept with a consent only
	Widget  string // the widget's build
}

// Session is a visitor's open conversation.
type Session struct {
	Token        string
	Conversation string
	Lang         string
	Seq          uint64 // of the newest turn
	Owner        Owner
	Consent      ConsentState
	Open         bool // reception is in
	Hold         *HoldView
}

// ConsentState is what the visitor has agreed to.
type ConsentState struct {
	Given   bool
	Version string // of the text in force
}

// OwnerKind says who answers a conversation.
type OwnerKind string

// Who may own a conversation.
const (
	OwnerAssistant OwnerKind = "assistant"
	OwnerWaiting   OwnerKind = "waiting" // handed off, nobody has taken it yet
	OwnerOperator  OwnerKind = "operator"
)

// Owner is who answers a conversation now. Only the owner speaks.
type Owner struct {
	Kind     OwnerKind `json:"kind"`
	Operator string    `json:"operator,omitempty"` // account id
	Author   string    `json:"author,omitempty"`   // first name, shown to the visitor
	Reason   string    `json:"reason,omitempty"`   // of the handoff: asked, symptoms, emergency, complaint, stuck
	Since    time.Time `json:"since,omitzero"`
	Until    time.Time `json:"until,omitzero"` // when reception is back, where nobody is in
}

// Incoming is one thing a visitor sent: a text, or a press of a button.
type Incoming struct {
	ID     string // of the frame, unique in the conversation
	Text   string
	Button string
}
