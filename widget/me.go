package widget

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/widget/web"
)

// Rights is what the page of own data asks of the assistant. Each method answers
// [assistant.ErrTicket] for a secret that opens nothing.
type Rights interface {
	Redeem(ctx context.Context, link string) (page string, err error)
	Mine(ctx context.Context, page string, right privacy.Right) (assistant.Person, error)
	Amend(ctx context.Context, page string, field nlu.Field, value string) error
	AgreeTo(ctx context.Context, page string, g assistant.Agreement) error
	WithdrawConsent(ctx context.Context, page, purpose string) error
	EraseMine(ctx context.Context, page string) error
}

// mePage is the page of somebody's own data, or of why there is none to show.
type mePage struct {
	house
	M      meWords
	Said   string // what was just done, or why it was not
	Wrong  bool
	Person *assistant.Person
	Number string // the person's phone, as people write it
	Agreed bool   // the consent to the visit is in force
	Uses   []useCard
	Asks   []string // fields that a booking needs; others may be corrected, not added
}

func (w *Widget) meRoutes() map[string]web.HandlerFunc {
	if w.conf.Rights == nil {
		return nil
	}
	return map[string]web.HandlerFunc{
		"GET /me":           w.me,
		"GET /me/data.json": w.meJSON,
		"GET /me/data.html": w.meFile,
		"POST /me/correct":  w.meCorrect,
		"POST /me/consent":  w.meAgree,
		"POST /me/withdraw": w.meWithdraw,
		"POST /me/erase":    w.meErase,
	}
}

func (w *Widget) meCookie() web.Cookie { return web.Cookie{Name: "me", TLS: w.conf.TLS} }

// me answers GET /me. A link from the chat is used up at once, so that neither
// the history nor a log nor the next page's referrer has a key; from then on
// a cookie opens the page. It is drawn here and not after a redirect: coming from
// the clinic's website, a browser would not send a strict cookie along.
func (w *Widget) me(rw http.ResponseWriter, r *http.Request) error {
	link := r.URL.Query().Get("ticket")
	if link == "" {
		return w.meShow(rw, r, "", http.StatusOK, "", false)
	}
	page, err := w.conf.Rights.Redeem(r.Context(), link)
	if errors.Is(err, assistant.ErrTicket) {
		return w.meShow(rw, r, "", http.StatusOK, "", false) // perhaps a reload of a page that is still open
	}
	if err != nil {
		return err
	}
	if err := w.meCookie().Set(rw, r, page, assistant.PageLife); err != nil {
		return web.Refused(http.StatusForbidden, w.meWords(r).Insecure, "").Because(err)
	}
	return w.meShow(rw, r, page, http.StatusOK, "", false)
}

// meShow draws the page behind a secret, that of the cookie for "".
func (w *Widget) meShow(rw http.ResponseWriter, r *http.Request, secret string, status int, said string, wrong bool) error {
	if secret == "" {
		secret = w.meCookie().Get(r)
	}
	p, err := w.conf.Rights.Mine(r.Context(), secret, privacy.RightAccess)
	if errors.Is(err, assistant.ErrTicket) || errors.Is(err, assistant.ErrExpired) {
		return w.meClosed(rw, r, http.StatusOK)
	}
	if err != nil {
		return err
	}
	page := w.mePage(r)
	page.Said, page.Wrong, page.Person, page.Number = said, wrong, &p, phone(p.Phone)
	page.fill()
	return w.meDraw(rw, status, page)
}

// meClosed tells how to get to one's own data.
func (w *Widget) meClosed(rw http.ResponseWriter, r *http.Request, status int) error {
	return w.meDraw(rw, status, w.mePage(r))
}

func (w *Widget) mePage(r *http.Request) mePage {
	h := w.houseIn(w.conf.Clinic(), pageLang(w.conf.Clinic(), r))
	return mePage{house: h, M: meWordsIn(h.Lang), Asks: w.conf.Clinic().Booking.Ask}
}

func (w *Widget) meWords(r *http.Request) meWords { return meWordsIn(pageLang(w.conf.Clinic(), r)) }

func (w *Widget) meDraw(rw http.ResponseWriter, status int, page mePage) error {
	var buf bytes.Buffer
	if err := w.pages["me"].Execute(&buf, page); err != nil {
		return fmt.Errorf("page me: %w", err)
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	rw.WriteHeader(status)
	_, err := buf.WriteTo(rw)
	return err
}

// meJSON answers GET /me/data.json: the same for programs.
func (w *Widget) meJSON(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.conf.Rights.Mine(r.Context(), w.meCookie().Get(r), privacy.RightExport)
	if err != nil {
		return w.meFailed(rw, r, err)
	}
	attach(rw, "application/json", "my-data.json")
	enc := json.NewEncoder(rw)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(p)
}

// meFile answers GET /me/data.html: a page to keep, with every word that was said.
func (w *Widget) meFile(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.conf.Rights.Mine(r.Context(), w.meCookie().Get(r), privacy.RightExport)
	if err != nil {
		return w.meFailed(rw, r, err)
	}
	page := w.mePage(r)
	page.Person, page.Number = &p, phone(p.Phone)
	page.fill()
	var buf bytes.Buffer
	if err := w.pages["person"].Execute(&buf, page); err != nil {
		return fmt.Errorf("page person: %w", err)
	}
	attach(rw, "text/html; charset=utf-8", "my-data.html")
	_, err = buf.WriteTo(rw)
	return err
}

func attach(rw http.ResponseWriter, kind, name string) {
	h := rw.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
}

func (w *Widget) meFailed(rw http.ResponseWriter, r *http.Request, err error) error {
	if errors.Is(err, assistant.ErrTicket) || errors.Is(err, assistant.ErrExpired) {
		return w.meClosed(rw, r, http.StatusForbidden)
	}
	return err
}

// meCorrect answers POST /me/correct.
func (w *Widget) meCorrect(rw http.ResponseWriter, r *http.Request) error {
	m := w.meWords(r)
	err := w.conf.Rights.Amend(r.Context(), w.meCookie().Get(r), nlu.Field(r.PostFormValue("field")), r.PostFormValue("value"))
	switch {
	case errors.Is(err, assistant.ErrField):
		return w.meShow(rw, r, "", http.StatusUnprocessableEntity, m.BadValue, true)
	case errors.Is(err, privacy.ErrNoConsent):
		return w.meShow(rw, r, "", http.StatusConflict, m.NoConsent, true)
	case err != nil:
		return w.meFailed(rw, r, err)
	}
	return w.meShow(rw, r, "", http.StatusOK, m.Corrected, false)
}

// meErase answers POST /me/erase. What it destroys it cannot show again.
func (w *Widget) meErase(rw http.ResponseWriter, r *http.Request) error {
	if err := w.conf.Rights.EraseMine(r.Context(), w.meCookie().Get(r)); err != nil {
		return w.meFailed(rw, r, err)
	}
	w.meCookie().Clear(rw, r)
	page := w.mePage(r)
	page.Said = page.M.Erased
	return w.meDraw(rw, http.StatusOK, page)
}

// factRow is one thing that is known of the person, with the form to correct it.
type factRow struct {
	mePage
	Field, Label, Value string
	Open                bool // may be corrected
}

func fact(p mePage, field, label, value string) factRow {
	return factRow{p, field, label, value, p.Agreed && (value != "" || slices.Contains(p.Asks, field))}
}

// Moment is a day and a clock time, with the year: a page to keep is read later.
func (p mePage) Moment(t time.Time) string { return t.Format("02.01.2006 15:04") }

// Date is a day with its year.
func (p mePage) Date(t time.Time) string { return t.Format("02.01.2006") }

// From words who said something.
func (p mePage) From(t assistant.Turn) string {
	switch t.From {
	case assistant.FromVisitor:
		return p.M.You
	case assistant.FromOperator:
		return strings.TrimSpace(p.M.Operator + " " + t.Author)
	default:
		return p.M.Assistant
	}
}

// Right words a demand.
func (p mePage) Right(r privacy.Right) string { return p.M.Rights[r] }
