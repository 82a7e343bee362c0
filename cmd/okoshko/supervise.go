package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// supervisedBy marks a process that another okoshko keeps alive.
const supervisedBy = "OKOSHKO_SUPERVISED"

func supervised() bool { return os.Getenv(supervisedBy) != "" }

// exitSaid is how a supervised process ends that cannot go on and has said why;
// a crash of Go's runtime has code 2.
const exitSaid = 78

// errSaid is the error of a command whose child has said what is wrong.
var errSaid = errors.New("")

// restarts come after a short pause that grows while the process does not stay
// up, so that a broken machine is not kept busy by it.
const (
	restartFirst = 200 * time.Millisecond
	restartMost  = 10 * time.Second
	stayedUp     = 30 * time.Second
)

// supervise runs the same command in a child process, and again whenever the
// child is killed or crashes, until ctx is done. A child that ends by itself
// ends it too: it has said why.
func supervise(ctx context.Context, s streams) error {
	pause := restartFirst
	for {
		began := time.Now()
		err := child(ctx, s)
		var ended *exec.ExitError
		switch {
		case ctx.Err() != nil || err == nil:
			return nil
		case !errors.As(err, &ended):
			return err
		case ended.ExitCode() == exitSaid:
			return errSaid
		}
		if time.Since(began) > stayedUp {
			pause = restartFirst
		}
		fmt.Fprintf(s.err, "okoshko: ended by %s, starting again\n", ended)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, restartMost)
	}
}

// child runs this program again with the same arguments. When ctx is done it is
// asked to stop, and killed if it does not in time.
func child(ctx context.Context, s streams) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.CommandContext(ctx, self, os.Args[1:]...)
	c.Env = append(os.Environ(), supervisedBy+"=1")
	c.Stdout, c.Stderr = s.out, s.err
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = stopWait
	c.SysProcAttr = dieWithParent()
	return c.Run()
}

// stopWait is how long a child may take to stop: longer than its requests may.
const stopWait = 20 * time.Second
