package console

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"okoshko/assistant/staff"
	"okoshko/widget/web"
)

type loginView struct {
	Login, Next, Alert string
	Bye                bool
}

// loginForm asks for login and password.
func (c *Console) loginForm(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	if _, err := c.Staff.Who(r.Context(), c.cookie.Get(r)); err == nil {
		http.Redirect(w, r, inside(query.Get("next")), http.StatusSeeOther)
		return nil
	}
	return c.show(w, r, staff.Account{}, http.StatusOK, "login", "Вход", loginView{Next: query.Get("next"), Bye: query.Has("bye")})
}

// login opens a session. A wrong login and a wrong password are one answer.
func (c *Console) login(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	if r.TLS == nil && !c.TLS && !web.Loopback(r) {
		return web.Refused(http.StatusForbidden, "Войти можно только по защищённому соединению",
			"Откройте консоль по адресу с https:// или на том компьютере, где она работает.")
	}
	login := r.PostForm.Get("login")
	token, _, err := c.Staff.SignIn(r.Context(), login, r.PostForm.Get("password"), web.Network(c.Proxies.Address(r)))
	view := loginView{Login: login, Next: r.PostForm.Get("next")}
	status, alert := c.signInRefusal(w, err, "Неверный логин или пароль.")
	switch {
	case alert != "":
		view.Alert = alert
		return c.show(w, r, staff.Account{}, status, "login", "Вход", view)
	case err != nil:
		return fmt.Errorf("login: %w", err)
	}
	if err := c.cookie.Set(w, r, token, staff.Life); err != nil {
		return fmt.Errorf("login: %w", err)
	}
	http.Redirect(w, r, inside(view.Next), http.StatusSeeOther)
	return nil
}

// signInRefusal words what is the visitor's own matter about a refused password.
func (c *Console) signInRefusal(w http.ResponseWriter, err error, wrong string) (status int, alert string) {
	var delayed *staff.Delayed
	switch {
	case errors.As(err, &delayed):
		wait := max(delayed.Until.Sub(c.Now()).Round(time.Second), time.Second)
		w.Header().Set("Retry-After", fmt.Sprint(int(wait.Seconds())))
		return http.StatusTooManyRequests, "Слишком много попыток подряд. Следующая возможна через " + duration(wait) + "."
	case errors.Is(err, staff.ErrWrong):
		return http.StatusUnauthorized, wrong
	}
	return 0, ""
}

// logout ends the session.
func (c *Console) logout(w http.ResponseWriter, r *http.Request, _ staff.Account) error {
	if err := c.Staff.SignOut(r.Context(), c.cookie.Get(r)); err != nil {
		return fmt.Errorf("logout: %w", err)
	}
	c.cookie.Clear(w, r)
	http.Redirect(w, r, "/console/login?bye", http.StatusSeeOther)
	return nil
}

func badForm(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return err
	}
	return web.Refused(http.StatusBadRequest, "Форма пришла с ошибкой", "Вернитесь на страницу и попробуйте ещё раз.").Because(err)
}
