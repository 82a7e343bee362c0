package widget

import "okoshko/assistant/privacy"

// meWords are the texts of the page of own data in one language.
type meWords struct {
	Title, Lead, How, HowSay, Closes, Insecure    string
	Who, Name, Phone, Email, None, Fix, Save, New string
	Consents, Read, Pressed, GivenOn, TakenBack   string
	Withdraw, WithdrawAsk, WithdrawYes            string
	Visits, NoVisits, Waiting, From, Until        string
	Talk, Messages, KeptUntil, Receivers          string
	Download, ForPeople, ForPrograms              string
	Erase, EraseAsk, EraseYes, Asked, Restricted  string
	Corrected, BadValue, NoConsent, Withdrawn     string
	Erased, You, Assistant, Operator, Write, Made string
	Uses, BasisIs, Agree, Stop, Records           string
	NotGiven, Refused, NoneNeeded, Given, Stopped string
	TextChanged, VisitFirst                       string
	Purposes, Bases, Answers                      map[string]string
	Rights                                        map[privacy.Right]string
}

func meWordsIn(lang string) meWords {
	switch lang {
	case "tt":
		return meTatar()
	case "en":
		return meEnglish()
	default:
		return meRussian()
	}
}

func meRussian() meWords {
	return meWords{
		Title:    "Ваши данные",
		Lead:     "Здесь всё, что о вас хранится. Других сведений нет.",
		How:      "Чтобы увидеть свои данные, откройте чат и напишите:",
		HowSay:   "Что вы обо мне знаете?",
		Closes:   "Ссылка из ответа действует полчаса и открывается один раз. Если эта страница закрылась, попросите новую.",
		Insecure: "Страница открывается только по защищённому адресу (https)",
		Who:      "О вас", Name: "Имя", Phone: "Телефон", Email: "Почта", None: "не указано", Fix: "Исправить", Save: "Сохранить", New: "Новое значение",
		Consents: "Согласия", Read: "Прочитать текст", Pressed: "Ответ", GivenOn: "Дано", TakenBack: "Отозвано",
		Withdraw:    "Отозвать согласие",
		WithdrawAsk: "Отзываются все согласия. Имя, телефон и записи больше не будут использоваться, кроме уже назначенных визитов, и удалятся не позже чем через 30 дней. Удалить их сразу можно ниже.",
		WithdrawYes: "Отозвать",
		Visits:      "Записи на приём", NoVisits: "Записей нет", Waiting: "Лист ожидания", From: "с", Until: "до",
		Talk: "Переписка", Messages: "Сообщений", KeptUntil: "Хранится до", Receivers: "Кому передаются имя и телефон",
		Download: "Скачать", ForPeople: "Для чтения (HTML)", ForPrograms: "Для программ (JSON)",
		Erase:    "Удалить всё",
		EraseAsk: "Удалятся имя, телефон, переписка и согласия, предстоящие записи отменятся. Вернуть это будет нельзя.",
		EraseYes: "Удалить всё и отменить записи", Asked: "Ваши обращения",
		Restricted: "Использование ваших данных приостановлено",
		Corrected:  "Исправлено.", BadValue: "Так записать не получится. Проверьте, пожалуйста, и напишите ещё раз.",
		NoConsent: "Согласие отозвано, поэтому изменить данные нельзя. Их можно удалить.",
		Withdrawn: "Согласие отозвано.", Erased: "Готово: ваши данные удалены, предстоящие записи отменены.",
		You: "Вы", Assistant: "Помощник", Operator: "Администратор", Write: "Вопросы о данных", Made: "Составлено",
		Uses: "Для чего используются данные", BasisIs: "Основание", Agree: "Дать согласие", Stop: "Отказаться", Records: "Записи о согласиях",
		NotGiven: "Согласия нет, для этого данные не используются", Refused: "Вы отказались", NoneNeeded: "Отдельное согласие не нужно, отказаться можно в любое время",
		Given: "Согласие записано.", Stopped: "Готово: для этого ваши данные больше не используются. На записи это не влияет.",
		TextChanged: "Текст согласия изменился. Прочитайте его, пожалуйста, ещё раз.", VisitFirst: "Согласие на запись отозвано, поэтому другие согласия дать нельзя.",
		Purposes: map[string]string{
			privacy.PurposeBooking: "Запись на приём", privacy.PurposeReminders: "Напоминания о визитах", privacy.PurposeAdvertising: "Новости и предложения",
		},
		Bases:   map[string]string{"consent": "ваше согласие (152-ФЗ, статья 6)", "contract": "услуга, на которую вы записались (152-ФЗ, статья 6)"},
		Answers: map[string]string{"pressed": "нажата кнопка", "said": "написано словами", "": "сказано администратору"},
		Rights: map[privacy.Right]string{
			privacy.RightAccess: "Посмотреть данные", privacy.RightExport: "Получить файл", privacy.RightCorrect: "Исправить",
			privacy.RightRestrict: "Приостановить использование", privacy.RightWithdraw: "Отозвать согласие", privacy.RightErase: "Удалить",
		},
	}
}

func meTatar() meWords {
	return meWords{
		Title:    "Сезнең мәгълүматлар",
		Lead:     "Сезнең турында сакланган бөтен нәрсә шушында. Башка мәгълүмат юк.",
		How:      "Үз мәгълүматларыгызны күрер өчен чатны ачып языгыз:",
		HowSay:   "Минем турында нәрсә беләсез?",
		Closes:   "Җаваптагы сылтама ярты сәгать эшли һәм бер тапкыр ачыла. Бу бит ябылса, яңасын сорагыз.",
		Insecure: "Бит сакланган адрес (https) аша гына ачыла",
		Who:      "Сезнең турында", Name: "Исем", Phone: "Телефон", Email: "Почта", None: "күрсәтелмәгән", Fix: "Төзәтергә", Save: "Сакларга", New: "Яңасы",
		Consents: "Ризалыклар", Read: "Текстны укырга", Pressed: "Җавап", GivenOn: "Бирелгән", TakenBack: "Кире алынган",
		Withdraw:    "Ризалыкны кире алырга",
		WithdrawAsk: "Барлык ризалыклар кире алына. Исем, телефон һәм язылулар, билгеләнгән визитлардан тыш, бүтән кулланылмый һәм 30 көннән дә соңга калмыйча бетерелә. Түбәндә аларны шунда ук бетерергә була.",
		WithdrawYes: "Кире алырга",
		Visits:      "Язылулар", NoVisits: "Язылулар юк", Waiting: "Көтү исемлеге", From: "башы", Until: "ахыры",
		Talk: "Язышу", Messages: "Хәбәрләр саны", KeptUntil: "Саклана", Receivers: "Исем һәм телефон кемгә бирелә",
		Download: "Йөкләп алырга", ForPeople: "Уку өчен (HTML)", ForPrograms: "Программалар өчен (JSON)",
		Erase:    "Барысын да бетерергә",
		EraseAsk: "Исем, телефон, язышу һәм ризалыклар бетерелә, алдагы язылулар юкка чыгарыла. Кире кайтарып булмый.",
		EraseYes: "Барысын да бетерергә", Asked: "Сезнең мөрәҗәгатьләр",
		Restricted: "Мәгълүматларыгызны куллану туктатып торылган",
		Corrected:  "Төзәтелде.", BadValue: "Болай язып булмый. Зинһар, тикшереп яңадан языгыз.",
		NoConsent: "Ризалык кире алынган, шуңа күрә үзгәртеп булмый. Бетерергә мөмкин.",
		Withdrawn: "Ризалык кире алынды.", Erased: "Әзер: мәгълүматларыгыз бетерелде, алдагы язылулар юкка чыгарылды.",
		You: "Сез", Assistant: "Ярдәмче", Operator: "Администратор", Write: "Мәгълүматлар турында сораулар", Made: "Төзелгән",
		Uses: "Мәгълүматлар ни өчен кулланыла", BasisIs: "Нигез", Agree: "Ризалык бирергә", Stop: "Баш тартырга", Records: "Ризалыклар язмасы",
		NotGiven: "Ризалык юк, моның өчен мәгълүматлар кулланылмый", Refused: "Сез баш тарттыгыз", NoneNeeded: "Аерым ризалык кирәкми, теләсә кайсы вакытта баш тартырга мөмкин",
		Given: "Ризалык язылды.", Stopped: "Әзер: моның өчен мәгълүматларыгыз бүтән кулланылмый. Язылуларга бу тәэсир итми.",
		TextChanged: "Ризалык тексты үзгәрде. Зинһар, яңадан укып чыгыгыз.", VisitFirst: "Язылуга ризалык кире алынган, шуңа күрә башка ризалыклар биреп булмый.",
		Purposes: map[string]string{
			privacy.PurposeBooking: "Кабул итүгә язылу", privacy.PurposeReminders: "Визитларны искә төшерү", privacy.PurposeAdvertising: "Яңалыклар һәм тәкъдимнәр",
		},
		Bases:   map[string]string{"consent": "сезнең ризалык (152-ФЗ, 6 маддә)", "contract": "сез язылган хезмәт (152-ФЗ, 6 маддә)"},
		Answers: map[string]string{"pressed": "төймәгә басылган", "said": "сүз белән язылган", "": "администраторга әйтелгән"},
		Rights: map[privacy.Right]string{
			privacy.RightAccess: "Мәгълүматларны карау", privacy.RightExport: "Файл алу", privacy.RightCorrect: "Төзәтү",
			privacy.RightRestrict: "Куллануны туктатып тору", privacy.RightWithdraw: "Ризалыкны кире алу", privacy.RightErase: "Бетерү",
		},
	}
}

func meEnglish() meWords {
	return meWords{
		Title:    "Your data",
		Lead:     "This is all that is stored about you. There is nothing else.",
		How:      "To see your data, open the chat and write:",
		HowSay:   "What do you know about me?",
		Closes:   "The link in the answer works for half an hour and opens once. If this page has closed, ask for another.",
		Insecure: "This page opens only over a secure address (https)",
		Who:      "About you", Name: "Name", Phone: "Phone", Email: "E-mail", None: "not given", Fix: "Correct", Save: "Save", New: "New value",
		Consents: "Consents", Read: "Read the text", Pressed: "Answer", GivenOn: "Given", TakenBack: "Withdrawn",
		Withdraw:    "Withdraw the consent",
		WithdrawAsk: "All consents are withdrawn. Your name, phone and visits are no longer used, except for visits already arranged, and are deleted within 30 days. You can delete them at once below.",
		WithdrawYes: "Withdraw",
		Visits:      "Visits", NoVisits: "No visits", Waiting: "Waiting list", From: "from", Until: "until",
		Talk: "Conversation", Messages: "Messages", KeptUntil: "Kept until", Receivers: "Who is told your name and phone",
		Download: "Download", ForPeople: "To read (HTML)", ForPrograms: "For programs (JSON)",
		Erase:    "Delete everything",
		EraseAsk: "Your name, phone, conversation and consents are deleted and coming visits are cancelled. This cannot be undone.",
		EraseYes: "Delete everything and cancel visits", Asked: "What you asked for",
		Restricted: "The use of your data is suspended",
		Corrected:  "Corrected.", BadValue: "That cannot be stored. Please check it and try again.",
		NoConsent: "The consent was withdrawn, so the data cannot be changed. It can be deleted.",
		Withdrawn: "The consent is withdrawn.", Erased: "Done: your data is deleted and coming visits are cancelled.",
		You: "You", Assistant: "Assistant", Operator: "Reception", Write: "Questions about your data", Made: "Made",
		Uses: "What your data is used for", BasisIs: "Legal basis", Agree: "Give consent", Stop: "Decline", Records: "Records of consents",
		NotGiven: "No consent, so your data is not used for this", Refused: "You declined", NoneNeeded: "No consent of its own is needed, you can decline at any time",
		Given: "Your consent is noted.", Stopped: "Done: your data is no longer used for this. Your visits are not affected.",
		TextChanged: "The text of the consent has changed. Please read it again.", VisitFirst: "The consent to the visit was withdrawn, so no other can be given.",
		Purposes: map[string]string{
			privacy.PurposeBooking: "Booking a visit", privacy.PurposeReminders: "Reminders of visits", privacy.PurposeAdvertising: "News and offers",
		},
		Bases:   map[string]string{"consent": "your consent (152-FZ, article 6)", "contract": "the service that you booked (152-FZ, article 6)"},
		Answers: map[string]string{"pressed": "a button was pressed", "said": "written in words", "": "said to reception"},
		Rights: map[privacy.Right]string{
			privacy.RightAccess: "See the data", privacy.RightExport: "Get a file", privacy.RightCorrect: "Correct",
			privacy.RightRestrict: "Suspend the use", privacy.RightWithdraw: "Withdraw the consent", privacy.RightErase: "Delete",
		},
	}
}
