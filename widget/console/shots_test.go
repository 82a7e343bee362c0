package console

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/storage"
)

// busyDay fills the house with what a day at the desk has.
func (h *realHouse) busyDay(t testing.TB) {
	t.Helper()
	me := assistant.Operator{ID: h.owner.ID, Name: "Гузель"}
	decide := func(number, verb string) {
		if _, err := h.desk.Decide(t.Context(), me, assistant.Decision{Number: number, Verb: verb}); err != nil {
			t.Fatal(err)
		}
	}
	h.clock.set(h.at(24, 7, 30))
	first := h.book(t, "therapist", "zaripova", "Марат Галиев", h.at(24, 8, 0))
	missed := h.book(t, "therapist", "zaripova", "Лейсан Хайруллина", h.at(24, 8, 30))
	h.book(t, "therapist", "zaripova", "Олег Васильевич Константинопольский", h.at(24, 13, 0))
	h.book(t, "dentist", "nizamov", "Айгуль", h.at(24, 9, 30))
	h.book(t, "hygiene", "nizamov", "Ильнур Сафин", h.at(24, 13, 30))
	h.book(t, "physio", "galimova", "Рамиля Закирова", h.at(24, 11, 0))
	h.book(t, "physio", "galimova", "Тимур", h.at(24, 14, 0))
	h.book(t, "bloodtest", "lab", "Динара", h.at(24, 8, 0))
	h.book(t, "bloodtest", "lab", "Фарид", h.at(24, 8, 10))
	h.book(t, "bloodtest", "lab", "Света", h.at(24, 8, 30))
	h.book(t, "ultrasound", "belov", "Рушан", h.at(24, 9, 20))
	h.book(t, "dentist", "orlova", "Анна", h.at(24, 16, 0))
	for day := 25; day <= 28; day++ {
		h.book(t, "therapist", "zaripova", "Гульнара", h.at(day, 9, 0))
	}
	off := h.book(t, "therapist", "belov", "Павел", h.at(24, 15, 0))
	decide(off.Number, "cancel")
	h.wish(t, booking.Wish{Service: "physio", From: h.at(25, 0, 0), To: h.at(28, 0, 0), Conversation: "v1"})
	h.wish(t, booking.Wish{Service: "therapist", Specialist: "zaripova", From: h.at(25, 0, 0), To: h.at(26, 0, 0), Conversation: "v2"})
	for _, e := range []booking.Exception{
		{Kind: booking.Block, Specialist: "zaripova", From: h.at(24, 10, 0), To: h.at(24, 11, 0), Reason: "meeting"},
		{Kind: booking.Absence, Specialist: "belov", From: h.at(24, 14, 0), To: h.at(24, 16, 0), Reason: "personal"},
		{Kind: booking.Block, Room: "massage-1", From: h.at(24, 15, 0), To: h.at(24, 16, 0), Reason: "repair"},
		{Kind: booking.Absence, Specialist: "zaripova", From: h.at(26, 0, 0), To: h.at(29, 0, 0), Reason: "vacation"},
		{Kind: booking.Extra, Specialist: "orlova", From: h.at(27, 10, 0), To: h.at(27, 14, 0)},
	} {
		if _, _, err := h.desk.AddException(t.Context(), me, e); err != nil {
			t.Fatal(err)
		}
	}
	h.clock.set(h.at(24, 12, 40))
	decide(first.Number, "arrived")
	decide(missed.Number, "no-show")
	h.visitor(t, "Здравствуйте, запишите к зубному сегодня в 17:00", "к Орловой", "да", "Эльвира", "8 917 555 44 33", "да", "да")
	h.visitor(t, "Хочу на массаж завтра в 12", "да", "Камиль Юсупов", "8 917 555 44 34", "да", "да")
	h.visitor(t, "позовите администратора, у меня жалоба")
}

// hardDay fills what the owner sees of how data is kept safe: erasures, alarms, a head
// that is kept, two incidents.
func (h *realHouse) hardDay(t testing.TB) {
	t.Helper()
	me := assistant.Operator{ID: h.owner.ID, Name: "Гузель"}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	gone := h.book(t, "therapist", "zaripova", "Тот, кого забудут", h.at(30, 9, 0))
	must(h.desk.Retain(t.Context()))
	_, err := h.desk.EraseOf(t.Context(), me, gone.Contact)
	must(err)
	must(h.desk.KeepHead(t.Context(), true))
	_, err = h.desk.OpenIncident(t.Context(), me, privacy.Incident{Scope: privacy.ScopeAll})
	must(err)
	_, err = h.desk.OpenIncident(t.Context(), me, privacy.Incident{Scope: privacy.ScopeActor, Actor: h.owner.ID, From: h.at(24, 8, 0), To: h.at(24, 12, 0)})
	must(err)
	must(h.db.Update(func(tx *storage.Tx) error {
		_, copied := privacy.Copied(tx, "I-1", privacy.Copy{
			At: h.clock.now(), File: "/srv/okoshko/evidence/okoshko-evidence-I-1-20261124T094000Z.age", Recipients: 1, Bytes: 48211,
			Hash: "6f1d7c2be2c75bd64f29bfa0f1cbbcb0a0b1e9a64bb1c3d29b0d8c3b9d1f0a57",
		}, me.ID, h.clock.now())
		_, failed := privacy.Copied(tx, "I-2", privacy.Copy{At: h.clock.now(), Failed: "write /srv/okoshko/evidence: no space left on device"}, me.ID, h.clock.now())
		_, clock := privacy.RaiseHouse(tx, privacy.RuleClock, h.clock.now())
		_, head := privacy.RaiseHouse(tx, privacy.RuleHead, h.clock.now())
		return errors.Join(copied, failed, clock, head)
	}))
}

// TestAlarmsShowThemselves: an alarm is in the menu and the inbox of an open page without
// a reload, for those who may see it, and goes when somebody has seen it.
func TestAlarmsShowThemselves(t *testing.T) {
	for _, c := range []struct {
		role staff.Role
		page string
		sees bool
	}{{staff.Owner, "/console/inbox", true}, {staff.Auditor, "/console/journal", true}, {staff.Reception, "/console/inbox", false}} {
		t.Run(string(c.role), func(t *testing.T) {
			ctx := chromium(t)
			h := openReal(t)
			if _, err := h.staff.Create(t.Context(), staff.Actor{}, staff.Account{Login: "other", Name: "Рената", Role: c.role}, password); err != nil {
				t.Fatal(err)
			}
			run := func(steps ...chromedp.Action[chromedp.Void]) {
				t.Helper()
				limited, cancel := context.WithTimeout(ctx, 30*time.Second)
				defer cancel()
				if err := chromedp.Do(limited, steps...); err != nil {
					t.Fatal(err)
				}
			}
			until := func(what, holds string) {
				t.Helper()
				limited, cancel := context.WithTimeout(ctx, 20*time.Second)
				defer cancel()
				if _, err := chromedp.Run(limited, chromedp.Poll[bool](holds)); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
			}
			if err := chromedp.Do(ctx); err != nil {
				t.Fatalf("start the browser: %v", err)
			}
			run(chromedp.Navigate(h.url+"/console/"), chromedp.SendKeys(chromedp.CSS("[name=login]"), "other"),
				chromedp.SendKeys(chromedp.CSS("[name=password]"), password), chromedp.Click(chromedp.CSS(".login button")), chromedp.WaitReady(chromedp.CSS(".menu")))
			run(chromedp.Navigate(h.url+c.page), chromedp.WaitReady(chromedp.CSS(".menu")))
			const shown = `[...document.querySelectorAll("[data-alarms]")].some(b => !b.hidden && b.textContent == "1")`
			card := h.book(t, "therapist", "zaripova", "Приманка", h.at(25, 9, 0))
			h.ring(t, card.Contact)
			if !c.sees {
				h.visitor(t, "позовите администратора") // what the page is told of after the alarm
				until("the other news", `!!document.querySelector("#inbox") && document.querySelector("#inbox").textContent.includes("ждёт человека")`)
				until("no alarm", `!document.querySelector("[data-alarms]") && !document.querySelector(".alert.rings")`)
				return
			}
			until("the mark in the menu", shown)
			if c.role == staff.Owner {
				until("the line in the inbox", `!!document.querySelector("#inbox .alert.rings") && document.querySelector("#inbox .alert.rings").textContent.includes("1 тревога")`)
			}
			if err := h.desk.SeenAlarm(t.Context(), assistant.Operator{ID: h.owner.ID}, "N-1"); err != nil {
				t.Fatal(err)
			}
			until("it goes", `![...document.querySelectorAll("[data-alarms]")].some(b => !b.hidden) && !document.querySelector("#inbox .alert.rings")`)
		})
	}
}

// ring has somebody read an invented contact.
func (h *realHouse) ring(t testing.TB, contact string) {
	t.Helper()
	if err := h.db.Update(func(tx *storage.Tx) error {
		c, err := privacy.Get(tx, contact)
		if err != nil {
			return err
		}
		return privacy.AddCanary(tx, c, h.owner.ID, h.clock.now())
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.desk.Reveal(t.Context(), assistant.Operator{ID: "op_thief"}, contact, "звонок"); err != nil {
		t.Fatal(err)
	}
}

// TestShots opens every page of a busy day at both widths: nothing is wider than the
// screen, nothing to press is too small, and the browser complains of nothing. With
// OKOSHKO_SHOTS=folder the pictures are kept there to be looked at.
func TestShots(t *testing.T) {
	ctx := chromium(t)
	h := openReal(t)
	h.busyDay(t)
	h.hardDay(t)
	run := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		limited, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		if err := chromedp.Do(limited, steps...); err != nil {
			t.Fatal(err)
		}
	}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	run(chromedp.Navigate(h.url+"/console/"), chromedp.SendKeys(chromedp.CSS("[name=login]"), "guzel"),
		chromedp.SendKeys(chromedp.CSS("[name=password]"), password), chromedp.Click(chromedp.CSS(".login button")), chromedp.WaitReady(chromedp.CSS("#inbox")))
	pages := map[string]string{
		"inbox": "/console/inbox", "day": "/console/calendar", "day-branch": "/console/calendar?branch=ozernaya", "week": "/console/calendar?view=week",
		"week-one": "/console/calendar?view=week&specialist=zaripova", "schedule": "/console/schedule", "exception": "/console/schedule/E-4",
		"book": "/console/book", "reminders": "/console/reminders", "book-times": "/console/book?service=dentist&day=2026-11-25", "waiting": "/console/waiting",
		"book-who":    "/console/book?service=dentist&specialist=nizamov&start=2026-11-25T10:00:00%2B03:00",
		"appointment": "/console/appointments/A-1002", "move": "/console/appointments/A-1003/move", "access": "/console/access", "journal": "/console/journal",
		"people": "/console/people", "act": "/console/acts/X-1", "notice": "/console/notice",
		"more": "/console/more", "account": "/console/account",
		"safety": "/console/safety", "retention": "/console/retention", "head": "/console/journal/head", "incident": "/console/incidents/I-1", "incident-uncopied": "/console/incidents/I-2",
	}
	for name, path := range pages {
		for _, width := range []int64{360, 1440} {
			run(chromedp.EmulateViewport(width, map[int64]int64{360: 780, 1440: 900}[width]), chromedp.Navigate(h.url+path), chromedp.WaitReady(chromedp.CSS("main")))
			h.fits(t, ctx, name, width)
			if dir := os.Getenv("OKOSHKO_SHOTS"); dir != "" {
				picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(dir, name+map[int64]string{360: "-360", 1440: "-1440"}[width]+".png")
				if err := os.WriteFile(file, picture, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// fits looks for what is wider than the screen or too small for a finger.
func (h *realHouse) fits(t *testing.T, ctx context.Context, page string, width int64) {
	t.Helper()
	const look = `(() => {
  const wrong = [];
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page is " + document.documentElement.scrollWidth + " wide");
  for (const el of document.querySelectorAll("main a, main button, main input:not([type=hidden]), main select, main summary")) {
    const box = el.getBoundingClientRect();
    if (box.width && box.height && (box.height < 23 || box.width < 23) && !el.closest(".track") && getComputedStyle(el).position !== "absolute") wrong.push(el.outerHTML.slice(0, 120) + " is " + box.width + "×" + box.height);
  }
  return wrong.join("\n");
})()`
	said, err := chromedp.Run(ctx, chromedp.Evaluate[string](look))
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(said) != "" {
		t.Errorf("%s at %d: %s", page, width, said)
	}
}
