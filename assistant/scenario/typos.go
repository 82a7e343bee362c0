package scenario

import (
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"strings"
	"unicode"
)

// lettersASlip is how many letters of a long enough word carry one slip; short
// words and protected ones carry none, which makes one in 12 to 15 letters of
// the messages that visitors write.
const lettersASlip = 9.5

// shortest is the least letters of a word that slips. A slip in a shorter one
// makes another word («да», «на») or is seen and mended before it is sent.
const shortest = 4

// Typos returns what the fingers of one visitor make of a message: neighbour
// keys, swapped, dropped and doubled letters, letters written as they sound, a
// lost ё, ь or Tatar letter, lower case, lost commas. The same seed and text give
// the same slips, and a word is misspelt in the same way wherever it stands, as
// far as letter case goes.
//
// Digits, times and numbers in words, phones, addresses of mail and sites stay as
// they are, and so does the first letter of every word. Use it as [Options].Typos;
// where names are judged, play what [Scenario.Mistyped] returns.
func Typos(seed uint64) func(text string) string {
	return func(text string) string {
		r := source(seed, text)
		if r.Float64() < 1.0/3 {
			text = loosePunctuation(text)
		}
		lower := r.Float64() < 1.0/3
		var b strings.Builder
		for _, piece := range pieces(text) {
			if !unicode.IsLetter(firstRune(piece)) || kept(piece) {
				b.WriteString(piece)
				continue
			}
			b.WriteString(words.ReplaceAllStringFunc(piece, func(w string) string { return slip(seed, w) }))
		}
		if lower {
			return strings.ToLower(b.String())
		}
		return b.String()
	}
}

// Mistyped is the scenario as it must end when the visitor's fingers slip: what
// was written is the name they go by.
func (s Scenario) Mistyped(seed uint64) Scenario {
	if want := s.Outcome.Appointment; want != nil {
		a := *want
		a.Name = words.ReplaceAllStringFunc(a.Name, func(w string) string { return slip(seed, w) })
		s.Outcome.Appointment = &a
	}
	return s
}

var (
	words = regexp.MustCompile(`\p{L}+`)
	// comma is punctuation between words and at their end, none between figures.
	comma = regexp.MustCompile(`(\p{L})[,.!?;]+(\s|$)`)
	// spoken are numbers in words, of times, dates and phones: ru, en, tt.
	spoken = regexp.MustCompile(`^(?:` + strings.Join([]string{
		`нол\p{L}*|од(?:ин|на|но|ного|ну)|дв[аеу]\p{L}{0,2}|двух|тр(?:и|ех|ёх|ём|ем)|трет\p{L}*|четыр\p{L}*|четверт\p{L}*|пят(?!ниц)\p{L}*`,
		`шест\p{L}*|сем[ьи]|восем\p{L}*|восьм\p{L}*|девят\p{L}*|десят\p{L}*|\p{L}+надцат\p{L}*|двадцат\p{L}*|тридцат\p{L}*|сорок\p{L}*`,
		`\p{L}+десят|девяност\p{L}*|сто|двести|триста|\p{L}+ста|\p{L}+сот|пол\p{L}*|половин\p{L}*`,
		`half|quarter|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight`,
		`бер\p{L}{0,2}|ике\p{L}*|өч\p{L}*|дүрт\p{L}*|биш\p{L}*|алты\p{L}*|җиде\p{L}*|сигез\p{L}*|тугыз\p{L}*|ун\p{L}{0,3}|ярты\p{L}*`,
	}, "|") + `)$`)
)
