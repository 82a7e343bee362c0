package nlu

import (
	"testing"
	"time"
)

// monday is when all test messages are written.
var monday = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.FixedZone("MSK", 3*60*60))

// town is a small vocabulary of several trades at once: harder than any one clinic's.
func town() Vocabulary {
	service := func(id string, names []string, aliases ...string) Term {
		return Term{Field: FieldService, ID: id, Names: names, Aliases: aliases}
	}
	person := func(id string, names ...string) Term { return Term{Field: FieldSpecialist, ID: id, Names: names} }
	return Vocabulary{
		Terms: []Term{
			service("vet-exam", []string{"Осмотр ветеринара", "Vet check-up", "Ветеринар каравы"}, "ветеринар", "ветврач", "vet"),
			service("vaccination", []string{"Вакцинация", "Vaccination", "Вакцина ясау"}, "прививка", "прививки", "shots"),
			service("claws", []string{"Стрижка когтей", "Nail clipping"}, "когти"),
			service("beard", []string{"Моделирование бороды", "Beard trim", "Сакал төзәтү"}, "борода", "бритьё"),
			service("combo", []string{"Стрижка и борода", "Haircut and beard", "Чәч һәм сакал"}),
			service("travel", []string{"Согласие на выезд ребёнка", "Child travel consent", "Баланы чит илгә алып чыгуга ризалык"}, "согласие на выезд"),
			service("haircut", []string{"Мужская стрижка", "Men's haircut", "Ирләр чәче"}, "стрижка", "подстричься", "чәч алу"),
			service("kids-cut", []string{"Детская стрижка", "Kids haircut"}, "подстричь ребёнка"),
			service("massage", []string{"Массаж спины", "Back massage"}, "массаж"),
			service("face-massage", []string{"Массаж лица", "Face massage"}),
			service("will", []string{"Удостоверение завещания", "Certifying a will"}, "завещание"),
			service("proxy", []string{"Доверенность", "Power of attorney"}, "доверенность", "ышаныч кәгазе"),
			service("dentist", []string{"Приём стоматолога", "Dental check-up", "Стоматолог каравы"}, "стоматолог", "зубной", "осмотр зубов", "теш табибы"),
			service("hygiene", []string{"Чистка зубов", "Teeth cleaning", "Теш чистарту"}, "чистка", "гигиена"),
			service("nails", []string{"Маникюр с покрытием", "Manicure"}, "маникюр", "ногти", "гель-лак"),
			service("ecg", []string{"ЭКГ с расшифровкой", "ECG"}, "экг", "кардиограмма"),
			person("safina", "Сафина Дина Рустемовна", "Dina Safina"),
			person("belov", "Белов Андрей Петрович", "Andrey Belov"),
			person("nurieva", "Нуриева Анна Ильдаровна", "Anna Nurieva"),
			person("yulia", "Юлия", "Yulia"),
			person("gataullin", "Гатауллин Ренат Маратович", "Renat Gataullin"),
			{Field: FieldBranch, ID: "chistopol", Names: []string{"на Чистопольской", "Chistopolskaya Street", "Чистай урамында"}, Aliases: []string{"чистопольская", "новый город"}},
			{Field: FieldBranch, ID: "gorki", Names: []string{"в Горках", "Gorki"}, Aliases: []string{"горки", "возле метро горки"}},
		},
		FAQ: [][]string{
			{"Есть ли у вас парковка?", "Где поставить машину?", "Is there parking?"},
			{"Можно ли оплатить картой?", "Какие способы оплаты?", "Do you take cards?"},
			{"Можно прийти с собакой?", "Пускаете с животными?"},
			{"Какие документы взять с собой?", "What documents do I need?"},
			{"Нужна ли подготовка к ЭКГ?"},
			{"Где вы находитесь?", "Как до вас добраться?", "Where are you located?"},
			{"Нужно ли направление врача?", "Do I need a referral?"},
			{"Выезжает ли врач на дом?", "Do you visit at home?"},
			{"Какой у вас график работы?", "В какие дни вы открыты?", "What are your opening hours?"},
		},
		HandoffWords: []string{"главврач", "вернуть деньги", "обработка персональных"},
	}
}

func reader(tb testing.TB) *Reader {
	tb.Helper()
	return New(town())
}
