package assistant

import (
	"slices"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/booking"
	"okoshko/storage"
)

// TestStalePage: what is pressed on an old page is refused clearly, with the
// nearest that can be had.
func TestStalePage(t *testing.T) {
	slot := func(service, specialist string, start time.Time) string {
		return slotID(booking.Slot{Service: service, Specialist: specialist, Start: start})
	}
	tomorrow := time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, lang, button, says string
		slots                    bool // others are offered
	}{
		{"past", "ru", slot("vaccine", "lidia", monday.Add(-24*time.Hour)), "уже прошло", true},
		{"taken", "ru", slot("vaccine", "lidia", tomorrow), "занято", true},
		{"closed", "en", slot("vaccine", "lidia", tomorrow.Add(5*time.Hour)), "no appointments at that time", true},
		{"off the grid", "ru", slot("vaccine", "lidia", tomorrow.Add(7*time.Minute)), "в другое время", true},
		{"too far", "tt", slot("vaccine", "lidia", tomorrow.AddDate(0, 6, 0)), "соңгы көн", true},
		{"specialist gone", "ru", slot("vaccine", "gone", tomorrow.Add(time.Hour)), "больше нет", false},
		{"service gone", "en", slot("gone", "lidia", tomorrow), "no longer in the schedule", false},
		{"old yes", "ru", "yes/1", "больше не действует", false},
		{"old yes", "en", "yes/1", "no longer works", false},
		{"old yes", "tt", "yes/1", "инде эшләми", false},
		{"appointment gone", "ru", "do/cancel/A-9999", "больше не действует", false},
		{"made up", "ru", "abyrvalg", "больше не действует", false},
	} {
		t.Run(c.name+" "+c.lang, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			h.visitor("ru").book("на прививку завтра в 10:00", "Инна", "89175550001")
			v := h.visitor(c.lang)
			reply := v.send(Incoming{Button: c.button})
			wantText(t, reply, c.says)
			if c.slots && len(reply.Slots) == 0 || reply.Expects == ExpectNothing {
				t.Errorf("nothing to go on with: %s", describe(reply))
			}
			if own := v.open(); len(own) != 0 {
				t.Errorf("booked %v", own)
			}
		})
	}
}

// TestOldButtonOfACancelledAppointment says what has become of it.
func TestOldButtonOfACancelledAppointment(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	number := v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	h.decide(number, "cancel", time.Time{})
	for _, verb := range []string{"move", "cancel"} {
		wantText(t, v.send(Incoming{Button: "do/" + verb + "/" + number}), "уже изменилась", "Отменена")
	}
}

// TestReasonOfACancellation: the visit is cancelled before why is asked; the
// answer is noted by button or by words, and may be left out.
func TestReasonOfACancellation(t *testing.T) {
	for _, c := range []struct{ lang, ask, yes, done, press, say, id string }{
		{"ru", "отмените запись", "да", "отменена", "Изменились планы", "", "plans"},
		{"ru", "отмените запись", "да", "отменена", "", "изменились планы", "plans"},
		{"en", "cancel my appointment", "yes", "is cancelled", "no longer needed", "", "not-needed"},
		{"tt", "язылуны бетерегез", "әйе", "кире алынды", "Башка сәбәп", "", "other"},
		{"ru", "отмените запись", "да", "отменена", "Не отвечать", "", ""},
		{"ru", "отмените запись", "да", "отменена", "", "нет", ""},
		{"ru", "отмените запись", "да", "отменена", "", "запишите на прививку в пятницу", ""},
	} {
		t.Run(c.lang+" "+c.press+c.say, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			v, number := h.confirmed(c.lang)
			v.say(c.ask)
			asked := v.say(c.yes)
			wantText(t, asked, c.done)
			if own := v.open(); len(own) != 0 {
				t.Fatalf("not cancelled before the reason is known: %v", own)
			}
			if c.press != "" {
				v.press(c.press)
			} else {
				v.say(c.say)
			}
			a := h.appointment(number)
			if a.ReasonID != c.id || a.Status != booking.Cancelled {
				t.Errorf("reason %q, status %s: %s", a.ReasonID, a.Status, describe(v.last))
			}
			i := slices.IndexFunc(asked.Buttons, func(b Button) bool { return strings.HasPrefix(b.ID, "reason/") })
			v.send(Incoming{Button: strings.Replace(asked.Buttons[i].ID, "plans", "duplicate", 1)})
			if c.id != "" && h.appointment(number).ReasonID != c.id {
				t.Error("an old button has changed the reason")
			}
		})
	}
}

func (h *testHouse) appointment(number string) (a booking.Appointment) {
	h.t.Helper()
	err := h.db.View(func(tx *storage.Tx) (err error) {
		a, err = booking.Get(tx, number)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// TestStrangersReason: nobody explains somebody else's cancellation.
func TestStrangersReason(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v, number := h.confirmed("ru")
	v.say("отмените запись")
	v.say("да")
	thief := h.visitor("ru")
	thief.send(Incoming{Button: reasonID(number, "plans")})
	if a := h.appointment(number); a.ReasonID != "" {
		t.Errorf("reason %q", a.ReasonID)
	}
}
