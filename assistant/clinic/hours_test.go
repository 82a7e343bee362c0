package clinic

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestHours(t *testing.T) {
	day := []Span{{540, 1080}}
	tests := []struct {
		hours, date string
		want        []Span
	}{
		{"Mo-Fr 08:00-13:00,14:00-20:00; Sa 09:00-15:00; Su off", "2026-11-23", []Span{{480, 780}, {840, 1200}}},
		{"Mo-Fr 08:00-13:00,14:00-20:00; Sa 09:00-15:00; Su off", "2026-11-28", []Span{{540, 900}}},
		{"Mo-Fr 08:00-13:00,14:00-20:00; Sa 09:00-15:00; Su off", "2026-11-29", nil},
		{"Mo,We,Fr 09:00-18:00", "2026-11-25", day},
		{"Mo,We,Fr 09:00-18:00", "2026-11-26", nil},
		{"Mo-We,Sa 09:00-18:00", "2026-11-28", day},
		{"Sa-Mo 09:00-18:00", "2026-11-29", day},
		{"Sa-Mo 09:00-18:00", "2026-11-24", nil},
		{"09:00-18:00", "2026-11-29", day},
		{"9:00-18:00", "2026-11-29", day},
		{"24/7", "2026-11-29", []Span{{0, 1440}}},
		{"Fr 22:00-02:00", "2026-11-27", []Span{{1320, 1560}}},
		{"Fr 22:00-02:00", "2026-11-28", nil},
		{"00:00-24:00", "2026-11-28", []Span{{0, 1440}}},
		{"20:00-26:00", "2026-11-28", []Span{{1200, 1560}}},
		{"14:00-18:00,08:00-12:00", "2026-11-28", []Span{{480, 720}, {840, 1080}}},
		{"Mo-Su 09:00-18:00; 2026 Dec 31 off", "2026-12-31", nil},
		{"Mo-Su 09:00-18:00; 2026 Dec 31 off", "2027-12-31", day},
		{"Mo-Su 09:00-18:00; Dec 31 off", "2027-12-31", nil},
		{"Mo-Su 09:00-18:00; Dec 31-Jan 08 off", "2027-01-08", nil},
		{"Mo-Su 09:00-18:00; Dec 31-Jan 08 off", "2027-01-09", day},
		{"Mo-Su 09:00-18:00; 2026 Dec 31-2027 Jan 08 off", "2027-01-08", nil},
		{"Mo-Su 09:00-18:00; 2026 Dec 31-2027 Jan 08 off", "2028-01-08", day},
		{"Mo-Su 09:00-18:00; May 01-09 off", "2027-05-09", nil},
		{"Mo-Su 09:00-18:00; Jun-Aug Sa off", "2027-07-03", nil},
		{"Mo-Su 09:00-18:00; Jun-Aug Sa off", "2027-07-02", day},
		{"Mo-Su 09:00-18:00; Feb off", "2028-02-29", nil},
		{"2026 Dec 31 off; Mo-Su 09:00-18:00", "2026-12-31", day}, // the later rule wins
		{"  Mo-Fr   09:00-18:00 ; ", "2026-11-23", day},
		{"Mo-Fr 09:00-12:00, 13:00-18:00", "2026-11-23", []Span{{540, 720}, {780, 1080}}},
	}
	for _, tt := range tests {
		h, err := ParseHours(tt.hours)
		if err != nil {
			t.Errorf("%q: %v", tt.hours, err)
			continue
		}
		d, err := ParseDate(tt.date)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, h.On(d.Year, d.Month, d.Day)); diff != "" {
			t.Errorf("%q on %s:\n%s", tt.hours, tt.date, diff)
		}
	}
}

func TestWrongHours(t *testing.T) {
	for text, want := range map[string]string{
		"":                               `found "", expected hours after it`,
		"Mo-Fr":                          `found "Mo-Fr", expected hours after it`,
		"Mo-Fr 9-18":                     `found "9-18", expected hours such as`,
		"mo-fr 09:00-18:00":              `found "mo-fr 09:00-18:00", expected hours such as`,
		"Mo-Fr 09:00-18:60":              `found "09:00-18:60", expected times from 00:00 to 24:00`,
		"Mo-Fr 25:00-26:00":              `found "25:00-26:00", expected times`,
		"Mo-Fr 09:00-09:00":              `found "09:00-09:00", expected times`,
		"Mo-Fr 09:00-13:00,12:00-18:00":  `found "09:00-13:00,12:00-18:00", expected hours that do not overlap`,
		"Mo-We-Fr 09:00-18:00":           `found "Mo-We-Fr", expected days such as`,
		"Mo-Fr 09:00-12:00, We 14:00-15": `found "We 14:00-15", expected hours such as`,
		"2026 Feb 29 off":                `found "2026 Feb 29", expected a day that February has`,
		"2027 Jan 02-2026 Dec 30 off":    `found "2027 Jan 02-2026 Dec 30", expected the earlier date first`,
		"Dec 31-2027 Jan 02 off":         `found "Dec 31-2027 Jan 02", expected the earlier date first, with its year`,
		"Jan 3-Feb off":                  `found "Jan 3-Feb", expected a day in both dates or in none`,
		"PH off":                         `found "PH off", expected hours such as`,
		strings.Repeat("Mo off;", 200):   `found 1400 bytes, expected at most 1000`,
	} {
		if _, err := ParseHours(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
}

func FuzzParseHours(f *testing.F) {
	for _, s := range []string{"Mo-Fr 08:00-13:00,14:00-20:00; Sa 09:00-15:00; Su off; 2026 Dec 31 off", "24/7", "Dec 31-Jan 08 22:00-02:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := ParseHours(s)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "found ") || !strings.Contains(err.Error(), ", expected ") {
				t.Errorf("an error of another form: %v", err)
			}
			return
		}
		if again, err := ParseHours(h.String()); err != nil || again.String() != h.String() {
			t.Errorf("%q is not read as itself: %v", h, err)
		}
		for d := (Date{2026, 12, 20}); d.Year < 2028; d = d.AddDays(9) {
			end := 0
			for _, span := range h.On(d.Year, d.Month, d.Day) {
				if span.From < end || span.To <= span.From || span.From >= 1440 || span.To > 2880 {
					t.Fatalf("%q on %s: %v", s, d, h.On(d.Year, d.Month, d.Day))
				}
				end = span.To
			}
		}
	})
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30m": 30 * time.Minute, "1h30m": 90 * time.Minute, "60d": 1440 * time.Hour, "20s": 20 * time.Second, "1d12h": 36 * time.Hour,
	} {
		got, err := ParseDuration(text)
		if err != nil || got != want || FormatDuration(got) != text {
			t.Errorf("%q: %v, %v, written %q", text, got, err, FormatDuration(got))
		}
	}
	for _, text := range []string{"", "30", "m", "1.5h", "-5m", "5 m", "30m1h", "99999999999999999999d", "1w"} {
		if d, err := ParseDuration(text); err == nil {
			t.Errorf("%q was read as %v", text, d)
		}
	}
}

// On any day of any zone the wall clock's minutes come in order, and each that the clock
// shows is found where it shows it.
func TestAtFollowsTheWallClock(t *testing.T) {
	zones := []string{"Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		c := &Clinic{Location: zone}
		d := Date{2011, 1, 1}.AddDays(rapid.IntRange(0, 9000).Draw(t, "day"))
		last := c.At(d, 0)
		for minute := 5; minute <= 2880; minute += 5 {
			at := c.At(d, minute)
			if at.Before(last) {
				t.Fatalf("%s %d min in %s is %v, after %v", d, minute, zone, at, last)
			}
			shown := at.In(zone)
			wall := time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, time.UTC)
			if shown.Format("02 15:04") != wall.Format("02 15:04") {
				before := at.Add(-time.Second).In(zone) // only when the clock skips it
				if before.Format("0102 15:04") >= wall.Format("0102 15:04") || shown.Format("0102 15:04") <= wall.Format("0102 15:04") {
					t.Fatalf("%s %d min in %s: %v", d, minute, zone, shown)
				}
			}
			last = at
		}
	})
}

func TestDates(t *testing.T) {
	d, err := ParseDate("2028-02-28")
	if err != nil {
		t.Fatal(err)
	}
	if got := d.AddDays(2); got.String() != "2028-03-01" || got.Number()-d.Number() != 2 || got.Compare(d) <= 0 || got.Weekday() != time.Wednesday {
		t.Errorf("two days after %s: %s", d, got)
	}
	for _, s := range []string{"", "2026-02-29", "31.12.2026", "2026-1-1", "2026-12-31T00:00"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
}
