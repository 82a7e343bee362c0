package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadModel: what the model adds stands beside what the rules read, and
// counts where they are not enough.
func TestReadModel(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clinic.yaml")
	if err := os.WriteFile(file, exampleClinic, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newPlainOllama(t, `{"commands":[{"do":"set","field":"service","value":"dentist","quote":"шурум"},{"do":"cancel","quote":"чего не сказано"}]}`)
	read := func(args ...string) (code int, lines []string, said string) {
		t.Helper()
		var out, errs bytes.Buffer
		in := strings.NewReader("тыгыдым шурум бурум абырвалг\nк терапевту завтра\n")
		code = run(t.Context(), append([]string{"read", "--now", "2026-11-23T09:00:00+03:00"}, args...), streams{in, &out, &errs})
		return code, strings.Split(strings.TrimSpace(out.String()), "\n"), errs.String()
	}
	code, lines, said := read("--clinic", file, "--model", "m", "--url", s.URL)
	if code != exitDone || len(lines) != 2 {
		t.Fatalf("exit %d: %q %s", code, lines, said)
	}
	type answer struct {
		Commands []struct{ Do, Field, Value string }
		Model    modelSaid
	}
	var riddle, plain answer
	if err := json.Unmarshal([]byte(lines[0]), &riddle); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(lines[1]), &plain); err != nil {
		t.Fatal(err)
	}
	if !riddle.Model.Needed || riddle.Model.Dropped != 1 || len(riddle.Commands) != 1 || riddle.Commands[0].Value != "dentist" || riddle.Model.Tokens != 30 {
		t.Errorf("the riddle: %s", lines[0])
	}
	if plain.Model.Needed || len(plain.Model.Commands) != 0 || plain.Commands[0].Value == "dentist" {
		t.Errorf("the plain message: %s", lines[1])
	}
	if code, lines, _ := read("--clinic", file, "--model", "m", "--url", "http://127.0.0.1:1"); code != exitDone || !strings.Contains(lines[0], "nobody listens") {
		t.Errorf("without a server: exit %d, %q", code, lines)
	}
	if code, _, said := read("--model", "m"); code != exitWrong || !strings.Contains(said, "--clinic") {
		t.Errorf("without a clinic: exit %d, %s", code, said)
	}
	if _, lines, _ := read("--clinic", file); strings.Contains(lines[0], `"model"`) {
		t.Errorf("without a model: %s", lines[0])
	}
}
