package assistant

import (
	"slices"
	"strings"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/assistant/nlu/when"
	"okoshko/prompts"
)

// topic is something that every house is asked about itself and that its file
// answers: the owner need not write it into the list of questions.
type topic string

const (
	topicHours topic = "hours"
	topicPlace topic = "place"
	topicPhone topic = "phone"
)

// topics are those that the owner's own list of questions does not answer, in the
// order in which their questions follow that list.
func topics(c *clinic.Clinic, v nlu.Vocabulary) (open []topic) {
	reader := nlu.New(v)
	for _, topic := range []topic{topicHours, topicPlace, topicPhone} {
		answered := slices.ContainsFunc(c.Languages, func(lang string) bool {
			return slices.ContainsFunc(topic.questions(lang), func(q string) bool { return asks(reader, lang, q) })
		})
		if !answered {
			open = append(open, topic)
		}
	}
	return open
}

// questions are how visitors ask about a topic.
func (t topic) questions(lang string) []string {
	return strings.Split(strings.TrimSpace(prompts.Say(lang, "about."+string(t)+".q", nil)), "\n")
}

// asks reports whether the reader takes a text for a question that it has an answer to.
func asks(reader *nlu.Reader, lang, text string) bool {
	r := reader.Read(text, nlu.Context{Lang: lang, Now: time.Unix(0, 0).UTC()})
	return slices.ContainsFunc(r.Commands, func(c nlu.Command) bool { return c.Do == nlu.Ask && c.Value != "" })
}

// about answers a question about the house itself.
func (t *turn) about(what topic) {
	lang := t.st.Lang
	switch what {
	case topicHours:
		t.out.say("about.hours", prompts.Args{"list": t.eachBranch(func(b *clinic.Branch) string { return weekText(lang, b.Hours) })})
		if closed := t.closures(); closed != "" {
			t.out.say("about.closures", prompts.Args{"list": closed})
		}
	case topicPlace:
		t.out.say("about.place", prompts.Args{"list": t.eachBranch(func(b *clinic.Branch) string { return b.Address.In(lang) })})
	case topicPhone:
		t.out.say("about.phone", prompts.Args{"phone": t.phone()})
	}
}

// hoursOn says whether the house is open on the days that a question about its hours
// names, and from when to when; nothing where they are many.
func (t *turn) hoursOn(days *[2]when.Date) {
	if days == nil {
		return
	}
	zone := t.f.now.Location()
	day := days[0].Time(0, zone)
	last := days[1].Time(0, zone)
	if last.After(day.AddDate(0, 0, offeredDays-1)) {
		return
	}
	for ; !day.After(last); day = day.AddDate(0, 0, 1) {
		args := prompts.Args{"day": prompts.Day(t.st.Lang, day, t.f.now)}
		hours := make(map[string]bool)
		args["list"] = t.eachBranch(func(b *clinic.Branch) string {
			open := spansText(t.st.Lang, t.f.clinic.Open(b.ID, t.f.clinic.Date(day)))
			hours[open] = true
			return open
		})
		shut := prompts.Say(t.st.Lang, "about.closed", nil)
		switch {
		case len(hours) == 1 && hours[shut]:
			t.out.say("about.day.closed", args)
		case len(hours) == 1:
			for open := range hours {
				args["list"] = open
			}
			t.out.say("about.day", args)
		default:
			t.out.say("about.day.each", args)
		}
	}
}

// closures are the days within the horizon on which the house is closed.
func (t *turn) closures() string {
	lang, zone := t.st.Lang, t.f.now.Location()
	var parts []string
	for _, r := range t.f.clinic.Closed {
		first, last := midnight(r.From, zone), midnight(r.To, zone)
		if last.AddDate(0, 0, 1).Before(t.f.now) || first.After(t.f.now.Add(t.f.clinic.Booking.Horizon)) {
			continue
		}
		text := prompts.Date(lang, first)
		if last.After(first) {
			text += " — " + prompts.Date(lang, last)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// eachBranch says something of each branch, with its name where there are several.
func (t *turn) eachBranch(say func(*clinic.Branch) string) string {
	var lines []string
	for i := range t.f.clinic.Branches {
		b := &t.f.clinic.Branches[i]
		line, name := say(b), b.Name.In(t.st.Lang)
		switch {
		case line == "":
			line = name
		case len(t.f.clinic.Branches) > 1:
			line = prompts.Say(t.st.Lang, "about.branch", prompts.Args{"branch": name, "text": line})
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// weekText words a week's hours, days with the same hours together: «пн–пт
// 08:00–20:00; сб 09:00–15:00; вс — выходной».
func weekText(lang string, h clinic.Hours) string {
	var parts []string
	for from := 0; from < 7; {
		to := from
		spans := h.Weekly(weekday(from))
		for to+1 < 7 && slices.Equal(h.Weekly(weekday(to+1)), spans) {
			to++
		}
		days := prompts.Weekday(lang, weekday(from))
		if to > from {
			days += "–" + prompts.Weekday(lang, weekday(to))
		}
		parts = append(parts, days+" "+spansText(lang, spans))
		from = to + 1
	}
	return strings.Join(parts, "; ")
}

// weekday counts from Monday, 0.
func weekday(n int) time.Weekday { return time.Weekday((n + 1) % 7) }

// spansText words the hours of one day.
func spansText(lang string, spans []clinic.Span) string {
	if len(spans) == 0 {
		return prompts.Say(lang, "about.closed", nil)
	}
	var parts []string
	for _, s := range spans {
		parts = append(parts, clockOf(s.From)+"–"+clockOf(s.To))
	}
	return strings.Join(parts, ", ")
}

// clockOf writes minutes after midnight, also of the next day, as a clock does.
func clockOf(minute int) string {
	if minute == 24*60 {
		return "24:00"
	}
	return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04")
}

func midnight(d clinic.Date, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}
