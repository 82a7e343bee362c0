package assistant

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// shownOf is what a visitor sees of a reply: the text and what is offered.
func shownOf(r Turn) string {
	var b strings.Builder
	b.WriteString(r.Text)
	for _, s := range r.Slots {
		b.WriteString("\n" + s.ID)
	}
	return b.String()
}

// TestNeverThriceTheSame: whatever is written at whatever stage, in any order and
// however often, no reply is seen more than twice in a row before a person is called.
func TestNeverThriceTheSame(t *testing.T) {
	h := newTestHouseOf(t, threeHouse)
	h.start()
	stages := []Expect{ExpectMore, ExpectService, ExpectBranch, ExpectTime, ExpectConsent, ExpectName, ExpectPhone, ExpectConfirm}
	rapid.Check(t, func(rt *rapid.T) {
		k := talks[rapid.IntRange(0, len(talks)-1).Draw(rt, "lang")]
		lines := append(slices.Clone(anyLines), k.service, k.day, k.clock, k.branch, k.name, k.phone, k.question, k.newService, k.newDay, k.newClock, k.newBranch, k.newName, k.newPhone, k.gibberish)
		stage := rapid.SampledFrom(stages).Draw(rt, "stage")
		said := rapid.SliceOfN(rapid.SampledFrom(lines), 1, 4).Draw(rt, "said")
		v := h.visitor(k.lang)
		for n := 0; stage != ExpectMore && v.last.Expects != stage && n < 12; n++ {
			switch {
			case n == 0:
				v.say(strings.TrimRight(k.lead, ", "))
			case len(v.last.Slots) > 0: // the time of the talk may be booked by an earlier one
				v.send(Incoming{Button: v.last.Slots[0].ID})
			default:
				v.say(k.saying(v.last.Expects))
			}
		}
		var talked []string
		last, times := shownOf(v.last), 1
		for n := range 16 {
			text := said[n/4%len(said)] // four times in a row
			if n%5 == 4 {
				text = said[n%len(said)]
			}
			before := v.last.Seq
			v.say(text)
			talked = append(talked, fmt.Sprintf("%s → %s", text, describe(v.last)))
			if v.last.Expects == ExpectOperator || v.last.Seq == before || slices.ContainsFunc(v.last.Buttons, func(b Button) bool { return b.ID == "do/resume" }) {
				break // a person has it
			}
			if times++; shownOf(v.last) != last {
				last, times = shownOf(v.last), 1
			}
			if times > 2 {
				rt.Fatalf("said a third time at %s:\n%s", stage, strings.Join(talked, "\n"))
			}
		}
		v.say(map[string]string{"ru": "стоп, давайте сначала", "en": "start over", "tt": "яңадан башлыйк"}[k.lang])
	})
}

// anyLines are what visitors write that leads nowhere, or somewhere else.
var anyLines = []string{
	"2-е", "32-е", "2nd", "2 нче", "да", "нет", "yes", "no", "әйе", "юк", "ок", "+", "?", "...", "спасибо", "thanks", "рәхмәт", "привет",
	"повторите", "say that again", "в воскресенье", "on Sunday", "вчера", "yesterday", "кичә", "31 декабря", "сколько стоит?", "how much is it?",
	"мои записи", "отмените запись", "перенесите запись", "удалите мои данные", "что вы обо мне знаете?", "другие дни", "any other days?",
	"всё равно", "не знаю", "кто-нибудь", "попозже", "пораньше", "тырпыр", "😀", "а у вас есть бассейн?", "запишите меня", "передумал", "адрес?",
}

// TestSameOfferCallsAPerson: an answer that sets nothing new brings the same offer
// once more, then a person, in every language.
func TestSameOfferCallsAPerson(t *testing.T) {
	for _, c := range []struct{ lang, wish, again, person string }{
		{"ru", "на массаж шеи на Северной в среду", "на среду", "Передаю разговор"},
		{"en", "neck massage, North Street, Wednesday", "on Wednesday", "passing you to reception"},
		{"tt", "муен массажына, Төньяк урамында, чәршәмбегә", "чәршәмбегә", "администраторга"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			h := newTestHouseOf(t, threeHouse)
			h.start()
			v := h.visitor(c.lang)
			wantExpects(t, v.say(c.wish), ExpectTime)
			wantExpects(t, v.say(c.again), ExpectTime)
			wantExpects(t, v.say(c.again), ExpectOperator)
			wantText(t, v.last, c.person)
		})
	}
}
