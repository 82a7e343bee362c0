package booking

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

var (
	visitor   = Change{Author: "visitor"}
	reception = Change{Author: "o_1", Reason: "by phone", Staff: true}
)

// listen has told hear from here on.
func (h *house) listen() {
	h.Helper()
	h.update(func(tx *storage.Tx) error { return outbox.Plan(tx, "test", nil) })
}

// told lists the events since listen, as type and version.
func (h *house) told() []string {
	h.Helper()
	h.listen()
	var all []string
	h.view(func(tx *storage.Tx) error {
		sent, err := outbox.Deliveries(tx, outbox.Filter{Receiver: "test"})
		for _, d := range slices.Backward(sent) {
			var data EventData
			if err := json.Unmarshal(d.Event.Data, &data); err != nil {
				return err
			}
			if d.Event.Subject != data.Number {
				h.Errorf("event %s has the subject %q, its data the number %q", d.Event.Type, d.Event.Subject, data.Number)
			}
			all = append(all, fmt.Sprint(d.Event.Type, " ", data.Version))
		}
		return err
	})
	return all
}

// journal lists the entries so far, as actor and action.
func (h *house) journal() []string {
	h.Helper()
	var all []string
	h.view(func(tx *storage.Tx) error {
		var err error
		for e := range audit.Entries(tx, 0, 0, &err) {
			all = append(all, e.Actor+" "+e.Action+" "+e.Object)
		}
		return err
	})
	return all
}

func TestLifeOfAnAppointment(t *testing.T) {
	const at = "2026-11-25T09:00"
	type act struct {
		verb   string // request, confirm, decline, cancel, arrived, no-show, move TO
		by     Change
		now    string // "" as before
		want   Status
		err    error
		silent bool // has no effect
	}
	tests := []struct {
		name, file string
		acts       []act
	}{
		{"asked for, agreed, came", "clinic", []act{
			{verb: "request", by: visitor, want: Requested},
			{verb: "confirm", by: reception, want: Confirmed},
			{verb: "confirm", by: reception, want: Confirmed, silent: true},
			{verb: "arrived", by: reception, err: ErrStatus},
			{verb: "no-show", by: reception, now: "2026-11-25T08:59", err: ErrStatus},
			{verb: "arrived", by: reception, want: Arrived},
			{verb: "cancel", by: reception, err: ErrStatus},
			{verb: "no-show", by: reception, now: "2026-11-25T09:20", want: NoShow},
			{verb: "arrived", by: reception, want: Arrived},
		}},
		{"refused", "clinic", []act{
			{verb: "request", by: visitor, want: Requested},
			{verb: "decline", by: reception, want: Declined},
			{verb: "confirm", by: reception, err: ErrStatus},
			{verb: "move 2026-11-25T10:00", by: visitor, err: ErrStatus},
		}},
		{"a visitor's move asks anew", "clinic", []act{
			{verb: "request", by: visitor, want: Requested},
			{verb: "confirm", by: reception, want: Confirmed},
			{verb: "move 2026-11-27T10:00", by: visitor, want: Requested},
			{verb: "confirm", by: reception, want: Confirmed},
			{verb: "move 2026-11-27T10:05", by: visitor, err: ErrGrid},
			{verb: "move 2026-11-27T10:05", by: reception, want: Confirmed},
			{verb: "move 2026-11-24T10:00", by: reception, err: ErrAbsent},
			{verb: "move 2026-11-22T10:00", by: reception, err: ErrPast},
		}},
		{"staff's move of a request leaves it one", "clinic", []act{
			{verb: "request", by: visitor, want: Requested},
			{verb: "move 2026-11-27T10:00", by: reception, want: Requested},
			{verb: "move 2026-11-27T10:00", by: reception, want: Requested, silent: true},
		}},
		{"half an hour later, over its own old time", "clinic", []act{
			{verb: "request", by: visitor, want: Requested},
			{verb: "move 2026-11-25T09:15", by: visitor, want: Requested},
		}},
		{"nobody cancels or moves what has begun, but staff cancel", "clinic", []act{
			{verb: "request", by: visitor, want: Requested},
			{verb: "cancel", by: visitor, now: at, err: ErrStatus},
			{verb: "move 2026-11-27T10:00", by: visitor, err: ErrStatus},
			{verb: "cancel", by: reception, want: Cancelled},
		}},
		{"what staff book is agreed", "clinic", []act{
			{verb: "request", by: reception, want: Confirmed},
			{verb: "decline", by: reception, err: ErrStatus},
			{verb: "cancel", by: visitor, want: Cancelled},
			{verb: "cancel", by: visitor, want: Cancelled, silent: true},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := example(t, tt.file, "2026-11-23T09:00")
			h.listen()
			var a Appointment
			var told, journal []string
			for i, act := range tt.acts {
				if act.now != "" {
					h.now = h.time(act.now)
				}
				before := a
				got, err := h.act(act.verb, at, a.Number, act.by)
				if !errors.Is(err, act.err) {
					t.Fatalf("act %d, %s: %v, want %v", i+1, act.verb, err, act.err)
				}
				if err != nil {
					continue
				}
				if a = got; a.Status != act.want {
					t.Fatalf("act %d, %s: %s, want %s", i+1, act.verb, a.Status, act.want)
				}
				if act.silent {
					if diff := cmp.Diff(before, a); diff != "" {
						t.Errorf("act %d, %s, changed something:\n%s", i+1, act.verb, diff)
					}
					continue
				}
				event := "appointment." + string(a.Status)
				if act.verb[0] == 'm' {
					event = "appointment.moved"
				}
				told = append(told, fmt.Sprint(event, " ", before.Version+1))
				journal = append(journal, act.by.Author+" "+event+" A-1001")
				h.view(func(tx *storage.Tx) error {
					stored, err := Get(tx, a.Number)
					if diff := cmp.Diff(a, stored); diff != "" {
						t.Errorf("act %d, %s: stored otherwise than returned:\n%s", i+1, act.verb, diff)
					}
					return err
				})
			}
			if diff := cmp.Diff(told, h.told()); diff != "" {
				t.Errorf("events:\n%s", diff)
			}
			if diff := cmp.Diff(journal, h.journal()); diff != "" {
				t.Errorf("journal:\n%s", diff)
			}
		})
	}
}

// act does one step of a life, in a transaction.
func (h *house) act(verb, at, number string, by Change) (Appointment, error) {
	return try(h, func(tx *storage.Tx) (Appointment, error) {
		var to string
		fmt.Sscanf(verb, "move %s", &to)
		switch {
		case verb == "request":
			b := Booking{Slot: h.slot("therapist", "akhmetova", at), Conversation: "me", Author: by.Author, Staff: by.Staff}
			return h.Request(tx, b, h.now)
		case to != "":
			return h.Move(tx, number, 0, Slot{Start: h.time(to)}, by, h.now)
		}
		steps := map[string]func(*storage.Tx, string, int, Change, time.Time) (Appointment, error){
			"confirm": h.Confirm, "decline": h.Decline, "cancel": h.Cancel, "arrived": h.Arrived, "no-show": h.NoShow,
		}
		return steps[verb](tx, number, 0, by, h.now)
	})
}

func TestTheSalonConfirmsByItself(t *testing.T) {
	h := example(t, "salon", "2026-11-25T12:00")
	a := h.request(h.slot("haircut-women", "alina", "2026-11-26T18:00"), "me")
	moved := must(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Move(tx, a.Number, a.Version, Slot{Start: h.time("2026-11-27T18:00")}, visitor, h.now)
	})
	if a.Status != Confirmed || moved.Status != Confirmed {
		t.Errorf("requested: %s, moved: %s; want confirmed", a.Status, moved.Status)
	}
}

func TestAStaleChangeIsRefusedWithWhatChanged(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	a := h.request(h.slot("therapist", "akhmetova", "2026-11-25T09:00"), "me")
	b := must(h, func(tx *storage.Tx) (Appointment, error) { return h.Confirm(tx, a.Number, a.Version, reception, h.now) })
	changes := map[string]func(*storage.Tx) (Appointment, error){
		"confirm": func(tx *storage.Tx) (Appointment, error) {
			return h.Confirm(tx, a.Number, a.Version, reception, h.now)
		},
		"cancel": func(tx *storage.Tx) (Appointment, error) {
			return h.Cancel(tx, a.Number, a.Version, reception, h.now)
		},
		"move": func(tx *storage.Tx) (Appointment, error) {
			return h.Move(tx, a.Number, a.Version, Slot{Start: h.time("2026-11-25T10:00")}, reception, h.now)
		},
	}
	for name, change := range changes {
		_, err := try(h, change)
		var stale *Stale
		if !errors.Is(err, ErrStale) || !errors.As(err, &stale) {
			t.Fatalf("%s: %v, want ErrStale", name, err)
		}
		if diff := cmp.Diff(b, stale.Current); diff != "" {
			t.Errorf("%s: the present appointment:\n%s", name, diff)
		}
	}
	_, err := try(h, func(tx *storage.Tx) (Appointment, error) { return h.Confirm(tx, "A-77", 0, reception, h.now) })
	if !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("unknown number: %v, want ErrNotFound", err)
	}
}

func TestAMoveFreesTheOldSlotAndTakesTheNew(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	before, after := h.slot("therapist", "akhmetova", "2026-11-25T09:00"), h.slot("therapist", "akhmetova", "2026-11-27T10:00")
	a := h.request(before, "me")
	must(h, func(tx *storage.Tx) (Appointment, error) { return h.Move(tx, a.Number, 0, after, visitor, h.now) })
	if err := h.check(before, "other", ""); err != nil {
		t.Errorf("the old slot: %v", err)
	}
	if err := h.check(after, "other", ""); !errors.Is(err, ErrTaken) {
		t.Errorf("the new slot: %v, want ErrTaken", err)
	}
	h.request(before, "other")
	_, err := try(h, func(tx *storage.Tx) (Appointment, error) { return h.Move(tx, a.Number, 0, before, visitor, h.now) })
	if !errors.Is(err, ErrTaken) {
		t.Errorf("moving onto another's slot: %v, want ErrTaken", err)
	}
	if err := h.check(after, "third", ""); !errors.Is(err, ErrTaken) {
		t.Errorf("after a refused move its own slot: %v, want ErrTaken", err)
	}
}

func TestNumbersAreNotUsedAgain(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	s := h.slot("therapist", "akhmetova", "2026-11-25T09:00")
	for i := range 3 {
		a := h.request(s, "me")
		if want := fmt.Sprintf("A-%d", 1001+i); a.Number != want {
			t.Errorf("number %s, want %s", a.Number, want)
		}
		must(h, func(tx *storage.Tx) (Appointment, error) { return h.Cancel(tx, a.Number, 0, visitor, h.now) })
	}
}

func TestOneVisitorHasSoManyOpenAppointments(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00") // per_visitor: 3
	ask := func(conversation, contact, start string) (Appointment, error) {
		return try(h, func(tx *storage.Tx) (Appointment, error) {
			return h.Request(tx, Booking{Slot: h.slot("therapist", "akhmetova", start), Conversation: conversation, Contact: contact}, h.now)
		})
	}
	var last Appointment
	for i, conversation := range []string{"v1", "v1", "v2"} {
		var err error
		if last, err = ask(conversation, "c1", fmt.Sprintf("2026-11-25T%02d:00", 9+i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ask("v3", "c1", "2026-11-25T12:00"); !errors.Is(err, ErrLimit) {
		t.Errorf("a fourth of one contact: %v, want ErrLimit", err)
	}
	if _, err := ask("v3", "c2", "2026-11-25T12:00"); err != nil {
		t.Errorf("the first of another: %v", err)
	}
	must(h, func(tx *storage.Tx) (Appointment, error) { return h.Cancel(tx, last.Number, 0, visitor, h.now) })
	if _, err := ask("v4", "c1", "2026-11-25T13:00"); err != nil {
		t.Errorf("after one was cancelled: %v", err)
	}
	must(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Request(tx, Booking{Slot: h.slot("therapist", "akhmetova", "2026-11-25T13:30"), Contact: "c1", Author: "o_1", Staff: true}, h.now)
	})
}

func TestForgettingAPerson(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	book := func(start, conversation, contact string) Appointment {
		return must(h, func(tx *storage.Tx) (Appointment, error) {
			b := Booking{
				Slot: h.slot("therapist", "akhmetova", start), Conversation: conversation, Contact: contact,
				Source: map[string]string{"utm_source": "instagram"}, Author: "visitor",
			}
			return h.Request(tx, b, h.now)
		})
	}
	past, next, others := book("2026-11-23T10:00", "v1", "c1"), book("2026-11-25T10:00", "v2", "c1"), book("2026-11-25T11:00", "v3", "c3")
	h.now = h.time("2026-11-23T12:00")
	must(h, func(tx *storage.Tx) (Hold, error) {
		return h.Hold(tx, h.slot("therapist", "akhmetova", "2026-11-25T12:00"), "v1", h.now)
	})
	must(h, func(tx *storage.Tx) (Waiting, error) {
		return h.Join(tx, Wish{Service: "therapist", From: h.now, To: h.now.AddDate(0, 0, 1), Conversation: "v1"}, h.now)
	})
	cancelled := must(h, func(tx *storage.Tx) ([]Appointment, error) {
		return h.Forget(tx, Who{Contact: "c1", Conversations: []string{"v1"}}, Change{Author: "visitor"}, h.now)
	})
	if len(cancelled) != 1 || cancelled[0].Number != next.Number {
		t.Errorf("cancelled %+v, want %s alone", cancelled, next.Number)
	}
	h.view(func(tx *storage.Tx) error {
		for _, number := range []string{past.Number, next.Number} {
			a, err := Get(tx, number)
			if err != nil {
				return err
			}
			if a.Contact != "" || a.Conversation != "" || a.Visitor != "" || a.Source != nil || a.Reason != "" {
				t.Errorf("%s still says whose it is: %+v", number, a)
			}
		}
		for _, who := range []string{byContact("c1"), byConversation("v1"), byConversation("v2")} {
			if own, err := ownedBy(tx, who); err != nil || len(own) > 0 {
				t.Errorf("%s still has %v, %v", who, own, err)
			}
		}
		if list, err := WaitingList(tx); err != nil || len(list) > 0 {
			t.Errorf("the waiting list: %v, %v", list, err)
		}
		if _, err := h.Held(tx, "v1", h.now); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("the hold: %v", err)
		}
		a, err := Get(tx, others.Number)
		if diff := cmp.Diff(others, a); diff != "" {
			t.Errorf("somebody else's appointment:\n%s", diff)
		}
		return err
	})
	if err := h.check(next.Slot, "other", ""); err != nil {
		t.Errorf("the slot of the cancelled appointment: %v", err)
	}
	if a := must(h, func(tx *storage.Tx) (Appointment, error) { return Get(tx, past.Number) }); a.Status != Requested {
		t.Errorf("the past appointment is %s, want it untouched", a.Status)
	}
}

func TestLookingUp(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	a := h.request(h.slot("therapist", "akhmetova", "2026-11-25T10:00"), "me")
	b := h.request(h.slot("therapist", "akhmetova", "2026-11-25T09:00"), "me")
	c := h.request(h.slot("cleaning", "sharipov", "2026-11-26T10:00"), "other")
	a = must(h, func(tx *storage.Tx) (Appointment, error) {
		return h.Move(tx, a.Number, 0, Slot{Start: h.time("2026-11-27T10:00")}, visitor, h.now)
	})
	c = must(h, func(tx *storage.Tx) (Appointment, error) { return Assign(tx, c.Number, "c9", "") })
	between := func(from, to string) []Appointment {
		var all []Appointment
		h.view(func(tx *storage.Tx) error {
			var err error
			for a := range Between(tx, h.time(from), h.time(to), &err) {
				all = append(all, a)
			}
			return err
		})
		return all
	}
	h.view(func(tx *storage.Tx) error {
		mine, err := OfConversation(tx, "me")
		if diff := cmp.Diff([]Appointment{b, a}, mine); diff != "" {
			t.Errorf("of the conversation:\n%s", diff)
		}
		his, err2 := OfContact(tx, "c9")
		if diff := cmp.Diff([]Appointment{c}, his); diff != "" {
			t.Errorf("of the contact:\n%s", diff)
		}
		return errors.Join(err, err2)
	})
	if diff := cmp.Diff([]Appointment{b, c}, between("2026-11-25T09:00", "2026-11-27T10:00")); diff != "" {
		t.Errorf("from Wednesday to Friday, 10:00:\n%s", diff)
	}
	if diff := cmp.Diff([]Appointment{a}, between("2026-11-27T10:00", "2026-12-27T10:00")); diff != "" {
		t.Errorf("from Friday, 10:00, on:\n%s", diff)
	}
}

func TestWaiting(t *testing.T) {
	h := example(t, "clinic", "2026-11-23T09:00")
	wish := Wish{Service: "ultrasound", From: h.time("2026-11-24T00:00"), To: h.time("2026-11-25T00:00"), Contact: "c1", Conversation: "v1"}
	join := func(w Wish) (Waiting, error) {
		return try(h, func(tx *storage.Tx) (Waiting, error) { return h.Join(tx, w, h.now) })
	}
	first, err := join(wish)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := join(wish); err != nil || again.ID != first.ID {
		t.Errorf("the same wish again: %+v, %v; want %+v", again, err, first)
	}
	other := wish
	other.Contact, other.Conversation, other.Specialist = "c2", "v2", "galieva"
	second, err := join(other)
	if err != nil {
		t.Fatal(err)
	}
	h.view(func(tx *storage.Tx) error {
		list, err := WaitingList(tx)
		if diff := cmp.Diff([]Waiting{first, second}, list); diff != "" {
			t.Errorf("the list:\n%s", diff)
		}
		return err
	})
	h.update(func(tx *storage.Tx) error { return Leave(tx, first.ID) })
	h.view(func(tx *storage.Tx) error {
		list, err := WaitingList(tx)
		if diff := cmp.Diff([]Waiting{second}, list); diff != "" {
			t.Errorf("the list after one left:\n%s", diff)
		}
		return err
	})
	for name, w := range map[string]Wish{
		"unknown service":   {Service: "mri", From: wish.From, To: wish.To},
		"not her service":   {Service: "cleaning", Specialist: "galieva", From: wish.From, To: wish.To},
		"yesterday":         {Service: "ultrasound", From: h.now.AddDate(0, 0, -2), To: h.now.AddDate(0, 0, -1)},
		"ends as it begins": {Service: "ultrasound", From: wish.From, To: wish.From},
	} {
		if _, err := join(w); !errors.As(err, new(*Refusal)) {
			t.Errorf("%s: %v, want a Refusal", name, err)
		}
	}
	if diff := cmp.Diff([]string{"visitor waitlist.joined W-1", "visitor waitlist.joined W-2"}, h.journal()); diff != "" {
		t.Errorf("journal:\n%s", diff)
	}
}
