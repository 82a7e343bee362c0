package assistant

// data is about the visitor's own data: what is known, erase it, take the
// consent back.
func (t *turn) data() {
	switch {
	case t.withdraws() != "":
		t.heard, t.moved = true, true
		t.out.effect(effectWithdraw, t.withdraws())
	case t.has("withdraw"):
		t.heard = true
		if t.st.Consent != "" {
			t.out.effect(effectWithdraw, "")
			t.out.say("consent.withdrawn", nil)
		}
		t.toErase()
	case t.has("erase"):
		t.heard = true
		t.toErase()
	case t.has("know"):
		t.heard = true
		t.out.effect(effectKnow, "")
	}
}

// withdraws is the one purpose that the visitor wants to end, "" where they end all,
// or nothing.
func (t *turn) withdraws() (purpose string) {
	for _, c := range t.commands("withdraw") {
		if c.Value == "" {
			return ""
		}
		purpose = c.Value
	}
	return purpose
}

// toErase asks whether to erase everything, unless that is asked already.
func (t *turn) toErase() {
	if t.st.Goal == GoalErase {
		return
	}
	t.release()
	t.st.reset()
	t.st.Goal = GoalErase
}

// goals are the verbs: book, move, cancel, wait, start over.
func (t *turn) goals() {
	if t.has("restart") {
		t.heard = true
		t.release()
		t.st.reset()
		t.out.say("restarted", nil)
		return
	}
	switch {
	case t.st.Goal == GoalErase:
	case t.quits():
		t.quit()
	case t.has("wait") && t.st.Goal == GoalOffer: // for another time
		t.heard = true
		t.passOffer()
	case t.has("wait"):
		t.aim(GoalWait)
	case t.has("cancel"):
		t.cancel()
	case t.has("move"):
		t.move()
	case t.has("book"):
		t.heard = true
		if t.st.Goal != GoalWait && t.st.Goal != GoalOffer && t.st.Asked != ExpectWhich {
			t.aim(GoalBook)
		}
	}
}

// aim sets the goal and keeps the fields, which most goals share.
func (t *turn) aim(g Goal) {
	t.heard = true
	if t.st.Goal == g {
		return
	}
	if t.st.Goal == GoalCancel || t.st.Goal == GoalMove || t.st.Goal == GoalErase || t.st.Goal == GoalCome {
		t.release()
		t.st.reset()
	}
	t.st.Goal = g
	t.st.Editing = false
}

// cancel ends what is being arranged, unless an appointment is named; where
// nothing is being arranged it is about an appointment.
func (t *turn) cancel() {
	t.heard = true
	draft := true
	for _, c := range t.commands("cancel") {
		draft = draft && c.Draft
	}
	if draft { // «не надо, передумала»: nothing that is booked is meant
		t.drop()
		return
	}
	if t.st.Goal == GoalCancel {
		return // said with the yes or no to it
	}
	arranging := t.st.Goal == GoalBook || t.st.Goal == GoalWait || t.st.Goal == GoalMove || t.st.Goal == GoalOffer
	if arranging && !t.names() {
		t.drop()
		return
	}
	if len(t.open()) == 0 {
		t.out.say("cancel.none", nil)
		return
	}
	t.change(GoalCancel)
}

func (t *turn) move() {
	t.heard = true
	if t.st.Goal == GoalMove {
		return
	}
	if len(t.open()) == 0 {
		if t.st.Goal == GoalBook { // the visitor means the time being arranged
			t.moved = true
			t.clearTime()
			return
		}
		t.out.say("move.none", nil)
		return
	}
	t.change(GoalMove)
}

// drop ends the goal in the words that fit it.
func (t *turn) drop() {
	switch t.st.Goal {
	case GoalOffer:
		t.passOffer()
		return
	case GoalCome:
		t.comeNot()
		return
	}
	said := map[Goal]string{
		GoalBook: "dropped", GoalMove: "move.kept", GoalCancel: "cancel.kept", GoalWait: "wait.dropped", GoalErase: "erase.kept",
	}
	id, ok := said[t.st.Goal]
	if !ok {
		id = "dropped.none"
	}
	t.out.say(id, nil)
	t.release()
	t.st.reset()
	t.out.done, t.out.expects = true, ExpectMore
}

func (t *turn) release() {
	if t.st.Request.Slot != nil {
		t.out.effect(effectRelease, "")
		t.st.Request.Slot, t.st.Request.Rest = nil, nil
	}
}

// clearTime forgets the chosen time, so that another is asked for.
func (t *turn) clearTime() {
	t.release()
	t.st.Request.When, t.st.Request.Nearest, t.st.Request.Page, t.st.Request.Unsure = nil, false, 0, false
	t.st.Full = false
}
