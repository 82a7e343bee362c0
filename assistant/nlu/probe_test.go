package nlu

import (
	"bufio"
	"encoding/json"
	"fmt"
	"github.com/goccy/go-yaml"
	"os"
	"strings"
	"testing"
)

func TestProbe(t *testing.T) {
	f, err := os.Open("/tmp/w/nlu/probe.txt")
	if err != nil {
		t.Skip()
	}
	rs := map[string]*Reader{"": reader(t)}
	for _, n := range []string{"clinic", "salon"} {
		b, _ := os.ReadFile("/work/shared/clinics/" + n + ".yaml")
		var c struct {
			Branches, Services, Specialists []struct {
				ID      string
				Name    map[string]string
				Aliases []string
			}
			FAQ     []struct{ Q []string }
			Handoff struct{ Words []string }
		}
		if err := yaml.Unmarshal(b, &c); err != nil {
			t.Log(err)
		}
		var v Vocabulary
		add := func(f Field, l []struct {
			ID      string
			Name    map[string]string
			Aliases []string
		}) {
			for _, x := range l {
				var ns []string
				for _, k := range []string{"ru", "en", "tt"} {
					if x.Name[k] != "" {
						ns = append(ns, x.Name[k])
					}
				}
				v.Terms = append(v.Terms, Term{f, x.ID, ns, x.Aliases})
			}
		}
		add(FieldBranch, c.Branches)
		add(FieldService, c.Services)
		add(FieldSpecialist, c.Specialists)
		for _, q := range c.FAQ {
			v.FAQ = append(v.FAQ, q.Q)
		}
		v.HandoffWords = c.Handoff.Words
		rs[n] = New(v)
	}
	s := bufio.NewScanner(f)
	r := rs[""]
	for s.Scan() {
		line := s.Text()
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, "#") {
			r = rs[line[1:]]
			fmt.Println("=====", line)
			continue
		}
		exp := Field("")
		lang := "ru"
		if strings.HasPrefix(line, "@") {
			h, rest, _ := strings.Cut(line[1:], " ")
			e, l, ok := strings.Cut(h, "/")
			exp = Field(e)
			if ok {
				lang = l
			}
			line = rest
		}
		x := r.Read(line, Context{Lang: lang, Now: monday, Expects: exp})
		fmt.Printf("%s  [%s %s %.2f %s]\n", line, exp, x.Lang, x.Covered, x.Alarm)
		for _, c := range x.Commands {
			b, _ := json.Marshal(c)
			fmt.Println("      ", string(b))
		}
		for _, p := range x.Personal {
			if p.Kind != "phone" && p.Kind != "name" || p.Value == "" {
				fmt.Println("       PII", p.Kind, p.Value, "<"+line[p.Start:p.End]+">")
			}
		}
	}
}
