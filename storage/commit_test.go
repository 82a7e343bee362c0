package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"okoshko/storage/vault"
)

var numbers = NewTable[int]("numbers")

// hold keeps the writer busy in a bubble, so that what is started before
// release waits together.
func hold(db *DB) (release func()) {
	gate := make(chan struct{})
	go db.Update(func(*Tx) error {
		<-gate
		return nil
	})
	synctest.Wait()
	return func() {
		synctest.Wait()
		close(gate)
		synctest.Wait()
	}
}

func TestWaitingUpdatesShareACommit(t *testing.T) {
	path, v := filepath.Join(t.TempDir(), "data.db"), newVault(t)
	synctest.Test(t, func(t *testing.T) {
		db := openDB(t, path, v)
		before := commits(t, db)
		release := hold(db)
		for i := range 100 {
			go func() {
				if err := db.Update(func(tx *Tx) error { return numbers.Put(tx, []byte{byte(i)}, i) }); err != nil {
					t.Error(err)
				}
			}()
		}
		release()
		if n := commits(t, db) - before; n != 1 {
			t.Errorf("100 waiting functions took %d commits, want 1", n)
		}
		mustUpdate(t, db, func(*Tx) error { return nil })
		if n := commits(t, db) - before; n != 1 {
			t.Errorf("a function that wrote nothing cost a commit")
		}
	})
}

// step is one function of the property test: it reads a key, writes some and
// ends in one of several ways.
type step struct {
	Read   byte
	Write  map[byte]int // 0 deletes
	Append string       // owner in the log, or ""
	Ending string
}

const (
	succeeds = "succeeds"
	fails    = "fails"
	panics   = "panics"
	exits    = "exits its goroutine"
)

var errStep = errors.New("step fails")

// seen is what a step must have met.
type seen struct {
	Number  int
	Length  int // of the log of all owners
	Ending  string
	Hooks   int
	Returns error
}

var (
	steps   = NewLog[int]("steps")
	stepGen = rapid.Custom(func(t *rapid.T) step {
		return step{
			Read:   rapid.ByteRange(0, 5).Draw(t, "read"),
			Write:  rapid.MapOfN(rapid.ByteRange(0, 5), rapid.IntRange(0, 99), 0, 3).Draw(t, "write"),
			Append: rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "append"),
			Ending: rapid.SampledFrom([]string{succeeds, succeeds, succeeds, fails, panics, exits}).Draw(t, "ending"),
		}
	})
)

// play runs s as a program would and tells what it met.
func (s step) play(db *DB) (got seen) {
	var wg sync.WaitGroup
	wg.Go(func() {
		got.Ending = exits
		defer func() {
			if recover() != nil {
				got.Ending = panics
			}
		}()
		got.Returns = db.Update(func(tx *Tx) error {
			got.Number, got.Length = number(tx, s.Read), length(tx)
			tx.OnCommit(func() { got.Hooks++ })
			for k, n := range s.Write {
				if err := writeNumber(tx, k, n); err != nil {
					return err
				}
			}
			if s.Append != "" {
				if _, err := steps.Append(tx, s.Append, 1); err != nil {
					return err
				}
			}
			switch s.Ending {
			case fails:
				return errStep
			case panics:
				panic("on purpose")
			case exits:
				runtime.Goexit()
			}
			return nil
		})
		got.Ending = succeeds
		if got.Returns != nil {
			got.Ending = fails
		}
	})
	wg.Wait()
	return got
}

func number(tx *Tx, k byte) int {
	n, err := numbers.Get(tx, []byte{k})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return -1
	}
	return n
}

func writeNumber(tx *Tx, k byte, n int) error {
	if n == 0 {
		return numbers.Delete(tx, []byte{k})
	}
	return numbers.Put(tx, []byte{k}, n)
}

func length(tx *Tx) (n int) {
	var err error
	for owner := range steps.Owners(tx) {
		for range steps.Of(tx, owner, &err) {
			n++
		}
	}
	if err != nil {
		return -1
	}
	return n
}

// TestGroupsActOneAfterTheOther plays groups of functions that wait together,
// of which some fail, panic or leave, against a plain map on which those that
// succeed act in their order.
func TestGroupsActOneAfterTheOther(t *testing.T) {
	v, dir, n := newVault(t), t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		groups := rapid.SliceOfN(rapid.SliceOfN(stepGen, 1, 12), 1, 4).Draw(rt, "groups")
		n++
		var diff string
		synctest.Test(t, func(t *testing.T) {
			diff = playGroups(t, filepath.Join(dir, fmt.Sprint(n)), v, groups)
		})
		if diff != "" {
			rt.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

// playGroups returns what differs from the model.
func playGroups(t *testing.T, path string, v *vault.Vault, groups [][]step) string {
	model, logged := map[byte]int{}, 0
	for _, group := range groups {
		db, err := Open(path, v) // anew for each group
		if err != nil {
			t.Fatal(err)
		}
		got, want := make([]seen, len(group)), make([]seen, len(group))
		release := hold(db)
		for i, s := range group {
			go func() { got[i] = s.play(db) }()
			synctest.Wait() // they queue in this order
			want[i] = seen{Number: model[s.Read], Length: logged, Ending: s.Ending}
			switch s.Ending {
			case succeeds:
				want[i].Hooks = 1
				maps.Copy(model, s.Write)
				if s.Append != "" {
					logged++
				}
			case fails:
				want[i].Returns = errStep
			}
		}
		release()
		stored, n := contents(t, db)
		closeDB(t, db)
		maps.DeleteFunc(model, func(_ byte, n int) bool { return n == 0 })
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b error) bool { return a == b })); diff != "" {
			return diff
		}
		if diff := cmp.Diff(model, stored); diff != "" {
			return diff
		}
		if n != logged {
			return fmt.Sprintf("%d log records, want %d", n, logged)
		}
	}
	return ""
}

func contents(t *testing.T, db *DB) (stored map[byte]int, logged int) {
	stored = make(map[byte]int)
	mustView(t, db, func(tx *Tx) (err error) {
		for k, n := range numbers.Range(tx, nil, nil, &err) {
			stored[k[0]] = n
		}
		logged = length(tx)
		return err
	})
	return stored, logged
}

func TestPanicKeepsItsValueAndTheStoreGoesOn(t *testing.T) {
	db := newDB(t)
	func() {
		defer func() {
			if got := recover(); got != "on purpose" {
				t.Errorf("recovered %v, want the function's own panic", got)
			}
		}()
		db.Update(func(tx *Tx) error {
			numbers.Put(tx, []byte("k"), 1)
			panic("on purpose")
		})
	}()
	mustUpdate(t, db, func(tx *Tx) error {
		if _, err := numbers.Get(tx, []byte("k")); !errors.Is(err, ErrNotFound) {
			t.Errorf("the panicked function's record: %v, want ErrNotFound", err)
		}
		return nil
	})
}

// TestFailedCommitIsToldToAll makes the disk full and has a group share the
// failure, also the function whose own failure followed from a lost write.
func TestFailedCommitIsToldToAll(t *testing.T) {
	path, v := filepath.Join(t.TempDir(), "data.db"), newVault(t)
	synctest.Test(t, func(t *testing.T) {
		db := openDB(t, path, v)
		mustUpdate(t, db, func(tx *Tx) error {
			_, err := steps.Append(tx, "a", 1)
			return errors.Join(err, numbers.Put(tx, []byte("k"), 1))
		})
		db.bolt.MaxSize = 1
		release := hold(db)
		results := make(chan error, 3)
		go func() {
			results <- db.Update(func(tx *Tx) error {
				for i := range 20_000 {
					if err := numbers.Put(tx, binary.BigEndian.AppendUint32(nil, uint32(i)), i); err != nil {
						return err
					}
				}
				_, err := steps.Append(tx, "b", 2)
				return errors.Join(err, steps.Forget(tx, "a"), numbers.Put(tx, []byte("k"), 2))
			})
		}()
		synctest.Wait()
		go func() {
			results <- db.Update(func(tx *Tx) error {
				if number(tx, 'k') == 2 {
					return errStep
				}
				return nil
			})
		}()
		synctest.Wait()
		go func() {
			results <- db.Update(func(tx *Tx) error {
				tx.OnCommit(func() { t.Error("a hook ran without a commit") })
				_, err := steps.Append(tx, "a", 3)
				return err
			})
		}()
		release()
		for range cap(results) {
			if err := <-results; err == nil || errors.Is(err, errStep) {
				t.Errorf("Update = %v, want the commit's failure", err)
			}
		}
		db.bolt.MaxSize = 0
		checkOwners := func(want ...string) {
			t.Helper()
			mustView(t, db, func(tx *Tx) error {
				if got := slices.Collect(maps.Keys(maps.Collect(steps.Owners(tx)))); !slices.Equal(got, want) {
					t.Errorf("owners = %q, want %q", got, want)
				}
				if n := number(tx, 'k'); n != 1 {
					t.Errorf("k = %d after the failed commit, want 1", n)
				}
				return nil
			})
		}
		checkOwners("a")
		mustUpdate(t, db, func(tx *Tx) error {
			pos, err := steps.Append(tx, "a", 4)
			if pos != 2 {
				t.Errorf("position %d, want 2: those of the failed commit are free", pos)
			}
			return err
		})
		checkOwners("a")
	})
}

func TestClose(t *testing.T) {
	path, v := filepath.Join(t.TempDir(), "data.db"), newVault(t)
	synctest.Test(t, func(t *testing.T) {
		db := openDB(t, path, v)
		release := hold(db)
		begun := make(chan error, 1)
		go func() { begun <- db.Update(func(tx *Tx) error { return numbers.Put(tx, []byte("k"), 1) }) }()
		synctest.Wait()
		closed := make(chan error, 2)
		for range cap(closed) {
			go func() { closed <- db.Close() }()
		}
		release()
		if err := <-begun; err != nil {
			t.Errorf("an update begun before Close = %v", err)
		}
		for range cap(closed) {
			if err := <-closed; err != nil {
				t.Errorf("Close = %v", err)
			}
		}
		if err := db.Update(func(*Tx) error { return nil }); !errors.Is(err, ErrClosed) {
			t.Errorf("Update after Close = %v, want ErrClosed", err)
		}
		if err := db.View(func(*Tx) error { return nil }); !errors.Is(err, ErrClosed) {
			t.Errorf("View after Close = %v, want ErrClosed", err)
		}
	})
}

// TestManyAtOnce has writers, readers, failing writers and a backup at work
// together; under -race it looks for races, and always for lost updates.
func TestManyAtOnce(t *testing.T) {
	db := newDB(t)
	const writers, rounds = 16, 50
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range rounds {
				err := db.Update(func(tx *Tx) error {
					total := number(tx, 't')
					if err := numbers.Put(tx, []byte("t"), total+1); err != nil {
						return err
					}
					if _, err := steps.Append(tx, fmt.Sprint(w), total); err != nil {
						return err
					}
					if n%5 == 4 {
						return errStep
					}
					return nil
				})
				if wants := n%5 == 4; (err != nil) != wants {
					t.Errorf("Update = %v", err)
				}
			}
		})
		wg.Go(func() {
			for range rounds {
				mustView(t, db, func(tx *Tx) error {
					if total, n := number(tx, 't'), length(tx); total != n {
						t.Errorf("a view sees %d counted and %d logged", total, n)
					}
					return nil
				})
			}
		})
	}
	wg.Go(func() {
		if err := db.Backup(filepath.Join(t.TempDir(), "copy.db")); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	mustView(t, db, func(tx *Tx) error {
		if total, want := number(tx, 't'), writers*rounds*4/5; total != want {
			t.Errorf("%d counted, want %d", total, want)
		}
		return nil
	})
}
