package assistant

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/nlu/when"
	"okoshko/storage"
)

// pressed does what a button says. A page may be old: one whose time has passed
// changes nothing, and the visitor is told so before what is open is asked again.
func (t *turn) pressed(button string) {
	before := *t.st
	t.press(button)
	o := t.out
	idle := !o.done && !o.do && len(o.parts) == 0 && len(o.effects) == 0 && !t.changed && !t.moved && !o.denied
	if idle && reflect.DeepEqual(before, *t.st) {
		t.out.say("stale", nil)
	}
}

// staleSlot is a slot of a page that is older than the clinic's file: who or what
// it names is no longer there. Where the service is, the nearest to its time is
// looked for.
func (t *turn) staleSlot(id string) {
	parts := strings.Split(id, "/")
	if len(parts) != 4 || parts[0] != "slot" {
		return
	}
	unix, err := strconv.ParseInt(parts[3], 10, 64)
	if _, ok := t.f.clinic.Service(parts[2]); !ok || err != nil || unix <= 0 || unix > farthest {
		t.out.say("stale.slot", nil)
		return
	}
	t.started(GoalBook)
	if t.st.Goal != GoalBook {
		return
	}
	t.out.say("stale.slot", nil)
	t.release()
	t.st.Request = Request{Service: parts[2], When: []when.Constraint{at(time.Unix(unix, 0).In(t.f.now.Location()))}}
}

// tellChanged says what has become of an appointment whose old button was
// pressed, to its own visitor.
func (d *deed) tellChanged(number string) error {
	a, err := booking.Get(d.tx, number)
	if errors.Is(err, storage.ErrNotFound) || err == nil && a.Conversation != d.conversation {
		d.say("stale", nil)
		return nil
	}
	if err != nil {
		return err
	}
	d.sayChanged(a)
	return nil
}
