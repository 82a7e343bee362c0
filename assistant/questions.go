package assistant

import (
	"strconv"
	"strings"

	"okoshko/assistant/nlu"
	"okoshko/prompts"
)

// questions are answered at once; what was asked before goes on.
func (t *turn) questions() {
	if t.has("price") {
		t.heard = true
		t.price()
	}
	for _, c := range t.commands("ask") {
		t.heard = true
		t.answer(c)
	}
	for _, c := range t.commands("show") {
		t.heard = true
		if c.Value == nlu.ValueOther {
			t.out.say("show.other", prompts.Args{"phone": t.phone()})
			continue
		}
		t.out.effect(effectShow, "")
	}
	if t.has("repeat") {
		t.heard = true // what was asked is asked again
	}
}

// price tells the price of the services named in the message, else of the
// service in the request, else of all.
func (t *turn) price() {
	var ids []string
	for _, c := range t.commands("set", "correct") {
		if c.Field == nlu.FieldService {
			ids = append(append(ids, c.Value), c.Others...)
		}
	}
	if len(ids) == 0 {
		ids = t.st.Request.together()
	}
	if len(ids) == 0 {
		for _, s := range t.f.clinic.Services {
			ids = append(ids, s.ID)
		}
	}
	var lines []string
	for _, id := range ids {
		s, ok := t.f.clinic.Service(id)
		if !ok {
			continue
		}
		if !s.Price.Known {
			t.out.say("price.none", prompts.Args{"service": s.Name.In(t.st.Lang), "phone": t.phone()})
			continue
		}
		lines = append(lines, prompts.Say(t.st.Lang, "price.one", prompts.Args{
			"service": s.Name.In(t.st.Lang), "price": prompts.Money(t.st.Lang, s.Price.Amount, s.Price.From),
		}))
	}
	switch {
	case len(lines) == 1:
		t.out.say(lines[0], nil)
	case len(lines) > 1:
		t.out.say("price.list", prompts.Args{"list": strings.Join(lines, "\n")})
	}
}

// answer gives the clinic's own answer to a question of its list.
func (t *turn) answer(c nlu.Command) {
	t.hoursOn(c.Dates)
	i, err := strconv.Atoi(c.Value)
	if own := len(t.f.clinic.FAQ); err == nil && i >= own && i < own+len(t.f.topics) {
		t.about(t.f.topics[i-own])
		return
	}
	if err != nil || i < 0 || i >= len(t.f.clinic.FAQ) {
		t.out.say("ask.unknown", prompts.Args{"phone": t.phone()})
		return
	}
	if short := t.in.Answers[c.Value]; short != "" {
		t.out.say(short, nil)
		return
	}
	t.out.say(t.f.clinic.FAQ[i].Answer.In(t.st.Lang), nil)
}
