package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// trialScenarios are two visitors about whom a model decides: one needs a
// person, one must not be given one.
const trialScenarios = `clinic: clinic.yaml
now: 2026-11-23T09:00:00+03:00
scenarios:
  - id: needs-a-person
    lang: ru
    say: ["тыгыдым шурум бурум абырвалг"]
    outcome: {handoff: true}
  - id: needs-none
    lang: ru
    say: ["кукареку шурум бурум абырвалг"]
    outcome: {never: ["Передаю разговор"]}
  - id: books
    lang: ru
    say: ["запишите к терапевту завтра"]
    answers: {time: {pick: 1}, consent: да, name: Марат, phone: "89171234567", confirm: да, branch: неважно}
    outcome: {appointment: {service: therapist}}
`

const trialReplays = `{"lang":"ru","at":"2026-11-20T12:00:00+03:00","text":"тыгыдым шурум бурум абырвалг","then":{"service":"therapist"}}
{"lang":"ru","asked":"service","at":"2026-11-20T12:00:00+03:00","text":"к терапевту завтра","then":{"service":"therapist"}}
`

// TestEvalAgainst: what a model makes better and worse than before is told by
// name, and worse is exit 1.
func TestEvalAgainst(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("clinic.yaml", string(exampleClinic))
	set, replays := write("set.yaml", trialScenarios), write("replays.jsonl", trialReplays)
	kept := filepath.Join(dir, "kept.jsonl")
	human := newPlainOllama(t, `{"commands":[{"do":"human","quote":"тыгыдым"}]}`).URL // right: only where it is asked for
	eager := newPlainOllama(t, `{"commands":[{"do":"human","quote":"шурум"}]}`).URL   // calls a person for everybody
	reads := newPlainOllama(t, `{"commands":[{"do":"set","field":"service","value":"therapist","quote":"шурум"}]}`).URL
	errs := newPlainOllama(t, `{"commands":[{"do":"set","field":"service","value":"dentist","quote":"шурум"}]}`).URL

	for _, c := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{
			"kept for later",
			[]string{"--save", kept, "--times", "2", "--replays", replays, "--clinic", filepath.Join(dir, "clinic.yaml")},
			exitUnmet,
			[]string{"MISS needs-a-person (0 of 2): no person was called", "rules, prompts ", "pass^2 2 of 3 scenarios", "replays: 2, understood every time 1, in accordance with what was booked 1"},
		},
		{
			"against the rules",
			[]string{"--model", "m", "--url", human, "--against", "rules", "--times", "2", "--patience", "1m"},
			exitDone,
			[]string{"better scenario needs-a-person: 2 of 2, before 0 of 2", "now:    m, prompts ", "pass^2 3 of 3", "1 better, 0 worse"},
		},
		{
			"worse than the rules",
			[]string{"--model", "m", "--url", eager, "--against", "rules", "--patience", "1m"},
			exitUnmet,
			[]string{"better scenario needs-a-person", "WORSE  scenario needs-none: 0 of 1, before 1 of 1: a reply says «Передаю разговор»", "1 better, 1 worse"},
		},
		{"against another model", []string{"--model", "m", "--url", human, "--against", "model:m", "--patience", "1m"}, exitDone, []string{"0 better, 0 worse"}},
		{"against what was kept", []string{"--against", kept, "--times", "2"}, exitDone, []string{"0 better, 0 worse, 2 of before not played now"}},
		{
			"replays, better",
			[]string{"--model", "m", "--url", reads, "--against", kept, "--only", "books", "--patience", "1m", "--times", "2", "--replays", replays, "--clinic", filepath.Join(dir, "clinic.yaml")},
			exitDone,
			[]string{"better replay 1: 2 of 2, before 0 of 2", "1 better, 0 worse"},
		},
		{
			"replays, worse",
			[]string{"--model", "m", "--url", errs, "--against", kept, "--only", "books", "--patience", "1m", "--replays", replays, "--clinic", filepath.Join(dir, "clinic.yaml")},
			exitUnmet,
			[]string{"WORSE  replay 1: 0 of 1, before 0 of 2", "against it 1"},
		},
		{"no such file", []string{"--against", filepath.Join(dir, "none")}, exitWrong, nil},
		{"no results", []string{"--against", replays}, exitWrong, nil},
		{"replays of nobody", []string{"--replays", replays}, exitWrong, nil},
		{"never", []string{"--times", "0"}, exitWrong, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, said := command(t, append([]string{"eval", set}, c.args...)...)
			if code != c.code {
				t.Errorf("exit %d, want %d", code, c.code)
			}
			for _, want := range c.says {
				if !strings.Contains(out, want) {
					t.Errorf("expected %q", want)
				}
			}
			if c.code == exitWrong && said == "" {
				t.Error("nothing is said of it")
			}
			if t.Failed() {
				t.Logf("\n%s%s", out, said)
			}
		})
	}
	data, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "шурум") || strings.Contains(string(data), "терапевту") {
		t.Errorf("somebody's words are kept: %s", data)
	}
}

// TestModelReplays: the file is made of the house's own conversations, once.
func TestModelReplays(t *testing.T) {
	dir := t.TempDir()
	data := dataFlags{Data: dir}
	if err := data.create(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, clinicFile), exampleClinic, 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "replays.jsonl")
	code, out, said := command(t, "model", "replays", file, "--data", dir)
	if code != exitDone || !strings.Contains(out, "0 messages in") {
		t.Errorf("exit %d: %s%s", code, out, said)
	}
	if code, _, said := command(t, "model", "replays", file, "--data", dir); code != exitWrong || said == "" {
		t.Errorf("the file is written over: exit %d, %s", code, said)
	}
}
