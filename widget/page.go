package widget

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
	"okoshko/storage"
	"okoshko/widget/web"
)

// house is what every page shows of the clinic, in one language.
type house struct {
	W                  words
	Lang               string
	Langs              []langLink
	Name, Phone, Color string
	Dial               string // the phone for a tel: link
}

type langLink struct {
	Lang, Name string
	Now        bool
}

// homePage is the page that shows the chat.
type homePage struct {
	house
	Lead     string
	Services []serviceRow
	Branches []branchCard
	Origin   string // of this desk
	Socket   string // the same for a socket
}

type serviceRow struct{ Name, Length, Price string }

type branchCard struct {
	Name, Address string
	Hours         []hoursRow
}

type hoursRow struct {
	Days, Spans string
	Off         bool
}

// textPage is a readable text: the policy, or a version of a consent.
type textPage struct {
	house
	Title, Note string
	Sections    []section
}

// parsePages makes each page of its own template and the frame around all.
func parsePages(assets *web.Assets) (map[string]*template.Template, error) {
	pages := make(map[string]*template.Template)
	helpers := template.FuncMap{"asset": assets.Path, "fact": fact, "record": record, "filed": filed}
	for _, name := range []string{"home", "text", "problem", "me"} {
		t, err := template.New("frame.html").Funcs(helpers).
			ParseFS(templateFiles, "templates/frame.html", "templates/record.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		pages[name] = t
	}
	t, err := template.New("person.html").Funcs(helpers).ParseFS(templateFiles, "templates/person.html", "templates/record.html")
	if err != nil {
		return nil, fmt.Errorf("page person: %w", err)
	}
	pages["person"] = t
	return pages, nil
}

// draw writes a page. Nothing was written when it returns an error.
func (w *Widget) draw(rw http.ResponseWriter, name string, data any) error {
	var buf bytes.Buffer
	if err := w.pages[name].Execute(&buf, data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Vary", "Accept-Language")
	_, err := buf.WriteTo(rw)
	return err
}

// home answers GET /: the clinic's services and addresses with the chat, and how
// to embed it.
func (w *Widget) home(rw http.ResponseWriter, r *http.Request) error {
	c := w.conf.Clinic()
	page := homePage{house: w.houseIn(c, pageLang(c, r)), Origin: "http://" + r.Host, Socket: "ws://" + r.Host}
	if w.conf.TLS || r.TLS != nil {
		page.Origin, page.Socket = "https://"+r.Host, "wss://"+r.Host
	}
	page.Lead = page.W.Lead
	if c.Booking.Confirm == clinic.ByRule {
		page.Lead = page.W.LeadAuto
	}
	for _, s := range c.Services {
		row := serviceRow{Name: s.Name.In(page.Lang), Length: page.W.length(s.Duration)}
		if s.Price.Known {
			row.Price = prompts.Money(page.Lang, s.Price.Amount, s.Price.From)
		}
		page.Services = append(page.Services, row)
	}
	for _, b := range c.Branches {
		page.Branches = append(page.Branches, branchCard{b.Name.In(page.Lang), b.Address.In(page.Lang), page.W.week(b.Hours)})
	}
	return w.draw(rw, "home", page)
}

// privacy answers GET /privacy: the clinic's own policy where it has one.
func (w *Widget) privacy(rw http.ResponseWriter, r *http.Request) error {
	c := w.conf.Clinic()
	if c.Privacy.Policy != "" {
		http.Redirect(rw, r, c.Privacy.Policy, http.StatusFound)
		return nil
	}
	h := w.houseIn(c, pageLang(c, r))
	days := func(d time.Duration) string {
		return prompts.Count(h.Lang, "know.days", int(d.Hours()/24), nil)
	}
	return w.draw(rw, "text", textPage{house: h, Title: h.W.Privacy, Sections: slices.Insert(h.W.policy(c.Privacy, days), 2, uses(c, h.Lang))})
}

// uses lists what data is used for, each with its basis.
func uses(c *clinic.Clinic, lang string) section {
	m, p := meWordsIn(lang), c.Privacy.Purposes
	s := section{Title: m.Uses}
	add := func(purpose string, basis clinic.Basis) {
		s.Paragraphs = append(s.Paragraphs, m.Purposes[purpose]+". "+m.BasisIs+": "+m.Bases[string(basis)]+".")
	}
	add(privacy.PurposeBooking, p.Booking)
	if c.Remind() {
		add(privacy.PurposeReminders, p.Reminders)
	}
	if p.Advertising != clinic.BasisNone {
		add(privacy.PurposeAdvertising, p.Advertising)
	}
	return s
}

// consent answers GET /consent/{version}: the exact text that was agreed to.
func (w *Widget) consent(rw http.ResponseWriter, r *http.Request) error {
	text, err := w.conf.Desk.ConsentText(r.Context(), r.PathValue("version"))
	if errors.Is(err, storage.ErrNotFound) {
		return web.NotFound().Because(err)
	}
	if err != nil {
		return err
	}
	h := w.houseIn(w.conf.Clinic(), text.Lang)
	h.Langs = nil // the text is the text
	note := h.W.Version + ": " + text.Version
	if !text.Since.IsZero() {
		note += ", " + text.Since.In(w.conf.Clinic().Location).Format("02.01.2006")
	}
	rw.Header().Set("Cache-Control", "public, max-age=86400") // a version never changes
	return w.draw(rw, "text", textPage{house: h, Title: text.Title, Note: note, Sections: []section{{Paragraphs: text.Paragraphs}}})
}

// problem draws a refusal in the clinic's dress.
func (w *Widget) problem(rw http.ResponseWriter, r *http.Request, p *web.Problem) {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		web.ProblemJSON(rw, r, p)
		return
	}
	c := w.conf.Clinic()
	page := textPage{house: w.houseIn(c, pageLang(c, r)), Title: p.Title, Note: p.Detail}
	var buf bytes.Buffer
	if err := w.pages["problem"].Execute(&buf, page); err != nil {
		web.ProblemPage(rw, r, p)
		return
	}
	p.WriteHead(rw, "text/html; charset=utf-8")
	_, _ = buf.WriteTo(rw)
}

func (w *Widget) houseIn(c *clinic.Clinic, lang string) house {
	h := house{
		W: wordsIn(lang), Lang: lang, Name: unbroken(c.Name.In(lang)), Phone: phone(c.Phone), Dial: c.Phone, Color: c.Widget.Color,
	}
	for _, l := range c.Languages {
		if slices.Contains(languages, l) {
			h.Langs = append(h.Langs, langLink{l, wordsIn(l).Name, l == lang})
		}
	}
	return h
}

// widest is the characters of a name in quotes that fit a line of the heading.
const widest = 16

// unbroken keeps a short name in quotes on one line: Клиника «Ак Барс».
func unbroken(name string) string {
	before, quoted, found := strings.Cut(name, "«")
	quoted, after, closed := strings.Cut(quoted, "»")
	if !found || !closed || utf8.RuneCountInString(quoted) > widest {
		return name
	}
	return before + "«" + strings.ReplaceAll(quoted, " ", "\u00a0") + "»" + after
}

// pageLang is what the visitor asked for (?lang=), or the browser's first
// language that the clinic speaks, or the clinic's first.
func pageLang(c *clinic.Clinic, r *http.Request) string {
	wishes := []string{r.URL.Query().Get("lang")}
	for _, wish := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		lang, _, _ := strings.Cut(strings.TrimSpace(wish), ";")
		lang, _, _ = strings.Cut(lang, "-")
		wishes = append(wishes, strings.ToLower(lang))
	}
	for _, wish := range wishes {
		if slices.Contains(c.Languages, wish) && slices.Contains(languages, wish) {
			return wish
		}
	}
	return c.Language("")
}

// week words the hours of an ordinary week, days of the same hours together:
// «Пн–Пт 08:00–20:00».
func (w words) week(h clinic.Hours) []hoursRow {
	var rows []hoursRow
	var first int
	var last []clinic.Span
	for day := range 7 {
		spans := h.Weekly(time.Weekday((day + 1) % 7))
		same := day > 0 && slices.Equal(spans, last)
		if !same {
			first, last = day, spans
			rows = append(rows, hoursRow{})
		}
		rows[len(rows)-1] = w.hours(first, day, spans)
	}
	return rows
}

func (w words) hours(first, last int, spans []clinic.Span) hoursRow {
	row := hoursRow{Days: w.weekdays[first], Spans: w.Closed, Off: len(spans) == 0}
	if last > first {
		row.Days += "–" + w.weekdays[last]
	}
	said := make([]string, len(spans))
	for i, s := range spans {
		said[i] = span(s)
	}
	if len(said) > 0 {
		row.Spans = strings.Join(said, ", ")
	}
	return row
}
