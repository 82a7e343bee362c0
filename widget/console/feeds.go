package console

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"okoshko/assistant"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/widget/web"
)

// feedRow is a calendar that programs subscribe to.
type feedRow struct {
	assistant.Feed
	What string
}

func (c *Console) feeds(r *http.Request) (rows []feedRow, err error) {
	all, err := c.Desk.Feeds(r.Context())
	if err != nil {
		return nil, fmt.Errorf("feeds: %w", err)
	}
	house := c.Clinic()
	for _, f := range all {
		row := feedRow{Feed: f, What: f.Specialist + f.Branch}
		if s, ok := house.Specialist(f.Specialist); ok {
			row.What = s.Name.In("ru")
		}
		if b, ok := house.Branch(f.Branch); ok {
			row.What = "филиал " + b.Name.In("ru")
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// createFeed makes a calendar's address and shows it this once.
func (c *Console) createFeed(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	f := assistant.Feed{Details: r.PostForm.Get("details") == "yes"}
	switch sort, id, _ := strings.Cut(r.PostForm.Get("of"), "/"); sort {
	case "specialist":
		f.Specialist = id
	case "branch":
		f.Branch = id
	}
	key, _, err := c.Desk.CreateFeed(r.Context(), operator(who), f)
	if errors.Is(err, assistant.ErrFeed) {
		return c.showAccess(w, r, who, http.StatusUnprocessableEntity, accessView{Alert: "Выберите специалиста или филиал."})
	}
	if err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	scheme := "http://"
	if c.TLS || r.TLS != nil {
		scheme = "https://"
	}
	return c.showAccess(w, r, who, http.StatusOK, accessView{FeedAddress: scheme + r.Host + "/calendar/" + key + ".ics"})
}

// revokeFeed ends a calendar's address.
func (c *Console) revokeFeed(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	err := c.Desk.RevokeFeed(r.Context(), operator(who), r.PathValue("id"))
	if errors.Is(err, storage.ErrNotFound) {
		return web.Refused(http.StatusNotFound, "Такого календаря нет", "Возможно, его адрес уже отозвали.").Because(err)
	}
	if err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	return c.back(w, r, "/console/access", "unfed")
}

// more lists the sections that the bar of a phone has no room for.
func (c *Console) more(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	return c.show(w, r, who, http.StatusOK, "more", "Ещё", nil)
}
