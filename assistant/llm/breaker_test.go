package llm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var errProbe = fmt.Errorf("%w: for the test", ErrUnavailable)

// TestBreaker plays histories: a step is a request and its outcome, or time
// that passes; the state is looked at after each.
func TestBreaker(t *testing.T) {
	type step struct {
		pass time.Duration // or
		err  error         // of the request; ErrResting: it is turned away
		want Breaker
	}
	const rest = 30 * time.Second
	ok := error(nil)
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"three in a row", []step{
			{0, errProbe, BreakerClosed}, {0, errProbe, BreakerClosed}, {0, errProbe, BreakerOpen}, {0, ErrResting, BreakerOpen},
		}},
		{"a success between", []step{
			{0, errProbe, BreakerClosed}, {0, errProbe, BreakerClosed}, {0, ok, BreakerClosed}, {0, errProbe, BreakerClosed}, {0, errProbe, BreakerClosed},
		}},
		{"who leaves does not count", []step{
			{0, errProbe, BreakerClosed}, {0, errProbe, BreakerClosed}, {0, context.Canceled, BreakerClosed}, {0, errProbe, BreakerOpen},
		}},
		{"a cut answer is a sign of life", []step{
			{0, errProbe, BreakerClosed}, {0, errProbe, BreakerClosed}, {0, ErrTruncated, BreakerClosed}, {0, errProbe, BreakerClosed},
		}},
		{"the probe succeeds", []step{
			{0, errProbe, BreakerClosed},
			{0, errProbe, BreakerClosed},
			{0, errProbe, BreakerOpen},
			{rest - 1, nil, BreakerOpen},
			{0, ErrResting, BreakerOpen},
			{1, nil, BreakerProbe},
			{0, ok, BreakerClosed},
			{0, errProbe, BreakerClosed},
		}},
		{"the probe fails", []step{
			{0, errProbe, BreakerClosed},
			{0, errProbe, BreakerClosed},
			{0, errProbe, BreakerOpen},
			{rest, nil, BreakerProbe},
			{0, errProbe, BreakerOpen},
			{0, ErrResting, BreakerOpen},
			{rest, nil, BreakerProbe},
			{0, ok, BreakerClosed},
		}},
		{"the probe leaves", []step{
			{0, errProbe, BreakerClosed},
			{0, errProbe, BreakerClosed},
			{0, errProbe, BreakerOpen},
			{rest, nil, BreakerProbe},
			{0, context.Canceled, BreakerProbe},
			{0, ok, BreakerClosed},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := &clock{}
			b := newBreaker(3, rest, now.read)
			for i, s := range c.steps {
				if s.pass > 0 {
					now.pass(s.pass)
				} else if report, err := b.begin(); err == nil {
					report(s.err)
				} else if !errors.Is(s.err, err) {
					t.Errorf("step %d: turned away", i)
				}
				if got := b.state(); got != s.want {
					t.Errorf("step %d: %s, want %s", i, got, s.want)
				}
			}
		})
	}
}

// TestOneProbe: while one request tries the server the others are turned away.
func TestOneProbe(t *testing.T) {
	now := &clock{}
	b := newBreaker(1, time.Second, now.read)
	report, _ := b.begin()
	if !report(errProbe) {
		t.Error("the rest began unsaid")
	}
	now.pass(time.Second)
	probe, err := b.begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.begin(); !errors.Is(err, ErrResting) || !b.resting() {
		t.Errorf("a second probe: %v", err)
	}
	if probe(errProbe) {
		t.Error("the second rest in a row was said again")
	}
	if b.left() != time.Second {
		t.Errorf("%v left of the second rest", b.left())
	}
}

// TestRestSparesTheQueue: those who waited for a server that hangs do not each
// try it once it rests.
func TestRestSparesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, calls := pretend(t, Config{Failures: 1, Timeout: time.Second}, func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		results := make(chan error, 4)
		for i := range cap(results) {
			go func() {
				r := question()
				r.Key = fmt.Sprint(i)
				_, err := m.Ask(t.Context(), r)
				results <- err
			}()
		}
		resting := 0
		for range cap(results) {
			if err := <-results; errors.Is(err, ErrResting) {
				resting++
			}
		}
		if resting != 3 || len(*calls) != 1 {
			t.Errorf("%d turned away, %d calls; want 3 and 1", resting, len(*calls))
		}
	})
}

// TestRun: the model is made ready at the start and again after each rest, by
// Run and not by a visitor.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		down.Store(true)
		m, calls := pretend(t, Config{Failures: 2, Rest: 30 * time.Second}, func(context.Context) error {
			if down.Load() {
				return errProbe
			}
			return nil
		})
		began := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- m.Run(ctx, question().Messages[:1]) }()

		time.Sleep(70 * time.Second) // tries at 0, 30 (rests now), 60 s
		down.Store(false)
		time.Sleep(40 * time.Second) // ready at 90 s
		down.Store(true)
		for range 2 { // a visitor finds it gone at 110 s
			if _, err := m.Ask(t.Context(), question()); !errors.Is(err, ErrUnavailable) {
				t.Errorf("error %v", err)
			}
		}
		down.Store(false)
		time.Sleep(time.Hour) // Run tries at 140 s and has no reason to again
		if _, err := m.Ask(t.Context(), question()); err != nil {
			t.Errorf("error %v", err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run ended with %v", err)
		}
		var at []int
		for _, c := range *calls {
			at = append(at, int(c.Sub(began).Seconds()))
		}
		if diff := cmp.Diff([]int{0, 30, 60, 90, 110, 110, 140, 3710}, at); diff != "" {
			t.Errorf("seconds of calls:\n%s", diff)
		}
	})
}

// TestRunBesideAProbe: Run does not spin while a visitor's request tries the
// server.
func TestRunBesideAProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, calls := pretend(t, Config{Failures: 1, Rest: 30 * time.Second, Timeout: time.Minute}, func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		report, _ := m.breaker.begin()
		report(errProbe)
		time.Sleep(30 * time.Second)
		go m.Ask(t.Context(), question()) // the probe, for a minute
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 59*time.Second)
		defer cancel()
		if err := m.Run(ctx, nil); err != nil {
			t.Error(err)
		}
		if len(*calls) != 1 {
			t.Errorf("%d calls, want the visitor's alone", len(*calls))
		}
		time.Sleep(time.Minute)
	})
}

// TestVerdict: what counts against a server, with a real socket: that it does
// not answer, not what its model says.
func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		name string
		chat http.HandlerFunc
		want Breaker
	}{
		{"right", says(frame(`{"do":"yes"}`), last("stop")), BreakerClosed},
		{"cut off by num_predict", says(frame(`{"do":"y`), last("length")), BreakerClosed},
		{"stopped for repeating itself", says(frame(`{"do": `), frame("  ")), BreakerClosed},
		{"not to the schema", says(frame(`{"do":"maybe"}`), last("stop")), BreakerClosed},
		{"no JSON", says(frame(`Certainly!`), last("stop")), BreakerClosed},
		{"mad", says(strings.Repeat(frame(strings.Repeat("a", 1000)), 100)), BreakerOpen},
		{"500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, BreakerOpen},
		{"empty", says(), BreakerOpen},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			says(frame(`{"do":`))(w, nil)
			panic(http.ErrAbortHandler)
		}, BreakerOpen},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStub(t, c.chat)
			m := mustNew(t, Config{URL: s.URL, Name: "m", Failures: 1})
			_, err := m.Ask(t.Context(), question())
			if h := m.Health(); h.Breaker != c.want {
				t.Errorf("breaker %s after %v, want %s", h.Breaker, err, c.want)
			}
		})
	}
}
