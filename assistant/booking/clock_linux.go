package booking

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceNow counts the time from its call on. Time in which the machine sleeps counts, which
// it does not in Go's monotonic readings: to people outside it passes as well.
func sinceNow() func() time.Duration {
	began, start := time.Now(), booted()
	return func() time.Duration {
		if now := booted(); start > 0 && now > 0 {
			return now - start
		}
		return time.Since(began)
	}
}

// booted is the time since the machine was started, 0 where that cannot be read.
func booted() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
