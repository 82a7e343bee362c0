package assistant

import (
	"errors"
	"testing"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/privacy"
	"okoshko/storage"
)

const day = 24 * time.Hour

// TestRetention: a conversation goes when its time is over, the person when
// theirs is, and what is still to come holds both.
func TestRetention(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	silent, booked := h.visitor("ru"), h.visitor("ru")
	silent.say("здравствуйте")
	number := booked.book("на прививку завтра в 10:00", "Инна", "89175550001")
	contact := func() bool {
		t.Helper()
		var ids []string
		err := h.db.View(func(tx *storage.Tx) (err error) { ids, err = privacy.ByPhone(tx, "+79175550001"); return err })
		if err != nil {
			t.Fatal(err)
		}
		return len(ids) == 1
	}
	talk := func(v *testVisitor) bool {
		t.Helper()
		_, err := h.Open(t.Context(), Visit{Token: v.session.Token})
		if err != nil && !errors.Is(err, ErrExpired) {
			t.Fatal(err)
		}
		return err == nil
	}
	for _, c := range []struct {
		after                  time.Duration
		silent, booked, person bool
	}{
		{29 * day, true, true, true},
		{2 * day, false, false, true}, // 31 days: both talks are over
		{149 * day, false, false, true},
		{3 * day, false, false, false}, // 183 days: 180 after the visit and more
	} {
		for range c.after / day { // the job runs daily
			h.clock.pass(day)
			if err := h.Retain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if s, b, p := talk(silent), talk(booked), contact(); s != c.silent || b != c.booked || p != c.person {
			t.Errorf("after %v more: silent %v, booked %v, person %v; want %v %v %v", c.after, s, b, p, c.silent, c.booked, c.person)
		}
	}
	err := h.db.View(func(tx *storage.Tx) error {
		a, err := booking.Get(tx, number)
		if err == nil && (a.Contact != "" || a.Conversation != "") {
			t.Errorf("the appointment still leads to the person: %+v", a)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRetentionDistrustsTheClock: a clock that went back destroys nothing, and
// neither does one that jumps ahead and back.
func TestRetentionDistrustsTheClock(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	if err := h.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.clock.pass(-400 * day)
	v := h.visitor("ru")
	v.say("здравствуйте")
	h.clock.pass(100 * day)
	if err := h.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Open(t.Context(), Visit{Token: v.session.Token}); err != nil {
		t.Errorf("the talk is gone: %v", err)
	}
}

// TestRetentionDoubtsALeap: a clock that jumps ahead destroys nothing for a day,
// and a machine that was switched off goes on after it.
func TestRetentionDoubtsALeap(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.say("здравствуйте")
	retain := func() RetentionState {
		t.Helper()
		if err := h.Retain(t.Context()); err != nil {
			t.Fatal(err)
		}
		s, err := h.Retention(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	alive := func() bool {
		_, err := h.Open(t.Context(), Visit{Token: v.session.Token})
		return err == nil
	}
	if s := retain(); len(s.Runs) != 1 || s.Due.Total() != 0 {
		t.Fatalf("first run: %+v", s)
	}
	h.clock.pass(400 * day)
	if s := retain(); !alive() || s.Doubted.IsZero() || s.Due.Conversations != 1 {
		t.Errorf("right after the leap: alive %v, %+v", alive(), s)
	}
	h.clock.pass(-399 * day) // it was put right
	if s := retain(); !alive() || s.Back {
		t.Errorf("put right: alive %v, %+v", alive(), s)
	}
	h.clock.pass(40 * day) // now it was really switched off
	retain()
	h.clock.pass(day)
	if s := retain(); alive() || len(s.Runs) < 2 || s.Runs[0].Conversations != 1 {
		t.Errorf("a day later: alive %v, %+v", alive(), s)
	}
}

// TestRetentionShowsWhatFallsDue: a week ahead.
func TestRetentionShowsWhatFallsDue(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	h.visitor("ru").say("здравствуйте")
	for range 25 {
		h.clock.pass(day)
		if err := h.Retain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s, err := h.Retention(t.Context())
	if err != nil || s.Due.Total() != 0 || s.Soon.Conversations != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}
