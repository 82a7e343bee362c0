package booking

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"okoshko/storage"
)

// big is a house of 50 specialists with 20,000 appointments in the coming 60 days, as
// many as fit when they are drawn at random.
func big(b testing.TB) *house {
	var people []string
	for i := range 50 {
		people = append(people, person(fmt.Sprintf("s%02d", i), "Mo-Sa 08:00-13:00,13:30-19:00"))
	}
	file := small("Europe/Moscow", "Mo-Sa 08:00-20:00", strings.Join(people, "\n"), "{notice: 1h, horizon: 60d, step: 15m, per_visitor: 100}")
	h := open(b, file, "2026-11-23T09:00")
	slots := h.free(Query{Service: "short"})
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(slots), func(i, j int) { slots[i], slots[j] = slots[j], slots[i] })
	made := 0
	for chunk := range slices.Chunk(slots, 1000) {
		h.update(func(tx *storage.Tx) error {
			for _, s := range chunk {
				if made == 20_000 {
					return nil
				}
				service, _ := h.clinic.Service(s.Service)
				all := []Take{take(service, specialistResource(s.Specialist), s)}
				read, err := around(tx, all[0].Resource, stretch{all[0].From.Unix(), all[0].To.Unix()})
				if err != nil {
					return err
				}
				if slices.ContainsFunc(read, func(o occupied) bool { return o.from < all[0].To.Unix() && all[0].From.Unix() < o.to }) {
					continue
				}
				made++
				a := Appointment{Number: fmt.Sprintf("A-%d", 1000+made), Version: 1, Status: Confirmed, Slot: s, Takes: all}
				if err := a.place(tx); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if made < 20_000 {
		b.Fatalf("only %d appointments fit", made)
	}
	return h
}

// BenchmarkFree measures searches in the big house. "all" lists every free slot of 60
// days, "first" the nearest one; "changed" after an appointment was made in between; "cold"
// with a calendar that has nothing in memory. Use -benchtime 200x: what happens in between
// is not measured, but takes its time. "scan" does what "all" does by reading all
// appointments and comparing each start with each.
func BenchmarkFree(b *testing.B) {
	h := big(b)
	q := Query{Service: "short"}
	b.Logf("%d free slots", len(h.free(q)))
	run := func(name string, limit int, before func(), find func(*storage.Tx, Query) ([]Slot, error)) {
		b.Run(name, func(b *testing.B) {
			q := q
			q.Limit = limit
			var times []time.Duration
			for b.Loop() {
				if before != nil {
					b.StopTimer()
					before()
					b.StartTimer()
				}
				began := time.Now()
				h.view(func(tx *storage.Tx) error {
					_, err := find(tx, q)
					return err
				})
				times = append(times, time.Since(began))
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds()), "median-µs")
		})
	}
	free := func(tx *storage.Tx, q Query) ([]Slot, error) { return h.Free(tx, q, h.now) }
	change := func() {
		a := h.request(h.free(Query{Service: "short", Limit: 1})[0], "somebody")
		must(h, func(tx *storage.Tx) (Appointment, error) { return h.Cancel(tx, a.Number, 0, visitor, h.now) })
	}
	cold := func() { h.Calendar = New(h.clinic) }
	run("all", 0, nil, free)
	run("first", 1, nil, free)
	run("changed/all", 0, change, free)
	run("changed/first", 1, change, free)
	run("cold/all", 0, cold, free)
	run("cold/first", 1, cold, free)
	run("scan", 0, nil, h.scan)
}

// BenchmarkVisits measures searches for visits of two and of three services in the big
// house, as BenchmarkFree does. "scan" reads all appointments and goes through the starts
// of the day for each service that follows.
func BenchmarkVisits(b *testing.B) {
	h := big(b)
	for name, services := range map[string][]string{"two": {"short", "hour"}, "three": {"hour", "short", "hour"}} {
		b.Logf("%s: %d visits", name, len(h.visits(VisitQuery{Services: services})))
		for _, limit := range []int{0, 1} {
			b.Run(fmt.Sprint(name, "/", map[int]string{0: "all", 1: "first"}[limit]), func(b *testing.B) {
				median(b, func() { h.visits(VisitQuery{Services: services, Limit: limit}) })
			})
		}
		b.Run(name+"/scan", func(b *testing.B) {
			median(b, func() { h.view(func(tx *storage.Tx) error { _, err := h.scanVisits(tx, services); return err }) })
		})
	}
}

// median reports the median time of what is done.
func median(b *testing.B, do func()) {
	var times []time.Duration
	for b.Loop() {
		began := time.Now()
		do()
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "median-µs")
}

// scanVisits finds visits without index and memory. The house has no rooms, so a visit
// stands in its own way only by the specialist.
func (h *house) scanVisits(tx *storage.Tx, services []string) ([]Visit, error) {
	free := make([]map[int64][]Slot, len(services))
	var first []Slot
	for i, id := range services {
		found, err := h.scan(tx, Query{Service: id})
		if err != nil {
			return nil, err
		}
		if i == 0 {
			first = found
		}
		free[i] = map[int64][]Slot{}
		for _, s := range found {
			free[i][s.Start.Unix()] = append(free[i][s.Start.Unix()], s)
		}
	}
	var all []Visit
	var grow func(v []Slot) []Slot
	grow = func(v []Slot) []Slot {
		if len(v) == len(services) {
			return slices.Clone(v)
		}
		before := v[len(v)-1]
		for at := before.End; !at.After(before.End.Add(h.clinic.Booking.ChainGap)); at = at.Add(time.Minute) {
			for _, same := range []bool{true, false} {
				for _, s := range free[len(v)][at.Unix()] {
					if (s.Specialist == before.Specialist) != same || h.clashes(v, s) {
						continue
					}
					if whole := grow(append(v, s)); whole != nil {
						return whole
					}
				}
			}
		}
		return nil
	}
	for _, s := range first {
		if whole := grow([]Slot{s}); whole != nil {
			all = append(all, Visit{whole})
		}
	}
	return all, nil
}

// clashes reports whether a slot and those before it are too close for one specialist.
func (h *house) clashes(before []Slot, s Slot) bool {
	wide := func(s Slot) Take { service, _ := h.clinic.Service(s.Service); return take(service, s.Specialist, s) }
	return slices.ContainsFunc(before, func(o Slot) bool { return overlap([]Take{wide(o)}, []Take{wide(s)}) })
}

// scan is a search without index and memory.
func (h *house) scan(tx *storage.Tx, q Query) ([]Slot, error) {
	busy := map[string][]stretch{}
	var err error
	for _, a := range appointments.Range(tx, nil, nil, &err) {
		if a.Status.Open() {
			for _, t := range a.Takes {
				busy[t.Resource] = append(busy[t.Resource], stretch{t.From.Unix(), t.To.Unix()})
			}
		}
	}
	service, _ := h.clinic.Service(q.Service)
	bounds := h.bounds(q, h.now)
	var found []Slot
	for d := h.clinic.Date(h.now); h.clinic.At(d, 0).Unix() < bounds.to; d = d.AddDays(1) {
		for _, p := range h.clinic.Performers(q.Service) {
			for _, point := range h.blank().lay(p, d) {
				s := h.complete(Slot{Service: q.Service, Specialist: p.ID, Start: time.Unix(point.at, 0)})
				t := take(service, specialistResource(s.Specialist), s)
				clash := func(o stretch) bool { return o.from < t.To.Unix() && t.From.Unix() < o.to }
				if point.at >= bounds.from && point.at < bounds.to && s.End.Unix() <= point.until &&
					!slices.ContainsFunc(busy[t.Resource], clash) {
					found = append(found, s)
				}
			}
		}
	}
	slices.SortStableFunc(found, compareSlots)
	return found, err
}

// The scan is also a witness: it must find what the search finds.
func TestTheSearchFindsWhatAScanFinds(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 20,000 appointments")
	}
	h := big(t)
	q := Query{Service: "hour"}
	h.view(func(tx *storage.Tx) error {
		want, err := h.scan(tx, q)
		if err != nil {
			return err
		}
		got, err := h.Free(tx, q, h.now)
		if !slices.Equal(got, want) {
			t.Errorf("the search finds %d slots, the scan %d, or others", len(got), len(want))
		}
		return err
	})
	for _, services := range [][]string{{"short", "hour"}, {"hour", "short", "hour"}} {
		h.view(func(tx *storage.Tx) error {
			want, err := h.scanVisits(tx, services)
			if err != nil {
				return err
			}
			got, err := h.FreeVisits(tx, VisitQuery{Services: services}, h.now)
			if !slices.EqualFunc(got, want, func(a, b Visit) bool { return slices.Equal(a.Slots, b.Slots) }) {
				t.Errorf("%v: the search finds %d visits, the scan %d, or others", services, len(got), len(want))
			}
			return err
		})
	}
}
