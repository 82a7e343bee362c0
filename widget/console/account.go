package console

import (
	"errors"
	"fmt"
	"net/http"

	"okoshko/assistant/staff"
	"okoshko/widget/web"
)

type accountView struct {
	Alert     string
	Min       int
	IdleAfter string
}

// account shows who is signed in, and the form for another password.
func (c *Console) account(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	return c.showAccount(w, r, who, http.StatusOK, "")
}

func (c *Console) showAccount(w http.ResponseWriter, r *http.Request, who staff.Account, status int, alert string) error {
	view := accountView{Alert: alert, Min: staff.MinPassword, IdleAfter: duration(staff.Idle)}
	return c.show(w, r, who, status, "account", "Учётная запись", view)
}

// changePassword changes the own one; other sessions end.
func (c *Console) changePassword(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	form := r.PostForm
	if form.Get("password") != form.Get("again") {
		return c.showAccount(w, r, who, http.StatusUnprocessableEntity, "Новый пароль и его повтор не совпадают.")
	}
	err := c.Staff.ChangePassword(r.Context(), c.cookie.Get(r), form.Get("old"), form.Get("password"), web.Network(c.Proxies.Address(r)))
	status, alert := c.signInRefusal(w, err, "Нынешний пароль введён неверно.")
	switch {
	case errors.Is(err, staff.ErrWeakPassword):
		status, alert = http.StatusUnprocessableEntity, fmt.Sprintf(
			"Этот пароль слишком простой. Нужно не меньше %s; хорошо подойдут три-четыре не связанных слова.", counted(staff.MinPassword, "знака", "знаков", "знаков"))
	case alert == "" && err != nil:
		return fmt.Errorf("change password: %w", err)
	}
	if alert != "" {
		return c.showAccount(w, r, who, status, alert)
	}
	return c.back(w, r, "/console/account", "pass")
}
