package main

import "syscall"

const prSetDumpable = 4 // PR_SET_DUMPABLE of prctl(2)

// noDumps keeps the keys in memory out of core files, and out of reach of other
// processes of the same user. What fails is not worth refusing to serve.
func noDumps() {
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetDumpable, 0, 0)
}
