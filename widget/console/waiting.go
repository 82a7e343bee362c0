package console

import (
	"errors"
	"fmt"
	"net/http"

	"okoshko/assistant"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/widget/web"
)

type waitingView struct {
	List   []assistant.WaitCard
	Offers int // live ones
}

// waiting shows who waits for a time to become free.
func (c *Console) waiting(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	list, err := c.Desk.WaitingList(r.Context())
	if err != nil {
		return fmt.Errorf("waiting list: %w", err)
	}
	view := waitingView{List: list}
	for _, one := range list {
		if one.Offer != nil {
			view.Offers++
		}
	}
	return c.show(w, r, who, http.StatusOK, "waiting", "Лист ожидания", view)
}

// removeWaiting takes somebody off the list.
func (c *Console) removeWaiting(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	err := c.Desk.RemoveWaiting(r.Context(), operator(who), r.PathValue("id"))
	if errors.Is(err, storage.ErrNotFound) {
		return web.Refused(http.StatusNotFound, "Этого ожидания уже нет", "Возможно, посетителя уже записали или он передумал.").Because(err)
	}
	if err != nil {
		return fmt.Errorf("waiting list: %w", err)
	}
	return c.back(w, r, "/console/waiting", "unwaited")
}
