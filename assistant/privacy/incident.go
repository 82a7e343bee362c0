package privacy

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

// The law's clocks, counted from when the incident was noticed: article 21, part
// 3.1 of 152-FZ.
const (
	TellWithin     = 24 * time.Hour // that it happened, presumed causes and harm, measures, who to talk to
	ExamineWithin  = 72 * time.Hour // what the inquiry found, who is to blame
	incidentsShown = 100
)

// Scope says whose data an incident concerns.
type Scope string

// Scopes of an incident.
const (
	ScopeAll   Scope = "all"   // the machine, its disk or a backup in foreign hands
	ScopeActor Scope = "actor" // what one account or token has read in a time
)

// Incident is data that may be in wrong hands. While one is open nothing leaves
// the house and nothing that could be evidence is pruned.
type Incident struct {
	ID      string    `json:"id"` // I-1 and on, never given twice
	Noticed time.Time `json:"noticed"`
	By      string    `json:"by"`
	Scope   Scope     `json:"scope"`
	Actor   string    `json:"actor,omitempty"` // of ScopeActor
	From    time.Time `json:"from,omitzero"`   // of ScopeActor: what was read from here
	To      time.Time `json:"to,omitzero"`     // to here, not included
	// People and Kinds are how many people it concerns, and how many of them with
	// each kind of data.
	People int            `json:"people"`
	Kinds  map[string]int `json:"kinds"`
	// Head is the journal as it was when the incident was noticed: evidence.
	Head     audit.Head `json:"head"`
	Copy     Copy       `json:"copy,omitzero"`
	Told     time.Time  `json:"told,omitzero"`     // the first notice was sent
	Examined time.Time  `json:"examined,omitzero"` // the second
	Closed   time.Time  `json:"closed,omitzero"`
	ClosedBy string     `json:"closed_by,omitempty"`
}

// TellBy and ExamineBy are when the notices must have been sent.
func (i Incident) TellBy() time.Time { return i.Noticed.Add(TellWithin) }

// ExamineBy is when the second notice must have been sent.
func (i Incident) ExamineBy() time.Time { return i.Noticed.Add(ExamineWithin) }

// Errors of incidents.
var (
	ErrScope          = errors.New("an incident concerns all, or what one account read in a time")
	ErrIncidentClosed = errors.New("the incident is closed")
	ErrNotTold        = errors.New("both notices must have been sent first")
)

var (
	incidents = storage.NewTable[Incident]("privacy.incidents")
	frozen    = storage.NewTable[string]("privacy.frozen") // the id of the incident
)

var frozenKey = []byte("deliveries")

// OpenIncident begins an incident: deliveries freeze, the clocks start, people
// and kinds of data are counted. i needs Noticed, By and Scope. Error: ErrScope.
func OpenIncident(tx *storage.Tx, i Incident) (Incident, error) {
	if i.Scope != ScopeAll && (i.Scope != ScopeActor || i.Actor == "" || !i.From.Before(i.To)) {
		return i, ErrScope
	}
	n, err := tx.Sequence("privacy.incidents")
	if err != nil {
		return i, err
	}
	i.ID = fmt.Sprintf("I-%d", n)
	if i.Head, err = audit.Latest(tx); err != nil {
		return i, err
	}
	if i.People, i.Kinds, err = concerned(tx, i); err != nil {
		return i, err
	}
	if _, err := outbox.Append(tx, "incident.opened", i.ID, i.Noticed, map[string]string{"incident": i.ID}); err != nil {
		return i, err
	}
	return i, errors.Join(
		incidents.Put(tx, numbered(i.ID), i), frozen.Put(tx, frozenKey, i.ID),
		audit.Append(tx, audit.Entry{At: i.Noticed, Actor: i.By, Action: "incident.open", Object: i.ID}),
	)
}

// concerned counts the people whose data the incident concerns, and the kinds.
func concerned(tx *storage.Tx, i Incident) (people int, kinds map[string]int, err error) {
	kinds = make(map[string]int)
	count := func(c Contact) {
		people++
		for kind, value := range map[string]string{"name": c.Name, "phone": c.Phone, "email": c.Email} {
			if value != "" {
				kinds[kind]++
			}
		}
	}
	if i.Scope == ScopeAll {
		err = Each(tx, func(c Contact) error {
			invented, err := Canary(tx, c.ID)
			if !invented {
				count(c)
			}
			return err
		})
		return people, kinds, err
	}
	seen, err := readBy(tx, i.Actor, i.From, i.To)
	if err != nil {
		return 0, nil, err
	}
	err = Each(tx, func(c Contact) error {
		if seen[c.ID] || seen[c.Conversation] {
			count(c)
		}
		return nil
	})
	return people, kinds, err
}

// readBy are the ids that an actor read in a time, as the journal tells.
func readBy(tx *storage.Tx, actor string, from, to time.Time) (ids map[string]bool, err error) {
	ids = make(map[string]bool)
	reads := []string{"contact.reveal", "contact.export", "contact.read", "conversation.read", "api.read"}
	for e := range audit.Backward(tx, 0, &err) {
		if e.At.Before(from.Add(-disorder)) {
			break
		}
		if e.Actor == actor && !e.At.Before(from) && e.At.Before(to) && slices.Contains(reads, e.Action) {
			ids[e.Object] = true
		}
	}
	return ids, err
}

// Told notes that the first notice was sent, and with examined the second. What
// was noted stays.
func Told(tx *storage.Tx, id string, examined bool, actor string, now time.Time) (Incident, error) {
	i, err := openIncident(tx, id)
	if err != nil {
		return i, err
	}
	action := "incident.told"
	at := &i.Told
	if examined {
		action, at = "incident.examined", &i.Examined
	}
	if !at.IsZero() {
		return i, nil
	}
	*at = now
	return i, errors.Join(
		incidents.Put(tx, numbered(id), i),
		audit.Append(tx, audit.Entry{At: now, Actor: actor, Action: action, Object: id}),
	)
}

// CloseIncident ends an incident, after both notices: deliveries go on. Errors:
// ErrNotTold, ErrIncidentClosed.
func CloseIncident(tx *storage.Tx, id, actor string, now time.Time) (Incident, error) {
	i, err := openIncident(tx, id)
	if err != nil {
		return i, err
	}
	if i.Told.IsZero() || i.Examined.IsZero() {
		return i, fmt.Errorf("incident %s: %w", id, ErrNotTold)
	}
	i.Closed, i.ClosedBy = now, actor
	if err := incidents.Put(tx, numbered(id), i); err != nil {
		return i, err
	}
	if err := thaw(tx); err != nil {
		return i, err
	}
	return i, audit.Append(tx, audit.Entry{At: now, Actor: actor, Action: "incident.close", Object: id})
}

// Unfreeze lets deliveries go on while the incident is still open: the owner has
// seen that they are not the leak.
func Unfreeze(tx *storage.Tx, id, actor string, now time.Time) error {
	if _, err := openIncident(tx, id); err != nil {
		return err
	}
	return errors.Join(
		frozen.Delete(tx, frozenKey),
		audit.Append(tx, audit.Entry{At: now, Actor: actor, Action: "incident.unfreeze", Object: id}),
	)
}

// thaw ends the freeze where no incident is open any more.
func thaw(tx *storage.Tx) error {
	all, err := Incidents(tx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(i Incident) bool { return i.Closed.IsZero() }) {
		return nil
	}
	return frozen.Delete(tx, frozenKey)
}

func openIncident(tx *storage.Tx, id string) (Incident, error) {
	i, err := incidents.Get(tx, numbered(id))
	if err != nil {
		return i, fmt.Errorf("incident %s: %w", id, err)
	}
	if !i.Closed.IsZero() {
		return i, fmt.Errorf("incident %s: %w", id, ErrIncidentClosed)
	}
	return i, nil
}

// Incidents lists the newest incidents.
func Incidents(tx *storage.Tx) (all []Incident, err error) {
	for _, i := range incidents.Backward(tx, nil, nil, &err) {
		if len(all) == incidentsShown {
			break
		}
		all = append(all, i)
	}
	return all, err
}

// Frozen returns the id of the incident because of which nothing may leave the
// house, "" for none.
func Frozen(tx *storage.Tx) (string, error) {
	id, err := frozen.Get(tx, frozenKey)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil
	}
	return id, err
}

// Evidence reports whether an incident is open: then nothing that could tell how
// it came about is pruned.
func Evidence(tx *storage.Tx) (bool, error) {
	all, err := Incidents(tx)
	return slices.ContainsFunc(all, func(i Incident) bool { return i.Closed.IsZero() }), err
}
