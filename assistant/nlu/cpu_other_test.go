//go:build !linux

package nlu

import "time"

var started = time.Now()

// threadTime is the time that passed: other systems have no clock of a thread that is
// read alike.
func threadTime() time.Duration { return time.Since(started) }
