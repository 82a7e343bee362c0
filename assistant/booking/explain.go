package booking

import (
	"errors"
	"time"

	"okoshko/storage"
)

// Explain notes the reason for which the author cancelled an appointment before, where
// none was given then: a cancellation does not wait for its reason. It is a change of
// its own, with its version and its event. Errors: [storage.ErrNotFound], ErrReason, a
// [WrongStatus] when the appointment is not one that the author cancelled without one.
func (c *Calendar) Explain(tx *storage.Tx, number string, by Change, now time.Time) (Appointment, error) {
	a, err := Get(tx, number)
	if err != nil {
		return Appointment{}, err
	}
	if a.Status != Cancelled || a.Author != by.Author || a.ReasonID != "" || by.ReasonID == "" {
		return Appointment{}, &WrongStatus{a}
	}
	if err := c.given(by); err != nil {
		return Appointment{}, err
	}
	a.touch(by, now)
	return a, errors.Join(a.put(tx), a.record(tx, string(a.Status), time.Time{}, now))
}
