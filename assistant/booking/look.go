package booking

import (
	"time"

	"okoshko/storage"
)

// Period is a time from From on and before To, UTC.
type Period struct{ From, To time.Time }

// Working lists when a specialist receives visitors between from and to, by the clinic's
// file and the exceptions noted for that time, in order; nothing for an unknown one.
// Blocks are no end of working: they take time as an appointment does.
func (c *Calendar) Working(tx *storage.Tx, specialist string, from, to time.Time) ([]Period, error) {
	s, ok := c.clinic.Specialist(specialist)
	if !ok {
		return nil, nil
	}
	all, err := Exceptions(tx, from.Add(-longestExtra), to.Add(longestExtra))
	if err != nil {
		return nil, err
	}
	p := c.blank()
	p.note(all)
	var found []Period
	until := from
	for d := c.clinic.Date(from); c.clinic.At(d, 0).Before(to); d = d.AddDays(1) {
		for _, one := range p.working(s, d) {
			begin, end := later(time.Unix(one.from, 0).UTC(), until), earlier(time.Unix(one.to, 0).UTC(), to)
			if begin.Before(end) {
				found, until = append(found, Period{begin.UTC(), end.UTC()}), end
			}
		}
	}
	return found, nil
}

// WaitingEntry returns a wish on the waiting list, or [storage.ErrNotFound].
func WaitingEntry(tx *storage.Tx, id string) (Waiting, error) { return waitingEntry(tx, id) }
