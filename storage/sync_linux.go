package storage

import (
	"os"
	"syscall"
)

// fdatasync flushes f as bbolt does.
func fdatasync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
