// Package killed kills processes that write, for tests: a test binary starts itself
// again as a child, which writes and says on a line of its output what it has made
// durable, and is killed in the middle of its work. It knows nothing of what is written.
package killed

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Run starts this test binary as a child with env set to dir, hands every whole line that
// it says to said, and kills it (SIGKILL) after so many; those that come before it is
// dead count too. It returns how many there were. A child that ends by itself, or is
// silent, fails the test.
func Run(t testing.TB, env, dir string, after int, said func(line string)) int {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), env+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := 0
	for in := bufio.NewReader(out); ; {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) { // dead; half a line is no acknowledgement
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		said(strings.TrimSpace(line))
		if lines++; lines == after {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || lines < after {
		t.Fatalf("the writing process ended by itself (%v) after %d lines", err, lines)
	}
	return lines
}
