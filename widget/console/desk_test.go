package console

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// desk is a scripted assistant: it holds what a test puts in, keeps versions and
// owners as the real one does, and tells its watchers.
type desk struct {
	*assistant.Assistant // nil: what a scripted desk does not script, no test of it asks

	mu       sync.Mutex
	now      func() time.Time
	dialogs  map[string]*assistant.Dialog
	cards    map[string]*assistant.AppointmentCard
	contacts map[string]privacy.Contact
	free     []booking.Slot
	refuse   *booking.Refusal // of the next move
	revealed []string         // "operator contact reason"
	watchers map[int]func(string)
	readers  map[int]func(assistant.Signal)
	next     int
}

func newDesk(now func() time.Time) *desk {
	return &desk{
		now: now, dialogs: map[string]*assistant.Dialog{}, cards: map[string]*assistant.AppointmentCard{},
		contacts: map[string]privacy.Contact{}, watchers: map[int]func(string){}, readers: map[int]func(assistant.Signal){},
	}
}

// say adds a turn and tells whoever watches.
func (d *desk) say(id string, from assistant.From, author, text string) {
	d.mu.Lock()
	dialog, ok := d.dialogs[id]
	if !ok {
		dialog = &assistant.Dialog{Summary: assistant.Summary{Conversation: id, Lang: "ru", Owner: assistant.Owner{Kind: assistant.OwnerAssistant}}}
		d.dialogs[id] = dialog
	}
	dialog.Seq++
	dialog.At = d.now()
	dialog.Turns = append(dialog.Turns, assistant.Turn{Seq: dialog.Seq, At: dialog.At, From: from, Author: author, Text: text})
	if from == assistant.FromVisitor {
		dialog.Preview = text
	}
	d.mu.Unlock()
	d.tell(id)
}

// request adds an appointment that waits for a decision.
func (d *desk) request(card assistant.AppointmentCard) {
	d.mu.Lock()
	if card.Status == "" {
		card.Status = "requested"
	}
	card.Version = max(card.Version, 1)
	card.Created, card.Changed = d.now(), d.now()
	d.cards[card.Number] = &card
	d.contacts[card.Contact] = privacy.Contact{ID: card.Contact, Name: card.Name, Phone: "+79172345678"}
	d.mu.Unlock()
	d.tell(card.Conversation)
}

func (d *desk) owner(id string, o assistant.Owner) {
	d.mu.Lock()
	d.dialogs[id].Owner = o
	d.mu.Unlock()
	d.tell(id)
}

func (d *desk) tell(id string) {
	d.mu.Lock()
	watchers, readers := slices.Collect(maps.Values(d.watchers)), slices.Collect(maps.Values(d.readers))
	d.mu.Unlock()
	for _, notify := range watchers {
		notify(id)
	}
	for _, notify := range readers {
		notify(assistant.Signal{})
	}
}

func (d *desk) Inbox(context.Context) ([]assistant.Summary, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []assistant.Summary
	for _, id := range slices.Sorted(maps.Keys(d.dialogs)) {
		all = append(all, d.summary(id))
	}
	return all, nil
}

func (d *desk) summary(id string) assistant.Summary {
	s := d.dialogs[id].Summary
	for _, number := range slices.Sorted(maps.Keys(d.cards)) {
		if c := d.cards[number]; c.Conversation == id {
			s.Number, s.Name, s.Contact = c.Number, c.Name, c.Contact
			if c.Status == "requested" {
				s.Requested++
			}
		}
	}
	return s
}

func (d *desk) Dialog(_ context.Context, _ assistant.Operator, id string) (assistant.Dialog, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	dialog, ok := d.dialogs[id]
	if !ok {
		return assistant.Dialog{}, assistant.ErrExpired
	}
	shown := *dialog
	shown.Summary = d.summary(id)
	shown.Turns = slices.Clone(dialog.Turns)
	for _, number := range slices.Sorted(maps.Keys(d.cards)) {
		if d.cards[number].Conversation == id {
			shown.Appointments = append(shown.Appointments, *d.cards[number])
		}
	}
	dialog.Seen = dialog.Seq
	return shown, nil
}

func (d *desk) Take(_ context.Context, op assistant.Operator, id string) error {
	d.mu.Lock()
	o := d.dialogs[id].Owner
	d.mu.Unlock()
	if o.Kind == assistant.OwnerOperator && o.Operator != op.ID {
		return assistant.ErrNotOwner
	}
	d.owner(id, assistant.Owner{Kind: assistant.OwnerOperator, Operator: op.ID, Author: op.Name, Since: d.now()})
	return nil
}

func (d *desk) Return(_ context.Context, _ assistant.Operator, id string) error {
	d.owner(id, assistant.Owner{Kind: assistant.OwnerAssistant})
	return nil
}

func (d *desk) Reply(_ context.Context, op assistant.Operator, id, text string) (uint64, error) {
	d.say(id, assistant.FromOperator, op.Name, text)
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dialogs[id].Seq, nil
}

func (d *desk) Appointments(_ context.Context, f assistant.Filter) ([]assistant.AppointmentCard, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []assistant.AppointmentCard
	for _, number := range slices.Sorted(maps.Keys(d.cards)) {
		c := *d.cards[number]
		if !c.Start.Before(f.From) && c.Start.Before(f.To) && (len(f.Statuses) == 0 || slices.Contains(f.Statuses, c.Status)) {
			all = append(all, c)
		}
	}
	return all, nil
}

func (d *desk) Appointment(_ context.Context, number string) (assistant.AppointmentCard, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.cards[number]
	if !ok {
		return assistant.AppointmentCard{}, storage.ErrNotFound
	}
	return *c, nil
}

func (d *desk) Decide(_ context.Context, _ assistant.Operator, dec assistant.Decision) (assistant.AppointmentCard, error) {
	d.mu.Lock()
	c, ok := d.cards[dec.Number]
	switch {
	case !ok:
		d.mu.Unlock()
		return assistant.AppointmentCard{}, storage.ErrNotFound
	case dec.Version != 0 && dec.Version != c.Version:
		d.mu.Unlock()
		return assistant.AppointmentCard{}, &booking.Stale{}
	case dec.Verb == "move" && d.refuse != nil:
		d.mu.Unlock()
		return assistant.AppointmentCard{}, d.refuse
	}
	c.Version++
	c.Reason = dec.Reason
	if dec.Verb == "move" {
		c.Start, c.End = dec.Start, dec.Start.Add(c.End.Sub(c.Start))
	} else {
		c.Status = map[string]string{"confirm": "confirmed", "decline": "declined", "cancel": "cancelled", "arrived": "arrived", "no-show": "no_show"}[dec.Verb]
	}
	card := *c
	d.mu.Unlock()
	d.tell(card.Conversation)
	return card, nil
}

func (d *desk) Reveal(_ context.Context, op assistant.Operator, contact, reason string) (privacy.Contact, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.revealed = append(d.revealed, op.Name+" "+contact+" "+reason)
	c, ok := d.contacts[contact]
	if !ok {
		return c, storage.ErrNotFound
	}
	return c, nil
}

func (d *desk) Free(context.Context, string, time.Time, int) ([]booking.Slot, error) {
	return d.free, nil
}

func (d *desk) Openings(context.Context, time.Time, time.Time) ([]assistant.Opening, error) {
	return nil, nil
}

func (d *desk) Exceptions(context.Context, time.Time, time.Time) ([]booking.Exception, error) {
	return nil, nil
}

func (d *desk) Feeds(context.Context) ([]assistant.Feed, error) { return nil, nil }

func (d *desk) Typing(string, assistant.From) {
	d.mu.Lock()
	readers := slices.Collect(maps.Values(d.readers))
	d.mu.Unlock()
	for _, notify := range readers {
		notify(assistant.Signal{Typing: assistant.FromVisitor})
	}
}

func (d *desk) Subscribe(_ string, notify func(assistant.Signal)) func() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next++
	id := d.next
	d.readers[id] = notify
	return func() { d.mu.Lock(); defer d.mu.Unlock(); delete(d.readers, id) }
}

func (d *desk) Watch(notify func(string)) func() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.next++
	id := d.next
	d.watchers[id] = notify
	return func() { d.mu.Lock(); defer d.mu.Unlock(); delete(d.watchers, id) }
}
