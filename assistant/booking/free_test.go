package booking

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

func TestFreeInTheExampleClinics(t *testing.T) {
	tests := []struct {
		name, file, now string
		taken           []string // service specialist start
		q               Query
		from, to        string
		want            string
	}{
		{
			name: "nearest cleaning is an hour from now", file: "clinic", now: "2026-11-23T09:00",
			q: Query{Service: "cleaning", Limit: 3}, want: "2026-11-23 10:00 10:15 10:30",
		},
		{
			name: "notice is counted to the minute", file: "clinic", now: "2026-11-23T09:01",
			q: Query{Service: "cleaning", Limit: 1}, want: "2026-11-23 10:15",
		},
		{
			name: "the last start leaves room for the service", file: "clinic", now: "2026-11-23T09:00",
			q: Query{Service: "cleaning", Within: []clinic.Span{{From: 13 * 60, To: 24 * 60}}}, from: "2026-11-25T00:00", to: "2026-11-26T00:00",
			want: "2026-11-25 13:00 13:15 13:30 13:45 14:00",
		},
		{
			name: "a taken half hour", file: "clinic", now: "2026-11-23T09:00", taken: []string{"therapist akhmetova 2026-11-25T09:00"},
			q: Query{Service: "therapist", Specialist: "akhmetova"}, from: "2026-11-25T08:00", to: "2026-11-25T10:00",
			want: "2026-11-25 08:00 08:15 08:30 09:30 09:45",
		},
		{
			name: "the buffer after a check-up", file: "clinic", now: "2026-11-23T09:00", taken: []string{"dentist-exam sharipov 2026-11-25T10:00"},
			q: Query{Service: "dentist-exam", Specialist: "sharipov"}, from: "2026-11-25T09:00", to: "2026-11-25T11:30",
			want: "2026-11-25 09:00 09:15 10:45 11:00 11:15",
		},
		{
			name: "closed on holidays", file: "clinic", now: "2026-12-29T09:00",
			q: Query{Service: "ultrasound", Limit: 2}, from: "2026-12-30T11:30",
			want: "2026-12-30 11:30 2027-01-09 09:00",
		},
		{
			name: "whoever performs it, the file's order", file: "clinic", now: "2026-11-23T09:00",
			q: Query{Service: "dentist-exam", Limit: 4}, from: "2026-11-24T14:00",
			want: "2026-11-24 14:00 14:00 14:15 14:15",
		},
		{
			name: "one branch", file: "clinic", now: "2026-11-23T09:00",
			q: Query{Service: "therapist", Branch: "dekabristov", Limit: 2}, from: "2026-11-24T12:30",
			want: "2026-11-24 12:30 14:00",
		},
		{
			name: "parts of a day", file: "clinic", now: "2026-11-23T09:00",
			q:    Query{Service: "cardiologist", Within: []clinic.Span{{From: 9 * 60, To: 9*60 + 16}, {From: 17 * 60, To: 1440}}},
			from: "2026-11-24T00:00", to: "2026-11-25T00:00", want: "2026-11-24 09:00 09:15 17:00 17:15",
		},
		{
			name: "nothing after the horizon", file: "salon", now: "2026-11-25T12:00",
			q: Query{Service: "pedicure"}, from: "2026-12-24T18:00", want: "2026-12-24 18:00 18:30 2026-12-25 10:00 10:30 11:00 11:30 12:00",
		},
		{
			name: "long service at the end of the day", file: "salon", now: "2026-11-25T12:00",
			q: Query{Service: "coloring", Specialist: "alina"}, from: "2026-11-27T15:30", to: "2026-11-28T00:00", want: "2026-11-27 15:30 16:00 16:30",
		},
		{
			name: "a range that is over", file: "salon", now: "2026-11-25T12:00",
			q: Query{Service: "coloring"}, from: "2026-11-20T15:30", to: "2026-11-21T00:00", want: "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := example(t, tt.file, tt.now)
			for i, s := range tt.taken {
				p := strings.Fields(s)
				h.request(h.slot(p[0], p[1], p[2]), fmt.Sprint("other", i))
			}
			if tt.from != "" {
				tt.q.From = h.time(tt.from)
			}
			if tt.to != "" {
				tt.q.To = h.time(tt.to)
			}
			if got := h.clocks(h.free(tt.q)); got != tt.want {
				t.Errorf("free slots\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestFreeRefusesWhatIsUnknown(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	for _, q := range []Query{{Service: "mri"}, {Service: "cleaning", Specialist: "ivanov"}, {Service: "cleaning", Branch: "dekabristov"}} {
		h.view(func(tx *storage.Tx) error {
			if _, err := h.Free(tx, q, h.now); !errors.Is(err, ErrUnknown) {
				t.Errorf("Free(%+v): %v, want ErrUnknown", q, err)
			}
			return nil
		})
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name, slot string // service specialist start
		branch     string
		end        time.Duration
		why        error
		nearest    string
	}{
		{name: "free", slot: "therapist akhmetova 2026-11-25T09:30"},
		{name: "taken", slot: "therapist akhmetova 2026-11-25T09:00", why: ErrTaken, nearest: "2026-11-25 08:15 08:30 09:30"},
		{name: "overlaps what is taken", slot: "therapist akhmetova 2026-11-25T08:45", why: ErrTaken, nearest: "2026-11-25 08:00 08:15 08:30"},
		{name: "at night", slot: "ultrasound galieva 2026-11-25T03:00", why: ErrClosed, nearest: "2026-11-25 08:00 08:15 08:30"},
		{name: "on a holiday", slot: "therapist akhmetova 2027-01-04T09:00", why: ErrClosed, nearest: "2027-01-11 08:00 08:15 08:30"},
		{name: "runs past closing", slot: "therapist akhmetova 2026-11-24T19:45", why: ErrClosed, nearest: "2026-11-24 19:00 19:15 19:30"},
		{name: "not her hours", slot: "therapist akhmetova 2026-11-24T09:00", why: ErrAbsent, nearest: "2026-11-24 14:00 14:15 14:30"},
		{name: "into the lunch break", slot: "cardiologist ivanov 2026-11-24T12:30", why: ErrAbsent, nearest: "2026-11-24 11:45 12:00 12:15"},
		{name: "yesterday", slot: "therapist akhmetova 2026-11-22T09:00", why: ErrPast, nearest: "2026-11-23 10:00 10:15 10:30"},
		{name: "too soon", slot: "therapist akhmetova 2026-11-23T09:30", why: ErrNotice, nearest: "2026-11-23 10:00 10:15 10:30"},
		{name: "next year", slot: "therapist akhmetova 2027-11-23T09:30", why: ErrHorizon, nearest: "2027-01-22 08:30 08:45 09:00"},
		{name: "off the grid", slot: "therapist akhmetova 2026-11-25T09:35", why: ErrGrid, nearest: "2026-11-25 09:30 09:45 10:00"},
		{name: "another length", slot: "therapist akhmetova 2026-11-25T09:30", end: time.Hour, why: ErrGrid, nearest: "2026-11-25 09:30 09:45 10:00"},
		{name: "unknown service", slot: "mri akhmetova 2026-11-25T09:30", why: ErrUnknown},
		{name: "unknown specialist", slot: "therapist house 2026-11-25T09:30", why: ErrUnknown, nearest: "2026-11-25 09:15 09:30 09:30"},
		{name: "does not perform it", slot: "cleaning akhmetova 2026-11-25T09:30", why: ErrUnknown, nearest: "2026-11-25 09:15 09:30 09:45"},
		{name: "foreign branch", slot: "therapist akhmetova 2026-11-25T09:30", branch: "dekabristov", why: ErrUnknown, nearest: "2026-11-25 09:30 09:45 10:00"},
	}
	h := example(t, "clinic", "2026-11-23T09:00")
	h.request(h.slot("therapist", "akhmetova", "2026-11-25T09:00"), "other")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := strings.Fields(tt.slot)
			s := h.slot(p[0], p[1], p[2])
			if tt.branch != "" {
				s.Branch = tt.branch
			}
			if tt.end != 0 {
				s.End = s.Start.Add(tt.end)
			}
			err := h.check(s, "me", "")
			if !errors.Is(err, tt.why) {
				t.Fatalf("Check: %v, want %v", err, tt.why)
			}
			var refusal *Refusal
			if errors.As(err, &refusal) {
				if got := h.clocks(refusal.Nearest); got != tt.nearest {
					t.Errorf("nearest\n got %s\nwant %s", got, tt.nearest)
				}
			}
		})
	}
}

func TestNearestIsSomebodyElseWhenTheSpecialistHasNothing(t *testing.T) {
	file := small("UTC", "Mo-Su 08:00-20:00", person("ann", "2026 Nov 24 09:00-10:00")+"\n"+person("bob", "Mo-Su 09:00-12:00"), "{notice: 0m}")
	h := open(t, file, "2026-11-23T09:00")
	h.request(h.slot("hour", "ann", "2026-11-24T09:00"), "other")
	err := h.check(h.slot("hour", "ann", "2026-11-24T09:00"), "me", "")
	var refusal *Refusal
	if !errors.As(err, &refusal) || h.clocks(refusal.Nearest) != "2026-11-24 09:00 09:15 09:30" || refusal.Nearest[0].Specialist != "bob" {
		t.Errorf("Check: %v, %+v; want three slots of bob", err, refusal)
	}
}

// Hours that begin in the evening, end in the morning, and the nights in which the clock
// is changed: Berlin puts it back on 25 October 2026 at 03:00 and forward on 28 March
// 2027 at 02:00.
func TestNightsAndChangesOfTheClock(t *testing.T) {
	tests := []struct {
		name, zone, branch, hours string
		from, to                  string
		service                   string
		want                      string // instants, UTC
	}{
		{
			name: "a night", zone: "Europe/Moscow", branch: "24/7", hours: "Mo 22:00-02:00", service: "hour",
			from: "2026-11-23T00:00", to: "2026-11-25T00:00", want: "23 19:00 23 20:00 23 21:00 23 22:00",
		},
		{
			name: "a slot over midnight between two days' hours", zone: "UTC", branch: "24/7", hours: "Mo-Tu 00:00-24:00", service: "hour",
			from: "2026-11-23T22:00", to: "2026-11-24T02:00", want: "23 22:00 23 23:00 24 00:00 24 01:00",
		},
		{
			name: "the night that is an hour longer", zone: "Europe/Berlin", branch: "24/7", hours: "Sa 23:00-05:00", service: "hour",
			from: "2026-10-24T12:00", to: "2026-10-25T12:00", want: "24 21:00 24 22:00 24 23:00 25 00:00 25 01:00 25 02:00 25 03:00",
		},
		{
			name: "the night that is an hour shorter", zone: "Europe/Berlin", branch: "24/7", hours: "Sa 23:00-05:00", service: "hour",
			from: "2027-03-27T12:00", to: "2027-03-28T12:00", want: "27 22:00 27 23:00 28 00:00 28 01:00 28 02:00",
		},
		{
			name: "the morning after keeps its wall clock", zone: "Europe/Berlin", branch: "Mo-Su 08:00-12:00", hours: "Mo-Su 09:00-11:00", service: "hour",
			from: "2027-03-27T00:00", to: "2027-03-29T00:00", want: "27 08:00 27 09:00 28 07:00 28 08:00",
		},
		{
			name: "hours that begin in the hour that is skipped", zone: "Europe/Berlin", branch: "24/7", hours: "Su 02:30-04:00", service: "hour",
			from: "2027-03-28T00:00", to: "2027-03-29T00:00", want: "28 01:00",
		},
		{
			name: "hours in the hour that comes twice", zone: "Europe/Berlin", branch: "24/7", hours: "Su 02:00-03:00", service: "hour",
			from: "2026-10-25T00:00", to: "2026-10-26T00:00", want: "25 00:00 25 01:00",
		},
		{
			name: "the branch closes at midnight before a closed day", zone: "UTC", branch: "Mo-Su 00:00-24:00; 2026 Nov 24 off", hours: "Mo 22:00-04:00", service: "hour",
			from: "2026-11-23T00:00", to: "2026-11-25T00:00", want: "23 22:00 23 23:00",
		},
		{
			name: "a day that the island skipped", zone: "Pacific/Apia", branch: "24/7", hours: "Mo-Su 10:00-11:00", service: "hour",
			from: "2011-12-29T00:00", to: "2012-01-01T00:00", want: "29 20:00 30 20:00",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := open(t, small(tt.zone, tt.branch, person("ann", tt.hours), "{notice: 0m, step: 60m}"), tt.from)
			var got []string
			for _, s := range h.free(Query{Service: tt.service, From: h.time(tt.from), To: h.time(tt.to)}) {
				got = append(got, s.Start.Format("02 15:04"))
				if err := h.check(s, "me", ""); err != nil {
					t.Errorf("%v is listed, but: %v", s.Start, err)
				}
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("starts\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// One judge for listing and committing: in every quarter of an hour of some days a start
// is listed exactly when it can be had.
func TestWhatIsListedIsWhatCanBeHad(t *testing.T) {
	for _, name := range []string{"clinic", "salon"} {
		t.Run(name, func(t *testing.T) {
			h := example(t, name, "2026-11-25T12:00")
			for i, s := range h.clinic.Services { // some of it is taken
				for j, p := range h.clinic.Performers(s.ID) {
					q := Query{Service: s.ID, Specialist: p.ID, From: h.now.Add(time.Duration(20+7*i+11*j) * time.Hour), Limit: 1}
					h.request(h.free(q)[0], fmt.Sprint("other", i, j))
				}
			}
			from, to := h.now, h.now.AddDate(0, 0, 5)
			for _, service := range h.clinic.Services {
				listed := map[Slot]bool{}
				for _, s := range h.free(Query{Service: service.ID, From: from, To: to}) {
					listed[s] = true
				}
				for _, p := range h.clinic.Performers(service.ID) {
					for at := from; at.Before(to); at = at.Add(15 * time.Minute) {
						s := h.complete(Slot{Service: service.ID, Specialist: p.ID, Start: at})
						err := h.check(s, "me", "")
						if (err == nil) != listed[s] {
							t.Fatalf("%+v: listed %v, but Check says %v", s, listed[s], err)
						}
					}
				}
			}
		})
	}
}

func TestBuffersKeepVisitsApart(t *testing.T) {
	h := open(t, small("UTC", "Mo-Su 08:00-20:00", person("ann", "Mo-Su 10:00-14:00"), "{notice: 0m, step: 5m}"), "2026-11-23T00:00")
	h.request(h.slot("hour", "ann", "2026-11-23T11:00"), "other") // 10:55–12:15
	tests := []struct {
		service, start string
		want           error
	}{
		{"short", "2026-11-23T10:25", nil}, // ends as the preparation begins
		{"short", "2026-11-23T10:30", ErrTaken},
		{"short", "2026-11-23T12:10", ErrTaken},
		{"short", "2026-11-23T12:15", nil},
		{"hour", "2026-11-23T12:15", ErrTaken}, // needs five minutes before itself
		{"hour", "2026-11-23T12:20", nil},
		{"hour", "2026-11-23T13:00", nil}, // cleaning up may pass the end of the hours
		{"hour", "2026-11-24T10:00", nil}, // making ready may begin before them
	}
	for _, tt := range tests {
		if err := h.check(h.slot(tt.service, "ann", tt.start), "me", ""); !errors.Is(err, tt.want) {
			t.Errorf("%s at %s: %v, want %v", tt.service, tt.start, err, tt.want)
		}
	}
}

// A search that begins in the middle of an appointment sees it, wherever the blocks by
// which claims are read happen to end.
func TestASearchFromTheMiddleOfAnAppointment(t *testing.T) {
	h := open(t, small("UTC", "24/7", person("ann", "24/7"), "{notice: 0m, step: 5m, per_visitor: 100}"), "2026-11-23T09:00")
	edge := time.Unix((h.now.Unix()>>blockBits+1)<<blockBits, 0).UTC()
	begin := edge.Truncate(5 * time.Minute).Add(-30 * time.Minute) // ends, with its buffer, 45 minutes later
	h.request(h.complete(Slot{Service: "hour", Specialist: "ann", Start: begin}), "other")
	for _, from := range []time.Time{edge, edge.Add(-10 * time.Minute), edge.Add(20 * time.Minute)} {
		found := h.free(Query{Service: "short", From: from, Limit: 1})
		if want := begin.Add(75 * time.Minute); !found[0].Start.Equal(want) {
			t.Errorf("from %v the first free slot is %v, want %v", from, found[0].Start, want)
		}
	}
}
