package booking

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"okoshko/storage"
)

// 64 writers race for 200 slots, each going through all of them from another place on
// and half of them holding it before. Each slot has one
// winner, and readers never see a slot free that was acknowledged as taken.
func TestRaceForSlots(t *testing.T) {
	file := small("UTC", "Mo-Su 08:00-20:00", person("ann", "Mo-Su 08:00-20:00")+"\n"+person("bob", "Mo-Su 08:00-20:00"),
		"{notice: 0m, step: 30m, per_visitor: 100}")
	h := open(t, file, "2026-11-23T00:00")
	const writers, wanted = 64, 200
	slots := h.free(Query{Service: "short", Limit: wanted})
	if len(slots) != wanted {
		t.Fatalf("%d slots to race for, want %d", len(slots), wanted)
	}
	var won atomic.Int64
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			who := fmt.Sprint("v", w)
			for i := range slots {
				s := slots[(w*37+i)%len(slots)]
				_, err := try(h, func(tx *storage.Tx) (Appointment, error) {
					if w%2 == 0 {
						if _, err := h.Hold(tx, s, who, h.now); err != nil {
							return Appointment{}, err
						}
					}
					return h.Request(tx, Booking{Slot: s, Conversation: who}, h.now)
				})
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, ErrLimit):
					return
				case !errors.Is(err, ErrTaken):
					t.Errorf("%s: %v", who, err)
					return
				}
				if i%16 == 0 {
					for _, f := range h.free(Query{Service: "short", From: s.Start, To: s.End}) {
						if f == s {
							t.Errorf("%v of %s is listed as free, but was taken", s.Start, s.Specialist)
						}
					}
				}
			}
		})
	}
	all.Wait()
	taken := map[Slot]string{}
	h.view(func(tx *storage.Tx) error {
		var err error
		for a := range Between(tx, h.now, h.now.AddDate(0, 0, 30), &err) {
			if other := taken[a.Slot]; other != "" {
				t.Errorf("%s and %s are both at %v", other, a.Number, a.Start)
			}
			taken[a.Slot] = a.Number
		}
		return err
	})
	if won.Load() != wanted || len(taken) != wanted {
		t.Errorf("%d winners, %d slots taken; want %d", won.Load(), len(taken), wanted)
	}
}

// Many claim the last unit of a room at once, one gets it.
func TestRaceForTheLastRoom(t *testing.T) {
	h := rooms(t)
	at := "2026-11-25T10:00"
	h.request(h.slot("filling", "ann", at), "first")
	var won atomic.Int64
	var all sync.WaitGroup
	for w := range 32 {
		specialist := []string{"bob", "cat"}[w%2]
		all.Go(func() {
			_, err := try(h, func(tx *storage.Tx) (Appointment, error) {
				return h.Request(tx, Booking{Slot: h.slot("filling", specialist, at), Conversation: fmt.Sprint("v", w)}, h.now)
			})
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, ErrTaken) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d got the last chair, want 1", won.Load())
	}
}

// Sweepers that run at once make one offer of a slot.
func TestRaceOfSweepers(t *testing.T) {
	h := rooms(t)
	a := h.request(h.slot("talk", "ann", "2026-11-25T09:00"), "first")
	for w := range 16 {
		h.join(fmt.Sprint("v", w), "ann")
	}
	h.cancel(a)
	var made atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			o, err := try(h, func(tx *storage.Tx) ([]Offer, error) { return h.Offers(tx, h.now.Add(time.Second)) })
			if err != nil {
				t.Error(err)
			}
			made.Add(int64(len(o)))
		})
	}
	all.Wait()
	if made.Load() != 1 {
		t.Errorf("%d offers of one slot", made.Load())
	}
}
