package assistant

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// retentionEvery is how often old records are looked for.
const retentionEvery = 24 * time.Hour

// A clock that has leapt ahead by more than leap since the last run is doubted:
// nothing is destroyed until it has gone on for doubtFor. A machine that was
// switched off for a week loses a day, a clock that is wrong is put right by
// then.
const (
	leap     = 3 * 24 * time.Hour
	doubtFor = 24 * time.Hour
)

// RetentionRun is one run of the daily job, and what it destroyed.
type RetentionRun struct {
	At            time.Time `json:"at"`
	Conversations int       `json:"conversations,omitempty"` // that nobody has gone on with
	People        int       `json:"people,omitempty"`        // whose last visit is long ago
	Withdrawn     int       `json:"withdrawn,omitempty"`     // who took their consent back
	Register      int       `json:"register,omitempty"`      // entries of the register of destruction
}

// Total is how much was destroyed.
func (r RetentionRun) Total() int { return r.Conversations + r.People + r.Withdrawn + r.Register }

// RetentionState is what the console shows of the job.
type RetentionState struct {
	Last    time.Time    // run; zero for never
	Next    time.Time    // run, if the clock stays as it is
	Due     RetentionRun // what the next run would destroy
	Soon    RetentionRun // what falls due within a week, beside that
	Runs    []RetentionRun
	Back    bool      // the clock stands before the last run: nothing is destroyed
	Doubted time.Time // until when a clock that has leapt ahead is doubted; zero: it is not
}

var (
	// retained is when [Assistant.Retain] last ran.
	retained = storage.NewTable[time.Time]("assistant.retained")
	// runs are what it destroyed, by time.
	runs = storage.NewTable[RetentionRun]("assistant.retention-runs")
)

var (
	retainedKey = []byte("last")
	doubtKey    = []byte("doubt") // since when the clock is doubted
)

// Retain destroys what is older than the clinic's retention says: conversations
// that nobody has gone on with, people whose last appointment is that long ago,
// people who took their consent back. It does so once a day, and not while the
// clock stands before the last time, or has only just leapt ahead: a clock that
// is wrong must not destroy anything.
func (a *Assistant) Retain(context.Context) error {
	if !a.clock.Sure() {
		a.log.Debug("retention: the house is not sure of the time")
		return nil
	}
	now := a.now()
	due, err := a.retentionDue(now)
	if err != nil || !due {
		return err
	}
	_, err = a.retain(now)
	return err
}

// retain destroys what is due. The daily job and a command do it one after the other.
func (a *Assistant) retain(now time.Time) (run RetentionRun, err error) {
	a.retaining.Lock()
	defer a.retaining.Unlock()
	h := a.house.Load()
	old, err := a.outdated(h, now)
	if err != nil {
		return run, err
	}
	run.At = now
	for _, o := range old { // a commit each: visitors do not wait for all of them
		if err := a.db.Update(o.destroy); err != nil {
			return run, fmt.Errorf("retention: %w", err)
		}
		*o.count(&run)++
	}
	err = a.db.Update(func(tx *storage.Tx) (err error) {
		if run.Register, err = privacy.ExpireRegister(tx, now); err != nil {
			return err
		}
		return errors.Join(
			pruneReminders(tx, now.Add(-h.clinic.Privacy.Retention.Appointments)),
			retained.Put(tx, retainedKey, now), retained.Delete(tx, doubtKey),
			runs.Put(tx, runKey(now), run),
			audit.Append(tx, audit.Entry{At: now, Actor: "retention", Action: "retention.run", Reason: strconv.Itoa(run.Total())}),
		)
	})
	if run.Total() > 0 {
		a.proofs.wake()
		a.committed()
		a.log.Info("retention", "destroyed", run.Total())
	}
	return run, err
}

// retentionDue says whether the job has to run, and notes a doubt about the clock.
func (a *Assistant) retentionDue(now time.Time) (due bool, err error) {
	var last, doubt time.Time
	err = a.db.View(func(tx *storage.Tx) (err error) {
		last, doubt, err = retentionTimes(tx)
		return err
	})
	if err != nil {
		return false, err
	}
	switch {
	case now.Before(last):
		a.log.Warn("retention: the clock stands before the last run", "last", last)
		return false, nil
	case now.Sub(last) < retentionEvery:
		return false, nil
	case last.IsZero() || now.Sub(last) <= leap:
		return true, nil
	case !doubt.IsZero() && !now.Before(doubt):
		return now.Sub(doubt) >= doubtFor, nil
	}
	a.log.Warn("retention: the clock has leapt ahead, nothing is destroyed for a day", "last", last)
	return false, a.db.Update(func(tx *storage.Tx) error { return retained.Put(tx, doubtKey, now) })
}

// retentionTimes are when the job last ran, and since when the clock is doubted.
func retentionTimes(tx *storage.Tx) (last, doubt time.Time, err error) {
	for key, at := range map[string]*time.Time{string(retainedKey): &last, string(doubtKey): &doubt} {
		if *at, err = retained.Get(tx, []byte(key)); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return last, doubt, err
		}
	}
	return last, doubt, nil
}

func runKey(at time.Time) []byte { return binary.BigEndian.AppendUint64(nil, uint64(at.UnixNano())) }

// runsShown is how many runs are summed up: those of the years that the register
// keeps.
const runsShown = 3 * 366

// Retention tells how the job stands and what falls due.
func (a *Assistant) Retention(context.Context) (s RetentionState, err error) {
	h, now := a.house.Load(), a.now()
	err = a.db.View(func(tx *storage.Tx) error {
		last, doubt, err := retentionTimes(tx)
		if err != nil {
			return err
		}
		s = RetentionState{Last: last, Back: now.Before(last), Next: later(now, last.Add(retentionEvery))}
		if !doubt.IsZero() {
			s.Doubted = doubt.Add(doubtFor)
		}
		for _, r := range runs.Backward(tx, nil, nil, &err) {
			if len(s.Runs) == runsShown {
				break
			}
			s.Runs = append(s.Runs, r)
		}
		return err
	})
	if err != nil {
		return s, err
	}
	due, err := a.outdated(h, s.Next)
	if err != nil {
		return s, err
	}
	soon, err := a.outdated(h, s.Next.AddDate(0, 0, 7))
	for _, o := range due {
		*o.count(&s.Due)++
	}
	for _, o := range soon {
		*o.count(&s.Soon)++
	}
	s.Soon.Conversations -= s.Due.Conversations
	s.Soon.People -= s.Due.People
	s.Soon.Withdrawn -= s.Due.Withdrawn
	return s, err
}

// old is something whose time is over: how to destroy it, in a transaction of
// its own, and under what it is counted.
type old struct {
	destroy func(*storage.Tx) error
	count   func(*RetentionRun) *int
}

// outdated lists what is to be destroyed at a time.
func (a *Assistant) outdated(h *house, now time.Time) (all []old, err error) {
	err = a.db.View(func(tx *storage.Tx) error {
		for _, list := range []func(*storage.Tx, *house, time.Time) ([]old, error){a.oldTalks, a.withdrawn, a.oldPeople} {
			found, err := list(tx, h, now)
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
		return nil
	})
	return all, err
}

func (a *Assistant) oldTalks(tx *storage.Tx, h *house, now time.Time) (all []old, err error) {
	for id := range entries.Owners(tx) {
		st, err := load(tx, id)
		if err != nil {
			a.log.Error("retention: a conversation cannot be read", "conversation", id, "err", err)
			continue
		}
		newest, err := lastVisit(tx, booking.Who{Contact: st.Contact, Conversations: []string{id}})
		if err != nil {
			return nil, err
		}
		if newest.Before(now) && now.Sub(later(st.At, st.Created)) > h.clinic.Privacy.Retention.Conversations {
			all = append(all, old{
				func(tx *storage.Tx) error { return forgetTalk(tx, id, now) },
				func(r *RetentionRun) *int { return &r.Conversations },
			})
		}
	}
	return all, nil
}

func (a *Assistant) oldPeople(tx *storage.Tx, h *house, now time.Time) (all []old, err error) {
	err = privacy.Each(tx, func(c privacy.Contact) error {
		if invented, err := privacy.Canary(tx, c.ID); invented || err != nil {
			return err
		}
		newest, err := lastVisit(tx, booking.Who{Contact: c.ID, Conversations: []string{c.Conversation}})
		if err == nil && now.Sub(later(newest, c.Changed)) > h.clinic.Privacy.Retention.Appointments {
			all = append(all, old{
				func(tx *storage.Tx) error { return a.forget(tx, h, c.Conversation, c.ID, "retention", now) },
				func(r *RetentionRun) *int { return &r.People },
			})
		}
		return err
	})
	return all, err
}

// lastVisit is when the newest appointment of a person begins; zero for none.
func lastVisit(tx *storage.Tx, who booking.Who) (newest time.Time, err error) {
	for _, conversation := range who.Conversations {
		all, err := booking.OfConversation(tx, conversation)
		if err != nil {
			return newest, err
		}
		for _, a := range all {
			newest = later(newest, a.Start)
		}
	}
	if who.Contact == "" {
		return newest, nil
	}
	all, err := booking.OfContact(tx, who.Contact)
	for _, a := range all {
		newest = later(newest, a.Start)
	}
	return newest, err
}

// forgetTalk destroys what was said in a conversation and the tokens that open it.
func forgetTalk(tx *storage.Tx, conversation string, now time.Time) error {
	return errors.Join(
		forgetWords(tx, conversation),
		audit.Append(tx, audit.Entry{At: now, Actor: "retention", Action: "conversation.destroy", Object: conversation}))
}

// forgetWords destroys all that is kept of a conversation, the tokens that open it,
// and the key that sealed what was said, so that no copy of it can be read either.
func forgetWords(tx *storage.Tx, conversation string) error {
	return errors.Join(
		forgetTokens(tx, conversation), entries.Forget(tx, conversation), seen.Delete(tx, []byte(conversation)),
		forgetUnder(tx, readers, conversation), forgetUnder(tx, unanswered, conversation),
		forgetUnder(tx, ownWords, conversation), forgetUnder(tx, frames, conversation), empty(unseen, tx, conversation),
		tx.Shred(conversation))
}

// forgetTokens destroys the tokens that open a conversation.
func forgetTokens(tx *storage.Tx, conversation string) (err error) {
	var keys [][]byte
	for k, v := range visitors.Range(tx, nil, nil, &err) {
		if v.Conversation == conversation {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		err = errors.Join(err, visitors.Delete(tx, k))
	}
	return err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
