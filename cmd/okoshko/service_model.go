package main

import (
	"fmt"
	"io"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/llm"
	"okoshko/widget/console"
)

// modelPart is the model's state for /readyz: without it the house serves all
// the same.
func (a *appliance) modelPart() part {
	m := a.models.model()
	if m == nil {
		return part{OK: true, Detail: "none: the rules serve alone"}
	}
	h := m.Health()
	p := part{OK: h.Breaker == llm.BreakerClosed, Detail: m.Name() + ", breaker " + string(h.Breaker)}
	if h.Failure != nil {
		p.Detail += fmt.Sprintf(", last failure %s ago: %v", a.now().Sub(h.At).Round(time.Second), h.Failure)
	}
	return p
}

// modelState is the model's state for the console.
func (a *appliance) modelState() console.ModelState {
	m := a.models.model()
	if m == nil {
		return console.ModelState{}
	}
	return console.ModelState{Name: m.Name(), Health: m.Health()}
}

// breakerLevels are the breaker's states as a figure, from good to bad.
var breakerLevels = map[llm.Breaker]int{llm.BreakerClosed: 0, llm.BreakerProbe: 1, llm.BreakerOpen: 2}

// modelMetrics writes what the model was asked, what came of it and how long it
// took.
func (a *appliance) modelMetrics(w io.Writer) {
	help := a.assistant.Help()
	writeFamily(w, "okoshko_model_help_total", "counter", "Messages for which the model was asked, by what came of it.", "outcome", helpSamples(help))
	writeFamily(w, "okoshko_model_dropped_total", "counter", "Commands of the model that did not check.", "", []sample{{"", float64(help.Dropped)}})
	m := a.models.model()
	if m == nil {
		return
	}
	writeFamily(w, "okoshko_model_breaker", "gauge", "0 closed, 1 half-open, 2 open.", "", []sample{{"", float64(breakerLevels[m.Health().Breaker])}})
	sums := m.Metrics()
	writeFamily(w, "okoshko_model_requests_total", "counter", "Requests to the model's server, by outcome.", "outcome", []sample{
		{"answered", float64(sums.Answered)},
		{"busy", float64(sums.Busy)},
		{"resting", float64(sums.Resting)},
		{"truncated", float64(sums.Truncated)},
		{"invalid", float64(sums.Invalid)},
		{"unavailable", float64(sums.Unavailable)},
		{"left", float64(sums.Left)},
		{"refused", float64(sums.Refused)},
	})
	writeFamily(w, "okoshko_model_tokens_total", "counter", "Tokens as the server counts them.", "of", []sample{
		{"prompt", float64(sums.PromptTokens)}, {"answer", float64(sums.Tokens)},
	})
	writeFamily(w, "okoshko_model_seconds_total", "counter", "Seconds of answered requests: wait, first and total as we measure, the others as the server does.", "of", []sample{
		{"wait", sums.Wait.Seconds()},
		{"first", sums.First.Seconds()},
		{"total", sums.Total.Seconds()},
		{"loading", sums.Loading.Seconds()},
		{"reading", sums.Reading.Seconds()},
		{"writing", sums.Writing.Seconds()},
	})
	writeFamily(w, "okoshko_model_running", "gauge", "Requests at the model.", "", []sample{{"", float64(sums.Running)}})
	writeFamily(w, "okoshko_model_waiting", "gauge", "Requests waiting for the model.", "", []sample{{"", float64(sums.Waiting)}})
}

func helpSamples(h assistant.Help) []sample {
	return []sample{
		{"in_time", float64(h.InTime)}, {"none", float64(h.Failed)}, {"late", float64(h.Late)}, {"late_used", float64(h.Used)},
	}
}

// sample is one value of a family of metrics; label is the value of the
// family's one label.
type sample struct {
	label string
	value float64
}

// writeFamily writes a family as Prometheus text.
func writeFamily(w io.Writer, name, kind, help, label string, samples []sample) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	for _, s := range samples {
		labels := ""
		if label != "" {
			labels = fmt.Sprintf("{%s=%q}", label, s.label)
		}
		fmt.Fprintf(w, "%s%s %v\n", name, labels, s.value)
	}
}
