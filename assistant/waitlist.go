package assistant

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/clinic"
	"okoshko/assistant/nlu"
	"okoshko/prompts"
	"okoshko/storage"
)

// Offered is a slot that became free and that the waiting list offered to the
// conversation.
type Offered struct {
	ID    string       `json:"id"` // of the wish on the list
	Slot  booking.Slot `json:"slot"`
	Until time.Time    `json:"until"`
}

// An offer's button says which wish and which slot it is about, so that one that
// is over can be told from another, and the time be found again:
//
//	offer/yes|no|leave/WISH/SPECIALIST/SERVICE/UNIX
func offerID(verb string, o Offered) string {
	return "offer/" + verb + "/" + o.ID + strings.TrimPrefix(slotID(o.Slot), "slot")
}

// offerOf reads a button of an offer. Until is not in it.
func offerOf(c *clinic.Clinic, button string) (verb string, o Offered, ok bool) {
	parts := strings.SplitN(button, "/", 4)
	if len(parts) != 4 || parts[0] != "offer" || !slices.Contains([]string{"yes", "no", "leave"}, parts[1]) {
		return "", o, false
	}
	o.ID = parts[2]
	o.Slot, ok = slotOf(c, "slot/"+parts[3])
	return parts[1], o, ok
}

func offered(o booking.Offer) Offered { return Offered{o.ID, o.Slot, o.Until} }

func (o Offered) same(other booking.Offer) bool {
	return o.ID == other.ID && o.Slot.Specialist == other.Specialist && o.Slot.Service == other.Service && o.Slot.Start.Equal(other.Start)
}

// offerText words an offer.
func (d *deed) offerText(b booking.Offer) announcement {
	o := offered(b)
	return announcement{
		text: prompts.Say(d.st.Lang, "offer.made", d.offerArgs(o)), goal: GoalOffer, target: o.ID, offer: &o,
		buttons: []Button{d.offerButton("yes", "offer.yes", o), d.offerButton("no", "offer.no", o), d.offerButton("leave", "offer.leave", o)},
		inside:  d.offerInside(o),
		hold:    &HoldView{Start: d.local(o.Slot.Start), Until: d.local(o.Until)},
	}
}

func (d *deed) offerButton(verb, id string, o Offered) Button {
	return Button{offerID(verb, o), capitals(prompts.Say(d.st.Lang, id, prompts.Args{"when": d.when(o.Slot.Start)}))}
}

// offerInside are the answers to an offer beside those to another question.
func (d *deed) offerInside(o Offered) []Button {
	return []Button{d.offerButton("yes", "offer.yes.at", o), d.offerButton("no", "offer.no.at", o)}
}

func (d *deed) offerArgs(o Offered) prompts.Args {
	args := d.args(o.Slot)
	args["until"] = prompts.Until(d.st.Lang, d.local(o.Until), d.local(d.now))
	return args
}

// standing is the live offer to this conversation that is the same.
func (d *deed) standing(o Offered) (found booking.Offer, ok bool) {
	i := slices.IndexFunc(d.offers, o.same)
	if i < 0 {
		return found, false
	}
	return d.offers[i], true
}

// pressOffer is an answer to an offer, also to one that is over.
func (t *turn) pressOffer(button string) {
	verb, o, ok := offerOf(t.f.clinic, button)
	if !ok {
		return
	}
	t.moved = true
	switch verb {
	case "yes":
		t.toOffer(o)
		t.out.do = true
	case "no":
		t.out.effect(effectPass, button)
		t.leaveOffer(o.ID)
	case "leave":
		t.out.effect(effectLeave, o.ID)
		t.leaveOffer(o.ID)
	}
}

// toOffer makes the offer what is being arranged. What was arranged before it is
// dropped: the offer will not wait, and what the visitor told of themselves stays.
func (t *turn) toOffer(o Offered) {
	if t.st.Goal == GoalOffer && t.st.Offer != nil && t.st.Offer.ID == o.ID && t.st.Offer.Slot == o.Slot {
		return
	}
	t.release()
	t.st.reset()
	slot := o.Slot
	t.st.Goal, t.st.Target, t.st.Offer = GoalOffer, o.ID, &o
	t.st.Request = Request{Service: slot.Service, Slot: &slot}
}

// leaveOffer ends the talk about an offer, if that is what the talk is about.
func (t *turn) leaveOffer(id string) {
	if t.st.Goal == GoalOffer && t.st.Target == id {
		t.st.reset()
	}
}

// passOffer is a plain no to the offer that was asked about.
func (t *turn) passOffer() {
	if t.st.Offer != nil {
		t.out.effect(effectPass, offerID("no", *t.st.Offer))
	}
	t.st.reset()
}

// elsewise turns the talk about an offer into a booking where the visitor wants
// another time or another service. The offer stands until it is over.
func (t *turn) elsewise() {
	if t.st.Goal == GoalOffer && t.st.Request.Slot == nil {
		t.st.Goal, t.st.Target, t.st.Offer = GoalBook, "", nil
	}
}

// quit takes the visitor off the waiting list because they say so.
func (t *turn) quit() {
	t.heard = true
	t.out.effect(effectLeave, "")
	if t.st.Goal == GoalOffer || t.st.Goal == GoalWait {
		t.st.reset()
	}
}

// offerGone tells that the offer which is being accepted is over. A time that
// nobody has taken since can still be booked.
func (d *deed) offerGone() error {
	if d.st.Goal != GoalOffer {
		return nil
	}
	o := d.st.Offer
	if o == nil || d.st.Request.Slot == nil {
		d.st.reset()
		d.out.do = false
		return nil
	}
	if live, ok := d.standing(*o); ok {
		o.Until = live.Until
		return nil
	}
	return d.late(*o)
}

// late answers a yes that came after the offer was over.
func (d *deed) late(o Offered) error {
	d.st.reset()
	d.out.do = false
	args := d.args(o.Slot)
	err := d.h.calendar.Check(d.tx, o.Slot, d.conversation, "", d.now)
	_, refused := errors.AsType[*booking.Refusal](err)
	switch {
	case err == nil:
		d.say("offer.over.free", args)
		slot := o.Slot
		d.st.Goal, d.st.Request = GoalBook, Request{Service: slot.Service, Want: &slot}
		return nil
	case !refused:
		return err
	case d.has(o.Slot.Start):
		d.say("time.own", args)
		return nil
	}
	d.say("offer.over", args)
	if slices.ContainsFunc(d.waits, func(w booking.Waiting) bool { return w.ID == o.ID }) {
		d.say("offer.stay", nil)
	}
	return nil
}

// accept makes the appointment that was offered.
func (d *deed) accept() (done bool, err error) {
	if next(d.st, d.facts()) != ExpectConfirm || d.st.Offer == nil {
		return false, nil
	}
	o := *d.st.Offer
	ap, err := d.h.calendar.Accept(d.tx, o.ID, booking.Booking{
		Contact: d.st.Contact, Conversation: d.conversation, Author: "visitor", Source: d.st.Source,
	}, d.now)
	if errors.Is(err, booking.ErrOffer) {
		return false, d.late(o)
	}
	if r, refused := errors.AsType[*booking.Refusal](err); refused {
		err := errors.Join(d.pass(o), d.lost(o.Slot, r))
		t := &turn{st: d.st}
		t.elsewise()
		return false, err
	}
	if err != nil {
		return false, err
	}
	d.offers = slices.DeleteFunc(d.offers, func(b booking.Offer) bool { return b.ID == o.ID })
	d.booked(ap)
	return true, nil
}

// askOffer asks again whether the offered slot is to be booked.
func (d *deed) askOffer() {
	o := *d.st.Offer
	d.say("offer.ask", d.offerArgs(o))
	d.sayPerson()
	d.say("confirm.ask", nil)
	d.turn.Buttons = append(d.turn.Buttons,
		d.offerButton("yes", "offer.yes", o), d.offerButton("no", "offer.no", o), d.offerButton("leave", "offer.leave", o))
}

// pass gives an offer up; the visitor stays on the list.
func (d *deed) pass(o Offered) error {
	if _, ok := d.standing(o); !ok {
		return nil
	}
	d.offers = slices.DeleteFunc(d.offers, o.same)
	return d.h.calendar.Pass(d.tx, o.ID, booking.Change{Author: "visitor"}, d.now)
}

// refuseOffer does what a no to an offer says.
func (d *deed) refuseOffer(button string) error {
	_, o, ok := offerOf(d.h.clinic, button)
	if !ok {
		return nil
	}
	if !slices.ContainsFunc(d.waits, func(w booking.Waiting) bool { return w.ID == o.ID }) {
		d.say("offer.left", nil)
		return nil
	}
	d.say("offer.passed", nil)
	return d.pass(o)
}

// leave takes the visitor off the waiting list: one wish, or all for "".
func (d *deed) leave(id string) error {
	own := slices.Clone(d.waits)
	if id != "" {
		own = slices.DeleteFunc(own, func(w booking.Waiting) bool { return w.ID != id })
	}
	if len(own) == 0 && id == "" {
		d.say("wait.none", nil)
		return nil
	}
	for _, w := range own {
		if err := booking.Leave(d.tx, w.ID); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("leaving the waiting list: %w", err)
		}
		d.offers = slices.DeleteFunc(d.offers, func(o booking.Offer) bool { return o.ID == w.ID })
	}
	d.say("offer.left", nil)
	return nil
}

// learnWaits reads what the visitor waits for and what is offered to them.
func (d *deed) learnWaits() error {
	all, err := booking.WaitingList(d.tx)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Conversation == d.conversation {
			d.waits = append(d.waits, w)
		}
	}
	if len(d.waits) == 0 {
		return nil
	}
	d.offers, err = d.h.calendar.OffersTo(d.tx, d.conversation, d.now)
	return err
}

// keepOffers leaves the answers to offers that are open beside those of the
// reply: the page shows the newest turn's alone.
func (d *deed) keepOffers() {
	for _, b := range d.offers {
		if o := offered(b); d.st.Goal != GoalOffer || d.st.Target != o.ID {
			d.turn.Buttons = append(d.turn.Buttons, d.offerInside(o)...)
		}
	}
}

// quits reports whether the visitor wants to be taken off the waiting list.
func (t *turn) quits() bool {
	for _, c := range t.commands("wait") {
		if c.Value == nlu.ValueOff {
			return true
		}
	}
	return false
}
