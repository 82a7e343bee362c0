package widget

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"okoshko/assistant"
)

// tab is a browser's page with the chat on it.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// browser starts Chromium with a phone's window, or skips where there is none;
// OKOSHKO_NEED=browser makes that a failure.
func browser(t *testing.T) tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("OKOSHKO_NEED"), ","), "browser") {
			t.Fatal("chromium is needed and not here")
		}
		t.Skip("no chromium on this machine")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path),
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(360, 740), chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true))
	allocated, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocated)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the process, which keeps its folder
		cancel()
		end()
	})
	return tab{t, ctx}
}

func (b tab) visit(address string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(address)); err != nil {
		b.t.Fatal(err)
	}
	b.until("chat")
}

// get is the value of an expression, as a string. In it, chat is the chat's
// shadow root, one(selector) an element in it, all(selector) how many there are.
func (b tab) get(js string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	const with = `const chat = document.querySelector("okoshko-chat")?.shadowRoot, one = s => chat?.querySelector(s), all = s => chat?.querySelectorAll(s).length;`
	value, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => { `+with+` return String(`+js+`) })()`))
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return value
}

// until waits until the expression is true.
func (b tab) until(js string) {
	b.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for b.get("!!("+js+")") != "true" {
		if time.Now().After(deadline) {
			b.t.Fatalf("waited in vain for %s; the chat shows %q", js, b.get(`one(".scroll")?.innerText`))
		}
		runtime.Gosched()
	}
}

func (b tab) press(selector string) {
	b.t.Helper()
	quoted := fmt.Sprintf("%q", selector)
	b.until("one(" + quoted + ")")
	b.get("one(" + quoted + ").click()")
}

func (b tab) say(text string) {
	b.t.Helper()
	b.get(fmt.Sprintf(`(one("textarea").value = %q, one("textarea").dispatchEvent(new Event("input")), one("form").requestSubmit())`, text))
}

// strictSite is a website on an origin of its own with the strictest policy that
// the install text allows: two entries for the desk, markup in strings refused.
func strictSite(t *testing.T) (site *httptest.Server, d *desk) {
	t.Helper()
	d = newDesk()
	house, _ := serve(t, d)
	policy := fmt.Sprintf("default-src 'none'; script-src %[1]s; connect-src %[1]s %[2]s; require-trusted-types-for 'script'; trusted-types 'none'",
		house.URL, "ws"+strings.TrimPrefix(house.URL, "http"))
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="ru"><title>Сайт</title><p>Страница</p><script src="%s/widget.js" async></script>`, house.URL)
	}))
	t.Cleanup(site.Close)
	return site, d
}

// book is a desk that leads through a booking by its buttons.
func book(in assistant.Incoming) []assistant.Turn {
	start := time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)
	say := func(t assistant.Turn) []assistant.Turn {
		t.From = assistant.FromAssistant
		return []assistant.Turn{t}
	}
	switch in.Button {
	case "":
		return say(assistant.Turn{Text: "Выберите время", Expects: assistant.ExpectTime, Slots: []assistant.SlotView{
			{ID: "s1", Start: start, End: start.Add(30 * time.Minute), Service: "Приём терапевта", Specialist: "Ахметова", Branch: "на Баумана"},
		}})
	case "s1":
		return say(assistant.Turn{Text: "Нужно согласие", Expects: assistant.ExpectConsent, Buttons: []assistant.Button{{ID: "yes", Label: "Согласен"}, {ID: "no", Label: "Не согласен"}}})
	default:
		return say(assistant.Turn{Text: "Заявка принята", Expects: assistant.ExpectMore, Appointment: &assistant.AppointmentView{
			Number: "A-1", Status: "requested", Service: "Приём терапевта", Specialist: "Ахметова", Branch: "на Баумана", Start: start, End: start.Add(30 * time.Minute),
		}})
	}
}

// TestBrowser books by buttons alone on a foreign site under the strictest
// policy, sees reception confirm, and finds all again after a reload.
func TestBrowser(t *testing.T) {
	b := browser(t)
	site, d := strictSite(t)
	d.answer = book
	b.visit(site.URL + "/?utm_source=vk")
	b.get(`(window.refused = [], addEventListener("securitypolicyviolation", e => refused.push(e.violatedDirective)))`)
	b.get(`(window.booked = [], addEventListener("okoshko:booked", e => booked.push(e.detail)))`)
	if stored := b.get("JSON.stringify(localStorage)"); stored != "{}" || d.visited(0).Page != "" {
		t.Errorf("before the chat was opened: the browser keeps %s, visit %+v", stored, d.visited(0))
	}
	b.press(".launch")
	b.press(".intro .chip")
	b.until(`one(".time")?.textContent == "14:00"`)
	b.press(".time")
	b.until(`one("#agree")`)
	if b.get(`one("#agree").checked || !one(".agree .main").disabled`) != "false" {
		t.Error("consent is ticked already, or can be given without the tick")
	}
	b.press("#agree")
	b.press(".agree .main")
	b.until(`one(".appt")`)
	card := b.get(`one(".appt").innerText`)
	for _, s := range []string{"A-1", "Ждёт подтверждения", "Приём терапевта", "Ахметова", "на Баумана", "Среда, 25 ноября", "14:00–14:30"} {
		if !strings.Contains(card, s) {
			t.Errorf("no %q on the card %q", s, card)
		}
	}
	want := `{"booked":[{"number":"A-1","status":"requested"}],"refused":[]}`
	if got := b.get("JSON.stringify({booked, refused})"); got != want {
		t.Errorf("events, and refusals of the policy: %s, want %s", got, want)
	}
	if source := d.visited(0).Source; !cmp.Equal(source, map[string]string{"utm_source": "vk"}) {
		t.Errorf("source %v", source)
	}

	d.add("c1", assistant.Turn{From: assistant.FromAssistant, Text: "Подтвердили", Notice: true, Appointment: &assistant.AppointmentView{
		Number: "A-1", Status: "confirmed", Service: "Приём терапевта", Start: time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC),
	}})
	b.until(`one(".appt")?.dataset.status == "confirmed"`)
	b.visit(site.URL)
	b.until(`all(".msg") == 7 && all(".appt") == 1`)
	var kept []string
	if err := json.Unmarshal([]byte(b.get("JSON.stringify(Object.values(localStorage))")), &kept); err != nil {
		t.Fatal(err)
	}
	if len(kept) != 1 || !strings.Contains(kept[0], "token-c1") || strings.Contains(kept[0], "Записаться") {
		t.Errorf("kept in the browser: %q, want one record with the token and no words", kept)
	}
}

// TestBrowserComesBack drops the line while the visitor speaks: the message is
// sent again with its id and is there once.
func TestBrowserComesBack(t *testing.T) {
	b := browser(t)
	d := newDesk()
	d.answer = echo
	w := newWidget(t, d)
	srv := httptest.NewServer(w)
	t.Cleanup(srv.Close)
	b.visit(srv.URL)
	b.press(".launch")
	b.say("раз")
	b.until(`all(".msg") == 2`)
	w.hub.mu.Lock()
	for s := range w.hub.sockets {
		s.cork.Close() // a lift, a tunnel
	}
	w.hub.mu.Unlock()
	b.say("два")
	b.until(`all(".msg") == 4 && !one(".wait")`)
	var said []string
	turns, _ := d.Turns(t.Context(), "c1", 0)
	for _, turn := range turns {
		said = append(said, turn.Text)
	}
	if diff := cmp.Diff([]string{"раз", "на: раз", "два", "на: два"}, said); diff != "" {
		t.Error(diff)
	}
}
