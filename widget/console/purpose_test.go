package console

import (
	"net/url"
	"strings"
	"testing"

	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/storage"
)

// TestPurposesAtTheDesk: who phones agrees to reminders apart from the visit, and takes
// that back by phone, which leaves the visit; or takes all back.
func TestPurposesAtTheDesk(t *testing.T) {
	h := openReal(t)
	house := *h.clinic
	house.Receivers = []clinic.Receiver{{Name: "sms", Kind: "webhook", URL: "http://127.0.0.1:9/", Contact: true}}
	if err := h.desk.Use(&house); err != nil {
		t.Fatal(err)
	}
	reminders, ok := h.desk.RemindersInForce()
	if !ok {
		t.Fatal("nobody is asked about reminders")
	}
	b := h.as(t, staff.Reception)
	start := h.at(25, 10, 0)
	query := url.Values{"service": {"dentist"}, "specialist": {"nizamov"}, "start": {start.Format("2006-01-02T15:04:05Z07:00")}}
	_, page := b.get("/console/book?" + query.Encode())
	wants(t, page, "Согласие на напоминания о визите", "Без этого запись тоже состоится", `name="reminders" value="`+reminders.Version+`">`)
	if strings.Contains(page, "checked") {
		t.Error("a consent is ticked before it was asked for")
	}
	query.Set("name", "Рамиля Закирова")
	query.Set("phone", "8 917 234-56-78")
	query.Set("agreed", h.desk.ConsentInForce().Version)
	query.Set("reminders", reminders.Version)
	_, page = b.post("/console/book", query)
	wants(t, page, "Посетитель записан")

	var contact string
	err := h.db.View(func(tx *storage.Tx) error {
		ids, err := privacy.ByPhone(tx, "+79172345678")
		contact = strings.Join(ids, ",")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	person := "/console/people/" + contact
	_, page = b.get(person)
	wants(t, page, "Напоминания о визитах", "согласие дано", "сказано на ресепшене", "/consent/"+reminders.Version)
	if status, _ := b.post(person+"/stop", url.Values{"purpose": {"everything"}, "via": {"phone"}}); status != 400 {
		t.Errorf("an unknown purpose: %d", status)
	}
	if status, _ := b.post(person+"/stop", url.Values{"purpose": {"reminders"}, "via": {"widget"}}); status != 400 {
		t.Errorf("reception speaks for the widget: %d", status)
	}
	_, page = b.post(person+"/stop", url.Values{"purpose": {"reminders"}, "via": {"phone"}})
	wants(t, page, "Отказ записан", "согласие отозвано", "согласие дано")
	if got := h.purposes(t, contact); got != "booking, reminders withdrawn by staff" {
		t.Errorf("on record: %s", got)
	}
	_, page = b.get("/console/reminders")
	wants(t, page, "другие системы не напомнят: человек отказался от напоминаний")
	_, page = b.get("/console/people")
	wants(t, page, "Отозвать согласие: Напоминания о визитах", "исполнено")
	_, page = b.post(person+"/stop", url.Values{"purpose": {"booking"}, "via": {"letter"}})
	wants(t, page, "В этот срок данные удалятся сами")
	if got := h.purposes(t, contact); got != "booking withdrawn by staff, reminders withdrawn by staff" {
		t.Errorf("on record: %s", got)
	}
	_, page = h.as(t, staff.Owner).get("/console/journal")
	wants(t, page, `Согласие отозвано</th><td data-name="Кто">Алина</td>`, "Напоминания о визитах, версия текста "+reminders.Version)

	_, page = h.as(t, staff.Owner).get("/console/notice")
	wants(t, page, "Цель: Запись на приём", "Цель: Напоминания о визитах", "Имя и телефон получают: sms", "статья 6, часть 1, пункт 1")
}

func (h *realHouse) purposes(t *testing.T, contact string) string {
	t.Helper()
	var all []string
	err := h.db.View(func(tx *storage.Tx) error {
		given, err := privacy.Consents(tx, contact)
		for _, c := range given {
			one := c.Purpose
			if !c.Withdrawn.IsZero() {
				one += " withdrawn"
			}
			if c.WithdrawnBy != "" {
				one += " by staff"
			}
			all = append(all, one)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, ", ")
}
