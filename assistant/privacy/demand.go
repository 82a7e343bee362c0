package privacy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
)

// Right is what a person may demand about their own data.
type Right string

// The rights, with the articles of 152-FZ that give them.
const (
	RightAccess   Right = "access"   // what is known, and why: article 14
	RightExport   Right = "export"   // the same as a file
	RightCorrect  Right = "correct"  // article 21, part 2
	RightRestrict Right = "restrict" // nothing is done with it until what is in question is settled: article 21, part 1
	RightWithdraw Right = "withdraw" // the consent: article 9, part 2, and article 21, part 5
	RightErase    Right = "erase"    // article 21, parts 3 to 5
)

// terms are the times that the law gives for each right: working days, or days
// where it counts all. For a restriction it gives none: it holds at once, so the
// demand is due on the next working day.
var terms = map[Right]struct{ workdays, days int }{
	RightAccess:   {workdays: 10},
	RightExport:   {workdays: 10},
	RightCorrect:  {workdays: 7},
	RightRestrict: {workdays: 2},
	RightWithdraw: {days: 30},
	RightErase:    {days: 30},
}

// extension is how many working days more a demand for access may take when the
// person was told why (article 20, part 1).
const extension = 5

// Rights lists the rights in the order in which they are offered.
func Rights() []Right {
	return []Right{RightAccess, RightExport, RightCorrect, RightRestrict, RightWithdraw, RightErase}
}

// Extends reports whether the time for this right may be made longer.
func (r Right) Extends() bool { return r == RightAccess || r == RightExport }

// Due is when a demand that was received at the given time must have been met,
// that instant not included. It counts in the zone of received.
func (r Right) Due(received time.Time) time.Time {
	t := terms[r]
	if t.workdays > 0 {
		return AfterWorkdays(received, t.workdays-reserve)
	}
	return afterDays(received, t.days)
}

// DemandState is how far a demand is.
type DemandState string

// States of a demand.
const (
	DemandOpen    DemandState = "open"
	DemandDone    DemandState = "done"
	DemandRefused DemandState = "refused" // with a reason that the person was told
)

// Demand is one person's demand about their data, kept as proof that it was met
// in time. It holds ids and fixed words only, so that it can outlive the person's
// data.
type Demand struct {
	ID           string      `json:"id"` // D-1 and on, never given twice
	Right        Right       `json:"right"`
	Purpose      string      `json:"purpose,omitempty"` // of a consent that is withdrawn alone
	Contact      string      `json:"contact,omitempty"`
	Conversation string      `json:"conversation,omitempty"`
	Via          string      `json:"via"` // widget, phone, letter, visit
	Received     time.Time   `json:"received"`
	Due          time.Time   `json:"due"`
	Extended     time.Time   `json:"extended,omitzero"` // when the person was told that it takes longer
	State        DemandState `json:"state"`
	Closed       time.Time   `json:"closed,omitzero"`
	By           string      `json:"by,omitempty"` // who closed it: an account's id, or visitor
}

// Errors of demands.
var (
	ErrRight        = errors.New("no such right")
	ErrVia          = errors.New("a demand comes by widget, phone, letter or visit")
	ErrDemandClosed = errors.New("the demand is closed")
	ErrExtended     = errors.New("the time cannot be made longer")
)

var ways = map[string]bool{"widget": true, "phone": true, "letter": true, "visit": true}

// demands are all demands by their number, openDemands those that are not closed.
var (
	demands     = storage.NewTable[Demand]("privacy.demands")
	openDemands = storage.NewTable[time.Time]("privacy.demands-open") // until when
)

// Demanded notes a demand and sets its time. d needs Right, Via and Received;
// the zone of Received is the one in which days are counted. Errors: ErrRight,
// ErrVia.
func Demanded(tx *storage.Tx, d Demand, actor string) (Demand, error) {
	if _, ok := terms[d.Right]; !ok {
		return d, fmt.Errorf("%q: %w", d.Right, ErrRight)
	}
	if !ways[d.Via] {
		return d, fmt.Errorf("%q: %w", d.Via, ErrVia)
	}
	n, err := tx.Sequence("privacy.demands")
	if err != nil {
		return d, err
	}
	d.ID, d.State, d.Due = fmt.Sprintf("D-%d", n), DemandOpen, d.Right.Due(d.Received)
	if err := errors.Join(demands.Put(tx, numbered(d.ID), d), openDemands.Put(tx, numbered(d.ID), d.Due)); err != nil {
		return d, fmt.Errorf("demand %s: %w", d.ID, err)
	}
	return d, d.journal(tx, "demand."+string(d.Right), actor, d.Received)
}

// Met notes that a demand was met, or refused where refused is true. A demand is
// closed once: ErrDemandClosed.
func Met(tx *storage.Tx, id string, refused bool, actor string, now time.Time) (Demand, error) {
	d, err := openDemand(tx, id)
	if err != nil {
		return d, err
	}
	d.State, d.Closed, d.By = DemandDone, now, actor
	if refused {
		d.State = DemandRefused
	}
	if err := errors.Join(demands.Put(tx, numbered(id), d), openDemands.Delete(tx, numbered(id))); err != nil {
		return d, fmt.Errorf("demand %s: %w", id, err)
	}
	return d, d.journal(tx, "demand."+string(d.State), actor, now)
}

// Extend gives a demand the further days that the law allows once, because the
// person was told why. Errors: ErrExtended, ErrDemandClosed.
func Extend(tx *storage.Tx, id, actor string, now time.Time) (Demand, error) {
	d, err := openDemand(tx, id)
	if err != nil {
		return d, err
	}
	if !d.Right.Extends() || !d.Extended.IsZero() || !now.Before(d.Due) {
		return d, fmt.Errorf("demand %s: %w", id, ErrExtended)
	}
	d.Extended = now
	d.Due = AfterWorkdays(d.Received, terms[d.Right].workdays-reserve+extension)
	if err := errors.Join(demands.Put(tx, numbered(id), d), openDemands.Put(tx, numbered(id), d.Due)); err != nil {
		return d, fmt.Errorf("demand %s: %w", id, err)
	}
	return d, d.journal(tx, "demand.extended", actor, now)
}

func openDemand(tx *storage.Tx, id string) (Demand, error) {
	d, err := demands.Get(tx, numbered(id))
	if err != nil {
		return d, fmt.Errorf("demand %s: %w", id, err)
	}
	if d.State != DemandOpen {
		return d, fmt.Errorf("demand %s: %w", id, ErrDemandClosed)
	}
	return d, nil
}

// OpenDemands lists the demands that are not closed, the one due first first.
func OpenDemands(tx *storage.Tx) (open []Demand, err error) {
	for k := range openDemands.Range(tx, nil, nil, &err) {
		d, err := demands.Get(tx, k)
		if err != nil {
			return nil, fmt.Errorf("demand %x: %w", k, err)
		}
		open = append(open, d)
	}
	slices.SortStableFunc(open, func(a, b Demand) int { return a.Due.Compare(b.Due) })
	return open, err
}

// Demands lists the newest demands, open or closed, at most limit.
func Demands(tx *storage.Tx, limit int) (all []Demand, err error) {
	for _, d := range demands.Backward(tx, nil, nil, &err) {
		if len(all) == limit {
			break
		}
		all = append(all, d)
	}
	return all, err
}

func (d Demand) journal(tx *storage.Tx, action, actor string, at time.Time) error {
	object := d.Contact
	if object == "" {
		object = d.Conversation
	}
	return audit.Append(tx, audit.Entry{At: at, Actor: actor, Action: action, Object: object, Reason: d.ID})
}

// numbered is the key of a record whose id is a letter, a dash and a number: it
// sorts by the number.
func numbered(id string) []byte {
	_, digits, _ := strings.Cut(id, "-")
	n, _ := strconv.ParseUint(digits, 10, 64) // an id that is none is not found
	return binary.BigEndian.AppendUint64(nil, n)
}
