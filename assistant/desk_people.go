package assistant

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// PersonLine is one person that a search found, as reception may see them.
type PersonLine struct {
	Contact    string
	Name       string
	Phone      string // masked
	Since      time.Time
	Restricted bool
}

// mostFound is how many people a search lists: enough to pick one, too few to
// copy a list.
const mostFound = 20

// FindPeople looks for people by a whole phone, the number of an appointment, or
// the beginning of a word of the name (two letters at least). The journal tells
// that somebody searched, not for whom.
func (a *Assistant) FindPeople(_ context.Context, op Operator, query string) (found []PersonLine, err error) {
	h := a.house.Load()
	query = strings.TrimSpace(query)
	if len([]rune(query)) < 2 {
		return nil, nil
	}
	err = a.db.Update(func(tx *storage.Tx) error {
		found = nil
		ids, err := h.wanted(tx, query)
		if err != nil {
			return err
		}
		take := func(c privacy.Contact) {
			if len(found) < mostFound {
				found = append(found, PersonLine{c.ID, c.Name, hidePhone(c.Phone), c.Created.In(h.clinic.Location), !c.Restricted.IsZero()})
			}
		}
		if len(ids) > 0 {
			for _, id := range ids {
				c, err := contactOf(tx, id)
				if err != nil {
					return err
				}
				if c.ID != "" {
					take(c)
				}
			}
		} else if err := privacy.Each(tx, func(c privacy.Contact) error {
			if called(c.Name, query) {
				take(c)
			}
			return nil
		}); err != nil {
			return err
		}
		return audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "contact.search"})
	})
	if err != nil {
		return nil, err // what is not in the journal was not found
	}
	return found, nil
}

// wanted are the contacts that a phone or an appointment's number leads to.
func (h *house) wanted(tx *storage.Tx, query string) (ids []string, err error) {
	for _, s := range h.reader.Read(query, nlu.Context{Lang: "ru", Expects: nlu.FieldPhone}).Personal {
		if s.Kind == "phone" {
			return privacy.ByPhone(tx, s.Value)
		}
	}
	ap, err := booking.Get(tx, strings.ToUpper(query))
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	if ap.Contact != "" {
		ids = append(ids, ap.Contact)
	}
	return ids, err
}

// called reports whether some word of the name begins with the query.
func called(name, query string) bool {
	query = strings.ToLower(query)
	name = strings.ToLower(name)
	return strings.HasPrefix(name, query) || slices.ContainsFunc(strings.Fields(name), func(w string) bool { return strings.HasPrefix(w, query) })
}

// PersonOf is all that is held about a contact, for reception to answer their
// demand. The journal tells who read it. Error: [storage.ErrNotFound].
func (a *Assistant) PersonOf(_ context.Context, op Operator, contact string, right privacy.Right) (p Person, err error) {
	h := a.house.Load()
	action := "contact.read"
	if right == privacy.RightExport {
		action = "contact.export"
	}
	err = a.db.Update(func(tx *storage.Tx) error {
		c, err := privacy.Get(tx, contact)
		if err != nil {
			return err
		}
		st, err := load(tx, c.Conversation)
		if errors.Is(err, ErrExpired) { // the talk is over, the person is still known
			st, err = State{Lang: c.Lang}, nil
		}
		if err != nil {
			return err
		}
		st.Contact = contact
		if p, err = a.person(tx, h, c.Conversation, st); err != nil {
			return err
		}
		return privacy.Read(tx, contact, op.ID, action, a.now())
	})
	a.alarmed()
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// Demanded notes a demand that came to reception. d needs Right, Via and Contact.
func (a *Assistant) Demanded(_ context.Context, op Operator, d privacy.Demand) (out privacy.Demand, err error) {
	err = a.db.Update(func(tx *storage.Tx) error {
		out, err = a.demanded(tx, op, d)
		return err
	})
	return out, err
}

func (a *Assistant) demanded(tx *storage.Tx, op Operator, d privacy.Demand) (privacy.Demand, error) {
	h := a.house.Load()
	c, err := privacy.Get(tx, d.Contact)
	if err != nil {
		return d, err
	}
	d.Conversation, d.Received = c.Conversation, a.now().In(h.clinic.Location)
	if d.Right == privacy.RightWithdraw { // it holds from when it is said
		return a.withdrawAll(tx, h, d, op.ID)
	}
	return privacy.Demanded(tx, d, op.ID)
}

// Answer closes a demand, or with extend gives it the further days of the law.
func (a *Assistant) Answer(_ context.Context, op Operator, demand, how string) error {
	return a.db.Update(func(tx *storage.Tx) (err error) {
		switch how {
		case "extend":
			_, err = privacy.Extend(tx, demand, op.ID, a.now())
		case "done", "refuse":
			_, err = privacy.Met(tx, demand, how == "refuse", op.ID, a.now())
		default:
			err = ErrVerb
		}
		return err
	})
}

// AmendOf changes a contact's name, phone or email at the person's demand.
// Errors: [storage.ErrNotFound], ErrField.
func (a *Assistant) AmendOf(_ context.Context, op Operator, contact string, field nlu.Field, value string) error {
	h := a.house.Load()
	return a.db.Update(func(tx *storage.Tx) error {
		c, err := privacy.Get(tx, contact)
		if err != nil {
			return err
		}
		if err := amend(h, &c, field, value); err != nil {
			return err
		}
		return errors.Join(
			privacy.Save(tx, c, a.now()),
			audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "contact.correct", Object: contact, Reason: string(field)}),
		)
	})
}

// RestrictOf suspends the use of a contact's data, or allows it again.
func (a *Assistant) RestrictOf(_ context.Context, op Operator, contact string, on bool) error {
	return a.db.Update(func(tx *storage.Tx) error {
		_, err := privacy.Restrict(tx, contact, on, op.ID, a.now())
		return err
	})
}

// EraseOf erases a person at their demand, proves it unless others were erased only
// a moment ago, and returns the entry of the register from which the act is printed.
func (a *Assistant) EraseOf(ctx context.Context, op Operator, contact string) (privacy.Destruction, error) {
	return a.eraseOf(ctx, op, contact, func(*storage.Tx) error { return nil })
}

// EraseDemanded notes a person's demand and erases them, in one commit: neither is
// there without the other. d needs Right, Via and Contact.
func (a *Assistant) EraseDemanded(ctx context.Context, op Operator, d privacy.Demand) (privacy.Destruction, error) {
	return a.eraseOf(ctx, op, d.Contact, func(tx *storage.Tx) error {
		_, err := a.demanded(tx, op, d)
		return err
	})
}

func (a *Assistant) eraseOf(ctx context.Context, op Operator, contact string, first func(*storage.Tx) error) (d privacy.Destruction, err error) {
	h := a.house.Load()
	var talk string
	err = a.db.Update(func(tx *storage.Tx) error {
		if err := first(tx); err != nil {
			return err
		}
		c, err := privacy.Get(tx, contact)
		if err != nil {
			return err
		}
		talk = c.Conversation
		if err := a.forget(tx, h, c.Conversation, contact, op.ID, a.now()); err != nil {
			return err
		}
		all, err := privacy.Destructions(tx, 1)
		if len(all) == 1 {
			d = all[0]
		}
		return err
	})
	if err != nil {
		return d, err
	}
	a.remember(talk, func(m *memory) { m.person, m.address = person{}, ""; clear(m.said) })
	a.committed()
	a.feed.publish(talk)
	if d.ID == "" {
		return d, nil
	}
	a.proveNow(context.WithoutCancel(ctx)) // a closed tab does not end it
	err = a.db.View(func(tx *storage.Tx) (err error) { d, err = privacy.FindDestruction(tx, d.ID); return err })
	return d, err
}

// PeopleState is what reception sees of people's demands.
type PeopleState struct {
	Open         []privacy.Demand
	Closed       []privacy.Demand // the newest
	Destructions []privacy.Destruction
}

// closedShown is how many closed demands and entries of the register are shown.
const closedShown = 50

// People lists demands and the register.
func (a *Assistant) People(context.Context) (s PeopleState, err error) {
	err = a.db.View(func(tx *storage.Tx) error {
		if s.Open, err = privacy.OpenDemands(tx); err != nil {
			return err
		}
		all, err := privacy.Demands(tx, demandsLooked)
		for _, d := range all {
			if d.State != privacy.DemandOpen && len(s.Closed) < closedShown {
				s.Closed = append(s.Closed, d)
			}
		}
		if err != nil {
			return err
		}
		s.Destructions, err = privacy.Destructions(tx, closedShown)
		return err
	})
	return s, err
}

// Act is one destruction as the act and the extract of the journal print it. The
// register is personal data, so reading it is in the journal.
type Act struct {
	privacy.Destruction
	Operator string // who answers for the data
	Journal  []audit.Entry
	Head     audit.Head
}

// ActOf returns the entry of the register with the journal's entries that prove
// it. Error: [storage.ErrNotFound].
func (a *Assistant) ActOf(_ context.Context, op Operator, id string) (act Act, err error) {
	h := a.house.Load()
	err = a.db.Update(func(tx *storage.Tx) error {
		d, err := privacy.FindDestruction(tx, id)
		if err != nil {
			return err
		}
		act = Act{Destruction: d, Operator: h.clinic.Privacy.Operator}
		from := d.Entry - min(d.Entry, actReach)
		for e := range audit.Entries(tx, from, d.Entry+actReach, &err) {
			if e.Object == d.Contact || e.Reason == d.ID {
				act.Journal = append(act.Journal, e)
			}
		}
		if d.Proof >= d.Entry+actReach {
			for e := range audit.Entries(tx, d.Proof, d.Proof+1, &err) {
				act.Journal = append(act.Journal, e)
			}
		}
		if err != nil {
			return err
		}
		if act.Head, err = audit.Latest(tx); err != nil {
			return err
		}
		return audit.Append(tx, audit.Entry{At: a.now(), Actor: op.ID, Action: "register.read", Object: id})
	})
	return act, err
}

// actReach is how far around the destruction the journal's entries about it lie:
// all are of one commit, but for the proof's, whose place is kept.
const actReach = 32
