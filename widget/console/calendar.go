package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/staff"
)

// dayView is one day of the house: all of it by time, and by specialist.
type dayView struct {
	Day                  time.Time
	All                  []assistant.AppointmentCard // open ones, by start
	Columns              []column
	Free                 []string // specialists without an appointment
	Waiting, Gone, Total int      // requested; cancelled or declined; open
}

type column struct {
	Specialist string
	Branch     string
	Rows       []assistant.AppointmentCard
}

// calendar shows a day as a table for each specialist.
func (c *Console) calendar(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	view, err := c.day(r.Context(), c.readDay(r.URL.Query().Get("day"), c.Now()))
	if err != nil {
		return err
	}
	return c.show(w, r, who, http.StatusOK, "calendar", "День: "+c.words().Day(view.Day), view)
}

func (c *Console) day(ctx context.Context, day time.Time) (dayView, error) {
	cards, err := c.Desk.Appointments(ctx, assistant.Filter{From: day, To: day.AddDate(0, 0, 1)})
	if err != nil {
		return dayView{}, fmt.Errorf("appointments of a day: %w", err)
	}
	slices.SortStableFunc(cards, func(a, b assistant.AppointmentCard) int { return a.Start.Compare(b.Start) })
	view := dayView{Day: day}
	busy := map[string]int{} // specialist id to column
	for _, a := range cards {
		switch a.Status {
		case "declined", "cancelled":
			view.Gone++
		default:
			view.All = append(view.All, a)
		}
		if a.Status == "requested" {
			view.Waiting++
		}
		at, ok := busy[a.SpecialistID]
		if !ok {
			at = len(view.Columns)
			busy[a.SpecialistID] = at
			view.Columns = append(view.Columns, column{Specialist: a.Specialist, Branch: a.Branch})
		}
		view.Columns[at].Rows = append(view.Columns[at].Rows, a)
	}
	view.Total = len(view.All)
	slices.SortStableFunc(view.Columns, func(a, b column) int { return strings.Compare(a.Specialist, b.Specialist) })
	for _, s := range c.Clinic().Specialists {
		if _, ok := busy[s.ID]; !ok {
			view.Free = append(view.Free, s.Name.In("ru"))
		}
	}
	return view, nil
}

// Prev and Next are the days beside it.
func (v dayView) Prev() time.Time { return v.Day.AddDate(0, 0, -1) }
func (v dayView) Next() time.Time { return v.Day.AddDate(0, 0, 1) }
