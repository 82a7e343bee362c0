package nlu

import (
	"slices"

	"okoshko/assistant/nlu/token"
)

// appointmentRef is the number of an appointment that the message names.
type appointmentRef struct {
	value    string // «A-1042», "" where none is named
	from, to int    // words, to excluded
}

// appointmentWords stand before the number of an appointment: «запись 1042».
var appointmentWords = wordSet("запись записи записью записей визит визита бронь брони броню прием приема приему заявка заявку заявки appointment booking reservation язылу язылуны язылуымны")

// numberWords may stand between.
var numberWords = wordSet("номер номером номера no number nr №")

// numberLetters are the letter of all numbers, as both alphabets have it.
var numberLetters = wordSet("а a")

// appointmentNumber finds «A-1042», «а1042» and «запись 1042» before times are read, so
// that the figures are neither an hour nor a day.
func (m *message) appointmentNumber() {
	for i := range m.words {
		w := &m.words[i]
		if !w.number || len(w.text) < 4 || len(w.text) > 7 || w.text[0] == '0' {
			continue
		}
		from, ok := m.lettered(i)
		if !ok {
			from, ok = m.announced(i)
		}
		if !ok {
			continue
		}
		m.number = appointmentRef{value: "A-" + w.text, from: from, to: i + 1}
		m.cover(from, i)
		for k := from; k <= i; k++ {
			if m.words[k].number || numberLetters[m.words[k].text] {
				m.words[k].classes, m.words[k].reference = set{}, true
			}
		}
		return
	}
}

// lettered holds for a number right behind its letter: no space, or a hyphen.
func (m *message) lettered(i int) (from int, ok bool) {
	if i == 0 || !numberLetters[m.words[i-1].text] || m.words[i-1].personal {
		return 0, false
	}
	letter := m.words[i-1].from
	for _, t := range m.tokens[letter+1 : m.words[i].from+1] {
		if t.Kind == token.Sign && t.Text != "-" && t.Text != "№" || t.Space {
			return 0, false
		}
	}
	return i - 1, true
}

// announced holds for a number behind a word for an appointment. What follows must not
// make it an amount or an hour.
func (m *message) announced(i int) (from int, ok bool) {
	from = i
	for from > 0 && numberWords[m.words[from-1].text] {
		from--
	}
	if from == 0 || !appointmentWords[m.words[from-1].text] || m.words[i].stop {
		return 0, false
	}
	if text := m.words[i].text; from == i && len(text) == 4 && text < "2400" && text[2] < '6' && (text[3] == '0' || text[3] == '5') &&
		!m.anyOf(0, len(m.words), "move", "cancel", "en_move", "en_cancel", "tt_move", "tt_delete") {
		return 0, false // «запись 1530» may be half past three
	}
	next := m.words[i].to
	if next < len(m.tokens) && !m.tokens[next].Space && (m.tokens[next].Text == ":" || m.tokens[next].Text == "." && next+1 < len(m.tokens) && m.tokens[next+1].Kind == token.Number) {
		return 0, false
	}
	return from, true
}

// refer gives the number to the command that is about an appointment, or makes one.
func (m *message) refer() {
	if m.number.value == "" {
		return
	}
	about := []string{Move, Cancel, Show}
	found := false
	for i := range m.commands {
		if c := &m.commands[i]; slices.Contains(about, c.Do) && c.Value == "" && !c.Draft {
			c.Value, found = m.number.value, true
		}
	}
	if found {
		return
	}
	do := Show
	if m.context.Expects == ExpectWhich {
		do = Choose
	}
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool { return c.Do == Book })
	m.say(Command{Do: do, Value: m.number.value}, m.number.from, m.number.to-1, "number of an appointment")
}
