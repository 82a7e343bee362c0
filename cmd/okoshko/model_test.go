package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/assistant"
	"okoshko/assistant/llm"
	"okoshko/assistant/llm/llmtest"
	"okoshko/assistant/nlu"
)

// ollama is a server that speaks as Ollama does and reads every message of the
// trial as answer says.
type ollama struct {
	*httptest.Server
	answer func(trialMessage) string
	show   string
	tags   string
	pull   []string // frames
	asked  int
}

func newOllama(t *testing.T, answer func(trialMessage) string) *ollama {
	trial, err := newTrial()
	if err != nil {
		t.Fatal(err)
	}
	s := &ollama{
		answer: answer,
		show:   `{"capabilities":["completion","thinking"],"details":{"family":"qwen3","parameter_size":"4.0B","quantization_level":"Q4_K_M"},"model_info":{"qwen3.context_length":40960}}`,
		tags:   `{"models":[{"name":"qwen3:4b-instruct","size":2497293931,"details":{"family":"qwen3"}},{"name":"small:latest","size":91600000}]}`,
	}
	mux := http.NewServeMux()
	say := func(text *string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, *text) }
	}
	version := `{"version":"0.32.15"}`
	mux.HandleFunc("GET /api/version", say(&version))
	mux.HandleFunc("GET /api/tags", say(&s.tags))
	mux.HandleFunc("POST /api/show", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte("absent")) {
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"error":"model 'absent' not found"}`)
			return
		}
		io.WriteString(w, s.show)
	})
	mux.HandleFunc("POST /api/pull", func(w http.ResponseWriter, _ *http.Request) {
		for _, frame := range s.pull {
			io.WriteString(w, frame+"\n")
		}
	})
	mux.HandleFunc("POST /api/chat", func(w http.ResponseWriter, r *http.Request) {
		s.asked++
		var request struct{ Messages []struct{ Content string } }
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Error(err)
		}
		asked := request.Messages[len(request.Messages)-1].Content
		i := slices.IndexFunc(trial.Messages, func(m trialMessage) bool { return strings.HasSuffix(asked, ": "+m.Text) })
		if i < 0 {
			t.Errorf("asked something else: %s", asked)
			return
		}
		text, _ := json.Marshal(s.answer(trial.Messages[i]))
		fmt.Fprintf(w, `{"model":"m","message":{"role":"assistant","content":%s},"done":true,"done_reason":"stop","prompt_eval_count":900,"prompt_eval_duration":20000000,"eval_count":30,"eval_duration":100000000}`+"\n", text)
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// rightly answers what the trial wants, each command with the whole message as
// its quote.
func rightly(m trialMessage) string {
	type command struct {
		Do    string `json:"do"`
		Quote string `json:"quote"`
		Field string `json:"field"`
		Value string `json:"value"`
	}
	commands := []command{}
	for _, want := range m.Want {
		words := append(strings.SplitN(want, " ", 3), "", "")
		c := command{Do: words[0], Quote: m.Text, Field: words[1], Value: words[2]}
		switch {
		case c.Field == "time":
			c.Value = ""
		case c.Do != nlu.Set:
			c.Field, c.Value = "", c.Field
		}
		commands = append(commands, c)
	}
	if len(commands) == 0 {
		commands = append(commands, command{Do: nlu.Unclear, Quote: m.Text})
	}
	text, _ := json.Marshal(map[string]any{"commands": commands})
	return string(text)
}

// wrongly moves every visitor's appointment.
func wrongly(m trialMessage) string {
	text, _ := json.Marshal(map[string]any{"commands": []map[string]string{{"do": nlu.Move, "quote": m.Text}, {"do": nlu.Price, "quote": m.Text}}})
	return string(text)
}

// silent understands nothing, in the right form.
func silent(m trialMessage) string {
	text, _ := json.Marshal(map[string]any{"commands": []map[string]string{{"do": nlu.Unclear, "quote": m.Text}}})
	return string(text)
}

func command(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, streams{strings.NewReader(""), &o, &e})
	return code, o.String(), e.String()
}

// TestModelTest: a model that reads rightly is good; one that makes anything
// worse, breaks the schema or helps with nothing is refused.
func TestModelTest(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(trialMessage) string
		code   int
		says   string
	}{
		{"right", rightly, exitDone, "GOOD: m helps"},
		{"wrong", wrongly, exitUnmet, "REFUSED: m makes"},
		{"silent", silent, exitUnmet, "REFUSED: m reads nothing that the rules do not"},
		{"chatty", func(trialMessage) string { return "Конечно, вы записаны!" }, exitUnmet, "REFUSED: m holds to the schema in 0 answers of 60"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newOllama(t, c.answer)
			code, out, said := command(t, "model", "test", "m", "--url", s.URL, "--wrong", "--data", t.TempDir())
			if code != c.code || !strings.Contains(out, c.says) {
				t.Errorf("exit %d, want %d with %q:\n%s%s", code, c.code, c.says, out, said)
			}
			if s.asked != 60 {
				t.Errorf("%d questions asked", s.asked)
			}
			if c.name == "right" {
				t.Log("\n" + out)
			}
		})
	}
	s := newOllama(t, rightly)
	if code, out, _ := command(t, "model", "test", "m", "--url", s.URL, "--lang", "tt"); code != exitDone || strings.Contains(out, "\nru") || !strings.Contains(out, "\ntt") {
		t.Errorf("exit %d for Tatar alone:\n%s", code, out)
	}
	few := newOllama(t, rightly)
	if _, out, _ := command(t, "model", "test", "m", "--url", few.URL, "--most", "2", "--data", t.TempDir()); few.asked != 6 {
		t.Errorf("%d questions asked, want two of each language:\n%s", few.asked, out)
	}
	if code, _, said := command(t, "model", "test", "absent", "--url", s.URL); code != exitWrong || !strings.Contains(said, "no such model") {
		t.Errorf("exit %d: %s", code, said)
	}
}

// TestModelTrial: every wanted command can be read out of the message, and the
// set leaves a model something to do in each language.
func TestModelTrial(t *testing.T) {
	trial, err := newTrial()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"": true, nlu.ValueAny: true}
	for _, s := range trial.house.Services {
		known[s.ID] = true
	}
	for _, s := range trial.house.Specialists {
		known[s.ID] = true
	}
	for _, b := range trial.house.Branches {
		known[b.ID] = true
	}
	plain, free := map[string]int{}, map[string]int{}
	for _, m := range trial.Messages {
		reading := trial.reader.Read(trial.message(m))
		switch {
		case m.right(told(reading.Commands)):
			plain[m.Lang]++
		case !assistant.Enough(reading):
			free[m.Lang]++
		default:
			t.Logf("%s: the rules are sure and wrong about %q: %q", m.Lang, m.Text, told(reading.Commands))
		}
		for _, want := range append(m.Want, m.May...) {
			words := append(strings.Fields(want), "", "")
			if words[0] == nlu.Set && words[1] != "time" && !known[words[2]] {
				t.Errorf("%q wants %q, which the clinic has not", m.Text, want)
			}
		}
	}
	for _, lang := range []string{"ru", "tt", "en"} {
		if plain[lang] < 8 || free[lang] < 5 {
			t.Errorf("%s: the rules read %d and leave %d", lang, plain[lang], free[lang])
		}
		t.Logf("%s: the rules read %d and leave %d to the model", lang, plain[lang], free[lang])
	}
}

func TestModelList(t *testing.T) {
	s := newOllama(t, silent)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, clinicFile), exampleClinic, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, said := command(t, "model", "list", "--url", s.URL, "--data", dir)
	want := "Ollama 0.32.15 at " + s.URL + `
NAME               SIZE    FAMILY             CONTEXT  THINKS  NOTE
qwen3:4b-instruct  2.5 GB  qwen3 4.0B Q4_K_M  40960    yes     the clinic file's
small:latest       92 MB   qwen3 4.0B Q4_K_M  40960    yes     
`
	if diff := cmp.Diff(want, out); code != exitDone || diff != "" {
		t.Errorf("exit %d, %s:\n%s", code, said, diff)
	}
	s.show = `{"remote_host":"https://ollama.example","remote_model":"big"}`
	if _, out, _ := command(t, "model", "list", "--url", s.URL, "--data", dir); strings.Count(out, "runs elsewhere: never asked") != 2 {
		t.Errorf("models that run elsewhere:\n%s", out)
	}
	s.tags = `{"models":[]}`
	if code, out, _ := command(t, "model", "list", "--url", s.URL); code != exitDone || !strings.Contains(out, "okoshko model pull") {
		t.Errorf("an empty server:\n%s", out)
	}
}

func TestModelPull(t *testing.T) {
	s := newOllama(t, silent)
	frames := []string{`{"status":"pulling manifest"}`}
	for done := 0; done <= 100; done++ {
		frames = append(frames, fmt.Sprintf(`{"status":"pulling 3f5e","digest":"sha256:3f5e","total":2500000000,"completed":%d}`, done*25000000))
	}
	for _, c := range []struct {
		name   string
		frames []string
		show   string
		code   int
		says   []string
	}{
		{"whole", append(slices.Clone(frames), `{"status":"verifying sha256 digest"}`, `{"status":"success"}`), s.show, exitDone, []string{
			"pulling manifest\n", "pulling 3f5e: 50 %, 1.2 GB of 2.5 GB\n", "m is here. Next: okoshko model test m\n",
		}},
		{"broken off", frames, s.show, exitWrong, []string{"the same command goes on from there"}},
		{"unknown", []string{`{"error":"pull model manifest: file does not exist"}`}, s.show, exitWrong, []string{`found no model "m" in the registry`}},
		{"no network", []string{`{"error":"pull model manifest: Get \"https://registry.example\": dial tcp: lookup failed\u001b[2J"}`}, s.show, exitWrong, []string{"lookup failed [2J"}},
		{"elsewhere", []string{`{"status":"success"}`}, `{"remote_host":"https://ollama.example","remote_model":"big"}`, exitUnmet, []string{"conversations would leave this house"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.pull, s.show = c.frames, c.show
			code, out, said := command(t, "model", "pull", "m", "--url", s.URL)
			for _, want := range c.says {
				if !strings.Contains(out+said, want) {
					t.Errorf("lacks %q:\n%s%s", want, out, said)
				}
			}
			if code != c.code || strings.Count(out, "\n") > 20 || strings.ContainsAny(out+said, "\r\x1b") {
				t.Errorf("exit %d, want %d, in plain lines:\n%s%s", code, c.code, out, said)
			}
		})
	}
	var screen bytes.Buffer
	p := &progress{out: &screen, terminal: true}
	for n := range 3 {
		p.tell(progressAt(n))
	}
	p.end()
	if got := screen.String(); strings.Count(got, "\n") != 1 || strings.Count(got, "\r") != 3 || !strings.HasSuffix(got, "pulling: 20 %, 200 MB of 1.0 GB\x1b[K\n") {
		t.Errorf("in a terminal: %q", got)
	}
}

// TestModelUse: one value changes, the old file is kept, and nothing is written
// where anything is in doubt.
func TestModelUse(t *testing.T) {
	s := newOllama(t, silent)
	dir := t.TempDir()
	path := filepath.Join(dir, clinicFile)
	if err := os.WriteFile(path, exampleClinic, 0o640); err != nil {
		t.Fatal(err)
	}
	use := func(name string) (int, string) {
		code, out, said := command(t, "model", "use", name, "--url", s.URL, "--data", dir)
		return code, out + said
	}
	if code, said := use("absent"); code != exitWrong || !strings.Contains(said, "okoshko model pull absent") {
		t.Errorf("exit %d: %s", code, said)
	}
	if code, said := use("qwen3:4b-instruct"); code != exitDone || !strings.Contains(said, "already") {
		t.Errorf("exit %d: %s", code, said)
	}
	if left, _ := filepath.Glob(path + "*"); len(left) != 1 {
		t.Errorf("files are left of nothing: %v", left)
	}
	if code, said := use("hf.co/T-Lite/it-2.1:Q4_K_M"); code != exitDone || !strings.Contains(said, ".bak") {
		t.Errorf("exit %d: %s", code, said)
	}
	changed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := bytes.Replace(exampleClinic, []byte("name: qwen3:4b-instruct"), []byte("name: hf.co/T-Lite/it-2.1:Q4_K_M"), 1); !bytes.Equal(want, changed) {
		t.Errorf("more than the name has changed:\n%s", cmp.Diff(string(want), string(changed)))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	kept, _ := filepath.Glob(path + ".*.bak")
	if len(kept) != 1 {
		t.Fatalf("kept %v", kept)
	}
	if old, err := os.ReadFile(kept[0]); err != nil || !bytes.Equal(old, exampleClinic) {
		t.Errorf("the kept file differs: %v", err)
	}
	s.show = `{"capabilities":["embedding"]}`
	if code, said := use("vectors"); code != exitWrong || !strings.Contains(said, "cannot be talked to") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestWithModelName(t *testing.T) {
	head, tail, found := strings.Cut(string(exampleClinic), "model:\n  name: qwen3:4b-instruct\n  url: http://127.0.0.1:11434\n  timeout: 20s\n")
	if !found {
		t.Fatal("the example file's model section is not as expected")
	}
	for _, c := range []struct{ name, section, want string }{
		{"plain", "model:\n  name: old # why\n  timeout: 5s\n", "model:\n  name: new:1b # why\n  timeout: 5s\n"},
		{"flow", "model: {url: http://127.0.0.1:1, name: old, timeout: 5s}\n", "model: {url: http://127.0.0.1:1, name: new:1b, timeout: 5s}\n"},
		{"double quotes", `model: {name: "old:1b"}` + "\n", `model: {name: "new:1b"}` + "\n"},
		{"single quotes", "model:\n    name: 'old:1b'   \n", "model:\n    name: 'new:1b'   \n"},
		{"letters before", "model: {timeout: 5s, name: old} # модель\n", "model: {timeout: 5s, name: new:1b} # модель\n"},
		{"no name", "model: {timeout: 5s}\n", ""},
		{"no section", "", ""},
		{"escapes", `model: {name: "ol\u0064"}` + "\n", ""},
		{"folded", "model:\n  name: >-\n    old\n    er\n", ""},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			file := func(section string) string { return strings.ReplaceAll(head+section+tail, "\n", end) }
			got, err := withModelName([]byte(file(c.section)), "new:1b")
			switch {
			case c.want == "" && err == nil:
				t.Errorf("%s: changed to\n%s", c.name, cmp.Diff(file(c.section), string(got)))
			case c.want != "" && err != nil:
				t.Errorf("%s %q: %v", c.name, end, err)
			case c.want != "" && string(got) != file(c.want):
				t.Errorf("%s %q:\n%s", c.name, end, cmp.Diff(file(c.want), string(got)))
			}
		}
	}
	for _, name := range []string{"", "a b", "x: y", "-rm", "m\nurl: http://evil.example", "а", "#", "a:b:c"} {
		if _, err := withModelName(exampleClinic, name); err == nil {
			t.Errorf("the name %q is taken", name)
		}
	}
}

// TestModelReal: a real server and a model that says noise: it is listed, and
// refused.
func TestModelReal(t *testing.T) {
	url, name := llmtest.Start(t)
	code, out, said := command(t, "model", "list", "--url", url, "--data", t.TempDir())
	if code != exitDone || !strings.Contains(out, name) || !strings.Contains(out, "qwen2") {
		t.Errorf("exit %d:\n%s%s", code, out, said)
	}
	began := time.Now()
	code, out, said = command(t, "model", "test", name, "--url", url, "--data", t.TempDir())
	if code != exitUnmet || !strings.Contains(out, "REFUSED: "+name) {
		t.Errorf("exit %d:\n%s%s", code, out, said)
	}
	t.Logf("60 messages in %v:\n%s", time.Since(began).Round(time.Second), out)
}

func progressAt(n int) llm.Progress {
	return llm.Progress{Step: "pulling", Part: "sha256:3f5e", Done: int64(n) * 1e8, Total: 1e9}
}
