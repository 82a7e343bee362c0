package console

import (
	"fmt"
	"net/http"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/staff"
)

const (
	// moveDays is how many days the strip above the slots shows.
	moveDays = 10
	// moveSlots bounds one day's list: 96 quarters of an hour.
	moveSlots = 96
)

type moveView struct {
	assistant.AppointmentCard
	Back  string
	Alert string
	Day   time.Time
	Days  []time.Time
	Free  []booking.Slot
}

// moveForm shows the free slots of a day to which an appointment can move.
func (c *Console) moveForm(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	return c.showMove(w, r, who, http.StatusOK, r.URL.Query().Get("day"), r.URL.Query().Get("back"), "")
}

// moveAgain shows it once more after a time could not be had.
func (c *Console) moveAgain(w http.ResponseWriter, r *http.Request, who staff.Account, alert string) error {
	day := r.PostForm.Get("date")
	if start, err := c.readStart(r); err == nil {
		day = start.In(c.Clinic().Location).Format(time.DateOnly)
	}
	return c.showMove(w, r, who, http.StatusConflict, day, r.PostForm.Get("back"), alert)
}

func (c *Console) showMove(w http.ResponseWriter, r *http.Request, who staff.Account, status int, day, back, alert string) error {
	a, err := c.find(r, r.PathValue("number"))
	if err != nil {
		return err
	}
	if !c.may(a)["move"] {
		return c.showAppointment(w, r, who, http.StatusConflict, a, revealed{}, "Эту запись уже нельзя перенести. "+c.words().stateSentence(a))
	}
	view := moveView{AppointmentCard: a, Back: back, Alert: alert}
	if view.Back == "" {
		view.Back = conversationPath(a.Conversation)
	}
	today := c.words().today()
	view.Day = c.readDay(day, a.Start)
	if view.Day.Before(today) {
		view.Day = today
	}
	// The strip begins a day before the one that is shown.
	first := view.Day.AddDate(0, 0, -1)
	if first.Before(today) {
		first = today
	}
	for i := range moveDays {
		view.Days = append(view.Days, first.AddDate(0, 0, i))
	}
	if view.Free, err = c.Desk.Free(r.Context(), a.Number, view.Day, moveSlots); err != nil {
		return fmt.Errorf("free slots for %s: %w", a.Number, err)
	}
	return c.show(w, r, who, status, "move", "Перенос записи "+a.Number, view)
}

// readDay reads a day of the address in the clinic's zone; what is no day gives
// the day of other.
func (c *Console) readDay(day string, other time.Time) time.Time {
	zone := c.Clinic().Location
	if t, err := time.ParseInLocation(time.DateOnly, day, zone); err == nil {
		return t
	}
	return midnight(other.In(zone))
}
