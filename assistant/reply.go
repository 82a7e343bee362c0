package assistant

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/prompts"
)

// say adds a sentence to the reply. An id that is no text's is said itself: the
// clinic's own words.
func (d *deed) say(id string, args prompts.Args) {
	d.text = append(d.text, prompts.Say(d.st.Lang, id, args))
}

// ask asks for one thing. The second time in a row it is worded anew, so that
// the visitor sees that the last answer was not enough.
func (d *deed) ask(e Expect) {
	d.out.expects = e
	if d.st.Asked == e {
		d.st.Same++
	} else {
		d.st.Same = 0
	}
	again := d.st.Asked == e && d.out.missed || d.st.Same%2 == 1
	switch {
	case d.st.Asked != e:
		d.st.Again = 0
	case d.out.missed || d.out.denied:
		d.st.Again++
	}
	switch e {
	case ExpectService:
		d.askService(again)
	case ExpectBranch:
		d.askBranch(again)
	case ExpectSpecialist:
		d.askSpecialist(again)
	case ExpectConsent:
		d.askConsent(choose(again, "ask.consent.again", "ask.consent"))
	case ExpectName, ExpectPhone, ExpectEmail:
		d.askPerson(e)
	case ExpectWhich:
		d.askWhich(again)
	case ExpectConfirm:
		d.askConfirm()
	case ExpectMore:
		d.askMore()
	}
}

func choose(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// yesNo adds the two answers to what this reply asks. Their ids name the reply,
// so that an old button does not agree to a new summary.
func (d *deed) yesNo(yes, no string) {
	seq := strconv.FormatUint(d.st.Seq+1, 10)
	d.turn.Buttons = append(d.turn.Buttons,
		Button{"yes/" + seq, prompts.Say(d.st.Lang, yes, nil)},
		Button{"no/" + seq, prompts.Say(d.st.Lang, no, nil)})
}

// askConsent asks for the agreement to the text in force, which the page shows
// behind a link.
func (d *deed) askConsent(id string) {
	d.st.Shown = d.h.consent(d.st.Lang).Version
	d.turn.Consent = d.st.Shown
	d.say(id, prompts.Args{"data": d.h.asked(d.st.Lang)})
	d.yesNo("consent.yes", "consent.no")
}

func (d *deed) askService(again bool) {
	if d.st.Request.Service != "" {
		d.askPart()
		return
	}
	ids := d.st.Request.Services
	id := choose(again, "ask.service.again", "ask.service")
	if s, ok := d.h.clinic.Specialist(d.st.Request.Specialist); ok && len(ids) == 0 {
		ids = s.Services
	}
	if len(ids) == 0 {
		for _, s := range d.h.clinic.Services {
			if len(d.h.clinic.Performers(s.ID)) > 0 {
				ids = append(ids, s.ID)
			}
		}
	}
	var labels []string
	for _, id := range ids {
		labels = append(labels, d.service(id))
		d.turn.Buttons = append(d.turn.Buttons, Button{"service/" + id, d.service(id)})
	}
	if len(d.st.Request.Services) > 0 {
		d.askMeant(labels, again)
		return
	}
	d.say(id, nil)
}

func (d *deed) askBranch(again bool) {
	ids := d.st.Request.Branches
	if len(ids) == 0 {
		ids = branchesOf(d.h.clinic, d.st.Request.together()...)
	}
	var labels []string
	for _, id := range ids {
		if b, ok := d.h.clinic.Branch(id); ok {
			labels = append(labels, b.Name.In(d.st.Lang))
			d.turn.Buttons = append(d.turn.Buttons, Button{"branch/" + id, b.Name.In(d.st.Lang)})
		}
	}
	if len(d.st.Request.Branches) > 0 {
		d.askMeant(labels, again)
	} else {
		d.say(choose(again, "ask.branch.again", "ask.branch"), nil)
	}
	d.turn.Buttons = append(d.turn.Buttons, Button{"branch/" + Any, prompts.Say(d.st.Lang, "any", nil)})
}

func (d *deed) askSpecialist(again bool) {
	var labels []string
	for _, id := range d.st.Request.Named {
		if s, ok := d.h.clinic.Specialist(id); ok {
			labels = append(labels, s.Name.In(d.st.Lang))
			d.turn.Buttons = append(d.turn.Buttons, Button{"specialist/" + id, s.Name.In(d.st.Lang)})
		}
	}
	d.askMeant(labels, again)
	d.turn.Buttons = append(d.turn.Buttons, Button{"specialist/" + Any, prompts.Say(d.st.Lang, "any", nil)})
}

// askPerson asks for a name, phone or e-mail address; after too many failures
// the booking ends and a person is offered.
func (d *deed) askPerson(e Expect) {
	if d.st.Again > mostRefusals || d.out.denied && d.st.Again == mostRefusals {
		t := &turn{st: d.st, f: d.facts()}
		t.giveUpPerson(e)
		for _, p := range t.out.parts {
			d.say(p.id, p.args)
		}
		d.out.expects, d.turn.Buttons = t.out.expects, t.out.buttons
		d.released = true
		return
	}
	id := "ask." + string(e)
	switch {
	case d.st.Asked == e && (d.out.denied || d.question):
		id += ".why"
	case d.st.Asked == e && d.out.missed:
		id += ".again"
	}
	d.say(id, nil)
}

func (d *deed) askWhich(again bool) {
	d.say(choose(again, "ask.which.again", "ask.which"), nil)
	for _, a := range d.own {
		service, _, _ := d.h.namesOf(a, d.st.Lang)
		id := a.Number
		if all := partsOf(d.own, a); len(all) > 1 {
			if id = a.Visit; all[0].Number != a.Number {
				continue // a visit is one button
			}
			for _, more := range all[1:] {
				name, _, _ := d.h.namesOf(more, d.st.Lang)
				service += ", " + name
			}
		}
		d.turn.Buttons = append(d.turn.Buttons, Button{"which/" + id, service + ", " + d.when(a.Slot.Start)})
	}
	if d.st.Goal == GoalCancel {
		d.turn.Buttons = append(d.turn.Buttons, Button{"which/" + All, prompts.Say(d.st.Lang, "which.all", nil)})
	}
}

func (d *deed) askConfirm() {
	above := d.st.Seq == d.st.AskedAt+1                        // nothing was said since the summary but the answer
	unasked := d.st.Goal == GoalCome || d.st.Goal == GoalOffer // have a shorter question of their own
	if d.out.missed && d.st.Asked == ExpectConfirm && above && !d.st.Editing && !unasked {
		d.askPlainly()
		return
	}
	switch d.st.Goal {
	case GoalBook:
		d.askBooking()
	case GoalMove, GoalCancel:
		d.askChange()
	case GoalWait:
		d.say("wait.ask", prompts.Args{"service": d.servicesText(), "range": d.rangeText()})
		d.yesNo("wait.yes", "wait.no")
	case GoalOffer:
		d.askOffer()
	case GoalCome:
		d.askCome()
	case GoalErase:
		d.say("erase.ask", nil)
		d.yesNo("erase.yes", "erase.no")
	}
}

// askPlainly asks for a yes or no where the answer to a summary was not
// understood: the summary stands above.
func (d *deed) askPlainly() {
	yes := map[Goal][2]string{
		GoalBook: {"confirm.yes", "confirm.edit"}, GoalMove: {"move.yes", "move.no"}, GoalCancel: {"cancel.yes", "cancel.no"},
		GoalWait: {"wait.yes", "wait.no"}, GoalErase: {"erase.yes", "erase.no"},
	}[d.st.Goal]
	d.say("confirm.again."+string(d.st.Goal), nil)
	d.yesNo(yes[0], yes[1])
}

// askBooking shows the summary, or, after a no, what of it may be changed.
func (d *deed) askBooking() {
	lang := d.st.Lang
	if d.st.Editing {
		d.say("confirm.what", nil)
		for _, f := range append([]string{"time", "service"}, d.h.clinic.Booking.Ask...) {
			d.turn.Buttons = append(d.turn.Buttons, Button{"edit/" + f, prompts.Say(lang, "edit."+f, nil)})
		}
		d.turn.Buttons = append(d.turn.Buttons, d.editVisit()...)
		d.turn.Buttons = append(d.turn.Buttons, Button{"edit/drop", prompts.Say(lang, "confirm.no", nil)})
		return
	}
	if v := d.st.Request.chosen(); len(v.Slots) > 1 {
		d.askVisit(v)
		return
	}
	slot := *d.st.Request.Slot
	d.say("confirm.book", d.args(slot))
	if s, ok := d.h.clinic.Service(slot.Service); ok {
		if s.Price.Known {
			d.say("confirm.price", prompts.Args{"price": prompts.Money(lang, s.Price.Amount, s.Price.From)})
		}
	}
	d.sayPerson()
	d.say("confirm.ask", nil)
	d.yesNo("confirm.yes", "confirm.edit")
}

// sayPerson shows what the visitor has said of themselves.
func (d *deed) sayPerson() {
	for _, what := range d.h.clinic.Booking.Ask {
		d.say("confirm."+what, prompts.Args{"value": privacy.Own(what)})
	}
}

func (d *deed) askChange() {
	if d.st.Target == All {
		d.say("cancel.ask.all", prompts.Args{"list": strings.Join(d.lines(d.own), "\n")})
		d.yesNo("cancel.yes", "cancel.no")
		return
	}
	if d.st.Whole {
		d.askWholeChange()
		return
	}
	for _, a := range d.own {
		if a.Number != d.st.Target {
			continue
		}
		args := d.argsOf(a)
		if d.st.Goal == GoalCancel {
			d.say("cancel.ask", args)
			d.yesNo("cancel.yes", "cancel.no")
			return
		}
		args = d.args(*d.st.Request.Slot)
		args["number"], args["old"] = a.Number, d.when(a.Slot.Start)
		d.say("move.ask", args)
		d.yesNo("move.yes", "move.no")
		return
	}
}

func (d *deed) askMore() {
	if len(d.text) == 0 {
		d.say("more", nil)
	}
	if d.turn.Appointment != nil {
		d.turn.Buttons = append(d.turn.Buttons, d.changes(*d.turn.Appointment, d.visitShown())...)
	}
	if len(d.turn.Buttons)+len(d.out.buttons) == 0 {
		d.turn.Buttons = menu(d.st.Lang, len(d.own) > 0)
	}
}

// changes are the buttons of an appointment that can still be changed, and of all its
// visit where that is given.
func (d *deed) changes(v AppointmentView, visit string) []Button {
	if v.Status != string(booking.Requested) && v.Status != string(booking.Confirmed) {
		return nil
	}
	return []Button{
		{"do/move/" + choose(visit != "", visit, v.Number), prompts.Say(d.st.Lang, "button.move", nil)},
		{"do/cancel/" + choose(visit != "", visit, v.Number), prompts.Say(d.st.Lang, "button.cancel", nil)},
	}
}

// showOwn lists the visitor's own appointments.
func (d *deed) showOwn() {
	lines := d.lines(d.own)
	switch len(lines) {
	case 0:
		d.say("show.none", nil)
	case 1:
		d.say("show.one", prompts.Args{"list": lines[0]})
		d.turn.Appointment = d.h.view(d.own[0], d.st.Lang)
	default:
		d.say("show.many", prompts.Args{"list": strings.Join(lines, "\n")})
	}
}

func (d *deed) lines(all []booking.Appointment) []string {
	lines := make([]string, 0, len(all))
	for _, a := range all {
		args := d.argsOf(a)
		args["status"] = prompts.Say(d.st.Lang, "status."+string(a.Status), nil)
		lines = append(lines, prompts.Say(d.st.Lang, "line", args))
	}
	return lines
}

// finish appends the reply and notes what it offers.
func (d *deed) finish() error {
	d.turn.At, d.turn.From = d.now, FromAssistant
	d.turn.Expects = d.out.expects
	d.turn.Buttons = append(d.turn.Buttons, d.out.buttons...)
	d.keepOffers()
	if err := d.showHold(); err != nil {
		return err
	}
	if len(d.text) == 0 {
		d.say("more", nil)
	}
	d.turn.Text = capitals(lines(d.greeted()))
	if d.released {
		if err := d.h.calendar.Release(d.tx, d.conversation); err != nil {
			return err
		}
	}
	d.st.Asked, d.st.AskedAt = d.turn.Expects, d.st.Seq+1
	d.st.Choices = nil
	for _, s := range d.turn.Slots {
		d.st.Choices = append(d.st.Choices, s.ID)
	}
	for _, b := range d.turn.Buttons {
		d.st.Choices = append(d.st.Choices, b.ID)
	}
	if d.next != "" && d.out.expects == ExpectMore {
		return save(d.tx, d.conversation, d.st, d.turn, d.purposeTurn())
	}
	return save(d.tx, d.conversation, d.st, d.turn)
}

// greeted are the sentences of the reply, with a greeting on the line of the first:
// a phone shows a line less.
func (d *deed) greeted() []string {
	hello := prompts.Say(d.st.Lang, "greet.short", nil)
	if len(d.text) < 2 || d.text[0] != hello {
		return d.text
	}
	return append([]string{hello + " " + capitals(d.text[1])}, d.text[2:]...)
}

// capitals begins each line with a capital letter: sentences are put together
// from values that stand in the middle elsewhere.
func capitals(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line == "" {
			continue
		}
		r, size := utf8.DecodeRuneInString(line)
		lines[i] = string(unicode.ToUpper(r)) + line[size:]
	}
	return strings.Join(lines, "\n")
}

// until is when reception is back; zero while somebody is in, or where the file
// says no hours.
func (h *house) until(now time.Time) time.Time {
	now = now.In(h.clinic.Location)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	for day := range 14 {
		start := midnight.AddDate(0, 0, day)
		if h.closed(start) {
			continue
		}
		for _, s := range h.clinic.Handoff.Hours.On(start.Year(), start.Month(), start.Day()) {
			from := time.Date(start.Year(), start.Month(), start.Day(), 0, s.From, 0, 0, now.Location())
			to := time.Date(start.Year(), start.Month(), start.Day(), 0, s.To, 0, 0, now.Location())
			if !now.Before(from) && now.Before(to) {
				return time.Time{}
			}
			if now.Before(from) {
				return from
			}
		}
	}
	return time.Time{}
}

func (h *house) closed(day time.Time) bool {
	date := h.clinic.Date(day)
	for _, r := range h.clinic.Closed {
		if r.Has(date) {
			return true
		}
	}
	return false
}

// untilText words when reception is back.
func untilText(lang string, until, now time.Time) string {
	clock := until.Format("15:04")
	if until.YearDay() == now.YearDay() && until.Year() == now.Year() {
		return prompts.Say(lang, "until.today", prompts.Args{"time": clock})
	}
	return prompts.Say(lang, "until.day", prompts.Args{"day": prompts.Day(lang, until, now), "time": clock})
}

// lines puts the sentences of a reply one under the other.
func lines(sentences []string) string { return strings.Join(sentences, "\n") }
