package assistant

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu/when"
	"okoshko/prompts"
)

// How many visits are offered at once: each is a line of its own.
const (
	offeredVisits       = 5 // of one day
	offeredVisitsPerDay = 2
)

// visitID is the button of a visit: visit/UNIX/SPECIALIST.SERVICE.MINUTES/…, the
// minutes counted from the start of the visit.
func visitID(v booking.Visit) string {
	var b strings.Builder
	fmt.Fprintf(&b, "visit/%d", v.Start().Unix())
	for _, s := range v.Slots {
		fmt.Fprintf(&b, "/%s.%s.%d", s.Specialist, s.Service, int(s.Start.Sub(v.Start())/time.Minute))
	}
	return b.String()
}

// pickedVisit reads a visit's button. What it says is a wish: the calendar decides.
func pickedVisit(c *clinic.Clinic, id string) (v booking.Visit, ok bool) {
	parts := strings.Split(id, "/")
	if len(parts) < 4 || len(parts) > 2+mostTogether || parts[0] != "visit" {
		return v, false
	}
	unix, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || unix <= 0 || unix > farthest {
		return v, false
	}
	for _, part := range parts[2:] {
		one := strings.Split(part, ".")
		if len(one) != 3 {
			return v, false
		}
		minute, err := strconv.Atoi(one[2])
		if err != nil || minute < 0 || minute > 48*60 {
			return v, false
		}
		s, ok := slotOf(c, fmt.Sprintf("slot/%s/%s/%d", one[0], one[1], unix+int64(minute)*60))
		if !ok {
			return v, false
		}
		v.Slots = append(v.Slots, s)
	}
	return v, true
}

func (t *turn) pressVisit(id string) {
	v, ok := pickedVisit(t.f.clinic, id)
	if !ok {
		t.out.say("stale.slot", nil)
		return
	}
	if t.st.Goal == GoalErase || t.st.Goal == GoalCancel || t.st.Goal == GoalMove && !t.st.Whole || v.Start().After(t.f.now.AddDate(2, 0, 0)) {
		return
	}
	r := &t.st.Request
	var ids []string
	for _, s := range v.Slots {
		ids = append(ids, s.Service)
	}
	if t.st.Whole && !sameServices(ids, r.together()) {
		t.out.say("stale.slot", nil)
		return
	}
	if !t.st.Whole {
		t.started(GoalBook)
		t.st.Goal = GoalBook
	}
	t.release()
	r.want(ids)
	r.WantVisit, r.Want, r.When, r.Nearest, r.Page = &v, nil, nil, false, 0
	t.st.Full = false
}

// findVisit looks for a visit of several services. It chooses one where the wish
// leaves no choice, and holds it; else it adds an offer to the reply.
func (d *deed) findVisit() (chosen bool, err error) {
	r := &d.st.Request
	if r.WantVisit != nil {
		want := *r.WantVisit
		r.WantVisit = nil
		if chosen, err = d.holdVisit(want); chosen || d.over || err != nil {
			return chosen, err
		}
		d.say(d.whyNot(want), prompts.Args{"when": d.when(want.Start())})
		return d.offerVisits(d.midnight(dateOf(d.local(want.Start()))))
	}
	if len(r.When) == 0 {
		from := d.now
		if r.After != nil {
			from = d.midnight(*r.After).AddDate(0, 0, 1)
		}
		return d.offerVisits(from)
	}
	found, err := d.matchingVisits(r.When)
	switch {
	case err != nil:
		return false, err
	case len(found) == 0 && d.same(r.When):
		start := d.target().Slot.Start
		d.say("move.same", prompts.Args{"when": d.when(start)})
		return d.offerVisits(start.Add(time.Minute))
	case len(found) == 0:
		d.say("visit.none", prompts.Args{"range": d.rangeOf(r.When[0])})
		from, _ := d.days(r.When[0])
		return d.offerVisits(from)
	case exact(r.When) && len(found) == 1:
		return d.holdVisit(found[0])
	}
	d.say("visit.offer", nil)
	d.putVisits(d.fewVisits(found, offeredVisits))
	return false, nil
}

// whyNot is what is said of a visit that cannot be had.
func (d *deed) whyNot(v booking.Visit) string {
	if v.Start().Before(d.now.Add(d.h.clinic.Booking.Notice)) {
		return "time.past"
	}
	return "time.taken"
}

// matchingVisits lists the free visits that one of the wishes allows, one for
// each start.
func (d *deed) matchingVisits(wishes []when.Constraint) (found []booking.Visit, err error) {
	for _, c := range wishes {
		some, err := d.freeVisits(d.days(c))
		if err != nil {
			return nil, err
		}
		for _, v := range some {
			if c.Time == nil || onClock(d.local(v.Start()), c.Time) {
				found = append(found, v)
			}
		}
	}
	return oneVisitEach(found), nil
}

// freeVisits asks the calendar, without the specialists that were turned down.
func (d *deed) freeVisits(from, to time.Time) ([]booking.Visit, error) {
	r := d.st.Request
	if from.Before(d.now) {
		from = d.now
	}
	q := booking.VisitQuery{
		Services: r.together(), Specialist: specific(r.Specialist), Branch: specific(r.Branch), From: from, To: to, For: d.conversation,
	}
	if d.st.Whole {
		d.keepPlace(&q)
	}
	all, err := d.h.calendar.FreeVisits(d.tx, q, d.now)
	if errors.Is(err, booking.ErrUnknown) { // no branch has them all
		return nil, nil
	}
	return slices.DeleteFunc(all, func(v booking.Visit) bool {
		return d.never(v.Start()) || d.staysVisit(v) || slices.ContainsFunc(v.Slots, func(s booking.Slot) bool { return slices.Contains(r.Not, s.Specialist) })
	}), err
}

// offerVisits offers visits of the days from an instant on, else of any; where
// there are none at all the services are booked one after another.
func (d *deed) offerVisits(from time.Time) (chosen bool, err error) {
	horizon := d.now.Add(d.h.clinic.Booking.Horizon)
	all, err := d.freeVisits(from, horizon)
	if err != nil {
		return false, err
	}
	r := &d.st.Request
	days := d.visitDays(oneVisitEach(all))
	if r.Page*offeredDays >= len(days) {
		r.Page, r.After = 0, nil
		if all, err = d.freeVisits(d.now, horizon); err != nil {
			return false, err
		}
		days = d.visitDays(oneVisitEach(all))
	}
	if len(days) == 0 {
		return d.apart()
	}
	d.say("visit.offer", nil)
	skip := r.Page * offeredDays
	for _, day := range days[skip:min(len(days), skip+offeredDays)] {
		d.putVisits(d.fewVisits(day, offeredVisitsPerDay))
	}
	d.turn.Buttons = append(d.turn.Buttons, Button{"do/other", prompts.Say(d.st.Lang, "button.other", nil)})
	return false, nil
}

// apart gives up the visit of several services, which cannot be had, and goes on
// with them one after another.
func (d *deed) apart() (chosen bool, err error) {
	r := &d.st.Request
	if d.st.Whole { // the visit stays as it is
		d.say("visit.move.none", nil)
		d.st.reset()
		d.over = true
		return false, nil
	}
	r.Later, r.Also, r.Rest = append(r.Also, r.Later...), nil, nil
	d.say("visit.apart", prompts.Args{"service": d.service(r.Service)})
	if next(d.st, d.facts()) != ExpectTime { // the branch may be open again
		return true, nil
	}
	return d.find()
}

// oneVisitEach keeps one visit of each start and branch.
func oneVisitEach(all []booking.Visit) (kept []booking.Visit) {
	slices.SortStableFunc(all, func(a, b booking.Visit) int { return a.Start().Compare(b.Start()) })
	for _, v := range all {
		if n := len(kept); n > 0 && kept[n-1].Start().Equal(v.Start()) && kept[n-1].Slots[0].Branch == v.Slots[0].Branch {
			continue
		}
		kept = append(kept, v)
	}
	return kept
}

// fewVisits keeps n visits, the first and then those at round times.
func (d *deed) fewVisits(all []booking.Visit, n int) (few []booking.Visit) {
	var starts []booking.Slot
	for _, v := range all {
		starts = append(starts, v.Slots[0])
	}
	for _, s := range thin(starts, n) {
		i := slices.IndexFunc(all, func(v booking.Visit) bool { return v.Slots[0] == s })
		few = append(few, all[i])
	}
	return few
}

func (d *deed) visitDays(all []booking.Visit) (days [][]booking.Visit) {
	for _, v := range all {
		n := len(days)
		if n > 0 && dateOf(d.local(days[n-1][0].Start())) == dateOf(d.local(v.Start())) {
			days[n-1] = append(days[n-1], v)
			continue
		}
		days = append(days, []booking.Visit{v})
	}
	return days
}

// putVisits offers visits by buttons that say the order, the times and the people.
func (d *deed) putVisits(some []booking.Visit) {
	for _, v := range some {
		day := prompts.Day(d.st.Lang, d.local(v.Start()), d.local(d.now))
		d.turn.Buttons = append(d.turn.Buttons, Button{visitID(v), capitals(day + ": " + d.parts(v, ", "))})
	}
}

// parts words the services of a visit: «10:00 Стрижка (Алина), 11:00 Окрашивание (Алина)».
func (d *deed) parts(v booking.Visit, between string) string {
	var all []string
	for _, s := range v.Slots {
		args := d.args(s)
		args["time"] = d.local(s.Start).Format("15:04")
		all = append(all, prompts.Say(d.st.Lang, "visit.part", args))
	}
	return strings.Join(all, between)
}

// holdVisit keeps all slots of a visit. chosen is false where they cannot be had.
func (d *deed) holdVisit(v booking.Visit) (chosen bool, err error) {
	h, err := d.keepVisit(v)
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		if r.Why == booking.Limit {
			d.limit()
		}
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d.st.Request.Slot, d.st.Request.Rest, d.st.Request.When = &h.Slot, h.Rest, nil
	d.st.Full = false
	if next(d.st, d.facts()) != ExpectConfirm { // the summary says it all
		day := prompts.Day(d.st.Lang, d.local(h.Start), d.local(d.now))
		args := prompts.Args{"visit": day + ": " + d.parts(h.Visit(), ", ")}
		d.text = append(d.text, prompts.Count(d.st.Lang, "visit.held", int(h.Until.Sub(d.now).Round(time.Minute).Minutes()), args))
	}
	return true, nil
}
