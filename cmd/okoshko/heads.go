package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"okoshko/storage/audit"
)

// headLate is how old the newest signed head may be: a day, and what a start takes.
const headLate = 26 * time.Hour

// noHeads is said where no folder for heads is named.
const noHeads = "kept nowhere but here"

// sameDiskSaid is said where the folder is on the disk of the data.
const sameDiskSaid = "on the same disk as the data"

// headPart says how the journal's newest signed head stands; store is the store's file.
func headPart(k audit.Kept, store string, now time.Time) part {
	sees := fmt.Sprintf("%s of %s", k.Code(), k.At.Format(time.RFC3339))
	switch {
	case k.At.IsZero():
		return part{OK: true, Detail: "none signed yet, serve does it; " + noHeads}
	case k.Foreign != "":
		return part{Detail: "the journal does not agree with a head that was kept: " + k.Foreign}
	case k.Failed != "":
		return part{Detail: fmt.Sprintf("not written to %s: %s", k.Folder, k.Failed)}
	case now.Sub(k.At) > headLate:
		return part{Detail: "the newest is old: " + sees}
	case k.Folder == "":
		return part{OK: true, Detail: sees + "; " + noHeads}
	case sameDisk(k.Folder, store):
		return part{OK: true, Detail: sees + ", in " + k.Folder + ", " + sameDiskSaid}
	}
	return part{OK: true, Detail: sees + ", in " + k.Folder}
}

func (a *appliance) headsPart(ctx context.Context) part {
	k, err := a.assistant.Head(ctx)
	if err != nil {
		return part{Detail: err.Error()}
	}
	return headPart(k, filepath.Join(a.data, storeFile), a.now())
}

func (a *appliance) clockPart() part {
	back, err := a.assistant.ClockBack()
	switch {
	case err != nil:
		return part{Detail: err.Error()}
	case back:
		return part{Detail: "the clock stands before the last run: nothing is destroyed by its time until it is put right"}
	}
	return part{OK: true}
}

func (a *appliance) alarmsPart(ctx context.Context) part {
	n, err := a.assistant.Unseen(ctx)
	if err != nil {
		return part{Detail: err.Error()}
	}
	return part{OK: n == 0, Detail: fmt.Sprintf("%d not seen by anybody", n)}
}

// heads looks at whether the journal's head gets away from this machine.
func (c *doctorCommand) heads(ctx context.Context) finding {
	f := finding{place: "journal's heads"}
	said, runs := c.running(ctx)["heads"]
	switch {
	case runs:
	case c.kept != nil:
		said = headPart(*c.kept, filepath.Join(c.Data, storeFile), time.Now())
		if strings.HasPrefix(said.Detail, "the newest is old") { // nobody signs while nothing runs
			said.OK = true
		}
	default:
		f.sees = "not looked at"
		return f
	}
	f.sees = said.Detail
	switch {
	case strings.Contains(said.Detail, noHeads):
		f.todo = "name a folder away from this machine, a stick or a share: serve --heads DIR; without a head kept elsewhere nobody can prove that the files were not put back"
	case !said.OK:
		f.todo = "put the stick or share in its place; serve tries again every ten minutes. If the journal does not agree: okoshko audit verify --head DIR"
	case strings.Contains(said.Detail, sameDiskSaid):
		f.todo = "a folder on the same disk goes with the data: name a stick or a share by serve --heads"
	}
	return f
}
