package when

// wish is one day and time that belong together.
type wish struct {
	day   dayPart
	clock clockPart
	bound bound // of the day
	edge  bound // of the time
}

// group is what one reading is made of: one wish, or several to choose from.
type group struct {
	wishes        []wish
	first, last   int // items
	parts         [][2]int
	negated       bool
	refused       bool // by «не могу», not by a correction
	except        bool // by «кроме»
	same, nearest bool
	shift         int     // minutes from the same time
	frame         dayPart // the week or month that days are chosen from
	rule          string
}

// gap is what stands between two atoms.
type gap struct {
	words                                int
	or, and, comma, but, fix, stop, move bool // move: «перенести на»
	refusal                              bool
}

const (
	// maxGap is how many unknown words may part a day from its hour.
	maxGap = 6
	// maxGapOver is the same over the end of a sentence.
	maxGapOver = 2
)

// between looks at the items from a to b.
func (s *scan) between(a, b int) gap {
	var g gap
	otherwise := false
	for i := a; i < b; i++ {
		it := s.item(i)
		if n := s.orElse(i); n > 0 {
			otherwise = true
			i += n - 1
			continue
		}
		switch {
		case it.is(cOr):
			g.or = true
		case it.is(cComma):
			g.comma = true
		case it.is(cStop), it.is(cDot):
			g.stop = g.stop || it.is(cStop) || !s.item(i+1).glued && i > a
			if it.is(cDot) && i == a && b-a > 1 {
				g.stop = true
			}
		case it.is(cBut):
			g.but = true
		case it.is(cFix) && s.text(i) != "no", it.is(cFix) && s.item(i+1).is(cComma):
			g.fix, g.move = true, g.move || it.val == 1
			g.words++
		case it.is(cAnd):
			g.and = true
		case it.is(cDash):
			g.comma = true
		case s.isWord(i):
			g.words++
		}
	}
	if otherwise {
		g.or, g.but, g.fix = true, false, false
	}
	g.refusal = s.refusalBehind(a) > 0
	return g
}

// orElse gives how many items at i say that what follows will do as well where the day
// before it is taken: «если нет», «если не получится», «булмаса», "failing that"; 0 for none.
func (s *scan) orElse(i int) int {
	first, second := s.text(i), s.text(i+1)
	switch {
	case first == "если" && (s.item(i+1).is(cBusy) || second == "нет"), first == "if" && (second == "not" || second == "no"), first == "failing" && second == "that":
		return 2
	case first == "если" && second == "не" && s.item(i+2).class != 0:
		return 3
	case first == "булмаса", first == "бульмаса", first == "otherwise", first == "иначе":
		return 1
	}
	return 0
}

// refusalBehind looks for «не могу», «занята», "doesn't work" behind item a and gives
// the item after it, 0 for none. A question is no refusal («завтра не получится?»).
func (s *scan) refusalBehind(a int) int {
	for i, n := a, 0; i < len(s.items) && n < 4; i, n = i+1, n+1 {
		it := s.item(i)
		if otherDays[s.text(i)] || s.orElse(i) > 0 {
			return 0 // «в эту субботу, другие дни никак»
		}
		switch {
		case it.is(cNot) && it.val == 2:
			return i + 1
		case it.is(cNot) && it.val == 0 && s.item(i+1).is(cCan) && s.item(i+1).lang != "en":
			if s.asks(i) && !s.firstPerson(i+1) {
				return 0
			}
			return i + 2
		case it.is(cBusy) && !(s.text(i) == "нельзя" && s.asks(i)):
			return i + 1
		case it.is(cNot) && s.item(i+1).is(cCan) && s.item(i-1).class&cFix == 0:
			return i + 2
		case it.is(cComma|cStop|cDot|cBut|cFix|cOr) && it.class&cPolite == 0, it.class&content != 0:
			return 0
		case it.is(cNum), it.is(cIn|cOn) && i+1 < len(s.items) && s.item(i+1).class&content != 0:
			return 0
		}
	}
	return 0
}

// otherDays are words that turn down all days but the one that was said.
var otherDays = map[string]bool{
	"другие": true, "другой": true, "другое": true, "других": true, "другим": true, "остальные": true, "остальное": true, "остальных": true,
	"иначе": true, "other": true, "others": true, "another": true, "otherwise": true, "башка": true, "калган": true,
}

func (s *scan) firstPerson(i int) bool {
	switch s.text(i) {
	case "могу", "смогу", "приду", "пойду", "успею", "успеваю", "хочу", "буду", "смогла", "смог", "сможем", "можем":
		return true
	}
	return false
}

// asks holds where the sentence at i ends with a question mark.
func (s *scan) asks(i int) bool {
	for ; i < len(s.items); i++ {
		if s.item(i).is(cStop) {
			return s.text(i) == "?"
		}
		if s.item(i).is(cComma | cBut) {
			return false
		}
	}
	return false
}

// refusedBefore looks for «не», «кроме», «не могу», "can't do" before item first, not
// before limit.
func (s *scan) refusedBefore(first, limit int) (negated, refused bool) {
	before := s.item(first - 1)
	if first-1 >= limit && before.is(cNot) && before.val < 2 {
		return s.orElse(first-2) == 0, false
	}
	if s.butFor(first) {
		return true, false
	}
	if s.text(first-1) == "чтобы" || s.text(first-1) == "of" && s.text(first-2) == "instead" {
		return s.text(first-1) == "of", false
	}
	for i, n := first-1, 0; i >= limit && n < 4; i, n = i-1, n+1 {
		it := s.item(i)
		switch {
		case it.is(cComma|cStop|cDot|cBut) || it.is(cFix) && it.class&cCan == 0:
			return false, false
		case it.is(cBusy) && s.text(i) != "нельзя" && s.text(i) != "никак":
			return true, true
		case it.is(cCan) && s.item(i-1).is(cNot) && i-1 >= limit:
			return s.text(i-2) != "если", s.text(i-2) != "если"
		case n >= 1 && !s.coming(i):
			return false, false
		case n == 0 && !s.coming(i) && !it.is(cCan):
			return false, false
		}
	}
	return false, false
}

// excepted holds where «кроме», «только не», "except" or "any day but" stands before
// item first.
func (s *scan) excepted(first int) bool {
	for s.item(first-1).is(cIn|cOn) && s.item(first-1).class&cNot == 0 {
		first--
	}
	switch before := s.text(first - 2); s.text(first - 1) {
	case "кроме", "except":
		return true
	case "не", "not":
		return before == "только" || before == "just" || before == "only"
	}
	return s.butFor(first)
}

// exceptWeeks is for how many weeks «в любой день, кроме среды» is kept.
const exceptWeeks = 4

// exceptOf fixes the weekday that is excepted: in the days that were said before it, else
// it is that weekday of each of the coming weeks.
func (s *scan) exceptOf(before, except *group) {
	w := &except.wishes[0]
	if !w.day.set || w.day.fixed || w.day.weekday == 0 {
		return
	}
	if before != nil {
		if all := before.wishes[len(before.wishes)-1].day; all.fixed && all.frame {
			if day, ok := s.within(all, w.day, gap{}); ok {
				w.day = day
				return
			}
		}
	}
	first := s.today.onOrAfter(w.day.weekday)
	w.day.fix(first)
	for n := 1; n < exceptWeeks; n++ {
		more := *w
		more.day.fix(first.plus(7 * n))
		except.wishes = append(except.wishes, more)
	}
}

// butFor holds for "any day but Friday", "any time but on Monday".
func (s *scan) butFor(first int) bool {
	if s.item(first - 1).is(cOn | cIn) {
		first--
	}
	return s.text(first-1) == "but" && (s.item(first-2).is(cDay|cTime) || s.text(first-2) == "anytime") && every[s.text(first-3)] || s.text(first-1) == "but" && s.text(first-2) == "anytime"
}

// coming are the words that may stand between «не могу» and the day.
func (s *scan) coming(i int) bool {
	switch s.text(i) {
	case "прийти", "придти", "подойти", "приехать", "быть", "попасть", "у", "меня", "я", "мне", "do", "make", "come", "be", "it", "on", "available", "free", "мы", "в":
		return true
	}
	return false
}

// groups puts atoms together that belong together.
func (s *scan) groups() []group {
	var out []group
	limit := 0 // items before it were used by a refusal
	for k := range s.found {
		a := &s.found[k]
		if a.gone || s.pastBefore(a) {
			limit = a.last
			continue
		}
		var g gap
		var cur *group
		if len(out) > 0 {
			cur = &out[len(out)-1]
			g = s.between(cur.last, a.first)
		}
		negated, refused := s.refusedBefore(a.first, max(limit, lastOf(cur)))
		if cur != nil && g.refusal && !cur.negated {
			cur.negated, cur.refused = true, true
			limit = s.refusalBehind(cur.last)
			negated, refused = s.refusedBefore(a.first, limit)
		}
		if cur != nil && !g.refusal && !negated && !(cur.negated && (g.but || g.fix || g.comma || g.stop)) && s.extend(cur, a, g) {
			continue
		}
		next := newGroup(a)
		next.negated, next.refused, next.except = negated, refused, negated && s.excepted(a.first)
		switch {
		case next.except:
			s.exceptOf(cur, &next)
		case cur != nil && !negated:
			s.correct(cur, &next, g)
		}
		if len(out) == maxReadings {
			break
		}
		out = append(out, next)
	}
	if len(out) > 0 {
		if last := &out[len(out)-1]; !last.negated && s.refusalBehind(last.last) > 0 {
			last.negated, last.refused = true, true
		}
	}
	return out
}

// pastVerbs are words before a date that tell of a visit that was.
var pastVerbs = map[string]bool{
	"был": true, "была": true, "были": true, "ходил": true, "ходила": true, "приходил": true, "приходила": true,
	"лечил": true, "лечила": true, "делал": true, "делала": true, "приезжал": true, "приезжала": true, "звонил": true, "звонила": true,
}

// aching are words before «с понедельника» that tell since when.
var aching = map[string]bool{
	"болит": true, "болят": true, "болел": true, "болела": true, "болею": true, "кашляю": true, "кашель": true, "держится": true,
	"беспокоит": true, "температура": true, "сыпь": true, "опухло": true, "началось": true, "hurts": true, "ill": true, "sick": true,
}

// pastBefore holds for «я была у вас 15 октября»: nothing to be booked.
func (s *scan) pastBefore(a *atom) bool {
	for i := a.first - 1; i >= 0 && i > a.first-5; i-- {
		if text := s.text(i); pastVerbs[text] || aching[text] && a.bound == bFrom {
			return a.kind == aDay
		}
		if s.item(i).is(cComma|cStop|cDot) || s.text(i) == "бы" {
			return false
		}
	}
	return false
}

func lastOf(g *group) int {
	if g == nil {
		return 0
	}
	return g.last
}

// maxReadings bounds what is told of one message.
const maxReadings = 16

func newGroup(a *atom) group {
	g := group{wishes: []wish{{}}, first: a.first, last: a.first}
	g.take(a, 0)
	return g
}

// take puts an atom into a wish of the group.
func (g *group) take(a *atom, w int) {
	to := &g.wishes[w]
	switch a.kind {
	case aDay:
		to.day, to.bound = a.day, a.bound
	case aClock, aPod:
		to.clock, to.edge = a.clock, a.bound
	case aBoth:
		to.day, to.clock = a.day, a.clock
	case aSame:
		g.same, g.shift = true, g.shift+a.shift
	case aNearest:
		g.nearest = true
	}
	g.widen(a)
}

func (g *group) widen(a *atom) {
	g.last = max(g.last, a.last)
	g.parts = append(g.parts, [2]int{a.first, a.last})
	if g.rule != "" {
		g.rule += " + "
	}
	g.rule += a.rule
}

// extend tries to add an atom to the group: beside what it has, into it, or as one
// more wish to choose from.
func (s *scan) extend(g *group, a *atom, gap gap) bool {
	if gap.words > maxGap || gap.stop && gap.words > maxGapOver {
		return false
	}
	w := len(g.wishes) - 1
	cur := &g.wishes[w]
	switch a.kind {
	case aSame, aNearest:
		g.take(a, w)
		return true
	case aBoth:
		if !cur.day.set && !cur.clock.set {
			g.take(a, w)
			return true
		}
		if !cur.day.set && a.clock.kind == "" { // "10, tonight"
			cur.day = a.day
			part := *a
			part.kind = aPod
			if s.mergeClocks(cur, &part) {
				g.widen(a)
				return true
			}
			cur.day = dayPart{}
		}
		if cur.day.set && !cur.clock.set && cur.day.fixed && cur.day.dates == a.day.dates {
			cur.clock = a.clock
			g.widen(a)
			return true
		}
		return s.another(g, a, gap)
	case aDay:
		if !cur.day.set {
			g.take(a, w)
			return true
		}
		if a.guess && gap.words > 0 {
			return true
		}
		if a.bound == bAt || cur.bound == bAt || a.bound == cur.bound {
			if merged, ok := s.mergeDays(cur.day, a.day, gap); ok {
				if cur.day.frame {
					g.frame = cur.day
				}
				cur.day = merged
				if cur.bound == bAt {
					cur.bound = a.bound
				}
				g.widen(a)
				return true
			}
		}
		return s.another(g, a, gap)
	}
	if !cur.clock.set {
		if a.guess && gap.stop && gap.words > 0 {
			return true
		}
		g.take(a, w)
		return true
	}
	if !gap.or && s.mergeClocks(cur, a) {
		g.widen(a)
		return true
	}
	return s.another(g, a, gap)
}

// another adds a wish where the words offer a choice.
func (s *scan) another(g *group, a *atom, gap gap) bool {
	choice := gap.or || (gap.comma || gap.and) && gap.words == 0 || gap == gap0
	if !choice || gap.fix || gap.but || len(g.wishes) >= 6 || g.wishes[len(g.wishes)-1].bound == bFrom && a.onto {
		return false
	}
	next := *a
	if g.frame.set && next.kind == aDay && !next.day.fixed {
		if day, ok := s.within(g.frame, next.day, gap); ok {
			next.day = day
		}
	}
	g.wishes = append(g.wishes, wish{})
	g.take(&next, len(g.wishes)-1)
	return true
}

var gap0 gap
