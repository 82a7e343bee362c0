package assistant

import (
	"errors"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// Operator is a member of staff who acts in a conversation.
type Operator struct {
	ID   string // account id, for the journal
	Name string // first name, shown to visitors
}

// Summary is one line of the inbox.
type Summary struct {
	Conversation string
	Lang         string
	At           time.Time // of the newest turn
	Seq          uint64
	Owner        Owner
	Seen         uint64 // newest seq that reception has opened
	Preview      string // of the newest turn of the visitor, personal data as labels
	Requested    int    // appointments that wait for confirmation
	Number       string // of the newest appointment, or empty
	Contact      string // contact id, or empty
	Name         string // of the contact, or empty
}

// Dialog is a conversation as reception sees it.
type Dialog struct {
	Summary
	Page         string
	Source       map[string]string
	Turns        []Turn
	Appointments []AppointmentCard
}

// AppointmentCard is an appointment as reception sees it.
type AppointmentCard struct {
	AppointmentView
	ServiceID, SpecialistID, BranchID string
	Conversation                      string
	Contact                           string // contact id
	Name                              string // of the contact
	Phone                             string // masked: «+7 917 ···-··-78»; [Assistant.Reveal] gives it whole
	Author, Reason                    string // of the last change
	Created, Changed                  time.Time
	Source                            map[string]string
	Coming                            bool     // the visitor has answered a reminder that they will come
	NoShows                           int      // visits that people of this phone missed, this one aside
	Rooms                             []string // names of those that it takes
	RoomIDs                           []string
	Parts                             []string // of the same visit, still to happen: «11:00 Окрашивание»
}

// Filter chooses appointments that start in [From, To), of any status where
// Statuses is empty.
type Filter struct {
	From, To time.Time
	Statuses []string
}

// Decision is a change that an operator makes to an appointment.
type Decision struct {
	Number  string
	Version int    // that the operator saw; 0 takes any
	Verb    string // confirm, decline, move, cancel, arrived, no-show

	// ReasonID is one of the clinic's reasons, Reason is words beside it or in its
	// place. The visitor is told both.
	ReasonID, Reason string
	Start            time.Time // of a move
	// Whole is for all of the appointment's visit: a move shifts its parts by as much, a
	// cancellation cancels them. Of other verbs it says nothing.
	Whole bool
}

// ErrReason: a decision names a reason that the clinic does not have for staff.
var ErrReason = errors.New("no such reason")

// sound checks what a decision names.
func (d Decision) sound(c *clinic.Clinic) error {
	known := slices.ContainsFunc(c.Reasons(clinic.OfStaff), func(r clinic.Reason) bool { return r.ID == d.ReasonID })
	if d.ReasonID != "" && !known {
		return ErrReason
	}
	return nil
}

// because is the decision's reason in a language: the clinic's, then staff's own
// words.
func (d Decision) because(h *house, lang string) string {
	words := strings.TrimSpace(d.Reason)
	r, ok := h.clinic.Reason(d.ReasonID)
	switch {
	case !ok:
		return words
	case words == "":
		return r.Name.In(lang)
	}
	return strings.TrimRight(r.Name.In(lang), ".") + ". " + words
}

// change is the decision as the calendar notes it.
func (d Decision) change(op Operator) booking.Change {
	return booking.Change{Author: staffAuthor + op.ID, ReasonID: d.ReasonID, Reason: strings.TrimSpace(d.Reason), Staff: true}
}

// staffAuthor comes before an account's id where the calendar notes who did something.
const staffAuthor = "staff:"

// card is an appointment as reception sees it, in the clinic's first language.
func (h *house) card(tx *storage.Tx, ap booking.Appointment) (AppointmentCard, error) {
	lang := h.clinic.Languages[0]
	c := AppointmentCard{
		AppointmentView: *h.view(ap, lang),
		ServiceID:       ap.Slot.Service, SpecialistID: ap.Slot.Specialist, BranchID: ap.Slot.Branch,
		Conversation: ap.Conversation, Contact: ap.Contact, Author: ap.Author, Reason: Decision{ReasonID: ap.ReasonID, Reason: ap.Reason}.because(h, lang),
		Created: ap.Created.In(h.clinic.Location), Changed: ap.Changed.In(h.clinic.Location), Source: ap.Source,
	}
	parts, err := h.otherParts(tx, ap)
	if err != nil {
		return c, err
	}
	for _, a := range parts {
		service, _, _ := h.namesOf(a, lang)
		c.Parts = append(c.Parts, a.Start.In(h.clinic.Location).Format("15:04")+" "+service)
	}
	for _, t := range ap.Takes {
		if id, ok := t.Room(); ok {
			c.RoomIDs = append(c.RoomIDs, id)
			if r, known := h.clinic.Room(id); known {
				c.Rooms = append(c.Rooms, r.Name.In(lang))
			}
		}
	}
	who, err := contactOf(tx, ap.Contact)
	if err != nil {
		return c, err
	}
	c.Name, c.Phone = who.Name, hidePhone(who.Phone)
	if c.Coming, err = coming(tx, ap); err != nil {
		return c, err
	}
	c.NoShows, err = missedBy(tx, who, ap)
	return c, err
}

// missedBy counts the visits that people of one phone have missed, ap aside: who
// comes by phone and by chat is two contacts and one person.
func missedBy(tx *storage.Tx, who privacy.Contact, ap booking.Appointment) (missed int, err error) {
	ids := []string{who.ID}
	if who.Phone != "" {
		if ids, err = privacy.ByPhone(tx, who.Phone); err != nil {
			return 0, err
		}
	}
	for _, id := range ids {
		n, err := booking.NoShows(tx, id)
		if err != nil {
			return 0, err
		}
		missed += n
	}
	if ap.Status == booking.NoShow && missed > 0 {
		missed--
	}
	return missed, nil
}
