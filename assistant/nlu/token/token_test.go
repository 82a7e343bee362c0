package token

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// texts joins the folded tokens, with "_" where no space stood between two.
func texts(tokens []Token) string {
	var b strings.Builder
	for i, t := range tokens {
		switch {
		case i == 0:
		case t.Space:
			b.WriteByte(' ')
		default:
			b.WriteByte('_')
		}
		b.WriteString(t.Text)
	}
	return b.String()
}

func TestTokenize(t *testing.T) {
	tests := []struct{ why, text, want string }{
		{"words and signs", "Завтра, в 15:30!", "завтра_, в 15_:_30_!"},
		{"figures and letters part", "в 17ч10", "в 17_ч_10"},
		{"ё is е", "Ёлка её", "елка ее"},
		{"decomposed letters", "Се\u0308мка и\u0306", "семка й"},
		{"stress marks go", "за́втра", "завтра"},
		{"stretched letters", "завтрааа приветииик", "завтра приветик"},
		{"double letters stay", "суббота", "суббота"},
		{"one letter only stays", "www ааа", "www ааа"},
		{"latin inside a russian word", "зaвтpa Bтоpник", "завтра вторник"},
		{"cyrillic inside a latin word", "tomоrrow", "tomorrow"},
		{"lone latin letters among russian words", "c 10 дo 12 B среду", "с 10 до 12 в среду"},
		{"english stays english", "I am at home", "i am at home"},
		{"am stays am", "в 10 AM утра", "в 10 am утра"},
		{"latin schwa", "кəн иртəгə", "кән иртәгә"},
		{"apostrophes", "o’clock 'tis", "o'clock '_tis"},
		{"full width", "１５：３０ ｚａｖｔｒａ", "15_:_30 zavtra"},
		{"other figures", "٣ и ३", "3 и 3"},
		{"keycaps", "в 3️⃣", "в 3"},
		{"invisible characters", "зав\u200bтра\ufeff 1\u00ad5", "завтра 15"},
		{"dashes are one", "10–12 — 3−4", "10_-_12 - 3_-_4"},
		{"emoji are one sign", "👩‍⚕️ завтра 👍🏽", "👩‍⚕️ завтра 👍🏽"},
		{"tatar letters", "Җомгага сәгать ӨЧТӘ", "җомгага сәгать өчтә"},
		{"broken bytes", "a\xffb", "a_\xff_b"},
		{"nothing", " \u200b\n", ""},
	}
	for _, test := range tests {
		t.Run(test.why, func(t *testing.T) {
			if diff := cmp.Diff(test.want, texts(Tokenize(test.text))); diff != "" {
				t.Errorf("%q (-want +got)\n%s", test.text, diff)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	var kinds []string
	for _, tok := range Tokenize("в 15 ч, 👍") {
		kinds = append(kinds, tok.Kind.String())
	}
	want := []string{"word", "number", "word", "sign", "sign"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestQuote(t *testing.T) {
	tokens := Tokenize("ну, в  среду\tв 3")
	if got := Quote(tokens[2], tokens[3]); got != "в  среду" {
		t.Errorf("got %q", got)
	}
	if got := Quote(tokens[3], tokens[2]); got != "" {
		t.Errorf("backwards: got %q", got)
	}
}

func TestReadNumeral(t *testing.T) {
	tests := []struct {
		text    string
		value   int
		tokens  int
		ordinal bool
	}{
		{"пять", 5, 1, false},
		{"двадцать пять", 25, 2, false},
		{"двадцать пятого", 25, 2, true},
		{"семь тридцать", 7, 1, false},
		{"девять ноль пять", 9, 1, false},
		{"ноль пять", 0, 1, false},
		{"третьего", 3, 1, true},
		{"сорока двух", 42, 2, false},
		{"сто двадцать три", 123, 3, false},
		{"две тысячи двадцать шестого", 2026, 4, true},
		{"тысяча девятьсот", 1900, 2, false},
		{"девятьсот семнадцать", 917, 2, false},
		{"пятнадцатью", 15, 1, false},
		{"шестидесяти", 60, 1, false},
		{"пятого двадцать", 5, 1, true},
		{"twenty-first", 21, 3, true},
		{"twenty first", 21, 2, true},
		{"thirty five", 35, 2, false},
		{"five thirty", 5, 1, false},
		{"егерме биш", 25, 2, false},
		{"ун биш", 15, 2, false},
		{"унбиштә", 15, 1, false},
		{"егерме җиденче", 27, 2, true},
		{"өчтә", 3, 1, false},
		{"очтэ", 3, 1, false},
		{"25", 25, 1, false},
		{"07", 7, 1, false},
		{"двадцать five", 20, 1, false},
	}
	for _, test := range tests {
		got, ok := ReadNumeral(Tokenize(test.text))
		if !ok || got.Value != test.value || got.Tokens != test.tokens || got.Ordinal != test.ordinal {
			t.Errorf("%q: got %+v, %v", test.text, got, ok)
		}
	}
	for _, text := range []string{"", "среда", "1234567890", "-5"} {
		if got, ok := ReadNumeral(Tokenize(text)); ok {
			t.Errorf("%q: got %+v, want none", text, got)
		}
	}
}

// checkTokens holds for any text: tokens are in order, within the text, apart, and
// nothing visible is left out.
func checkTokens(t interface{ Fatalf(string, ...any) }, text string) {
	end := 0
	for _, tok := range Tokenize(text) {
		if tok.Start < end || tok.End <= tok.Start || tok.End > len(text) {
			t.Fatalf("%q: token at %d:%d after %d", text, tok.Start, tok.End, end)
		}
		if tok.Raw != text[tok.Start:tok.End] {
			t.Fatalf("%q: raw %q", text, tok.Raw)
		}
		if tok.Kind == Number && strings.Trim(tok.Text, "0123456789") != "" {
			t.Fatalf("%q: number %q", text, tok.Text)
		}
		for i := end; i < tok.Start; {
			r, size := utf8.DecodeRuneInString(text[i:])
			if c := classOf(r); c == classLetter || c == classDigit || c == classSign {
				t.Fatalf("%q: %q is left out", text, r)
			}
			i += size
		}
		end = tok.End
	}
}

func FuzzTokenize(f *testing.F) {
	for _, text := range []string{"Завтра в 15:30", "о’clock зaвтpa", "👩‍⚕️3️⃣ ٣", "a\xff\u0308\u200d'ёёё", "Їǅ ß ﬁ"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkTokens(t, text) })
}

// TestLong reads long runs of one character.
func TestLong(t *testing.T) {
	for _, piece := range []string{"а", "e\u0301", "👍🏽\u200d", "1", "c о", "'", "ﷺ"} {
		text := strings.Repeat(piece, 30_000/len(piece))
		start := time.Now()
		checkTokens(t, text)
		if took := time.Since(start); took > 10*time.Second { // some milliseconds; this only catches a runaway
			t.Errorf("%q: %v", piece, took)
		}
	}
}

func BenchmarkTokenize(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Tokenize("Здравствуйте! Можно записаться к стоматологу на завтра? Часов на 11, если есть")
	}
}
