package booking

import (
	"errors"
	"slices"
	"time"

	"okoshko/assistant/clinic"
	"okoshko/storage"
)

// VisitQuery asks for free visits. Zero fields do not restrict.
type VisitQuery struct {
	Services   []string      // at least one, in the order that the visitor would like
	Specialist string        // who does those of the services that they perform
	Branch     string        //
	From, To   time.Time     // of the visit's start, To not included
	Within     []clinic.Span // minutes of the wall clock within which the visit's start lies
	Limit      int           // 0: all
	For        string        // conversation whose own hold does not block
	Ignore     []string      // numbers of the appointments that are being moved
}

// FreeVisits lists free visits by their start, one for each start and specialist with
// whom the visit may begin: the one in which each service comes as early as it can, by the
// specialist of the service before where that is possible. Only when no visit has the
// services in the order of the query, those in other orders are listed, for each start
// those of the first such order. A service that is unknown, a specialist who does none of
// them, and services that no branch has together, are a [Refusal].
func (c *Calendar) FreeVisits(tx *storage.Tx, q VisitQuery, now time.Time) ([]Visit, error) {
	p, err := c.planned(tx, now)
	if err != nil {
		return nil, err
	}
	chains := c.chains(p, q)
	if len(chains) == 0 {
		return nil, &Refusal{Why: Unknown}
	}
	seen, err := stamps.Get(tx, claimsStamp())
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	for _, ch := range chains {
		ch.look = ch.remembered(tx, seen)
	}
	all := orders(q.Services)
	found, err := c.visits(tx, chains, all[:1], q, now)
	if err == nil && len(found) == 0 && len(all) > 1 {
		found, err = c.visits(tx, chains, all[1:], q, now)
	}
	return found, err
}

// chain is a search for visits in one branch.
type chain struct {
	c        *Calendar
	q        VisitQuery
	branch   string
	searches []*search // by place in the query; of a service that is asked for twice, one
	gap      int64
	look     look
	now      time.Time
}

// chains makes a search for each branch that has all services.
func (c *Calendar) chains(p *plan, q VisitQuery) []*chain {
	if len(q.Services) == 0 || len(q.Services) > maxVisit {
		return nil
	}
	var all []*chain
	for _, b := range c.clinic.Branches {
		ch := &chain{c: c, q: q, branch: b.ID, gap: seconds(c.clinic.Booking.ChainGap)}
		if (q.Branch == "" || q.Branch == b.ID) && ch.open(p) {
			all = append(all, ch)
		}
	}
	return all
}

// open makes the searches; false when the branch has not all services.
func (ch *chain) open(p *plan) bool {
	known, wanted := map[string]*search{}, ch.q.Specialist == ""
	for _, id := range ch.q.Services {
		service, ok := ch.c.clinic.Service(id)
		if !ok {
			return false
		}
		q := Query{Service: id, Branch: ch.branch, Specialist: ch.q.Specialist, For: ch.q.For, Ignore: ch.q.Ignore}
		performers := ch.c.performers(q)
		if wanted = wanted || len(performers) > 0; len(performers) == 0 {
			q.Specialist = ""
			performers = ch.c.performers(q)
		}
		if len(performers) == 0 {
			return false
		}
		if known[id] == nil {
			known[id] = newSearch(ch.c, p, q, service, performers)
		}
		ch.searches = append(ch.searches, known[id])
	}
	return wanted
}

// remembered looks by the blocks of claims that searches have in memory.
func (ch *chain) remembered(tx *storage.Tx, seen stamp) look {
	return func(resource string, s stretch) ([]occupied, error) {
		var some []occupied
		for n := (s.from - longest) >> blockBits; n <= s.to>>blockBits; n++ {
			b, err := ch.c.block(tx, blockKey{resource, n}, seen)
			if err != nil {
				return nil, err
			}
			for _, o := range b.claims {
				if o.from < s.to && s.from < o.to {
					some = append(some, o)
				}
			}
		}
		return some, nil
	}
}

// visits searches window by window, as search.run does, in all branches and orders.
func (c *Calendar) visits(tx *storage.Tx, chains []*chain, orders [][]int, q VisitQuery, now time.Time) ([]Visit, error) {
	starts := c.bounds(Query{From: q.From, To: q.To}, now)
	last := c.bounds(Query{}, now).to
	size := int64(24 * 3600)
	if q.Limit == 0 {
		size = starts.to - starts.from
	}
	var found []Visit
	for w := (stretch{starts.from, starts.from}); w.to < starts.to; size *= 4 {
		w = stretch{w.to, min(w.to+size, starts.to)}
		some, err := window(tx, chains, orders, w, last, now)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
		if q.Limit > 0 && len(found) >= q.Limit {
			return found[:q.Limit], nil
		}
	}
	return found, nil
}

// window finds the visits that start in the window; none of their slots starts at last or
// later.
func window(tx *storage.Tx, chains []*chain, orders [][]int, w stretch, last int64, now time.Time) ([]Visit, error) {
	var all []Visit
	for _, ch := range chains {
		ch.now = now
		if err := ch.read(tx, w, last, now); err != nil {
			return nil, err
		}
		var here []Visit
		for _, order := range orders {
			some, err := ch.follow(order, w)
			if err != nil {
				return nil, err
			}
			here = merged(here, some)
		}
		all = append(all, here...)
	}
	if len(chains) > 1 || len(orders) > 1 {
		slices.SortStableFunc(all, func(a, b Visit) int { return a.Start().Compare(b.Start()) })
	}
	return all, nil
}

// merged adds the visits of a later order that start when none of an earlier one does.
func merged(have, more []Visit) []Visit {
	if len(have) == 0 {
		return more
	}
	known := map[int64]bool{}
	for _, v := range have {
		known[v.Start().Unix()] = true
	}
	return append(have, slices.DeleteFunc(more, func(v Visit) bool { return known[v.Start().Unix()] })...)
}

// read finds the slots of each service from the window's beginning to as far as a visit
// that begins in it may reach.
func (ch *chain) read(tx *storage.Tx, w stretch, last int64, now time.Time) error {
	reach := int64(0)
	for _, s := range ch.searches {
		reach += s.visible + ch.gap
	}
	wide := stretch{w.from, min(w.to+reach, last)}
	for i, s := range ch.searches {
		if slices.Index(ch.searches, s) < i {
			continue
		}
		s.found = s.found[:0]
		if err := s.read(tx, wide, now); err != nil {
			return err
		}
		s.window(wide)
	}
	return nil
}

// stage is one service of a visit in the order that is searched.
type stage struct {
	*search
	next []int32 // for each mark the first from it on after which the rest of the services fit
	hint int
}

// follow lists the visits of one order, one for each mark of its first service.
func (ch *chain) follow(order []int, w stretch) ([]Visit, error) {
	stages := make([]stage, len(order))
	for i := len(order) - 1; i >= 0; i-- {
		stages[i].search = ch.searches[order[i]]
		var after *stage
		if i+1 < len(order) {
			after = &stages[i+1]
		}
		stages[i].thread(after, ch.gap)
	}
	f := follower{chain: ch, stages: stages, marks: make([]mark, len(order))}
	f.share()
	for i, m := range stages[0].found {
		if m.at < w.from || m.at >= w.to || int(stages[0].next[i]) != i || !ch.c.wanted(ch.q.Within, m.at) {
			continue
		}
		f.marks[0] = m
		if err := f.visit(); err != nil {
			return nil, err
		}
	}
	return f.list(), nil
}

// thread notes after which marks the rest of the visit fits, were the visitor alone.
func (s *stage) thread(after *stage, gap int64) {
	s.next = make([]int32, len(s.found)+1)
	s.next[len(s.found)] = int32(len(s.found))
	j := 0
	if after != nil {
		j = len(after.found)
	}
	for i := len(s.found) - 1; i >= 0; i-- {
		fits := true
		if after != nil {
			end := s.found[i].at + s.visible
			for j > 0 && after.found[j-1].at >= end {
				j--
			}
			first := int(after.next[j])
			fits = first < len(after.found) && after.found[first].at <= end+gap
		}
		s.next[i] = s.next[i+1]
		if fits {
			s.next[i] = int32(i)
		}
	}
}

// follower goes from the first mark of a visit to its last.
type follower struct {
	*chain
	stages []stage
	shared [maxVisit][maxVisit]bool // whether two stages may need the same room
	marks  []mark                   // of the visit that is looked at
	found  []mark                   // of all visits, each after the other
}

// visit adds the visit that begins with the first mark, if there is one.
func (f *follower) visit() error {
	whole, err := f.extend(1)
	if whole {
		f.found = append(f.found, f.marks...)
	}
	return err
}

// from finds the stage's first mark at or after t. Visits are looked at in order of their
// start, so it is near the last that was found.
func (s *stage) from(t int64) int {
	for s.hint < len(s.found) && s.found[s.hint].at < t {
		s.hint++
	}
	for s.hint > 0 && s.found[s.hint-1].at >= t {
		s.hint--
	}
	return s.hint
}

// extend adds marks from the stage on; false when there are none that fit.
func (f *follower) extend(stage int) (bool, error) {
	if stage == len(f.stages) {
		return true, nil
	}
	s := &f.stages[stage]
	end := f.marks[stage-1].at + f.stages[stage-1].visible
	for i := int(s.next[s.from(end)]); i < len(s.found) && s.found[i].at <= end+f.gap; {
		j := i
		for j < len(s.found) && s.found[j].at == s.found[i].at {
			j++
		}
		if whole, err := f.choose(stage, s.found[i:j]); whole || err != nil {
			return whole, err
		}
		i = int(s.next[j])
	}
	return false, nil
}

// choose adds one of the marks of one time, and the rest of the visit: that of the
// specialist of the stage before, if there is one.
func (f *follower) choose(stage int, some []mark) (bool, error) {
	same := f.person(stage - 1)
	for _, wanted := range []bool{true, false} {
		for _, m := range some {
			f.marks[stage] = m
			if (f.person(stage) == same) != wanted {
				continue
			}
			fits, err := f.fits(stage)
			if err == nil && fits {
				fits, err = f.extend(stage + 1)
			}
			if err != nil || fits {
				return fits, err
			}
		}
	}
	return false, nil
}

func (f *follower) person(stage int) *clinic.Specialist {
	return f.stages[stage].lanes[f.marks[stage].lane].specialist
}

// fits reports whether the stage's slot can be had beside those before it. That it can be
// had alone is known.
func (f *follower) fits(stage int) (bool, error) {
	asks := false
	for before := range stage {
		a, b := f.taken(before), f.taken(stage)
		if a.to <= b.from || b.to <= a.from {
			continue
		}
		if f.person(before) == f.person(stage) {
			return false, nil
		}
		asks = asks || f.shared[before][stage]
	}
	if !asks {
		return true, nil
	}
	return f.vacant(stage)
}

func (f *follower) taken(stage int) stretch {
	s, m := f.stages[stage], f.marks[stage]
	return s.takes(stretch{m.at, m.at + s.visible})
}

// vacant asks the judge of slots, as a booking of the visit so far would.
func (f *follower) vacant(stage int) (bool, error) {
	var taken []Take
	for i := range stage + 1 {
		s := f.stages[i]
		w := wish{Slot: s.slot(f.marks[i]), hold: f.q.For, ignore: f.q.Ignore, beside: taken}
		all, err := f.c.vacant(f.look, w, s.service, f.now)
		if err != nil || all == nil {
			return false, err
		}
		taken = append(taken, all...)
	}
	return true, nil
}

// share notes which services may need the same room.
func (f *follower) share() {
	for i, a := range f.stages {
		for j, b := range f.stages {
			for _, pool := range f.c.clinic.Needs(a.service.ID, f.branch) {
				for _, other := range f.c.clinic.Needs(b.service.ID, f.branch) {
					f.shared[i][j] = f.shared[i][j] || slices.ContainsFunc(pool, func(r *clinic.Room) bool { return slices.Contains(other, r) })
				}
			}
		}
	}
}

// list writes the visits that were found.
func (f *follower) list() []Visit {
	n := len(f.stages)
	slots, all := make([]Slot, len(f.found)), make([]Visit, len(f.found)/n)
	for i, m := range f.found {
		slots[i] = f.stages[i%n].slot(m)
	}
	for i := range all {
		all[i] = Visit{slots[i*n : (i+1)*n : (i+1)*n]}
	}
	return all
}

// orders lists the orders of the services as places in their list, the given one first
// and then the more alike it the earlier.
func orders(services []string) [][]int {
	var all [][]int
	known := map[string]bool{}
	var grow func(order []int)
	grow = func(order []int) {
		if len(order) == len(services) {
			words := ""
			for _, i := range order {
				words += services[i] + " "
			}
			if !known[words] {
				known[words] = true
				all = append(all, slices.Clone(order))
			}
			return
		}
		for i := range services {
			if !slices.Contains(order, i) {
				grow(append(order, i))
			}
		}
	}
	grow(nil)
	return all
}
