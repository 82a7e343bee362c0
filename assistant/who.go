package assistant

import (
	"strings"

	"okoshko/assistant/nlu"
	"okoshko/prompts"
)

// personEffects are the fields of a person and what setting them does.
var personEffects = map[nlu.Field]effectKind{nlu.FieldName: effectName, nlu.FieldPhone: effectPhone, nlu.FieldEmail: effectEmail}

// setPerson takes a name, phone or e-mail address. An empty value is one that
// cannot be right.
func (t *turn) setPerson(c nlu.Command) {
	if c.Value == "" {
		t.out.missed = true // cannot be right: asked again with an example
		t.heard = true
		return
	}
	if c.Field == nlu.FieldName && t.misplaced(c) {
		return
	}
	t.heard = true
	if !asksFor(t.f.clinic, c.Field) {
		t.moved = true // told why in documents
		return
	}
	t.out.effect(personEffects[c.Field], c.Value)
	if t.st.Asked == ExpectConfirm {
		t.changed = true
	}
}

// misplaced reports whether a name is more likely a misread phone or address:
// that was asked, the message is this alone, and the name is known.
func (t *turn) misplaced(c nlu.Command) bool {
	introduced := c.Do == nlu.Correct || t.in.Words > len(strings.Fields(c.Quote)) // «имя запишите Зухра»
	if introduced || t.f.known.Name == "" || t.st.Asked != ExpectPhone && t.st.Asked != ExpectEmail {
		return false
	}
	for _, c := range t.commands("set", "correct") {
		if (c.Field == nlu.FieldPhone || c.Field == nlu.FieldEmail) && c.Value != "" {
			return false
		}
	}
	return true
}

// mostRefusals is how often a name or phone may be refused or wrong before the
// assistant stops asking.
const mostRefusals = 2

// giveUpPerson ends a booking that lacks a name, phone or address, and offers a
// person.
func (t *turn) giveUpPerson(e Expect) {
	t.out.say("person.refused."+string(e), prompts.Args{"phone": t.phone()})
	t.release()
	t.st.reset()
	t.out.done, t.out.expects = true, ExpectMore
	t.out.buttons = []Button{{"do/human", prompts.Say(t.st.Lang, "button.human", nil)}}
}

func (t *turn) refuse() {
	t.out.say("consent.refused", prompts.Args{"phone": t.phone()})
	t.out.effect(effectRefuse, "")
	t.release()
	t.st.reset()
	t.out.done, t.out.expects = true, ExpectMore
}
