package receiver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// event is what this receiver reads of a body. Senders may add fields.
type event struct {
	Type string `json:"type"`
	Data struct {
		Number     string    `json:"number"`
		Status     string    `json:"status"`
		Service    named     `json:"service"`
		Specialist named     `json:"specialist"`
		Branch     named     `json:"branch"`
		Start      time.Time `json:"start"`
		Contact    struct {
			Name  string `json:"name"`
			Phone string `json:"phone"`
			Email string `json:"email"`
		} `json:"contact"`
		Reason  string `json:"reason"`
		Purpose string `json:"purpose"`
	} `json:"data"`
}

type named struct {
	Name string `json:"name"`
}

// card is an event as it is shown.
type card struct {
	Seq   uint64 `json:"seq"`
	At    string `json:"at"` // wall clock of this machine
	Title string `json:"title"`
	Type  string `json:"type"`
	Rows  []row  `json:"rows"`
	Body  string `json:"body"` // indented JSON
}

type row struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

var titles = map[string]string{
	"appointment.requested": "Новая запись ждёт подтверждения",
	"appointment.confirmed": "Запись подтверждена",
	"appointment.declined":  "В записи отказано",
	"appointment.moved":     "Запись перенесена",
	"appointment.cancelled": "Запись отменена",
	"appointment.arrived":   "Посетитель пришёл",
	"appointment.no_show":   "Посетитель не пришёл",
	"appointment.reminder":  "Напоминание о визите",
	"conversation.handoff":  "Посетитель просит ответить человека",
	"consent.given":         "Дано согласие на обработку персональных данных",
	"consent.withdrawn":     "Согласие отозвано",
	"contact.erased":        "Данные посетителя удалены: удалите их и у себя",
	"waitlist.joined":       "Посетитель встал в лист ожидания",
	"waitlist.offered":      "Предложено освободившееся время",
}

// purposes are what a consent is for.
var purposes = map[string]string{"booking": "запись на приём", "reminders": "напоминания о визитах", "advertising": "новости и предложения"}

func newCard(e event, body []byte, now time.Time) card {
	c := card{At: now.Format("15:04:05"), Title: titles[e.Type], Type: e.Type}
	if c.Title == "" {
		c.Title = "Событие"
	}
	d := e.Data
	for _, r := range []row{
		{"Номер", d.Number},
		{"Когда", when(d.Start)},
		{"Услуга", d.Service.Name},
		{"Специалист", d.Specialist.Name},
		{"Где", d.Branch.Name},
		{"Имя", d.Contact.Name},
		{"Телефон", d.Contact.Phone},
		{"Почта", d.Contact.Email},
		{"Причина", d.Reason},
		{"Для чего", purposes[d.Purpose]},
	} {
		if r.Value != "" {
			c.Rows = append(c.Rows, r)
		}
	}
	var indented bytes.Buffer
	if json.Indent(&indented, body, "", "  ") == nil {
		c.Body = indented.String()
	}
	return c
}

var (
	weekdays = [...]string{"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"}
	months   = [...]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}
)

// when words a time with the offset that it came with: the clinic's.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s, %d %s, %s", weekdays[t.Weekday()], t.Day(), months[t.Month()-1], t.Format("15:04"))
}
