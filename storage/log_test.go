package storage

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// logState is all that can be read of a log.
type logState struct {
	Owners []logOwnerState // most recent first
}

type logOwnerState struct {
	ID        string
	Newest    uint64
	Positions []uint64
	Records   []int
}

// TestLogKeepsOwnersApart plays appends, forgets, failures and re-openings
// against a plain list, read inside the transaction, in a view of before, and
// in a view of after.
func TestLogKeepsOwnersApart(t *testing.T) {
	v, dir, n := newVault(t), t.TempDir(), 0
	numbersOf := NewLog[int]("numbers")
	type op struct {
		Owner string
		Do    string
	}
	opGen := rapid.Custom(func(t *rapid.T) op {
		return op{
			rapid.SampledFrom([]string{"a", "b", "ab", "c"}).Draw(t, "owner"),
			rapid.SampledFrom([]string{"append", "append", "append", "forget"}).Draw(t, "do"),
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		n++
		path := filepath.Join(dir, fmt.Sprint(n))
		db, err := Open(path, v)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { closeDB(t, db) }()
		type entry struct {
			owner string
			pos   uint64
			value int
		}
		var (
			model []entry
			end   uint64
		)
		state := func() (s logState) {
			byOwner := map[string]*logOwnerState{}
			for _, e := range model {
				o := byOwner[e.owner]
				if o == nil {
					o = &logOwnerState{ID: e.owner}
					byOwner[e.owner] = o
				}
				o.Newest, o.Positions, o.Records = e.pos, append(o.Positions, e.pos), append(o.Records, e.value)
			}
			for _, o := range byOwner {
				s.Owners = append(s.Owners, *o)
			}
			slices.SortFunc(s.Owners, func(a, b logOwnerState) int { return compareDown(a.Newest, b.Newest) })
			return s
		}
		same := func(where string, tx *Tx, want logState) {
			if diff := cmp.Diff(want, readLog(rt, numbersOf, tx)); diff != "" {
				rt.Fatalf("%s: (-want +got)\n%s", where, diff)
			}
		}
		for range rapid.IntRange(1, 5).Draw(rt, "transactions") {
			ops := rapid.SliceOfN(opGen, 0, 8).Draw(rt, "ops")
			fails := rapid.IntRange(0, 3).Draw(rt, "fails") == 0
			before, kept, keptEnd := state(), slices.Clone(model), end
			forgot := false
			err := db.View(func(old *Tx) error { // stays open over the update
				done := make(chan error)
				go func() {
					done <- db.Update(func(tx *Tx) error {
						for _, o := range ops {
							if o.Do == "forget" {
								forgot = true
								if err := numbersOf.Forget(tx, o.Owner); err != nil {
									return err
								}
								model = slices.DeleteFunc(slices.Clone(model), func(e entry) bool { return e.owner == o.Owner })
								continue
							}
							end++
							pos, err := numbersOf.Append(tx, o.Owner, int(end)*10)
							if err != nil || pos != end {
								return fmt.Errorf("Append = %d, %w; want %d", pos, err, end)
							}
							model = append(model, entry{o.Owner, pos, int(end) * 10})
						}
						same("in the transaction", tx, state())
						if fails {
							return errStep
						}
						return nil
					})
				}()
				if err := <-done; (err == errStep) != fails || (err != nil && err != errStep) {
					return err
				}
				if fails {
					model, end = kept, keptEnd
				}
				if !forgot || fails {
					same("in a view of before", old, before)
				}
				return nil
			})
			if err != nil {
				rt.Fatal(err)
			}
			if rapid.Bool().Draw(rt, "reopen") {
				closeDB(t, db)
				if db, err = Open(path, v); err != nil {
					rt.Fatal(err)
				}
			}
			if err := db.View(func(tx *Tx) error { same("afterwards", tx, state()); return nil }); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

func readLog(t *rapid.T, log Log[int], tx *Tx) (s logState) {
	var err error
	for id, newest := range log.Owners(tx) {
		o := logOwnerState{ID: id, Newest: newest}
		for pos, n := range log.Of(tx, id, &err) {
			o.Positions, o.Records = append(o.Positions, pos), append(o.Records, n)
		}
		pos, n, lastErr := log.Last(tx, id)
		if lastErr != nil || pos != newest || n != o.Records[len(o.Records)-1] {
			t.Fatalf("Last(%s) = %d, %d, %v", id, pos, n, lastErr)
		}
		since := maps.Collect(log.Since(tx, id, o.Positions[0], &err))
		if len(since) != len(o.Positions)-1 {
			t.Fatalf("Since the first of %d = %v", len(o.Positions), since)
		}
		s.Owners = append(s.Owners, o)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}
