package assistant

import (
	"errors"
	"strings"
	"testing"
	"time"

	"okoshko/assistant/booking"
)

// changeTalk is how the visit of visitTalk is moved and cancelled.
var changeTalk = []struct {
	move, when, moved, keep, cancel, cancelled string
}{
	{"перенесите запись", "в четверг в 12:00", "Визит перенесён", "перенесите стрижку", "отмените запись", "Записи отменены"},
	{"please move my appointment", "Thursday at 12:00", "Your visit has been moved", "move the haircut", "cancel my appointment", "are cancelled"},
	{"язылуымны күчерегез", "пәнҗешәмбедә сәгать 12:00дә", "Визит күчерелде", "чәч кисүне күчерегез", "язылуымны бетерегез", "Язылулар бетерелде"},
}

// TestVisitIsMovedAsOne: one wish, one summary, one yes for all services, in each
// language; and then cancelled as one.
func TestVisitIsMovedAsOne(t *testing.T) {
	for i, w := range visitTalk {
		t.Run(w.lang, func(t *testing.T) {
			talk := changeTalk[i]
			h := newSalon(t)
			v := h.visitor(w.lang)
			v.say(w.say)
			v.known(w)
			v.say(w.yes)
			visit := v.open()[0].Visit
			wantExpects(t, v.say(talk.move), ExpectTime)
			summary := v.say(talk.when)
			wantExpects(t, summary, ExpectConfirm)
			wantText(t, summary, "12:00", "13:00")
			done := v.say(w.yes)
			wantText(t, done, talk.moved, "A-1001, A-1002")
			wantSame(t, "moved", v.slots(), []string{"26 12:00 cut alina", "26 13:00 dye alina"})
			if own := v.open(); own[0].Visit != visit || own[1].Visit != visit || own[0].Changed != own[1].Changed {
				t.Errorf("moved apart: %+v", own)
			}
			asked := v.say(talk.cancel)
			wantExpects(t, asked, ExpectConfirm)
			wantText(t, asked, "A-1001", "A-1002")
			wantText(t, v.say(w.yes), talk.cancelled, "A-1001", "A-1002")
			wantSame(t, "left", v.slots(), []string(nil))
		})
	}
}

// TestVisitIsMovedOverItself: an hour later than it is, half of it in its own place.
func TestVisitIsMovedOverItself(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	v.say(visitTalk[0].say)
	v.known(visitTalk[0])
	done := v.say("да")
	if len(done.Buttons) == 0 || done.Buttons[0].ID != "do/move/"+v.open()[0].Visit {
		t.Fatalf("buttons %v", done.Buttons)
	}
	v.send(Incoming{Button: done.Buttons[0].ID})
	wantText(t, v.say("на час позже"), "12:00", "13:00")
	wantText(t, v.say("да"), "Визит перенесён")
	wantSame(t, "moved", v.slots(), []string{"24 12:00 cut alina", "24 13:00 dye alina"})
}

// TestPartOfAVisitIsMoved by its name: the other stays.
func TestPartOfAVisitIsMoved(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	v.say(visitTalk[0].say)
	v.known(visitTalk[0])
	v.say("да")
	v.say("перенесите стрижку на четверг в 15:00")
	wantText(t, v.say("да"), "A-1001")
	wantSame(t, "moved", v.slots(), []string{"24 12:00 dye alina", "26 15:00 cut alina"})
}

// TestMovedVisitIsLost: a time that goes to somebody else while the summary is read moves
// nothing, not even in part.
func TestMovedVisitIsLost(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	v.say(visitTalk[0].say)
	v.known(visitTalk[0])
	v.say("да")
	v.say("перенесите запись на четверг в 12:00")
	h.clock.pass(11 * time.Minute) // the hold has run out
	quick := h.visitor("ru")
	quick.say("запишите на окрашивание в четверг в 13:00")
	quick.known(visitTalk[0])
	quick.say("да")
	if got := v.say("да"); got.Expects != ExpectTime {
		t.Errorf("%s", describe(got))
	}
	wantSame(t, "not moved", v.slots(), []string{"24 11:00 cut alina", "24 12:00 dye alina"})
}

// TestWhichOfTwoVisits: a visit is one button.
func TestWhichOfTwoVisits(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	v.say(visitTalk[0].say)
	v.known(visitTalk[0])
	v.say("да")
	v.say("запишите на маникюр в пятницу в 15:00")
	v.say("да")
	asked := v.say("отмените запись")
	wantExpects(t, asked, ExpectWhich)
	if len(asked.Buttons) != 3 || asked.Buttons[0].Label != "Стрижка, Окрашивание, вторник, 24 ноября, 11:00" && asked.Buttons[0].ID != "which/"+v.open()[0].Visit {
		t.Fatalf("buttons %v", asked.Buttons)
	}
	v.send(Incoming{Button: asked.Buttons[0].ID})
	wantText(t, v.say("да"), "Записи отменены", "A-1001", "A-1002")
	wantSame(t, "left", v.slots(), []string{"27 15:00 nails dina"})
}

// TestReceptionMovesAVisit as one, and cancels it as one; the visitor is told once. From
// an older version nothing is changed.
func TestReceptionMovesAVisit(t *testing.T) {
	h := newSalon(t)
	v := h.visitor("ru")
	v.say(visitTalk[0].say)
	v.known(visitTalk[0])
	v.say("да")
	op := Operator{ID: "desk", Name: "Лилия"}
	card, err := h.Appointment(t.Context(), "A-1002")
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "parts", card.Parts, []string{"11:00 Стрижка"})
	dec := Decision{Number: "A-1002", Version: 1, Verb: "move", Start: card.Start.Add(2 * time.Hour), Whole: true}
	turns := len(v.turns(0))
	if _, err := h.Decide(t.Context(), op, dec); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "moved", v.slots(), []string{"24 13:00 cut alina", "24 14:00 dye alina"})
	told := v.turns(0)
	if len(told) != turns+1 || !strings.Contains(told[turns].Text, "Ваш визит перенесён") || len(told[turns].Appointments) != 2 {
		t.Errorf("told %v", told[turns:])
	}
	dec.Verb, dec.Reason = "cancel", "мастер заболел"
	if _, err := h.Decide(t.Context(), op, dec); !errors.Is(err, booking.ErrStale) {
		t.Errorf("from an older version: %v", err)
	}
	dec.Version = 2
	if _, err := h.Decide(t.Context(), op, dec); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "left", v.slots(), []string(nil))
}
