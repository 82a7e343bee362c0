package booking

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// rooms makes a house of the example with rooms: Ann 09–13, Bob 10–14 and Cat 09–14 in
// the north, Dan 09–12 in the south, every day, every half hour.
func rooms(t testing.TB) *house { return example(t, "rooms", "2026-11-23T08:00") }

func (h *house) except(e Exception) (Exception, []string, error) {
	h.Helper()
	var concerned []Appointment
	e, err := try(h, func(tx *storage.Tx) (done Exception, err error) {
		done, concerned, err = h.AddException(tx, e, reception, h.now)
		return done, err
	})
	return e, numbers(concerned), err
}

func (h *house) remove(id string) (Exception, []string, error) {
	h.Helper()
	var concerned []Appointment
	e, err := try(h, func(tx *storage.Tx) (done Exception, err error) {
		done, concerned, err = h.RemoveException(tx, id, reception, h.now)
		return done, err
	})
	return e, numbers(concerned), err
}

func numbers(all []Appointment) []string {
	var some []string
	for _, a := range all {
		some = append(some, a.Number)
	}
	return some
}

func TestWhatExceptionsChange(t *testing.T) {
	ann := Query{Service: "talk", Specialist: "ann"}
	tests := []struct {
		name     string
		e        Exception
		from, to string
		q        Query
		want     string // free on Wednesday the 25th
		refused  string // a start that is refused
		err      error
	}{
		{
			"an absence",
			Exception{Kind: Absence, Specialist: "ann", Reason: "sick"},
			"2026-11-25T09:30", "2026-11-25T12:00", ann,
			"2026-11-25 09:00 12:00 12:30", "2026-11-25T10:00", ErrAbsent,
		},
		{
			"an absence shifts no grid, and nobody is kept beyond its beginning",
			Exception{Kind: Absence, Specialist: "ann"},
			"2026-11-25T10:10", "2026-11-25T11:40", ann,
			"2026-11-25 09:00 09:30 12:00 12:30", "2026-11-25T10:00", ErrAbsent,
		},
		{
			"another's absence",
			Exception{Kind: Absence, Specialist: "bob"},
			"2026-11-25T09:30", "2026-11-25T12:00", ann,
			"2026-11-25 09:00 09:30 10:00 10:30 11:00 11:30 12:00 12:30", "", nil,
		},
		{
			"a closed branch",
			Exception{Kind: Closure, Branch: "north"},
			"2026-11-24T00:00", "2026-11-25T12:30", ann,
			"2026-11-25 12:30", "2026-11-25T10:00", ErrClosed,
		},
		{
			"a closed house",
			Exception{Kind: Closure},
			"2026-11-25T00:00", "2026-11-26T00:00", ann,
			"", "2026-11-25T10:00", ErrClosed,
		},
		{
			"a block",
			Exception{Kind: Block, Specialist: "ann"},
			"2026-11-25T10:15", "2026-11-25T12:30", ann,
			"2026-11-25 09:00 09:30 12:30", "2026-11-25T10:00", ErrTaken,
		},
		{
			"a block of several days",
			Exception{Kind: Block, Specialist: "ann"},
			"2026-11-23T12:00", "2026-11-25T11:00", ann,
			"2026-11-25 11:00 11:30 12:00 12:30", "2026-11-25T09:00", ErrTaken,
		},
		{
			"a block of one of two lasers",
			Exception{Kind: Block, Room: "laser-1"},
			"2026-11-20T10:00", "2026-11-29T12:30",
			Query{Service: "epilation", Specialist: "ann"},
			"2026-11-25 09:00 09:30 10:00 10:30 11:00 11:30 12:00", "", nil,
		},
		{
			"a block of the only laser",
			Exception{Kind: Block, Room: "laser-3"},
			"2026-11-25T10:00", "2026-11-25T10:15",
			Query{Service: "epilation", Specialist: "dan"},
			"2026-11-25 09:00 10:30 11:00", "2026-11-25T10:00", ErrTaken,
		},
		{
			"extra hours, with a grid of their own",
			Exception{Kind: Extra, Specialist: "ann"},
			"2026-11-25T17:15", "2026-11-25T18:15", ann,
			"2026-11-25 09:00 09:30 10:00 10:30 11:00 11:30 12:00 12:30 17:15 17:45", "2026-11-25T17:30", ErrGrid,
		},
		{
			"extra hours when the branch is closed by the file",
			Exception{Kind: Extra, Specialist: "ann"},
			"2026-11-25T20:00", "2026-11-25T21:00", ann,
			"2026-11-25 09:00 09:30 10:00 10:30 11:00 11:30 12:00 12:30 20:00 20:30", "2026-11-25T21:00", ErrClosed,
		},
		{
			"extra hours that go on where the file's end",
			Exception{Kind: Extra, Specialist: "ann"},
			"2026-11-25T13:00", "2026-11-25T13:30",
			Query{Service: "filling", Specialist: "ann"},
			"2026-11-25 09:00 09:30 10:00 10:30 11:00 11:30 12:00 12:30", "2026-11-25T13:00", ErrAbsent,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := rooms(t)
			tt.q.From, tt.q.To = h.time("2026-11-25T00:00"), h.time("2026-11-26T00:00")
			before := h.clocks(h.free(tt.q)) // and remembered
			tt.e.From, tt.e.To = h.time(tt.from), h.time(tt.to)
			e, concerned, err := h.except(tt.e)
			if err != nil || len(concerned) > 0 {
				t.Fatalf("%v, concerns %v", err, concerned)
			}
			if got := h.clocks(h.free(tt.q)); got != tt.want {
				t.Errorf("free\n got %s\nwant %s", got, tt.want)
			}
			if tt.refused != "" {
				s := h.slot(tt.q.Service, tt.q.Specialist, tt.refused)
				err := h.check(s, "me", "")
				if r, ok := errors.AsType[*Refusal](err); !errors.Is(err, tt.err) || ok && len(r.Nearest) == 0 {
					t.Errorf("Check at %s: %v, want %v with what is near", tt.refused, err, tt.err)
				}
			}
			if _, _, err := h.remove(e.ID); err != nil {
				t.Fatal(err)
			}
			if got := h.clocks(h.free(tt.q)); got != before {
				t.Errorf("free when it is removed\n got %s\nwant %s", got, before)
			}
		})
	}
}

func TestAClosureOutweighsExtraHours(t *testing.T) {
	h := rooms(t)
	from, to := h.time("2026-11-25T16:00"), h.time("2026-11-25T18:00")
	for _, e := range []Exception{{Kind: Closure, Branch: "north", From: from, To: to.Add(-time.Hour)}, {Kind: Extra, Specialist: "ann", From: from, To: to}} {
		if _, _, err := h.except(e); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.clocks(h.free(Query{Service: "talk", Specialist: "ann", From: from, To: to})); got != "2026-11-25 17:00 17:30" {
		t.Errorf("free: %s", got)
	}
}

func TestExceptionsTellWhomTheyConcernAndCancelNothing(t *testing.T) {
	h := rooms(t)
	first := h.request(h.slot("talk", "ann", "2026-11-25T09:00"), "v1")
	second := h.request(h.slot("talk", "ann", "2026-11-25T09:30"), "v2")
	chair := h.request(h.slot("filling", "bob", "2026-11-25T10:00"), "v3")
	other := h.request(h.slot("filling", "cat", "2026-11-25T10:30"), "v4")
	gone := h.request(h.slot("talk", "ann", "2026-11-25T10:00"), "v5")
	must(h, func(tx *storage.Tx) (Appointment, error) { return h.Cancel(tx, gone.Number, 0, reception, h.now) })
	at := func(s string) time.Time { return h.time("2026-11-25T" + s) }
	tests := []struct {
		name string
		e    Exception
		want []string
	}{
		{"an absence", Exception{Kind: Absence, Specialist: "ann", From: at("09:29"), To: at("12:00")}, []string{first.Number, second.Number}},
		{"one that ends in time", Exception{Kind: Absence, Specialist: "ann", From: at("08:00"), To: at("09:00")}, nil},
		{"a closure", Exception{Kind: Closure, Branch: "north", From: at("10:00"), To: at("10:30")}, []string{chair.Number}},
		{"a closure elsewhere", Exception{Kind: Closure, Branch: "south", From: at("00:00"), To: at("23:00")}, nil},
		{"a block of a person", Exception{Kind: Block, Specialist: "ann", From: at("09:45"), To: at("11:00")}, []string{second.Number}},
		{"one of two chairs, when both are taken", Exception{Kind: Block, Room: "chairs", From: at("10:00"), To: at("12:00")}, []string{chair.Number, other.Number}},
		{"one of two chairs, when one is taken", Exception{Kind: Block, Room: "chairs", From: at("10:00"), To: at("10:30")}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, concerned, err := h.except(tt.e)
			if err != nil || !slices.Equal(concerned, tt.want) {
				t.Errorf("concerns %v, %v; want %v", concerned, err, tt.want)
			}
			again, concerned, err := h.except(tt.e)
			if err != nil || again.ID != e.ID || !slices.Equal(concerned, tt.want) {
				t.Errorf("noted again: %s, %v, %v; want %s once", again.ID, concerned, err, e.ID)
			}
			if _, concerned, err = h.remove(e.ID); err != nil || len(concerned) > 0 {
				t.Errorf("removed: %v, %v", concerned, err)
			}
		})
	}
	h.view(func(tx *storage.Tx) error {
		a, err := Get(tx, second.Number)
		if a.Status != Confirmed || a.Version != 1 {
			t.Errorf("the appointment in the way is %s at version %d", a.Status, a.Version)
		}
		return err
	})
}

func TestRemovingExtraHoursTellsWhoIsInThem(t *testing.T) {
	h := rooms(t)
	e, _, err := h.except(Exception{Kind: Extra, Specialist: "ann", From: h.time("2026-11-25T16:00"), To: h.time("2026-11-25T18:00")})
	if err != nil {
		t.Fatal(err)
	}
	a := h.request(h.slot("talk", "ann", "2026-11-25T17:00"), "v1")
	h.request(h.slot("talk", "bob", "2026-11-25T12:00"), "v1")
	if _, concerned, err := h.remove(e.ID); err != nil || !slices.Equal(concerned, []string{a.Number}) {
		t.Errorf("concerns %v, %v; want %s", concerned, err, a.Number)
	}
}

func TestExceptionsThatAreRefused(t *testing.T) {
	h := rooms(t)
	from, to := h.time("2026-11-25T10:00"), h.time("2026-11-25T11:00")
	tests := []struct {
		name string
		e    Exception
		want error
	}{
		{"no kind", Exception{Specialist: "ann"}, ErrException},
		{"an absence of nobody", Exception{Kind: Absence}, ErrException},
		{"an absence of a branch", Exception{Kind: Absence, Branch: "north"}, ErrException},
		{"a block of two things", Exception{Kind: Block, Specialist: "ann", Room: "chairs"}, ErrException},
		{"nobody known", Exception{Kind: Absence, Specialist: "eve"}, ErrUnknown},
		{"no branch known", Exception{Kind: Closure, Branch: "west"}, ErrUnknown},
		{"no room known", Exception{Kind: Block, Room: "laser"}, ErrUnknown},
		{"the wrong way round", Exception{Kind: Absence, Specialist: "ann", From: to, To: from}, ErrException},
		{"for ever", Exception{Kind: Absence, Specialist: "ann", From: from, To: from.AddDate(3, 0, 0)}, ErrException},
		{"extra days", Exception{Kind: Extra, Specialist: "ann", From: from, To: from.AddDate(0, 0, 2)}, ErrException},
		{"over", Exception{Kind: Absence, Specialist: "ann", From: from.AddDate(0, 0, -9), To: to.AddDate(0, 0, -9)}, ErrPast},
		{"words for a reason", Exception{Kind: Absence, Specialist: "ann", Reason: "has the flu"}, ErrException},
	}
	for _, tt := range tests {
		if tt.e.From.IsZero() {
			tt.e.From, tt.e.To = from, to
		}
		if _, _, err := h.except(tt.e); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	for _, id := range []string{"E-1", "E-", "W-1", ""} {
		if _, _, err := h.remove(id); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("removing %q: %v", id, err)
		}
	}
}

func TestExceptionsAreListedAndJournaled(t *testing.T) {
	h := rooms(t)
	at := func(s string) time.Time { return h.time("2026-11-" + s) }
	var ids []string
	for _, e := range []Exception{
		{Kind: Absence, Specialist: "ann", From: at("26T00:00"), To: at("28T00:00"), Reason: "vacation"},
		{Kind: Closure, Branch: "south", From: at("25T10:00"), To: at("25T11:00")},
		{Kind: Block, Room: "chairs", From: at("24T10:00"), To: at("26T10:00")},
	} {
		e, _, err := h.except(e)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	listed := func(from, to time.Time) string {
		var got []string
		h.view(func(tx *storage.Tx) error {
			all, err := Exceptions(tx, from, to)
			for _, e := range all {
				got = append(got, e.ID)
			}
			return err
		})
		return strings.Join(got, " ")
	}
	for _, tt := range []struct {
		from, to time.Time
		want     string
	}{
		{time.Time{}, time.Time{}, "E-3 E-2 E-1"},
		{at("25T11:00"), at("26T00:00"), "E-3"},
		{at("27T00:00"), time.Time{}, "E-1"},
		{at("28T00:00"), time.Time{}, ""},
	} {
		if got := listed(tt.from, tt.to); got != tt.want {
			t.Errorf("from %v to %v: %s, want %s", tt.from, tt.to, got, tt.want)
		}
	}
	if _, _, err := h.remove(ids[0]); err != nil {
		t.Fatal(err)
	}
	want := []string{"o_1 exception.added E-1", "o_1 exception.added E-2", "o_1 exception.added E-3", "o_1 exception.removed E-1"}
	if got := h.journal(); !slices.Equal(got, want) {
		t.Errorf("journal: %q", got)
	}
}

// A plan that a transaction made which came to nothing is nobody else's.
func TestARolledBackExceptionIsNotRemembered(t *testing.T) {
	h := rooms(t)
	undone := errors.New("undone")
	q := Query{Service: "talk", Specialist: "ann", From: h.time("2026-11-25T00:00"), To: h.time("2026-11-26T00:00")}
	before := h.clocks(h.free(q))
	err := h.db.Update(func(tx *storage.Tx) error {
		if _, _, err := h.AddException(tx, Exception{Kind: Absence, Specialist: "ann", From: q.From, To: q.To}, reception, h.now); err != nil {
			return err
		}
		if all, err := h.Free(tx, q, h.now); err != nil || len(all) > 0 {
			t.Errorf("free within the transaction: %d, %v", len(all), err)
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if got := h.clocks(h.free(q)); got != before {
		t.Errorf("after it came to nothing: %s", got)
	}
}

func TestVisitsTakeRooms(t *testing.T) {
	h := rooms(t)
	at := "2026-11-25T10:00"
	first := h.request(h.slot("epilation", "ann", at), "v1")
	second := h.request(h.slot("epilation", "bob", at), "v2")
	if got := [2][]string{roomsOf(first.Takes), roomsOf(second.Takes)}; got[0][0] != "laser-1" || got[1][0] != "laser-2" {
		t.Errorf("rooms taken: %v", got)
	}
	whitening := h.slot("whitening", "ann", "2026-11-25T10:30")
	for _, tt := range []struct {
		name, cancel string
		want         error
	}{
		{"Ann is free only when her visit is over", "", ErrTaken},
		{"with a laser to spare", first.Number, nil},
	} {
		if tt.cancel != "" {
			must(h, func(tx *storage.Tx) (Appointment, error) { return h.Cancel(tx, tt.cancel, 0, reception, h.now) })
		}
		if err := h.check(whitening, "v3", ""); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	// Both chairs, by others than Bob: Bob is there, and has nowhere to sit his patient.
	h.request(h.slot("filling", "ann", "2026-11-25T12:00"), "v4")
	h.request(h.slot("filling", "cat", "2026-11-25T12:30"), "v5")
	if got := h.clocks(h.free(Query{Service: "filling", Specialist: "bob", From: h.time("2026-11-25T11:00"), To: h.time("2026-11-25T14:00")})); got != "2026-11-25 11:00 11:30 13:00" {
		t.Errorf("Bob's fillings: %s", got)
	}
	if err := h.check(h.slot("epilation", "dan", at), "v6", ""); err != nil {
		t.Errorf("the laser of another branch: %v", err)
	}
}

func TestMissedVisitsAreCounted(t *testing.T) {
	h := rooms(t) // confirm: auto, no_show_limit: 2
	ask := func(contact, start string) Appointment {
		return must(h, func(tx *storage.Tx) (Appointment, error) {
			return h.Request(tx, Booking{Slot: h.slot("talk", "ann", start), Contact: contact, Author: "visitor"}, h.now)
		})
	}
	for i, start := range []string{"2026-11-24T09:00", "2026-11-25T09:00"} {
		a := ask("c1", start)
		if a.Status != Confirmed {
			t.Errorf("after %d missed visits: %s", i, a.Status)
		}
		h.now = a.End
		must(h, func(tx *storage.Tx) (Appointment, error) { return h.NoShow(tx, a.Number, 0, reception, h.now) })
	}
	h.view(func(tx *storage.Tx) error {
		for contact, want := range map[string]int{"c1": 2, "c2": 0, "": 0} {
			if n, err := NoShows(tx, contact); n != want || err != nil {
				t.Errorf("missed by %q: %d, %v, want %d", contact, n, err, want)
			}
		}
		return nil
	})
	if a := ask("c2", "2026-11-26T09:00"); a.Status != Confirmed {
		t.Errorf("another's request: %s", a.Status)
	}
	a := ask("c1", "2026-11-26T09:30")
	if a.Status != Requested {
		t.Errorf("after two missed visits: %s, want %s", a.Status, Requested)
	}
	a = must(h, func(tx *storage.Tx) (Appointment, error) { return h.Confirm(tx, a.Number, 0, reception, h.now) })
	a = must(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Move(tx, a.Number, 0, Slot{Start: h.time("2026-11-26T10:00")}, visitor, h.now)
	})
	if a.Status != Requested {
		t.Errorf("moved by the visitor: %s, want %s", a.Status, Requested)
	}
	staff := must(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Request(tx, Booking{Slot: h.slot("talk", "ann", "2026-11-26T11:00"), Contact: "c1", Staff: true}, h.now)
	})
	if staff.Status != Confirmed {
		t.Errorf("booked by reception: %s", staff.Status)
	}
	h.clinic = withoutLimit(h.clinic)
	if a := ask("c1", "2026-11-27T09:00"); a.Status != Confirmed {
		t.Errorf("without a limit: %s", a.Status)
	}
}

func withoutLimit(c *clinic.Clinic) *clinic.Clinic {
	other := *c
	other.Booking.NoShows = 0
	return &other
}
