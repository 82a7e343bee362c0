package token

import "strings"

// A linguist's page: what numbers are called. One row is one number: its value, the
// cardinal forms, the stem of the ordinal with its declension.

// russianRow holds cardinals in full; the ordinal is stem plus endings of its class.
type russianRow struct {
	value     int
	rank      Rank
	cardinals string // forms, parted by spaces; «*» ends are expanded by cardinalEnds
	stem      string // of the ordinal, "" where none is used
}

// softEnds: «пят-ь, пят-и, пят-ью».
var softEnds = []string{"ь", "и", "ью"}

// ordinalEnds is the hard adjective declension; «ой» is both «второй» and «пятой».
var ordinalEnds = []string{"ый", "ой", "ая", "ое", "ого", "ому", "ую", "ым", "ом", "ые", "ых", "ыми", "ова", "ово"}

var russian = []russianRow{
	{0, Zero, "ноль нуль ноля нуля нулю нолем нулем", "нулев"},
	{1, Unit, "один одна одно одну одного одной одному одним одном", "перв"},
	{2, Unit, "два две двух двум двумя", "втор"},
	{3, Unit, "три трех трем тремя", ""},
	{4, Unit, "четыре четырех четырем четырьмя", "четверт"},
	{5, Unit, "пят*", "пят"},
	{6, Unit, "шест*", "шест"},
	{7, Unit, "сем*", "седьм"},
	{8, Unit, "восемь восьми восемью восьмью", "восьм"},
	{9, Unit, "девят*", "девят"},
	{10, Teen, "десят*", "десят"},
	{11, Teen, "одиннадцат* одинадцат* одиннацат* одинацат*", "одиннадцат"},
	{12, Teen, "двенадцат* двенацат*", "двенадцат"},
	{13, Teen, "тринадцат* тринацат*", "тринадцат"},
	{14, Teen, "четырнадцат* четырнацат*", "четырнадцат"},
	{15, Teen, "пятнадцат* пятнацат*", "пятнадцат"},
	{16, Teen, "шестнадцат* шестнацат* шеснадцат*", "шестнадцат"},
	{17, Teen, "семнадцат* семнацат*", "семнадцат"},
	{18, Teen, "восемнадцат* восемнацат*", "восемнадцат"},
	{19, Teen, "девятнадцат* девятнацат*", "девятнадцат"},
	{20, Ten, "двадцат* двацат*", "двадцат"},
	{30, Ten, "тридцат* трицат*", "тридцат"},
	{40, Ten, "сорок сорока", "сороков"},
	{50, Ten, "пятьдесят пятидесяти пятьюдесятью писят пятьдесять", "пятидесят"},
	{60, Ten, "шестьдесят шестидесяти шестьюдесятью шисят", "шестидесят"},
	{70, Ten, "семьдесят семидесяти семьюдесятью", "семидесят"},
	{80, Ten, "восемьдесят восьмидесяти восемьюдесятью", "восьмидесят"},
	{90, Ten, "девяносто девяноста", "девяност"},
	{100, Hundred, "сто ста", "сот"},
	{200, Hundred, "двести двухсот двумстам двумястами", ""},
	{300, Hundred, "триста трехсот тремстам тремястами", ""},
	{400, Hundred, "четыреста четырехсот четыремстам", ""},
	{500, Hundred, "пятьсот пятисот пятистам", ""},
	{600, Hundred, "шестьсот шестисот шестистам", ""},
	{700, Hundred, "семьсот семисот семистам", ""},
	{800, Hundred, "восемьсот восьмисот восьмистам", ""},
	{900, Hundred, "девятьсот девятисот девятистам", ""},
	{1000, Thousand, "тысяча тысячи тысяч тысячу тысяче тысячей тысячам", "тысячн"},
}

// third is the one ordinal of the soft possessive declension.
var third = "третий третья третье третьего третьей третьему третью третьим третьем третьи третьих третий"

// englishRow is a value with its cardinal and its ordinal.
type englishRow struct {
	value int
	rank  Rank
	names string
	nth   string
}

var english = []englishRow{
	{0, Zero, "zero", ""},
	{1, Unit, "one", "first"},
	{2, Unit, "two", "second"},
	{3, Unit, "three", "third"},
	{4, Unit, "four", "fourth"},
	{5, Unit, "five", "fifth"},
	{6, Unit, "six", "sixth"},
	{7, Unit, "seven", "seventh"},
	{8, Unit, "eight", "eighth"},
	{9, Unit, "nine", "ninth"},
	{10, Teen, "ten", "tenth"},
	{11, Teen, "eleven", "eleventh"},
	{12, Teen, "twelve", "twelfth twelveth"},
	{13, Teen, "thirteen", "thirteenth"},
	{14, Teen, "fourteen", "fourteenth"},
	{15, Teen, "fifteen", "fifteenth"},
	{16, Teen, "sixteen", "sixteenth"},
	{17, Teen, "seventeen", "seventeenth"},
	{18, Teen, "eighteen", "eighteenth"},
	{19, Teen, "nineteen", "nineteenth"},
	{20, Ten, "twenty", "twentieth"},
	{30, Ten, "thirty", "thirtieth"},
	{40, Ten, "forty fourty", "fortieth"},
	{50, Ten, "fifty", "fiftieth"},
	{60, Ten, "sixty", "sixtieth"},
	{70, Ten, "seventy", "seventieth"},
	{80, Ten, "eighty", "eightieth"},
	{90, Ten, "ninety", "ninetieth"},
	{100, Hundred, "hundred", "hundredth"},
	{1000, Thousand, "thousand", ""},
}

// tatarRow is a value with its cardinal (also in one word for 11–19) and ordinal.
type tatarRow struct {
	value int
	rank  Rank
	names string
	nth   string
}

var tatar = []tatarRow{
	{1, Unit, "бер", "беренче"},
	{2, Unit, "ике", "икенче"},
	{3, Unit, "өч", "өченче"},
	{4, Unit, "дүрт", "дүртенче"},
	{5, Unit, "биш", "бишенче"},
	{6, Unit, "алты", "алтынчы"},
	{7, Unit, "җиде", "җиденче"},
	{8, Unit, "сигез", "сигезенче"},
	{9, Unit, "тугыз", "тугызынчы"},
	{10, Ten, "ун", "унынчы"}, // «ун биш» is 15: ten stands before its unit
	{11, Teen, "унбер", "унберенче"},
	{12, Teen, "унике", "уникенче"},
	{13, Teen, "унөч", "унөченче"},
	{14, Teen, "ундүрт", "ундүртенче"},
	{15, Teen, "унбиш", "унбишенче"},
	{16, Teen, "уналты", "уналтынчы"},
	{17, Teen, "унҗиде", "унҗиденче"},
	{18, Teen, "унсигез", "унсигезенче"},
	{19, Teen, "унтугыз", "унтугызынчы"},
	{20, Ten, "егерме", "егерменче"},
	{30, Ten, "утыз", "утызынчы"},
	{40, Ten, "кырык", "кырыгынчы"},
	{50, Ten, "илле", "илленче"},
	{60, Ten, "алтмыш", "алтмышынчы"},
	{70, Ten, "җитмеш", "җитмешенче"},
	{80, Ten, "сиксән", "сиксәненче"},
	{90, Ten, "туксан", "туксанынчы"},
	{100, Hundred, "йөз", "йөзенче"},
	{1000, Thousand, "мең", "меңенче"},
}

// tatarCases are the endings of place, direction, source, object and owner, in both
// vowel harmonies; as people drop harmony when typing, all are taken with all.
var tatarCases = []string{"", "дә", "да", "тә", "та", "гә", "га", "кә", "ка", "дән", "дан", "тән", "тан", "нән", "нан", "не", "ны", "нең", "ның", "сендә", "сында", "сенә", "сына", "енә", "ына", "ендә", "ында", "се", "сы", "енче", "ләрдә", "ларда", "ләргә", "ларга"}

// RussianLetters writes a Tatar word as people do who have only a Russian keyboard;
// э stands for ә as often as а and я do.
func RussianLetters(word string) []string {
	if !strings.ContainsAny(word, "әөүҗңһ") {
		return nil
	}
	return []string{tatarE.Replace(word), tatarA.Replace(word)}
}

var (
	tatarE = strings.NewReplacer("ә", "э", "ө", "о", "ү", "у", "җ", "ж", "ң", "н", "һ", "х")
	tatarA = strings.NewReplacer("ә", "а", "ө", "о", "ү", "у", "җ", "ж", "ң", "н", "һ", "х")
)

var names = nameTable()

// NumberNames gives every number word that NumberName knows, in no order.
func NumberNames(yield func(string, Name) bool) {
	for word, name := range names {
		if !yield(word, name) {
			return
		}
	}
}

func nameTable() map[string]Name {
	table := make(map[string]Name, 4096)
	add := func(word string, n Name) {
		if _, taken := table[word]; !taken {
			table[word] = n
		}
	}
	for _, row := range russian {
		for _, form := range strings.Fields(row.cardinals) {
			stem, soft := strings.CutSuffix(form, "*")
			if !soft {
				add(form, Name{row.value, row.rank, false, "ru"})
				continue
			}
			for _, end := range softEnds {
				add(stem+end, Name{row.value, row.rank, false, "ru"})
			}
		}
		if row.stem == "" {
			continue
		}
		for _, end := range ordinalEnds {
			add(row.stem+end, Name{row.value, row.rank, true, "ru"})
		}
	}
	for _, form := range strings.Fields(third) {
		add(form, Name{3, Unit, true, "ru"})
	}
	for _, row := range english {
		for _, form := range strings.Fields(row.names) {
			add(form, Name{row.value, row.rank, false, "en"})
		}
		for _, form := range strings.Fields(row.nth) {
			add(form, Name{row.value, row.rank, true, "en"})
		}
	}
	for _, row := range tatar {
		for _, end := range tatarCases {
			addTatar(add, row.names+end, Name{row.value, row.rank, strings.HasSuffix(end, "ендә") || strings.HasSuffix(end, "ында") || end == "енче", "tt"})
			addTatar(add, row.nth+end, Name{row.value, row.rank, true, "tt"})
		}
	}
	return table
}

func addTatar(add func(string, Name), word string, n Name) {
	add(word, n)
	for _, typed := range RussianLetters(word) {
		add(typed, n)
	}
}
