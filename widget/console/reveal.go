package console

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/widget/web"
)

// revealed is a phone as a card shows it: masked, or whole for the one page that
// a reason was given for.
type revealed struct {
	Shown string // «+7 917 ···-··-78» or «+7 917 234-56-78»
	Dial  string // E.164, once revealed
}

func (p revealed) or(masked string) revealed {
	if p.Shown == "" {
		return revealed{Shown: masked}
	}
	return p
}

// Whole says that the number is not masked.
func (p revealed) Whole() bool { return p.Dial != "" }

// reasons are why a phone may be looked at. The journal is kept for years and holds
// no personal data, so nothing is typed freely into it.
var reasons = []string{
	"Уточнить детали записи", "Напомнить о приёме", "Сообщить об изменении", "Перезвонить по просьбе посетителя", "Другая причина",
}

// reveal shows a phone whole, for a reason that goes to the journal.
func (c *Console) reveal(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	reason := r.PostForm.Get("reason")
	if !slices.Contains(reasons, reason) {
		return web.Refused(http.StatusBadRequest, "Нужна причина", "Выберите, зачем нужен телефон: это попадёт в журнал.")
	}
	a, err := c.find(r, r.PathValue("number"))
	if err != nil {
		return err
	}
	contact, err := c.Desk.Reveal(r.Context(), operator(who), a.Contact, reason)
	if errors.Is(err, storage.ErrNotFound) {
		return web.Refused(http.StatusNotFound, "Телефона больше нет", "Данные этого посетителя удалены.").Because(err)
	}
	if err != nil {
		return fmt.Errorf("reveal for %s: %w", a.Number, err)
	}
	phone := revealed{Shown: privacy.ShowPhone(contact.Phone), Dial: contact.Phone}
	if partial(r) {
		return c.part(w, r, who, http.StatusOK, "appointment", "phone", card{AppointmentCard: a, Phone: phone, Back: r.PostForm.Get("back")})
	}
	if r.PostForm.Get("back") == conversationPath(a.Conversation) {
		view := conversationView{Reveals: map[string]revealed{a.Number: phone}}
		return c.showConversation(w, r, who, a.Conversation, http.StatusOK, view)
	}
	return c.showAppointment(w, r, who, http.StatusOK, a, phone, "")
}
