package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/staff"
)

// Filters of the inbox, as in the address.
const (
	showAll      = "all"
	showWaiting  = "waiting"
	showRequests = "requests"
)

// inboxView is the list on the left, on the inbox and beside a conversation.
type inboxView struct {
	Show   string // the filter
	Tabs   []tab
	Lines  []line
	Open   string // conversation that is open beside the list
	Counts counts
	Today  dayView
}

type tab struct {
	Show, Label string
	Count       int
}

// line is one conversation of the list.
type line struct {
	assistant.Summary
	Waits  bool // a person is to answer
	Unread bool
	Mine   bool
}

// counts are what the title and the menu count.
type counts struct {
	Waiting  int `json:"waiting"`
	Requests int `json:"requests"`
}

// inbox shows the conversations, and today's list beside them.
func (c *Console) inbox(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	view, err := c.inboxOf(r.Context(), who, r.URL.Query().Get("show"))
	if err != nil {
		return err
	}
	if view.Today, err = c.day(r.Context(), c.words().today()); err != nil {
		return err
	}
	return c.show(w, r, who, http.StatusOK, "inbox", "Входящие", view)
}

// inboxList is the list alone, asked for whenever something changed.
func (c *Console) inboxList(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	view, err := c.inboxOf(r.Context(), who, r.URL.Query().Get("show"))
	if err != nil {
		return err
	}
	view.Open = r.URL.Query().Get("open")
	return c.part(w, r, who, http.StatusOK, "inbox", "inbox-list", view)
}

// inboxToday is today's list alone.
func (c *Console) inboxToday(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	view, err := c.day(r.Context(), c.words().today())
	if err != nil {
		return err
	}
	return c.part(w, r, who, http.StatusOK, "inbox", "today", view)
}

func (c *Console) inboxOf(ctx context.Context, who staff.Account, show string) (inboxView, error) {
	summaries, err := c.Desk.Inbox(ctx)
	if err != nil {
		return inboxView{}, fmt.Errorf("inbox: %w", err)
	}
	if show != showWaiting && show != showRequests {
		show = showAll
	}
	view := inboxView{Show: show}
	for _, s := range summaries {
		l := lineOf(s, who)
		view.Counts.add(l)
		if show == showAll || show == showWaiting && l.Waits || show == showRequests && l.Requested > 0 {
			view.Lines = append(view.Lines, l)
		}
	}
	slices.SortStableFunc(view.Lines, func(a, b line) int {
		if ra, rb := a.rank(), b.rank(); ra != rb {
			return ra - rb
		}
		return b.At.Compare(a.At)
	})
	view.Tabs = []tab{
		{showWaiting, "Ждут ответа", view.Counts.Waiting},
		{showRequests, "Заявки", view.Counts.Requests},
		{showAll, "Все", 0},
	}
	return view, nil
}

func lineOf(s assistant.Summary, who staff.Account) line {
	l := line{Summary: s, Unread: s.Seq > s.Seen}
	l.Mine = s.Owner.Kind == assistant.OwnerOperator && s.Owner.Operator == who.ID
	l.Waits = s.Owner.Kind == assistant.OwnerWaiting || s.Owner.Kind == assistant.OwnerOperator && l.Unread
	return l
}

// rank puts first what waits for a person, then what waits for a decision.
func (l line) rank() int {
	switch {
	case l.Waits:
		return 0
	case l.Requested > 0:
		return 1
	}
	return 2
}

// Title is how the list calls the one who writes.
func (l line) Title() string {
	switch {
	case l.Name != "":
		return l.Name
	case l.Number != "":
		return "Запись " + l.Number
	}
	return "Посетитель"
}

// Since is when the conversation was handed to a person.
func (l line) Since() time.Time { return l.Owner.Since }

func (n *counts) add(l line) {
	if l.Waits {
		n.Waiting++
	}
	n.Requests += l.Requested
}
