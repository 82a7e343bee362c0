package assistant

import (
	"errors"
	"slices"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu/when"
	"okoshko/prompts"
)

// How much is offered at once: what a phone shows without scrolling far.
const (
	offeredOneDay  = 8 // slots of a day that was asked for
	offeredADay    = 4 // slots of each day where several are shown
	offeredDays    = 3
	searchedDays   = 14 // for a clock time without a day
	offeredNearest = 6  // slots near one that could not be had
)

// find looks for the wanted time. It chooses the slot where the wish leaves no
// choice, and holds it; else it adds an offer to the reply.
func (d *deed) find() (chosen bool, err error) {
	r := &d.st.Request
	d.partAlone()
	if r.several() && (d.st.Goal == GoalBook || d.st.Whole) {
		return d.findVisit()
	}
	if r.Want != nil {
		want := *r.Want
		r.Want = nil
		if chosen, err = d.hold(want); chosen || d.over || err != nil {
			return chosen, err
		}
		r.When = []when.Constraint{at(d.local(want.Start))}
		return false, d.decline(r.When[0])
	}
	if len(r.When) == 0 {
		return false, d.offerOpen()
	}
	if r.Unsure && d.askReading() {
		return false, nil
	}
	matches, err := d.matching(r.When)
	if err != nil || d.over {
		return false, err
	}
	switch {
	case len(matches) == 0 && d.same(r.When):
		start := d.target().Slot.Start
		d.say("move.same", prompts.Args{"when": d.when(start)})
		return false, d.offerFrom(start.Add(time.Minute))
	case len(matches) == 0 && len(r.When) == 1:
		return false, d.decline(r.When[0])
	case len(matches) == 0:
		d.say("time.noclock", nil)
		return false, d.offerFrom(d.earliest(r.When))
	case exact(r.When) && sameStart(matches):
		return d.hold(matches[0])
	}
	d.offerMatches(matches)
	return false, nil
}

// target is the appointment that is to be changed; the zero one where there is none.
func (d *deed) target() (a booking.Appointment) {
	for _, a := range d.own {
		if a.Number == d.st.Target {
			return a
		}
	}
	return a
}

// stays reports whether a move would lead to where the appointment is already.
func (d *deed) stays(s booking.Slot) bool {
	if d.st.Goal != GoalMove {
		return false
	}
	now := d.target().Slot
	return now.Start.Equal(s.Start) && now.Specialist == s.Specialist && now.Service == s.Service
}

// same reports whether the time wanted for a move is the one the appointment has.
func (d *deed) same(wishes []when.Constraint) bool {
	return d.st.Goal == GoalMove && d.st.Target != "" && len(wishes) == 1 && sameTime(wishes[0], d.target().Slot, d.h.clinic.Location)
}

// hold keeps a slot for the conversation. chosen is false where it cannot be had.
func (d *deed) hold(s booking.Slot) (chosen bool, err error) {
	var h booking.Hold
	if d.st.Goal == GoalMove {
		h, err = d.h.calendar.HoldMove(d.tx, s, d.conversation, d.st.Target, d.now)
	} else {
		h, err = d.h.calendar.Hold(d.tx, s, d.conversation, d.now)
	}
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		if r.Why == booking.Limit {
			d.limit()
		}
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d.st.Request.Slot, d.st.Request.Rest, d.st.Request.When = &h.Slot, nil, nil
	d.st.Full = false
	if e := next(d.st, d.facts()); e != ExpectConfirm { // the summary says it all
		args := d.args(h.Slot)
		d.text = append(d.text, prompts.Count(d.st.Lang, "time.held", int(h.Until.Sub(d.now).Round(time.Minute).Minutes()), args))
	}
	return true, nil
}

// decline says why a wish cannot be met and offers what is nearest to it.
func (d *deed) decline(c when.Constraint) error {
	if c.Dates == nil {
		d.say("time.noclock", nil)
		return d.offerFrom(d.now)
	}
	if c.Dates[0] != c.Dates[1] {
		d.say("time.full", prompts.Args{"day": d.rangeOf(c)})
		return d.offerWait(c)
	}
	day := c.Dates[0]
	if c.Time != nil && c.Time.Kind == when.At {
		return d.declineAt(day, minutes(c.Time.From))
	}
	return d.declineDay(c)
}

// declineAt says why a clock time of a day cannot be had, and offers the rest of
// that day, nearest first, or the days after.
func (d *deed) declineAt(day when.Date, minute int) error {
	start := time.Date(day.Year, day.Month, day.Day, 0, minute, 0, 0, d.h.clinic.Location)
	near, err := d.near(start)
	if err != nil {
		return err
	}
	why := d.why(start)
	switch {
	case why == booking.Taken && len(near) == 0:
		return d.declineDay(when.Constraint{Dates: &[2]when.Date{day, day}})
	case why == booking.Closed || why == booking.Absent:
		if len(near) == 0 {
			return d.declineDay(when.Constraint{Dates: &[2]when.Date{day, day}})
		}
		d.say("time.absent", prompts.Args{"when": d.when(start)})
	case why == booking.Horizon:
		return d.declineFar()
	case why == booking.Past || why == booking.Notice || why == booking.SameDay:
		d.say("time.past", nil)
	case why == booking.Grid:
		d.say("time.grid", prompts.Args{"time": start.Format("15:04")})
		d.offer(near)
		return nil
	case d.has(start):
		d.say("time.own", prompts.Args{"when": d.when(start)})
	default:
		d.say("time.taken", prompts.Args{"when": d.when(start)})
	}
	if len(near) == 0 {
		return d.offerFrom(d.midnight(day))
	}
	d.say("time.nearest", nil)
	d.offer(near)
	return nil
}

// has reports whether the visitor has an appointment at that time.
func (d *deed) has(start time.Time) bool {
	return slices.ContainsFunc(d.own, func(a booking.Appointment) bool {
		return !start.Before(a.Slot.Start) && start.Before(a.Slot.End)
	})
}

// why asks the calendar about each specialist who could have done it; a taken
// slot tells more than an hour nobody works.
func (d *deed) why(start time.Time) booking.Why {
	found := booking.Unknown
	q := d.query()
	for _, s := range d.h.clinic.Performers(q.Service) {
		if q.Specialist != "" && s.ID != q.Specialist || q.Branch != "" && s.Branch != q.Branch {
			continue
		}
		service, ok := d.h.clinic.Service(q.Service)
		if !ok {
			break
		}
		slot := booking.Slot{Service: q.Service, Specialist: s.ID, Branch: s.Branch, Start: start.UTC(), End: start.UTC().Add(service.Duration)}
		err := d.h.calendar.Check(d.tx, slot, d.conversation, d.movedFrom(), d.now)
		r, refused := errors.AsType[*booking.Refusal](err)
		if !refused {
			continue
		}
		if r.Why == booking.Taken {
			return booking.Taken
		}
		found = r.Why
	}
	return found
}

// declineDay says that a day has nothing free, or no hours at all.
func (d *deed) declineDay(c when.Constraint) error {
	day := d.midnight(c.Dates[0])
	name := prompts.Day(d.st.Lang, day, d.local(d.now))
	horizon := d.now.Add(d.h.clinic.Booking.Horizon)
	switch {
	case day.After(horizon):
		return d.declineFar()
	case day.AddDate(0, 0, 1).Before(d.now):
		d.say("time.past", nil)
	case !d.works(day):
		d.say("time.closed", prompts.Args{"day": name})
	default:
		rest, err := d.matching([]when.Constraint{{Dates: c.Dates}})
		if err != nil {
			return err
		}
		if len(rest) > 0 { // only that part of the day is full
			d.say("time.absent", prompts.Args{"when": d.rangeOf(c)})
			d.offer(thin(oneEach(rest), offeredOneDay))
			return nil
		}
		d.say("time.full", prompts.Args{"day": name})
		return d.offerWait(c)
	}
	return d.offerFrom(day)
}

// declineFar says how far ahead one can book, and offers what is near.
func (d *deed) declineFar() error {
	last := d.local(d.now.Add(d.h.clinic.Booking.Horizon))
	d.say("time.horizon", prompts.Args{"day": prompts.Day(d.st.Lang, last, d.local(d.now))})
	return d.offerFrom(d.now)
}

// works reports whether anybody who could do it works on a day.
func (d *deed) works(day time.Time) bool {
	q := d.query()
	for _, s := range d.h.clinic.Performers(q.Service) {
		if q.Specialist != "" && s.ID != q.Specialist || q.Branch != "" && s.Branch != q.Branch {
			continue
		}
		open := d.h.clinic.Open(s.Branch, d.h.clinic.Date(day))
		if len(open) > 0 && len(s.Hours.On(day.Year(), day.Month(), day.Day())) > 0 {
			return true
		}
	}
	return false
}

// offerWait offers the waiting list for a time that is full, and other days.
func (d *deed) offerWait(c when.Constraint) error {
	d.st.Full = true
	if d.st.Goal != GoalBook {
		_, to := d.days(c)
		return d.offerFrom(to)
	}
	d.say("wait.offer", nil)
	d.offerList()
	d.turn.Buttons = append(d.turn.Buttons, Button{"do/other", prompts.Say(d.st.Lang, "button.other", nil)})
	return nil
}

// offerList offers the waiting list by a button.
func (d *deed) offerList() {
	d.turn.Buttons = append(d.turn.Buttons, Button{"do/wait", prompts.Say(d.st.Lang, "button.wait", nil)})
}

// offerOpen offers the next free times where no time was wanted.
func (d *deed) offerOpen() error {
	id := "ask.time"
	switch {
	case d.out.missed:
		id = "ask.time.again"
	case d.st.Request.Nearest:
		id = "time.nearest"
	}
	from := d.now
	if after := d.st.Request.After; after != nil {
		from = d.midnight(*after).AddDate(0, 0, 1)
	}
	return d.offerDays(id, from, d.st.Request.Page)
}

// offerFrom offers the next free times from an instant on.
func (d *deed) offerFrom(from time.Time) error {
	return d.offerDays("time.nearest", from, 0)
}

// offerDays offers slots of a few days from an instant on, in the text called
// id; page leaves out that many times as many days. Where nothing is left after
// the instant it looks from now on; where nothing is free at all it offers the
// waiting list for any day.
func (d *deed) offerDays(id string, from time.Time, page int) error {
	days, err := d.freeDays(from)
	if err != nil || d.over {
		return err
	}
	skip := page * offeredDays
	if skip >= len(days) {
		d.st.Request.Page, d.st.Request.After = 0, nil
		if days, err = d.freeDays(d.now); err != nil {
			return err
		}
		skip = 0
	}
	if len(days) == 0 {
		d.say("time.nothing", nil)
		d.st.Full = true
		if d.st.Goal == GoalBook {
			d.offerList()
		}
		return nil
	}
	d.say(id, nil)
	var some []booking.Slot
	for _, day := range days[skip:min(len(days), skip+offeredDays)] {
		some = append(some, thin(day, offeredADay)...)
	}
	d.offer(some)
	return nil
}

// offerMatches offers the slots that fit a wish.
func (d *deed) offerMatches(matches []booking.Slot) {
	days := d.byDay(oneEach(matches))
	if len(days) == 1 && d.out.missed { // the same words again would not help
		d.say("ask.time.again", nil)
		d.offer(thin(days[0], offeredOneDay))
		return
	}
	if len(days) == 1 {
		d.say("time.found", prompts.Args{"day": prompts.Day(d.st.Lang, d.local(days[0][0].Start), d.local(d.now))})
		d.offer(thin(days[0], offeredOneDay))
		return
	}
	d.say(choose(d.out.missed, "ask.time.again", "ask.time"), nil)
	var some []booking.Slot
	for _, day := range days[:min(len(days), offeredDays)] {
		some = append(some, thin(day, offeredADay)...)
	}
	d.offer(some)
}

// offer puts slots on the reply.
func (d *deed) offer(slots []booking.Slot) {
	for _, s := range slots {
		args := d.args(s)
		branch := args["branch"]
		if b, ok := d.h.clinic.Branch(s.Branch); ok {
			branch = b.Name.In(d.st.Lang)
		}
		d.turn.Slots = append(d.turn.Slots, SlotView{
			ID: slotID(s), Start: d.local(s.Start), End: d.local(s.End),
			Service: args["service"], Specialist: args["specialist"], Branch: branch,
		})
	}
	d.turn.Buttons = append(d.turn.Buttons, Button{"do/other", prompts.Say(d.st.Lang, "button.other", nil)})
	d.turn.Buttons = append(d.turn.Buttons, d.addButton()...)
}

// earliest is the first instant that one of the wishes speaks of.
func (d *deed) earliest(wishes []when.Constraint) time.Time {
	first, _ := d.days(wishes[0])
	for _, c := range wishes[1:] {
		if from, _ := d.days(c); from.Before(first) {
			first = from
		}
	}
	return first
}

// window is the time in which a visitor of the waiting list would come.
func (d *deed) window() (from, to time.Time) {
	c := d.wish()
	if c.Dates == nil {
		return d.now, d.now.Add(d.h.clinic.Booking.Horizon)
	}
	return d.days(c)
}

// wish is the first time that the visitor wanted, also where they have looked at
// other days since.
func (d *deed) wish() (c when.Constraint) {
	for _, wishes := range [][]when.Constraint{d.st.Request.When, d.st.Request.Wished} {
		if len(wishes) > 0 {
			return wishes[0]
		}
	}
	return c
}

func (d *deed) rangeText() string { return d.rangeOf(d.wish()) }

// rangeOf words the days of a constraint, and its hours where it has some.
func (d *deed) rangeOf(c when.Constraint) string {
	lang, now := d.st.Lang, d.local(d.now)
	if c.Dates == nil {
		return prompts.Say(lang, "range.any", nil)
	}
	text := prompts.Day(lang, d.midnight(c.Dates[0]), now)
	if c.Dates[0] != c.Dates[1] {
		text = prompts.Say(lang, "range.days", prompts.Args{"from": text, "to": prompts.Day(lang, d.midnight(c.Dates[1]), now)})
	}
	if c.Time == nil {
		return text
	}
	return text + ", " + clockText(c.Time)
}

// clockText writes a clock constraint: 15:00, 12:00–18:00, 14:00–…, …–11:00.
func clockText(c *when.Clock) string {
	switch c.Kind {
	case when.At:
		return c.From
	case when.After:
		return c.From + "–…"
	case when.Before:
		return "…–" + c.To
	}
	return c.From + "–" + c.To
}

// limit tells that the visitor has as many open appointments as one may have,
// which ends the booking.
func (d *deed) limit() {
	d.over = true
	d.text = append(d.text, prompts.Count(d.st.Lang, "time.limit", len(d.own), prompts.Args{"phone": showPhone(d.h.clinic.Phone)}))
	d.st.reset()
}
