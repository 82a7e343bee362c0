package nlu

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"okoshko/assistant/nlu/token"
)

// slips gives every text that one slip of the finger makes of it: a letter left out,
// doubled, swapped with the next, a key beside or above, a letter heard alike.
func slips(text string) (all []string) {
	letters := []rune(text)
	for i, r := range letters {
		if !unicode.IsLetter(r) {
			continue
		}
		put := func(with ...rune) {
			one := slices.Concat(letters[:i], with, letters[i+1:])
			if s := string(one); s != text && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
		put()
		put(r, r)
		if i+1 < len(letters) && unicode.IsLetter(letters[i+1]) {
			all = append(all, string(slices.Concat(letters[:i], []rune{letters[i+1], r}, letters[i+2:])))
		}
		for _, other := range "абвгдежзийклмнопрстуфхцчшщъыьэюяәөүҗңһabcdefghijklmnopqrstuvwxyz" {
			if p := token.Price(token.Letter(r), token.Letter(other)); p > 0 && p < token.PriceStrange {
				put(other)
			}
		}
	}
	return all
}

// noes are ways to say no to a consent or a summary.
var noes = map[string]string{
	"ru": `нет|не согласен|не согласна|нет, не согласна|не надо|ненадо|несогласен|не даю согласия|не хочу|не хочу давать согласие|неверно|не верно|неправильно|не правильно|
		нет спасибо|нет, неправильно|не подходит|не так|против|я против|отказываюсь|не разрешаю|я не согласен|нет не надо|ни в коем случае|всё неверно|это не то|ничего не надо|не подтверждаю|не принимаю|
		не записывайте|не то время|согласия не даю|нет я не согласна|пока не согласен`,
	"en": `no|nope|no thanks|not agree|i don't agree|i dont agree|i do not agree|disagree|i disagree|never|not correct|that's wrong|wrong|incorrect|no way|not ok|not right|i refuse|do not book|don't book it|i won't agree`,
	"tt": `юк|риза түгел|юк, риза түгел|риза тугел|кирәкми|теләмим|бирмим|дөрес түгел|юк рәхмәт|мин риза түгел|ризалык бирмим|каршы|юк кирәкми`,
}

// TestNoStaysNo holds that no single slip makes a yes of a no.
func TestNoStaysNo(t *testing.T) {
	r := reader(t)
	all, denied := 0, 0
	for lang, list := range noes {
		for no := range strings.SplitSeq(list, "|") {
			no = strings.TrimSpace(no)
			for _, expects := range []Field{ExpectConsent, ExpectConfirm, ExpectPurpose} {
				for _, text := range append(slips(no), no) {
					got := r.Read(text, Context{Lang: lang, Now: monday, Expects: expects})
					has := func(do string) bool {
						return slices.ContainsFunc(got.Commands, func(c Command) bool { return c.Do == do && c.Field == "" })
					}
					if has(Affirm) {
						t.Errorf("%q (of %q) where %s was asked is a yes", text, no, expects)
					}
					if text == no && !has(Deny) && !has(Cancel) {
						t.Errorf("%q where %s was asked is no no: %+v", no, expects, got.Commands)
					}
					all++
					if has(Deny) || has(Cancel) {
						denied++
					}
				}
			}
		}
	}
	t.Logf("%d spellings of a no: %.1f %% read as no, the others asked again", all, 100*float64(denied)/float64(all))
}

// leastYes is how many of a hundred misspelt yesses are one: the others are too near a
// no, or too short, and are asked again.
const leastYes = 97.0

// yesses are ways to say yes to the same.
var yesses = map[string]string{
	"ru": `согласен|согласна|да, согласен|подтверждаю|всё верно|да, всё правильно|верно|правильно|конечно|хорошо|я согласна|даю согласие|разрешаю|да, записывайте|подходит|да конечно`,
	"en": `yes|yeah|sure|i agree|agree|agreed|correct|of course|yes please|sounds good|confirm|all right|i accept`,
	"tt": `риза|ризамын|әйе|әйе, риза|мин риза|дөрес|килешәм|ризалык бирәм|әйе дөрес|ярый`,
}

// TestYesWithSlip measures how many slips in a yes leave it one, and holds that none
// makes a no or worse of it.
func TestYesWithSlip(t *testing.T) {
	r := reader(t)
	all, affirmed := 0, 0
	for lang, list := range yesses {
		for yes := range strings.SplitSeq(list, "|") {
			for _, expects := range []Field{ExpectConsent, ExpectConfirm, ExpectPurpose} {
				for _, text := range append(slips(yes), yes) {
					got := r.Read(text, Context{Lang: lang, Now: monday, Expects: expects})
					yes := slices.ContainsFunc(got.Commands, func(c Command) bool { return c.Do == Affirm })
					for _, c := range got.Commands {
						if c.Do == Deny || c.Do == Erase || c.Do == Withdraw || c.Do == Cancel {
							t.Errorf("%q where %s was asked: %s", text, expects, c.Do)
						}
					}
					all++
					if yes {
						affirmed++
					}
				}
			}
		}
	}
	share := 100 * float64(affirmed) / float64(all)
	t.Logf("%d spellings of a yes: %.1f %% read as yes", all, share)
	if share < leastYes {
		t.Errorf("%.1f %%, expected at least %.1f", share, leastYes)
	}
}
