package booking

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// salon is a house where visits have several services: ann does all, bob and cat some;
// nails wait for polish to dry.
const salon = `
name: {en: Test}
timezone: Europe/Moscow
languages: [en]
phone: "+442079460958"
privacy: {operator: Test, contact: test}
branches:
  - {id: main, name: {en: Main}, address: {en: here}, hours: "Mo-Su 08:00-20:00"}
  - {id: far, name: {en: Far}, address: {en: there}, hours: "Mo-Su 08:00-20:00"}
rooms: [{id: table, name: {en: Table}, branch: main}]
services:
  - {id: cut, name: {en: Cut}, duration: 45m}
  - {id: color, name: {en: Colour}, duration: 60m, buffer: 15m}
  - {id: nails, name: {en: Nails}, duration: 30m, needs: [table], buffer_before: 15m}
  - {id: feet, name: {en: Feet}, duration: 30m, needs: [table]}
  - {id: brows, name: {en: Brows}, duration: 15m}
specialists:
  - {id: ann, name: {en: Ann}, services: [cut, color, nails], branch: main, hours: "Mo-Su 10:00-14:00"}
  - {id: bob, name: {en: Bob}, services: [cut, feet], branch: main, hours: "Mo-Su 09:00-11:00"}
  - {id: cat, name: {en: Cat}, services: [nails], branch: main, hours: "Mo-Su 10:00-18:00"}
  - {id: dan, name: {en: Dan}, services: [cut, brows], branch: far, hours: "Mo-Su 12:00-14:00"}
booking: {confirm: staff, notice: 0m, step: 15m, horizon: 3d, per_visitor: 2, hold: 10m}
`

// shown writes a visit as "10:00 cut ann, 10:45 nails cat".
func (h *house) shown(v Visit) string {
	var all []string
	for _, s := range v.Slots {
		all = append(all, s.Start.In(h.clinic.Location).Format("15:04")+" "+s.Service+" "+s.Specialist)
	}
	return strings.Join(all, ", ")
}

func (h *house) visits(q VisitQuery) []Visit {
	h.Helper()
	var found []Visit
	h.view(func(tx *storage.Tx) (err error) {
		found, err = h.FreeVisits(tx, q, h.now)
		return err
	})
	return found
}

func (h *house) requestVisit(v Visit, conversation string) ([]Appointment, error) {
	return try(h, func(tx *storage.Tx) ([]Appointment, error) {
		return h.RequestVisit(tx, v, Booking{Conversation: conversation, Author: "visitor"}, h.now)
	})
}

func TestVisitsOfSeveralServices(t *testing.T) {
	tests := []struct {
		name string
		q    VisitQuery
		busy []string // "service specialist time"
		want []string // of the day; at most the first three
	}{
		{
			"by two people, as soon as it can be",
			VisitQuery{Services: []string{"cut", "nails"}},
			nil,
			[]string{"09:00 cut bob, 10:00 nails ann", "09:15 cut bob, 10:00 nails ann", "09:30 cut bob, 10:15 nails ann"},
		},
		{
			"one keeps her buffer and prefers nobody else",
			VisitQuery{Services: []string{"cut", "nails"}, Specialist: "ann"},
			nil,
			[]string{"10:00 cut ann, 11:00 nails ann", "10:15 cut ann, 11:15 nails ann", "10:30 cut ann, 11:30 nails ann"},
		},
		{
			"buffers after one and before the other",
			VisitQuery{Services: []string{"color", "nails"}, From: onTheDay("11:15")},
			nil,
			[]string{"11:15 color ann, 12:15 nails cat", "11:30 color ann, 12:30 nails cat", "11:45 color ann, 12:45 nails cat"},
		},
		{
			"the one table",
			VisitQuery{Services: []string{"feet", "nails"}, From: onTheDay("09:45")},
			nil,
			[]string{"09:45 feet bob, 10:30 nails ann", "10:00 feet bob, 10:45 nails ann", "10:15 feet bob, 11:00 nails ann"},
		},
		{
			"in another order when the first does not fit",
			VisitQuery{Services: []string{"nails", "feet"}},
			[]string{"feet bob 10:30"},
			[]string{"09:15 feet bob, 10:00 nails ann"},
		},
		{
			"in the other branch",
			VisitQuery{Services: []string{"cut", "brows"}},
			nil,
			[]string{"12:00 cut dan, 12:45 brows dan", "12:15 cut dan, 13:00 brows dan", "12:30 cut dan, 13:15 brows dan"},
		},
		{
			"the same twice",
			VisitQuery{Services: []string{"brows", "brows"}, Within: []clinic.Span{{From: 13*60 + 15, To: 14 * 60}}},
			nil,
			[]string{"13:15 brows dan, 13:30 brows dan", "13:30 brows dan, 13:45 brows dan"},
		},
		{
			"three",
			VisitQuery{Services: []string{"feet", "cut", "nails"}, Branch: "main"},
			nil,
			[]string{"09:00 feet bob, 09:30 cut bob, 10:15 nails ann", "09:15 feet bob, 09:45 cut bob, 10:30 nails ann", "09:30 feet bob, 10:00 cut bob, 10:45 nails ann"},
		},
		{
			"around what is booked",
			VisitQuery{Services: []string{"cut", "nails"}},
			[]string{"cut bob 09:00", "nails ann 10:15"},
			[]string{"10:00 cut bob, 11:00 nails ann"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := open(t, salon, "2026-11-25T08:00")
			for _, b := range tt.busy {
				words := strings.Fields(b)
				h.request(h.slot(words[0], words[1], "2026-11-25T"+words[2]), b)
			}
			q := tt.q
			if q.To.IsZero() {
				q.To = h.time("2026-11-26T00:00")
			}
			var got []string
			for _, v := range h.visits(q)[:] {
				got = append(got, h.shown(v))
			}
			if len(got) > 3 && len(tt.want) == 3 {
				got = got[:3]
			}
			if len(tt.want) == 1 {
				got = got[:min(len(got), 1)]
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// onTheDay is a time of the day on which the tests of visits play.
func onTheDay(clock string) time.Time {
	t, err := time.Parse(time.RFC3339, "2026-11-25T"+clock+":00+03:00")
	if err != nil {
		panic(err)
	}
	return t
}

func TestVisitsThatCannotBe(t *testing.T) {
	h := open(t, salon, "2026-11-25T08:00")
	for name, q := range map[string]VisitQuery{
		"no service":                 {},
		"an unknown service":         {Services: []string{"cut", "massage"}},
		"services of two branches":   {Services: []string{"nails", "brows"}},
		"a foreign branch":           {Services: []string{"cut", "brows"}, Branch: "main"},
		"an unknown branch":          {Services: []string{"cut"}, Branch: "moon"},
		"who does none of them":      {Services: []string{"nails", "color"}, Specialist: "bob"},
		"who does none of them here": {Services: []string{"cut", "nails"}, Specialist: "dan"},
		"too many":                   {Services: []string{"cut", "cut", "cut", "cut", "cut", "cut"}},
	} {
		h.view(func(tx *storage.Tx) error {
			if _, err := h.FreeVisits(tx, q, h.now); !errors.Is(err, ErrUnknown) {
				t.Errorf("%s: %v", name, err)
			}
			return nil
		})
	}
	cut := h.slot("cut", "bob", "2026-11-25T09:15")
	slot := func(service, specialist, clock string) Slot { return h.slot(service, specialist, "2026-11-25T"+clock) }
	h.request(slot("nails", "cat", "13:30"), "somebody")
	for _, tt := range []struct {
		name  string
		slots []Slot
		want  error
		near  bool
	}{
		{"nothing", nil, ErrUnknown, false},
		{"too early", []Slot{cut, slot("nails", "ann", "09:45")}, ErrGrid, false},
		{"too long a wait", []Slot{cut, slot("nails", "ann", "10:30")}, ErrGrid, false},
		{"two branches", []Slot{slot("cut", "ann", "11:15"), slot("brows", "dan", "12:00")}, ErrUnknown, false},
		{"out of hours", []Slot{slot("cut", "bob", "08:15"), slot("feet", "bob", "09:00")}, ErrAbsent, true},
		{"the second is taken", []Slot{slot("cut", "ann", "12:45"), slot("nails", "cat", "13:30")}, ErrTaken, true},
		{"the table is not ready", []Slot{slot("feet", "bob", "10:00"), slot("nails", "ann", "10:30")}, ErrTaken, true},
		{"the past", []Slot{h.slot("cut", "bob", "2026-11-24T09:15"), h.slot("nails", "ann", "2026-11-24T10:00")}, ErrPast, true},
		{"too far", []Slot{h.slot("cut", "bob", "2026-12-24T09:15"), h.slot("nails", "ann", "2026-12-24T10:00")}, ErrHorizon, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := h.requestVisit(Visit{tt.slots}, "v1")
			refusal, _ := errors.AsType[*Refusal](err)
			if !errors.Is(err, tt.want) || refusal != nil && (len(refusal.Visits) > 0) != tt.near {
				t.Errorf("%v, near: %v", err, refusal)
			}
			h.view(func(tx *storage.Tx) error {
				if own, err := OfConversation(tx, "v1"); err != nil || len(own) > 0 {
					t.Errorf("half of a visit was booked: %v, %v", own, err)
				}
				return nil
			})
		})
	}
}

func TestAVisitIsHeldAndBookedWhole(t *testing.T) {
	h := open(t, salon, "2026-11-25T08:00")
	q := VisitQuery{Services: []string{"cut", "nails"}, Limit: 1}
	first := h.visits(q)[0]
	hold := must(h, func(tx *storage.Tx) (Hold, error) { return h.HoldVisit(tx, first, "v1", h.now) })
	if diff := cmp.Diff(first, hold.Visit()); diff != "" {
		t.Errorf("held:\n%s", diff)
	}
	for _, s := range first.Slots {
		if err := h.check(s, "v2", ""); !errors.Is(err, ErrTaken) {
			t.Errorf("%s for another: %v", s.Service, err)
		}
		if err := h.check(s, "v1", ""); err != nil {
			t.Errorf("%s for its keeper: %v", s.Service, err)
		}
	}
	if again := h.visits(VisitQuery{Services: q.Services, Limit: 1, For: "v1"})[0]; h.shown(again) != h.shown(first) {
		t.Errorf("for its keeper: %s", h.shown(again))
	}
	if other := h.visits(q)[0]; h.shown(other) == h.shown(first) {
		t.Errorf("for another: %s", h.shown(other))
	}
	h.listen()
	made, err := h.requestVisit(first, "v1")
	if err != nil || len(made) != 2 || made[0].Visit != "V-1" || made[1].Visit != "V-1" || made[0].Number == made[1].Number {
		t.Fatalf("booked: %+v, %v", made, err)
	}
	if made[1].Names.Service.In("en") != "Nails" || made[1].Names.Specialist.In("en") != "Ann" || made[1].Names.Branch.In("en") != "Main" {
		t.Errorf("names: %+v", made[1].Names)
	}
	if diff := cmp.Diff([]string{"appointment.requested", "appointment.requested"}, verbs(h.told())); diff != "" {
		t.Errorf("told:\n%s", diff)
	}
	h.view(func(tx *storage.Tx) error {
		if _, err := h.Held(tx, "v1", h.now); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("the hold is still there: %v", err)
		}
		return nil
	})
}

func verbs(told []string) []string {
	var all []string
	for _, line := range told {
		verb, _, _ := strings.Cut(line, " ")
		all = append(all, verb)
	}
	return all
}

func TestALeftVisitIsFree(t *testing.T) {
	h := open(t, salon, "2026-11-25T08:00")
	first := h.visits(VisitQuery{Services: []string{"cut", "nails"}, Limit: 1})[0]
	must(h, func(tx *storage.Tx) (Hold, error) { return h.HoldVisit(tx, first, "v1", h.now) })
	h.update(func(tx *storage.Tx) error { return h.Release(tx, "v1") })
	if again := h.visits(VisitQuery{Services: []string{"cut", "nails"}, Limit: 1})[0]; h.shown(again) != h.shown(first) {
		t.Errorf("released, but %s comes first", h.shown(again))
	}
	must(h, func(tx *storage.Tx) (Hold, error) { return h.HoldVisit(tx, first, "v1", h.now) })
	h.now = h.now.Add(11 * time.Minute)
	if _, err := h.requestVisit(first, "v2"); err != nil {
		t.Errorf("expired, but: %v", err)
	}
}

func TestMembersOfAVisitLiveAlone(t *testing.T) {
	h := open(t, salon, "2026-11-25T08:00")
	book := func() []Appointment {
		made, err := h.requestVisit(h.visits(VisitQuery{Services: []string{"cut", "nails"}, Limit: 1})[0], "v1")
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	one, two := book(), book()
	if _, err := h.requestVisit(h.visits(VisitQuery{Services: []string{"cut", "nails"}, Limit: 1})[0], "v1"); !errors.Is(err, ErrLimit) {
		t.Errorf("a third visit of one who may have two: %v", err)
	}
	must(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Move(tx, one[1].Number, 0, h.slot("nails", "cat", "2026-11-25T15:00"), visitor, h.now)
	})
	must(h, func(tx *storage.Tx) (Appointment, error) { return h.Cancel(tx, two[0].Number, 0, visitor, h.now) })
	states := func(visit string) string {
		var all []string
		h.view(func(tx *storage.Tx) error {
			own, err := OfVisit(tx, visit)
			for _, a := range own {
				all = append(all, fmt.Sprintf("%s %s %s", a.Service, a.Start.In(h.clinic.Location).Format("15:04"), a.Status))
			}
			return err
		})
		return strings.Join(all, ", ")
	}
	if got := states(one[0].Visit); got != "cut 09:00 requested, nails 15:00 requested" {
		t.Errorf("after a move: %s", got)
	}
	if got := states(two[0].Visit); got != "cut 09:45 cancelled, nails 10:45 requested" {
		t.Errorf("after a cancellation: %s", got)
	}
	cancelled := must(h, func(tx *storage.Tx) ([]Appointment, error) {
		return h.CancelVisit(tx, one[0].Visit, Change{Author: "visitor", ReasonID: "plans"}, h.now)
	})
	if len(cancelled) != 2 || cancelled[0].ReasonID != "plans" || states(one[0].Visit) != "cut 09:00 cancelled, nails 15:00 cancelled" {
		t.Errorf("the visit: %s", states(one[0].Visit))
	}
	_, err := try(h, func(tx *storage.Tx) ([]Appointment, error) { return h.CancelVisit(tx, one[0].Visit, visitor, h.now) })
	if !errors.Is(err, ErrStatus) {
		t.Errorf("cancelled again: %v", err)
	}
	if cancelled = must(h, func(tx *storage.Tx) ([]Appointment, error) { return h.CancelVisit(tx, two[0].Visit, visitor, h.now) }); len(cancelled) != 1 {
		t.Errorf("what is left of the other: %+v", cancelled)
	}
	for _, unknown := range []string{"V-9", ""} {
		_, err := try(h, func(tx *storage.Tx) ([]Appointment, error) { return h.CancelVisit(tx, unknown, visitor, h.now) })
		if !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("visit %q: %v", unknown, err)
		}
	}
}

func TestWhatHasBegunOfAVisitStays(t *testing.T) {
	h := open(t, salon, "2026-11-25T08:00")
	made, err := h.requestVisit(h.visits(VisitQuery{Services: []string{"cut", "nails"}, Limit: 1})[0], "v1")
	if err != nil {
		t.Fatal(err)
	}
	h.now = made[0].Start.Add(time.Minute)
	cancelled := must(h, func(tx *storage.Tx) ([]Appointment, error) { return h.CancelVisit(tx, made[0].Visit, visitor, h.now) })
	if len(cancelled) != 1 || cancelled[0].Number != made[1].Number {
		t.Errorf("cancelled: %+v", cancelled)
	}
	if cancelled = must(h, func(tx *storage.Tx) ([]Appointment, error) {
		return h.CancelVisit(tx, made[0].Visit, reception, h.now)
	}); len(cancelled) != 1 {
		t.Errorf("by staff: %+v", cancelled)
	}
}
