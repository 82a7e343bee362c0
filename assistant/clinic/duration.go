package clinic

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var durationText = regexp.MustCompile(`^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$`)

// ParseDuration reads durations such as 60d, 1h30m, 15m or 20s: whole numbers with their
// units, the largest first. A day has 24 hours.
func ParseDuration(text string) (time.Duration, error) {
	m := durationText.FindStringSubmatch(text)
	if m == nil || text == "" {
		return 0, fmt.Errorf("found %q, expected a duration such as 15m, 1h30m or 60d", text)
	}
	units := []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second}
	var sum float64 // wide enough to see what does not fit a Duration
	for i, unit := range units {
		n, _ := strconv.ParseFloat("0"+m[i+1], 64)
		sum += n * float64(unit)
	}
	if sum > math.MaxInt64/2 {
		return 0, fmt.Errorf("found %q, expected at most 3650d", text)
	}
	return time.Duration(sum), nil
}

// FormatDuration writes what ParseDuration reads, days and all.
func FormatDuration(d time.Duration) string {
	var b strings.Builder
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if n := d / u.unit; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.unit
		}
	}
	if b.Len() == 0 {
		return "0m"
	}
	return b.String()
}
