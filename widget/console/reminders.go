package console

import (
	"fmt"
	"net/http"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/staff"
)

// remindersView is what became of the reminders of these days: first those that
// reached nobody, whom reception may call.
type remindersView struct {
	Missed, Rest []reminderRow
}

type reminderRow struct {
	assistant.Reminder
	Name, Service, Phone string
	Conversation         string
	Open                 bool // the visit is still ahead
}

// Reminders are listed of visits from so long ago to so far ahead.
const (
	remindersBack  = 2 * 24 * time.Hour
	remindersAhead = 3 * 24 * time.Hour
)

// missedWords say why a reminder reached nobody.
var missedWords = map[string]string{
	"noconsent": "нет согласия на напоминания", "withdrawn": "человек отказался от напоминаний",
	"restricted": "использование данных приостановлено", "uncovered": "согласие дано до того, как появился новый получатель",
	"nowhere": "некуда: нет ни чата, ни получателя напоминаний", "unseen": "посетитель не открывал чат", "late": "программа не работала в нужный час",
}

// reminderWords are the states of a reminder.
var reminderWords = map[assistant.ReminderState]string{
	assistant.ReminderPlanned: "запланировано", assistant.ReminderSent: "отправлено, ещё не прочитано", assistant.ReminderSeen: "прочитано",
	assistant.ReminderAnswered: "ответили", assistant.ReminderMissed: "не дошло",
}

var answerWords = map[assistant.Answer]string{
	assistant.AnswerComing: "придёт", assistant.AnswerMoved: "перенёс", assistant.AnswerCancelled: "отменил",
}

// Said is the state in words.
func (r reminderRow) Said() string {
	if said, ok := answerWords[r.Answer]; ok && r.State == assistant.ReminderAnswered {
		return said
	}
	return reminderWords[r.State]
}

// Cause is why it reached nobody, in words.
func (r reminderRow) Cause() string {
	if said, ok := missedWords[r.Why]; ok {
		return said
	}
	return r.Why
}

// Also is why no other system was told to remind, beside what became of it here.
func (r reminderRow) Also() string {
	if said, ok := missedWords[r.Untold]; ok {
		return "другие системы не напомнят: " + said
	}
	return ""
}

// Tone is the state's colour.
func (r reminderRow) Tone() string {
	switch {
	case r.State == assistant.ReminderMissed:
		return "no_show"
	case r.Answer == assistant.AnswerComing, r.State == assistant.ReminderSeen:
		return "confirmed"
	}
	return "plain"
}

// reminders shows what became of reminders.
func (c *Console) reminders(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	now := c.Now()
	all, err := c.Desk.Reminders(r.Context(), now.Add(-remindersBack), now.Add(remindersAhead))
	if err != nil {
		return fmt.Errorf("reminders: %w", err)
	}
	var view remindersView
	for _, one := range all {
		row := reminderRow{Reminder: one, Open: now.Before(one.Start)}
		if a, err := c.Desk.Appointment(r.Context(), one.Number); err == nil {
			row.Name, row.Service, row.Phone, row.Conversation = a.Name, a.Service, a.Phone, a.Conversation
		}
		if one.State == assistant.ReminderMissed {
			view.Missed = append(view.Missed, row)
		} else {
			view.Rest = append(view.Rest, row)
		}
	}
	return c.show(w, r, who, http.StatusOK, "reminders", "Напоминания", view)
}
