package assistant

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// TestRemindersLeaveUnderAnAgreementAlone: who was not asked, refused, took it back, or
// has their data suspended is reminded of by no other system, and reception sees why.
func TestRemindersLeaveUnderAnAgreementAlone(t *testing.T) {
	consent, contract := "", "{reminders: {basis: contract}}"
	for _, c := range []struct {
		name, purposes string
		do             func(h *testHouse, v *testVisitor)
		sent           bool
		untold         string
	}{
		{"agreed", consent, func(_ *testHouse, v *testVisitor) { v.answers("да") }, true, ""},
		{"not answered", consent, func(*testHouse, *testVisitor) {}, false, "noconsent"},
		{"refused", consent, func(_ *testHouse, v *testVisitor) { v.answers("нет") }, false, "noconsent"},
		{"withdrawn", consent, func(_ *testHouse, v *testVisitor) {
			v.answers("да")
			v.say("не присылайте мне напоминания")
		}, false, "withdrawn"},
		{"all withdrawn", consent, func(_ *testHouse, v *testVisitor) {
			v.answers("да")
			v.say("отзываю согласие")
			v.say("нет")
		}, false, "withdrawn"},
		{"restricted", consent, func(h *testHouse, v *testVisitor) {
			v.answers("да")
			if err := h.RestrictOf(h.t.Context(), Operator{ID: "op"}, v.consents()[0].Contact, true); err != nil {
				h.t.Fatal(err)
			}
		}, false, "restricted"},
		{"contract", contract, func(*testHouse, *testVisitor) {}, true, ""},
		{"contract, not wanted", contract, func(_ *testHouse, v *testVisitor) {
			v.say("не надо мне напоминания присылать")
		}, false, "withdrawn"},
		{"contract, all withdrawn", contract, func(_ *testHouse, v *testVisitor) { v.say("отзываю согласие"); v.say("нет") }, false, "withdrawn"},
		{"off", "{reminders: off}", func(*testHouse, *testVisitor) {}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newPurposeHouse(t, c.purposes)
			h.start()
			plan(t, h)
			v := h.visitor("ru")
			number := v.book("подстричь бороду в среду в 11:00", "Тимур", "89175550001")
			c.do(h, v)
			h.decide(number, "confirm", time.Time{})
			h.at(24, 11, 0)
			if got := len(h.eventsOf(eventReminder)) > 0; got != c.sent {
				t.Errorf("the reminder is told to others: %v", got)
			}
			wantSame(t, "in the chat", v.reminders(), []string{"24 11:00"})
			list, err := h.Reminders(t.Context(), monday, monday.AddDate(0, 1, 0))
			if err != nil || list[0].Untold != c.untold || list[0].State != ReminderSent || list[1].Untold != c.untold || list[1].State != ReminderPlanned {
				t.Errorf("reception sees %+v, %v", list, err)
			}
		})
	}
}

func (h *testHouse) eventsOf(typ string) (all []outbox.Event) {
	h.t.Helper()
	plan(h.t.(*testing.T), h)
	err := h.db.View(func(tx *storage.Tx) error {
		found, err := outbox.Deliveries(tx, outbox.Filter{Receiver: "r"})
		for _, d := range found {
			if d.Event.Type == typ {
				all = append(all, d.Event)
			}
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// TestAWaitingReminderIsStopped: what lies in the outbox when the agreement goes does
// not leave, and reception sees that and why.
func TestAWaitingReminderIsStopped(t *testing.T) {
	for _, c := range []struct {
		name   string
		stop   func(h *testHouse, v *testVisitor)
		untold string
	}{
		{"withdrawn in the chat", func(_ *testHouse, v *testVisitor) {
			wantText(v.h.t.(*testing.T), v.say("не присылайте напоминания"), "больше не будет")
		}, "withdrawn"},
		{"restricted", func(h *testHouse, v *testVisitor) {
			if err := h.RestrictOf(h.t.Context(), Operator{ID: "op"}, v.consents()[0].Contact, true); err != nil {
				h.t.Fatal(err)
			}
		}, "restricted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newPurposeHouse(t, "")
			h.start()
			planReminders := func() {
				for _, r := range []string{"sms", "board"} {
					if err := h.db.Update(func(tx *storage.Tx) error {
						return outbox.Plan(tx, r, func(e outbox.Event) bool { return e.Type == eventReminder })
					}); err != nil {
						t.Fatal(err)
					}
				}
			}
			planReminders()
			plan(t, h)
			v := h.askedAbout("ru", privacy.PurposeReminders)
			v.answers("да")
			h.decide(v.number, "confirm", time.Time{})
			h.at(24, 11, 0)
			planReminders()
			e := lastEvent(t, h, eventReminder)
			body, drop, err := h.EventBody(e, true)
			if err != nil || drop || !strings.Contains(string(body), `"consent":{"purpose":"reminders"`) {
				t.Fatalf("dropped %v, %v: %s", drop, err, body)
			}
			v.settle()
			c.stop(h, v)
			if _, drop, err := h.EventBody(e, true); err != nil || !drop {
				t.Errorf("a waiting reminder still leaves, %v", err)
			}
			err = h.db.Update(func(tx *storage.Tx) error { // as the relay notes it
				for _, r := range []string{"sms", "board"} {
					if err := outbox.Drop(tx, e.ID+"."+r); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			list, err := h.Reminders(t.Context(), monday, monday.AddDate(0, 1, 0))
			if err != nil || list[0].Untold != c.untold {
				t.Errorf("reception sees %+v, %v", list[0], err)
			}
			h.at(25, 9, 0)
			if got := len(h.eventsOf(eventReminder)); got != 1 {
				t.Errorf("%d reminders, the planned one is told as well", got)
			}
		})
	}
}

// TestANewReceiverIsNotCovered: what was agreed to names who gets the phone; somebody
// else is not told, and the visitor is asked again.
func TestANewReceiverIsNotCovered(t *testing.T) {
	h := newPurposeHouse(t, "")
	h.start()
	v := h.askedAbout("ru", privacy.PurposeReminders)
	v.answers("да")
	h.decide(v.number, "confirm", time.Time{})
	more, problems, err := clinic.Load(purposeFile(t, "", twoReceivers+`  - {name: calls, kind: webhook, url: "http://127.0.0.1:9/", secret: "secret:c", contact: true, events: [appointment.reminder]}`+"\n"))
	if err != nil {
		t.Fatal(err, problems)
	}
	if err := h.Use(more); err != nil {
		t.Fatal(err)
	}
	h.at(24, 11, 0)
	list, err := h.Reminders(t.Context(), monday, monday.AddDate(0, 1, 0))
	if err != nil || list[0].Untold != "uncovered" {
		t.Errorf("reception sees %+v, %v", list[0], err)
	}
	v.settle()
	v.number = ""
	v.book("на прививку в пятницу в 10:00", "", "")
	text := h.wantAsked(v, privacy.PurposeReminders)
	if all := strings.Join(text.Paragraphs, " "); !strings.Contains(all, "sms, calls") {
		t.Errorf("the new text: %s", all)
	}
	old := v.consents()[1]
	if kept, err := h.ConsentText(t.Context(), old.Version); err != nil || strings.Contains(strings.Join(kept.Paragraphs, " "), "calls") {
		t.Errorf("the old text is %+v, %v", kept, err)
	}
}

// TestWithdrawalByWords: of one purpose, in each language, which leaves the visit and
// its consent; and of all.
func TestWithdrawalByWords(t *testing.T) {
	for _, c := range []struct{ lang, reminders, advertising, all, said string }{
		{"ru", "не надо мне присылать напоминания", "рекламу не присылайте", "отзываю согласие", "напоминаниями больше не будет"},
		{"en", "stop the reminders", "stop sending me ads", "I withdraw my consent", "no more messages"},
		{"tt", "миңа искә төшермәгез", "реклама җибәрмәгез", "ризалыгымны кире алам", "башка булмас"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			h := newPurposeHouse(t, withAdvertising)
			h.start()
			plan(t, h)
			v := h.askedAbout(c.lang, privacy.PurposeReminders)
			v.press(v.last.Buttons[0].Label)
			page := v.opened(map[string]string{"ru": "мои данные", "en": "what do you know about me?", "tt": "минем турында нәрсә беләсез?"}[c.lang])
			if err := h.AgreeTo(t.Context(), page, Agreement{Purpose: "advertising", Version: h.house.Load().text("advertising", c.lang).Version}); err != nil {
				t.Fatal(err)
			}
			wantText(t, v.say(c.reminders), c.said)
			wantSame(t, "reminders", v.agreed(), []string{"booking", "reminders withdrawn", "advertising"})
			v.say(c.advertising)
			wantSame(t, "advertising", v.agreed(), []string{"booking", "reminders withdrawn", "advertising withdrawn"})
			if list := demandsOf(h); strings.Contains(strings.Join(list, ","), "withdraw open") {
				t.Errorf("a withdrawal of one purpose has the person erased: %v", list)
			}
			wantExpects(t, v.say(c.all), ExpectConfirm)
			wantSame(t, "all", v.agreed(), []string{"booking withdrawn", "reminders withdrawn", "advertising withdrawn"})
			plan(t, h)
			wantSame(t, "events", h.consentEvents(), []string{
				"consent.given booking consent", "consent.given reminders consent", "consent.given advertising consent",
				"consent.withdrawn reminders consent", "consent.withdrawn advertising consent", "consent.withdrawn booking consent",
			})
		})
	}
}

// TestAConsentGivenAgainKeepsThePerson: who took it back and books again is not
// destroyed when the time of the withdrawal is over.
func TestAConsentGivenAgainKeepsThePerson(t *testing.T) {
	h := newPurposeHouse(t, "")
	h.start()
	v := h.visitor("ru")
	v.book("подстричь бороду в среду в 11:00", "Тимур", "89175550001")
	v.say("отзываю согласие")
	v.say("нет, оставьте")
	wantSame(t, "withdrawn", v.agreed(), []string{"booking withdrawn"})
	v.number = ""
	v.book("на прививку в пятницу в 10:00", "Тимур", "89175550001")
	wantSame(t, "again", v.agreed(), []string{"booking withdrawn", "booking"})
	if list := demandsOf(h); strings.Contains(strings.Join(list, ","), "withdraw open") {
		t.Errorf("still to be erased: %v", list)
	}
}

// TestOwnPageByPurpose: the page gives and takes back each consent apart; nothing stands
// without that to the visit, which can be given again.
func TestOwnPageByPurpose(t *testing.T) {
	h := newPurposeHouse(t, withAdvertising)
	h.start()
	v := h.askedAbout("ru", privacy.PurposeReminders)
	v.answers("нет")
	page := v.opened("мои данные")
	agree := func(purpose, lang string) error {
		return h.AgreeTo(t.Context(), page, Agreement{Purpose: purpose, Version: h.house.Load().text(purpose, lang).Version, Address: "192.0.2.9", Widget: "w1"})
	}
	uses := func() string {
		p, err := h.Mine(t.Context(), page, privacy.RightAccess)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, u := range p.Purposes {
			all = append(all, fmt.Sprintf("%s %s %v", u.Purpose, u.Basis, u.InForce))
			if u.Version == "" || u.InForce == u.Since.IsZero() || u.Texts["tt"] == u.Texts["ru"] {
				t.Errorf("%+v", u)
			}
		}
		return strings.Join(all, ", ")
	}
	wantSame(t, "refused", uses(), "booking consent true, reminders consent false, advertising consent false")
	if err := h.AgreeTo(t.Context(), page, Agreement{Purpose: "reminders", Version: h.house.Load().text("advertising", "ru").Version}); !errors.Is(err, ErrVersion) {
		t.Errorf("the text of another purpose: %v", err)
	}
	if err := errors.Join(agree("reminders", "tt"), agree("reminders", "tt")); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "given", v.agreed(), []string{"booking", "reminders"})
	if c := v.consents()[1]; c.Lang != "tt" || c.Address != "192.0.2.9" || c.Widget != "w1" || c.Page != "/me" || c.Pressed != "pressed" {
		t.Errorf("the record lacks its proof: %+v", c)
	}
	if err := h.WithdrawConsent(t.Context(), page, "reminders"); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "taken back", v.agreed(), []string{"booking", "reminders withdrawn"})
	if err := errors.Join(agree("advertising", "ru"), h.WithdrawConsent(t.Context(), page, "booking")); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "all", v.agreed(), []string{"booking withdrawn", "reminders withdrawn", "advertising withdrawn"})
	if err := agree("reminders", "ru"); !errors.Is(err, privacy.ErrNoConsent) {
		t.Errorf("reminders without the visit: %v", err)
	}
	if err := agree("booking", "ru"); err != nil {
		t.Fatal(err)
	}
	if list := demandsOf(h); strings.Contains(strings.Join(list, ","), "withdraw open") {
		t.Errorf("the person is still to be erased: %v", list)
	}
	h.clock.pass(time.Hour)
	if err := agree("reminders", "ru"); !errors.Is(err, ErrTicket) {
		t.Errorf("a page that has closed: %v", err)
	}
}
