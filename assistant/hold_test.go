package assistant

import (
	"testing"
	"time"
)

// TestHoldIsTold: every reply says how long the chosen slot is kept, and a page
// that comes back hears it too.
func TestHoldIsTold(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	if first := v.say("на прививку завтра в 10:00"); first.Hold == nil || !first.Hold.Until.Equal(monday.Add(10*time.Minute)) {
		t.Fatalf("kept until %v", first.Hold)
	}
	h.clock.pass(4 * time.Minute)
	if asked := v.say("а парковка есть?"); asked.Hold == nil || !asked.Hold.Until.Equal(monday.Add(10*time.Minute)) {
		t.Errorf("a question in between: %v", asked.Hold)
	}
	back := func() *HoldView {
		t.Helper()
		s, err := h.Open(t.Context(), Visit{Token: v.session.Token})
		if err != nil {
			t.Fatal(err)
		}
		return s.Hold
	}
	if hold := back(); hold == nil || hold.Start.Format("2 15:04") != "24 10:00" {
		t.Errorf("a page that comes back: %v", hold)
	}
	h.clock.pass(7 * time.Minute)
	if hold := back(); hold != nil {
		t.Errorf("over, and still told: %v", hold)
	}
}

// TestLeavingReleases: the slot is free for others as soon as the visitor leaves
// the choice, and the reply no longer tells of it.
func TestLeavingReleases(t *testing.T) {
	for name, leave := range map[string]func(h *testHouse, v *testVisitor){
		"another time":    func(_ *testHouse, v *testVisitor) { v.say("лучше в среду в 10:00") },
		"another slot":    func(_ *testHouse, v *testVisitor) { v.say("а что есть в четверг?") },
		"another service": func(_ *testHouse, v *testVisitor) { v.say("нет, лучше подстричь бороду") },
		"dropped":         func(_ *testHouse, v *testVisitor) { v.say("передумала") },
		"consent refused": func(_ *testHouse, v *testVisitor) { v.press("Не согласен") },
		"erasing":         func(_ *testHouse, v *testVisitor) { v.say("удалите мои данные") },
		"a person":        func(_ *testHouse, v *testVisitor) { v.say("позовите администратора") },
		"start over":      func(_ *testHouse, v *testVisitor) { v.say("начнём сначала") },
	} {
		t.Run(name, func(t *testing.T) {
			h := newTestHouse(t)
			h.start()
			v := h.visitor("ru")
			if first := v.say("на прививку завтра в 10:00"); first.Hold == nil {
				t.Fatalf("nothing is kept: %s", describe(first))
			}
			leave(h, v)
			if name != "another service" && v.last.Hold != nil && v.last.Hold.Start.Format("2 15:04") == "24 10:00" {
				t.Errorf("still told: %s", describe(v.last))
			}
			if other := h.visitor("ru").say("на прививку завтра в 10:00"); other.Hold == nil {
				t.Errorf("not free for others: %s", describe(other))
			}
		})
	}
}
