package console

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/staff"
	"okoshko/widget/web"
)

const (
	// settle gathers the changes of one moment into one event.
	settle = 200 * time.Millisecond
	// recheck is how often an open page shows that somebody is there, and is
	// told that the session has ended. Less than staff.Idle.
	recheck = time.Minute
)

// live is the one stream of a page. Events: inbox (data: news as JSON), dialog
// (the conversation of ?conversation has something new), typing (its visitor
// writes), bye (the session has ended). They say that something changed; the page
// asks for the parts that it shows.
func (c *Console) live(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	events := make(chan web.Event, 4)
	go func() {
		defer close(events)
		c.feed(ctx, who, c.cookie.Get(r), r.URL.Query().Get("conversation"), events)
	}()
	return web.Stream(w, r, events)
}

// feed turns the assistant's notices into events until ctx ends or the session does.
func (c *Console) feed(ctx context.Context, who staff.Account, session, conversation string, events chan<- web.Event) {
	inbox, dialog, typing := make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)
	if c.People != nil && who.Role.May(staff.Safety) {
		defer c.People.WatchAlarms(func() { signal(inbox) })()
		signal(inbox)
	}
	if who.Role.May(staff.Read) {
		defer c.Desk.Watch(func(string) { signal(inbox) })()
		signal(inbox) // what changed while the page was loading, or the stream away
		if conversation != "" {
			defer c.Desk.Subscribe(conversation, func(s assistant.Signal) {
				switch s.Typing {
				case "":
					signal(dialog)
				case assistant.FromVisitor:
					signal(typing)
				}
			})()
			signal(dialog)
		}
	}
	check := time.NewTicker(recheck)
	defer check.Stop()
	for {
		var event web.Event
		select {
		case <-ctx.Done():
			return
		case <-check.C:
			if _, err := c.Staff.Who(ctx, session); err == nil {
				continue
			}
			event = web.Event{Name: "bye"}
		case <-inbox:
			wait(ctx, settle)
			drain(inbox)
			event = c.inboxEvent(ctx, who)
		case <-dialog:
			event = web.Event{Name: "dialog"}
		case <-typing:
			event = web.Event{Name: "typing"}
		}
		select {
		case events <- event:
		case <-ctx.Done():
			return
		}
		if event.Name == "bye" {
			return
		}
	}
}

// news is what an event of the inbox says: what the role may know of it.
type news struct {
	*counts
	Alarms *int `json:"alarms,omitempty"`
}

func (c *Console) inboxEvent(ctx context.Context, who staff.Account) web.Event {
	event := web.Event{Name: "inbox", Data: "{}"}
	var n news
	if who.Role.May(staff.Read) {
		if view, err := c.inboxOf(ctx, who, showAll); err == nil {
			n.counts = &view.Counts
		}
	}
	if who.Role.May(staff.Safety) {
		if alarms, err := c.alarms(ctx, who); err == nil {
			n.Alarms = &alarms
		}
	}
	if data, err := json.Marshal(n); err == nil {
		event.Data = string(data)
	}
	return event
}

// alarms is how many alarms nobody has seen, for those who may know.
func (c *Console) alarms(ctx context.Context, who staff.Account) (int, error) {
	if c.People == nil || !who.Role.May(staff.Safety) {
		return 0, nil
	}
	return c.People.Unseen(ctx)
}

// signal notes that there is news; it never waits.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

func drain(ch chan struct{}) {
	select {
	case <-ch:
	default:
	}
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
