package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"strings"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/staff"
	"okoshko/widget/web"
)

// page is what the layout needs around a page's own view.
type page struct {
	calendarWords
	Title  string
	Name   string // page: which entry of the menu is lit
	Clinic string
	Who    staff.Account
	Rights map[string]bool
	Notice string // what was done, from a fixed list
	Alarms int    // that nobody has seen, for those who may
	View   any
}

// parsePages reads layout.html and parts.html into every page.
func parsePages(files embed.FS, functions template.FuncMap) (map[string]*template.Template, error) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, name := range names {
		base := strings.TrimSuffix(path.Base(name), ".html")
		if base == "layout" || strings.HasPrefix(base, "part-") {
			continue
		}
		t, err := template.New(base).Funcs(functions).ParseFS(files, "templates/layout.html", "templates/part-*.html", name)
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", base, err)
		}
		pages[base] = t
	}
	return pages, nil
}

func (c *Console) functions() template.FuncMap {
	all := template.FuncMap{
		"asset":   c.assets.Path,
		"model":   c.modelState,
		"icon":    icon,
		"counted": counted,
		"plural":  plural,
		"status":  func(s string) string { return statusWords[s] },
		"action":  actionName,
		"reason":  reasonName,
		"role":    func(r staff.Role) string { return roleWords[string(r)] },
		"source":  sourceWords,
		"on":      func(p page, view any) page { p.View = view; return p },
		"initial": initial,
		"reasons": func() []string { return reasons },
		"because": func() []clinic.Reason { return c.Clinic().Reasons(clinic.OfStaff) },
		"kinds":   func() []booking.Kind { return kinds },
		"kind":    func(k booking.Kind) string { return kindWords[k] },
		"causes":  func() []string { return causes },
		"cause":   cause,
		"roomName": func(id string) string {
			if r, ok := c.Clinic().Room(id); ok {
				return r.Name.In("ru")
			}
			return id
		},
		"list": func(some []string) string { return strings.Join(some, ", ") },
	}
	maps.Copy(all, peopleFunctions())
	return all
}

// show writes a whole page, made before the first byte leaves.
func (c *Console) show(w http.ResponseWriter, r *http.Request, who staff.Account, status int, name, title string, view any) error {
	return c.write(w, status, name, "layout", c.page(r, who, name, title, view))
}

// part writes one named template of a page, for htmx.
func (c *Console) part(w http.ResponseWriter, r *http.Request, who staff.Account, status int, name, part string, view any) error {
	return c.write(w, status, name, part, c.page(r, who, name, "", view))
}

func (c *Console) page(r *http.Request, who staff.Account, name, title string, view any) page {
	house := c.Clinic()
	p := page{
		calendarWords: c.words(), Title: title, Name: name, Clinic: house.Name.In("ru"), Who: who, View: view,
		Rights: map[string]bool{}, Notice: notices[r.URL.Query().Get("done")],
	}
	for _, right := range []staff.Right{staff.Read, staff.Act, staff.Reveal, staff.Deliveries, staff.Resend, staff.Journal, staff.Manage, staff.Persons, staff.Safety, staff.Guard} {
		p.Rights[string(right)] = who.Role.May(right)
	}
	p.Rights["resend"] = p.Rights["resend"] && c.Resend != nil
	for _, right := range []string{"persons", "safety", "guard"} {
		p.Rights[right] = p.Rights[right] && c.People != nil
	}
	p.Alarms, _ = c.alarms(r.Context(), who) // a page without the mark is better than none
	return p
}

func (c *Console) words() calendarWords {
	return calendarWords{zone: c.Clinic().Location, now: c.Now()}
}

func (c *Console) write(w http.ResponseWriter, status int, name, part string, p page) error {
	t, ok := c.pages[name]
	if !ok {
		return fmt.Errorf("no page %s", name)
	}
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, part, p); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes())
	return nil
}

// problem draws what went wrong: a page, or a line for htmx to put in place.
func (c *Console) problem(w http.ResponseWriter, r *http.Request, p *web.Problem) {
	var buf bytes.Buffer
	part := "layout"
	if partial(r) {
		part = "problem-line"
	}
	who, _ := c.Staff.Who(r.Context(), c.cookie.Get(r))
	if err := c.pages["problem"].ExecuteTemplate(&buf, part, c.page(r, who, "problem", p.Title, p)); err != nil {
		web.ProblemPage(w, r, p)
		return
	}
	p.WriteHead(w, "text/html; charset=utf-8")
	_, _ = w.Write(buf.Bytes())
}

// notices are what a page may say after a write, by the query's word: a link can
// bring none of its own.
var notices = map[string]string{
	"confirm":  "Запись подтверждена. Посетитель увидит это в чате.",
	"decline":  "Заявка отклонена. Посетитель увидит это в чате.",
	"move":     "Запись перенесена. Посетитель увидит новое время в чате.",
	"cancel":   "Запись отменена. Посетитель увидит это в чате.",
	"arrived":  "Отмечено: посетитель на приёме.",
	"no-show":  "Отмечено: посетитель не пришёл.",
	"take":     "Теперь отвечаете вы. Помощник молчит, пока вы не вернёте ему разговор.",
	"return":   "Разговор снова ведёт помощник.",
	"reply":    "Ответ отправлен.",
	"resend":   "Поставлено в очередь на отправку.",
	"pass":     "Пароль изменён. Остальные сеансы завершены.",
	"noted":    "Изменение записано. Помощник уже учитывает его.",
	"unnoted":  "Изменение убрано.",
	"booked":   "Посетитель записан.",
	"unwaited": "Посетитель больше не в листе ожидания.",
	"unfed":    "Адрес календаря отозван и больше не отвечает.",
	"revoked":  "Ключ отозван и больше не действует.",

	"demand": "Обращение записано, срок отсчитывается.", "answered": "Обращение обновлено.", "corrected": "Данные исправлены.", "stopped": "Отказ записан, для этого данные больше не используются.",
	"restricted": "Использование данных приостановлено.", "unrestricted": "Данные снова используются.",
	"erased": "Данные удалены. Распечатайте и подпишите акт.", "seen": "Отмечено: тревогу видели.",
	"incident": "Инцидент открыт. Отправка наружу остановлена, часы идут.", "step": "Отмечено.", "canary": "Контакт-приманка добавлен.",
}

// initial is the letter in the round mark of a conversation.
func initial(name string) string {
	for _, r := range name {
		return strings.ToUpper(string(r))
	}
	return ""
}

// icons are drawn in a box of 20 by 20 with a line of 1.6; the name is for the
// template alone, a screen reader skips them.
var icons = map[string]string{
	"inbox":   `<path d="M2.8 11.5 5 4h10l2.2 7.5v4.7H2.8zM2.8 11.5h4.4l1 2h3.6l1-2h4.4"/>`,
	"day":     `<path d="M3 4.6h14V17H3zM3 8.4h14M6.8 2.8v3M13.2 2.8v3"/>`,
	"send":    `<path d="m2.8 9.6 14-6-5.4 13.6-2.6-5.8z"/>`,
	"journal": `<path d="M4.5 2.8h11v14.4h-11zM7.3 6.6h5.4M7.3 10h5.4M7.3 13.4h3"/>`,
	"user":    `<circle cx="10" cy="6.8" r="3.4"/><path d="M3.4 17c.5-3.6 3-5.4 6.6-5.4s6.1 1.8 6.6 5.4"/>`,
	"week":    `<path d="M3 4.6h14V17H3zM3 8.4h14M6.8 2.8v3M13.2 2.8v3M7.7 8.4V17M12.3 8.4V17"/>`,
	"clock":   `<circle cx="10" cy="10" r="7.2"/><path d="M10 5.8V10l2.8 1.8"/>`,
	"shift":   `<path d="M3 4.6h14V17H3zM3 8.4h14M6.8 2.8v3M13.2 2.8v3M7.6 11l4.8 4M12.4 11l-4.8 4"/>`,
	"plus":    `<path d="M10 4v12M4 10h12"/>`,
	"room":    `<path d="M5 17V3.5h10V17M3 17h14M12 10.2v.1"/>`,
	"more":    `<path d="M4.5 10h.1M10 10h.1M15.5 10h.1"/>`,
	"key":     `<circle cx="6.8" cy="13.2" r="3.5"/><path d="m9.3 10.7 7.2-7.2M13.5 6.5l2.6 2.6"/>`,
	"exit":    `<path d="M12 3.5H4v13h8M8.5 10h8.3M13.8 7l3 3-3 3"/>`,
	"bell":    `<path d="M5 13.8V9a5 5 0 0 1 10 0v4.8l1.4 1.4H3.6zM8.4 17.3h3.2"/>`,
	"back":    `<path d="m11.8 4.5-5.5 5.5 5.5 5.5"/>`,
	"next":    `<path d="m8.2 4.5 5.5 5.5-5.5 5.5"/>`,
	"phone":   `<path d="M4 3.5h3l1.4 3.7-1.9 1.4a9 9 0 0 0 4.9 4.9l1.4-1.9 3.7 1.4v3c-7 .8-13.3-5.5-12.5-12.5z"/>`,
	"check":   `<path d="m4 10.6 4 4 8-9"/>`,
	"people":  `<circle cx="7" cy="7" r="2.8"/><path d="M1.8 16.4c.4-3 2.4-4.6 5.2-4.6s4.8 1.6 5.2 4.6M13 4.6a2.6 2.6 0 0 1 0 5M14.6 12.2c2 .5 3.2 1.9 3.6 4.2"/>`,
	"shield":  `<path d="M10 2.6 16 5v4.6c0 3.8-2.4 6.4-6 7.8-3.6-1.4-6-4-6-7.8V5zM7.2 9.8l2 2 3.6-4"/>`,
	"robot":   `<path d="M4 7.5h12v8.3H4zM10 7.5V4.3M7.5 11.2v.1M12.5 11.2v.1M8 13.7h4"/>`,
}

func icon(name string) template.HTML {
	return template.HTML(`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">` + icons[name] + `</svg>`)
}
