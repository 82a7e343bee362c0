package booking

import (
	"errors"

	"okoshko/storage"
)

// What staff typed about an appointment may name the person, so it is not in the
// appointment, which is sealed under the house's key, but beside it under the
// person's: with their key it is gone from every copy. Of an appointment that is
// nobody's any more no words are kept.
var said = storage.NewTable[words]("booking.words").Owned(func(_ []byte, w words) string { return w.Owner })

type words struct {
	Owner string `json:"owner"` // contact, or conversation where there is none
	Text  string `json:"text"`
}

func (a Appointment) put(tx *storage.Tx) error {
	key := []byte(a.Number)
	w := words{Owner: a.Contact, Text: a.Reason}
	if w.Owner == "" {
		w.Owner = a.Conversation
	}
	if w.Owner == "" || w.Text == "" {
		return errors.Join(appointments.Put(tx, key, a), said.Delete(tx, key))
	}
	return errors.Join(appointments.Put(tx, key, a), said.Put(tx, key, w))
}

// recall adds the words to an appointment that was read.
func (a *Appointment) recall(tx *storage.Tx) error {
	w, err := said.Get(tx, []byte(a.Number))
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	a.Reason = w.Text
	return err
}
