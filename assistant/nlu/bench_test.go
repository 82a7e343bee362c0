package nlu

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// messages are all messages of the tables, as the speed's measure.
func messages() []string {
	var all []string
	for line := range strings.Lines(commandRows + nameMessages + nameAnswers) {
		text, _, _ := strings.Cut(line, "=>")
		text, _, _ = strings.Cut(text, "|")
		if text = strings.TrimSpace(text); text != "" {
			all = append(all, text)
		}
	}
	return all
}

func BenchmarkMessage(b *testing.B) {
	r, all := reader(b), messages()
	c := Context{Lang: "ru", Now: monday}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.Read(all[i%len(all)], c)
	}
}

// hostile are the texts that make most work.
func hostile() map[string]string {
	grow := func(piece string) string {
		r := []rune(strings.Repeat(piece, MaxChars/len([]rune(piece))+1))
		return string(r[:MaxChars])
	}
	var different strings.Builder
	for i := range 700 {
		different.WriteString(string([]rune{'з', 'а', 'п', rune('а' + i%32), 'с', rune('а' + i/32), 'т', 'ь', ' '}))
	}
	return map[string]string{
		"words": grow("запишите меня "), "digits": grow("8 917 234 "), "figures": grow("1"), "spoken": grow("восемь девятьсот "), "mail": grow("a@b.ru "), "at": grow("@"),
		"dots": grow("а.б."), "names": grow("Гузель Анна "), "terms": grow("стрижка массаж "), "misspelt": grow("зописити мосаш "), "different": grow(different.String()), "latin": grow("zapishite na "),
		"keys": grow("pfgbibnt "), "plus": grow("+7917 "), "foreign": grow("+44207946095 "), "street": grow("ул. а д. 5 "), "pain": grow("болит грудь не "), "dates": grow("в среду в 5 "), "brackets": grow("(((("),
		"one": grow("ы"), "spaces": grow(" "), "dog": grow("собака точка "), "marker": grow("меня зовут "), "faq": grow("парковка карта "),
	}
}

func BenchmarkHostile(b *testing.B) {
	r := reader(b)
	for name, text := range hostile() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r.Read(text, Context{Lang: "ru", Now: monday})
			}
		})
	}
}

// TestSpeed prints the figures; it fails only far beyond them, because a busy machine
// is no fault of the code.
func TestSpeed(t *testing.T) {
	r, all := reader(t), messages()
	c := Context{Lang: "ru", Now: monday}
	var took []time.Duration
	for _, text := range all {
		best := time.Hour
		for range 5 {
			from := time.Now()
			r.Read(text, c)
			best = min(best, time.Since(from))
		}
		took = append(took, best)
	}
	slices.Sort(took)
	worst, which := time.Duration(0), ""
	for name, text := range hostile() {
		best := time.Hour
		for range 3 {
			cold := reader(t) // remembers nothing yet
			from := time.Now()
			cold.Read(text, c)
			best = min(best, time.Since(from))
		}
		if best > worst {
			worst, which = best, name
		}
	}
	median, p99 := took[len(took)/2], took[len(took)*99/100]
	t.Logf("speed: median %v, p99 %v, worst of 4,096 hostile characters %v (%s)", median, p99, worst, which)
	if median > time.Millisecond || p99 > 20*time.Millisecond || worst > 400*time.Millisecond {
		t.Errorf("too slow: median %v, p99 %v, worst %v", median, p99, worst)
	}
}
