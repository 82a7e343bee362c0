package privacy

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
)

// registerYears is how long the act of a destruction and the extract of the
// journal are kept: order 179 of Roskomnadzor, 28 October 2022.
const registerYears = 3

// Why a person's data was destroyed.
const (
	DestroyedAsked     = "asked"     // the person demanded it
	DestroyedWithdrawn = "withdrawn" // the consent was taken back
	DestroyedRetention = "retention" // its purpose is reached, its time is over
)

// Destruction is what the register keeps of one erased person, from which the act
// and the extract of the journal are printed. The order wants the name to be in
// both, so the register outlives the person's data and is destroyed by the year.
type Destruction struct {
	ID      string    `json:"id"` // X-1 and on, never given twice
	At      time.Time `json:"at"`
	Contact string    `json:"contact,omitempty"`
	Name    string    `json:"name,omitempty"` // as the person gave it
	Kinds   []string  `json:"kinds"`          // what was destroyed: name, phone, email, talk, appointments, consents
	Why     string    `json:"why"`
	By      string    `json:"by"`               // visitor, retention, or an account's id
	Entry   uint64    `json:"entry"`            // of the journal that tells of it
	Talk    string    `json:"talk,omitempty"`   // the conversation that was destroyed with it
	Checked time.Time `json:"checked,omitzero"` // when every live key was tried on every value, and the files were made anew
	Values  int       `json:"values,omitempty"` // how many sealed values were tried
	Keys    int       `json:"keys,omitempty"`   // how many live keys
	Opened  int       `json:"opened,omitempty"` // how many values opened: the proof failed where it is not 0
	Proof   uint64    `json:"proof,omitempty"`  // entry of the journal that tells of it
	Demand  string    `json:"demand,omitempty"` // that it met
}

// Proved reports whether the proof was made and nothing opened.
func (d Destruction) Proved() bool { return !d.Checked.IsZero() && d.Opened == 0 }

// destructions are by year, then number. Each year has a key of its own, which
// is destroyed with it: copies of the store do not keep the names either.
var destructions = storage.NewTable[Destruction]("privacy.destructions").
	Owned(func(_ []byte, d Destruction) string { return registerOf(d.At.Year()) })

func registerOf(year int) string { return fmt.Sprintf("register-%04d", year) }

// Destroyed enters a destruction in the register, with the entry of the journal
// that proves it.
func Destroyed(tx *storage.Tx, d Destruction) (Destruction, error) {
	n, err := tx.Sequence("privacy.destructions")
	if err != nil {
		return d, err
	}
	d.ID = fmt.Sprintf("X-%d", n)
	head, err := audit.Latest(tx)
	if err != nil {
		return d, err
	}
	d.Entry = head.Size
	object := d.Contact
	return d, errors.Join(
		destructions.Put(tx, destructionKey(d), d),
		audit.Append(tx, audit.Entry{At: d.At, Actor: d.By, Action: "contact.destroyed", Object: object, Reason: d.ID}),
	)
}

// Destructions lists the register, the newest first, at most limit.
func Destructions(tx *storage.Tx, limit int) (all []Destruction, err error) {
	for _, d := range destructions.Backward(tx, nil, nil, &err) {
		if len(all) == limit {
			break
		}
		all = append(all, d)
	}
	return all, err
}

// Destruction returns an entry of the register, or [storage.ErrNotFound].
func FindDestruction(tx *storage.Tx, id string) (found Destruction, err error) {
	for _, d := range destructions.Range(tx, nil, nil, &err) {
		if d.ID == id {
			return d, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("destruction %s: %w", id, storage.ErrNotFound)
	}
	return found, err
}

// ExpireRegister removes what the register has kept for its time: whole years.
// It returns how many entries went.
func ExpireRegister(tx *storage.Tx, now time.Time) (gone int, err error) {
	var keys [][]byte
	last := now.Year() - registerYears // of that year not all is three years old
	for k, d := range destructions.Range(tx, nil, nil, &err) {
		if d.At.Year() >= last {
			break
		}
		keys = append(keys, k)
	}
	for _, k := range keys {
		err = errors.Join(err, destructions.Delete(tx, k), tx.Shred(registerOf(yearOf(k))))
	}
	return len(keys), err
}

// RegisterUntil is when the acts of a year go.
func RegisterUntil(year int, zone *time.Location) time.Time {
	return time.Date(year+registerYears+1, 1, 1, 0, 0, 0, 0, zone)
}

func yearOf(key []byte) (year int) {
	year, _ = strconv.Atoi(string(key[:4])) // as destructionKey wrote it
	return year
}

func destructionKey(d Destruction) []byte {
	return append(fmt.Appendf(nil, "%04d/", d.At.Year()), numbered(d.ID)...)
}
