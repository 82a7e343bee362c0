package storage

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

const (
	syncRounds = 31
	syncBytes  = 1024
)

// MeasureSync returns F, the time of one flush in dir: the median of some
// thirty appends of a kilobyte, each flushed to the disk. A lone [DB.Update]
// cannot take less than two of them. A consumer's SSD has 1–5 ms; far less is a
// disk with a protected cache, or one that does not keep its word.
func MeasureSync(dir string) (time.Duration, error) {
	f, err := os.CreateTemp(dir, "flush.*")
	if err != nil {
		return 0, fmt.Errorf("measuring the disk: %w", err)
	}
	defer os.Remove(f.Name())
	times, err := timeSyncs(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return 0, fmt.Errorf("measuring the disk: %w", err)
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

func timeSyncs(f *os.File) ([]time.Duration, error) {
	times := make([]time.Duration, syncRounds)
	for i := range times {
		start := time.Now()
		if _, err := f.Write(make([]byte, syncBytes)); err != nil {
			return nil, err
		}
		if err := fdatasync(f); err != nil {
			return nil, err
		}
		times[i] = time.Since(start)
	}
	return times, nil
}
