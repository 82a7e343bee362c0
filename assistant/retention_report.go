package assistant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"okoshko/assistant/privacy"
	"okoshko/storage"
	"okoshko/storage/audit"
)

// RetentionReport is what falls due, what was destroyed and what is kept, by kind and
// by month: the monthly report of the one who answers for the data.
type RetentionReport struct {
	At       time.Time `json:"at"`
	Operator string    `json:"operator"`
	Keep     struct {  // how long each kind is kept after its last change
		Conversations time.Duration `json:"conversations"` // nanoseconds, as the others
		Appointments  time.Duration `json:"appointments"`
		Journal       time.Duration `json:"journal"`
	} `json:"keep"`
	Last    time.Time        `json:"last,omitzero"` // run of the daily job
	Next    time.Time        `json:"next"`
	Back    bool             `json:"clock_back,omitempty"`   // the clock stands before the last run: nothing is destroyed
	Doubted time.Time        `json:"clock_doubted,omitzero"` // until when a clock that has leapt ahead is doubted
	Due     RetentionRun     `json:"due"`                    // at the next run
	Soon    RetentionRun     `json:"soon"`                   // within a week more
	Months  []RetentionMonth `json:"months"`                 // the newest first
	Kept    []RetentionKept  `json:"kept_by_law"`            // acts by the year, the newest first
	Journal uint64           `json:"journal_entries"`        // kept as the proof of it all
	Demands int              `json:"demands_kept,omitempty"` // people's demands that are answered: proof that it was in time
	Held    string           `json:"held_for,omitempty"`     // the incident for which nothing of the journal and the deliveries goes
	Waiting int              `json:"demands_open,omitempty"` // demands to erase or to withdraw that are not carried out yet
	NextDue time.Time        `json:"demand_due_by,omitzero"` // when the first of them must be
}

// RetentionMonth is what one month destroyed.
type RetentionMonth struct {
	Month         string `json:"month"` // 2026-11, in the clinic's zone
	Runs          int    `json:"runs"`  // of the daily job
	Conversations int    `json:"conversations"`
	Expired       int    `json:"people_expired"`   // whose time was over
	Withdrawn     int    `json:"people_withdrawn"` // who took their consent back
	Asked         int    `json:"people_asked"`     // who demanded it
	Acts          int    `json:"acts_expired"`     // of the register, after their three years
}

// First is the first instant of the month, in UTC.
func (m RetentionMonth) First() time.Time {
	at, _ := time.Parse("2006-01", m.Month) // as monthOf wrote it
	return at
}

// RetentionKept are the acts of one year, which the law wants to be kept.
type RetentionKept struct {
	Year  int       `json:"year"`
	Acts  int       `json:"acts"`
	Until time.Time `json:"until"` // that day not included
}

// RetentionReport puts the report together.
func (a *Assistant) RetentionReport(ctx context.Context) (r RetentionReport, err error) {
	state, err := a.Retention(ctx)
	if err != nil {
		return r, err
	}
	c := a.house.Load().clinic
	r = RetentionReport{
		At: a.now().In(c.Location), Operator: c.Privacy.Operator,
		Last: state.Last, Next: state.Next.In(c.Location), Back: state.Back || a.clock.Behind(), Doubted: state.Doubted, Due: state.Due, Soon: state.Soon,
	}
	if !r.Last.IsZero() {
		r.Last = r.Last.In(c.Location)
	}
	r.Keep.Conversations, r.Keep.Appointments, r.Keep.Journal = c.Privacy.Retention.Conversations, c.Privacy.Retention.Appointments, c.Privacy.Retention.Audit
	err = a.db.View(func(tx *storage.Tx) error {
		register, err := privacy.Destructions(tx, maxRegister)
		if err != nil {
			return err
		}
		r.Months, r.Kept = byMonth(state.Runs, register, c.Location), keptActs(register, c.Location)
		return errors.Join(r.demands(tx), r.proofs(tx))
	})
	return r, err
}

// maxRegister is how many entries of the register are counted.
const maxRegister = 1 << 20

// demands counts what people asked for.
func (r *RetentionReport) demands(tx *storage.Tx) error {
	all, err := privacy.Demands(tx, maxRegister)
	for _, d := range all {
		switch {
		case d.State != privacy.DemandOpen:
			r.Demands++
		case d.Right == privacy.RightErase || d.Right == privacy.RightWithdraw:
			if r.Waiting++; r.NextDue.IsZero() || d.Due.Before(r.NextDue) {
				r.NextDue = d.Due
			}
		}
	}
	return err
}

// proofs tells what of the journal is kept, and why nothing of it goes.
func (r *RetentionReport) proofs(tx *storage.Tx) error {
	head, err := audit.Latest(tx)
	if err != nil {
		return err
	}
	r.Journal = head.Size
	all, err := privacy.Incidents(tx)
	for _, i := range all {
		if i.Closed.IsZero() {
			r.Held = i.ID
		}
	}
	return err
}

// byMonth sums up runs and register. Both are given the newest first.
func byMonth(runs []RetentionRun, register []privacy.Destruction, zone *time.Location) []RetentionMonth {
	rows := make(map[string]*RetentionMonth)
	of := func(at time.Time) *RetentionMonth {
		month := at.In(zone).Format("2006-01")
		if rows[month] == nil {
			rows[month] = &RetentionMonth{Month: month}
		}
		return rows[month]
	}
	for _, run := range runs {
		row := of(run.At)
		row.Runs++
		row.Conversations += run.Conversations
		row.Acts += run.Register
	}
	for _, d := range register {
		switch d.Why {
		case privacy.DestroyedRetention:
			of(d.At).Expired++
		case privacy.DestroyedWithdrawn:
			of(d.At).Withdrawn++
		default:
			of(d.At).Asked++
		}
	}
	var all []RetentionMonth
	for _, row := range rows {
		all = append(all, *row)
	}
	slices.SortFunc(all, func(x, y RetentionMonth) int { return y.First().Compare(x.First()) })
	return all
}

// keptActs counts the acts of each year.
func keptActs(register []privacy.Destruction, zone *time.Location) (all []RetentionKept) {
	for _, d := range register {
		year := d.At.Year() // as the register files it
		if len(all) == 0 || all[len(all)-1].Year != year {
			all = append(all, RetentionKept{Year: year, Until: privacy.RegisterUntil(year, zone)})
		}
		all[len(all)-1].Acts++
	}
	return all
}

// Why the job does not run when it is told to.
var (
	ErrClockBack  = errors.New("the clock stands before the last run")
	ErrClockAhead = errors.New("the clock has leapt ahead since the last run")
)

// RetainNow destroys what is due, now. It does nothing while the clock went back
// (ErrClockBack), and where it has leapt ahead only for somebody who says that it is
// right (ErrClockAhead).
func (a *Assistant) RetainNow(_ context.Context, trust bool) (RetentionRun, error) {
	now := a.now()
	var last time.Time
	err := a.db.View(func(tx *storage.Tx) (err error) { last, _, err = retentionTimes(tx); return err })
	switch {
	case err != nil:
		return RetentionRun{}, err
	case a.clock.Behind() || now.Before(last):
		return RetentionRun{}, fmt.Errorf("%w, %s", ErrClockBack, last.Format(time.RFC3339))
	case !trust && (!a.clock.Sure() || !last.IsZero() && now.Sub(last) > leap):
		return RetentionRun{}, fmt.Errorf("%w, %s", ErrClockAhead, last.Format(time.RFC3339))
	}
	return a.retain(now)
}

// clockBack is by how much the house's clock may go back from one look to the next:
// what a synchronised clock is put right by is less.
const clockBack = 2 * time.Minute

// WatchClock raises an alarm when the clock went back: holds are kept by running time,
// but nothing is destroyed until it is put right, and the journal's times are wrong.
func (a *Assistant) WatchClock(context.Context) error {
	back, err := a.ClockBack()
	if err != nil {
		return err
	}
	now := a.now()
	a.mu.Lock()
	back = back || now.Before(a.ticked.Add(-clockBack))
	a.ticked = now
	a.mu.Unlock()
	if !back {
		return nil
	}
	return a.raiseHouse(privacy.RuleClock)
}

// ClockBack reports whether the clock stands before the last run of the house, or of
// the daily job.
func (a *Assistant) ClockBack() (bool, error) {
	if a.clock.Behind() {
		return true, nil
	}
	var last time.Time
	err := a.db.View(func(tx *storage.Tx) (err error) { last, _, err = retentionTimes(tx); return err })
	return a.now().Before(last), err
}
