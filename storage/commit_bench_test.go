package storage

import (
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// BenchmarkCommit measures in one run what the numbers of one machine can be
// compared by: the disk's flush F, a lone Update beside it, and 64 and 1,000
// waiting functions beside one bolt transaction each. The rounds are
// interleaved, so that a disk whose pace changes changes it for all.
//
//	F-µs          one fdatasync of a small append, median
//	lone/F        a lone Update of one sealed kilobyte, in flushes (two are the floor)
//	64x, 1000x    records a second when so many wait, beside one bolt transaction each
func BenchmarkCommit(b *testing.B) {
	db, words, value := newDB(b), NewLog[string]("words"), string(make([]byte, 150)) // 900 bytes of JSON
	plain, err := bolt.Open(filepath.Join(b.TempDir(), "plain.db"), 0o600, options())
	if err != nil {
		b.Fatal(err)
	}
	defer plain.Close()
	put := func(owner string) {
		if err := db.Update(func(tx *Tx) error { _, err := words.Append(tx, owner, value); return err }); err != nil {
			b.Error(err)
		}
	}
	n := 0
	one := func() {
		n++
		err := plain.Update(func(tx *bolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("words"))
			if err != nil {
				return err
			}
			return bucket.Put(logKey(uint64(n), "lone"), make([]byte, 1000))
		})
		if err != nil {
			b.Error(err)
		}
	}
	var flush, lone, each, few, many []time.Duration
	for b.Loop() {
		f, err := MeasureSync(filepath.Dir(db.bolt.Path()))
		if err != nil {
			b.Fatal(err)
		}
		flush = append(flush, f)
		lone = append(lone, perCall(100, func() { put("lone") }))
		each = append(each, perCall(100, one))
		few = append(few, together(64, 50, put))
		many = append(many, together(1000, 10, put))
	}
	b.ReportMetric(float64(median(flush).Microseconds()), "F-µs")
	b.ReportMetric(ratio(lone, flush), "lone/F")
	b.ReportMetric(ratio(each, few), "64x")
	b.ReportMetric(ratio(each, many), "1000x")
	b.ReportMetric(float64(time.Second)/float64(median(few)), "64-records/s")
	b.ReportMetric(float64(time.Second)/float64(median(many)), "1000-records/s")
	b.ReportMetric(0, "ns/op") // a round says nothing
}

func perCall(n int, fn func()) time.Duration {
	start := time.Now()
	for range n {
		fn()
	}
	return time.Since(start) / time.Duration(n)
}

// together is the time per record when so many goroutines put at once.
func together(writers, each int, put func(owner string)) time.Duration {
	var wg sync.WaitGroup
	start := time.Now()
	for w := range writers {
		wg.Go(func() {
			for range each {
				put(strconv.Itoa(w))
			}
		})
	}
	wg.Wait()
	return time.Since(start) / time.Duration(writers*each)
}

func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2]
}

func ratio(a, b []time.Duration) float64 { return float64(median(a)) / float64(median(b)) }

func BenchmarkGet(b *testing.B) {
	db := newDB(b)
	if err := db.Update(func(tx *Tx) error { return numbers.Put(tx, []byte("k"), 1) }); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := db.View(func(tx *Tx) error { _, err := numbers.Get(tx, []byte("k")); return err }); err != nil {
			b.Fatal(err)
		}
	}
}
