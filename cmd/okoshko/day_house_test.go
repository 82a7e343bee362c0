//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// dayHouse is an okoshko of its own process, with all that stands around it: a
// model server, two receivers of events, and folders that are searched afterwards.
type dayHouse struct {
	t               *testing.T
	dir, data       string
	public, service string
	out             *output
	cmd             *exec.Cmd
	owner           string // password
	model, told     *listener
	trusted         *listener // the receiver with contact: true
	shown           *listener // answers to commands, and to strangers
}

// listener keeps what it is told.
type listener struct {
	mu  sync.Mutex
	all bytes.Buffer
	n   int
}

func (l *listener) hear(parts ...[]byte) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range parts {
		l.all.Write(p)
		l.all.WriteByte('\n')
	}
	l.n++
	return l.n
}

func (l *listener) heard() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.all.Bytes())
}

// receiver keeps requests; of every ten it refuses one, with all that it was
// told in its answer.
func (l *listener) receiver(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		head, _ := json.Marshal(r.Header)
		if l.hear([]byte(r.URL.String()), head, body)%10 == 4 {
			w.Header().Set("X-Wrong", string(body[:min(len(body), 500)]))
			http.Error(w, "cannot use "+string(body), http.StatusUnprocessableEntity)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// ollama is a model server that keeps every prompt, and answers now nothing
// useful, now not in its grammar, with all that it was told.
func (l *listener) ollama(t *testing.T) *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/version", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"version":"0.35.1"}`) })
	mux.HandleFunc("POST /api/show", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"capabilities":["completion"]}`) })
	mux.HandleFunc("POST /api/chat", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		said := `{"commands":[]}`
		switch l.hear(body) % 4 {
		case 1:
			said = string(body)
		case 2:
			http.Error(w, string(body), http.StatusInternalServerError)
			return
		}
		text, _ := json.Marshal(said)
		fmt.Fprintf(w, `{"model":"m","message":{"role":"assistant","content":%s},"done":true,"done_reason":"stop","prompt_eval_count":900,"eval_count":30}`+"\n", text)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// dayClinic is the example's house, open all day and every day.
func dayClinic(model, told, trusted, more string) string {
	text := regexp.MustCompile(`hours: "Mo[^"]*"`).ReplaceAllString(string(exampleClinic), `hours: "Mo-Su 08:00-20:00"`)
	text = regexp.MustCompile(`handoff:\n  hours: "[^"]*"`).ReplaceAllString(text, "handoff:\n  hours: \"Mo-Su 00:00-24:00\"")
	text = regexp.MustCompile(`(?m)^closed:.*$`).ReplaceAllString(text, "closed: []")
	text = strings.Replace(text, "http://127.0.0.1:11434", model, 1)
	return strings.Replace(text, "crm: []", fmt.Sprintf(`crm:
  - {name: told, kind: webhook, url: %q, secret: "secret:signing"}
  - {name: trusted, kind: webhook, url: %q, secret: "secret:signing", contact: true}`, told, trusted), 1) + more
}

func newDayHouse(t *testing.T) *dayHouse {
	h := &dayHouse{t: t, dir: t.TempDir(), out: &output{}, model: &listener{}, told: &listener{}, trusted: &listener{}, shown: &listener{}}
	h.data = filepath.Join(h.dir, "house")
	for _, d := range []string{"tmp", "work", "copies-1", "copies-2", "exports", "heads"} {
		if err := os.Mkdir(filepath.Join(h.dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	printed := h.okoshko("", "init", "--yes", h.data)
	h.owner = regexp.MustCompile(`login owner, password (\S+)`).FindStringSubmatch(printed)[1]
	clinic := dayClinic(h.model.ollama(t).URL, h.told.receiver(t).URL+"/hook", h.trusted.receiver(t).URL+"/hook", "")
	if err := os.WriteFile(filepath.Join(h.data, clinicFile), []byte(clinic), 0o600); err != nil {
		t.Fatal(err)
	}
	h.okoshko(newSigning()+"\n", "secret", "set", "signing", "--data", h.data)
	h.public, h.service = freeAddress(t), freeAddress(t)
	return h
}

// okoshko runs a command that must succeed, in the house's own folders.
func (h *dayHouse) okoshko(in string, args ...string) string {
	h.t.Helper()
	cmd := exec.Command("okoshko", args...)
	cmd.Stdin, cmd.Dir, cmd.Env = strings.NewReader(in), filepath.Join(h.dir, "work"), h.env()
	out, err := cmd.CombinedOutput()
	if err != nil {
		h.t.Fatalf("okoshko %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	h.shown.hear(out)
	return string(out)
}

func (h *dayHouse) env() []string { return append(os.Environ(), "TMPDIR="+filepath.Join(h.dir, "tmp")) }

// heads is where the signed heads of the journal go; it is searched like the rest.
func (h *dayHouse) heads() string { return filepath.Join(h.dir, "heads") }

func (h *dayHouse) start() {
	h.t.Helper()
	h.cmd = exec.Command("okoshko", "serve", "--debug", "--data", h.data, "--listen", h.public, "--service", h.service, "--proxy", "127.0.0.1/32", "--heads", h.heads())
	h.cmd.Dir, h.cmd.Env, h.cmd.Stdout, h.cmd.Stderr = filepath.Join(h.dir, "work"), h.env(), h.out, h.out
	if err := h.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = h.cmd.Process.Kill() })
	up(h.t, h.public, h.out)
}

func (h *dayHouse) stop() {
	h.t.Helper()
	_ = h.cmd.Process.Signal(syscall.SIGTERM)
	if err := h.cmd.Wait(); err != nil {
		h.t.Errorf("serve: %v\n%s", err, h.out)
	}
}

// crash ends the serving process in the middle of what it does; its keeper
// starts another.
func (h *dayHouse) crash(by syscall.Signal) {
	h.t.Helper()
	child := childOf(h.t, h.cmd.Process.Pid)
	if err := syscall.Kill(child, by); err != nil {
		h.t.Fatal(err)
	}
	until(h.t, "another process", func() bool { c, ok := children(h.cmd.Process.Pid); return ok && c != child })
	up(h.t, h.public, h.out)
}

// desk is somebody's browser in front of the console, or at a page of own data.
type desk struct {
	h    *dayHouse
	http *http.Client
}

func (h *dayHouse) desk() *desk {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &desk{h, &http.Client{Jar: jar}}
}

func (d *desk) do(method, path string, form url.Values, header ...string) (status int, body string) {
	d.h.t.Helper()
	r, err := http.NewRequest(method, "http://"+d.h.public+path, strings.NewReader(form.Encode()))
	if err != nil {
		d.h.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := d.http.Do(r)
	if err != nil {
		d.h.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		d.h.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// page opens a page that must be there.
func (d *desk) page(path string) string {
	d.h.t.Helper()
	status, body := d.do(http.MethodGet, path, nil)
	if status != http.StatusOK {
		d.h.t.Fatalf("GET %s: %d %s", path, status, wordsOf(body))
	}
	return body
}

// post sends a form of pairs that must be taken.
func (d *desk) post(path string, pairs ...string) string {
	d.h.t.Helper()
	status, body := d.do(http.MethodPost, path, pairsOf(pairs...))
	if status != http.StatusOK {
		d.h.t.Fatalf("POST %s %q: %d %s", path, pairs, status, wordsOf(body))
	}
	return body
}

// refused sends a form that must not be taken.
func (d *desk) refused(path string, pairs ...string) {
	d.h.t.Helper()
	if status, body := d.do(http.MethodPost, path, pairsOf(pairs...)); status < 400 {
		d.h.t.Errorf("POST %s %q: %d %s", path, pairs, status, wordsOf(body))
	}
}

func pairsOf(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func (d *desk) login(who, password string) *desk {
	d.h.t.Helper()
	d.post("/console/login", "login", who, "password", password)
	return d
}

// wordsOf is what a person reads of a page.
func wordsOf(page string) string {
	_, body, _ := strings.Cut(page, "<main")
	return strings.Join(strings.Fields(regexp.MustCompile(`(?s)<[^>]*>`).ReplaceAllString(body, " ")), " ")
}
