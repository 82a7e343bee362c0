package assistant

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/assistant/nlu/when"
	"okoshko/prompts"
)

// Interpretation is all that was read out of one turn, by rules and model.
type Interpretation struct {
	nlu.Reading
	Button   string // pressed, instead of words
	Question bool   // the words ask something
	Seq      uint64 // of the visitor's turn
	Words    int    // how many there are
}

// facts are what the policy may know beside the state. It reads no store.
type facts struct {
	clinic *clinic.Clinic
	now    time.Time // in the clinic's zone
	own    []booking.Appointment
	known  person
	// until is when reception is back; zero while somebody is in.
	until time.Time
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
	effectWithdraw                   // take the consent back
	effectName                       // value: a name
	effectPhone
	effectEmail
	effectHandoff // value: the reason
	effectKnow    // show what is known
	effectShow    // show own appointments
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
	// moved is true once the turn brought the talk further in another way.
	moved bool
	// goal is the one before this turn: a yes in it belongs to that one.
	goal Goal
}

func apply(st *State, in Interpretation, f facts) outcome {
	t := &turn{st: st, in: in, f: f, goal: st.Goal}
	t.speak()
	if in.TooLong {
		t.out.say("too.long", nil)
	}
	if in.Button != "" {
		t.press(in.Button)
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
	t.out.effect(effectHandoff, reason)
	t.out.effect(effectRelease, "")
	t.st.reset()
	t.out.done, t.out.expects = true, ExpectOperator
}

func (t *turn) danger() {
	switch t.in.Alarm {
	case nlu.AlarmEmergency:
		t.handoff("emergency", "emergency")
	case nlu.AlarmSymptoms:
		t.handoff("symptoms", "symptoms")
	}
}

// documents tells that numbers of documents and cards are not kept. A card with
// no wish to book is about money, which is a person's business.
func (t *turn) documents() {
	kinds := make(map[string]bool)
	for _, s := range t.in.Personal {
		kinds[s.Kind] = true
	}
	if kinds["card"] {
		t.heard = true
		t.out.say("data.card", nil)
		if !t.has("book") && t.st.Goal == GoalNone {
			t.handoff("asked", "")
		}
		return
	}
	if kinds["passport"] || kinds["snils"] || kinds["inn"] || kinds["oms"] {
		t.out.say("data.document", nil) // and go on: it answers nothing
	}
}

func (t *turn) people() {
	calls := t.commands("human")
	switch {
	case len(calls) == 0:
	case calls[0].Value == nlu.ValueComplaint:
		t.handoff("complaint", "complaint")
	default:
		t.handoff("asked", "")
	}
}

// callBack takes a phone that comes with no wish as the wish to be called.
func (t *turn) callBack() {
	if t.st.Goal != GoalNone || t.changed || len(t.out.parts) > 0 {
		return
	}
	for _, e := range t.out.effects {
		if e.kind == effectPhone && !t.has("greet", "thanks", "show") {
			t.handoff("asked", "")
			return
		}
	}
}

// data is about the visitor's own data: what is known, erase it, take the
// consent back.
func (t *turn) data() {
	switch {
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

// toErase asks whether to erase everything, unless that is asked already.
func (t *turn) toErase() {
	if t.st.Goal == GoalErase {
		return
	}
	t.release()
	t.st.reset()
	t.st.Goal = GoalErase
}

// questions are answered at once; what was asked before goes on.
func (t *turn) questions() {
	if t.has("price") {
		t.heard = true
		t.price()
	}
	for _, c := range t.commands("ask") {
		t.heard = true
		t.answer(c)
	}
	for _, c := range t.commands("show") {
		t.heard = true
		if c.Value == nlu.ValueOther {
			t.out.say("show.other", prompts.Args{"phone": t.phone()})
			continue
		}
		t.out.effect(effectShow, "")
	}
	if t.has("repeat") {
		t.heard = true // what was asked is asked again
	}
}

// price tells the price of the services named in the message, else of the
// service in the request, else of all.
func (t *turn) price() {
	var ids []string
	for _, c := range t.commands("set", "correct") {
		if c.Field == nlu.FieldService {
			ids = append(append(ids, c.Value), c.Others...)
		}
	}
	if len(ids) == 0 && t.st.Request.Service != "" {
		ids = []string{t.st.Request.Service}
	}
	if len(ids) == 0 {
		for _, s := range t.f.clinic.Services {
			ids = append(ids, s.ID)
		}
	}
	var lines []string
	for _, id := range ids {
		s, ok := t.f.clinic.Service(id)
		if !ok {
			continue
		}
		if !s.Price.Known {
			t.out.say("price.none", prompts.Args{"service": s.Name.In(t.st.Lang), "phone": t.phone()})
			continue
		}
		lines = append(lines, prompts.Say(t.st.Lang, "price.one", prompts.Args{
			"service": s.Name.In(t.st.Lang), "price": prompts.Money(t.st.Lang, s.Price.Amount, s.Price.From),
		}))
	}
	switch {
	case len(lines) == 1:
		t.out.say(lines[0], nil)
	case len(lines) > 1:
		t.out.say("price.list", prompts.Args{"list": strings.Join(lines, "\n")})
	}
}

// answer gives the clinic's own answer to a question of its list.
func (t *turn) answer(c nlu.Command) {
	i, err := strconv.Atoi(c.Value)
	if err != nil || i < 0 || i >= len(t.f.clinic.FAQ) {
		t.out.say("ask.unknown", prompts.Args{"phone": t.phone()})
		return
	}
	t.out.say(t.f.clinic.FAQ[i].Answer.In(t.st.Lang), nil)
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
	case t.has("wait"):
		t.aim(GoalWait)
	case t.has("cancel"):
		t.cancel()
	case t.has("move"):
		t.move()
	case t.has("book"):
		t.heard = true
		if t.st.Goal != GoalWait && t.st.Asked != ExpectWhich {
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
	if t.st.Goal == GoalCancel || t.st.Goal == GoalMove || t.st.Goal == GoalErase {
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
	arranging := t.st.Goal == GoalBook || t.st.Goal == GoalWait || t.st.Goal == GoalMove
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

// names reports whether the message names one of the visitor's appointments: by
// number, or by what tells it from others.
func (t *turn) names() bool {
	for _, c := range t.commands("cancel", "move") {
		if c.Value != "" {
			return true
		}
	}
	for _, c := range t.commands("set", "correct") {
		if c.Field == nlu.FieldService || c.Field == nlu.FieldSpecialist || c.Field == nlu.FieldTime {
			return len(t.open()) > 0
		}
	}
	return false
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

// change begins to move or cancel an appointment: the one that is named, or the
// only one.
func (t *turn) change(g Goal) {
	t.release()
	t.st.reset()
	t.st.Goal = g
	for _, c := range t.commands("cancel", "move") {
		for _, a := range t.open() {
			if a.Number == c.Value {
				t.aimed(a)
			}
		}
	}
	if len(t.open()) == 1 {
		t.aimed(t.open()[0])
	}
}

// aimed fixes the appointment that is to be changed. A move keeps its service.
func (t *turn) aimed(a booking.Appointment) {
	t.st.Target = a.Number
	if t.st.Goal == GoalMove {
		t.st.Request.Service = a.Slot.Service
	}
}

// open lists the visitor's own appointments that can still be changed.
func (t *turn) open() []booking.Appointment { return t.f.own }

// drop ends the goal in the words that fit it.
func (t *turn) drop() {
	said := map[Goal]string{
		GoalBook: "dropped", GoalMove: "move.kept", GoalCancel: "cancel.kept", GoalWait: "wait.dropped", GoalErase: "erase.kept",
	}
	id, ok := said[t.st.Goal]
	if !ok {
		id = "thanks"
	}
	t.out.say(id, nil)
	t.release()
	t.st.reset()
	t.out.done, t.out.expects = true, ExpectMore
}

func (t *turn) release() {
	if t.st.Request.Slot != nil {
		t.out.effect(effectRelease, "")
		t.st.Request.Slot = nil
	}
}

// clearTime forgets the chosen time, so that another is asked for.
func (t *turn) clearTime() {
	t.release()
	t.st.Request.When, t.st.Request.Nearest, t.st.Request.Page = nil, false, 0
	t.st.Full = false
}

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
		if t.st.Goal == GoalNone && len(t.out.parts) == 0 && len(t.out.effects) == 0 {
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

// fits reports whether an appointment is one that the constraint speaks of.
func fits(a booking.Appointment, c when.Constraint, zone *time.Location) bool {
	start := a.Slot.Start.In(zone)
	if c.Dates != nil {
		day := dateOf(start)
		if day.Before(c.Dates[0]) || c.Dates[1].Before(day) {
			return false
		}
	}
	if c.Time == nil {
		return c.Dates != nil
	}
	from, to := clockRange(c.Time)
	minute := start.Hour()*60 + start.Minute()
	if c.Time.Kind == "at" {
		return minute == from
	}
	return from <= minute && minute < to
}
