package assistant

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/prompts"
	"okoshko/storage"
)

// comeID is the button by which a visitor says that they will come to an
// appointment at its present time: come/NUMBER/UNIX.
func comeID(ap booking.Appointment) string {
	return "come/" + ap.Number + "/" + strconv.FormatInt(ap.Start.Unix(), 10)
}

// pressCome is «I will come» to a reminder. One of a time that has since changed
// is answered with what the appointment has become.
func (t *turn) pressCome(button string) {
	number, _, _ := strings.Cut(strings.TrimPrefix(button, "come/"), "/")
	t.out.effect(effectCome, button)
	t.moved = true
	if t.st.Goal == GoalCome && t.st.Target == number {
		t.st.reset()
	}
}

// comeNot asks whether to cancel the visit that the visitor will not come to.
func (t *turn) comeNot() {
	target := t.st.Target
	t.st.reset()
	t.st.Goal, t.st.Target = GoalCancel, target
	t.moved = true
}

// remindedOf is the appointment that a reminder asks about, where the message
// does not say that it means another.
func (t *turn) remindedOf() string {
	if t.st.Goal != GoalCome || t.names() {
		return ""
	}
	return t.st.Target
}

// instead turns the answer to a reminder into what it asks for: another service
// is a new booking, another time moves the visit.
func (t *turn) instead() {
	r := &t.st.Request
	if t.st.Goal != GoalCome {
		return
	}
	switch {
	case r.Service != "" || len(r.Services) > 0:
		t.st.Goal, t.st.Target = GoalBook, ""
	case len(r.When) > 0:
		for _, a := range t.open() {
			if a.Number != t.st.Target {
				continue
			}
			if len(r.When) == 1 && fits(a, r.When[0], t.f.now.Location()) {
				r.When, t.changed = nil, false // said what stands already
				return
			}
			t.st.Goal = GoalMove
			t.aimed(a)
		}
	}
}

// come notes that the visitor will come, and thanks.
func (d *deed) come(number string, start time.Time) error {
	for _, a := range d.own {
		if a.Number == number && (start.IsZero() || a.Start.Equal(start)) {
			d.moment = true
			d.say("come.done", prompts.Args{"when": d.when(a.Start)})
			return answered(d.tx, a, AnswerComing, d.now)
		}
	}
	return d.tellChanged(number)
}

// pressedCome does what an «I will come» of a button says.
func (d *deed) pressedCome(button string) error {
	number, unix, _ := strings.Cut(strings.TrimPrefix(button, "come/"), "/")
	at, err := strconv.ParseInt(unix, 10, 64)
	if err != nil || at <= 0 || at > farthest {
		return nil
	}
	return d.come(number, time.Unix(at, 0))
}

// answered notes the answer on the newest reminder of the appointment's present
// time, if there was one.
func answered(tx *storage.Tx, ap booking.Appointment, answer Answer, now time.Time) (err error) {
	from, to := storage.Prefix(visitKey(ap.Number, ap.Start))
	var newest []byte
	var r reminded
	for key, one := range reminders.Backward(tx, from, to, &err) {
		if one.State != ReminderMissed {
			newest, r = key, one
			break
		}
	}
	if err != nil || newest == nil {
		return err
	}
	r.State, r.Answer, r.At = ReminderAnswered, answer, now.UTC()
	return errors.Join(reminders.Put(tx, newest, r), unseen.Delete(tx, unseenKey(r.Conversation, r.Seq)))
}

// coming reports whether the visitor has said that they will come to the
// appointment at its present time.
func coming(tx *storage.Tx, ap booking.Appointment) (said bool, err error) {
	from, to := storage.Prefix(visitKey(ap.Number, ap.Start))
	for _, r := range reminders.Range(tx, from, to, &err) {
		said = said || r.Answer == AnswerComing
	}
	return said, err
}

// Seen notes that the visitor's page has shown the conversation's turns up to
// seq. It writes only where a reminder is among them.
func (a *Assistant) Seen(_ context.Context, conversation string, seq uint64) error {
	from, _ := storage.Prefix(append([]byte(conversation), 0))
	to := unseenKey(conversation, min(seq, 1<<62)+1)
	found := false
	err := a.db.View(func(tx *storage.Tx) (err error) {
		for range unseen.Range(tx, from, to, &err) {
			found = true
			break
		}
		return err
	})
	if err != nil || !found {
		return err
	}
	return a.db.Update(func(tx *storage.Tx) (err error) {
		var shown, keys [][]byte
		for at, key := range unseen.Range(tx, from, to, &err) {
			shown, keys = append(shown, at), append(keys, key)
		}
		for i, key := range keys {
			r, getErr := reminders.Get(tx, key)
			if getErr == nil && r.State == ReminderSent {
				r.State, r.At = ReminderSeen, a.now().UTC()
				err = errors.Join(err, reminders.Put(tx, key, r))
			}
			err = errors.Join(err, unseen.Delete(tx, shown[i]))
		}
		return err
	})
}
