package assistant

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// twoReceivers take reminders; one of them is told names and phones.
const twoReceivers = `crm:
  - {name: sms, kind: webhook, url: "http://127.0.0.1:9/", secret: "secret:a", contact: true, events: [appointment.reminder]}
  - {name: board, kind: webhook, url: "http://127.0.0.1:9/", secret: "secret:b", events: [appointment.reminder, consent.given]}
`

// newPurposeHouse is the test house whose other systems remind, with more of the
// purposes of its file; «» leaves them as they are by default.
func newPurposeHouse(t testing.TB, purposes string) *testHouse {
	return newTestHouseOf(t, purposeFile(t, purposes, twoReceivers))
}

func purposeFile(t testing.TB, purposes, receivers string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Replace(data, []byte("crm: []\n"), []byte(receivers), 1)
	if purposes != "" {
		data = bytes.Replace(data, []byte("privacy:\n"), []byte("privacy:\n  purposes: "+purposes+"\n"), 1)
	}
	file := filepath.Join(t.TempDir(), "clinic.yaml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const withAdvertising = "{advertising: {basis: consent}}"

// agreed are the purposes in force for the visitor, and what else is on record.
func (v *testVisitor) agreed() (all []string) {
	v.h.t.Helper()
	for _, c := range v.consents() {
		state := ""
		if !c.Withdrawn.IsZero() {
			state = " withdrawn"
		}
		all = append(all, c.Purpose+state)
	}
	return all
}

func (v *testVisitor) consents() (all []privacy.Consent) {
	v.h.t.Helper()
	err := v.h.db.View(func(tx *storage.Tx) (err error) {
		all, err = privacy.Consents(tx, v.session.Conversation)
		return err
	})
	if err != nil {
		v.h.t.Fatal(err)
	}
	return all
}

// answers says something once the question can have been read.
func (v *testVisitor) answers(text string) Turn {
	v.h.t.Helper()
	v.h.clock.pass(3 * time.Second)
	return v.say(text)
}

// consentEvents are what receivers are told, oldest first, as «type purpose basis».
// The plan of receiver r must have been made before.
func (h *testHouse) consentEvents() (all []string) {
	h.t.Helper()
	err := h.db.View(func(tx *storage.Tx) error {
		found, err := outbox.Deliveries(tx, outbox.Filter{Receiver: "r"})
		for _, d := range slices.Backward(found) {
			var data struct{ Purpose, Basis, Version string }
			if !strings.HasPrefix(d.Event.Type, "consent.") {
				continue
			}
			if err := json.Unmarshal(d.Event.Data, &data); err != nil || data.Version == "" {
				return fmt.Errorf("%s: %s, %w", d.Event.Type, d.Event.Data, err)
			}
			all = append(all, d.Event.Type+" "+data.Purpose+" "+data.Basis)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// asked books a beard trim on Wednesday at 11:00 and stops at the question about
// reminders.
func (h *testHouse) askedAbout(lang, purpose string) *testVisitor {
	h.t.Helper()
	w := map[string][3]string{
		"ru": {"подстричь бороду в среду в 11:00", "Тимур", "да"},
		"en": {"beard trim on Wednesday at 11:00", "Tom Baker", "yes"},
		"tt": {"сакал кисү, чәршәмбе сәгать 11:00гә", "Илнур", "әйе"},
	}[lang]
	v := h.visitor(lang)
	answers := map[Expect]string{ExpectConsent: w[2], ExpectName: w[1], ExpectPhone: "89175550001", ExpectConfirm: w[2]}
	v.say(w[0])
	for v.number == "" {
		v.say(answers[v.last.Expects])
	}
	h.wantAsked(v, purpose)
	return v
}

// wantAsked checks that the newest reply asks about a purpose, and about nothing else.
func (h *testHouse) wantAsked(v *testVisitor, purpose string) privacy.ConsentText {
	h.t.Helper()
	text, err := h.ConsentText(h.t.Context(), v.last.Consent)
	if v.last.Expects != ExpectPurpose || len(v.last.Buttons) != 2 || v.last.Appointment != nil || err != nil || text.Purpose != purpose {
		h.t.Fatalf("not asked about %s: %s, text %q, %v", purpose, describe(v.last), text.Purpose, err)
	}
	return text
}

// TestRemindersAreAskedForApart: after the visit is booked, in a turn of its own with
// the text of its own and two buttons; in each language, by typing and by buttons.
func TestRemindersAreAskedForApart(t *testing.T) {
	for _, c := range []struct{ lang, yes, no, title, button string }{
		{"ru", "да, напоминайте", "нет, не надо", "Согласие на напоминания о визите", "Да, напоминать"},
		{"en", "yes please", "no thanks", "Consent to reminders of visits", "Yes, remind me"},
		{"tt", "әйе, җибәрегез", "юк, кирәкми", "Визитны искә төшерүгә ризалык", "Әйе, искә төшерегез"},
	} {
		for _, way := range []string{"said", "pressed", "no"} {
			t.Run(c.lang+" "+way, func(t *testing.T) {
				h := newPurposeHouse(t, "")
				h.start()
				v := h.askedAbout(c.lang, privacy.PurposeReminders)
				text := h.wantAsked(v, privacy.PurposeReminders)
				if text.Title != c.title || text.Lang != c.lang || text.Basis != "consent" {
					t.Errorf("the question shows %+v", text)
				}
				all := strings.Join(text.Paragraphs, "\n")
				for _, want := range []string{"ООО «Берёза»", ": sms.", ": board.", "data@birch.example", "152-", "180"} {
					if !strings.Contains(all, want) {
						t.Errorf("the text lacks %q: %s", want, all)
					}
				}
				if card, err := h.Appointment(t.Context(), v.number); err != nil || card.Status != string(booking.Requested) {
					t.Errorf("the visit waits for the answer: %+v, %v", card, err)
				}
				wantSame(t, "before", v.agreed(), []string{"booking"})
				switch way {
				case "said":
					v.answers(c.yes)
				case "pressed":
					v.press(c.button)
				case "no":
					v.answers(c.no)
				}
				wantExpects(t, v.last, ExpectMore)
				if way == "no" {
					wantSame(t, "after", v.agreed(), []string{"booking"})
					return
				}
				wantSame(t, "after", v.agreed(), []string{"booking", "reminders"})
				got := v.consents()[1]
				if got.Basis != "consent" || got.Version != text.Version || got.Lang != c.lang || got.Pressed != way || got.Address != "192.0.2.7" || got.Page == "" || got.Contact == "" {
					t.Errorf("the record lacks its proof: %+v", got)
				}
			})
		}
	}
}

// TestOnlyAPlainYesAgrees: what says something else drops the question and is done as
// if nothing had been asked; a yes that was meant for what stood before is none.
func TestOnlyAPlainYesAgrees(t *testing.T) {
	for _, c := range []struct {
		say  string
		want Expect
	}{
		{"да, и запишите ещё на прививку", ExpectTime},
		{"да а сколько стоит прививка?", ExpectMore},
		{"да, рекламу присылайте", ExpectMore},
		{"да?", ExpectMore},
		{"отмените запись", ExpectConfirm},
		{"перенесите на четверг в 12:00", ExpectConfirm},
		{"передумал", ExpectMore},
		{"позовите администратора", ExpectOperator},
		{"наверное да но я подумаю потом решу и скажу вам", ExpectMore},
		{"Тимур", ExpectMore},
		{"спасибо", ExpectMore},
		{"нк согласен", ExpectMore},
	} {
		t.Run(c.say, func(t *testing.T) {
			h := newPurposeHouse(t, "")
			h.start()
			v := h.askedAbout("ru", privacy.PurposeReminders)
			wantExpects(t, v.answers(c.say), c.want)
			wantSame(t, "agreed", v.agreed(), []string{"booking"})
			if c.want == ExpectOperator || c.want == ExpectConfirm {
				return
			}
			v.answers("да") // to nothing any more
			wantSame(t, "agreed", v.agreed(), []string{"booking"})
		})
	}
	t.Run("sooner than it can be read", func(t *testing.T) {
		h := newPurposeHouse(t, "")
		h.start()
		v := h.askedAbout("ru", privacy.PurposeReminders)
		v.say("да")
		wantSame(t, "agreed", v.agreed(), []string{"booking"})
	})
	t.Run("after other news", func(t *testing.T) {
		h := newPurposeHouse(t, "")
		h.start()
		v := h.askedAbout("ru", privacy.PurposeReminders)
		h.decide(v.number, "confirm", time.Time{})
		v.settle()
		wantText(t, v.last, "подтверждена")
		v.answers("да")
		wantSame(t, "agreed", v.agreed(), []string{"booking"})
	})
	t.Run("its button after other news", func(t *testing.T) {
		h := newPurposeHouse(t, "")
		h.start()
		v := h.askedAbout("ru", privacy.PurposeReminders)
		h.decide(v.number, "confirm", time.Time{})
		v.settle()
		v.press("Да, напоминать")
		wantSame(t, "agreed", v.agreed(), []string{"booking", "reminders"})
	})
	t.Run("while a person answers", func(t *testing.T) {
		h := newPurposeHouse(t, "")
		h.start()
		v := h.askedAbout("ru", privacy.PurposeReminders)
		buttons := v.last.Buttons
		if _, err := h.Reply(t.Context(), Operator{ID: "op", Name: "Алсу"}, v.session.Conversation, "Добрый день, вам удобно в пять?"); err != nil {
			t.Fatal(err)
		}
		v.answers("да")
		wantSame(t, "agreed", v.agreed(), []string{"booking"})
		v.send(Incoming{Button: buttons[0].ID})
		wantSame(t, "agreed", v.agreed(), []string{"booking", "reminders"})
	})
}

// TestAYesIsOfOnePurpose: to the visit it gives no reminders, and to reminders no
// advertising, in words and by forged buttons.
func TestAYesIsOfOnePurpose(t *testing.T) {
	h := newPurposeHouse(t, withAdvertising)
	h.start()
	v := h.visitor("ru")
	v.say("подстричь бороду в среду в 11:00")
	wantExpects(t, v.last, ExpectConsent)
	texts := map[string]privacy.ConsentText{}
	for _, p := range privacy.Purposes() {
		texts[p] = h.house.Load().text(p, "ru")
	}
	if texts["booking"].Version == texts["reminders"].Version || texts["reminders"].Version == texts["advertising"].Version {
		t.Error("two purposes have one text")
	}
	for _, button := range []string{"agree/reminders/" + texts["reminders"].Version, "agree/booking/" + texts["booking"].Version, "agree/advertising/", "agree/reminders/" + texts["advertising"].Version, "agree/x/y", "agree"} {
		v.send(Incoming{Button: button})
		wantSame(t, button, v.agreed(), []string(nil))
	}
	v.say("да, и напоминания присылайте, и рекламу")
	for v.number == "" {
		v.say(map[Expect]string{ExpectConsent: "да", ExpectName: "Тимур", ExpectPhone: "89175550001", ExpectConfirm: "да"}[v.last.Expects])
	}
	wantSame(t, "a yes to the visit", v.agreed(), []string{"booking"})
	h.wantAsked(v, privacy.PurposeReminders)
	v.answers("да")
	wantSame(t, "a yes to reminders", v.agreed(), []string{"booking", "reminders"})
	v.answers("да")
	wantSame(t, "another yes", v.agreed(), []string{"booking", "reminders"})
}

// TestNobodyIsAskedAgain: a no is remembered, and who does not answer is asked twice at
// most; advertising comes another time, and only where the file asks for it.
func TestNobodyIsAskedAgain(t *testing.T) {
	h := newPurposeHouse(t, withAdvertising)
	h.start()
	v := h.askedAbout("ru", privacy.PurposeReminders)
	wantText(t, v.answers("нет, спасибо"), "не влияет")
	v.number = ""
	v.book("на прививку в пятницу в 10:00", "", "")
	h.wantAsked(v, privacy.PurposeAdvertising)
	wantText(t, v.press("Нет, не нужно"), "новостей")
	wantSame(t, "agreed", v.agreed(), []string{"booking"})
	v.say("отмените все записи")
	v.say("да")
	v.number = ""
	v.book("на прививку в четверг в 10:00", "", "")
	if v.last.Expects == ExpectPurpose {
		t.Errorf("asked again: %s", describe(v.last))
	}

	h = newPurposeHouse(t, "")
	h.start()
	v = h.askedAbout("ru", privacy.PurposeReminders)
	v.answers("спасибо")
	for i, asked := range []bool{true, false} {
		v.number = ""
		v.say("отмените все записи")
		v.say("да")
		v.number = ""
		v.book([]string{"на прививку в пятницу в 10:00", "на прививку в четверг в 10:00"}[i], "", "")
		if (v.last.Expects == ExpectPurpose) != asked {
			t.Errorf("booking %d: asked %v: %s", i+2, !asked, describe(v.last))
		}
	}
}

// TestNobodyIsAskedForNothing: without a receiver of reminders, with reminders off, and
// with a basis that needs no agreement there is no question.
func TestNobodyIsAskedForNothing(t *testing.T) {
	deaf := strings.ReplaceAll(twoReceivers, "appointment.reminder", "appointment.requested")
	for _, file := range []string{
		purposeFile(t, "", "crm: []\n"), purposeFile(t, "", deaf),
		purposeFile(t, "{reminders: off}", twoReceivers), purposeFile(t, "{reminders: {basis: contract}}", twoReceivers),
	} {
		h := newTestHouseOf(t, file)
		h.start()
		v := h.visitor("ru")
		v.book("подстричь бороду в среду в 11:00", "Тимур", "89175550001")
		wantExpects(t, v.last, ExpectMore)
	}
}

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

// TestInjectionsAgreeToNothing: no hostile message of the collection is an answer to
// the question, whatever a model makes of it.
func TestInjectionsAgreeToNothing(t *testing.T) {
	h := newPurposeHouse(t, withAdvertising)
	r := h.house.Load().reader
	for _, i := range injections(t) {
		for _, purpose := range []string{privacy.PurposeReminders, privacy.PurposeAdvertising} {
			reading := r.Read(i.message(), nlu.Context{Lang: i.Lang, Now: monday, Expects: nlu.ExpectPurpose})
			if agreed, ok := purposeAnswer(reading, purpose, strings.Contains(i.message(), "?")); ok && agreed && !i.Yes {
				t.Errorf("%s: agrees to %s: %s", i.kind, purpose, i.message())
			}
		}
	}
}
