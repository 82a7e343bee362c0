package when

// directions are the words behind or before an amount that make it a shift against
// another time, not against now: «на час позже», "an hour earlier".
var directions = map[string]int{
	"позже": 1, "позднее": 1, "попозже": 1, "later": 1, "соңрак": 1, "сонрак": 1,
	"раньше": -1, "ранее": -1, "пораньше": -1, "earlier": -1, "sooner": -1, "иртәрәк": -1, "иртэрэк": -1,
}

// maxShift is minutes: nobody moves an appointment by more than two months this way.
const maxShift = 60 * 24 * 60

// shift: «на час позже», «раньше на полчаса», "30 minutes later", «бер сәгатькә соңрак».
// In English "two days later" counts from now, and so do hours where nothing says that
// something is moved.
func shift(s *scan, m match) (atom, bool) {
	direction, at := directions[s.text(m.last-1)], m.last-1
	if direction == 0 {
		direction, at = directions[s.text(m.first)], m.first
	}
	if direction == 0 || s.item(m.last).is(cTill) || s.text(m.last) == "чем" || s.text(m.last) == "than" {
		return atom{}, false
	}
	unit := m.nth(s, cMinute|cHour|cDay|cWeek, 0)
	english := s.lang(at) == "en"
	switch {
	case english && direction > 0 && (unit.is(cDay|cWeek) || !s.movesBefore(m.first)):
		return atom{}, false
	case !english && s.lang(at) != "tt" && !m.has(s, cOn):
		return atom{}, false // «два часа позже» is no Russian
	}
	amount := s.shiftAmount(m) * perUnit(unit)
	if half := m.nth(s, cHalf, 0); half != nil {
		amount = perUnit(unit) / 2
	}
	if c := m.nth(s, cCouple, 0); c != nil && c.val == 15 {
		amount = perUnit(unit) * 3 / 2
	}
	return atom{kind: aSame, shift: direction * amount}, amount > 0 && amount <= maxShift
}

// moved are English words of what is moved and of moving.
var moved = map[string]bool{
	"move": true, "push": true, "reschedule": true, "postpone": true, "shift": true, "change": true, "delay": true, "bring": true,
	"make": true, "it": true, "mine": true, "appointment": true, "booking": true, "visit": true, "slot": true, "come": true,
}

// movesBefore holds where one of them stands before item i, where a time was asked for
// and where the shift is all that was written.
func (s *scan) movesBefore(i int) bool {
	if s.Asked || i <= 1 && len(s.items) <= 6 {
		return true
	}
	for k := range i {
		if moved[s.text(k)] {
			return true
		}
	}
	return false
}

func (s *scan) shiftAmount(m match) int {
	if n := m.nth(s, cNum, 0); n != nil {
		return n.num
	}
	if c := m.nth(s, cCouple, 0); c != nil {
		return c.val
	}
	return 1
}

// perUnit is minutes.
func perUnit(unit *item) int {
	switch {
	case unit.is(cMinute):
		return 1
	case unit.is(cHour):
		return 60
	case unit.is(cDay):
		return 24 * 60
	}
	return 7 * 24 * 60
}
