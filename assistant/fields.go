package assistant

import (
	"slices"
	"strings"

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
	if t.st.Whole {
		set = t.named(set)
	}
	if (t.st.Goal == GoalCancel || t.st.Goal == GoalMove) && t.st.Target == "" {
		set = t.aimAt(set)
	}
	var times []nlu.Command
	for _, c := range oneService(t.joint(set)) {
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
			if !t.unreal(c) {
				times = append(times, c)
			}
		case nlu.FieldName, nlu.FieldPhone, nlu.FieldEmail:
			t.setPerson(c)
		}
	}
	if t.times = times; len(times) > 0 {
		t.setTime(times)
	}
	t.elsewise()
	t.instead()
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
	if len(r.Unclear) > 0 {
		if narrowed := keep(ids, r.Unclear[0]); len(narrowed) > 0 {
			ids = narrowed
		}
	}
	if len(ids) > 1 {
		if slices.Contains(ids, r.Service) || slices.Equal(ids, r.Services) {
			return // nothing new
		}
		t.alone()
		r.Service, r.Services = "", ids
		t.unslot()
		t.changed = true
		return
	}
	t.chooseService(ids[0])
}

func (t *turn) chooseService(id string) {
	r := &t.st.Request
	if r.Service == id || t.nextPart(id) {
		return
	}
	if _, ok := t.f.clinic.Service(id); !ok {
		return
	}
	t.unslot()
	t.alone()
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
		r.Branch, r.Branches = s.Branch, nil
		if r.Service == "" && len(r.Services) == 0 && len(s.Services) == 1 && t.st.Goal != GoalMove {
			r.Service = s.Services[0]
		}
	}
	t.reconcile()
}

func (t *turn) setBranch(c nlu.Command) {
	t.heard = true
	r := &t.st.Request
	ids := distinct(append([]string{c.Value}, c.Others...))
	if some := keep(ids, t.branches()); r.Service != "" && len(some) > 0 {
		ids = some
	}
	if len(ids) == 1 {
		t.chooseBranch(ids[0])
		return
	}
	if slices.Contains(ids, r.Branch) || slices.Equal(ids, r.Branches) {
		return // nothing new
	}
	r.Branch, r.Branches = "", ids
	t.unslot()
	t.changed = true
}

func (t *turn) chooseBranch(id string) {
	r := &t.st.Request
	r.Branches = nil
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
	if s, ok := t.f.clinic.Specialist(r.Specialist); ok && !slices.ContainsFunc(r.together(), s.Performs) {
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

func (t *turn) branches() []string { return branchesOf(t.f.clinic, t.st.Request.together()...) }

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
