package assistant

import (
	"slices"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/prompts"
)

// Interpretation is all that was read out of one turn, by rules and model.
type Interpretation struct {
	nlu.Reading
	Button   string // pressed, instead of words
	Purpose  string // agree or decline: these words alone answer the question about a further purpose
	Question bool   // the words ask something
	Seq      uint64 // of the visitor's turn
	Words    int    // how many there are
	// Answers are the clinic's own answers where they were shortened, by index.
	Answers map[string]string
}

// facts are what the policy may know beside the state. It reads no store.
type facts struct {
	clinic *clinic.Clinic
	now    time.Time // in the clinic's zone
	own    []booking.Appointment
	known  person
	// until is when reception is back; zero while somebody is in.
	until time.Time
	// topics follow the clinic's own questions in the numbers of `ask`.
	topics []topic
}

// person is what is known of who the visitor is.
type person struct{ Name, Phone, Email string }

// part is one piece of a reply: a text of package prompts and its values.
type part struct {
	id   string
	args prompts.Args
}

// effectKind is something to be done in the store because of a turn.
type effectKind int

const (
	effectRelease  effectKind = iota // let go of the held slot
	effectConsent                    // value: what was pressed or said
	effectRefuse                     // forget what was held back for a consent
	effectWithdraw                   // take the consent back; value: that to one purpose
	effectName                       // value: a name
	effectPhone
	effectEmail
	effectHandoff // value: the reason
	effectKnow    // show what is known
	effectShow    // show own appointments
	effectPass    // value: the button of an offer
	effectGone    // value: the number of an appointment that is no longer open
	effectReason  // value: the button of a reason
	effectCome    // value: the button of a reminder
	effectAmended // value: the field of what is kept that the visitor had put right
	effectPurpose // value: the button of a further purpose
	effectLeave   // value: the wish to take off the waiting list, "" for all
)

type effect struct {
	kind  effectKind
	value string
}

// outcome is what a turn leads to, before the calendar is asked.
type outcome struct {
	parts   []part
	effects []effect
	// done is true where the reply is complete: nothing more is asked than
	// what `expects` says.
	done    bool
	do      bool // the visitor agreed to the summary: do what the goal says
	missed  bool // nothing in the turn had a meaning here
	denied  bool // the visitor said no to what was asked
	expects Expect
	buttons []Button
}

func (o *outcome) say(id string, args prompts.Args) { o.parts = append(o.parts, part{id, args}) }

func (o *outcome) effect(k effectKind, value string) {
	o.effects = append(o.effects, effect{k, value})
}

// turn applies one interpretation to the state. It decides by the commands
// alone: what goes to a person first, then questions, then goals, then fields,
// then yes and no. It does no I/O.
type turn struct {
	st  *State
	in  Interpretation
	f   facts
	out outcome
	// heard is true once something in the message had a meaning here.
	heard bool
	// changed is true once a field got another value.
	changed bool
	// times are the wanted times that were read out of the message.
	times []nlu.Command
	// moved is true once the turn brought the talk further in another way.
	moved bool
	// goal is the one before this turn: a yes in it belongs to that one.
	goal Goal
}

func apply(st *State, in Interpretation, f facts) outcome {
	t := &turn{st: st, in: in, f: f, goal: st.Goal}
	t.speak()
	if t.purpose() {
		return t.out
	}
	if in.TooLong {
		t.out.say("too.long", nil)
	}
	if in.Button != "" {
		t.pressed(in.Button)
		return t.out
	}
	for _, stage := range []func(){t.danger, t.documents, t.people, t.data, t.questions, t.goals, t.fields, t.callBack, t.answers, t.courtesies} {
		stage()
		if t.out.done {
			return t.out
		}
	}
	if !t.heard || t.idle() {
		t.missed()
	}
	return t.out
}

// speak goes over to the language in which the visitor writes, where the house
// has it.
func (t *turn) speak() {
	if t.in.Lang == "" || t.in.Lang == t.st.Lang || t.in.Covered < spokenCovered || len(t.in.Commands) == 0 {
		return
	}
	if t.in.Words >= spokenWords && slices.Contains(t.f.clinic.Languages, t.in.Lang) {
		t.st.Lang = t.in.Lang
	}
}

// A message tells the visitor's language when it has so many words, and so much
// of it was understood.
const (
	spokenWords   = 4
	spokenCovered = 0.6
)

// idle reports whether a turn was heard and yet brought nothing: what was asked
// is still open and nothing is said.
func (t *turn) idle() bool {
	return t.st.Asked != ExpectNothing && t.st.Asked != ExpectMore && t.st.Goal == t.goal &&
		!t.changed && !t.moved && !t.out.do && !t.out.denied && len(t.out.parts) == 0 && len(t.out.effects) == 0 && !t.has("repeat")
}

// commands yields the commands that do one of these things.
func (t *turn) commands(do ...string) []nlu.Command {
	var found []nlu.Command
	for _, c := range t.in.Commands {
		if slices.Contains(do, c.Do) {
			found = append(found, c)
		}
	}
	return found
}

func (t *turn) has(do ...string) bool { return len(t.commands(do...)) > 0 }

func (t *turn) phone() string { return showPhone(t.f.clinic.Phone) }

// courtesies are greetings and thanks: enough to be polite, not to hold up.
func (t *turn) courtesies() {
	if t.has("greet") {
		alone := !t.heard
		t.heard = true
		if alone && t.st.Goal == GoalNone {
			t.out.say("greet", prompts.Args{"clinic": t.f.clinic.Name.In(t.st.Lang)})
			t.out.done, t.out.expects, t.out.buttons = true, ExpectMore, menu(t.st.Lang, len(t.f.own) > 0)
			return
		}
		t.out.parts = append([]part{{"greet.short", nil}}, t.out.parts...)
	}
	if t.has("thanks") {
		t.heard = true
		if (t.st.Goal == GoalNone || t.st.Goal == GoalCome) && len(t.out.parts) == 0 && len(t.out.effects) == 0 {
			t.st.reset()
			t.out.say("thanks", nil)
			t.out.done, t.out.expects = true, ExpectMore
		}
	}
}

// mostMisses is how many turns in a row may fail before a person is called.
const mostMisses = 3

// missed is a turn that meant nothing here.
func (t *turn) missed() {
	t.out.missed = true
	switch t.st.Asked {
	case ExpectName, ExpectPhone, ExpectEmail:
		return // asked again with an example, then a person is offered
	}
	t.st.Misses++
	if t.st.Misses >= mostMisses {
		t.handoff("stuck", "stuck")
		return
	}
	if t.st.Asked == ExpectNothing || t.st.Asked == ExpectMore {
		if t.in.Question {
			t.out.say("ask.unknown", prompts.Args{"phone": t.phone()})
		} else {
			t.out.say([]string{"miss.1", "miss.2"}[t.st.Misses-1], prompts.Args{"service": t.f.clinic.Services[0].Name.In(t.st.Lang)})
		}
		t.out.done, t.out.expects, t.out.buttons = true, ExpectMore, menu(t.st.Lang, len(t.f.own) > 0)
	}
}
