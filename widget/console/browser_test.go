package console

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"okoshko/assistant"
)

// chromium starts a real browser, or skips the test where there is none. All that
// its console says of errors, CSP reports among it, fails the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if strings.Contains(os.Getenv("OKOSHKO_NEED"), "browser") {
			t.Fatal("chromium is needed and not there")
		}
		t.Skip("chromium is not there")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(1440, 900))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError && t.Context().Err() == nil {
				t.Errorf("the browser complains: %s", e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			t.Errorf("the browser complains: %s", e.ExceptionDetails.Text)
		}
	}))
	t.Cleanup(cancel)
	return ctx
}

// says waits for an element, on this page or the next, that has the text.
func says(id, text string) chromedp.Action[chromedp.Void] {
	return chromedp.WaitReady(chromedp.Search(`//*[@id="` + id + `"][contains(., '` + text + `')]`))
}

// TestInTheBrowser is a receptionist's minute: a request arrives while she looks
// on, she opens it, takes over, answers, sees the phone, confirms; no page is
// reloaded by hand and the strict policy refuses nothing.
func TestInTheBrowser(t *testing.T) {
	ctx := chromium(t)
	h := open(t)
	h.desk.say("v0", assistant.FromVisitor, "", "Здравствуйте")
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	run := func(what string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		limited, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if err := chromedp.Do(limited, steps...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	css := func(s string) chromedp.CSS { return chromedp.CSS(s) }
	run("sign in", chromedp.Navigate(h.url+"/console/"), chromedp.SendKeys(css("[name=login]"), "guzel"),
		chromedp.SendKeys(css("[name=password]"), password), chromedp.Click(css(".login button")), says("inbox", "Здравствуйте"))
	h.visit(t)
	run("a request arrives by itself", says("line-v1", "заявка A-1042"), chromedp.WaitReady(chromedp.Search(`//title[starts-with(., "(1)")]`)))
	run("open it", chromedp.Click(css("#line-v1 a")), says("card-A-1042", "среда, 25 ноября"))
	run("take over", chromedp.Click(css("#owner button")), says("owner", "Отвечаете вы"))
	run("begin to answer", chromedp.SendKeys(css("#text"), "Добрый"))
	h.desk.say("v1", assistant.FromVisitor, "", "<script>alert(1)</script>")
	run("the visitor's words come as text", says("turns", "<script>alert(1)</script>"))
	if draft, err := chromedp.Run(ctx, chromedp.Value(css("#text"))); err != nil || draft != "Добрый" {
		t.Errorf("the draft is now %q, %v", draft, err)
	}
	run("answer", chromedp.SendKeys(css("#text"), " день"), chromedp.Click(css("#reply button")), says("turns", "Добрый день"))
	run("the phone", chromedp.Click(css("#ask-phone-A-1042 summary")), chromedp.Click(css("#ask-phone-A-1042 button")), says("phone-A-1042", "+7 917 234-56-78"))
	run("confirm", chromedp.Click(css("#card-A-1042 .verbs .primary")), says("main", "Запись подтверждена"), says("card-A-1042", "подтверждена"))
	d, err := h.desk.Dialog(t.Context(), assistant.Operator{}, "v1")
	if err != nil || d.Turns[len(d.Turns)-1].Text != "Добрый день" || d.Appointments[0].Status != "confirmed" {
		t.Errorf("at the end: %+v, %v", d, err)
	}
}
