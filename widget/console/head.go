package console

import (
	"fmt"
	"net/http"

	"okoshko/assistant"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// headView is the journal's newest signed head, to be kept away from the machine.
type headView struct {
	audit.Kept
	Code string // to write down by hand
}

func (c *Console) keptHead(tx *storage.Tx) (headView, error) {
	k, err := audit.LatestKept(tx)
	return headView{k, k.Code()}, err
}

type headPage struct {
	headView
	Public string
	House  string
}

// journalHead shows the newest signed head as a page to print.
func (c *Console) journalHead(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	view := headPage{House: c.Clinic().Name.In("ru")}
	err := c.DB.Update(func(tx *storage.Tx) (err error) { // the key is made where there is none
		if view.headView, err = c.keptHead(tx); err != nil {
			return err
		}
		view.Public, err = audit.Key(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("journal's head: %w", err)
	}
	return c.show(w, r, who, http.StatusOK, "head", "Отпечаток журнала", view)
}

// retention is the report of what fell due, what was destroyed by month and what the
// law wants kept, to print.
func (c *Console) retention(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	report, err := c.People.RetentionReport(r.Context())
	if err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	return c.show(w, r, who, http.StatusOK, "retention", "Отчёт о хранении данных", report)
}

var monthNames = [...]string{"", "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"}

// monthName is a month and its year in words.
func monthName(m assistant.RetentionMonth) string {
	return fmt.Sprintf("%s %d", monthNames[m.First().Month()], m.First().Year())
}
