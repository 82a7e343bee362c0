package nlu

import (
	"slices"
	"strings"

	"okoshko/assistant/nlu/token"
	"okoshko/assistant/nlu/when"
)

// data says the phones and addresses that the visitor gave.
func (m *message) data() {
	for _, s := range m.pii.spans {
		field := map[string]Field{KindPhone: FieldPhone, KindEmail: FieldEmail}[s.Kind]
		if field == "" {
			continue
		}
		c := Command{Do: Set, Field: field, Value: s.Value, Quote: m.text[s.Start:s.End], Start: s.Start, End: s.End}
		if m.context.Explain {
			c.Rule = "pii: " + s.Kind
		}
		m.commands = append(m.commands, c)
	}
	for i := range m.words { // «паспорт», «мой телефон» only announce the number
		for k := i - 1; m.words[i].personal && k >= max(0, i-3) && !m.words[k+1].stop; k-- {
			w := &m.words[k]
			for _, row := range hintWords {
				if row.text && w.text == row.stem || !row.text && strings.HasPrefix(w.text, row.stem) {
					w.covered, w.classes = true, set{}
				}
			}
		}
	}
}

// time lets package when read the tokens; personal data is one sign to it.
func (m *message) time() {
	tokens := m.putRight()
	hidden := m.hidden()
	if len(m.pii.spans) > 0 || m.number.value != "" {
		all := tokens
		tokens = make([]token.Token, 0, len(all))
		for i, t := range all {
			if !hidden(i) {
				tokens = append(tokens, t)
				continue
			}
			if i == 0 || !hidden(i-1) {
				tokens = append(tokens, token.Token{Start: t.Start, End: t.End, Text: "¤", Raw: t.Raw, Kind: token.Sign, Space: true})
			}
		}
	}
	readings := when.Read(tokens, when.Context{Lang: m.context.Lang, Now: m.context.Now, Hours: m.reader.hours, Asked: m.context.Expects == FieldTime})
	class := m.lexicon.ids[classTime]
	wanted := slices.ContainsFunc(readings, func(r when.Reading) bool { return !r.Negated })
	for _, r := range readings {
		if r.Start < 0 || r.End > len(m.text) || r.Start >= r.End {
			continue
		}
		parts := r.Parts
		if len(parts) == 0 {
			parts = [][2]int{{r.Start, r.End}}
		}
		for i := range m.words {
			for _, p := range parts {
				if m.start(i) < p[1] && m.end(i) > p[0] {
					m.words[i].classes.add(class)
					m.words[i].covered = true
				}
			}
		}
		if r.Negated && wanted && !r.Except {
			continue
		}
		c := Command{Do: Set, Field: FieldTime, Constraint: r.Constraint, Alternatives: r.Alternatives, Ask: r.Ask, Start: r.Start, End: r.End, Quote: m.text[r.Start:r.End]}
		if r.Negated {
			c.Do = Deny
		}
		if wanted && !r.Negated && slices.ContainsFunc(readings, func(o when.Reading) bool { return o.Negated && !o.Except }) {
			c.Do = Correct
		}
		if m.context.Explain {
			c.Rule = "when: " + r.Rule
		}
		m.commands = append(m.commands, c)
	}
}

// putRight gives the tokens with the words that were put right («не успиваю завтра»),
// except those that package when puts right itself, which knows the words of time.
func (m *message) putRight() []token.Token {
	tokens, fresh := m.tokens, false
	for i := range m.words {
		w := &m.words[i]
		if !w.repaired || w.classes.empty() {
			continue
		}
		if _, known := when.Known(m.tokens[w.from].Text); known || when.Near(m.tokens[w.from].Text) {
			continue
		}
		if !fresh {
			tokens, fresh = slices.Clone(tokens), true
		}
		tokens[w.from].Text = w.text
	}
	return tokens
}

// hidden tells which tokens package when must not see: personal data and the number of
// an appointment.
func (m *message) hidden() func(token int) bool {
	from, to := 0, 0
	if m.number.value != "" {
		from, to = m.words[m.number.from].from, m.words[m.number.to-1].to
	}
	return func(i int) bool { return m.pii.taken[i] || from <= i && i < to }
}

// terms finds the clinic's terms and tells the words which field they belong to.
func (m *message) terms() [][]candidate {
	groups := m.reader.vocabulary.find(m.words, m.context.Expects)
	kept := groups[:0]
	for _, g := range groups {
		best := g[0]
		if m.plainTalk(best) || m.likelyName(best) {
			continue
		}
		for _, i := range best.words {
			m.words[i].vocab = m.reader.vocabulary.terms[best.term].Field
		}
		kept = append(kept, g)
	}
	return kept
}

// likelyName holds for a misspelt specialist where the visitor was asked for the own name:
// names are many, and what is written rather is one of them.
func (m *message) likelyName(c candidate) bool {
	return m.context.Expects == FieldName && m.reader.vocabulary.terms[c.term].Field == FieldSpecialist &&
		slices.ContainsFunc(c.words, func(i int) bool { return m.words[i].unknown })
}

// plainTalk holds for a part of a name that is an everyday word of the command tables,
// or belongs to a time.
func (m *message) plainTalk(c candidate) bool {
	if m.answer(c) {
		return true
	}
	if c.full {
		return len(c.words) == 1 && m.words[c.words[0]].number
	}
	if m.context.Expects == m.reader.vocabulary.terms[c.term].Field && len(m.words) <= mostInAnswer && !m.numeric(c) {
		return false // what was asked for
	}
	for _, i := range c.words {
		w := &m.words[i]
		if !stopWords[w.text] && !w.number && !timeWord(w, m) {
			return false
		}
	}
	return true
}

// numeric holds for words that are figures or times.
func (m *message) numeric(c candidate) bool {
	return slices.ContainsFunc(c.words, func(i int) bool { return m.words[i].number || timeWord(&m.words[i], m) })
}

// answerClasses are the words with which consent is given or refused.
var answerClasses = []string{"agree", "consent", "yes", "en_yes", "en_agree", "en_consent", "tt_yes", "tt_consent"}

// answer holds for words of a term that answer yes or no: what was asked goes before
// what the clinic calls its services («Согласие на выезд»). Unasked, only forms that
// merely share a stem with the term's word are no term: «согласна».
func (m *message) answer(c candidate) bool {
	asked := m.yesNo()
	for _, i := range c.words {
		w := &m.words[i]
		classes := w.classes
		if classes.empty() && asked { // «согласиие» is near enough to a term to be left as it is
			classes = m.lexicon.classes(m.reader.spelling(w.text).text)
		}
		if !asked && m.reader.vocabulary.surface[w.text] || !slices.ContainsFunc(answerClasses, func(name string) bool { return classes.has(m.lexicon.ids[name]) }) {
			return false
		}
	}
	return asked || !c.full
}

// names finds persons and says the visitor's own name.
func (m *message) names(groups [][]candidate) {
	r := &nameReader{message: m, dictionary: m.reader.dictionary, kinds: make([]nameKind, len(m.words))}
	m.yieldNames(groups)
	r.read()
	said := false
	for _, n := range r.found {
		m.pii.spans = append(m.pii.spans, Span{Kind: KindName, Start: m.start(n.from), End: m.end(n.to - 1), Value: n.value})
		if n.own && !said {
			said = true
			m.say(Command{Do: Set, Field: FieldName, Value: n.value}, n.from, n.to-1, "name: "+n.rule)
		}
	}
}

// yieldNames frees words from the clinic's specialists where the visitor was asked for
// the own name and does not say «к …».
func (m *message) yieldNames(groups [][]candidate) {
	if m.context.Expects != FieldName {
		return
	}
	for _, g := range groups {
		if m.reader.vocabulary.terms[g[0].term].Field != FieldSpecialist {
			continue
		}
		first := g[0].words[0]
		if first > 0 && behind[m.words[first-1].text] {
			continue
		}
		for _, i := range g[0].words {
			m.words[i].vocab = ""
		}
	}
}

// setTerms says the clinic's terms that were named. A part of a name gives way to a
// whole one of the same field.
func (m *message) setTerms(groups [][]candidate) {
	whole := map[int]bool{} // terms that are named by a whole name or alias
	for _, g := range groups {
		for _, c := range g {
			whole[c.term] = whole[c.term] || c.full && !m.named(c)
		}
	}
	for n, g := range groups {
		best := g[0]
		if m.named(best) || n+1 < len(groups) && m.owned(best, groups[n+1][0]) {
			continue
		}
		t := m.reader.vocabulary.terms[best.term]
		class := m.lexicon.ids[map[Field]string{FieldService: classService, FieldSpecialist: classSpecialist, FieldBranch: classBranch}[t.Field]]
		for _, i := range best.words {
			m.words[i].classes.add(class)
			m.words[i].covered = true
		}
		if !best.full && t.Field != FieldSpecialist && slices.ContainsFunc(g, func(c candidate) bool { return whole[c.term] }) {
			continue
		}
		m.noteSlips(best)
		c := Command{Do: Set, Field: t.Field, Value: t.ID}
		for _, o := range g[1:] {
			if other := m.reader.vocabulary.terms[o.term].ID; m.equalFit(best, o) {
				c.Others = append(c.Others, other)
			}
		}
		m.say(c, best.words[0], best.words[len(best.words)-1], m.explainTerm(best))
		m.termsSaid = append(m.termsSaid, termWords{start: m.start(best.words[0]), partial: !best.full, guessed: best.guessed, single: len(best.words) == 1})
	}
}

// owned holds for «стрижка» of «стрижка бороды»: the service of the word behind it in
// the genitive is meant.
func (m *message) owned(c, next candidate) bool {
	terms := m.reader.vocabulary.terms
	i, k := c.words[len(c.words)-1], next.words[0]
	if len(c.words) > 1 || len(next.words) > 1 || k != i+1 || terms[c.term].Field != FieldService || terms[next.term].Field != FieldService {
		return false
	}
	w := &m.words[k]
	return !w.comma && !w.stop && (hasEnd(w.text, genitives) || hasEnd(w.text, genitivesToo) && !m.reader.vocabulary.surface[w.text])
}

// genitives are endings of Russian nouns in the genitive; the second list is of the
// nominative as well, which the clinic's own spelling tells.
var genitives, genitivesToo = []string{"ы", "и", "ов", "ев", "ей"}, []string{"а", "я"}

// equalFit says whether another term fits the same words nearly as well. A surname
// decides against a namesake by given name, a whole name against one of two in one.
func (m *message) equalFit(best, other candidate) bool {
	if best.full && other.joint {
		return false // «борода» is no wish for «Стрижка и борода»
	}
	return m.reader.vocabulary.terms[best.term].Field != FieldSpecialist || !best.parts[partSurname] || other.parts[partSurname]
}

func (m *message) named(c candidate) bool {
	for _, i := range c.words {
		if m.words[i].named {
			return true
		}
	}
	return false
}

// phrases reads the command tables and the alarms.
func (m *message) phrases() string {
	all := m.matches()
	fits := all[:0]
	alarms := map[string]int{}
	said := idioms(all)
	for _, f := range all {
		switch f.phrase.do {
		case alarmIdiom:
			continue
		case alarmEmergency, alarmSymptom, alarmQuestion, alarmWhatToDo, alarmCure:
			if !m.denied(f) && !said(f) {
				alarms[f.phrase.do] += 1
				m.alarmRule(f)
				for _, i := range f.words {
					m.words[i].covered = true
					m.words[i].complaint = m.words[i].complaint || f.phrase.do == alarmSymptom
				}
			}
			continue
		}
		if f.phrase.do == pseudoHours {
			if f.phrase.value != valueAlone || m.onlyHours(f.words) {
				m.hours = append(m.hours, f.words[0])
			}
			continue
		}
		if len(f.phrase.in) == 0 || slices.Contains(f.phrase.in, m.context.Expects) {
			fits = append(fits, f)
		}
	}
	slices.SortStableFunc(fits, func(a, b matched) int {
		if d := 2*len(b.words) - 3*b.guesses - 2*len(a.words) + 3*a.guesses; d != 0 {
			return d
		}
		if d := len(b.phrase.in) - len(a.phrase.in); d != 0 {
			return d
		}
		return a.phrase.order - b.phrase.order
	})
	used := make([]bool, len(m.words))
	for _, f := range fits {
		if slices.ContainsFunc(f.words, func(i int) bool { return used[i] }) || m.weak(f) || f.phrase.do == Deny && m.guessedNo(f) {
			continue
		}
		last := f.words[len(f.words)-1]
		for _, i := range f.words {
			w := &m.words[i]
			used[i] = !timeWord(w, m) && w.vocab == "" && !w.named
			w.covered = true
		}
		if f.phrase.do == Choose && m.counted(last) {
			continue
		}
		if f.phrase.do == "" || m.said(f.phrase.do, f.phrase.value) || f.phrase.do == Affirm && len(f.words) == 1 && m.aside(f.words[0]) {
			continue
		}
		c := Command{Do: f.phrase.do, Value: f.phrase.value}
		switch c.Value {
		case valueDraft:
			c.Draft, c.Value = true, ""
		case valueLate:
			c.Value, m.late = ValueAsked, true
		}
		m.say(c, f.words[0], last, m.explainMatch(f))
	}
	m.plainYes()
	return m.alarm(alarms)
}

// countedWords make the ordinal before them a count, no choice: «второй день болит».
var countedWords = wordSet("день дня сутки неделю неделя неделе недели месяц месяца год года раз этаж этаже ребенок ребенка класс day week month time floor child көн атна ай")

// counted holds for an ordinal that counts what stands behind it; where days were
// offered, «второй день» is one of them.
func (m *message) counted(last int) bool {
	if last+1 >= len(m.words) || m.words[last+1].stop || m.words[last+1].comma || len(m.context.Offered) > 0 {
		return false
	}
	return countedWords[m.words[last+1].text]
}

// weak holds for a phrase of which nothing is left once terms, times and names are
// taken out.
func (m *message) weak(f matched) bool {
	for _, i := range f.words {
		w := &m.words[i]
		if w.vocab == "" && !timeWord(w, m) && !w.named {
			return false
		}
	}
	return true
}

func (m *message) said(do, value string) bool {
	return slices.ContainsFunc(m.commands, func(c Command) bool { return c.Do == do && c.Value == value && c.Field == "" })
}

// aside holds for a word of agreement in the middle of a sentence («мастер точно
// опытный?») where no yes or no was asked for.
func (m *message) aside(i int) bool {
	if m.yesNo() || i == 0 {
		return false
	}
	w, before := &m.words[i], &m.words[i-1]
	return !w.stop && !w.comma && !before.personal && !before.named && !stopWords[before.text] || m.question
}

// denied says whether «не» or «нет» stands just before a complaint: «не болит».
func (m *message) denied(f matched) bool {
	for _, i := range f.words {
		if m.words[i].classes.has(m.lexicon.ids["a_not"]) {
			return false // the negation is part of the phrase: «не дышит»
		}
	}
	for _, i := range f.words {
		for k := i - 1; k >= max(0, i-2) && !m.words[k+1].stop && !m.words[k+1].comma; k-- {
			if m.words[k].classes.has(m.lexicon.ids["a_not"]) && (k == i-1 || !m.words[i-1].classes.has(m.lexicon.ids["a_hard"])) {
				return true
			}
		}
		if i+1 < len(m.words) && m.words[i+1].classes.has(m.lexicon.ids["a_not"]) && !m.words[i+1].comma && !m.words[i+1].stop && m.words[i].classes.has(m.lexicon.ids["a_pain"]) {
			return true
		}
	}
	return false
}

// alarm weighs what was found: a complaint alone, or with the wish to come, is none.
func (m *message) alarm(found map[string]int) string {
	wish := m.said(Book, "") || slices.ContainsFunc(m.commands, func(c Command) bool { return c.Do == Set && (c.Field == FieldService || c.Field == FieldSpecialist) })
	switch {
	case found[alarmEmergency] > 0:
		return AlarmEmergency
	case found[alarmCure] > 0:
		return AlarmSymptoms
	case found[alarmSymptom] == 0:
		return ""
	case found[alarmQuestion] > 0 || found[alarmWhatToDo] > 0 && !wish:
		return AlarmSymptoms
	case found[alarmSymptom] > 1 && !wish && m.onlySymptoms():
		return AlarmSymptoms
	}
	return ""
}

// onlySymptoms holds for a message that describes complaints and wants nothing.
func (m *message) onlySymptoms() bool {
	return !slices.ContainsFunc(m.commands, func(c Command) bool { return c.Do != Greet && c.Do != Deny && c.Do != Affirm && c.Field != FieldTime })
}

// anyField gives «любой» the field that it is about.
func (m *message) anyField() {
	for i := range m.commands {
		c := &m.commands[i]
		if c.Do != Set || c.Value != ValueAny || c.Field != "" {
			continue
		}
		switch m.context.Expects {
		case FieldSpecialist, FieldBranch, FieldTime, FieldService:
			c.Field = m.context.Expects
			switch from := m.wordAt(c.Start); {
			case c.Field != FieldBranch && m.about(from, "wherever"):
				c.Field = FieldBranch
			case m.about(from, "whenever"):
				c.Field = FieldTime
			}
		case FieldName, FieldPhone, FieldEmail, ExpectConfirm, ExpectConsent, ExpectPurpose:
			c.Do, c.Value = "", ""
		default:
			c.Field = FieldSpecialist
			switch from := m.wordAt(c.Start); {
			case m.about(from, "wherever"):
				c.Field = FieldBranch
			case m.about(from, "whenever"):
				c.Field = FieldTime
				if !m.anyOf(0, len(m.words), "book", "en_book", "tt_book", "want", "en_want", "tt_want", classService) {
					c.Do, c.Value = "", "" // «болит в любое время дня» wants none
				}
			}
		}
	}
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool { return c.Do == "" })
	chosen := slices.ContainsFunc(m.commands, func(c Command) bool { return (c.Do == Set || c.Do == Correct) && c.Field != "" && c.Value != ValueAny })
	if !chosen {
		return
	}
	m.commands = slices.DeleteFunc(m.commands, func(c Command) bool { // «любой терапевт»: the term stands, any is about whom
		return c.Value == ValueAny && slices.ContainsFunc(m.commands, func(o Command) bool { return o.Field == c.Field && o.Value != ValueAny })
	})
}

func (m *message) about(i int, class string) bool {
	for k := i; k < min(len(m.words), i+3); k++ {
		if m.words[k].classes.has(m.lexicon.ids[class]) {
			return true
		}
	}
	return false
}
