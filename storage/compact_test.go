package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestCompactKeepsWhatIsWrittenMeanwhile: records that come, change and go while
// the file is copied, logs, new tables and sequences, and what fails.
func TestCompactKeepsWhatIsWrittenMeanwhile(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1", "c_2", "c_3")
	fresh := NewTable[int]("fresh")
	failed := errors.New("not written")
	var counted uint64
	h.step = func(name string) {
		if name != "copied" {
			return
		}
		mustUpdate(t, h.DB, func(tx *Tx) (err error) {
			if counted, err = tx.Sequence("tickets"); err != nil {
				return err
			}
			_, err = talks.Append(tx, "c_1", "said meanwhile")
			return errors.Join(err, cards.Put(tx, []byte("c_1/a"), "changed"), cards.Delete(tx, []byte("c_2/a")),
				fresh.Put(tx, []byte("k"), 7), cards.Put(tx, []byte("c_4/a"), "came"))
		})
		mustUpdate(t, h.DB, func(tx *Tx) error { return errors.Join(talks.Forget(tx, "c_3"), fresh.Put(tx, []byte("k"), 8)) })
		err := h.Update(func(tx *Tx) error {
			return errors.Join(plain.Put(tx, []byte("never"), "x"), NewTable[int]("never").Put(tx, []byte("k"), 1), failed)
		})
		if !errors.Is(err, failed) {
			t.Error(err)
		}
	}
	before, err := os.Stat(h.path())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Compact(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(h.path()); err != nil || os.SameFile(before, after) {
		t.Errorf("the file is the same one (%v)", err)
	}
	h.step = nil
	look := func(when string) {
		t.Helper()
		one, word := h.holds("c_1")
		two, _ := h.holds("c_2")
		three, silence := h.holds("c_3")
		four, _ := h.holds("c_4")
		if got := fmt.Sprintf("%q %q %q %q %q %q", one, word, two, three, silence, four); got != `"changed" "said meanwhile" "" "card of c_3" "" "came"` {
			t.Errorf("%s: %s", when, got)
		}
		mustView(t, h.DB, func(tx *Tx) error {
			if n, err := fresh.Get(tx, []byte("k")); n != 8 || err != nil {
				t.Errorf("%s: a new table has %d, %v", when, n, err)
			}
			return nil
		})
		if err := h.Verify(); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	look("after")
	mustUpdate(t, h.DB, func(tx *Tx) error {
		if n, err := tx.Sequence("tickets"); n != counted+1 {
			t.Errorf("the sequence goes on with %d (%v) after %d", n, err, counted)
		}
		return nil
	})
	h.close()
	h.open()
	look("opened again")
}

// TestCloseWhileCompacting: the store closes, the copy goes, nothing is lost.
func TestCloseWhileCompacting(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1")
	closed := make(chan error)
	h.step = func(name string) {
		if name == "copied" {
			go func(db *DB) { closed <- db.Close() }(h.DB)
			if err := <-closed; err != nil {
				t.Error(err)
			}
		}
	}
	if err := h.Compact(); !errors.Is(err, ErrClosed) {
		t.Errorf("Compact = %v, want ErrClosed", err)
	}
	if left, _ := filepath.Glob(h.path() + ".*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	h.open()
	if card, _ := h.holds("c_1"); card == "" {
		t.Error("the card is lost")
	}
}

// TestFailedCompactLeavesTheStore: where the copy cannot be made the store goes
// on, and what is written later is in the next copy.
func TestFailedCompactLeavesTheStore(t *testing.T) {
	h := newHouse(t)
	h.fill("c_1")
	h.step = func(name string) {
		if name == "caught up" { // the folder goes away under it
			if err := os.Rename(h.dir, h.dir+"x"); err != nil {
				t.Error(err)
			}
		}
	}
	if err := h.Compact(); err == nil {
		t.Error("the copy got its name in a folder that is not there")
	}
	h.step = nil
	if err := os.Rename(h.dir+"x", h.dir); err != nil {
		t.Fatal(err)
	}
	h.fill("c_2")
	if err := h.Compact(); err != nil {
		t.Fatal(err)
	}
	if card, _ := h.holds("c_2"); card == "" {
		t.Error("the card is lost")
	}
	if err := h.Verify(); err != nil {
		t.Error(err)
	}
}

// BenchmarkCompact is the compaction of a store of a hundred megabytes while
// others write: how long it takes, and how long the unluckiest of them waits.
func BenchmarkCompact(b *testing.B) {
	h := newHouse(b)
	const records = 80_000
	value := strings.Repeat("x", 1024)
	for from := 0; from < records; from += 2000 {
		mustUpdate(b, h.DB, func(tx *Tx) error {
			for i := range 2000 {
				if err := cards.Put(tx, fmt.Appendf(nil, "c_%d/%06d", i%8, from+i), value); err != nil {
					return err
				}
			}
			return nil
		})
	}
	info, err := os.Stat(h.path())
	if err != nil {
		b.Fatal(err)
	}
	stop, stopped := make(chan struct{}), make(chan [2]time.Duration)
	go func() { stopped <- h.writeUntil(stop) }()
	for b.Loop() {
		if err := h.Compact(); err != nil {
			b.Fatal(err)
		}
	}
	close(stop)
	waited := <-stopped
	b.ReportMetric(float64(info.Size())/1e6, "MB")
	b.ReportMetric(float64(waited[0].Microseconds())/1e3, "median-wait-ms")
	b.ReportMetric(float64(waited[1].Microseconds())/1e3, "worst-wait-ms")
}

// writeUntil writes a record after the other and returns how long the median and
// the unluckiest took.
func (h *house) writeUntil(stop chan struct{}) (waited [2]time.Duration) {
	var all []time.Duration
	for n := 0; ; n++ {
		select {
		case <-stop:
			slices.Sort(all)
			return [2]time.Duration{all[len(all)/2], all[len(all)-1]}
		default:
		}
		start := time.Now()
		if err := h.Update(func(tx *Tx) error { return plain.Put(tx, []byte("n"), fmt.Sprint(n)) }); err != nil {
			h.t.Error(err)
		}
		all = append(all, time.Since(start))
	}
}
