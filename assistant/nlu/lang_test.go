package nlu

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"okoshko/assistant/nlu/token"
)

var langRows = `
ru ru Здравствуйте, хочу записаться на стрижку
ru ru сәлам, миңа зубной нужен бүген кич, если есть окно
ru ru zapishite na massazh zavtra vecherom
ru ru pfgbibnt vtyz yf vfccf; pfdnhf
ru ru доктор Иванов принимает в субботу утром?
tt ru мне нужно перенести запись на вторник
en ru сколько стоит прививка для кота
ru en I'd like to book a haircut for tomorrow
tt en hello can I see a doctor today
ru en what are your opening hours please
en en book me with Yulia on Friday
ru tt Исәнмесез, язылырга телим иртәгә
ru tt исэнмесез мин теш табибына язылырга телим
ru tt бугэн кич вакыт бармы массажга
en tt миңа стрижка кирәк җомгага
ru tt язылуымны дүшәмбегә күчерегез зинһар
ru tt минем исемем Айгуль, телефон номерым 89172345678
ru tt сез ничэдэ ачыласыз иртэгэ
ru en can you come earlier
ru en is there parking nearby
ru en what about my dog
tt en my tooth hurts badly
ru en Dr Belov at noon please
ru en vaccination for two kittens
ru en no thanks, not today
ru tt сезгә ничек барырга
ru tt рәхмәт, бик яхшы
ru tt иртәгә кич белән буш вакыт бармы
ru tt мина чэч кистерергэ кирэк
ru tt юк, кирәкми инде
ru tt балама укол ясатырга иде
ru tt бу атнада буш урын юкмы
tt ru можно завтра вечером после шести
tt ru а сколько стоит стрижка
en ru запишите меня на массаж
en ru Anna Petrova, запишите на завтра к врачу
ru ru do you speak русский, мне нужно на завтра записаться
ru ru да
tt tt ок
tt tt массаж
en en Anna
tt tt 15:00
en en yes please
`

func TestLanguage(t *testing.T) {
	r := reader(t)
	for line := range strings.Lines(strings.TrimSpace(langRows)) {
		home, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		want, text, _ := strings.Cut(rest, " ")
		if got := r.Read(text, Context{Lang: home, Now: monday}).Lang; got != want {
			t.Errorf("%q in a %s conversation: %s, want %s", text, home, got, want)
		}
	}
}

// typedName is a name in commands as spelled gives them: with a slip in it, it is another
// name, and is taken as it was typed.
var typedName = regexp.MustCompile(`set name=[^,]*`)

// TestTypos repeats the Russian rows with one slip of the finger each.
func TestTypos(t *testing.T) {
	r := reader(t)
	random := rand.New(rand.NewPCG(7, 11))
	good, all := 0, 0
	for range 5 {
		for line := range strings.Lines(strings.TrimSpace(commandRows)) {
			text, want, _ := strings.Cut(strings.TrimSpace(line), " => ")
			if strings.Contains(text, "/") || want == Unclear {
				continue
			}
			c := Context{Lang: "ru", Now: monday}
			if strings.HasPrefix(text, "@") {
				head, rest, _ := strings.Cut(text[1:], " ")
				c.Expects, text = Field(head), rest
			}
			typed := slip(text, random)
			all++
			if got := spelled(r.Read(typed, c).Commands); sameWords(typedName.ReplaceAllString(got, "name"), typedName.ReplaceAllString(want, "name")) {
				good++
			} else if testing.Verbose() {
				t.Logf("%q: %s, want %s", typed, got, want)
			}
		}
	}
	t.Logf("typos: %d of %d (%.1f %%)", good, all, 100*float64(good)/float64(all))
	if float64(good) < 0.97*float64(all) {
		t.Errorf("%d of %d messages with a typing error", good, all)
	}
}

// slip spoils one letter inside the longest words at random: a neighbouring key, two
// letters changed places, one doubled or left out, an unstressed vowel.
func slip(text string, random *rand.Rand) string {
	words := strings.Split(text, " ")
	var long []int
	for i, w := range words {
		if len([]rune(w)) >= 6 && !strings.ContainsAny(w, "0123456789") { // a figure mistyped is another number
			long = append(long, i)
		}
	}
	if len(long) == 0 {
		return text
	}
	at := long[random.IntN(len(long))]
	w := []rune(words[at])
	k := 1 + random.IntN(len(w)-2)
	switch random.IntN(5) {
	case 0:
		w[k], w[k-1] = w[k-1], w[k]
	case 1:
		w = append(w[:k], w[k+1:]...)
	case 2:
		w = append(w[:k+1], w[k:]...)
	case 3:
		for _, r := range "абвгдежзийклмнопрстуфхцчшщьыэюя" {
			if token.Price(token.Letter(r), token.Letter(w[k])) == token.PriceKey {
				w[k] = r
				break
			}
		}
	default:
		swap := map[rune]rune{'о': 'а', 'а': 'о', 'е': 'и', 'и': 'е', 'я': 'е'}
		for i, c := range w {
			if other, ok := swap[c]; ok && i > 0 {
				w[i] = other
				break
			}
		}
	}
	words[at] = string(w)
	return strings.Join(words, " ")
}
