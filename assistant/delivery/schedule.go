package delivery

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"okoshko/storage/outbox"
)

// schedule is how long after the failure of the one before each attempt is
// made: ten attempts over some three days, as Standard Webhooks recommends.
// Each but the first is shifted by up to jitter of itself, so that receivers
// that fell together are not called together.
var schedule = [...]time.Duration{
	0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour,
	5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

const (
	lastRound = len(schedule) - 1
	jitter    = 0.2

	// maxRetryAfter is how far a receiver can put an attempt off; it cannot
	// bring one forward.
	maxRetryAfter = time.Hour

	// A receiver that is not reached is left in peace, for the first of these
	// and twice as long each time, up to the second: what waits for it queues up
	// instead of running into the same timeout one by one. A new event has the
	// oldest that waits tried again; and when the receiver answers, all that
	// waited because of it is due at once. Neither uses up the schedule.
	firstPause = 2 * time.Second
	maxPause   = time.Minute
)

// delay is the wait before the attempt of this round, from 0.
func (w *worker) delay(round int) time.Duration {
	shift := 1 + jitter*(2*w.random.Float64()-1)
	return time.Duration(math.Round(float64(schedule[round]) * shift))
}

// retry returns when to try again after the attempt of this round; the zero time
// when the schedule has ended.
func (w *worker) retry(round int, reply answer, now time.Time) time.Time {
	if round >= lastRound {
		return time.Time{}
	}
	return now.Add(max(w.delay(round+1), min(reply.retryAfter, maxRetryAfter)))
}

// note learns from an attempt how the receiver is.
func (w *worker) note(a outbox.Attempt, reply answer, now time.Time) {
	switch {
	case reply.ok():
		w.back, w.misses = true, 0
	case unreached(a):
		w.back = false
		w.pause = now.Add(max(min(firstPause<<min(w.misses, 16), maxPause), min(reply.retryAfter, maxRetryAfter)))
		w.misses++
	}
}

// unreached reports whether an attempt failed for a reason that concerns all
// deliveries to the receiver, not this one.
func unreached(a outbox.Attempt) bool {
	switch a.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	case 0:
		return a.Error != NotRendered
	}
	return false
}

// retryAfter reads the header of that name: seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
