package delivery

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage/outbox"
)

// inBubble runs fn with a relay to one receiver under a virtual clock.
func inBubble(t *testing.T, fn func(t *testing.T, h *house, n *network, r *receiver)) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, r := newNetwork(), newReceiver(secretOne)
		n.serve(t, "crm.test:80", r)
		h := newHouse(t, dir, Config{Receivers: []clinic.Receiver{crm("http://crm.test/hook")}, Dial: n.dial})
		stop := h.run()
		fn(t, h, n, r)
		stop()
	})
}

func TestScheduleOfAFailingReceiver(t *testing.T) {
	inBubble(t, func(t *testing.T, h *house, _ *network, r *receiver) {
		r.answers(status(http.StatusInternalServerError))
		h.happen("a")
		time.Sleep(200 * time.Hour)
		hits := r.got()
		if len(hits) != len(schedule) {
			t.Fatalf("%d attempts, want %d", len(hits), len(schedule))
		}
		shifted := 0
		for i, hit := range hits {
			if hit.Verified != nil {
				t.Errorf("attempt %d: %v", i, hit.Verified)
			}
			if hit.ID != hits[0].ID {
				t.Errorf("attempt %d has the id %s, want %s as the first", i, hit.ID, hits[0].ID)
			}
			if i == 0 {
				continue
			}
			gap, want := hit.At-hits[i-1].At, schedule[i]
			if gap < want*8/10 || gap > want*12/10 {
				t.Errorf("attempt %d comes %v after the one before, want %v ± 20%%", i, gap, want)
			}
			if gap != want {
				shifted++
			}
			if hit.Header.Get("Webhook-Timestamp") == hits[i-1].Header.Get("Webhook-Timestamp") {
				t.Errorf("attempt %d has the timestamp of the one before", i)
			}
		}
		if shifted == 0 {
			t.Error("no gap is shifted by jitter")
		}
		d := h.only()
		if d.State != outbox.GivenUp || len(d.Attempts) != len(schedule) || d.Attempts[3].Status != 500 {
			t.Errorf("at the end %s with attempts %+v", d.State, d.Attempts)
		}

		r.answers(nil)
		if err := h.relay.Resend(t.Context(), d.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if d := h.only(); d.State != outbox.Done || r.got()[len(schedule)].ID != hits[0].ID {
			t.Errorf("after Resend: %s, %d calls", d.State, len(r.got()))
		}
	})
}

// TestScheduleHoldsWhileTheReceiverIsGone finds the pauses between attempts at
// a receiver that cannot be reached never longer than the schedule's.
func TestScheduleHoldsWhileTheReceiverIsGone(t *testing.T) {
	inBubble(t, func(t *testing.T, h *house, n *network, _ *receiver) {
		n.mu.Lock()
		clear(n.hosts)
		n.mu.Unlock()
		h.happen("a")
		time.Sleep(200 * time.Hour)
		d := h.only()
		if d.State != outbox.GivenUp || len(d.Attempts) != len(schedule) {
			t.Fatalf("at the end %s after %d attempts", d.State, len(d.Attempts))
		}
		for i, a := range d.Attempts[1:] {
			gap, want := a.At.Sub(d.Attempts[i].At), schedule[i+1]
			if gap < want*8/10 || gap > want*12/10 || a.Error != Refused {
				t.Errorf("attempt %d after %v, want %v ± 20%%; error %q", i+1, gap, want, a.Error)
			}
		}
	})
}

// TestBackAgain has many events wait for a receiver that is gone for two days
// and comes back: it gets all of them, in order per subject, soon after.
func TestBackAgain(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, r := newNetwork(), newReceiver(secretOne)
		h := newHouse(t, dir, Config{Receivers: []clinic.Receiver{crm("http://crm.test/hook")}, Dial: n.dial})
		stop := h.run()
		var want []string
		for range 6 {
			h.happen("a", "b", "a", "c")
			time.Sleep(8 * time.Hour)
		}
		for _, d := range h.deliveries(outbox.Filter{}) {
			want = append(want, d.Event.Subject)
		}
		slices.Reverse(want)
		n.serve(t, "crm.test:80", r)
		h.happen("b") // what happens now finds that it is back
		time.Sleep(2 * maxPause)
		stop()
		want = append(want, "b")
		for _, subject := range []string{"a", "b", "c"} {
			var got []string
			for _, one := range r.order() {
				if strings.HasPrefix(one, subject) {
					got = append(got, one)
				}
			}
			if n := len(slices.DeleteFunc(slices.Clone(want), func(s string) bool { return s != subject })); len(got) != n {
				t.Errorf("%d events of %s came (%q), want %d", len(got), subject, got, n)
			}
			if !slices.IsSortedFunc(got, func(a, b string) int { return number(t, a) - number(t, b) }) {
				t.Errorf("events of %s came as %q", subject, got)
			}
		}
		if waiting := h.deliveries(outbox.Filter{State: outbox.Waiting}); len(waiting) != 0 {
			t.Errorf("%d deliveries still wait", len(waiting))
		}
		for _, hit := range r.got() {
			if hit.Verified != nil {
				t.Error(hit.Verified)
			}
		}
	})
}

// number is the 12 of "a12".
func number(t *testing.T, event string) int {
	t.Helper()
	n, err := strconv.Atoi(event[1:])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestNewEventsAreNotHeldUp has one receiver hang and another get its events at
// once; and one subject's failure not hold up another subject.
func TestNewEventsAreNotHeldUp(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, dead, alive := newNetwork(), newReceiver(secretOne), newReceiver(secretOne)
		dead.answers(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		n.serve(t, "dead.test:80", dead)
		n.serve(t, "alive.test:80", alive)
		deadOne, aliveOne := crm("http://dead.test/"), crm("http://alive.test/")
		aliveOne.Name = "alive"
		h := newHouse(t, dir, Config{Receivers: []clinic.Receiver{deadOne, aliveOne}, Dial: n.dial})
		stop := h.run()
		h.happen("a", "b")
		synctest.Wait()
		if got := alive.order(); !slices.Equal(got, []string{"a1", "b2"}) {
			t.Errorf("the other receiver got %q at once, want a1 and b2", got)
		}
		time.Sleep(sendTimeout)
		synctest.Wait()
		d := h.deliveries(outbox.Filter{Receiver: "crm"})[1]
		if len(d.Attempts) != 1 || d.Attempts[0].Error != TimedOut || d.Attempts[0].Took != sendTimeout {
			t.Errorf("attempts %+v, want one that timed out after %v", d.Attempts, sendTimeout)
		}
		alive.answers(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
		})
		h.happen("a")
		synctest.Wait()
		alive.answers(nil)
		h.happen("a", "b")
		synctest.Wait()
		if got := alive.order(); !slices.Equal(got, []string{"a1", "b2", "a3", "b5"}) {
			t.Errorf("got %q, want a1 b2 a3 b5: a4 waits for a3", got)
		}
		stop()
	})
}

func TestRetryAfter(t *testing.T) {
	for name, c := range map[string]struct {
		header string
		least  time.Duration
		most   time.Duration
	}{
		"absent":            {"", 4 * time.Second, 6 * time.Second},
		"shorter":           {"1", 4 * time.Second, 6 * time.Second},
		"seconds":           {"600", 600 * time.Second, 601 * time.Second},
		"beyond the bound":  {"86400", maxRetryAfter, maxRetryAfter + time.Second},
		"absurd":            {"99999999999999999999", 4 * time.Second, 6 * time.Second},
		"negative":          {"-5", 4 * time.Second, 6 * time.Second},
		"a date":            {"Sat, 01 Jan 2000 00:10:00 GMT", 599 * time.Second, 601 * time.Second},
		"a date gone by":    {"Fri, 31 Dec 1999 00:10:00 GMT", 4 * time.Second, 6 * time.Second},
		"neither":           {"soon", 4 * time.Second, 6 * time.Second},
		"a date far beyond": {"Sat, 01 Jan 2050 00:10:00 GMT", maxRetryAfter, maxRetryAfter + time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, h *house, _ *network, r *receiver) {
				r.answers(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Retry-After", c.header)
					w.WriteHeader(http.StatusServiceUnavailable)
				})
				h.happen("a")
				if c.least > time.Minute {
					time.Sleep(time.Second)
					h.happen("b") // who asked for rest is left in peace
				}
				time.Sleep(3 * time.Hour)
				hits := r.got()
				if at := hits[1].At - hits[0].At; at < c.least || at > c.most {
					t.Errorf("the next call came after %v, want %v–%v", at, c.least, c.most)
				}
			})
		})
	}
}

// TestOnePoisonedEventIsNotHurried has one event always fail with 500 while
// others succeed: their successes do not use up its attempts.
func TestOnePoisonedEventIsNotHurried(t *testing.T) {
	inBubble(t, func(t *testing.T, h *house, _ *network, r *receiver) {
		r.answers(status(http.StatusInternalServerError))
		h.happen("a")
		synctest.Wait()
		r.answers(nil)
		for range 20 {
			h.happen("b")
			time.Sleep(10 * time.Millisecond)
		}
		for _, d := range h.deliveries(outbox.Filter{State: outbox.Waiting}) {
			if len(d.Attempts) != 1 {
				t.Errorf("%d attempts within a second, want 1", len(d.Attempts))
			}
		}
	})
}
