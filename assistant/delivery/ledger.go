package delivery

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"okoshko/storage"
	"okoshko/storage/outbox"
)

// Egress is one time that something left the house. It holds no personal data.
type Egress struct {
	At       time.Time `json:"at"`
	Receiver string    `json:"receiver"`
	Host     string    `json:"host"` // and port
	Event    string    `json:"event"`
	Bytes    int       `json:"bytes"`            // of the body
	Status   int       `json:"status,omitempty"` // of HTTP; 0: no answer came
}

var ledger = storage.NewTable[Egress]("delivery.egress") // sequence number, 8 bytes big endian

func ledgerKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// recordEgress writes an entry before it happens and returns its number.
func recordEgress(tx *storage.Tx, e Egress) (uint64, error) {
	n, err := tx.Sequence("delivery.egress")
	if err != nil {
		return 0, fmt.Errorf("egress: %w", err)
	}
	return n, ledger.Put(tx, ledgerKey(n), e)
}

// answered adds the answer to an entry; 0 numbers none.
func answered(tx *storage.Tx, n uint64, status int) error {
	if n == 0 {
		return nil
	}
	e, err := ledger.Get(tx, ledgerKey(n))
	if errors.Is(err, storage.ErrNotFound) {
		return nil // pruned meanwhile
	}
	if err != nil {
		return fmt.Errorf("egress: %w", err)
	}
	e.Status = status
	return ledger.Put(tx, ledgerKey(n), e)
}

// Ledger returns what left the house, the newest first, at most limit entries.
func Ledger(tx *storage.Tx, limit int) (found []Egress, err error) {
	for _, e := range ledger.Backward(tx, nil, nil, &err) {
		if len(found) == limit {
			break
		}
		found = append(found, e)
	}
	return found, err
}

// Prune deletes what is older than the given time: events that all receivers
// have (see [outbox.Prune]) and entries of the ledger.
func Prune(tx *storage.Tx, before time.Time) (events, entries int, err error) {
	if events, err = outbox.Prune(tx, before); err != nil {
		return events, 0, err
	}
	var rangeErr error
	for k, e := range ledger.Range(tx, nil, nil, &rangeErr) {
		if !e.At.Before(before) {
			break
		}
		if err := ledger.Delete(tx, k); err != nil {
			return events, entries, err
		}
		entries++
	}
	return events, entries, rangeErr
}
