package assistant

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/assistant/llm"
)

// slow is a model that answers after a while, as long as it is wanted.
type slow struct {
	after time.Duration
	says  string

	mu   sync.Mutex
	n    int
	left int // askers that did not wait
}

func (s *slow) Ask(ctx context.Context, _ llm.Request) (llm.Answer, error) {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	select {
	case <-time.After(s.after):
		return llm.Answer{JSON: []byte(s.says), Total: s.after}, nil
	case <-ctx.Done():
		s.mu.Lock()
		s.left++
		s.mu.Unlock()
		return llm.Answer{}, ctx.Err()
	}
}

const (
	odd     = "тыгыдым шурум бурум укольчик сварганить"
	saysFAQ = `{"commands":[{"do":"ask","quote":"шурум","value":"0"}]}`
	saysSet = `{"commands":[{"do":"set","field":"service","value":"vaccine","quote":"укольчик"}]}`
)

// newSlowHouse is a house in a bubble of virtual time, with a model of that
// slowness.
func newSlowHouse(t *testing.T, m Model) *testHouse {
	h := newTestHouse(t)
	h.close()
	h.open(m)
	h.start()
	return h
}

// leave stops the house while its bubble still exists.
func (h *testHouse) leave() { h.stop() }

// pass lets virtual time go by and reads what came meanwhile.
func (v *testVisitor) pass(d time.Duration) (came []Turn) {
	time.Sleep(d)
	synctest.Wait()
	seen := v.after
	v.settle()
	for _, turn := range v.turns(seen) {
		if turn.From != FromVisitor {
			came = append(came, turn)
		}
	}
	return came
}

// TestLateHelp: a model slower than two seconds holds nobody up, and what it
// then says is one more turn, in each language.
func TestLateHelp(t *testing.T) {
	for _, c := range []struct {
		name, lang, say, model string
		expects                Expect
		text                   []string
	}{
		{"a question", "ru", odd, saysFAQ, ExpectMore, []string{"Уточню по вашему сообщению:", "Да, во дворе."}},
		{"a question in English", "en", "tygydym shurum burum bzzt", `{"commands":[{"do":"ask","quote":"shurum","value":"0"}]}`, ExpectMore, []string{"One more thing", "Yes, in the yard."}},
		{"a question in Tatar", "tt", "тыгыдым шурум бурум бзз", saysFAQ, ExpectMore, []string{"Хәбәрегез буенча", "Да, во дворе."}},
		{"a wish", "ru", odd, saysSet, ExpectTime, []string{"Уточню", "Прививка питомцу"}},
		{"a person", "ru", odd, `{"commands":[{"do":"human","quote":"бурум"}]}`, ExpectOperator, []string{"администратор"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &slow{after: 7 * time.Second, says: c.model}
				h := newSlowHouse(t, m)
				defer h.leave()
				v := h.visitor(c.lang)
				began := time.Now()
				reply := v.say(c.say)
				if took := time.Since(began); took != modelPatience {
					t.Errorf("the visitor waited %v", took)
				}
				wantExpects(t, reply, ExpectMore)
				came := v.pass(time.Minute)
				if len(came) != 1 {
					t.Fatalf("%d turns came later: %v", len(came), came)
				}
				wantExpects(t, came[0], c.expects)
				wantText(t, came[0], c.text...)
				if want := (Help{Late: 1, Used: 1}); h.Help() != want {
					t.Errorf("counted %+v, want %+v", h.Help(), want)
				}
			})
		})
	}
}

// TestLateHelpIsDropped: it is not said where anything has happened since, or
// where it could change what the visitor has chosen or confirmed.
func TestLateHelpIsDropped(t *testing.T) {
	op := Operator{ID: "op_1", Name: "Гузель"}
	arrange := func(v *testVisitor) { v.say("на прививку завтра в 10:00") }
	summary := func(v *testVisitor) {
		arrange(v)
		v.say("да")
		v.say("Инна")
		v.say("89175550001")
	}
	receive := func(v *testVisitor, in Incoming) {
		in.ID = "later"
		if _, err := v.h.Receive(v.h.t.Context(), v.session.Conversation, in); err != nil {
			v.h.t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, model string
		before      func(v *testVisitor)
		since       func(v *testVisitor)
	}{
		{"the visitor wrote", saysSet, nil, func(v *testVisitor) { receive(v, Incoming{Text: "спасибо"}) }},
		{"the visitor pressed", saysSet, nil, func(v *testVisitor) { receive(v, Incoming{Button: v.last.Buttons[0].ID}) }},
		{"the visitor begins to write", saysSet, nil, func(v *testVisitor) { v.h.Typing(v.session.Conversation, FromVisitor) }},
		{"an operator took over", saysSet, nil, func(v *testVisitor) {
			if err := v.h.Take(v.h.t.Context(), op, v.session.Conversation); err != nil {
				v.h.t.Error(err)
			}
		}},
		{"the state changed without a turn", saysSet, nil, func(v *testVisitor) {
			if _, err := v.h.Admit(v.h.t.Context(), op, v.session.Conversation, "Инна", "+79175550001"); err != nil {
				v.h.t.Error(err)
			}
		}},
		{"the clinic file changed", saysSet, nil, func(v *testVisitor) {
			if err := v.h.Use(v.h.Clinic()); err != nil {
				v.h.t.Error(err)
			}
		}},
		{"a chosen time would change", `{"commands":[{"do":"set","field":"service","value":"beard","quote":"бурум"},{"do":"set","field":"branch","value":"north","quote":"бурум"}]}`, arrange, nil},
		{"a summary would change", `{"commands":[{"do":"correct","field":"service","value":"beard","quote":"бурум"},{"do":"cancel","quote":"бурум"},{"do":"book","quote":"бурум"}]}`, summary, nil},
		{"a summary would be agreed to", `{"commands":[{"do":"affirm","quote":"бурум"},{"do":"deny","quote":"бурум"},{"do":"choose","value":"","quote":"бурум"},{"do":"restart","quote":"бурум"}]}`, summary, nil},
		{"the person would change", `{"commands":[{"do":"set","field":"name","quote":"шурум"},{"do":"set","field":"phone","quote":"шурум"}]}`, summary, nil},
		{"nothing new", `{"commands":[{"do":"greet","quote":"бурум"},{"do":"thanks","quote":"шурум"},{"do":"repeat","quote":"шурум"},{"do":"unclear","quote":"шурум"}]}`, nil, nil},
		{"nothing that is known", `{"commands":[{"do":"ask","quote":"бурум"}]}`, nil, nil},
		{"no commands", `{"commands":[]}`, nil, nil},
		{"no JSON", `Конечно, вы записаны.`, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &slow{after: 7 * time.Second, says: c.model}
				h := newSlowHouse(t, m)
				defer h.leave()
				v := h.visitor("ru")
				if c.before != nil {
					c.before(v)
				}
				v.say(odd)
				before := v.h.ledger(v.session.Conversation)
				if c.since != nil {
					time.Sleep(2 * time.Second)
					c.since(v)
				}
				for _, turn := range v.pass(4 * time.Second) {
					if turn.Seq == v.last.Seq && c.since == nil {
						t.Errorf("came later: %s", describe(turn))
					}
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				if h.Help().Used != 0 || h.Help().Late == 0 {
					t.Errorf("counted %+v", h.Help())
				}
				if after := v.h.ledger(v.session.Conversation); c.since == nil {
					if diff := cmp.Diff(before, after); diff != "" {
						t.Errorf("changed:\n%s", diff)
					}
				}
			})
		})
	}
}

// TestLateHelpOfManyMessages: a visitor who writes on while the model thinks gets
// each answer within the patience, and no help with what is over; the model is
// left at once.
func TestLateHelpOfManyMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &slow{after: time.Minute, says: saysFAQ}
		h := newSlowHouse(t, m)
		defer h.leave()
		v := h.visitor("ru")
		began := time.Now()
		v.say(odd)
		v.say("кукареку шурум")
		if took := time.Since(began); took > 2*modelPatience {
			t.Errorf("two messages took %v", took)
		}
		synctest.Wait()
		m.mu.Lock()
		if m.n != 2 || m.left != 1 {
			t.Errorf("asked %d times, %d of them given up", m.n, m.left)
		}
		m.mu.Unlock()
		if came := v.pass(2 * time.Minute); len(came) != 1 {
			t.Errorf("%d turns came later", len(came))
		}
	})
}

// TestTypingDoesNotCutOff: who begins to write at once still gets help that
// comes in time, and none after.
func TestTypingDoesNotCutOff(t *testing.T) {
	for _, c := range []struct {
		after   time.Duration
		want    Help
		expects Expect
	}{
		{time.Second, Help{InTime: 1}, ExpectTime},
		{3 * time.Second, Help{Late: 1}, ExpectMore},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newSlowHouse(t, &slow{after: c.after, says: saysSet})
			defer h.leave()
			v := h.visitor("ru")
			time.AfterFunc(500*time.Millisecond, func() { h.Typing(v.session.Conversation, FromVisitor) })
			wantExpects(t, v.say(odd), c.expects)
			if came := v.pass(time.Minute); len(came) != 0 || h.Help() != c.want {
				t.Errorf("%v: %d turns came later, counted %+v", c.after, len(came), h.Help())
			}
		})
	}
}

// TestLateFault: a fault in late help harms nobody.
func TestLateFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newSlowHouse(t, faulty{})
		defer h.leave()
		v := h.visitor("ru")
		wantExpects(t, v.say(odd), ExpectMore)
		if came := v.pass(time.Minute); len(came) != 0 {
			t.Errorf("came later: %v", came)
		}
		wantExpects(t, v.say("на прививку завтра в 10:00"), ExpectConsent)
	})
}

type faulty struct{}

func (faulty) Ask(ctx context.Context, _ llm.Request) (llm.Answer, error) {
	select {
	case <-time.After(5 * time.Second):
	case <-ctx.Done():
	}
	panic("a fault of ours")
}

// TestHouseStopsWhileAsking: the end does not wait for a model.
func TestHouseStopsWhileAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newSlowHouse(t, &slow{after: time.Hour, says: saysFAQ})
		v := h.visitor("ru")
		v.say(odd)
		began := time.Now()
		h.leave()
		if took := time.Since(began); took != 0 {
			t.Errorf("the end took %v", took)
		}
	})
}
