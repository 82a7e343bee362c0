package privacy

import (
	"testing"
	"time"
)

func TestWorkdays(t *testing.T) {
	kazan := time.FixedZone("MSK", 3*3600)
	for _, c := range []struct {
		name, from string
		n          int
		want       string // the last day
	}{
		{"a week", "2026-11-16", 5, "2026-11-23"},
		{"from a Saturday", "2026-11-21", 1, "2026-11-23"},
		{"over the day of unity", "2026-11-03", 1, "2026-11-05"},
		{"over the new year", "2026-12-30", 2, "2027-01-11"},
		{"a holiday on a Sunday", "2026-03-06", 1, "2026-03-09"},
	} {
		from, _ := time.ParseInLocation(time.DateOnly, c.from, kazan)
		got := AfterWorkdays(from.Add(15*time.Hour), c.n).Add(-time.Second).Format(time.DateOnly)
		if got != c.want {
			t.Errorf("%s: %d working days after %s end on %s, want %s", c.name, c.n, c.from, got, c.want)
		}
	}
}

func TestDue(t *testing.T) {
	kazan := time.FixedZone("MSK", 3*3600)
	received := time.Date(2026, 11, 23, 10, 0, 0, 0, kazan) // a Monday
	for right, want := range map[Right]string{
		// One working day sooner than the law's 10 and 7.
		RightAccess: "2026-12-04", RightExport: "2026-12-04", RightCorrect: "2026-12-01",
		RightRestrict: "2026-11-24", RightWithdraw: "2026-12-23", RightErase: "2026-12-23",
	} {
		if got := right.Due(received).Add(-time.Second).Format(time.DateOnly); got != want {
			t.Errorf("%s is due on %s, want %s", right, got, want)
		}
	}
}
