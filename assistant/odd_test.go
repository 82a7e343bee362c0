package assistant

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/llm"
	"okoshko/storage"
)

// These tests are conversations that went wrong once.

// TestNothingFreeAfterTheDay: a move to a day past the horizon says how far one
// can book and offers what is near.
func TestNothingFreeAfterTheDay(t *testing.T) {
	h := newTestHouseOf(t, "testdata/two.yaml")
	h.start()
	v := h.visitor("ru")
	v.book("массаж у Рината завтра в 10:00", "Инна", "")
	reply := v.say("перенесите мою запись на 20 декабря")
	wantExpects(t, reply, ExpectTime)
	wantText(t, reply, "Последний день")
	if len(reply.Slots) == 0 {
		t.Errorf("nothing is offered: %s", describe(reply))
	}
}

// TestLimit: who has as many appointments as one may have is told so, and the
// talk goes on.
func TestLimit(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	v.book("на прививку завтра в 11:00", "Инна", "89175550001")
	reply := v.say("на прививку завтра в 12:00")
	wantExpects(t, reply, ExpectMore)
	wantText(t, reply, "+7 843 555-00-10")
	v.say("хочу записаться на прививку")
	reply = v.press("Tue 12:00")
	wantExpects(t, reply, ExpectMore)
	wantText(t, v.say("мои записи"), "A-1001", "A-1002")
}

// TestMoveKeepsItsService: naming a person who does something else does not
// change what was booked.
func TestMoveKeepsItsService(t *testing.T) {
	h := newTestHouseOf(t, "testdata/two.yaml")
	h.start()
	v := h.visitor("ru")
	v.book("массаж у Рината завтра в 10:00", "Инна", "")
	reply := v.say("перенесите мою запись к Панину на среду в 10:00")
	wantText(t, reply, "Ринат Аминов, Лидия Соколова")
	wantExpects(t, v.say("тогда к Соколовой, в среду в 10:00"), ExpectConfirm)
	done := v.say("да")
	if done.Appointment == nil || done.Appointment.Service != "Массаж спины" || done.Appointment.Specialist != "Лидия Соколова" {
		t.Errorf("moved to %+v", done.Appointment)
	}
}

// TestAnotherBranch: an address chosen later takes the person who works there.
func TestAnotherBranch(t *testing.T) {
	h := newTestHouseOf(t, "testdata/two.yaml")
	h.start()
	v := h.visitor("ru")
	wantExpects(t, v.say("массаж у Рината завтра в 10:00"), ExpectConsent)
	reply := v.say("нет, лучше на Южной")
	wantText(t, reply, "Ринат Аминов принимает по другому адресу")
	wantExpects(t, reply, ExpectConsent)
	wantText(t, reply, "Лидия Соколова")
}

// TestReceptionWasFaster: what reception has ended meanwhile is told, and
// nothing is changed.
func TestReceptionWasFaster(t *testing.T) {
	for _, ask := range []string{"отмените запись", "перенесите запись на среду в 10:00"} {
		t.Run(ask, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			v := h.visitor("ru")
			number := v.book("на прививку завтра в 10:00", "Инна", "89175550001")
			wantExpects(t, v.say(ask), ExpectConfirm)
			if _, err := h.Decide(t.Context(), Operator{ID: "op_1"}, Decision{Number: number, Verb: "decline", Reason: "врач болен"}); err != nil {
				t.Fatal(err)
			}
			reply := v.say("да")
			wantText(t, reply, "Запись A-1001 уже изменилась", "Отклонена")
			wantExpects(t, reply, ExpectMore)
		})
	}
}

// TestServiceGoesAway: the owner takes a service out of the file while it is
// being booked.
func TestServiceGoesAway(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	wantExpects(t, v.say("на прививку завтра в 10:00"), ExpectConsent)
	file, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	smaller := strings.NewReplacer("id: vaccine", "id: checkup", "[vaccine]", "[checkup]").Replace(string(file))
	house, problems, err := clinic.Parse("smaller.yaml", []byte(smaller))
	if err != nil {
		t.Fatal(err, problems)
	}
	if err := h.Use(house); err != nil {
		t.Fatal(err)
	}
	wantExpects(t, v.say("да"), ExpectService)
}

// TestPhoneForTheOperator: what a visitor says of themselves while a person has
// the conversation reaches that person, with consent.
func TestPhoneForTheOperator(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("позовите человека")
	op := Operator{ID: "op_1", Name: "Гузель"}
	if err := h.Take(t.Context(), op, v.session.Conversation); err != nil {
		t.Fatal(err)
	}
	wantExpects(t, v.say("перезвоните, пожалуйста, 8 917 555-00-01"), ExpectConsent)
	v.say("да, согласна")
	d, err := h.Dialog(t.Context(), op, v.session.Conversation)
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.Reveal(t.Context(), op, d.Contact, "call")
	if err != nil || c.Phone != "+79175550001" {
		t.Errorf("contact %q has %q, %v", d.Contact, c.Phone, err)
	}
}

// TestDangerIsHeardAlways: also while an operator has the conversation.
func TestDangerIsHeardAlways(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("позовите человека")
	if err := h.Take(t.Context(), Operator{ID: "op_1", Name: "Гузель"}, v.session.Conversation); err != nil {
		t.Fatal(err)
	}
	wantText(t, v.say("сильно давит в груди, нечем дышать"), "103", "112")
}

// TestSilentOperator: a visitor whom the operator has left is told so.
func TestSilentOperator(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("позовите человека")
	op := Operator{ID: "op_1", Name: "Гузель"}
	if _, err := h.Reply(t.Context(), op, v.session.Conversation, "Минуту"); err != nil {
		t.Fatal(err)
	}
	v.settle()
	before := v.after
	v.say("вы тут?")
	if v.last.Seq > before {
		t.Errorf("the assistant speaks at once: %s", describe(v.last))
	}
	h.clock.pass(operatorPatience + time.Minute)
	wantText(t, v.say("алло?"), "Администратор")
	owner, err := h.Owner(t.Context(), v.session.Conversation)
	if err != nil || owner.Kind != OwnerWaiting {
		t.Errorf("owner %+v, %v", owner, err)
	}
}

// TestStaffWordsStayFromTheModel: what operators write is not masked and not
// shown to the model.
func TestStaffWordsStayFromTheModel(t *testing.T) {
	m := &scripted{answer: func(llm.Request) (string, error) { return "", llm.ErrUnavailable }}
	h := newModelHouse(t, m)
	v := h.visitor("ru")
	v.say("позовите человека")
	op := Operator{ID: "op_1", Name: "Гузель"}
	if _, err := h.Reply(t.Context(), op, v.session.Conversation, "Рамиля, ваш номер 8 917 555-77-01?"); err != nil {
		t.Fatal(err)
	}
	if err := h.Return(t.Context(), op, v.session.Conversation); err != nil {
		t.Fatal(err)
	}
	v.say("тыгыдым шурум бурум")
	if told := m.told(); told == "" || strings.Contains(told, "Рамиля") || strings.Contains(told, "555-77") {
		t.Errorf("the model was told %q", told)
	}
}

// TestOtherDays: a no to what was offered for a day goes on to the days after.
func TestOtherDays(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("на прививку завтра утром")
	reply := v.say("нет, не подходит")
	wantExpects(t, reply, ExpectTime)
	if len(reply.Slots) == 0 || reply.Slots[0].Start.Day() != 25 {
		t.Errorf("offered %s", describe(reply))
	}
	reply = v.press("Другие дни")
	if len(reply.Slots) == 0 || reply.Slots[0].Start.Day() < 26 {
		t.Errorf("then offered %s", describe(reply))
	}
}

// TestOneAppointmentNeedsNoQuestion which one is meant.
func TestOneAppointmentNeedsNoQuestion(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	reply := v.say("отмените запись")
	wantExpects(t, reply, ExpectConfirm)
	wantText(t, reply, "A-1001")
}

// TestWhatTheHouseAsks: name and e-mail, no phone, in question and summary.
func TestWhatTheHouseAsks(t *testing.T) {
	h := newTestHouseOf(t, "testdata/two.yaml")
	h.start()
	v := h.visitor("ru")
	consent := v.say("массаж у Рината завтра в 10:00")
	wantText(t, consent, "имя, адрес электронной почты")
	v.say("да")
	wantExpects(t, v.say("Инна"), ExpectEmail)
	summary := v.say("inna@example.ru")
	wantText(t, summary, "Имя: Инна", "Почта: inna@example.ru")
	if strings.Contains(summary.Text, "Телефон") {
		t.Errorf("a phone in the summary: %s", summary.Text)
	}
}

// TestRefusals are met once with the reason, then with a person.
func TestRefusals(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("на прививку завтра в 10:00")
	v.say("да")
	wantText(t, v.say("не скажу"), "Имя нужно")
	reply := v.say("не скажу")
	wantText(t, reply, "Без имени")
	wantExpects(t, reply, ExpectMore)
}

// TestTwoMessagesAtOnce: raced under -race, and each keeps its words.
func TestTwoMessagesAtOnce(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	var visitors []*testVisitor
	for range 8 {
		visitors = append(visitors, h.visitor("ru"))
	}
	var wg sync.WaitGroup
	for _, v := range visitors {
		for i := range 4 {
			wg.Go(func() {
				in := Incoming{ID: string(rune('a' + i)), Text: "на прививку завтра, Инна, 8917555000" + string(rune('1'+i))}
				if _, err := h.Receive(t.Context(), v.session.Conversation, in); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	for _, v := range visitors {
		v.settle()
		if kept := h.recall(v.session.Conversation).person; kept.Phone == "" {
			t.Error("a phone was lost")
		}
	}
}

// TestMemoryIsDropped: what a visitor who went away has left in memory goes with
// the next sweep.
func TestMemoryIsDropped(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("на прививку завтра в 10:00, Инна, 89175550001")
	h.clock.pass(forgetAfter + time.Minute)
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if kept := h.recall(v.session.Conversation); kept.person != (person{}) {
		t.Error("memory still has the person")
	}
}

// TestFaultGoesToAPerson: a turn that cannot be answered does not block the
// conversation.
func TestFaultGoesToAPerson(t *testing.T) {
	m := &scripted{answer: func(llm.Request) (string, error) { panic("a fault of ours") }}
	h := newModelHouse(t, m)
	v := h.visitor("ru")
	reply := v.say("тыгыдым шурум бурум")
	wantExpects(t, reply, ExpectOperator)
	wantText(t, v.press("Продолжить"), "Я снова с вами")
	wantExpects(t, v.say("на прививку завтра в 10:00"), ExpectConsent)
}

// TestWaitingFirst: the inbox shows who waits for a person before all others.
func TestWaitingFirst(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	waiting := h.visitor("ru")
	waiting.say("позовите человека")
	for range 3 {
		h.visitor("ru").say("здравствуйте")
	}
	h.visitor("ru") // said nothing
	lines, err := h.Inbox(t.Context())
	if err != nil || len(lines) != 4 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if lines[0].Conversation != waiting.session.Conversation || lines[0].Preview != "позовите человека" {
		t.Errorf("first is %+v", lines[0])
	}
}

// TestReplyInTheVisitorsLanguage: who writes English in a Russian page is
// answered in English.
func TestReplyInTheVisitorsLanguage(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	wantText(t, v.say("Hello, I would like to book a beard trim tomorrow at 11:00"), "I need")
}

// TestCallMeBack: a phone alone is a wish to be called; reception gets it with
// the visitor's consent.
func TestCallMeBack(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	wantExpects(t, v.say("перезвоните мне, пожалуйста, 8 917 555-00-01"), ExpectConsent)
	v.press("Согласен")
	op := Operator{ID: "op_1", Name: "Гузель"}
	d, err := h.Dialog(t.Context(), op, v.session.Conversation)
	if err != nil || d.Owner.Kind != OwnerWaiting {
		t.Fatalf("owner %+v, %v", d.Owner, err)
	}
	if c, err := h.Reveal(t.Context(), op, d.Contact, "call"); err != nil || c.Phone != "+79175550001" {
		t.Errorf("phone %q, %v", c.Phone, err)
	}
}

// TestSlotOfNoTime: a button that a stranger made up, with any instant, does
// nothing, and the conversation, the inbox and the next start live.
func TestSlotOfNoTime(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	for _, unix := range []string{"99999999999999", "253402300799", "-99999999999", "9223372036854775807", "0", "x"} {
		v.send(Incoming{Button: "slot/lidia/vaccine/" + unix})
	}
	wantExpects(t, v.say("на прививку завтра в 10:00"), ExpectConsent)
	if lines, err := h.Inbox(t.Context()); err != nil || len(lines) != 1 {
		t.Errorf("inbox %v, %v", lines, err)
	}
}

// TestAcknowledgedPhoneSurvives: with consent, what was acknowledged before a
// crash is read after it.
func TestAcknowledgedPhoneSurvives(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("на прививку завтра в 10:00")
	v.say("да")
	wantExpects(t, v.say("Рамиля"), ExpectPhone)
	h.stop() // nobody answers any more
	if _, err := h.Receive(t.Context(), v.session.Conversation, Incoming{ID: "p", Text: "8 917 555-77-01"}); err != nil {
		t.Fatal(err)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	h.open(nil)
	h.start()
	summary := v.settle()
	wantExpects(t, summary, ExpectConfirm)
	wantText(t, summary, "+7 917 555-77-01")
	err := h.db.View(func(tx *storage.Tx) error {
		_, err := unanswered.Get(tx, unansweredKey(v.session.Conversation, frameName(tx, "p")))
		if err == nil {
			t.Error("the words are still kept")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestConfirmedTwice is told once.
func TestConfirmedTwice(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	number := v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	for range 2 {
		if _, err := h.Decide(t.Context(), Operator{ID: "op_1"}, Decision{Number: number, Verb: "confirm"}); err != nil {
			t.Fatal(err)
		}
	}
	told := 0
	for _, turn := range v.turns(0) {
		if turn.Notice {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

// TestErasedTokenOpensNothing: who was erased starts anew.
func TestErasedTokenOpensNothing(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	v.say("удалите все мои данные")
	v.say("да")
	if _, err := h.Open(t.Context(), Visit{Token: v.session.Token}); !errors.Is(err, ErrExpired) {
		t.Errorf("the token opens: %v", err)
	}
}

// TestNeverMind ends what is being arranged and touches nothing that is booked.
func TestNeverMind(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	number := v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	v.say("ещё на прививку в среду в 10:00")
	wantText(t, v.say("ладно, не надо, я передумала"), "не записываю")
	err := h.db.View(func(tx *storage.Tx) error {
		a, err := booking.Get(tx, number)
		if err == nil && a.Version != 1 {
			t.Errorf("%s is %s", number, a.Status)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
