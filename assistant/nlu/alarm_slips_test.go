package nlu

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// harmlessRows lie near words of alarm and are none: other trades, other senses, other
// words that a slip would make of them.
const harmlessRows = `
хочу сделать лицо свежее, какой уход посоветуете записаться
запишите на массаж лица и шеи
чистка лица на субботу
лицо после чистки не красное, спасибо
покрасить брови и лицо не трогать
моделирование лица, сколько стоит
рука мастера лёгкая, запишите к ней
ноги устали за день, хочу педикюр
массаж ног завтра
сердце радуется от вашей работы
сердечный привет Гузель
от всего сердца благодарю
кардиолог по вторникам принимает?
дышу свежим воздухом у вашего входа, где дверь?
у вас душно, откройте окно
душевный салон, спасибо
душ у вас есть?
подушка для массажа есть?
удобно ли у вас дышать в маске при окрашивании?
задержусь на пять минут
задолжал вам сто рублей
кровать для массажа широкая?
кровельщик я, руки грубые, нужен маникюр
анализ крови натощак?
сдать кровь из вены завтра утром
кровь из пальца берёте?
упала цена на стрижку?
упала скидка, верните
потеряла вашу визитку, какой адрес?
потерял номер записи
потеряли мою карту?
сознаюсь, забыл о записи
создание образа, сколько стоит
судорожно ищу время на завтра
суд у меня в среду, перенесите на четверг
суда ходят, поэтому приеду к 12
скоро буду
скорее бы суббота, запишите на неё
скорой записи нет?
скорую запись хочу на сегодня
давление воды в душе хорошее?
боль в прошлом, хочу просто осмотр
больше ничего не нужно
больно ли удалять зуб мудрости?
больница рядом с вами?
болею за Рубин, в субботу не смогу
было ли окно на вечер?
живу рядом, приду за пять минут
жить без ваших рук не могу
умираю как хочу к вам на массаж, шучу, запишите на пятницу
убить время негде, можно прийти раньше?
покончил с делами, готов прийти
повесить пальто где можно?
резать коротко, под ноль
резкий запах у краски?
режет ли мастер кутикулу?
тянет ли кожу после маски?
жжёт ли краска для бровей?
печёт солнце, перенесём на вечер
острые ножницы у вас?
острый перец в кафе рядом есть?
очень хочу к Юлии
сильный массаж или слабый?
сильная скидка есть?
аллергологи у вас есть?
аллергопробы делаете в среду?
отёк ли будет после татуажа?
отёчность снимает массаж?
отметьте меня на 15:00
отравить тараканов кто может, знаете?
яблочный пилинг делаете?
таблички на двери нет
таблица цен есть?
пачку салфеток забыл у вас
высокий мастер с бородой работает?
окно в расписании есть?
этаж какой?
машина у меня большая, где поставить?
лампа у вас яркая?
собачку не укусит никто в очереди?
кот у нас домашний, на осмотр в среду
щенка на прививку завтра
щека после чистки гладкая, спасибо
речь идёт о субботе
говорить удобнее по телефону
язык у вас английский есть?
инстаграм у вас есть?
инструменты стерильные?
инструктаж для новичков есть?
приступим в 15:00?
приступаете к работе во сколько?
is there parking near the chest clinic?
I want a face massage and a brow shape
my heart is set on Saturday morning
hearty thanks to Anna
breathtaking haircut, thank you
can I bring my breakfast?
do you sell bleach for hair?
hair bleaching on Friday please
I lost your address
I passed by yesterday and it was closed
arm and hand waxing tomorrow
blood test on Monday at 9
blonde highlights on Tuesday
I'm dying to see the new salon, book me for Friday
killer haircut, thanks
the swell nail art, how much?
stroke of luck, a free slot today?
strong coffee while waiting?
can't come at five
I cannot make it on Monday
hard gel manicure please
short haircut on Sunday
is it hard to find you?
lip tint price
throat doctor on Thursday
collapsing chair at the reception, careful
living next door, I will walk
end of the week, please
hang my coat where?
күкрәк баласы белән килергә буламы?
йөрәктән рәхмәт сезгә
йөз чистарту бәясе күпме?
бит массажына язылырга телим
кулга маникюр ясарга
аякка педикюр шимбәгә
кан тапшырырга иртәгә
бик матур чәч, рәхмәт
сулда керү ишегеме?
баш юу кирәкме?
теш чистартырга язылам
күз табибы бармы?
тамак табибына иртәгә
яшим якында, барып җитәм
үләнле маска бармы?
аңлатыгыз әле бәясен
дару сатасызмы?
`

// shaky makes one slip, or two in different words.
func shaky(text string, random *rand.Rand) string {
	text = slip(text, random)
	if random.IntN(2) == 0 {
		text = slip(text, random)
	}
	return text
}

// TestHarmless holds that nothing near a word of alarm rings it, as it stands and with
// slips of the finger.
func TestHarmless(t *testing.T) {
	r := reader(t)
	random := rand.New(rand.NewPCG(3, 5))
	lines := strings.Split(strings.TrimSpace(harmlessRows), "\n")
	if len(lines) < 100 {
		t.Fatalf("%d lines", len(lines))
	}
	slipped, rung := 0, 0
	for _, text := range lines {
		c := Context{Lang: "ru", Now: monday}
		if got := r.Read(text, c).Alarm; got == AlarmEmergency {
			t.Errorf("%q: %s", text, got)
		}
		for range 10 {
			slipped++
			if typed := shaky(text, random); r.Read(typed, c).Alarm == AlarmEmergency {
				rung++
				t.Logf("%q rings", typed)
			}
		}
	}
	t.Logf("harmless: %d lines, none rings; with slips %d of %d ring", len(lines), rung, slipped)
	if rung*100 > slipped {
		t.Errorf("%d of %d harmless lines with slips ring", rung, slipped)
	}
}

// TestAlarmsWithSlips plays the alarms with slips of the finger.
func TestAlarmsWithSlips(t *testing.T) {
	r := reader(t)
	random := rand.New(rand.NewPCG(17, 19))
	heard, all := map[string]int{}, map[string]int{}
	for line := range strings.Lines(strings.TrimSpace(alarmRows)) {
		text, want, _ := strings.Cut(strings.TrimSpace(line), " =>")
		want = strings.TrimSpace(want)
		for range 20 {
			typed := shaky(text, random)
			all[want]++
			if got := r.Read(typed, Context{Lang: "ru", Now: monday}).Alarm; got == want || want == AlarmSymptoms && got == AlarmEmergency {
				heard[want]++
			} else if testing.Verbose() {
				t.Logf("%q: %q, want %q", typed, got, want)
			}
		}
	}
	for want, least := range map[string]float64{AlarmEmergency: 97, AlarmSymptoms: 95, "": 97} {
		share := 100 * float64(heard[want]) / float64(all[want])
		t.Logf("alarm %q with slips: %d of %d, %.1f %%", want, heard[want], all[want], share)
		if share < least {
			t.Errorf("alarm %q with slips: %.1f %%, expected %.0f %%", want, share, least)
		}
	}
}
