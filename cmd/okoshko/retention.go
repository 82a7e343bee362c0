package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"okoshko/assistant"
)

type retentionCommand struct {
	houseFlags
	Now        bool `help:"Destroy what is due now, without waiting for the daily run."`
	TrustClock bool `help:"With --now: the clock is right although it has leapt ahead since the last run."`
	JSON       bool `name:"json" help:"Print the report as JSON."`
}

// Help is what -h says beside the flags.
func (c *retentionCommand) Help() string {
	return `What falls due by kind, what was destroyed in each month, and what the law wants to be
kept. The daily job of serve destroys what is due; --now does it at once. Nothing is
destroyed while the clock stands before the last run (exit 1). It works while the
appliance serves.

  okoshko retention --data /srv/okoshko
  okoshko retention --json --data /srv/okoshko > report.json`
}

// Run prints the report, after the run where one is asked for. Exit 1: the clock
// cannot be trusted.
func (c *retentionCommand) Run(ctx context.Context, s streams) error {
	return c.house(s, func(a *appliance) error {
		if c.Now {
			if err := c.run(ctx, s, a); err != nil {
				return err
			}
		}
		r, err := a.assistant.RetentionReport(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			enc := json.NewEncoder(s.out)
			enc.SetIndent("", "  ")
			err = enc.Encode(r)
		} else {
			err = printRetention(s.out, r)
		}
		if err == nil && r.Back {
			fmt.Fprintf(s.err, "The clock stands before the last run (%s): nothing is destroyed until it is put right. Set the clock and switch time synchronisation on.\n", r.Last.Format(time.RFC3339))
			return errUnmet
		}
		return err
	})
}

func (c *retentionCommand) run(ctx context.Context, s streams, a *appliance) error {
	done, err := a.assistant.RetainNow(ctx, c.TrustClock)
	switch {
	case errors.Is(err, assistant.ErrClockBack):
		fmt.Fprintf(s.err, "Nothing was destroyed: %v. Set the clock and switch time synchronisation on, then try again.\n", err)
		return errUnmet
	case errors.Is(err, assistant.ErrClockAhead):
		fmt.Fprintf(s.err, "Nothing was destroyed: %v; now it says %s. If that is right, add --trust-clock.\n", err, a.now().Format(time.RFC3339))
		return errUnmet
	case err != nil:
		return err
	}
	if !c.JSON {
		fmt.Fprintf(s.out, "Destroyed now: %s\n\n", doomed(done))
	}
	return nil
}

// doomed says how much of each kind a run destroys.
func doomed(r assistant.RetentionRun) string {
	return fmt.Sprintf("%s, %s whose time is over, %s who asked or withdrew, %s of the register",
		some(r.Conversations, "conversation"), some(r.People, "person", "people"), some(r.Withdrawn, "person", "people"), some(r.Register, "act"))
}

func printRetention(out io.Writer, r assistant.RetentionReport) error {
	const day = 24 * time.Hour
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\n%s\n\n", r.Operator, r.At.Format("2006-01-02 15:04"))
	fmt.Fprintf(w, "Kept after the last change\tconversations %d days, people and appointments %d, journal %d\n", r.Keep.Conversations/day, r.Keep.Appointments/day, r.Keep.Journal/day)
	last := "never"
	if !r.Last.IsZero() {
		last = r.Last.Format("2006-01-02 15:04")
	}
	fmt.Fprintf(w, "Last run\t%s, next %s\n", last, r.Next.Format("2006-01-02 15:04"))
	fmt.Fprintf(w, "Due then\t%s\n", doomed(r.Due))
	fmt.Fprintf(w, "Within a week more\t%s\n", doomed(r.Soon))
	if r.Waiting > 0 {
		fmt.Fprintf(w, "Demands to erase, open\t%d, the first to be done before %s\n", r.Waiting, r.NextDue.Format(time.DateOnly))
	}
	if !r.Doubted.IsZero() {
		fmt.Fprintf(w, "Clock\thas leapt ahead: nothing is destroyed until %s\n", r.Doubted.Format("2006-01-02 15:04"))
	}
	fmt.Fprint(w, "\nDestroyed\tconversations\tpeople: time over\twithdrawn\tasked\tacts expired\truns\n")
	for _, m := range r.Months {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\n", m.Month, m.Conversations, m.Expired, m.Withdrawn, m.Asked, m.Acts, m.Runs)
	}
	fmt.Fprint(w, "\nKept by law\t\n")
	for _, k := range r.Kept {
		fmt.Fprintf(w, "acts of %d\t%d, until %s\n", k.Year, k.Acts, k.Until.Format(time.DateOnly))
	}
	fmt.Fprintf(w, "journal\t%d entries\n", r.Journal)
	fmt.Fprintf(w, "answered demands\t%d\n", r.Demands)
	if r.Held != "" {
		fmt.Fprintf(w, "for incident %s\tdeliveries and the ledger of what left: nothing of them goes\n", r.Held)
	}
	return w.Flush()
}
