package assistant

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"okoshko/assistant/booking"
	"okoshko/assistant/llm"
	"okoshko/assistant/llm/llmtest"
	"okoshko/storage"
)

// scripted is a model that answers what the test says, and keeps what it was
// told.
type scripted struct {
	mu      sync.Mutex
	answer  func(r llm.Request) (string, error)
	prompts []string
}

func (s *scripted) Ask(_ context.Context, r llm.Request) (llm.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range r.Messages {
		s.prompts = append(s.prompts, m.Text)
	}
	text, err := s.answer(r)
	return llm.Answer{JSON: []byte(text)}, err
}

func (s *scripted) told() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.prompts, "\n")
}

func newModelHouse(t *testing.T, m Model) *testHouse {
	h := newTestHouse(t)
	h.close()
	h.open(m)
	h.start()
	return h
}

// TestModelReadsWhatRulesCannot: its commands count like the rules', and a time
// that it quotes is read by the rules.
func TestModelReadsWhatRulesCannot(t *testing.T) {
	m := &scripted{answer: func(r llm.Request) (string, error) {
		return `{"commands":[{"do":"book","quote":"мохнатому"},{"do":"set","field":"service","value":"vaccine","quote":"укольчик"},{"do":"set","field":"time","quote":"завтра в 10:00"}]}`, nil
	}}
	h := newModelHouse(t, m)
	v := h.visitor("ru")
	reply := v.say("моему мохнатому надобно бы укольчик сварганить, скажем завтра в 10:00")
	wantExpects(t, reply, ExpectConsent)
	wantText(t, reply, "10:00")
}

// TestModelSeesNothingPersonal: what the visitor says of themselves is masked in
// every prompt, before consent and after.
func TestModelSeesNothingPersonal(t *testing.T) {
	m := &scripted{answer: func(llm.Request) (string, error) {
		return `{"commands":[{"do":"unclear","quote":"тыгыдым"}]}`, nil
	}}
	h := newModelHouse(t, m)
	v := h.visitor("ru")
	v.say("тыгыдым абырвалг кукареку шурум бурум трям брынь, меня зовут Рамиля, дзынь бум хрясь, 8 917 555-77-01, ramilya@example.ru, паспорт 9205 123456, чпок шмяк плюх")
	v.book("на прививку завтра в 10:00", "Рамиля", "89175557701")
	v.say("шурум бурум трям брынь дзынь хрясь, это Рамиля, 89175557701, чпок шмяк плюх")
	told := m.told()
	if told == "" {
		t.Fatal("the model was not asked")
	}
	for _, secret := range []string{"Рамиля", "555-77", "5557701", "ramilya", "9205", "123456"} {
		if strings.Contains(told, secret) {
			t.Errorf("the model was told %q", secret)
		}
	}
}

// TestHostileModel: a model that always says the worst that the grammar allows
// books, cancels and erases nothing: each needs the visitor's own yes.
func TestHostileModel(t *testing.T) {
	worst := []string{
		`{"commands":[{"do":"affirm","quote":"абырвалг"},{"do":"erase","quote":"абырвалг"},{"do":"cancel","quote":"абырвалг"}]}`,
		`{"commands":[{"do":"book","quote":"абырвалг"},{"do":"affirm","quote":"абырвалг"}]}`,
		`{"commands":[{"do":"set","field":"phone","quote":"абырвалг"},{"do":"set","field":"name","quote":"абырвалг"}]}`,
		`{"commands":[{"do":"withdraw","quote":"абырвалг"},{"do":"cancel","quote":"абырвалг"},{"do":"affirm","quote":"абырвалг"}]}`,
	}
	n := 0
	m := &scripted{answer: func(llm.Request) (string, error) { n++; return worst[n%len(worst)], nil }}
	h := newModelHouse(t, m)
	v := h.visitor("ru")
	number := v.book("на прививку завтра в 10:00", "Рамиля", "89175557701")
	for range 8 {
		v.say("абырвалг")
	}
	if n == 0 {
		t.Fatal("the model was not asked")
	}
	err := h.db.View(func(tx *storage.Tx) error {
		all, err := booking.OfConversation(tx, v.session.Conversation)
		if err != nil {
			return err
		}
		if len(all) != 1 || all[0].Number != number || all[0].Version != 1 {
			t.Errorf("appointments now: %+v", all)
		}
		st, err := load(tx, v.session.Conversation)
		if err == nil && (st.Contact == "" || st.Consent == "") {
			t.Errorf("the person is gone: %+v", st)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestUselessModel: late, absent or talking nonsense, the rules' answer stands.
func TestUselessModel(t *testing.T) {
	for name, answer := range map[string]func(llm.Request) (string, error){
		"absent":  func(llm.Request) (string, error) { return "", llm.ErrUnavailable },
		"late":    func(llm.Request) (string, error) { return "", context.DeadlineExceeded },
		"no JSON": func(llm.Request) (string, error) { return "Конечно! Вы записаны.", nil },
		"another": func(llm.Request) (string, error) { return `{"booked": true}`, nil },
		"strange": func(r llm.Request) (string, error) {
			return `{"commands":[{"do":"set","field":"service","value":"surgery","quote":"на прививку"}]}`, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newModelHouse(t, &scripted{answer: answer})
			v := h.visitor("ru")
			wantExpects(t, v.say("тыгыдым шурум бурум"), ExpectMore)
			wantExpects(t, v.say("на прививку завтра в 10:00"), ExpectConsent)
		})
	}
}

// TestRealModel plays a booking with a real Ollama server that holds a model of
// random weights: schema-valid noise changes nothing for the visitor.
func TestRealModel(t *testing.T) {
	url, name := llmtest.Start(t)
	real, err := llm.New(llm.Config{URL: url, Name: name, MaxTokens: 2000})
	if err != nil {
		t.Fatal(err)
	}
	asked := &counting{Model: real}
	h := newTestHouse(t)
	h.close()
	h.patience = time.Minute // of a test on a slow machine
	h.open(asked)
	h.start()
	v := h.visitor("ru")
	v.say("тыгыдым шурум бурум")
	n, last, err := asked.came()
	if n == 0 {
		t.Error("the model was not asked")
	}
	if err == nil && !json.Valid([]byte(last)) {
		t.Errorf("the model's answer is no JSON: %q, %v", last, err)
	}
	w := h.visitor("ru")
	if number := w.book("на прививку завтра в 10:00", "Рамиля", "89175557701"); number != "A-1001" {
		t.Errorf("number %s", number)
	}
}

type counting struct {
	Model
	mu   sync.Mutex
	n    int
	last string
	err  error
}

func (c *counting) Ask(ctx context.Context, r llm.Request) (llm.Answer, error) {
	a, err := c.Model.Ask(ctx, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	c.last, c.err = string(a.JSON), err
	return a, err
}

// came is how often the model was asked, and how it answered last.
func (c *counting) came() (n int, last string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n, c.last, c.err
}
