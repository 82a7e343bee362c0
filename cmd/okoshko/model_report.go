package main

import (
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/llm"
)

// patience is how long a visitor waits for the model before the rules' answer
// goes out; see package assistant.
const patience = 2 * time.Second

// leastValid is the share of answers that have to hold to the schema.
const leastValid = 0.95

// trialReport is what a trial has shown, by language.
type trialReport struct {
	languages []*trialSums
	broken    int // answers in a row without an end, after which the trial was over; 0: it was whole
}

// trialSums are the counts of one language.
type trialSums struct {
	lang                string
	messages, valid     int
	asked               int // the rules were not enough
	rules, with         int // right
	late                int // answers after patience, the first one left out
	tokens, prompt      int
	first, total        []time.Duration // of all answers but the first
	coldRead, warmReads time.Duration   // of the prompt: the first, the sum of the others
	cold                time.Duration   // to the first answer
}

func (r *trialReport) add(one trialResult) {
	i := slices.IndexFunc(r.languages, func(l *trialSums) bool { return l.lang == one.Lang })
	if i < 0 {
		i = len(r.languages)
		r.languages = append(r.languages, &trialSums{lang: one.Lang})
	}
	r.languages[i].add(one)
}

func (l *trialSums) add(one trialResult) {
	count := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	l.messages++
	count(&l.valid, one.valid)
	count(&l.asked, one.asked)
	count(&l.rules, one.rules)
	count(&l.with, one.with)
	a := one.answer
	if a.Total == 0 { // no answer, no figures
		return
	}
	l.tokens += a.Tokens
	l.prompt = max(l.prompt, a.PromptTokens)
	if l.messages == 1 {
		l.cold, l.coldRead = a.Total, a.Reading
		return
	}
	l.warmReads += a.Reading
	l.first, l.total = append(l.first, a.First), append(l.total, a.Total)
	count(&l.late, a.Total > patience)
}

// verdict prints the report and what it means. The error is errUnmet where the
// model is not worth asking.
func (r trialReport) verdict(s streams, name string) error {
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LANG\tMESSAGES\tTO SCHEMA\tRULES ALONE\tWITH MODEL\tASKED\tFIRST LETTER\tANSWER\tLATE\tCOLD\tKEPT\tTOKENS\tPROMPT")
	for _, l := range r.languages {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%d\t%s\t%s\t%d\t%d\n", l.lang, l.messages, l.valid, l.rules, l.with, l.asked,
			seconds(median(l.first)), seconds(median(l.total)), l.late, seconds(l.cold), l.kept(), l.tokens/max(1, l.messages), l.prompt)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s\n", `RULES ALONE, WITH MODEL: messages read right. ASKED: where the rules are not enough, which is where the
model counts. FIRST LETTER, ANSWER: median seconds, the prompt's beginning kept by the server. LATE: answers
after 2 s; the visitor has the rules' answer then. COLD: seconds when the beginning has to be read, once.
KEPT: how much less time the server reads a prompt for when it has kept the beginning (near 100 %: it does).
TOKENS: of an answer, mean. PROMPT: tokens, largest.`)
	if why := r.refusal(); why != "" {
		fmt.Fprintf(s.out, "REFUSED: %s %s.\n", name, why)
		return errUnmet
	}
	fmt.Fprintf(s.out, "GOOD: %s helps. Next: okoshko model use %s\n", name, name)
	return nil
}

// refusal says why a model is not worth asking; empty: it is.
func (r trialReport) refusal() string {
	messages, valid, rules, with := 0, 0, 0, 0
	worse := ""
	for _, l := range r.languages {
		messages, valid, rules, with = messages+l.messages, valid+l.valid, rules+l.rules, with+l.with
		if l.with < l.rules && worse == "" {
			worse = fmt.Sprintf("makes %s worse: %d messages read right, %d by rules alone", l.lang, l.with, l.rules)
		}
	}
	switch {
	case r.broken > 0:
		return fmt.Sprintf("gave no whole answer %d times in a row", r.broken)
	case messages == 0:
		return "was asked nothing: the trial has no message in these languages"
	case worse != "":
		return worse
	case float64(valid) < leastValid*float64(messages):
		return fmt.Sprintf("holds to the schema in %d answers of %d, expected %.0f %%", valid, messages, leastValid*100)
	case with <= rules:
		return fmt.Sprintf("reads nothing that the rules do not: %d messages right with it and %d without", with, rules)
	}
	return ""
}

// kept is the share of reading time that the server saves by keeping what it
// read before.
func (l *trialSums) kept() string {
	if l.coldRead == 0 || len(l.total) == 0 {
		return "-"
	}
	mean := l.warmReads / time.Duration(len(l.total))
	return fmt.Sprintf("%.0f %%", 100*(1-mean.Seconds()/l.coldRead.Seconds()))
}

func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func seconds(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", d.Seconds())
}

var _ assistant.Model = (*llm.Model)(nil)
