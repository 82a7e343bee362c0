package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
)

// bookView is the way to a visit for somebody who phones: what, when, who.
type bookView struct {
	Clinic     *clinic.Clinic
	Service    *clinic.Service
	Specialist string               // id; "" for anybody
	People     []*clinic.Specialist // who do the service
	Day        time.Time
	Days       []time.Time
	Groups     []freeGroup
	Slot       *booking.Slot // chosen
	With, At   string        // names of its specialist and branch
	Text       privacy.ConsentText
	Reminders  privacy.ConsentText // empty where nobody is asked about them
	Name       string
	Phone      string
	Alert      string
}

// freeGroup is the free times of one specialist.
type freeGroup struct {
	Specialist, Name, Branch string
	Slots                    []booking.Slot
}

// bookForm asks for the service and the time first, then for the person.
func (c *Console) bookForm(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	return c.showBook(w, r, who, http.StatusOK, r.URL.Query(), bookView{})
}

func (c *Console) showBook(w http.ResponseWriter, r *http.Request, who staff.Account, status int, q url.Values, view bookView) error {
	house := c.Clinic()
	view.Clinic, view.Specialist, view.Text = house, q.Get("specialist"), c.Desk.ConsentInForce()
	if text, ok := c.Desk.RemindersInForce(); ok {
		view.Reminders = text
	}
	view.Day = c.readDay(q.Get("day"), c.Now())
	if today := c.words().today(); view.Day.Before(today) {
		view.Day = today
	}
	var ok bool
	if view.Service, ok = house.Service(q.Get("service")); !ok {
		view.Service = nil
		return c.show(w, r, who, status, "book", "Новая запись", view)
	}
	view.People = house.Performers(view.Service.ID)
	if !slices.ContainsFunc(view.People, func(s *clinic.Specialist) bool { return s.ID == view.Specialist }) {
		view.Specialist = ""
	}
	if slot, ok := c.chosen(q, view); ok && view.Specialist != "" {
		view.choose(slot, house)
	} else if err := c.times(r, &view); err != nil {
		return err
	}
	return c.show(w, r, who, status, "book", "Новая запись", view)
}

// chosen reads the slot that the address names: an instant, or a day and a time on
// the clinic's wall.
func (c *Console) chosen(q url.Values, view bookView) (booking.Slot, bool) {
	start, err := time.Parse(time.RFC3339, q.Get("start"))
	if err != nil {
		start, err = wall(q.Get("day"), q.Get("time"), c.Clinic().Location)
		if q.Get("time") == "" {
			return booking.Slot{}, false
		}
	}
	return booking.Slot{Service: view.Service.ID, Specialist: view.Specialist, Start: start, End: start.Add(view.Service.Duration)}, err == nil
}

func (v *bookView) choose(slot booking.Slot, house *clinic.Clinic) {
	v.Slot, v.Day = &slot, midnight(slot.Start.In(house.Location))
	if s, ok := house.Specialist(slot.Specialist); ok {
		v.With = s.Name.In("ru")
		if b, ok := house.Branch(s.Branch); ok {
			v.At = b.Name.In("ru")
		}
	}
}

// times lists what is free on the day, by specialist.
func (c *Console) times(r *http.Request, view *bookView) error {
	first := latest(view.Day.AddDate(0, 0, -1), c.words().today())
	for i := range moveDays {
		view.Days = append(view.Days, first.AddDate(0, 0, i))
	}
	free, err := c.Desk.FreeFor(r.Context(), booking.Query{Service: view.Service.ID, Specialist: view.Specialist}, view.Day, moveSlots*max(1, len(view.People)))
	if err != nil {
		return fmt.Errorf("free slots: %w", err)
	}
	for _, s := range view.People {
		g := freeGroup{Specialist: s.ID, Name: s.Name.In("ru")}
		if b, ok := view.Clinic.Branch(s.Branch); ok {
			g.Branch = b.Name.In("ru")
		}
		for _, slot := range free {
			if slot.Specialist == s.ID {
				g.Slots = append(g.Slots, slot)
			}
		}
		if len(g.Slots) > 0 {
			view.Groups = append(view.Groups, g)
		}
	}
	return nil
}

// Link is the address of another day or time.
func (v bookView) Link(pairs ...string) string {
	q := url.Values{"service": {v.Service.ID}, "day": {v.Day.Format(time.DateOnly)}}
	if v.Specialist != "" {
		q.Set("specialist", v.Specialist)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "/console/book?" + q.Encode()
}

// book books for somebody who phones.
func (c *Console) book(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	f := r.PostForm
	start, err := time.Parse(time.RFC3339, f.Get("start"))
	if err != nil {
		return badForm(fmt.Errorf("start of a visit: %w", err))
	}
	made, err := c.Desk.Book(r.Context(), operator(who), assistant.WalkIn{
		Name: f.Get("name"), Phone: f.Get("phone"), Agreed: f.Get("agreed"), Reminders: f.Get("reminders"),
		Slot: booking.Slot{Service: f.Get("service"), Specialist: f.Get("specialist"), Start: start},
	})
	if err == nil {
		return c.back(w, r, appointmentPath(made.Number), "booked")
	}
	alert := ""
	var refusal *booking.Refusal
	switch {
	case errors.Is(err, assistant.ErrName):
		alert = "Напишите имя посетителя, до 80 знаков и без цифр."
	case errors.Is(err, assistant.ErrPhone):
		alert = "Проверьте номер телефона: цифр меньше или больше, чем нужно."
	case errors.Is(err, assistant.ErrNotAgreed):
		alert = "Без согласия имя и телефон хранить нельзя. Прочитайте текст посетителю и отметьте, что он согласен."
	case errors.As(err, &refusal):
		alert = c.refusalWords(refusal)
	default:
		return fmt.Errorf("book: %w", err)
	}
	q := url.Values{"service": {f.Get("service")}, "specialist": {f.Get("specialist")}, "start": {f.Get("start")}}
	if refusal != nil { // another time has to be chosen
		q = url.Values{"service": {f.Get("service")}, "specialist": {f.Get("specialist")}, "day": {start.In(c.Clinic().Location).Format(time.DateOnly)}}
	}
	view := bookView{Name: strings.TrimSpace(f.Get("name")), Phone: strings.TrimSpace(f.Get("phone")), Alert: alert}
	return c.showBook(w, r, who, http.StatusUnprocessableEntity, q, view)
}
