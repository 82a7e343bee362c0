package widget

import (
	"os"
	"testing"
	"time"

	"okoshko/assistant"

	"github.com/chromedp/chromedp"
)

// TestBrowserShowsWhatComesWithACard: a question that arrives with the card of a visit is
// in view with its buttons, on a phone and on a desk, and the card stays above it.
// With OKOSHKO_SHOTS=FOLDER the pages are kept as pictures.
func TestBrowserShowsWhatComesWithACard(t *testing.T) {
	for name, size := range map[string][2]int64{"phone": {360, 740}, "desk": {1440, 900}} {
		t.Run(name, func(t *testing.T) {
			b := browser(t)
			d := newDesk()
			start := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
			visit := assistant.AppointmentView{Number: "A-1", Status: "requested", Service: "Приём терапевта", Specialist: "Ахметова", Branch: "на Баумана", Start: start, End: start.Add(time.Hour)}
			d.answer = func(in assistant.Incoming) []assistant.Turn {
				if in.Text != "да" {
					return []assistant.Turn{{From: assistant.FromAssistant, Text: "Проверьте, пожалуйста:\nПриём терапевта\nАхметова\nсреда, 25 ноября, 11:00\nна Баумана\nВсё верно?", Expects: assistant.ExpectMore}}
				}
				return []assistant.Turn{
					{From: assistant.FromAssistant, Text: "Заявка принята, администратор подтвердит её.\nВозьмите с собой паспорт и полис.", Expects: assistant.ExpectMore, Appointment: &visit, Buttons: []assistant.Button{{ID: "a", Label: "Перенести"}, {ID: "b", Label: "Отменить"}}},
					{From: assistant.FromAssistant, Text: "Напоминать вам о визите сообщением или звонком? Для этого нужно отдельное согласие. Запись остаётся в силе при любом ответе.", Expects: assistant.ExpectPurpose, Consent: "reminders-1", Buttons: []assistant.Button{{ID: "agree", Label: "Согласен на напоминания"}, {ID: "decline", Label: "Не нужно"}}},
				}
			}
			srv, _ := serve(t, d)
			if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(size[0], size[1])); err != nil {
				t.Fatal(err)
			}
			b.visit(srv.URL)
			b.press(".launch")
			b.say("на приём")
			b.until(`all(".bub") >= 2`)
			b.say("да")
			b.until(`all(".appt") == 1 && one(".acts")?.innerText.includes("Не нужно")`)
			b.until(`one(".acts").getBoundingClientRect().bottom <= one(".scroll").getBoundingClientRect().bottom + 1`)
			b.until(`one(".newer").hidden`)
			if where := b.get(`one(".appt").getBoundingClientRect().bottom > one(".scroll").getBoundingClientRect().top + 60`); where != "true" {
				t.Error("the card is lost")
			}
			if folder := os.Getenv("OKOSHKO_SHOTS"); folder != "" {
				picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(folder+"/together-"+name+".png", picture, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
