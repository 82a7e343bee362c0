package nlu

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// A row is a text with the parts to hide in braces, their kinds behind «=>».
var maskRows = `
паспорт {9205 123456} => passport
паспорт серия {9205 номер 123456} => passport
серия {92 05 номер 123456} => passport
мой паспорт: {92 05 123456}, выдан МВД => passport
паспортные данные {9205123456} => passport
{9205 123456} это паспорт => passport
СНИЛС {112-233-445 95} => snils
снилс {11223344595} => snils
снилс {112-233-445 96} => snils
{112-233-445 95} => snils
ИНН {500100732259} => inn
инн {7707083893} => inn
мой ИНН {500100732258} => inn
карта {4276 3800 1234 5670} => card
{4111 1111 1111 1111} => card
{4111111111111111} => card
{2200-7001-2345-6784} => card
номер карты {5469 3800 1234 5678} => card
amex {3782 822463 10005} => card
полис ОМС {1655 1234 5678 9012} => oms
полис {1234567890123456} => oms
почта {guzel.a@mail.ru} => email
пишите на {Guzel_85+spa@Yandex.RU}, жду => email
{иван@почта.рф} => email
{guzel собака mail точка ru} => email
{гузель собака мэйл точка ру} => email
почта {ivan.petrov собака yandex.ru} => email
my email is {john dot smith at gmail dot com} => email
{a.b-c_d@sub.domain.org}; спасибо => email
телеграм {@guzel_k} => url
вот ссылка {https://vk.com/id12345?x=1} => url
{t.me/guzel_k} напишите => url
{www.example.com/a/b} => url
родился {05.03.1987} => birthdate
дата рождения {5 марта 1987} => birthdate
{05.03.1987} г.р. => birthdate
д.р. {12/11/90} => birthdate
родилась {12 05 2015} => birthdate
{1987} года рождения => birthdate
born {12.05.1990} => birthdate
{05.03.1987} => birthdate
{ул. Пушкина, д. 5, кв. 17} => address
живу {улица Восстания 100, подъезд 3} => address
{пр. Победы, 20а, кв 5} => address
{г. Казань, ул. Баумана, д. 1} => address
{420111, г. Казань, ул. Баумана, д. 1} => address
{12 Main Street} => address
{Тукай урамы, 12 йорт} => address
{кв. 17, подъезд 2, этаж 5} => address
меня зовут {Альберт Нуриевич} => name
я жена {Рустама Валеева} => name
{Гузель}, {8 917 234-56-78} => name phone
{Иванова Мария Петровна} {89172345678} {ivanova@mail.ru} => name phone email
{8 999 111 22 33 44} => number
записываю {Тимура Хайруллина} на прививку => name
`

func TestMask(t *testing.T) {
	r := reader(t)
	leaked, extra := 0, 0
	for line := range strings.Lines(strings.TrimSpace(maskRows)) {
		marked, kinds, _ := strings.Cut(strings.TrimSpace(line), " => ")
		text, hidden := unbrace(marked)
		spans := r.Spans(text)
		var got []string
		for _, s := range spans {
			got = append(got, s.Kind)
		}
		for i := range text {
			covered := false
			for _, s := range spans {
				covered = covered || i >= s.Start && i < s.End
			}
			c, _ := utf8.DecodeRuneInString(text[i:])
			if hidden[i] && !covered && !strings.ContainsRune(" ,.-/", c) {
				t.Logf("%q leaks %q", text, c)
				leaked++
			}
			if !hidden[i] && covered {
				extra++
			}
		}
		if strings.Join(got, " ") != kinds {
			t.Errorf("%q: kinds %v, want %s", text, got, kinds)
		}
	}
	t.Logf("masking: %d characters leaked, %d hidden without need", leaked, extra)
	if leaked > 0 {
		t.Errorf("%d characters leaked", leaked)
	}
}

func unbrace(marked string) (string, []bool) {
	var b strings.Builder
	var hidden []bool
	inside := false
	for _, c := range marked {
		switch c {
		case '{':
			inside = true
			continue
		case '}':
			inside = false
			continue
		}
		for range utf8.RuneLen(c) {
			hidden = append(hidden, inside)
		}
		b.WriteRune(c)
	}
	return b.String(), hidden
}

// plainRows hold nothing personal.
var plainRows = []string{
	"запишите на 12.05 в 15:00", "на 25.11.2026", "стрижка на Чистопольской", "вы на улице Баумана?", "дом далеко?", "карта есть?", "паспорт нужен?", "полис нужен?", "в 2026 году откроетесь?",
	"собака точно здорова", "моя собака любит точка", "у меня 3 собаки и 2 кошки", "15000 рублей дорого", "в 12 кабинет?", "к Белову", "осмотр у Сафиной Дины Рустемовны", "с 10 до 12", "кв метр", "в 10:30, 11:00, 11:30",
	"Ничего", "Добрый вечер", "Хорошо", "Прививка", "Доверенность", "Спасибо", "Чистопольская", "what time is it", "book a massage", "чё там по времени",
}

func TestNothingPersonal(t *testing.T) {
	r := reader(t)
	for _, text := range plainRows {
		if spans := r.Spans(text); len(spans) > 0 {
			t.Errorf("%q: %+v", text, spans)
		}
	}
}

func TestMaskKeepsTheRest(t *testing.T) {
	r := reader(t)
	text := "Гузель, 8 917 234-56-78, ещё раз 89172345678 или guzel@mail.ru"
	want := "[NAME_1], [PHONE_1], ещё раз [PHONE_1] или [EMAIL_1]"
	if got := Mask(text, r.Spans(text), Tag); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestChecksums(t *testing.T) {
	for _, c := range []struct {
		check func(string) bool
		good  string
	}{{snilsValid, "11223344595"}, {innValid, "7707083893"}, {innValid, "500100732259"}, {luhn, "4111111111111111"}, {omsValid, omsNumber("165512345678901")}} {
		if !c.check(c.good) {
			t.Errorf("%s is refused", c.good)
		}
		wrong := c.good[:len(c.good)-1] + string('0'+(c.good[len(c.good)-1]-'0'+1)%10)
		if c.check(wrong) {
			t.Errorf("%s is accepted", wrong)
		}
	}
}

// omsNumber appends the control figure by trying.
func omsNumber(first string) string {
	for c := '0'; c <= '9'; c++ {
		if omsValid(first + string(c)) {
			return first + string(c)
		}
	}
	return first + "x"
}

// checkReading holds what must be true of every reading of any bytes.
func checkReading(tb interface{ Fatalf(string, ...any) }, text string, reading Reading) {
	last := 0
	for _, s := range reading.Personal {
		if s.Start < last || s.End <= s.Start || s.End > len(text) {
			tb.Fatalf("span %+v of %q is out of order or of the text", s, text)
		}
		last = s.End
	}
	if len(reading.Commands) == 0 && reading.Alarm == "" {
		tb.Fatalf("%q: no command", text)
	}
	for _, c := range reading.Commands {
		if c.Start < 0 || c.End > len(text) || c.Start > c.End || text[c.Start:c.End] != c.Quote {
			tb.Fatalf("quote of %+v is not the text of %q", c, text)
		}
	}
	if reading.Covered < 0 || reading.Covered > 1 {
		tb.Fatalf("covered %v", reading.Covered)
	}
}

func TestAnyMixture(t *testing.T) {
	r := reader(t)
	pieces := []string{"запишите", "к Белову", " ", ",", ".", "8 917 234", "56-78", "+7", "@", "mail.ru", "завтра", "в 15:30", "не", "стрижка", "(", "Гузель", "\xff", "собака", "точка", "ру", "паспорт", "9205", "123456", "ghbdtn", "👍🏽", "меня зовут", "ул.", "д. 5", "?", "\u200b", "язылырга", "book", "-", "1987", "г.р."}
	fields := []Field{"", FieldName, FieldPhone, FieldTime, ExpectConfirm, ExpectConsent, FieldSpecialist, ExpectWhich}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 14).Draw(t, "pieces"), rapid.SampledFrom([]string{"", " "}).Draw(t, "join"))
		c := Context{Lang: "ru", Now: monday, Expects: rapid.SampledFrom(fields).Draw(t, "expects")}
		checkReading(t, text, r.Read(text, c))
	})
}

func FuzzRead(f *testing.F) {
	r := reader(f)
	for line := range strings.Lines(commandRows + nameMessages + maskRows + alarmRows) {
		f.Add(line, byte(0))
	}
	for _, p := range phoneTraps {
		f.Add(p, byte(2))
	}
	fields := []Field{"", FieldName, FieldPhone, FieldTime, ExpectConfirm, ExpectConsent, FieldSpecialist, FieldBranch}
	f.Fuzz(func(t *testing.T, text string, expects byte) {
		reading := r.Read(text, Context{Lang: "ru", Now: monday, Expects: fields[int(expects)%len(fields)]})
		checkReading(t, text, reading)
	})
}

func TestTooLong(t *testing.T) {
	r := reader(t)
	if r.Read(strings.Repeat("я", MaxChars), Context{Now: monday}).TooLong {
		t.Error("4,096 characters are not too long")
	}
	long := strings.Repeat("я", MaxChars) + " 89172345678"
	if got := r.Read(long, Context{Now: monday}); !got.TooLong || len(got.Personal) > 0 {
		t.Errorf("what lies behind is read: %+v", got.Personal)
	}
}
