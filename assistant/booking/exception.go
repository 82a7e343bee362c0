package booking

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"okoshko/storage"
	"okoshko/storage/audit"
)

// Kind says what an exception is.
type Kind string

const (
	Absence Kind = "absence" // a specialist is away
	Closure Kind = "closure" // a branch is closed, or the whole house without a Branch
	Block   Kind = "block"   // a specialist, or one unit of a room, is busy with something else
	Extra   Kind = "extra"   // a specialist works beside the hours in the file, also when the branch is closed by them
)

// Exception is something that reception notes for single days, beside the hours in the
// clinic's file.
type Exception struct {
	ID         string    `json:"id"` // E-1 and on, never given twice
	Kind       Kind      `json:"kind"`
	Specialist string    `json:"specialist,omitempty"`
	Branch     string    `json:"branch,omitempty"`
	Room       string    `json:"room,omitempty"`
	From       time.Time `json:"from"` // UTC, To not included
	To         time.Time `json:"to"`
	Reason     string    `json:"reason,omitempty"` // a code, not words: sick, vacation, repair
	Author     string    `json:"author"`
	Created    time.Time `json:"created"`
}

// ErrException is what an exception is refused with that makes no sense.
var ErrException = errors.New("exception cannot be noted")

var (
	exceptions    = storage.NewTable[Exception]("booking.exceptions")
	exceptionEnds = storage.NewTable[struct{}]("booking.exception-ends")

	// reasonText is a code and cannot be a phone: it goes into the journal.
	reasonText = regexp.MustCompile(`^[a-z][a-z_-]*[0-9]{0,3}$`)
)

const (
	longestException = 731 * 24 * time.Hour
	longestExtra     = 24 * time.Hour
)

func exceptionsStamp() []byte { return stampKey("e", 0) }

// AddException notes an exception. It cancels nothing: it returns the appointments that
// stand in its time, by their start, for reception to settle with the people. The same
// exception is noted once. Errors: ErrException with what is wrong, a [Refusal] for an
// unknown specialist, branch or room, or a time that is over.
func (c *Calendar) AddException(tx *storage.Tx, e Exception, by Change, now time.Time) (Exception, []Appointment, error) {
	e.From, e.To = e.From.UTC().Truncate(time.Second), e.To.UTC().Truncate(time.Second)
	if err := c.sound(e, now); err != nil {
		return Exception{}, nil, err
	}
	same, err := sameException(tx, e)
	if err != nil {
		return Exception{}, nil, err
	}
	if same != nil {
		concerned, err := c.concerned(tx, *same, now)
		return *same, concerned, err
	}
	n, err := tx.Sequence("booking.exception")
	if err != nil {
		return Exception{}, nil, fmt.Errorf("number of an exception: %w", err)
	}
	e.ID, e.Author, e.Created = fmt.Sprintf("E-%d", n), by.Author, instant(now)
	err = errors.Join(
		exceptions.Put(tx, sequenceKey(n), e),
		exceptionEnds.Put(tx, endKey(e.To, n), struct{}{}),
		occupy(tx, e.takes(), e.ID, claim{}),
		stamps.Put(tx, exceptionsStamp(), newStamp()),
		e.journal(tx, "exception.added", by, now),
	)
	if err == nil && e.Kind == Extra {
		err = freed(tx, e.freed(), instant(now))
	}
	if err != nil {
		return Exception{}, nil, fmt.Errorf("exception %s: %w", e.ID, err)
	}
	concerned, err := c.concerned(tx, e, now)
	return e, concerned, err
}

// RemoveException takes an exception back and returns it, with the appointments that
// stood in extra hours and are now outside all hours. Error: [storage.ErrNotFound].
func (c *Calendar) RemoveException(tx *storage.Tx, id string, by Change, now time.Time) (Exception, []Appointment, error) {
	n, ok := numbered("E", id)
	if !ok {
		return Exception{}, nil, storage.ErrNotFound
	}
	e, err := exceptions.Get(tx, sequenceKey(n))
	if err != nil {
		return Exception{}, nil, fmt.Errorf("exception %s: %w", id, err)
	}
	err = errors.Join(
		exceptions.Delete(tx, sequenceKey(n)),
		exceptionEnds.Delete(tx, endKey(e.To, n)),
		vacate(tx, e.takes(), e.ID),
		stamps.Put(tx, exceptionsStamp(), newStamp()),
		e.journal(tx, "exception.removed", by, now),
	)
	if err != nil {
		return Exception{}, nil, fmt.Errorf("exception %s: %w", id, err)
	}
	if e.Kind != Extra {
		return e, nil, freed(tx, e.freed(), instant(now))
	}
	concerned, err := c.concerned(tx, e, now)
	return e, concerned, err
}

// Concerned returns an exception and the open appointments that stand in its time and
// cannot be there. Error: [storage.ErrNotFound].
func (c *Calendar) Concerned(tx *storage.Tx, id string, now time.Time) (Exception, []Appointment, error) {
	n, ok := numbered("E", id)
	if !ok {
		return Exception{}, nil, storage.ErrNotFound
	}
	e, err := exceptions.Get(tx, sequenceKey(n))
	if err != nil {
		return Exception{}, nil, fmt.Errorf("exception %s: %w", id, err)
	}
	if e.Kind == Extra { // it is in nobody's way
		return e, nil, nil
	}
	concerned, err := c.concerned(tx, e, now)
	return e, concerned, err
}

// Exceptions lists those that lie at least partly in the time from from on and before
// to, by their beginning. A zero to does not restrict.
func Exceptions(tx *storage.Tx, from, to time.Time) ([]Exception, error) {
	var numbers [][]byte
	var err error
	for key := range exceptionEnds.Range(tx, endKey(from, 0), nil, &err) {
		numbers = append(numbers, key[8:])
	}
	var all []Exception
	for _, n := range numbers {
		e, getErr := exceptions.Get(tx, n)
		if getErr != nil {
			return nil, fmt.Errorf("exception %x: %w", n, getErr)
		}
		if e.To.After(from) && (to.IsZero() || e.From.Before(to)) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b Exception) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return all, err
}

// sound says what is wrong with an exception.
func (c *Calendar) sound(e Exception, now time.Time) error {
	long := e.To.Sub(e.From)
	wrong := func(what string) error { return fmt.Errorf("%w: %s", ErrException, what) }
	switch {
	case long <= 0:
		return wrong("it ends before it begins")
	case long > longestException || e.Kind == Extra && long > longestExtra:
		return wrong("it is too long")
	case e.Reason != "" && (len(e.Reason) > 64 || !reasonText.MatchString(e.Reason)):
		return wrong("its reason is no code")
	case !now.Before(e.To):
		return &Refusal{Why: Past}
	}
	return c.placed(e)
}

// placed says whether an exception is about what exists, and about nothing else.
func (c *Calendar) placed(e Exception) error {
	given := map[string]bool{"specialist": e.Specialist != "", "branch": e.Branch != "", "room": e.Room != ""}
	may := map[Kind][]string{
		Absence: {"specialist"}, Extra: {"specialist"}, Closure: {"branch"}, Block: {"specialist", "room"},
	}[e.Kind]
	some := 0
	for what, is := range given {
		if is && !slices.Contains(may, what) {
			return fmt.Errorf("%w: %q of a %s", ErrException, e.Kind, what)
		}
		if is {
			some++
		}
	}
	if may == nil || some > 1 || some == 0 && e.Kind != Closure {
		return fmt.Errorf("%w: %q of one %v", ErrException, e.Kind, may)
	}
	_, person := c.clinic.Specialist(e.Specialist)
	_, branch := c.clinic.Branch(e.Branch)
	_, room := c.clinic.Room(e.Room)
	if some == 1 && !person && !branch && !room {
		return &Refusal{Why: Unknown}
	}
	return nil
}

func sameException(tx *storage.Tx, e Exception) (*Exception, error) {
	all, err := Exceptions(tx, e.From, e.To)
	for _, o := range all {
		if o.Kind == e.Kind && o.Specialist == e.Specialist && o.Branch == e.Branch && o.Room == e.Room &&
			o.From.Equal(e.From) && o.To.Equal(e.To) {
			return &o, nil
		}
	}
	return nil, err
}

// resource is what a block is about.
func (e Exception) resource() string {
	if e.Room != "" {
		return roomResource(e.Room)
	}
	return specialistResource(e.Specialist)
}

// takes is what a block occupies, day by day because claims are short; the other kinds
// occupy nothing, they change the hours.
func (e Exception) takes() []Take {
	if e.Kind != Block {
		return nil
	}
	var all []Take
	for from := e.From; from.Before(e.To); from = from.Add(24 * time.Hour) {
		to := from.Add(24 * time.Hour)
		if e.To.Before(to) {
			to = e.To
		}
		all = append(all, Take{e.resource(), from, to})
	}
	return all
}

// concerned lists the open appointments, not yet over, that the exception has put where
// they cannot be.
func (c *Calendar) concerned(tx *storage.Tx, e Exception, now time.Time) ([]Appointment, error) {
	p, err := c.planned(tx, now)
	if err != nil {
		return nil, err
	}
	var over []stretch
	if e.Kind == Block {
		if over, err = c.overfull(tx, e); err != nil {
			return nil, err
		}
	}
	var all []Appointment
	for a := range Between(tx, e.From.Add(-longest*time.Second), e.To.Add(longest*time.Second), &err) {
		switch {
		case !a.Status.Open() || !now.Before(a.End):
		case e.Kind == Block:
			if slices.ContainsFunc(a.Takes, func(t Take) bool { return t.Resource == e.resource() && !clear(over, t.stretch()) }) {
				all = append(all, a)
			}
		case a.Start.Before(e.To) && e.From.Before(a.End) && e.about(a.Slot) && p.misplaced(a.Slot):
			all = append(all, a)
		}
	}
	return all, err
}

// overfull lists when more of a block's resource is taken by appointments and blocks than
// there is, within the block.
func (c *Calendar) overfull(tx *storage.Tx, e Exception) ([]stretch, error) {
	count := 1
	if r, ok := c.clinic.Room(e.Room); ok {
		count = r.Count
	}
	busy, err := around(tx, e.resource(), stretch{e.From.Unix(), e.To.Unix()})
	var times []stretch
	for _, b := range busy {
		both := stretch{max(b.from, e.From.Unix()), min(b.to, e.To.Unix())}
		if b.Hold == "" && both.from < both.to {
			times = append(times, both)
		}
	}
	slices.SortFunc(times, byFrom)
	return crowded(times, count+1), err
}

// about reports whether the exception is about the slot's specialist or branch.
func (e Exception) about(s Slot) bool {
	if e.Kind == Closure {
		return e.Branch == "" || e.Branch == s.Branch
	}
	return e.Specialist == s.Specialist
}

// misplaced reports whether a slot lies outside all hours.
func (p *plan) misplaced(s Slot) bool {
	one, ok := p.c.clinic.Specialist(s.Specialist)
	if !ok {
		return true
	}
	visible, d := stretch{s.Start.Unix(), s.End.Unix()}, p.c.clinic.Date(s.Start)
	return !covers(p.open(one, d), visible) || !covers(p.working(one, d), visible)
}

func (e Exception) journal(tx *storage.Tx, action string, by Change, now time.Time) error {
	return audit.Append(tx, audit.Entry{At: instant(now), Actor: by.Author, Action: action, Object: e.ID, Reason: e.Reason})
}

func endKey(t time.Time, n uint64) []byte {
	return binary.BigEndian.AppendUint64(startKey(t, ""), n)
}
