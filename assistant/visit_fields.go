package assistant

import (
	"slices"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
)

// mostTogether is how many services one visit may have here; the calendar takes
// no more either.
const mostTogether = 5

// together lists the services that are wanted in one visit, as the visitor named
// them; one, where it is no visit of several.
func (r *Request) together() []string {
	if r.Service == "" {
		return slices.Clone(r.Also)
	}
	return append([]string{r.Service}, r.Also...)
}

// several reports whether the request is a visit of more than one service.
func (r *Request) several() bool { return r.Service != "" && len(r.Also) > 0 }

// chosen is the visit that is chosen and held; of one slot where it is no visit of
// several.
func (r *Request) chosen() booking.Visit {
	if r.Slot == nil {
		return booking.Visit{}
	}
	return booking.Visit{Slots: append([]booking.Slot{*r.Slot}, r.Rest...)}
}

// want sets the services of one visit.
func (r *Request) want(ids []string) {
	r.Service, r.Services, r.Also = "", nil, nil
	if len(ids) > 0 {
		r.Service, r.Also = ids[0], slices.Clone(ids[1:])
	}
}

// joint takes the services of a message that are wanted together, or along with
// what was wanted before, and returns the commands that are left. Each part of
// the visit is what words fit; those that fit several are asked one by one.
func (t *turn) joint(set []nlu.Command) (rest []nlu.Command) {
	var parts [][]string
	adds, only := false, false
	for i, c := range set {
		if c.Field != nlu.FieldService || c.Value == "" || c.Not != "" {
			rest = append(rest, c)
			continue
		}
		only = only || c.Link == nlu.LinkOnly
		if c.Link != nlu.LinkAnd && len(parts) > 0 {
			return set // one or the other: asked as ever
		}
		adds = adds || c.Link == nlu.LinkAnd && len(parts) == 0
		parts = append(parts, t.fitting(set[i]))
	}
	r := &t.st.Request
	adds = adds && t.st.Goal == GoalBook && r.Service != ""
	shrinks := only && len(parts) == 1 && len(r.Also) > 0
	switch {
	case t.st.Goal != GoalBook && t.st.Goal != GoalNone && t.st.Goal != GoalOffer && t.st.Goal != GoalCome:
		return set
	case shrinks:
		t.shrink(parts[0])
		return rest
	case len(parts) == 1 && t.partOf(parts[0]):
		t.heard = true
		return rest // said again what is wanted already
	case len(parts) < 2 && !adds:
		return set
	}
	t.heard = true
	t.assemble(parts, adds)
	return rest
}

// fitting is the services that the words fit, of the specialist's where one is
// named.
func (t *turn) fitting(c nlu.Command) []string {
	ids := distinct(append([]string{c.Value}, c.Others...))
	if who, ok := t.f.clinic.Specialist(t.specialistAsked()); ok {
		if narrowed := keep(ids, who.Services); len(narrowed) > 0 {
			return narrowed
		}
	}
	return ids
}

// partOf reports whether the words name a service of the visit that is being
// arranged.
func (t *turn) partOf(ids []string) bool {
	return t.st.Request.several() && len(keep(ids, t.st.Request.together())) > 0
}

// assemble makes a visit of the parts, beside what was wanted before where they
// are added to it.
func (t *turn) assemble(parts [][]string, adds bool) {
	r := &t.st.Request
	var ids []string
	if adds {
		ids = r.together()
	}
	var unclear [][]string
	for _, p := range parts {
		switch {
		case len(keep(p, ids)) > 0:
		case len(p) > 1:
			unclear = append(unclear, p)
		case len(ids)+len(unclear) < mostTogether:
			ids = append(ids, p[0])
		}
	}
	if slices.Equal(ids, r.together()) && len(unclear) == 0 {
		return
	}
	t.unslot()
	r.want(ids)
	r.Unclear, r.Adding, t.st.Editing = unclear, false, false
	if r.Service == "" && len(unclear) > 0 { // the first is asked as the service
		r.Services, r.Unclear = unclear[0], unclear[1:]
	}
	t.changed = true
	t.reconcile()
}

// shrink leaves one service of the visit: «только стрижку».
func (t *turn) shrink(ids []string) {
	t.heard = true
	if left := keep(t.st.Request.together(), ids); len(left) > 0 {
		t.unslot()
		t.st.Request.want(left[:1])
		t.changed, t.st.Editing = true, false
	}
}

// without takes a service out of the visit; false where it is no visit of several
// with it.
func (t *turn) without(id string) bool {
	r := &t.st.Request
	all := r.together()
	if !slices.Contains(all, id) || len(all) < 2 {
		return false
	}
	t.unslot()
	r.want(slices.DeleteFunc(all, func(s string) bool { return s == id }))
	t.changed, t.st.Editing = true, false
	return true
}

// nextPart takes the answer to which service is meant by the next unclear part, or
// which is to be added; false where none was asked.
func (t *turn) nextPart(id string) bool {
	r := &t.st.Request
	if r.Service == "" || len(r.Unclear) == 0 && !r.Adding {
		return false
	}
	if r.Adding {
		r.Adding = false
	} else if slices.Contains(r.Unclear[0], id) {
		r.Unclear = r.Unclear[1:]
	} else {
		return false
	}
	if !slices.Contains(r.together(), id) && len(r.together()) < mostTogether {
		t.unslot()
		r.Also = append(r.Also, id)
	}
	t.changed = true
	t.reconcile()
	return true
}

// addable lists the services that could still be added to the visit.
func addable(c *clinic.Clinic, r *Request) (ids []string) {
	if len(r.together()) >= mostTogether {
		return nil
	}
	for _, s := range c.Services {
		if !slices.Contains(r.together(), s.ID) && len(branchesOf(c, append(r.together(), s.ID)...)) > 0 {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// alone ends the visit of several services: another service is wanted. Where the
// first part is only being cleared up, the others stay.
func (t *turn) alone() {
	if r := &t.st.Request; r.Service != "" {
		r.Also, r.Unclear, r.Later, r.Adding = nil, nil, nil, false
	}
}
