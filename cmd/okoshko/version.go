package main

import (
	"fmt"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints what this binary was built from.
func (versionCommand) Run(s streams) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		fmt.Fprintln(s.out, "okoshko, built without module information")
		return nil
	}
	commit := "unknown"
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			commit = setting.Value
		}
	}
	fmt.Fprintf(s.out, "okoshko %s\ncommit %s\n%s\n", info.Main.Version, commit, info.GoVersion)
	for _, d := range info.Deps {
		fmt.Fprintf(s.out, "%s %s\n", d.Path, d.Version)
	}
	return nil
}
