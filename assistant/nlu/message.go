package nlu

import (
	"okoshko/assistant/nlu/token"
)

// word is a word or number of a message with what is known about it.
type word struct {
	from, to  int    // tokens, to excluded
	text      string // folded, typing errors put right
	stem      string
	also      string // stem of another word that a misspelt one may be
	classes   set
	likely    set    // classes of words that it is one slip from, see likely.go
	loose     set    // what an unknown word may mean where others speak of an alarm
	guess     guess  // the known word that a misspelt one was taken for
	written   string // the word before it was put right, where it is unknown
	unknown   bool   // no table holds it as it was written
	stop      bool   // a sentence begins with it
	comma     bool   // a comma, dash or bracket stands before it
	hyphen    bool   // joined to the word before
	number    bool
	personal  bool // stands for a span of personal data
	repaired  bool // text is a guess
	covered   bool
	vocab     Field // of the clinic's term that it belongs to
	complaint bool  // tells what hurts
	named     bool  // belongs to a person's name
	reference bool  // belongs to the number of an appointment
}

// message is one text on its way through the readers.
type message struct {
	text      string
	tokens    []token.Token
	words     []word
	context   Context
	reader    *Reader
	lexicon   *lexicon
	pii       *pii
	commands  []Command
	alarmRows []string // the rules of alarm, with Context.Explain
	question  bool     // has a question mark
	termsSaid []termWords
	late      bool  // a person is called only because the visitor is late
	hours     []int // words of questions about the house's own hours
	number    appointmentRef
}

// cut makes words of the tokens; each span of personal data becomes one word.
func (m *message) cut() {
	m.words = make([]word, 0, len(m.tokens))
	personal := m.lexicon.ids[classPersonal]
	stop, comma, hyphen := true, false, false
	for i := 0; i < len(m.tokens); i++ {
		t := m.tokens[i]
		if m.pii.taken[i] {
			w := word{from: i, to: i + 1, personal: true, covered: true, stop: stop && len(m.words) > 0, comma: comma}
			for w.to < len(m.tokens) && m.pii.taken[w.to] {
				w.to++
			}
			w.classes.add(personal)
			m.words = append(m.words, w)
			i = w.to - 1
			stop, comma, hyphen = false, false, false
			continue
		}
		if t.Kind == token.Sign {
			switch t.Text {
			case ".", "!", ";":
				stop = stop || !initial(m.tokens, i)
			case "?":
				stop, m.question = true, true
			case "-":
				hyphen = !t.Space && i+1 < len(m.tokens) && !m.tokens[i+1].Space
				comma = comma || !hyphen
			default:
				comma = true
			}
			continue
		}
		w := word{from: i, to: i + 1, text: t.Text, stop: stop && len(m.words) > 0, comma: comma, hyphen: hyphen, number: t.Kind == token.Number}
		if !w.number {
			w.classes = m.lexicon.classes(t.Text)
			w.stem = stem(t.Text)
		}
		m.words = append(m.words, w)
		stop, comma, hyphen = false, false, false
	}
}

// initial holds for the dot behind a single letter: «Иванов И. П.».
func initial(tokens []token.Token, dot int) bool {
	return dot > 0 && tokens[dot-1].Kind == token.Word && len([]rune(tokens[dot-1].Text)) == 1 && capital(tokens[dot-1].Raw)
}

// raw is the word as written.
func (m *message) raw(i int) string {
	return m.text[m.tokens[m.words[i].from].Start:m.tokens[m.words[i].to-1].End]
}

func (m *message) start(i int) int { return m.tokens[m.words[i].from].Start }
func (m *message) end(i int) int   { return m.tokens[m.words[i].to-1].End }

// say adds a command on the words from…to (included).
func (m *message) say(c Command, from, to int, rule string) {
	c.Start, c.End = m.start(from), m.end(to)
	c.Quote = m.text[c.Start:c.End]
	if m.context.Explain {
		c.Rule = m.explain(rule, from, to)
	}
	m.commands = append(m.commands, c)
}

func (m *message) cover(from, to int) {
	for i := from; i <= to; i++ {
		m.words[i].covered = true
	}
}

// wordAt gives the index of the first word that ends after the byte, len(words) where
// none does.
func (m *message) wordAt(at int) int {
	for i := range m.words {
		if m.end(i) > at {
			return i
		}
	}
	return len(m.words)
}
