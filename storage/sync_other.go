//go:build !linux

package storage

import "os"

// fdatasync flushes f as bbolt does.
func fdatasync(f *os.File) error { return f.Sync() }
