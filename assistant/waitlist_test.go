package assistant

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"okoshko/assistant/booking"
	"okoshko/storage"
)

// attend lets the house do what is due.
func (h *testHouse) attend() {
	h.t.Helper()
	if err := h.Attend(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// waitWords is how visitors of one language wait for a vaccination on Tuesday,
// which is full, and answer an offer.
type waitWords struct {
	lang, wish, wait, yes, no, leave, name string
	offered, booked, passed, left, over    string
}

var waitTalk = []waitWords{
	{
		"ru", "на прививку завтра", "Встать в лист ожидания", "да", "нет, не подходит", "уберите меня из листа ожидания", "Алсу",
		"Освободилось время", "Заявка", "отдаю", "убираю вас", "уже занято",
	},
	{
		"en", "vaccination tomorrow", "Join the waiting list", "yes please", "no, it does not suit me", "take me off the waiting list", "Ann Smith",
		"has become free", "Request", "giving this time up", "off the waiting list", "taken by now",
	},
	{
		"tt", "иртәгә вакцина", "Көтү исемлегенә", "әйе", "юк, туры килми", "мине көтү исемлегеннән алыгыз", "Илнур",
		"Вакыт бушады", "гаризасы", "башкага бирәм", "исемлегеннән алам", "алынган инде",
	},
}

// fill books the whole of Tuesday at the vet but for a slot, which it books for
// a visitor whose appointment is returned.
func (h *testHouse) fill(t *testing.T) (holder *testVisitor, number string) {
	t.Helper()
	err := h.db.Update(func(tx *storage.Tx) error {
		for minute := 0; minute < 4*60; minute += 30 {
			start := time.Date(2026, 11, 24, 6, minute, 0, 0, time.UTC)
			if minute == 120 {
				continue // 11:00
			}
			b := booking.Booking{Slot: booking.Slot{Service: "vaccine", Specialist: "lidia", Start: start}, Author: "staff:op", Staff: true}
			if _, err := h.house.Load().calendar.Request(tx, b, h.clock.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	holder = h.visitor("ru")
	return holder, holder.book("на прививку завтра в 11:00", "Инна", "89175550001")
}

// enlist goes all the way onto the waiting list.
func (v *testVisitor) enlist(w waitWords, phone string) {
	t := v.h.t
	t.Helper()
	v.say(w.wish)
	v.press(w.wait)
	answers := map[Expect]string{ExpectConsent: w.yes, ExpectName: w.name, ExpectPhone: phone, ExpectConfirm: w.yes}
	for range 6 {
		if v.last.Expects == ExpectMore {
			return
		}
		v.say(answers[v.last.Expects])
	}
	t.Fatalf("not on the list: %s", describe(v.last))
}

// list is who waits.
func (h *testHouse) list() (all []booking.Waiting) {
	h.t.Helper()
	err := h.db.View(func(tx *storage.Tx) (err error) {
		all, err = booking.WaitingList(tx)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// open are the appointments of a conversation that stand.
func (v *testVisitor) open() (all []booking.Appointment) {
	v.h.t.Helper()
	err := v.h.db.View(func(tx *storage.Tx) (err error) {
		all, err = booking.OfConversation(tx, v.session.Conversation)
		return err
	})
	if err != nil {
		v.h.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(a booking.Appointment) bool { return !a.Status.Open() })
}

// offerTo has a visitor wait in a house of its own and somebody else cancel.
func offerTo(t *testing.T, w waitWords) (h *testHouse, v *testVisitor) {
	t.Helper()
	h = newTestHouse(t)
	h.start()
	holder, _ := h.fill(t)
	v = h.visitor(w.lang)
	v.enlist(w, "89175550002")
	holder.say("отмените запись")
	holder.say("да")
	h.attend()
	v.settle()
	wantText(t, v.last, w.offered, "11:00")
	wantExpects(t, v.last, ExpectConfirm)
	if v.last.Hold == nil || v.last.Hold.Until.Sub(h.clock.Now()) != 30*time.Minute {
		t.Fatalf("the offer is kept until %v", v.last.Hold)
	}
	return h, v
}

func TestOfferIsTaken(t *testing.T) {
	for _, w := range waitTalk {
		for _, how := range []string{"said", "pressed"} {
			t.Run(w.lang+" "+how, func(t *testing.T) {
				h, v := offerTo(t, w)
				if how == "said" {
					v.say(w.yes)
				} else {
					v.send(Incoming{Button: v.last.Buttons[0].ID})
				}
				wantText(t, v.last, w.booked, "11:00")
				if own := v.open(); len(own) != 1 || own[0].Start.Hour() != 8 {
					t.Errorf("booked: %v", own)
				}
				if left := h.list(); len(left) != 0 {
					t.Errorf("still waiting: %v", left)
				}
			})
		}
	}
}

func TestOfferIsPassed(t *testing.T) {
	for _, w := range waitTalk {
		for _, how := range []string{"said", "pressed"} {
			t.Run(w.lang+" "+how, func(t *testing.T) {
				h, v := offerTo(t, w)
				if how == "said" {
					v.say(w.no)
				} else {
					v.send(Incoming{Button: v.last.Buttons[1].ID})
				}
				wantText(t, v.last, w.passed)
				if left := h.list(); len(left) != 1 {
					t.Errorf("waiting: %v", left)
				}
				if own := v.open(); len(own) != 0 {
					t.Errorf("booked: %v", own)
				}
				h.attend()
				if v.settle(); strings.Contains(v.last.Text, w.offered) {
					t.Error("what was turned down is offered again")
				}
			})
		}
	}
}

func TestWaitingEnds(t *testing.T) {
	for _, w := range waitTalk {
		for _, how := range []string{"said", "pressed"} {
			t.Run(w.lang+" "+how, func(t *testing.T) {
				h, v := offerTo(t, w)
				if how == "said" {
					v.say(w.leave)
				} else {
					v.send(Incoming{Button: v.last.Buttons[2].ID})
				}
				wantText(t, v.last, w.left)
				if left := h.list(); len(left) != 0 {
					t.Errorf("still waiting: %v", left)
				}
			})
		}
	}
}

// TestOfferIsOver: a yes after its time says so; the next in line has it, and
// who was late stays on the list.
func TestOfferIsOver(t *testing.T) {
	for _, w := range waitTalk {
		for _, how := range []string{"said", "pressed"} {
			t.Run(w.lang+" "+how, func(t *testing.T) {
				h, late := offerTo(t, w)
				button := late.last.Buttons[0].ID
				next := h.visitor("ru")
				next.enlist(waitTalk[0], "89175550003")
				h.clock.pass(31 * time.Minute)
				h.attend()
				next.settle()
				wantText(t, next.last, "Освободилось время", "11:00")
				if how == "said" {
					late.say(w.yes)
				} else {
					late.send(Incoming{Button: button})
				}
				wantText(t, late.last, w.over)
				if own := late.open(); len(own) != 0 {
					t.Errorf("booked: %v", own)
				}
				wantText(t, next.say("да"), "Заявка")
				if left := h.list(); len(left) != 1 || left[0].Conversation != late.session.Conversation {
					t.Errorf("waiting: %v", left)
				}
			})
		}
	}
}

// TestLateOfferStillFree: a yes after its time gets the slot all the same where
// nobody wants it, but with a summary, as any booking.
func TestLateOfferStillFree(t *testing.T) {
	h, v := offerTo(t, waitTalk[0])
	h.clock.pass(31 * time.Minute)
	h.attend()
	wantExpects(t, v.say("да"), ExpectConfirm)
	wantText(t, v.last, "ещё свободно", "11:00")
	wantText(t, v.say("да"), "Заявка")
}

// TestOffersInOrder: several who wait are asked one after another, in the order
// in which they joined, and nobody twice.
func TestOffersInOrder(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	holder, _ := h.fill(t)
	var all []*testVisitor
	for i := range 3 {
		v := h.visitor("ru")
		v.enlist(waitTalk[0], "8917555010"+string(rune('0'+i)))
		all = append(all, v)
	}
	holder.say("отмените запись")
	holder.say("да")
	for i, v := range all {
		h.attend()
		h.attend()
		for j, other := range all {
			other.settle()
			offers := 0
			for _, turn := range other.turns(0) {
				if strings.Contains(turn.Text, "Освободилось время") {
					offers++
				}
			}
			if want := min(max(i-j+1, 0), 1); offers != want {
				t.Fatalf("visitor %d has %d offers when it is the turn of %d", j, offers, i)
			}
		}
		if i == 1 { // says nothing
			h.clock.pass(31 * time.Minute)
			continue
		}
		v.press([]string{"Не подходит", "", "Да, записать"}[i])
	}
	if own := all[2].open(); len(own) != 1 {
		t.Errorf("the last has %v: %s", own, describe(all[2].last))
	}
}

// TestOfferInTheMiddle: an offer that comes while something else is arranged
// leaves that question open with its answers; a bare yes then does neither.
func TestOfferInTheMiddle(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	holder, _ := h.fill(t)
	v := h.visitor("ru")
	v.enlist(waitTalk[0], "89175550002")
	asked := v.say("подстричь бороду в среду в 11:00")
	wantExpects(t, asked, ExpectConfirm)
	holder.say("отмените запись")
	holder.say("да")
	h.attend()
	v.settle()
	wantText(t, v.last, "Освободилось время")
	if len(v.last.Buttons) != len(asked.Buttons)+2 || v.last.Buttons[0] != asked.Buttons[0] {
		t.Errorf("answers: %s", describe(v.last))
	}
	again := v.say("да")
	wantExpects(t, again, ExpectConfirm)
	if own := v.open(); len(own) != 0 {
		t.Fatalf("a yes that may mean two things has booked %v", own)
	}
	wantText(t, again, "Стрижка бороды")
	done := v.press("Записать: завтра")
	wantText(t, done, "Заявка", "Прививка")
	if own := v.open(); len(own) != 1 || own[0].Service != "vaccine" {
		t.Errorf("booked: %v", own)
	}
}

// TestOfferAsksWhatIsMissing: without consent the offer stays kept while it is
// asked for.
func TestOfferAsksWhatIsMissing(t *testing.T) {
	h, v := offerTo(t, waitTalk[0])
	err := h.change(v.session.Conversation, func(_ *storage.Tx, st *State) ([]Turn, error) {
		st.Consent = "" // taken back
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantExpects(t, v.say("да"), ExpectConsent)
	if v.last.Hold == nil {
		t.Error("nothing says that the slot is kept")
	}
	wantExpects(t, v.say("да, согласна"), ExpectConfirm)
	wantText(t, v.last, "11:00", "Алсу")
	wantText(t, v.say("да"), "Заявка")
	if len(h.list()) != 0 {
		t.Error("still waiting")
	}
}

// TestAnotherTimeInsteadOfTheOffer: who wants another time is not held to the
// offer.
func TestAnotherTimeInsteadOfTheOffer(t *testing.T) {
	_, v := offerTo(t, waitTalk[0])
	reply := v.say("а лучше в среду в 10:00")
	wantExpects(t, reply, ExpectConfirm)
	wantText(t, reply, "25 ноября", "10:00")
	wantText(t, v.say("да"), "Заявка", "25 ноября")
}

// TestStrangersOffer: a button of somebody else's offer does nothing.
func TestStrangersOffer(t *testing.T) {
	h, v := offerTo(t, waitTalk[0])
	thief := h.visitor("ru")
	thief.book("подстричь бороду в среду в 11:00", "Тимур", "89175550009")
	for _, b := range v.last.Buttons {
		thief.send(Incoming{Button: b.ID})
	}
	if len(thief.open()) != 1 || len(h.list()) != 1 {
		t.Errorf("thief has %v, waiting %v", thief.open(), h.list())
	}
	wantText(t, v.say("да"), "Заявка")
}

// TestOfferWhileAPersonAnswers: the offer is shown and its button works; the
// assistant says nothing beyond.
func TestOfferWhileAPersonAnswers(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	holder, _ := h.fill(t)
	v := h.visitor("ru")
	v.enlist(waitTalk[0], "89175550002")
	if err := h.Take(t.Context(), Operator{ID: "op", Name: "Гузель"}, v.session.Conversation); err != nil {
		t.Fatal(err)
	}
	holder.say("отмените запись")
	holder.say("да")
	h.attend()
	v.settle()
	done := v.press("Записать: завтра")
	wantText(t, done, "Заявка")
	wantExpects(t, done, ExpectOperator)
	owner, err := h.Owner(t.Context(), v.session.Conversation)
	if err != nil || owner.Kind != OwnerOperator {
		t.Errorf("owner %+v, err %v", owner, err)
	}
}

// TestOfferEvent: delivery is told of the offer.
func TestOfferEvent(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	plan(t, h)
	holder, _ := h.fill(t)
	v := h.visitor("ru")
	v.enlist(waitTalk[0], "89175550002")
	holder.say("отмените запись")
	holder.say("да")
	h.attend()
	body, drop, err := h.EventBody(lastEvent(t, h, "waitlist.offered"), true)
	if err != nil || drop || !strings.Contains(string(body), `"phone":"+79175550002"`) || !strings.Contains(string(body), `"service":"vaccine"`) {
		t.Errorf("body %s, dropped %v, err %v", body, drop, err)
	}
}

// TestManyAttend: several at once make one offer.
func TestManyAttend(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	holder, _ := h.fill(t)
	v := h.visitor("ru")
	v.enlist(waitTalk[0], "89175550002")
	holder.say("отмените запись")
	holder.say("да")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := h.Attend(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	offers := 0
	for _, turn := range v.turns(0) {
		if strings.Contains(turn.Text, "Освободилось время") {
			offers++
		}
	}
	if offers != 1 {
		t.Errorf("%d offers", offers)
	}
}

// TestRunAttends: Run makes offers by itself, at once when something is freed
// and after attendEvery where only time has passed.
func TestRunAttends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHouse(t)
		h.start()
		holder, _ := h.fill(t)
		first, second := h.visitor("ru"), h.visitor("ru")
		first.enlist(waitTalk[0], "89175550002")
		second.enlist(waitTalk[0], "89175550003")
		holder.say("отмените запись")
		holder.say("да")
		synctest.Wait()
		first.settle()
		wantText(t, first.last, "Освободилось время")
		h.clock.pass(31 * time.Minute)
		time.Sleep(attendEvery + time.Second)
		synctest.Wait()
		second.settle()
		wantText(t, second.last, "Освободилось время")
		h.stop()
	})
}

// TestReceptionTakesOffTheList: the visitor is told in the conversation, and an offer
// that was open there is over.
func TestReceptionTakesOffTheList(t *testing.T) {
	removed := map[string]string{"ru": "убрал вас из листа ожидания", "en": "off the waiting list", "tt": "исемлегеннән алды"}
	for _, w := range waitTalk {
		t.Run(w.lang, func(t *testing.T) {
			h, v := offerTo(t, w)
			if err := h.RemoveWaiting(t.Context(), Operator{ID: "op"}, h.list()[0].ID); err != nil {
				t.Fatal(err)
			}
			v.settle()
			wantText(t, v.last, removed[w.lang], "24")
			if len(v.last.Buttons) > 0 || len(h.list()) > 0 {
				t.Errorf("still offered: %s", describe(v.last))
			}
			v.say(w.yes)
			if got := v.open(); len(got) > 0 {
				t.Errorf("a yes to what is over books %v", got)
			}
		})
	}
	t.Run("in the middle of something else", func(t *testing.T) {
		h := newTestHouse(t)
		h.start()
		h.fill(t)
		v := h.visitor("ru")
		v.enlist(waitTalk[0], "89175550002")
		asked := v.say("подстричь бороду в среду в 11:00")
		wantExpects(t, asked, ExpectConfirm)
		if err := h.RemoveWaiting(t.Context(), Operator{ID: "op"}, h.list()[0].ID); err != nil {
			t.Fatal(err)
		}
		v.settle()
		wantText(t, v.last, "листа ожидания")
		v.press("Да, верно")
		if got := v.open(); len(got) != 1 {
			t.Errorf("the booking that was being made is lost: %v", got)
		}
	})
}
