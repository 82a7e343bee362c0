package nlu

import (
	"strings"
	"testing"
)

// trade is a house of another trade than the other tests have.
func trade(terms []Term, faq ...[]string) *Reader {
	return New(Vocabulary{Terms: terms, FAQ: faq, HandoffWords: []string{"главный врач", "вернуть предоплату"}})
}

func of(field Field, id string, names ...string) Term {
	first, rest, _ := strings.Cut(strings.Join(names, "|"), "||")
	t := Term{Field: field, ID: id, Names: strings.Split(first, "|")}
	if rest != "" {
		t.Aliases = strings.Split(rest, "|")
	}
	return t
}

// trades are houses that the reader was not written with.
func trades() map[string]*Reader {
	s, p, b := FieldService, FieldSpecialist, FieldBranch
	return map[string]*Reader{
		"dental": trade([]Term{
			of(s, "caries", "Лечение кариеса", "Caries treatment", "", "кариес", "пломба"), of(s, "canal", "Лечение каналов", "Root canal", "", "пульпит", "каналы"), of(s, "out", "Удаление зуба", "Tooth extraction", "", "вырвать зуб"),
			of(s, "out8", "Удаление зуба мудрости", "Wisdom tooth extraction", "", "восьмёрка"), of(s, "implant", "Имплантация", "Implant", "", "имплант"), of(s, "braces", "Установка брекетов", "Braces", "", "брекеты"),
			of(s, "white", "Отбеливание зубов", "Teeth whitening", "", "отбелить зубы"), of(s, "crown", "Коронка на зуб", "Crown", "", "коронка", "протезирование"), of(s, "child", "Детский стоматолог", "Child dentist", "", "стоматолог ребёнку"),
			of(p, "khairullina", "Хайруллина Диляра Фаритовна", "Dilyara Khairullina"), of(p, "orlov", "Орлов Сергей Иванович", "Sergey Orlov"), of(p, "zaripov", "Зарипов Марат", "Marat Zaripov"),
			of(b, "aviastroy", "на Авиастроительной", "", "авиастрой"), of(b, "kvartal", "в Азино", "Azino", "", "азино"),
		}, []string{"Есть ли рассрочка на импланты?"}, []string{"Какая гарантия на коронки?", "Сколько гарантия на пломбу?"}, []string{"Лечите под наркозом?", "Можно лечить зубы во сне?"}, []string{"Больно ли ставить имплант?"}),
		"beauty": trade([]Term{
			of(s, "peel", "Химический пилинг", "Chemical peel", "", "пилинг"), of(s, "botox", "Ботулинотерапия", "Botox", "", "ботокс"), of(s, "laser-legs", "Лазерная эпиляция ног", "Laser hair removal, legs"), of(s, "laser-bikini", "Лазерная эпиляция бикини", "Laser hair removal, bikini"),
			of(s, "sugar", "Шугаринг", "Sugaring"), of(s, "facial", "Ультразвуковая чистка лица", "Ultrasonic facial", "", "чистка лица"), of(s, "fill", "Увеличение губ", "Lip fillers", "", "губы"), of(s, "massage", "Лимфодренажный массаж", "Lymphatic massage", "", "лимфодренаж"),
			of(s, "brows", "Ламинирование бровей", "Brow lamination"), of(s, "lashes", "Наращивание ресниц", "Lash extensions", "", "ресницы"), of(s, "tattoo-off", "Удаление татуировок", "Tattoo removal", "", "тату удалить"),
			of(p, "galieva", "Галиева Лейсан", "Leysan Galieva"), of(p, "stepanova", "Степанова Ирина", "Irina Stepanova"),
		}, []string{"Какие противопоказания у лазерной эпиляции?"}, []string{"Нужно ли сбривать волосы перед процедурой?"}, []string{"Есть ли скидка имениннику?", "Скидка в день рождения?"}),
		"garage": trade([]Term{
			of(s, "tyres", "Шиномонтаж", "Tyre change", "Шина алыштыру", "", "переобуть машину", "резина"), of(s, "oil", "Замена масла", "Oil change", "Май алыштыру"), of(s, "brakes", "Замена тормозных колодок", "Brake pads", "", "колодки"),
			of(s, "diag", "Компьютерная диагностика", "Diagnostics", "", "диагностика"), of(s, "align", "Развал-схождение", "Wheel alignment", "", "развал"), of(s, "wash", "Комплексная мойка", "Full wash", "Машина юу", "", "мойка"),
			of(s, "polish", "Полировка кузова", "Body polishing", "", "полировка"), of(s, "ac", "Заправка кондиционера", "Air conditioner refill", "", "кондиционер"),
			of(p, "timur", "Тимур", "Timur"), of(p, "viktor", "Виктор Палыч", "Viktor"),
		}, []string{"Храните шины?", "Есть ли сезонное хранение?"}, []string{"Можно со своим маслом?", "Работаете с маслом клиента?"}, []string{"Даёте ли подменный автомобиль?"}),
	}
}

const tradeRows = `
dental: запишите на лечение кареса => book, set service=caries
dental: нужна пломбо у Орлова => book?, set service=caries, set specialist=orlov
dental: удоление зуба мудросте => set service=out8
dental: хочу отбелитьь зубы => book?, set service=white
dental: импланетация, к Хайрулинной => set service=implant, set specialist=khairullina
dental: брекитты поставить скока стоит => price, set service=braces
dental: каронка на зуп => set service=crown
dental: детскй стоматолок в азене => set service=child, set branch=kvartal
dental: лечение конолов у Сергея Иваныча => set service=canal, set specialist=orlov
dental: а рассрочко на имплант есть? => ask:0
dental: какая гаранитя на каронки => ask:1
dental: под накрозом лечите? => ask:2
dental: root cnaal with Sergey Orlv please => set service=canal, set specialist=orlov
dental: wisdm tooth extarction => set service=out8
dental: teeth whitning on monday => set service=white, set time
dental: хочу вернуть предаплату => human:complaint
dental: позавите главнава врача => human:asked
dental: очень болит зуп, можно к вам сегодня? => book?, set time
beauty: на пилниг к Лейсон => set service=peel, set specialist=galieva
beauty: лазерноя эпелящия ног => set service=laser-legs
beauty: лазрная эпиляция бекини => set service=laser-bikini
beauty: шугоринг завтра => set service=sugar, set time
beauty: чистка лиуа ультразвуковая => set service=facial
beauty: увиличение губб => set service=fill
beauty: ламениривание бровей => set service=brows
beauty: наращивание рисниц у Степоновой => set service=lashes, set specialist=stepanova
beauty: лимфадренаж сколька стоит => price, set service=massage
beauty: какие противапоказания у лазера? => ask:0
beauty: нада ли сбревать волосы => ask:1
beauty: лазернная эпиляцыя => set service=laser-legs/laser-bikini
beauty: lahs extensions with Irnia => set service=lashes, set specialist=stepanova
beauty: chemcial peel tomorrow => set service=peel, set time
garage: шинамонтаж на субботу => set service=tyres, set time
garage: замена масло у Тимура => set service=oil, set specialist=timur
garage: замена тормазных калодок => set service=brakes
garage: развол схождение => set service=align
garage: компютерная дагностика => set service=diag
garage: кондицеонер заправить => set service=ac
garage: палировка кузава => set service=polish
garage: можно са своим маслам? => ask:1, set service=oil?
garage: шыны храните? => ask:0
garage: май алыштырргага => set service=oil
garage: brkae pads => set service=brakes
garage: куплю бинзин => unclear
garage: продаёте антифриз => unclear
garage: тимуур работает в пятницу? => set specialist=timur, set time
garage: к Виктру Палычу на диогностику => set service=diag, set specialist=viktor
garage: мойка комплексноя и полеровка => set service=wash, set service=polish
garage: нет, не мойку, а палировку => correct service=polish
garage: машинаны юарга кирәк => book?, set service=tyres/wash
garage: шин алыштырырга иртәгә => set service=tyres, set time
beauty: массаж лимфадренажный в суботу у Лесйан => set service=massage, set time, set specialist=galieva
beauty: педикюр делаете? => unclear
beauty: хочу тату набить => book?, set service=tattoo-off?
beauty: брови у степонавай => set service=brows, set specialist=stepanova
beauty: скитка в день рожденя есть => ask:2
beauty: наращевание => set service=lashes
dental: зуп мудрасти удолить у Зариповва на Азине => set service=out8, set specialist=zaripov, set branch=kvartal
dental: хирурк нужен => unclear
dental: у вас есть рентген => unclear
dental: во сне зубы личите дитям? => ask:2
dental: имплонт больно ставить => ask:3
dental: tooth extration in Azimo => set service=out/out8, set branch=kvartal
garage: whel alignmnet on friday => set service=align, set time
`

// TestTrades reads slips in houses of other trades. A «?» behind a command: it may be
// there; «/»: the second is one of Others.
func TestTrades(t *testing.T) {
	houses := trades()
	good, all := 0, 0
	for line := range strings.Lines(strings.TrimSpace(tradeRows)) {
		text, want, _ := strings.Cut(strings.TrimSpace(line), " => ")
		house, text, _ := strings.Cut(text, ": ")
		got := houses[house].Read(text, Context{Lang: "ru", Now: monday, Explain: true})
		all++
		if fitsRow(got.Commands, want) {
			good++
			continue
		}
		var rules []string
		for _, c := range got.Commands {
			rules = append(rules, c.Rule)
		}
		t.Errorf("%s: %q: %s (%s), want %s", house, text, spelled(got.Commands), strings.Join(rules, " | "), want)
	}
	t.Logf("trades: %d of %d", good, all)
}

func fitsRow(commands []Command, want string) bool {
	said := spelled(commands)
	var must []string
	for w := range strings.SplitSeq(want, ", ") {
		may, optional := strings.CutSuffix(w, "?")
		first, other, tie := strings.Cut(may, "/")
		if optional && !strings.Contains(said, may) {
			continue
		}
		if tie {
			found := false
			for _, c := range commands {
				found = found || strings.HasSuffix(first, "="+c.Value) && len(c.Others) == 1 && c.Others[0] == other
			}
			if !found {
				return false
			}
		}
		must = append(must, first)
	}
	return sameWords(said, strings.Join(must, ", "))
}
