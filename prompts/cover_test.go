package prompts

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// The clinic's own answers, in its three languages.
var coverEntries = map[string][]ModelEntry{
	"ru": {
		{"0", "Два адреса: ул. Баумана, 1 (метро «Кремлёвская») и ул. Декабристов, 85. Парковка есть на Декабристов. Заезд со двора, шлагбаум откроет охрана."},
		{"1", "Стоматолог принимает детей с 3 лет, терапевт — с 18. Возьмите полис и свидетельство о рождении. Родители могут быть в кабинете, но не оба сразу."},
		{"2", "Оплата картой, наличными и по СБП. Рассрочки нет. Чек даём всегда. Приём терапевта — 1500 ₽; повторный в течение 10 дней — 750 ₽. Скидка 10,5 % пенсионерам."},
		{"3", "Перед УЗИ не ешьте 8 часов. Воду пить можно. Ахметова принимает по чётным дням, Иванов по нечётным."},
		{"4", "Парковка бесплатная. В выходные она платная. Для велосипедов есть стойка."},
	},
	"tt": {
		{"0", "Безнең ике адрес бар: Бауман ур., 1 һәм Декабристлар ур., 85. Машина кую урыны Декабристларда. Ишегалды ягыннан керегез."},
		{"1", "Стоматолог балаларны 3 яшьтән кабул итә. Терапевт балаларны кабул итми. Полис алып килегез."},
	},
	"en": {
		{"0", "Two addresses: 1 Bauman St. (Kremlyovskaya metro) and 85 Dekabristov Street. Parking is at Dekabristov. Enter from the yard."},
		{"1", "The dentist sees children from 3, the GP from 18. Bring the insurance card. We don't accept cheques."},
	},
}

type coverCase struct {
	name, lang string
	say        []string // entry id and text, in turn
	want       string   // "": refused
}

// TestCovered: what the model may make of an answer, and what it may not.
func TestCovered(t *testing.T) {
	for _, c := range []coverCase{
		{"one sentence", "ru", []string{"0", "Парковка есть на Декабристов."}, "Парковка есть на Декабристов."},
		{"without the signs, in capitals", "ru", []string{"0", "ПАРКОВКА ЕСТЬ НА ДЕКАБРИСТОВ"}, "Парковка есть на Декабристов."},
		{"ё written as е", "ru", []string{"0", "Два адреса: ул. Баумана, 1 (метро «Кремлевская») и ул. Декабристов, 85."}, "Два адреса: ул. Баумана, 1 (метро «Кремлёвская») и ул. Декабристов, 85."},
		{"two that follow one another, in one", "ru", []string{"0", "Парковка есть на Декабристов. Заезд со двора, шлагбаум откроет охрана."}, "Парковка есть на Декабристов. Заезд со двора, шлагбаум откроет охрана."},
		{"two apart", "ru", []string{"0", "Заезд со двора, шлагбаум откроет охрана", "0", "Парковка есть на Декабристов"}, "Парковка есть на Декабристов. Заезд со двора, шлагбаум откроет охрана."},
		{"a sentence that says no", "ru", []string{"2", "Рассрочки нет."}, "Рассрочки нет."},
		{"up to a semicolon", "ru", []string{"2", "Приём терапевта — 1500 ₽"}, "Приём терапевта — 1500 ₽"},
		{"Tatar", "tt", []string{"0", "Машина кую урыны Декабристларда"}, "Машина кую урыны Декабристларда."},
		{"Tatar that says no", "tt", []string{"1", "терапевт балаларны кабул итми"}, "Терапевт балаларны кабул итми."},
		{"English", "en", []string{"0", "parking is at Dekabristov"}, "Parking is at Dekabristov."},
		{"the whole entry", "en", []string{"1", coverEntries["en"][1].Text}, coverEntries["en"][1].Text},

		{"a changed number", "ru", []string{"1", "Стоматолог принимает детей с 2 лет, терапевт — с 18."}, ""},
		{"a changed price", "ru", []string{"2", "Приём терапевта — 150 ₽"}, ""},
		{"a moved comma", "ru", []string{"2", "Скидка 1,05 % пенсионерам."}, ""},
		{"a lost comma", "ru", []string{"2", "Скидка 105 % пенсионерам."}, ""},
		{"a split number", "ru", []string{"2", "Скидка 10 5 % пенсионерам."}, ""},
		{"another currency", "ru", []string{"2", "Приём терапевта — 1500 $; повторный в течение 10 дней — 750 $."}, ""},
		{"a minus", "ru", []string{"1", "Стоматолог принимает детей с -3 лет, терапевт — с 18."}, ""},
		{"a number in words", "ru", []string{"0", "Дом восемьдесят пять по Декабристов"}, ""},
		{"не dropped", "ru", []string{"3", "Перед УЗИ ешьте 8 часов."}, ""},
		{"не added", "ru", []string{"3", "Воду пить не можно."}, ""},
		{"нет dropped", "ru", []string{"2", "Рассрочки"}, ""},
		{"names swapped", "ru", []string{"3", "Иванов принимает по чётным дням, Ахметова по нечётным."}, ""},
		{"name changed", "ru", []string{"3", "Ахмедова принимает по чётным дням, Иванов по нечётным."}, ""},
		{"half of a sentence that is no longer true", "ru", []string{"1", "Стоматолог принимает детей с 18."}, ""},
		{"the first half of a sentence", "ru", []string{"1", "Стоматолог принимает детей с 3 лет"}, ""},
		{"a restriction left out", "ru", []string{"1", "Родители могут быть в кабинете"}, ""},
		{"a limit behind left out", "ru", []string{"4", "Парковка бесплатная."}, ""},
		{"a number behind left out", "ru", []string{"2", "Чек даём всегда."}, ""},
		{"«она» without what it is", "ru", []string{"4", "В выходные она платная."}, ""},
		{"a promise added", "ru", []string{"0", "Парковка есть на Декабристов и бесплатна."}, ""},
		{"a promise of its own", "ru", []string{"2", "Оплата картой, наличными и по СБП.", "2", "Мы дадим вам скидку."}, ""},
		{"words from two entries", "ru", []string{"0", "Парковка бесплатная."}, ""},
		{"another entry's content", "ru", []string{"0", "Рассрочки нет."}, ""},
		{"two clauses with one between them", "ru", []string{"0", "Два адреса: ул. Баумана, 1 (метро «Кремлёвская») и ул. Декабристов, 85. Заезд со двора, шлагбаум откроет охрана."}, ""},
		{"in another order", "ru", []string{"0", "Есть парковка на Декабристов."}, ""},
		{"other words for it", "ru", []string{"0", "Машину можно оставить на Декабристов."}, ""},
		{"other language", "ru", []string{"0", "Parking is at Dekabristov."}, ""},
		{"look-alike letters", "ru", []string{"0", "Пaрковка есть на Декабристов."}, ""},
		{"invisible letters", "ru", []string{"0", "Пар\u200bковка есть на Декабристов."}, ""},
		{"nothing but signs", "ru", []string{"0", "…"}, ""},
		{"an entry that was not given", "ru", []string{"7", "Парковка есть на Декабристов."}, ""},
		{"Tatar no dropped", "tt", []string{"1", "Терапевт балаларны кабул итә."}, ""},
		{"Tatar limit left out", "tt", []string{"1", "Стоматолог балаларны 3 яшьтән кабул итә."}, ""},
		{"Tatar in Russian", "tt", []string{"0", "Парковка на Декабристов."}, ""},
		{"English no dropped", "en", []string{"1", "We accept cheques."}, ""},
		{"English contraction undone", "en", []string{"1", "We do accept cheques."}, ""},
		{"English name swapped", "en", []string{"1", "The GP sees children from 3, the dentist from 18."}, ""},
	} {
		t.Run(c.lang+"/"+c.name, func(t *testing.T) {
			got, err := ModelFAQAnswer(sentences(c.say), coverEntries[c.lang])
			switch {
			case c.want == "" && (err == nil || got != nil):
				t.Errorf("taken: %q", got)
			case c.want == "" && !errors.Is(err, ErrModelUncovered) && !errors.Is(err, ErrModelAnswer):
				t.Errorf("error %v", err)
			case c.want == "":
				for _, word := range strings.Fields(c.say[1]) {
					if utf8.RuneCountInString(word) > 5 && strings.Contains(err.Error(), word) {
						t.Errorf("the error repeats the answer: %v", err)
					}
				}
			case err != nil:
				t.Error(err)
			default:
				if diff := cmp.Diff(map[string]string{c.say[0]: c.want}, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	two, err := ModelFAQAnswer(sentences([]string{"0", "Парковка есть на Декабристов.", "2", "Рассрочки нет."}), coverEntries["ru"])
	if err != nil || len(two) != 2 {
		t.Errorf("two entries: %q, %v", two, err)
	}
}

func sentences(say []string) []byte {
	var all []map[string]string
	for pair := range slices.Chunk(say, 2) {
		all = append(all, map[string]string{"entry": pair[0], "text": pair[1]})
	}
	data, _ := json.Marshal(map[string]any{"sentences": all})
	return data
}

// TestNotSentences: answers that are no answers.
func TestNotSentences(t *testing.T) {
	for _, answer := range []string{
		"", "{}", "[]", "null", `{"sentences":[]}`, `{"sentences":[{"entry":"0"}]}`, `{"sentences":[{"entry":"0","text":""}]} {}`,
		`{"sentences":[{"entry":"0","text":"Рассрочки нет."}]} x`, `{"sentences":[{"entry":"0","text":"a","more":1}]}`, `Парковка есть.`,
		`{"sentences":[{"entry":"0","text":"` + strings.Repeat("а", 300) + `"}]}`,
	} {
		if got, err := ModelFAQAnswer([]byte(answer), coverEntries["ru"]); err == nil || got != nil {
			t.Errorf("%q is taken: %q", answer, got)
		}
	}
}

// TestClauses: an answer is cut where a reader would.
func TestClauses(t *testing.T) {
	for text, want := range map[string][]string{
		"Да, во дворе.": {"Да, во дворе."},
		"Мы на ул. Баумана, д. 1, г. Казань. Вход со двора!": {"Мы на ул. Баумана, д. 1, г. Казань.", "Вход со двора!"},
		"С 9 до 18 ч. без обеда; в субботу до 15.":           {"С 9 до 18 ч. без обеда;", "в субботу до 15."},
		"Один\nДва": {"Один", "Два"},
		"Цена 12.50 или 13,7. Дальше…":         {"Цена 12.50 или 13,7.", "Дальше…"},
		"Пишите на a@b.ru или на сайт x.ru":    {"Пишите на a@b.ru или на сайт x.ru"},
		"«Мы рядом. Заходите.» Так и скажите.": {"«Мы рядом. Заходите.» Так и скажите."},
		"":      nil,
		" ... ": nil,
	} {
		var got []string
		for _, c := range clauses(text) {
			got = append(got, c.text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

// FuzzCovered: whatever a model says about whatever an owner wrote, what is
// shown is made of the owner's own clauses, and holds no number that the entry
// does not.
func FuzzCovered(f *testing.F) {
	for _, entries := range coverEntries {
		for _, e := range entries {
			for _, c := range clauses(e.Text) {
				f.Add(e.Text, c.text)
				f.Add(e.Text, strings.Replace(c.text, "не ", "", 1))
			}
		}
	}
	f.Add("(a. b", "a b")
	f.Add("1,5; 2", "1 5")
	f.Fuzz(func(t *testing.T, entry, said string) {
		got, err := ModelFAQAnswer(sentences([]string{"e", said}), []ModelEntry{{"e", entry}})
		if err != nil {
			return
		}
		shown := got["e"]
		if strings.TrimSpace(shown) == "" {
			t.Fatalf("nothing is shown of %q for %q", entry, said)
		}
		rest := entry
		for _, c := range clauses(shown) {
			text := strings.TrimSuffix(c.text, ".")
			i := strings.Index(rest, text)
			if i < 0 {
				t.Fatalf("%q is no piece of %q", c.text, entry)
			}
			rest = rest[i+len(text):]
		}
		if utf8.ValidString(said) && !slices.Equal(foldedWords(shown), foldedWords(said)) {
			t.Fatalf("said %q, shown %q", said, shown)
		}
	})
}
