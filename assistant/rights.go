package assistant

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// Person is all that the house holds about one person, in their language, as
// they may read it: article 14 of 152-FZ.
type Person struct {
	Operator     string           `json:"operator"` // who answers for the data
	Write        string           `json:"write"`    // where to write about it
	At           time.Time        `json:"at"`       // when this was put together
	Lang         string           `json:"lang"`
	Contact      string           `json:"contact,omitempty"` // id; "" for somebody who has not agreed to anything
	Name         string           `json:"name,omitempty"`
	Phone        string           `json:"phone,omitempty"` // E.164
	Email        string           `json:"email,omitempty"`
	Since        time.Time        `json:"since,omitzero"`
	KeepUntil    time.Time        `json:"keep_until,omitzero"` // when contact and visits go, if nothing more happens
	Restricted   time.Time        `json:"restricted,omitzero"`
	Purposes     []PersonPurpose  `json:"purposes,omitempty"`
	Consents     []PersonConsent  `json:"consents,omitempty"` // every record, with what proves it
	Appointments []PersonVisit    `json:"appointments,omitempty"`
	Waiting      []PersonWait     `json:"waiting,omitempty"`
	Talk         PersonTalk       `json:"talk"`
	Receivers    []string         `json:"receivers,omitempty"` // systems that are told the name and phone
	Demands      []privacy.Demand `json:"demands,omitempty"`
}

// PersonConsent is one agreement, with what proves it.
type PersonConsent struct {
	Purpose   string    `json:"purpose"`
	Basis     string    `json:"basis"`
	Title     string    `json:"title"`
	Version   string    `json:"version"`
	Lang      string    `json:"lang"`
	At        time.Time `json:"at"`
	Pressed   string    `json:"pressed"`
	Page      string    `json:"page,omitempty"`
	Address   string    `json:"address,omitempty"`
	Widget    string    `json:"widget,omitempty"`
	Withdrawn time.Time `json:"withdrawn,omitzero"`
}

// PersonVisit is one of the person's appointments.
type PersonVisit struct {
	AppointmentView
	StatusText string            `json:"status_text"`
	Source     map[string]string `json:"source,omitempty"`
}

// PersonWait is a wish on the waiting list.
type PersonWait struct {
	Service string    `json:"service"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
}

// PersonTalk is the conversation: how much of it there is, and every word.
type PersonTalk struct {
	Conversation string    `json:"conversation,omitempty"`
	First        time.Time `json:"first,omitzero"`
	Last         time.Time `json:"last,omitzero"`
	KeepUntil    time.Time `json:"keep_until,omitzero"`
	Turns        []Turn    `json:"turns,omitempty"`
}

// ErrTicket: the link is too old, or was used.
var ErrTicket = errors.New("link is too old or was used")

// ErrField: what was given is no name, phone or e-mail address.
var ErrField = errors.New("not a name, phone or e-mail address")

// How long a link to the own data may wait to be opened, and how long the page
// that it opens may be used.
const (
	ticketLife = 30 * time.Minute
	pageLife   = 15 * time.Minute
)

// PageLife is how long a page of own data may be used.
const PageLife = pageLife

// ticket opens the page of somebody's own data.
type ticket struct {
	Conversation string    `json:"conversation"`
	Until        time.Time `json:"until"`
	Page         bool      `json:"page"` // false: a link, good for one page
}

// tickets are by keyed hash.
var tickets = storage.NewTable[ticket]("assistant.tickets").Owned(func(_ []byte, t ticket) string { return t.Conversation })

func ticketKey(tx *storage.Tx, secret string) []byte { return tx.Index("ticket", secret) }

func putTicket(tx *storage.Tx, t ticket) (secret string, err error) {
	secret = rand.Text()
	return secret, tickets.Put(tx, ticketKey(tx, secret), t)
}

// Redeem turns the secret of a link into that of a page. A link works once.
// Error: ErrTicket.
func (a *Assistant) Redeem(_ context.Context, link string) (page string, err error) {
	now := a.now()
	err = a.db.Update(func(tx *storage.Tx) error {
		t, err := tickets.Get(tx, ticketKey(tx, link))
		if errors.Is(err, storage.ErrNotFound) || err == nil && (t.Page || !now.Before(t.Until)) {
			return ErrTicket
		}
		if err != nil {
			return err
		}
		if err := tickets.Delete(tx, ticketKey(tx, link)); err != nil {
			return err
		}
		page, err = putTicket(tx, ticket{t.Conversation, now.Add(pageLife), true})
		return err
	})
	return page, err
}

// opened is the conversation that a page's secret opens.
func (a *Assistant) opened(tx *storage.Tx, page string) (conversation string, err error) {
	t, err := tickets.Get(tx, ticketKey(tx, page))
	if errors.Is(err, storage.ErrNotFound) || err == nil && (!t.Page || !a.now().Before(t.Until)) {
		return "", ErrTicket
	}
	return t.Conversation, err
}

// sweepTickets deletes those that are too old.
func sweepTickets(tx *storage.Tx, now time.Time) (err error) {
	var keys [][]byte
	for k, t := range tickets.Range(tx, nil, nil, &err) {
		if !now.Before(t.Until) {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		err = errors.Join(err, tickets.Delete(tx, k))
	}
	return err
}

// Mine is all that the house holds about the visitor whose page it is. It notes
// that the right of access was met, once a page. Error: ErrTicket.
func (a *Assistant) Mine(_ context.Context, page string, right privacy.Right) (p Person, err error) {
	h := a.house.Load()
	err = a.db.Update(func(tx *storage.Tx) error {
		conversation, err := a.opened(tx, page)
		if err != nil {
			return err
		}
		st, err := load(tx, conversation)
		if err != nil {
			return err
		}
		if p, err = a.person(tx, h, conversation, st); err != nil {
			return err
		}
		return a.metAtOnce(tx, h, privacy.Demand{Right: right, Contact: st.Contact, Conversation: conversation})
	})
	return p, err
}

// metAtOnce notes a demand that the visitor made and the house has met in the
// same moment.
func (a *Assistant) metAtOnce(tx *storage.Tx, h *house, d privacy.Demand) error {
	return a.metDemand(tx, h, d, "")
}

// metDemand does the same for a demand that was made to an account of the staff, or
// with by "" to nobody.
func (a *Assistant) metDemand(tx *storage.Tx, h *house, d privacy.Demand, by string) error {
	now, by := a.now(), cmp.Or(by, "visitor")
	d.Via, d.Received = cmp.Or(d.Via, "widget"), now.In(h.clinic.Location)
	d, err := privacy.Demanded(tx, d, by)
	if err != nil {
		return err
	}
	_, err = privacy.Met(tx, d.ID, false, by, now)
	return err
}

// person puts together what is held about the visitor of a conversation.
func (a *Assistant) person(tx *storage.Tx, h *house, conversation string, st State) (Person, error) {
	lang := h.clinic.Language(st.Lang)
	p := Person{
		Operator: h.clinic.Privacy.Operator, Write: h.clinic.Privacy.Contact, At: a.now().In(h.clinic.Location), Lang: lang,
	}
	c, err := contactOf(tx, st.Contact)
	if err != nil {
		return p, err
	}
	p.contact(h, c)
	for _, fill := range []func() error{
		func() error { return p.purposes(tx, h, conversation, st) },
		func() error { return p.consents(tx, h, conversation) },
		func() error { return p.visits(tx, h, conversation, c) },
		func() error { return p.waits(tx, h, conversation) },
		func() error { return p.talk(tx, h, conversation, st, c) },
		func() error { return p.demands(tx, conversation, c) },
	} {
		if err := fill(); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (p *Person) contact(h *house, c privacy.Contact) {
	if c.ID == "" {
		return
	}
	p.Contact, p.Name, p.Phone, p.Email = c.ID, c.Name, c.Phone, c.Email
	p.Since, p.Restricted = c.Created.In(h.clinic.Location), c.Restricted
	p.KeepUntil = c.Changed.In(h.clinic.Location).Add(h.clinic.Privacy.Retention.Appointments)
	for _, r := range h.clinic.Receivers {
		if r.Contact {
			p.Receivers = append(p.Receivers, r.Name)
		}
	}
}

func (p *Person) consents(tx *storage.Tx, h *house, conversation string) error {
	given, err := privacy.Consents(tx, conversation)
	for _, c := range given {
		text, err := privacy.Text(tx, c.Version)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		one := PersonConsent{c.Purpose, basisOf(c), text.Title, c.Version, c.Lang, c.At.In(h.clinic.Location), c.Pressed, c.Page, c.Address, c.Widget, c.Withdrawn}
		if !one.Withdrawn.IsZero() {
			one.Withdrawn = one.Withdrawn.In(h.clinic.Location)
		}
		p.Consents = append(p.Consents, one)
	}
	return err
}

// visits are those made in the conversation and those that reception gave to
// the same contact.
func (p *Person) visits(tx *storage.Tx, h *house, conversation string, c privacy.Contact) error {
	all, err := booking.OfConversation(tx, conversation)
	if err != nil {
		return err
	}
	if c.ID != "" {
		more, err := booking.OfContact(tx, c.ID)
		if err != nil {
			return err
		}
		all = append(all, more...)
	}
	known := make(map[string]bool)
	for _, ap := range all {
		if known[ap.Number] {
			continue
		}
		known[ap.Number] = true
		p.Appointments = append(p.Appointments, PersonVisit{*h.view(ap, p.Lang), prompts.Say(p.Lang, "status."+string(ap.Status), nil), ap.Source})
		if keep := ap.Start.In(h.clinic.Location).Add(h.clinic.Privacy.Retention.Appointments); p.KeepUntil.Before(keep) && p.Contact != "" {
			p.KeepUntil = keep
		}
	}
	return nil
}

func (p *Person) waits(tx *storage.Tx, h *house, conversation string) error {
	all, err := booking.WaitingList(tx)
	for _, w := range all {
		if w.Conversation != conversation {
			continue
		}
		name := w.Service
		if s, ok := h.clinic.Service(w.Service); ok {
			name = s.Name.In(p.Lang)
		}
		p.Waiting = append(p.Waiting, PersonWait{name, w.From.In(h.clinic.Location), w.To.In(h.clinic.Location)})
	}
	return err
}

func (p *Person) talk(tx *storage.Tx, h *house, conversation string, st State, c privacy.Contact) error {
	turns, err := shown(tx, conversation, st, 0, teller{st.Lang, person{c.Name, showPhone(c.Phone), c.Email}})
	for i := range turns { // the means of getting in are not part of what was said
		turns[i].At, turns[i].Me, turns[i].Buttons, turns[i].Slots = turns[i].At.In(h.clinic.Location), "", nil, nil
	}
	p.Talk = PersonTalk{Conversation: conversation, Turns: turns}
	if len(turns) > 0 {
		p.Talk.First, p.Talk.Last = turns[0].At, turns[len(turns)-1].At
		p.Talk.KeepUntil = p.Talk.Last.Add(h.clinic.Privacy.Retention.Conversations)
	}
	return err
}

// demandsLooked is how far back demands are looked for: years, at any clinic.
const demandsLooked = 5000

func (p *Person) demands(tx *storage.Tx, conversation string, c privacy.Contact) error {
	all, err := privacy.Demands(tx, demandsLooked)
	for _, d := range all {
		if d.Conversation == conversation || c.ID != "" && d.Contact == c.ID {
			d.By = "" // whoever of the staff closed it is not this person's data
			p.Demands = append(p.Demands, d)
		}
	}
	return err
}

// Amend changes the visitor's own name, phone or email: the right to have wrong
// data corrected. Errors: ErrTicket, ErrField, [privacy.ErrNoConsent] where there
// is nothing stored to correct.
func (a *Assistant) Amend(_ context.Context, page string, field nlu.Field, value string) error {
	h := a.house.Load()
	return a.mend(page, func(tx *storage.Tx, conversation string, st *State) error {
		if st.Contact == "" || st.Consent == "" {
			return privacy.ErrNoConsent
		}
		c, err := privacy.Get(tx, st.Contact)
		if err != nil {
			return err
		}
		if !asksFor(h.clinic, field) && ownValues(person{c.Name, c.Phone, c.Email})[string(field)] == "" {
			return ErrField // nothing is kept that is not asked for
		}
		if err := amend(h, &c, field, value); err != nil {
			return err
		}
		if err := privacy.Save(tx, c, a.now()); err != nil {
			return err
		}
		err = audit.Append(tx, audit.Entry{At: a.now(), Actor: "visitor", Action: "contact.correct", Object: c.ID, Reason: string(field)})
		return errors.Join(err, a.metAtOnce(tx, h, privacy.Demand{Right: privacy.RightCorrect, Contact: c.ID, Conversation: conversation}))
	})
}

// longestName is characters of a name.
const longestName = 80

// amend puts a checked value into a contact; a phone has all its figures.
func amend(h *house, c *privacy.Contact, field nlu.Field, value string) error {
	value = strings.Join(strings.Fields(privacy.Strip(value)), " ")
	switch field {
	case nlu.FieldName:
		if value == "" || utf8.RuneCountInString(value) > longestName || strings.ContainsAny(value, "0123456789@<>") {
			return ErrField
		}
		c.Name = value
		return nil
	case nlu.FieldPhone, nlu.FieldEmail:
		for _, s := range h.reader.Read(value, nlu.Context{Lang: c.Lang, Expects: field}).Personal {
			if s.Kind == string(field) && s.Value != "" { // one that cannot be right has none
				if field == nlu.FieldEmail {
					c.Email = s.Value
					return nil
				}
				if whole(s.Value) {
					c.Phone = s.Value
					return nil
				}
			}
		}
	}
	return ErrField
}

// EraseMine erases the visitor whose page it is, cancels what is to come, and
// ends the page.
func (a *Assistant) EraseMine(_ context.Context, page string) error {
	h := a.house.Load()
	var gone string
	err := a.db.Update(func(tx *storage.Tx) error {
		conversation, err := a.opened(tx, page)
		if err != nil {
			return err
		}
		st, err := load(tx, conversation)
		if err != nil {
			return err
		}
		gone = conversation
		return errors.Join(
			tickets.Delete(tx, ticketKey(tx, page)),
			a.metAtOnce(tx, h, privacy.Demand{Right: privacy.RightErase, Contact: st.Contact, Conversation: conversation}),
			a.forget(tx, h, conversation, st.Contact, "visitor", a.now()),
		)
	})
	if err != nil {
		return err
	}
	a.remember(gone, func(m *memory) { m.person, m.address = person{}, ""; clear(m.said) })
	a.committed()
	a.feed.publish(gone)
	return nil
}

// mend changes the conversation behind a page in one commit.
func (a *Assistant) mend(page string, fn func(*storage.Tx, string, *State) error) error {
	var conversation string
	err := a.db.Update(func(tx *storage.Tx) (err error) {
		if conversation, err = a.opened(tx, page); err != nil {
			return err
		}
		st, err := load(tx, conversation)
		if err != nil {
			return err
		}
		if err := fn(tx, conversation, &st); err != nil {
			return fmt.Errorf("own data: %w", err)
		}
		return save(tx, conversation, &st)
	})
	if err != nil {
		return err
	}
	a.committed()
	a.feed.publish(conversation)
	return nil
}

// Watchdog raises the alarms that follow from what was lately done with personal
// data.
func (a *Assistant) Watchdog(context.Context) error {
	due := false
	err := a.db.View(func(tx *storage.Tx) (err error) { due, err = privacy.AlarmsDue(tx); return err })
	if err != nil || !due {
		return err
	}
	h := a.house.Load()
	closed := func(at time.Time) bool { return !h.until(at).IsZero() }
	var news []privacy.Alarm
	err = a.db.Update(func(tx *storage.Tx) (err error) { news, err = privacy.Watch(tx, closed, a.now()); return err })
	for _, n := range news {
		a.log.Warn("alarm", "alarm", n.ID, "rule", n.Rule, "actor", n.Actor, "count", n.Count)
	}
	if len(news) > 0 {
		a.committed()
		a.alarmed()
	}
	return err
}
