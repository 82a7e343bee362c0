package main

import (
	"errors"
	"fmt"

	"okoshko/assistant/clinic"
)

// loadClinic reads a clinic file and prints what is wrong with it, a line each.
func loadClinic(s streams, path string) (*clinic.Clinic, error) {
	house, problems, err := clinic.Load(path)
	for _, p := range problems {
		fmt.Fprintln(s.err, p)
	}
	if errors.Is(err, clinic.ErrWrong) {
		return nil, fmt.Errorf("%s: %w: mend the lines above; okoshko check %s looks again", path, err, path)
	}
	return house, err
}
