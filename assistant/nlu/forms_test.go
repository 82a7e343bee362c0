package nlu

import (
	"strings"
	"testing"
	"time"
)

// commandForms has every command in every language, as plainly as one would say it
// first. A row is [@expects/lang] message => commands, as in commandRows; here all
// must be read.
var commandForms = `
запишите меня на маникюр => book, set service=nails
@/en I would like to book a manicure => book, set service=nails
@/tt маникюрга языгыз => book, set service=nails
@/tt маникюрга язылырга телим => book, set service=nails
перенесите мою запись на пятницу => move, set time
@/en please move my appointment to Friday => move, set time
@/tt язылуымны җомгага күчерегез => move, set time
@/tt язылуымны жомгага кучерегез => move, set time
отмените мою запись => cancel
@/en please cancel my appointment => cancel
@/tt язылуымны бетерегез => cancel
@/tt язылуымны кире алыгыз => cancel
покажите мои записи => show
@/en show my appointments => show
@/tt язылуларымны күрсәтегез => show
@/tt язылуларымны курсэтегез => show
@/tt мин кайчанга язылдым? => show
сколько стоит маникюр? => price, set service=nails
@/en how much does a manicure cost? => price, set service=nails
@/tt маникюр күпме тора? => price, set service=nails
@/tt маникюр купме тора => price, set service=nails
есть ли у вас парковка? => ask:0
@/en is there parking? => ask:0
позовите человека => human:asked
@/en I want to talk to a human => human:asked
@/tt кеше белән сөйләшәсем килә => human:asked
@/tt кеше белэн сойлэшэсем килэ => human:asked
@/tt оператор чакырыгыз => human:asked
поставьте меня в лист ожидания => wait
@/en put me on the waitlist please => wait
@/tt көтү исемлегенә языгыз => wait
@/tt коту исемлегенэ языгыз => wait
какие мои данные у вас есть? => know
@/en what data do you have about me? => know
@/tt минем турында нәрсә беләсез? => know
@/tt минем турында нэрсэ белэсез => know
удалите мои данные => erase
удалите всё => erase
исправьте телефон => know
исправьте телефон на 8 917 555-00-02 => set phone=+79175550002
сотрите всё и начнём заново => restart
@/en correct my phone => know
@/en change my phone number => know
@/tt телефонымны үзгәртегез => know
@/tt телефон номерымны үзгәртегез => know
@/tt исемемне дөресләгез => know
@/tt барысын да бетерегез => erase
@/en erase my data => erase
@/tt мәгълүматларымны бетерегез => erase
@/tt мэгълуматларымны бетерегез => erase
отзываю согласие => withdraw
@/en I withdraw my consent => withdraw
@/tt ризалыгымны кире алам => withdraw
@/tt ризалыгымны кире алам инде => withdraw
@consent да => affirm
@consent/en yes => affirm
@consent/tt әйе => affirm
@consent/tt эйе => affirm
@consent согласна => affirm
@consent/en I agree => affirm
@consent/tt риза => affirm
@consent нет => deny
@consent/en no => deny
@consent/tt юк => deny
@consent не согласен => deny
@consent/en I do not agree => deny
@consent/tt риза түгел => deny
@consent/tt риза тугел => deny
@confirm всё верно => affirm
@confirm/en that is right => affirm
@confirm/tt дөрес => affirm
@confirm/tt дорес => affirm
@confirm неверно => deny
@confirm/en that is wrong => deny
@confirm/tt дөрес түгел => deny
@confirm/tt дорес тугел => deny
@confirm нет, не к Сафиной, а к Белову => correct specialist=belov
@confirm/en not Safina, Belov please => correct specialist=belov
@confirm/tt Сафинага түгел, Беловка => correct specialist=belov
@confirm лучше в пятницу => correct time
@confirm/en better on Friday => correct time
@confirm/tt җомгада яхшырак => correct time
@confirm лучше маникюр => correct service=nails
@confirm/en a manicure instead => correct service=nails
@time второе => choose:2
@time второй вариант => choose:2
@time/en the second one => choose:2
@time/tt икенчесе => choose:2
@time/tt икенчесен => choose:2
@time первое => choose:1
@time/en the first => choose:1
@time/tt беренчесе => choose:1
@time последнее => choose:last
@time/en the last one => choose:last
@time/tt соңгысы => choose:last
@time/tt сонгысы => choose:last
@time которое пораньше => choose:earliest
@time то, что пораньше => choose:earliest
@time/en the earlier one => choose:earliest
@time/en whichever is earlier => choose:earliest
@time/en the earliest => choose:earliest
@time/tt иртәрәге => choose:earliest
@time/tt иртәрәк булганы => choose:earliest
@time/tt иртэрэк булганы => choose:earliest
@time которое попозже => choose:latest
@time самое позднее => choose:latest
@time/en the later one => choose:latest
@time/tt соңрагы => choose:latest
@time/tt соңрак булганы => choose:latest
@time 16:30 => set time
@time/en 16:30 => set time
@time/tt 16:30 => set time
@time/tt 16:30га => set time
повторите, пожалуйста => repeat
@/en please repeat => repeat
@/tt кабатлагыз => repeat
давайте сначала => restart
@/en let's start again => restart
@/tt яңадан башлыйк => restart
@/tt янадан башлыйк => restart
здравствуйте => greet
@/en hello => greet
@/tt исәнмесез => greet
@/tt исэнмесез => greet
спасибо => thanks
@/en thank you => thanks
@/tt рәхмәт => thanks
@/tt рэхмэт => thanks
`

func TestCommandForms(t *testing.T) {
	r := reader(t)
	for line := range strings.Lines(strings.TrimSpace(commandForms)) {
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
		reading := r.Read(text, c)
		if got := spelled(reading.Commands); !sameWords(got, want) || reading.Alarm != "" {
			t.Errorf("%q (%s, %s): %s, want %s %s", text, c.Expects, c.Lang, got, want, reading.Alarm)
		}
	}
}

// TestChooseForms chooses among three offered slots in every language: by number, by
// place, by what is said of it; its hour is read as a time, which the policy looks up.
func TestChooseForms(t *testing.T) {
	r := reader(t)
	slot := func(id string, hour, minute int) Option {
		at := time.Date(2026, 11, 26, hour, minute, 0, 0, monday.Location())
		return Option{ID: id, Label: "чт, 26 ноября, " + at.Format("15:04"), Start: at}
	}
	offered := []Option{slot("b", 12, 0), slot("a", 10, 0), slot("c", 16, 30)}
	for want, texts := range map[string]string{
		"a":     `второе|второй|давайте второе|номер два|вариант 2|которое пораньше|самое раннее|the second one|number two|the earlier one|the earliest one|икенчесе|икенче вариант|иртәрәге|иртәрәк булганы`,
		"b":     `первое|давайте первый вариант|вариант один|the first one|option one|option 1|беренчесе|беренче вариант`,
		"c":     `третье|последнее|которое попозже|самое позднее|the third one|the last one|the later one|the latest|whichever is later|өченчесе|соңгысы|соңрагы`,
		"10:00": `в 10|на десять|10 am|сәгать унда|10да`,
		"12:00": `в 12|12:00|at noon|уникедә|12дә`,
		"16:30": `16:30|в 16.30|в половине пятого|полпятого|half past four|4:30 pm|16:30 please|16:30да|бишенче яртыда`,
	} {
		for text := range strings.SplitSeq(texts, "|") {
			got := r.Read(text, Context{Lang: langOf(text), Now: monday, Expects: FieldTime, Offered: offered})
			if len(got.Commands) != 1 || chosen(got.Commands[0]) != want {
				t.Errorf("%q: %s, want %s", text, spelled(got.Commands), want)
			}
		}
	}
}

// chosen is the option or the hour of a command.
func chosen(c Command) string {
	switch {
	case c.Do == Choose:
		return c.Value
	case c.Do == Set && c.Field == FieldTime && c.Time != nil:
		return c.Time.From
	}
	return ""
}

// langOf is the language of a row.
func langOf(text string) string {
	switch {
	case text[0] < 0x80 && strings.ContainsAny(text, "aeou"):
		return "en"
	case strings.ContainsAny(text, "әөүҗңһ"):
		return "tt"
	}
	return "ru"
}

// unasked are questions that no answer of the clinic is about.
const unasked = `а вы продаёте шины?|у вас есть бассейн?|какая завтра погода?|кто ваш директор?|вы ремонтируете телефоны?|можно у вас пообедать?|do you sell tyres?|is there a swimming pool?|what is the weather like?|сездә бассейн бармы?|һава торышы ничек?`

// TestUnasked: below the threshold nothing is answered.
func TestUnasked(t *testing.T) {
	r := reader(t)
	for text := range strings.SplitSeq(unasked, "|") {
		for _, c := range r.Read(text, Context{Lang: langOf(text), Now: monday}).Commands {
			if c.Do == Ask {
				t.Errorf("%q was taken for question %s", text, c.Value)
			}
		}
	}
}
