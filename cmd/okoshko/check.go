package main

import (
	"fmt"

	"okoshko/assistant/clinic"
)

type checkCommand struct {
	File string `arg:"" help:"Clinic file."`
}

// Run says all that is wrong with a clinic file.
func (c *checkCommand) Run(s streams) error {
	house, problems, err := clinic.Load(c.File)
	for _, p := range problems {
		fmt.Fprintln(s.out, p)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	fmt.Fprintf(s.out, "%s: %d services, %d specialists, %d branches, %d questions; %d warnings\n",
		c.File, len(house.Services), len(house.Specialists), len(house.Branches), len(house.FAQ), len(problems))
	return nil
}
