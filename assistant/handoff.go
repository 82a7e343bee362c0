package assistant

import (
	"slices"

	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
)

// handoff passes the conversation to a person. The reply says why, in the text
// called lead where that is not plain, and when to expect an answer.
func (t *turn) handoff(reason, lead string) {
	if lead != "" {
		t.out.say(lead, nil)
	}
	switch {
	case !t.f.until.IsZero():
		t.out.say("human.closed", prompts.Args{"until": untilText(t.st.Lang, t.f.until, t.f.now), "phone": t.phone()})
	case reason != "emergency":
		t.out.say("human.open", prompts.Args{"phone": t.phone()})
	}
	t.introduce()
	t.out.effect(effectHandoff, reason)
	t.out.effect(effectRelease, "")
	t.st.reset()
	t.out.done, t.out.expects = true, ExpectOperator
}

// introduce takes over who the visitor is from a message that goes to a person:
// «перезвоните мне, Инна, 8 917 …».
func (t *turn) introduce() {
	for _, c := range t.commands("set", "correct") {
		if kind, personal := personEffects[c.Field]; personal && c.Value != "" && asksFor(t.f.clinic, c.Field) {
			t.out.effect(kind, c.Value)
		}
	}
}

func (t *turn) danger() {
	switch t.in.Alarm {
	case nlu.AlarmEmergency:
		t.handoff("emergency", "emergency")
	case nlu.AlarmSymptoms:
		lead := "symptoms"
		if t.f.clinic.Profile == clinic.ProfileSalon {
			lead = "symptoms.salon"
		}
		t.handoff("symptoms", lead)
	}
}

// documents tells what of the message is not kept, and why: numbers of documents
// and cards, health where the house is not of medicine, and what a booking here
// does not ask for. A card with no wish to book is about money, which is a
// person's business.
func (t *turn) documents() {
	kinds := make(map[string]bool)
	for _, s := range t.in.Personal {
		kinds[s.Kind] = true
	}
	if kinds[nlu.KindCard] {
		t.heard = true
		t.out.say("data.card", nil)
		if !t.has("book") && t.st.Goal == GoalNone {
			t.handoff("asked", "")
		}
		return
	}
	if kinds[nlu.KindPassport] || kinds[nlu.KindSNILS] || kinds[nlu.KindINN] || kinds[nlu.KindOMS] {
		t.out.say("data.document", nil) // and go on: it answers nothing
	}
	for _, kind := range []string{nlu.KindPhone, nlu.KindEmail, nlu.KindBirthDate} {
		if kinds[kind] && !asksFor(t.f.clinic, nlu.Field(kind)) {
			t.heard, t.moved = true, true
			t.out.say("data."+kind, nil)
		}
	}
	if t.in.Health && t.f.clinic.Profile == clinic.ProfileSalon {
		t.heard, t.moved = true, true
		t.out.say("data.health", prompts.Args{"phone": t.phone()})
	}
}

// asksFor reports whether a booking in the house needs a field of the person. What
// it does not need is not kept, and the consent does not name it.
func asksFor(c *clinic.Clinic, field nlu.Field) bool { return c.Booking.Needs(string(field)) }

func (t *turn) people() {
	calls := t.commands("human")
	switch {
	case len(calls) == 0:
	case calls[0].Value == nlu.ValueComplaint:
		t.handoff("complaint", "complaint")
	case t.st.Goal == GoalNone && t.gives(nlu.FieldPhone):
		// «Перезвоните мне, 8 917…»: the phone is read first, see callBack
	default:
		t.handoff("asked", "")
	}
}

// amends puts right what is kept of the visitor, and says what stands there now.
func (t *turn) amends() bool {
	if t.st.Contact == "" || t.st.Consent == "" || len(t.commands("human")) > 0 {
		return false
	}
	kept := ownValues(t.f.known)
	var fields []string
	for _, e := range t.out.effects {
		field := amendedBy[e.kind]
		if was := kept[field]; field == "" || was == "" || was == e.value {
			continue
		}
		t.out.say("corrected."+field, prompts.Args{"value": privacy.Own(field)})
		fields = append(fields, field)
	}
	for _, field := range fields {
		t.out.effect(effectAmended, field)
	}
	if len(fields) > 0 {
		t.moved, t.out.expects = true, ExpectMore
		t.out.buttons = []Button{{"do/human", prompts.Say(t.st.Lang, "button.human", nil)}}
	}
	return len(fields) > 0
}

// amendedBy is which of what is kept an effect puts right.
var amendedBy = map[effectKind]string{effectName: "name", effectPhone: "phone", effectEmail: "email"}

// gives reports whether the message sets a field.
func (t *turn) gives(field nlu.Field) bool {
	return slices.ContainsFunc(t.commands("set", "correct"), func(c nlu.Command) bool { return c.Field == field })
}

// callBack takes a phone that comes with no wish as the wish to be called, and where
// another is kept already as the wish to have that put right.
func (t *turn) callBack() {
	if t.st.Goal != GoalNone || t.changed || len(t.out.parts) > 0 || t.amends() {
		return
	}
	for _, e := range t.out.effects {
		if e.kind == effectPhone && !t.has("greet", "thanks", "show") {
			t.handoff("asked", "")
			return
		}
	}
}
