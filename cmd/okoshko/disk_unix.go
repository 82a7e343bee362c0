//go:build unix

package main

import (
	"os"
	"syscall"
)

// sameDisk reports whether both paths are on one file system; false where that cannot
// be told.
func sameDisk(a, b string) bool {
	of := func(path string) (dev uint64, ok bool) {
		info, err := os.Stat(path)
		if err != nil {
			return 0, false
		}
		s, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return 0, false
		}
		return uint64(s.Dev), true
	}
	x, okX := of(a)
	y, okY := of(b)
	return okX && okY && x == y
}
