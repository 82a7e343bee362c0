package assistant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// retentionEvery is how often old records are looked for.
const retentionEvery = 24 * time.Hour

// retained is when [Assistant.Retain] last ran.
var retained = storage.NewTable[time.Time]("assistant.retained")

var retainedKey = []byte("last")

// Retain destroys what is older than the clinic's retention says: conversations
// that nobody has gone on with, and people whose last appointment is that long
// ago. It does so once a day, and not while the clock stands before the last
// time: a clock that is wrong must not destroy anything.
func (a *Assistant) Retain(context.Context) error {
	now := a.now()
	due := false
	err := a.db.View(func(tx *storage.Tx) error {
		last, err := retained.Get(tx, retainedKey)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if now.Before(last) {
			a.log.Warn("retention: the clock stands before the last run", "last", last)
			return nil
		}
		due = now.Sub(last) >= retentionEvery
		return nil
	})
	if err != nil || !due {
		return err
	}
	h := a.house.Load()
	old, err := a.outdated(h, now)
	if err != nil {
		return err
	}
	for _, destroy := range old { // a commit each: visitors do not wait for all of them
		if err := a.db.Update(destroy); err != nil {
			return fmt.Errorf("retention: %w", err)
		}
	}
	if len(old) > 0 {
		a.committed()
		a.log.Info("retention", "destroyed", len(old))
	}
	return a.db.Update(func(tx *storage.Tx) error { return retained.Put(tx, retainedKey, now) })
}

// outdated lists what to destroy, as deeds for transactions of their own.
func (a *Assistant) outdated(h *house, now time.Time) (deeds []func(*storage.Tx) error, err error) {
	keep := h.clinic.Privacy.Retention
	err = a.db.View(func(tx *storage.Tx) error {
		for id := range entries.Owners(tx) {
			st, err := load(tx, id)
			if err != nil {
				a.log.Error("retention: a conversation cannot be read", "conversation", id, "err", err)
				continue
			}
			newest, err := lastVisit(tx, booking.Who{Contact: st.Contact, Conversations: []string{id}})
			if err != nil {
				return err
			}
			if newest.Before(now) && now.Sub(later(st.At, st.Created)) > keep.Conversations {
				deeds = append(deeds, func(tx *storage.Tx) error { return forgetTalk(tx, id, now) })
			}
		}
		late, err := a.withdrawn(tx, h, now)
		if err != nil {
			return err
		}
		deeds = append(deeds, late...)
		return privacy.Each(tx, func(c privacy.Contact) error {
			if invented, err := privacy.Canary(tx, c.ID); invented || err != nil {
				return err
			}
			who := booking.Who{Contact: c.ID, Conversations: []string{c.Conversation}}
			newest, err := lastVisit(tx, who)
			if err == nil && now.Sub(later(newest, c.Changed)) > keep.Appointments {
				deeds = append(deeds, func(tx *storage.Tx) error { return a.forget(tx, h, c.Conversation, c.ID, "retention", now) })
			}
			return err
		})
	})
	return deeds, err
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
		forgetTokens(tx, conversation), entries.Forget(tx, conversation), seen.Delete(tx, []byte(conversation)),
		audit.Append(tx, audit.Entry{At: now, Actor: "retention", Action: "conversation.destroy", Object: conversation}))
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
