package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the program itself available to tests as the command okoshko.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "check-store" { // a test that opens a store itself
		main()
	}
	testscript.Main(m, map[string]func(){"okoshko": main})
}

// TestScripts runs the commands as a person does, in a clean folder.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", os.Getenv("GORACE")) // how long a process of the race detector lives on at its end
			return nil
		},
	})
}
