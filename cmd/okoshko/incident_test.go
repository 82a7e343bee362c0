package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"okoshko/assistant"
	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

// TestIncidentByCommand: it freezes, copies the evidence, runs the clocks, writes the
// drafts, and closes only after both notices; while serving, too.
func TestIncidentByCommand(t *testing.T) {
	for _, serving := range []bool{false, true} {
		t.Run(map[bool]string{false: "stopped", true: "serving"}[serving], func(t *testing.T) {
			dir, _ := peopled(t)
			if serving {
				served(t, dir)
			}
			if out := must(t, "incident", "list", "--data", dir); !strings.Contains(out, "There was none") {
				t.Errorf("none yet: %s", out)
			}
			for _, c := range []struct {
				args []string
				want string
			}{
				{[]string{"open", "--actor", "nobody", "--from", "2026-11-23T09:00"}, `there is no account "nobody"`},
				{[]string{"open", "--actor", "owner"}, "--actor needs --from"},
				{[]string{"open", "--from", "2026-11-23T09:00"}, "go with --actor"},
				{[]string{"open", "--actor", "owner", "--from", "yesterday"}, `found "yesterday", expected a time such as`},
				{[]string{"open", "--noticed", "2126-11-23T09:00"}, "still to come"},
				{[]string{"told", "I-7"}, "there is no incident I-7"},
			} {
				if code, _, said := commanded(t, "", append(append([]string{"incident"}, c.args...), "--data", dir)...); code != exitWrong || !strings.Contains(said, c.want) {
					t.Errorf("%v: exit %d, %s", c.args, code, said)
				}
			}
			out := must(t, "incident", "open", "--data", dir)
			for _, want := range []string{"Incident I-1 is open", "3 people concerned", "name 3, phone 3", "first notice by", "23 h 59 min left", "71 h 59 min left", "SHA-256"} {
				if !strings.Contains(out, want) {
					t.Errorf("not said: %s\n%s", want, out)
				}
			}
			frozen(t, dir, out)
			if code, _, said := commanded(t, "", "incident", "close", "I-1", "--data", dir); code != exitUnmet || !strings.Contains(said, "first both notices") {
				t.Errorf("close: exit %d, %s", code, said)
			}
			draft := filepath.Join(t.TempDir(), "notice.html")
			must(t, "incident", "notice", "I-1", "--out", draft, "--data", dir)
			page, err := os.ReadFile(draft)
			if err != nil || !strings.Contains(string(page), "Уведомление об инциденте") || !strings.Contains(string(page), "номер телефона: 3") || strings.Contains(string(page), "<form") {
				t.Errorf("draft: %v\n%s", err, page)
			}
			must(t, "incident", "told", "I-1", "--data", dir)
			must(t, "incident", "unfreeze", "i-1", "--data", dir)
			if out := must(t, "incident", "list", "--data", dir); strings.Contains(out, "deliveries have stopped") || !strings.Contains(out, "first notice sent") {
				t.Errorf("list: %s", out)
			}
			must(t, "incident", "examined", "I-1", "--data", dir)
			must(t, "incident", "close", "I-1", "--data", dir)
			if code, _, said := commanded(t, "", "incident", "copy", "I-1", "--data", dir); code != exitUnmet || !strings.Contains(said, "closed already") {
				t.Errorf("copy: exit %d, %s", code, said)
			}
		})
	}
}

// frozen opens the evidence: the journal up to then, provable by the head beside it, and
// nobody's name.
func frozen(t *testing.T, dir, opened string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "evidence.tar")
	must(t, "incident", "evidence", "I-1", "--out", path, "--data", dir)
	files := untar(t, path)
	for _, want := range []string{"incident.json", "journal-000000000.jsonl", "head.txt", "key.txt", "deliveries.jsonl", "egress.jsonl", "alarms.json", "sessions.json", "accounts.json", "tokens.json"} {
		if _, ok := files[want]; !ok {
			t.Errorf("the evidence lacks %s", want)
		}
	}
	head, _, err := audit.ReadHead(files["head.txt"], strings.TrimSpace(string(files["key.txt"])))
	if err != nil {
		t.Fatal(err)
	}
	entries := bytes.Split(bytes.TrimSpace(files["journal-000000000.jsonl"]), []byte("\n"))
	if uint64(len(entries)) != head.Size || !bytes.Contains(entries[len(entries)-1], []byte(`"incident.open"`)) {
		t.Errorf("%d entries, the head has %d; the last is %s", len(entries), head.Size, entries[len(entries)-1])
	}
	for name, text := range files {
		for _, who := range []string{"Гузель", "Марат", "79172345678", "79175550001"} {
			if bytes.Contains(text, []byte(who)) {
				t.Errorf("%s holds %s", name, who)
			}
		}
	}
	hash := regexp.MustCompile(`SHA-256 ([0-9a-f]{64})`).FindStringSubmatch(opened)
	if hash == nil || !strings.Contains(journaled(t, dir), "incident.copy\tI-1\t"+hash[1]) {
		t.Errorf("the hash is not in the journal: %v", hash)
	}
	sealed := regexp.MustCompile(`Evidence: (\S+),`).FindStringSubmatch(opened)[1]
	text, err := os.ReadFile(sealed)
	if err != nil || bytes.Contains(text, []byte("contact.")) {
		t.Errorf("the copy is open to read: %v", err)
	}
	text[len(text)-1] ^= 1
	if err := os.WriteFile(sealed, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, said := commanded(t, "", "incident", "evidence", "I-1", "--out", path, "--data", dir); code != exitUnmet || !strings.Contains(said, "changed or exchanged") {
		t.Errorf("a changed copy: exit %d, %s", code, said)
	}
}

func untar(t *testing.T, path string) map[string][]byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	files := make(map[string][]byte)
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEvidenceForTheOwner: where recipients are set, only their identity opens it.
func TestEvidenceForTheOwner(t *testing.T) {
	dir, _ := peopled(t)
	keys := t.TempDir()
	must(t, "key", "backup", filepath.Join(keys, "identity.txt"), "--data", dir)
	if out := must(t, "incident", "open", "--actor", "owner", "--from", "2026-01-01T00:00", "--data", dir); !strings.Contains(out, "for the owner's 1 recipient") {
		t.Errorf("opened: %s", out)
	}
	path := filepath.Join(keys, "e.tar")
	if code, _, said := commanded(t, "", "incident", "evidence", "I-1", "--out", path, "--data", dir); code != exitWrong || !strings.Contains(said, "--identity FILE") {
		t.Errorf("without: exit %d, %s", code, said)
	}
	must(t, "incident", "evidence", "I-1", "--out", path, "--identity", filepath.Join(keys, "identity.txt"), "--data", dir)
	if len(untar(t, path)) != 10 {
		t.Errorf("files: %d", len(untar(t, path)))
	}
}

// TestEvidenceWithoutRoom: an incident opens also where the copy fails, and says so.
func TestEvidenceWithoutRoom(t *testing.T) {
	dir, _ := peopled(t)
	if err := os.WriteFile(filepath.Join(dir, evidenceFolder), nil, 0o600); err != nil { // no folder can be there
		t.Fatal(err)
	}
	code, out, said := commanded(t, "", "incident", "open", "--data", dir)
	if code != exitUnmet || !strings.Contains(out, "I-1 is open") || !strings.Contains(said, "THE EVIDENCE WAS NOT COPIED") {
		t.Errorf("exit %d\n%s%s", code, out, said)
	}
	if out := must(t, "incident", "list", "--data", dir); !strings.Contains(out, "NO COPY OF THE EVIDENCE") || !strings.Contains(out, "deliveries have stopped") {
		t.Errorf("list: %s", out)
	}
	if err := os.Remove(filepath.Join(dir, evidenceFolder)); err != nil {
		t.Fatal(err)
	}
	if out := must(t, "incident", "copy", "I-1", "--data", dir); !strings.Contains(out, "SHA-256") {
		t.Errorf("copy: %s", out)
	}
}

// TestNothingIsPrunedInAnIncident: what left the house long ago is cleared away, but not
// while somebody looks into how data got away.
func TestNothingIsPrunedInAnIncident(t *testing.T) {
	dir, _ := peopled(t)
	flags := houseFlags{dataFlags: dataFlags{Data: dir}}
	err := flags.house(streams{strings.NewReader(""), io.Discard, io.Discard}, func(a *appliance) error {
		old := a.now().Add(-2 * keepDeliveries)
		var id string
		err := a.db.Update(func(tx *storage.Tx) error {
			if err := outbox.Plan(tx, "crm", nil); err != nil {
				return err
			}
			e, err := outbox.Append(tx, "appointment.requested", "A-1", old, nil)
			id = e.ID + ".crm"
			return errors.Join(err, outbox.Plan(tx, "crm", nil), outbox.Delivered(tx, id, outbox.Attempt{At: old, Status: 200}))
		})
		if err != nil {
			return err
		}
		there := func() bool {
			return a.db.View(func(tx *storage.Tx) error { _, err := outbox.Get(tx, id); return err }) == nil
		}
		i, err := a.assistant.OpenIncident(t.Context(), assistant.Command(), privacy.Incident{Scope: privacy.ScopeAll})
		if err != nil {
			return err
		}
		if err := a.prune(); err != nil || !there() {
			t.Errorf("pruned in an incident: %v", err)
		}
		for _, step := range []string{"unfreeze", "told", "examined"} {
			if err := errors.Join(a.assistant.Incident(t.Context(), assistant.Command(), i.ID, step), a.prune()); err != nil || !there() {
				t.Errorf("pruned after %s: %v", step, err)
			}
		}
		if err := errors.Join(a.assistant.Incident(t.Context(), assistant.Command(), i.ID, "close"), a.prune()); err != nil || there() {
			t.Errorf("not pruned after the end: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
