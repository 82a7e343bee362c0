//go:build linux

package main

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"okoshko/storage"
	"okoshko/storage/vault"
)

// serveHouse starts okoshko serve on a folder with these variables set.
func serveHouse(t *testing.T, data string, env ...string) (public, service string, out *output) {
	t.Helper()
	public, service, out = freeAddress(t), freeAddress(t), &output{}
	cmd := exec.Command("okoshko", "serve", "--data", data, "--listen", public, "--service", service)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve: %v\n%s", err, out)
		}
	})
	return public, service, out
}

// okoshko runs a command that must succeed and returns what it printed.
func okoshko(t *testing.T, in string, args ...string) string {
	t.Helper()
	out, err := tryOkoshko(in, args...)
	if err != nil {
		t.Fatalf("okoshko %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func tryOkoshko(in string, args ...string) (string, error) {
	cmd := exec.Command("okoshko", args...)
	cmd.Stdin = strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	r, err := http.Get("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

// TestLockedHouse: without a secret visitors see phone and hours, nothing is
// stored, and the passphrase given in the console opens the house.
func TestLockedHouse(t *testing.T) {
	const phrase = "тихий кот видит окно"
	data := filepath.Join(t.TempDir(), "house")
	okoshko(t, "", "init", "--yes", data)
	okoshko(t, phrase+"\n", "key", "add", "passphrase", "--data", data)
	if err := os.Remove(filepath.Join(data, keyFile)); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(data, storeFile))
	if err != nil {
		t.Fatal(err)
	}
	public, service, out := serveHouse(t, data)
	up(t, public, out)
	if status, body := get(t, service+"/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "locked") {
		t.Errorf("readyz: %d %s", status, body)
	}
	for lang, want := range map[string][]string{
		"ru": {"Позвоните нам", "7 843 200-10-20", "пн"}, "tt": {"шалтыратыгыз", "7 843 200-10-20", "дш"}, "en": {"Please call us", "7 843 200-10-20", "Mon"},
	} {
		status, body := get(t, public+"/?lang="+lang)
		for _, w := range want {
			if status != http.StatusOK || !strings.Contains(body, w) {
				t.Errorf("%s: %d, no %q in %s", lang, status, w, body)
			}
		}
	}
	if status, body := get(t, public+"/widget.js"); status != http.StatusOK || !strings.Contains(body, "Позвонить нам") {
		t.Errorf("widget.js: %d %s", status, body)
	}
	if status, _ := get(t, public+"/chat/v1"); status != http.StatusServiceUnavailable {
		t.Errorf("the chat answers %d", status)
	}
	if got, err := tryOkoshko("", "user", "list", "--data", data); err == nil || !strings.Contains(got, "locked") {
		t.Errorf("a command: %v %s", err, got)
	}
	unlock := func(secret string) int {
		t.Helper()
		r, err := http.PostForm("http://"+public+"/console/", url.Values{"secret": {secret}})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Body.Close(); err != nil {
			t.Error(err)
		}
		return r.StatusCode
	}
	if status := unlock("шумный кот"); status != http.StatusForbidden {
		t.Errorf("a wrong passphrase: %d", status)
	}
	after, err := os.ReadFile(filepath.Join(data, storeFile))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("something was stored while locked (%v)", err)
	}
	if status := unlock(phrase); status != http.StatusOK {
		t.Errorf("the passphrase: %d", status)
	}
	until(t, "the open house\n"+out.String(), func() bool {
		r, err := http.Get("http://" + service + "/readyz")
		return err == nil && r.Body.Close() == nil && r.StatusCode == http.StatusOK
	})
	if got := okoshko(t, "", "audit", "show", "--data", data); !strings.Contains(got, "key.unlock") {
		t.Errorf("the journal has no unlocking: %s", got)
	}
}

// TestUnlockByCommand: also by the recovery key, on the machine itself.
func TestUnlockByCommand(t *testing.T) {
	data := filepath.Join(t.TempDir(), "house")
	printed := okoshko(t, "", "init", "--yes", data)
	_, text, _ := strings.Cut(printed, "opens everything.\n\n    ")
	text, _, _ = strings.Cut(text, "\n")
	if err := os.Remove(filepath.Join(data, keyFile)); err != nil {
		t.Fatal(err)
	}
	public, service, out := serveHouse(t, data)
	up(t, public, out)
	if got, err := tryOkoshko("wrong\n", "key", "unlock", "--data", data); err == nil || !strings.Contains(got, "wrong passphrase") {
		t.Errorf("a wrong secret: %v %s", err, got)
	}
	okoshko(t, strings.ToLower(text)+"\n", "key", "unlock", "--data", data)
	until(t, "the open house\n"+out.String(), func() bool {
		r, err := http.Get("http://" + service + "/readyz")
		return err == nil && r.Body.Close() == nil && r.StatusCode == http.StatusOK
	})
}

// TestCommandsWhileServing: the owner's commands are carried out by the running
// appliance, a backup and a rotation among them, and the backup restores.
func TestCommandsWhileServing(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "house")
	okoshko(t, "", "init", "--yes", data)
	public, _, out := serveHouse(t, data)
	up(t, public, out)
	v := chatter{t: t, address: public}
	v.connect()
	v.say("к терапевту завтра")
	defer v.close()
	okoshko(t, "", "user", "add", "guzel", "Гузель", "--data", data)
	okoshko(t, "value\n", "secret", "set", "name", "--data", data)
	if got := okoshko(t, "", "user", "list", "--data", data); !strings.Contains(got, "Гузель") {
		t.Errorf("user list: %s", got)
	}
	if got, err := tryOkoshko("", "user", "off", "nobody", "--data", data); err == nil || !strings.Contains(got, "there is no account") {
		t.Errorf("user off: %v %s", err, got)
	}
	copies := filepath.Join(dir, "copies")
	if err := os.Mkdir(copies, 0o700); err != nil {
		t.Fatal(err)
	}
	okoshko(t, "", "key", "backup", filepath.Join(dir, "id.txt"), "--data", data)
	okoshko(t, "", "backup", copies, "--data", data)
	okoshko(t, "", "key", "rotate", "data", "--data", data)
	okoshko(t, "", "key", "rotate", "root", "--data", data)
	okoshko(t, "", "backup", copies, "--data", data)
	v.say("и ещё вопрос") // the conversation goes on
	files, err := filepath.Glob(filepath.Join(copies, "okoshko-*.age"))
	if err != nil || len(files) < 2 {
		t.Fatalf("backups: %v, %v", files, err)
	}
	last := func(kind string) string {
		all, _ := filepath.Glob(filepath.Join(copies, "okoshko-"+kind+"-*.age"))
		return all[len(all)-1]
	}
	again := filepath.Join(dir, "again")
	okoshko(t, "", "restore", "--data", again, "--from", last("data"), "--keys", last("keys"),
		"--identity", filepath.Join(dir, "id.txt"), "--key", filepath.Join(data, keyFile))
	if got := okoshko(t, "", "user", "list", "--data", again, "--key", filepath.Join(data, keyFile)); !strings.Contains(got, "Гузель") {
		t.Errorf("user list of the restored: %s", got)
	}
	if got := okoshko(t, "", "audit", "verify", "--data", data); !strings.Contains(got, "all as written") {
		t.Errorf("journal: %s", got)
	}
	if got, err := tryOkoshko("", "model", "replays", filepath.Join(dir, "r"), "--data", data); err == nil || !strings.Contains(got, "another okoshko uses this folder") {
		t.Errorf("a command that is not sent: %v %s", err, got)
	}
}

// TestErasedDoNotComeBack: neither with an older copy of the store and today's
// keys, nor with older copies of both and the register of erasures.
func TestErasedDoNotComeBack(t *testing.T) {
	for _, exchanged := range []bool{false, true} {
		t.Run(map[bool]string{false: "same keys", true: "exchanged keys"}[exchanged], func(t *testing.T) { erasedStayAway(t, exchanged) })
	}
}

// erasedStayAway erases one of two after a backup, in between with keys exchanged for
// both: who lives is not taken for erased because of that.
func erasedStayAway(t *testing.T, exchanged bool) {
	dir := t.TempDir()
	flags := dataFlags{Data: filepath.Join(dir, "house")}
	if err := flags.create(); err != nil {
		t.Fatal(err)
	}
	people := storage.NewTable[string]("test.people").Owned(func(key []byte, _ string) string { return string(key) })
	change := func(fn func(tx *storage.Tx) error) {
		t.Helper()
		if err := flags.update(fn); err != nil {
			t.Fatal(err)
		}
	}
	change(func(tx *storage.Tx) error {
		if err := people.Put(tx, []byte("c_gone"), "Гузель"); err != nil {
			return err
		}
		return people.Put(tx, []byte("c_stays"), "Рамиль")
	})
	copies, id := filepath.Join(dir, "copies"), filepath.Join(dir, "id.txt")
	if err := os.Mkdir(copies, 0o700); err != nil {
		t.Fatal(err)
	}
	okoshko(t, "", "key", "backup", id, "--data", flags.Data)
	okoshko(t, "", "backup", copies, "--data", flags.Data)
	for range 2 {
		if exchanged {
			okoshko(t, "", "key", "rotate", "data", "--data", flags.Data)
		}
	}
	change(func(tx *storage.Tx) error {
		if err := people.Delete(tx, []byte("c_gone")); err != nil {
			return err
		}
		return tx.Shred("c_gone")
	})
	one := func(kind string) string {
		all, _ := filepath.Glob(filepath.Join(copies, "okoshko-"+kind+"-*.age"))
		return all[0]
	}
	key := filepath.Join(flags.Data, keyFile)
	for name, args := range map[string][]string{
		"today's keys":           {"--keys-of", flags.Data},
		"older keys, a register": {"--keys", one("keys"), "--erased", filepath.Join(flags.Data, storage.RegisterName)},
	} {
		if exchanged && name == "today's keys" {
			continue // they do not open what was sealed before
		}
		t.Run(name, func(t *testing.T) {
			again := dataFlags{Data: filepath.Join(t.TempDir(), "again"), Key: key}
			got := okoshko(t, "", append([]string{"restore", "--data", again.Data, "--from", one("data"), "--identity", id, "--key", key}, args...)...)
			if !strings.Contains(got, "1 persons; left out: ") {
				t.Errorf("restore: %s", got)
			}
			db, err := again.open()
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			err = db.View(func(tx *storage.Tx) (err error) {
				found := map[string]string{}
				for k, v := range people.Range(tx, nil, nil, &err) {
					found[string(k)] = v
				}
				if len(found) != 1 || found["c_stays"] != "Рамиль" {
					t.Errorf("found %v", found)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
			ids, err := storage.ReadRegister(filepath.Join(again.Data, storage.RegisterName))
			if err != nil || len(ids) == 0 {
				t.Errorf("the register does not go on: %v, %v", ids, err)
			}
		})
	}
	if _, err := vault.Slots(flags.Data); err != nil {
		t.Error(err)
	}
}

// TestNoCoreFiles: the serving process leaves no core file and lets no other
// process of its user look into it.
func TestNoCoreFiles(t *testing.T) {
	data := filepath.Join(t.TempDir(), "house")
	okoshko(t, "", "init", "--yes", data)
	cmd := exec.Command("okoshko", "serve", "--once", "--data", data, "--listen", "127.0.0.1:0", "--service", "127.0.0.1:0")
	out := &output{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	until(t, "the house", func() bool { return strings.Contains(out.String(), "Console:") })
	limits, err := os.ReadFile("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/limits")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(limits)) {
		if f := strings.Fields(line); strings.HasPrefix(line, "Max core file size") && (f[4] != "0" || f[5] != "0") {
			t.Errorf("core files: %s", line)
		}
	}
}
