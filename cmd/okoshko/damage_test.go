package main

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDamagedFolder flips bits in and cuts each file of a house, and starts the
// program on it. It answers as before or says what is wrong: it never dies of it
// without a word, and never shows something else. The files stay as they are.
func TestDamagedFolder(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	data := filepath.Join(t.TempDir(), "house")
	okoshko(t, "", "init", "--yes", data)
	okoshko(t, "", "user", "add", "venera", "Венера", "--data", data)
	want := okoshko(t, "", "user", "list", "--data", data)
	ended := make(map[string]int)
	for _, name := range []string{storeFile, "keys.db", "slots.json", keyFile} {
		path := filepath.Join(data, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 15 {
			random := rand.New(rand.NewPCG(11, uint64(n)))
			damaged := slices.Clone(whole)
			if n%3 == 2 {
				damaged = damaged[:random.IntN(len(whole))]
			} else {
				at := random.IntN(min(len(whole), 24<<10) * 8) // behind it a new store is empty
				damaged[at/8] ^= 1 << (at % 8)
			}
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := tryOkoshko("", "user", "list", "--data", data)
			var exit *exec.ExitError
			switch {
			case err == nil && got == want:
				ended["as before"]++
			case err == nil:
				t.Errorf("%s, damage %d: %q", name, n, got)
			case !errors.As(err, &exit) || exit.ExitCode() != exitWrong, strings.Contains(got, "goroutine "), !strings.HasPrefix(got, "okoshko: "), len(got) < 40:
				t.Errorf("%s, damage %d: %v %s", name, n, err, got)
			default:
				ended["refused with a reason"]++
			}
			if after, err := os.ReadFile(path); err != nil || len(after) != len(damaged) && exit != nil {
				t.Errorf("%s, damage %d: the file has %d bytes, had %d (%v)", name, n, len(after), len(damaged), err)
			}
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := okoshko(t, "", "user", "list", "--data", data); got != want {
			t.Errorf("whole again: %s", got)
		}
	}
	t.Log(ended)
	if ended["refused with a reason"] < 20 {
		t.Error("the damage does not try what it should")
	}
}
