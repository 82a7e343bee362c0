package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/widget/web"
)

// scheduleBack is how long a change of the schedule that is over is still listed.
const scheduleBack = 7 * 24 * time.Hour

// scheduleView lists what differs from the clinic's file, and the form for more.
type scheduleView struct {
	Ahead, Over []exceptionRow
	Form        exceptionForm
	Clinic      *clinic.Clinic
	Alert       string
}

// exceptionForm is what was typed, to be shown again.
type exceptionForm struct{ Kind, Target, FromDay, FromTime, ToDay, ToTime, Reason string }

type exceptionRow struct {
	booking.Exception
	Kind, What, Why, By string // in words
}

// exceptionView is one change with the visits that it puts in question.
type exceptionView struct {
	Row     exceptionRow
	Cards   []card
	Removed bool
}

// kindWords are the kinds of a change, as one chooses and reads them.
var kindWords = map[booking.Kind]string{
	booking.Absence: "Специалиста не будет", booking.Closure: "Закрыто", booking.Block: "Занято другим", booking.Extra: "Дополнительный приём",
}

// kinds are the choices of the form, in order.
var kinds = []booking.Kind{booking.Absence, booking.Closure, booking.Block, booking.Extra}

// causeWords are the reasons of a change; the calendar keeps the code.
var causeWords = map[string]string{
	"vacation": "отпуск", "sick": "больничный", "training": "учёба", "meeting": "совещание", "holiday": "праздник", "repair": "ремонт", "personal": "личные дела",
}

var causes = []string{"vacation", "sick", "training", "meeting", "personal", "holiday", "repair"}

// exceptionLabel is a change in a lane: «Закрыто: ремонт».
func exceptionLabel(e booking.Exception) string {
	label := kindWords[e.Kind]
	if e.Kind == booking.Absence {
		label = "Нет приёма"
	}
	if why := cause(e.Reason); why != "" {
		label += ": " + why
	}
	return label
}

func cause(code string) string {
	if said, ok := causeWords[code]; ok {
		return said
	}
	return code
}

// schedule lists the changes that are ahead and those just over.
func (c *Console) schedule(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	q := r.URL.Query()
	day := c.readDay(q.Get("day"), c.Now()).Format(time.DateOnly)
	form := exceptionForm{Kind: string(booking.Absence), FromDay: day, ToDay: day}
	if s := q.Get("specialist"); s != "" {
		form.Target = "specialist/" + s
	}
	return c.showSchedule(w, r, who, http.StatusOK, scheduleView{Form: form})
}

func (c *Console) showSchedule(w http.ResponseWriter, r *http.Request, who staff.Account, status int, view scheduleView) error {
	now := c.Now()
	all, err := c.Desk.Exceptions(r.Context(), now.Add(-scheduleBack), time.Time{})
	if err != nil {
		return fmt.Errorf("exceptions: %w", err)
	}
	names, err := c.names(r)
	if err != nil {
		return err
	}
	view.Clinic = c.Clinic()
	for _, e := range all {
		if row := c.exceptionRow(e, names); now.Before(e.To) {
			view.Ahead = append(view.Ahead, row)
		} else {
			view.Over = append(view.Over, row)
		}
	}
	return c.show(w, r, who, status, "schedule", "Изменения графика", view)
}

func (c *Console) exceptionRow(e booking.Exception, names map[string]string) exceptionRow {
	row := exceptionRow{Exception: e, Kind: kindWords[e.Kind], What: "весь дом", Why: cause(e.Reason), By: actor(e.Author, names)}
	house := c.Clinic()
	if s, ok := house.Specialist(e.Specialist); ok {
		row.What = s.Name.In("ru")
	}
	if b, ok := house.Branch(e.Branch); ok {
		row.What = "филиал " + b.Name.In("ru")
	}
	if room, ok := house.Room(e.Room); ok {
		row.What = room.Name.In("ru")
	}
	return row
}

// addException notes a change and leads to the visits that it puts in question.
func (c *Console) addException(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	f := r.PostForm
	form := exceptionForm{f.Get("kind"), f.Get("target"), f.Get("from_day"), f.Get("from_time"), f.Get("to_day"), f.Get("to_time"), f.Get("reason")}
	e, alert := form.read(c.Clinic().Location)
	if alert != "" {
		return c.showSchedule(w, r, who, http.StatusUnprocessableEntity, scheduleView{Form: form, Alert: alert})
	}
	noted, concerned, err := c.Desk.AddException(r.Context(), operator(who), e)
	var refusal *booking.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Why == booking.Past:
		alert = "Это время уже прошло. Проверьте даты."
	case errors.As(err, &refusal), errors.Is(err, booking.ErrException):
		alert = "Так отметить нельзя: проверьте, кого это касается и на какое время. Дополнительный приём отмечают не больше чем на сутки, остальное не больше чем на два года."
	case err != nil:
		return fmt.Errorf("exception: %w", err)
	}
	if alert != "" {
		return c.showSchedule(w, r, who, http.StatusUnprocessableEntity, scheduleView{Form: form, Alert: alert})
	}
	if len(concerned) > 0 {
		return c.back(w, r, schedulePath(noted.ID), "noted")
	}
	return c.back(w, r, "/console/schedule", "noted")
}

func schedulePath(id string) string { return "/console/schedule/" + url.PathEscape(id) }

// read makes an exception of what was typed, or says what is missing. A day without
// a time is meant whole.
func (f exceptionForm) read(zone *time.Location) (e booking.Exception, alert string) {
	e.Kind, e.Reason = booking.Kind(f.Kind), f.Reason
	sort, id, _ := strings.Cut(f.Target, "/")
	switch sort {
	case "specialist":
		e.Specialist = id
	case "branch":
		e.Branch = id
	case "room":
		e.Room = id
	}
	from, errFrom := wall(f.FromDay, f.FromTime, zone)
	to, errTo := wall(f.ToDay, f.ToTime, zone)
	if errTo == nil && f.ToTime == "" {
		to = to.AddDate(0, 0, 1)
	}
	e.From, e.To = from, to
	switch {
	case kindWords[e.Kind] == "":
		return e, "Выберите, что меняется."
	case errFrom != nil || errTo != nil:
		return e, "Укажите дни, с какого и по какой."
	case !from.Before(to):
		return e, "Конец раньше начала. Проверьте дни и время."
	case e.Kind == booking.Closure && e.Specialist+e.Room != "":
		return e, "Закрыть можно филиал или весь дом. Для одного человека выберите «Специалиста не будет»."
	case e.Kind == booking.Block && e.Specialist+e.Room == "":
		return e, "Занятым бывает специалист или кабинет: выберите, кто или что."
	case (e.Kind == booking.Absence || e.Kind == booking.Extra) && e.Specialist == "":
		return e, "Выберите специалиста."
	}
	return e, ""
}

// wall reads a day and a time of the clinic's clock; midnight where no time is said.
func wall(day, clock string, zone *time.Location) (time.Time, error) {
	if clock == "" {
		clock = "00:00"
	}
	return time.ParseInLocation("2006-01-02 15:04", day+" "+clock, zone)
}

// exception shows one change with the visits that it puts in question.
func (c *Console) exception(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	e, concerned, err := c.Desk.Concerned(r.Context(), r.PathValue("id"))
	if err != nil {
		return noException(err)
	}
	return c.showException(w, r, who, e, concerned, false)
}

func noException(err error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return web.Refused(http.StatusNotFound, "Такого изменения нет", "Возможно, его уже убрали.").Because(err)
	}
	return fmt.Errorf("exception: %w", err)
}

func (c *Console) showException(w http.ResponseWriter, r *http.Request, who staff.Account, e booking.Exception, concerned []assistant.AppointmentCard, removed bool) error {
	names, err := c.names(r)
	if err != nil {
		return err
	}
	view := exceptionView{Row: c.exceptionRow(e, names), Removed: removed}
	back := schedulePath(e.ID)
	if removed {
		back = "/console/schedule"
	}
	for _, a := range concerned {
		view.Cards = append(view.Cards, card{AppointmentCard: a, Phone: revealed{}.or(a.Phone), Back: back, Alone: true, May: c.may(a)})
	}
	return c.show(w, r, who, http.StatusOK, "exception", "Изменение графика", view)
}

// removeException takes a change back. Visits that stood in extra hours are shown.
func (c *Console) removeException(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	e, concerned, err := c.Desk.RemoveException(r.Context(), operator(who), r.PathValue("id"))
	if err != nil {
		return noException(err)
	}
	if len(concerned) > 0 {
		return c.showException(w, r, who, e, concerned, true)
	}
	return c.back(w, r, "/console/schedule", "unnoted")
}
