package assistant

import (
	"slices"
	"strings"

	"okoshko/assistant/nlu"
)

// answers are yes, no and the choice of one of what was offered. A yes or no
// that was written before the question, or that came with another goal, is not
// an answer to it.
func (t *turn) answers() {
	for _, c := range t.commands("choose") {
		yesNo := strings.HasPrefix(c.Value, "yes/") || strings.HasPrefix(c.Value, "no/")
		if yesNo && t.in.Words > mostInYes { // «first of all …» is no yes
			continue
		}
		if slices.Contains(t.st.Choices, c.Value) && t.asked() {
			t.moved = true // what was chosen by words is understood as a click is
			t.press(c.Value)
			return
		}
	}
	if t.st.Asked == ExpectWhich && t.asked() {
		for _, c := range t.commands("choose", "show", "cancel", "move") {
			if c.Value == nlu.ValueAll && t.st.Target == "" {
				t.aimAll()
				t.moved, t.heard = t.st.Target != "", true
			}
			for _, a := range t.open() {
				if a.Number == c.Value && t.st.Target == "" {
					t.aimed(a)
					t.moved, t.heard = true, true
				}
			}
		}
	}
	plain := false
	for _, c := range t.commands("deny") {
		t.heard = true
		if c.Field != "" && t.st.Goal != GoalNone {
			t.turnDown(c)
			continue
		}
		plain = true
	}
	if plain && !t.changed && t.asked() && !t.st.unsure() {
		t.deny()
		return
	}
	if t.has("affirm") {
		t.heard = true
		if !t.changed && t.asked() && !t.st.unsure() {
			t.affirm("said")
		}
	}
}

// asked reports whether the visitor had read what was asked last when they wrote.
func (t *turn) asked() bool { return t.in.Seq > t.st.AskedAt && t.st.Goal == t.goal }

// turnDown is «not this one»: what was chosen is open again.
func (t *turn) turnDown(c nlu.Command) {
	r := &t.st.Request
	id := c.Not
	switch c.Field {
	case nlu.FieldSpecialist:
		if id == "" && r.Slot != nil {
			id = r.Slot.Specialist
		}
		if r.Specialist == id || r.Specialist == "" {
			r.Specialist, r.Not = "", append(r.Not, id)
			t.unslot()
		}
	case nlu.FieldBranch:
		t.unslot()
		r.Branch = ""
	case nlu.FieldService:
		if t.without(id) || id != "" && id != r.Service {
			return
		}
		t.unslot()
		r.want(nil)
	case nlu.FieldTime:
		if t.except(c); len(t.times) > 0 || t.narrowed() {
			return // what is wanted was said with it, or before
		}
		t.clearTime()
		r.Nearest = true
	case nlu.FieldName:
		t.out.effect(effectName, "")
	case nlu.FieldPhone:
		t.out.effect(effectPhone, "")
	}
	t.changed = true
}

// affirm is a yes to what was asked last.
func (t *turn) affirm(how string) {
	switch t.st.Asked {
	case ExpectConsent:
		if how == "said" && !t.plainly() {
			break // asked again
		}
		t.out.effect(effectConsent, how)
	case ExpectConfirm:
		if t.st.Editing {
			t.st.Editing, t.moved = false, true
			break
		}
		if how == "said" && !t.plainly() {
			break // asked again
		}
		t.out.do = true
	case ExpectTime, ExpectWhich:
		if len(t.st.Choices) > 0 && (len(t.st.Choices) == 1 || !strings.HasPrefix(t.st.Choices[1], "slot/") && t.st.Asked == ExpectTime) {
			t.moved = true
			t.press(t.st.Choices[0])
		}
		return // a yes to several is asked again
	case ExpectMore:
		t.out.done, t.out.expects = true, ExpectMore
		t.out.say("more", nil)
		t.out.buttons = menu(t.st.Lang, len(t.f.own) > 0)
	default:
		return
	}
	t.heard = true
}

// mostInYes is how many words a yes by number («первое») may have.
const mostInYes = 3

// plainly reports whether a yes is what the message says, and not a word in
// something else: it was understood, and it asks nothing.
func (t *turn) plainly() bool {
	return t.in.Covered >= spokenCovered && !t.in.Question && !t.has("price", "ask", "human", "show")
}

// deny is a no to what was asked last.
func (t *turn) deny() {
	t.heard = true
	switch t.st.Asked {
	case ExpectConsent:
		t.refuse()
	case ExpectConfirm:
		if t.st.Goal != GoalBook || t.st.Editing {
			t.drop()
			return
		}
		t.st.Editing, t.moved = true, true
	case ExpectName, ExpectPhone, ExpectEmail:
		t.out.denied = true
	case ExpectSpecialist:
		t.chooseSpecialist(Any)
	case ExpectBranch:
		t.chooseBranch(Any)
	case ExpectTime:
		t.moved = true
		if !t.st.Full { // a no to «waiting list or other days» leaves the list
			t.otherDays()
		}
	case ExpectWhich:
		t.drop()
	case ExpectMore, ExpectNothing:
		t.out.say("dropped.none", nil)
		t.out.done, t.out.expects = true, ExpectMore
	}
}
