package widget

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"okoshko/assistant"
)

// Limits of what a visitor sends.
const (
	maxFrame  = 8 << 10 // bytes; 2,000 Cyrillic letters are 4,000
	maxID     = 64      // characters
	maxLabel  = 200     // characters of one source mark
	maxPage   = 500     // characters of the page's address
	maxToken  = 128     // bytes
	maxButton = 400     // characters of a button's id; a visit names all its parts
)

// Error codes of the protocol.
const (
	codeBadFrame    = "bad_frame"
	codeTooLong     = "too_long"
	codeUnknownType = "unknown_type"
	codeRateLimited = "rate_limited"
	codeTooMany     = "too_many_connections"
	codeOrigin      = "origin"
	codeExpired     = "expired"
	codeBusy        = "busy"
	codeInternal    = "internal"
)

// Close codes of the protocol beside those of RFC 6455.
const (
	closeReplaced = 4000 // by a newer socket of the same conversation
	closeNoHello  = 4001
)

// frame is what a visitor sends; which fields count depends on Type.
type frame struct {
	Type   string            `json:"type"`
	ID     string            `json:"id"`
	Text   string            `json:"text"`
	Button string            `json:"button"`
	Seq    uint64            `json:"seq"`
	Token  string            `json:"token"`
	After  uint64            `json:"after"`
	Lang   string            `json:"lang"`
	Page   string            `json:"page"`
	Source map[string]string `json:"source"`
}

// sourceMarks are the marks that are kept of where a visitor came from.
var sourceMarks = []string{"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "referrer", "label"}

// decode reads a visitor's frame. A code other than "" refuses it; the frame
// then has the id that was sent, where there was a fit one.
func decode(data []byte) (f frame, code string) {
	if !utf8.Valid(data) {
		return frame{}, codeBadFrame
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return frame{ID: fitID(f.ID)}, codeBadFrame
	}
	sent := f.ID
	f.ID = fitID(sent)
	switch f.Type {
	case "say":
		return f.say()
	case "pick":
		if f.ID == "" || f.Button == "" || utf8.RuneCountInString(f.Button) > maxButton {
			return f, codeBadFrame
		}
		return f, ""
	case "hello":
		return f.hello()
	case "typing", "seen":
		return f, ""
	case "":
		return f, codeBadFrame
	default:
		return f, codeUnknownType
	}
}

func (f frame) say() (frame, string) {
	if utf8.RuneCountInString(f.Text) > assistant.MaxText {
		return f, codeTooLong
	}
	f.Text = strings.TrimSpace(strings.Map(visible, f.Text))
	if f.ID == "" || f.Text == "" {
		return f, codeBadFrame
	}
	return f, ""
}

// hello keeps what fits and drops the rest: a visitor is not refused for the
// address of the page they are on.
func (f frame) hello() (frame, string) {
	if len(f.Token) > maxToken {
		return f, codeBadFrame
	}
	f.Page, _, _ = strings.Cut(f.Page, "?")
	f.Page, _, _ = strings.Cut(f.Page, "#")
	f.Page = cut(f.Page, maxPage)
	kept := make(map[string]string)
	for _, mark := range sourceMarks {
		if v := strings.TrimSpace(strings.Map(visible, f.Source[mark])); v != "" {
			kept[mark] = cut(v, maxLabel)
		}
	}
	f.Source = kept
	return f, ""
}

func fitID(id string) string {
	if n := utf8.RuneCountInString(id); n > maxID {
		return ""
	}
	return id
}

// cut is the first n characters of s.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// visible drops characters that a person does not see and that can carry words
// past one: control characters, zero-width ones, direction marks, tags.
func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e,
		r >= 0x2060 && r <= 0x2069, r == 0xfeff, r >= 0xe0000 && r <= 0xe007f:
		return -1
	default:
		return r
	}
}

// What the server sends. The field type is written first.
type (
	welcomeFrame struct {
		Type         string       `json:"type"`
		Token        string       `json:"token"`
		Conversation string       `json:"conversation"`
		Lang         string       `json:"lang"`
		Clinic       clinicFrame  `json:"clinic"`
		Consent      consentFrame `json:"consent"`
		Seq          uint64       `json:"seq"`
		Open         bool         `json:"open"`
		Hold         *holdFrame   `json:"hold,omitempty"`
	}
	// holdFrame is a slot that is kept for the visitor. Left is seconds from when
	// the frame was written: the page counts by a clock of its own, which may be
	// wrong.
	holdFrame struct {
		Start time.Time `json:"start"`
		Until time.Time `json:"until"`
		Left  int       `json:"left"`
	}
	clinicFrame struct {
		Name  string `json:"name"`
		Color string `json:"color"`
		Phone string `json:"phone"`
	}
	consentFrame struct {
		Given   bool   `json:"given"`
		Version string `json:"version"`
		URL     string `json:"url"`
	}
	ackFrame struct {
		Type string    `json:"type"`
		ID   string    `json:"id"`
		Seq  uint64    `json:"seq"`
		At   time.Time `json:"at"`
	}
	messageFrame struct {
		Type        string            `json:"type"`
		Seq         uint64            `json:"seq"`
		At          time.Time         `json:"at"`
		From        assistant.From    `json:"from"`
		Author      string            `json:"author,omitempty"`
		Text        string            `json:"text,omitempty"`
		Expects     assistant.Expect  `json:"expects,omitempty"`
		Buttons     []buttonFrame     `json:"buttons,omitempty"`
		Slots       []slotFrame       `json:"slots,omitempty"`
		Appointment *appointmentInner `json:"appointment,omitempty"`
		// Appointments are all of a visit of several services, appointment the first.
		Appointments []appointmentInner `json:"appointments,omitempty"`
		Consent      *askedFrame        `json:"consent,omitempty"` // with expects consent: the text in force
		Hold         *holdFrame         `json:"hold,omitempty"`
		Me           *linkFrame         `json:"me,omitempty"` // a link to the visitor's own data; it works once, for half an hour
	}
	linkFrame struct {
		URL string `json:"url"`
	}
	askedFrame struct {
		Version string `json:"version"`
		URL     string `json:"url"`
	}
	buttonFrame struct {
		ID    string `json:"id"`
		Label string `json:"label"`
	}
	slotFrame struct {
		ID         string    `json:"id"`
		Start      time.Time `json:"start"`
		End        time.Time `json:"end"`
		Service    string    `json:"service"`
		Specialist string    `json:"specialist"`
		Branch     string    `json:"branch"`
	}
	appointmentInner struct {
		Number     string    `json:"number"`
		Status     string    `json:"status"`
		Service    string    `json:"service"`
		Specialist string    `json:"specialist"`
		Branch     string    `json:"branch"`
		Start      time.Time `json:"start"`
		End        time.Time `json:"end"`
		Calendar   string    `json:"calendar,omitempty"` // path of its entry for a calendar
	}
	typingFrame struct {
		Type string         `json:"type"`
		From assistant.From `json:"from"`
	}
	ownerFrame struct {
		Type   string              `json:"type"`
		Owner  assistant.OwnerKind `json:"owner"`
		Author string              `json:"author,omitempty"`
		Until  *time.Time          `json:"until,omitempty"`
	}
	appointmentFrame struct {
		Type   string    `json:"type"`
		Seq    uint64    `json:"seq"`
		Number string    `json:"number"`
		Status string    `json:"status"`
		Start  time.Time `json:"start"`
		End    time.Time `json:"end"`
	}
	errorFrame struct {
		Type       string `json:"type"`
		ID         string `json:"id,omitempty"`
		Code       string `json:"code"`
		Message    string `json:"message"`
		RetryAfter int    `json:"retry_after,omitempty"` // seconds
	}
)

// framesOf are the frames that tell of a turn, in the order they are sent. Times
// are by the clinic's clock, to the second.
func framesOf(t assistant.Turn, zone *time.Location, now time.Time) [][]byte {
	at := func(t time.Time) time.Time { return t.In(zone).Truncate(time.Second) }
	m := messageFrame{
		Type: "message", Seq: t.Seq, At: at(t.At), From: t.From, Author: t.Author, Text: t.Text, Expects: t.Expects,
	}
	if t.Me != "" {
		m.Me = &linkFrame{"/me?ticket=" + t.Me}
	}
	if t.Consent != "" {
		m.Consent = &askedFrame{t.Consent, "/consent/" + t.Consent}
	}
	m.Hold = holdOf(t.Hold, zone, now)
	for _, b := range t.Buttons {
		m.Buttons = append(m.Buttons, buttonFrame{b.ID, b.Label})
	}
	for _, s := range t.Slots {
		m.Slots = append(m.Slots, slotFrame{s.ID, at(s.Start), at(s.End), s.Service, s.Specialist, s.Branch})
	}
	var frames [][]byte
	if a := t.Appointment; a != nil {
		m.Appointment = inner(a, at)
		if t.Notice {
			frames = append(frames, encode(appointmentFrame{"appointment", t.Seq, a.Number, a.Status, at(a.Start), at(a.End)}))
			if t.Text == "" { // nothing is said
				return frames
			}
		}
	}
	for _, a := range t.Appointments {
		m.Appointments = append(m.Appointments, *inner(&a, at))
	}
	return append(frames, m.encode())
}

func inner(a *assistant.AppointmentView, at func(time.Time) time.Time) *appointmentInner {
	return &appointmentInner{a.Number, a.Status, a.Service, a.Specialist, a.Branch, at(a.Start), at(a.End), calendarPath(a.Calendar)}
}

// calendarPath is where the entry that a key opens is, see package calendar.
func calendarPath(key string) string {
	if key == "" {
		return ""
	}
	return "/calendar/" + key + ".ics"
}

// holdOf is nil where nothing is kept (any more).
func holdOf(v *assistant.HoldView, zone *time.Location, now time.Time) *holdFrame {
	if v == nil || !now.Before(v.Until) {
		return nil
	}
	return &holdFrame{v.Start.In(zone), v.Until.In(zone), int(v.Until.Sub(now).Seconds())}
}

// encode leaves out the latest slots, then the last buttons, where the frame
// would be larger than a peer has to take.
func (m messageFrame) encode() []byte {
	for {
		data := encode(m)
		switch {
		case len(data) <= maxFrame:
			return data
		case len(m.Slots) > 0:
			m.Slots = m.Slots[:len(m.Slots)-1]
		case len(m.Buttons) > 0:
			m.Buttons = m.Buttons[:len(m.Buttons)-1]
		default:
			return data
		}
	}
}

// encode writes a frame of this package, none of which can fail to be written.
func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		return []byte(`{"type":"error","code":"internal"}`)
	}
	return data
}
