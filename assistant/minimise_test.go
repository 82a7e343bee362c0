package assistant

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"okoshko/assistant/nlu"
	"okoshko/assistant/privacy"
	"okoshko/storage/vault"
)

// plain opens every record of the house's file with its live keys: place and words.
// The house is closed meanwhile.
func (h *testHouse) plain() (records map[string]string) {
	h.t.Helper()
	h.stop()
	if err := errors.Join(h.db.Shredded(), h.db.Compact(), h.db.Close()); err != nil {
		h.t.Fatal(err)
	}
	defer func() { h.open(nil); h.start() }()
	v, err := vault.Open(h.dir, vault.KeyFile(filepath.Join(h.dir, "key")))
	if err != nil {
		h.t.Fatal(err)
	}
	file, err := bolt.Open(filepath.Join(h.dir, "data.db"), 0o600, &bolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		h.t.Fatal(err)
	}
	defer file.Close()
	records = make(map[string]string)
	err = file.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			return b.ForEach(func(k, record []byte) error {
				if string(name) == "okoshko" { // what the file says of itself
					return nil
				}
				text, err := v.Open(record, string(name), k)
				records[fmt.Sprintf("%s/%q", name, k)] = string(text)
				return err
			})
		})
	})
	if err != nil || len(records) < 10 {
		h.t.Fatalf("%d records, %v", len(records), err)
	}
	return records
}

// nowhere demands that no record holds any of the words, in whatever case.
func nowhere(t *testing.T, records map[string]string, words ...string) {
	t.Helper()
	for _, w := range words {
		if where := holding(records, w); len(where) > 0 {
			t.Errorf("%q is kept in %q", w, where)
		}
	}
}

func holding(records map[string]string, word string) (where []string) {
	for place, text := range records {
		if strings.Contains(strings.ToLower(text), strings.ToLower(word)) || strings.Contains(strings.ToLower(place), strings.ToLower(word)) {
			where = append(where, place)
		}
	}
	slices.Sort(where)
	return where
}

// TestOnlyWhatIsAsked: an address and a date of birth that the house does not ask
// for, and numbers of documents and cards, are kept nowhere, also not sealed, and
// the visitor is told why, in every language.
func TestOnlyWhatIsAsked(t *testing.T) {
	for lang, c := range map[string]struct {
		book, yes, name, mail, born, document, card string
		mailTold, bornTold, documentTold, cardTold  string
	}{
		"ru": {
			"на маникюр завтра в 11:00", "да", "Инна", "моя почта inna@private.example", "родилась 14 марта 1987 года", "паспорт 9205 123456", "карта 4111 1111 1111 1111",
			"почты для записи не нужен", "Дата рождения для записи не нужна", "Номера документов", "не присылайте номер карты",
		},
		"tt": {
			"иртәгә сәгать 11:00гә маникюр", "әйе", "Илнур", "почтам ilnur@private.example", "туган көнем 14.03.1987", "паспорт 9205 123456", "карта 4111 1111 1111 1111",
			"почта адресы кирәкми", "туган көн кирәкми", "Документ номерларын", "карта номерын җибәрмәгез",
		},
		"en": {
			"Manicure tomorrow at 11:00", "yes", "Tom Baker", "my e-mail is tom@private.example", "born on 14 March 1987", "passport 9205 123456", "card 4111 1111 1111 1111",
			"e-mail address is not needed", "date of birth is not needed", "document numbers", "card numbers",
		},
	} {
		t.Run(lang, func(t *testing.T) {
			h := newTestHouseOf(t, "testdata/salon.yaml")
			h.start()
			v := h.visitor(lang)
			wantExpects(t, v.say(c.book), ExpectConsent)
			wantText(t, v.say(c.mail), c.mailTold) // before consent
			wantExpects(t, v.say(c.yes), ExpectName)
			wantExpects(t, v.say(c.name), ExpectPhone)
			wantText(t, v.say(c.mail), c.mailTold)
			wantText(t, v.say(c.born), c.bornTold)
			wantText(t, v.say("89175550001, "+c.document), c.documentTold)
			if number := v.say(c.yes).Appointment; number == nil {
				t.Fatalf("not booked: %s", describe(v.last))
			}
			wantText(t, v.say(c.card), c.cardTold)
			records := h.plain()
			nowhere(t, records, "private.example", "1987", "9205", "123456", "4111")
			if len(holding(records, "+79175550001")) == 0 {
				t.Error("nothing is kept: nothing is proved")
			}
		})
	}
}

// TestAskedIsKept: where the house asks for an address, it is kept.
func TestAskedIsKept(t *testing.T) {
	text, err := os.ReadFile("testdata/clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "clinic.yaml")
	if err := os.WriteFile(file, bytes.Replace(text, []byte("ask: [name, phone]"), []byte("ask: [name, phone, email]"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newTestHouseOf(t, file)
	h.start()
	v := h.visitor("ru")
	v.say("на прививку завтра в 10:00, моя почта inna@private.example")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	if len(holding(h.plain(), "inna@private.example")) == 0 {
		t.Error("the address that the house asks for is not kept")
	}
}

// TestSalonKeepsNoWordOfHealth: not what a visitor says, before and after consent, not
// while an operator answers, not what the operator says, not a reason; each is told
// why, and the rest of the message counts.
func TestSalonKeepsNoWordOfHealth(t *testing.T) {
	for lang, c := range map[string]struct {
		says       []string
		told, book string
	}{
		"ru": {[]string{"у меня аллергия на краску и псориаз", "я беременна, можно маникюр?", "а с ВИЧ вы принимаете", "чешется голова после окрашивания, что это"}, "здоровье мы не собираем", "я беременна, запишите на маникюр завтра в 11:00"},
		"tt": {[]string{"минем аллергиям бар", "мин йөкле, маникюр ярыймы?", "баш авырта"}, "Сәламәтлек турында", "мин йөкле, иртәгә сәгать 11:00гә маникюр"},
		"en": {[]string{"I have diabetes and eczema", "I'm pregnant, is colouring safe?", "my head hurts after dyeing"}, "about health", "I'm pregnant, manicure tomorrow at 11:00"},
	} {
		t.Run(lang, func(t *testing.T) {
			h := newTestHouseOf(t, "testdata/salon.yaml")
			h.start()
			before, v, waits := h.visitor(lang), h.visitor(lang), h.visitor(lang)
			for _, says := range c.says {
				if said := strings.ToLower(before.say(says).Text); !strings.Contains(said, strings.ToLower(c.told)) {
					t.Errorf("%q is answered %q", says, said)
				}
			}
			yes := map[string]string{"ru": "да", "tt": "әйе", "en": "yes"}[lang]
			name := map[string]string{"ru": "Инна", "tt": "Илнур", "en": "Tom Baker"}[lang]
			wantExpects(t, v.say(c.book), ExpectConsent)
			v.say(yes)
			v.say(name)
			v.say("89175550001")
			number := v.say(yes).Appointment
			if number == nil {
				t.Fatalf("not booked: %s", describe(v.last))
			}
			for _, says := range c.says {
				v.say(says)
			}
			waits.say(map[string]string{"ru": "позовите человека", "tt": "администраторны чакырыгыз", "en": "call a person please"}[lang])
			op := Operator{ID: "op_1", Name: "Венера"}
			if err := h.Take(t.Context(), op, waits.session.Conversation); err != nil {
				t.Fatal(err)
			}
			for _, says := range c.says {
				waits.say(says)
				var unkept *NotKept
				if _, err := h.Reply(t.Context(), op, waits.session.Conversation, says); !errors.As(err, &unkept) || unkept.Kind != "health" {
					t.Errorf("the operator's %q: %v", says, err)
				}
			}
			if !strings.Contains(strings.ToLower(waits.last.Text), strings.ToLower(c.told)) {
				t.Errorf("while an operator answers: %s", describe(waits.last))
			}
			if _, err := h.Decide(t.Context(), op, Decision{Number: number.Number, Verb: "cancel", Reason: c.says[0]}); err != nil {
				t.Fatal(err)
			}
			nowhere(t, h.plain(), "аллерги", "псориаз", "беремен", "вич ", "чешется", "йөкле", "авырта", "diabet", "eczema", "pregnan", "hurts")
			if strings.Contains(h.log.String(), "аллерги") {
				t.Error("the log has it")
			}
		})
	}
}

// TestOperatorsWords: a reply keeps the visitor's name and phone as tags, a number
// of a card or document is not sent, a reason names nobody.
func TestOperatorsWords(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	number := v.book("на прививку завтра в 10:00", "Инна Жаворонкова", "89175550001")
	op := Operator{ID: "op_1", Name: "Венера"}
	if _, err := h.Reply(t.Context(), op, v.session.Conversation, "Инна Жаворонкова, перезвоню на 8 917 555-00-01. ⟦own-email⟧"); err != nil {
		t.Fatal(err)
	}
	wantText(t, v.settle(), "Инна Жаворонкова", "+7 917 555-00-01", "own-email")
	for text, kind := range map[string]string{"переведите на карту 4111 1111 1111 1111": "card", "ваш паспорт 9205 123456": "passport"} {
		var unkept *NotKept
		if _, err := h.Reply(t.Context(), op, v.session.Conversation, text); !errors.As(err, &unkept) || unkept.Kind != kind {
			t.Errorf("%q: %v", text, err)
		}
	}
	_, err := h.Decide(t.Context(), op, Decision{Number: number, Verb: "decline", Reason: "звонил Рамиль Гафуров, 8 917 555 77 01, просит не путать; наш номер +7 843 555-00-10"})
	if err != nil {
		t.Fatal(err)
	}
	told := v.settle()
	wantText(t, told, "звонил [имя], [телефон], просит не путать")
	records := h.plain()
	nowhere(t, records, "Гафуров", "7701", "4111", "9205")
	for _, where := range holding(records, "Жаворонков") {
		if !strings.HasPrefix(where, "privacy.contacts/") {
			t.Errorf("the name stands in %s", where)
		}
	}
}

// TestNameIsHiddenAgain: a known name is not kept in a text in another case, and
// the model is not told it; a specialist of that name is still understood.
func TestNameIsHiddenAgain(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Аделина Шарафеева", "89175550001")
	v.say("странно, Аделине вчера никто не ответил, шарафеевой обещали")
	v.say("напомните, к кому записана Аделиной прививка")
	records := h.plain()
	for _, w := range []string{"аделин", "шарафеев"} {
		for _, where := range holding(records, w) {
			if !strings.HasPrefix(where, "privacy.contacts/") {
				t.Errorf("%q stands in %s", w, where)
			}
		}
	}
	for word, name := range map[string]string{"верю": "Вера", "дом": "Дина", "инне": "Инна", "Иннокентию": "Инна", "соколы": "Соколова"} {
		if inflected(word, name) {
			t.Errorf("%s is taken for %s", word, name)
		}
	}
	for word, name := range map[string]string{"Вере": "Вера", "Резедага": "Резеда", "резедадан": "Резеда", "Шарафеевой": "Шарафеева", "Инне": "Инна", "Whitcombe": "Whitcombe"} {
		if !inflected(word, name) {
			t.Errorf("%s is not taken for %s", word, name)
		}
	}
}

// TestOriginNamesNobody: an address and marks that name somebody lose that part.
func TestOriginNamesNobody(t *testing.T) {
	h := newTestHouse(t)
	house := h.house.Load()
	for page, want := range map[string]string{
		"https://birch.example/ceny/vakcina":                    "https://birch.example/ceny/vakcina",
		"https://birch.example/users/guzel@mail.example/visits": "https://birch.example/users/…/visits",
		"https://birch.example/r/%2B7%20917%20555-01-23":        "https://birch.example/r/…",
		"https://birch.example/r/89175550123/":                  "https://birch.example/r/…/",
		"https://birch.example/u/Аделина%20Шарафеева":           "https://birch.example/u/…",
		"https://guzel:secret@birch.example/":                   "https://birch.example/",
		"https://birch.example/x?phone=89175550123#89175550123": "https://birch.example/x",
		"/local/only": "/local/only",
		"":            "",
		"https://birch.example/vrachi/lidia-sokolova":                 "https://birch.example/vrachi/lidia-sokolova",
		"https://birch.example/news/2026/11/23/osennyaya-vakcinaciya": "https://birch.example/news/2026/11/23/osennyaya-vakcinaciya",
	} {
		if got := house.pageOf(Visit{Page: page}); got != want {
			t.Errorf("%s: %s, want %s", page, got, want)
		}
	}
	_, source := house.origin(Visit{Source: map[string]string{
		"utm_source": "yandex", "utm_medium": "cpc", "utm_campaign": "spring_2026", "utm_content": "guzel@mail.example", "utm_term": "Аделина Шарафеева", "label": "8-917-555-01-23", "referrer": "ya.ru",
	}})
	if got := fmt.Sprint(source); got != "map[referrer:ya.ru utm_campaign:spring_2026 utm_medium:cpc utm_source:yandex]" {
		t.Error(got)
	}
}

// TestTalkGoesBookingStays: when the time of conversations is over, no word that
// was said is left under any live key; the visit and the contact stay for theirs,
// and then go as well.
func TestTalkGoesBookingStays(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v := h.visitor("ru")
	number := v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	v.say("у нас рыжий кот по кличке Тыгыдым, боится собак")
	if _, err := h.Reply(t.Context(), Operator{ID: "op_1", Name: "Венера"}, v.session.Conversation, "Возьмите переноску Чемоданчик"); err != nil {
		t.Fatal(err)
	}
	said := []string{"Тыгыдым", "Чемоданчик"}
	records := h.plain()
	for _, w := range said {
		if len(holding(records, w)) == 0 {
			t.Fatalf("%q is not kept: nothing is proved", w)
		}
	}
	pass := func(days int) {
		t.Helper()
		for range days {
			h.clock.pass(day)
			if err := h.Retain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	pass(31)
	records = h.plain()
	nowhere(t, records, append(said, v.session.Token)...)
	if len(holding(records, "+79175550001")) != 1 || len(holding(records, `"number":"`+number)) == 0 {
		t.Errorf("the visit or the contact has gone with the talk: %q", holding(records, "9175550001"))
	}
	pass(152)
	records = h.plain()
	nowhere(t, records, "9175550001")
	for _, where := range holding(records, "Инна") {
		if !strings.HasPrefix(where, "privacy.destructions/") {
			t.Errorf("the name stands in %s", where)
		}
	}
	if len(holding(records, `"number":"`+number)) == 0 {
		t.Error("the house's own record of the visit is gone")
	}
}

// TestErasedUnderNoKey: after an erasure no live key opens a word of the person.
func TestErasedUnderNoKey(t *testing.T) {
	h := newTestHouse(t)
	h.start()
	v, other := h.visitor("ru"), h.visitor("ru")
	v.book("на прививку завтра в 10:00", "Инна", "89175550001")
	v.say("у нас рыжий кот по кличке Тыгыдым")
	other.book("на прививку завтра в 12:00", "Марат", "89175550002")
	if len(holding(h.plain(), "9175550001")) == 0 {
		t.Fatal("nothing is kept: nothing is proved")
	}
	v.say("удалите все мои данные")
	v.say("да")
	records := h.plain()
	nowhere(t, records, "9175550001", "Тыгыдым")
	for _, where := range holding(records, "Инна") {
		if !strings.HasPrefix(where, "privacy.destructions/") {
			t.Errorf("the name stands in %s", where)
		}
	}
	if len(holding(records, "+79175550002")) == 0 {
		t.Error("another person is gone, too")
	}
	if bytes.Contains(h.files(), []byte("Тыгыдым")) {
		t.Error("a file holds it")
	}
}

// TestWrongPhoneIsNoPhone: a correction that cannot be right changes nothing.
func TestWrongPhoneIsNoPhone(t *testing.T) {
	h := newTestHouse(t)
	c := privacy.Contact{Phone: "+79175550001"}
	if err := amend(h.house.Load(), &c, nlu.FieldPhone, "917 555 01"); !errors.Is(err, ErrField) || c.Phone != "+79175550001" {
		t.Errorf("%v, phone %q", err, c.Phone)
	}
}
