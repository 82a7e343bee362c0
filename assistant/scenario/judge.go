package scenario

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/storage"
)

// money finds an amount in roubles in a reply.
var money = regexp.MustCompile(`(\d[\d\s,\x{00a0}]*)\s*(?:₽|руб)`)

// always holds one reply to what must be so in every scenario.
func (p *player) always(t assistant.Turn) error {
	if strings.TrimSpace(t.Text) == "" {
		p.miss("an empty reply")
	}
	if n := len(p.lines); n >= 4 {
		same := transcript(t)
		if p.lines[n-2] == (Line{string(t.From), same}) && p.lines[n-4] == (Line{string(t.From), same}) {
			p.miss("the same reply three times in a row: «%s»", t.Text)
		}
	}
	for _, m := range money.FindAllStringSubmatch(t.Text, -1) {
		if !p.priced(m[1]) {
			p.miss("a price that is not in the clinic file: %s", m[1])
		}
	}
	return p.offered(t)
}

// priced reports whether a sum is a price of the file, or stands in one of the
// clinic's own answers.
func (p *player) priced(sum string) bool {
	digits := figures(sum)
	for _, f := range p.file.House.FAQ {
		for _, answer := range f.Answer.All() {
			for _, m := range money.FindAllStringSubmatch(answer, -1) {
				if figures(m[1]) == digits {
					return true
				}
			}
		}
	}
	for _, s := range p.file.House.Services {
		if s.Price.Known && fmt.Sprint(s.Price.Amount) == digits {
			return true
		}
	}
	return false
}

func figures(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// offered holds the slots of a reply against the calendar.
func (p *player) offered(t assistant.Turn) error {
	for _, v := range t.Slots {
		free := false
		err := p.db.View(func(tx *storage.Tx) error {
			for _, s := range p.file.House.Services {
				if !slices.Contains(s.Name.All(), v.Service) {
					continue
				}
				found, err := p.calendar.Free(tx, booking.Query{
					Service: s.ID, From: v.Start, To: v.Start.Add(time.Second), For: p.session.Conversation, Ignore: p.moving(),
				}, p.clock.Now().Add(-pace))
				if err != nil {
					return err
				}
				free = free || len(found) > 0
			}
			return nil
		})
		if err != nil {
			return err
		}
		if !free {
			p.miss("offers a time that is not free: %s", v.Start.Format("2006-01-02 15:04"))
		}
	}
	return nil
}

// moving is the own appointment that the scenario has the visitor move.
func (p *player) moving() []string {
	if m := p.s.Outcome.Moved; m != nil {
		return []string{p.mine[m.Ref].Number}
	}
	return nil
}

// made lists the appointments that this visitor made in the scenario.
func (p *player) made() (all []booking.Appointment, err error) {
	err = p.db.View(func(tx *storage.Tx) (err error) {
		all, err = booking.OfConversation(tx, p.session.Conversation)
		return err
	})
	return slices.DeleteFunc(all, func(a booking.Appointment) bool { return p.given[a.Number] }), err
}

// reached reports whether the outcome holds already.
func (p *player) reached() bool {
	saved := slices.Clone(p.missed)
	p.missed = nil
	missed, err := p.outcome(context.Background())
	p.missed = saved
	return err == nil && len(missed) == 0 && p.s.Outcome.active()
}

// active reports whether the outcome is something that happens, not only
// something that does not.
func (o Outcome) active() bool {
	return o.Appointment != nil || o.Moved != nil || o.Cancelled != nil && len(*o.Cancelled) > 0 || o.Waitlist != nil || o.Erased
}

// judge says what does not hold at the end.
func (p *player) judge(ctx context.Context) ([]string, error) {
	if _, err := p.outcome(ctx); err != nil {
		return nil, err
	}
	return p.missed, p.secrecy()
}

// outcome holds the end against all that the scenario names.
func (p *player) outcome(ctx context.Context) ([]string, error) {
	for _, check := range []func(context.Context) error{
		p.checkMade, p.checkGiven, p.checkHandoff, p.checkWaitlist, p.checkErased, p.checkDeclined, p.checkReplies,
	} {
		if err := check(ctx); err != nil {
			return nil, err
		}
	}
	return p.missed, nil
}

func (p *player) checkMade(context.Context) error {
	made, err := p.made()
	if err != nil {
		return err
	}
	want := p.s.Outcome.Appointment
	if want == nil {
		if len(made) > 0 {
			p.miss("an appointment was made: %s at %s", made[0].Slot.Service, p.wall(made[0].Slot.Start))
		}
		return nil
	}
	if len(made) != 1 {
		p.miss("%d appointments were made, expected 1", len(made))
		return nil
	}
	a := made[0]
	p.same("service", a.Slot.Service, want.Service)
	p.same("specialist", a.Slot.Specialist, want.Specialist)
	p.same("start", p.wall(a.Slot.Start), want.Start)
	status := want.Status
	if status == "" {
		status = string(booking.Requested)
	}
	p.same("status", string(a.Status), status)
	if !p.summary {
		p.miss("booked without a confirmed summary")
	}
	return p.checkPerson(a, want)
}

func (p *player) checkPerson(a booking.Appointment, want *Appointment) error {
	return p.db.View(func(tx *storage.Tx) error {
		c, err := privacy.Get(tx, a.Contact)
		if err != nil {
			return err
		}
		p.same("name", c.Name, want.Name)
		p.same("phone", c.Phone, want.Phone)
		given, err := privacy.Consents(tx, p.session.Conversation)
		if err == nil && len(given) == 0 {
			p.miss("booked without consent")
		}
		return err
	})
}

func (p *player) same(what, got, want string) {
	if want != "" && want != "any" && got != want {
		p.miss("%s is %q, expected %q", what, got, want)
	}
}

func (p *player) wall(t time.Time) string { return t.In(p.file.Zone).Format("2006-01-02T15:04") }

// checkGiven holds the appointments that were there before: which were moved and
// cancelled, and that the rest was not touched.
func (p *player) checkGiven(context.Context) error {
	o := p.s.Outcome
	return p.db.View(func(tx *storage.Tx) error {
		for ref, before := range p.mine {
			now, err := booking.Get(tx, before.Number)
			if err != nil {
				return err
			}
			cancelled := o.Cancelled != nil && slices.Contains(*o.Cancelled, ref)
			moved := o.Moved != nil && o.Moved.Ref == ref
			switch {
			case cancelled:
				p.same(ref+" status", string(now.Status), string(booking.Cancelled))
			case moved:
				p.same(ref+" start", p.wall(now.Slot.Start), o.Moved.Start)
			case now.Version != before.Version:
				p.miss("%s was changed: %s at %s", ref, now.Status, p.wall(now.Slot.Start))
			}
		}
		return nil
	})
}

func (p *player) checkHandoff(ctx context.Context) error {
	if p.s.Outcome.Emergency && !strings.Contains(p.first, "103") && !strings.Contains(p.first, "112") {
		p.miss("the next reply named neither 103 nor 112")
	}
	if p.s.Outcome.Handoff == nil || p.s.Outcome.Handoff == false {
		return nil
	}
	owner, err := p.assistant.Owner(ctx, p.session.Conversation)
	if err != nil {
		return err
	}
	if owner.Kind != assistant.OwnerWaiting {
		p.miss("no person was called")
		return nil
	}
	if reason, ok := p.s.Outcome.Handoff.(string); ok {
		p.same("handoff", owner.Reason, reason)
	}
	return nil
}

func (p *player) checkWaitlist(context.Context) error {
	want := p.s.Outcome.Waitlist
	if want == nil {
		return nil
	}
	return p.db.View(func(tx *storage.Tx) error {
		waiting, err := booking.WaitingList(tx)
		if err != nil {
			return err
		}
		waiting = slices.DeleteFunc(waiting, func(w booking.Waiting) bool { return w.Conversation != p.session.Conversation })
		if len(waiting) != 1 {
			p.miss("%d entries in the waiting list, expected 1", len(waiting))
			return nil
		}
		p.same("waiting service", waiting[0].Service, want.Service)
		p.same("waiting from", p.wall(waiting[0].From), want.From)
		p.same("waiting to", p.wall(waiting[0].To), want.To)
		return nil
	})
}

// checkErased looks for what is left of the person.
func (p *player) checkErased(ctx context.Context) error {
	if !p.s.Outcome.Erased {
		return nil
	}
	turns, err := p.assistant.Turns(ctx, p.session.Conversation, 0)
	if err != nil && !errors.Is(err, assistant.ErrExpired) {
		return err
	}
	for _, t := range turns {
		if t.From == assistant.FromVisitor {
			p.miss("a turn of the visitor is left")
		}
	}
	return p.db.View(func(tx *storage.Tx) error {
		if _, err := privacy.Get(tx, p.contact); !errors.Is(err, storage.ErrNotFound) {
			p.miss("the contact is left")
		}
		ids, err := privacy.ByPhone(tx, "+79170000077")
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			p.miss("the phone still leads to a contact")
		}
		for _, a := range p.mine {
			now, err := booking.Get(tx, a.Number)
			if err != nil {
				return err
			}
			if now.Contact != "" || now.Conversation != "" {
				p.miss("an appointment still leads to the person")
			}
		}
		return nil
	})
}

func (p *player) checkDeclined(ctx context.Context) error {
	if !p.s.Outcome.Declined {
		return nil
	}
	return p.db.View(func(tx *storage.Tx) error {
		given, err := privacy.Consents(tx, p.session.Conversation)
		if err != nil {
			return err
		}
		if len(given) > 0 {
			p.miss("a consent was stored")
		}
		for _, a := range p.s.Answers["phone"] {
			ids, err := privacy.ByPhone(tx, a.Text)
			if err != nil {
				return err
			}
			if len(ids) > 0 {
				p.miss("a phone was stored")
			}
		}
		return nil
	})
}

func (p *player) checkReplies(context.Context) error {
	o := p.s.Outcome
	var replies []string
	for _, l := range p.lines {
		if l.From != "visitor" {
			replies = append(replies, fold(l.Text))
		}
	}
	for _, text := range o.Answered {
		if !slices.ContainsFunc(replies, func(r string) bool { return strings.Contains(r, fold(text)) }) {
			p.miss("no reply says «%s»", text)
		}
	}
	for _, text := range o.Never {
		if slices.ContainsFunc(replies, func(r string) bool { return strings.Contains(r, fold(text)) }) {
			p.miss("a reply says «%s»", text)
		}
	}
	if o.Turns > 0 && p.turns > o.Turns {
		p.miss("%d messages, expected at most %d", p.turns, o.Turns)
	}
	if o.Asked > 0 {
		for what, n := range p.asked {
			if n > o.Asked && what != assistant.ExpectMore && what != assistant.ExpectOperator {
				p.miss("%s was asked %d times, expected at most %d", what, n, o.Asked)
			}
		}
	}
	return nil
}

// fold takes out letter case and spaces.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// secrecy searches the log and the model's prompts for what the visitor wrote of
// themselves.
func (p *player) secrecy() error {
	for _, secret := range p.personal() {
		if strings.Contains(p.logs.String(), secret) {
			p.miss("personal data in the log")
		}
		if strings.Contains(p.model.heard(), secret) {
			p.miss("personal data in the model's prompt")
		}
	}
	return nil
}
