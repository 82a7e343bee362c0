// Command okoshko is the booking assistant that a clinic or salon owns: one
// binary that talks to visitors in a widget, keeps the calendar, lets reception
// confirm, and tells other systems.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands are what the binary can be asked to do; PROTOCOL's command line.
type commands struct {
	Demo       demoCommand       `cmd:"" help:"Everything at once with an invented clinic, nothing to set up."`
	Init       initCommand       `cmd:"" help:"Make a folder with a commented clinic file, keys and the first owner account."`
	Serve      serveCommand      `cmd:"" help:"Run the appliance."`
	Check      checkCommand      `cmd:"" help:"Read a clinic file and say all that is wrong with it."`
	Doctor     doctorCommand     `cmd:"" help:"Look at disk, clock, keys, model and ports, and say what to do."`
	Model      modelCommand      `cmd:"" help:"The local model: list, pull, test, use."`
	Eval       evalCommand       `cmd:"" help:"Play scenarios against the assistant."`
	Read       readCommand       `cmd:"" help:"Read messages from standard input, one a line, and print what the rules understood."`
	Mask       maskCommand       `cmd:"" help:"Replace personal data in the text on standard input."`
	User       userCommand       `cmd:"" help:"Staff accounts: add, list, switch off and on, new password."`
	Secret     secretCommand     `cmd:"" help:"Sealed values that the clinic file names as secret:NAME."`
	Audit      auditCommand      `cmd:"" help:"The journal: show it, verify it."`
	Export     exportCommand     `cmd:"" help:"All that is held about a person, as JSON and as a page to read."`
	Erase      eraseCommand      `cmd:"" help:"Erase a person for good; print the act of it."`
	Retention  retentionCommand  `cmd:"" help:"What falls due, what was destroyed by month, what the law wants kept."`
	Incident   incidentCommand   `cmd:"" help:"Data may be in wrong hands: stop deliveries, keep evidence, start the law's clocks."`
	Key        keyCommand        `cmd:"" help:"The keys: list the ways to open them, add, remove, rotate."`
	Backup     backupCommand     `cmd:"" help:"Encrypted copies of store and keys, also while the appliance runs."`
	Restore    restoreCommand    `cmd:"" help:"Make a data folder from backups."`
	Accept     acceptCommand     `cmd:"" help:"Take a store as it is that was changed or put back, where there is no better one."`
	CheckStore checkStoreCommand `cmd:"" name:"check-store" hidden:"" help:"Read all of a store without its keys."`
	Version    versionCommand    `cmd:"" help:"Version, commit, Go and dependencies."`
}

// Exit codes.
const (
	exitDone  = 0
	exitUnmet = 1 // what was asked does not hold
	exitWrong = 2 // wrong use, or a wrong file
)

// errUnmet is returned by a command that has said what does not hold.
var errUnmet = errors.New("what was asked does not hold")

// streams are where a command reads and writes, so that tests can stand there.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	noDumps()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, s streams) (code int) {
	read := new(bytes.Buffer)
	s.in = io.TeeReader(s.in, read) // so that a command can be sent on with its input
	return runCall(ctx, &call{args: args, s: s, read: read})
}

// runCall carries out a command that was called here or elsewhere.
func runCall(ctx context.Context, c *call) (code int) {
	args, s := c.args, c.s
	parser, err := kong.New(&commands{},
		kong.Name("okoshko"),
		kong.Description("A booking assistant that the house owns."),
		kong.UsageOnError(),
		kong.Writers(s.out, s.err),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(s),
		kong.Bind(c),
		kong.Exit(func(c int) { panic(exit(c)) }),
	)
	if err != nil {
		fmt.Fprintln(s.err, "okoshko:", err)
		return exitWrong
	}
	defer func() {
		if r := recover(); r != nil {
			c, ok := r.(exit)
			if !ok {
				panic(r)
			}
			code = int(c)
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		parser.Errorf("%s", err)
		return exitWrong
	}
	err = parsed.Run()
	var elsewhere exitCode
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errUnmet):
		return exitUnmet
	case errors.As(err, &elsewhere):
		return int(elsewhere)
	case errors.Is(err, errSaid):
		return exitWrong
	}
	fmt.Fprintln(s.err, "okoshko:", err)
	if supervised() && c.db == nil {
		return exitSaid
	}
	return exitWrong
}

// exit carries kong's wish to end through run, so that deferred calls are made.
type exit int
