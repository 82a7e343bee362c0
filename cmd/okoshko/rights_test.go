package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestOwnData: a visitor asks what is known, opens the link, corrects the phone,
// and erases everything; in a browser, at both widths.
func TestOwnData(t *testing.T) {
	for _, width := range []int{360, 1440} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			h := startDemo(t, t.TempDir())
			device := browser(t, width, 800)
			v := open(t, device, h.address+"/", shadow)
			v.click("Записаться")
			byTyping(v)
			v.sees("A-1001")
			v.sees("Напоминать вам о визите")
			v.shot("question")
			v.click("Да, напоминать")
			v.sees("согласие на напоминания записано")
			v.shot("agreed")
			v.say("что вы обо мне знаете?")
			v.sees("Открыть мои данные")
			v.shot("link")
			link := value(v, chromedp.Evaluate[string](`[...document.querySelector("okoshko-chat").shadowRoot.querySelectorAll("a")].find(a => a.textContent.includes("Открыть мои данные")).href`))

			me := open(t, device, link, "document")
			me.sees("Ваши данные")
			me.sees("+7 917 234-56-78")
			me.sees("Запись на приём")
			me.sees("Напоминания о визитах")
			me.long("me")
			me.run(chromedp.Click(chromedp.CSS(`form:has(input[value="reminders"]) button`)))
			me.sees("для этого ваши данные больше не используются")
			me.long("stopped")
			hears(t, h, "consent.given", "consent.withdrawn")
			me.until(`(() => { const d = [...root.querySelectorAll("details")].find(d => d.closest("div").textContent.includes("Телефон")); if (d) d.open = true; return d; })()`)
			me.run(chromedp.SendKeys(chromedp.CSS(`input#phone`), "8 917 234-56-79"))
			me.shot("correct")
			me.run(chromedp.Submit(chromedp.CSS(`input#phone`)))
			me.sees("Исправлено")
			me.sees("+7 917 234-56-79")
			me.run(chromedp.Click(chromedp.CSS("details.last summary")))
			me.long("erase")
			me.run(chromedp.Click(chromedp.CSS("button.danger")))
			me.sees("ваши данные удалены")
			me.shot("gone")
			if me.holds(`root.body.textContent.includes("917 234-56-79")`) {
				t.Error("the page still shows the phone")
			}
		})
	}
}

// long writes a screenshot of the whole page.
func (p *page) long(name string) {
	if os.Getenv("OKOSHKO_SHOTS") == "" {
		return
	}
	size := value(p, chromedp.Evaluate[[2]int64](`[innerWidth, document.documentElement.scrollHeight]`))
	p.run(chromedp.EmulateViewport(size[0], size[1]))
	p.shot(name)
	p.run(chromedp.EmulateViewport(size[0], 800))
}
