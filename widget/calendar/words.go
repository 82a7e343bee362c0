package calendar

import (
	"strings"

	"okoshko/assistant"
)

// words are the texts of calendars in one language.
type words struct {
	Busy, Asked  string // a time in a feed that tells no more
	Unconfirmed  string // beside a service
	Visit        string // before an appointment's number
	With, Change string // beside the specialist, before the clinic's phone
}

func wordsIn(lang string) words {
	switch lang {
	case "tt":
		return words{"Мәшгуль", "Мәшгуль, раслау көтә", "раслау көтә", "Язылу", "Белгеч", "Вакытны күчерергә яки баш тартырга"}
	case "en":
		return words{"Busy", "Busy, not confirmed yet", "not confirmed yet", "Visit", "With", "To move or cancel"}
	}
	return words{"Занято", "Занято, ждёт подтверждения", "ждёт подтверждения", "Запись", "Специалист", "Перенести или отменить"}
}

// summary is the title of a time in a feed. In a branch's feed the specialist is
// said as well.
func (w words) summary(v assistant.CalendarVisit, branch bool) string {
	asked := v.Status == "requested"
	switch {
	case v.Service == "" && asked:
		return w.Asked
	case v.Service == "":
		return w.Busy
	}
	said := v.Service
	if branch && v.Specialist != "" {
		said += ", " + v.Specialist
	}
	if asked {
		said += " (" + w.Unconfirmed + ")"
	}
	return said
}

// own is the title of a visitor's appointment. A discreet one can be read on a
// screen over somebody's shoulder.
func (w words) own(v assistant.OwnVisit) string {
	if v.Discreet || v.Service == "" {
		return w.Visit + " " + v.Number
	}
	return v.Service + ", " + v.Clinic
}

// about is what stands below: whom to call, and, where it may be told, who receives
// and what to do before.
func (w words) about(v assistant.OwnVisit) string {
	var lines []string
	if !v.Discreet {
		if v.Specialist != "" {
			lines = append(lines, w.With+": "+v.Specialist)
		}
		if v.Prepare != "" {
			lines = append(lines, v.Prepare)
		}
		lines = append(lines, w.Visit+" "+v.Number)
	}
	if v.Phone != "" {
		lines = append(lines, w.Change+": "+v.Phone)
	}
	return strings.Join(lines, "\n")
}
