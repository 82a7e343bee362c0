package console

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"okoshko/assistant/staff"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// journalShown is how many entries a page of the journal has.
const journalShown = 100

type journalView struct {
	Entries []journalRow
	Size    uint64    // entries in all
	Whole   time.Time // when all of it was last read and verified
	Root    string    // of the Merkle tree over them
	Broken  string    // why the journal is not whole; "" when it is
	Kept    headView  // the newest signed head
	Older   uint64    // the page after this one ends before this number; 0: none
}

type journalRow struct {
	audit.Entry
	Who string
}

// journal shows who did what, the newest first, and whether the whole of it is
// still what was written.
func (c *Console) journal(w http.ResponseWriter, r *http.Request, who staff.Account) error {
	names, err := c.names(r)
	if err != nil {
		return err
	}
	before, _ := strconv.ParseUint(r.URL.Query().Get("before"), 10, 64)
	var view journalView
	err = c.DB.View(func(tx *storage.Tx) error {
		if view, err = c.readJournal(tx, before, names, r.URL.Query().Has("verify")); err != nil {
			return err
		}
		view.Kept, err = c.keptHead(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return c.show(w, r, who, http.StatusOK, "journal", "Журнал", view)
}

// verified is the journal's head when it was last found whole, and when all of it was
// last read for that.
type verified struct {
	mu    sync.Mutex
	head  audit.Head
	whole time.Time
}

// wholeEvery is how long what was verified is taken for verified: then all of the
// journal is read again.
const wholeEvery = 24 * time.Hour

// verify verifies what was added since the last time, or all of the journal where
// that is asked for, due, or has not been done since the start.
func (v *verified) verify(tx *storage.Tx, all bool, now time.Time) (head audit.Head, whole time.Time, err error) {
	v.mu.Lock()
	known, whole := v.head, v.whole
	v.mu.Unlock()
	if age := now.Sub(whole); all || whole.IsZero() || age < 0 || age > wholeEvery {
		known, whole = audit.Head{}, now
		head, err = audit.Verify(tx)
	} else {
		head, err = audit.VerifySince(tx, known)
	}
	if err != nil {
		return head, whole, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if head.Size >= v.head.Size {
		v.head, v.whole = head, whole
	}
	return head, whole, nil
}

func (c *Console) readJournal(tx *storage.Tx, before uint64, names map[string]string, all bool) (view journalView, err error) {
	head, whole, err := c.verified.verify(tx, all, c.Now())
	view.Whole = whole
	if err != nil {
		view.Broken = err.Error()
		if head, err = audit.Latest(tx); err != nil {
			return view, err
		}
	}
	view.Size, view.Root = head.Size, head.Root.String()
	to := head.Size
	if before > 0 && before < to {
		to = before
	}
	from := to - min(to, journalShown)
	if to == 0 {
		return view, nil
	}
	for e := range audit.Entries(tx, from, to, &err) {
		view.Entries = append([]journalRow{{Entry: e, Who: actor(e.Actor, names)}}, view.Entries...)
	}
	view.Older = from
	if view.Broken != "" {
		err = nil // what can still be read is shown
	}
	return view, err
}

// names are the first names of the staff by account id.
func (c *Console) names(r *http.Request) (map[string]string, error) { return c.namesOf(r.Context()) }

func (c *Console) namesOf(ctx context.Context) (map[string]string, error) {
	accounts, err := c.Staff.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	return names, nil
}

// actor is who did it, in words.
func actor(id string, names map[string]string) string {
	// The calendar's authors have a prefix: "staff:op_…".
	if name, ok := names[strings.TrimPrefix(id, "staff:")]; ok {
		return name
	}
	if said, ok := map[string]string{
		"": "—", "visitor": "посетитель", "assistant": "помощник", "owner": "владелец", "command": "командная строка", "nobody": "неизвестный",
	}[id]; ok {
		return said
	}
	return id
}
