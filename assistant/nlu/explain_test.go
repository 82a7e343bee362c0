package nlu

import (
	"strings"
	"testing"
)

// TestExplainSlips: every command says its row, a misspelt word what it was taken for and
// how far off it was.
func TestExplainSlips(t *testing.T) {
	r := reader(t)
	for text, want := range map[string]string{
		"мосаж спны":                     "«Массаж спины»; мосаж ~ массаж 0.7; спны ~ спины 0.9",
		"зописать на вторник":            "; зописать ~ записать 0.4",
		"можно прийти с сабакой?":        "; сабакой ~ собакой 0.4",
		"запишите на детскую стрижку":    "«Детская стрижка»",
		"перенисите мою зпись":           "; перенисите ~ перенесите 0.4; зпись ~ запись 0.9",
		"👍":                              "sign: 👍",
		"абырвалг":                       "no row",
		"верните деньгы":                 "; деньгы ~",
		"грудь здавило, нехватает возду": "",
	} {
		got := r.Read(text, Context{Lang: "ru", Now: monday, Explain: true})
		rules := got.AlarmRule
		for _, c := range got.Commands {
			if c.Rule == "" {
				t.Errorf("%q: no rule of %s", text, c.Do)
			}
			rules += " " + c.Rule
		}
		if !strings.Contains(rules, want) {
			t.Errorf("%q: %s; want %s", text, rules, want)
		}
	}
	if got := r.Read("папа упал, лцио перекостло", Context{Lang: "ru", Now: monday, Explain: true}); !strings.Contains(got.AlarmRule, "лцио ~ лицо 0.6") || got.Alarm != AlarmEmergency {
		t.Errorf("alarm %q: %s", got.Alarm, got.AlarmRule)
	}
	if got := r.Read("мосаж спны", Context{Lang: "ru", Now: monday}); got.Commands[0].Rule != "" || got.AlarmRule != "" {
		t.Errorf("unasked: %+v", got)
	}
}
