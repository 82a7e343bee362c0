package main

import (
	"os/exec"
	"strings"
	"testing"
)

// floors lists our packages from the bottom up. A package imports only packages
// of lower floors: the plan of ARCHITECTURE in the README, checked.
var floors = [][]string{
	{"assistant/nlu/token", "storage/vault", "assistant/llm", "prompts", "widget/web", "scripts/gguf", "storage/killed"},
	{"assistant/nlu/when", "storage", "assistant/llm/llmtest"},
	{"assistant/nlu", "storage/outbox", "storage/audit", "assistant/clinic"},
	{"assistant/booking", "assistant/privacy", "assistant/staff"},
	{"assistant", "assistant/delivery"},
	{"assistant/delivery/receiver", "assistant/scenario", "widget", "widget/console", "widget/api", "widget/calendar"},
	{"cmd/okoshko"},
}

func TestFloors(t *testing.T) {
	const module = "okoshko/"
	floor := make(map[string]int)
	for i, packages := range floors {
		for _, p := range packages {
			floor[p] = i
		}
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		packages := strings.Fields(line)
		from := strings.TrimPrefix(packages[0], module)
		if _, ok := floor[from]; !ok {
			t.Errorf("%s has no floor", from)
		}
		for _, imported := range packages[1:] {
			to, ours := strings.CutPrefix(imported, module)
			if ours && floor[to] >= floor[from] {
				t.Errorf("%s (floor %d) imports %s (floor %d)", from, floor[from], to, floor[to])
			}
		}
	}
}

// dialers are the packages that may open connections to other machines, and
// outsiders the libraries that only one package may know.
var only = map[string]string{
	"github.com/ollama/ollama/api":         "okoshko/assistant/llm",
	"github.com/tmc/langchaingo/llms":      "okoshko/assistant/llm",
	"go.etcd.io/bbolt":                     "okoshko/storage",
	"github.com/gorilla/websocket":         "okoshko/widget",
	"golang.org/x/crypto/chacha20poly1305": "okoshko/storage/vault",
	"github.com/arran4/golang-ical":        "okoshko/widget/calendar",
}

// TestOneImporter holds each library to the one room that knows it.
func TestOneImporter(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "okoshko/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		packages := strings.Fields(line)
		for _, imported := range packages[1:] {
			if room, ok := only[imported]; ok && packages[0] != room && !strings.HasPrefix(packages[0], room+"/") {
				t.Errorf("%s imports %s, which is %s's", packages[0], imported, room)
			}
		}
	}
}
