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
	for range 6 {
		if v.number == "" {
			v.say(answers[v.last.Expects])
		}
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

// TestAModelAgreesToNothing: one that always says the worst is not asked about an
// answer, and has no say where the message is none.
func TestAModelAgreesToNothing(t *testing.T) {
	asked := func(say string) (n int, v *testVisitor) {
		o := &obedient{}
		h := newPurposeHouse(t, withAdvertising)
		h.close()
		h.open(&scripted{answer: o.ask})
		h.start()
		v = h.askedAbout("ru", privacy.PurposeReminders)
		before := o.n
		v.answers(say)
		return o.n - before, v
	}
	for _, say := range []string{"бормочет себе под нос шурум-бурум", "кракозябра вумнее всех", "присовокупите мя во все ваши рассылочки"} {
		n, v := asked(say)
		if n == 0 {
			t.Errorf("the model was not asked of %q", say)
		}
		wantSame(t, say, v.agreed(), []string{"booking"})
	}
	n, v := asked("да, напоминайте")
	if n != 0 {
		t.Error("the model was asked of a plain yes")
	}
	wantSame(t, "a plain yes", v.agreed(), []string{"booking", "reminders"})
}

// TestAYesBetweenTwoQuestions: what the house says unasked while the question is fresh
// has a plain yes asked again, and then answers that alone.
func TestAYesBetweenTwoQuestions(t *testing.T) {
	h := newPurposeHouse(t, "")
	h.start()
	h.clock.pass(27 * time.Minute)
	v := h.visitor("ru")
	number := v.book("подстричь бороду завтра в 9:30", "Тимур", "89175550001")
	h.wantAsked(v, privacy.PurposeReminders)
	h.decide(number, "confirm", time.Time{})
	h.at(23, 9, 30)
	v.settle()
	wantText(t, v.last, "Напоминаю о визите")
	wantText(t, v.answers("да"), "ждать ли вас")
	wantSame(t, "agreed", v.agreed(), []string{"booking"})
	if card, err := h.Appointment(t.Context(), number); err != nil || card.Coming {
		t.Errorf("a yes that may have been meant for the consent says that they come, %v", err)
	}
	v.answers("да")
	wantSame(t, "agreed", v.agreed(), []string{"booking"})
	if card, err := h.Appointment(t.Context(), number); err != nil || !card.Coming {
		t.Errorf("the second yes is not heard, %v", err)
	}
}
