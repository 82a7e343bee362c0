package booking

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// tick is a quarter of an hour, of which all that happens in this model is made.
const tick = 15 * time.Minute

// thing is what occupies something in the naive house, tick by tick.
type thing struct {
	slot   Slot
	rooms  []string
	keeper string    // of a hold or an offer
	until  time.Time // of a hold or an offer
	number string    // of an appointment
}

// naiveHouse is a house as one would keep it on squared paper.
type naiveHouse struct {
	booked     map[string]thing
	held       map[string]thing // by conversation
	offered    map[string]thing // by waiting id
	waiting    []Waiting
	passed     map[string][]Slot
	exceptions map[string]Exception
	erased     map[string]bool
}

// roomMachine plays a calendar with rooms, exceptions and offers, and the naive house,
// side by side, over two days.
type roomMachine struct {
	h     *house
	n     naiveHouse
	first time.Time // midnight of the first day
}

func newRoomMachine(outer *testing.T, t *rapid.T) *roomMachine {
	dir, err := os.MkdirTemp(outer.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := clinic.Load(filepath.Join("..", "clinic", "testdata", "rooms.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c.Booking.PerVisitor = 100
	h := opened(outer, c, store(t, dir), "2026-11-25T08:00")
	return &roomMachine{h: h, first: h.time("2026-11-25T00:00"), n: naiveHouse{
		booked: map[string]thing{}, held: map[string]thing{}, offered: map[string]thing{},
		passed: map[string][]Slot{}, exceptions: map[string]Exception{}, erased: map[string]bool{},
	}}
}

// fileHours of the specialists, and what they need, as rooms.yaml has it.
var (
	fileHours = map[string][2]int{"ann": {9, 13}, "bob": {10, 14}, "cat": {9, 14}, "dan": {9, 12}}
	fileDoes  = map[string][]string{
		"filling": {"ann", "bob", "cat"}, "whitening": {"ann", "bob"}, "epilation": {"ann", "bob", "dan"}, "talk": {"ann", "bob", "cat", "dan"},
	}
	fileTicks = map[string][2]int{"filling": {4, 0}, "whitening": {2, 1}, "epilation": {3, 0}, "talk": {2, 0}} // visible, buffer
	fileNeeds = map[string][]string{"filling": {"chairs"}, "whitening": {"chairs", "laser"}, "epilation": {"laser"}}
	fileRooms = map[string]map[string][]string{
		"north": {"chairs": {"chairs"}, "laser": {"laser-1", "laser-2"}}, "south": {"laser": {"laser-3"}},
	}
)

func branchOf(specialist string) string {
	if specialist == "dan" {
		return "south"
	}
	return "north"
}

func units(room string) int {
	if room == "chairs" {
		return 2
	}
	return 1
}

func inside(at time.Time, e Exception) bool { return !at.Before(e.From) && at.Before(e.To) }

// works reports whether a specialist works in the tick that begins at.
func (m *roomMachine) works(specialist string, at time.Time) bool {
	hours := fileHours[specialist]
	hour := int(at.Sub(m.first)/time.Hour) % 24
	open := at.Sub(m.first) >= 0 && hours[0] <= hour && hour < hours[1]
	for _, e := range m.n.exceptions {
		open = open || e.Kind == Extra && e.Specialist == specialist && inside(at, e)
	}
	for _, e := range m.n.exceptions {
		if inside(at, e) && (e.Kind == Absence && e.Specialist == specialist ||
			e.Kind == Closure && (e.Branch == "" || e.Branch == branchOf(specialist))) {
			open = false
		}
	}
	return open
}

func wide(s Slot) (from, to time.Time) {
	return s.Start, s.End.Add(time.Duration(fileTicks[s.Service][1]) * tick)
}

// used counts who is at a resource in the tick that begins at, for one who looks.
func (m *roomMachine) used(resource string, at time.Time, who, ignore string) int {
	n := 0
	uses := func(t thing) bool {
		from, to := wide(t.slot)
		return (t.slot.Specialist == resource || slices.Contains(t.rooms, resource)) && !at.Before(from) && at.Before(to)
	}
	for number, t := range m.n.booked {
		if number != ignore && uses(t) {
			n++
		}
	}
	keepers := map[string]bool{}
	for _, kept := range []map[string]thing{m.n.held, m.n.offered} {
		for _, t := range kept {
			if t.keeper != who && m.h.now.Before(t.until) && uses(t) {
				keepers[t.keeper] = true
			}
		}
	}
	for _, e := range m.n.exceptions {
		if e.Kind == Block && (e.Specialist == resource || e.Room == resource) && inside(at, e) {
			n++
		}
	}
	return n + len(keepers)
}

func (m *roomMachine) spare(resource string, s Slot, who, ignore string) bool {
	from, to := wide(s)
	for at := from; at.Before(to); at = at.Add(tick) {
		if m.used(resource, at, who, ignore) >= units(resource) {
			return false
		}
	}
	return true
}

// judge says which rooms a slot takes, or the error that it has.
func (m *roomMachine) judge(s Slot, who, ignore string) ([]string, error) {
	if s.Start.Before(m.h.now) {
		return nil, ErrPast
	}
	for at := s.Start; at.Before(s.End); at = at.Add(tick) {
		if !m.works(s.Specialist, at) {
			return nil, ErrAbsent
		}
	}
	if !m.spare(s.Specialist, s, who, ignore) {
		return nil, ErrTaken
	}
	var rooms []string
	for _, need := range fileNeeds[s.Service] {
		pool := fileRooms[s.Branch][need]
		i := slices.IndexFunc(pool, func(r string) bool { return m.spare(r, s, who, ignore) })
		if i < 0 {
			return nil, ErrTaken
		}
		rooms = append(rooms, pool[i])
	}
	return rooms, nil
}

func same(got, want error) bool {
	return errors.Is(got, want) || errors.Is(want, ErrAbsent) && errors.Is(got, ErrClosed)
}

// all lists every slot of the two days that is on the grid.
func (m *roomMachine) all(service string) []Slot {
	var all []Slot
	for at := m.first; at.Before(m.first.AddDate(0, 0, 2)); at = at.Add(2 * tick) {
		for _, p := range fileDoes[service] {
			all = append(all, m.h.complete(Slot{Service: service, Specialist: p, Start: at}))
		}
	}
	return all
}

func (m *roomMachine) time(t *rapid.T, name string) time.Time {
	return m.first.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, name+" day"))*24*time.Hour +
		time.Duration(rapid.IntRange(16, 31).Draw(t, name))*30*time.Minute)
}

func (m *roomMachine) slot(t *rapid.T) Slot {
	service := rapid.SampledFrom([]string{"filling", "whitening", "epilation", "talk"}).Draw(t, "service")
	p := rapid.SampledFrom(fileDoes[service]).Draw(t, "specialist")
	return m.h.complete(Slot{Service: service, Specialist: p, Start: m.time(t, "start")})
}

func (m *roomMachine) who(t *rapid.T) string { return rapid.SampledFrom(visitors).Draw(t, "visitor") }

func (m *roomMachine) number(t *rapid.T) string {
	if len(m.n.booked) == 0 {
		t.Skip("nothing booked")
	}
	return rapid.SampledFrom(slices.Sorted(maps.Keys(m.n.booked))).Draw(t, "number")
}

func roomsOf(all []Take) []string {
	var rooms []string
	for _, t := range all {
		if r, ok := t.Room(); ok {
			rooms = append(rooms, r)
		}
	}
	return rooms
}

// place notes an appointment, which must have been made exactly when it could be.
func (m *roomMachine) place(t *rapid.T, a Appointment, err error, s Slot, rooms []string, want error) bool {
	if !same(err, want) {
		t.Fatalf("%+v: %v, want %v", s, err, want)
	}
	if err != nil {
		return false
	}
	if diff := cmp.Diff(rooms, roomsOf(a.Takes)); diff != "" {
		t.Fatalf("rooms of %+v:\n%s", s, diff)
	}
	m.n.booked[a.Number] = thing{slot: s, rooms: rooms, number: a.Number}
	m.settle(a.Number, a.Conversation)
	return true
}

// settle ends the hold and the offers that an appointment makes idle.
func (m *roomMachine) settle(number, who string) {
	a := m.n.booked[number]
	delete(m.n.held, who)
	for id, o := range m.n.offered {
		if o.keeper != who {
			continue
		}
		aFrom, aTo := wide(a.slot)
		oFrom, oTo := wide(o.slot)
		shared := a.slot.Specialist == o.slot.Specialist || slices.ContainsFunc(a.rooms, func(r string) bool { return slices.Contains(o.rooms, r) })
		if o.slot == a.slot {
			m.leave(id)
		} else if shared && aFrom.Before(oTo) && oFrom.Before(aTo) {
			delete(m.n.offered, id)
			m.n.passed[id] = append(m.n.passed[id], o.slot)
		}
	}
}

func (m *roomMachine) leave(id string) {
	delete(m.n.offered, id)
	m.n.waiting = slices.DeleteFunc(m.n.waiting, func(e Waiting) bool { return e.ID == id })
}

func (m *roomMachine) Request(t *rapid.T) {
	s, who := m.slot(t), m.who(t)
	rooms, want := m.judge(s, who, "")
	a, err := try(m.h, func(tx *storage.Tx) (Appointment, error) {
		return m.h.Request(tx, Booking{Slot: s, Conversation: who}, m.h.now)
	})
	m.place(t, a, err, s, rooms, want)
}

func (m *roomMachine) Hold(t *rapid.T) {
	s, who := m.slot(t), m.who(t)
	rooms, want := m.judge(s, who, "")
	h, err := m.h.hold(s, who)
	if !same(err, want) {
		t.Fatalf("Hold of %+v: %v, want %v", s, err, want)
	}
	if err == nil {
		m.n.held[who] = thing{slot: s, rooms: rooms, keeper: who, until: h.Until}
	}
}

func (m *roomMachine) Cancel(t *rapid.T) {
	number := m.number(t)
	must(m.h, func(tx *storage.Tx) (Appointment, error) { return m.h.Cancel(tx, number, 0, reception, m.h.now) })
	delete(m.n.booked, number)
}

func (m *roomMachine) Move(t *rapid.T) {
	number, s := m.number(t), m.slot(t)
	owner := ""
	m.h.view(func(tx *storage.Tx) error {
		a, err := Get(tx, number)
		owner = a.Conversation
		return err
	})
	if s == m.n.booked[number].slot {
		t.Skip("where it is")
	}
	rooms, want := m.judge(s, owner, number)
	a, err := try(m.h, func(tx *storage.Tx) (Appointment, error) { return m.h.Move(tx, number, 0, s, reception, m.h.now) })
	m.place(t, a, err, s, rooms, want)
}

func (m *roomMachine) AddException(t *rapid.T) {
	e := Exception{Kind: rapid.SampledFrom([]Kind{Absence, Closure, Block, Extra}).Draw(t, "kind"), From: m.time(t, "from")}
	e.To = e.From.Add(time.Duration(rapid.IntRange(1, 8).Draw(t, "half hours")) * 30 * time.Minute)
	room := rapid.Bool().Draw(t, "room")
	switch {
	case e.Kind == Closure:
		e.Branch = rapid.SampledFrom([]string{"", "north", "south"}).Draw(t, "branch")
	case e.Kind == Block && room:
		e.Room = rapid.SampledFrom([]string{"chairs", "laser-1", "laser-2"}).Draw(t, "room id")
	default:
		e.Specialist = rapid.SampledFrom([]string{"ann", "bob", "cat", "dan"}).Draw(t, "specialist")
	}
	if !m.h.now.Before(e.To) {
		t.Skip("over")
	}
	var concerned []Appointment
	noted := must(m.h, func(tx *storage.Tx) (done Exception, err error) {
		done, concerned, err = m.h.AddException(tx, e, reception, m.h.now)
		return done, err
	})
	m.n.exceptions[noted.ID] = noted
	var want, got []string
	for number, b := range m.n.booked {
		if m.h.now.Before(b.slot.End) && m.inTheWay(b, noted) {
			want = append(want, number)
		}
	}
	for _, a := range concerned {
		got = append(got, a.Number)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%+v concerns:\n%s", noted, diff)
	}
}

// inTheWay reports whether an appointment stands in a new exception.
func (m *roomMachine) inTheWay(b thing, e Exception) bool {
	if e.Kind == Extra {
		return m.misplaced(b) && b.slot.Specialist == e.Specialist && b.slot.Start.Before(e.To) && e.From.Before(b.slot.End)
	}
	from, to := wide(b.slot)
	for at := from; at.Before(to); at = at.Add(tick) {
		visible := at.Before(b.slot.End)
		switch {
		case !inside(at, e):
		case e.Kind == Absence && visible && e.Specialist == b.slot.Specialist,
			e.Kind == Closure && visible && (e.Branch == "" || e.Branch == b.slot.Branch):
			return true
		case e.Kind == Block && (e.Specialist == b.slot.Specialist || slices.Contains(b.rooms, e.Room)):
			resource := e.Specialist + e.Room
			kept := m.kept(resource, at)
			if m.used(resource, at, "", "")-kept > units(resource) {
				return true
			}
		}
	}
	return false
}

// kept counts the holds and offers at a resource in a tick.
func (m *roomMachine) kept(resource string, at time.Time) int {
	with := m.used(resource, at, "", "")
	held, offered := m.n.held, m.n.offered
	m.n.held, m.n.offered = nil, nil
	defer func() { m.n.held, m.n.offered = held, offered }()
	return with - m.used(resource, at, "", "")
}

func (m *roomMachine) misplaced(b thing) bool {
	for at := b.slot.Start; at.Before(b.slot.End); at = at.Add(tick) {
		if !m.works(b.slot.Specialist, at) {
			return true
		}
	}
	return false
}

func (m *roomMachine) RemoveException(t *rapid.T) {
	if len(m.n.exceptions) == 0 {
		t.Skip("none")
	}
	id := rapid.SampledFrom(slices.Sorted(maps.Keys(m.n.exceptions))).Draw(t, "exception")
	must(m.h, func(tx *storage.Tx) (Exception, error) {
		e, _, err := m.h.RemoveException(tx, id, reception, m.h.now)
		return e, err
	})
	delete(m.n.exceptions, id)
}

// Erase makes the house forget a visitor, who may come back as somebody new.
func (m *roomMachine) Erase(t *rapid.T) {
	who := m.who(t)
	if rapid.IntRange(0, 4).Draw(t, "rarely") > 0 {
		t.Skip("not now")
	}
	cancelled := must(m.h, func(tx *storage.Tx) ([]Appointment, error) {
		return m.h.Forget(tx, Who{Conversations: []string{who}}, visitor, m.h.now)
	})
	for _, a := range cancelled {
		delete(m.n.booked, a.Number)
	}
	delete(m.n.held, who)
	for _, e := range slices.Clone(m.n.waiting) {
		if e.Conversation == who {
			m.leave(e.ID)
		}
	}
}

func (m *roomMachine) TimePasses(t *rapid.T) {
	m.h.now = m.h.now.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "minutes")) * time.Minute)
}

// Check compares all that is free for one visitor, and the offers, with the naive house.
func (m *roomMachine) Check(t *rapid.T) {
	who := rapid.SampledFrom(visitors).Draw(t, "who looks")
	for _, service := range slices.Sorted(maps.Keys(fileDoes)) {
		var want []Slot
		for _, s := range m.all(service) {
			if _, err := m.judge(s, who, ""); err == nil {
				want = append(want, s)
			}
		}
		got := m.h.free(Query{Service: service, To: m.first.AddDate(0, 0, 2), For: who})
		if !slices.Equal(want, got) {
			t.Fatalf("%s free for %s:\n%s", service, who, cmp.Diff(want, got))
		}
	}
	want, got := map[string]Slot{}, map[string]Slot{}
	for id, o := range m.n.offered {
		if m.h.now.Before(o.until) {
			want[id] = o.slot
		}
	}
	m.h.view(func(tx *storage.Tx) error {
		all, err := m.h.OffersTo(tx, "", m.h.now)
		for _, o := range all {
			got[o.ID] = o.Slot
		}
		list, listErr := WaitingList(tx)
		if len(list) != len(m.n.waiting) {
			t.Fatalf("%d wait, want %d", len(list), len(m.n.waiting))
		}
		return errors.Join(err, listErr)
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("offers:\n%s", diff)
	}
}

func TestRoomsExceptionsAndOffersAgainstSquaredPaper(t *testing.T) {
	outer := t
	made := 0
	rapid.Check(t, func(t *rapid.T) {
		m := newRoomMachine(outer, t)
		t.Repeat(map[string]func(*rapid.T){
			"request": m.Request, "request more": m.Request, "request still more": m.Request, "wait and cancel": m.WaitAndCancel, "sweep": m.Offers, "hold": m.Hold, "cancel": m.Cancel, "move": m.Move,
			"add exception": m.AddException, "remove exception": m.RemoveException,
			"join": m.Join, "offers": m.Offers, "accept": m.Accept, "pass": m.Pass, "erase": m.Erase,
			"time passes": m.TimePasses, "": m.Check,
		})
		made += len(m.n.passed) + len(m.n.offered)
	})
	t.Logf("%d people had offers that they let pass or still have", made)
	if made == 0 && !testing.Short() && !t.Failed() { // short runs are too short for that
		t.Error("no offer was made in all runs")
	}
}
