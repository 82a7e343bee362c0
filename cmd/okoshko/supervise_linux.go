package main

import "syscall"

// dieWithParent has the child stopped when its supervisor is killed, so that it
// does not keep the store locked.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}
