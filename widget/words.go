package widget

import (
	"fmt"
	"strconv"
	"time"

	"okoshko/assistant/clinic"
)

// words are the texts of the pages in one language. What the assistant says is
// in package prompts, what the chat window says in ui/text.ts.
type words struct {
	Name                                                     string // of the language, in itself
	Lead, LeadAuto, Chat, Services, Service, Price, Duration string
	Branches, Hours, Closed, Owner                           string
	Embed, EmbedHow, Origins, CSP, Copy, Copied, Console     string
	ConsoleHow, Privacy, Invented, Consent, Version, Back    string
	NoScript, Minutes, HourUnit                              string
	weekdays                                                 [7]string // short, from Monday
	policy                                                   func(p clinic.Privacy, days func(time.Duration) string) []section
}

// section is a part of a readable text.
type section struct {
	Title      string
	Paragraphs []string
}

var languages = []string{"ru", "tt", "en"}

// wordsIn are the words of a language; of Russian where there are none.
func wordsIn(lang string) words {
	switch lang {
	case "tt":
		return tatar()
	case "en":
		return english()
	default:
		return russian()
	}
}

func russian() words {
	return words{
		Name:     "Русский",
		Lead:     "Напишите, на какую услугу и когда вам удобно. Помощник предложит свободное время, а администратор подтвердит запись.",
		LeadAuto: "Напишите, на какую услугу и когда вам удобно. Помощник предложит свободное время и сразу запишет.",
		Chat:     "Записаться в чате", Services: "Услуги и цены", Service: "Услуга", Price: "Цена", Duration: "Время приёма",
		Branches: "Адреса и часы работы", Hours: "Часы работы", Closed: "выходной", Owner: "Владельцу сайта",
		Embed:      "Чат на вашем сайте",
		EmbedHow:   "Вставьте эту строку в код страниц, лучше перед </body>:",
		Origins:    "Адрес сайта впишите в файл клиники, в widget.origins: с других сайтов чат не откроется.",
		CSP:        "Если на сайте есть Content-Security-Policy, нужны только две записи:",
		Copy:       "Скопировать",
		Copied:     "Скопировано",
		Console:    "Рабочее место администратора",
		ConsoleHow: "Заявки, переписка и расписание.",
		Privacy:    "Обработка персональных данных",
		Invented:   "Работает на «Окошке»: помощник по записи на собственном сервере.",
		Consent:    "Согласие", Version: "Версия текста", Back: "На главную",
		NoScript: "Чат работает, когда в браузере включён JavaScript. Записаться можно и по телефону.",
		Minutes:  "мин", HourUnit: "ч",
		weekdays: [7]string{"Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"},
		policy: func(p clinic.Privacy, days func(time.Duration) string) []section {
			return []section{
				{"Кто отвечает", []string{p.Operator + ".", "Вопросы о своих данных: " + p.Contact + "."}},
				{"Что и зачем", []string{
					"Имя и телефон нужны, чтобы записать вас, предупредить об изменениях и узнать вас на ресепшене. Мы просим их только после вашего согласия: это отдельный шаг в чате.",
					"Переписку помощник хранит, чтобы продолжить разговор, когда вы вернётесь. До согласия телефоны, имена и номера документов в ней не сохраняются. Диагнозы и документы для записи не нужны.",
					"Сообщения читает программа на сервере клиники. Во внешние сервисы, в том числе зарубежные, переписка не уходит.",
				}},
				{"Сколько хранится", []string{
					"Переписка: " + days(p.Retention.Conversations) + ". Записи на приём: " + days(p.Retention.Appointments) + ". Потом данные удаляются.",
				}},
				{"Ваши права", []string{
					"Напишите в чате «Что вы обо мне знаете», «Удалите мои данные» или «Отзываю согласие»: помощник сделает это сам. То же можно попросить по адресу " + p.Contact + ".",
				}},
				{"В вашем браузере", []string{
					"Пока вы не открыли чат, он ничего не сохраняет. Потом в браузере лежит только ключ разговора, без сообщений. Удалить его можно в меню чата.",
				}},
			}
		},
	}
}

func tatar() words {
	return words{
		Name:     "Татарча",
		Lead:     "Нинди хезмәт кирәк һәм кайчан уңайлы икәнен языгыз. Ярдәмче буш вакыт тәкъдим итә, администратор язылуны раслый.",
		LeadAuto: "Нинди хезмәт кирәк һәм кайчан уңайлы икәнен языгыз. Ярдәмче буш вакыт тәкъдим итә һәм шунда ук яза.",
		Chat:     "Чатта язылу", Services: "Хезмәтләр һәм бәяләр", Service: "Хезмәт", Price: "Бәя", Duration: "Кабул итү вакыты",
		Branches: "Адреслар һәм эш вакыты", Hours: "Эш вакыты", Closed: "ял көне", Owner: "Сайт хуҗасына",
		Embed:      "Сезнең сайттагы чат",
		EmbedHow:   "Бу юлны битләр кодына куегыз, </body> алдыннан булса яхшырак:",
		Origins:    "Сайт адресын клиника файлына, widget.origins бүлегенә языгыз: башка сайтлардан чат ачылмый.",
		CSP:        "Сайтта Content-Security-Policy булса, ике язма гына кирәк:",
		Copy:       "Күчереп алу",
		Copied:     "Күчерелде",
		Console:    "Администраторның эш урыны",
		ConsoleHow: "Гаризалар, язышу һәм расписание.",
		Privacy:    "Шәхси мәгълүматларны эшкәртү",
		Invented:   "«Окошко» нигезендә эшли: үз серверыгыздагы язылу ярдәмчесе.",
		Consent:    "Ризалык", Version: "Текст версиясе", Back: "Баш биткә",
		NoScript: "Чат эшләсен өчен браузерда JavaScript кирәк. Телефон аша да язылып була.",
		Minutes:  "мин", HourUnit: "сәг",
		weekdays: [7]string{"Дш", "Сш", "Чш", "Пш", "Җм", "Шб", "Як"},
		policy: func(p clinic.Privacy, days func(time.Duration) string) []section {
			return []section{
				{"Кем җавап бирә", []string{p.Operator + ".", "Мәгълүматларыгыз турында сораулар: " + p.Contact + "."}},
				{"Нәрсә һәм ни өчен", []string{
					"Исем һәм телефон сезне язу һәм үзгәрешләр турында хәбәр итү өчен кирәк. Аларны бары тик ризалыгыгыздан соң сорыйбыз: бу — чаттагы аерым адым.",
					"Язышу сез кире кайткач сөйләшүне дәвам итү өчен саклана. Ризалыкка кадәр телефоннар, исемнәр һәм документ номерлары сакланмый.",
					"Хәбәрләрне клиника серверындагы программа укый. Тышкы сервисларга язышу җибәрелми.",
				}},
				{"Күпме саклана", []string{
					"Язышу: " + days(p.Retention.Conversations) + ". Язылулар: " + days(p.Retention.Appointments) + ". Аннары мәгълүматлар бетерелә.",
				}},
				{"Хокукларыгыз", []string{
					"Чатта мәгълүматларыгызны күрсәтүне, бетерүне яки ризалыкны кире алуны сорагыз. Моны " + p.Contact + " адресы аша да сорап була.",
				}},
				{"Браузерыгызда", []string{
					"Чатны ачканчы ул бернәрсә дә сакламый. Аннары браузерда сөйләшү ачкычы гына саклана, хәбәрләр түгел. Аны чат менюсында бетереп була.",
				}},
			}
		},
	}
}

func english() words {
	return words{
		Name:     "English",
		Lead:     "Say which service you need and when it suits you. The assistant offers free times, and reception confirms your visit.",
		LeadAuto: "Say which service you need and when it suits you. The assistant offers free times and books at once.",
		Chat:     "Book in the chat", Services: "Services and prices", Service: "Service", Price: "Price", Duration: "Duration",
		Branches: "Addresses and opening hours", Hours: "Opening hours", Closed: "closed", Owner: "For the site's owner",
		Embed:      "The chat on your website",
		EmbedHow:   "Put this line into your pages, best before </body>:",
		Origins:    "Add the site's address to widget.origins in the clinic file: the chat does not open from other sites.",
		CSP:        "If the site has a Content-Security-Policy, two entries are all it needs:",
		Copy:       "Copy",
		Copied:     "Copied",
		Console:    "Reception's desk",
		ConsoleHow: "Requests, conversations and the calendar.",
		Privacy:    "How personal data is handled",
		Invented:   "Runs on Okoshko, a booking assistant on the clinic's own server.",
		Consent:    "Consent", Version: "Version of the text", Back: "Home",
		NoScript: "The chat needs JavaScript. You can also book by phone.",
		Minutes:  "min", HourUnit: "h",
		weekdays: [7]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
		policy: func(p clinic.Privacy, days func(time.Duration) string) []section {
			return []section{
				{"Who is responsible", []string{p.Operator + ".", "Questions about your data: " + p.Contact + "."}},
				{"What and why", []string{
					"Your name and phone are needed to book you, to tell you of changes and to know you at reception. We ask for them only after you agree, in a step of its own in the chat.",
					"The conversation is kept so that it can go on when you come back. Before you agree, phones, names and document numbers in it are not kept. Diagnoses and documents are not needed for a booking.",
					"Messages are read by a program on the clinic's own server. They do not go to services outside it or abroad.",
				}},
				{"How long", []string{
					"Conversations: " + days(p.Retention.Conversations) + ". Visits: " + days(p.Retention.Appointments) + ". Then the data is deleted.",
				}},
				{"Your rights", []string{
					"Ask in the chat what is known about you, to have it deleted, or to withdraw your consent: the assistant does it itself. You can also write to " + p.Contact + ".",
				}},
				{"In your browser", []string{
					"Until you open the chat it stores nothing. Then your browser holds only the key of the conversation, no messages. You can delete it in the chat's menu.",
				}},
			}
		},
	}
}

// span words a working span in minutes of the day: 08:00–20:00.
func span(s clinic.Span) string { return clock(s.From) + "–" + clock(s.To) }

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60%24, minutes%60) }

// length words a duration of whole minutes: «1 ч 30 мин».
func (w words) length(d time.Duration) string {
	h, m := int(d.Hours()), int(d.Minutes())%60
	switch {
	case h == 0:
		return strconv.Itoa(m) + " " + w.Minutes
	case m == 0:
		return strconv.Itoa(h) + " " + w.HourUnit
	default:
		return strconv.Itoa(h) + " " + w.HourUnit + " " + strconv.Itoa(m) + " " + w.Minutes
	}
}
