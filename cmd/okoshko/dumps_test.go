//go:build linux

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestNotDumpable: the serving process lets no other process of its user look into
// its memory. The kernel says so by giving its folder in /proc to root; for that it
// has to run as somebody else.
func TestNotDumpable(t *testing.T) {
	const nobody = 65534
	dir := t.TempDir()
	data, program := filepath.Join(dir, "house"), filepath.Join(dir, "okoshko")
	okoshko(t, "", "init", "--yes", data)
	found, err := exec.LookPath("okoshko")
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(found)
	if err == nil {
		err = os.WriteFile(program, binary, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	user := os.Geteuid()
	cmd := exec.Command(program, "serve", "--once", "--data", data, "--listen", "127.0.0.1:0", "--service", "127.0.0.1:0")
	if user == 0 {
		user = nobody
		if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
			t.Fatal(err)
		}
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Chown(path, nobody, nobody)
		})
		if err != nil {
			t.Skip("cannot give files away:", err)
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+dir, "HOME="+dir)
	out := &output{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Skip("cannot run as nobody:", err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	until(t, "the house\n"+out.String(), func() bool { return strings.Contains(out.String(), "Console:") })
	info, err := os.Stat("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/mem")
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; owner != 0 {
		t.Errorf("the memory belongs to user %d: it can be dumped and traced", owner)
	}
	sleeper := exec.Command("sleep", "60") // a process that can be: the look is able to tell
	sleeper.SysProcAttr, sleeper.Dir = cmd.SysProcAttr, "/"
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sleeper.Process.Kill(); _ = sleeper.Wait() }()
	until(t, "the other process", func() bool {
		info, err = os.Stat("/proc/" + strconv.Itoa(sleeper.Process.Pid) + "/mem")
		return err == nil && int(info.Sys().(*syscall.Stat_t).Uid) == user
	})
}
