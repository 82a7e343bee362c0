package assistant

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"okoshko/storage"

	"pgregory.net/rapid"
)

const threeHouse = "testdata/three.yaml"

// TestMeant: where words fit several services, people, addresses or days, the
// visitor is asked which, with a button for each reading and for nothing else.
func TestMeant(t *testing.T) {
	for _, c := range []struct {
		name, lang, say string
		expects         Expect
		asks            string
		readings        []string
		press           string
		then            Expect
	}{
		{"services", "ru", "запишите на массаж завтра в 10:00", ExpectService, "Вы имели в виду", []string{"Массаж спины", "Массаж шеи"}, "шеи", ExpectBranch},
		{"services", "en", "a massage tomorrow at 10:00 please", ExpectService, "Did you mean", []string{"Back massage", "Neck massage"}, "Neck", ExpectBranch},
		{"services", "tt", "иртәгә 10:00гә массажга язылырга телим", ExpectService, "күздә тоттыгызмы", []string{"Арка массажы", "Муен массажы"}, "Муен", ExpectBranch},
		{"people", "ru", "на массаж спины к Аминову завтра в 10:00", ExpectSpecialist, "Вы имели в виду", []string{"Аминов Ринат Ильич", "Аминов Дамир Ильич", "Не важно"}, "Дамир", ExpectConsent},
		{"people", "en", "back massage with Aminov tomorrow at 10:00", ExpectSpecialist, "Did you mean", []string{"Rinat Aminov", "Damir Aminov", "No preference"}, "Damir", ExpectConsent},
		{"addresses", "ru", "на массаж спины завтра в 10:00, который на набережной", ExpectBranch, "Вы имели в виду", []string{"на Северной", "на Южной", "Не важно"}, "Южной", ExpectConsent},
		{"days", "ru", "на консультацию в следующую пятницу в 10:00", ExpectTime, "Вы имели в виду", []string{"пятница, 4 декабря, 10:00", "пятница, 27 ноября, 10:00"}, "27 ноября", ExpectConsent},
		{"days", "en", "consultation next Friday at 10:00", ExpectTime, "Did you mean", []string{"Friday, 4 December, 10:00", "Friday, 27 November, 10:00"}, "27 November", ExpectConsent},
		{"days", "tt", "консультациягә киләсе җомгага 10:00гә язылырга телим", ExpectTime, "күздә тоттыгызмы", []string{"4 декабрь, җомга, 10:00", "27 ноябрь, җомга, 10:00"}, "27 ноябрь", ExpectConsent},
	} {
		t.Run(c.name+" "+c.lang, func(t *testing.T) {
			h := newTestHouseOf(t, threeHouse)
			h.start()
			v := h.visitor(c.lang)
			asked := v.say(c.say)
			wantExpects(t, asked, c.expects)
			wantText(t, asked, c.asks)
			var labels []string
			for _, b := range asked.Buttons {
				labels = append(labels, b.Label)
			}
			slices.Sort(labels)
			slices.Sort(c.readings)
			if !slices.Equal(labels, c.readings) || len(asked.Slots) > 0 {
				t.Errorf("readings %q, want %q", labels, c.readings)
			}
			wantExpects(t, v.press(c.press), c.then)
		})
	}
}

// TestMeantInWords: the answer may be typed, and an old button or a made-up one
// does no harm.
func TestMeantInWords(t *testing.T) {
	h := newTestHouseOf(t, threeHouse)
	h.start()
	v := h.visitor("ru")
	wantExpects(t, v.say("на консультацию в следующую пятницу в 10:00"), ExpectTime)
	held := v.say("4 декабря")
	wantText(t, held, "4 декабря, 10:00")
	for _, id := range []string{"when/2026-11-27/2026-11-27/at/10:00/", "when/9999-99-99/x", "when/2026-11-27/2026-11-20/at/10:00/", "when/2026-11-27/2026-11-27/at/25:61/", "when/2026-11-27/2026-11-27/never//"} {
		wantExpects(t, v.send(Incoming{Button: id}), ExpectConsent)
	}
	wantExpects(t, v.say("всё равно, первое декабря в 9"), ExpectConsent)
}

// TestCancelsAll: «обе» cancels every appointment after one yes, and a no none.
func TestCancelsAll(t *testing.T) {
	for _, c := range []struct{ lang, cancel, both, yes, no, done string }{
		{"ru", "отмените запись", "обе", "да", "нет", "Записи отменены"},
		{"en", "cancel my appointment", "both of them", "yes", "no", "are cancelled"},
		{"tt", "язылуны бетерегез", "икесен дә", "әйе", "юк", "бетерелде"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			h := newTestHouseOf(t, threeHouse)
			h.start()
			v := h.visitor("ru")
			v.book("консультация завтра в 10:00", "Инна", "89175550001")
			v.book("консультация в среду в 10:00", "Инна", "89175550001")
			if err := h.change(v.session.Conversation, setLang(c.lang)); err != nil {
				t.Fatal(err)
			}
			wantExpects(t, v.say(c.cancel), ExpectWhich)
			wantExpects(t, v.say(c.both), ExpectConfirm)
			v.say(c.no)
			if n := len(v.open()); n != 2 {
				t.Fatalf("%d appointments after a no", n)
			}
			v.say(c.cancel)
			wantExpects(t, v.press(map[string]string{"ru": "Все записи", "en": "All of them", "tt": "Барлык"}[c.lang]), ExpectConfirm)
			wantText(t, v.say(c.yes), c.done)
			if n := len(v.open()); n != 0 {
				t.Errorf("%d appointments are left", n)
			}
		})
	}
}

// talk is what one visitor says of each thing, in one language.
type talk struct {
	lang                                                string
	service, day, clock, branch, name, phone            string
	yes, question, answer                               string
	lead                                                string
	newService, newDay, newClock, newBranch             string
	newName, newPhone                                   string
	wantService, wantDay, wantBranch, gibberish, person string
}

var talks = []talk{
	{
		lang: "ru", lead: "запишите меня, ", service: "на массаж спины", day: "в среду", clock: "в 11:00", branch: "на Северной", name: "меня зовут Алия", phone: "8 917 555-01-02",
		yes: "да", question: "а парковка есть?", answer: "Да, во дворе",
		newService: "нет, лучше массаж шеи", newDay: "не в среду, а в четверг", newClock: "лучше в 12:30", newBranch: "лучше на Южной", newName: "имя запишите Зухра", newPhone: "телефон неправильный, правильный 8 917 555-09-09",
		wantService: "Массаж шеи", wantDay: "26 ноября", wantBranch: "ул. Южная, 8", gibberish: "тырпыр мурзла", person: "Передаю разговор",
	},
	{
		lang: "en", lead: "book me please, ", service: "back massage", day: "on Wednesday", clock: "at 11:00", branch: "North Street", name: "my name is Alia", phone: "8 917 555-01-02",
		yes: "yes", question: "is there parking?", answer: "in the yard",
		newService: "no, rather a neck massage", newDay: "not Wednesday, Thursday", newClock: "12:30 is better", newBranch: "South Street is better", newName: "my name is Zuhra", newPhone: "my phone is wrong, the right one is 8 917 555-09-09",
		wantService: "Neck massage", wantDay: "Thursday, 26 November", wantBranch: "Южная, 8", gibberish: "blorp snarg", person: "passing you to reception",
	},
	{
		lang: "tt", lead: "язылырга телим, ", service: "арка массажына", day: "чәршәмбегә", clock: "сәгать 11:00гә", branch: "Төньяк урамында", name: "минем исемем Алия", phone: "8 917 555-01-02",
		yes: "әйе", question: "парковка бармы?", answer: "ишегалдында",
		newService: "юк, муен массажына яхшырак", newDay: "чәршәмбегә түгел, пәнҗешәмбегә", newClock: "12:30га яхшырак", newBranch: "Көньяк урамында яхшырак", newName: "минем исемем Зөһрә", newPhone: "телефон дөрес түгел, дөресе 8 917 555-09-09",
		wantService: "Муен массажы", wantDay: "26 ноябрь, пәнҗешәмбе", wantBranch: "Южная, 8", gibberish: "тырпыр мурзла", person: "администраторга",
	},
}

// saying is what a visitor answers when asked for something.
func (k talk) saying(e Expect) string {
	return map[Expect]string{
		ExpectService: k.service, ExpectBranch: k.branch, ExpectSpecialist: k.branch, ExpectTime: k.day + " " + k.clock,
		ExpectConsent: k.yes, ExpectName: k.name, ExpectPhone: k.phone, ExpectConfirm: k.yes,
	}[e]
}

// until talks on until the house asks for e.
func (v *testVisitor) until(k talk, e Expect) Turn {
	v.h.t.Helper()
	for range 12 {
		if v.last.Expects == e {
			return v.last
		}
		v.say(k.saying(v.last.Expects))
	}
	v.h.t.Fatalf("never asks for %s: %s", e, describe(v.last))
	return Turn{}
}

// TestNeverAsksWhatItWasTold: whatever part of all that is needed the first message
// tells, in whatever order, none of it is asked, and the rest is.
func TestNeverAsksWhatItWasTold(t *testing.T) {
	parts := []Expect{ExpectService, ExpectBranch, ExpectTime, ExpectName, ExpectPhone}
	h := newTestHouseOf(t, threeHouse)
	h.start()
	rapid.Check(t, func(rt *rapid.T) {
		k := talks[rapid.IntRange(0, len(talks)-1).Draw(rt, "lang")]
		told := rapid.SliceOfNDistinct(rapid.SampledFrom(parts), 1, len(parts), rapid.ID).Draw(rt, "told")
		v := h.visitor(k.lang)
		var said []string
		for _, e := range told {
			said = append(said, k.saying(e))
		}
		text := k.lead + strings.Join(said, ", ")
		v.say(text)
		for range 12 {
			asked := v.last.Expects
			if asked == ExpectConfirm {
				break
			}
			if slices.Contains(told, asked) {
				rt.Fatalf("%q: asks again for %s: %s", text, asked, describe(v.last))
			}
			if k.saying(asked) == "" {
				rt.Fatalf("%q: cannot go on from %s", text, describe(v.last))
			}
			v.say(k.saying(asked))
		}
		if v.last.Expects != ExpectConfirm {
			rt.Fatalf("%q: no summary: %s", text, describe(v.last))
		}
		for _, want := range []string{"11:00", "+7 917 555-01-02", "Северная, 3"} {
			if !strings.Contains(v.last.Text, want) {
				rt.Fatalf("%q: the summary lacks %q: %s", text, want, describe(v.last))
			}
		}
		v.say(map[string]string{"ru": "стоп, давайте сначала", "en": "start over", "tt": "яңадан башлыйк"}[k.lang]) // lets the slot go
	})
}

// TestCorrectsAnythingAtAnyStage: at each stage each thing said before can be put
// right, and the summary has it.
func TestCorrectsAnythingAtAnyStage(t *testing.T) {
	stages := []Expect{ExpectConsent, ExpectName, ExpectPhone, ExpectConfirm}
	for _, k := range talks {
		for _, stage := range stages {
			for _, c := range []struct {
				what, say, want string
				from            Expect // the stage from which it can be put right
			}{
				{"service", k.newService, k.wantService, ExpectConsent},
				{"day", k.newDay, k.wantDay, ExpectConsent},
				{"clock", k.newClock, "12:30", ExpectConsent},
				{"branch", k.newBranch, k.wantBranch, ExpectConsent},
				{"name", k.newName, strings.Fields(k.newName)[len(strings.Fields(k.newName))-1], ExpectPhone},
				{"phone", k.newPhone, "+7 917 555-09-09", ExpectConfirm},
			} {
				if slices.Index(stages, stage) < slices.Index(stages, c.from) {
					continue
				}
				t.Run(fmt.Sprint(k.lang, " ", stage, " ", c.what), func(t *testing.T) {
					h := newTestHouseOf(t, threeHouse)
					h.start()
					v := h.visitor(k.lang)
					v.say(k.lead + strings.Join([]string{k.service, k.day, k.clock, k.branch}, ", "))
					v.until(k, stage)
					v.say(c.say)
					summary := v.until(k, ExpectConfirm)
					wantText(t, summary, c.want)
					v.say(k.yes)
					if n := len(v.open()); n != 1 {
						t.Errorf("%d appointments: %s", n, describe(v.last))
					}
				})
			}
		}
	}
}

// TestQuestionsInBetween: at each stage a question is answered and the same thing
// is asked again.
func TestQuestionsInBetween(t *testing.T) {
	for _, k := range talks {
		t.Run(k.lang, func(t *testing.T) {
			h := newTestHouseOf(t, threeHouse)
			h.start()
			v := h.visitor(k.lang)
			v.say(strings.TrimRight(k.lead, ", "))
			for _, stage := range []Expect{ExpectService, ExpectBranch, ExpectTime, ExpectConsent, ExpectName, ExpectPhone, ExpectConfirm} {
				v.until(k, stage)
				reply := v.say(k.question)
				wantText(t, reply, k.answer)
				wantExpects(t, reply, stage)
			}
			v.say(k.yes)
			if n := len(v.open()); n != 1 {
				t.Errorf("%d appointments: %s", n, describe(v.last))
			}
		})
	}
}

// TestPersonAfterThreeMisses: at each stage at which something else than a person's
// own data is asked, the third message in a row that says nothing calls a person,
// and no reply is the one before it.
func TestPersonAfterThreeMisses(t *testing.T) {
	for _, k := range talks {
		for _, stage := range []Expect{ExpectMore, ExpectService, ExpectBranch, ExpectTime, ExpectConsent, ExpectConfirm} {
			t.Run(k.lang+" "+string(stage), func(t *testing.T) {
				h := newTestHouseOf(t, threeHouse)
				h.start()
				v := h.visitor(k.lang)
				if stage != ExpectMore {
					v.say(strings.TrimRight(k.lead, ", "))
					v.until(k, stage)
				}
				before := v.last.Text
				for n := 1; n < mostMisses; n++ {
					reply := v.say(k.gibberish)
					wantExpects(t, reply, stage)
					if reply.Text == before && n == 1 {
						t.Errorf("says the same again: %s", describe(reply))
					}
					before = reply.Text
				}
				wantExpects(t, v.say(k.gibberish), ExpectOperator)
				wantText(t, v.last, k.person)
			})
		}
	}
}

// TestAboutTheHouse: hours, address and phone are answered from the clinic file,
// unless the owner's own list has an answer; days on which it is closed are told.
func TestAboutTheHouse(t *testing.T) {
	for _, c := range []struct{ lang, say, want string }{
		{"ru", "до скольки вы работаете?", "пн–сб 09:00–18:00"},
		{"ru", "вы в воскресенье работаете?", "вс выходной"},
		{"ru", "вы работаете 31 декабря?", "Не работаем: 31 декабря, 1 января — 8 января"},
		{"ru", "какой у вас адрес?", "ул. Южная, 8"},
		{"ru", "а парковка есть?", "Да, во дворе"},
		{"en", "what are your opening hours?", "Mon–Sat 09:00–18:00"},
		{"en", "what is your address?", "ул. Северная, 3"},
		{"tt", "сез якшәмбе эшлисезме?", "якш. ял көне"},
	} {
		t.Run(c.say, func(t *testing.T) {
			h := newTestHouseOf(t, threeHouse)
			h.start()
			wantText(t, h.visitor(c.lang).say(c.say), c.want)
		})
	}
}

// TestHoursOfTheDay: who asks about one day is first told of that day, then the rest; no
// time is taken for a wish, and what only sounds like it is no such question.
func TestHoursOfTheDay(t *testing.T) {
	for _, c := range []struct{ lang, say, first string }{
		{"ru", "Вы работаете 31 декабря?", "Четверг, 31 декабря: не работаем."},
		{"ru", "в субботу до скольки?", "Суббота, 28 ноября: открыто 09:00–18:00."},
		{"ru", "завтра открыты?", "Завтра, вторник, 24 ноября: открыто 09:00–18:00."},
		{"ru", "а в воскресенье вы работаете", "Воскресенье, 29 ноября: не работаем."},
		{"ru", "с какого часа в среду?", "Среда, 25 ноября: открыто 09:00–18:00."},
		{"en", "are you open on 31 December?", "Thursday, 31 December: we are closed."},
		{"en", "open tomorrow?", "Tomorrow, Tuesday, 24 November: open 09:00–18:00."},
		{"en", "what time do you close on Saturday?", "Saturday, 28 November: open 09:00–18:00."},
		{"tt", "31 декабрьдә эшлисезме?", "31 декабрь, пәнҗешәмбе: эшләмибез."},
		{"tt", "шимбә ничәгә кадәр?", "28 ноябрь, шимбә: ачык, 09:00–18:00."},
		{"tt", "иртәгә ачыкмы?", "Иртәгә, 24 ноябрь, сишәмбе: ачык, 09:00–18:00."},
	} {
		t.Run(c.say, func(t *testing.T) {
			h := newTestHouseOf(t, threeHouse)
			h.start()
			v := h.visitor(c.lang)
			reply := v.say(c.say)
			if first, rest, _ := strings.Cut(reply.Text, "\n"); first != c.first || rest == "" {
				t.Errorf("%s", describe(reply))
			}
			wantExpects(t, reply, ExpectMore)
		})
	}
	for _, c := range []struct{ lang, say string }{
		{"ru", "с какого возраста можно?"},
		{"en", "my neck is open to ideas"},
		{"ru", "на массаж шеи в субботу"},
		{"ru", "до среды можно?"},
	} {
		t.Run(c.say, func(t *testing.T) {
			h := newTestHouseOf(t, threeHouse)
			h.start()
			if reply := h.visitor(c.lang).say(c.say); strings.Contains(reply.Text, "09:00–18:00") {
				t.Errorf("taken for a question about the hours: %s", describe(reply))
			}
		})
	}
}

// TestDaysThatCannotBe: a day that is over, or in no calendar, is said to be so, and the
// nearest free times are offered; a day that can be had is taken.
func TestDaysThatCannotBe(t *testing.T) {
	wish := map[string]string{"ru": "на массаж шеи на Северной", "en": "neck massage, North Street", "tt": "муен массажына язылырга телим, Төньяк урамында"}
	for lang, kinds := range map[string][2]string{
		"ru": {"вчера|на вчера|позавчера|в прошлую пятницу|давайте в прошлый четверг|на прошлой неделе", "32 декабря|на 32 декабря|29 февраля|29.02.2027|30 февраля|32.12|35-е января"},
		"en": {"yesterday|last Friday|can I come yesterday?|last week", "32 December|February 30|the 30th of February|29 February 2027"},
		"tt": {"кичә|узган җомгага|үткән атнада", "32 декабрь|30 февральгә"},
	} {
		for i, first := range []map[string]string{
			{"ru": "Этот день уже прошёл", "en": "That day is already over", "tt": "Бу көн узган"},
			{"ru": "Такого дня в календаре нет", "en": "There is no such day", "tt": "Календарьда андый көн юк"},
		} {
			h := newTestHouseOf(t, threeHouse)
			h.start()
			for text := range strings.SplitSeq(kinds[i], "|") {
				v := h.visitor(lang)
				wantExpects(t, v.say(wish[lang]), ExpectTime)
				reply := v.say(text)
				if !strings.HasPrefix(reply.Text, first[lang]) || len(reply.Slots) == 0 || reply.Expects != ExpectTime {
					t.Errorf("%q: %s", text, describe(reply))
				}
			}
		}
	}
	for _, c := range []struct{ lang, say string }{
		{"ru", "вчера заболела шея, завтра в 10:00"}, {"ru", "последнее"}, {"en", "the last one"}, {"ru", "1 декабря в 10:00"}, {"en", "tomorrow at 11:00"}, {"tt", "иртәгә 12:00гә"},
	} {
		h := newTestHouseOf(t, threeHouse)
		h.start()
		v := h.visitor(c.lang)
		v.say(wish[c.lang])
		if reply := v.say(c.say); reply.Expects != ExpectConsent {
			t.Errorf("%q: %s", c.say, describe(reply))
		}
	}
}

// setLang makes a conversation one in a language.
func setLang(lang string) func(*storage.Tx, *State) ([]Turn, error) {
	return func(_ *storage.Tx, st *State) ([]Turn, error) { st.Lang = lang; return nil, nil }
}
