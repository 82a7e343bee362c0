package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"okoshko/storage/killed"
	"okoshko/storage/vault"
)

// settle settles and returns what was entered.
func (h *house) settle() (entered []Proof) {
	h.t.Helper()
	n, err := h.Settle(h.t.Context(), func(_ *Tx, all []Proof) error { entered = all; return nil })
	if err != nil || n != len(entered) {
		h.t.Fatalf("Settle = %d, %v; %d entered", n, err, len(entered))
	}
	return entered
}

// sealedOf are the sealed records of people as they stand in the file.
func (h *house) sealedOf(people ...string) (sealed []SealedRecord) {
	h.t.Helper()
	mustView(h.t, h.DB, func(tx *Tx) (err error) { sealed, err = tx.Sealed(people...); return err })
	return sealed
}

// noTrace looks for sealed records in the store's file, byte for byte.
func (h *house) noTrace(sealed []SealedRecord) {
	h.t.Helper()
	file := readAll(h.t, h.path())
	for _, r := range sealed {
		if bytes.Contains(file, r.Record) {
			h.t.Errorf("the file still holds the record %q of %s", r.Key, r.Bucket)
		}
	}
}

// TestSettle: of several who were shredded each has a proof, the file is made anew
// once for all, and no trace is left in it.
func TestSettle(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1", "c_2", "c_3")
	sealed := h.sealedOf("c_1", "c_2")
	var files []os.FileInfo
	h.step = func(name string) {
		if name == "copied" {
			info, err := os.Stat(h.path())
			if err != nil {
				t.Error(err)
			}
			files = append(files, info)
		}
	}
	h.shred("c_1")
	h.shred("c_2")
	if got := h.sealedOf("c_1"); len(got) != 0 {
		t.Fatalf("%d records of c_1 are left", len(got))
	}
	got := h.settle()
	if len(got) != 2 || len(files) != 1 {
		t.Fatalf("%d proofs, %d new files; want 2 and 1", len(got), len(files))
	}
	live := len(h.vault.Persons()) + 1
	for _, p := range got {
		if p.Records != 2 || p.Keys != live || p.Opened != 0 || p.Left != 0 || !strings.HasPrefix(p.Person, "c_") {
			t.Errorf("%+v; want 2 records, %d keys, nothing opened", p, live)
		}
	}
	h.noTrace(sealed)
	if more := h.settle(); len(more) != 0 {
		t.Errorf("settled again: %+v", more)
	}
	mustView(t, h.DB, func(tx *Tx) (err error) {
		for range remains.Range(tx, nil, nil, &err) {
			t.Error("something remains")
		}
		if n := tx.Unsettled(); n != 0 {
			t.Errorf("%d are unsettled", n)
		}
		return err
	})
	if card, word := h.holds("c_3"); card == "" || word == "" {
		t.Errorf("who stayed has %q, %q", card, word)
	}
	if err := h.Verify(); err != nil {
		t.Error(err)
	}
}

// TestSettleFindsWhatWasLeft: records that nobody deleted count, and go.
func TestSettleFindsWhatWasLeft(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1", "c_2")
	sealed := h.sealedOf("c_1")
	mustUpdate(t, h.DB, func(tx *Tx) error {
		return errors.Join(cards.Delete(tx, []byte("c_1/a")), tx.Shred("c_1"))
	})
	got := h.settle()
	if len(got) != 1 || got[0].Records != 2 || got[0].Left != 1 || got[0].Opened != 0 {
		t.Errorf("%+v; want 2 records, one of them left", got)
	}
	h.noTrace(sealed)
	if err := h.Verify(); err != nil {
		t.Error(err)
	}
}

// TestProofCanFail: what still opens is told.
func TestProofCanFail(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1", "c_2")
	alive := h.sealedOf("c_2")[0]
	mustUpdate(t, h.DB, func(tx *Tx) error {
		id, err := persons.Get(tx, []byte("c_1"))
		return errors.Join(err, tx.Shred("c_1"), remains.Put(tx, append(keyIDKey(id), 9), alive))
	})
	got := h.settle()
	if len(got) != 1 || got[0].Opened != 1 {
		t.Errorf("%+v; want 1 opened", got)
	}
}

// TestShredWhileKeysAreExchanged: somebody whose records are still under the key
// before loses that too.
func TestShredWhileKeysAreExchanged(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1", "c_2")
	sealed := h.sealedOf("c_1")
	if err := errors.Join(h.vault.RotateHouse(0), h.rotatePersons()); err != nil {
		t.Fatal(err)
	}
	mustUpdate(t, h.DB, func(tx *Tx) error { // the word is left behind
		return errors.Join(cards.Delete(tx, []byte("c_1/a")), tx.Shred("c_1"))
	})
	if err := h.Shredded(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Rotate(); err != nil {
		t.Fatal(err)
	}
	got := h.settle()
	if len(got) != 1 || got[0].Records != 2 || got[0].Opened != 0 {
		t.Errorf("%+v; want 2 records and nothing opened", got)
	}
	if p := h.Prove(sealed); p.Opened != 0 {
		t.Errorf("%+v", p)
	}
	if card, word := h.holds("c_2"); card == "" || word == "" {
		t.Errorf("who stayed has %q, %q", card, word)
	}
}

// TestSettleEnds: told to stop it stops, and the next goes on.
func TestSettleEnds(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1")
	h.shred("c_1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	entered := func(*Tx, []Proof) error { t.Error("entered"); return nil }
	if _, err := h.Settle(ctx, entered); !errors.Is(err, context.Canceled) {
		t.Errorf("Settle = %v, want Canceled", err)
	}
	stop := errors.New("the register is full")
	if _, err := h.Settle(t.Context(), func(*Tx, []Proof) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Settle = %v, want %v", err, stop)
	}
	if got := h.settle(); len(got) != 1 || got[0].Records != 2 {
		t.Errorf("%+v", got)
	}
}

// erasureSteps are the steps of an erasure, in order, after each of which a
// process may end.
var erasureSteps = []string{"doomed", "registered", "destroyed", "proved", "copied", "caught up", "compacted", "entered"}

// erasedDir names the folder of a child process that erases, and erasedStep in
// which step it waits to be killed.
const (
	erasedDir  = "OKOSHKO_TEST_ERASED_DIR"
	erasedStep = "OKOSHKO_TEST_ERASED_STEP"
)

// TestKilledErasure kills a process that erases (SIGKILL) in each step: the next
// finishes what is left to do, and the proof is entered once.
func TestKilledErasure(t *testing.T) {
	for i, step := range erasureSteps {
		t.Run(step, func(t *testing.T) {
			h := newHouse(t)
			h.fill("c_1", "c_2")
			sealed := h.sealedOf("c_1")
			h.close()
			t.Setenv(erasedStep, step)
			var steps []string
			killed.Run(t, erasedDir, h.dir, i+1, func(line string) { steps = append(steps, line) })
			if got, want := strings.Join(steps, ", "), strings.Join(erasureSteps[:i+1], ", "); got != want {
				t.Fatalf("steps %s; want %s", got, want)
			}
			h.open()
			if _, err := h.Settle(t.Context(), enterOnce); err != nil {
				t.Fatal(err)
			}
			if p := h.Prove(sealed); p.Opened != 0 {
				t.Errorf("%+v", p)
			}
			h.noTrace(sealed)
			mustView(t, h.DB, func(tx *Tx) error {
				said, err := plain.Get(tx, []byte("proof of c_1"))
				if want := fmt.Sprintf("2 records, %d keys, 0 opened", spareKeys); said != want || tx.Unsettled() != 0 {
					t.Errorf("entered %q, %d unsettled; want %q", said, tx.Unsettled(), want)
				}
				return err
			})
			if card, word := h.holds("c_2"); card == "" || word == "" {
				t.Errorf("who stayed has %q, %q", card, word)
			}
			if err := h.Verify(); err != nil {
				t.Error(err)
			}
			left, err := filepath.Glob(filepath.Join(h.dir, "*.db.*"))
			if err != nil || len(left) != 0 {
				t.Errorf("left beside the store: %v, %v", left, err)
			}
		})
	}
}

// enterOnce enters proofs, and no proof twice.
func enterOnce(tx *Tx, all []Proof) error {
	for _, p := range all {
		key := []byte("proof of " + p.Person)
		if _, err := plain.Get(tx, key); !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("entered before, or %w", err)
		}
		if err := plain.Put(tx, key, fmt.Sprintf("%d records, %d keys, %d opened", p.Records, p.Keys, p.Opened)); err != nil {
			return err
		}
	}
	return nil
}

// eraseUntilKilled is the child process.
func eraseUntilKilled(dir string) {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	v, err := vault.Open(dir, killedKey(dir))
	if err != nil {
		fail(err)
	}
	db, err := Open(filepath.Join(dir, "data.db"), v)
	if err != nil {
		fail(err)
	}
	db.step = func(name string) {
		fmt.Println(name)
		for name == os.Getenv(erasedStep) {
			time.Sleep(time.Hour)
		}
	}
	err = db.Update(func(tx *Tx) error {
		return errors.Join(cards.Delete(tx, []byte("c_1/a")), talks.Forget(tx, "c_1"), tx.Shred("c_1"))
	})
	if err == nil {
		_, err = db.Settle(context.Background(), enterOnce)
	}
	fail(fmt.Errorf("was not killed: %w", err))
}
