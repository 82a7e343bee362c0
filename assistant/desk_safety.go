package assistant

import (
	"context"
	"errors"
	"time"

	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// SafetyState is what the owner sees of how people's data is kept safe.
type SafetyState struct {
	Retention RetentionState
	Months    []RetentionMonth // what was destroyed, the newest first
	Alarms    []privacy.Alarm
	Incidents []privacy.Incident
	Frozen    string // the incident because of which nothing leaves, "" for none
	Canaries  int
	People    int // contacts, without the invented ones
	Unproved  int // people who were erased and of whom it is not proved yet
}

const alarmsShown = 50

// Safety tells how people's data is kept safe.
func (a *Assistant) Safety(ctx context.Context) (s SafetyState, err error) {
	if s.Retention, err = a.Retention(ctx); err != nil {
		return s, err
	}
	err = a.db.View(func(tx *storage.Tx) (err error) {
		register, err := privacy.Destructions(tx, maxRegister)
		if err != nil {
			return err
		}
		s.Months = byMonth(s.Retention.Runs, register, a.Clinic().Location)
		if s.Alarms, err = privacy.Alarms(tx, alarmsShown); err != nil {
			return err
		}
		if s.Incidents, err = privacy.Incidents(tx); err != nil {
			return err
		}
		if s.Frozen, err = privacy.Frozen(tx); err != nil {
			return err
		}
		ids, err := privacy.Canaries(tx)
		if err != nil {
			return err
		}
		s.Canaries, s.Unproved = len(ids), tx.Unsettled()
		s.People = -len(ids)
		return privacy.Each(tx, func(privacy.Contact) error { s.People++; return nil })
	})
	return s, err
}

// Unseen is how many alarms nobody has seen yet.
func (a *Assistant) Unseen(context.Context) (n int, err error) {
	err = a.db.View(func(tx *storage.Tx) error { n, _, err = privacy.UnseenAlarms(tx); return err })
	return n, err
}

// alarmed tells open pages of the console when there is an alarm that they do not
// show yet.
func (a *Assistant) alarmed() {
	var newest string
	err := a.db.View(func(tx *storage.Tx) (err error) { _, newest, err = privacy.UnseenAlarms(tx); return err })
	if err != nil {
		return // whoever asks next is told
	}
	a.mu.Lock()
	news := a.newestAlarm != newest
	a.newestAlarm = newest
	a.mu.Unlock()
	if news {
		a.committed() // the alarm is an event as well
		a.feed.ring()
	}
}

// SeenAlarm notes that a member of staff has seen an alarm.
func (a *Assistant) SeenAlarm(_ context.Context, op Operator, id string) error {
	err := a.db.Update(func(tx *storage.Tx) error {
		_, err := privacy.Acknowledge(tx, id, op.ID, a.now())
		return err
	})
	if err == nil {
		a.feed.ring()
	}
	return err
}

// OpenIncident begins an incident: see [privacy.OpenIncident]. Then what the inquiry
// will need is copied; an incident is open also where the copy fails, which its Copy
// says.
func (a *Assistant) OpenIncident(ctx context.Context, op Operator, i privacy.Incident) (out privacy.Incident, err error) {
	i.By = op.ID
	if i.Noticed.IsZero() {
		i.Noticed = a.now()
	}
	err = a.db.Update(func(tx *storage.Tx) (err error) { out, err = privacy.OpenIncident(tx, i); return err })
	if err != nil {
		return out, err
	}
	a.log.Warn("incident", "incident", out.ID, "people", out.People)
	return a.keepEvidence(ctx, op, out)
}

// keepEvidence copies what the inquiry will need, outside of any transaction.
func (a *Assistant) keepEvidence(ctx context.Context, op Operator, i privacy.Incident) (privacy.Incident, error) {
	if a.evidence == nil {
		return i, nil
	}
	made, failed := a.evidence(ctx, i.ID)
	made.At = a.now()
	if failed != nil {
		made = privacy.Copy{At: made.At, Failed: failed.Error()}
		a.log.Error("incident: no copy of the evidence", "incident", i.ID, "err", failed)
		if err := a.raiseHouse(privacy.RuleEvidence); err != nil {
			return i, err
		}
	}
	err := a.db.Update(func(tx *storage.Tx) (err error) { i, err = privacy.Copied(tx, i.ID, made, op.ID, a.now()); return err })
	return i, err
}

// Incident takes a step in an incident: told, examined, unfreeze, copy or close.
func (a *Assistant) Incident(ctx context.Context, op Operator, id, step string) error {
	if step == "copy" {
		i, err := a.FindIncident(ctx, id)
		if err != nil {
			return err
		}
		if !i.Closed.IsZero() {
			return privacy.ErrIncidentClosed
		}
		_, err = a.keepEvidence(ctx, op, i)
		return err
	}
	err := a.db.Update(func(tx *storage.Tx) (err error) {
		switch step {
		case "told", "examined":
			_, err = privacy.Told(tx, id, step == "examined", op.ID, a.now())
		case "unfreeze":
			err = privacy.Unfreeze(tx, id, op.ID, a.now())
		case "close":
			_, err = privacy.CloseIncident(tx, id, op.ID, a.now())
		default:
			err = ErrVerb
		}
		return err
	})
	if err == nil {
		a.committed() // what was frozen may leave
	}
	return err
}

// FindIncident returns an incident, or [storage.ErrNotFound].
func (a *Assistant) FindIncident(_ context.Context, id string) (found privacy.Incident, err error) {
	err = a.db.View(func(tx *storage.Tx) error {
		all, err := privacy.Incidents(tx)
		for _, i := range all {
			if i.ID == id {
				found = i
				return nil
			}
		}
		return errors.Join(err, storage.ErrNotFound)
	})
	return found, err
}

// AddCanary keeps an invented contact: see [privacy.AddCanary].
func (a *Assistant) AddCanary(_ context.Context, op Operator, name, phone string) error {
	h := a.house.Load()
	return a.db.Update(func(tx *storage.Tx) error {
		c := privacy.NewContact("", h.clinic.Languages[0], a.now())
		if err := amend(h, &c, "name", name); err != nil {
			return err
		}
		if err := amend(h, &c, "phone", phone); phone != "" && err != nil {
			return err
		}
		return privacy.AddCanary(tx, c, op.ID, a.now())
	})
}

// NoticeFacts are what the notice to the regulator says of this house, from the
// running configuration and the store.
type NoticeFacts struct {
	At        time.Time
	Operator  string
	Contact   string
	Purposes  []NoticePurpose
	Ask       []string // what a booking asks for
	Receivers []string // systems that get names and phones
	Retention struct{ Conversations, Appointments, Audit time.Duration }
	People    int
	Health    bool // a house of medicine: the fact of a visit is medical secrecy
	Head      audit.Head
}

// manyPeople is more people than which want a higher level of protection is due.
const manyPeople = 100_000

// Level is the level of protection of decree 1119, points 10 to 12, for threats of the
// third type: 3 for special categories or many people, 2 for both.
func (n NoticeFacts) Level() string {
	many := n.People > manyPeople
	switch {
	case n.Health && many:
		return "УЗ-2"
	case n.Health || many:
		return "УЗ-3"
	}
	return "УЗ-4"
}

// NoticePurpose is one purpose of processing with its basis.
type NoticePurpose struct {
	Purpose, Basis string
	Receivers      []string // systems that get names and phones for it
}

// Notice gathers the facts of the notice to the regulator.
func (a *Assistant) Notice(context.Context) (n NoticeFacts, err error) {
	h := a.house.Load()
	c := h.clinic
	n = NoticeFacts{
		At: a.now().In(c.Location), Operator: c.Privacy.Operator, Contact: c.Privacy.Contact,
		Ask: c.Booking.Ask, Health: c.Profile == "clinic",
	}
	for _, p := range h.purposes() {
		named, _ := h.told(p)
		n.Purposes = append(n.Purposes, NoticePurpose{p, string(h.basis(p)), named})
	}
	n.Retention.Conversations, n.Retention.Appointments, n.Retention.Audit = c.Privacy.Retention.Conversations, c.Privacy.Retention.Appointments, c.Privacy.Retention.Audit
	for _, r := range c.Receivers {
		if r.Contact {
			n.Receivers = append(n.Receivers, r.Name)
		}
	}
	err = a.db.View(func(tx *storage.Tx) error {
		if n.Head, err = audit.Latest(tx); err != nil {
			return err
		}
		return privacy.Each(tx, func(privacy.Contact) error { n.People++; return nil })
	})
	return n, err
}
