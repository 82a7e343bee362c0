package nlu

import (
	"strings"
	"testing"
)

// A row is [@expects/lang] message => commands, in any order: do, do:value,
// do field=value. Rows are written as visitors of other trades would write.
var commandRows = `
Здравствуйте, хочу записать кота на прививку => greet, book, set service=vaccination
можно собаку привезти на осмотр к ветеринару в субботу утром? => book, set service=vet-exam, set time
Нужна доверенность на машину, когда есть окно? => book, set service=proxy
подстригите меня завтра часов в шесть => set service=haircut, set time
хочу побриться у Рената => book, set service=beard, set specialist=gataullin
есть свободное время на массаж спины в пятницу вечером? => book, set service=massage, set time
Сколько стоит массаж лица? => price, set service=face-massage
почём стрижка => price, set service=haircut
какая цена на маникюр => price, set service=nails
прайс можно? => price
перенесите меня на вторник => move, set time
можно ли сдвинуть мою запись на час позже => move
хочу перезаписаться на другой день => move
не получится прийти в среду, давайте перенесём на четверг => move, set time
передвиньте визит, пожалуйста => move
не отменить, а перенести => move
отмените мою запись на стрижку => cancel, set service=haircut
я заболела, не приду => cancel
к сожалению не сможем приехать => cancel
снимите меня с записи => cancel
хочу отказаться от визита => cancel
запись больше не нужна => cancel
@confirm да => affirm
@confirm всё верно => affirm
@confirm угу => affirm
@confirm да, отменяйте => affirm
@confirm нет => deny
@confirm нет, не так => deny
@confirm не отменяйте => deny
@confirm отмените отмену => deny
@confirm оставьте как есть => deny
@confirm + => affirm
@confirm 👍 => affirm
@confirm да, но лучше в 16:00 => correct time
@confirm не к Сафиной, а к Белову => correct specialist=belov
@confirm лучше массаж => correct service=massage
@consent согласен => affirm
@consent да, даю согласие => affirm
@consent не согласна => deny
@consent не даю согласия => deny
@consent против => deny
@consent ок => affirm
когда я записан? => show
на какое время у меня запись => show
я записан на завтра? => show, set time
покажите мои записи => show
напомните, во сколько мне приходить => show
забыл, когда у меня визит => show
на когда записана моя жена? => show:other
дайте номера других клиентов => show:other
запишите в лист ожидания => wait
если освободится место, сообщите => wait
позвоните если кто-то откажется => wait
@time поставьте в очередь => wait
что вы обо мне знаете => know
какие данные обо мне хранятся? => know
удалите мою переписку и телефон => erase
забудьте меня => erase
сотрите всё обо мне => erase
отзываю согласие на обработку => withdraw
соедините с живым человеком => human:asked
хочу поговорить с администратором => human:asked
мне нужен оператор => human:asked
не хочу общаться с роботом, дайте человека => human:asked
перезвоните мне => human:asked
где ваш главврач? => human:asked
главврача позовите => human:asked
мне нахамили на ресепшене => human:complaint
это безобразие, хочу пожаловаться => human:complaint
верните мне деньги => human:complaint
повторите, пожалуйста => repeat
не понял => repeat
ещё раз => repeat
давайте сначала => restart
начнём заново => restart
спасибо большое => thanks
благодарю за помощь => thanks
привет => greet
доброе утро => greet
доброго времени суток => greet
@specialist мне всё равно => set specialist=any
@specialist без разницы => set specialist=any
@specialist кто свободен => set specialist=any
@branch любой => set branch=any
@branch не важно => set branch=any
@branch в Горках => set branch=gorki
@branch на чистопольской => set branch=chistopol
@branch новый город => set branch=chistopol
к любому мастеру на маникюр => set specialist=any, set service=nails
@specialist к Анне => set specialist=nurieva
@specialist Белов => set specialist=belov
@specialist Андрей => set specialist=belov
@specialist у андрея петровича => set specialist=belov
@specialist Гатаулину => set specialist=gataullin
@specialist Гатауллин Ренат => set specialist=gataullin
@service ногти => set service=nails
@service ноготки сделать => set service=nails
@service манекюр => set service=nails
@service массажик => set service=massage
@service к зубнику => set service=dentist
@service почистить зубы => set service=hygiene
@service чистка => set service=hygiene
@service кардиограма => set service=ecg
@service завищание => set service=will
@service бородку поправить => set service=beard
@service прививочку собачке => set service=vaccination
@time в 15:30 => set time
@time завтра вечером => set time
@time второе => choose:2
@time последнее => choose:last
@time которое пораньше => choose:earliest
@time первый вариант => choose:1
@time третье, пожалуйста => choose:3
@which второй => choose:2
есть ли у вас парковка? => ask:0
куда машину поставить => ask:0
картой можно? => ask:1
можно с собачкой прийти? => ask:2
какие нужны документы => ask:3
а где вы находитесь => ask:5
как до вас доехать? => ask:5
паркинг есть? => ask:0
а вы продаёте шины? => unclear
у вас есть бассейн? => unclear
лыодвлаоы => unclear
трям пам пам => unclear
не знаю => unclear
@phone не дам => deny
@phone не хочу => deny
@time нет, не подходит => deny
нет ли у вас времени в четверг? => set time
zapishite na massazh v subbotu => book, set service=massage, set time
privet, hochu na strizhku zavtra => greet, book, set service=haircut, set time
ghbdtn => greet
pfgbibnt yf vfccf; pfdnhf => book, set service=massage, set time
@/en Hello, can I book a massage for Friday afternoon? => greet, book, set service=massage, set time
@/en I want to cancel my appointment => cancel
@/en I can't make it on Tuesday => cancel, set time
@/en could we reschedule my visit to Monday => move, set time
@/en when is my appointment? => show
@/en how much is a manicure? => price, set service=nails
@/en can I talk to a real person => human:asked
@/en I want a refund => human:complaint
@/en this is unacceptable, I want to complain => human:complaint
@/en delete all my data => erase
@/en what do you know about me? => know
@/en I withdraw my consent => withdraw
@/en put me on the waiting list => wait
@/en let me know if something opens up => wait
@confirm/en yes, that's right => affirm
@confirm/en no, that's wrong => deny
@confirm/en actually make it Thursday => correct time
@consent/en I agree => affirm
@consent/en I do not agree => deny
@specialist/en anyone => set specialist=any
@specialist/en doesn't matter => set specialist=any
@time/en the second one => choose:2
@time/en the last one => choose:last
@/en start over => restart
@/en could you repeat that => repeat
@/en thanks a lot => thanks
@/en good evening => greet
@/en do you have parking? => ask:0
@/en where are you located? => ask:5
@/en can I pay by card? => ask:1
@/en I'd like a back massage with Dr Belov => book, set service=massage, set specialist=belov
@/tt Исәнмесез! Массажга язылырга телим => greet, book, set service=massage
@/tt иртәгә Динага язылырга буламы? => book, set specialist=safina, set time
@/tt язылуымны бетерегез => cancel
@/tt килә алмыйм => cancel
@/tt язылуны җомгага күчерегез => move, set time
@/tt кайчанга язылганмын? => show
@/tt стрижка күпме тора? => price, set service=haircut
@/tt администраторны чакырыгыз => human:asked
@/tt шикаятем бар => human:complaint
@confirm/tt әйе, дөрес => affirm
@confirm/tt юк => deny
@consent/tt риза => affirm
@consent/tt риза түгел => deny
@specialist/tt барыбер => set specialist=any
@specialist/tt теләсә кайсы => set specialist=any
@time/tt икенчесе => choose:2
@/tt рәхмәт => thanks
@/tt кабатлагыз әле => repeat
@/tt баштан башлыйк => restart
@/tt рэхмэт сезгэ => thanks
@/tt исэнмесез, маникюрга язылырга телим иртэгэ => greet, book, set service=nails, set time
@/tt мәгълүматларымны бетерегез => erase
@/tt теш табибына язылырга телим => book, set service=dentist
хочу записатся на манекюр в суботу => book, set service=nails, set time
запешите к белову на завтро => book, set specialist=belov, set time
атмените запись => cancel
перинесите на пятницу => move, set time
скока стоит стришка => price, set service=haircut
`

func TestCommands(t *testing.T) {
	r := reader(t)
	good, all := 0, 0
	for line := range strings.Lines(strings.TrimSpace(commandRows)) {
		text, want, _ := strings.Cut(strings.TrimSpace(line), " => ")
		c := Context{Lang: "ru", Now: monday}
		if strings.HasPrefix(text, "@") {
			head, rest, _ := strings.Cut(text[1:], " ")
			expects, lang, ok := strings.Cut(head, "/")
			c.Expects, text = Field(expects), rest
			if ok {
				c.Lang = lang
			}
		}
		all++
		reading := r.Read(text, c)
		if got := spelled(reading.Commands); sameWords(got, want) && reading.Alarm == "" {
			good++
			continue
		}
		t.Logf("%q (%s): %s, want %s %s", text, c.Expects, spelled(reading.Commands), want, reading.Alarm)
	}
	t.Logf("commands: %d of %d exact (%.1f %%)", good, all, 100*float64(good)/float64(all))
	if float64(good) < 0.97*float64(all) {
		t.Errorf("%d of %d messages read exactly", good, all)
	}
}

func spelled(commands []Command) string {
	var all []string
	for _, c := range commands {
		s := c.Do
		switch {
		case c.Field == FieldTime && c.Value == "":
			s += " time"
		case c.Field != "":
			s += " " + string(c.Field) + "=" + c.Value
		case c.Value != "":
			s += ":" + c.Value
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

func sameWords(a, b string) bool {
	count := map[string]int{}
	for s := range strings.SplitSeq(a, ", ") {
		count[s]++
	}
	for s := range strings.SplitSeq(b, ", ") {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

var alarmRows = `
грудь сдавило и не хватает воздуха => emergency
жжёт за грудиной и отдаёт в челюсть => emergency
у отца резко заболело сердце, очень сильно => emergency
муж потерял сознание => emergency
бабушка упала и не реагирует => emergency
ребёнок подавился и задыхается => emergency
отнялась правая рука и речь невнятная => emergency
половина лица онемела => emergency
кровь не останавливается уже час => emergency
сильное кровотечение после удаления => emergency
не могу остановить кровь из десны => emergency
рвёт кровью => emergency
хочу умереть => emergency
не вижу смысла жить => emergency
думаю покончить с собой => emergency
выпила целую пачку таблеток => emergency
после укуса осы распухло горло, трудно дышать => emergency
отёк Квинке => emergency
у сына судороги => emergency
вызовите скорую => emergency
кажется инфаркт => emergency
не дышит => emergency
I have severe chest pain => emergency
my mother can't breathe => emergency
he is unconscious => emergency
I want to kill myself => emergency
her face is drooping and speech is slurred => emergency
heavy bleeding that won't stop => emergency
my throat is swelling after a nut => emergency
I don't want to live anymore => emergency
күкрәгем кыса, сулыш алуы авыр => emergency
әтием аңын югалтты => emergency
яшисем килми => emergency
үләсем килә => emergency
температура 39 и болит горло, что принять? => symptoms
у меня сыпь на руках, что это может быть? => symptoms
болит живот и тошнит, какое лекарство выпить => symptoms
кашель вторую неделю, чем лечить? => symptoms
опухла десна и болит зуб, это опасно? => symptoms
собака хромает, лапа опухла, что делать? => symptoms
какой мазью мазать, чешется спина? => symptoms
посоветуйте таблетки, голова кружится => symptoms
I have a rash and fever, what should I take? => symptoms
my back hurts, what could it be? => symptoms
тамагым авырта, нинди дару эчәргә? => symptoms
болит зуб, запишите к стоматологу =>
болит спина, хочу на массаж завтра =>
зуб не болит, просто осмотр =>
грудь не болит, запишите на осмотр =>
дышать могу нормально, запишите на ЭКГ =>
чешется кот, можно к ветеринару в субботу? =>
сильно хочу к вам на массаж =>
хочу умереть какая красивая стрижка у Юли была => emergency
нужна ЭКГ с расшифровкой =>
жить буду рядом с вами, где вы находитесь? =>
давление на массаже сильное или нет? =>
кровь сдать можно? =>
кот не ест второй день, запишите к ветеринару =>
I have a toothache, can I see a dentist today? =>
тешем авырта, теш табибына язылырга телим =>
сломалась машина, перенесите запись =>
подышать воздухом можно выйти? =>
моделирование бороды и лицо побрить =>
сколько стоит массаж лица? =>
рука не дотягивается до спины, нужен массаж =>
`

func TestAlarms(t *testing.T) {
	r := reader(t)
	bad, all := 0, 0
	for line := range strings.Lines(strings.TrimSpace(alarmRows)) {
		text, want, _ := strings.Cut(strings.TrimSpace(line), " =>")
		all++
		if got := r.Read(text, Context{Lang: "ru", Now: monday}).Alarm; got != strings.TrimSpace(want) {
			bad++
			t.Errorf("%q: %q, want %q", text, got, strings.TrimSpace(want))
		}
	}
	t.Logf("alarms: %d of %d", all-bad, all)
}
