package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"okoshko/assistant"
	"okoshko/assistant/privacy"
	"okoshko/assistant/staff"
	"okoshko/storage"
)

type incidentCommand struct {
	Open     incidentOpen     `cmd:"" help:"Begin: deliveries stop, evidence is kept, the clocks of 24 and 72 hours run, people and kinds of data are counted."`
	List     incidentList     `cmd:"" help:"All incidents, with what is to be done by when."`
	Told     incidentTold     `cmd:"" help:"Note that the first notice, of the 24 hours, was sent."`
	Examined incidentExamined `cmd:"" help:"Note that the second notice, of the 72 hours, was sent."`
	Unfreeze incidentUnfreeze `cmd:"" help:"Let deliveries go on while the incident is still open: they are not the leak."`
	Close    incidentClose    `cmd:"" help:"End it, after both notices; deliveries go on."`
	Notice   incidentNotice   `cmd:"" help:"Write the drafts of both notices, to fill in and send."`
	Copy     incidentCopy     `cmd:"" help:"Copy the evidence once more, as it is now."`
	Evidence incidentEvidence `cmd:"" help:"Open the copy of the evidence: a tar file with journal, deliveries, alarms and sessions."`
}

type incidentOpen struct {
	houseFlags
	Actor   string `placeholder:"LOGIN" help:"Only what this account (login) or token (tok_…) has read; default: everything, as when the machine or a disk is gone."`
	From    string `placeholder:"TIME" help:"With --actor: read from this time on, such as 2026-11-23T09:00, in the clinic's zone."`
	To      string `placeholder:"TIME" help:"With --actor: read before this time; default: now."`
	Noticed string `placeholder:"TIME" help:"When it was noticed: the clocks of 24 and 72 hours run from then; default: now."`
}

// Run begins an incident. Exit 1: it is open, but the evidence could not be copied.
func (c *incidentOpen) Run(ctx context.Context, s streams) error {
	return c.house(s, func(a *appliance) error {
		i, err := c.incident(ctx, a)
		if err != nil {
			return err
		}
		i, err = a.assistant.OpenIncident(ctx, assistant.Command(), i)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "Incident %s is open. Deliveries have stopped; nothing that could be evidence goes.\n", i.ID)
		printIncident(s.out, a, i)
		fmt.Fprintf(s.out, "Next: okoshko incident notice %s --out notice.html; change passwords, revoke tokens; do not switch the machine off.\n", i.ID)
		return copied(s, i)
	})
}

// copied says where the evidence is, or loudly that it is not.
func copied(s streams, i privacy.Incident) error {
	switch {
	case i.Copy.Failed != "":
		fmt.Fprintf(s.err, "THE EVIDENCE WAS NOT COPIED: %s. The incident is open. Make room, then okoshko incident copy %s\n", i.Copy.Failed, i.ID)
		return errUnmet
	case i.Copy.Recipients > 0:
		fmt.Fprintf(s.out, "Evidence: %s, for the owner's %s\n  SHA-256 %s, in the journal as well\n", i.Copy.File, some(i.Copy.Recipients, "recipient"), i.Copy.Hash)
	default:
		fmt.Fprintf(s.out, "Evidence: %s, under a key in the store: there are no recipients (okoshko key backup makes some)\n  SHA-256 %s, in the journal as well\n", i.Copy.File, i.Copy.Hash)
	}
	return nil
}

// incident is what the flags say of it.
func (c *incidentOpen) incident(ctx context.Context, a *appliance) (i privacy.Incident, err error) {
	zone := a.assistant.Clinic().Location
	i.Scope = privacy.ScopeAll
	if c.Noticed != "" {
		if i.Noticed, err = timeIn(zone, "--noticed", c.Noticed); err != nil {
			return i, err
		}
		if i.Noticed.After(a.now()) {
			return i, fmt.Errorf("--noticed %s is still to come", c.Noticed)
		}
	}
	if c.Actor == "" {
		if c.From != "" || c.To != "" {
			return i, errors.New("--from and --to go with --actor: whose reading is it about?")
		}
		return i, nil
	}
	if c.From == "" {
		return i, errors.New("--actor needs --from: since when may they have read what they should not?")
	}
	i.Scope, i.To = privacy.ScopeActor, a.now()
	if i.From, err = timeIn(zone, "--from", c.From); err != nil {
		return i, err
	}
	if c.To != "" {
		if i.To, err = timeIn(zone, "--to", c.To); err != nil {
			return i, err
		}
	}
	if !i.From.Before(i.To) {
		return i, errors.New("--from must be before --to")
	}
	i.Actor, err = actorOf(ctx, a.staff, c.Actor)
	return i, err
}

// timeIn reads a time of the clinic's wall.
func timeIn(zone *time.Location, flag, text string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s: found %q, expected a time such as 2026-11-23T09:00", flag, text)
}

// actorOf is the id under which an account or a token stands in the journal.
func actorOf(ctx context.Context, all *staff.Staff, name string) (string, error) {
	account, err := all.Account(ctx, name)
	if err == nil {
		return account.ID, nil
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return "", err
	}
	if strings.HasPrefix(name, "op_") || strings.HasPrefix(name, "tok_") {
		return name, nil // it may be revoked, the journal knows it still
	}
	return "", fmt.Errorf("--actor: there is no account %q; okoshko user list shows them, tokens are tok_…", name)
}

func printIncident(out io.Writer, a *appliance, i privacy.Incident) {
	zone := a.assistant.Clinic().Location
	at := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04") }
	fmt.Fprintf(out, "%s  noticed %s, %s", i.ID, at(i.Noticed), some(i.People, "person concerned", "people concerned"))
	for _, kind := range slices.Sorted(maps.Keys(i.Kinds)) {
		fmt.Fprintf(out, ", %s %d", kind, i.Kinds[kind])
	}
	fmt.Fprintln(out)
	if !i.Closed.IsZero() {
		fmt.Fprintf(out, "     closed %s\n", at(i.Closed))
		return
	}
	for _, n := range []struct {
		name     string
		by, done time.Time
	}{{"first notice", i.TellBy(), i.Told}, {"second notice", i.ExamineBy(), i.Examined}} {
		switch {
		case !n.done.IsZero():
			fmt.Fprintf(out, "     %s sent %s\n", n.name, at(n.done))
		case n.by.Before(a.now()):
			fmt.Fprintf(out, "     %s OVERDUE since %s\n", n.name, at(n.by))
		default:
			left := n.by.Sub(a.now())
			fmt.Fprintf(out, "     %s by %s: %d h %d min left\n", n.name, at(n.by), int(left.Hours()), int(left.Minutes())%60)
		}
	}
}

type incidentList struct{ houseFlags }

// Run lists incidents, the newest first.
func (c *incidentList) Run(ctx context.Context, s streams) error {
	return c.house(s, func(a *appliance) error {
		state, err := a.assistant.Safety(ctx)
		if err != nil {
			return err
		}
		for _, i := range state.Incidents {
			printIncident(s.out, a, i)
			if i.ID == state.Frozen {
				fmt.Fprintln(s.out, "     deliveries have stopped because of it")
			}
			if i.Closed.IsZero() && i.Copy.Failed != "" {
				fmt.Fprintf(s.out, "     NO COPY OF THE EVIDENCE: %s; okoshko incident copy %s\n", i.Copy.Failed, i.ID)
			}
		}
		if len(state.Incidents) == 0 {
			fmt.Fprintln(s.out, "There was none.")
		}
		return nil
	})
}

// incidentStep is one incident and what is done to it.
type incidentStep struct {
	houseFlags
	ID string `arg:"" placeholder:"I-1" help:"The incident."`
}

// find finds the incident.
func (c *incidentStep) find(ctx context.Context, a *appliance) (privacy.Incident, error) {
	i, err := a.assistant.FindIncident(ctx, strings.ToUpper(c.ID))
	if errors.Is(err, storage.ErrNotFound) {
		return i, fmt.Errorf("there is no incident %s; okoshko incident list shows them", c.ID)
	}
	return i, err
}

// step takes a step and says how the incident stands then.
func (c *incidentStep) step(ctx context.Context, s streams, step string) error {
	return c.house(s, func(a *appliance) error {
		i, err := c.find(ctx, a)
		if err != nil {
			return err
		}
		err = a.assistant.Incident(ctx, assistant.Command(), i.ID, step)
		switch {
		case errors.Is(err, privacy.ErrNotTold):
			fmt.Fprintf(s.err, "%s stays open: first both notices; okoshko incident told %s, okoshko incident examined %s\n", i.ID, i.ID, i.ID)
			return errUnmet
		case errors.Is(err, privacy.ErrIncidentClosed):
			fmt.Fprintf(s.err, "%s is closed already.\n", i.ID)
			return errUnmet
		case err != nil:
			return err
		}
		if i, err = c.find(ctx, a); err != nil {
			return err
		}
		printIncident(s.out, a, i)
		if step == "copy" {
			return copied(s, i)
		}
		return nil
	})
}

type (
	incidentTold     struct{ incidentStep }
	incidentExamined struct{ incidentStep }
	incidentUnfreeze struct{ incidentStep }
	incidentClose    struct{ incidentStep }
	incidentCopy     struct{ incidentStep }
)

func (c *incidentTold) Run(ctx context.Context, s streams) error { return c.step(ctx, s, "told") }

func (c *incidentExamined) Run(ctx context.Context, s streams) error {
	return c.step(ctx, s, "examined")
}

func (c *incidentUnfreeze) Run(ctx context.Context, s streams) error {
	return c.step(ctx, s, "unfreeze")
}

func (c *incidentClose) Run(ctx context.Context, s streams) error { return c.step(ctx, s, "close") }

func (c *incidentCopy) Run(ctx context.Context, s streams) error { return c.step(ctx, s, "copy") }

type incidentNotice struct {
	incidentStep
	Out string `required:"" placeholder:"FILE.html" help:"Where the drafts are written."`
}

// Run writes the drafts of both notices.
func (c *incidentNotice) Run(ctx context.Context, s streams) error {
	return c.house(s, func(a *appliance) error {
		i, err := c.find(ctx, a)
		if err != nil {
			return err
		}
		path := c.call.path(c.Out)
		if err := writePrivate(path, func(w io.Writer) error { return a.desk.WriteIncident(ctx, w, i) }); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s\nFill in what stands in brackets. The first notice is due by %s.\n", path, i.TellBy().In(a.assistant.Clinic().Location).Format("2006-01-02 15:04"))
		return nil
	})
}

type incidentEvidence struct {
	incidentStep
	Out      string `required:"" placeholder:"FILE.tar" help:"Where the tar file is written."`
	Identity string `placeholder:"FILE" help:"age identity of a recipient, where the copy is for recipients."`
}

// Run opens the copy of the evidence. Exit 1: it is not the one that was made.
func (c *incidentEvidence) Run(ctx context.Context, s streams) error {
	return c.house(s, func(a *appliance) error {
		i, err := c.find(ctx, a)
		if err != nil {
			return err
		}
		if i.Copy.File == "" {
			fmt.Fprintf(s.err, "%s has no copy of the evidence; okoshko incident copy %s makes one while it is open\n", i.ID, i.ID)
			return errUnmet
		}
		var by []age.Identity
		if c.Identity != "" {
			if by, err = identities(c.call.path(c.Identity)); err != nil {
				return err
			}
		}
		path := c.call.path(c.Out)
		err = writePrivate(path, func(w io.Writer) error { return a.openEvidence(i, by, w) })
		if errors.Is(err, errEvidence) {
			fmt.Fprintln(s.err, err)
			return errUnmet
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s: as it was on %s\n", path, i.Copy.At.In(a.assistant.Clinic().Location).Format("2006-01-02 15:04"))
		return nil
	})
}
