package assistant

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// TestRetentionReport: each kind under its month, three years of acts, and what waits.
func TestRetentionReport(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	op := Command()
	silent := h.visitor("ru")
	silent.say("здравствуйте")
	ids := make([]string, 3)
	for i, phone := range []string{"89175550001", "89175550002", "89175550003"} {
		h.visitor("ru").book("на прививку завтра в 1"+string(rune('0'+i))+":00", "Инна", phone)
		found, err := h.ContactsOf(t.Context(), op, phone)
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %v, %v", phone, found, err)
		}
		ids[i] = found[0]
	}
	if _, err := h.EraseOf(t.Context(), op, ids[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Demanded(t.Context(), op, privacy.Demand{Right: privacy.RightWithdraw, Via: "letter", Contact: ids[1]}); err != nil {
		t.Fatal(err)
	}
	for range 215 { // the job runs daily
		if err := h.Retain(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.clock.pass(day)
	}
	r, err := h.RetentionReport(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]RetentionMonth)
	for _, m := range r.Months {
		got[m.Month] = m
	}
	want := map[string]RetentionMonth{
		"2026-11": {Month: "2026-11", Runs: 8, Asked: 1},
		"2026-12": {Month: "2026-12", Runs: 31, Conversations: 2, Withdrawn: 1}, // the silent one's, and that of who has a visit behind them
		"2027-01": {Month: "2027-01", Runs: 31},
		"2027-05": {Month: "2027-05", Runs: 31, Expired: 1},
	}
	for month, m := range want {
		if diff := cmp.Diff(m, got[month]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", month, diff)
		}
	}
	if len(r.Months) != 8 || r.Months[0].Month != "2027-06" {
		t.Errorf("months: %d, the newest %s", len(r.Months), r.Months[0].Month)
	}
	var kept []string
	for _, k := range r.Kept {
		kept = append(kept, k.Until.Format(time.DateOnly))
	}
	if diff := cmp.Diff([]string{"2031-01-01", "2030-01-01"}, kept); diff != "" || r.Kept[0].Acts != 1 || r.Kept[1].Acts != 2 {
		t.Errorf("acts: %+v\n%s", r.Kept, diff)
	}
	if r.Demands == 0 || r.Journal == 0 || r.Waiting != 0 || r.Held != "" {
		t.Errorf("kept: %+v", r)
	}
}

// TestRetainNow: destroys at once what is due, and nothing by a clock that is wrong.
func TestRetainNow(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	h.visitor("ru").say("здравствуйте")
	if err := h.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.clock.pass(-time.Hour)
	if run, err := h.RetainNow(t.Context(), true); !errors.Is(err, ErrClockBack) || run.Total() != 0 {
		t.Errorf("back: %+v, %v", run, err)
	}
	h.clock.pass(time.Hour + 40*day)
	if run, err := h.RetainNow(t.Context(), false); !errors.Is(err, ErrClockAhead) || run.Total() != 0 {
		t.Errorf("ahead: %+v, %v", run, err)
	}
	if run, err := h.RetainNow(t.Context(), true); err != nil || run.Conversations != 1 {
		t.Errorf("trusted: %+v, %v", run, err)
	}
	if run, err := h.RetainNow(t.Context(), false); err != nil || run.Total() != 0 {
		t.Errorf("again: %+v, %v", run, err)
	}
}

// TestEvidenceThatFails: the incident is open all the same, says so, and rings; a later
// copy mends it, and the copy's hash is in the journal.
func TestEvidenceThatFails(t *testing.T) {
	h := newTestHouse(t)
	full := errors.New("no space left on the disk")
	h.evidence = func(_ context.Context, incident string) (privacy.Copy, error) {
		return privacy.Copy{File: "half"}, full
	}
	i, err := h.OpenIncident(t.Context(), Command(), privacy.Incident{Scope: privacy.ScopeAll})
	if err != nil || i.ID != "I-1" || i.Copy.Failed != full.Error() || i.Copy.File != "" {
		t.Fatalf("%+v, %v", i, err)
	}
	frozen := func() (id string) {
		t.Helper()
		if err := h.db.View(func(tx *storage.Tx) (err error) { id, err = privacy.Frozen(tx); return err }); err != nil {
			t.Fatal(err)
		}
		return id
	}
	if frozen() != "I-1" || h.rung() != "evidence" {
		t.Errorf("frozen %q, alarms %q", frozen(), h.rung())
	}
	h.evidence = func(context.Context, string) (privacy.Copy, error) {
		return privacy.Copy{File: "whole", Hash: "abc"}, nil
	}
	if err := h.Incident(t.Context(), Command(), "I-1", "copy"); err != nil {
		t.Fatal(err)
	}
	if i, err = h.FindIncident(t.Context(), "I-1"); err != nil || i.Copy.Failed != "" || i.Copy.File != "whole" {
		t.Errorf("copied again: %+v, %v", i.Copy, err)
	}
	if err := h.db.View(func(tx *storage.Tx) (err error) {
		for e := range audit.Backward(tx, 0, &err) {
			if e.Action != "incident.copy" || e.Reason != "abc" || e.Object != "I-1" {
				t.Errorf("the newest entry: %+v", e)
			}
			break
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	h.evidence = func(context.Context, string) (privacy.Copy, error) { return privacy.Copy{}, full }
	if err := h.Incident(t.Context(), Command(), "I-1", "copy"); err != nil {
		t.Fatal(err)
	}
	if i, err = h.FindIncident(t.Context(), "I-1"); err != nil || i.Copy.Failed == "" || i.Copy.File != "whole" {
		t.Errorf("an earlier copy is better than none: %+v, %v", i.Copy, err)
	}
}
