package nlu

import (
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"okoshko/assistant/nlu/token"
)

// faq finds the clinic's question that a message asks: Okapi BM25 over stems, where a
// stem that is not in a question may stand for a similar one by its character
// trigrams; then a threshold on how much of both questions is shared, because the
// best of strangers is still a stranger.
type faq struct {
	questions []question
	idf       map[string]float64
	grams     map[string][]string // stem → trigrams
	average   float64             // stems per question
	surface   map[string]bool     // folded words of the questions
	speller   *speller            // these and the words of one meaning with them
	stems     *speller
}

type question struct {
	entry int
	text  string
	stems []string
	total float64 // sum of weights
}

// faqStops are words of questions that tell no question from another.
var faqStops = wordSet(stems("можно нужно надо есть бывает принимаете делаете у вас вам вы вами ваш скажите подскажите хочу узнать интересует вопрос спросить ли я мне нам is are do you can have there your take сезнең сездә буламы мөмкинме бар бармы"))

// faqWeak are words that tell little: question words.
var faqWeak = wordSet(stems("где как когда какой какие какая какое каким куда откуда сколько почему зачем кто чем что where how when which what who why кайда ничек кайчан нинди"))

// faqSame are stems of one meaning in questions to a clinic.
var faqSame = sameTable(faqSameRows...)

var faqSameRows = []string{
	"адрес находитесь расположены проехать добраться доехать найти местоположение ехать located location address находится",
	"паркинг парковка припарковаться парковаться машина авто автомобиль стоянка запарковаться parking park car",
	"оплатить оплата платить расплатиться картой карта наличные наличными безнал сбп терминал pay payment card cards cash",
	"дети ребенок детей ребенка детьми ребенком малыш деткам child children kids kid",
	"омс полис страховка дмс insurance policy",
	"сертификат подарочный подарок gift certificate voucher",
	"скидка скидки акция акции discount discounts",
	"вайфай wifi интернет",
	"график работаете работает работать открыты режим часы открыто открываетесь открываются откроетесь закрываетесь закрываются закрыты закроетесь open opens opening close closes closing hours эшлисез ачыласыз ябыласыз",
	"выезжаете выезд выезжает выезжаем выехать приехать приезжает приезжаете приедете приедет вызвать вызов вызывать",
	"дом домой дому дома home",
	"подготовка подготовиться подготовить готовиться prepare preparation",
	"документы паспорт справка бумаги бумажки documents papers",
	"рассрочка кредит installments",
	"собака кошка животное питомец pet dog cat",
}

func sameTable(rows ...string) map[string]string {
	table := map[string]string{}
	for _, row := range rows {
		first := ""
		for w := range wordSet(row) {
			if first == "" || w < first {
				first = w
			}
		}
		for w := range wordSet(row) {
			table[stem(w)] = "=" + first
		}
	}
	return table
}

func newFAQ(entries [][]string) *faq {
	f := &faq{surface: map[string]bool{}, idf: map[string]float64{}, grams: map[string][]string{}}
	df := map[string]int{}
	for i, wordings := range entries {
		for _, text := range wordings {
			q := question{entry: i, text: text}
			for _, t := range token.Tokenize(text) {
				if t.Kind == token.Sign {
					continue
				}
				f.surface[t.Text] = true
				if s, ok := faqStem(t.Text, stem(t.Text)); ok && !slices.Contains(q.stems, s) {
					q.stems = append(q.stems, s)
				}
			}
			for _, s := range q.stems {
				df[s]++
			}
			if len(q.stems) > 0 {
				f.questions = append(f.questions, q)
			}
		}
	}
	f.speller = newSpeller(append(slices.Collect(maps.Keys(f.surface)), strings.Fields(strings.Join(faqSameRows, " "))...)...)
	f.stems = newSpeller(slices.Collect(maps.Keys(df))...)
	n := float64(len(f.questions))
	for s, k := range df {
		f.idf[s] = math.Log(1 + (n-float64(k)+0.5)/(float64(k)+0.5))
		f.grams[s] = trigrams(s)
	}
	for i := range f.questions {
		for _, s := range f.questions[i].stems {
			f.questions[i].total += f.weight(s)
		}
		f.average += float64(len(f.questions[i].stems)) / n
	}
	return f
}

// hoursStem stands for all words of the opening hours.
var hoursStem = faqSame[stem("график")]

// about gives the shortest of the clinic's questions that has the stem.
func (f *faq) about(s string) (asked, bool) {
	best, total := asked{entry: -1}, math.Inf(1)
	for i := range f.questions {
		if q := &f.questions[i]; q.total < total && slices.Contains(q.stems, s) {
			best, total = asked{entry: q.entry, text: q.text, stems: q.stems}, q.total
		}
	}
	return best, best.entry >= 0
}

// ofHours holds for an entry, by its index, that is asked in words of the opening hours.
func (f *faq) ofHours(entry string) bool {
	return slices.ContainsFunc(f.questions, func(q question) bool {
		return itoa(q.entry) == entry && slices.Contains(q.stems, hoursStem)
	})
}

// faqStem gives the stem under which a word is compared; false for words that say nothing.
func faqStem(text, s string) (string, bool) {
	if s == "час" && text != "часы" {
		return s, false // an hour, not the hours
	}
	if same, ok := faqSame[s]; ok {
		return same, true
	}
	if faqWeak[s] {
		return s, true
	}
	return s, len(text) >= 3 && !faqStops[s] && !faqStops[text] && !stopWords[text]
}

func (f *faq) weight(s string) float64 {
	w, ok := f.idf[s]
	if !ok {
		w = math.Log(1 + float64(len(f.questions)) + 0.5)
	}
	w = max(w, 0.4)
	if faqWeak[s] {
		return w * 0.25
	}
	return w
}

func trigrams(s string) []string {
	r := []rune("^" + s)
	var all []string
	for i := 0; i+3 <= len(r); i++ {
		all = append(all, string(r[i:i+3]))
	}
	return all
}

// alike is Dice's coefficient of the trigrams.
func alike(a, b []string) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	shared := 0
	for _, g := range a {
		if slices.Contains(b, g) {
			shared++
		}
	}
	return 2 * float64(shared) / float64(len(a)+len(b))
}

// The BM25 constants are the usual ones; the thresholds were set on questions of
// other trades than those in the tests.
const (
	k1, b1      = 1.2, 0.5
	minAlike    = 0.62
	minShared   = 0.5  // of both questions together
	minQuestion = 0.45 // of the clinic's question
	minBrief    = 0.4  // the same, where the visitor says nothing else
	maxQuery    = 40   // stems of a message that are compared
)

// asked is what a message has in common with the best question.
type asked struct {
	entry  int
	score  float64
	shared float64 // 0 to 1
	words  []int   // of the message
	stems  []string
	strong int // shared stems that are no question words
	text   string
	slips  []slipOf
	named  int // of these, those that are in the question as they are
}

// queried is a word of the message that a question may share.
type queried struct {
	stem  string
	grams []string
	near  map[string]guess // stems that a misspelt word may have, of which words
	size  int              // letters
	word  int
	fresh bool
}

// like is how likely the word has the stem: 1 for no slip at all.
func (q *queried) like(stem string) float64 {
	k, ok := q.near[stem]
	if !ok {
		return 0
	}
	return 1 - float64(k.price)/float64(priceEdit*q.size)
}

// near gives the stems of the questions that a misspelt word may have, and the words that
// it then is a slip of.
func (f *faq) near(w *word) map[string]guess {
	if !w.unknown {
		return nil
	}
	all := map[string]guess{}
	found := func(s string, k guess) {
		if old, ok := all[s]; !ok || k.price < old.price {
			all[s] = k
		}
	}
	f.speller.near(w.written, looseLimits, true, func(k guess) {
		if s, ok := faqStem(k.text, stem(k.text)); ok {
			found(s, k)
		}
	})
	if s := stem(w.written); s != w.written {
		f.stems.near(s, looseLimits, true, func(k guess) { found(k.text, k) })
	}
	return all
}

// best finds the question that the words ask; fresh says of each word whether nothing
// else has explained it, and at least one shared word must be fresh.
func (f *faq) best(ws []word) (asked, bool) {
	var query []queried
	total := 0.0
	for i := range ws {
		w := &ws[i]
		if w.personal || w.number || w.named || len(query) == maxQuery {
			continue
		}
		if s, ok := faqStem(w.text, w.stem); ok {
			query = append(query, queried{stem: s, word: i, fresh: !w.covered, near: f.near(w), size: utf8.RuneCountInString(w.text)})
			if !w.covered {
				total += f.weight(s)
			}
		}
	}
	if len(query) == 0 {
		return asked{}, false
	}
	best := asked{entry: -1}
	for qi := range f.questions {
		q := &f.questions[qi]
		a := asked{entry: q.entry, text: q.text, stems: q.stems}
		sum, fresh, mine := 0.0, false, total
		for _, s := range q.stems {
			like, at := 0.0, -1
			for k := range query {
				t := &query[k]
				if t.stem == s {
					like, at = 1, k
					break
				}
				if l := t.like(s); l > like {
					like, at = l, k
				}
				if len(s) < 8 || len(t.stem) < 8 || s[0] == '=' || t.stem[0] == '=' {
					continue
				}
				if t.grams == nil {
					t.grams = trigrams(t.stem)
				}
				if l := alike(t.grams, f.grams[s]); l >= minAlike && l > like {
					like, at = l, k
				}
			}
			if at < 0 {
				continue
			}
			w := f.weight(s) * like
			sum += w
			a.score += w * (k1 + 1) / (1 + k1*(1-b1+b1*float64(len(q.stems))/max(f.average, 1)))
			a.words = append(a.words, query[at].word)
			if k, ok := query[at].near[s]; ok && query[at].stem != s {
				a.slips = append(a.slips, slipOf{query[at].word, k})
			}
			if !faqWeak[s] {
				a.strong++
				if s[0] != '=' {
					a.named++
				}
			}
			fresh = fresh || query[at].fresh && !faqWeak[s]
			if !query[at].fresh {
				mine += f.weight(s)
			}
		}
		if !fresh || q.total == 0 || mine == 0 {
			continue
		}
		mineShare, yours := min(1, sum/mine), sum/q.total
		a.shared = (mineShare + yours) / 2
		enough := yours >= minQuestion || mineShare > 0.99 && yours >= minBrief
		if enough && a.shared >= minShared && (a.shared > best.shared+0.05 || a.shared > best.shared-0.05 && a.score > best.score) {
			best = a
		}
	}
	for k := range query { // words of one meaning are explained together
		if best.entry >= 0 && slices.Contains(best.stems, query[k].stem) && !slices.Contains(best.words, query[k].word) {
			best.words = append(best.words, query[k].word)
		}
	}
	return best, best.entry >= 0
}
