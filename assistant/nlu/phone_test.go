package nlu

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// spellings of a Russian number: d stands for the next of its ten figures.
var phoneSpellings = []string{
	"8 ddd ddd-dd-dd", "8 ddd ddd dd dd", "8-ddd-ddd-dd-dd", "8(ddd)ddd-dd-dd", "8 (ddd) ddd-dd-dd", "8 (ddd) ddd dd dd", "8dddddddddd", "8 dddddddddd",
	"8-ddd-ddddddd", "8 ddd ddddddd", "8(ddd)ddddddd", "8 ddd dd dd ddd", "8 ddd dd-dd-ddd", "8ddd ddd dd dd", "8ddd ddd-dd-dd", "8ddd.ddd.dd.dd",
	"8.ddd.ddd.dd.dd", "8/ddd/ddd-dd-dd", "+7 ddd ddd-dd-dd", "+7 ddd ddd dd dd", "+7(ddd)ddd-dd-dd", "+7 (ddd) ddd-dd-dd", "+7dddddddddd", "+7-ddd-ddd-dd-dd",
	"+ 7 ddd ddd dd dd", "7 ddd ddd dd dd", "7dddddddddd", "7 (ddd) ddd-dd-dd", "7-ddd-ddd-dd-dd", "dddddddddd", "ddd ddd dd dd", "ddd-ddd-dd-dd",
	"ddd ddd-dd-dd", "(ddd) ddd-dd-dd", "(ddd)ddddddd", "8 ddd ddd dddd", "8-ddd-ddd-dddd", "8 ddd dddd ddd", "8 dd dd dd dd dd", "8 d d d d d d d d d d",
	"8, ddd, ddd, dd, dd", "8ddd. ddd dd dd", "+7 8 ddd ddd-dd-dd", "8–ddd–ddd–dd–dd", "8 ddd — ddd — dd — dd", "８ddd ddd dd dd", "8 ddd ddd.dd.dd", "плюс 7 ddd ddd dd dd",
}

// frames are what stands around a number.
var phoneFrames = []string{
	"%s", "мой номер %s", "Запишите на завтра в 15:00, %s", "Айгуль, %s", "тел. %s, спасибо", "вот: %s. 20 минут буду свободна",
}

func TestPhoneSpellings(t *testing.T) {
	r := reader(t)
	numbers := []string{"9172345678", "9600123450", "9991112233"}
	good, all := 0, 0
	for n, spelling := range phoneSpellings {
		for k, number := range numbers {
			frame := phoneFrames[(n+k)%len(phoneFrames)]
			text := fmt.Sprintf(frame, fill(spelling, number))
			all++
			if got := phonesOf(r.Spans(text)); len(got) == 1 && got[0] == "+7"+number {
				good++
				continue
			}
			t.Logf("%q: %v", text, r.Spans(text))
		}
	}
	for _, c := range spokenPhones {
		all++
		if got := phonesOf(r.Spans(c[0])); strings.Join(got, " ") == c[1] {
			good++
			continue
		}
		t.Logf("%q: %v, want %s", c[0], r.Spans(c[0]), c[1])
	}
	t.Logf("phones: %d of %d exact (%.1f %%)", good, all, 100*float64(good)/float64(all))
	if all < 200 || float64(good) < 0.98*float64(all) {
		t.Errorf("%d of %d phones are exact, want 98 %% of at least 200", good, all)
	}
}

func fill(spelling, number string) string {
	var b strings.Builder
	next := 0
	for _, c := range spelling {
		if c == 'd' {
			b.WriteByte(number[next])
			next++
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

func phonesOf(spans []Span) []string {
	var all []string
	for _, s := range spans {
		if s.Kind == KindPhone {
			all = append(all, s.Value)
		}
	}
	return all
}

var spokenPhones = [][2]string{
	{"восемь девятьсот двенадцать триста сорок пять шестьдесят семь восемьдесят девять", "+79123456789"},
	{"плюс семь девятьсот семнадцать двести тридцать четыре пятьдесят шесть семьдесят восемь", "+79172345678"},
	{"восемь девятьсот семнадцать два три четыре пять шесть семь восемь", "+79172345678"},
	{"девять один семь два три четыре пять шесть семь восемь", "+79172345678"},
	{"восемь, девятьсот три, триста сорок пять, ноль шесть, ноль семь", "+79033450607"},
	{"8 девятьсот семнадцать 234 пятьдесят шесть 78", "+79172345678"},
	{"восемь девятьсот шестьдесят, ноль ноль один, двадцать два, тридцать три", "+79600012233"},
	{"восемь девятьсот девяносто девять сто одиннадцать двадцать два тридцать три", "+79991112233"},
	{"восемь девятьсот семнадцать три семерки двадцать один тридцать", "+79177772130"},
	{"восемь девятьсот семнадцать семьсот семьдесят семь две двойки две тройки", "+79177772233"},
	{"eight nine one seven two three four five six seven eight", "+79172345678"},
	{"plus seven nine one seven two three four five six seven eight", "+79172345678"},
	{"eight nine one seven double two four five six seven eight", "+79172245678"},
	{"сигез тугыз йөз унҗиде ике йөз утыз дүрт илле алты җитмеш сигез", "+79172345678"},
	{"сигез тугыз бер җиде ике өч дүрт биш алты җиде сигез", "+79172345678"},
	{"номер 8 912 345 67 89. 20 метров от метро", "+79123456789"},
	{"мой 89172345678 или 89600123450", "+79172345678 +79600123450"},
	{"8 917 234 56 78, 8 960 012 34 50", "+79172345678 +79600123450"},
	{"+44 20 7946 0958", "+442079460958"},
	{"call me at +442079460958", "+442079460958"},
	{"+1 415 555 2671", "+14155552671"},
	{"+1 (415) 555-2671", "+14155552671"},
	{"+49 30 901820", "+4930901820"},
	{"+998 90 123 45 67", "+998901234567"},
	{"+998901234567", "+998901234567"},
	{"+90 532 123 45 67", "+905321234567"},
	{"+7 701 234 56 78", "+77012345678"},
	{"+375 29 123-45-67", "+375291234567"},
	{"0044 20 7946 0958", "+442079460958"},
	{"+971 50 123 4567", "+971501234567"},
	{"+86 138 0013 8000", "+8613800138000"},
	{"8 (843) 234-56-78", "+78432345678"},
	{"+7 843 234 56 78", "+78432345678"},
	{"(843) 234-56-78", "+78432345678"},
	{"8 800 555 35 35", "+78005553535"},
	{"8-495-123-45-67", "+74951234567"},
	{"тел 843 234 56 78", "+78432345678"},
	{"8 843 234-56-78 доб. 100", "+78432345678"},
	{"89172345678завтра", "+79172345678"},
	{"тел89172345678", "+79172345678"},
	{"завтра в 15 89172345678", "+79172345678"},
	{"на 25.11.2026 89172345678", "+79172345678"},
	{"в 8 9172345678", "+79172345678"},
	{"25 ноября 10:30 8 917 234 56 78", "+79172345678"},
	{"8 917 234 56 78 в 18:30", "+79172345678"},
	{"8 917 234 56 78 15 ноября", "+79172345678"},
	{"89172345678 44", "+79172345678"},
	{"звоните +7 917 2345678 после 18", "+79172345678"},
	{"whatsapp 79172345678", "+79172345678"},
	{"8️⃣9172345678", "+79172345678"},
	{"номер телефона - 8(917)234 56 78", "+79172345678"},
	{"8 917 2345678 Марат", "+79172345678"},
	{"можно по номеру 8-917-23-45-678?", "+79172345678"},
	{"8(917)-234-56-78", "+79172345678"},
	{"+7(917)2345678;", "+79172345678"},
	{"минем телефон 8 917 234 56 78", "+79172345678"},
	{"8 9 1 7 2 3 4 5 6 7 8", "+79172345678"},
	{"моб. 8 917 234 56 78 Лена", "+79172345678"},
	{"(8)9172345678", "+79172345678"},
	{"8 917 23 45 678", "+79172345678"},
}

// phoneTraps are figures that are no telephone numbers.
var phoneTraps = []string{
	"8 999 111 22 33 44", "4276 3800 1234 5670", "карта 2200 7001 2345 6784", "подъезд 89", "подъезд 89, этаж 17, квартира 234", "25.11.2026", "с 10:00 до 18:30",
	"паспорт 9205 123456", "серия 92 05 номер 123456", "9205 123456", "СНИЛС 112-233-445 95", "112-233-445 95", "ИНН 7707083893", "ИНН 500100732259", "полис 1234 5678 9012 3456",
	"заказ 1234567", "цена 15000 рублей", "25 11 2026 10 30", "8 12 15 20", "в 8, в 9 или в 10", "1 2 3 4 5 6 7 8", "с 8 до 17", "2026-11-25 10:30", "10 на 15 на 20",
	"мне 34 года, рост 170, вес 89", "в восемь пятнадцать или девять тридцать", "двадцать пятого в десять", "индекс 420111", "ул. Баумана 1, 420111", "ОМС 1655 1234 5678 9012",
	"12345678901234567890", "8 917 234", "89172", "917", "+7", "8 917", "код 4521", "заявка A-1042", "1500 2200 4500", "8.30, 9.15, 10.45", "3 января 2027 в 8:30 и 11 января 2027 в 9:30",
	"05.03.1987", "родился 5 марта 1987 года", "кабинет 217, этаж 2", "89 метров", "0 800", "100 200 300", "скидка 20% до 31.12.2026", "10.10.2026 10:10", "4 из 5 звёзд 2026", "7 917 234", "9 утра 10 минут",
}

func TestPhoneTraps(t *testing.T) {
	r := reader(t)
	for _, text := range phoneTraps {
		for _, s := range r.Spans(text) {
			if s.Kind == KindPhone && s.Value != "" {
				t.Errorf("%q: %s is read as a telephone number", text, s.Value)
			}
		}
	}
	t.Logf("traps: %d", len(phoneTraps))
}

func TestWrongPhoneIsRecognised(t *testing.T) {
	r := reader(t)
	for _, text := range []string{"8 999 111 22 33 44", "8917234567", "8 917 234", "123456", "917 23 45", "мой номер 8 917 234 56", "восемь девятьсот семнадцать двести тридцать четыре пять", "+7 917 234 56 7", "891723456789"} {
		found := false
		for _, c := range r.Read(text, Context{Lang: "ru", Now: monday, Expects: FieldPhone}).Commands {
			found = found || c.Do == Set && c.Field == FieldPhone && c.Value == "" && c.Quote != ""
		}
		if !found {
			t.Errorf("%q: no `set phone` without value", text)
		}
	}
	for _, text := range []string{"завтра в 15:30", "не дам", "25.11.2026 в 10:30", "картой можно?"} {
		for _, c := range r.Read(text, Context{Lang: "ru", Now: monday, Expects: FieldPhone}).Commands {
			if c.Field == FieldPhone {
				t.Errorf("%q: read as a number: %+v", text, c)
			}
		}
	}
}

// mobile is our own short way past nyaruka's tables; this holds the two together.
func TestMobileAgreesWithTables(t *testing.T) {
	for prefix := 900; prefix <= 999; prefix++ {
		national := fmt.Sprintf("%d2345678", prefix)
		parsed, err := phonenumbers.Parse("+7"+national, "RU")
		if err != nil || !phonenumbers.IsValidNumber(parsed) {
			t.Errorf("+7%s is not valid to the tables", national)
		}
	}
}
