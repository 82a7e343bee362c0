package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/outbox"
	"okoshko/widget/web"
)

// deliveriesShown is the newest so many; older ones are reached by receiver and state.
const deliveriesShown = 100

type deliveriesView struct {
	Rows      []deliveryRow
	Receivers []string
	Receiver  string
	State     string
}

type deliveryRow struct{ outbox.Delivery }

// deliveryWords are the states of a delivery.
var deliveryWords = map[outbox.State]string{
	outbox.Waiting: "ждёт отправки", outbox.Done: "доставлено", outbox.GivenUp: "не доставлено", outbox.Abandoned: "не нужно",
}

// Said is the state in words; a delivery that failed before says so while it waits.
func (d deliveryRow) Said() string {
	if d.State == outbox.Waiting && len(d.Attempts) > 0 {
		return "повторим"
	}
	return deliveryWords[d.State]
}

// Tone is the state's colour.
func (d deliveryRow) Tone() string {
	switch {
	case d.State == outbox.Done:
		return "confirmed"
	case d.State == outbox.GivenUp:
		return "no_show"
	case d.State == outbox.Waiting && len(d.Attempts) > 0:
		return "requested"
	}
	return "cancelled"
}

// Path is where the form to send it again goes.
func (d deliveryRow) Path() string { return "/console/deliveries/" + url.PathEscape(d.ID) + "/resend" }

// Result is what came of an attempt.
func (d deliveryRow) Result(a outbox.Attempt) string {
	switch {
	case a.Status != 0 && a.Error != "":
		return fmt.Sprintf("ответ %d, %s", a.Status, a.Error)
	case a.Status != 0:
		return fmt.Sprintf("ответ %d", a.Status)
	case a.Error != "":
		return a.Error
	}
	return "без ответа"
}

// Again says whether sending again makes sense: not while it waits for its turn anyway.
func (d deliveryRow) Again() bool { return d.State != outbox.Waiting || len(d.Attempts) > 0 }

// deliveries shows what was sent to whom, the newest first.
func (c *Console) deliveries(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	query := r.URL.Query()
	view := deliveriesView{Receiver: query.Get("receiver"), State: query.Get("state")}
	err := c.DB.View(func(tx *storage.Tx) error {
		view.Rows, view.Receivers = nil, nil
		found, err := outbox.Deliveries(tx, outbox.Filter{Receiver: view.Receiver, State: outbox.State(view.State), Limit: deliveriesShown})
		if err != nil {
			return err
		}
		for _, d := range found {
			view.Rows = append(view.Rows, deliveryRow{d})
		}
		queues, err := outbox.Queues(tx)
		for _, q := range queues {
			view.Receivers = append(view.Receivers, q.Receiver)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("deliveries: %w", err)
	}
	return c.show(w, r, who, http.StatusOK, "deliveries", "Отправка", view)
}

// resend sends a delivery once more. The receiver tells by the event's id that it
// is the same.
func (c *Console) resend(w http.ResponseWriter, r *http.Request, _ staff.Account) error {
	if c.Resend == nil {
		return web.NotFound()
	}
	id := r.PathValue("id")
	err := c.Resend(r.Context(), id)
	if errors.Is(err, storage.ErrNotFound) {
		return web.Refused(http.StatusNotFound, "Такой отправки нет", "").Because(err)
	}
	if err != nil {
		return fmt.Errorf("resend %s: %w", id, err)
	}
	return c.back(w, r, "/console/deliveries", "resend")
}
