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
		h.clock.pass(c.after)
		if err := h.Retain(t.Context()); err != nil {
			t.Fatal(err)
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
