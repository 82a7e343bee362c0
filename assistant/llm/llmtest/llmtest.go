// Package llmtest gives a test a real Ollama server that holds a tiny model of
// random weights (scripts/gguf).
//
// The server is the one whose address stands in OKOSHKO_OLLAMA, or one started
// for the test from a binary: `ollama` on PATH, or the one that scripts/ollama
// built. A started server lives in the test's own folder and ends with it.
// Without either the test is skipped, unless OKOSHKO_NEED, a list with commas,
// holds «ollama»: then it fails.
package llmtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// patience is how long anything here may take before the test fails.
const patience = time.Minute

// Start gives the address of a server and the name of a model in it that
// answers noise.
func Start(t testing.TB) (url, model string) {
	t.Helper()
	if url = os.Getenv("OKOSHKO_OLLAMA"); url == "" {
		s := Own(t)
		return s.URL, s.Model
	}
	model = "okoshko-noise-" + strings.ToLower(rand.Text()[:8])
	create(t, url, model, tiny(t, "qwen2"))
	t.Cleanup(func() { call(t, http.MethodDelete, url+"/api/delete", map[string]any{"model": model}) })
	return url, model
}

// Own starts a server that the test may stop and start as it likes.
func Own(t testing.TB) *Server {
	t.Helper()
	binary, err := find()
	if err != nil {
		missing(t, err)
	}
	s := &Server{Model: "noise", t: t, binary: binary, home: t.TempDir(), address: "127.0.0.1:0"}
	t.Cleanup(s.Stop) // after TempDir, so before its removal
	s.Start()
	create(t, s.URL, s.Model, tiny(t, "qwen2"))
	return s
}

// Add puts another model of noise into the server, of an architecture that
// scripts/gguf knows, and returns its name.
func (s *Server) Add(arch string) (model string) {
	s.t.Helper()
	model = s.Model + "-" + arch
	create(s.t, s.URL, model, tiny(s.t, arch))
	return model
}

// find is the path of an Ollama binary.
func find() (string, error) {
	if path, err := exec.LookPath("ollama"); err == nil {
		return path, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, "okoshko", "ollama", "ollama")
	_, err = os.Stat(path)
	return path, err
}

func missing(t testing.TB, err error) {
	t.Helper()
	say := t.Skipf
	if slices.Contains(strings.Split(os.Getenv("OKOSHKO_NEED"), ","), "ollama") {
		say = t.Fatalf
	}
	say("no Ollama server: run scripts/ollama, put ollama on PATH, or set OKOSHKO_OLLAMA to an address (%v)", err)
}

// tiny makes the model's file.
func tiny(t testing.TB, arch string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "noise.gguf")
	if out, err := exec.Command("go", "run", "okoshko/scripts/gguf", "-arch", arch, path).CombinedOutput(); err != nil {
		t.Fatalf("scripts/gguf: %v\n%s", err, out)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// template says how the model is spoken to; a server that did not know the
// file's own one would drop the system message without a word. The only stop
// word is the token that ends a turn, in place of those that Ollama finds for
// such a template: <|im_start|> would end an answer in the middle of its JSON
// where noise happens to write it into a string. And the only thread is its own:
// several wait for each other by spinning, which is slow on a busy machine.
const template = `{{ range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
`

func create(t testing.TB, url, model string, gguf []byte) {
	t.Helper()
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(gguf))
	request(t, http.MethodPost, url+"/api/blobs/"+digest, gguf)
	call(t, http.MethodPost, url+"/api/create", map[string]any{
		"model": model, "files": map[string]string{"noise.gguf": digest}, "template": template, "stream": false,
		"parameters": map[string]any{"stop": []string{"<|im_end|>"}, "num_thread": 1},
	})
}

func call(t testing.TB, method, url string, body any) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request(t, method, url, data)
}

func request(t testing.TB, method, url string, body []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience) // t's own is over in a cleanup
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		t.Fatalf("%s %s: %s: %v\n%s", method, url, response.Status, err, answer)
	}
}
