package privacy

import (
	"errors"
	"fmt"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
)

// RuleProof is the rule of alarms that tell of an erasure that is not proved:
// something opened that must not, or the proof cannot be made.
const RuleProof = "proof"

// Proved enters in the register what was tried to show that people are gone, each
// with its entry in the journal. Where anything opened it raises an alarm. What was
// destroyed without being in the register, old conversations of people of whom
// nothing is known and years of the register itself, has one entry together. It
// returns how many proofs failed.
func Proved(tx *storage.Tx, proofs []storage.Proof, now time.Time) (failed int, err error) {
	open, err := unproved(tx)
	if err != nil {
		return 0, err
	}
	var others storage.Proof
	entered := make(map[string]*Destruction) // by its id
	people := 0
	for _, p := range proofs {
		if p.Opened > 0 {
			failed++
		}
		d := open[p.Person]
		if d == nil {
			people++
			others.Records, others.Keys, others.Opened = others.Records+p.Records, max(others.Keys, p.Keys), others.Opened+p.Opened
			continue
		}
		d.Values, d.Keys, d.Opened = d.Values+p.Records, max(d.Keys, p.Keys), d.Opened+p.Opened
		entered[d.ID] = d
	}
	for _, id := range sorted(entered) {
		if err := entered[id].enterProof(tx, now); err != nil {
			return failed, err
		}
	}
	if people > 0 {
		reason := fmt.Sprintf("%d persons, %d values, %d keys, %d opened", people, others.Records, others.Keys, others.Opened)
		if err := journalProof(tx, others.Opened, "", reason, now); err != nil {
			return failed, err
		}
	}
	if failed > 0 {
		_, err = raise(tx, Alarm{Rule: RuleProof, Count: failed, From: now, At: now}, now)
	}
	return failed, err
}

// journalProof writes to the journal how a proof came out.
func journalProof(tx *storage.Tx, opened int, object, reason string, now time.Time) error {
	action := "erasure.proved"
	if opened > 0 {
		action = "erasure.unproved"
	}
	return audit.Append(tx, audit.Entry{At: now, Actor: "okoshko", Action: action, Object: object, Reason: reason})
}

func (d *Destruction) enterProof(tx *storage.Tx, now time.Time) error {
	head, err := audit.Latest(tx)
	if err != nil {
		return err
	}
	d.Checked, d.Proof = now, head.Size
	return errors.Join(destructions.Put(tx, destructionKey(*d), *d), journalProof(tx, d.Opened, d.Contact, d.ID, now))
}

// unproved are the entries of the register that have no proof yet, by contact and
// by conversation.
func unproved(tx *storage.Tx) (open map[string]*Destruction, err error) {
	open = make(map[string]*Destruction)
	for _, d := range destructions.Range(tx, nil, nil, &err) {
		if !d.Checked.IsZero() {
			continue
		}
		for _, person := range []string{d.Contact, d.Talk} {
			if person != "" {
				open[person] = &d
			}
		}
	}
	return open, err
}
