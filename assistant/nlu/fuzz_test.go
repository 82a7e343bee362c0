package nlu

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// One fuzz test for each recogniser, beside FuzzRead that runs all of them: what may
// never come out, whatever goes in. The corpora are in testdata/fuzz.

func commandsOf(r *Reader, text string, expects, field Field) []Command {
	reading := r.Read(text, Context{Lang: "ru", Now: monday, Expects: expects})
	return slices.DeleteFunc(reading.Commands, func(c Command) bool { return c.Field != field })
}

// FuzzPhone: a phone is E.164 or none at all.
func FuzzPhone(f *testing.F) {
	r := reader(f)
	for _, text := range append([]string{"8 917 234-56-78", "восемь девятьсот семнадцать двести тридцать четыре", "+44 7700 900123", "8(9172)34 56-78 доб. 5", "плюс семь 917 2345678"}, phoneTraps...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range commandsOf(r, text, FieldPhone, FieldPhone) {
			digits, plus := strings.CutPrefix(c.Value, "+")
			if c.Value != "" && (!plus || len(digits) < 8 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0') {
				t.Fatalf("%q: phone %q", text, c.Value)
			}
		}
	})
}

// FuzzEmail: an address has one @, something on both sides, small letters, no space.
func FuzzEmail(f *testing.F) {
	r := reader(f)
	for _, text := range []string{"anna@example.ru", "анна собака яндекс точка ру", "A.B+c@EXAMPLE.com,", "почта: a_b @ mail . ru", "@@@", "a@b", "собака болеет точка"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range commandsOf(r, text, FieldEmail, FieldEmail) {
			local, domain, _ := strings.Cut(c.Value, "@")
			if local == "" || !strings.Contains(domain, ".") || strings.Contains(domain, "@") || strings.ContainsFunc(c.Value, unicode.IsSpace) || strings.ToLower(c.Value) != c.Value {
				t.Fatalf("%q: address %q", text, c.Value)
			}
		}
	})
}

// FuzzNames: a name has letters and no figures, and was written.
func FuzzNames(f *testing.F) {
	r := reader(f)
	for _, text := range []string{"меня зовут Айгөл", "Мея зовут кирилл", "Анна-Мария О’Нил", "иванов иван иванович, 89172345678", "запишите сына Тимура", "my nmae is Bob", "ФИО: Ли", "зовут", "я Я я"} {
		f.Add(text, true)
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text string, asked bool) {
		expects := Field("")
		if asked {
			expects = FieldName
		}
		for _, c := range commandsOf(r, text, expects, FieldName) {
			if c.Do != Set && c.Do != Correct {
				continue
			}
			if !strings.ContainsFunc(c.Value, unicode.IsLetter) || strings.ContainsFunc(c.Value, unicode.IsDigit) || c.Value != strings.TrimSpace(c.Value) {
				t.Fatalf("%q: name %q", text, c.Value)
			}
			if !strings.Contains(text, c.Quote) || c.Quote == "" {
				t.Fatalf("%q: name %q of %q", text, c.Value, c.Quote)
			}
		}
	})
}

// FuzzNumerals: a number is read from the tokens there are, and is none below zero.
func FuzzNumerals(f *testing.F) {
	for _, text := range []string{"двадцать пятого", "сто тысяч тысяч", "twenty-first", "ун биш", "999999999", "0000000000", "ноль ноль", "девятьсот девяносто девять"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tokens := token.Tokenize(text)
		for i := range tokens {
			n, ok := token.ReadNumeral(tokens[i:])
			if ok != (n.Tokens > 0) || n.Tokens > len(tokens)-i || n.Value < 0 {
				t.Fatalf("%q at %d: %+v, %v", text, i, n, ok)
			}
		}
	})
}

// FuzzLanguage: one of three, and the conversation's own where hardly anything is said.
func FuzzLanguage(f *testing.F) {
	r := reader(f)
	for _, text := range []string{"сәлам", "мина жомгага кирэк иде", "book me for pyatnica", "ghbdtn", "руддщ", "ок", "👍", "Ёё ӘӘ Zz"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, home := range []string{"ru", "tt", "en"} {
			got := r.Read(text, Context{Lang: home, Now: monday}).Lang
			if got != "ru" && got != "tt" && got != "en" {
				t.Fatalf("%q: %q", text, got)
			}
			if len(strings.Fields(text)) == 1 && utf8.RuneCountInString(text) < 3 && got != home {
				t.Fatalf("%q changes %s to %s", text, home, got)
			}
		}
	})
}

// FuzzMask: spans are in order, apart and of the text, and no figures of a telephone
// number beside a span are left over when it is taken out.
func FuzzMask(f *testing.F) {
	r := reader(f)
	for _, text := range []string{"паспорт 9205 123456", "СНИЛС 112-233-445 95", "карта 4276 1234 5678 9010", "г.р. 03.04.1961, ул. Баумана, д. 5", "8 917 234 56 78 и 89172345678", "a@b.ru@c.ru"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, s := range r.Spans(text) {
			if s.Start < last || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("%q: span %+v after %d", text, s, last)
			}
			last = s.End
			switch s.Kind {
			case KindPhone, KindCard, KindPassport, KindSNILS, KindINN, KindOMS, KindNumber:
				before, after := text[:s.Start], text[s.End:]
				if strings.HasSuffix(before, "0") && strings.HasPrefix(after, "0") {
					t.Fatalf("%q: a number is cut at %+v", text, s)
				}
			}
		}
	})
}

// FuzzYes: whatever is written with a plain no in it is no yes.
func FuzzYes(f *testing.F) {
	r := reader(f)
	for _, text := range []string{"нет", "согласен", "да", "на всё", "риза", "i agree", "ok", "верно"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) && c != ' ' }) || len(text) > 80 {
			return
		}
		for _, no := range []string{"нет не согласен " + text, "no i don't agree " + text, "юк риза түгел " + text} {
			got := r.Read(no, Context{Lang: "ru", Now: monday, Expects: ExpectConsent})
			if slices.ContainsFunc(got.Commands, func(c Command) bool { return c.Do == Affirm }) {
				t.Fatalf("%q is a yes: %+v", no, got.Commands)
			}
		}
	})
}
