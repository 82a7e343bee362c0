package nlu

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Not all that names a service or a day is a wish: thanks tell what was, a farewell
// says when one meets again, a question about the opening hours names a day, a question
// about something else names whom it is about. asides takes the commands out that such
// words made; what the visitor was asked for is never taken.

func (m *message) asides() {
	m.hoursAsked()
	m.remarks()
	m.farewell()
	m.elsewhere()
	m.afterWork()
}

// termWords is what is known of the words behind a `set` of the clinic's own term.
type termWords struct {
	start   int  // bytes, of the command
	partial bool // some of the words of a longer name
	guessed bool // by a synonym or a root
	single  bool // one word
}

// maxAsides bounds what is weighed in one message; nobody names more and means it.
const maxAsides = 8

// sentence gives the words from…to (excluded) of the sentence that word i is in.
func (m *message) sentence(i int) (from, to int) {
	return m.stretch(i, func(w *word) bool { return w.stop })
}

// clause is the same between commas.
func (m *message) clause(i int) (from, to int) {
	return m.stretch(i, func(w *word) bool { return w.stop || w.comma })
}

func (m *message) stretch(i int, begins func(*word) bool) (from, to int) {
	for from = i; from > 0 && !begins(&m.words[from]); from-- {
	}
	for to = i + 1; to < len(m.words) && !begins(&m.words[to]); to++ {
	}
	return from, to
}

// anyOf says whether a word from…to is of one of the classes.
func (m *message) anyOf(from, to int, classes ...string) bool {
	for i := from; i < to; i++ {
		for _, name := range classes {
			if m.words[i].classes.has(m.lexicon.ids[name]) {
				return true
			}
		}
	}
	return false
}

// drop deletes the commands within the words from…to that which chooses.
func (m *message) drop(from, to int, which func(Command) bool) {
	start, end := m.start(from), m.end(to-1)
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool {
		return c.Start >= start && c.Start < end && which(c)
	})
}

func (m *message) aTime(c Command) bool {
	return c.Field == FieldTime && (c.Do == Set || c.Do == Deny || c.Do == Correct)
}

func (m *message) aTerm(c Command) bool { return c.Do == Set && m.termField(c.Field) }

// hoursAsked: «вы в субботу открыты?», «до скольки вы сегодня?» want no appointment. The
// day is that of the question.
func (m *message) hoursAsked() {
	m.dayAsked()
	if m.anyOf(0, len(m.words), "book", "move", "cancel", "visit", classService, classSpecialist) {
		return // the day is the day of a wish, too
	}
	for _, h := range m.hours[:min(len(m.hours), maxAsides)] {
		from, to := m.sentence(h)
		m.drop(from, to, func(c Command) bool { return m.aTime(c) || c.Do == Show && c.Value == "" })
	}
}

// dayAsked gives the day named beside a question about the opening hours to the question.
func (m *message) dayAsked() {
	if len(m.hours) == 0 {
		return
	}
	from, to := m.sentence(m.hours[0])
	start, end := m.start(from), m.end(to-1)
	day := slices.IndexFunc(m.commands, func(c Command) bool {
		return c.Field == FieldTime && c.Do == Set && c.Dates != nil && c.Start >= start && c.Start < end
	})
	for i := range m.commands {
		if c := &m.commands[i]; day >= 0 && c.Do == Ask && m.reader.faq.ofHours(c.Value) {
			c.Dates = m.commands[day].Dates
		}
	}
}

// onlyHours holds where the words ask for hours and the sentence says nothing else but
// a day: «в субботу до скольки?», not «до скольки лет принимаете?».
func (m *message) onlyHours(words []int) bool {
	from, to := m.sentence(words[0])
	for i := from; i < to; i++ {
		w := &m.words[i]
		if !slices.Contains(words, i) && !stopWords[w.text] && !timeWord(w, m) {
			return false
		}
	}
	return true
}

var (
	pastTimes = wordSet("вчера позавчера недавно прошлый прошлой прошлом yesterday last кичә узган")
	pastVerbs = wordSet(`был была было были подстриг постриг побрил сделал сделала помог помогла вылечил вылечила покрасил покрасила понравился понравилась понравилось
		остался осталась was were did loved liked enjoyed helped fixed булды ошады`)
	praise = wordSet(`отлично хорошо прекрасно супер классно шикарно здорово замечательно чудесно круто идеально аккуратно плохо криво ужасно бережно
		great amazing excellent wonderful lovely perfect nice матур әйбәт яхшы шәп`)
	// advised are verbs in the past tense that lead to a visit.
	advised = wordSet(`назначили прописали сказали посоветовали порекомендовали рекомендовали советовали направили отправили выписали хотели решили думали звонили
		обещали записали записывали заболели если или были-ли переехали передумали забыли опоздали`)
	pastEnds = []string{"ли", "лись", "дыгыз", "дегез", "тыгыз", "тегез"}
)

// remarks: «спасибо, вчера отлично подстригли». What the house did is no wish, unless
// the same sentence has one.
func (m *message) remarks() {
	thanks := m.said(Thanks, "")
	yesNo := m.yesNo()
	for from := 0; from < len(m.words); {
		_, to := m.sentence(from)
		past, when, praised, led := false, false, false, false
		for i := from; i < to; i++ {
			text := m.tokens[m.words[i].from].Text
			led = led || advised[text]
			past = past || pastVerbs[text] || pastVerb(text)
			when = when || pastTimes[text]
			praised = praised || praise[text]
		}
		told := thanks && (past || when) || past && (when || praised)
		if told && !led && !m.question && !m.anyOf(from, to, "want", "book", "visit", "move", "cancel", "complaint") {
			m.drop(from, to, func(c Command) bool { return m.aTerm(c) || m.aTime(c) || c.Do == Book || c.Do == Affirm && !yesNo })
		}
		from = to
	}
}

func pastVerb(text string) bool {
	if utf8.RuneCountInString(text) < 6 {
		return false
	}
	return slices.ContainsFunc(pastEnds, func(end string) bool { return strings.HasSuffix(text, end) })
}

// meetWords stand before the time of a farewell: «до встречи в среду», "see you Friday".
var meetWords = wordSet("до встречи свидания связи увидимся see you till until кадәр хәтле очрашырга в во на on till")

// farewell: «спасибо, до завтра». The day is no wish.
func (m *message) farewell() {
	if !m.said(Thanks, "") && !m.said(Affirm, "") && m.context.Expects != ExpectMore {
		return
	}
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool {
		if c.Do != Set || c.Field != FieldTime || m.context.Expects == FieldTime {
			return false
		}
		i := m.wordAt(c.Start)
		from, to := m.clause(i)
		text := m.words[i].text
		if i > from && (text == "в" || text == "во" || text == "on") {
			text = m.words[i-1].text
		}
		meets := text == "до" || text == "till" || text == "until" || i > from && meetWords[m.words[i-1].text] && !timeWord(&m.words[i-1], m)
		if !meets || m.anyOf(from, to, "book", "move", "cancel", "want", classService, classSpecialist) {
			return false
		}
		for k := from; k < to; k++ {
			w := &m.words[k]
			if !timeWord(w, m) && !meetWords[w.text] && !stopWords[w.text] && !m.anyOf(k, k+1, "thanks", "bye", "yes", "en_thanks", "en_yes", "tt_thanks", "hello") {
				return false
			}
		}
		m.cover(from, to-1)
		return true
	})
}

// elsewhere takes out terms of a question about something else: «нотариус может
// приехать домой?» asks for no appointment, «спина болит» names no massage.
func (m *message) elsewhere() {
	for _, t := range m.termsSaid[:min(len(m.termsSaid), maxAsides)] {
		i := m.wordAt(t.start)
		if i == len(m.words) || m.context.Expects != "" && m.words[i].vocab == m.context.Expects {
			continue
		}
		from, to := m.clause(i)
		switch {
		case t.partial && t.single && m.words[i].complaint:
		case m.within(i, Withdraw): // «отзываю согласие», whatever services are called
		case m.anyOf(from, to, "want", "book", "visit", "move", "cancel", "price", "howmuch", "cost", "when", "en_want", "en_price", "en_when", "tt_want", "tt_howmuch"):
			continue
		case m.answered(from, to):
		case t.single && m.question && (t.partial || t.guessed) && m.unexplained(from, to) >= 2, t.single && m.question && m.unexplained(from, to) >= 3:
		default:
			continue
		}
		m.commands = slices.DeleteFunc(m.commands, func(c Command) bool { return c.Start == t.start && m.aTerm(c) })
	}
}

// answered says whether a question of the clinic's list was found in the words.
func (m *message) answered(from, to int) bool {
	return slices.ContainsFunc(m.commands, func(c Command) bool {
		return c.Do == Ask && c.Start < m.end(to-1) && c.End > m.start(from)
	})
}

// within says whether the word belongs to a command of the kind.
func (m *message) within(i int, do string) bool {
	return slices.ContainsFunc(m.commands, func(c Command) bool { return c.Do == do && c.Start <= m.start(i) && m.end(i) <= c.End })
}

func (m *message) unexplained(from, to int) int {
	n := 0
	for i := from; i < to; i++ {
		if w := &m.words[i]; !w.covered && !stopWords[w.text] && !w.number {
			n++
		}
	}
	return n
}

// afterWork: where a clock time stands in the message, «после работы» in another
// clause tells when it hurts.
func (m *message) afterWork() {
	clock := slices.ContainsFunc(m.commands, func(c Command) bool {
		return c.Do == Set && c.Field == FieldTime && c.Time != nil && c.Time.Kind == "at"
	})
	if !clock {
		return
	}
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool {
		if c.Do != Set || c.Field != FieldTime || c.Dates != nil || c.Time == nil || c.Time.Kind == "at" {
			return false
		}
		from, to := m.clause(m.wordAt(c.Start))
		for i := from; i < to; i++ {
			if m.words[i].complaint {
				return true
			}
		}
		return false
	})
}
