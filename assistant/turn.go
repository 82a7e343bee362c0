package assistant

import "time"

// From says whose turn it is.
type From string

// Who speaks in a conversation.
const (
	FromVisitor   From = "visitor"
	FromAssistant From = "assistant"
	FromOperator  From = "operator"
)

// Expect names what a reply asks the visitor for; PROTOCOL's `expects`.
type Expect string

// What a visitor may be asked for.
const (
	ExpectNothing    Expect = ""
	ExpectConsent    Expect = "consent"
	ExpectService    Expect = "service"
	ExpectBranch     Expect = "branch"
	ExpectSpecialist Expect = "specialist"
	ExpectTime       Expect = "time"
	ExpectName       Expect = "name"
	ExpectPhone      Expect = "phone"
	ExpectEmail      Expect = "email"
	ExpectConfirm    Expect = "confirm"
	ExpectWhich      Expect = "which"
	ExpectMore       Expect = "more"
	ExpectOperator   Expect = "operator"
	ExpectPurpose    Expect = "purpose" // whether the visitor agrees to a further purpose
)

// Turn is one utterance, numbered by Seq from 1 within its conversation. Turns
// are only ever added.
type Turn struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	From   From      `json:"from"`
	Author string    `json:"author,omitempty"` // an operator's first name
	// Text has personal data replaced by tags in the store; what the methods of
	// [Assistant] return has labels in their place.
	Text        string           `json:"text,omitempty"`
	Expects     Expect           `json:"expects,omitempty"`
	Buttons     []Button         `json:"buttons,omitempty"`
	Slots       []SlotView       `json:"slots,omitempty"`
	Appointment *AppointmentView `json:"appointment,omitempty"`
	// Appointments are all of a visit of several services, Appointment the first
	// of them.
	Appointments []AppointmentView `json:"appointments,omitempty"`
	// Hold is until when a slot is kept for the visitor.
	Hold *HoldView `json:"hold,omitempty"`
	// Consent is the version of the text that the visitor is asked to agree to.
	Consent string `json:"consent,omitempty"`
	// Me is the secret of a link to the page of the visitor's own data; it opens
	// one page, for a short time.
	Me string `json:"me,omitempty"`
	// Notice is true where reception changed an appointment: Text tells it to
	// the visitor, Appointment is its present state, and the socket sends an
	// `appointment` frame before the message. Without Text nothing is said: the
	// frame is all.
	Notice bool `json:"notice,omitempty"`
}

// Button is a ready answer. Pressing it is the same as saying its label, but
// cannot be misread.
type Button struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// SlotView is a free slot on offer, with names in the conversation's language.
// Its ID is picked like a button's.
type SlotView struct {
	ID         string    `json:"id"`
	Start      time.Time `json:"start"`
	End        time.Time `json:"end"`
	Service    string    `json:"service"`
	Specialist string    `json:"specialist"`
	Branch     string    `json:"branch"`
}

// HoldView is a slot that is kept for the visitor until a time, that instant not
// included.
type HoldView struct {
	Start time.Time `json:"start"`
	Until time.Time `json:"until"`
}

// AppointmentView is an appointment with names in the conversation's language.
type AppointmentView struct {
	Number     string    `json:"number"`
	Version    int       `json:"version"`
	Status     string    `json:"status"` // of package booking
	Service    string    `json:"service"`
	Specialist string    `json:"specialist"`
	Branch     string    `json:"branch"`
	Start      time.Time `json:"start"`
	End        time.Time `json:"end"`

	Calendar string `json:"-"` // key of its entry for a calendar, see [VisitKey]; never stored
}

// Signal tells a subscriber that its conversation has something new. The zero
// Signal means: read the turns and the owner again.
type Signal struct {
	Typing From // who is writing, where only that happened
}
