package booking

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"okoshko/storage"
)

// Wish is what somebody waits for: a slot of a service that starts from From on and
// before To, of one specialist unless Specialist is "".
type Wish struct {
	Service      string    `json:"service"`
	Specialist   string    `json:"specialist,omitempty"`
	From         time.Time `json:"from"`
	To           time.Time `json:"to"`
	Contact      string    `json:"contact,omitempty"`
	Conversation string    `json:"conversation,omitempty"`
}

// Waiting is a wish on the list. Who joined first has the lower sequence.
type Waiting struct {
	ID string `json:"id"` // W-1 and on, never given twice
	Wish
	Joined time.Time `json:"joined"`
	Passed []string  `json:"passed,omitempty"` // offers that came to nothing, the latest
}

// WaitingData is the Data of waitlist events.
type WaitingData struct {
	ID         string    `json:"id"`
	Service    string    `json:"service"`
	Specialist string    `json:"specialist,omitempty"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
	Contact    string    `json:"contact,omitempty"`
}

var waiting = storage.NewTable[Waiting]("booking.waiting").Owned(func(_ []byte, w Waiting) string { return w.Contact })

// Join puts a wish on the waiting list. The same wish of the same conversation or contact
// is on it once. Errors: a [Refusal] for an unknown service or specialist, or a time that
// is over.
func (c *Calendar) Join(tx *storage.Tx, w Wish, now time.Time) (Waiting, error) {
	w.From, w.To = w.From.UTC(), w.To.UTC()
	if err := c.sensible(w, now); err != nil {
		return Waiting{}, err
	}
	list, err := WaitingList(tx)
	if err != nil {
		return Waiting{}, err
	}
	if i := slices.IndexFunc(list, func(o Waiting) bool { return o.Wish == w }); i >= 0 {
		return list[i], nil
	}
	n, err := tx.Sequence("booking.waiting")
	if err != nil {
		return Waiting{}, fmt.Errorf("number on the waiting list: %w", err)
	}
	e := Waiting{ID: fmt.Sprintf("W-%d", n), Wish: w, Joined: instant(now)}
	if err := waiting.Put(tx, e.key(), e); err != nil {
		return Waiting{}, err
	}
	data := WaitingData{e.ID, e.Service, e.Specialist, e.From, e.To, e.Contact}
	return e, note(tx, "waitlist.joined", e.ID, "visitor", "", data, now)
}

func (c *Calendar) sensible(w Wish, now time.Time) error {
	if len(c.performers(Query{Service: w.Service, Specialist: w.Specialist})) == 0 {
		return &Refusal{Why: Unknown}
	}
	if !w.From.Before(w.To) || !now.Before(w.To) {
		return &Refusal{Why: Past}
	}
	return nil
}

// WaitingList is everybody who waits, the first to join first.
func WaitingList(tx *storage.Tx) ([]Waiting, error) {
	var list []Waiting
	var err error
	for _, e := range waiting.Range(tx, nil, nil, &err) {
		list = append(list, e)
	}
	return list, err
}

// Leave takes a wish off the list, if it is there, and takes back what is offered for it.
func Leave(tx *storage.Tx, id string) error {
	n, ok := numbered("W", id)
	if !ok {
		return storage.ErrNotFound
	}
	if err := waiting.Delete(tx, sequenceKey(n)); err != nil {
		return err
	}
	o, err := offers.Get(tx, sequenceKey(n))
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return o.withdraw(tx)
}

func waitingEntry(tx *storage.Tx, id string) (Waiting, error) {
	n, ok := numbered("W", id)
	if !ok {
		return Waiting{}, storage.ErrNotFound
	}
	e, err := waiting.Get(tx, sequenceKey(n))
	if err != nil {
		return Waiting{}, fmt.Errorf("waiting %s: %w", id, err)
	}
	return e, nil
}

// forgetWishes takes a person's wishes off the list.
func forgetWishes(tx *storage.Tx, who Who) error {
	list, err := WaitingList(tx)
	for _, e := range list {
		if e.Contact != "" && e.Contact == who.Contact || slices.Contains(who.Conversations, e.Conversation) {
			err = errors.Join(err, Leave(tx, e.ID))
		}
	}
	return err
}

func (e Waiting) key() []byte {
	n, _ := numbered("W", e.ID)
	return sequenceKey(n)
}

// numbered reads the number of an id such as W-7.
func numbered(letter, id string) (uint64, bool) {
	digits, ok := strings.CutPrefix(id, letter+"-")
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, ok && err == nil
}

func sequenceKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
