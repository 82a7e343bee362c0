package privacy

import (
	"errors"
	"time"

	"okoshko/storage"
)

// Rules of alarms that the house raises about itself.
const (
	RuleClock    = "clock"    // the machine's clock went back
	RuleHead     = "head"     // the journal's signed head did not get away from the machine
	RuleRollback = "rollback" // the journal is not what a head kept elsewhere says
	RuleEvidence = "evidence" // an incident was opened, and the copy of the journal failed
)

var houseRules = []string{RuleClock, RuleHead, RuleRollback, RuleEvidence, RuleProof}

// houseQuiet is how long a rule about the house itself is silent after it has raised
// an alarm: what is not mended rings every day.
const houseQuiet = 24 * time.Hour

// RaiseHouse raises an alarm about the house itself, once a day for each rule. It
// reports whether it did.
func RaiseHouse(tx *storage.Tx, rule string, now time.Time) (bool, error) {
	last, err := raised.Get(tx, []byte(rule+"/"))
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return false, err
	}
	if !last.IsZero() && now.Sub(last).Abs() < houseQuiet {
		return false, nil
	}
	_, err = raise(tx, Alarm{Rule: rule, Count: 1, From: now, At: now}, now)
	return err == nil, err
}

// alarmsLooked is how far back alarms that nobody has seen are looked for.
const alarmsLooked = 200

// UnseenAlarms is how many alarms nobody has seen yet, and the newest alarm's id, by
// which one knows whether there are more than before.
func UnseenAlarms(tx *storage.Tx) (n int, newest string, err error) {
	all, err := Alarms(tx, alarmsLooked)
	for _, a := range all {
		if a.Seen.IsZero() {
			n++
		}
	}
	if len(all) > 0 {
		newest = all[0].ID
	}
	return n, newest, err
}
