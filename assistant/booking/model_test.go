package booking

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// naive is the calendar as one would first think of it: a list of what is occupied.
type naive struct {
	booked map[string]naiveBooking // by number
	held   map[string]naiveHold    // by conversation
}

type naiveBooking struct {
	slot    Slot
	owner   string
	status  Status
	version int
}

type naiveHold struct {
	slot  Slot
	until time.Time
}

// machine plays a calendar and the naive one side by side. Two specialists of one
// branch, two services, two days, three visitors.
type machine struct {
	h     *house
	naive naive
	slots []Slot // all that the hours and the grid allow
}

var visitors = []string{"v1", "v2", "v3"}

func newMachine(outer *testing.T, t *rapid.T) *machine {
	dir, err := os.MkdirTemp(outer.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	file := small("Europe/Berlin", "Mo-Su 08:00-20:00; Su 22:00-03:00", person("ann", "Sa 10:00-14:00; Su 23:00-03:00")+"\n"+
		person("bob", "Sa-Su 09:00-11:00,12:00-13:00"), "{notice: 30m, step: 30m, hold: 10m, per_visitor: 4, confirm: staff}")
	c, _, err := clinic.Parse("test.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{
		h:     opened(outer, c, store(t, dir), "2026-10-23T20:00"), // the clock goes back in the night to Monday
		naive: naive{booked: map[string]naiveBooking{}, held: map[string]naiveHold{}},
	}
	for _, service := range []string{"short", "hour"} {
		m.slots = append(m.slots, m.h.free(Query{Service: service, To: m.h.now.AddDate(0, 0, 4)})...)
	}
	return m
}

// occupied lists the numbers and conversations in the slot's way.
func (m *machine) occupied(s Slot, who, ignore string) []string {
	var by []string
	for number, b := range m.naive.booked {
		if number != ignore && (b.status == Requested || b.status == Confirmed) && m.clash(b.slot, s) {
			by = append(by, number)
		}
	}
	for conversation, h := range m.naive.held {
		if conversation != who && m.h.now.Before(h.until) && m.clash(h.slot, s) {
			by = append(by, conversation)
		}
	}
	return by
}

func (m *machine) clash(a, b Slot) bool {
	wide := func(s Slot) (time.Time, time.Time) {
		if s.Service == "hour" {
			return s.Start.Add(-5 * time.Minute), s.End.Add(15 * time.Minute)
		}
		return s.Start, s.End
	}
	aFrom, aTo := wide(a)
	bFrom, bTo := wide(b)
	return a.Specialist == b.Specialist && aFrom.Before(bTo) && bFrom.Before(aTo)
}

// expected is the error that a request, hold or move has to have. What was offered in
// time may be held for as long as a hold lasts, and what was held may be booked as long
// again: that is the grace.
func (m *machine) expected(s Slot, who, ignore string, grace time.Duration) error {
	open := 0
	for _, b := range m.naive.booked {
		if b.owner == who && (b.status == Requested || b.status == Confirmed) && b.slot.End.After(m.h.now) {
			open++
		}
	}
	switch {
	case s.Start.Before(m.h.now):
		return ErrPast
	case s.Start.Before(m.h.now.Add(30*time.Minute - grace)):
		return ErrNotice
	case len(m.occupied(s, who, ignore)) > 0:
		return ErrTaken
	case ignore == "" && open >= 4:
		return ErrLimit
	}
	return nil
}

func (m *machine) pick(t *rapid.T) (Slot, string) {
	return rapid.SampledFrom(m.slots).Draw(t, "slot"), rapid.SampledFrom(visitors).Draw(t, "visitor")
}

func (m *machine) number(t *rapid.T) string {
	if len(m.naive.booked) == 0 {
		t.Skip("nothing booked")
	}
	return fmt.Sprintf("A-%d", rapid.IntRange(1001, 1000+len(m.naive.booked)).Draw(t, "number"))
}

func (m *machine) Request(t *rapid.T) {
	s, who := m.pick(t)
	want := m.expected(s, who, "", 20*time.Minute)
	a, err := try(m.h, func(tx *storage.Tx) (Appointment, error) {
		return m.h.Request(tx, Booking{Slot: s, Conversation: who}, m.h.now)
	})
	if !errors.Is(err, want) {
		t.Fatalf("Request: %v, want %v", err, want)
	}
	if err == nil {
		m.naive.booked[a.Number] = naiveBooking{s, who, Requested, 1}
		delete(m.naive.held, who)
	}
}

func (m *machine) Hold(t *rapid.T) {
	s, who := m.pick(t)
	want := m.expected(s, who, "", 10*time.Minute)
	h, err := m.h.hold(s, who)
	if !errors.Is(err, want) {
		t.Fatalf("Hold: %v, want %v", err, want)
	}
	if err == nil {
		m.naive.held[who] = naiveHold{s, h.Until}
	}
}

func (m *machine) Release(t *rapid.T) {
	who := rapid.SampledFrom(visitors).Draw(t, "visitor")
	m.h.update(func(tx *storage.Tx) error { return m.h.Release(tx, who) })
	delete(m.naive.held, who)
}

func (m *machine) Move(t *rapid.T) {
	number, by := m.number(t), visitor
	s, _ := m.pick(t)
	if rapid.Bool().Draw(t, "by staff") {
		by = reception
	}
	b := m.naive.booked[number]
	open := b.status == Requested || b.status == Confirmed
	want := m.expected(s, b.owner, number, 20*time.Minute)
	switch {
	case !open, !by.Staff && !m.h.now.Before(b.slot.Start):
		want = ErrStatus
	case s == b.slot:
		want = nil
	case by.Staff && errors.Is(want, ErrNotice):
		if want = nil; len(m.occupied(s, b.owner, number)) > 0 {
			want = ErrTaken
		}
	}
	_, err := try(m.h, func(tx *storage.Tx) (Appointment, error) { return m.h.Move(tx, number, b.version, s, by, m.h.now) })
	if !errors.Is(err, want) {
		t.Fatalf("Move of %+v to %+v: %v, want %v", b, s, err, want)
	}
	if err == nil && s != b.slot {
		if !by.Staff {
			b.status = Requested
		}
		m.naive.booked[number] = naiveBooking{s, b.owner, b.status, b.version + 1}
		delete(m.naive.held, b.owner)
	}
}

func (m *machine) Decide(t *rapid.T) {
	number := m.number(t)
	b := m.naive.booked[number]
	type verb struct {
		do   func(*storage.Tx, string, int, Change, time.Time) (Appointment, error)
		to   Status
		from []Status
	}
	v := rapid.SampledFrom([]verb{
		{m.h.Confirm, Confirmed, []Status{Requested}},
		{m.h.Decline, Declined, []Status{Requested}},
		{m.h.Cancel, Cancelled, []Status{Requested, Confirmed}},
	}).Draw(t, "verb")
	stale := rapid.IntRange(0, 9).Draw(t, "stale") == 0
	version := b.version
	if stale {
		version++
	}
	_, err := try(m.h, func(tx *storage.Tx) (Appointment, error) { return v.do(tx, number, version, reception, m.h.now) })
	switch {
	case stale:
		if !errors.Is(err, ErrStale) {
			t.Fatalf("stale: %v", err)
		}
	case b.status == v.to:
		if err != nil {
			t.Fatalf("again: %v", err)
		}
	case slices.Contains(v.from, b.status):
		if err != nil {
			t.Fatalf("%s: %v", v.to, err)
		}
		b.status, b.version = v.to, b.version+1
		m.naive.booked[number] = b
	case !errors.Is(err, ErrStatus):
		t.Fatalf("%s from %s: %v", v.to, b.status, err)
	}
}

func (m *machine) TimePasses(t *rapid.T) {
	m.h.now = m.h.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
}

func (m *machine) Sweep(*rapid.T) {
	must(m.h, func(tx *storage.Tx) (int, error) { return m.h.Sweep(tx, m.h.now) })
}

// Check compares all that is listed as free, for one visitor, with the naive calendar,
// and all appointments with what they should be.
func (m *machine) Check(t *rapid.T) {
	who := rapid.SampledFrom(visitors).Draw(t, "who looks")
	var want []Slot
	for _, s := range m.slots {
		if !s.Start.Before(m.h.now.Add(30*time.Minute)) && len(m.occupied(s, who, "")) == 0 {
			want = append(want, s)
		}
	}
	var got []Slot
	for _, service := range []string{"short", "hour"} {
		got = append(got, m.h.free(Query{Service: service, To: m.slots[len(m.slots)-1].End, For: who})...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("free for %s:\n%s", who, diff)
	}
	m.h.view(func(tx *storage.Tx) error {
		for number, b := range m.naive.booked {
			a, err := Get(tx, number)
			if err != nil {
				return err
			}
			if a.Slot != b.slot || a.Status != b.status || a.Version != b.version {
				t.Fatalf("%s is %+v, want %+v", number, a, b)
			}
		}
		return nil
	})
}

func TestCalendarAgainstAListOfIntervals(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(outer, t)
		t.Repeat(map[string]func(*rapid.T){
			"request": m.Request, "hold": m.Hold, "release": m.Release, "move": m.Move, "decide": m.Decide,
			"time passes": m.TimePasses, "sweep": m.Sweep, "": m.Check,
		})
	})
}
