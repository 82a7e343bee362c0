package assistant

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
	"okoshko/storage/outbox"
)

// The journal's head is signed once a day and at start, and put where the machine's
// owner wants it: in a folder that is not on this machine (a stick, a share), and in an
// event for receivers that want it. Whoever has it can prove later that nothing before
// it was changed.
const (
	headEvery = 24 * time.Hour
	headAgain = 10 * time.Minute // after one that was not written
	// headSoon spares the folder a file per start where the house starts again and
	// again.
	headSoon = 10 * time.Minute
	// headWait is how long a folder may take: a share that hangs must hold up nothing.
	headWait = 30 * time.Second
)

// eventHead is the event with the daily head.
const eventHead = "journal.head"

// headEvent is its data.
type headEvent struct {
	Size uint64 `json:"size"` // entries
	Root string `json:"root"` // base64
	Code string `json:"code"` // see audit.Head.Code
	Note string `json:"note"` // signed, as golang.org/x/mod/sumdb/note
	Key  string `json:"key"`  // public, to check the note with
}

// Heads keeps the journal's head away from the machine until ctx is done.
func (a *Assistant) Heads(ctx context.Context) error {
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for start := true; ; start = false {
		if err := a.KeepHead(ctx, start); err != nil && !errors.Is(err, storage.ErrClosed) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-every.C:
		}
	}
}

// KeepHead signs the journal's head where that is due, or asked for, and puts it where
// it is kept. A head that cannot be written is remembered as such, raises an alarm and
// is tried again; the error is of the store alone.
func (a *Assistant) KeepHead(ctx context.Context, start bool) error {
	now := a.now()
	last, err := a.Head(ctx)
	if err != nil || !headDue(last, a.heads, start, now) {
		return err
	}
	foreign, err := a.compareHeads(ctx, last)
	if err != nil {
		return err
	}
	kept, err := a.signHead(last, now)
	if err != nil {
		return err
	}
	kept.Folder, kept.Failed, kept.Foreign = a.heads, "", foreign
	if a.heads != "" {
		a.writeHead(ctx, &kept, now)
	}
	return a.headDone(kept, now)
}

// headDue reports whether a head is to be signed now.
func headDue(last audit.Kept, folder string, start bool, now time.Time) bool {
	age := now.Sub(last.At).Abs() // the clock may have been put back by years
	switch {
	case last.At.IsZero(), age >= headEvery, folder != last.Folder:
		return true
	case last.Failed != "":
		return start || age >= headAgain
	}
	return start && age >= headSoon
}

// signHead signs the present head; once a day receivers are told.
func (a *Assistant) signHead(last audit.Kept, now time.Time) (kept audit.Kept, err error) {
	err = a.db.Update(func(tx *storage.Tx) error {
		if kept, err = audit.SignKept(tx, now); err != nil {
			return err
		}
		told, err := headTold.Get(tx, headTo)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if !told.IsZero() && now.Sub(told).Abs() < headEvery {
			return nil
		}
		key, err := audit.Key(tx)
		if err != nil {
			return err
		}
		_, err = outbox.Append(tx, eventHead, "journal", now, headEvent{kept.Size, kept.Root.String(), kept.Code(), kept.Text, key})
		return errors.Join(err, headTold.Put(tx, headTo, now))
	})
	kept.File, kept.Written = last.File, last.Written
	return kept, err
}

// headTold is when receivers were last told.
var (
	headTold = storage.NewTable[time.Time]("assistant.head-told")
	headTo   = []byte("last")
)

// writeHead writes the head into the folder. Heads that were written there before and
// are gone tell of a stick that is not in: then the folder is the machine's own.
func (a *Assistant) writeHead(ctx context.Context, kept *audit.Kept, now time.Time) {
	k := *kept
	name, err := inTime(ctx, headWait, func() (string, error) {
		if k.File != "" && filepath.Dir(k.File) == filepath.Clean(k.Folder) {
			if _, err := os.Stat(k.File); errors.Is(err, fs.ErrNotExist) {
				return "", errHeadsGone
			}
		}
		return audit.WriteHead(k.Folder, now, []byte(k.Text))
	})
	if errors.Is(err, errHeadsGone) { // said once; from the next on the folder is taken as it is
		kept.File = ""
	}
	if err != nil {
		kept.Failed = err.Error()
		return
	}
	kept.File, kept.Written = name, now
}

var (
	errHeadsGone = errors.New("the heads that were written there before are gone: is the stick or share in its place?")
	errHangs     = errors.New("the folder does not answer")
)

// inTime gives fn so long; one that hangs goes on by itself, and its outcome is lost.
func inTime[T any](ctx context.Context, limit time.Duration, fn func() (T, error)) (out T, err error) {
	type outcome struct {
		out T
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		out, err := fn()
		done <- outcome{out, err}
	}()
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case o := <-done:
		return o.out, o.err
	case <-t.C:
		return out, errHangs
	case <-ctx.Done():
		return out, ctx.Err()
	}
}

// compareHeads compares the newest head in the folder with the journal: it tells of a
// store that was put back to an earlier day, or exchanged. What does not agree is told
// once: the head that is written next is of the journal as it is.
func (a *Assistant) compareHeads(ctx context.Context, last audit.Kept) (foreign string, err error) {
	if a.heads == "" {
		return "", nil
	}
	var public string
	if err := a.db.Update(func(tx *storage.Tx) (err error) { public, err = audit.Key(tx); return err }); err != nil {
		return "", err
	}
	head, err := inTime(ctx, headWait, func() (audit.Head, error) { return newestHead(a.heads, public) })
	switch {
	case errors.Is(err, errNoHeads):
		return "", nil
	case err == nil:
		err = a.db.View(func(tx *storage.Tx) error { return audit.Holds(tx, head) })
		if err == nil || !errors.Is(err, audit.ErrBroken) {
			return "", err
		}
	case !errors.Is(err, audit.ErrHead):
		return last.Foreign, ctx.Err() // writing there will say what is wrong
	}
	a.log.Error("the journal does not agree with a head kept elsewhere", "folder", a.heads, "err", err)
	return err.Error(), a.raiseHouse(privacy.RuleRollback)
}

var errNoHeads = errors.New("the folder keeps no heads")

// newestHead reads the newest head of a folder.
func newestHead(dir, public string) (audit.Head, error) {
	path, err := audit.NewestHead(dir)
	if err != nil {
		return audit.Head{}, err
	}
	if path == "" {
		return audit.Head{}, errNoHeads
	}
	head, _, err := audit.ReadHeadFile(path, public)
	if err != nil {
		err = fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return head, err
}

// headDone remembers how it went.
func (a *Assistant) headDone(kept audit.Kept, now time.Time) error {
	err := a.db.Update(func(tx *storage.Tx) error { return kept.Keep(tx) })
	a.committed()
	if err != nil || kept.Failed == "" {
		return err
	}
	a.log.Error("the journal's head was not written", "folder", kept.Folder, "err", kept.Failed)
	return a.raiseHouse(privacy.RuleHead)
}

// Head is the newest signed head, zero where none was signed yet.
func (a *Assistant) Head(context.Context) (kept audit.Kept, err error) {
	err = a.db.View(func(tx *storage.Tx) (err error) { kept, err = audit.LatestKept(tx); return err })
	return kept, err
}

// raiseHouse raises an alarm about the house itself.
func (a *Assistant) raiseHouse(rule string) error {
	var news bool
	err := a.db.Update(func(tx *storage.Tx) (err error) { news, err = privacy.RaiseHouse(tx, rule, a.now()); return err })
	if news {
		a.log.Warn("alarm", "rule", rule)
		a.alarmed()
	}
	return err
}
