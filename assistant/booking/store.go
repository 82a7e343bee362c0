package booking

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

// EventData is the Data of every appointment event: ids and times, no name, no phone,
// no words of anybody.
type EventData struct {
	Number     string            `json:"number"`
	Version    int               `json:"version"`
	Status     Status            `json:"status"`
	Service    string            `json:"service"`
	Specialist string            `json:"specialist"`
	Branch     string            `json:"branch"`
	Start      time.Time         `json:"start"`
	End        time.Time         `json:"end"`
	Was        *time.Time        `json:"was,omitempty"` // start before a move
	Visit      string            `json:"visit,omitempty"`
	Reason     string            `json:"reason,omitempty"` // an id of the clinic's list
	Contact    string            `json:"contact,omitempty"`
	Source     map[string]string `json:"source,omitempty"`
}

// Get returns the appointment with this number, or [storage.ErrNotFound].
func Get(tx *storage.Tx, number string) (Appointment, error) {
	if Named(number) == "" {
		return Appointment{}, storage.ErrNotFound
	}
	a, err := appointments.Get(tx, []byte(number))
	if err == nil {
		err = a.recall(tx)
	}
	if err != nil {
		return Appointment{}, fmt.Errorf("appointment %s: %w", number, err)
	}
	return a, nil
}

// Named is an appointment's number as it is written, or "" for what cannot be one:
// what comes from an address may be anything, and the journal holds nothing personal.
func Named(number string) string {
	if n, ok := numbered("A", number); ok && number == fmt.Sprintf("A-%d", n) && n < 1e9 {
		return number
	}
	return ""
}

// Between yields the appointments of any status that start from from on and before to,
// by their start. It ends at the first that cannot be read and says why in *errp.
func Between(tx *storage.Tx, from, to time.Time, errp *error) iter.Seq[Appointment] {
	return func(yield func(Appointment) bool) {
		for key := range starts.Range(tx, startKey(from, ""), startKey(to, ""), errp) {
			a, err := Get(tx, string(key[8:]))
			if err != nil {
				*errp = err
				return
			}
			if !yield(a) {
				return
			}
		}
	}
}

// OfConversation lists the appointments made in a conversation, by their start, whatever
// has become of them.
func OfConversation(tx *storage.Tx, conversation string) ([]Appointment, error) {
	return ownedBy(tx, byConversation(conversation))
}

// OfContact lists the appointments of a person, by their start.
func OfContact(tx *storage.Tx, contact string) ([]Appointment, error) {
	return ownedBy(tx, byContact(contact))
}

// Assign gives an appointment to a contact and a conversation: a person who became known
// later, or came back in another browser. "" leaves the present one.
func Assign(tx *storage.Tx, number, contact, conversation string) (Appointment, error) {
	a, err := Get(tx, number)
	if err != nil {
		return Appointment{}, err
	}
	if err := a.disown(tx); err != nil {
		return Appointment{}, err
	}
	if contact != "" {
		a.Contact = contact
	}
	if conversation != "" {
		a.Conversation = conversation
	}
	return a, errors.Join(a.own(tx), a.put(tx))
}

func startKey(t time.Time, number string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(max(t.Unix(), 0))), number...)
}

func ownerKey(owner, number string) []byte {
	return append(append([]byte(owner), 0), number...)
}

// place writes the appointment with its keys and takes what it takes.
func (a Appointment) place(tx *storage.Tx) error {
	return errors.Join(
		occupy(tx, a.Takes, a.Number, claim{}),
		starts.Put(tx, startKey(a.Start, a.Number), struct{}{}),
		a.own(tx),
		a.put(tx),
	)
}

// displace takes the appointment out of its slot.
func (a Appointment) displace(tx *storage.Tx) error {
	return errors.Join(
		vacate(tx, a.Takes, a.Number),
		starts.Delete(tx, startKey(a.Start, a.Number)),
	)
}

func (a Appointment) own(tx *storage.Tx) error {
	for _, o := range ownersOf(a.Contact, a.Conversation, a.Visitor) {
		if err := owners.Put(tx, ownerKey(o, a.Number), struct{}{}); err != nil {
			return err
		}
	}
	return nil
}

func (a Appointment) disown(tx *storage.Tx) error {
	for _, o := range ownersOf(a.Contact, a.Conversation, a.Visitor) {
		if err := owners.Delete(tx, ownerKey(o, a.Number)); err != nil {
			return err
		}
	}
	return nil
}

// record tells of a change: an event for other systems, an entry for the journal. The
// reason's id goes to both and its words to neither: staff type them, and may type a name.
func (a Appointment) record(tx *storage.Tx, verb string, was, now time.Time) error {
	data := EventData{
		Number: a.Number, Version: a.Version, Status: a.Status,
		Service: a.Service, Specialist: a.Specialist, Branch: a.Branch,
		Start: a.Start, End: a.End, Visit: a.Visit, Reason: a.ReasonID, Contact: a.Contact, Source: a.Source,
	}
	if !was.IsZero() {
		data.Was = &was
	}
	return note(tx, "appointment."+verb, a.Number, a.Author, a.ReasonID, data, now)
}

func note(tx *storage.Tx, action, object, author, reason string, data any, now time.Time) error {
	if _, err := outbox.Append(tx, action, object, instant(now), data); err != nil {
		return fmt.Errorf("event %s of %s: %w", action, object, err)
	}
	entry := audit.Entry{At: instant(now), Actor: author, Action: action, Object: object, Reason: reason}
	if err := audit.Append(tx, entry); err != nil {
		return fmt.Errorf("journal of %s: %w", object, err)
	}
	return nil
}

// Who is a person as appointments know them. Empty fields match nothing.
type Who struct {
	Contact       string
	Conversations []string
	Visitor       string
}

// Forget makes the calendar forget a person: what is still to come is cancelled, the wait
// for a slot and the hold end, and what remains, which the house needs for its own
// records, no longer says whose it was or where they came from. It returns what it
// cancelled.
func (c *Calendar) Forget(tx *storage.Tx, who Who, by Change, now time.Time) ([]Appointment, error) {
	own, err := c.ofAll(tx, who)
	if err != nil {
		return nil, err
	}
	var cancelled []Appointment
	for _, a := range own {
		if a.Status.Open() && now.Before(a.Start) {
			if a, err = c.Cancel(tx, a.Number, 0, by, now); err != nil {
				return nil, err
			}
			cancelled = append(cancelled, a)
		}
		if err := a.anonymise(tx); err != nil {
			return nil, err
		}
	}
	for _, conversation := range who.Conversations {
		if err := c.Release(tx, conversation); err != nil {
			return nil, err
		}
	}
	return cancelled, forgetWishes(tx, who)
}

func (c *Calendar) ofAll(tx *storage.Tx, who Who) ([]Appointment, error) {
	keys := ownersOf(who.Contact, "", who.Visitor)
	for _, conversation := range who.Conversations {
		keys = append(keys, ownersOf("", conversation, "")...)
	}
	var all []Appointment
	for _, key := range keys {
		own, err := ownedBy(tx, key)
		if err != nil {
			return nil, err
		}
		for _, a := range own {
			if !slices.ContainsFunc(all, func(b Appointment) bool { return b.Number == a.Number }) {
				all = append(all, a)
			}
		}
	}
	return all, nil
}

func (a Appointment) anonymise(tx *storage.Tx) error {
	if err := a.disown(tx); err != nil {
		return err
	}
	a.Contact, a.Conversation, a.Visitor, a.Source, a.Reason = "", "", "", nil, ""
	return a.put(tx)
}
