package assistant

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"okoshko/assistant/llm"
)

// longEntry is an answer that a phone does not show at once; marks of its
// sentences are taken below.
const (
	longFirst = "Принимаем по предварительной записи, живой очереди у нас нет."
	longPark  = "Парковка для посетителей находится во дворе, въезд с улицы Южной."
	longRest  = "Вход с торца здания, рядом с аптекой. Лифт работает до восьми вечера. В холле есть вода, розетки и детский уголок. Гардероб у входа. Пожалуйста, приходите за десять минут до приёма: администратору нужно оформить карту, а питомцу освоиться. Собак держите на поводке, кошек в переноске."
)

// longClinic is a clinic file whose answer about parking is long.
func longClinic(t *testing.T) (file string) {
	t.Helper()
	data, err := os.ReadFile("testdata/clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Replace(string(data), `{ru: "Да, во дворе.", en: "Yes, in the yard."}`, `{ru: "`+longFirst+" "+longPark+" "+longRest+`"}`, 1)
	if long == string(data) {
		t.Fatal("the answer is not found")
	}
	file = filepath.Join(t.TempDir(), "clinic.yaml")
	if err := os.WriteFile(file, []byte(long), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func newLongHouse(t *testing.T, m Model) *testHouse {
	t.Helper()
	h := newTestHouseOf(t, longClinic(t))
	h.close()
	h.open(m)
	h.start()
	return h
}

// TestShortAnswer: of a long answer the visitor gets the clinic's own sentences
// that the model picks; where it says anything else, all of it.
func TestShortAnswer(t *testing.T) {
	whole := longFirst + " " + longPark + " " + longRest
	for _, c := range []struct{ name, says, want string }{
		{"a sentence", longPark, longPark},
		{"a sentence in its own spelling", "парковка для посетителей находится во дворе въезд с улицы южной", longPark},
		{"other words", "Парковка есть, бесплатная.", whole},
		{"a promise", longPark + " Это бесплатно.", whole},
		{"«не» left out", "Живая очередь у нас есть.", whole},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &scripted{answer: func(r llm.Request) (string, error) {
				if !strings.Contains(string(r.Schema), `"sentences"`) {
					t.Errorf("asked something else: %s", r.Schema)
				}
				said, err := json.Marshal(map[string]any{"sentences": []map[string]string{{"entry": "0", "text": c.says}}})
				return string(said), err
			}}
			h := newLongHouse(t, m)
			reply := h.visitor("ru").say("а парковка есть?")
			text, _, _ := strings.Cut(reply.Text, "\n")
			if text != c.want {
				t.Errorf("said %q, want %q", text, c.want)
			}
			system, user := m.prompts[0], m.prompts[1]
			if system != h.ModelBeginning()[0].Text {
				t.Error("the prompt begins otherwise than all others: the server keeps nothing of it")
			}
			if !strings.Contains(user, longPark) || !strings.HasSuffix(user, ": а парковка есть?") {
				t.Errorf("asked %q", user)
			}
		})
	}
}

// TestModelNamesAnswer: a question that the rules do not recognise is answered
// by the entry that the model names, in each language, and shortened.
func TestModelNamesAnswer(t *testing.T) {
	for lang, say := range map[string]string{
		"ru": "тыгыдым куда мне своего железного коня деть бурум",
		"tt": "тыгыдым тимер атымны бурум куям шурум",
		"en": "tygydym whither goes mine iron horse burum",
	} {
		n := 0
		m := &scripted{answer: func(r llm.Request) (string, error) {
			n++
			if strings.Contains(string(r.Schema), `"sentences"`) {
				return `{"sentences":[{"entry":"0","text":"` + longPark + `"}]}`, nil
			}
			quote := strings.Fields(say)[0]
			return `{"commands":[{"do":"ask","quote":"` + quote + `","value":"0"}]}`, nil
		}}
		h := newLongHouse(t, m)
		reply := h.visitor(lang).say(say)
		if text, _, _ := strings.Cut(reply.Text, "\n"); text != longPark || n != 2 {
			t.Errorf("%s: asked %d times, said %s", lang, n, describe(reply))
		}
	}
}

// TestShortAnswersAreNotAsked: an answer that is short is given at once.
func TestShortAnswersAreNotAsked(t *testing.T) {
	m := &scripted{answer: func(llm.Request) (string, error) { t.Error("the model was asked"); return "", llm.ErrUnavailable }}
	h := newModelHouse(t, m)
	wantText(t, h.visitor("ru").say("а парковка есть?"), "Да, во дворе.")
}
