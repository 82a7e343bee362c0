package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPeopleAtTheDesk: reception finds a person by phone, notes a demand, hands
// the data over, erases it and has the act to print.
func TestPeopleAtTheDesk(t *testing.T) {
	for _, width := range []int{360, 1440} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			h := startDemo(t, t.TempDir())
			v := open(t, browser(t, width, 800), h.address+"/", shadow)
			v.click("Записаться")
			byTyping(v)
			v.sees("A-1001")

			desk := login(t, h, width, 800)
			desk.run(chromedp.Navigate(h.address + "/console/people"))
			desk.sees("Обращений без ответа нет")
			desk.run(chromedp.SendKeys(chromedp.CSS(`input[name="q"]`), "8 917 234-56-78\r"))
			desk.sees("Найдено")
			desk.sees("Гузель")
			desk.long("found")
			desk.click("Гузель")
			desk.sees("Что хранится")
			desk.sees("+7 917 234-56-78")
			desk.run(chromedp.Click(chromedp.CSS(`form[action$="/demand"] button`)))
			desk.sees("Обращение записано")
			desk.long("person")
			desk.run(chromedp.Click(chromedp.CSS(`input[name="sure"]`)), chromedp.Click(chromedp.CSS(`form[action$="/erase"] button`)))
			desk.sees("Акт об уничтожении персональных данных № X-1")
			desk.sees("по требованию человека")
			desk.sees("ни один ключ ничего не открыл")
			desk.sees("Уничтожение проверено")
			desk.long("act")
			desk.run(chromedp.Navigate(h.address + "/console/people"))
			desk.sees("Реестр уничтожения")
			desk.sees("ничего не открывается")
			desk.sees("исполнено")
			desk.long("register")
		})
	}
}

// TestOwnerSafety: the owner opens an incident, sees the clocks run and deliveries
// stand still, and ends it after both notices.
func TestOwnerSafety(t *testing.T) {
	for _, width := range []int{360, 1440} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			h := startDemo(t, t.TempDir())
			desk := loginAs(t, h, demoOwner, width, 800)
			desk.run(chromedp.Navigate(h.address + "/console/safety"))
			desk.sees("Тревог не было")
			desk.long("safety")
			value(desk, chromedp.Evaluate[bool](`(document.querySelector('form[action="/console/incidents"]').submit(), true)`))
			desk.sees("Отправка наружу остановлена")
			desk.sees("осталось 23 часа")
			desk.long("incident")
			desk.run(chromedp.Click(chromedp.CSS(`form[action$="/told"] button`)))
			desk.sees("Отмечено")
			desk.run(chromedp.Click(chromedp.CSS(`form[action$="/examined"] button`)))
			desk.until(`!root.querySelector('form[action$="/examined"]')`)
			desk.run(chromedp.Click(chromedp.CSS(`form[action$="/close"] button`)))
			desk.until(`root.body && root.querySelector("h1") && !root.querySelector('form[action$="/close"]')`)
			desk.run(chromedp.Navigate(h.address + "/console/notice"))
			desk.sees("Уведомление о намерении")
			desk.long("notice")
		})
	}
}
