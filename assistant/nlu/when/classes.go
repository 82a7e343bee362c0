package when

// class is what a word may be in a rule; a word may be several things at once.
type class uint64

// The classes. Names used in the patterns of rules.go stand in classNames.
const (
	cNum class = 1 << iota
	cOrd
	cRelDay
	cWeekday
	cMonth
	cMinute
	cHour
	cDay
	cWeek
	cMonthUnit
	cYear
	cPod
	cAmPm
	cHalf
	cHalfHour
	cQuarter
	cNoon
	cWeekend
	cWorkdays
	cNow
	cDateWord
	cThis
	cNext
	cNearest
	cLast
	cIn
	cOn
	cTo
	cFrom
	cTill
	cThru
	cAfter
	cBefore
	cVia
	cLater
	cNot
	cOr
	cAnd
	cBut
	cApprox
	cBez
	cPast
	cSame
	cTime
	cDash
	cDot
	cColon
	cSlash
	cComma
	cStop
	cEarly
	cLate
	cPart
	cOf
	cCan
	cBusy
	cFix
	cBetween
	cCouple
	cSoon
	cFestival
	cBlock
	cPolite
	cGuard
)

// classNames are the words of the pattern language.
var classNames = map[string]class{
	"num": cNum, "ord": cOrd, "relday": cRelDay, "weekday": cWeekday, "month": cMonth, "minute": cMinute, "hour": cHour,
	"day": cDay, "week": cWeek, "months": cMonthUnit, "year": cYear, "pod": cPod, "ampm": cAmPm, "half": cHalf,
	"halfhour": cHalfHour, "quarter": cQuarter, "noon": cNoon, "weekend": cWeekend, "workdays": cWorkdays, "now": cNow,
	"date": cDateWord, "this": cThis, "next": cNext, "nearest": cNearest, "last": cLast, "in": cIn, "on": cOn, "to": cTo,
	"from": cFrom, "till": cTill, "thru": cThru, "after": cAfter, "before": cBefore, "via": cVia, "later": cLater,
	"not": cNot, "or": cOr, "and": cAnd, "approx": cApprox, "bez": cBez, "past": cPast, "same": cSame, "time": cTime,
	"dash": cDash, "dot": cDot, "colon": cColon, "slash": cSlash, "comma": cComma, "early": cEarly, "late": cLate,
	"part": cPart, "of": cOf, "between": cBetween, "couple": cCouple, "soon": cSoon, "festival": cFestival,
	"stop": cStop,
}

// word is one row of a lexicon: forms parted by spaces that mean the same.
type word struct {
	class class
	val   int
	forms string
}

// sense is what a folded word means.
type sense struct {
	class class
	val   int
	lang  string
	typo  bool // found by likeness, not by letter
}

// Parts of the day; the hours stand in conventions.go.
const (
	podMorning = 1 + iota
	podDay
	podEvening
	podNight
	podLunch
	podAfternoon
	podForenoon
	podWork
	podEarly
	podLate
	podSchool
	podClosing
)

// withDay is the value of a word that is a weekend or a working day only before «day».
const withDay = 1

// within is the value of «в течение», which is of a whole time, never the nearest.
const within = 5

// asSoon is the value of "soon", which is the nearest time only in "as soon as".
const asSoon = 4

// Values of cPart: which part of a week or month.
const (
	partBegin = 1 + iota
	partMiddle
	partEnd
)
