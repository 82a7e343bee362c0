// The widget's own words in three languages. What the assistant says comes from
// the server; here is only what surrounds it.

export type Lang = "ru" | "tt" | "en";

/** plural picks a form by the rules of Russian: 1, 2–4, 5–20. */
const plural = (n: number, one: string, few: string, many: string) => {
  const d = n % 10, h = n % 100;
  return d === 1 && h !== 11 ? one : d > 1 && d < 5 && (h < 12 || h > 14) ? few : many;
};

const ru = {
  name: "Русский",
  launch: "Записаться",
  title: "Онлайн-запись",
  openChat: (n: number) => (n ? `Открыть чат, ${n} ${plural(n, "новое сообщение", "новых сообщения", "новых сообщений")}` : "Открыть чат"),
  close: "Закрыть чат",
  menu: "Меню чата",
  log: "Переписка",
  choices: "Варианты ответа",
  you: "Вы",
  bot: "Помощник",
  staff: "Администратор",
  typing: (who: string) => `${who} печатает`,

  hello: "Здравствуйте! Это онлайн-запись.",
  about: "Помогу выбрать услугу и свободное время, перенести или отменить запись, отвечу на вопросы.",
  robot: "Отвечает автоматический помощник. Администратора можно позвать в любой момент.",
  starters: ["Записаться", "Сколько стоит?", "Адрес и часы работы", "Позвать администратора"],
  care: "Диагнозы и номера документов сюда писать не нужно.",
  policy: "Обработка данных",

  say: "Сообщение",
  sayName: "Имя и фамилия",
  sayPhone: "8 917 234-56-78",
  sayEmail: "name@example.ru",
  send: "Отправить",
  letters: "Ответить текстом",
  digits: "Ввести номер",
  left: (n: number) => `Осталось знаков: ${n}`,
  tooLong: (n: number) => `Сообщение длиннее, чем можно, на ${n} ${plural(n, "знак", "знака", "знаков")}. Сократите его, пожалуйста.`,

  ready: "Помощник на связи",
  connecting: "Соединяемся…",
  off: "Нет связи",
  lost: "Нет связи, восстанавливаем…",
  noNet: "Нет интернета. Сообщения уйдут, когда он появится.",
  down: "Чат сейчас недоступен.",
  call: (phone: string) => `Позвоните нам: ${phone}`,
  waiting: "Зовём администратора…",
  waitingAt: (when: string) => `Администратор ответит ${when}`,
  operator: (who: string) => (who ? `Отвечает администратор ${who}` : "Отвечает администратор"),
  botBack: "Снова отвечает помощник",
  elsewhere: "Чат открыт в другой вкладке.",
  here: "Продолжить здесь",
  expired: "Прежняя переписка закрыта, начали новую.",
  refused: "Чат на этом сайте не включён.",

  kept: (clock: string) => `Время ${clock} держим за вами ещё`,
  keptSoon: "Осталась одна минута",
  keptOver: "Время за вами больше не держим. Если оно ещё свободно, можно продолжить.",

  pending: "Отправляем…",
  failed: "Не отправлено",
  retry: "Повторить",
  edit: "Изменить",
  newer: "Новые сообщения",
  more: (n: number) => `Показать ещё ${n}`,

  agreed: "Я прочитал(а) текст согласия и разрешаю обработку моих персональных данных",
  read: "Прочитать текст согласия",
  mine: "Открыть мои данные",
  agree: "Согласен(на)",

  number: "Запись",
  statuses: {
    requested: "Ждёт подтверждения", confirmed: "Подтверждена", declined: "Отклонена", cancelled: "Отменена", arrived: "Вы пришли", no_show: "Визит не состоялся",
  } as Record<string, string>,
  calendar: { requested: "Добавить в календарь", confirmed: "Добавить в календарь", declined: "Убрать из календаря", cancelled: "Убрать из календаря" } as Record<string, string>,

  language: "Язык",
  forget: "Удалить переписку на этом устройстве",
  forgetAsk: "Переписка исчезнет из этого браузера. Записи на приём останутся в силе.",
  forgetYes: "Удалить",
  cancel: "Оставить",

  today: "сегодня", tomorrow: "завтра", yesterday: "вчера",
  at: (clock: string) => `в ${clock}`,
  on: ["в воскресенье", "в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу"],
  weekdays: ["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"],
  months: ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"],
};

export type Words = typeof ru;

const tt: Words = {
  name: "Татарча",
  launch: "Язылу",
  title: "Онлайн язылу",
  openChat: (n) => (n ? `Чатны ачу, ${n} яңа хәбәр` : "Чатны ачу"),
  close: "Чатны ябу",
  menu: "Чат менюсы",
  log: "Язышу",
  choices: "Җавап вариантлары",
  you: "Сез",
  bot: "Ярдәмче",
  staff: "Администратор",
  typing: (who) => `${who} яза`,

  hello: "Исәнмесез! Бу — онлайн язылу.",
  about: "Хезмәт һәм буш вакыт сайларга, язылуны күчерергә яки кире алырга булышам, сорауларга җавап бирәм.",
  robot: "Автомат ярдәмче җавап бирә. Администраторны теләсә кайсы вакытта чакырып була.",
  starters: ["Язылырга", "Күпме тора?", "Адрес һәм эш вакыты", "Администраторны чакыру"],
  care: "Диагнозлар һәм документ номерларын монда язарга кирәкми.",
  policy: "Мәгълүматларны эшкәртү",

  say: "Хәбәр",
  sayName: "Исем һәм фамилия",
  sayPhone: "8 917 234-56-78",
  sayEmail: "name@example.ru",
  send: "Җибәрү",
  letters: "Текст белән җавап бирү",
  digits: "Номер кертү",
  left: (n) => `Калган билгеләр: ${n}`,
  tooLong: (n) => `Хәбәр ${n} билгегә озынрак. Зинһар, кыскартыгыз.`,

  ready: "Ярдәмче элемтәдә",
  connecting: "Тоташабыз…",
  off: "Элемтә юк",
  lost: "Элемтә юк, яңадан тоташабыз…",
  noNet: "Интернет юк. Хәбәрләр ул барлыкка килгәч җибәрелә.",
  down: "Чат хәзер эшләми.",
  call: (phone) => `Безгә шалтыратыгыз: ${phone}`,
  waiting: "Администраторны чакырабыз…",
  waitingAt: (when) => `Администратор җавап бирә: ${when}`,
  operator: (who) => (who ? `Администратор ${who} җавап бирә` : "Администратор җавап бирә"),
  botBack: "Яңадан ярдәмче җавап бирә",
  elsewhere: "Чат башка биттә ачык.",
  here: "Монда дәвам итү",
  expired: "Элекке язышу ябылды, яңасын башладык.",
  refused: "Бу сайтта чат кабызылмаган.",

  kept: (clock) => `Сезнең өчен ${clock} вакыты саклана, калды`,
  keptSoon: "Бер минут калды",
  keptOver: "Вакыт инде сезнең өчен сакланмый. Әле буш булса, дәвам итә аласыз.",

  pending: "Җибәрәбез…",
  failed: "Җибәрелмәде",
  retry: "Кабатлау",
  edit: "Үзгәртү",
  newer: "Яңа хәбәрләр",
  more: (n) => `Тагын ${n} күрсәтү`,

  agreed: "Ризалык текстын укыдым һәм шәхси мәгълүматларымны эшкәртергә рөхсәт итәм",
  read: "Ризалык текстын уку",
  mine: "Мәгълүматларымны ачарга",
  agree: "Риза",

  number: "Язылу",
  statuses: {
    requested: "Раслау көтелә", confirmed: "Расланды", declined: "Кире кагылды", cancelled: "Юкка чыгарылды", arrived: "Сез килдегез", no_show: "Кабул итү булмады",
  },
  calendar: { requested: "Календарьга өстәргә", confirmed: "Календарьга өстәргә", declined: "Календарьдан алырга", cancelled: "Календарьдан алырга" },

  language: "Тел",
  forget: "Бу җайланмадагы язышуны бетерү",
  forgetAsk: "Язышу бу браузердан юкка чыга. Кабул итүгә язылулар үз көчендә кала.",
  forgetYes: "Бетерү",
  cancel: "Калдыру",

  today: "бүген", tomorrow: "иртәгә", yesterday: "кичә",
  at: (clock) => `сәгать ${clock}`,
  on: ["якшәмбе", "дүшәмбе", "сишәмбе", "чәршәмбе", "пәнҗешәмбе", "җомга", "шимбә"],
  weekdays: ["якшәмбе", "дүшәмбе", "сишәмбе", "чәршәмбе", "пәнҗешәмбе", "җомга", "шимбә"],
  months: ["гыйнвар", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"],
};

const en: Words = {
  name: "English",
  launch: "Book a visit",
  title: "Online booking",
  openChat: (n) => (n ? `Open chat, ${n} new ${n === 1 ? "message" : "messages"}` : "Open chat"),
  close: "Close chat",
  menu: "Chat menu",
  log: "Conversation",
  choices: "Ready answers",
  you: "You",
  bot: "Assistant",
  staff: "Reception",
  typing: (who) => `${who} is typing`,

  hello: "Hello! This is online booking.",
  about: "I can help you choose a service and a free time, move or cancel a visit, and answer questions.",
  robot: "An automatic assistant answers. You can ask for reception at any moment.",
  starters: ["Book a visit", "What does it cost?", "Address and opening hours", "Talk to reception"],
  care: "Please leave out diagnoses and document numbers.",
  policy: "How data is handled",

  say: "Message",
  sayName: "First and last name",
  sayPhone: "8 917 234-56-78",
  sayEmail: "name@example.com",
  send: "Send",
  letters: "Answer in words",
  digits: "Enter a number",
  left: (n) => `Characters left: ${n}`,
  tooLong: (n) => `The message is ${n} ${n === 1 ? "character" : "characters"} too long. Please shorten it.`,

  ready: "Assistant is here",
  connecting: "Connecting…",
  off: "No connection",
  lost: "Connection lost, reconnecting…",
  noNet: "You are offline. Messages will be sent once you are back.",
  down: "The chat is not available now.",
  call: (phone) => `Call us: ${phone}`,
  waiting: "Calling reception…",
  waitingAt: (when) => `Reception will answer ${when}`,
  operator: (who) => (who ? `${who} from reception answers` : "Reception answers"),
  botBack: "The assistant answers again",
  elsewhere: "The chat is open in another tab.",
  here: "Continue here",
  expired: "The earlier conversation is closed; this is a new one.",
  refused: "The chat is not enabled on this site.",

  kept: (clock) => `${clock} is kept for you for another`,
  keptSoon: "One minute left",
  keptOver: "The time is no longer kept for you. If it is still free, you can go on.",

  pending: "Sending…",
  failed: "Not sent",
  retry: "Try again",
  edit: "Edit",
  newer: "New messages",
  more: (n) => `Show ${n} more`,

  agreed: "I have read the consent and allow my personal data to be processed",
  read: "Read the consent",
  mine: "Open my data",
  agree: "I agree",

  number: "Visit",
  statuses: {
    requested: "Waiting for confirmation", confirmed: "Confirmed", declined: "Declined", cancelled: "Cancelled", arrived: "You came", no_show: "Visit did not take place",
  },
  calendar: { requested: "Add to calendar", confirmed: "Add to calendar", declined: "Remove from calendar", cancelled: "Remove from calendar" },

  language: "Language",
  forget: "Delete this chat on this device",
  forgetAsk: "The chat will disappear from this browser. Your visits stay booked.",
  forgetYes: "Delete",
  cancel: "Keep",

  today: "today", tomorrow: "tomorrow", yesterday: "yesterday",
  at: (clock) => `at ${clock}`,
  on: ["on Sunday", "on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday"],
  weekdays: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
  months: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
};

export const words: Record<Lang, Words> = { ru, tt, en };

/** lang is the first of the wishes («ru», «en-GB») that the widget speaks. */
export function lang(...wishes: (string | null | undefined)[]): Lang {
  for (const wish of wishes) {
    const known = (wish || "").slice(0, 2).toLowerCase();
    if (known in words) return known as Lang;
  }
  return "ru";
}
