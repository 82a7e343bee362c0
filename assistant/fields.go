package assistant

import (
	"slices"
	"strings"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu"
	"okoshko/assistant/nlu/when"
	"okoshko/prompts"
)

// fields takes over the values that the message sets.
func (t *turn) fields() {
	set := t.commands("set", "correct")
	if len(set) == 0 || t.st.Goal == GoalErase {
		return
	}
	if (t.st.Goal == GoalCancel || t.st.Goal == GoalMove) && t.st.Target == "" {
		set = t.aimAt(set)
	}
	var times []nlu.Command
	for _, c := range oneService(set) {
		if c.Value == "" && c.Not != "" {
			t.heard = true
			t.turnDown(c)
			continue
		}
		switch c.Field {
		case nlu.FieldService:
			t.setService(c)
		case nlu.FieldSpecialist:
			t.setSpecialist(c)
		case nlu.FieldBranch:
			t.setBranch(c)
		case nlu.FieldTime:
			times = append(times, c)
		case nlu.FieldName, nlu.FieldPhone, nlu.FieldEmail:
			t.setPerson(c)
		}
	}
	if len(times) > 0 {
		t.setTime(times)
	}
	if t.st.Goal == GoalNone && t.changed && t.wished(times) {
		t.st.Goal = GoalBook
	}
}

// wished reports whether fields alone, with no verb, are a wish to book: not
// beside a question or thanks, unless they say what and when.
func (t *turn) wished(times []nlu.Command) bool {
	if !t.has("price", "ask", "show", "know", "thanks") {
		return true
	}
	return t.st.Request.Service != "" && len(times) > 0
}

// oneService makes several services of one message one question: each fits, and
// only one can be booked at a time.
func oneService(set []nlu.Command) []nlu.Command {
	first := -1
	var rest []nlu.Command
	for _, c := range set {
		if c.Do != nlu.Set || c.Field != nlu.FieldService || first < 0 {
			if c.Do == nlu.Set && c.Field == nlu.FieldService {
				first = len(rest)
			}
			rest = append(rest, c)
			continue
		}
		rest[first].Others = append(append(slices.Clone(rest[first].Others), c.Value), c.Others...)
	}
	return rest
}

// aimAt uses the fields that tell one of the visitor's own appointments from
// the others, and returns those that are left. In a move a time is the new one.
func (t *turn) aimAt(set []nlu.Command) (rest []nlu.Command) {
	left := t.open()
	narrow := func(keep func(booking.Appointment) bool) bool {
		var some []booking.Appointment
		for _, a := range left {
			if keep(a) {
				some = append(some, a)
			}
		}
		if len(some) > 0 {
			left = some
		}
		return len(some) > 0
	}
	for _, c := range set {
		ids := append([]string{c.Value}, c.Others...)
		used := false
		switch {
		case c.Field == nlu.FieldService:
			used = narrow(func(a booking.Appointment) bool { return slices.Contains(ids, a.Slot.Service) })
		case c.Field == nlu.FieldSpecialist:
			used = narrow(func(a booking.Appointment) bool { return slices.Contains(ids, a.Slot.Specialist) })
		case c.Field == nlu.FieldTime && t.st.Goal == GoalCancel:
			used = narrow(func(a booking.Appointment) bool { return fits(a, c.Constraint, t.f.now.Location()) })
		}
		if used {
			t.heard = true
			continue
		}
		rest = append(rest, c)
	}
	if len(left) == 1 {
		t.aimed(left[0])
		t.moved = true
	}
	return rest
}

// setService takes a service. Words that fit several leave it open and narrow
// the question.
func (t *turn) setService(c nlu.Command) {
	t.heard = true
	ids := distinct(append([]string{c.Value}, c.Others...))
	if narrowed := keep(ids, t.st.Request.Services); len(narrowed) > 0 {
		ids = narrowed
	}
	if who := t.specialistAsked(); who != "" {
		if s, ok := t.f.clinic.Specialist(who); ok {
			if narrowed := keep(ids, s.Services); len(narrowed) > 0 {
				ids = narrowed
			}
		}
	}
	r := &t.st.Request
	if len(ids) > 1 {
		if slices.Contains(ids, r.Service) || slices.Equal(ids, r.Services) {
			return // nothing new
		}
		r.Service, r.Services = "", ids
		t.unslot()
		t.changed = true
		return
	}
	t.chooseService(ids[0])
}

func (t *turn) chooseService(id string) {
	r := &t.st.Request
	if r.Service == id {
		return
	}
	if _, ok := t.f.clinic.Service(id); !ok {
		return
	}
	t.unslot()
	r.Service, r.Services = id, nil
	t.changed = true
	t.reconcile()
}

// unslot lets go of the chosen slot and keeps its time as a wish.
func (t *turn) unslot() {
	r := &t.st.Request
	if r.Slot != nil {
		r.When = []when.Constraint{at(r.Slot.Start.In(t.f.now.Location()))}
	}
	t.release()
}

// specialistAsked is the specialist of the request or of this message.
func (t *turn) specialistAsked() string {
	for _, c := range t.commands("set", "correct") {
		if c.Field == nlu.FieldSpecialist && len(c.Others) == 0 && c.Value != Any {
			return c.Value
		}
	}
	if t.st.Request.Specialist == Any {
		return ""
	}
	return t.st.Request.Specialist
}

func (t *turn) setSpecialist(c nlu.Command) {
	t.heard = true
	r := &t.st.Request
	ids := distinct(append([]string{c.Value}, c.Others...))
	if len(ids) > 1 && r.Service != "" {
		var can []string
		for _, s := range t.f.clinic.Performers(r.Service) {
			can = append(can, s.ID)
		}
		if some := keep(ids, can); len(some) > 0 {
			ids = some
		}
	}
	if len(ids) > 1 && slices.Equal(ids, r.Named) {
		return
	}
	if len(ids) > 1 {
		r.Specialist, r.Named = "", ids
		t.unslot()
		t.changed = true
		return
	}
	t.chooseSpecialist(ids[0])
}

func (t *turn) chooseSpecialist(id string) {
	r := &t.st.Request
	r.Named = nil
	if r.Specialist == id {
		return
	}
	s, ok := t.f.clinic.Specialist(id)
	if !ok && id != Any {
		return
	}
	if r.Slot != nil && id != Any && r.Slot.Specialist != id {
		t.unslot()
	}
	r.Specialist = id
	t.changed = true
	if ok {
		r.Branch = s.Branch
		if r.Service == "" && len(r.Services) == 0 && len(s.Services) == 1 && t.st.Goal != GoalMove {
			r.Service = s.Services[0]
		}
	}
	t.reconcile()
}

func (t *turn) setBranch(c nlu.Command) {
	t.heard = true
	t.chooseBranch(c.Value)
}

func (t *turn) chooseBranch(id string) {
	r := &t.st.Request
	if r.Branch == id {
		return
	}
	if _, ok := t.f.clinic.Branch(id); !ok && id != Any {
		return
	}
	if r.Slot != nil && id != Any && r.Slot.Branch != id {
		t.unslot()
	}
	r.Branch = id
	t.changed = true
	if s, ok := t.f.clinic.Specialist(r.Specialist); ok && id != Any && s.Branch != id {
		r.Specialist = ""
		if at, ok := t.f.clinic.Branch(s.Branch); ok {
			t.out.say("specialist.branch", prompts.Args{"who": s.Name.In(t.st.Lang), "branch": at.Name.In(t.st.Lang)})
		}
	}
	t.reconcile()
}

// reconcile drops what does not go with the service, and says so: the service
// is what the visitor came for.
func (t *turn) reconcile() {
	r, lang := &t.st.Request, t.st.Lang
	service, ok := t.f.clinic.Service(r.Service)
	if !ok {
		return
	}
	if s, ok := t.f.clinic.Specialist(r.Specialist); ok && !s.Performs(r.Service) {
		t.out.say("specialist.service", prompts.Args{"service": service.Name.In(lang), "who": t.performers()})
		if r.Branch == s.Branch {
			r.Branch = ""
		}
		r.Specialist = ""
	}
	if b, ok := t.f.clinic.Branch(r.Branch); ok {
		where := t.branches()
		if !slices.Contains(where, b.ID) {
			var names []string
			for _, id := range where {
				if b, ok := t.f.clinic.Branch(id); ok {
					names = append(names, b.Name.In(lang))
				}
			}
			t.out.say("branch.service", prompts.Args{"service": service.Name.In(lang), "branch": strings.Join(names, ", ")})
			r.Branch = ""
		}
	}
}

func (t *turn) performers() string {
	var names []string
	for _, s := range t.f.clinic.Performers(t.st.Request.Service) {
		names = append(names, s.Name.In(t.st.Lang))
	}
	return strings.Join(names, ", ")
}

func (t *turn) branches() []string { return branchesOf(t.f.clinic, t.st.Request.Service) }

// setPerson takes a name, phone or e-mail address. An empty value is one that
// cannot be right.
func (t *turn) setPerson(c nlu.Command) {
	if c.Value == "" {
		t.out.missed = true // cannot be right: asked again with an example
		t.heard = true
		return
	}
	if c.Field == nlu.FieldName && t.misplaced() {
		return
	}
	t.heard = true
	kind := map[nlu.Field]effectKind{nlu.FieldName: effectName, nlu.FieldPhone: effectPhone, nlu.FieldEmail: effectEmail}[c.Field]
	t.out.effect(kind, c.Value)
	if t.st.Asked == ExpectConfirm {
		t.changed = true
	}
}

// misplaced reports whether a name is more likely a misread phone or address:
// that was asked, the message has none, and the name is known.
func (t *turn) misplaced() bool {
	if t.f.known.Name == "" || t.st.Asked != ExpectPhone && t.st.Asked != ExpectEmail {
		return false
	}
	for _, c := range t.commands("set", "correct") {
		if (c.Field == nlu.FieldPhone || c.Field == nlu.FieldEmail) && c.Value != "" {
			return false
		}
	}
	return true
}

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
			t.press(c.Value)
			return
		}
	}
	if t.st.Asked == ExpectWhich && t.asked() {
		for _, c := range t.commands("choose", "show", "cancel", "move") {
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
	if plain && !t.changed && t.asked() {
		t.deny()
		return
	}
	if t.has("affirm") {
		t.heard = true
		if !t.changed && t.asked() {
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
		t.unslot()
		r.Service, r.Services = "", nil
	case nlu.FieldTime:
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
		t.out.say("thanks", nil)
		t.out.done, t.out.expects = true, ExpectMore
	}
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

// distinct drops repetitions and keeps the order.
func distinct(ids []string) (once []string) {
	for _, id := range ids {
		if !slices.Contains(once, id) {
			once = append(once, id)
		}
	}
	return once
}

func keep(ids, among []string) (kept []string) {
	for _, id := range ids {
		if slices.Contains(among, id) {
			kept = append(kept, id)
		}
	}
	return kept
}
