package booking

import (
	"errors"
	"fmt"
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

// firsts lists, by trying everything, the first visit that can be booked from each slot of
// the first service on.
func (h *house) firsts(tx *storage.Tx, order []string, q VisitQuery) ([]Visit, error) {
	slots := make([][]Slot, len(order))
	for i, service := range order {
		some := Query{Service: service, Branch: q.Branch, Specialist: q.Specialist, For: q.For}
		if i == 0 {
			some.From, some.To, some.Within = q.From, q.To, q.Within
		}
		if len(h.performers(some)) == 0 {
			some.Specialist = ""
		}
		var err error
		if slots[i], err = h.Free(tx, some, h.now); err != nil {
			return nil, err
		}
	}
	var grow func(v []Slot) (Visit, bool)
	grow = func(v []Slot) (Visit, bool) {
		_, _, err := h.fitVisit(tx, Visit{v}, wish{hold: q.For}, h.now)
		if err != nil || len(v) == len(order) {
			return Visit{slices.Clone(v)}, err == nil
		}
		next, before := slices.Clone(slots[len(v)]), v[len(v)-1]
		slices.SortStableFunc(next, func(a, b Slot) int {
			if d := a.Start.Compare(b.Start); d != 0 || (a.Specialist == before.Specialist) == (b.Specialist == before.Specialist) {
				return d
			}
			if a.Specialist == before.Specialist {
				return -1
			}
			return 1
		})
		for _, s := range next {
			if s.Start.Before(before.End) || s.Start.Sub(before.End) > h.clinic.Booking.ChainGap || s.Branch != before.Branch {
				continue
			}
			if whole, ok := grow(append(v, s)); ok {
				return whole, true
			}
		}
		return Visit{}, false
	}
	var all []Visit
	for _, s := range slots[0] {
		if v, ok := grow([]Slot{s}); ok {
			all = append(all, v)
		}
	}
	return all, nil
}

func TestVisitsAgainstTryingEverything(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(outer.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := clinic.Load(filepath.Join("..", "clinic", "testdata", "rooms.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		c.Booking.PerVisitor, c.Booking.Horizon = 100, 50*time.Hour
		c.Booking.ChainGap = time.Duration(rapid.SampledFrom([]int{0, 15, 30, 60}).Draw(t, "gap")) * time.Minute
		h := opened(outer, c, store(t, dir), "2026-11-25T08:00")
		services := []string{"filling", "whitening", "epilation", "talk"}
		for i := range rapid.IntRange(0, 12).Draw(t, "appointments") {
			free := h.free(Query{Service: rapid.SampledFrom(services).Draw(t, "service")})
			if len(free) == 0 {
				continue
			}
			s := rapid.SampledFrom(free).Draw(t, "slot")
			if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
				must(h, func(tx *storage.Tx) (Hold, error) { return h.Hold(tx, s, fmt.Sprint("v", i%3), h.now) })
			} else {
				h.request(s, fmt.Sprint("b", i))
			}
		}
		q := VisitQuery{
			Services:   rapid.SliceOfN(rapid.SampledFrom(services), 1, 3).Draw(t, "services"),
			Specialist: rapid.SampledFrom([]string{"", "", "ann", "cat"}).Draw(t, "specialist"),
			Branch:     rapid.SampledFrom([]string{"", "north"}).Draw(t, "branch"),
			For:        rapid.SampledFrom([]string{"", "v1"}).Draw(t, "for"),
		}
		if rapid.Bool().Draw(t, "within") {
			q.Within = []clinic.Span{{From: 10 * 60, To: 12 * 60}}
		}
		h.view(func(tx *storage.Tx) error {
			got, err := h.FreeVisits(tx, q, h.now)
			if err != nil && !errors.Is(err, ErrUnknown) {
				return err
			}
			if err != nil {
				t.Skip("nobody does all of that")
			}
			var want []Visit
			for i, order := range orders(q.Services) {
				if i == 1 && len(want) > 0 {
					break
				}
				names := make([]string, len(order))
				for i, n := range order {
					names[i] = q.Services[n]
				}
				some, err := h.firsts(tx, names, q)
				if err != nil {
					return err
				}
				for _, v := range some { // for each start and branch, those of the first order
					if !slices.ContainsFunc(want, func(w Visit) bool {
						return w.Start().Equal(v.Start()) && w.Slots[0].Branch == v.Slots[0].Branch && !sameServices(v, w)
					}) {
						want = append(want, v)
					}
				}
			}
			slices.SortStableFunc(want, func(a, b Visit) int { return a.Start().Compare(b.Start()) })
			text := func(all []Visit) (lines []string) {
				for _, v := range all {
					lines = append(lines, v.Start().Format(time.DateOnly)+" "+h.shown(v))
				}
				slices.Sort(lines)
				return lines
			}
			if diff := cmp.Diff(text(want), text(got)); diff != "" {
				t.Fatalf("%+v:\n%s", q, diff)
			}
			if !slices.IsSortedFunc(got, func(a, b Visit) int { return a.Start().Compare(b.Start()) }) {
				t.Fatal("not by start")
			}
			q.Limit = rapid.IntRange(1, 5).Draw(t, "limit")
			few, err := h.FreeVisits(tx, q, h.now)
			if diff := cmp.Diff(got[:min(len(got), q.Limit)], few); err != nil || len(few) > 0 && diff != "" || len(few) == 0 && len(got) > 0 {
				t.Fatalf("with a limit: %v\n%s", err, diff)
			}
			return nil
		})
	})
}

func sameServices(a, b Visit) bool {
	return slices.EqualFunc(a.Slots, b.Slots, func(s, t Slot) bool { return s.Service == t.Service })
}
