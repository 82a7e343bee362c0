package clinic_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/assistant/clinic"
)

// with is an example file with more sections.
func with(t *testing.T, name, more string) *clinic.Clinic {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for section := range strings.SplitSeq(more, "\n") {
		key, _, _ := strings.Cut(section, ":")
		if bytes.Contains(data, []byte("\n"+key+": {")) { // of a section that is there, more keys
			data = bytes.Replace(data, []byte("\n"+key+": {"), []byte("\n"+key+": {"+section[strings.Index(section, "{")+1:len(section)-1]+", "), 1)
			continue
		}
		data = append(append(data, '\n'), section...)
	}
	c, problems, err := clinic.Parse(name, data)
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v\n%s", err, problems)
	}
	return c
}

func TestRemindersAreDiscreetAsTheProfileIs(t *testing.T) {
	for _, tt := range []struct {
		more    string
		profile clinic.Profile
		want    bool
	}{
		{"", clinic.ProfileClinic, true},
		{"profile: salon", clinic.ProfileSalon, false},
		{"profile: salon\nreminders: {discreet: true}", clinic.ProfileSalon, true},
		{"profile: clinic\nreminders: {discreet: false}", clinic.ProfileClinic, false},
		{"reminders: {before: [3h]}\nprofile: salon", clinic.ProfileSalon, false},
	} {
		c := with(t, "salon.yaml", tt.more)
		if c.Profile != tt.profile || c.Reminders.Discreet != tt.want {
			t.Errorf("%q: %q, discreet: %v", tt.more, c.Profile, c.Reminders.Discreet)
		}
	}
}

func TestRemindersKeepTheNight(t *testing.T) {
	tests := []struct {
		name, more, start string
		want              []string
	}{
		{"by day", "", "2026-11-25T14:00", []string{"2026-11-24T14:00", "2026-11-25T12:00"}},
		{"early: the evening before", "", "2026-11-25T09:30", []string{"2026-11-24T09:30", "2026-11-24T20:59"}},
		{"both at once: one", "reminders: {before: [12h, 2h]}", "2026-11-25T10:00", []string{"2026-11-24T20:59"}},
		{"the last quiet minute", "reminders: {before: [2h]}", "2026-11-25T10:59", []string{"2026-11-24T20:59"}},
		{"the first that is not", "reminders: {before: [2h]}", "2026-11-25T11:00", []string{"2026-11-25T09:00"}},
		{"as the night begins", "reminders: {before: [24h]}", "2026-11-25T21:00", []string{"2026-11-24T20:59"}},
		{"no night", "reminders: {quiet: \"off\", before: [2h, 1d]}", "2026-11-25T05:00", []string{"2026-11-24T05:00", "2026-11-25T03:00"}},
		{"quiet by day", "reminders: {quiet: \"13:00-15:00\", before: [1h]}", "2026-11-25T15:30", []string{"2026-11-25T12:59"}},
		{"nobody", "reminders: {before: []}", "2026-11-25T15:30", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := with(t, "salon.yaml", tt.more)
			start, err := time.ParseInLocation("2006-01-02T15:04", tt.start, c.Location)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, at := range c.RemindAt(start) {
				got = append(got, at.In(c.Location).Format("2006-01-02T15:04"))
				if c.IsQuiet(at) || !at.Before(start) {
					t.Errorf("reminded at %s", at)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	c := with(t, "salon.yaml", "")
	for at, want := range map[string]string{
		"2026-11-24T20:59": "2026-11-24T20:59", "2026-11-24T21:00": "2026-11-25T09:00",
		"2026-11-25T08:59": "2026-11-25T09:00", "2026-11-25T09:00": "2026-11-25T09:00",
	} {
		when, _ := time.ParseInLocation("2006-01-02T15:04", at, c.Location)
		if got := c.AfterQuiet(when).In(c.Location).Format("2006-01-02T15:04"); got != want {
			t.Errorf("%s is moved to %s, want %s", at, got, want)
		}
	}
}

func TestReasons(t *testing.T) {
	ids := func(all []clinic.Reason) string {
		var some []string
		for _, r := range all {
			some = append(some, r.ID)
		}
		return strings.Join(some, " ")
	}
	common := with(t, "salon.yaml", "")
	if got := ids(common.Reasons(clinic.OfVisitor)); got != "plans other-time not-needed duplicate other" {
		t.Errorf("a visitor's common reasons: %s", got)
	}
	for _, r := range common.Booking.Reasons {
		for _, lang := range []string{"ru", "tt", "en"} {
			if r.Name[lang] == "" {
				t.Errorf("%s has no words in %s", r.ID, lang)
			}
		}
		if r.Name.In("de") != r.Name["ru"] {
			t.Errorf("%s in another language: %q", r.ID, r.Name.In("de"))
		}
	}
	own := with(t, "salon.yaml", "booking: {reasons: [{id: ill, name: {ru: Заболел мастер}, by: [staff]}, {id: late, name: {ru: Не успеваю}}]}")
	if v, s := ids(own.Reasons(clinic.OfVisitor)), ids(own.Reasons(clinic.OfStaff)); v != "late" || s != "ill late" {
		t.Errorf("own reasons: %q and %q", v, s)
	}
	if r, ok := own.Reason("ill"); !ok || !slices.Equal(r.By, []clinic.Giver{clinic.OfStaff}) {
		t.Errorf("ill: %+v", r)
	}
	if _, ok := own.Reason("plans"); ok {
		t.Error("a common reason beside a list")
	}
	if none := with(t, "salon.yaml", "booking: {reasons: []}"); len(none.Booking.Reasons) != 0 {
		t.Errorf("an empty list: %v", none.Booking.Reasons)
	}
}

func TestSameDayAndChainGap(t *testing.T) {
	c := with(t, "salon.yaml", "booking: {same_day_until: \"15:00\", chain_gap: 5m}")
	if c.Booking.SameDayUntil != 900 || c.Booking.ChainGap != 5*time.Minute {
		t.Errorf("%d, %s", c.Booking.SameDayUntil, c.Booking.ChainGap)
	}
	if c := with(t, "salon.yaml", "booking: {same_day_until: \"00:00\", chain_gap: 0m}"); c.Booking.SameDayUntil != 0 || c.Booking.ChainGap != 0 {
		t.Errorf("%d, %s", c.Booking.SameDayUntil, c.Booking.ChainGap)
	}
	if c := with(t, "salon.yaml", "booking: {same_day_until: \"24:00\"}"); c.Booking.SameDayUntil != 1440 {
		t.Errorf("%d", c.Booking.SameDayUntil)
	}
}
