package assistant

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu/when"
	"okoshko/prompts"
)

// A button's id says by itself what it means, so that an old one still does
// what its label says, or does nothing:
//
//	do/VERB[/NUMBER]            book, show, price, human, resume, know, erase, wait, other, move/A-1042, cancel/A-1042
//	yes/SEQ, no/SEQ             to what the reply SEQ asked
//	service/ID, branch/ID, specialist/ID, which/NUMBER, edit/FIELD
//	slot/SPECIALIST/SERVICE/UNIX
//	visit/UNIX/SPECIALIST.SERVICE.MINUTES/… (visit_find.go), without/SERVICE
//	come/NUMBER/UNIX (reminder_answer.go)
//	reason/NUMBERS/ID (reasons.go)
//	agree/PURPOSE/VERSION, decline/PURPOSE/VERSION (purpose.go)
//	offer/VERB/WISH/SPECIALIST/SERVICE/UNIX (waitlist.go)
//	when/FIRST/LAST/KIND/FROM/TO   a time as wanted, see whenID

func slotID(s booking.Slot) string {
	return fmt.Sprintf("slot/%s/%s/%d", s.Specialist, s.Service, s.Start.Unix())
}

// farthest is an instant in the year 2242: a stranger may send any number.
const farthest = 1 << 33

// slotOf reads a slot's id. What it says is a wish: the calendar decides.
func slotOf(c *clinic.Clinic, id string) (s booking.Slot, ok bool) {
	parts := strings.Split(id, "/")
	if len(parts) != 4 || parts[0] != "slot" {
		return s, false
	}
	who, okWho := c.Specialist(parts[1])
	what, okWhat := c.Service(parts[2])
	unix, err := strconv.ParseInt(parts[3], 10, 64)
	if !okWho || !okWhat || err != nil || unix <= 0 || unix > farthest {
		return s, false
	}
	start := time.Unix(unix, 0).UTC()
	return booking.Slot{
		Service: what.ID, Specialist: who.ID, Branch: who.Branch,
		Start: start, End: start.Add(what.Duration),
	}, true
}

// menu is what a visitor who has not said what they want is offered.
func menu(lang string, own bool) []Button {
	ids := []string{"book", "prices", "human"}
	if own {
		ids = []string{"book", "mine", "prices", "human"}
	}
	do := map[string]string{"book": "do/book", "mine": "do/show", "prices": "do/price", "human": "do/human"}
	buttons := make([]Button, 0, len(ids))
	for _, id := range ids {
		buttons = append(buttons, Button{do[id], prompts.Say(lang, "button."+id, nil)})
	}
	return buttons
}

// press does what a button says. One whose time has passed does nothing, and
// what is open is asked again.
func (t *turn) press(id string) {
	t.heard = true
	verb, rest, _ := strings.Cut(id, "/")
	switch verb {
	case "do":
		t.pressDo(rest)
	case "yes", "no":
		if seq, err := strconv.ParseUint(rest, 10, 64); err != nil || seq != t.st.AskedAt {
			return
		}
		if verb == "yes" {
			t.affirm("pressed")
			return
		}
		t.deny()
	case "service":
		t.started(GoalBook)
		t.chooseService(rest)
	case "branch":
		t.chooseBranch(rest)
	case "specialist":
		t.chooseSpecialist(rest)
	case "which":
		if rest == All {
			t.aimAll()
		}
		for _, a := range t.open() {
			if a.Visit == rest && rest != "" && (t.st.Goal == GoalCancel || t.st.Goal == GoalMove) {
				t.aimVisit(a)
				break
			}
			if a.Number == rest && (t.st.Goal == GoalCancel || t.st.Goal == GoalMove) {
				t.aimed(a)
			}
		}
	case "edit":
		t.edit(rest)
	case "slot":
		t.pressSlot(id)
	case "offer":
		t.pressOffer(id)
	case "when":
		t.pressWhen(id)
	case "visit":
		t.pressVisit(id)
	case "without":
		if t.st.Goal == GoalBook {
			t.without(rest)
		}
	case "come":
		t.pressCome(id)
	case "reason":
		t.pressReason(id)
	case "agree", "decline":
		t.pressPurpose(id)
	}
}

// pressWhen takes the time that was meant where the words had several meanings.
func (t *turn) pressWhen(id string) {
	c, ok := whenOf(id)
	if !ok || t.st.Goal == GoalErase || t.st.Goal == GoalCancel {
		return
	}
	t.started(GoalBook)
	t.clearTime()
	t.st.Request.Want, t.st.Request.When = nil, []when.Constraint{c}
}

// started sets the goal where there is none, or only something that the house
// asked unasked.
func (t *turn) started(g Goal) {
	switch t.st.Goal {
	case GoalNone, GoalOffer, GoalCome:
		t.st.Goal, t.st.Target, t.st.Offer = g, "", nil
	}
}

func (t *turn) pressSlot(id string) {
	s, ok := slotOf(t.f.clinic, id)
	if !ok {
		t.staleSlot(id)
		return
	}
	if t.st.Goal == GoalErase || t.st.Goal == GoalCancel || s.Start.After(t.f.now.AddDate(2, 0, 0)) {
		return
	}
	for _, a := range t.open() {
		if a.Slot.Specialist == s.Specialist && a.Slot.Start.Equal(s.Start) && a.Number != t.st.Target {
			t.out.effect(effectShow, "") // pressed again: it is theirs already
			return
		}
	}
	t.started(GoalBook)
	if t.st.Goal == GoalWait {
		t.st.Goal = GoalBook
	}
	t.release()
	r := &t.st.Request
	r.Want, r.When, r.Nearest, r.Page, r.Unsure = &s, nil, false, 0, false
	if t.st.Goal == GoalBook {
		later := keep(r.Later, r.Later)
		if s.Service != r.Service {
			later = nil
		}
		r.want([]string{s.Service})
		r.Unclear, r.Later = nil, later
	}
	t.st.Full = false
}

func (t *turn) pressDo(what string) {
	verb, number, _ := strings.Cut(what, "/")
	switch verb {
	case "book":
		t.aim(GoalBook)
	case "show":
		t.out.effect(effectShow, "")
	case "price":
		t.price()
	case "human":
		t.handoff("asked", "")
	case "resume":
		if t.st.Owner.Kind == OwnerWaiting {
			t.st.Owner = Owner{Kind: OwnerAssistant, Since: t.f.now}
		}
		t.out.say("human.back", nil)
		t.out.done, t.out.expects, t.out.buttons = true, ExpectMore, menu(t.st.Lang, len(t.f.own) > 0)
	case "know":
		t.out.effect(effectKnow, "")
	case "erase":
		t.toErase()
	case "wait":
		t.aim(GoalWait)
	case "other":
		t.otherDays()
	case "add":
		t.aim(GoalBook)
		t.st.Editing, t.st.Request.Adding = false, true
	case "move", "cancel":
		t.pressChange(verb, number)
	}
}

func (t *turn) pressChange(verb, number string) {
	for _, a := range t.open() {
		if a.Number != number && (a.Visit != number || number == "") {
			continue
		}
		t.release()
		t.st.reset()
		t.st.Goal = GoalCancel
		if verb == "move" {
			t.st.Goal = GoalMove
		}
		if t.aimed(a); a.Number != number {
			t.aimVisit(a)
		}
		return
	}
	t.out.effect(effectGone, number)
}

// edit opens one field of a summary again.
func (t *turn) edit(field string) {
	if t.st.Goal != GoalBook {
		return
	}
	t.st.Editing = false
	r := &t.st.Request
	switch field {
	case "time":
		t.clearTime()
		r.Nearest = true
	case "service":
		t.unslot()
		r.want(nil)
		r.Unclear, r.Later, r.Specialist, r.Branch = nil, nil, "", ""
	case "name":
		t.out.effect(effectName, "")
	case "phone":
		t.out.effect(effectPhone, "")
	case "email":
		t.out.effect(effectEmail, "")
	case "drop":
		t.drop()
	}
}
