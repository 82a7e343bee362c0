package clinic_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/assistant/clinic"
)

var update = flag.Bool("update", false, "write the golden files anew")

func load(t testing.TB, name string) *clinic.Clinic {
	t.Helper()
	c, problems, err := clinic.Load(filepath.Join("testdata", name))
	if err != nil {
		t.Fatalf("%v\n%s", err, problems)
	}
	if len(problems) > 0 {
		t.Errorf("%s has warnings:\n%s", name, problems)
	}
	return c
}

func TestTheExampleFilesAreRead(t *testing.T) {
	c := load(t, "clinic.yaml")
	if got := c.Name.In("en"); got != "Ak Bars Health clinic" {
		t.Errorf("name in English: %q", got)
	}
	exam, ok := c.Service("dentist-exam")
	if !ok || exam.Duration != 30*time.Minute || exam.BufferAfter != 10*time.Minute || exam.BufferBefore != 0 ||
		exam.Price != (clinic.Price{Known: true, Amount: 900}) {
		t.Errorf("dentist-exam: %+v", exam)
	}
	if filling, _ := c.Service("filling"); filling.Price != (clinic.Price{Known: true, From: true, Amount: 3900}) {
		t.Errorf("price of filling: %+v", filling.Price)
	}
	var names []string
	for _, p := range c.Performers("filling") {
		names = append(names, p.ID)
	}
	if diff := cmp.Diff([]string{"sharipov", "kuznetsova"}, names); diff != "" {
		t.Errorf("who performs filling:\n%s", diff)
	}
	want := clinic.Rules{
		Confirm: clinic.ByStaff, Notice: time.Hour, Horizon: 60 * 24 * time.Hour, Step: 15 * time.Minute,
		Hold: 10 * time.Minute, Offer: 30 * time.Minute, PerVisitor: 3, Ask: []string{"name", "phone"},
		SameDayUntil: 1440, ChainGap: 15 * time.Minute, Reasons: c.Booking.Reasons,
	}
	if diff := cmp.Diff(want, c.Booking); diff != "" {
		t.Errorf("rules:\n%s", diff)
	}
	if diff := cmp.Diff([]clinic.Span{{From: 480, To: 1200}}, c.Open("bauman", clinic.Date{Year: 2026, Month: 11, Day: 25})); diff != "" {
		t.Errorf("open on a Wednesday:\n%s", diff)
	}
	for _, closed := range []clinic.Date{{Year: 2026, Month: 12, Day: 31}, {Year: 2027, Month: 1, Day: 8}, {Year: 2026, Month: 11, Day: 22}} {
		if spans := c.Open("bauman", closed); len(spans) > 0 {
			t.Errorf("open on %s: %v", closed, spans)
		}
	}
	if salon := load(t, "salon.yaml"); salon.Booking.Confirm != clinic.ByRule || salon.Version() == c.Version() || len(c.Version()) != 64 {
		t.Errorf("salon: %+v, version %q", salon.Booking, salon.Version())
	}
}

func TestLanguageOfATag(t *testing.T) {
	c := &clinic.Clinic{Languages: []string{"ru", "tt", "en"}}
	for tag, want := range map[string]string{
		"en-US": "en", "en": "en", "EN_gb": "en", "tt-Cyrl-RU": "tt", "tt": "tt", "ru-RU": "ru",
		"de-DE": "ru", "": "ru", "nonsense!": "ru", "*": "ru", "x-private": "ru",
	} {
		if got := c.Language(tag); got != want {
			t.Errorf("%q: %s, want %s", tag, got, want)
		}
	}
}

func TestTextFallsBackToTheFirstLanguage(t *testing.T) {
	c := load(t, "clinic.yaml")
	p, _ := c.Specialist("ivanov") // has no Tatar name
	for lang, want := range map[string]string{
		"en": "Pyotr Ivanov", "tt": "Иванов Пётр Сергеевич", "de": "Иванов Пётр Сергеевич", "": "Иванов Пётр Сергеевич",
	} {
		if got := p.Name.In(lang); got != want {
			t.Errorf("In(%q) = %q, want %q", lang, got, want)
		}
	}
	if diff := cmp.Diff([]string{"Pyotr Ivanov", "Иванов Пётр Сергеевич"}, p.Name.All()); diff != "" {
		t.Errorf("All:\n%s", diff)
	}
	if got := (clinic.Text{"tt": "а"}).In("en") + clinic.Text(nil).In("ru"); got != "а" {
		t.Errorf("a text in one other language, and none: %q", got)
	}
}

func TestOrigins(t *testing.T) {
	w := clinic.Widget{Origins: []string{"https://clinic.example", "http://localhost:*", "http://[::1]:*", "https://a.example:8443"}}
	for origin, want := range map[string]bool{
		"https://clinic.example": true, "https://CLINIC.example": true, "http://clinic.example": false,
		"https://clinic.example:444": false, "https://clinic.example.evil.example": false, "https://evilclinic.example": false,
		"http://localhost": true, "http://localhost:8080": true, "https://localhost:8080": false, "http://localhost.evil.example": false,
		"http://[::1]:80": true, "https://a.example:8443": true, "https://a.example": false, "null": false, "": false,
	} {
		if got := w.Allows(origin); got != want {
			t.Errorf("Allows(%q) = %v, want %v", origin, got, want)
		}
	}
}

// Each file in testdata/wrong has one kind of mistake; beside it stands all that is said
// of it. Write the answers anew with -update, and read them.
func TestWhatIsSaidOfMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/wrong/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files with mistakes, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, problems, err := clinic.Parse(name, data)
			if wrong := len(problems.Errors()) > 0; wrong != errors.Is(err, clinic.ErrWrong) || wrong == (c != nil) {
				t.Errorf("%d errors, but %v and a clinic: %v", len(problems.Errors()), err, c != nil)
			}
			if len(problems) == 0 {
				t.Error("nothing was found")
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			said := problems.String() + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(said), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), said); diff != "" {
				t.Errorf("what is said:\n%s", diff)
			}
			if strings.Contains(said, "hunter2") {
				t.Error("the secret is repeated")
			}
		})
	}
}

func TestFilesThatAreNoClinicFiles(t *testing.T) {
	tests := []struct {
		name, data, want string
	}{
		{"empty", "", "f:1:1: file: found nothing, expected a group of keys: languages, name,"},
		{"a comment", "# nothing yet\n", "f:1:1: file: found nothing"},
		{"a list", "- a\n- b\n", "f:1:1: file: found a list"},
		{"a word", "clinic", `f:1:1: file: found "clinic"`},
		{"two documents", "a: 1\n---\nb: 2\n", "f:2:1: file: found a second document"},
		{"another encoding", "name: {ru: \xcf\xf0\xe8}\n", "f:1:12: file: found bytes that are not text, expected UTF-8"},
		{"a zero byte", "name:\x00", "f:1:6: file: found bytes that are not text"},
		{"an open bracket", "languages: [ru\n", "f:1:12: YAML: sequence end token ']' not found"},
		{"an open quote", "a: \"x\n", "f:1:4: YAML: could not find end character of double-quoted text"},
		{"a tab", "\ta: 1\n", "f:1:2: YAML: tab character cannot use as a map key directly"},
		{"too large", strings.Repeat("#", 1<<20+1), "f:1:1: file: found more than 1 MiB"},
		{"too deep", strings.Repeat("{a: ", 50_000), "f:1:129: YAML: found too many levels, expected at most 32"},
		{"too deep a list", strings.Repeat("- ", 50_000), "f:1:65: YAML: found too many levels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, problems, err := clinic.Parse("f", []byte(tt.data))
			if c != nil || !errors.Is(err, clinic.ErrWrong) || !strings.HasPrefix(problems.String(), tt.want) {
				t.Errorf("Parse: %v, %v\n got %s\nwant %s", c, err, problems, tt.want)
			}
		})
	}
	if _, _, err := clinic.Load(filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, _, err := clinic.Load(t.TempDir()); err == nil || errors.Is(err, clinic.ErrWrong) {
		t.Errorf("a folder: %v", err)
	}
}

// The first mistake of a file is told at its place and does not hide the second.
func TestProblemsAreInTheOrderOfTheFile(t *testing.T) {
	data, err := os.ReadFile("testdata/clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{"branch: dekabristov", "branch: nowhere"}, {"step: 15m", "step: often"}, {"duration: 30m", "duration: long"}, {"- q:", "- question:"},
	} {
		data = bytes.Replace(data, []byte(change[0]), []byte(change[1]), 1)
	}
	_, problems, err := clinic.Parse("f", data)
	if !errors.Is(err, clinic.ErrWrong) || len(problems) != 5 {
		t.Fatalf("%v\n%s", err, problems)
	}
	for i := 1; i < len(problems); i++ {
		if problems[i-1].Line > problems[i].Line {
			t.Errorf("not in order:\n%s", problems)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/wrong/*.yaml")
	for _, file := range append(files, "testdata/clinic.yaml", "testdata/salon.yaml", "testdata/rooms.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, problems, err := clinic.Parse("f", data)
		if (err == nil) != (c != nil) || (err == nil) != (len(problems.Errors()) == 0) {
			t.Fatalf("%v beside %v\n%s", err, c, problems)
		}
		lines := bytes.Count(data, []byte("\n")) + 1
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Line > lines+bytes.Count(data, []byte("\r")) || strings.ContainsAny(p.String(), "\n\x00") {
				t.Errorf("%q in a file of %d lines", p, lines)
			}
		}
		if c != nil && (len(c.Services) == 0 || c.Location == nil || c.Name.In("") == "") {
			t.Errorf("a clinic without what it must have: %+v", c)
		}
	})
}

func TestAGenericWordIsNoClash(t *testing.T) {
	data, err := os.ReadFile("testdata/salon.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const was, both = "aliases: [мужская,", "aliases: [мужская, стрижка,"
	data = bytes.Replace(data, []byte(was), []byte(both), 1)
	if !bytes.Contains(data, []byte(both)) {
		t.Fatal("the example has changed")
	}
	if _, problems, err := clinic.Parse("f", data); err != nil || len(problems) > 0 {
		t.Errorf("«стрижка» of the women's and the men's one: %v\n%s", err, problems)
	}
}
