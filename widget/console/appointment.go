package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/widget/web"
)

// maxReason is the characters of a reason; it goes to the visitor.
const maxReason = 300

type appointmentView struct {
	Card  card
	Alert string
}

// appointment shows one that was found elsewhere than in its conversation.
func (c *Console) appointment(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	a, err := c.find(r, r.PathValue("number"))
	if err != nil {
		return err
	}
	return c.showAppointment(w, r, who, http.StatusOK, a, revealed{}, "")
}

func (c *Console) showAppointment(w http.ResponseWriter, r *http.Request, who staff.Account, status int, a assistant.AppointmentCard, phone revealed, alert string) error {
	view := appointmentView{Alert: alert, Card: card{
		AppointmentCard: a, Phone: phone.or(a.Phone), Back: appointmentPath(a.Number), Alone: true, May: c.may(a),
	}}
	return c.show(w, r, who, status, "appointment", "Запись "+a.Number, view)
}

func (c *Console) find(r *http.Request, number string) (assistant.AppointmentCard, error) {
	a, err := c.Desk.Appointment(r.Context(), number)
	if errors.Is(err, storage.ErrNotFound) {
		return a, web.Refused(http.StatusNotFound, "Такой записи нет", "Возможно, её удалили вместе с данными посетителя.").Because(err)
	}
	if err != nil {
		return a, fmt.Errorf("appointment %s: %w", number, err)
	}
	return a, nil
}

func appointmentPath(number string) string { return "/console/appointments/" + url.PathEscape(number) }

// decide makes one change to an appointment, from the version that the page
// showed. From an older one it changes nothing and shows the present state.
func (c *Console) decide(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	d, err := c.decision(r)
	if err != nil {
		return err
	}
	_, err = c.Desk.Decide(r.Context(), operator(who), d)
	var refusal *booking.Refusal
	switch {
	case err == nil:
		return c.back(w, r, r.PostForm.Get("back"), d.Verb)
	case errors.Is(err, storage.ErrNotFound):
		return web.Refused(http.StatusNotFound, "Такой записи нет", "").Because(err)
	case errors.Is(err, assistant.ErrReason):
		return web.Refused(http.StatusBadRequest, "Такой причины нет в списке", "Список причин изменился. Вернитесь и выберите другую.").Because(err)
	case errors.As(err, &refusal):
		return c.moveAgain(w, r, who, c.refusalWords(refusal))
	case errors.Is(err, booking.ErrStale), errors.Is(err, booking.ErrStatus):
		return c.stale(w, r, who, d.Number)
	}
	return fmt.Errorf("%s %s: %w", d.Verb, d.Number, err)
}

// decision reads the form. The version is never 0, which would take any.
func (c *Console) decision(r *http.Request) (assistant.Decision, error) {
	d := assistant.Decision{Number: r.PathValue("number"), Verb: r.PathValue("verb"), ReasonID: r.PostForm.Get("because"), Reason: strings.TrimSpace(r.PostForm.Get("reason")), Whole: r.PostForm.Get("whole") != ""}
	if !slices.Contains([]string{"confirm", "decline", "move", "cancel", "arrived", "no-show"}, d.Verb) {
		return d, web.NotFound()
	}
	var err error
	if d.Version, err = strconv.Atoi(r.PostForm.Get("version")); err != nil || d.Version < 1 {
		return d, badForm(fmt.Errorf("version of %s: %w", d.Number, err))
	}
	if utf8.RuneCountInString(d.Reason) > maxReason {
		return d, web.Refused(http.StatusBadRequest, "Причина слишком длинная", fmt.Sprintf("Уложитесь в %d знаков.", maxReason))
	}
	if d.Verb != "move" {
		return d, nil
	}
	if d.Start, err = c.readStart(r); err != nil {
		return d, web.Refused(http.StatusBadRequest, "Не выбрано новое время", "Выберите окно из списка или укажите дату и время.").Because(err)
	}
	return d, nil
}

// readStart reads a slot's instant, or date and time on the clinic's wall.
func (c *Console) readStart(r *http.Request) (time.Time, error) {
	if start := r.PostForm.Get("start"); start != "" {
		return time.Parse(time.RFC3339, start)
	}
	return time.ParseInLocation("2006-01-02 15:04", r.PostForm.Get("date")+" "+r.PostForm.Get("time"), c.Clinic().Location)
}

// stale shows what the appointment is now, in the place that the form came from.
func (c *Console) stale(w http.ResponseWriter, r *http.Request, who staff.Account, number string) error {
	a, err := c.find(r, number)
	if err != nil {
		return err
	}
	names, err := c.names(r)
	if err != nil {
		return err
	}
	alert := "Пока страница была открыта, запись изменилась, поэтому ваше действие не выполнено. " +
		c.words().changes(a, r.PostForm.Get("was_status"), r.PostForm.Get("was_start"), actor(a.Author, names))
	if id, ok := strings.CutPrefix(r.PostForm.Get("back"), "/console/conversations/"); ok {
		if id, err = url.PathUnescape(id); err == nil && id == a.Conversation {
			return c.showConversation(w, r, who, id, http.StatusConflict, conversationView{Alert: alert})
		}
	}
	return c.showAppointment(w, r, who, http.StatusConflict, a, revealed{}, alert)
}

// refusalWords tell reception why a time cannot be had.
func (c *Console) refusalWords(refusal *booking.Refusal) string {
	said, ok := map[booking.Why]string{
		booking.Taken: "Это время уже занято.", booking.Closed: "В это время закрыто.", booking.Absent: "Специалист в это время не принимает.",
		booking.Past: "Это время уже прошло.", booking.Notice: "До этого времени осталось слишком мало: на него уже не записываем.",
		booking.SameDay: "На сегодня запись уже закончилась.",
		booking.Horizon: "Так далеко вперёд запись ещё не открыта.", booking.Grid: "Запись начинается только по сетке: выберите время из списка.",
	}[refusal.Why]
	if !ok {
		said = "Это время занять нельзя."
	}
	var near []string
	for _, s := range refusal.Nearest[:min(3, len(refusal.Nearest))] {
		near = append(near, c.words().Short(s.Start)+" в "+c.words().Clock(s.Start))
	}
	if len(near) > 0 {
		said += " Ближайшее свободное: " + strings.Join(near, "; ") + "."
	}
	return said
}
