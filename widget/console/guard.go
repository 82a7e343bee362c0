package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/widget/web"
)

// guard lets an action run for those who are signed in and may.
func (c *Console) guard(right staff.Right, do action) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		who, err := c.Staff.Who(r.Context(), c.cookie.Get(r))
		if errors.Is(err, staff.ErrNoSession) {
			return c.toLogin(w, r)
		}
		if err != nil {
			return fmt.Errorf("session: %w", err)
		}
		if !who.Role.May(right) {
			return web.Refused(http.StatusForbidden, "Эта страница не для вашей роли", "Если она нужна вам для работы, попросите доступ у владельца.")
		}
		if right == staff.Read && r.Method == http.MethodGet && !partial(r) {
			if err := c.noteReading(r, who); err != nil {
				return err
			}
		}
		return do(w, r, who)
	}
}

// readingEvery is how often the same page that one account reads is in the
// journal: a receptionist's day is a page that is open all day.
const readingEvery = 15 * time.Minute

// readings are when each account last had an entry for a page, by both. After a
// restart there is one more entry, which does no harm.
type readings struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// due reports whether the reading has to be noted, and remembers it.
func (r *readings) due(key string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if last, ok := r.last[key]; ok && now.Sub(last) < readingEvery && !now.Before(last) {
		return false
	}
	for k, at := range r.last {
		if now.Sub(at) >= readingEvery {
			delete(r.last, k)
		}
	}
	r.last[key] = now
	return true
}

// noteReading writes to the journal that an account reads a page on which people
// are named. Where it cannot be written nothing is shown.
func (c *Console) noteReading(r *http.Request, who staff.Account) error {
	object := booking.Named(r.PathValue("number"))
	if r.PathValue("id") != "" { // a conversation has an entry of its own
		return nil
	}
	if !c.readings.due(who.ID+" "+r.Pattern+" "+object, c.Now()) {
		return nil
	}
	err := c.DB.Update(func(tx *storage.Tx) error {
		return audit.Append(tx, audit.Entry{At: c.Now(), Actor: who.ID, Action: "desk.read", Object: object, Reason: r.Pattern})
	})
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// toLogin sends a page to the sign-in form, which leads back; a part of a page
// and a stream are told so, for the script to do it.
func (c *Console) toLogin(w http.ResponseWriter, r *http.Request) error {
	to := "/console/login"
	if r.Method == http.MethodGet && !partial(r) && r.URL.Path != "/console/live" {
		if r.URL.Path != "/console/" {
			to += "?next=" + url.QueryEscape(r.URL.RequestURI())
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	w.Header().Set("HX-Redirect", to)
	return web.Refused(http.StatusUnauthorized, "Вы вышли из консоли", "Войдите снова: ничего из отправленного сейчас не записано.")
}

// partial says that htmx asks for a part of a page.
func partial(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// inside is the address to go on to after signing in: only one of the console's
// own pages, whatever the form says.
func inside(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/console/") || strings.Contains(u.Path, "..") || strings.ContainsAny(next, "\\\r\n") {
		return "/console/"
	}
	return u.RequestURI()
}

// operator is how the assistant knows a member of staff.
func operator(who staff.Account) assistant.Operator {
	return assistant.Operator{ID: who.ID, Name: who.Name}
}

// home is the first page that the role may see.
func (c *Console) home(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	to := "/console/inbox"
	if !who.Role.May(staff.Read) {
		to = "/console/journal"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
