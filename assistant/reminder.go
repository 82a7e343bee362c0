package assistant

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"okoshko/assistant/booking"
	"okoshko/prompts"
	"okoshko/storage"
	"okoshko/storage/outbox"
)

// eventReminder is the event by which other systems remind.
const eventReminder = "appointment.reminder"

// ReminderState is what became of a reminder.
type ReminderState string

// The states of a reminder.
const (
	ReminderPlanned  ReminderState = "planned"  // its time has not come
	ReminderSent     ReminderState = "sent"     // it lies in the conversation, or a receiver gets it
	ReminderSeen     ReminderState = "seen"     // the visitor's page has shown it
	ReminderAnswered ReminderState = "answered" // see Answer
	ReminderMissed   ReminderState = "missed"   // see Why
)

// Answer is what a visitor did about a reminder.
type Answer string

// Answers to a reminder.
const (
	AnswerComing    Answer = "coming"
	AnswerMoved     Answer = "moved"
	AnswerCancelled Answer = "cancelled"
)

// Why a reminder reached nobody.
const (
	missedNowhere = "nowhere" // no conversation, and no receiver that takes reminders
	missedUnseen  = "unseen"  // in the conversation alone, where nobody looked before the visit
	missedLate    = "late"    // the house was not running, and the next one was nearer
)

// Reminder is one time at which a visitor is reminded of an appointment.
type Reminder struct {
	Number string
	Start  time.Time // of the appointment that it reminds of
	Due    time.Time
	State  ReminderState
	Answer Answer
	Why    string // of a missed one
	// Untold is why no other system was told to remind, or, of a planned one, will be as
	// things stand; "" where one was, or none is meant to.
	Untold string
	At     time.Time // of the state; zero while planned
}

// reminded is a reminder as it is kept, from when it was sent or given up: its
// record is written in the commit that sends it, so it is never sent twice.
type reminded struct {
	State        ReminderState `json:"state"`
	Why          string        `json:"why,omitempty"`
	Answer       Answer        `json:"answer,omitempty"`
	At           time.Time     `json:"at"`
	Conversation string        `json:"conversation,omitempty"`
	Seq          uint64        `json:"seq,omitempty"`
	Receiver     bool          `json:"receiver,omitempty"` // some receiver takes reminders, and may be told
	Event        string        `json:"event,omitempty"`    // by which they are told
	Untold       string        `json:"untold,omitempty"`   // why they are not
}

var (
	// reminders is by number | 0 | start (8) | due (8), both in seconds.
	reminders = storage.NewTable[reminded]("assistant.reminders")
	// unseen is the reminders that no page has shown yet: the key in reminders
	// by conversation | 0 | seq (8).
	unseen = storage.NewTable[[]byte]("assistant.unseen")
)

func reminderKey(number string, start, due time.Time) []byte {
	return binary.BigEndian.AppendUint64(visitKey(number, start), uint64(due.Unix()))
}

func visitKey(number string, start time.Time) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(number), 0), uint64(start.Unix()))
}

func unseenKey(conversation string, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(conversation), 0), seq)
}

// Limits of reminding.
const (
	lateReminder = 15 * time.Minute // later than this, the next one may be the better
	remindAtOnce = 50               // in one commit: visitors must not wait for a morning's reminders
	remindLook   = time.Minute      // an appointment made now is looked at again after so long
)

// remindable is a reminder that is due now.
type remindable struct {
	ap     booking.Appointment
	due    time.Time
	before []time.Time // earlier ones of the same visit that were not sent
	late   bool        // it makes no sense any more
}

// remindables lists up to remindAtOnce reminders that are due, and when to look
// again where there are none.
func (h *house) remindables(tx *storage.Tx, now time.Time) (all []remindable, next time.Time, err error) {
	next = now.Add(remindLook)
	for ap := range booking.Between(tx, now.Add(time.Second), now.Add(h.remindAhead()), &err) {
		if ap.Status != booking.Confirmed {
			continue
		}
		r, ok, err := h.remindable(tx, ap, now)
		if err != nil {
			return nil, next, err
		}
		if ok {
			all = append(all, r)
		}
		if len(all) == remindAtOnce {
			break
		}
		for _, due := range h.clinic.RemindAt(ap.Start) {
			if due.After(now) && due.Before(next) {
				next = due
			}
		}
	}
	return all, next, err
}

// remindAhead is how long before a visit its first reminder may come: the
// longest time before, and a night.
func (h *house) remindAhead() (longest time.Duration) {
	for _, d := range h.clinic.Reminders.Before {
		longest = max(longest, d)
	}
	return longest + 24*time.Hour
}

// remindable is the newest reminder of an appointment whose time has come. Who
// has heard of the visit since, because it was booked, moved or confirmed, is
// not reminded of it.
func (h *house) remindable(tx *storage.Tx, ap booking.Appointment, now time.Time) (r remindable, ok bool, err error) {
	r.ap = ap
	var next time.Time
	for _, due := range h.clinic.RemindAt(ap.Start) {
		if due.After(now) {
			next = due
			break
		}
		if !ap.Changed.Before(due) {
			continue
		}
		if _, err := reminders.Get(tx, reminderKey(ap.Number, ap.Start, due)); err == nil {
			r.before, r.due = nil, time.Time{} // and so were those before it
			continue
		} else if !errors.Is(err, storage.ErrNotFound) {
			return r, false, err
		}
		if !r.due.IsZero() {
			r.before = append(r.before, r.due)
		}
		r.due = due
	}
	if r.due.IsZero() {
		return r, false, nil
	}
	late := now.Sub(r.due)
	if late <= lateReminder {
		return r, true, nil
	}
	quiet := h.clinic.IsQuiet(now)
	r.late = !next.IsZero() && next.Sub(now) < late || quiet && !h.clinic.AfterQuiet(now).Before(ap.Start)
	return r, r.late || !quiet, nil
}

// remind sends what is due, or notes that it makes no sense any more. It returns
// the conversations that have something new.
func (a *Assistant) remind(ctx context.Context, tx *storage.Tx, h *house, now time.Time) (told []string, err error) {
	all, _, err := h.remindables(tx, now)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		for _, due := range r.before {
			err = errors.Join(err, reminders.Put(tx, reminderKey(r.ap.Number, r.ap.Start, due), reminded{State: ReminderMissed, Why: missedLate, At: now.UTC()}))
		}
		sent := reminded{State: ReminderMissed, Why: missedLate}
		if !r.late {
			sent, err = a.send(ctx, tx, h, r, now)
			if err != nil {
				return nil, err
			}
		}
		sent.At = now.UTC()
		key := reminderKey(r.ap.Number, r.ap.Start, r.due)
		if sent.Seq > 0 {
			told = append(told, sent.Conversation)
			err = errors.Join(err, unseen.Put(tx, unseenKey(sent.Conversation, sent.Seq), key))
		}
		if err = errors.Join(err, reminders.Put(tx, key, sent)); err != nil {
			return nil, err
		}
	}
	return told, nil
}

// reminderData is the Data of a reminder's event.
type reminderData struct {
	booking.EventData
	Lang string `json:"lang"`
}

// send puts the reminder into the conversation and the outbox.
func (a *Assistant) send(ctx context.Context, tx *storage.Tx, h *house, r remindable, now time.Time) (sent reminded, err error) {
	sent = reminded{State: ReminderSent, Conversation: r.ap.Conversation}
	lang := h.clinic.Languages[0]
	d, err := a.announcer(tx, h, r.ap.Conversation)
	if err == nil && d != nil {
		lang = d.st.Lang
		sent.Seq, err = d.announce(d.reminderText(r.ap))
	}
	if err != nil { // one that is damaged must not keep the others waiting
		a.log.ErrorContext(ctx, "reminder", "appointment", r.ap.Number, "err", err)
	}
	who, err := contactOf(tx, r.ap.Contact)
	if err != nil {
		return sent, err
	}
	why, err := h.unreminded(tx, who)
	if err != nil || why != "" {
		if sent.Untold = why; sent.Seq == 0 {
			sent.State, sent.Why = ReminderMissed, choose(why == unremindedOff, missedNowhere, why)
		}
		return sent, err
	}
	ap := r.ap
	e, err := outbox.Append(tx, eventReminder, ap.Number, now, reminderData{booking.EventData{
		Number: ap.Number, Version: ap.Version, Status: ap.Status, Service: ap.Service, Specialist: ap.Specialist, Branch: ap.Branch,
		Start: ap.Start, End: ap.End, Contact: ap.Contact, Source: ap.Source,
	}, lang})
	sent.Receiver, sent.Event = true, e.ID
	return sent, err
}

// reminderText words a reminder. A discreet one says neither what is done nor by
// whom: somebody else may read it.
func (d *deed) reminderText(ap booking.Appointment) announcement {
	say := func(id string) string {
		return capitals(prompts.Say(d.st.Lang, id, prompts.Args{"when": d.when(ap.Start)}))
	}
	come := comeID(ap)
	an := announcement{
		text: d.h.reminderWords(ap.Slot, ap.Number, d.st.Lang, d.now), goal: GoalCome, target: ap.Number,
		buttons: []Button{{come, say("come.yes")}, {"do/move/" + ap.Number, say("button.move")}, {"do/cancel/" + ap.Number, say("come.no")}},
		inside:  []Button{{come, say("come.yes.at")}, {"do/cancel/" + ap.Number, say("come.no.at")}},
	}
	if !d.h.clinic.Reminders.Discreet {
		an.view = d.h.view(ap, d.st.Lang)
	}
	return an
}

// askCome asks again whether the visitor will come.
func (d *deed) askCome() {
	for _, ap := range d.own {
		if ap.Number == d.st.Target {
			an := d.reminderText(ap)
			args := d.argsOf(ap)
			d.say("come.ask", args)
			d.turn.Buttons = append(d.turn.Buttons, an.buttons...)
		}
	}
}

func (h *house) reminderWords(s booking.Slot, number, lang string, now time.Time) string {
	d := deed{h: h, st: &State{Lang: lang}, now: now}
	args := d.args(s)
	args["number"] = number
	id := "remind.full"
	if h.clinic.Reminders.Discreet {
		id = "remind.discreet"
	}
	return prompts.Say(lang, id, args)
}

// remindersDue reports whether somebody is to be reminded. It only reads.
func (a *Assistant) remindersDue(tx *storage.Tx, h *house, now time.Time) (bool, error) {
	a.mu.Lock()
	next, looked := a.remindNext, a.remindLooked
	a.mu.Unlock()
	if !now.Before(looked) && now.Before(next) { // else the clock was set back
		return false, nil
	}
	all, next, err := h.remindables(tx, now)
	if err != nil || len(all) > 0 {
		return err == nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.remindNext, a.remindLooked = next, now
	return false, nil
}
