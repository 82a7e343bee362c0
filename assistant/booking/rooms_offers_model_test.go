package booking

import (
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"okoshko/storage"
)

func (m *roomMachine) Join(t *rapid.T) {
	who := m.who(t)
	service := rapid.SampledFrom([]string{"filling", "whitening", "epilation", "talk"}).Draw(t, "service")
	w := Wish{Service: service, Conversation: who, From: m.time(t, "from")}
	w.To = w.From.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "half hours")) * 30 * time.Minute)
	if rapid.Bool().Draw(t, "of somebody") {
		w.Specialist = rapid.SampledFrom(fileDoes[service]).Draw(t, "specialist")
	}
	if !m.h.now.Before(w.To) {
		t.Skip("over")
	}
	e := must(m.h, func(tx *storage.Tx) (Waiting, error) { return m.h.Join(tx, w, m.h.now) })
	if !slices.ContainsFunc(m.n.waiting, func(o Waiting) bool { return o.ID == e.ID }) {
		m.n.waiting = append(m.n.waiting, e)
	}
}

// WaitAndCancel has somebody wait for what an appointment has, and the appointment end.
func (m *roomMachine) WaitAndCancel(t *rapid.T) {
	number, who := m.number(t), m.who(t)
	s := m.n.booked[number].slot
	w := Wish{Service: s.Service, Conversation: who, From: s.Start.Add(-time.Hour), To: s.Start.Add(time.Hour)}
	if m.h.now.Before(s.Start) {
		e := must(m.h, func(tx *storage.Tx) (Waiting, error) { return m.h.Join(tx, w, m.h.now) })
		if !slices.ContainsFunc(m.n.waiting, func(o Waiting) bool { return o.ID == e.ID }) {
			m.n.waiting = append(m.n.waiting, e)
		}
	}
	must(m.h, func(tx *storage.Tx) (Appointment, error) { return m.h.Cancel(tx, number, 0, reception, m.h.now) })
	delete(m.n.booked, number)
}

// Offers runs the sweeper and judges what it does.
func (m *roomMachine) Offers(t *rapid.T) {
	for _, id := range slices.Sorted(maps.Keys(m.n.offered)) {
		if o := m.n.offered[id]; !m.h.now.Before(o.until) || m.misplaced(o) {
			delete(m.n.offered, id)
			m.n.passed[id] = append(m.n.passed[id], o.slot)
		}
	}
	m.n.waiting = slices.DeleteFunc(m.n.waiting, func(e Waiting) bool { return !m.h.now.Before(e.To) })
	made := must(m.h, func(tx *storage.Tx) ([]Offer, error) { return m.h.Offers(tx, m.h.now) })
	for _, o := range made {
		i := slices.IndexFunc(m.n.waiting, func(e Waiting) bool { return e.ID == o.ID })
		if i < 0 {
			t.Fatalf("offer %+v to nobody who waits", o)
		}
		if _, busy := m.n.offered[o.ID]; busy || m.n.erased[o.Conversation] {
			t.Fatalf("offer %+v to one who has another, or is erased", o)
		}
		for _, earlier := range m.n.waiting[:i] { // whom it would have suited as well
			if _, busy := m.n.offered[earlier.ID]; !busy && m.wanted(earlier, o.Slot) {
				t.Fatalf("offer %+v passed over %+v", o, earlier)
			}
		}
		rooms, err := m.judge(o.Slot, "", "")
		if err != nil || !m.wanted(m.n.waiting[i], o.Slot) {
			t.Fatalf("offer %+v to %+v: %v", o, m.n.waiting[i], err)
		}
		m.n.offered[o.ID] = thing{slot: o.Slot, rooms: rooms, keeper: o.Conversation, until: o.Until}
	}
}

func (m *roomMachine) wanted(e Waiting, s Slot) bool {
	return e.Service == s.Service && (e.Specialist == "" || e.Specialist == s.Specialist) &&
		!s.Start.Before(e.From) && s.Start.Before(e.To) && !slices.Contains(m.n.passed[e.ID], s)
}

func (m *roomMachine) offer(t *rapid.T) string {
	if len(m.n.offered) == 0 {
		t.Skip("no offer")
	}
	return rapid.SampledFrom(slices.Sorted(maps.Keys(m.n.offered))).Draw(t, "offer")
}

func (m *roomMachine) Accept(t *rapid.T) {
	id := m.offer(t)
	o := m.n.offered[id]
	rooms, want := m.judge(o.slot, o.keeper, "")
	if !m.h.now.Before(o.until) {
		want = ErrOffer
	}
	a, err := try(m.h, func(tx *storage.Tx) (Appointment, error) { return m.h.Accept(tx, id, Booking{}, m.h.now) })
	m.place(t, a, err, o.slot, rooms, want)
}

func (m *roomMachine) Pass(t *rapid.T) {
	id := m.offer(t)
	m.h.update(func(tx *storage.Tx) error { return m.h.Pass(tx, id, visitor, m.h.now) })
	m.n.passed[id] = append(m.n.passed[id], m.n.offered[id].slot)
	delete(m.n.offered, id)
}
