package widget

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
)

// rights is the assistant's side of the page: one link, one person.
type rights struct {
	link, page string
	withdrawn  time.Time
	name       string
	gone       bool
	agreed     map[string]assistant.Agreement // to further purposes
}

func (r *rights) Redeem(_ context.Context, link string) (string, error) {
	if link == "" || link != r.link {
		return "", assistant.ErrTicket
	}
	r.link = ""
	return r.page, nil
}

func (r *rights) Mine(_ context.Context, page string, _ privacy.Right) (assistant.Person, error) {
	if page != r.page || r.gone {
		return assistant.Person{}, assistant.ErrTicket
	}
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("MSK", 3*3600))
	return assistant.Person{
		Operator: "ООО «Проба»", Write: "dpo@proba.example", At: at, Lang: "ru", Contact: "c_1", Name: r.name, Phone: "+79175550001",
		Since: at, KeepUntil: at.AddDate(0, 6, 0),
		Purposes:     r.purposes(at),
		Consents:     []assistant.PersonConsent{{Purpose: privacy.PurposeBooking, Title: "Согласие", Version: "3f9a", At: at, Pressed: "pressed", Withdrawn: r.withdrawn}},
		Appointments: []assistant.PersonVisit{{AppointmentView: assistant.AppointmentView{Number: "A-1001", Service: "Приём терапевта", Start: at.AddDate(0, 0, 1)}, StatusText: "Подтверждена"}},
		Talk:         assistant.PersonTalk{Turns: []assistant.Turn{{At: at, From: assistant.FromVisitor, Text: "<b>запишите</b>"}}, KeepUntil: at.AddDate(0, 1, 0)},
		Receivers:    []string{"bitrix"},
	}, nil
}

func (r *rights) Amend(_ context.Context, page string, f nlu.Field, value string) error {
	switch {
	case page != r.page:
		return assistant.ErrTicket
	case !r.withdrawn.IsZero():
		return privacy.ErrNoConsent
	case f != nlu.FieldName || value == "":
		return assistant.ErrField
	}
	r.name = value
	return nil
}

// purposes are the three, of which the page shows each by what was done about it.
func (r *rights) purposes(at time.Time) (all []assistant.PersonPurpose) {
	texts := func(version string) map[string]string {
		return map[string]string{"ru": version + "-ru", "en": version + "-en"}
	}
	all = append(all,
		assistant.PersonPurpose{Purpose: privacy.PurposeBooking, Basis: "consent", Version: "3f9a", InForce: r.withdrawn.IsZero(), Since: at, Withdrawn: r.withdrawn, Texts: texts("booking")},
		assistant.PersonPurpose{Purpose: privacy.PurposeReminders, Basis: "contract", Version: "reminders-ru", InForce: true, Texts: texts("reminders")})
	ads := assistant.PersonPurpose{Purpose: privacy.PurposeAdvertising, Basis: "consent", Version: "ads-ru", Refused: at, Texts: texts("ads")}
	if g, ok := r.agreed[privacy.PurposeAdvertising]; ok {
		ads.InForce, ads.Since, ads.Version = true, at, g.Version
	}
	return append(all, ads)
}

func (r *rights) AgreeTo(_ context.Context, page string, g assistant.Agreement) error {
	switch {
	case page != r.page:
		return assistant.ErrTicket
	case g.Version != "ads-ru" && g.Version != "ads-en":
		return assistant.ErrVersion
	}
	if r.agreed == nil {
		r.agreed = make(map[string]assistant.Agreement)
	}
	r.agreed[g.Purpose] = g
	return nil
}

func (r *rights) WithdrawConsent(_ context.Context, page, purpose string) error {
	if page != r.page {
		return assistant.ErrTicket
	}
	if purpose != privacy.PurposeBooking {
		delete(r.agreed, purpose)
		return nil
	}
	r.withdrawn = time.Date(2026, 11, 23, 9, 5, 0, 0, time.UTC)
	return nil
}

func (r *rights) EraseMine(_ context.Context, page string) error {
	if page != r.page {
		return assistant.ErrTicket
	}
	r.gone = true
	return nil
}

// reader keeps the cookie of the page.
type reader struct {
	t      *testing.T
	h      http.Handler
	cookie string
}

func (b *reader) do(method, path string, form url.Values) (*http.Response, string) {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host = "localhost"
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if b.cookie != "" {
		r.Header.Set("Cookie", b.cookie)
	}
	rec := httptest.NewRecorder()
	b.h.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		b.cookie = c.Name + "=" + c.Value
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode {
			b.t.Errorf("cookie %v", c)
		}
	}
	return rec.Result(), rec.Body.String()
}

func newMe(t *testing.T) (*reader, *rights) {
	r := &rights{link: "LINK", page: "PAGE", name: "Инна"}
	return &reader{t: t, h: newWidget(t, newDesk(), func(c *Config) { c.Rights = r })}, r
}

func TestMyData(t *testing.T) {
	b, r := newMe(t)
	res, body := b.do("GET", "/me", nil)
	if res.StatusCode != 200 || !strings.Contains(body, "Что вы обо мне знаете?") || strings.Contains(body, "Инна") {
		t.Fatalf("without a link: %d\n%s", res.StatusCode, body)
	}
	res, body = b.do("GET", "/me?ticket=LINK", nil)
	for _, want := range []string{"Инна", "&#43;7 917 555-00-01", "/consent/3f9a", "Приём терапевта", "bitrix", "23.12.2026"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if got := res.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	if strings.Contains(body, "LINK") || strings.Contains(body, "PAGE") {
		t.Error("a key in the page")
	}
	if _, body = b.do("GET", "/me?ticket=LINK", nil); !strings.Contains(body, "Инна") {
		t.Error("a reload with the cookie shows nothing")
	}

	stranger := &reader{t: t, h: b.h}
	if _, body = stranger.do("GET", "/me?ticket=LINK", nil); strings.Contains(body, "Инна") {
		t.Error("the link works for a second browser")
	}
	for _, path := range []string{"/me/data.json", "/me/data.html"} {
		if res, body := stranger.do("GET", path, nil); res.StatusCode != 403 || strings.Contains(body, "Инна") {
			t.Errorf("%s for a stranger: %d", path, res.StatusCode)
		}
	}

	if res, body = b.do("POST", "/me/correct", url.Values{"field": {"name"}, "value": {"Инна Петровна"}}); res.StatusCode != 200 || !strings.Contains(body, "Инна Петровна") || !strings.Contains(body, "Исправлено") {
		t.Errorf("correct: %d", res.StatusCode)
	}
	if res, body = b.do("POST", "/me/correct", url.Values{"field": {"phone"}, "value": {"12"}}); res.StatusCode != 422 || !strings.Contains(body, `role="alert"`) {
		t.Errorf("a wrong value: %d", res.StatusCode)
	}

	res, body = b.do("GET", "/me/data.json", nil)
	var p assistant.Person
	if err := json.Unmarshal([]byte(body), &p); err != nil || p.Name != "Инна Петровна" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("JSON: %v, %+v", err, p)
	}
	res, body = b.do("GET", "/me/data.html", nil)
	if !strings.Contains(body, "&lt;b&gt;запишите&lt;/b&gt;") || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("file: %s", body)
	}

	if _, body = b.do("POST", "/me/withdraw", url.Values{"purpose": {"booking"}}); !strings.Contains(body, "Согласие отозвано") || strings.Contains(body, `action="/me/correct`) || strings.Contains(body, `name="purpose" value="advertising"`) {
		t.Error("withdrawn: the page still offers what cannot be done")
	}
	if res, _ = b.do("POST", "/me/correct", url.Values{"field": {"name"}, "value": {"Анна"}}); res.StatusCode != 409 {
		t.Errorf("correct without consent: %d", res.StatusCode)
	}
	if _, body = b.do("POST", "/me/erase", nil); !strings.Contains(body, "ваши данные удалены") || !r.gone {
		t.Error("not erased")
	}
	if _, body = b.do("GET", "/me", nil); strings.Contains(body, "Инна") {
		t.Error("the page outlives the data")
	}
}

// TestMyPurposes: each with its basis, its text and since when; each can be given and
// taken back apart, to the text in the page's language.
func TestMyPurposes(t *testing.T) {
	b, r := newMe(t)
	b.do("GET", "/me?ticket=LINK", nil)
	for lang, wants := range map[string][]string{
		"ru": {"Напоминания о визитах", "услуга, на которую вы записались", "Вы отказались 23.11.2026", "/consent/ads-ru", "Дано 23.11.2026", "нажата кнопка"},
		"en": {"Reminders of visits", "the service that you booked", "You declined 23.11.2026", "/consent/ads-en", "Given 23.11.2026", "a button was pressed"},
	} {
		_, body := b.do("GET", "/me?lang="+lang, nil)
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q in the page", lang, want)
			}
		}
		if got := strings.Count(body, `action="/me/consent`); got != 1 {
			t.Errorf("%s: %d consents can be given, want that to advertising alone", lang, got)
		}
		if strings.Contains(body, "checked") {
			t.Errorf("%s: something is ticked before it is chosen", lang)
		}
	}
	if res, body := b.do("POST", "/me/consent", url.Values{"purpose": {"advertising"}, "version": {"old"}}); res.StatusCode != 409 || !strings.Contains(body, "изменился") {
		t.Errorf("a text that is not in force: %d", res.StatusCode)
	}
	if res, body := b.do("POST", "/me/consent?lang=en", url.Values{"purpose": {"advertising"}, "version": {"ads-en"}}); res.StatusCode != 200 || !strings.Contains(body, "Your consent is noted") || !strings.Contains(body, "/consent/ads-en") {
		t.Errorf("given: %d\n%s", res.StatusCode, body)
	}
	if g := r.agreed["advertising"]; g.Address == "" || g.Widget == "" {
		t.Errorf("the record would lack its proof: %+v", g)
	}
	if _, body := b.do("POST", "/me/withdraw", url.Values{"purpose": {"advertising"}}); !strings.Contains(body, "больше не используются") || !r.withdrawn.IsZero() {
		t.Error("a withdrawal of one is that of another")
	}
}

// TestMyDataInEachLanguage: no text is missing.
func TestMyDataInEachLanguage(t *testing.T) {
	for lang, want := range map[string]string{"ru": "Ваши данные", "tt": "Сезнең мәгълүматлар", "en": "Your data"} {
		m := meWordsIn(lang)
		if m.Title != want {
			t.Errorf("%s: %q", lang, m.Title)
		}
		for _, r := range privacy.Rights() {
			if m.Rights[r] == "" {
				t.Errorf("%s: no word for %s", lang, r)
			}
		}
		for _, p := range privacy.Purposes() {
			if m.Purposes[p] == "" {
				t.Errorf("%s: no word for %s", lang, p)
			}
		}
		b, _ := newMe(t)
		b.do("GET", "/me?ticket=LINK", nil)
		if _, body := b.do("GET", "/me?lang=en", nil); !strings.Contains(body, "Your data") {
			t.Errorf("the page does not follow the language")
		}
	}
}

// TestMyDataNeedsASafeAddress: over plain HTTP in a network the cookie would be
// anybody's.
func TestMyDataNeedsASafeAddress(t *testing.T) {
	b, _ := newMe(t)
	res, body := get(t, b.h, "/me?ticket=LINK", "Accept", "text/html")
	if res.StatusCode != 403 || strings.Contains(body, "Инна") {
		t.Errorf("status %d", res.StatusCode)
	}
}

// TestOthersCannotErase: another site cannot press the button.
func TestOthersCannotErase(t *testing.T) {
	b, r := newMe(t)
	b.do("GET", "/me?ticket=LINK", nil)
	req := httptest.NewRequest("POST", "/me/erase", nil)
	req.Host = "localhost"
	req.Header.Set("Cookie", b.cookie)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	rec := httptest.NewRecorder()
	b.h.ServeHTTP(rec, req)
	if rec.Code != 403 || r.gone {
		t.Errorf("status %d, erased %v", rec.Code, r.gone)
	}
}
