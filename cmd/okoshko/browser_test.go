package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// need skips the test where a real part is missing on this machine, or fails it
// where OKOSHKO_NEED says that the part must be there.
func need(t *testing.T, part string, missing error) {
	t.Helper()
	if missing == nil {
		return
	}
	for _, n := range strings.Split(os.Getenv("OKOSHKO_NEED"), ",") {
		if n == part {
			t.Fatalf("OKOSHKO_NEED names %s: %v", part, missing)
		}
	}
	t.Skipf("no %s here: %v", part, missing)
}

// output collects what a command prints while it runs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) { o.mu.Lock(); defer o.mu.Unlock(); return o.b.Write(p) }

func (o *output) String() string { o.mu.Lock(); defer o.mu.Unlock(); return o.b.String() }

// demoHouse is the demo command running in this process.
type demoHouse struct {
	address, password string
	data              string
	out, log          *output
}

var printed = regexp.MustCompile(`(http://[\d.:]+)/console/\s+login reception, password (\S+)`)

// startDemo runs the demo in a folder until the test ends.
func startDemo(t *testing.T, data string) demoHouse {
	t.Helper()
	h := demoHouse{data: data, out: &output{}, log: &output{}}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"demo", "--once", "--data", data, "--listen", "127.0.0.1:0"}, streams{strings.NewReader(""), h.out, h.log})
	}()
	t.Cleanup(func() {
		stop()
		if code := <-done; code != exitDone {
			t.Errorf("demo ended with %d: %s", code, h.log)
		}
	})
	until(t, "the demo's addresses", func() bool {
		m := printed.FindStringSubmatch(h.out.String())
		if m == nil {
			return false
		}
		h.address, h.password = m[1], m[2]
		return true
	})
	return h
}

// until waits for something that another part of the machine does.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(20 * time.Millisecond) // another process's pace: there is no event to wait for
	}
}

// page is one tab of a browser of its own.
type page struct {
	t   *testing.T
	ctx context.Context
	// root is the JavaScript that finds where the test looks: the document, or
	// the widget's shadow root.
	root string
}

const shadow = `document.querySelector("okoshko-chat")?.shadowRoot`

// browser starts a browser with a window of this size, like another person's
// device.
func browser(t *testing.T, width, height int) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	need(t, "browser", err)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.WindowSize(width, height), chromedp.UserDataDir(t.TempDir()))
	for _, flag := range []string{"no-sandbox", "disable-gpu", "disable-dev-shm-usage", "disable-background-networking", "disable-component-update"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	options = append(options, chromedp.Flag("accept-lang", "ru-RU,ru"), chromedp.Flag("lang", "ru"))
	allocated, cancelAllocated := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocated)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the process, which keeps its folder
		cancel()
		cancelAllocated()
	})
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		t.Fatal(err)
	}
	return ctx
}

func open(t *testing.T, ctx context.Context, address, root string) *page {
	t.Helper()
	p := &page{t, ctx, root}
	p.run(chromedp.Navigate(address))
	return p
}

func (p *page) run(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// value runs one action that returns something.
func value[T any](p *page, a chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	return v
}

// holds evaluates JavaScript in which root is where the test looks.
func (p *page) holds(js string) bool {
	p.t.Helper()
	return value(p, chromedp.Evaluate[bool](fmt.Sprintf(`(() => { const root = %s; return !!root && !!(%s); })()`, p.root, js)))
}

func (p *page) until(js string) {
	p.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !p.holds(js) {
		if time.Now().After(deadline) {
			p.shot("failed")
			text := value(p, chromedp.Evaluate[string](fmt.Sprintf(`(() => { const root = %s; return root ? (root.body || root).textContent : "nothing" })()`, p.root)))
			p.t.Fatalf("waited in vain for %s on %s", js, tail(text, 1500))
		}
		time.Sleep(20 * time.Millisecond) // the browser's pace
	}
}

func tail(s string, n int) string { r := []rune(s); return string(r[max(0, len(r)-n):]) }

// sees waits until the text stands on the page.
func (p *page) sees(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`((root.body || root).textContent || "").includes(%q)`, text))
}

// click presses the newest button or link whose name contains the text.
func (p *page) click(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`(() => {
		const all = [...root.querySelectorAll("button, a, summary, input[type=submit], label")].reverse();
		const one = all.find(b => !b.disabled && b.getClientRects().length && (b.textContent + " " + (b.getAttribute("aria-label") || "") + " " + (b.value || "")).includes(%q));
		if (one) one.click();
		return one;
	})()`, text))
}

// field is the field in which the visitor writes now.
const field = `[...root.querySelectorAll("form textarea, form input")].find(b => b.getClientRects().length && !b.disabled)`

// say types a message into the chat and sends it.
func (p *page) say(text string) {
	p.t.Helper()
	p.until(`(() => { const box = ` + field + `; if (box) box.focus(); return box && !box.value; })()`)
	insert := func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return chromedp.Void{}, err
	}
	p.run(insert, chromedp.KeyEvent("\r"))
}

// shot writes a screenshot where OKOSHKO_SHOTS names a folder.
func (p *page) shot(name string) {
	dir := os.Getenv("OKOSHKO_SHOTS")
	if dir == "" {
		return
	}
	png := value(p, chromedp.CaptureScreenshot())
	file := filepath.Join(dir, strings.ReplaceAll(p.t.Name(), "/", "-")+"-"+name+".png")
	if err := os.WriteFile(file, png, 0o644); err != nil {
		p.t.Error(err)
	}
}

// login opens the console of the demo.
func login(t *testing.T, h demoHouse, width, height int) *page {
	t.Helper()
	return loginAs(t, h, "reception", width, height)
}

// loginAs opens the console of the demo as one of its accounts.
func loginAs(t *testing.T, h demoHouse, name string, width, height int) *page {
	t.Helper()
	desk := open(t, browser(t, width, height), h.address+"/console/", "document")
	desk.run(
		chromedp.SendKeys(chromedp.CSS(`input[name="login"]`), name),
		chromedp.SendKeys(chromedp.CSS(`input[name="password"]`), h.password+"\r"),
	)
	desk.until(`root.body && root.querySelector("nav") && !root.querySelector("input[name=password]")`)
	return desk
}

// TestWholeWay: a visitor books, reception confirms, the receiver hears; by
// typing at a desktop's width and by buttons alone at a phone's.
func TestWholeWay(t *testing.T) {
	for _, c := range []struct {
		name          string
		width, height int
		talk          func(*page)
	}{
		{"typing", 1440, 900, byTyping},
		{"buttons", 360, 740, byButtons},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := exec.LookPath("chromium"); err != nil {
				need(t, "browser", err)
			}
			h := startDemo(t, t.TempDir())
			desk := login(t, h, c.width, c.height)
			desk.shot("inbox-empty")

			device := browser(t, c.width, c.height)
			visitor := open(t, device, h.address+"/", shadow)
			visitor.shot("page")
			visitor.click("Записаться") // the launcher
			c.talk(visitor)
			visitor.sees("A-1001")
			visitor.shot("booked")

			desk.sees("A-1001") // without a reload
			desk.shot("inbox")
			desk.click("A-1001")
			desk.sees("Подтвердить")
			desk.shot("request")
			desk.click("Подтвердить")
			desk.sees("Запись A-1001 подтверждена")
			desk.shot("confirmed")
			visitor.sees("подтверждена")
			visitor.shot("confirmed")

			hears(t, h, "appointment.requested", "appointment.confirmed")
			receiver := open(t, browser(t, c.width, c.height), h.address+"/receiver/", "document")
			receiver.sees("appointment.confirmed")
			receiver.shot("receiver")

			visitor.run(chromedp.Navigate("about:blank")) // the tab is closed
			back := open(t, device, h.address+"/", shadow)
			back.until(`root.querySelector("button")`)
			back.click("")
			back.sees("подтверждена")
			back.shot("back")
		})
	}
}

// hears waits until the receiver has got events of these types.
func hears(t *testing.T, h demoHouse, types ...string) {
	t.Helper()
	for _, typ := range types {
		until(t, typ, func() bool {
			r, err := http.Get(h.address + "/receiver/")
			if err != nil {
				return false
			}
			defer r.Body.Close()
			var page bytes.Buffer
			_, err = page.ReadFrom(r.Body)
			return err == nil && strings.Contains(page.String(), typ)
		})
	}
}

func byTyping(v *page) {
	v.say("Здравствуйте, хочу к зубному завтра в 11")
	v.sees("Прочитать текст согласия")
	v.shot("consent")
	v.click("Я прочитал")
	v.click("Согласен (согласна)")
	v.sees("Как вас зовут")
	v.say("Гузель")
	v.sees("На какой номер")
	v.say("8 917 234-56-78")
	v.sees("Всё верно?")
	v.shot("summary")
	v.say("да")
}

func byButtons(v *page) {
	v.click("Записаться")
	v.sees("На какую услугу")
	v.shot("services")
	v.click("Осмотр стоматолога")
	v.until(`root.querySelector(".time")`)
	v.shot("slots")
	v.until(`(() => { const b = root.querySelector(".time:not([disabled])"); if (b) b.click(); return b; })()`)
	v.sees("Прочитать текст согласия")
	v.shot("consent")
	v.click("Я прочитал")
	v.click("Согласен (согласна)")
	v.sees("Как вас зовут")
	v.say("Гузель")
	v.sees("На какой номер")
	v.say("8 917 234-56-78")
	v.sees("Всё верно?")
	v.shot("summary")
	v.click("Да, верно")
}
