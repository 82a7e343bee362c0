package console

import "strings"

// actionWords are the journal's actions, and the kinds of events, as people read
// them. A test demands words for all that the code writes.
var actionWords = map[string]string{
	"login": "Вход", "login.refused": "Отказ во входе", "logout": "Выход",
	"password.changed": "Смена пароля", "password.set": "Пароль задан заново",
	"account.created": "Новый сотрудник", "account.off": "Сотрудник отключён", "account.on": "Сотрудник включён",
	"token.created": "Новый ключ доступа", "token.revoked": "Ключ доступа отозван",
	"secret.set": "Секрет задан", "secret.remove": "Секрет удалён",
	"feed.created": "Новый адрес календаря", "feed.revoked": "Адрес календаря отозван",

	"key.add": "Добавлен способ открыть хранилище", "key.remove": "Убран способ открыть хранилище", "key.unlock": "Хранилище открыто",
	"key.rotate": "Ключи хранилища заменены", "key.backup": "Снята копия ключей",
	"store.backup": "Снята копия хранилища", "store.restore": "Хранилище восстановлено из копии", "store.accept": "Принята прежняя версия хранилища",

	"conversation.read": "Разговор прочитан", "conversation.reply": "Ответ посетителю",
	"conversation.take": "Разговор взят", "conversation.return": "Разговор возвращён помощнику",
	"api.read": "Программа прочитала данные", "desk.read": "Открыта страница с людьми", "alarm.raised": "Тревога", "incident.opened": "Утечка: начато разбирательство",
	"conversation.handoff": "Передано ресепшену", "conversation.destroy": "Разговор удалён по сроку",

	"appointment.requested": "Новая заявка", "appointment.confirmed": "Запись подтверждена", "appointment.declined": "Заявка отклонена",
	"appointment.moved": "Запись перенесена", "appointment.cancelled": "Запись отменена", "appointment.arrived": "Посетитель на приёме",
	"appointment.no_show":  "Посетитель не пришёл",
	"appointment.reminder": "Напоминание о записи",

	"exception.added": "Изменён график", "exception.removed": "Изменение графика убрано",
	"waitlist.joined": "В листе ожидания", "waitlist.offered": "Предложено окно", "waitlist.accepted": "Окно из листа ожидания занято",
	"waitlist.passed": "От окна отказались", "waitlist.expired": "Окно предложено, ответа не было", "waitlist.over": "Ожидание закончилось: дни прошли",
	"waitlist.removed": "Убран из листа ожидания", "waitlist.left": "Посетитель больше не ждёт",

	"contact.reveal": "Просмотр телефона", "contact.erase": "Данные удалены", "contact.erased": "Данные удалены",
	"contact.correct": "Данные исправлены", "contact.destroyed": "Запись в реестре уничтожения", "contact.export": "Данные выгружены",
	"erasure.proved": "Уничтожение проверено", "erasure.unproved": "Проверка уничтожения не пройдена",
	"contact.search": "Поиск человека", "contact.read": "Карточка человека открыта", "register.read": "Акт об уничтожении открыт",
	"contact.restrict": "Обработка данных приостановлена", "contact.unrestrict": "Обработка данных возобновлена",
	"consent.give": "Согласие дано", "consent.refuse": "Посетитель отказался от согласия", "consent.withdraw": "Согласие отозвано", "consent.given": "Согласие дано", "consent.withdrawn": "Согласие отозвано",
	"retention.run": "Удаление по сроку хранения", "replays.taken": "Разговоры взяты для проверки модели (без личных данных)",

	"demand.access": "Посетитель спросил, что о нём известно", "demand.export": "Посетитель попросил выгрузку", "demand.correct": "Посетитель просит исправить данные",
	"demand.restrict": "Посетитель просит приостановить обработку", "demand.withdraw": "Посетитель отзывает согласие", "demand.erase": "Посетитель просит удалить данные",
	"demand.open": "Требование посетителя", "demand.done": "Требование выполнено", "demand.refused": "В требовании отказано", "demand.extended": "Срок ответа продлён",
	"incident.open": "Утечка: начато разбирательство", "incident.close": "Утечка: разбирательство закончено", "incident.examined": "Утечка: отчёт о расследовании",
	"incident.told": "Утечка: сообщено в Роскомнадзор", "incident.unfreeze": "Утечка: отправка возобновлена",
	"alarm.seen": "Тревога просмотрена", "alarm.reveals": "Тревога: много просмотров телефонов", "alarm.exports": "Тревога: много выгрузок",
	"alarm.searches": "Тревога: много поисков людей",
	"alarm.reading":  "Тревога: много прочитанных разговоров", "alarm.night": "Тревога: работа с данными в нерабочее время",
	"alarm.signin": "Тревога: подбор пароля", "alarm.api": "Тревога: программа читает очень много", "alarm.canary": "Тревога: открыт контакт-приманка",
	"alarm.tokens": "Тревога: подбор ключа доступа", "alarm.clock": "Тревога: часы компьютера ушли назад", "alarm.head": "Тревога: отпечаток журнала не записан",
	"alarm.rollback": "Тревога: журнал не совпадает с отпечатком", "alarm.evidence": "Тревога: копия для расследования не снята",
	"token.refused": "Отказ по ключу доступа", "incident.copy": "Утечка: снята копия для расследования", "incident.uncopied": "Утечка: копия для расследования не снята",
	"journal.head": "Отпечаток журнала",
	"canary.add":   "Добавлен контакт-приманка", "canary.remove": "Контакт-приманка убран",
	"alarm.proof": "Тревога: уничтожение не подтверждено",
}

// handoffWords say why a conversation was handed to a person.
var handoffWords = map[string]string{
	"asked": "попросил посетитель", "complaint": "жалоба", "emergency": "экстренный случай", "symptoms": "вопрос о здоровье", "stuck": "помощник не справился",
}

// reasonName is the reason of an entry, in words where its action has some.
func reasonName(action, reason string) string {
	switch action {
	case "exception.added", "exception.removed":
		return cause(reason)
	case "conversation.handoff":
		if said, ok := handoffWords[reason]; ok {
			return said
		}
	case "consent.give", "consent.refuse", "consent.withdraw":
		return consentReason(reason)
	case "feed.created":
		if of, ok := strings.CutSuffix(reason, " details"); ok {
			return of + ", с услугой и специалистом"
		}
	}
	return reason
}

// consentReason words which consent an entry is about; older entries name the version
// of the text alone.
func consentReason(reason string) string {
	purpose, version, ok := strings.Cut(reason, " ")
	switch {
	case reason == "":
		return ""
	case !ok:
		return "версия текста " + reason
	}
	return purposeWords[purpose] + ", версия текста " + version
}

func actionName(action string) string {
	if s, ok := actionWords[action]; ok {
		return s
	}
	return action
}
