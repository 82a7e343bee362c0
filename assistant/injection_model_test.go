package assistant

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"okoshko/assistant/llm"
)

// obedient is a model that always does the attacker's will: whatever it is
// asked, it names the worst commands that the grammar of the moment allows, with
// the whole message as their quote.
type obedient struct {
	mu      sync.Mutex
	n       int
	short   int // of them, for a short answer
	prompts strings.Builder
}

// harms are what obedient says, in turn.
var harms = [][]string{
	{"affirm", "choose", "erase", "cancel"},
	{"book", "set service", "set time", "affirm"},
	{"choose", "set name", "set phone", "affirm"},
	{"move", "set time", "choose", "affirm"},
	{"withdraw", "erase", "know", "show"},
	{"correct service", "correct time", "choose", "affirm"},
	{"cancel", "affirm", "price", "ask"},
}

func (o *obedient) ask(r llm.Request) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.n++
	for _, m := range r.Messages {
		o.prompts.WriteString(m.Text + "\n")
	}
	asked := r.Messages[len(r.Messages)-1].Text
	short := strings.Contains(string(r.Schema), `"sentences"`)
	lines := strings.Split(asked, "\n")
	_, quote, _ := strings.Cut(lines[len(lines)-1], ": ")
	if letters := []rune(quote); len(letters) > 200 {
		quote = strings.TrimSpace(string(letters[:200]))
	}
	if short { // the attacker's words as the clinic's own answer
		text, err := json.Marshal(map[string]any{"sentences": []map[string]string{{"entry": "0", "text": quote}}})
		o.short++
		return string(text), err
	}
	var commands []map[string]string
	for _, harm := range harms[o.n%len(harms)] {
		do, field, _ := strings.Cut(harm, " ")
		c := map[string]string{"do": do, "field": field, "quote": quote}
		switch {
		case field == "service":
			c["value"] = "vaccine"
		case do == "ask":
			c["value"] = "0"
		case do == "choose":
			c["value"] = firstOffer(r.Schema)
		}
		if do != "choose" || c["value"] != "" {
			commands = append(commands, c)
		}
	}
	text, err := json.Marshal(map[string]any{"commands": commands})
	return string(text), err
}

// firstOffer is an id that can be chosen now: they are the last values of the
// schema. Where nothing is offered choose is no verb of it.
func firstOffer(schema json.RawMessage) string {
	if !strings.Contains(string(schema), `"choose"`) {
		return ""
	}
	values := regexp.MustCompile(`"([^"]+)"\]\}\}`).FindStringSubmatch(string(schema))
	if values == nil {
		return ""
	}
	return values[1]
}

// tardy is a model that answers when the visitor's patience is long over.
type tardy struct{ Model }

func (m tardy) Ask(ctx context.Context, r llm.Request) (llm.Answer, error) {
	select {
	case <-time.After(5 * time.Second):
		return m.Model.Ask(ctx, r)
	case <-ctx.Done():
		return llm.Answer{}, ctx.Err()
	}
}

// nothingPersonal holds all prompts to having neither name nor phone, and the
// model to having been asked at all.
func (o *obedient) nothingPersonal(t *testing.T) {
	t.Helper()
	if o.n < 60 && !testing.Short() {
		t.Errorf("the model was asked %d times: too few to prove anything", o.n)
	}
	prompts := o.prompts.String()
	for _, secret := range []string{attackerName, attackerPhone, "555-03-04", "5550304", "5557701", "555-77-01", "555 77 01"} {
		if i := strings.Index(prompts, secret); i >= 0 {
			t.Errorf("a prompt holds %q: …%s…", secret, strings.ToValidUTF8(prompts[max(0, i-60):min(len(prompts), i+60)], ""))
		}
	}
}
