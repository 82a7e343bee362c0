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
}
