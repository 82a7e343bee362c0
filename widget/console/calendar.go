package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/staff"
)

// dayView is today beside the inbox: the open ones by time.
type dayView struct {
	Day            time.Time
	All            []assistant.AppointmentCard
	Waiting, Total int // requested; open
}

// calendarView is a day of the house, a week of one specialist, or a week of the
// house in numbers.
type calendarView struct {
	Day        time.Time
	View       string // day, week
	Branch     string // "" for all
	Specialist string // of a week; "" for all
	Board      board
	Week       []weekRow
	WeekDays   []time.Time
	Resting    []string            // who does not receive on the day
	Notes      []booking.Exception // of rooms, and closures of days: what no lane can show
	Gone       []assistant.AppointmentCard
	Total      int
	Waiting    int
	Branches   []*clinic.Branch
	People     []*clinic.Specialist
}

// weekRow is a specialist's week in numbers.
type weekRow struct {
	ID, Name string
	Days     []weekCell
}

type weekCell struct {
	Day           time.Time
	Works, Today  bool
	Visits, Asked int
	Hours         []span
}

// calendar shows a day or a week.
func (c *Console) calendar(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	view, err := c.calendarOf(r)
	if err != nil {
		return err
	}
	title := "Календарь: " + c.words().Day(view.Day)
	return c.show(w, r, who, http.StatusOK, "calendar", title, view)
}

// calendarBoard is the board alone, asked for when something changed.
func (c *Console) calendarBoard(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	view, err := c.calendarOf(r)
	if err != nil {
		return err
	}
	return c.part(w, r, who, http.StatusOK, "calendar", "board", view)
}

// day is today's list beside the inbox.
func (c *Console) day(ctx context.Context, day time.Time) (dayView, error) {
	cards, err := c.Desk.Appointments(ctx, assistant.Filter{From: day, To: day.AddDate(0, 0, 1)})
	if err != nil {
		return dayView{}, fmt.Errorf("appointments of a day: %w", err)
	}
	view := dayView{Day: day}
	for _, a := range cards {
		if gone(a) {
			continue
		}
		view.All = append(view.All, a)
		if a.Status == "requested" {
			view.Waiting++
		}
	}
	slices.SortStableFunc(view.All, func(a, b assistant.AppointmentCard) int { return a.Start.Compare(b.Start) })
	view.Total = len(view.All)
	return view, nil
}

func gone(a assistant.AppointmentCard) bool { return a.Status == "declined" || a.Status == "cancelled" }

// calendarOf reads what the address asks for.
func (c *Console) calendarOf(r *http.Request) (calendarView, error) {
	query, house := r.URL.Query(), c.Clinic()
	view := calendarView{Day: c.readDay(query.Get("day"), c.Now()), View: "day", WeekDays: nil}
	if _, ok := house.Branch(query.Get("branch")); ok {
		view.Branch = query.Get("branch")
	}
	if _, ok := house.Specialist(query.Get("specialist")); ok {
		view.Specialist = query.Get("specialist")
	}
	for i := range house.Branches {
		view.Branches = append(view.Branches, &house.Branches[i])
	}
	for i := range house.Specialists {
		if s := &house.Specialists[i]; view.Branch == "" || s.Branch == view.Branch {
			view.People = append(view.People, s)
		}
	}
	from, days := view.Day, 1
	if query.Get("view") == "week" {
		view.View = "week"
		from, days = monday(view.Day), 7
		for i := range days {
			view.WeekDays = append(view.WeekDays, from.AddDate(0, 0, i))
		}
	}
	return view, c.gather(r.Context(), &view, from, from.AddDate(0, 0, days))
}

// monday begins the week of a day.
func monday(day time.Time) time.Time { return day.AddDate(0, 0, -(int(day.Weekday())+6)%7) }

// gather reads a time of the house and puts it into lanes or numbers.
func (c *Console) gather(ctx context.Context, view *calendarView, from, to time.Time) error {
	cards, err := c.Desk.Appointments(ctx, assistant.Filter{From: from, To: to})
	if err != nil {
		return fmt.Errorf("appointments: %w", err)
	}
	openings, err := c.Desk.Openings(ctx, from, to)
	if err != nil {
		return fmt.Errorf("hours: %w", err)
	}
	exceptions, err := c.Desk.Exceptions(ctx, from, to)
	if err != nil {
		return fmt.Errorf("exceptions: %w", err)
	}
	open := view.count(cards)
	c.notes(view, exceptions)
	today := c.words().today()
	fill := func(s *clinic.Specialist, day time.Time) lane {
		l := laneOf(s, c.Clinic(), day, day.Equal(today), open)
		l.fill(openings, exceptions, day.Location(), s.Branch)
		return l
	}
	people := append(view.People, former(c.Clinic(), open)...)
	switch {
	case view.View == "day":
		for _, s := range people {
			if l := fill(s, view.Day); l.empty() {
				view.Resting = append(view.Resting, l.Name)
			} else {
				view.Board.Lanes = append(view.Board.Lanes, l)
			}
		}
	case view.Specialist != "":
		s, _ := c.Clinic().Specialist(view.Specialist)
		for _, day := range view.WeekDays {
			view.Board.Lanes = append(view.Board.Lanes, fill(s, day))
		}
	default:
		for _, s := range people {
			row := weekRow{ID: s.ID, Name: s.Name.In("ru")}
			for _, day := range view.WeekDays {
				l := fill(s, day)
				row.Days = append(row.Days, weekCell{day, len(l.Hours) > 0, l.Today, l.Visits, l.Asked, l.Hours})
			}
			view.Week = append(view.Week, row)
		}
	}
	view.Board.layout(c.Now().In(c.Clinic().Location))
	return nil
}

// former are specialists who have appointments and are not in the clinic's file any
// more: nobody's visit may disappear from the calendar.
func former(house *clinic.Clinic, open []assistant.AppointmentCard) (gone []*clinic.Specialist) {
	for _, a := range open {
		_, known := house.Specialist(a.SpecialistID)
		listed := slices.ContainsFunc(gone, func(s *clinic.Specialist) bool { return s.ID == a.SpecialistID })
		if !known && !listed {
			gone = append(gone, &clinic.Specialist{ID: a.SpecialistID, Name: clinic.Text{"ru": a.Specialist}, Branch: a.BranchID})
		}
	}
	return gone
}

// count keeps what the view is about, and returns what is open.
func (v *calendarView) count(cards []assistant.AppointmentCard) (open []assistant.AppointmentCard) {
	for _, a := range cards {
		switch {
		case v.Branch != "" && a.BranchID != v.Branch, v.View == "week" && v.Specialist != "" && a.SpecialistID != v.Specialist:
		case gone(a):
			v.Gone = append(v.Gone, a)
		default:
			open = append(open, a)
			v.Total++
			if a.Status == "requested" {
				v.Waiting++
			}
		}
	}
	return open
}

// notes keeps the exceptions that are nobody's lane: of rooms, and extra hours.
func (c *Console) notes(view *calendarView, exceptions []booking.Exception) {
	for _, e := range exceptions {
		room, ok := c.Clinic().Room(e.Room)
		if ok && (view.Branch == "" || room.Branch == view.Branch) {
			view.Notes = append(view.Notes, e)
		}
	}
}

// Link is the address of another day, view, branch or specialist: pairs of names
// and values in place of the present ones.
func (v calendarView) Link(pairs ...string) string { return "/console/calendar?" + v.query(pairs...) }

// BoardLink is where the board alone is.
func (v calendarView) BoardLink() string { return "/console/calendar/board?" + v.query() }

func (v calendarView) query(pairs ...string) string {
	q := url.Values{"day": {v.Day.Format(time.DateOnly)}, "view": {v.View}, "branch": {v.Branch}, "specialist": {v.Specialist}}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	for name := range q {
		if q.Get(name) == "" || name == "view" && q.Get(name) == "day" {
			q.Del(name)
		}
	}
	return q.Encode()
}

// step is how far the arrows lead.
func (v calendarView) step() int {
	if v.View == "week" {
		return 7
	}
	return 1
}

// Prev and Next are the days, or weeks, beside it.
func (v calendarView) Prev() time.Time { return v.Day.AddDate(0, 0, -v.step()) }
func (v calendarView) Next() time.Time { return v.Day.AddDate(0, 0, v.step()) }
