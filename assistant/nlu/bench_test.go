package nlu

import (
	"runtime"
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

// The figures that one message has to keep, in time of the processor. The test fails
// at slack times them, on a machine as fast as that of the published figures.
const (
	mostMedian = 60 * time.Microsecond
	mostP99    = 2 * time.Millisecond
	mostWorst  = 20 * time.Millisecond
	slack      = 2
)

// TestSpeed prints the figures and holds them. It counts the time of its own thread, so
// that a busy machine does not fail it, and by the pace of a fixed work, so that a slow
// one or the race detector does not either.
func TestSpeed(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r, all := reader(t), messages()
	c := Context{Lang: "ru", Now: monday}
	took := make([]time.Duration, 0, len(all))
	for _, text := range all {
		took = append(took, least(5, func() func() { return func() { r.Read(text, c) } }))
	}
	slices.Sort(took)
	worst, which := time.Duration(0), ""
	for name, text := range hostile() {
		best := least(3, func() func() {
			cold := reader(t) // remembers nothing yet
			return func() { cold.Read(text, c) }
		})
		if best > worst {
			worst, which = best, name
		}
	}
	median, p99, slow := took[len(took)/2], took[len(took)*99/100], pace()
	t.Logf("speed, time of the processor: median %v, p99 %v, worst of 4,096 hostile characters %v (%s); pace of this machine %.2f", median, p99, worst, which, slow)
	most := func(d time.Duration) time.Duration { return time.Duration(slack * slow * float64(d)) }
	if median > most(mostMedian) || p99 > most(mostP99) || worst > most(mostWorst) {
		t.Errorf("too slow: median %v of %v, p99 %v of %v, worst %v of %v", median, most(mostMedian), p99, most(mostP99), worst, most(mostWorst))
	}
}

// least is the shortest thread time of several runs of what prepare gives.
func least(times int, prepare func() func()) time.Duration {
	best := time.Hour
	for range times {
		run := prepare()
		from := threadTime()
		run()
		best = min(best, threadTime()-from)
	}
	return best
}

// fixedWork is what the work of pace takes on the machine of the published figures.
const fixedWork = 300 * time.Microsecond

// pace is how many times longer than there a fixed work of the reader's kind, looking
// words up and comparing their letters, takes here; 1 at least.
func pace() float64 {
	var words []string
	for _, text := range messages() {
		words = append(words, strings.Fields(text)...)
	}
	took := least(10, func() func() {
		return func() {
			seen := make(map[string]int, len(words))
			for _, w := range words {
				for _, letter := range w {
					seen[w] += int(letter)
				}
			}
		}
	})
	return max(1, float64(took)/float64(fixedWork))
}
