package clinic

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Hours are weekly opening hours with exceptions, in a subset of the OpenStreetMap
// opening_hours syntax:
//
//	Mo-Fr 08:00-13:00,14:00-20:00; Sa 09:00-15:00; Su off
//	Fr,Sa 22:00-02:00            over midnight; belongs to the day on which it begins
//	Jun-Aug Mo-Fr 10:00-18:00    a season
//	2026 Dec 31 off              one day; without a year, every year
//	Dec 31-Jan 08 off            several days
//	24/7                         always
//
// A later rule replaces the earlier ones on the days it names. The zero Hours never open.
type Hours struct {
	text  string
	rules []rule
}

// rule is one part between semicolons.
type rule struct {
	season season
	days   [7]bool // by time.Weekday
	spans  []Span  // none: off
}

// season limits a rule to part of the calendar. The zero season is the whole of it.
type season struct {
	from, to Date // Year 0: every year; Day 0 in a zero season
}

// maxHours is bytes of one hours text; the longest seen in the wild has 255.
const maxHours = 1000

const monthNames = `Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec`

var (
	seasonText = regexp.MustCompile(`^(?:(\d{4}) )?(` + monthNames + `)(?: (\d{1,2}))?` +
		`(?:-(?:(?:(\d{4}) )?(` + monthNames + `)(?: (\d{1,2}))?|(\d{1,2})))?(?: |$)`)
	daysText = regexp.MustCompile(`^((?:Mo|Tu|We|Th|Fr|Sa|Su)(?:[-,](?:Mo|Tu|We|Th|Fr|Sa|Su))*)(?: |$)`)
	spanText = regexp.MustCompile(`^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$`)
)

// ParseHours reads hours. Its errors name the part that is wrong and what was expected.
func ParseHours(text string) (Hours, error) {
	if len(text) > maxHours {
		return Hours{}, fmt.Errorf("found %d bytes, expected at most %d", len(text), maxHours)
	}
	h := Hours{text: strings.TrimSpace(text)}
	for part := range strings.SplitSeq(h.text, ";") {
		part = strings.Join(strings.Fields(part), " ")
		if part == "" && len(h.rules) > 0 { // a closing semicolon does no harm
			continue
		}
		r, err := parseRule(part)
		if err != nil {
			return Hours{}, err
		}
		h.rules = append(h.rules, r)
	}
	return h, nil
}

// String is the text that the hours were read from.
func (h Hours) String() string { return h.text }

// MarshalText writes what ParseHours reads.
func (h Hours) MarshalText() ([]byte, error) { return []byte(h.text), nil }

// On lists the working spans that begin on the day, in order and apart from each other.
// The caller must not change them.
func (h Hours) On(year int, month time.Month, day int) []Span {
	d := Date{year, month, day}
	weekday := d.Weekday()
	for _, r := range slices.Backward(h.rules) {
		if r.days[weekday] && r.season.has(d) {
			return r.spans
		}
	}
	return nil
}

// Weekly lists the spans of an ordinary weekday: what holds when no season applies.
func (h Hours) Weekly(weekday time.Weekday) []Span {
	for _, r := range slices.Backward(h.rules) {
		if r.days[weekday] && r.season == (season{}) {
			return r.spans
		}
	}
	return nil
}

// Never reports whether the hours have no working span at all.
func (h Hours) Never() bool {
	return !slices.ContainsFunc(h.rules, func(r rule) bool { return len(r.spans) > 0 })
}

func parseRule(part string) (rule, error) {
	s, rest, err := parseSeason(part)
	if err != nil {
		return rule{}, err
	}
	r := rule{season: s}
	if r.days, rest, err = parseDays(rest); err != nil {
		return rule{}, err
	}
	r.spans, err = parseSpans(rest, part)
	return r, err
}

func parseSeason(part string) (season, string, error) {
	m := seasonText.FindStringSubmatch(part)
	if m == nil {
		return season{}, part, nil
	}
	s := season{from: Date{number(m[1]), monthOf(m[2]), number(m[3])}}
	s.to = s.from
	switch {
	case m[5] != "":
		s.to = Date{number(cmp.Or(m[4], m[1])), monthOf(m[5]), number(m[6])}
	case m[7] != "":
		s.to.Day = number(m[7])
	}
	if err := s.complete(); err != nil {
		return season{}, "", fmt.Errorf("found %q, %w", strings.TrimSpace(m[0]), err)
	}
	return s, part[len(m[0]):], nil
}

// complete fills whole months in and refuses days that no calendar has.
func (s *season) complete() error {
	if (s.from.Day == 0) != (s.to.Day == 0) {
		return fmt.Errorf("expected a day in both dates or in none")
	}
	if s.from.Day == 0 {
		s.from.Day, s.to.Day = 1, daysIn(s.to.Year, s.to.Month)
	}
	for _, d := range []Date{s.from, s.to} {
		if d.Day < 1 || d.Day > daysIn(d.Year, d.Month) {
			return fmt.Errorf("expected a day that %s has", d.Month)
		}
	}
	if (s.from.Year == 0) != (s.to.Year == 0) || s.from.Year != 0 && s.from.Compare(s.to) > 0 {
		return fmt.Errorf("expected the earlier date first, with its year")
	}
	return nil
}

func (s season) has(d Date) bool {
	if s == (season{}) {
		return true
	}
	if s.from.Year != 0 {
		return DateRange{s.from, s.to}.Has(d)
	}
	from, to, on := s.from.inYear(), s.to.inYear(), d.inYear()
	if from > to { // over New Year
		return on >= from || on <= to
	}
	return from <= on && on <= to
}

// inYear orders the days of a year.
func (d Date) inYear() int { return int(d.Month)*100 + d.Day }

// daysIn counts the days of a month; in no certain year (0) February has 29.
func daysIn(year int, m time.Month) int {
	if year == 0 {
		year = 2000
	}
	return time.Date(year, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func parseDays(part string) (days [7]bool, rest string, err error) {
	m := daysText.FindStringSubmatch(part)
	if m == nil {
		return [7]bool{true, true, true, true, true, true, true}, part, nil
	}
	for group := range strings.SplitSeq(m[1], ",") {
		from, to, _ := strings.Cut(group, "-")
		if to == "" {
			to = from
		}
		if strings.Contains(to, "-") {
			return days, "", fmt.Errorf("found %q, expected days such as Mo-Fr or Mo,We,Fr", group)
		}
		for day := weekdayOf(from); ; day = (day + 1) % 7 {
			days[day] = true
			if day == weekdayOf(to) {
				break
			}
		}
	}
	return days, part[len(m[0]):], nil
}

func parseSpans(rest, part string) ([]Span, error) {
	switch rest {
	case "off", "closed":
		return nil, nil
	case "24/7":
		return []Span{{0, 1440}}, nil
	case "":
		return nil, fmt.Errorf("found %q, expected hours after it, such as 09:00-18:00, or off", part)
	}
	var spans []Span
	for one := range strings.SplitSeq(rest, ",") {
		s, err := parseSpan(strings.TrimSpace(one))
		if err != nil {
			return nil, err
		}
		spans = append(spans, s)
	}
	slices.SortFunc(spans, func(a, b Span) int { return a.From - b.From })
	for i := 1; i < len(spans); i++ {
		if spans[i].From < spans[i-1].To {
			return nil, fmt.Errorf("found %q, expected hours that do not overlap", rest)
		}
	}
	return spans, nil
}

func parseSpan(text string) (Span, error) {
	m := spanText.FindStringSubmatch(text)
	if m == nil {
		return Span{}, fmt.Errorf("found %q, expected hours such as Mo-Fr 09:00-13:00,14:00-18:00; Su off", text)
	}
	s := Span{number(m[1])*60 + number(m[2]), number(m[3])*60 + number(m[4])}
	if s.To < s.From {
		s.To += 1440
	}
	if number(m[2]) > 59 || number(m[4]) > 59 || s.From >= 1440 || s.To > 2880 || s.From == s.To {
		return Span{}, fmt.Errorf("found %q, expected times from 00:00 to 24:00, the end after the start", text)
	}
	return s, nil
}

// number reads digits that a pattern has already seen; "" is 0.
func number(digits string) int { n, _ := strconv.Atoi(digits); return n }

func monthOf(name string) time.Month {
	return time.Month(slices.Index(strings.Split(monthNames, "|"), name) + 1)
}

func weekdayOf(name string) time.Weekday {
	return time.Weekday(slices.Index([]string{"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"}, name))
}
