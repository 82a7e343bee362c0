package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"okoshko/assistant"
	"okoshko/assistant/booking"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// commanded runs a command line and returns what it printed.
func commanded(t *testing.T, in string, args ...string) (code int, out, said string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, streams{strings.NewReader(in), &stdout, &stderr})
	return code, stdout.String(), stderr.String()
}

// must runs a command line that has to work.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, out, said := commanded(t, "", args...)
	if code != exitDone {
		t.Fatalf("okoshko %s: exit %d\n%s%s", strings.Join(args, " "), code, out, said)
	}
	return out
}

// peopled is a data folder of the example clinic in which three people have an
// appointment to come: two of them share a phone.
func peopled(t *testing.T) (dir string, numbers []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "house")
	must(t, "init", "--yes", dir)
	flags := houseFlags{dataFlags: dataFlags{Data: dir}}
	err := flags.house(streams{strings.NewReader(""), io.Discard, io.Discard}, func(a *appliance) error {
		for i, who := range []struct{ name, phone string }{{"Гузель", "8 917 234-56-78"}, {"Марат", "8 917 555-00-01"}, {"Инна", "8 917 555-00-01"}} {
			slots, err := a.assistant.FreeFor(t.Context(), booking.Query{Service: "therapist"}, a.now().AddDate(0, 0, 3+i), 1)
			if err != nil || len(slots) == 0 {
				return errors.Join(err, errors.New("no free time"))
			}
			card, err := a.assistant.Book(t.Context(), assistant.Command(), assistant.WalkIn{Name: who.name, Phone: who.phone, Slot: slots[0], Agreed: a.assistant.ConsentInForce().Version})
			if err != nil {
				return err
			}
			numbers = append(numbers, card.Number)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, numbers
}

// served serves a folder in this process until the test ends, and returns the folder of
// heads.
func served(t *testing.T, dir string) (heads, service string) {
	t.Helper()
	return serves(t, dir, t.TempDir())
}

// serves serves a folder with a folder of heads.
func serves(t *testing.T, dir, into string) (heads, service string) {
	t.Helper()
	heads, service = into, freeAddress(t)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan int, 1)
	out := &output{}
	go func() {
		done <- run(ctx, []string{"serve", "--once", "--data", dir, "--listen", "127.0.0.1:0", "--service", service, "--heads", heads}, streams{strings.NewReader(""), out, out})
	}()
	t.Cleanup(func() {
		stop()
		if code := <-done; code != exitDone {
			t.Errorf("serve ended with %d: %s", code, out)
		}
	})
	until(t, "the socket for commands", func() bool { _, err := os.Stat(filepath.Join(dir, socketFile)); return err == nil })
	return heads, service
}

// journaled are the actions in the journal, with who did them.
func journaled(t *testing.T, dir string) string {
	t.Helper()
	return must(t, "audit", "show", "--last", "500", "--data", dir)
}

// TestRightsByCommand: export and erasure, while the appliance serves and while it does
// not: the same.
func TestRightsByCommand(t *testing.T) {
	for _, serving := range []bool{false, true} {
		t.Run(map[bool]string{false: "stopped", true: "serving"}[serving], func(t *testing.T) {
			dir, numbers := peopled(t)
			if serving {
				served(t, dir)
			}
			out := filepath.Join(t.TempDir(), "handed")
			printed := must(t, "export", "+7 917 234-56-78", "--out", out, "--data", dir)
			names := strings.Fields(printed)
			if len(names) != 2 || !strings.HasSuffix(names[0], ".json") || !strings.HasSuffix(names[1], ".html") {
				t.Fatalf("printed %q", printed)
			}
			for _, name := range names {
				info, err := os.Stat(name)
				if err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v, %v", name, info, err)
				}
			}
			var p assistant.Person
			text, err := os.ReadFile(names[0])
			if err = errors.Join(err, json.Unmarshal(text, &p)); err != nil || p.Name != "Гузель" || p.Phone != "+79172345678" || len(p.Appointments) != 1 {
				t.Errorf("%+v, %v", p, err)
			}
			page, err := os.ReadFile(names[1])
			if err != nil || !strings.Contains(html.UnescapeString(string(page)), "+7 917 234-56-78") || !strings.Contains(string(page), numbers[0]) || strings.Contains(string(page), "<script") {
				t.Errorf("%v, %s", err, page)
			}
			again := must(t, "export", p.Contact, "--out", out, "--data", dir)
			if again != printed || must(t, "export", strings.ToLower(numbers[0]), "--out", out, "--data", dir) != printed {
				t.Errorf("by id: %q, want %q", again, printed)
			}
			if n := strings.Count(journaled(t, dir), "\tcommand\tcontact.export\t"+p.Contact); n != 3 {
				t.Errorf("%d exports in the journal:\n%s", n, journaled(t, dir))
			}
			if code, _, said := commanded(t, "", "export", "8 917 555-00-01", "--out", out, "--data", dir); code != exitUnmet || !strings.Contains(said, "2 people have that phone: c_") {
				t.Errorf("two people: exit %d, %s", code, said)
			}
			if code, _, said := commanded(t, "", "export", "Гузель", "--out", out, "--data", dir); code != exitUnmet || !strings.Contains(said, "Nobody is known by that") {
				t.Errorf("a name: exit %d, %s", code, said)
			}
			erases(t, dir, numbers, p, serving)
		})
	}
}

// erases goes on with the person of the first number.
func erases(t *testing.T, dir string, numbers []string, p assistant.Person, serving bool) {
	t.Helper()
	for _, c := range []struct {
		in   string
		args []string
		code int
		want string
	}{
		{"no\n", []string{numbers[0], "--why", "asked"}, exitUnmet, "Nothing was erased"},
		{"", []string{numbers[0], "--why", "asked"}, exitUnmet, "Nothing was erased"},
		{"", []string{numbers[0]}, exitWrong, "--why asked"},
		{"", nil, exitWrong, "one of the two"},
		{"", []string{numbers[0], "--act", "X-1"}, exitWrong, "one of the two"},
		{"", []string{"A-9999", "--why", "asked", "--yes"}, exitUnmet, "Nobody is known"},
		{"", []string{numbers[0], "--why", "because", "--yes"}, exitWrong, "--why must be one of"},
		{"", []string{"--act", "X-1", "--out", "act.html"}, exitUnmet, "no act X-1"},
	} {
		code, out, said := commanded(t, c.in, append([]string{"erase", "--data", dir}, c.args...)...)
		if code != c.code || !strings.Contains(out+said, c.want) {
			t.Errorf("erase %v: exit %d, want %d with %q\n%s%s", c.args, code, c.code, c.want, out, said)
		}
		if strings.Contains(out+said, "Гузель") {
			t.Errorf("erase %v names the person: %s", c.args, out)
		}
	}
	code, out, said := commanded(t, "erase\n", "erase", numbers[0], "--why", "withdrawn", "--name", "--data", dir)
	if code != exitDone {
		t.Fatalf("exit %d: %s%s", code, out, said)
	}
	for _, want := range []string{p.Contact + ", Гузель", "1 appointment, of them to come and to be cancelled: 1", "1 consent", "--act X-1"} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %s\n%s", want, out)
		}
	}
	if strings.Contains(out, "when okoshko serve runs again") == serving {
		t.Errorf("serving: %v\n%s", serving, out)
	}
	if code, _, _ := commanded(t, "", "export", p.Contact, "--out", t.TempDir(), "--data", dir); code != exitUnmet {
		t.Errorf("the person is still known: exit %d", code)
	}
	act := filepath.Join(t.TempDir(), "act.html")
	must(t, "erase", "--act", "x-1", "--out", act, "--data", dir)
	page, err := os.ReadFile(act)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Акт об уничтожении персональных данных № X-1", "Гузель", "согласие отозвано", "Выгрузка из журнала", "командная строка"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the act lacks %q", want)
		}
	}
	if strings.Contains(string(page), "<script") || strings.Contains(string(page), "src=") {
		t.Error("the act is not whole in itself")
	}
	report := must(t, "retention", "--data", dir)
	if month := time.Now().Format("2006-01"); !regexp.MustCompile(month+` +0 +0 +1 +0 +0`).MatchString(report) || !strings.Contains(report, "acts of") {
		t.Errorf("report:\n%s", report)
	}
}

// TestRetentionByCommand: a clock that went back destroys nothing, and the command says
// why.
func TestRetentionByCommand(t *testing.T) {
	dir, _ := peopled(t)
	if out := must(t, "retention", "--now", "--data", dir); !strings.Contains(out, "Destroyed now: 0 conversations") {
		t.Errorf("now: %s", out)
	}
	var r assistant.RetentionReport
	if err := json.Unmarshal([]byte(must(t, "retention", "--json", "--data", dir)), &r); err != nil || len(r.Months) != 1 || r.Months[0].Runs != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	// The last run is in the future: so it is for a clock that went back.
	flags := houseFlags{dataFlags: dataFlags{Data: dir}}
	err := flags.with(func(db *storage.DB) error {
		return db.Update(func(tx *storage.Tx) error {
			return storage.NewTable[time.Time]("assistant.retained").Put(tx, []byte("last"), time.Now().Add(48*time.Hour))
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	code, out, said := commanded(t, "", "retention", "--now", "--data", dir)
	if code != exitUnmet || !strings.Contains(said, "Nothing was destroyed: the clock stands before the last run") || strings.Contains(out, "Destroyed now") {
		t.Errorf("back: exit %d\n%s%s", code, out, said)
	}
	if code, out, said := commanded(t, "", "retention", "--data", dir); code != exitUnmet || !strings.Contains(said, "Set the clock") || !strings.Contains(out, "Kept by law") {
		t.Errorf("report: exit %d\n%s%s", code, out, said)
	}
}

// TestHeadsOffTheBox: serve writes a head at start; the journal is verified against the
// folder; a store that was put back is found, by the next start as well.
func TestHeadsOffTheBox(t *testing.T) {
	dir, _ := peopled(t)
	early, err := os.ReadFile(filepath.Join(dir, storeFile))
	if err != nil {
		t.Fatal(err)
	}
	must(t, "user", "add", "guzel", "Гузель", "--data", dir) // so that the journal goes on
	heads, code := t.TempDir(), ""
	t.Run("serving", func(t *testing.T) {
		_, service := serves(t, dir, heads)
		until(t, "a head", func() bool { all, _ := audit.HeadFiles(heads); return len(all) == 1 })
		until(t, "the head's state", func() bool {
			c := doctorCommand{Service: service}
			said := c.running(t.Context())["heads"]
			return said.OK && strings.Contains(said.Detail, heads)
		})
		if out := must(t, "audit", "verify", "--head", heads, "--data", dir); !strings.Contains(out, "okoshko-head-") || !strings.Contains(out, "all as written") {
			t.Errorf("verify: %s", out)
		}
		if _, body := get(t, service+"/metrics"); !strings.Contains(body, "\nokoshko_alarms_unseen 0\n") || !strings.Contains(body, "\nokoshko_head_age_seconds ") {
			t.Errorf("metrics: %s", body)
		}
		_, text, said := commanded(t, "", "audit", "head", "--data", dir)
		if !strings.HasPrefix(text, "okoshko journal\n") || !strings.HasPrefix(said, "To write down: ") {
			t.Errorf("head: %q, %q", text, said)
		}
		code = strings.TrimSpace(strings.TrimPrefix(said, "To write down: "))
		must(t, "audit", "verify", "--code", strings.ToLower(code), "--data", dir)
		if exit, _, said := commanded(t, "", "audit", "verify", "--code", "12-ABC", "--data", dir); exit != exitWrong || !strings.Contains(said, "sixteen letters") {
			t.Errorf("no code: exit %d, %s", exit, said)
		}
		if exit, _, said := commanded(t, "", "audit", "verify", "--head", t.TempDir(), "--data", dir); exit != exitWrong || !strings.Contains(said, "found no heads") {
			t.Errorf("an empty folder: exit %d, %s", exit, said)
		}
	})
	doctor := func(more ...string) string {
		_, out, _ := commanded(t, "", append([]string{"doctor", "--data", dir}, more...)...)
		return out
	}
	if out := doctor(); !strings.Contains(out, "journal's heads") || !strings.Contains(out, heads) {
		t.Errorf("doctor: %s", out)
	}
	if err := os.WriteFile(filepath.Join(dir, storeFile), early, 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "accept", "--yes", "--data", dir) // as somebody would who wants to hide it
	for _, args := range [][]string{{"--head", heads}, {"--code", code}} {
		if exit, out, _ := commanded(t, "", append([]string{"audit", "verify", "--data", dir}, args...)...); exit != exitUnmet || !strings.Contains(out, "the journal was changed") {
			t.Errorf("put back, by %v: exit %d, %s", args, exit, out)
		}
	}
	_, service := serves(t, dir, heads)
	until(t, "the alarm", func() bool {
		c := doctorCommand{Service: service}
		parts := c.running(t.Context())
		return strings.HasPrefix(parts["alarms"].Detail, "1 ") && !parts["heads"].OK
	})
	if _, body := get(t, service+"/readyz"); !strings.Contains(body, `"heads":{"ok":false,"detail":"the journal does not agree`) {
		t.Errorf("readyz: %s", body)
	}
	if out := doctor("--service", service); !strings.Contains(out, "the journal does not agree") {
		t.Errorf("doctor: %s", out)
	}
}
