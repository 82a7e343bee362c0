package privacy

import (
	"errors"
	"fmt"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
)

// Copy is a frozen copy of what an incident's inquiry will need: the journal, and how
// deliveries, alarms and sign-ins stood. The machine may be taken away or changed
// afterwards; the copy, whose hash is in the journal, is as it was.
type Copy struct {
	At    time.Time `json:"at"`
	File  string    `json:"file,omitempty"`
	Hash  string    `json:"hash,omitempty"` // SHA-256 of the file, in hexadecimal
	Bytes int64     `json:"bytes,omitempty"`
	// Recipients is for how many keys of the owner it is encrypted; 0: for the key that
	// is sealed in the store ([EvidenceKey]).
	Recipients int    `json:"recipients,omitempty"`
	Failed     string `json:"failed,omitempty"` // why there is none
}

// evidenceKeys are the age identities of copies that no recipient was named for, by
// the incident's number.
var evidenceKeys = storage.NewTable[string]("privacy.evidence-keys")

// Copied notes the copy of an open incident, or that it failed: then an alarm tells.
func Copied(tx *storage.Tx, id string, c Copy, actor string, now time.Time) (Incident, error) {
	i, err := openIncident(tx, id)
	if err != nil {
		return i, err
	}
	e := audit.Entry{At: now, Actor: actor, Action: "incident.copy", Object: id, Reason: c.Hash}
	if c.Failed != "" {
		e.Action = "incident.uncopied"
		failed := c.Failed
		c = i.Copy // an earlier one is better than none
		c.Failed = failed
	}
	i.Copy = c
	return i, errors.Join(incidents.Put(tx, numbered(id), i), audit.Append(tx, e))
}

// SetEvidenceKey keeps the identity that opens an incident's copies.
func SetEvidenceKey(tx *storage.Tx, id, identity string) error {
	return evidenceKeys.Put(tx, numbered(id), identity)
}

// EvidenceKey returns the identity that opens an incident's copies, or
// [storage.ErrNotFound] where they are for the owner's recipients.
func EvidenceKey(tx *storage.Tx, id string) (string, error) {
	identity, err := evidenceKeys.Get(tx, numbered(id))
	if err != nil {
		return "", fmt.Errorf("key of the copies of %s: %w", id, err)
	}
	return identity, nil
}
