package storage

import (
	"iter"
	"slices"
	"sort"
	"sync"
)

// logIndexes are the owners' positions in each log, by bucket.
//
// They hold at least what any open view may see: positions are added before
// the commit that brings them and removed after the commit that deletes them.
// Readers pass over positions that their view does not have.
type logIndexes struct {
	mu     sync.RWMutex
	byName map[string]*logIndex
}

func (x *logIndexes) of(bucket string) *logIndex {
	x.mu.RLock()
	index := x.byName[bucket]
	x.mu.RUnlock()
	if index != nil {
		return index
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.byName == nil {
		x.byName = make(map[string]*logIndex)
	}
	if x.byName[bucket] == nil {
		x.byName[bucket] = newLogIndex()
	}
	return x.byName[bucket]
}

func (x *logIndexes) publish(logs map[string]*logChanges) {
	for bucket, c := range logs {
		x.of(bucket).publish(c)
	}
}

func (x *logIndexes) retract(logs map[string]*logChanges) {
	for bucket, c := range logs {
		x.of(bucket).retract(c)
	}
}

func (x *logIndexes) settle(logs map[string]*logChanges) {
	for bucket, c := range logs {
		x.of(bucket).settle(c)
	}
}

// logIndex is one log's owners: by id, and in a ring in the order of their
// newest positions, so that the most recent are at hand.
type logIndex struct {
	mu     sync.RWMutex
	owners map[string]*logOwner
	ring   logOwner // ring.older is the most recent owner
}

type logOwner struct {
	id           string
	positions    []uint64 // ascending; readers keep it, so it only grows or is replaced
	newer, older *logOwner
}

func newLogIndex() *logIndex {
	x := &logIndex{owners: make(map[string]*logOwner)}
	x.ring.newer, x.ring.older = &x.ring, &x.ring
	return x
}

func (o *logOwner) unlink() { o.newer.older, o.older.newer = o.older, o.newer }

func (o *logOwner) linkAfter(newer *logOwner) {
	o.newer, o.older = newer, newer.older
	o.newer.older, o.older.newer = o, o
}

func (x *logIndex) positions(owner string) []uint64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if o := x.owners[owner]; o != nil {
		return o.positions
	}
	return nil
}

func (x *logIndex) append(owner string, pos uint64) {
	o := x.owners[owner]
	if o == nil {
		o = &logOwner{id: owner}
		x.owners[owner] = o
	} else {
		o.unlink()
	}
	o.positions = append(o.positions, pos)
	o.linkAfter(&x.ring)
}

// replace gives an owner other positions, none of them new.
func (x *logIndex) replace(owner string, positions []uint64) {
	o := x.owners[owner]
	if o == nil {
		return
	}
	o.unlink()
	if len(positions) == 0 {
		delete(x.owners, owner)
		return
	}
	o.positions = slices.Clone(positions)
	newer := &x.ring
	for newer.older != &x.ring && last(newer.older.positions) > last(positions) {
		newer = newer.older
	}
	o.linkAfter(newer)
}

func (x *logIndex) publish(c *logChanges) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, a := range c.order {
		x.append(a.owner, a.pos)
	}
}

func (x *logIndex) retract(c *logChanges) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for owner, added := range c.added {
		if o := x.owners[owner]; o != nil {
			x.replace(owner, o.positions[:len(o.positions)-len(added)])
		}
	}
}

func (x *logIndex) settle(c *logChanges) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for owner := range c.forgotten {
		x.replace(owner, c.added[owner])
	}
}

// recent returns all owners with positions up to end, the most recent first.
func (x *logIndex) recent(end uint64) []logPosition {
	x.mu.RLock()
	defer x.mu.RUnlock()
	found, late := make([]logPosition, 0, len(x.owners)), false
	for o := x.ring.older; o != &x.ring; o = o.older {
		n := len(o.positions)
		if o.positions[n-1] > end { // appended to after the view began
			late = true
			if n = sort.Search(n, func(i int) bool { return o.positions[i] > end }); n == 0 {
				continue
			}
		}
		found = append(found, logPosition{o.id, o.positions[n-1]})
	}
	if late {
		slices.SortFunc(found, func(a, b logPosition) int { return compareDown(a.pos, b.pos) })
	}
	return found
}

type logPosition struct {
	owner string
	pos   uint64
}

func compareDown(a, b uint64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

func last(positions []uint64) uint64 { return positions[len(positions)-1] }

// logChanges is what a group did to a log and has not committed.
type logChanges struct {
	order     []logPosition       // as appended
	added     map[string][]uint64 // the same by owner
	forgotten map[string]bool     // owners whose earlier records are deleted
}

func (g *group) changesOf(bucket string) *logChanges {
	c := g.logs[bucket]
	if c == nil {
		c = &logChanges{added: make(map[string][]uint64), forgotten: make(map[string]bool)}
		if g.logs == nil {
			g.logs = make(map[string]*logChanges)
		}
		g.logs[bucket] = c
	}
	return c
}

func (c *logChanges) append(owner string, pos uint64) {
	c.order = append(c.order, logPosition{owner, pos})
	c.added[owner] = append(c.added[owner], pos)
}

func (c *logChanges) forget(owner string) {
	c.order = slices.DeleteFunc(c.order, func(a logPosition) bool { return a.owner == owner })
	delete(c.added, owner)
	c.forgotten[owner] = true
}

// positions are one owner's, committed and not.
type positions struct{ committed, added []uint64 }

func (tx *Tx) positions(bucket, owner string) positions {
	p := positions{committed: tx.db.logs.of(bucket).positions(owner)}
	if tx.group == nil {
		return p
	}
	if c := tx.group.logs[bucket]; c != nil {
		if c.forgotten[owner] {
			p.committed = nil
		}
		p.added = c.added[owner]
	}
	return p
}

func (p positions) all() []uint64 { return slices.Concat(p.committed, p.added) }

func (p positions) after(pos uint64) []uint64 {
	all := p.all()
	return all[sort.Search(len(all), func(i int) bool { return all[i] > pos }):]
}

func (p positions) backward() iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for _, part := range [...][]uint64{p.added, p.committed} {
			for _, pos := range slices.Backward(part) {
				if !yield(pos) {
					return
				}
			}
		}
	}
}

// recent returns a log's owners as tx sees them; end is its last position.
func (tx *Tx) recent(bucket string, end uint64) []logPosition {
	committed := tx.db.logs.of(bucket).recent(end)
	if tx.group == nil || tx.group.logs[bucket] == nil {
		return committed
	}
	c := tx.group.logs[bucket]
	found := make([]logPosition, 0, len(committed)+len(c.added))
	for _, a := range slices.Backward(c.order) {
		if last(c.added[a.owner]) == a.pos {
			found = append(found, a)
		}
	}
	for _, o := range committed {
		if !c.forgotten[o.owner] && len(c.added[o.owner]) == 0 {
			found = append(found, o)
		}
	}
	return found
}
