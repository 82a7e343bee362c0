//go:build !linux

package booking

import "time"

// sinceNow counts the time from its call on.
func sinceNow() func() time.Duration {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }
}
