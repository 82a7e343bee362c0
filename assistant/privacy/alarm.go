package privacy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

// rule is one kind of doing that is unusual at a desk: more than most of the
// actions by one actor within the window.
type rule struct {
	id      string
	actions []string
	window  time.Duration
	most    int
	closed  bool // only what is done while the house is closed counts
	anybody bool // actors are not told apart
}

// rules say what raises an alarm. A receptionist looks up some ten phones in a
// busy hour; a list is copied by the hundred. The bounds are between the two.
var rules = []rule{
	{id: "reveals", actions: []string{"contact.reveal"}, window: time.Hour, most: 20},
	{id: "exports", actions: []string{"contact.export"}, window: 24 * time.Hour, most: 3},
	{id: "reading", actions: []string{"conversation.read", "contact.read"}, window: time.Hour, most: 120},
	{id: "searches", actions: []string{"contact.search"}, window: time.Hour, most: 40},
	{id: "night", actions: []string{"contact.reveal", "contact.export", "contact.read", "contact.search", "conversation.read"}, window: time.Hour, most: 2, closed: true},
	{id: "signin", actions: []string{"login.refused"}, window: 10 * time.Minute, most: 10, anybody: true},
	{id: "api", actions: []string{"api.read"}, window: time.Hour, most: 600},
	{id: "tokens", actions: []string{"token.refused"}, window: 10 * time.Minute, most: 10, anybody: true},
}

// RuleCanary is the rule of alarms that an invented contact raises when somebody
// reads it: nobody who does their work has a reason to.
const RuleCanary = "canary"

// AlarmRules lists the ids of all rules, for the words that pages have for them.
func AlarmRules() []string {
	ids := append([]string{RuleCanary}, houseRules...)
	for _, r := range rules {
		ids = append(ids, r.id)
	}
	return ids
}

// Alarm says that somebody does what is unusual. It holds ids and numbers only.
type Alarm struct {
	ID    string    `json:"id"` // N-1 and on, never given twice
	Rule  string    `json:"rule"`
	Actor string    `json:"actor,omitempty"` // "" where actors are not told apart
	Count int       `json:"count"`           // how often within the rule's window, when it was noticed
	From  time.Time `json:"from"`            // the first of them
	At    time.Time `json:"at"`              // the last of them
	Seen  time.Time `json:"seen,omitzero"`   // when somebody said that they had seen it
	By    string    `json:"by,omitempty"`    // who
}

var (
	alarms = storage.NewTable[Alarm]("privacy.alarms")
	// watched is up to which entry the journal has been looked at.
	watched = storage.NewTable[uint64]("privacy.alarms-watched")
	// raised is when each rule last raised an alarm about an actor.
	raised = storage.NewTable[time.Time]("privacy.alarms-raised")
	// canaries are the ids of invented contacts.
	canaries = storage.NewTable[time.Time]("privacy.canaries")
)

// disorder is by how much the times of entries may go back from one to the next,
// where a clock was set.
const disorder = 2 * time.Hour

var watchedKey = []byte("journal")

// AlarmsDue reports whether Watch has anything to look at. It only reads.
func AlarmsDue(tx *storage.Tx) (bool, error) {
	head, err := audit.Latest(tx)
	if err != nil {
		return false, err
	}
	seen, err := watched.Get(tx, watchedKey)
	if errors.Is(err, storage.ErrNotFound) {
		return head.Size > 0, nil
	}
	return head.Size > seen, err
}

// Watch looks at what was added to the journal since the last time and raises
// the alarms that follow: each is kept, is an entry of the journal and an event.
// closed says whether the house is closed at an instant. About one actor a rule
// raises one alarm per window.
func Watch(tx *storage.Tx, closed func(time.Time) bool, now time.Time) (news []Alarm, err error) {
	head, err := audit.Latest(tx)
	if err != nil {
		return nil, err
	}
	seen, err := watched.Get(tx, watchedKey)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	fresh, err := entries(tx, seen, head.Size)
	if err != nil {
		return nil, err
	}
	for _, r := range rules {
		found, err := r.watch(tx, fresh, closed, now)
		if err != nil {
			return nil, err
		}
		news = append(news, found...)
	}
	if head, err = audit.Latest(tx); err != nil { // the alarms' own entries need no look
		return nil, err
	}
	return news, watched.Put(tx, watchedKey, head.Size)
}

func entries(tx *storage.Tx, from, to uint64) (all []audit.Entry, err error) {
	for e := range audit.Entries(tx, from, to, &err) {
		all = append(all, e)
	}
	return all, err
}

// counts reports whether the rule counts an entry.
func (r rule) counts(e audit.Entry, closed func(time.Time) bool) bool {
	return slices.Contains(r.actions, e.Action) && (!r.closed || closed(e.At))
}

func (r rule) who(e audit.Entry) string {
	if r.anybody {
		return ""
	}
	return e.Actor
}

// watch raises what the rule says of the actors of fresh entries.
func (r rule) watch(tx *storage.Tx, fresh []audit.Entry, closed func(time.Time) bool, now time.Time) (news []Alarm, err error) {
	last := make(map[string]audit.Entry) // the newest entry of each actor
	for _, e := range fresh {
		if r.counts(e, closed) {
			last[r.who(e)] = e
		}
	}
	for _, actor := range sorted(last) {
		e := last[actor]
		quiet, err := r.quiet(tx, actor, e.At)
		if err != nil {
			return nil, err
		}
		if quiet {
			continue
		}
		a := Alarm{Rule: r.id, Actor: actor, At: e.At}
		if a.Count, a.From, err = r.count(tx, actor, e, closed); err != nil {
			return nil, err
		}
		if a.Count <= r.most {
			continue
		}
		if a, err = raise(tx, a, now); err != nil {
			return nil, err
		}
		news = append(news, a)
	}
	return news, nil
}

// quiet reports whether the rule has raised an alarm about the actor within its
// window: one is enough.
func (r rule) quiet(tx *storage.Tx, actor string, at time.Time) (bool, error) {
	last, err := raised.Get(tx, []byte(r.id+"/"+actor))
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return at.Sub(last).Abs() < r.window, err
}

// count counts what the actor did within the window that ends with e.
func (r rule) count(tx *storage.Tx, actor string, e audit.Entry, closed func(time.Time) bool) (n int, from time.Time, err error) {
	for old := range audit.Backward(tx, e.Seq+1, &err) {
		age := e.At.Sub(old.At)
		if age >= r.window+disorder {
			break
		}
		if age < r.window && r.counts(old, closed) && r.who(old) == actor {
			n, from = n+1, old.At
		}
	}
	return n, from, err
}

// raise keeps an alarm and tells of it.
func raise(tx *storage.Tx, a Alarm, now time.Time) (Alarm, error) {
	n, err := tx.Sequence("privacy.alarms")
	if err != nil {
		return a, err
	}
	a.ID = fmt.Sprintf("N-%d", n)
	if _, err := outbox.Append(tx, "alarm.raised", a.ID, now, a); err != nil {
		return a, err
	}
	return a, errors.Join(
		alarms.Put(tx, numbered(a.ID), a),
		raised.Put(tx, []byte(a.Rule+"/"+a.Actor), a.At),
		audit.Append(tx, audit.Entry{At: now, Actor: "okoshko", Action: "alarm." + a.Rule, Object: a.Actor, Reason: a.ID}),
	)
}

// Alarms lists the newest alarms, at most limit.
func Alarms(tx *storage.Tx, limit int) (all []Alarm, err error) {
	for _, a := range alarms.Backward(tx, nil, nil, &err) {
		if len(all) == limit {
			break
		}
		all = append(all, a)
	}
	return all, err
}

// Acknowledge notes that somebody has seen an alarm. The first who does counts.
func Acknowledge(tx *storage.Tx, id, actor string, now time.Time) (Alarm, error) {
	a, err := alarms.Get(tx, numbered(id))
	if err != nil {
		return a, fmt.Errorf("alarm %s: %w", id, err)
	}
	if !a.Seen.IsZero() {
		return a, nil
	}
	a.Seen, a.By = now, actor
	return a, errors.Join(
		alarms.Put(tx, numbered(id), a),
		audit.Append(tx, audit.Entry{At: now, Actor: actor, Action: "alarm.seen", Object: id}),
	)
}

// AddCanary keeps an invented contact that looks like any other and raises an
// alarm when somebody reads it. Give it a name that stands out to nobody and a
// phone that is the house's own or nobody's.
func AddCanary(tx *storage.Tx, c Contact, actor string, now time.Time) error {
	return errors.Join(
		Save(tx, c, now), canaries.Put(tx, []byte(c.ID), now),
		audit.Append(tx, audit.Entry{At: now, Actor: actor, Action: "canary.add"}), // without its id, which the journal would tell to a thief
	)
}

// Canary reports whether a contact is an invented one.
func Canary(tx *storage.Tx, contact string) (bool, error) {
	_, err := canaries.Get(tx, []byte(contact))
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Canaries lists the ids of the invented contacts.
func Canaries(tx *storage.Tx) (ids []string, err error) {
	for k := range canaries.Range(tx, nil, nil, &err) {
		ids = append(ids, string(k))
	}
	return ids, err
}

// RemoveCanary ends an invented contact.
func RemoveCanary(tx *storage.Tx, id, actor string, now time.Time) error {
	if _, err := canaries.Get(tx, []byte(id)); err != nil {
		return fmt.Errorf("canary %s: %w", id, err)
	}
	return errors.Join(
		remove(tx, id), canaries.Delete(tx, []byte(id)),
		audit.Append(tx, audit.Entry{At: now, Actor: actor, Action: "canary.remove"}),
	)
}

// ring raises an alarm where the contact that is being read is an invented one.
func ring(tx *storage.Tx, contact, actor string, now time.Time) error {
	if invented, err := Canary(tx, contact); err != nil || !invented {
		return err
	}
	_, err := raise(tx, Alarm{Rule: RuleCanary, Actor: actor, Count: 1, From: now, At: now}, now)
	return err
}

func sorted[T any](m map[string]T) []string {
	return slices.Sorted(maps.Keys(m))
}
