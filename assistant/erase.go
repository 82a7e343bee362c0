package assistant

import (
	"errors"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// forget removes all that the house holds about the visitor of a conversation,
// enters it in the register of destruction, and closes what they demanded.
func (a *Assistant) forget(tx *storage.Tx, h *house, conversation, contact, actor string, now time.Time) error {
	gone, err := destruction(tx, conversation, contact)
	if err != nil {
		return err
	}
	who := booking.Who{Contact: contact, Conversations: []string{conversation}}
	if err := forgetReminders(tx, who); err != nil {
		return err
	}
	if _, err := h.calendar.Forget(tx, who, booking.Change{Author: actor, Reason: "erased"}, now); err != nil {
		return err
	}
	if err := privacy.Erase(tx, contact, conversation, actor, now); err != nil {
		return err
	}
	if err := forgetWords(tx, conversation); err != nil {
		return err
	}
	if gone.Why, err = closeDemands(tx, conversation, contact, actor, now); err != nil {
		return err
	}
	if gone.Why == "" { // nobody demanded it in writing
		gone.Why = choose(actor == "retention", privacy.DestroyedRetention, privacy.DestroyedAsked)
	}
	tx.OnCommit(a.proofs.wake)
	if len(gone.Kinds) > 0 {
		gone.At, gone.By = now.In(h.clinic.Location), actor
		if _, err := privacy.Destroyed(tx, gone); err != nil {
			return err
		}
	}
	subject := contact
	if subject == "" {
		subject = conversation
	}
	_, err = outbox.Append(tx, "contact.erased", subject, now, map[string]string{"contact": contact})
	return err
}

// destruction notes what there is to destroy, while it can still be read.
func destruction(tx *storage.Tx, conversation, contact string) (d privacy.Destruction, err error) {
	c, err := contactOf(tx, contact)
	if err != nil || c.ID == "" {
		return d, err
	}
	d.Contact, d.Name, d.Talk = c.ID, c.Name, conversation
	for _, kind := range []struct {
		name string
		has  bool
	}{{"name", c.Name != ""}, {"phone", c.Phone != ""}, {"email", c.Email != ""}} {
		if kind.has {
			d.Kinds = append(d.Kinds, kind.name)
		}
	}
	visits, err := booking.OfContact(tx, contact)
	if err != nil {
		return d, err
	}
	if len(visits) > 0 {
		d.Kinds = append(d.Kinds, "appointments")
	}
	given, err := privacy.Consents(tx, conversation)
	if len(given) > 0 {
		d.Kinds = append(d.Kinds, "consents")
	}
	if _, err := load(tx, conversation); err == nil {
		d.Kinds = append(d.Kinds, "talk")
	}
	return d, err
}

// closeDemands notes that what the person demanded is done, and tells why their
// data was destroyed: "" where no demand wanted that.
func closeDemands(tx *storage.Tx, conversation, contact, actor string, now time.Time) (why string, err error) {
	open, err := privacy.OpenDemands(tx)
	if err != nil {
		return why, err
	}
	for _, d := range open {
		if d.Conversation != conversation && (contact == "" || d.Contact != contact) {
			continue
		}
		switch {
		case d.Right == privacy.RightWithdraw:
			why = privacy.DestroyedWithdrawn
		case d.Right == privacy.RightErase && why == "":
			why = privacy.DestroyedAsked
		}
		if _, err := privacy.Met(tx, d.ID, false, actor, now); err != nil {
			return why, err
		}
	}
	return why, nil
}

// keptAfterAll closes what a visitor demanded by taking their consent back, when they
// give it again: their data is not to go any more.
func keptAfterAll(tx *storage.Tx, conversation string, now time.Time) error {
	open, err := privacy.OpenDemands(tx)
	for _, d := range open {
		if d.Conversation == conversation && d.Right == privacy.RightWithdraw {
			_, metErr := privacy.Met(tx, d.ID, false, "visitor", now)
			err = errors.Join(err, metErr)
		}
	}
	return err
}

// withdrawn are the people who took their consent back, or demanded erasure, and
// whose data has to go by tomorrow.
func (a *Assistant) withdrawn(tx *storage.Tx, h *house, now time.Time) (all []old, err error) {
	open, err := privacy.OpenDemands(tx)
	for _, d := range open {
		if d.Right != privacy.RightWithdraw && d.Right != privacy.RightErase || d.Due.Sub(now) > retentionEvery {
			continue
		}
		all = append(all, old{
			func(tx *storage.Tx) error { return a.forget(tx, h, d.Conversation, d.Contact, "retention", now) },
			func(r *RetentionRun) *int { return &r.Withdrawn },
		})
	}
	return all, err
}
