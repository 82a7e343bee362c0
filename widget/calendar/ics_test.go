package calendar

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"okoshko/assistant"
)

var update = flag.Bool("update", false, "write the golden files anew")

var zone = time.FixedZone("Europe/Moscow", 3*3600)

func at(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, zone) }

func visit(uid, status string, version int, start time.Time) assistant.CalendarVisit {
	return assistant.CalendarVisit{
		UID: uid, Status: status, Version: version, Start: start, End: start.Add(30 * time.Minute),
		Created: at(20, 10, 0), Changed: at(20, 10, version),
	}
}

// day is a feed with an appointment of every kind.
func day() assistant.Calendar {
	return assistant.Calendar{
		Feed: assistant.Feed{ID: "F-1", Specialist: "nizamov"}, Clinic: "Клиника «Акчарлак»", Of: "Низамов Булат Ильдарович", Lang: "ru", Zone: zone,
		Visits: []assistant.CalendarVisit{
			visit("aaaa", "confirmed", 2, at(25, 9, 0)), visit("bbbb", "requested", 1, at(25, 9, 30)), visit("cccc", "cancelled", 3, at(25, 10, 0)),
			visit("dddd", "arrived", 3, at(23, 9, 0)), visit("eeee", "no_show", 4, at(23, 9, 30)), visit("ffff", "declined", 2, at(26, 23, 45)),
		},
	}
}

// detailed is a branch's feed that may say what and who, with names that are hard
// to write.
func detailed() assistant.Calendar {
	c := day()
	c.Feed = assistant.Feed{ID: "F-2", Branch: "ozernaya", Details: true}
	c.Of = "на Озёрной; вход, со двора"
	names := []string{
		"Чистка зубов", "УЗИ, доплер; всё \\ сразу", "Первая строка\nвторая 🦷 строка", "Профессиональная гигиена полости рта с полировкой и фторированием, взрослым и детям от трёх лет",
		"👩‍⚕️👩‍⚕️👩‍⚕️👩‍⚕️👩‍⚕️👩‍⚕️👩‍⚕️👩‍⚕️👩‍⚕️👩‍⚕️👩‍⚕️👩‍⚕️", "BEGIN:VEVENT\r\nEND:VCALENDAR",
	}
	for i := range c.Visits {
		c.Visits[i].Service, c.Visits[i].Specialist = names[i], "Низамов Б. И."
	}
	return c
}

func mine(status string, version int, discreet bool) assistant.OwnVisit {
	v := assistant.OwnVisit{
		CalendarVisit: visit("aaaa", status, version, at(25, 14, 0)), Number: "A-1042", Clinic: "Клиника «Акчарлак»", Phone: "+78432001020",
		Address: "Казань, ул. Озёрная, 7", Prepare: "Приходите натощак, можно пить воду.", Lang: "ru", Zone: zone, Discreet: discreet,
	}
	v.Service, v.Specialist = "Осмотр стоматолога", "Низамов Булат Ильдарович"
	return v
}

func written(t *testing.T, body []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	lawful(t, body)
	return body
}

// lawful holds what RFC 5545 says of lines: CRLF, 75 bytes, whole letters, nothing
// outside the calendar.
func lawful(t *testing.T, body []byte) {
	t.Helper()
	lines := strings.SplitAfter(string(body), "\r\n")
	if lines[len(lines)-1] != "" {
		t.Errorf("the last line has no end: %q", lines[len(lines)-1])
	}
	for _, l := range lines[:len(lines)-1] {
		l = strings.TrimSuffix(l, "\r\n")
		if len(l) > 75 || strings.ContainsAny(l, "\r\n\x00") || !utf8.ValidString(l) {
			t.Errorf("a line of %d bytes: %q", len(l), l)
		}
	}
	for _, frame := range []string{"BEGIN:VCALENDAR", "END:VCALENDAR"} {
		if n := strings.Count("\r\n"+string(body), "\r\n"+frame+"\r\n"); n != 1 {
			t.Errorf("%s stands %d times", frame, n)
		}
	}
}

// documents are what the golden files hold.
func documents(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	put := func(name string, body []byte, err error) { all[name] = written(t, body, err) }
	for name, c := range map[string]assistant.Calendar{"feed": day(), "feed-details": detailed()} {
		body, err := feed(c)
		put(name, body, err)
	}
	tatar := mine("confirmed", 2, true)
	tatar.Lang = "tt"
	english := mine("requested", 1, false)
	english.Lang = "en"
	moved := mine("confirmed", 3, true)
	moved.Start, moved.End = at(27, 9, 15), at(27, 9, 45)
	for name, v := range map[string]assistant.OwnVisit{
		"visit": mine("confirmed", 2, true), "visit-moved": moved, "visit-cancelled": mine("cancelled", 4, true),
		"visit-open": mine("confirmed", 2, false), "visit-tt": tatar, "visit-en": english,
	} {
		body, err := own(v)
		put(name, body, err)
	}
	return all
}

func TestGolden(t *testing.T) {
	for name, body := range documents(t) {
		file := filepath.Join("testdata", name+".ics")
		if *update {
			if err := os.WriteFile(file, body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(body)); diff != "" {
			t.Errorf("%s (go test ./widget/calendar -update writes it):\n%s", file, diff)
		}
	}
}

// found is what other people's libraries read.
type found struct {
	Method  string  `json:"method"`
	Name    string  `json:"name"`
	Refresh string  `json:"refresh"`
	Events  []entry `json:"events"`
}

type entry struct {
	UID         string `json:"uid"`
	Sequence    int    `json:"sequence"`
	Status      string `json:"status"`
	Summary     string `json:"summary"`
	Location    string `json:"location"`
	Description string `json:"description"`
	Start       string `json:"start"`
	End         string `json:"end"`
	Alarms      []int  `json:"alarms"`
}

// meant is what a feed should read like.
func meant(c assistant.Calendar) found {
	f := found{Method: "PUBLISH", Name: plain(c.Of + " · " + c.Clinic), Refresh: "PT15M"}
	for _, v := range c.Visits {
		f.Events = append(f.Events, meantEvent(v, plain(wordsIn(c.Lang).summary(v, c.Branch != ""))))
	}
	return f
}

func meantEvent(v assistant.CalendarVisit, summary string) entry {
	const iso = "2006-01-02T15:04:05.000Z"
	status := map[string]string{"requested": "TENTATIVE", "confirmed": "CONFIRMED", "arrived": "CONFIRMED", "no_show": "CONFIRMED", "cancelled": "CANCELLED", "declined": "CANCELLED"}
	return entry{
		UID: v.UID + "@okoshko", Sequence: v.Version, Status: status[v.Status], Summary: summary,
		Start: v.Start.UTC().Format(iso), End: v.End.UTC().Format(iso), Alarms: []int{},
	}
}

// reader is another implementation of RFC 5545.
type reader struct {
	name    string
	command []string
}

// readers are ical.js and Python's icalendar, as far as this machine has them;
// .ci/run installs both.
func readers(t *testing.T) []reader {
	t.Helper()
	need := strings.Contains(os.Getenv("OKOSHKO_NEED"), "calendars")
	cache := os.Getenv("OKOSHKO_CACHE")
	if home, err := os.UserHomeDir(); cache == "" && err == nil {
		cache = filepath.Join(home, ".cache", "okoshko")
	}
	missing := func(what string) {
		if need {
			t.Fatal(what + " is needed and not there")
		}
		t.Log(what + " is not there: not read back by it")
	}
	var all []reader
	library := filepath.Join(cache, "node", "node_modules", "ical.js")
	node, err := exec.LookPath("node")
	if _, statErr := os.Stat(library); err != nil || statErr != nil {
		missing("node with ical.js in " + library)
	} else {
		all = append(all, reader{"ical.js", []string{node, "testdata/read.mjs", library}})
	}
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import icalendar").Run() == nil {
			return append(all, reader{"icalendar", []string{python, "testdata/read.py"}})
		}
	}
	missing("python3 with icalendar")
	return all
}

func (r reader) read(t *testing.T, body []byte) (f found) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), r.command[0], r.command[1:]...)
	var errs bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(body), &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", r.name, err, errs.String())
	}
	if err := json.Unmarshal(out, &f); err != nil {
		t.Fatalf("%s: %v", r.name, err)
	}
	return f
}

// TestOthersReadIt: two libraries that we did not write read out of our calendars
// what was put in.
func TestOthersReadIt(t *testing.T) {
	all := readers(t)
	if len(all) == 0 {
		t.Skip("no other reader of calendars on this machine: .ci/run installs them")
	}
	own4 := func(v assistant.OwnVisit, method string, alarms []int) (assistant.OwnVisit, found) {
		e := meantEvent(v.CalendarVisit, wordsIn(v.Lang).own(v))
		e.Location, e.Alarms = v.Address, alarms
		if method == "PUBLISH" {
			e.Description = wordsIn(v.Lang).about(v)
		}
		return v, found{Method: method, Events: []entry{e}}
	}
	for _, r := range all {
		for _, c := range []assistant.Calendar{day(), detailed()} {
			body, err := feed(c)
			if diff := cmp.Diff(meant(c), r.read(t, written(t, body, err))); diff != "" {
				t.Errorf("%s reads the feed %s otherwise:\n%s", r.name, c.ID, diff)
			}
		}
		for _, one := range []struct {
			status string
			method string
			alarms []int
		}{{"requested", "PUBLISH", []int{-7200}}, {"arrived", "PUBLISH", []int{}}, {"cancelled", "CANCEL", []int{}}} {
			v, want := own4(mine(one.status, 3, one.status == "requested"), one.method, one.alarms)
			body, err := own(v)
			if diff := cmp.Diff(want, r.read(t, written(t, body, err))); diff != "" {
				t.Errorf("%s reads the visit that is %s otherwise:\n%s", r.name, one.status, diff)
			}
		}
	}
}

// TestDiscreet: over somebody's shoulder one reads neither what is done nor by whom.
func TestDiscreet(t *testing.T) {
	for _, status := range []string{"requested", "confirmed", "cancelled"} {
		v := mine(status, 2, true)
		body, err := own(v)
		unfolded := strings.ReplaceAll(string(written(t, body, err)), "\r\n ", "")
		for _, word := range []string{v.Service, "стоматолог", v.Specialist, "Низамов", "натощак"} {
			if strings.Contains(unfolded, word) {
				t.Errorf("%s: a discreet visit says %q", status, word)
			}
		}
		if !strings.Contains(unfolded, v.Number) || !strings.Contains(unfolded, `Казань\, ул. Озёрная\, 7`) {
			t.Errorf("%s: number and address are missing:\n%s", status, unfolded)
		}
	}
	body, err := feed(day())
	if s := string(written(t, body, err)); strings.Contains(s, "DESCRIPTION") || strings.Count(s, "SUMMARY:Занято\r\n") != 5 {
		t.Errorf("the feed:\n%s", s)
	}
}

// FuzzText: whatever stands in names, the calendar stays one calendar with lawful
// lines, and the name is read back as it was.
func FuzzText(f *testing.F) {
	f.Add("УЗИ, доплер; всё", "a\\b")
	f.Add("строка\r\nBEGIN:VEVENT", "\x00\u2028🦷")
	f.Add(strings.Repeat("ы", 200), strings.Repeat("👩‍⚕️", 40)+" "+strings.Repeat(" ", 90))
	f.Add("\xff\xfe", "SUMMARY:x\n\nEND:VCALENDAR\n")
	f.Fuzz(func(t *testing.T, service, name string) {
		c := detailed()
		c.Visits, c.Of = c.Visits[:1], name
		c.Visits[0].Service = service
		body, err := feed(c)
		unfolded := strings.ReplaceAll(string(written(t, body, err)), "\r\n ", "")
		_, rest, _ := strings.Cut(unfolded, "\r\nSUMMARY:")
		line, _, _ := strings.Cut(rest, "\r\n")
		said := strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\,`, ",", `\;`, ";").Replace(line)
		if want := plain(wordsIn("ru").summary(c.Visits[0], true)); said != want {
			t.Errorf("read back %q, want %q", said, want)
		}
	})
}
