package nlu

import (
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
)

// stem cuts the ending of a folded word, by the Russian or the English algorithm.
func stem(word string) string {
	if len(word) < 4 || len(word) > 64 {
		return word
	}
	env := snowballstem.NewEnv(word)
	if word[0] < utf8.RuneSelf {
		english.Stem(env)
	} else {
		russian.Stem(env)
	}
	if utf8.RuneCountInString(env.Current()) < 3 { // «Алиев» is not «алу»
		return word
	}
	return env.Current()
}

// diminutives are suffixes of small things: «зубик», «ноготочки», «причёсочка».
var diminutives = []string{"оньк", "еньк", "ушк", "юшк", "ышк", "ишк", "очк", "ечк", "чик", "ичк", "ик", "ек", "ок", "к"}

// root brings a stem and its diminutives together: the suffix off, the last vowel
// before the last consonant out, ч and ц as к. It is a key, no word.
func root(stem string) string {
	r := stem
	for range 2 {
		for _, suffix := range diminutives {
			if cut, ok := strings.CutSuffix(r, suffix); ok && utf8.RuneCountInString(cut) >= 3 {
				r = cut
				break
			}
		}
	}
	runes := []rune(r)
	n := len(runes)
	if n >= 5 && (runes[n-2] == 'о' || runes[n-2] == 'е') && !vowels[runes[n-1]] && !vowels[runes[n-3]] {
		runes = append(runes[:n-2], runes[n-1])
		n--
	}
	if n == 0 {
		return stem
	}
	switch runes[n-1] {
	case 'ч', 'ц':
		runes[n-1] = 'к'
	case 'ж':
		runes[n-1] = 'г'
	}
	return string(runes)
}

// tatarCases are case endings that Tatar puts even on Russian words: «терапевтка».
var tatarCases = []string{"ларга", "ләргә", "лэргэ", "сына", "сенә", "сенэ", "ында", "ендә", "дан", "дән", "тан", "тән", "нан", "нән", "дэн", "тэн", "ның", "нең", "нын", "нен", "га", "гә", "гэ", "ка", "кә", "кэ", "да", "дә", "дэ", "та", "тә", "тэ", "ны", "не", "сы", "се", "сын", "сен", "ын", "ен", "на", "нә", "нэ", "ына", "енә", "ы", "е"}

// tatarVerbs are endings of wishes and requests: «төзәтергә», «алдырырга», «кисегез».
var tatarVerbs = []string{"ергә", "ырга", "ергэ", "эргэ", "егез", "ыгыз", "ербез", "ырбыз", "әсе", "асы", "ик", "ыйк", "им", "ыйм"}

// bare gives the word without a Tatar case ending; try says what to do with each try
// and ends the search by true.
func withoutCase(word string, try func(string) bool) {
	for _, end := range tatarCases {
		if cut, ok := strings.CutSuffix(word, end); ok && utf8.RuneCountInString(cut) >= 3 && try(cut) {
			return
		}
	}
}
