package booking

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"okoshko/storage"
)

// The house of the histories: one specialist's slots, visitors who want them, some who
// wait for one. Its clock stands.
const (
	linearSlots    = 6
	linearVisitors = 6
	linearWaiting  = 3
	linearNumbers  = 400
)

// linearDeed is what one of them asks of the calendar.
type linearDeed struct {
	verb   string // request, cancel, move, hold, release, offers, accept
	who    int
	slot   int
	number int // of an appointment, or of one who waits; from 0
}

// linearAnswer is what the calendar says.
type linearAnswer struct {
	ok     bool
	number int                // of the appointment that was made
	slot   int                // of the accepted offer
	offers [linearWaiting]int // slot + 1 of the offers that were made; 0: none
}

// linearState is the calendar as a list of slots.
type linearState struct {
	booked  [linearSlots]int // number + 1
	held    [linearVisitors]int
	offered [linearWaiting]int // slot + 1, of those who wait
	gone    [linearWaiting]bool
	place   [linearNumbers]int // of appointments slot + 1; -1: cancelled
	owner   [linearNumbers]int
}

// free reports whether nobody but a visitor has the slot.
func (s *linearState) free(slot, who int) bool {
	for visitor, held := range s.held {
		if held == slot+1 && visitor != who {
			return false
		}
	}
	for _, offered := range s.offered {
		if offered == slot+1 {
			return false
		}
	}
	return s.booked[slot] == 0
}

// apply is what the calendar must answer when it does one thing after another.
func (s linearState) apply(d linearDeed, a linearAnswer) (bool, linearState) {
	switch d.verb {
	case "request":
		if !s.free(d.slot, d.who) {
			return !a.ok, s
		}
		s.book(d.slot, a.number, d.who)
		s.held[d.who] = 0
		return a.ok, s
	case "hold":
		if s.free(d.slot, d.who) != a.ok {
			return false, s
		}
		if a.ok {
			s.held[d.who] = d.slot + 1
		}
		return true, s
	case "release":
		s.held[d.who] = 0
		return a.ok, s
	case "cancel":
		if at := s.place[d.number]; at > 0 {
			s.booked[at-1], s.place[d.number] = 0, -1
		}
		return a.ok, s // a second time too
	case "move":
		return s.move(d, a)
	case "offers":
		for w, slot := range a.offers {
			if slot == 0 {
				continue
			}
			if s.gone[w] || s.offered[w] != 0 || !s.free(slot-1, -1) {
				return false, s
			}
			s.offered[w] = slot
		}
		return a.ok, s
	case "accept":
		slot := s.offered[d.number]
		if slot == 0 || s.gone[d.number] {
			return !a.ok, s
		}
		s.offered[d.number], s.gone[d.number] = 0, true
		s.book(slot-1, a.number, linearVisitors)
		return a.ok && a.slot == slot-1, s
	}
	return false, s
}

func (s *linearState) book(slot, number, who int) {
	s.booked[slot], s.place[number], s.owner[number] = number+1, slot+1, who
}

func (s linearState) move(d linearDeed, a linearAnswer) (bool, linearState) {
	at, owner := s.place[d.number], s.owner[d.number]
	switch {
	case at < 0:
		return !a.ok, s
	case at == d.slot+1:
		return a.ok, s
	case !s.free(d.slot, owner):
		return !a.ok, s
	}
	s.booked[at-1] = 0
	s.book(d.slot, d.number, owner)
	if owner < linearVisitors {
		s.held[owner] = 0
	}
	return a.ok, s
}

func linearModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return linearState{} },
		Step: func(state, input, output any) (bool, any) {
			return state.(linearState).apply(input.(linearDeed), output.(linearAnswer))
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
	}
}

// linearHouse carries deeds out and takes down when.
type linearHouse struct {
	*house
	slots   []Slot
	waiting []string
	began   time.Time

	mu      sync.Mutex
	numbers []int
	history []porcupine.Operation
}

func newLinearHouse(t *testing.T) *linearHouse {
	file := small("Europe/Moscow", "Mo-Su 08:00-20:00", person("ann", "Mo-Su 09:00-12:00"), "{notice: 0m, step: 30m, per_visitor: 100, horizon: 2d}")
	h := &linearHouse{house: open(t, file, "2026-11-25T08:00"), began: time.Now()}
	h.slots = h.free(Query{Service: "short"})[:linearSlots]
	for i := range linearWaiting {
		w := must(h.house, func(tx *storage.Tx) (Waiting, error) {
			return h.Join(tx, Wish{Service: "short", From: h.slots[0].Start, To: h.slots[linearSlots-1].End, Conversation: fmt.Sprint("w", i)}, h.now)
		})
		h.waiting = append(h.waiting, w.ID)
	}
	return h
}

// draw picks a deed of a visitor.
func (h *linearHouse) draw(random *rand.Rand, who int) linearDeed {
	d := linearDeed{who: who, slot: random.IntN(linearSlots), number: random.IntN(linearWaiting)}
	d.verb = []string{"request", "request", "hold", "hold", "release", "cancel", "cancel", "move", "move", "offers", "accept", "accept"}[random.IntN(12)]
	if d.verb == "cancel" || d.verb == "move" {
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.numbers) == 0 {
			d.verb = "request"
			return d
		}
		d.number = h.numbers[random.IntN(len(h.numbers))]
	}
	return d
}

// do carries a deed out and takes it down.
func (h *linearHouse) do(d linearDeed) error {
	began := time.Since(h.began)
	a, err := h.carry(d)
	if err != nil {
		return fmt.Errorf("%+v: %w", d, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if a.ok && (d.verb == "request" || d.verb == "accept") {
		h.numbers = append(h.numbers, a.number)
	}
	h.history = append(h.history, porcupine.Operation{
		ClientId: d.who, Input: d, Call: began.Nanoseconds(), Output: a, Return: time.Since(h.began).Nanoseconds(),
	})
	return nil
}

func (h *linearHouse) carry(d linearDeed) (linearAnswer, error) {
	who, name := fmt.Sprint("v", d.who), fmt.Sprint("A-", 1001+d.number)
	var made Appointment
	var a linearAnswer
	err := h.db.Update(func(tx *storage.Tx) (err error) {
		a, made = linearAnswer{}, Appointment{}
		switch d.verb {
		case "request":
			made, err = h.Request(tx, Booking{Slot: h.slots[d.slot], Conversation: who}, h.now)
		case "hold":
			_, err = h.Calendar.Hold(tx, h.slots[d.slot], who, h.now)
		case "release":
			err = h.Release(tx, who)
		case "cancel":
			_, err = h.Cancel(tx, name, 0, visitor, h.now)
		case "move":
			_, err = h.Move(tx, name, 0, h.slots[d.slot], visitor, h.now)
		case "offers":
			var all []Offer
			all, err = h.Offers(tx, h.now)
			for _, o := range all {
				a.offers[h.place(h.waiting, o.ID)] = 1 + h.at(o.Slot)
			}
		case "accept":
			made, err = h.Accept(tx, h.waiting[d.number], Booking{}, h.now)
		}
		return err
	})
	if errors.Is(err, ErrTaken) || errors.Is(err, ErrStatus) || errors.Is(err, ErrOffer) {
		return linearAnswer{}, nil
	}
	if made.Number != "" {
		n, _ := strconv.Atoi(strings.TrimPrefix(made.Number, "A-"))
		a.number, a.slot = n-1001, h.at(made.Slot)
		if d.verb == "request" {
			a.slot = 0
		}
	}
	a.ok = err == nil
	return a, err
}

func (h *linearHouse) at(s Slot) int {
	for i, o := range h.slots {
		if o == s {
			return i
		}
	}
	h.Errorf("a slot that nobody asked for: %+v", s)
	return 0
}

func (h *linearHouse) place(all []string, one string) int {
	for i, o := range all {
		if o == one {
			return i
		}
	}
	return 0
}

// TestHistoriesAreLinearizable lets visitors work at once and checks that what they were
// answered is what one calendar, asked one after another in some order that keeps to the
// clock, would have answered.
func TestHistoriesAreLinearizable(t *testing.T) {
	histories := 30
	if testing.Short() {
		histories = 3
	}
	verbs := map[string]int{}
	for seed := range histories {
		h := newLinearHouse(t)
		var all sync.WaitGroup
		failed := make(chan error, linearVisitors)
		for who := range linearVisitors {
			all.Go(func() {
				random := rand.New(rand.NewPCG(uint64(seed), uint64(who)))
				for range 40 {
					if err := h.do(h.draw(random, who)); err != nil {
						failed <- err
						return
					}
				}
			})
		}
		all.Wait()
		close(failed)
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
		if got := porcupine.CheckOperationsTimeout(linearModel(), h.history, time.Minute); got != porcupine.Ok {
			t.Fatalf("history %d is %s", seed, got)
		}
		for _, op := range h.history {
			if op.Output.(linearAnswer).ok {
				verbs[op.Input.(linearDeed).verb]++
			}
		}
		if seed == 0 {
			h.forged(t)
		}
	}
	t.Logf("%d histories; done: %v", histories, verbs)
	if verbs["accept"] == 0 || verbs["move"] == 0 {
		t.Error("nobody accepted or moved anything")
	}
}

// forged checks that a history in which one refusal is told as a success is found out.
func (h *linearHouse) forged(t *testing.T) {
	t.Helper()
	for i, op := range h.history {
		a := op.Output.(linearAnswer)
		if d := op.Input.(linearDeed); d.verb == "request" && !a.ok {
			lie := append([]porcupine.Operation(nil), h.history...)
			lie[i].Output = linearAnswer{ok: true, number: linearNumbers - 1}
			if got := porcupine.CheckOperationsTimeout(linearModel(), lie, time.Minute); got != porcupine.Illegal {
				t.Errorf("a history with a lie is %s", got)
			}
			return
		}
	}
	t.Error("no request was refused")
}
